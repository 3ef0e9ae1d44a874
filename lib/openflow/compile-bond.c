/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/compile-bond.h"

#include <stdlib.h>

#include "flow.h"
#include "lib/openflow/compile-port-private.h"
#include "lib/openflow/egress.h"
#include "lib/openflow/slice.h"
#include "openvswitch/match.h"
#include "openvswitch/meta-flow.h"
#include "openvswitch/ofp-actions.h"

/* One of the bonds, and where what is for it comes from. */
struct bond {
    const struct bridge_ctx *ctx;
    const struct network_bond *bond;
    bool alone;                 /* Is it all of the network side? */
    ovs_be64 cookie;
    struct slice *slice;
};

/* Do flows send what is for groups? */
static bool
sends_to_groups(const struct bridge_ctx *ctx, enum bond_way way)
{
    return way != BOND_WAY_NORMAL && !ctx->needs_normal;
}

/* Returns the bond that is all of the network side of 'ctx' if all that it is
 * sent is in buckets (TABLE_BUCKETS), null otherwise. */
const struct network_bond *
bond_by_source(const struct bridge_ctx *ctx)
{
    const struct network_bond *bond = &ctx->bonds.bonds[0];

    return (ctx->exact && ctx->network == NETWORK_BOND
            && bond->way == BOND_WAY_SOURCE && sends_to_groups(ctx, bond->way)
            ? bond : NULL);
}

static void
match_place(struct match *match, ofp_port_t ofport)
{
    match_set_reg_masked(match, PIPELINE_PLACE_REG, ofp_to_u16(ofport),
                         UINT16_MAX);
}

/* UNKNOWN: priority=130,dl_vlan=10,dl_dst=00:00:00:00:00:00/01:00:00:00:00:00
 *     actions=clone(set_field:3->in_port,move:NXM_OF_ETH_DST[]->
 *                   NXM_OF_ETH_SRC[],NORMAL),...,
 *             set_field:65535->in_port,NORMAL
 *
 * That is of VLAN 'bare_vid', whose frames the bond takes without a tag, and
 * must be shown so to NORMAL; with 0 as 'bare_vid', of all others.  If the
 * bond is one of several ports, of what is known to be behind it:
 *
 *     AWAY: priority=103,reg2=0x3/0xffff,dl_vlan=10 actions=... */
static void
add_unicast(const struct bond *b, int bare_vid)
{
    const struct network_bond *bond = b->bond;
    struct match match = MATCH_CATCHALL_INITIALIZER;
    struct vlan_block block = { .vid = bare_vid };
    uint64_t stub[512 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);

    if (bare_vid) {
        pipeline_match_block(&match, &block);
    }
    for (size_t i = 0; i < bond->n; i++) {
        pipeline_put_place(&ofpacts, bond->members[i].ofport, bare_vid,
                           bond->members[i].pushes);
    }
    pipeline_put_normal(&ofpacts);
    if (b->alone) {
        pipeline_match_unicast(&match);
        slice_add_flow(b->slice, TABLE_UNKNOWN,
                       (bare_vid ? PRIORITY_UNKNOWN_UNICAST_BARE
                        : PRIORITY_UNKNOWN_UNICAST),
                       &match, b->cookie, &ofpacts);
    } else {
        match_place(&match, bond->members[0].ofport);
        slice_add_flow(b->slice, TABLE_AWAY,
                       bare_vid ? PRIORITY_AWAY_BARE : PRIORITY_AWAY_PORT,
                       &match, b->cookie, &ofpacts);
    }
    ofpbuf_uninit(&ofpacts);
}

/* Appends the numbers of those members of 'bond' that are 'active', or are
 * not, as a part of a bundle action. */
static void
put_members(struct ofpbuf *ofpacts, const struct network_bond *bond,
            bool active)
{
    for (size_t i = 0; i < bond->n; i++) {
        if (bond->members[i].active == active) {
            ofp_port_t ofport = bond->members[i].ofport;

            ofpbuf_put(ofpacts, &ofport, sizeof ofport);
        }
    }
}

/* Likewise, of all members by number: what hashes to which of them depends on
 * its place, so that it must not depend on which is active. */
static void
put_all_members(struct ofpbuf *ofpacts, const struct network_bond *bond)
{
    for (size_t i = 0; i < bond->n; i++) {
        ofp_port_t ofport = bond->members[i].ofport;

        ofpbuf_put(ofpacts, &ofport, sizeof ofport);
    }
}

