/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STATIC_MACS_H
#define STATIC_MACS_H 1

/* Static entries of the bridge's table of addresses, by fdb/add, behind a
 * port.  NORMAL sends to the port what is for them, and so do flows: a guest
 * or the host claims them like further addresses, but in these VLANs alone and
 * after what ports are configured with. */

struct diag_list;
struct vif;
struct vport;

void static_macs_apply(const struct vif *, struct vport *, struct diag_list *);

#endif /* lib/model/static-macs.h */
