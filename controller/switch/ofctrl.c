/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/ofctrl.h"

#include <stdlib.h>
#include <string.h>

#include "byte-order.h"
#include "controller/switch/commit.h"
#include "controller/switch/meter-sync.h"
#include "controller/switch/mgmt-conn.h"
#include "controller/switch/ofctrl-switch.h"
#include "controller/switch/ofctrl-watch.h"
#include "lib/openflow/announce.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/plan.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-port.h"
#include "openvswitch/ofp-util.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(ofctrl);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);

/* Messages that one call of ofctrl_run() takes in at most. */
#define MAX_RECV 500

/* How long after reading what somebody else has changed to read again if it is
 * changed again, in milliseconds: who keeps at it must not keep us busy. */
#define REREAD_MSEC 250

#define STATES                                  \
    STATE(DISCONNECTED, "disconnected")         \
    STATE(READBACK, "reading")                  \
    STATE(READY, "ready")                       \
    STATE(COMMITTING, "installing")

enum state {
#define STATE(ENUM, NAME) S_##ENUM,
    STATES
#undef STATE
};

struct ofctrl {
    char *bridge;
    struct mgmt_conn *conn;
    ofctrl_port_cb *port_cb;
    ofctrl_frame_cb *frame_cb;
    void *aux;
    enum state state;
    unsigned int conn_seqno;
    unsigned int seqno;         /* Grows with each completed read-back. */
    struct oflow_table installed;
    struct meter_sync meters;
    unsigned int n_connects;
    unsigned int n_readbacks;   /* Begun. */
    ovs_be32 readback_xid;      /* READBACK: of the barrier that ends it. */
    struct commit commit;       /* In flight if COMMITTING. */
    unsigned long long int put; /* Of those begun, the last one... */
    unsigned long long int put_done;    /* ...and of those carried out. */
    bool compare_all;           /* Or else only what the plan calls dirty. */

    struct ofctrl_watch watch;  /* Of what others change. */
    long long int next_reread;  /* In time_msec() terms. */
};

/* Creates and returns a connection to bridge 'bridge' of the local switch.  If
 * the switch has not made the bridge's socket yet, then the client must call
 * ofctrl_socket_appeared() when it has.  The callbacks are called with 'aux'
 * from ofctrl_run(). */
struct ofctrl *
ofctrl_create(const char *bridge, ofctrl_port_cb *port_cb,
              ofctrl_frame_cb *frame_cb, ofctrl_taken_cb *taken_cb, void *aux)
{
    struct ofctrl *ofctrl = xzalloc(sizeof *ofctrl);

    ofctrl->bridge = xstrdup(bridge);
    ofctrl->port_cb = port_cb;
    ofctrl->frame_cb = frame_cb;
    ofctrl->aux = aux;
    ofctrl->conn = mgmt_conn_create(bridge, OFP15_VERSION);
    ofctrl->conn_seqno = mgmt_conn_get_seqno(ofctrl->conn);
    ofctrl_watch_init(&ofctrl->watch, taken_cb, aux);
    oflow_table_init(&ofctrl->installed);
    meter_sync_init(&ofctrl->meters);
    commit_init(&ofctrl->commit, ofctrl->bridge);
    return ofctrl;
}

/* Closes the connection and frees 'ofctrl', which may be null.  The switch
 * keeps what it has. */
void
ofctrl_destroy(struct ofctrl *ofctrl)
{
    if (ofctrl) {
        commit_uninit(&ofctrl->commit);
        oflow_table_uninit(&ofctrl->installed);
        meter_sync_uninit(&ofctrl->meters);
        mgmt_conn_destroy(ofctrl->conn);
        ofctrl_watch_uninit(&ofctrl->watch);
        free(ofctrl->bridge);
        free(ofctrl);
    }
}

static ovs_be32
send_message(struct ofctrl *ofctrl, struct ofpbuf *msg)
{
    ovs_be32 xid = ((const struct ofp_header *) msg->data)->xid;

    mgmt_conn_send(ofctrl->conn, msg);
    return xid;
}

