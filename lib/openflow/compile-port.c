/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/compile-port-private.h"

#include <stdlib.h>

#include "flow.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile-filter.h"
#include "lib/openflow/egress.h"
#include "lib/openflow/guard.h"
#include "lib/openflow/offer.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/slice.h"
#include "lib/openflow/storm-limit.h"
#include "openvswitch/match.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"
#include "util.h"

/* How long, in bytes, the actions may be by which flows are offered.  That is
 * enough for one address in a few dozens of blocks of VLANs. */
#define MAX_OFFERS 8192

/* Adds a flow of 'table' with the actions in c->ofpacts, or has it offered. */
void
compilation_add(struct compilation *c, enum pipeline_table table,
                uint16_t priority, const struct match *match)
{
    if (c->offering) {
        offer_put(&c->offers, table, priority, match, c->cookie, c->ofpacts);
        ofpbuf_clear(c->ofpacts);
    } else {
        slice_add_flow(c->slice, table, priority, match, c->cookie,
                       c->ofpacts);
    }
}

/* Likewise, and keeps the actions for another flow. */
void
compilation_add_keeping(struct compilation *c, enum pipeline_table table,
                        uint16_t priority, const struct match *match)
{
    struct ofpbuf *ofpacts = ofpbuf_clone(c->ofpacts);

    compilation_add(c, table, priority, match);
    ofpbuf_put(c->ofpacts, ofpacts->data, ofpacts->size);
    ofpbuf_delete(ofpacts);
}

/* Appends what makes frames count for meter 'meter_id', if that is not 0 and
 * there are meters. */
void
compilation_put_meter(struct compilation *c, uint32_t meter_id)
{
    if (meter_id && c->ctx->meter_bands) {
        pipeline_put_meter(c->ofpacts, meter_id);
    }
}

/* Drops what is left of what the port sends in a flow of the port's own, whose
 * counter then says who sends such frames:
 *
 *     ADMIT: priority=2,in_port=7 actions=drop  */
void
compilation_add_drop(struct compilation *c, enum pipeline_table table,
                     uint16_t priority)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;

    match_set_in_port(&match, c->vport->ofport);
    compilation_add(c, table, priority, &match);
}

/* MULTICAST: where there is a spanning tree, what a guest has to say about it:
 *
 *     priority=60,in_port=7,dl_dst=01:80:c2:00:00:00 actions=drop
 *
 * The bridge drops it in any case, and the counter of this flow says who has
 * tried.  Where the bridge is set to pass reserved addresses on, by which it
 * does not mean those of its own tree, it is a flow of FORWARD, for which the
 * datapath has to tell the groups apart that the guest sends to. */
static void
compile_bpdu(struct compilation *c)
{
    if (c->ctx->spans && c->vport->role == VIF_GUEST) {
        struct match match = MATCH_CATCHALL_INITIALIZER;

        match_set_in_port(&match, c->vport->ofport);
        match_set_dl_dst(&match, eth_addr_stp);
        if (c->ctx->forward_bpdu) {
            compilation_add(c, TABLE_FORWARD, PRIORITY_FORWARD_BPDU, &match);
        } else {
            compilation_add(c, TABLE_MULTICAST, PRIORITY_MULTICAST_BPDU,
                            &match);
        }
    }
}

/* Calls 'cb' for each block of VLANs in 'vlans', with the actions in
 * c->ofpacts that send a frame of these VLANs out by the port. */
void
compilation_for_each_egress(struct compilation *c,
                            const struct vlan_set *vlans, egress_cb *cb)
{
    int untagged = c->vport->vlan.untagged_out;
    struct vlan_set tagged;

    vlan_set_clone(&tagged, vlans);
    if (untagged >= 0 && vlan_set_contains(vlans, untagged)) {
        struct vlan_block block = { .vid = untagged };

        vlan_set_remove(&tagged, untagged);
        compilation_put_meter(c, c->egress_meter);
        egress_put_output(c->ofpacts, c->vport, &block);
        cb(c, &block);
    }

    struct vlan_block *blocks;
    size_t n = vlan_set_blocks(&tagged, &blocks);
    for (size_t i = 0; i < n; i++) {
        compilation_put_meter(c, c->egress_meter);
        egress_put_output(c->ofpacts, c->vport, &blocks[i]);
        cb(c, &blocks[i]);
    }
    free(blocks);
    vlan_set_uninit(&tagged);
}

/* FORWARD: dl_vlan=10,dl_dst=52:54:00:00:00:01 actions=pop_vlan,output:7
 *
 * Where there is a limit on what the guests of a network get together:
 *
 *     dl_vlan=10,dl_dst=... actions=meter:1457520640,pop_vlan,output:7
 *
 * The priority of an address that a guest has changed to tells after a restart
 * that it is one. */
