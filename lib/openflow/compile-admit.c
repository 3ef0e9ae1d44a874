/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/compile-port-private.h"

#include <stdlib.h>

#include "flow.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile-filter.h"
#include "lib/openflow/guard.h"
#include "lib/openflow/pipeline.h"
#include "openvswitch/match.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"
#include "util.h"

/* Is a source to be learned that sends in VLAN 'vid' by the port? */
static bool
learns_in(const struct compilation *c, int vid)
{
    return (c->vport->role == VIF_NETWORK
            && network_kind_learns(c->ctx->network)
            && !vlan_set_contains(bridge_ctx_flood_vlans(c->ctx), vid));
}

/* Is what 'vport' sends shown to nobody, though it is held back?  Its guest
 * has tried too many addresses that are others'. */
static bool
is_ignored(const struct vport *vport)
{
    return vport_awaits_address(vport) && !vport->listens;
}

/* Starts the actions of an ADMIT flow.
 *
 * Where there are several network ports, it is learned which of them a source
 * is behind, if 'learn': if by NORMAL, from the frame as it came; if by flows
 * of ours, from the frame as it travels, which add_admit() sees to.  The first
 * frame of a guest that is held back tells us that it has arrived, and has the
 * switch put in at once what we then will; that of a port whose address is
 * with another of the same guest tells us that it is used now. */
static void
start_admit(struct compilation *c, bool learn)
{
    compilation_put_meter(c, c->vport->meter_out);
    c->learns = learn && network_kind_spreads(c->ctx->network);
    if (learn && !c->learns) {
        pipeline_put_lookup(c->ofpacts, OFPP_IN_PORT, TABLE_LEARN);
    }
    if (c->vport->role == VIF_GUEST && (!c->vport->active || c->takes)
        && !is_ignored(c->vport)) {
        pipeline_put_show(c->ofpacts);
        ofpbuf_put(c->ofpacts, c->offers.data, c->offers.size);
    }
}

/* Adds an ADMIT flow that matches 'match' and the port, does what is in
 * c->ofpacts, and passes the frame on. */
static void
add_admit(struct compilation *c, uint16_t priority, struct match *match)
{
    const struct vport *vport = c->vport;

    match_set_in_port(match, vport->ofport);
    if (c->learns) {
        pipeline_put_lookup(c->ofpacts, OFPP_IN_PORT, TABLE_LEARN);
    }
    if (vport->role == VIF_NETWORK) {
        pipeline_put_from_network(c->ofpacts);
        spread_put_apart(c);
    }
    if (c->pending) {
        pipeline_put_pending(c->ofpacts);
    }
    if (vport->vlan.push) {
        pipeline_put_marks(c->ofpacts, 1u << REG0_PUSHED_BIT);
    }
    if (vport->is_remote) {
        remote_put_marks(c->ofpacts);
    } else if (vport->isolated) {
        pipeline_put_isolated(c->ofpacts);
        pipeline_put_community(c->ofpacts, &vport->community);
    }
    if (vport->role == VIF_GUEST) {
        pipeline_put_marks(c->ofpacts, guard_marks(vport));
    }
    if ((priority == PRIORITY_ADMIT_UNTAGGED
         || priority == PRIORITY_ADMIT_PRIORITY_TAG)
        && vport->role == VIF_GUEST && filter_looks_at_tags(vport)) {
        pipeline_put_untagged(c->ofpacts);
    }
    pipeline_put_goto(c->ofpacts,
                      (vport->role == VIF_GUEST
                       ? filter_entry(vport, guard_entry(vport))
                       : vport->reflects ? TABLE_REFLECT : TABLE_SOURCE));
    compilation_add(c, TABLE_ADMIT, priority, match);
}

/* ADMIT: frames without a tag or with one for VLAN 0, as from an access port
 * of VLAN 10:
 *
 *     in_port=7,vlan_tci=0x0000/0x0fff
 *         actions=set_field:0x100a/0x1fff->vlan_tci,goto_table:SOURCE
 *
 * In VLAN 0 a tag that says nothing at all is taken off and one with a
 * priority is left, both as NORMAL does it (xvlan_put() in
 * ofproto-dpif-xlate.c):
 *
 *     in_port=7,vlan_tci=0x1000
 *         actions=set_field:0->vlan_tci,set_field:0x8/0x8->reg0,
 *                 goto_table:SOURCE
 *
 * The mark is for ports that want such tags nevertheless: see egress.h.
 *
 * A guest could hide a tag for another VLAN behind one that has only a
 * priority, or behind none if it is of a type that Open vSwitch does not take
 * for a tag, and an uplink that takes the outer one off would send the frame
 * into that VLAN.  So what it sends in no VLAN is marked for compile_bridge()
 * to look behind.  Its tag may also be of type 0x88a8, and with a VLAN that
 * would be a service provider's: it gets another.  Where the datapath does
 * not tell whether there is one more tag, none of these goes on. */