static void
become_disconnected(struct ofctrl *ofctrl)
{
    commit_reset(&ofctrl->commit);
    oflow_table_clear(&ofctrl->installed);
    meter_sync_reset(&ofctrl->meters);
    ds_clear(&ofctrl->watch.changed);
    ofctrl->state = S_DISCONNECTED;
}

/* Starts to read back what the switch holds.  mgmt-conn.h says why this is
 * done in two steps. */
static void
become_readback(struct ofctrl *ofctrl)
{
    struct ovs_list msgs;
    struct ofpbuf *msg;

    ofctrl->state = S_READBACK;
    ofctrl->compare_all = true;
    ofctrl->readback_xid = 0;
    ofctrl->watch.interfered = false;
    ofctrl->n_readbacks++;
    commit_reset(&ofctrl->commit);
    meter_sync_reset(&ofctrl->meters);

    ofctrl_switch_hello(&msgs);
    LIST_FOR_EACH_POP (msg, list_node, &msgs) {
        send_message(ofctrl, msg);
    }
    mgmt_conn_request_config(ofctrl->conn);
}

/* If the switch has been read, reads it afresh, as if it had just been
 * connected to: what differs from the plan is then put right. */
void
ofctrl_reread(struct ofctrl *ofctrl)
{
    if (ofctrl->state == S_READY) {
        oflow_table_clear(&ofctrl->installed);
        become_readback(ofctrl);
    }
}

/* Tells the network side, on behalf of all guests that 'plan' has, where they
 * are.  To be called after ofctrl_put(), so that the frames meet its flows. */
void
ofctrl_announce(struct ofctrl *ofctrl, const struct plan *plan)
{
    struct ovs_list msgs;
    struct ofpbuf *msg;
    size_t n = announce_encode(plan_mac_table(plan), &msgs);

    VLOG_INFO("%s: announcing guests, %"PRIuSIZE" frames", ofctrl->bridge, n);
    LIST_FOR_EACH_POP (msg, list_node, &msgs) {
        send_message(ofctrl, msg);
    }
}

static void
request_readback(struct ofctrl *ofctrl, const struct ofp_header *config_reply)
{
    struct ovs_list msgs;
    struct ofpbuf *msg;

    mgmt_conn_listen(ofctrl->conn, config_reply);
    ofctrl_switch_readback(&msgs);
    LIST_FOR_EACH_POP (msg, list_node, &msgs) {
        /* The last one is the barrier. */
        ofctrl->readback_xid = send_message(ofctrl, msg);
    }
}

/* Appends to 'changes' what must change in the switch, as far as 'plan' has
 * been changed since the last time or, if need be, altogether. */
static void
find_changes(const struct ofctrl *ofctrl, const struct plan *plan,
             struct ochanges *changes)
{
    const struct oflow_table *desired = plan_desired(plan);
    const struct oflow_table *dirty = plan_dirty(plan);

    if (ofctrl->compare_all || !dirty) {
        oflow_table_diff(desired, &ofctrl->installed, changes);
    } else {
        oflow_table_diff_keys(dirty, desired, &ofctrl->installed, changes);
    }
    quarantine_filter(&ofctrl->commit.quarantine, changes);
}

/* Says who has been quarantined. */
static void
log_quarantine(struct ofctrl *ofctrl, const struct plan *plan)
{
    ovs_be64 cookie = commit_take_news(&ofctrl->commit);

    if (cookie) {
        const char *port = plan_cookie_origin(plan, cookie);
        const char *why = ofctrl_get_quarantine(ofctrl, cookie);

        VLOG_WARN_RL(&rl, "%s: switch refused flows of %s%s (cookie %#"PRIx64
                     "): %s; leaving them out", ofctrl->bridge,
                     port ? "port " : "the bridge", port ? port : "",
                     ntohll(cookie), why ? why : "");
    }
}

