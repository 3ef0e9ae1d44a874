/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OFLOW_TABLE_H
#define OFLOW_TABLE_H 1

/* What a switch holds, or should hold: flows, and groups with their buckets.
 *
 * The same type serves the desired and the installed state.  A group exists
 * exactly as long as it has a bucket; all groups are of type "all".  One that
 * a switch holds and that cannot be ours, being of another type or without
 * buckets, is alien: all that is known of it is that it is there, and it
 * becomes one of ours only by being written as a whole.
 *
 * A difference between two tables is a list of changes, each of one flow or of
 * one bucket.  A change with only 'old' deletes, one with only 'new' adds, one
 * with both modifies.  oflow_table_diff() finds all of them;
 * oflow_table_diff_keys() looks at some keys only, for a caller that knows
 * which may have changed. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "openvswitch/hmap.h"

struct oflow;
struct obucket;

struct oflow_node {
    struct hmap_node hmap_node; /* By flow->hash. */
    struct oflow *flow;         /* A reference. */
};

struct obucket_node {
    struct hmap_node hmap_node; /* By bucket->hash. */
    struct obucket *bucket;     /* A reference. */
};

struct ogroup {
    struct hmap_node hmap_node; /* In table's 'groups', by 'group_id'. */
    uint32_t group_id;
    struct hmap buckets;        /* Contains "struct obucket_node"s. */
};

struct oflow_table {
    struct hmap flows;          /* Contains "struct oflow_node"s. */
    struct hmap groups;         /* Contains "struct ogroup"s. */
};

void oflow_table_init(struct oflow_table *);
void oflow_table_clear(struct oflow_table *);
void oflow_table_uninit(struct oflow_table *);

const struct oflow *oflow_table_find(const struct oflow_table *,
                                     const struct oflow *key);
const struct obucket *oflow_table_find_bucket(const struct oflow_table *,
                                              const struct obucket *key);
const struct ogroup *oflow_table_find_group(const struct oflow_table *,
                                            uint32_t group_id);
size_t oflow_table_count_flows(const struct oflow_table *);
size_t oflow_table_count_groups(const struct oflow_table *);

void oflow_table_put(struct oflow_table *, const struct oflow *);
void oflow_table_remove(struct oflow_table *, const struct oflow *key);
void oflow_table_put_bucket(struct oflow_table *, const struct obucket *);
void oflow_table_remove_bucket(struct oflow_table *,
                               const struct obucket *key);
void oflow_table_put_alien(struct oflow_table *, uint32_t group_id);
bool oflow_table_equals(const struct oflow_table *,
                        const struct oflow_table *);

const struct oflow **oflow_table_sort_flows(const struct oflow_table *);
const struct ogroup **oflow_table_sort_groups(const struct oflow_table *);
const struct obucket **ogroup_sort_buckets(const struct ogroup *);
bool ogroup_is_alien(const struct ogroup *);

struct ochange {
    struct oflow *old, *new;    /* References, for a change of a flow. */
    struct obucket *old_bucket, *new_bucket;    /* Or else for a bucket. */
};

struct ochanges {
    struct ochange *changes;
    size_t n;
    size_t allocated;
};

#define OCHANGES_INITIALIZER { NULL, 0, 0 }

void ochanges_uninit(struct ochanges *);
void oflow_table_diff(const struct oflow_table *desired,
                      const struct oflow_table *installed,
                      struct ochanges *);
void oflow_table_diff_keys(const struct oflow_table *keys,
                           const struct oflow_table *desired,
                           const struct oflow_table *installed,
                           struct ochanges *);
void oflow_table_apply(struct oflow_table *, const struct ochanges *);

#endif /* lib/openflow/oflow-table.h */
