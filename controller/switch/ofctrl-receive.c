/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/ofctrl-private.h"

#include "controller/switch/mgmt-conn.h"
#include "controller/switch/ofctrl-switch.h"
#include "lib/openflow/oflow-table.h"
#include "openvswitch/ofp-errors.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-util.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/vlog.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(ofctrl_receive);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);

/* What the switch says, and to whom of ofctrl's files it is said. */

static void
request_readback(struct ofctrl *ofctrl, const struct ofp_header *config_reply)
{
    struct ovs_list msgs;

    mgmt_conn_listen(ofctrl->conn, config_reply);
    ofctrl_switch_readback(&msgs);

    /* The last one is the barrier. */
    const struct ofpbuf *barrier = ofpbuf_from_list(ovs_list_back(&msgs));
    ofctrl->readback_xid = ((const struct ofp_header *) barrier->data)->xid;
    ofctrl_send_messages(ofctrl, &msgs);
}

static void
handle_barrier(struct ofctrl *ofctrl, const struct ofp_header *oh)
{
    if (ofctrl->state == S_READBACK && oh->xid == ofctrl->readback_xid) {
        if (ofctrl->hold == OFCTRL_HOLD) {
            ofctrl_become_held(ofctrl);
            return;
        }
        ofctrl->state = S_READY;
        ofctrl->seqno++;
        VLOG_DBG("%s: read back %"PRIuSIZE" flows and %"PRIuSIZE" groups",
                 ofctrl->bridge,
                 oflow_table_count_flows(&ofctrl->sync.installed),
                 oflow_table_count_groups(&ofctrl->sync.installed));
        ofctrl_watch_log(&ofctrl->watch, ofctrl->bridge);
    } else {
        const struct switch_commit *commit = &ofctrl->sync.commit;
        struct ovs_list msgs = OVS_LIST_INITIALIZER(&msgs);
        bool was_in_flight = commit->in_flight;

        switch_sync_handle_barrier(&ofctrl->sync, oh, time_msec());
        if (was_in_flight && !commit->in_flight) {
            ofctrl_watch_put_back(&ofctrl->watch, ofctrl->bridge,
                                  !commit->refused, &msgs);
            ofctrl_send_messages(ofctrl, &msgs);
        }
    }
}

static void
handle_error(struct ofctrl *ofctrl, const struct ofp_header *oh)
{
    static const char *const what[] = {
        [BLAME_STRANGER] = "OpenFlow error",
        [BLAME_METER] = "switch refused a meter",
        [BLAME_BELIEF] = "switch does not hold what was read, reading it "
                         "again",
        [BLAME_BUNDLE] = "switch refused a bundle",
        [BLAME_SAME] = NULL,
    };
    enum switch_commit_blame blame = switch_sync_handle_error(&ofctrl->sync,
                                                              oh);
    enum ofperr error = ofperr_decode_msg(oh, NULL);

    if (ofctrl->state == S_HELD && error == OFPERR_OFPMMFC_METER_EXISTS) {
        return;                 /* It is not new. */
    }

    /* log_quarantine() says who is blamed. */
    if (what[blame]) {
        VLOG_WARN_RL(&rl, "%s: %s: %s", ofctrl->bridge, what[blame],
                     error ? ofperr_get_name(error) : "unknown error");
    }
}

/* Others, or the switch by itself, have changed something: a group, if
 * 'group', or else a flow. */
static void
handle_watch(struct ofctrl *ofctrl, const struct ofp_header *oh, bool group)
{
    if (ofctrl->state == S_HELD) {
        return;                 /* All of it will be read. */
    }

    struct ofctrl_watch_ours ours = {
        .installed = &ofctrl->sync.installed,
        .foreign = &ofctrl->sync.foreign,
        .sent = (ofctrl->sync.commit.in_flight
                 ? &ofctrl->sync.commit.changes : NULL),
        .reading = ofctrl->state == S_READBACK,
    };
    struct ovs_list msgs = OVS_LIST_INITIALIZER(&msgs);

    ofctrl_watch_decode(&ofctrl->watch, oh, group, &ours, &msgs);
    ofctrl_send_messages(ofctrl, &msgs);
    if (ofctrl->watch.foreign_changed) {
        ofctrl->watch.foreign_changed = false;
        switch_sync_foreign_changed(&ofctrl->sync);
    }
    if (ofctrl->watch.learned) {
        /* The plan may not want it. */
        ofctrl->watch.learned = false;
        ofctrl->sync.compare_all = true;
    }
}

/* Takes in 'msg', which the switch has sent. */
void
ofctrl_receive(struct ofctrl *ofctrl, const struct ofpbuf *msg)
{
    const struct ofp_header *oh = msg->data;
    enum ofptype type;
    enum ofperr error;

    if (ofptype_decode(&type, oh)) {
        return;
    }

    switch ((int) type) {
    case OFPTYPE_ECHO_REQUEST:
        mgmt_conn_send(ofctrl->conn, ofputil_encode_echo_reply(oh));
        break;

    case OFPTYPE_ECHO_REPLY:
        ofctrl_echo_reply(ofctrl, oh);
        break;

    case OFPTYPE_GET_CONFIG_REPLY:
        if (oh->xid == ofctrl->config_xid) {
            mgmt_conn_check_config(ofctrl->conn, oh);
        } else {
            request_readback(ofctrl, oh);
        }
        break;

    case OFPTYPE_PORT_DESC_STATS_REPLY:
    case OFPTYPE_PORT_STATUS:
        ofctrl_switch_decode_ports(oh, ofctrl->port_cb, ofctrl->aux);
        break;

    case OFPTYPE_PACKET_IN:
        ofctrl_switch_decode_frame(oh, ofctrl->frame_cb, ofctrl->aux);
        break;

    case OFPTYPE_FLOW_STATS_REPLY:
        if (oh->xid == ofctrl->places_xid) {
            ofctrl_announce_places(ofctrl, oh);
            break;
        } else if (oh->xid == ofctrl->buckets_xid) {
            ofctrl_buckets_reply(ofctrl, oh);
            break;
        }
        ofctrl_switch_decode_flows(oh, &ofctrl->sync.installed,
                                   &ofctrl->sync.foreign);
        break;

    case OFPTYPE_GROUP_DESC_STATS_REPLY:
        ofctrl_switch_decode_groups(oh, &ofctrl->sync.installed);
        break;

    case OFPTYPE_METER_FEATURES_STATS_REPLY:
        meter_sync_decode_features(&ofctrl->sync.meters, oh);
        break;

    case OFPTYPE_METER_CONFIG_STATS_REPLY:
        if (oh->xid == ofctrl->meters_xid) {
            ofctrl_config_meters(ofctrl, oh);
            break;
        }
        error = meter_sync_decode_config(&ofctrl->sync.meters, oh);
        if (error) {
            VLOG_WARN_RL(&rl, "bad meter configuration: %s",
                         ofperr_to_string(error));
        }
        break;

    case OFPTYPE_FLOW_MONITOR_STATS_REPLY:
    case OFPTYPE_REQUESTFORWARD:
        handle_watch(ofctrl, oh, type == OFPTYPE_REQUESTFORWARD);
        break;

    case OFPTYPE_BARRIER_REPLY:
        handle_barrier(ofctrl, oh);
        break;

    case OFPTYPE_ERROR:
        handle_error(ofctrl, oh);
        break;

    default:
        /* Hello, features and the like. */
        break;
    }
}
