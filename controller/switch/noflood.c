/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/noflood.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "controller/switch/mgmt-conn.h"
#include "lib/openflow/noflood-ports.h"
#include "openvswitch/ofp-connection.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-port.h"
#include "openvswitch/ofp-util.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(noflood);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);

#define MAX_RECV 500            /* Messages in one noflood_run(). */

struct noflood {
    char *bridge;
    struct mgmt_conn *conn;     /* Null while there is no need. */
    unsigned int conn_seqno;
    struct noflood_ports ports;
    bool allowed;               /* Does the switch speak OpenFlow 1.0? */
    bool read;                  /* Have all ports been told of? */
    bool told;                  /* Has it ever been read? */
    bool must_read;             /* Even if no port needs anything? */
    bool holding;               /* Is it yet to be said what they need? */
    bool first_ports;           /* mgmt_conn_set_first_ports(). */
    ovs_be32 barrier_xid;
    long long int due;          /* When to put right what is wrong. */
};

/* Creates and returns what keeps NORMAL on bridge 'bridge' from flooding to
 * ports, so far to any. */
struct noflood *
noflood_create(const char *bridge)
{
    struct noflood *nf = xzalloc(sizeof *nf);

    nf->bridge = xstrdup(bridge);
    nf->allowed = true;
    nf->due = LLONG_MAX;
    noflood_ports_init(&nf->ports);
    return nf;
}

/* Closes the connection and frees 'nf', which may be null.  Ports stay as they
 * are. */
void
noflood_destroy(struct noflood *nf)
{
    if (nf) {
        noflood_ports_uninit(&nf->ports);
        mgmt_conn_destroy(nf->conn);
        free(nf->bridge);
        free(nf);
    }
}

/* Says whether the switch allows OpenFlow 1.0.  If not, there is nothing to be
 * done. */
void
noflood_set_allowed(struct noflood *nf, bool allowed)
{
    nf->allowed = allowed;
}

/* Says that there is a port 'ofport', and whether NORMAL may flood to it in
 * any case.  Returns true if it might so far, and may not now.
 *
 * What it must not have any more goes at once: a port that has just become one
 * of the network side gets no broadcasts until then, and after a restart it
 * would seem to have it from somebody else. */
bool
noflood_set_port(struct noflood *nf, ofp_port_t ofport, bool floodable)
{
    bool less = noflood_ports_set(&nf->ports, ofport, floodable);

    if (noflood_ports_must_clear(&nf->ports, ofport)) {
        nf->due = time_msec();
    }
    return less;
}

/* As noflood_ports_found(). */
void
noflood_found_port(struct noflood *nf, ofp_port_t ofport, bool barred)
{
    noflood_ports_found(&nf->ports, ofport, barred);
}

/* Has somebody else set no-flood for port 'ofport'? */
bool
noflood_is_others(const struct noflood *nf, ofp_port_t ofport)
{
    return noflood_ports_is_others(&nf->ports, ofport);
}

/* Says that there is no port 'ofport' any longer. */
void
noflood_remove_port(struct noflood *nf, ofp_port_t ofport)
{
    noflood_ports_remove(&nf->ports, ofport);
}

/* Says whether ports must be kept from being flooded to.  With 'adopt', those
 * that are found so have it from an earlier run of this program; otherwise it
 * is somebody else's, and will stay. */
void
noflood_enable(struct noflood *nf, bool enable, bool adopt)
{
    noflood_ports_enable(&nf->ports, enable, adopt);
    nf->holding = false;
}

/* Says that ports that are found with no-flood have it from an earlier run of
 * this program, and must not have it any more. */
void
noflood_adopt(struct noflood *nf)
{
    noflood_ports_adopt(&nf->ports);
    nf->must_read = true;
}

static void
send_message(struct noflood *nf, struct ofpbuf *msg)
{
    mgmt_conn_send(nf->conn, msg);
}

