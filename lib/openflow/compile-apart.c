/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/compile-port-private.h"

#include <string.h>

#include "openvswitch/match.h"
#include "openvswitch/meta-flow.h"
#include "openvswitch/ofp-actions.h"
#include "util.h"

/* What comes from a guest that is kept apart from others is marked in ADMIT,
 * with the name of its community if it is in one:
 *
 *     in_port=7,vlan_tci=0x0000/0x0fff
 *         actions=set_field:0x4/0x4->reg0,set_field:0x7765...->xxreg1,...
 *
 * The datapath knows neither register: its flows are no narrower. */

BUILD_ASSERT_DECL(PIPELINE_COMMUNITY_XXREG == 1);

/* Appends to 'ofpacts' what marks a frame as one from a guest that is kept
 * apart. */
void
pipeline_put_isolated(struct ofpbuf *ofpacts)
{
    pipeline_put_marks(ofpacts, 1u << REG0_ISOLATED_BIT);
}

/* Makes 'match' match on frames from such guests. */
void
pipeline_match_isolated(struct match *match)
{
    match_set_reg_masked(match, 0, 1u << REG0_ISOLATED_BIT,
                         1u << REG0_ISOLATED_BIT);
}

/* Makes 'match' match on frames from anybody else. */
static void
match_not_isolated(struct match *match)
{
    match_set_reg_masked(match, 0, 0, 1u << REG0_ISOLATED_BIT);
}

/* Appends to 'ofpacts' what says that a frame is from 'community', if that is
 * not none. */
void
pipeline_put_community(struct ofpbuf *ofpacts,
                       const struct community *community)
{
    union mf_value value = { .be128 = community_to_be128(community) };

    if (community_is_set(community)) {
        ofpact_put_set_field(ofpacts, mf_from_id(MFF_XXREG1), &value, NULL);
    }
}

/* Makes 'match' match on frames from guests of 'community', which is not
 * none. */
void
pipeline_match_community(struct match *match,
                         const struct community *community)
{
    union mf_value value = { .be128 = community_to_be128(community) };

    pipeline_match_isolated(match);
    mf_set_value(mf_from_id(MFF_XXREG1), &value, match, NULL);
}

/* Returns the community that the 'ofpacts_len' bytes of 'ofpacts' say a frame
 * is from. */
struct community
pipeline_get_community(const struct ofpact *ofpacts, size_t ofpacts_len)
{
    struct community none = { .name = "" };
    const struct ofpact *a;

    OFPACT_FOR_EACH (a, ofpacts, ofpacts_len) {
        if (a->type == OFPACT_SET_FIELD
            && ofpact_get_SET_FIELD(a)->field->id == MFF_XXREG1) {
            return community_from_be128(
                ofpact_get_SET_FIELD(a)->value->be128);
        }
    }
    return none;
}

/* Is 'vport' a guest that gets nothing from any other that is kept apart? */
bool
apart_is_alone(const struct vport *vport)
{
    return vport->isolated && !community_is_set(&vport->community);
}

/* FORWARD: what others that are kept apart send to the address at hand, but
 * for those of the same community.  To send a frame to the guest takes the
 * actions in c->ofpacts:
 *
 *     priority=110,reg0=0x4/0x4,dl_vlan=10,dl_dst=52:54:00:00:00:01
 *         actions=drop
 *     priority=112,reg0=0x4/0x4,xxreg1=0x7765...,dl_vlan=10,dl_dst=...
 *         actions=pop_vlan,output:7  */
void
apart_compile_mac(struct compilation *c, const struct vlan_block *block)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;

    pipeline_match_isolated(&match);
    pipeline_match_block(&match, block);
    match_set_dl_dst(&match, c->m.mac);
    if (!apart_is_alone(c->vport)) {
        struct match own = match;

        pipeline_match_community(&own, &c->vport->community);
        compilation_add(c, TABLE_FORWARD, PRIORITY_FORWARD_COMMUNITY, &own);
    }
    ofpbuf_clear(c->ofpacts);
    compilation_add(c, TABLE_FORWARD, PRIORITY_FORWARD_ISOLATED, &match);
}

/* Replaces c->ofpacts, the bucket of a guest for the VLANs of 'block', if the
 * guest is in a community, by a lookup of the frame in table COMMUNITY.  There
 * it gets what those that are not kept apart have sent, and its own community:
 *
 *     priority=100,reg0=0/0x4,in_port=7,dl_vlan=10
 *         actions=pop_vlan,output:7
 *     priority=110,reg0=0x4/0x4,xxreg1=0x7765...,in_port=7,dl_vlan=10
 *         actions=pop_vlan,output:7
 *
 * So a community needs no group of its own, and a guest costs the same however
 * many there are of it. */
void
apart_put_bucket(struct compilation *c, const struct vlan_block *block)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;

    if (!community_is_set(&c->vport->community)) {
        return;
    }
    match_set_in_port(&match, c->vport->ofport);
    pipeline_match_block(&match, block);

    struct match own = match;
    match_not_isolated(&match);
    compilation_add_keeping(c, TABLE_COMMUNITY, PRIORITY_COMMUNITY_OPEN,
                            &match);
    pipeline_match_community(&own, &c->vport->community);
    compilation_add(c, TABLE_COMMUNITY, PRIORITY_COMMUNITY_OWN, &own);
    pipeline_put_lookup(c->ofpacts, c->vport->ofport, TABLE_COMMUNITY);
}
