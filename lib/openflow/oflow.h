/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OFLOW_H
#define OFLOW_H 1

/* OpenFlow flows and buckets of groups, as immutable shared values.
 *
 * A flow is known by its table, priority and match: a switch holds at most one
 * for each.  A bucket is known by its group and its number in that group.  The
 * rest (actions, and a flow's cookie) is what the flow or bucket does; two
 * values that are equal need no message to turn one into the other.
 *
 * Values are in the form in which a switch reports them back, so that what was
 * computed and what was read can be compared byte by byte.  The constructors
 * see to it.
 *
 * Values are reference-counted, so that the desired and the installed state
 * share them.  Not thread-safe. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "openvswitch/match.h"
#include "openvswitch/ofp-actions.h"

struct ds;
struct ovs_list;
struct ofpbuf;
struct ofputil_flow_mod;
struct ofputil_port_map;

struct oflow {
    unsigned int n_refs;
    uint32_t hash;              /* Of table, priority and match. */
    uint8_t table_id;
    uint16_t priority;
    uint32_t since;             /* When it came into the switch, in seconds
                                 * since 1970, if that has told; or else 0.
                                 * No part of what a flow is. */
    ovs_be64 cookie;
    struct minimatch match;
    size_t ofpacts_len;         /* In bytes. */
    struct ofpact ofpacts[];
};

struct oflow *oflow_create(uint8_t table_id, uint16_t priority,
                           const struct match *, ovs_be64 cookie,
                           const struct ofpbuf *ofpacts);
struct oflow *oflow_ref(const struct oflow *);
void oflow_unref(struct oflow *);

bool oflow_same_key(const struct oflow *, const struct oflow *);
bool oflow_equals(const struct oflow *, const struct oflow *);
int oflow_compare(const struct oflow *, const struct oflow *);

/* Where a flow stands in the order of flows.  The keys are what flows of this
 * program differ in, so that many can be sorted without looking at each of
 * them again and again. */
struct oflow_place {
    uint64_t keys[3];
    const struct oflow *flow;
};

struct oflow_place oflow_get_place(const struct oflow *);
int oflow_place_compare(const struct oflow_place *,
                        const struct oflow_place *);

void oflow_to_flow_mod(const struct oflow *, int command,
                       struct ofputil_flow_mod *);
struct ofpbuf *oflow_encode_flow_mod(const struct oflow *, int command);
void oflow_format(struct ds *, const struct oflow *,
                  const struct ofputil_port_map *);

struct obucket {
    unsigned int n_refs;
    uint32_t hash;              /* Of group and bucket. */
    uint32_t group_id;
    uint32_t bucket_id;
    ovs_be64 cookie;            /* Whose it is; the switch does not know. */
    size_t ofpacts_len;         /* In bytes. */
    struct ofpact ofpacts[];
};

struct obucket *obucket_create(uint32_t group_id, uint32_t bucket_id,
                               ovs_be64 cookie, const struct ofpbuf *ofpacts);
struct obucket *obucket_ref(const struct obucket *);
void obucket_unref(struct obucket *);
bool obucket_same_key(const struct obucket *, const struct obucket *);
bool obucket_equals(const struct obucket *, const struct obucket *);
bool obuckets_are_plain(int type, const struct ovs_list *buckets);
void obucket_format(struct ds *, const struct obucket *,
                    const struct ofputil_port_map *);

#endif /* lib/openflow/oflow.h */
