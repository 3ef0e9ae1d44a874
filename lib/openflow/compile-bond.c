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

/* Do flows send what is for groups? */
static bool
sends_to_groups(const struct bridge_ctx *ctx, enum bond_way way)
{
    return way != BOND_WAY_NORMAL && !ctx->needs_normal;
}

/* UNKNOWN: priority=130,dl_vlan=10,dl_dst=00:00:00:00:00:00/01:00:00:00:00:00
 *     actions=clone(set_field:3->in_port,move:NXM_OF_ETH_DST[]->
 *                   NXM_OF_ETH_SRC[],NORMAL),...,
 *             set_field:65535->in_port,NORMAL
 *
 * That is of VLAN 'bare_vid', whose frames the bond takes without a tag, and
 * must be shown so to NORMAL; with 0 as 'bare_vid', of all others. */
static void
add_unicast(const struct network_bond *bond, int bare_vid, ovs_be64 cookie,
            struct slice *slice)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;
    struct vlan_block block = { .vid = bare_vid };
    uint16_t priority = PRIORITY_UNKNOWN_UNICAST;
    uint64_t stub[512 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);

    pipeline_match_unicast(&match);
    if (bare_vid) {
        priority = PRIORITY_UNKNOWN_UNICAST_BARE;
        pipeline_match_block(&match, &block);
    }
    for (size_t i = 0; i < bond->n; i++) {
        pipeline_put_place(&ofpacts, bond->members[i].ofport, bare_vid,
                           bond->members[i].pushes);
    }
    pipeline_put_normal(&ofpacts);
    slice_add_flow(slice, TABLE_UNKNOWN, priority, &match, cookie, &ofpacts);
    ofpbuf_uninit(&ofpacts);
}

/* Appends the numbers of those members of 'bond' that are 'active', or are
 * not, as a part of a bundle action.  Returns how many. */
static unsigned int
put_members(struct ofpbuf *ofpacts, const struct network_bond *bond,
            bool active)
{
    unsigned int n = 0;

    for (size_t i = 0; i < bond->n; i++) {
        if (bond->members[i].active == active) {
            ofp_port_t ofport = bond->members[i].ofport;

            ofpbuf_put(ofpacts, &ofport, sizeof ofport);
            n++;
        }
    }
    return n;
}

/* Appends what sends a frame to everybody behind the bond of 'ctx':
 *
 *     bundle_load(eth_src,0,active_backup,ofport,NXM_NX_REG2[0..15],
 *                 members:4,3),goto_table:AWAY
 *
 * The active member is the first.  If it fails, the next is as good as any
 * until the switch has said which is active then; when it comes back, it is
 * not the first any more.  With LACP it is 'hrw', by the frame's source: the
 * members are one to the other end, and what a guest sends stays in order.
 *
 * Where NORMAL alone can tell, it does. */
static void
put_groups(struct ofpbuf *ofpacts, const struct bridge_ctx *ctx)
{
    const struct network_bond *bond = &ctx->bond;
    struct ofpact_bundle *bundle;
    unsigned int n;

    if (!sends_to_groups(ctx, bond->way)) {
        pipeline_put_normal(ofpacts);
        return;
    }
    bundle = ofpact_put_BUNDLE(ofpacts);
    bundle->algorithm = (bond->way == BOND_WAY_ACTIVE
                         ? NX_BD_ALG_ACTIVE_BACKUP : NX_BD_ALG_HRW);
    bundle->fields = NX_HASH_FIELDS_ETH_SRC;
    bundle->dst = (struct mf_subfield) {
        mf_from_id(MFF_REG0 + PIPELINE_PLACE_REG), 0, 16
    };
    n = put_members(ofpacts, bond, true);
    n += put_members(ofpacts, bond, false);
    bundle = ofpacts->header;
    bundle->n_members = n;
    ofpact_finish_BUNDLE(ofpacts, &bundle);
    pipeline_put_goto(ofpacts, TABLE_AWAY);
}