static void
add_forward(struct compilation *c, const struct vlan_block *block)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;

    if (c->vport->is_remote) {
        remote_put_forward(c);
    }
    pipeline_match_block(&match, block);
    match_set_dl_dst(&match, c->m.mac);
    compilation_add(c, TABLE_FORWARD,
                    (c->m.kind == CLAIM_ANNOUNCED || c->m.kind == CLAIM_FIRST
                     ? PRIORITY_FORWARD_FOLLOWED : PRIORITY_FORWARD_MAC),
                    &match);
}

/* REFLECT: dl_vlan=10,dl_src=52:54:00:00:00:01 actions=drop */
static void
add_reflect(struct compilation *c, const struct vlan_block *block)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;

    ofpbuf_clear(c->ofpacts);
    pipeline_match_block(&match, block);
    match_set_dl_src(&match, c->m.mac);
    compilation_add(c, TABLE_REFLECT, PRIORITY_REFLECT_MAC, &match);
}

/* FLOOD: bucket=bucket_id:7,actions=pop_vlan,output:7 in the block's group. */
static void
add_flood_bucket(struct compilation *c, const struct vlan_block *block)
{
    egress_put_group_output(c->ofpacts, c->vport);
    if (c->vport->is_remote) {
        remote_put_bucket(c, block);
    } else {
        apart_put_bucket(c, block);
    }
    slice_add_bucket(c->slice,
                     pipeline_flood_group(block, c->vport->ofport,
                                          apart_is_alone(c->vport)),
                     ofp_to_u16(c->vport->ofport), c->cookie, c->ofpacts);
}

/* UNKNOWN: dl_vlan=10 actions=pop_vlan,output:1 */
static void
add_unknown_output(struct compilation *c, const struct vlan_block *block)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;

    pipeline_match_block(&match, block);
    compilation_add(c, TABLE_UNKNOWN, PRIORITY_UNKNOWN_OUTPUT, &match);
    if (egress_put_group_output(c->ofpacts, c->vport)) {
        pipeline_match_multicast(&match);
        compilation_add(c, TABLE_UNKNOWN, PRIORITY_UNKNOWN_MULTICAST, &match);
    }
}

/* UNKNOWN, where frames from the network go by NORMAL: what came untagged must
 * reach it untagged, for an access port takes nothing else:
 *
 *     in_port=1,dl_vlan=10 actions=set_field:0x1000/0x1fff->vlan_tci,NORMAL
 *
 * What has got another tag must reach it without. */
static void
compile_unknown_normal(struct compilation *c)
{
    const struct port_vlan_effect *vlan = &c->vport->vlan;

    if (vlan->untagged_in > 0 || vlan->push) {
        struct vlan_block block = {
            .vid = vlan->push ? vlan->untagged_out : vlan->untagged_in,
        };
        struct match match = MATCH_CATCHALL_INITIALIZER;

        match_set_in_port(&match, c->vport->ofport);
        pipeline_match_block(&match, &block);
        if (vlan->push) {
            pipeline_put_untag(c->ofpacts, vlan->untagged_out);
        } else {
            pipeline_put_vlan(c->ofpacts, 0);
        }
        pipeline_put_output(c->ofpacts, OFPP_NORMAL);
        compilation_add(c, TABLE_UNKNOWN, PRIORITY_UNKNOWN_UNTAGGED, &match);
    }
}

/* All that is about address 'm', won in the VLANs of 'won'. */
static void
compile_mac(struct compilation *c, struct vport_mac m,
            const struct vlan_set *won)
{
    c->m = m;
    c->egress_meter = c->vport->meter_in;
    compilation_for_each_egress(c, won, add_forward);
    if (c->vport->isolated && !c->vport->is_remote) {
        compilation_for_each_egress(c, won, apart_compile_mac);
    }
    c->egress_meter = 0;
    if (c->ctx->reflections) {
        struct vlan_set reflected;

        /* What is mirrored into a VLAN comes from guests' addresses. */
        vlan_set_clone(&reflected, won);
        vlan_set_subtract(&reflected, bridge_ctx_flood_vlans(c->ctx));
        compilation_for_each_egress(c, &reflected, add_reflect);
        vlan_set_uninit(&reflected);
    }
}