static void
compile_admit_untagged(struct compilation *c)
{
    const struct port_vlan_effect *vlan = &c->vport->vlan;
    struct match match;

    if (vlan->untagged_in < 0) {
        return;
    }

    bool learn = learns_in(c, vlan->untagged_in);
    bool looks = (c->vport->role == VIF_GUEST && vlan->untagged_in
                  && !vlan->push);
    if (looks) {
        match_init_catchall(&match);
        match_set_dl_tci_masked(&match, htons(VLAN_CFI),
                                htons(VLAN_CFI | VLAN_VID_MASK));
        if (c->ctx->blurs_tags) {
            match_set_in_port(&match, c->vport->ofport);
            compilation_add(c, TABLE_ADMIT, PRIORITY_ADMIT_PRIORITY_TAG,
                            &match);
        } else {
            start_admit(c, learn);
            pipeline_put_retag(c->ofpacts, vlan->untagged_in);
            pipeline_put_no_vlan(c->ofpacts);
            add_admit(c, PRIORITY_ADMIT_PRIORITY_TAG, &match);
        }
    }
    if (!vlan->untagged_in) {
        match_init_catchall(&match);
        match_set_dl_tci(&match, htons(VLAN_CFI));
        start_admit(c, learn);
        pipeline_put_untag(c->ofpacts, 0);
        pipeline_put_had_null_tag(c->ofpacts);
        add_admit(c, PRIORITY_ADMIT_NULL_TAG, &match);
        if (vlan->tagged_in && vlan_set_contains(&vlan->members, 0)) {
            return;             /* A block of compile_admit_tagged(). */
        }
    }

    match_init_catchall(&match);
    match_set_dl_tci_masked(&match, htons(0), htons(VLAN_VID_MASK));
    start_admit(c, learn);
    if (vlan->untagged_in) {
        pipeline_put_vlan(c->ofpacts, vlan->untagged_in);
    }
    if (looks) {
        pipeline_put_no_vlan(c->ofpacts);
    }
    add_admit(c, PRIORITY_ADMIT_UNTAGGED, &match);
}

static void
add_admit_tagged(struct compilation *c, const struct vlan_set *vlans,
                 bool learn)
{
    struct vlan_block *blocks;
    size_t n = vlan_set_blocks(vlans, &blocks);

    for (size_t i = 0; i < n; i++) {
        struct match match = MATCH_CATCHALL_INITIALIZER;

        pipeline_match_block(&match, &blocks[i]);
        start_admit(c, learn);
        add_admit(c, PRIORITY_ADMIT_TAGGED, &match);
    }
    free(blocks);
}

/* ADMIT: frames that travel as they come, of each block of VLANs:
 *
 *     in_port=7,vlan_tci=0x1028/0x1ff8 actions=goto_table:SOURCE
 *
 * VLANs in which nothing is learned are apart from others where that makes a
 * difference. */
static void
compile_admit_tagged(struct compilation *c)
{
    const struct vlan_set *members = &c->vport->vlan.members;
    const struct vlan_set *flood_vlans = bridge_ctx_flood_vlans(c->ctx);
    struct vlan_set vlans;

    if (!c->vport->vlan.tagged_in) {
        return;
    } else if (c->vport->role != VIF_NETWORK
               || !network_kind_learns(c->ctx->network)) {
        add_admit_tagged(c, members, false);
        return;
    }

    vlan_set_clone(&vlans, members);
    vlan_set_subtract(&vlans, flood_vlans);
    add_admit_tagged(c, &vlans, true);
    vlan_set_uninit(&vlans);

    vlan_set_clone(&vlans, members);
    vlan_set_intersect(&vlans, flood_vlans);
    add_admit_tagged(c, &vlans, false);
    vlan_set_uninit(&vlans);
}

/* ADMIT: frames of a dot1q-tunnel port, which get another tag, of each block
 * of customers' VLANs:
 *
 *     in_port=7,vlan_tci=0x1028/0x1ff8
 *         actions=push_vlan:0x88a8,set_field:0x100a/0x1fff->vlan_tci,
 *                 set_field:0x400000/0x400000->reg0,goto_table:SOURCE
 *
 * A tag that says nothing at all is taken off before.  The mark says that the
 * priority of the outer tag is nobody's: see egress.c. */
static void
compile_admit_tunnel(struct compilation *c)
{
    const struct port_vlan_effect *vlan = &c->vport->vlan;
    struct vlan_block *blocks;
    size_t n;

    if (!vlan->push) {
        return;
    }

    bool learn = learns_in(c, vlan->untagged_out);
    if (vlan_set_contains(&vlan->cvlans, 0)) {
        struct match match = MATCH_CATCHALL_INITIALIZER;

        match_set_dl_tci(&match, htons(VLAN_CFI));
        start_admit(c, learn);
        pipeline_put_untag(c->ofpacts, 0);
        pipeline_put_push(c->ofpacts, vlan->push, vlan->untagged_out);
        add_admit(c, PRIORITY_ADMIT_NULL_TAG, &match);
    }
    n = vlan_set_blocks(&vlan->cvlans, &blocks);
    for (size_t i = 0; i < n; i++) {
        struct match match = MATCH_CATCHALL_INITIALIZER;

        pipeline_match_block(&match, &blocks[i]);
        start_admit(c, learn);
        pipeline_put_push(c->ofpacts, vlan->push, vlan->untagged_out);
        add_admit(c, PRIORITY_ADMIT_TAGGED, &match);
    }
    free(blocks);
}

/* ADMIT: all that the port may send, and that it may not send the rest. */
void
compile_admit(struct compilation *c)
{
    if (c->vport->admission == ADMISSION_UNICAST) {
        struct match match = MATCH_CATCHALL_INITIALIZER;

        match_set_in_port(&match, c->vport->ofport);
        pipeline_match_multicast(&match);
        compilation_add(c, TABLE_ADMIT, PRIORITY_ADMIT_MULTICAST, &match);
    }
    if (c->vport->admission != ADMISSION_NONE) {
        compile_admit_untagged(c);
        compile_admit_tagged(c);
        compile_admit_tunnel(c);
    }
    if (c->vport->admission == ADMISSION_NONE
        || !port_vlan_effect_admits_all(&c->vport->vlan)) {
        compilation_add_drop(c, TABLE_ADMIT, PRIORITY_ADMIT_DROP_PORT);
    }
}
