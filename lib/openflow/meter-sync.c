/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/meter-sync.h"

#include <stdlib.h>

#include "openvswitch/ofp-errors.h"
#include "openvswitch/ofp-meter.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-util.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

void
meter_sync_init(struct meter_sync *ms)
{
    *ms = (struct meter_sync) { .installed = OMETERS_INITIALIZER };
}

/* Frees what 'ms' holds, but not 'ms' itself. */
void
meter_sync_uninit(struct meter_sync *ms)
{
    ometers_uninit(&ms->installed);
    free(ms->error);
    free(ms->changes);
}

/* Forgets what is known of the switch. */
void
meter_sync_reset(struct meter_sync *ms)
{
    ometers_clear(&ms->installed);
    ms->max_bands = 0;
    free(ms->error);
    ms->error = NULL;
    ms->stale = false;
    ms->n_changes = 0;
    ms->barrier_xid = 0;
    ms->aim = ms->same_desired = ms->same_installed = 0;
}

/* Adds to 'msgs' requests for all that there is to know of the switch. */
void
meter_sync_readback(struct ovs_list *msgs)
{
    struct ofpbuf *features = ofputil_encode_meter_request(
        OFP15_VERSION, OFPUTIL_METER_FEATURES, 0);
    struct ofpbuf *config = ofputil_encode_meter_request(
        OFP15_VERSION, OFPUTIL_METER_CONFIG, OFPM13_ALL);

    ovs_list_push_back(msgs, &features->list_node);
    ovs_list_push_back(msgs, &config->list_node);
}

void
meter_sync_decode_features(struct meter_sync *ms, const struct ofp_header *oh)
{
    struct ofputil_meter_features features;

    ofputil_decode_meter_features(oh, &features);
    ms->max_bands = features.max_meters ? features.max_bands : 0;
}

/* Takes in the meters in 'oh' that are ours.  Returns 0 if successful. */
enum ofperr
meter_sync_decode_config(struct meter_sync *ms, const struct ofp_header *oh)
{
    return ometers_put_reply(&ms->installed, oh);
}

static ovs_be32
push(struct ovs_list *msgs, struct ofpbuf *msg)
{
    ovs_list_push_back(msgs, &msg->list_node);
    return ((const struct ofp_header *) msg->data)->xid;
}

/* Appends 'meter' with 'command' to 'msgs'. */
static void
push_change(struct meter_sync *ms, const struct ometer *meter, int command,
            struct ovs_list *msgs)
{
    if (ms->n_changes >= ms->allocated_changes) {
        ms->changes = x2nrealloc(ms->changes, &ms->allocated_changes,
                                 sizeof *ms->changes);
    }

    struct meter_change *change = &ms->changes[ms->n_changes++];
    change->meter = *meter;
    if (command == OFPMC13_DELETE) {
        change->meter.n_bands = 0;
    }
    change->xid = push(msgs, ometer_to_meter_mod(&change->meter, command));
    ms->n_mods++;
}

/* The meters that were appended last, if any, are acknowledged by the reply to
 * 'barrier_xid', a barrier of the client's that comes behind them. */
void
meter_sync_await(struct meter_sync *ms, ovs_be32 barrier_xid)
{
    if (ms->n_changes) {
        ms->barrier_xid = barrier_xid;
    }
}

/* Appends a barrier to 'msgs', if there is anything for it to acknowledge. */
void
meter_sync_push_barrier(struct meter_sync *ms, struct ovs_list *msgs)
{
    if (ms->n_changes) {
        meter_sync_await(ms, push(
            msgs, ofputil_encode_barrier_request(OFP15_VERSION)));
    }
}

/* Is it known that the switch has what is 'desired'? */
static bool
is_same(const struct meter_sync *ms, const struct ometers *desired)
{
    return (ms->same_desired == desired->version
            && ms->same_installed == ms->installed.version);
}

static void
reach_aim(struct meter_sync *ms)
{
    ms->same_desired = ms->aim;
    ms->same_installed = ms->installed.version;
    ms->aim = 0;
}

/* Appends to 'msgs' what makes 'new' of meter 'old', null if there is none. */
static void
push_difference(struct meter_sync *ms, const struct ometer *old,
                const struct ometer *new, struct ovs_list *msgs)
{
    if (!old || !ometer_equals(old, new)) {
        push_change(ms, new, old ? OFPMC13_MODIFY : OFPMC13_ADD, msgs);
    }
}

/* The part of meter_sync_add() that looks at the 'n' meters 'meter_ids' alone,
 * since nothing else has changed.  Returns true if all that the switch has is
 * to stay. */
static bool
add_changed(struct meter_sync *ms, const struct ometers *desired,
            const uint32_t meter_ids[], size_t n, struct ovs_list *msgs)
{
    bool all_stay = true;

    for (size_t i = 0; i < n; i++) {
        const struct ometer *new = ometers_find(desired, meter_ids[i]);
        const struct ometer *old = ometers_find(&ms->installed, meter_ids[i]);

        if (new) {
            push_difference(ms, old, new, msgs);
        } else if (old) {
            all_stay = false;
        }
    }
    return all_stay;
}

