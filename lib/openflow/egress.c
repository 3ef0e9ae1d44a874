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
#include "openvswitch/ofpbuf.h"
#include "packets.h"

/* Appends to 'ofpacts' what sends a frame of the VLANs of 'block' out by
 * 'vport', which is in all of them:
 *
 *     actions=pop_vlan,output:7
 *
 * or, if it keeps the priority of tags that are taken off,
 *
 *     actions=set_field:0x1000/0x1fff->vlan_tci,resubmit(7,EGRESS)
 *
 * A guest with a filter is sent nothing but through table TO_GUEST. */
void
egress_put_output(struct ofpbuf *ofpacts, const struct vport *vport,
                  const struct vlan_block *block)
{
    const struct port_vlan_effect *vlan = &vport->vlan;
    bool untag = !block->level && block->vid == vlan->untagged_out;

    if (untag && vlan->keeps_priority) {
        pipeline_put_vlan(ofpacts, 0);
        pipeline_put_lookup(ofpacts, vport->ofport, TABLE_EGRESS);
    } else if (vlan->keeps_null_tags && !block->vid) {
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
    pipeline_put_untag(ofpacts, vport->vlan.untagged_out);
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
    filter_put_output(c->ofpacts, c->vport);
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

    if (port_vlan_effect_chooses_cvlans(&vport->vlan)) {
        compile_cvlans(&c);
    } else if (vport->vlan.keeps_priority || vport->vlan.keeps_null_tags) {
        compile_priority_tags(&c);
    }
    ofpbuf_uninit(&ofpacts);
}
