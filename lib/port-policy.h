/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PORT_POLICY_H
#define PORT_POLICY_H 1

/* What a guest's port is to be like beyond its address and its VLANs: what its
 * own keys in table Interface say of it, or else its portgroup, or else its
 * network. */

struct bridge_model;
struct diag_list;
struct vif;
struct vport;

void port_policy_apply(const struct bridge_model *, const struct vif *,
                       struct vport *, struct diag_list *);

#endif /* lib/port-policy.h */
