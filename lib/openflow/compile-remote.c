/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/compile-port-private.h"

#include "openvswitch/match.h"
#include "openvswitch/meta-flow.h"
#include "openvswitch/ofp-actions.h"

/* What comes by a tunnel to another host of the fleet is marked in ADMIT, and
 * as if it came from an isolated guest, until it is known from whom it is:
 *
 *     in_port=7,vlan_tci=0x0000/0x0fff
 *         actions=set_field:0x84/0x84->reg0,...
 *
 * It goes into no other such tunnel. */

/* Appends these marks to 'ofpacts'. */
void
remote_put_marks(struct ofpbuf *ofpacts)
{
    pipeline_put_marks(ofpacts, 1u << REG0_REMOTE_BIT
                                | 1u << REG0_ISOLATED_BIT);
}

/* Replaces c->ofpacts, what sends a frame to a guest of that host, by the
 * lookup that sends broadcasts there, so that what came by a tunnel goes into
 * none:
 *
 *     FORWARD: priority=100,dl_vlan=10,dl_dst=52:54:00:00:00:01
 *         actions=resubmit(7,COMMUNITY)
 *
 * Each host has a flow for each guest of all others: it is one. */
void
remote_put_forward(struct compilation *c)
{
    ofpbuf_clear(c->ofpacts);
    compilation_put_meter(c, c->egress_meter);
    pipeline_put_lookup(c->ofpacts, c->vport->ofport, TABLE_COMMUNITY);
}

/* Replaces c->ofpacts, the bucket of the tunnel for the VLANs of 'block', by a
 * lookup of the frame in table COMMUNITY:
 *
 *     priority=100,reg0=0/0x80,in_port=7,dl_vlan=10 actions=output:7  */
void
remote_put_bucket(struct compilation *c, const struct vlan_block *block)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;

    match_set_in_port(&match, c->vport->ofport);
    match_set_reg_masked(&match, 0, 0, 1u << REG0_REMOTE_BIT);
    pipeline_match_block(&match, block);
    compilation_add(c, TABLE_COMMUNITY, PRIORITY_COMMUNITY_OPEN, &match);
    pipeline_put_lookup(c->ofpacts, c->vport->ofport, TABLE_COMMUNITY);
}

/* Appends to 'ofpacts' what says that a frame is from nobody who is kept
 * apart. */
static void
put_open(struct ofpbuf *ofpacts)
{
    union mf_value value = { .be32 = htonl(0) };
    union mf_value mask = { .be32 = htonl(1u << REG0_ISOLATED_BIT) };

    ofpact_put_set_field(ofpacts, mf_from_id(MFF_REG0), &value, &mask);
}

/* SOURCE: from whom a frame is, if it is from a guest of the host that the
 * tunnel leads to which is not isolated:
 *
 *     priority=70,in_port=7,dl_src=52:54:00:00:00:01
 *         actions=set_field:0/0x4->reg0,goto_table:FORWARD
 *     priority=70,in_port=7,dl_src=52:54:00:00:00:02
 *         actions=set_field:0x7765...->xxreg1,goto_table:FORWARD
 *
 * If no guest here is kept apart, nobody asks. */
void
remote_compile_sources(struct compilation *c)
{
    for (size_t i = 0; c->ctx->apart && i < c->vport->n_sources; i++) {
        const struct vport_source *source = &c->vport->sources[i];
        struct match match = MATCH_CATCHALL_INITIALIZER;

        match_set_in_port(&match, c->vport->ofport);
        match_set_dl_src(&match, source->mac);
        if (community_is_set(&source->community)) {
            pipeline_put_community(c->ofpacts, &source->community);
        } else {
            put_open(c->ofpacts);
        }
        pipeline_put_goto(c->ofpacts, TABLE_FORWARD);
        compilation_add(c, TABLE_SOURCE, PRIORITY_SOURCE_REMOTE, &match);
    }
}
