/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMPILE_H
#define COMPILE_H 1

/* From what is wanted to flows, slice by slice.
 *
 * Each function here makes one slice, as a pure function of its arguments.
 * None can fail.  The same functions serve the first compile of a bridge and
 * every later change of it: see plan.h, which calls them. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/port-vlan.h"
#include "lib/host/vif.h"
#include "lib/model/bond-buckets.h"
#include "lib/model/mac-table.h"
#include "lib/model/network-side.h"
#include "openvswitch/types.h"

struct slice;

/* What the slices of all of a bridge's ports depend on. */
struct bridge_ctx {
    bool exact;                 /* Exact MAC table, or else no flows at all. */
    bool forward_bpdu;          /* Does the bridge pass reserved MACs on? */
    const struct vlan_set *flood_vlans; /* Where nobody has an address, or
                                         * null. */
    bool blurs_tags;            /* Does the datapath take a frame with two tags
                                 * for one with the first alone? */
    bool spans;                 /* Is it a part of a spanning tree? */
    bool needs_normal;          /* Is it for NORMAL to serve several ports? */
    int mac_aging_time;         /* Of what is learned, in seconds... */
    int mac_table_size;         /* ...and how much; 0 as Open vSwitch has
                                 * it. */
    enum network_kind network;  /* How frames get to the network side. */
    struct network_bonds bonds; /* Its bonds, if flows send to any... */
    struct network_ports ports; /* ...and interfaces. */
    struct bond_buckets buckets;    /* Of the bond that is all of it. */
    bool reflections;           /* May it send back what it was sent? */
    bool apart;                 /* Has it guests that are kept apart?  Only
                                 * tunnels to other hosts depend on it. */
    size_t meter_bands;         /* Bands of a meter; 0: it has no meters. */
};

const struct vlan_set *bridge_ctx_flood_vlans(const struct bridge_ctx *);
bool bridge_ctx_equals(const struct bridge_ctx *, const struct bridge_ctx *);

/* How a port wins an address that another one has. */
struct compile_take {
    enum claim_take by;         /* By which of its frames... */
    const struct vlan_set *vlans;   /* ...and in which VLANs that announces
                                     * it; null for all. */
};

void compile_bridge(const struct bridge_ctx *, const char *bridge,
                    struct slice *);
void compile_port(const struct bridge_ctx *, const struct vport *,
                  const struct vlan_set *const won[],
                  const struct compile_take take[], struct slice *);
void compile_outside(const struct bridge_ctx *, const struct mac_table *,
                     struct slice *);
void compile_flood(const struct vlan_block *, const uint32_t *group_ids,
                   size_t n_groups, struct slice *);

#endif /* lib/openflow/compile.h */
