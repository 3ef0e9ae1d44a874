/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMPILE_OWNER_H
#define COMPILE_OWNER_H 1

/* Guard "owner": requests for a guest's IP address, by ARP and by neighbor
 * discovery, go to that guest alone, or to the host of the fleet that it is
 * on.  The switch answers nothing: a guest that is dead does not. */

struct bridge_ctx;
struct ip_owners;
struct slice;
struct vlan_set;
struct vport;

void owner_compile(const struct bridge_ctx *, const struct vport *,
                   const struct vlan_set *const won[],
                   const struct ip_owners *, struct slice *);

#endif /* lib/openflow/compile-owner.h */