static void
start_reading(struct noflood *nf)
{
    struct ofputil_async_cfg async = OFPUTIL_ASYNC_CFG_INIT;

    noflood_ports_forget(&nf->ports);
    nf->read = false;
    nf->barrier_xid = 0;

    async.primary[OAM_PORT_STATUS] = (1u << OFPPR_ADD | 1u << OFPPR_DELETE
                                      | 1u << OFPPR_MODIFY);
    send_message(nf, ofputil_encode_set_async_config(
                     &async, 1u << OAM_PACKET_IN | 1u << OAM_PORT_STATUS
                             | 1u << OAM_FLOW_REMOVED, OFP10_VERSION));
    mgmt_conn_request_config(nf->conn);
}

/* As mgmt_conn_set_first_ports(). */
void
noflood_set_first_ports(struct noflood *nf, bool first_ports)
{
    nf->first_ports = first_ports;
    if (nf->conn) {
        mgmt_conn_set_first_ports(nf->conn, first_ports);
    }
}

static void
send_barrier(struct noflood *nf)
{
    struct ofpbuf *msg = ofputil_encode_barrier_request(OFP10_VERSION);

    nf->barrier_xid = ((const struct ofp_header *) msg->data)->xid;
    send_message(nf, msg);
}

static void
request_ports(struct noflood *nf)
{
    nf->read = false;
    send_message(nf, ofputil_encode_port_desc_stats_request(OFP10_VERSION,
                                                            OFPP_ANY));
    send_barrier(nf);
}

static void
handle_error(struct noflood *nf, enum ofperr error)
{
    /* A port may go, or be made anew, while a message to it is under way. */
    bool is_gone = (error == OFPERR_OFPPMFC_BAD_PORT
                    || error == OFPERR_OFPPMFC_BAD_HW_ADDR);

    VLOG_RL(&rl, is_gone ? VLL_DBG : VLL_WARN, "%s: OpenFlow 1.0 error: %s",
            nf->bridge, ofperr_to_string(error));
    request_ports(nf);
}

static void
handle_message(struct noflood *nf, const struct ofpbuf *msg)
{
    const struct ofp_header *oh = msg->data;
    struct ofpbuf b = ofpbuf_const_initializer(oh, ntohs(oh->length));
    struct ofputil_port_status ps;
    struct ofputil_phy_port phy;
    enum ofptype type;

    if (ofptype_decode(&type, oh)) {
        return;
    }
    switch ((int) type) {
    case OFPTYPE_ECHO_REQUEST:
        send_message(nf, ofputil_encode_echo_reply(oh));
        break;

    case OFPTYPE_GET_CONFIG_REPLY:
        mgmt_conn_listen(nf->conn, oh);
        request_ports(nf);
        break;

    case OFPTYPE_PORT_DESC_STATS_REPLY:
        ofpraw_pull_assert(&b);
        while (!ofputil_pull_phy_port(OFP10_VERSION, &b, &phy)) {
            noflood_ports_told(&nf->ports, &phy, false);
        }
        break;

    case OFPTYPE_PORT_STATUS:
        if (!ofputil_decode_port_status(oh, &ps)) {
            noflood_ports_told(&nf->ports, &ps.desc,
                               ps.reason == OFPPR_DELETE);
        }
        break;

    case OFPTYPE_BARRIER_REPLY:
        if (oh->xid == nf->barrier_xid) {
            nf->barrier_xid = 0;
            nf->read = nf->told = true;
            nf->must_read = false;
            noflood_ports_done(&nf->ports);
        }
        break;

    case OFPTYPE_ERROR:
        handle_error(nf, ofperr_decode_msg(oh, NULL));
        break;

    default:
        break;
    }
}

