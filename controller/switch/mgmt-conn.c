/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/mgmt-conn.h"

#include <stdlib.h>

#include "dirs.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-protocol.h"
#include "openvswitch/ofp-switch.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/rconn.h"
#include "openvswitch/vconn.h"
#include "openvswitch/vlog.h"
#include "socket-util.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(mgmt_conn);

/* Seconds of silence until the switch is asked for a sign of life. */
#define PROBE_INTERVAL 60

/* Milliseconds between two attempts to connect: at first, doubled each time;
 * when it is worth a line in the log; at most. */
#define MIN_BACKOFF 1
#define LOG_BACKOFF 1024
#define MAX_BACKOFF 8192

/* Nothing is sent to us for lack of a flow; any length other than zero
 * does. */
#define MISS_SEND_LEN 128

struct mgmt_conn {
    char *bridge;
    char *target;               /* "unix:" and the name of the socket. */
    enum ofp_version version;
    struct rconn *rconn;        /* Does not reconnect by itself. */
    bool allowed;               /* Is there any use in trying? */
    bool open;                  /* Is it more than an idle 'rconn'? */
    bool was_connected;         /* If 'open': was it of any use? */
    int backoff;                /* If not 'open'. */
    long long int next_try;     /* In time_msec() terms. */
    int error;                  /* Of the last attempt, or 0. */
    bool first_ports;           /* mgmt_conn_set_first_ports(). */
};

/* Creates and returns a connection to bridge 'bridge' of the local switch, by
 * OpenFlow version 'version' and no other.  If
 * the switch has not made the bridge's socket yet, then the client should call
 * mgmt_conn_hurry() when it has. */
struct mgmt_conn *
mgmt_conn_create(const char *bridge, enum ofp_version version)
{
    struct mgmt_conn *conn = xzalloc(sizeof *conn);

    conn->bridge = xstrdup(bridge);
    conn->target = xasprintf("unix:%s/%s.mgmt", ovs_rundir(), bridge);
    conn->rconn = rconn_create(PROBE_INTERVAL, 0, DSCP_DEFAULT,
                               1u << version);
    conn->version = version;
    conn->allowed = true;
    conn->backoff = MIN_BACKOFF;
    conn->next_try = time_msec();
    return conn;
}

/* Closes and frees 'conn', which may be null. */
void
mgmt_conn_destroy(struct mgmt_conn *conn)
{
    if (conn) {
        rconn_destroy(conn->rconn);
        free(conn->target);
        free(conn->bridge);
        free(conn);
    }
}

static void
try_later(struct mgmt_conn *conn)
{
    if (conn->backoff == LOG_BACKOFF) {
        VLOG_INFO("%s: cannot connect to the switch (%s); waiting for it",
                  conn->bridge,
                  ovs_retval_to_string(mgmt_conn_get_error(conn)));
    }
    conn->next_try = time_msec() + conn->backoff;
    conn->backoff = MIN(2 * conn->backoff, MAX_BACKOFF);
}

static void
try_connect(struct mgmt_conn *conn)
{
    struct vconn *vconn;

    conn->error = vconn_open(conn->target, 1u << conn->version, DSCP_DEFAULT,
                             &vconn);
    if (!conn->error) {
        rconn_connect_unreliably(conn->rconn, vconn, conn->bridge);
        conn->open = true;
        conn->was_connected = false;
    } else {
        try_later(conn);
    }
}

/* Brings 'conn' up to date with what has happened to 'conn->rconn'. */
static void
check_open(struct mgmt_conn *conn)
{
    if (rconn_is_connected(conn->rconn) && !conn->was_connected) {
        VLOG_INFO("%s: connected to the switch", conn->bridge);
        conn->was_connected = true;
    } else if (!rconn_is_alive(conn->rconn)) {
        conn->open = false;
        if (conn->was_connected) {
            VLOG_INFO("%s: connection to the switch lost (%s)", conn->bridge,
                      ovs_retval_to_string(mgmt_conn_get_error(conn)));
            mgmt_conn_hurry(conn);
        } else {
            try_later(conn);
        }
    }
}

/* Does what there is to do to keep, or to get, the connection. */
void
mgmt_conn_run(struct mgmt_conn *conn)
{
    rconn_run(conn->rconn);
    if (conn->open) {
        check_open(conn);
    }
    if (!conn->open && conn->allowed && time_msec() >= conn->next_try) {
        try_connect(conn);
    }
}

/* Arranges for poll_block() to wake up when mgmt_conn_run() has something to
 * do or mgmt_conn_recv() something to return. */
void
mgmt_conn_wait(struct mgmt_conn *conn)
{
    rconn_run_wait(conn->rconn);
    rconn_recv_wait(conn->rconn);
    if (!conn->open) {
        if (conn->allowed) {
            poll_timer_wait_until(conn->next_try);
        }
    } else if (!rconn_is_alive(conn->rconn)) {
        poll_immediate_wake();
    }
}