/* Brings the switch to what 'plan' desires, if the connection is ready for it;
 * otherwise, what is to be done stays to be done.  The client must call this
 * function after each ofctrl_run() and after each plan_run(). */
void
ofctrl_put(struct ofctrl *ofctrl, struct plan *plan)
{
    struct ochanges changes = OCHANGES_INITIALIZER;

    log_quarantine(ofctrl, plan);
    if (ofctrl->state != S_READY || !commit_may_start(&ofctrl->commit)
        || meter_sync_is_busy(&ofctrl->meters)) {
        return;
    }
    meter_sync_add(&ofctrl->meters, plan_meters(plan), ofctrl->conn);
    if (meter_sync_is_busy(&ofctrl->meters)) {
        return;
    }

    if (quarantine_release(&ofctrl->commit.quarantine, plan_dirty(plan))) {
        ofctrl->compare_all = true;
    }
    find_changes(ofctrl, plan, &changes);
    ofctrl->compare_all = false;
    plan_clear_dirty(plan);
    ofctrl->put++;
    if (changes.n) {
        commit_start(&ofctrl->commit, &changes, &ofctrl->installed,
                     ofctrl->conn);
        ofctrl->state = S_COMMITTING;
    } else {
        ochanges_uninit(&changes);
        ofctrl->put_done = ofctrl->put;
        meter_sync_delete(&ofctrl->meters, plan_meters(plan), ofctrl->conn);
    }
}

static void
handle_barrier(struct ofctrl *ofctrl, const struct ofp_header *oh)
{
    if (ofctrl->state == S_READBACK && oh->xid == ofctrl->readback_xid) {
        ofctrl->state = S_READY;
        ofctrl->seqno++;
        VLOG_DBG("%s: read back %"PRIuSIZE" flows and %"PRIuSIZE" groups",
                 ofctrl->bridge, oflow_table_count_flows(&ofctrl->installed),
                 oflow_table_count_groups(&ofctrl->installed));
        ofctrl_watch_log(&ofctrl->watch, ofctrl->bridge);
    } else if (commit_is_over(&ofctrl->commit, oh->xid)) {
        ofctrl->state = S_READY;
        if (commit_finish(&ofctrl->commit, &ofctrl->installed)) {
            ofctrl->put_done = ofctrl->put;
        } else {
            ofctrl->compare_all = true;
        }
    } else {
        meter_sync_handle_barrier(&ofctrl->meters, oh);
    }
}

/* Others, or the switch by itself, have changed something: a group, if
 * 'group', or else a flow. */
static void
handle_watch(struct ofctrl *ofctrl, const struct ofp_header *oh, bool group)
{
    struct ofctrl_watch_ours ours = {
        .installed = &ofctrl->installed,
        .sent = ofctrl->commit.in_flight ? &ofctrl->commit.changes : NULL,
        .reading = ofctrl->state == S_READBACK,
    };

    ofctrl_watch_decode(&ofctrl->watch, oh, group, &ours);
    if (ofctrl->watch.learned) {
        /* The plan may not want it. */
        ofctrl->watch.learned = false;
        ofctrl->compare_all = true;
    }
}

