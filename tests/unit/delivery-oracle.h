/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DELIVERY_ORACLE_H
#define DELIVERY_ORACLE_H 1

/* Who receives what on a bridge, said in plain words and without the help of
 * anything in lib/ that decides it, for tests. */

#include <stdbool.h>
#include "lib/base/vlan-set.h"
#include "lib/model/network-side.h"
#include "tests/unit/port-spec.h"
#include "util.h"

struct deliveries;
struct frame;
struct plan;

/* A bridge, as it should be and as its plan makes it. */
struct oracle_bridge {
    struct port_specs specs;
    enum network_kind kind;
    bool reflections;
    bool pending[ARRAY_SIZE(((struct port_specs *) NULL)->ports)];
    bool forward_bpdu;
    struct vlan_set flood_vlans;
    struct plan *plan;
};

void oracle_bridge_init(struct oracle_bridge *, bool forward_bpdu);
void oracle_expect(const struct oracle_bridge *, const struct frame *,
                   struct deliveries *);

bool oracle_carries(const struct port_spec *, int vlan);
int oracle_vlan_in(const struct port_spec *, ovs_be16 tci);
const struct port_spec *oracle_find_port(const struct port_specs *,
                                         ofp_port_t);
const struct port_spec *oracle_find_owner(const struct port_specs *,
                                          struct eth_addr, int vlan);

#endif /* tests/unit/delivery-oracle.h */
