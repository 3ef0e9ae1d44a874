/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/switch-commit.h"

#include "openvswitch/ofp-errors.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-util.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

/* Initializes 'c' with nothing in flight. */
void
switch_commit_init(struct switch_commit *c)
{
    *c = (struct switch_commit) { .changes = OCHANGES_INITIALIZER };
    quarantine_init(&c->quarantine);
}

/* Forgets what is in flight. */
static void
forget(struct switch_commit *c)
{
    if (c->in_flight) {
        ochanges_uninit(&c->changes);
        obundle_uninit(&c->bundle);
        c->in_flight = false;
    }
}

/* Frees what 'c' holds, but not 'c' itself. */
void
switch_commit_uninit(struct switch_commit *c)
{
    forget(c);
    quarantine_uninit(&c->quarantine);
}

/* Forgets all but the statistics: another switch has to be dealt with, or
 * somebody asks for another try. */
void
switch_commit_reset(struct switch_commit *c)
{
    forget(c);
    quarantine_clear(&c->quarantine);
    c->singly = false;
    c->backoff = 0;
    c->next_try = 0;
    c->news = 0;
}

/* Is nothing in flight, and no refusal to be waited out? */
bool
switch_commit_may_start(const struct switch_commit *c, long long int now)
{
    return !c->in_flight && now >= c->next_try;
}

/* Appends to 'msgs' the messages that make 'changes', which are taken over and
 * must not be empty, in a switch that holds 'installed'.
 * switch_commit_may_start() must be true. */
void
switch_commit_start(struct switch_commit *c, struct ochanges *changes,
                    const struct oflow_table *installed, long long int now,
                    struct ovs_list *msgs)
{
    struct ofpbuf *barrier = ofputil_encode_barrier_request(OFP15_VERSION);
    struct ofpbuf *msg;

    c->changes = *changes;
    *changes = (struct ochanges) OCHANGES_INITIALIZER;
    obundle_encode(&c->bundle, &c->changes, installed, c->next_bundle_id++,
                   c->singly);
    LIST_FOR_EACH_POP (msg, list_node, &c->bundle.msgs) {
        ovs_list_push_back(msgs, &msg->list_node);
    }
    c->barrier_xid = ((const struct ofp_header *) barrier->data)->xid;
    ovs_list_push_back(msgs, &barrier->list_node);
    c->sent_at = now;
    c->refused = c->blamed = c->cured = false;
    c->in_flight = true;

    c->stats.n_bundles++;
    c->stats.n_flow_mods += c->bundle.n_flow_mods;
    c->stats.n_group_mods += c->bundle.n_group_mods;
}

/* Does 'error' say that the switch does not hold what we believe, so that
 * whose message was refused is not to blame?  A flow that names a group which
 * is not there is refused also where the group's only port is in
 * quarantine. */
static bool
contradicts_belief(const struct switch_commit *c, enum ofperr error)
{
    return (error == OFPERR_OFPGMFC_UNKNOWN_GROUP
            || error == OFPERR_OFPGMFC_UNKNOWN_BUCKET
            || error == OFPERR_OFPGMFC_BUCKET_EXISTS
            || error == OFPERR_OFPMMFC_INVALID_METER
            || error == OFPERR_OFPMMFC_UNKNOWN_METER
            || (error == OFPERR_OFPBAC_BAD_OUT_GROUP
                && !quarantine_count(&c->quarantine)));
}

/* Does 'error' say that the switch has no room, as it may have another
 * time? */
static bool
is_for_room(enum ofperr error)
{
    return (error == OFPERR_OFPFMFC_TABLE_FULL
            || error == OFPERR_OFPGMFC_OUT_OF_GROUPS
            || error == OFPERR_OFPGMFC_OUT_OF_BUCKETS);
}

/* Finds out whom 'error', the first about a message, which was 'sent',
 * blames. */
