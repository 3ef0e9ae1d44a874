/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PORT_SPEC_H
#define PORT_SPEC_H 1

/* A port as a person would describe it, for tests, and random ones.
 *
 * Other than in "struct vport", the VLANs are still as table Port has them, so
 * that a test can say for itself what they should mean.
 *
 * Random ports draw their addresses and VLANs from few, so that ports meet. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/port-vlan.h"
#include "lib/host/vif.h"
#include "lib/model/vport.h"

struct port_spec {
    char name[8];
    ofp_port_t ofport;
    enum vif_role role;
    struct port_vlan vlan;
    enum port_priority_tag priority_tag;
    struct eth_addr mac;        /* Zero for a network port. */
    struct eth_addr others[3];  /* Without repetition. */
    size_t n_others;
    size_t n_announced;         /* Of them, the last. */
    bool listens;               /* Guests only. */
    bool active;
    bool isolated;              /* Guests only... */
    struct community community; /* ...and if isolated. */
    unsigned int guards;        /* Guests only. */
    const char *ips;            /* For guard "ip", or null. */
    int storm;                  /* Guests only. */

    /* Network ports only. */
    const char *bond;           /* Name of the bond, or null. */
    enum admission admission;   /* Not only in bonds, for the sake of tests. */
    enum bond_way way;
    bool reflects;
};

void port_spec_random(struct port_spec *, unsigned int index, enum vif_role);
void port_spec_random_bond(struct port_spec *);
void port_spec_uninit(struct port_spec *);
void port_spec_to_vport(const struct port_spec *, struct vport *);
void port_spec_random_others(struct port_spec *);
bool port_spec_has_mac(const struct port_spec *, struct eth_addr);
struct eth_addr random_guest_mac(void);
int random_vid(void);

/* All ports of a bridge. */
struct port_specs {
    struct port_spec ports[20];
    size_t n;
};

void port_specs_random(struct port_specs *);
void port_specs_add_network(struct port_specs *);
void port_specs_uninit(struct port_specs *);
struct plan *port_specs_to_plan(const struct port_specs *, bool forward_bpdu,
                                const struct vlan_set *flood_vlans);

#endif /* tests/unit/port-spec.h */
