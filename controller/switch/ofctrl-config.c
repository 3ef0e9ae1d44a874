/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/ofctrl-private.h"

#include "controller/switch/mgmt-conn.h"
#include "openvswitch/list.h"
#include "openvswitch/ofp-errors.h"
#include "openvswitch/ofp-meter.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "timeval.h"

VLOG_DEFINE_THIS_MODULE(ofctrl_config);

/* What of a switch others can change without its telling anybody, so that it
 * is asked: the part of its configuration that guards depend on, and meters of
 * ours.  (Who deletes a meter deletes its flows, and of these the switch
 * tells.) */

/* How often, in milliseconds. */
#define CONFIG_MSEC 10000

/* Are there meters of ours to look at? */
static bool
has_meters(const struct ofctrl *ofctrl)
{
    return ofctrl->watch.enabled && ofctrl->sync.meters.installed.n > 0;
}

static bool
must_look(const struct ofctrl *ofctrl)
{
    return (ofctrl->state == S_READY
            && (mgmt_conn_wants_first_ports(ofctrl->conn)
                || has_meters(ofctrl)));
}

static void
request_meters(struct ofctrl *ofctrl)
{
    struct ofpbuf *msg = ofputil_encode_meter_request(
        OFP15_VERSION, OFPUTIL_METER_CONFIG, OFPM13_ALL);
    struct ovs_list msgs = OVS_LIST_INITIALIZER(&msgs);

    ofctrl->meters_xid = ((const struct ofp_header *) msg->data)->xid;
    ofctrl->meters_mods = ofctrl->sync.meters.n_mods;
    ometers_clear(&ofctrl->meters);
    ovs_list_push_back(&msgs, &msg->list_node);
    ofctrl_send_messages(ofctrl, &msgs);
}

/* Asks for the switch's configuration and meters if it is time for that and
 * anything of ours is in them.  The replies, which have 'ofctrl->config_xid'
 * and 'ofctrl->meters_xid', are for mgmt_conn_check_config() and
 * ofctrl_config_meters(). */
void
ofctrl_config_run(struct ofctrl *ofctrl)
{
    if (must_look(ofctrl) && time_msec() >= ofctrl->next_config) {
        if (mgmt_conn_wants_first_ports(ofctrl->conn)) {
            ofctrl->config_xid = mgmt_conn_request_config(ofctrl->conn);
        }
        if (has_meters(ofctrl) && !switch_sync_is_busy(&ofctrl->sync)) {
            request_meters(ofctrl);
        }
        ofctrl->next_config = time_msec() + CONFIG_MSEC;
    }
}

/* Takes in 'oh', a reply about meters, and has the switch read again if they
 * are not as they were left.  It says nothing if something has been sent since
 * it was asked for. */
void
ofctrl_config_meters(struct ofctrl *ofctrl, const struct ofp_header *oh)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);
    const struct meter_sync *ms = &ofctrl->sync.meters;

    if (ometers_put_reply(&ofctrl->meters, oh) || ofpmp_more(oh)
        || ofctrl->state != S_READY || meter_sync_is_busy(ms)
        || ofctrl->meters_mods != ms->n_mods) {
        return;
    }
    if (!ometers_equals(&ofctrl->meters, &ms->installed)) {
        VLOG_WARN_RL(&rl, "%s: switch was changed by somebody else: meters "
                     "are not as they were left; put right", ofctrl->bridge);
        ofctrl_reread(ofctrl);
    }
    ometers_clear(&ofctrl->meters);
}

/* Arranges for poll_block() to wake up when ofctrl_config_run() has something
 * to do. */
void
ofctrl_config_wait(const struct ofctrl *ofctrl)
{
    if (must_look(ofctrl)) {
        poll_timer_wait_until(ofctrl->next_config);
    }
}
