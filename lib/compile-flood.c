/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "compile.h"

#include "openvswitch/dynamic-string.h"
#include "openvswitch/match.h"
#include "openvswitch/ofpbuf.h"
#include "pipeline.h"
#include "slice.h"

/* Adds to 'slice' the FLOOD flow for the VLANs of 'block', which sends a frame
 * to the 'n_groups' groups in 'group_ids' and then on to the network side:
 *
 *     priority=112,dl_vlan=10
 *         actions=group:1457520768,group:1457009792,goto_table:UNKNOWN
 *
 * A port that is in many VLANs has a bucket in the group of a larger block.
 * Of the blocks that hold a frame's VLAN the smallest one's flow is hit, since
 * its priority is the highest, so 'group_ids' must have the groups of all
 * larger blocks around 'block' as well.  No port has a bucket in two of
 * them. */
void
compile_flood(const struct vlan_block *block, const uint32_t *group_ids,
              size_t n_groups, struct slice *slice)
{
    struct ds origin = DS_EMPTY_INITIALIZER;
    struct match match = MATCH_CATCHALL_INITIALIZER;
    struct ofpbuf ofpacts;

    ofpbuf_init(&ofpacts, 0);
    for (size_t i = 0; i < n_groups; i++) {
        pipeline_put_group(&ofpacts, group_ids[i]);
    }
    pipeline_put_goto(&ofpacts, TABLE_UNKNOWN);

    pipeline_match_block(&match, block);
    ds_put_format(&origin, "%u", vlan_block_to_index(block));
    slice_add_flow(slice, TABLE_FLOOD,
                   PRIORITY_FLOOD_BLOCK + VLAN_BLOCK_LEVELS - 1 - block->level,
                   &match, pipeline_cookie(COOKIE_FLOOD, ds_cstr(&origin)),
                   &ofpacts);
    ds_destroy(&origin);
    ofpbuf_uninit(&ofpacts);
}
