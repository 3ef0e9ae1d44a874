/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/plan-private.h"

#include <stdlib.h>

#include "lib/openflow/flood-table.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/slice.h"
#include "util.h"

/* A slice in the place of another one.  Where a port has many addresses, most
 * of its flows are what they were. */

/* How many flows may come or go at one place before the rest is taken for
 * other flows. */
#define WINDOW 8

static void
mark_flow_dirty(struct plan *plan, const struct oflow *flow)
{
    if (!plan->all_dirty) {
        oflow_table_put(&plan->dirty, flow);
    }
}

static void
mark_bucket_dirty(struct plan *plan, const struct obucket *bucket)
{
    if (!plan->all_dirty) {
        oflow_table_put_bucket(&plan->dirty, bucket);
    }
}

/* Advances '*i' and '*j' to the next flows that are the same in 'a' and 'b',
 * if there are any nearby, or else by one. */
static void
resync(const struct slice *a, size_t *i, const struct slice *b, size_t *j)
{
    for (size_t d = 1; d <= WINDOW; d++) {
        if (*j + d < b->n_flows
            && oflow_equals(a->flows[*i], b->flows[*j + d])) {
            *j += d;
            return;
        } else if (*i + d < a->n_flows
                   && oflow_equals(a->flows[*i + d], b->flows[*j])) {
            *i += d;
            return;
        }
    }
    ++*i;
    ++*j;
}

/* Has 'new' have those flows of 'old' that are there in the same order, and
 * are what 'plan' desires, instead of its own, and takes them out of 'old',
 * where they leave gaps.  Sets 'kept', which has room for each flow of 'new',
 * to which these are. */
static void
keep_flows(struct plan *plan, struct slice *old, struct slice *new,
           bool kept[])
{
    size_t i = 0, j = 0;

    while (i < old->n_flows && j < new->n_flows) {
        if (!oflow_equals(old->flows[i], new->flows[j])) {
            resync(old, &i, new, &j);
            continue;
        }
        if (oflow_table_find(&plan->desired, old->flows[i])
            == old->flows[i]) {
            oflow_unref(new->flows[j]);
            new->flows[j] = old->flows[i];
            old->flows[i] = NULL;
            kept[j] = true;
        }
        i++;
        j++;
    }
}

/* Puts 'new', which is taken over, in the place of '*slice'. */
void
plan_replace_slice(struct plan *plan, struct slice *slice, struct slice *new)
{
    bool *kept = xcalloc(new->n_flows + 1, sizeof *kept);

    keep_flows(plan, slice, new, kept);

    /* New references first, so that a group that stays is not seen to go. */
    for (size_t i = 0; i < new->n_buckets; i++) {
        flood_table_ref(&plan->flood_table, new->buckets[i]->group_id);
    }

    /* What another slice has put there since, for an address or a port number
     * that has changed hands, stays. */
    for (size_t i = 0; i < slice->n_flows; i++) {
        if (!slice->flows[i]) {
            continue;
        } else if (oflow_table_find(&plan->desired, slice->flows[i])
                   == slice->flows[i]) {
            oflow_table_remove(&plan->desired, slice->flows[i]);
        }
        mark_flow_dirty(plan, slice->flows[i]);
    }
    for (size_t i = 0; i < slice->n_buckets; i++) {
        if (oflow_table_find_bucket(&plan->desired, slice->buckets[i])
            == slice->buckets[i]) {
            oflow_table_remove_bucket(&plan->desired, slice->buckets[i]);
        }
        mark_bucket_dirty(plan, slice->buckets[i]);
        flood_table_unref(&plan->flood_table, slice->buckets[i]->group_id);
    }

    slice_uninit(slice);
    *slice = *new;
    for (size_t i = 0; i < slice->n_flows; i++) {
        if (!kept[i]) {
            oflow_table_put(&plan->desired, slice->flows[i]);
            mark_flow_dirty(plan, slice->flows[i]);
        }
    }
    for (size_t i = 0; i < slice->n_buckets; i++) {
        oflow_table_put_bucket(&plan->desired, slice->buckets[i]);
        mark_bucket_dirty(plan, slice->buckets[i]);
    }
    free(kept);
}
