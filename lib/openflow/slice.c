/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/slice.h"

#include <stdlib.h>

#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "openvswitch/match.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

/* Initializes 'slice' as empty. */
void
slice_init(struct slice *slice)
{
    *slice = (struct slice) { .flows = NULL };
}

/* Frees what 'slice' holds, but not 'slice' itself. */
void
slice_uninit(struct slice *slice)
{
    for (size_t i = 0; i < slice->n_flows; i++) {
        oflow_unref(slice->flows[i]);
    }
    free(slice->flows);
    for (size_t i = 0; i < slice->n_buckets; i++) {
        obucket_unref(slice->buckets[i]);
    }
    free(slice->buckets);
}

/* Returns what oflow_create() does, with a match that nobody else's flow
 * has. */
static struct oflow *
create_ours(uint8_t table_id, uint16_t priority, const struct match *match,
            ovs_be64 cookie, const struct ofpbuf *ofpacts)
{
    struct match ours = *match;

    pipeline_match_ours(&ours);
    return oflow_create(table_id, priority, &ours, cookie, ofpacts);
}

/* Adds a flow to 'slice'.  Copies 'ofpacts' and then makes it empty, so that
 * the caller can go on with the next flow's actions.
 *
 * One of table ADMIT gets a match that nobody else's flow has, so that it
 * takes no other flow's place. */
void
slice_add_flow(struct slice *slice, uint8_t table_id, uint16_t priority,
               const struct match *match, ovs_be64 cookie,
               struct ofpbuf *ofpacts)
{
    if (slice->n_flows >= slice->allocated_flows) {
        slice->flows = x2nrealloc(slice->flows, &slice->allocated_flows,
                                  sizeof *slice->flows);
    }

    slice->flows[slice->n_flows++]
        = (table_id == TABLE_ADMIT ? create_ours : oflow_create)(
            table_id, priority, match, cookie, ofpacts);
    ofpbuf_clear(ofpacts);
}

/* Adds a bucket to 'slice'.  Copies 'ofpacts' and then makes it empty. */
void
slice_add_bucket(struct slice *slice, uint32_t group_id, uint32_t bucket_id,
                 ovs_be64 cookie, struct ofpbuf *ofpacts)
{
    if (slice->n_buckets >= slice->allocated_buckets) {
        slice->buckets = x2nrealloc(slice->buckets, &slice->allocated_buckets,
                                    sizeof *slice->buckets);
    }
    slice->buckets[slice->n_buckets++] = obucket_create(group_id, bucket_id,
                                                        cookie, ofpacts);
    ofpbuf_clear(ofpacts);
}
