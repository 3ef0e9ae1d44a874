/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/ofctrl-private.h"

#include <string.h>

#include "flow.h"
#include "lib/openflow/pipeline.h"
#include "openvswitch/list.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofpbuf.h"

/* How much the buckets of a bond have sent. */

/* Asks the switch, for ofctrl_take_buckets(), unless it is being asked. */
void
ofctrl_ask_buckets(struct ofctrl *ofctrl)
{
    if (ofctrl->buckets_xid) {
        return;
    }

    struct ofpbuf *request = pipeline_ask_flows(TABLE_BUCKETS, true);
    struct ovs_list msgs = OVS_LIST_INITIALIZER(&msgs);

    ofctrl->buckets_xid = ((const struct ofp_header *) request->data)->xid;
    ofctrl->buckets_known = false;
    memset(&ofctrl->buckets, 0, sizeof ofctrl->buckets);
    ovs_list_push_back(&msgs, &request->list_node);
    ofctrl_send_messages(ofctrl, &msgs);
}

/* Takes in 'oh', a reply to that. */
void
ofctrl_buckets_reply(struct ofctrl *ofctrl, const struct ofp_header *oh)
{
    struct ofpbuf b = ofpbuf_const_initializer(oh, ntohs(oh->length));
    uint64_t stub[256 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct ofputil_flow_stats fs;

    while (!ofputil_decode_flow_stats_reply(&fs, &b, false, &ofpacts)) {
        uint32_t bucket = fs.match.flow.regs[PIPELINE_PLACE_REG];

        if (bucket < BOND_BUCKETS && fs.byte_count != UINT64_MAX) {
            ofctrl->buckets.bytes[bucket] = fs.byte_count;
        }
    }
    ofpbuf_uninit(&ofpacts);
    if (!ofpmp_more(oh)) {
        ofctrl->buckets_known = true;
        ofctrl->buckets_xid = 0;
    }
}

/* If the switch has answered ofctrl_ask_buckets(), stores into '*loads' how
 * much each bucket has sent since its flow was put in, and returns true, once
 * for each answer. */
bool
ofctrl_take_buckets(struct ofctrl *ofctrl, struct bond_loads *loads)
{
    bool known = ofctrl->buckets_known;

    if (known) {
        *loads = ofctrl->buckets;
        ofctrl->buckets_known = false;
    }
    return known;
}