/* UNKNOWN: dl_dst=01:00:00:00:00:00/01:00:00:00:00:00
 *     actions=bundle_load(...),goto_table:AWAY
 * AWAY: priority=1 actions=drop
 *
 * Nothing is sent if no member is up, or in a VLAN that the bond is not in.
 * Without that last flow, the switch would show each such frame to whoever
 * speaks OpenFlow 1.0 to it, as we do for no-flood. */
static void
add_groups(const struct bridge_ctx *ctx, ovs_be64 cookie,
           struct slice *slice)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;
    struct match all = MATCH_CATCHALL_INITIALIZER;
    uint64_t stub[512 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);

    put_groups(&ofpacts, ctx);
    pipeline_match_multicast(&match);
    slice_add_flow(slice, TABLE_UNKNOWN, PRIORITY_UNKNOWN_MULTICAST, &match,
                   cookie, &ofpacts);
    slice_add_flow(slice, TABLE_AWAY, PRIORITY_AWAY_ALL, &all, cookie,
                   &ofpacts);
    ofpbuf_uninit(&ofpacts);
}

/* UNKNOWN: priority=140,dl_vlan=30 actions=bundle_load(...),goto_table:AWAY
 *
 * In VLANs of flood_vlans all is for everybody, and NORMAL learns nothing. */
static void
add_flood_vlans(const struct bridge_ctx *ctx, ovs_be64 cookie,
                struct slice *slice)
{
    struct vlan_block *blocks;
    size_t n = vlan_set_blocks(bridge_ctx_flood_vlans(ctx), &blocks);
    uint64_t stub[512 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);

    for (size_t i = 0; i < n; i++) {
        struct match match = MATCH_CATCHALL_INITIALIZER;

        pipeline_match_block(&match, &blocks[i]);
        put_groups(&ofpacts, ctx);
        slice_add_flow(slice, TABLE_UNKNOWN, PRIORITY_UNKNOWN_FLOOD, &match,
                       cookie, &ofpacts);
    }
    free(blocks);
    ofpbuf_uninit(&ofpacts);
}

/* Adds to 'slice' with 'cookie' what the bridge of 'ctx' has in UNKNOWN for
 * the bond that is its network side, if it is one.
 *
 * NORMAL is taught where an address is by a frame as if that came in by a
 * member from there to there.  It drops that, and learns nothing by a member
 * that frames may not come in by, so that it is shown one by each. */
void
bond_compile(const struct bridge_ctx *ctx, ovs_be64 cookie,
             struct slice *slice)
{
    const struct network_bond *bond = &ctx->bond;

    if (bond->n) {
        add_unicast(bond, 0, cookie, slice);
        if (bond->members[0].bare_vid) {
            add_unicast(bond, bond->members[0].bare_vid, cookie, slice);
        }
        if (sends_to_groups(ctx, bond->way)) {
            add_groups(ctx, cookie, slice);
        }
        add_flood_vlans(ctx, cookie, slice);
    }
}

/* AWAY: reg2=0x3/0xffff,dl_vlan=10 actions=pop_vlan,output:3 */
static void
add_output(struct compilation *c, const struct vlan_block *block)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;

    pipeline_match_block(&match, block);
    match_set_reg_masked(&match, PIPELINE_PLACE_REG,
                         ofp_to_u16(c->vport->ofport), UINT16_MAX);
    egress_put_group_output(c->ofpacts, c->vport);
    compilation_add(c, TABLE_AWAY, PRIORITY_AWAY_PORT, &match);
}

/* Adds what is the port's own, a member of the bond. */
void
compile_bond(struct compilation *c)
{
    if (sends_to_groups(c->ctx, c->vport->way)) {
        compilation_for_each_egress(c, &c->vport->vlan.members, add_output);
        egress_compile(c->vport, c->cookie, c->slice);
    }
}