static void
handle_message(struct ofctrl *ofctrl, const struct ofpbuf *msg)
{
    const struct ofp_header *oh = msg->data;
    enum ofptype type;

    if (ofptype_decode(&type, oh)) {
        return;
    }

    switch ((int) type) {
    case OFPTYPE_ECHO_REQUEST:
        send_message(ofctrl, ofputil_encode_echo_reply(oh));
        break;

    case OFPTYPE_GET_CONFIG_REPLY:
        request_readback(ofctrl, oh);
        break;

    case OFPTYPE_PORT_DESC_STATS_REPLY:
    case OFPTYPE_PORT_STATUS:
        ofctrl_switch_decode_ports(oh, ofctrl->port_cb, ofctrl->aux);
        break;

    case OFPTYPE_PACKET_IN:
        ofctrl_switch_decode_frame(oh, ofctrl->frame_cb, ofctrl->aux);
        break;

    case OFPTYPE_FLOW_STATS_REPLY:
        ofctrl_switch_decode_flows(oh, &ofctrl->installed);
        break;

    case OFPTYPE_GROUP_DESC_STATS_REPLY:
        ofctrl_switch_decode_groups(oh, &ofctrl->installed);
        break;

    case OFPTYPE_METER_FEATURES_STATS_REPLY:
        meter_sync_decode_features(&ofctrl->meters, oh);
        break;

    case OFPTYPE_METER_CONFIG_STATS_REPLY:
        meter_sync_decode_config(&ofctrl->meters, oh);
        break;

    case OFPTYPE_FLOW_MONITOR_STATS_REPLY:
    case OFPTYPE_REQUESTFORWARD:
        handle_watch(ofctrl, oh, type == OFPTYPE_REQUESTFORWARD);
        break;

    case OFPTYPE_BARRIER_REPLY:
        handle_barrier(ofctrl, oh);
        break;

    case OFPTYPE_ERROR:
        if (!meter_sync_handle_error(&ofctrl->meters, oh)) {
            commit_handle_error(&ofctrl->commit, oh);
        }
        break;

    default:
        /* Hello, features and the like. */
        break;
    }
}

static bool
must_reread(const struct ofctrl *ofctrl)
{
    return ofctrl->watch.interfered && ofctrl->state == S_READY;
}

/* Takes in what the switch has to say. */
void
ofctrl_run(struct ofctrl *ofctrl)
{
    mgmt_conn_run(ofctrl->conn);

    unsigned int seqno = mgmt_conn_get_seqno(ofctrl->conn);
    if (seqno != ofctrl->conn_seqno) {
        ofctrl->conn_seqno = seqno;
        become_disconnected(ofctrl);
        if (mgmt_conn_is_connected(ofctrl->conn)) {
            ofctrl->n_connects++;
            if (ofctrl->watch.enabled) {
                send_message(ofctrl, ofctrl_watch_encode_request());
            }
            become_readback(ofctrl);
        }
    }

    for (int i = 0; i < MAX_RECV; i++) {
        struct ofpbuf *msg = mgmt_conn_recv(ofctrl->conn);

        if (!msg) {
            break;
        }
        handle_message(ofctrl, msg);
        ofpbuf_delete(msg);
    }

    if (must_reread(ofctrl) && time_msec() >= ofctrl->next_reread) {
        ofctrl->next_reread = time_msec() + REREAD_MSEC;
        ofctrl_reread(ofctrl);
    }
}

/* Arranges for poll_block() to wake up when ofctrl_run() has something to
 * do. */
void
ofctrl_wait(struct ofctrl *ofctrl)
{
    mgmt_conn_wait(ofctrl->conn);
    if (must_reread(ofctrl)) {
        poll_timer_wait_until(ofctrl->next_reread);
    }
}

/* Arranges for poll_block() to wake up when ofctrl_put() has something to do
 * that does not come from the plan. */
void
ofctrl_put_wait(struct ofctrl *ofctrl)
{
    if (ofctrl->state == S_READY && ofctrl->compare_all) {
        poll_timer_wait_until(ofctrl->commit.next_try);
    }
}

/* The client has seen that the switch has made the bridge's socket. */
void
ofctrl_socket_appeared(struct ofctrl *ofctrl)
{
    mgmt_conn_hurry(ofctrl->conn);
}

/* Is the switch to be brought back at once to what it should hold when
 * somebody else changes it?  The default is false.  To be called before the
 * first ofctrl_run(). */
void
ofctrl_set_watch(struct ofctrl *ofctrl, bool watch)
{
    ofctrl->watch.enabled = watch;
}

/* Does the bridge allow OpenFlow 1.5, so that there is any use in trying to
 * connect?  The default is true. */
