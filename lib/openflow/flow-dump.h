/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_DUMP_H
#define FLOW_DUMP_H 1

/* What ovs-ofctl(8) prints for dump-flows and dump-groups, read back.
 *
 * Taken is the output for any version of OpenFlow, with names or numbers of
 * ports, with or without statistics, and both commands' output in one text. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/openflow/ometer.h"

struct obucket;
struct oflow;
struct ofputil_port_map;

struct dump_flow {
    struct oflow *flow;         /* A reference. */
    unsigned int line;          /* In the text. */
    bool has_stats;
    uint64_t n_packets, n_bytes;
};

struct dump_group {
    uint32_t group_id;
    bool alien;                 /* No group that could be ours. */
    unsigned int line;
    struct obucket **buckets;   /* References. */
    size_t n_buckets;
};

/* What a meter has done. */
struct meter_stats {
    uint32_t meter_id;
    uint64_t n_dropped;         /* By all its bands. */
};

struct flow_dump {
    struct dump_flow *flows;    /* As in the text. */
    size_t n_flows, allocated_flows;
    struct dump_group *groups;
    size_t n_groups, allocated_groups;
    bool has_flows, has_groups; /* Is it the output of that command? */
    struct ometers meters;      /* Of ours; not in any text. */
    bool has_meters;
    struct meter_stats *meter_stats;    /* Likewise. */
    size_t n_meter_stats, allocated_meter_stats;
};

char *flow_dump_parse(const char *text, size_t size,
                      const struct ofputil_port_map *, struct flow_dump *);
void flow_dump_uninit(struct flow_dump *);

#endif /* lib/openflow/flow-dump.h */
