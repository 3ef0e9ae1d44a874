/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/compile.h"

#include "lib/openflow/pipeline.h"
#include "lib/openflow/slice.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/match.h"
#include "openvswitch/ofpbuf.h"

/* Adds a FLOOD flow for the VLANs of 'block' to 'slice', with 'priority' for a
 * block of all VLANs.  It names those of the 'n_groups' groups in 'group_ids'
 * that are for everybody and, if 'all', those of isolated guests too. */
static void
add_flood(const struct vlan_block *block, uint16_t priority,
          struct match *match, const uint32_t *group_ids, size_t n_groups,
          bool all, struct slice *slice)
{
    struct ds origin = DS_EMPTY_INITIALIZER;
    struct ofpbuf ofpacts;

    ofpbuf_init(&ofpacts, 0);
    for (size_t i = 0; i < n_groups; i++) {
        if (all || !pipeline_group_is_isolated(group_ids[i])) {
            pipeline_put_group(&ofpacts, group_ids[i]);
        }
    }
    pipeline_put_goto(&ofpacts, TABLE_UNKNOWN);

    pipeline_match_block(match, block);
    ds_put_format(&origin, "%u", vlan_block_to_index(block));
    slice_add_flow(slice, TABLE_FLOOD,
                   priority + VLAN_BLOCK_LEVELS - 1 - block->level,
                   match, pipeline_cookie(COOKIE_FLOOD, ds_cstr(&origin)),
                   &ofpacts);
    ds_destroy(&origin);
    ofpbuf_uninit(&ofpacts);
}

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
 * them.
 *
 * If some of the groups are of isolated guests, another flow takes what comes
 * from an isolated guest past them:
 *
 *     priority=132,reg0=0x4/0x4,dl_vlan=10
 *         actions=group:1457520768,goto_table:UNKNOWN
 *
 * Blocks within 'block' have the same groups and more, so that among these
 * flows, too, that of the smallest block is hit. */
void
compile_flood(const struct vlan_block *block, const uint32_t *group_ids,
              size_t n_groups, struct slice *slice)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;

    add_flood(block, PRIORITY_FLOOD_BLOCK, &match, group_ids, n_groups, true,
              slice);
    for (size_t i = 0; i < n_groups; i++) {
        if (pipeline_group_is_isolated(group_ids[i])) {
            pipeline_match_isolated(&match);
            add_flood(block, PRIORITY_FLOOD_ISOLATED, &match, group_ids,
                      n_groups, false, slice);
            break;
        }
    }
}
