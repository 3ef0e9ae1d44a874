/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/oflow-table.h"

#include <stdlib.h>

#include "byte-order.h"
#include "hash.h"
#include "lib/openflow/oflow.h"
#include "openflow/openflow-1.5.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

/* The number of the only bucket of an alien group: no bucket of a switch has
 * it, so that it is in no plan. */
#define ALIEN_BUCKET OFPG15_BUCKET_ALL

/* Initializes 'table' as empty. */
void
oflow_table_init(struct oflow_table *table)
{
    hmap_init(&table->flows);
    hmap_init(&table->groups);
}

static void
ogroup_destroy(struct oflow_table *table, struct ogroup *group)
{
    struct obucket_node *node;

    HMAP_FOR_EACH_POP (node, hmap_node, &group->buckets) {
        obucket_unref(node->bucket);
        free(node);
    }
    hmap_destroy(&group->buckets);
    hmap_remove(&table->groups, &group->hmap_node);
    free(group);
}

/* Drops everything from 'table'. */
void
oflow_table_clear(struct oflow_table *table)
{
    struct oflow_node *node;
    struct ogroup *group;

    HMAP_FOR_EACH_POP (node, hmap_node, &table->flows) {
        oflow_unref(node->flow);
        free(node);
    }
    HMAP_FOR_EACH_SAFE (group, hmap_node, &table->groups) {
        ogroup_destroy(table, group);
    }

    /* A table that once was large would take as long to walk through when it
     * is empty. */
    hmap_shrink(&table->flows);
    hmap_shrink(&table->groups);
}

/* Frees what 'table' holds, but not 'table' itself. */
void
oflow_table_uninit(struct oflow_table *table)
{
    oflow_table_clear(table);
    hmap_destroy(&table->flows);
    hmap_destroy(&table->groups);
}

static struct oflow_node *
find_flow(const struct oflow_table *table, const struct oflow *key)
{
    struct oflow_node *node;

    HMAP_FOR_EACH_WITH_HASH (node, hmap_node, key->hash, &table->flows) {
        if (oflow_same_key(node->flow, key)) {
            return node;
        }
    }
    return NULL;
}

static struct ogroup *
find_group(const struct oflow_table *table, uint32_t group_id)
{
    struct ogroup *group;

    HMAP_FOR_EACH_WITH_HASH (group, hmap_node, hash_int(group_id, 0),
                             &table->groups) {
        if (group->group_id == group_id) {
            return group;
        }
    }
    return NULL;
}

static struct obucket_node *
find_bucket(const struct ogroup *group, const struct obucket *key)
{
    struct obucket_node *node;

    if (group) {
        HMAP_FOR_EACH_WITH_HASH (node, hmap_node, key->hash,
                                 &group->buckets) {
            if (obucket_same_key(node->bucket, key)) {
                return node;
            }
        }
    }
    return NULL;
}

/* Returns the flow in 'table' with the table, priority and match of 'key', or
 * null. */
const struct oflow *
oflow_table_find(const struct oflow_table *table, const struct oflow *key)
{
    const struct oflow_node *node = find_flow(table, key);
    return node ? node->flow : NULL;
}

/* Returns the bucket in 'table' with the group and number of 'key', or
 * null. */
const struct obucket *
oflow_table_find_bucket(const struct oflow_table *table,
                        const struct obucket *key)
{
    const struct ogroup *group = find_group(table, key->group_id);
    const struct obucket_node *node = find_bucket(group, key);
    return node ? node->bucket : NULL;
}

/* Returns group 'group_id' of 'table', or null if it has no buckets. */
const struct ogroup *
oflow_table_find_group(const struct oflow_table *table, uint32_t group_id)
{
    return find_group(table, group_id);
}

size_t
oflow_table_count_flows(const struct oflow_table *table)
{
    return hmap_count(&table->flows);
}

size_t
oflow_table_count_groups(const struct oflow_table *table)
{
    return hmap_count(&table->groups);
}

/* Adds a reference to 'flow' to 'table', in the place of any flow with the
 * same key. */
void
oflow_table_put(struct oflow_table *table, const struct oflow *flow)
{
    struct oflow_node *node = find_flow(table, flow);
    struct oflow *new = oflow_ref(flow);

    if (node) {
        oflow_unref(node->flow);
    } else {
        node = xmalloc(sizeof *node);
        hmap_insert(&table->flows, &node->hmap_node, new->hash);
    }
    node->flow = new;
}

/* Removes the flow with the key of 'key' from 'table', if there is one. */
void
oflow_table_remove(struct oflow_table *table, const struct oflow *key)
{
    struct oflow_node *node = find_flow(table, key);

    if (node) {
        hmap_remove(&table->flows, &node->hmap_node);
        oflow_unref(node->flow);
        free(node);
    }
}

/* Adds a reference to 'bucket' to 'table', in the place of any bucket with
 * the same key. */
