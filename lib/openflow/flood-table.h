/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOOD_TABLE_H
#define FLOOD_TABLE_H 1

/* Which FLOOD groups there are, by block of VLANs.
 *
 * The buckets of FLOOD groups belong to ports, and a group is there as long as
 * it has a bucket.  A FLOOD flow belongs to a block of VLANs: it must name all
 * the groups of that block and of the blocks around it.  This table counts the
 * references to each group and finds, when the first comes or the last goes,
 * the blocks whose flow that concerns; flood_table_run() has them compiled.
 *
 * Nothing happens here when a group that has buckets gets another one. */

#include <stddef.h>
#include <stdint.h>
#include "openvswitch/hmap.h"
#include "openvswitch/list.h"

struct slice;
struct vlan_block;

struct flood_table {
    struct hmap blocks;         /* Contains "struct flood_block"s. */
    struct ovs_list dirty;      /* Those to be looked at. */
};

void flood_table_init(struct flood_table *);
void flood_table_uninit(struct flood_table *);

void flood_table_ref(struct flood_table *, uint32_t group_id);
void flood_table_unref(struct flood_table *, uint32_t group_id);

/* Compiles 'slice', the slice of 'block', anew.  'group_ids' are those that
 * its FLOOD flow must name; with 'n_groups' of 0 it has none any longer. */
typedef void flood_table_compile_cb(const struct vlan_block *block,
                                    const uint32_t *group_ids,
                                    size_t n_groups,
                                    struct slice *slice, void *aux);
void flood_table_run(struct flood_table *, flood_table_compile_cb *,
                     void *aux);

#endif /* lib/openflow/flood-table.h */