/* Unless there is a connection, tries often again from now on: the client has
 * seen that the switch has made the bridge's socket. */
void
mgmt_conn_hurry(struct mgmt_conn *conn)
{
    conn->backoff = MIN_BACKOFF;
    try_later(conn);
}

/* Has 'conn' stop to try, unless 'allowed', or start again: the switch may be
 * known not to speak our version of OpenFlow.  A connection that is there
 * stays until the switch ends it. */
void
mgmt_conn_set_allowed(struct mgmt_conn *conn, bool allowed)
{
    if (conn->allowed != allowed) {
        conn->allowed = allowed;
        mgmt_conn_hurry(conn);
    }
}

/* Sends 'msg', which is taken over, if there is a connection. */
void
mgmt_conn_send(struct mgmt_conn *conn, struct ofpbuf *msg)
{
    rconn_send(conn->rconn, msg, NULL);
}

/* Asks for the switch's configuration, and returns the request's transaction
 * ID.  When it comes, the client must call mgmt_conn_listen() with it, or
 * mgmt_conn_check_config() if it has done that. */
ovs_be32
mgmt_conn_request_config(struct mgmt_conn *conn)
{
    struct ofpbuf *msg = ofpraw_alloc(OFPRAW_OFPT_GET_CONFIG_REQUEST,
                                      conn->version, 0);
    ovs_be32 xid = ((const struct ofp_header *) msg->data)->xid;

    mgmt_conn_send(conn, msg);
    return xid;
}

/* Has the switch, whose configuration is in 'config_reply', tell of changes of
 * ports from now on. */
void
mgmt_conn_listen(struct mgmt_conn *conn,
                 const struct ofp_header *config_reply)
{
    struct ofputil_switch_config config;

    ofputil_decode_get_config_reply(config_reply, &config);
    config.miss_send_len = MISS_SEND_LEN;
    if (conn->first_ports) {
        config.frag = OFPUTIL_FRAG_NX_MATCH;
    }
    mgmt_conn_send(conn, ofputil_encode_set_config(&config, conn->version));
}

/* Has flows see the ports of the first fragment of a packet, if 'first_ports',
 * from now on and on each further connection, or else, as is usual, none.
 * Nothing is sent if that was so already.  Each of several connections to a
 * switch must be told, since any of them sets the switch's configuration. */
void
mgmt_conn_set_first_ports(struct mgmt_conn *conn, bool first_ports)
{
    if (conn->first_ports != first_ports) {
        const struct ofputil_switch_config config = {
            .frag = first_ports ? OFPUTIL_FRAG_NX_MATCH : OFPUTIL_FRAG_NORMAL,
            .invalid_ttl_to_controller = -1,
            .miss_send_len = MISS_SEND_LEN,
        };

        conn->first_ports = first_ports;
        mgmt_conn_send(conn, ofputil_encode_set_config(&config,
                                                       conn->version));
    }
}

/* Are flows to see the ports of the first fragment of a packet? */
bool
mgmt_conn_wants_first_ports(const struct mgmt_conn *conn)
{
    return conn->first_ports;
}

/* Has flows see them again if, by 'config_reply', somebody else has had the
 * switch show none. */
void
mgmt_conn_check_config(struct mgmt_conn *conn,
                       const struct ofp_header *config_reply)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);
    struct ofputil_switch_config config;

    ofputil_decode_get_config_reply(config_reply, &config);
    if (conn->first_ports && config.frag != OFPUTIL_FRAG_NX_MATCH) {
        const char *found = ofputil_frag_handling_to_string(config.frag);

        VLOG_WARN_RL(&rl, "%s: somebody has had IP fragments handled as '%s', "
                     "by which guards can be evaded; set to 'nx-match' again",
                     conn->bridge, found);
        mgmt_conn_listen(conn, config_reply);
    }
}

/* Returns a message that has come in, for the caller to free, or null. */
struct ofpbuf *
mgmt_conn_recv(struct mgmt_conn *conn)
{
    return rconn_recv(conn->rconn);
}

bool
mgmt_conn_is_connected(const struct mgmt_conn *conn)
{
    return rconn_is_connected(conn->rconn);
}

/* Returns a number that changes whenever a connection is made or lost. */
unsigned int
mgmt_conn_get_seqno(const struct mgmt_conn *conn)
{
    return rconn_get_connection_seqno(conn->rconn);
}

/* Returns why there is no connection, as for ovs_retval_to_string(), or 0 if
 * that is not known. */
int
mgmt_conn_get_error(const struct mgmt_conn *conn)
{
    return conn->error ? conn->error : rconn_get_last_error(conn->rconn);
}