/* Appends the first half of what sends a frame by one of the members of a bond
 * that 'algorithm' chooses.  The caller must append the members. */
static void
put_bundle(struct ofpbuf *ofpacts, enum nx_bd_algorithm algorithm)
{
    struct ofpact_bundle *bundle = ofpact_put_BUNDLE(ofpacts);

    bundle->algorithm = algorithm;
    bundle->fields = NX_HASH_FIELDS_ETH_SRC;
    bundle->dst = (struct mf_subfield) {
        mf_from_id(MFF_REG0 + PIPELINE_PLACE_REG), 0, 16
    };
}

/* The second half, 'n' members having been appended. */
static void
finish_bundle(struct ofpbuf *ofpacts, size_t n)
{
    struct ofpact_bundle *bundle = ofpacts->header;

    bundle->n_members = n;
    ofpact_finish_BUNDLE(ofpacts, &bundle);
}

/* Appends what sends a frame by the member of its source's bucket:
 *
 *     multipath(eth_src,0,modulo_n,64,0,NXM_NX_REG2[0..15]),
 *     resubmit(,BUCKETS) */
static void
put_bucket(struct ofpbuf *ofpacts)
{
    struct ofpact_multipath *multipath = ofpact_put_MULTIPATH(ofpacts);

    multipath->fields = NX_HASH_FIELDS_ETH_SRC;
    multipath->algorithm = NX_MP_ALG_MODULO_N;
    multipath->max_link = BOND_BUCKETS - 1;
    multipath->dst = (struct mf_subfield) {
        mf_from_id(MFF_REG0 + PIPELINE_PLACE_REG), 0, 16
    };
    pipeline_put_lookup(ofpacts, OFPP_IN_PORT, TABLE_BUCKETS);
}

/* Appends what sends a frame to everybody behind 'b':
 *
 *     bundle_load(eth_src,0,active_backup,ofport,NXM_NX_REG2[0..15],
 *                 members:4,3),goto_table:AWAY
 *
 * The active member is the first.  If it fails, the next is as good as any
 * until the switch has said which is active then; when it comes back, it is
 * not the first any more.  With LACP it is 'hrw', by the frame's source, and
 * what a guest sends stays in order; the members are one to the other end in
 * any case.
 *
 * By its source's bucket where that says by which member it has to leave.
 * Where NORMAL alone can tell, it does. */
static void
put_groups(struct ofpbuf *ofpacts, const struct bond *b)
{
    const struct network_bond *bond = b->bond;

    if (!sends_to_groups(b->ctx, bond->way)) {
        pipeline_put_normal(ofpacts);
        return;
    } else if (bond->way == BOND_WAY_SOURCE) {
        put_bucket(ofpacts);
        return;
    } else if (bond->way == BOND_WAY_ACTIVE) {
        put_bundle(ofpacts, NX_BD_ALG_ACTIVE_BACKUP);
        put_members(ofpacts, bond, true);
        put_members(ofpacts, bond, false);
    } else {
        put_bundle(ofpacts, NX_BD_ALG_HRW);
        put_all_members(ofpacts, bond);
    }
    finish_bundle(ofpacts, bond->n);
    if (b->alone) {
        pipeline_put_goto(ofpacts, TABLE_AWAY);
    } else {
        pipeline_put_lookup(ofpacts, OFPP_IN_PORT, TABLE_MEMBERS);
    }
}

/* UNKNOWN: dl_dst=01:00:00:00:00:00/01:00:00:00:00:00
 *     actions=bundle_load(...),goto_table:AWAY
 * AWAY: priority=1 actions=drop
 *
 * Nothing is sent if no member is up, or in a VLAN that the bond is not in.
 * Without that last flow, the switch would show each such frame to whoever
 * speaks OpenFlow 1.0 to it, as we do for no-flood. */
static void
add_groups(const struct bond *b)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;
    struct match all = MATCH_CATCHALL_INITIALIZER;
    uint64_t stub[512 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);

    put_groups(&ofpacts, b);
    pipeline_match_multicast(&match);
    slice_add_flow(b->slice, TABLE_UNKNOWN, PRIORITY_UNKNOWN_MULTICAST, &match,
                   b->cookie, &ofpacts);
    slice_add_flow(b->slice, TABLE_AWAY, PRIORITY_AWAY_ALL, &all, b->cookie,
                   &ofpacts);
    ofpbuf_uninit(&ofpacts);
}