/* Asks for what is wrong to be put right, if it has been for 'delay'. */
static void
send_port_mods(struct noflood *nf, int delay)
{
    struct ovs_list msgs = OVS_LIST_INITIALIZER(&msgs);
    struct ofpbuf *msg;

    if (nf->barrier_xid || ovs_list_is_empty(&nf->ports.wrong)) {
        nf->due = LLONG_MAX;
        return;
    }
    nf->due = MIN(nf->due, time_msec() + delay);
    if (time_msec() >= nf->due) {
        noflood_ports_ask(&nf->ports, &msgs);
        LIST_FOR_EACH_POP (msg, list_node, &msgs) {
            send_message(nf, msg);
        }
        send_barrier(nf);
        nf->due = LLONG_MAX;
    }
}

/* What is under way may turn out to have been set. */
static bool
is_needed(const struct noflood *nf)
{
    return (nf->allowed
            && (nf->ports.enabled || nf->ports.n_ours || nf->barrier_xid
                || nf->must_read));
}

/* Tries to connect often, unless connected: the client has seen that the
 * switch has made the bridge's socket. */
void
noflood_socket_appeared(struct noflood *nf)
{
    if (nf->conn) {
        mgmt_conn_hurry(nf->conn);
    }
}

/* Takes in what the switch says, and tells it what it must be told, 'delay'
 * milliseconds after the first thing that it must be. */
void
noflood_run(struct noflood *nf, int delay)
{
    if (!is_needed(nf)) {
        mgmt_conn_destroy(nf->conn);
        nf->conn = NULL;
        nf->read = false;
        nf->due = LLONG_MAX;
        return;
    }
    if (!nf->conn) {
        nf->conn = mgmt_conn_create(nf->bridge, OFP10_VERSION);
        mgmt_conn_set_first_ports(nf->conn, nf->first_ports);
        nf->conn_seqno = mgmt_conn_get_seqno(nf->conn);
    }

    mgmt_conn_run(nf->conn);
    unsigned int seqno = mgmt_conn_get_seqno(nf->conn);
    if (seqno != nf->conn_seqno) {
        nf->conn_seqno = seqno;
        nf->read = false;
        if (mgmt_conn_is_connected(nf->conn)) {
            start_reading(nf);
        }
    }
    for (int i = 0; i < MAX_RECV; i++) {
        struct ofpbuf *msg = mgmt_conn_recv(nf->conn);

        if (!msg) {
            break;
        }
        handle_message(nf, msg);
        ofpbuf_delete(msg);
    }
    if (nf->read && !nf->holding) {
        send_port_mods(nf, delay);
    }
}

/* Arranges for poll_block() to wake up when noflood_run() has something to
 * do. */
void
noflood_wait(struct noflood *nf)
{
    if (nf->conn) {
        mgmt_conn_wait(nf->conn);
        if (nf->due != LLONG_MAX && nf->read && !nf->holding) {
            poll_timer_wait_until(nf->due);
        }
    }
    if (is_needed(nf) != (nf->conn != NULL)) {
        poll_immediate_wake();
    }
}

/* Are all ports known to be as they should? */
bool
noflood_is_done(const struct noflood *nf)
{
    return (!is_needed(nf)
            || (nf->read && !nf->ports.n_wrong && !nf->barrier_xid));
}

/* Is it yet to be found out for which ports somebody else has set no-flood?
 * Then it is, and nothing is done to any before noflood_enable() is called.
 * 'adopt' is as for that function. */
bool
noflood_must_be_told(struct noflood *nf, bool adopt)
{
    if (!nf->told && !nf->must_read) {
        nf->must_read = nf->holding = true;
        if (adopt) {
            noflood_ports_adopt(&nf->ports);
        }
    }
    return nf->allowed && !nf->told;
}

/* Returns what is in the way of setting ports, or null. */
const char *
noflood_get_error(const struct noflood *nf)
{
    int error = nf->conn ? mgmt_conn_get_error(nf->conn) : 0;

    return (error && !mgmt_conn_is_connected(nf->conn)
            ? ovs_retval_to_string(error) : NULL);
}
