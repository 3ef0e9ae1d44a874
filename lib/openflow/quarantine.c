/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/quarantine.h"

#include <stdlib.h>

#include "byte-order.h"
#include "hash.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "util.h"

struct patient {
    struct hmap_node hmap_node; /* In 'patients', by 'cookie'. */
    ovs_be64 cookie;
    char *reason;               /* What the switch says... */
    bool displaced;             /* ...or the flow that is there. */
    bool for_room;              /* May there be room another time? */
    bool on_trial;              /* May its flows be put in? */
    unsigned int n_trials;
};

/* Initializes 'q' as empty. */
void
quarantine_init(struct quarantine *q)
{
    hmap_init(&q->patients);
}

/* Frees what 'q' holds, but not 'q' itself. */
void
quarantine_uninit(struct quarantine *q)
{
    quarantine_clear(q);
    hmap_destroy(&q->patients);
}

static void
discharge(struct quarantine *q, struct patient *patient)
{
    hmap_remove(&q->patients, &patient->hmap_node);
    free(patient->reason);
    free(patient);
}

/* Releases everybody. */
void
quarantine_clear(struct quarantine *q)
{
    struct patient *patient;

    HMAP_FOR_EACH_SAFE (patient, hmap_node, &q->patients) {
        discharge(q, patient);
    }
}

static uint32_t
hash_cookie(ovs_be64 cookie)
{
    return hash_uint64(ntohll(cookie));
}

static struct patient *
find_patient(const struct quarantine *q, ovs_be64 cookie)
{
    struct patient *patient;

    HMAP_FOR_EACH_WITH_HASH (patient, hmap_node, hash_cookie(cookie),
                             &q->patients) {
        if (patient->cookie == cookie) {
            return patient;
        }
    }
    return NULL;
}

static struct patient *
add(struct quarantine *q, ovs_be64 cookie, const char *reason)
{
    struct patient *patient = xzalloc(sizeof *patient);

    patient->cookie = cookie;
    patient->reason = xstrdup(reason);
    hmap_insert(&q->patients, &patient->hmap_node, hash_cookie(cookie));
    return patient;
}

/* Puts whoever has flows with 'cookie' into quarantine, because the switch has
 * refused one, for 'reason', 'for_room' if it had no room for it.  Returns
 * false if they were there already, and are no longer on trial. */
bool
quarantine_add(struct quarantine *q, ovs_be64 cookie, const char *reason,
               bool for_room)
{
    struct patient *patient = find_patient(q, cookie);
    bool is_new = !patient;

    if (is_new) {
        patient = add(q, cookie, reason);
    } else if (patient->on_trial) {
        free(patient->reason);
        patient->reason = xstrdup(reason);
        patient->on_trial = false;
    }
    patient->for_room = for_room;
    return is_new;
}

/* Puts whoever has flows with 'cookie' into quarantine, because 'other', which
 * is somebody else's, is where one of these would have to be. */
void
quarantine_add_displaced(struct quarantine *q, ovs_be64 cookie,
                         const char *other)
{
    if (!find_patient(q, cookie)) {
        add(q, cookie, other)->displaced = true;
    }
}

/* Is anybody in quarantine because the switch had no room? */
bool
quarantine_lacks_room(const struct quarantine *q)
{
    const struct patient *patient;

    HMAP_FOR_EACH (patient, hmap_node, &q->patients) {
        if (patient->for_room) {
            return true;
        }
    }
    return false;
}

/* Puts one of those on trial for whom the switch had no room, the one that
 * was tried least, unless somebody is.  Returns true if there
 * was anybody. */
bool
quarantine_try_one(struct quarantine *q)
{
    struct patient *patient, *next = NULL;

    HMAP_FOR_EACH (patient, hmap_node, &q->patients) {
        if (patient->on_trial) {
            return false;
        } else if (patient->for_room
                   && (!next || patient->n_trials < next->n_trials)) {
            next = patient;
        }
    }
    if (next) {
        next->on_trial = true;
        next->n_trials++;
    }
    return next != NULL;
}

static bool
release(struct quarantine *q, ovs_be64 cookie)
{
    struct patient *patient = find_patient(q, cookie);

    if (patient) {
        discharge(q, patient);
    }
    return patient != NULL;
}

/* Releases the FLOOD flows of all blocks of VLANs.  Returns true if there was
 * any to release. */