/* UNKNOWN: priority=140,dl_vlan=30 actions=bundle_load(...),goto_table:AWAY
 *
 * In VLANs of flood_vlans all is for everybody, and NORMAL learns nothing. */
static void
add_flood_vlans(const struct bond *b)
{
    struct vlan_block *blocks;
    size_t n = vlan_set_blocks(bridge_ctx_flood_vlans(b->ctx), &blocks);
    uint64_t stub[512 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);

    for (size_t i = 0; i < n; i++) {
        struct match match = MATCH_CATCHALL_INITIALIZER;

        pipeline_match_block(&match, &blocks[i]);
        put_groups(&ofpacts, b);
        slice_add_flow(b->slice, TABLE_UNKNOWN, PRIORITY_UNKNOWN_FLOOD, &match,
                       b->cookie, &ofpacts);
    }
    free(blocks);
    ofpbuf_uninit(&ofpacts);
}

/* BUCKETS: reg2=0x5/0xffff
 *     actions=bundle_load(eth_src,0,active_backup,ofport,NXM_NX_REG2[0..15],
 *                         members:4,3),resubmit(,AWAY)
 *
 * The bucket's member, or whoever takes its place while that is down. */
static void
add_bucket(const struct bond *b, size_t bucket)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;
    uint64_t stub[512 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    ofp_port_t order[NETWORK_BOND_MAX];

    bond_buckets_order(&b->ctx->buckets, b->bond, bucket, order);
    put_bundle(&ofpacts, NX_BD_ALG_ACTIVE_BACKUP);
    ofpbuf_put(&ofpacts, order, b->bond->n * sizeof order[0]);
    finish_bundle(&ofpacts, b->bond->n);
    pipeline_put_lookup(&ofpacts, OFPP_IN_PORT, TABLE_AWAY);
    match_set_reg_masked(&match, PIPELINE_PLACE_REG, bucket, UINT16_MAX);
    slice_add_flow(b->slice, TABLE_BUCKETS, PRIORITY_BUCKETS, &match,
                   b->cookie, &ofpacts);
    ofpbuf_uninit(&ofpacts);
}

/* UNKNOWN: dl_dst=00:00:00:00:00:00/01:00:00:00:00:00
 *     actions=multipath(...),resubmit(,BUCKETS)
 *
 * What is sent by one address leaves by one member, whomever it is for. */
static void
add_by_source(const struct bond *b)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;
    uint64_t stub[512 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);

    put_groups(&ofpacts, b);
    pipeline_match_unicast(&match);
    slice_add_flow(b->slice, TABLE_UNKNOWN, PRIORITY_UNKNOWN_UNICAST, &match,
                   b->cookie, &ofpacts);
    ofpbuf_uninit(&ofpacts);
    for (size_t i = 0; i < BOND_BUCKETS; i++) {
        add_bucket(b, i);
    }
}

/* What the bond has that is all of the network side. */
static void
compile_alone(const struct bond *b)
{
    if (bond_by_source(b->ctx)) {
        add_by_source(b);
        add_groups(b);
        add_flood_vlans(b);
        return;
    }
    add_unicast(b, 0);
    if (b->bond->members[0].bare_vid) {
        add_unicast(b, b->bond->members[0].bare_vid);
    }
    if (sends_to_groups(b->ctx, b->bond->way)) {
        add_groups(b);
    }
    add_flood_vlans(b);
}

/* SPREAD: in_port=3 actions=set_field:0x10003/0x1ffff->reg2,resubmit(,AWAY)
 * AWAY: priority=105,reg2=0x10003/0x1ffff
 *     actions=bundle_load(...),resubmit(,MEMBERS)
 *
 * What is for each network port, and so for the bond. */