static enum switch_commit_blame
find_blame(struct switch_commit *c, const struct obundle_sent *sent,
           enum ofperr error)
{
    if (contradicts_belief(c, error)) {
        return BLAME_BELIEF;
    } else if (sent->several) {
        c->singly = true;
        return BLAME_SEVERAL;
    } else if (!sent->cookie || quarantine_keeps_out(&c->quarantine,
                                                     sent->cookie)) {
        /* It was there in spite of the quarantine, which takes out nothing
         * that only takes something away. */
        return BLAME_BELIEF;
    } else {
        if (quarantine_add(&c->quarantine, sent->cookie,
                           error ? ofperr_get_name(error) : "unknown error",
                           is_for_room(error))) {
            c->news = sent->cookie;
        }
        return BLAME_SOMEBODY;
    }
}

/* Takes in 'oh', an OpenFlow error, and returns what it is about. */
enum switch_commit_blame
switch_commit_handle_error(struct switch_commit *c,
                           const struct ofp_header *oh)
{
    const struct obundle_sent *sent
        = c->in_flight ? obundle_find(&c->bundle, oh->xid) : NULL;
    enum switch_commit_blame blame;

    c->stats.n_errors++;
    if (!c->in_flight || (!sent && oh->xid != c->bundle.open_xid
                          && oh->xid != c->bundle.commit_xid)) {
        return BLAME_STRANGER;
    }

    c->refused = true;
    if (c->blamed) {
        /* The commit fails because a message in the bundle has. */
        return BLAME_SAME;
    } else if (!sent) {
        return BLAME_BUNDLE;
    }
    blame = find_blame(c, sent, ofperr_decode_msg(oh, NULL));
    c->blamed = true;
    c->cured = blame == BLAME_SOMEBODY || blame == BLAME_SEVERAL;
    return blame;
}

/* Something has been refused that flows in flight may need, such as a meter.
 * If they are refused as well, nobody is to blame for that.  Will the next
 * bundle be another, as 'cured' says, or must the switch be read afresh
 * before? */
void
switch_commit_excuse(struct switch_commit *c, bool cured)
{
    if (c->in_flight && (!c->blamed || !cured)) {
        c->blamed = true;
        c->cured = cured;
    }
}

/* Returns the cookie of whoever has been quarantined since the last call, or 0
 * if nobody has. */
ovs_be64
switch_commit_take_news(struct switch_commit *c)
{
    ovs_be64 cookie = c->news;

    c->news = 0;
    return cookie;
}

/* Does the reply to barrier 'barrier_xid' say that the switch is through with
 * what was in flight? */
bool
switch_commit_is_over(const struct switch_commit *c, ovs_be32 barrier_xid)
{
    return c->in_flight && barrier_xid == c->barrier_xid;
}

static void
count_latency(struct switch_commit_stats *stats, long long int elapsed)
{
    static const long long int bounds[] = SWITCH_COMMIT_LATENCIES;
    size_t i = 0;

    BUILD_ASSERT(ARRAY_SIZE(bounds) == SWITCH_COMMIT_N_LATENCIES);
    while (i < ARRAY_SIZE(bounds) && elapsed > bounds[i]) {
        i++;
    }
    stats->latency[i]++;
    stats->latency_sum += elapsed;
}

/* The switch is through with what was in flight.  If it was carried out, makes
 * the same changes to 'installed'.  Otherwise none of it was, and 'installed'
 * stays as it is.  Returns how it has ended. */
enum switch_commit_end
switch_commit_finish(struct switch_commit *c, struct oflow_table *installed,
                     long long int now)
{
    enum switch_commit_end end = (!c->refused ? COMMIT_DONE
                                  : c->cured ? COMMIT_AGAIN
                                  : COMMIT_REREAD);

    count_latency(&c->stats, now - c->sent_at);
    if (end == COMMIT_DONE) {
        oflow_table_apply(installed, &c->changes);
        c->backoff = 0;
    } else if (end == COMMIT_REREAD) {
        switch_commit_back_off(c, now);
    }
    forget(c);
    return end;
}

/* Has the next bundle wait, for longer than after the last refusal unless
 * something has been carried out since. */
void
switch_commit_back_off(struct switch_commit *c, long long int now)
{
    c->backoff = (c->backoff ? MIN(2 * c->backoff, SWITCH_COMMIT_MAX_BACKOFF)
                  : SWITCH_COMMIT_MIN_BACKOFF);
    c->next_try = now + c->backoff;
}