/* All that is about the port's addresses. */
static void
compile_macs(struct compilation *c, const struct vlan_set *const won[])
{
    for (size_t i = 0; i < vport_n_macs(c->vport); i++) {
        struct vport_mac m = vport_get_mac(c->vport, i);

        if (!eth_addr_is_zero(m.mac)) {
            compile_mac(c, m, won[i]);
        }
    }
}

/* Makes c->offers what the first frame of a guest that is held back has the
 * switch put in.  The tag of a dot1q-tunnel port can be taken off by pop_vlan
 * only, which is nothing that can be learned, nor is a lookup in EGRESS or
 * TO_GUEST.
 *
 * A port that takes its address from another here has no offers: what that one
 * has sent before and was not accounted for yet would be by its new flows, so
 * that vswitchd would have it take the address back. */
static void
compile_offers(struct compilation *c, const struct vlan_set *const free[])
{
    const struct port_vlan_effect *vlan = &c->vport->vlan;

    if (!vlan->push && !vlan->keeps_priority && !vlan->keeps_null_tags
        && !filter_is_to_guest(c->vport)) {
        c->offering = true;
        compile_macs(c, free);
        c->offering = false;
    }
    if (c->offers.size > MAX_OFFERS) {
        ofpbuf_clear(&c->offers);
    }
}

/* Adds to 'slice' the flows and buckets of 'vport', which has won each of its
 * addresses, as vport_get_mac() numbers them, in the VLANs of 'won[i]'.  If it
 * is held back, these are those in which it will, come what may.  None if
 * 'ctx' does not ask for an exact MAC table.
 *
 * A guest and the host are sent what is for their MAC, and the broadcasts of
 * their VLANs; an isolated guest, none that comes from another one.  A network
 * port is sent what is left over.
 *
 * A guest that has not won its first address anywhere, because that belongs to
 * another port or because it is held back, may only announce itself; if it is
 * another port of the same guest, whatever it sends makes it its.  'take' has
 * for each address by what the port wins it; it may be null for nothing.  One
 * whose address is not known is not sent anything either: who plugs without
 * saying whose port it is may well say in which VLANs in a later
 * transaction. */
void
compile_port(const struct bridge_ctx *ctx, const struct vport *vport,
             const struct vlan_set *const won[],
             const struct compile_take take[], struct slice *slice)
{
    if (!ctx->exact) {
        return;
    }

    uint64_t stub[128 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    bool held_back = vport->role != VIF_NETWORK && !vport->active;
    struct compilation c = {
        .ctx = ctx,
        .vport = vport,
        .slice = slice,
        .cookie = pipeline_cookie(COOKIE_PORT, vport->name),
        .pending = (vport->role == VIF_GUEST
                    && (held_back || vlan_set_is_empty(won[0]))),
        .take = take,
        .ofpacts = &ofpacts,
    };
    c.takes = (c.pending && !held_back && vport->takes_turns
               && take && take[0].by == TAKE_ANY);
    c.pending &= !c.takes;

    ofpbuf_init(&c.offers, 0);
    if (held_back && !vport_awaits_address(vport)) {
        /* Before that, its frame says nothing of what is listed. */
        compile_offers(&c, won);
    }
    compile_admit(&c);
    if (vport->role == VIF_GUEST) {
        filter_compile(vport, guard_entry(vport), c.cookie, slice);
        guard_compile(vport, c.pending, c.cookie, slice);
        storm_limit_compile(ctx, vport, c.cookie, slice);
    }
    if (c.pending) {
        compilation_add_drop(&c, TABLE_SOURCE, PRIORITY_SOURCE_PENDING);
    } else {
        compile_announce(&c);
        compile_use(&c);
        compile_ignored(&c);
    }
    if (vport->shared && vport->active) {
        compile_shared(&c, won);
    }
    if (vport->role != VIF_NETWORK) {
        if (!held_back) {
            compile_macs(&c, won);
        }
        compile_bpdu(&c);
        remote_compile_sources(&c);
        if (!vport_awaits_address(vport)) {
            compilation_for_each_egress(&c, &vport->vlan.members,
                                        add_flood_bucket);
        }
        egress_compile(vport, c.cookie, slice);
    } else if (ctx->network == NETWORK_DIRECT) {
        compilation_for_each_egress(&c, &vport->vlan.members,
                                    add_unknown_output);
        egress_compile(vport, c.cookie, slice);
    } else if (network_kind_spreads(ctx->network)) {
        compile_spread(&c);
    } else if (ctx->network == NETWORK_BOND) {
        compile_bond(&c);
    } else if (ctx->network == NETWORK_SEVERAL) {
        compile_unknown_normal(&c);
    }

    ofpbuf_uninit(&c.offers);
    ofpbuf_uninit(&ofpacts);
}
