/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/flood-table.h"

#include <stdlib.h>

#include "flow.h"
#include "hash.h"
#include "lib/base/vlan-set.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/slice.h"
#include "util.h"

struct flood_block {
    struct hmap_node hmap_node; /* In table's 'blocks', by block. */
    struct ovs_list dirty_node; /* In table's 'dirty', or empty. */
    struct vlan_block block;
    size_t n_refs;              /* Total of 'shard_refs'. */
    uint16_t shard_refs[2][PIPELINE_SHARDS];    /* Buckets in each group, the
                                                 * isolated ones second. */
    struct slice slice;
};

BUILD_ASSERT_DECL(PIPELINE_SHARD_PORTS < UINT16_MAX);

/* Initializes 'table' without groups. */
void
flood_table_init(struct flood_table *table)
{
    hmap_init(&table->blocks);
    ovs_list_init(&table->dirty);
}

static void
flood_block_destroy(struct flood_table *table, struct flood_block *fb)
{
    hmap_remove(&table->blocks, &fb->hmap_node);
    ovs_list_remove(&fb->dirty_node);
    slice_uninit(&fb->slice);
    free(fb);
}

/* Frees what 'table' holds, but not 'table' itself. */
void
flood_table_uninit(struct flood_table *table)
{
    struct flood_block *fb;

    HMAP_FOR_EACH_SAFE (fb, hmap_node, &table->blocks) {
        flood_block_destroy(table, fb);
    }
    hmap_destroy(&table->blocks);
}

static uint32_t
hash_block(const struct vlan_block *block)
{
    return hash_int(vlan_block_to_index(block), 0);
}

static struct flood_block *
find_block(const struct flood_table *table, const struct vlan_block *block)
{
    struct flood_block *fb;

    HMAP_FOR_EACH_WITH_HASH (fb, hmap_node, hash_block(block),
                             &table->blocks) {
        if (fb->block.vid == block->vid && fb->block.level == block->level) {
            return fb;
        }
    }
    return NULL;
}

static void
mark_dirty(struct flood_table *table, struct flood_block *fb)
{
    if (ovs_list_is_empty(&fb->dirty_node)) {
        ovs_list_push_back(&table->dirty, &fb->dirty_node);
    }
}

/* Marks 'fb' and all blocks within it as dirty, after a group of 'fb' has come
 * or gone. */
static void
mark_within_dirty(struct flood_table *table, struct flood_block *fb)
{
    if (!fb->block.level) {
        mark_dirty(table, fb);
        return;
    }

    struct flood_block *inner;
    HMAP_FOR_EACH (inner, hmap_node, &table->blocks) {
        if (vlan_block_contains(&fb->block, &inner->block)) {
            mark_dirty(table, inner);
        }
    }
}

static uint16_t *
find_refs(struct flood_block *fb, uint32_t group_id)
{
    return &fb->shard_refs[pipeline_group_is_isolated(group_id)]
                          [pipeline_group_shard(group_id)];
}

/* Counts one more bucket in group 'group_id', a group of ours. */
void
flood_table_ref(struct flood_table *table, uint32_t group_id)
{
    struct vlan_block block = pipeline_group_block(group_id);
    struct flood_block *fb = find_block(table, &block);

    if (!fb) {
        fb = xzalloc(sizeof *fb);
        fb->block = block;
        ovs_list_init(&fb->dirty_node);
        slice_init(&fb->slice);
        hmap_insert(&table->blocks, &fb->hmap_node, hash_block(&block));
    }

    fb->n_refs++;
    if (!(*find_refs(fb, group_id))++) {
        mark_within_dirty(table, fb);
    }
}

/* Counts one bucket less in group 'group_id'. */
void
flood_table_unref(struct flood_table *table, uint32_t group_id)
{
    struct vlan_block block = pipeline_group_block(group_id);
    struct flood_block *fb = find_block(table, &block);

    ovs_assert(fb && fb->n_refs);
    fb->n_refs--;
    if (!--*find_refs(fb, group_id)) {
        mark_within_dirty(table, fb);
    }
}

/* Appends the groups of 'fb' to 'group_ids', which has '*n' already. */
static void
add_groups(const struct flood_block *fb, uint32_t *group_ids, size_t *n)
{
    for (int isolated = 0; isolated < 2; isolated++) {
        for (unsigned int i = 0; i < PIPELINE_SHARDS; i++) {
            if (fb->shard_refs[isolated][i]) {
                ofp_port_t port = u16_to_ofp(i * PIPELINE_SHARD_PORTS);

                group_ids[(*n)++] = pipeline_flood_group(&fb->block, port,
                                                         isolated);
            }
        }
    }
}

static void
run_block(struct flood_table *table, struct flood_block *fb,
          flood_table_compile_cb *compile, void *aux)
{
    uint32_t group_ids[VLAN_BLOCK_LEVELS * 2 * PIPELINE_SHARDS];
    size_t n = 0;

    /* A block without buckets of its own needs no flow: that of the next
     * larger one serves. */
    for (unsigned int index = fb->n_refs ? vlan_block_to_index(&fb->block) : 0;
         index; index /= 2) {
        struct vlan_block block = vlan_block_from_index(index);
        const struct flood_block *outer = find_block(table, &block);

        if (outer) {
            add_groups(outer, group_ids, &n);
        }
    }
    compile(&fb->block, group_ids, n, &fb->slice, aux);
}

/* Calls 'compile' with 'aux' for each block whose FLOOD flow may have changed
 * since the last call. */
void
flood_table_run(struct flood_table *table, flood_table_compile_cb *compile,
                void *aux)
{
    struct flood_block *fb;

    LIST_FOR_EACH_POP (fb, dirty_node, &table->dirty) {
        ovs_list_init(&fb->dirty_node);
        run_block(table, fb, compile, aux);
        if (!fb->n_refs) {
            flood_block_destroy(table, fb);
        }
    }
}
