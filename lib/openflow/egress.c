/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/egress.h"

#include <stdlib.h>

#include "flow.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile-filter.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/slice.h"
#include "openvswitch/match.h"
#include "openvswitch/meta-flow.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"

static struct mf_subfield
pcp_field(void)
{
    return (struct mf_subfield) { mf_from_id(MFF_VLAN_TCI), 13, 3 };
}

static struct mf_subfield
pcp_register(void)
{
    return (struct mf_subfield) {
        mf_from_id(MFF_REG0 + PIPELINE_PRIORITY_REG), 0, 3
    };
}

/* Sets 'bit' of that register, or clears it. */
static void
put_bit(struct ofpbuf *ofpacts, int bit, bool set)
{
    const union mf_value mask = { .be32 = htonl(1u << bit) };
    const union mf_value value = { .be32 = set ? mask.be32 : 0 };

    ofpact_put_set_field(ofpacts,
                         mf_from_id(MFF_REG0 + PIPELINE_PRIORITY_REG),
                         &value, &mask);
}

/* Appends to 'ofpacts' what sends a frame of the VLANs of 'block' out by
 * 'vport', which is in all of them:
 *
 *     actions=pop_vlan,output:7
 *
 * or, if it keeps the priority of tags that are taken off,
 *
 *     actions=set_field:0x1000/0x1fff->vlan_tci,resubmit(7,EGRESS)
 *
 * A guest with a filter is sent nothing but through table TO_GUEST, and that
 * before a tag is put on again. */
void
egress_put_output(struct ofpbuf *ofpacts, const struct vport *vport,
                  const struct vlan_block *block)
{
    const struct port_vlan_effect *vlan = &vport->vlan;
    bool untag = !block->level && block->vid == vlan->untagged_out;
    bool filters = filter_is_to_guest(vport);

    if (vlan->push && vlan->keeps_priority) {
        pipeline_put_lookup(ofpacts, vport->ofport, TABLE_EGRESS);
    } else if (untag && vlan->keeps_priority) {
        if (!filters) {
            pipeline_put_vlan(ofpacts, 0);
        }
        pipeline_put_lookup(ofpacts, vport->ofport, TABLE_EGRESS);
    } else if (vlan->keeps_null_tags && !block->vid && !filters) {
        pipeline_put_lookup(ofpacts, vport->ofport, TABLE_EGRESS);
    } else {
        if (untag) {
            pipeline_put_untag(ofpacts, vlan->untagged_out);
        }
        filter_put_output(ofpacts, vport);
    }
}

/* Replaces 'ofpacts' by what sends a broadcast out by 'vport', if that differs
 * from what egress_put_output() appends, and returns true.  Returns false,
 * with 'ofpacts' untouched, if it does not.
 *
 * To where an address is known to be, frames of all customers' VLANs go, as
 * NORMAL has it. */
bool
egress_put_group_output(struct ofpbuf *ofpacts, const struct vport *vport)
{
    if (!port_vlan_effect_chooses_cvlans(&vport->vlan)) {
        return false;
    }
    ofpbuf_clear(ofpacts);
    if (vport->vlan.keeps_priority) {
        put_bit(ofpacts, PIPELINE_CHOOSE_BIT, true);
    } else {
        pipeline_put_untag(ofpacts, vport->vlan.untagged_out);
    }
    pipeline_put_lookup(ofpacts, vport->ofport, TABLE_EGRESS);
    return true;
}

struct compilation {
    const struct vport *vport;
    ovs_be64 cookie;
    struct slice *slice;
    struct ofpbuf *ofpacts;     /* Of the next flow. */
};

static void
add_output(struct compilation *c, uint16_t priority, struct match *match)
{
    match_set_in_port(match, c->vport->ofport);
    pipeline_put_output(c->ofpacts, c->vport->ofport);
    slice_add_flow(c->slice, TABLE_EGRESS, priority, match, c->cookie,
                   c->ofpacts);
}

/* EGRESS: in_port=7,vlan_tci=0x1028/0x1ff8 actions=output:7 */
static void
compile_cvlans(struct compilation *c)
{
    struct vlan_block *blocks;
    size_t n = vlan_set_blocks(&c->vport->vlan.cvlans, &blocks);

    for (size_t i = 0; i < n; i++) {
        struct match match = MATCH_CATCHALL_INITIALIZER;

        pipeline_match_block(&match, &blocks[i]);
        add_output(c, PRIORITY_EGRESS, &match);
    }
    free(blocks);
}

