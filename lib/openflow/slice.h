/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SLICE_H
#define SLICE_H 1

/* A part of a plan: the flows and buckets that one thing causes, be it the
 * bridge itself, one of its ports or a block of VLANs. */

#include <stddef.h>
#include <stdint.h>
#include "openvswitch/types.h"

struct match;
struct obucket;
struct oflow;
struct ofpbuf;

struct slice {
    struct oflow **flows;       /* References. */
    size_t n_flows, allocated_flows;
    struct obucket **buckets;   /* References. */
    size_t n_buckets, allocated_buckets;
};

void slice_init(struct slice *);
void slice_uninit(struct slice *);
void slice_add_flow(struct slice *, uint8_t table_id, uint16_t priority,
                    const struct match *, ovs_be64 cookie,
                    struct ofpbuf *ofpacts);
void slice_add_bucket(struct slice *, uint32_t group_id, uint32_t bucket_id,
                      ovs_be64 cookie, struct ofpbuf *ofpacts);

#endif /* lib/openflow/slice.h */
