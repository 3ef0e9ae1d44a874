/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/ofctrl.h"

#include <limits.h>
#include <stdlib.h>

#include "byte-order.h"
#include "controller/switch/mgmt-conn.h"
#include "controller/switch/ofctrl-private.h"
#include "controller/switch/ofctrl-switch.h"
#include "lib/openflow/plan.h"
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
    switch_sync_init(&ofctrl->sync);
    return ofctrl;
}

/* Closes the connection and frees 'ofctrl', which may be null.  The switch
 * keeps what it has. */
void
ofctrl_destroy(struct ofctrl *ofctrl)
{
    if (ofctrl) {
        switch_sync_uninit(&ofctrl->sync);
        ometers_uninit(&ofctrl->last_meters);
        ometers_uninit(&ofctrl->meters);
        mgmt_conn_destroy(ofctrl->conn);
        ofctrl_watch_uninit(&ofctrl->watch);
        free(ofctrl->bridge);
        free(ofctrl);
    }
}

/* Sends those in 'msgs', and leaves it empty. */
void
ofctrl_send_messages(struct ofctrl *ofctrl, struct ovs_list *msgs)
{
    struct ofpbuf *msg;

    LIST_FOR_EACH_POP (msg, list_node, msgs) {
        mgmt_conn_send(ofctrl->conn, msg);
    }
}

static void
become_disconnected(struct ofctrl *ofctrl)
{
    ofctrl_keep_meters(ofctrl);
    switch_sync_reset(&ofctrl->sync);
    ds_clear(&ofctrl->watch.changed);
    ofctrl->buckets_xid = 0;
    ofctrl_watch_put_back(&ofctrl->watch, ofctrl->bridge, false, NULL);
    ofctrl->state = S_DISCONNECTED;
}

/* Starts to read back what the switch holds, of which nothing must be known.
 * mgmt-conn.h says why this is done in two steps. */
static void
become_readback(struct ofctrl *ofctrl)
{
    struct ovs_list msgs;

    ofctrl->state = S_READBACK;
    ofctrl->readback_xid = 0;
    ofctrl->watch.interfered = false;
    ofctrl->reread = false;
    ofctrl->n_readbacks++;

    ofctrl_switch_hello(&msgs);
    ofctrl_send_messages(ofctrl, &msgs);
    mgmt_conn_request_config(ofctrl->conn);
}

/* Leaves the switch alone, of which nothing is known any longer. */
void
ofctrl_become_held(struct ofctrl *ofctrl)
{
    become_disconnected(ofctrl);
    ofctrl->state = S_HELD;
}

/* Leaves the switch alone, or has it read, as it is to be now.  A step that is
 * in flight is waited for. */
static void
check_hold(struct ofctrl *ofctrl)
{
    if (ofctrl->state == S_HELD && ofctrl->hold == OFCTRL_GO) {
        become_readback(ofctrl);
    } else if (ofctrl->state == S_READY && ofctrl->hold == OFCTRL_HOLD
               && !switch_sync_is_busy(&ofctrl->sync)) {
        ofctrl_become_held(ofctrl);
    }
}

/* Reads the switch afresh as soon as nothing is in flight, as if it had just
 * been connected to: what differs from the plan is then put right. */
void
ofctrl_reread(struct ofctrl *ofctrl)
{
    ofctrl->reread = true;
}