/* EGRESS: in_port=7,vlan_tci=0x1000 actions=set_field:0->vlan_tci,output:7
 *
 * What has had the VLAN in its tag replaced by 0 loses the tag if there is no
 * priority in it either.  Where nothing was taken off, and a tag that said
 * nothing has been, in ADMIT, it is put on again:
 *
 *     in_port=7,reg0=0x8/0x8 actions=set_field:0x1000->vlan_tci,output:7 */
static void
compile_priority_tags(struct compilation *c)
{
    struct match null_tag = MATCH_CATCHALL_INITIALIZER;
    struct match all = MATCH_CATCHALL_INITIALIZER;

    if (c->vport->vlan.keeps_priority) {
        match_set_dl_tci(&null_tag, htons(VLAN_CFI));
        pipeline_put_untag(c->ofpacts, 0);
    } else {
        pipeline_match_had_null_tag(&null_tag);
        pipeline_put_null_tag(c->ofpacts);
    }
    add_output(c, PRIORITY_EGRESS_NULL_TAG, &null_tag);
    add_output(c, PRIORITY_EGRESS, &all);
}

static void
match_priority(struct match *match, uint32_t value, uint32_t mask)
{
    match_set_reg_masked(match, PIPELINE_PRIORITY_REG, value, mask);
}

/* Has the tag of the port's VLAN taken off, and its priority put into register
 * 1, before the frame is looked up in table 'next'. */
static void
compile_pop(struct compilation *c, enum pipeline_table next)
{
    const struct vlan_block block = { .vid = c->vport->vlan.untagged_out };
    struct match match = MATCH_CATCHALL_INITIALIZER;

    pipeline_match_block(&match, &block);
    match_priority(&match, 0, 1u << PIPELINE_POPPED_BIT);
    match_set_in_port(&match, c->vport->ofport);
    pipeline_put_move(c->ofpacts, pcp_field(), pcp_register());
    pipeline_put_untag(c->ofpacts, c->vport->vlan.untagged_out);
    put_bit(c->ofpacts, PIPELINE_POPPED_BIT, true);
    pipeline_put_lookup(c->ofpacts, c->vport->ofport, next);
    slice_add_flow(c->slice, TABLE_EGRESS, PRIORITY_EGRESS_POP, &match,
                   c->cookie, c->ofpacts);
}

/* Puts a tag on that has nothing but the priority of the one that was taken
 * off. */
static void
put_priority_tag(struct compilation *c)
{
    pipeline_put_push(c->ofpacts, ETH_TYPE_VLAN_8021Q, 0);
    pipeline_put_move(c->ofpacts, pcp_register(), pcp_field());
}

/* EGRESS: what a port that keeps priorities and whose guest has a filter is
 * sent.  The filter sees what is below the tag that is taken off, be it one
 * more tag; and what it lets pass comes here again, with the tags of other
 * VLANs or without that of its own:
 *
 *     priority=150,reg1=0/0x10,in_port=7,dl_vlan=10
 *         actions=move:NXM_OF_VLAN_TCI[13..15]->NXM_NX_REG1[0..2],pop_vlan,
 *                 set_field:0x10/0x10->reg1,resubmit(7,TO_GUEST)
 *     priority=110,reg1=0x10/0x17,in_port=7 actions=output:7
 *     priority=105,reg1=0/0x10,in_port=7 actions=output:7
 *     priority=100,in_port=7 actions=push_vlan:0x8100,move:...,output:7 */
static void
compile_filtered_priority(struct compilation *c)
{
    const uint32_t popped = 1u << PIPELINE_POPPED_BIT;
    struct match match;

    compile_pop(c, TABLE_TO_GUEST);

    match_init_catchall(&match);
    match_priority(&match, popped, popped | 7);
    add_output(c, PRIORITY_EGRESS_NULL_TAG, &match);

    match_init_catchall(&match);
    match_priority(&match, 0, popped);
    add_output(c, PRIORITY_EGRESS_TAGGED, &match);

    match_init_catchall(&match);
    put_priority_tag(c);
    add_output(c, PRIORITY_EGRESS, &match);
}

/* EGRESS: of a group's frames those of the customers' VLANs that the port has
 * chosen, and no others:
 *
 *     priority=140,reg1=0x8/0x8,in_port=7,vlan_tci=0x1028/0x1ff8
 *         actions=set_field:0/0x8->reg1,resubmit(7,EGRESS)
 *     priority=130,reg1=0x8/0x8,in_port=7 actions=drop */
