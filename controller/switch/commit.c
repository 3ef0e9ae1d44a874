/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/commit.h"

#include "controller/switch/mgmt-conn.h"
#include "openvswitch/ofp-errors.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-util.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/vlog.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(commit);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);

/* How long to wait after a bundle that was refused as a whole, so that nobody
 * in particular is to blame: in milliseconds, doubled each time. */
#define RETRY_MIN_MSEC 1000
#define RETRY_MAX_MSEC 60000

/* Initializes 'c' for bridge 'bridge', which must outlive it, with nothing in
 * flight. */
void
commit_init(struct commit *c, const char *bridge)
{
    *c = (struct commit) {
        .bridge = bridge,
        .changes = OCHANGES_INITIALIZER,
    };
    quarantine_init(&c->quarantine);
}

/* Forgets what is in flight. */
static void
forget(struct commit *c)
{
    if (c->in_flight) {
        ochanges_uninit(&c->changes);
        obundle_uninit(&c->bundle);
        c->in_flight = false;
    }
}

/* Frees what 'c' holds, but not 'c' itself. */
void
commit_uninit(struct commit *c)
{
    forget(c);
    quarantine_uninit(&c->quarantine);
}

/* Forgets all but the statistics: what is known of the switch is read
 * afresh. */
void
commit_reset(struct commit *c)
{
    forget(c);
    quarantine_clear(&c->quarantine);
    c->singly = false;
    c->backoff = 0;
    c->next_try = 0;
}

/* Is nothing in flight, and no refusal to be waited out? */
bool
commit_may_start(const struct commit *c)
{
    return !c->in_flight && time_msec() >= c->next_try;
}

static ovs_be32
send_message(struct mgmt_conn *conn, struct ofpbuf *msg)
{
    ovs_be32 xid = ((const struct ofp_header *) msg->data)->xid;

    mgmt_conn_send(conn, msg);
    return xid;
}

/* Sends 'changes', which are taken over and must not be empty, to the switch
 * at 'conn', which holds 'installed'.  commit_may_start() must be true. */
void
commit_start(struct commit *c, struct ochanges *changes,
             const struct oflow_table *installed, struct mgmt_conn *conn)
{
    struct ofpbuf *msg;

    c->changes = *changes;
    *changes = (struct ochanges) OCHANGES_INITIALIZER;
    obundle_encode(&c->bundle, &c->changes, installed, c->next_bundle_id++,
                   c->singly);
    LIST_FOR_EACH_POP (msg, list_node, &c->bundle.msgs) {
        send_message(conn, msg);
    }
    c->barrier_xid = send_message(
        conn, ofputil_encode_barrier_request(OFP15_VERSION));
    c->sent_at = time_msec();
    c->refused = c->blamed = false;
    c->in_flight = true;

    c->stats.n_bundles++;
    c->stats.n_flow_mods += c->bundle.n_flow_mods;
    c->stats.n_group_mods += c->bundle.n_group_mods;
    VLOG_DBG("%s: bundle of %"PRIuSIZE" flow_mods and %"PRIuSIZE" group_mods",
             c->bridge, c->bundle.n_flow_mods, c->bundle.n_group_mods);
}

/* Takes in 'oh', an OpenFlow error. */
void
commit_handle_error(struct commit *c, const struct ofp_header *oh)
{
    enum ofperr error = ofperr_decode_msg(oh, NULL);
    const char *name = error ? ofperr_get_name(error) : "unknown error";
    const struct obundle_sent *sent
        = c->in_flight ? obundle_find(&c->bundle, oh->xid) : NULL;

    c->stats.n_errors++;
    if (!c->in_flight) {
        VLOG_WARN_RL(&rl, "%s: OpenFlow error: %s", c->bridge, name);
        return;
    }

    c->refused = true;
    if (!sent) {
        /* The commit fails because a message in the bundle has. */
        if (!c->blamed) {
            VLOG_WARN_RL(&rl, "%s: switch refused a bundle: %s", c->bridge,
                         name);
        }
    } else if (sent->several) {
        c->singly = true;
        c->blamed = true;
    } else if (!c->blamed) {
        quarantine_add(&c->quarantine, sent->cookie, name);
        c->blamed = true;
        c->news = sent->cookie;
    }
}

/* Returns the cookie of whoever has been quarantined since the last call, or 0
 * if nobody has. */
ovs_be64
commit_take_news(struct commit *c)
{
    ovs_be64 cookie = c->news;

    c->news = 0;
    return cookie;
}

/* Does the reply to barrier 'barrier_xid' say that the switch is through with
 * what was in flight? */
bool
commit_is_over(const struct commit *c, ovs_be32 barrier_xid)
{
    return c->in_flight && barrier_xid == c->barrier_xid;
}

static void
count_latency(struct commit_stats *stats, long long int elapsed)
{
    static const long long int bounds[] = COMMIT_LATENCIES;
    size_t i = 0;

    BUILD_ASSERT(ARRAY_SIZE(bounds) == COMMIT_N_LATENCIES);
    while (i < ARRAY_SIZE(bounds) && elapsed > bounds[i]) {
        i++;
    }
    stats->latency[i]++;
    stats->latency_sum += elapsed;
}

/* The switch is through with what was in flight.  If it was carried out, makes
 * the same changes to 'installed' and returns true.  Otherwise, none of it
 * was: returns false. */
bool
commit_finish(struct commit *c, struct oflow_table *installed)
{
    count_latency(&c->stats, time_msec() - c->sent_at);
    if (!c->refused) {
        oflow_table_apply(installed, &c->changes);
        c->backoff = 0;
    } else if (!c->blamed) {
        c->backoff = (c->backoff ? MIN(2 * c->backoff, RETRY_MAX_MSEC)
                      : RETRY_MIN_MSEC);
        c->next_try = time_msec() + c->backoff;
    }
    forget(c);
    return !c->refused;
}