void
ofctrl_set_allowed(struct ofctrl *ofctrl, bool allowed)
{
    mgmt_conn_set_allowed(ofctrl->conn, allowed);
}

bool
ofctrl_is_connected(const struct ofctrl *ofctrl)
{
    return ofctrl->state != S_DISCONNECTED;
}

/* Has what the switch holds been read, so that a plan can be put? */
bool
ofctrl_is_ready(const struct ofctrl *ofctrl)
{
    return ofctrl->state >= S_READY;
}

/* Does the switch hold what 'plan' desires, but for those in quarantine, as
 * far as is known? */
bool
ofctrl_is_installed(const struct ofctrl *ofctrl, const struct plan *plan)
{
    return (ofctrl->state == S_READY && !ofctrl->compare_all
            && !ofctrl->watch.interfered && !plan_is_dirty(plan)
            && !meter_sync_is_busy(&ofctrl->meters)
            && ometers_equals(plan_meters(plan), &ofctrl->meters.installed));
}

/* Returns the number of the put that will send what 'plan' says now, for
 * ofctrl_put_is_done(). */
unsigned long long int
ofctrl_next_put(const struct ofctrl *ofctrl)
{
    return ofctrl->put + 1;
}

/* Has the switch acknowledged put number 'put', or had nothing to
 * acknowledge?  Unlike ofctrl_is_installed() this becomes true also while plan
 * changes all the time. */
bool
ofctrl_put_is_done(const struct ofctrl *ofctrl, unsigned long long int put)
{
    return ofctrl_is_ready(ofctrl) && ofctrl->put_done >= put;
}

/* Returns a number that changes whenever the switch has been read back, after
 * which ofctrl_get_installed() and the ports told are those of a new
 * connection. */
unsigned int
ofctrl_get_seqno(const struct ofctrl *ofctrl)
{
    return ofctrl->seqno;
}

const struct oflow_table *
ofctrl_get_installed(const struct ofctrl *ofctrl)
{
    return &ofctrl->installed;
}

/* Returns why flows with 'cookie' are left out, or null if they are not. */
const char *
ofctrl_get_quarantine(const struct ofctrl *ofctrl, ovs_be64 cookie)
{
    return quarantine_find(&ofctrl->commit.quarantine, cookie);
}

size_t
ofctrl_count_quarantined(const struct ofctrl *ofctrl)
{
    return quarantine_count(&ofctrl->commit.quarantine);
}

/* Appends the state of 'ofctrl' with regard to 'plan' to 's', in a few
 * words. */
void
ofctrl_format_state(struct ds *s, const struct ofctrl *ofctrl,
                    const struct plan *plan)
{
    static const char *const names[] = {
#define STATE(ENUM, NAME) NAME,
        STATES
#undef STATE
    };

    if (ofctrl_is_installed(ofctrl, plan)) {
        ds_put_cstr(s, quarantine_count(&ofctrl->commit.quarantine)
                    ? "partly installed" : "installed");
    } else if (ofctrl->state == S_DISCONNECTED) {
        int error = mgmt_conn_get_error(ofctrl->conn);

        ds_put_cstr(s, names[ofctrl->state]);
        if (error) {
            ds_put_format(s, " (%s)", ovs_retval_to_string(error));
        }
    } else {
        ds_put_cstr(s, names[ofctrl->state]);
    }
}

const struct meter_sync *
ofctrl_get_meters(const struct ofctrl *ofctrl)
{
    return &ofctrl->meters;
}

/* Returns how often the switch has been connected to. */
unsigned int
ofctrl_count_connects(const struct ofctrl *ofctrl)
{
    return ofctrl->n_connects;
}

/* Returns how often the switch has begun to be read.  Ports that were told of
 * before that may be no longer there. */
unsigned int
ofctrl_count_readbacks(const struct ofctrl *ofctrl)
{
    return ofctrl->n_readbacks;
}

const struct commit_stats *
ofctrl_get_stats(const struct ofctrl *ofctrl)
{
    return &ofctrl->commit.stats;
}