static void
compile_choice(struct compilation *c)
{
    const uint32_t bit = 1u << PIPELINE_CHOOSE_BIT;
    struct vlan_block *blocks;
    size_t n = vlan_set_blocks(&c->vport->vlan.cvlans, &blocks);
    struct match match;

    for (size_t i = 0; i < n; i++) {
        match_init_catchall(&match);
        pipeline_match_block(&match, &blocks[i]);
        match_priority(&match, bit, bit);
        match_set_in_port(&match, c->vport->ofport);
        put_bit(c->ofpacts, PIPELINE_CHOOSE_BIT, false);
        pipeline_put_lookup(c->ofpacts, c->vport->ofport, TABLE_EGRESS);
        slice_add_flow(c->slice, TABLE_EGRESS, PRIORITY_EGRESS_CVLANS, &match,
                       c->cookie, c->ofpacts);
    }
    free(blocks);

    match_init_catchall(&match);
    match_priority(&match, bit, bit);
    match_set_in_port(&match, c->vport->ofport);
    slice_add_flow(c->slice, TABLE_EGRESS, PRIORITY_EGRESS_CHOOSE, &match,
                   c->cookie, c->ofpacts);
}

/* EGRESS: what a dot1q-tunnel port that keeps priorities is sent.  First the
 * tag of its VLAN is taken off, and the priority of that put into register 1,
 * since a bucket of a group would take the tag off before it does anything
 * else:
 *
 *     priority=150,reg1=0/0x10,in_port=7,dl_vlan=10
 *         actions=move:NXM_OF_VLAN_TCI[13..15]->NXM_NX_REG1[0..2],pop_vlan,
 *                 set_field:0x10/0x10->reg1,resubmit(7,EGRESS)
 *     priority=120,reg0=0x400000/0x400000,in_port=7 actions=output:7
 *     priority=110,reg1=0/0x7,in_port=7,vlan_tci=0x1000/0x1fff
 *         actions=set_field:0->vlan_tci,output:7
 *     priority=105,in_port=7,vlan_tci=0x1000/0x1000
 *         actions=move:NXM_NX_REG1[0..2]->NXM_OF_VLAN_TCI[13..15],output:7
 *     priority=105,reg1=0/0x7,in_port=7,vlan_tci=0/0x1000 actions=output:7
 *     priority=100,in_port=7
 *         actions=push_vlan:0x8100,move:...,output:7
 *
 * The third is not there if the port is sent tags that say nothing. */
static void
compile_tunnel_priority(struct compilation *c)
{
    const ovs_be16 cfi = htons(VLAN_CFI);
    struct match match = MATCH_CATCHALL_INITIALIZER;

    compile_pop(c, TABLE_EGRESS);
    if (port_vlan_effect_chooses_cvlans(&c->vport->vlan)) {
        compile_choice(c);
    }
    match_set_reg_masked(&match, 0, 1u << REG0_PUSHED_BIT,
                         1u << REG0_PUSHED_BIT);
    add_output(c, PRIORITY_EGRESS_PUSHED, &match);

    if (!c->vport->vlan.keeps_null_tags) {
        match_init_catchall(&match);
        match_priority(&match, 0, 7);
        match_set_dl_tci_masked(&match, cfi, htons(VLAN_CFI | VLAN_VID_MASK));
        pipeline_put_untag(c->ofpacts, 0);
        add_output(c, PRIORITY_EGRESS_NULL_TAG, &match);
    }

    match_init_catchall(&match);
    match_set_dl_tci_masked(&match, cfi, cfi);
    pipeline_put_move(c->ofpacts, pcp_register(), pcp_field());
    add_output(c, PRIORITY_EGRESS_TAGGED, &match);

    match_init_catchall(&match);
    match_priority(&match, 0, 7);
    match_set_dl_tci_masked(&match, htons(0), cfi);
    add_output(c, PRIORITY_EGRESS_TAGGED, &match);

    match_init_catchall(&match);
    put_priority_tag(c);
    add_output(c, PRIORITY_EGRESS, &match);
}

/* Adds to 'slice' the EGRESS flows of 'vport', with 'cookie'. */
void
egress_compile(const struct vport *vport, ovs_be64 cookie,
               struct slice *slice)
{
    uint64_t stub[64 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct compilation c = {
        .vport = vport,
        .cookie = cookie,
        .slice = slice,
        .ofpacts = &ofpacts,
    };

    if (vport->vlan.push && vport->vlan.keeps_priority) {
        compile_tunnel_priority(&c);
    } else if (port_vlan_effect_chooses_cvlans(&vport->vlan)) {
        compile_cvlans(&c);
    } else if (vport->vlan.keeps_priority && filter_is_to_guest(vport)) {
        compile_filtered_priority(&c);
    } else if (vport->vlan.keeps_priority || vport->vlan.keeps_null_tags) {
        compile_priority_tags(&c);
    }
    ofpbuf_uninit(&ofpacts);
}