/* Likewise the part that looks at all. */
static bool
add_any(struct meter_sync *ms, const struct ometers *desired,
        struct ovs_list *msgs)
{
    const struct ometers *installed = &ms->installed;
    size_t n_kept = 0;
    size_t j = 0;

    for (size_t i = 0; i < desired->n; i++) {
        const struct ometer *new = &desired->meters[i];

        while (j < installed->n
               && installed->meters[j].meter_id < new->meter_id) {
            j++;
        }

        bool there = (j < installed->n
                      && installed->meters[j].meter_id == new->meter_id);
        n_kept += there;
        push_difference(ms, there ? &installed->meters[j] : NULL, new, msgs);
    }
    return n_kept == installed->n;
}

/* Appends to 'msgs' what puts in those of 'desired' that the switch does not
 * have or has otherwise.  Returns true if there are any: then
 * meter_sync_await() or meter_sync_push_barrier() must be called next.
 * Nothing must be in flight. */
bool
meter_sync_add(struct meter_sync *ms, const struct ometers *desired,
               struct ovs_list *msgs)
{
    uint32_t meter_ids[OMETERS_HISTORY];
    bool all_stay;
    size_t n;

    if (is_same(ms, desired) || ms->error) {
        return false;
    }
    if (ms->same_installed == ms->installed.version
        && ometers_changed_since(desired, ms->same_desired, meter_ids, &n)) {
        all_stay = add_changed(ms, desired, meter_ids, n, msgs);
    } else {
        all_stay = add_any(ms, desired, msgs);
    }
    ms->aim = all_stay ? desired->version : 0;
    if (ms->aim && !ms->n_changes) {
        reach_aim(ms);
    }
    return ms->n_changes > 0;
}

/* Appends to 'msgs' what deletes those meters from the switch that are not in
 * 'desired'.  No flow of the switch must use them, and nothing be in
 * flight. */
void
meter_sync_delete(struct meter_sync *ms, const struct ometers *desired,
                  struct ovs_list *msgs)
{
    for (size_t i = 0; i < ms->installed.n && !is_same(ms, desired); i++) {
        const struct ometer *old = &ms->installed.meters[i];

        if (!ometers_find(desired, old->meter_id)) {
            push_change(ms, old, OFPMC13_DELETE, msgs);
        }
    }
    meter_sync_push_barrier(ms, msgs);
}

/* Takes in 'oh', an OpenFlow error.  Returns true if it is about a meter that
 * is in flight. */
bool
meter_sync_handle_error(struct meter_sync *ms, const struct ofp_header *oh)
{
    for (size_t i = 0; i < ms->n_changes; i++) {
        if (ms->changes[i].xid == oh->xid) {
            enum ofperr error = ofperr_decode_msg(oh, NULL);

            if (error == OFPERR_OFPMMFC_UNKNOWN_METER
                || error == OFPERR_OFPMMFC_METER_EXISTS) {
                ms->stale = true;
            } else {
                free(ms->error);
                ms->error = xstrdup(error ? ofperr_get_name(error)
                                    : "unknown error");
            }
            ms->changes[i] = ms->changes[--ms->n_changes];
            ms->aim = 0;
            return true;
        }
    }
    return false;
}

/* Takes in 'oh', the reply to a barrier.  Returns true if it says that the
 * switch is through with what was in flight. */
bool
meter_sync_handle_barrier(struct meter_sync *ms, const struct ofp_header *oh)
{
    if (!ms->barrier_xid || oh->xid != ms->barrier_xid) {
        return false;
    }
    for (size_t i = 0; i < ms->n_changes; i++) {
        const struct ometer *meter = &ms->changes[i].meter;

        if (meter->n_bands) {
            ometers_put(&ms->installed, meter);
        } else {
            ometers_remove(&ms->installed, meter->meter_id);
        }
    }
    ms->n_changes = 0;
    ms->barrier_xid = 0;
    if (ms->aim) {
        reach_aim(ms);
    }
    return true;
}

/* Does the switch have what is 'desired', as far as is known? */
bool
meter_sync_is_at(const struct meter_sync *ms, const struct ometers *desired)
{
    return is_same(ms, desired) || ometers_equals(desired, &ms->installed);
}

/* Is something in flight? */
bool
meter_sync_is_busy(const struct meter_sync *ms)
{
    return ms->barrier_xid != 0;
}

/* Returns how many bands a meter can have, 0 if the switch has no meters or
 * has refused one. */
size_t
meter_sync_bands(const struct meter_sync *ms)
{
    return ms->error ? 0 : ms->max_bands;
}

/* Returns why the switch has refused a meter, or null if it has not. */
const char *
meter_sync_error(const struct meter_sync *ms)
{
    return ms->error;
}