void
oflow_table_put_bucket(struct oflow_table *table,
                       const struct obucket *bucket)
{
    struct ogroup *group = find_group(table, bucket->group_id);
    if (!group) {
        group = xmalloc(sizeof *group);
        group->group_id = bucket->group_id;
        hmap_init(&group->buckets);
        hmap_insert(&table->groups, &group->hmap_node,
                    hash_int(group->group_id, 0));
    }

    struct obucket_node *node = find_bucket(group, bucket);
    struct obucket *new = obucket_ref(bucket);
    if (node) {
        obucket_unref(node->bucket);
    } else {
        node = xmalloc(sizeof *node);
        hmap_insert(&group->buckets, &node->hmap_node, new->hash);
    }
    node->bucket = new;
}

/* Removes the bucket with the key of 'key' from 'table', if there is one, and
 * its group if it was the last one. */
void
oflow_table_remove_bucket(struct oflow_table *table,
                          const struct obucket *key)
{
    struct ogroup *group = find_group(table, key->group_id);
    struct obucket_node *node = find_bucket(group, key);

    if (node) {
        hmap_remove(&group->buckets, &node->hmap_node);
        obucket_unref(node->bucket);
        free(node);
        if (hmap_is_empty(&group->buckets)) {
            ogroup_destroy(table, group);
        }
    }
}

/* Adds to 'table', which must not have it, alien group 'group_id'. */
void
oflow_table_put_alien(struct oflow_table *table, uint32_t group_id)
{
    struct ofpbuf none = OFPBUF_STUB_INITIALIZER(NULL);
    struct obucket *bucket = obucket_create(group_id, ALIEN_BUCKET, htonll(0),
                                            &none);

    oflow_table_put_bucket(table, bucket);
    obucket_unref(bucket);
}

/* Is 'group' there, but not as one of ours can be? */
bool
ogroup_is_alien(const struct ogroup *group)
{
    const struct obucket_node *node;

    /* That bucket is the only one. */
    HMAP_FOR_EACH (node, hmap_node, &group->buckets) {
        return node->bucket->bucket_id == ALIEN_BUCKET;
    }
    return false;
}

/* Do 'a' and 'b' hold equal flows and equal buckets? */
bool
oflow_table_equals(const struct oflow_table *a, const struct oflow_table *b)
{
    struct ochanges changes = OCHANGES_INITIALIZER;

    oflow_table_diff(a, b, &changes);
    bool equal = !changes.n;
    ochanges_uninit(&changes);
    return equal;
}

static int
compare_places(const void *a, const void *b)
{
    return oflow_place_compare(a, b);
}

/* Returns the flows of 'table' in the order of oflow_compare().  The caller
 * must free the array, but not what it points to. */
const struct oflow **
oflow_table_sort_flows(const struct oflow_table *table)
{
    size_t max = MAX(1, hmap_count(&table->flows));
    struct oflow_place *places = xmalloc(max * sizeof *places);
    const struct oflow **flows = xmalloc(max * sizeof *flows);
    const struct oflow_node *node;
    size_t n = 0;

    HMAP_FOR_EACH (node, hmap_node, &table->flows) {
        places[n++] = oflow_get_place(node->flow);
    }
    qsort(places, n, sizeof *places, compare_places);
    for (size_t i = 0; i < n; i++) {
        flows[i] = places[i].flow;
    }
    free(places);
    return flows;
}

static int
compare_groups(const void *a_, const void *b_)
{
    const struct ogroup *const *a = a_;
    const struct ogroup *const *b = b_;
    return ((*a)->group_id > (*b)->group_id)
           - ((*a)->group_id < (*b)->group_id);
}

/* Returns the groups of 'table' by ascending number.  The caller must free
 * the array, but not what it points to. */
const struct ogroup **
oflow_table_sort_groups(const struct oflow_table *table)
{
    const struct ogroup **groups = xmalloc(MAX(1, hmap_count(&table->groups))
                                           * sizeof *groups);
    const struct ogroup *group;
    size_t n = 0;

    HMAP_FOR_EACH (group, hmap_node, &table->groups) {
        groups[n++] = group;
    }
    qsort(groups, n, sizeof *groups, compare_groups);
    return groups;
}

static int
compare_buckets(const void *a_, const void *b_)
{
    const struct obucket *const *a = a_;
    const struct obucket *const *b = b_;
    return ((*a)->bucket_id > (*b)->bucket_id)
           - ((*a)->bucket_id < (*b)->bucket_id);
}

/* Returns the buckets of 'group' by ascending number.  The caller must free
 * the array, but not what it points to. */
const struct obucket **
ogroup_sort_buckets(const struct ogroup *group)
{
    const struct obucket **buckets
        = xmalloc(MAX(1, hmap_count(&group->buckets)) * sizeof *buckets);
    const struct obucket_node *node;
    size_t n = 0;

    HMAP_FOR_EACH (node, hmap_node, &group->buckets) {
        buckets[n++] = node->bucket;
    }
    qsort(buckets, n, sizeof *buckets, compare_buckets);
    return buckets;
}

