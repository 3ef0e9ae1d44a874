/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OFLOW_BUNDLE_H
#define OFLOW_BUNDLE_H 1

/* Changes as OpenFlow messages: one atomic ordered bundle.
 *
 * The order within is such that no message refers to what is not there: groups
 * come before the flows that name them and go after them.
 *
 * Each message knows whose fault its failure would be, as the cookie of a flow
 * or bucket in it, and can be found by its transaction ID, which is all that
 * an OpenFlow error names. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "openvswitch/list.h"
#include "openvswitch/types.h"

struct ochanges;
struct oflow_table;

struct obundle_sent {
    ovs_be32 xid;
    ovs_be64 cookie;            /* Whose flow or bucket, or 0: nobody's. */
    bool several;               /* Other ports' buckets are in it as well. */
};

struct obundle {
    struct ovs_list msgs;       /* Contains "struct ofpbuf"s. */
    struct obundle_sent *sent;  /* One for each in 'msgs' but the control. */
    size_t n_sent, allocated_sent;
    ovs_be32 open_xid, commit_xid;  /* Of the control messages. */
    size_t n_flow_mods, n_group_mods;
};

void obundle_encode(struct obundle *, const struct ochanges *,
                    const struct oflow_table *installed, uint32_t bundle_id,
                    bool singly);
void obundle_uninit(struct obundle *);
const struct obundle_sent *obundle_find(const struct obundle *,
                                        ovs_be32 xid);

#endif /* lib/openflow/oflow-bundle.h */
