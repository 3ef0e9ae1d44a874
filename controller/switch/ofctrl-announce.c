/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/ofctrl-private.h"

#include "lib/openflow/announce.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/plan.h"
#include "openvswitch/list.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/vlog.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(ofctrl_announce);

/* Tells the network side, on behalf of all guests that 'plan' has, where they
 * are, and a bond that is one of several ports, who is behind the others.  To
 * be called after ofctrl_put(), so that the frames meet its flows. */
void
ofctrl_announce(struct ofctrl *ofctrl, const struct plan *plan)
{
    const struct bridge_ctx *ctx = plan_get_ctx(plan);
    struct ovs_list msgs;
    size_t n = announce_encode(plan_mac_table(plan), &msgs);

    VLOG_INFO("%s: announcing guests, %"PRIuSIZE" frames", ofctrl->bridge, n);
    if (network_kind_spreads(ctx->network)
        && announce_needs_places(&ctx->bonds)) {
        struct ofpbuf *request = announce_ask_places();

        ofctrl->places_xid = ((const struct ofp_header *) request->data)->xid;
        ofctrl->bonds = ctx->bonds;
        ovs_list_push_back(&msgs, &request->list_node);
    }
    ofctrl_send_messages(ofctrl, &msgs);
}

/* The same for the 'n' addresses 'macs' alone. */
void
ofctrl_announce_macs(struct ofctrl *ofctrl, const struct plan *plan,
                     const struct eth_addr macs[], size_t n)
{
    struct ovs_list msgs = OVS_LIST_INITIALIZER(&msgs);

    for (size_t i = 0; i < n; i++) {
        announce_encode_mac(plan_mac_table(plan), macs[i], &msgs);
    }
    ofctrl_send_messages(ofctrl, &msgs);
}

/* The switch has said in 'oh', a reply to what ofctrl_announce() has asked,
 * what it has learned. */
void
ofctrl_announce_places(struct ofctrl *ofctrl, const struct ofp_header *oh)
{
    struct ovs_list msgs = OVS_LIST_INITIALIZER(&msgs);

    announce_places(oh, &ofctrl->bonds, &msgs);
    ofctrl_send_messages(ofctrl, &msgs);
}