static struct ochange *
ochanges_add(struct ochanges *changes)
{
    if (changes->n >= changes->allocated) {
        changes->changes = x2nrealloc(changes->changes, &changes->allocated,
                                      sizeof *changes->changes);
    }

    struct ochange *change = &changes->changes[changes->n++];
    *change = (struct ochange) { .old = NULL };
    return change;
}

/* Frees what 'changes' holds and makes it empty. */
void
ochanges_uninit(struct ochanges *changes)
{
    for (size_t i = 0; i < changes->n; i++) {
        oflow_unref(changes->changes[i].old);
        oflow_unref(changes->changes[i].new);
        obucket_unref(changes->changes[i].old_bucket);
        obucket_unref(changes->changes[i].new_bucket);
    }
    free(changes->changes);
    *changes = (struct ochanges) OCHANGES_INITIALIZER;
}

/* Appends to 'changes' what must change in 'installed' for the flow with the
 * key of 'key' to be as in 'desired'; nothing, if it is already. */
static void
add_flow(struct ochanges *changes, const struct oflow *key,
         const struct oflow_table *desired,
         const struct oflow_table *installed)
{
    const struct oflow *new = oflow_table_find(desired, key);
    const struct oflow *old = oflow_table_find(installed, key);

    if (new && old ? !oflow_equals(new, old) : new != old) {
        struct ochange *change = ochanges_add(changes);
        change->old = old ? oflow_ref(old) : NULL;
        change->new = new ? oflow_ref(new) : NULL;
    }
}

/* As add_flow(), for the bucket with the key of 'key'. */
static void
add_bucket(struct ochanges *changes, const struct obucket *key,
           const struct oflow_table *desired,
           const struct oflow_table *installed)
{
    const struct obucket *new = oflow_table_find_bucket(desired, key);
    const struct obucket *old = oflow_table_find_bucket(installed, key);

    if (new && old ? !obucket_equals(new, old) : new != old) {
        struct ochange *change = ochanges_add(changes);
        change->old_bucket = old ? obucket_ref(old) : NULL;
        change->new_bucket = new ? obucket_ref(new) : NULL;
    }
}

/* Appends to 'changes' all that must change in 'installed' to make it equal
 * to 'desired', in no particular order. */
void
oflow_table_diff(const struct oflow_table *desired,
                 const struct oflow_table *installed,
                 struct ochanges *changes)
{
    const struct obucket_node *bn;
    const struct oflow_node *fn;
    const struct ogroup *group;

    HMAP_FOR_EACH (fn, hmap_node, &desired->flows) {
        add_flow(changes, fn->flow, desired, installed);
    }
    HMAP_FOR_EACH (fn, hmap_node, &installed->flows) {
        if (!find_flow(desired, fn->flow)) {
            add_flow(changes, fn->flow, desired, installed);
        }
    }

    HMAP_FOR_EACH (group, hmap_node, &desired->groups) {
        HMAP_FOR_EACH (bn, hmap_node, &group->buckets) {
            add_bucket(changes, bn->bucket, desired, installed);
        }
    }
    HMAP_FOR_EACH (group, hmap_node, &installed->groups) {
        HMAP_FOR_EACH (bn, hmap_node, &group->buckets) {
            if (!oflow_table_find_bucket(desired, bn->bucket)) {
                add_bucket(changes, bn->bucket, desired, installed);
            }
        }
    }
}

/* As oflow_table_diff(), but only for the flows and buckets that have the keys
 * of those in 'keys'. */
void
oflow_table_diff_keys(const struct oflow_table *keys,
                      const struct oflow_table *desired,
                      const struct oflow_table *installed,
                      struct ochanges *changes)
{
    const struct obucket_node *bn;
    const struct oflow_node *fn;
    const struct ogroup *group;

    HMAP_FOR_EACH (fn, hmap_node, &keys->flows) {
        add_flow(changes, fn->flow, desired, installed);
    }
    HMAP_FOR_EACH (group, hmap_node, &keys->groups) {
        HMAP_FOR_EACH (bn, hmap_node, &group->buckets) {
            add_bucket(changes, bn->bucket, desired, installed);
        }
    }
}

/* Makes 'changes' to 'table'. */
void
oflow_table_apply(struct oflow_table *table, const struct ochanges *changes)
{
    for (size_t i = 0; i < changes->n; i++) {
        const struct ochange *c = &changes->changes[i];

        if (c->new) {
            oflow_table_put(table, c->new);
        } else if (c->old) {
            oflow_table_remove(table, c->old);
        } else if (c->new_bucket) {
            oflow_table_put_bucket(table, c->new_bucket);
        } else {
            oflow_table_remove_bucket(table, c->old_bucket);
        }
    }
}