static void
add_each(const struct bond *b)
{
    const uint32_t bit = 1u << PIPELINE_EACH_BIT;
    uint32_t place = bit | ofp_to_u16(b->bond->members[0].ofport);
    const union mf_value mask = { .be32 = htonl(bit | UINT16_MAX) };
    const union mf_value value = { .be32 = htonl(place) };
    struct match match = MATCH_CATCHALL_INITIALIZER;
    uint64_t stub[512 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);

    ofpact_put_set_field(&ofpacts, mf_from_id(MFF_REG0 + PIPELINE_PLACE_REG),
                         &value, &mask);
    pipeline_put_lookup(&ofpacts, OFPP_IN_PORT, TABLE_AWAY);
    match_set_in_port(&match, b->bond->members[0].ofport);
    slice_add_flow(b->slice, TABLE_SPREAD, PRIORITY_SPREAD, &match, b->cookie,
                   &ofpacts);

    match_init_catchall(&match);
    match_set_reg_masked(&match, PIPELINE_PLACE_REG, place, bit | UINT16_MAX);
    put_groups(&ofpacts, b);
    slice_add_flow(b->slice, TABLE_AWAY, PRIORITY_AWAY_EACH, &match, b->cookie,
                   &ofpacts);
    ofpbuf_uninit(&ofpacts);
}

/* AWAY: priority=120,reg2=0x3/0xffff,in_port=4 actions=drop
 *
 * What has come in by one member goes out by none. */
static void
add_no_way_back(const struct bond *b)
{
    uint64_t stub[64 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);

    for (size_t i = 0; i < b->bond->n; i++) {
        struct match match = MATCH_CATCHALL_INITIALIZER;

        match_place(&match, b->bond->members[0].ofport);
        match_set_in_port(&match, b->bond->members[i].ofport);
        slice_add_flow(b->slice, TABLE_AWAY, PRIORITY_AWAY_BACK, &match,
                       b->cookie, &ofpacts);
    }
    ofpbuf_uninit(&ofpacts);
}

/* What a bond has that is one of several ports.  To who is known to be behind
 * it, frames leave by the active member, as what is for everybody, or with
 * LACP as NORMAL spreads them, by what else is in the frame:
 *
 *     AWAY: reg2=0x3/0xffff actions=bundle_load(...),resubmit(,MEMBERS) */
static void
compile_beside(const struct bond *b)
{
    add_no_way_back(b);
    add_each(b);
    if (b->bond->way == BOND_WAY_ACTIVE) {
        struct match match = MATCH_CATCHALL_INITIALIZER;
        uint64_t stub[128 / 8];
        struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);

        match_place(&match, b->bond->members[0].ofport);
        put_groups(&ofpacts, b);
        slice_add_flow(b->slice, TABLE_AWAY, PRIORITY_AWAY_PORT, &match,
                       b->cookie, &ofpacts);
        ofpbuf_uninit(&ofpacts);
        return;
    }
    add_unicast(b, 0);
    if (b->bond->members[0].bare_vid) {
        add_unicast(b, b->bond->members[0].bare_vid);
    }
}

/* Adds to 'slice' with 'cookie' what the bridge of 'ctx' has for the bond that
 * its network side is, or those that it has.
 *
 * NORMAL is taught where an address is by a frame as if that came in by a
 * member from there to there.  It drops that, and learns nothing by a member
 * that frames may not come in by, so that it is shown one by each. */
void
bond_compile(const struct bridge_ctx *ctx, ovs_be64 cookie,
             struct slice *slice)
{
    for (size_t i = 0; i < ctx->bonds.n; i++) {
        const struct bond b = {
            .ctx = ctx,
            .bond = &ctx->bonds.bonds[i],
            .alone = ctx->network == NETWORK_BOND,
            .cookie = cookie,
            .slice = slice,
        };

        if (b.alone) {
            compile_alone(&b);
        } else {
            compile_beside(&b);
        }
    }
}

/* AWAY: reg2=0x3/0xffff,dl_vlan=10 actions=pop_vlan,output:3
 *
 * Or in MEMBERS, where the bond is one of several ports. */
static void
add_output(struct compilation *c, const struct vlan_block *block)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;

    pipeline_match_block(&match, block);
    match_place(&match, c->vport->ofport);
    egress_put_group_output(c->ofpacts, c->vport);
    if (c->ctx->network == NETWORK_BOND) {
        compilation_add(c, TABLE_AWAY, PRIORITY_AWAY_PORT, &match);
    } else {
        compilation_add(c, TABLE_MEMBERS, PRIORITY_MEMBERS, &match);
    }
}

/* Adds what is the port's own, a member of a bond. */
void
compile_bond(struct compilation *c)
{
    if (sends_to_groups(c->ctx, c->vport->way)) {
        compilation_for_each_egress(c, &c->vport->vlan.members, add_output);
        egress_compile(c->vport, c->cookie, c->slice);
    }
}