/* Says who has been quarantined. */
static void
log_quarantine(struct ofctrl *ofctrl, const struct plan *plan)
{
    ovs_be64 cookie = switch_commit_take_news(&ofctrl->sync.commit);

    if (cookie) {
        const char *port = plan_cookie_origin(plan, cookie);
        const char *why = quarantine_find(&ofctrl->sync.commit.quarantine,
                                          cookie);

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
    struct switch_goal goal = {
        .desired = plan_desired(plan),
        .dirty = plan_dirty(plan),
        .meters = plan_meters(plan),
    };
    struct ovs_list msgs = OVS_LIST_INITIALIZER(&msgs);

    log_quarantine(ofctrl, plan);
    if (ofctrl->state == S_READY) {
        if (plan_is_guarded(plan)) {
            mgmt_conn_set_first_ports(ofctrl->conn, true);
        } else if (ofctrl_is_installed(ofctrl, plan)) {
            mgmt_conn_set_first_ports(ofctrl->conn, false);
        }
        if (switch_sync_put(&ofctrl->sync, &goal, time_msec(), &msgs)) {
            plan_clear_dirty(plan);
        }
        ofctrl_send_messages(ofctrl, &msgs);
    }
}

/* Is the switch to be read afresh when nothing is in flight?  If so, sets
 * '*when' to the time for it. */
static bool
must_reread(const struct ofctrl *ofctrl, long long int *when)
{
    if (ofctrl->state != S_READY || switch_sync_is_busy(&ofctrl->sync)) {
        return false;
    }
    *when = (ofctrl->reread ? LLONG_MIN
             : ofctrl->watch.interfered ? ofctrl->next_reread
             : switch_sync_when_to_reread(&ofctrl->sync));
    return *when < LLONG_MAX;
}

/* Reads the switch afresh if it is time for that. */
static void
maybe_reread(struct ofctrl *ofctrl)
{
    long long int now = time_msec();
    long long int when;

    if (!must_reread(ofctrl, &when) || now < when) {
        return;
    }
    if (ofctrl->reread || ofctrl->watch.interfered) {
        ofctrl->next_reread = now + REREAD_MSEC;
        switch_sync_reset(&ofctrl->sync);
    } else {
        switch_sync_forget(&ofctrl->sync);
    }
    become_readback(ofctrl);
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
        ofctrl_echo_reset(ofctrl);
        if (mgmt_conn_is_connected(ofctrl->conn)) {
            ofctrl->n_connects++;
            if (ofctrl->watch.enabled) {
                struct ovs_list msgs;

                ofctrl_watch_encode_requests(&msgs);
                ofctrl_send_messages(ofctrl, &msgs);
            }
            ofctrl_become_held(ofctrl);
            if (ofctrl->hold != OFCTRL_GO) {
                ofctrl_put_back_meters(ofctrl);
            }
        }
    }

    for (int i = 0; i < MAX_RECV; i++) {
        struct ofpbuf *msg = mgmt_conn_recv(ofctrl->conn);

        if (!msg) {
            break;
        }
        ofctrl_receive(ofctrl, msg);
        ofpbuf_delete(msg);
    }

    check_hold(ofctrl);
    maybe_reread(ofctrl);
    ofctrl_config_run(ofctrl);
    ofctrl_echo_run(ofctrl);
}

/* Arranges for poll_block() to wake up when ofctrl_run() has something to
 * do. */
void
ofctrl_wait(struct ofctrl *ofctrl)
{
    long long int when;

    mgmt_conn_wait(ofctrl->conn);
    if (must_reread(ofctrl, &when)) {
        poll_timer_wait_until(when);
    }
    ofctrl_config_wait(ofctrl);
    ofctrl_echo_wait(ofctrl);
}

/* Arranges for poll_block() to wake up when ofctrl_put() has something to do
 * that does not come from the plan. */
void
ofctrl_put_wait(struct ofctrl *ofctrl)
{
    long long int when = switch_sync_when(&ofctrl->sync);

    if (ofctrl->state == S_READY && when != LLONG_MAX) {
        poll_timer_wait_until(when);
    }
}

/* The client has seen that the switch has made the bridge's socket. */
void
ofctrl_socket_appeared(struct ofctrl *ofctrl)
{
    mgmt_conn_hurry(ofctrl->conn);
}

/* Is the switch to be left alone for now?  The default is that it is not.
 * Counts from the next ofctrl_run() on. */
void
ofctrl_set_hold(struct ofctrl *ofctrl, enum ofctrl_hold hold)
{
    ofctrl->hold = hold;
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
