/* SPDX-License-Identifier: Apache-2.0 */

#ifndef NETWORK_METERS_H
#define NETWORK_METERS_H 1

/* Which meters the <bandwidth> of networks takes, and which ports go through
 * them.  What the meters hold is in lib/openflow/bridge-meters.h.
 *
 * A network has a meter for each direction that it limits.  Its number is
 * NETWORK_METER_MAGIC, 19 bits of the hash of the network's name, and a bit
 * for the direction.  If two networks of a bridge have the same hash then the
 * one whose name comes later takes the next that is free. */

#include <stddef.h>
#include <stdint.h>

struct bridge_model;
struct diag_list;
struct netdef;
struct vif;
struct vport;

#define NETWORK_METER_MAGIC UINT32_C(0x56e00000)

/* Numbers of the meters of a network's <bandwidth>, 0 where that says
 * nothing. */
struct network_meters {
    uint32_t in, out;
};

struct network_meters *network_meters_number(const struct netdef *const *,
                                             size_t n);
void network_meters_apply(const struct bridge_model *, const struct vif *,
                          struct vport *, struct diag_list *);

#endif /* lib/model/network-meters.h */
