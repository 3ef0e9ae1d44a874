/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILTER_POLICY_H
#define FILTER_POLICY_H 1

/* Which filter a port has: that of external_ids:virtnet-filter or its guest's
 * metadata, or else its portgroup's, or else its network's.  "none" is none.
 *
 * One that cannot be carried out as it is written cuts the port off: nobody
 * knows what it is to be kept from.  So it does where the port would be a part
 * of the network side, which nothing filters. */

#include <stdbool.h>
#include "openvswitch/types.h"

struct bridge_model;
struct diag_list;
struct port_filter;
struct vif;

bool filter_policy_get(const struct bridge_model *, const struct vif *,
                       struct eth_addr mac, struct port_filter **,
                       struct diag_list *);
bool filter_policy_check_network(const struct bridge_model *,
                                 const struct vif *, struct diag_list *);

#endif /* lib/model/filter-policy.h */