static bool
release_flood(struct quarantine *q)
{
    struct patient *patient;
    bool released = false;

    HMAP_FOR_EACH_SAFE (patient, hmap_node, &q->patients) {
        if (pipeline_cookie_kind(patient->cookie) == COOKIE_FLOOD) {
            discharge(q, patient);
            released = true;
        }
    }
    return released;
}

/* Releases who is on trial, whose flows the switch has taken, and with them
 * those whose groups come with that.  Returns true if there was anybody. */
bool
quarantine_pass(struct quarantine *q)
{
    struct patient *patient;

    HMAP_FOR_EACH (patient, hmap_node, &q->patients) {
        if (patient->on_trial) {
            discharge(q, patient);
            release_flood(q);
            return true;
        }
    }
    return false;
}

/* Releases those who have a flow or bucket among 'keys', which have changed,
 * or everybody if 'keys' is null.  Returns true if there was anybody to
 * release.
 *
 * A FLOOD flow is refused if a group that it names is not there, because the
 * only port in that group is in quarantine.  It is as good as any other as
 * soon as another port comes into the group, which does not change the flow
 * itself. */
bool
quarantine_release(struct quarantine *q, const struct oflow_table *keys)
{
    const struct obucket_node *bn;
    const struct oflow_node *fn;
    const struct ogroup *group;
    bool released = false;

    if (hmap_is_empty(&q->patients)) {
        return false;
    } else if (!keys) {
        quarantine_clear(q);
        return true;
    }
    HMAP_FOR_EACH (fn, hmap_node, &keys->flows) {
        released |= release(q, fn->flow->cookie);
    }
    if (!hmap_is_empty(&keys->groups)) {
        released |= release_flood(q);
    }
    HMAP_FOR_EACH (group, hmap_node, &keys->groups) {
        HMAP_FOR_EACH (bn, hmap_node, &group->buckets) {
            released |= release(q, bn->bucket->cookie);
        }
    }
    return released;
}

/* Takes out of 'changes' what would put in flows of those in quarantine.  What
 * takes out flows of theirs stays. */
void
quarantine_filter(const struct quarantine *q, struct ochanges *changes)
{
    size_t n = 0;

    if (hmap_is_empty(&q->patients)) {
        return;
    }
    for (size_t i = 0; i < changes->n; i++) {
        struct ochange *c = &changes->changes[i];

        if (c->new && quarantine_keeps_out(q, c->new->cookie)) {
            oflow_unref(c->new);
            c->new = NULL;
        } else if (c->new_bucket
                   && quarantine_keeps_out(q, c->new_bucket->cookie)) {
            obucket_unref(c->new_bucket);
            c->new_bucket = NULL;
        }
        if (c->old || c->new || c->old_bucket || c->new_bucket) {
            changes->changes[n++] = *c;
        }
    }
    changes->n = n;
}

/* Returns why whoever has flows with 'cookie' is in quarantine, as a clause
 * that the caller must free, or null if they are not. */
char *
quarantine_explain(const struct quarantine *q, ovs_be64 cookie)
{
    const struct patient *patient = find_patient(q, cookie);

    return (!patient ? NULL
            : xasprintf(patient->displaced
                        ? "somebody else's flow is in the place of one of its "
                          "flows (%s)"
                        : "the switch refused its flows (%s; \"virtnetctl "
                          "verify --repair\" has it try again)",
                        patient->reason));
}

/* Is anybody in quarantine because of somebody else's flow? */
bool
quarantine_has_displaced(const struct quarantine *q)
{
    const struct patient *patient;

    HMAP_FOR_EACH (patient, hmap_node, &q->patients) {
        if (patient->displaced) {
            return true;
        }
    }
    return false;
}

/* Returns why whoever has flows with 'cookie' is in quarantine, or null if
 * they are not. */
const char *
quarantine_find(const struct quarantine *q, ovs_be64 cookie)
{
    const struct patient *patient = find_patient(q, cookie);
    return patient ? patient->reason : NULL;
}

/* Is whoever has flows with 'cookie' in quarantine, and not on trial? */
bool
quarantine_keeps_out(const struct quarantine *q, ovs_be64 cookie)
{
    const struct patient *patient = find_patient(q, cookie);
    return patient && !patient->on_trial;
}

size_t
quarantine_count(const struct quarantine *q)
{
    return hmap_count(&q->patients);
}
