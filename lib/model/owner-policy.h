/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OWNER_POLICY_H
#define OWNER_POLICY_H 1

/* Whether guard "owner" can be carried out for a guest. */

struct diag_list;
struct vport;

/* How many pairs of an IP address and a block of VLANs a guest may have then;
 * each is up to three flows. */
#define OWNER_POLICY_MAX_PAIRS 256

void owner_policy_apply(struct vport *, struct diag_list *);

#endif /* lib/model/owner-policy.h */
