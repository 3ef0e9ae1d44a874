/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/network-side.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "lib/model/vport.h"
#include "util.h"

/* Initializes 'side' without ports. */
void
network_side_init(struct network_side *side)
{
    *side = (struct network_side) { .n_interfaces = 0 };
    shash_init(&side->ports);
}

/* Frees what 'side' holds, but not 'side' itself. */
void
network_side_uninit(struct network_side *side)
{
    shash_destroy(&side->ports);
    free(side->interfaces);
}

struct network_interface {
    const char *port;           /* Of 'ports' of the network side. */
    bool in_bond;
    struct network_member member;
    int rebalance_msec;
    bool is_tunnel;
    bool is_protected;
};

/* Returns what 'vport' is to the network side, as an interface of 'port'. */
static struct network_interface
make_interface(const struct vport *vport, const char *port)
{
    int vid = (vport->vlan.push ? vport->vlan.untagged_out
               : vport->vlan.untagged_in);

    return (struct network_interface) {
        .port = port,
        .in_bond = vport->in_bond,
        .member = {
            .ofport = vport->ofport,
            .bare_vid = MAX(vid, 0),
            .pushes = vport->vlan.push != 0,
            .active = vport->admission == ADMISSION_ALL,
            .way = vport->way,
        },
        .rebalance_msec = vport->rebalance_msec,
        .is_tunnel = vport->is_tunnel,
        .is_protected = vport->is_protected,
    };
}

static bool
members_equal(const struct network_member *a, const struct network_member *b)
{
    return (a->ofport == b->ofport && a->bare_vid == b->bare_vid
            && a->pushes == b->pushes && a->active == b->active
            && a->way == b->way);
}

static bool
interfaces_equal(const struct network_interface *a,
                 const struct network_interface *b)
{
    return (a->port == b->port && a->in_bond == b->in_bond
            && members_equal(&a->member, &b->member)
            && a->is_tunnel == b->is_tunnel
            && a->is_protected == b->is_protected);
}

static void
add_interface(struct network_side *side, const struct vport *vport,
              const char *port)
{
    size_t i = side->n_interfaces;

    if (i >= side->allocated_interfaces) {
        side->interfaces = x2nrealloc(side->interfaces,
                                      &side->allocated_interfaces,
                                      sizeof *side->interfaces);
    }
    for (; i && (ofp_to_u16(side->interfaces[i - 1].member.ofport)
                 > ofp_to_u16(vport->ofport)); i--) {
        side->interfaces[i] = side->interfaces[i - 1];
    }
    side->interfaces[i] = make_interface(vport, port);
    side->n_interfaces++;
    side->n_members += vport->in_bond;
    side->n_tunnels += vport->is_tunnel;
    side->n_protected += vport->is_protected && !vport->is_tunnel;
}

/* Two ports may have one number, while that goes from one to the other. */
static void
remove_interface(struct network_side *side, const struct vport *vport,
                 const char *port)
{
    struct network_interface interface = make_interface(vport, port);
    size_t i = 0;

    while (!interfaces_equal(&side->interfaces[i], &interface)) {
        i++;
    }
    side->n_interfaces--;
    memmove(&side->interfaces[i], &side->interfaces[i + 1],
            (side->n_interfaces - i) * sizeof *side->interfaces);
    side->n_members -= vport->in_bond;
    side->n_tunnels -= vport->is_tunnel;
    side->n_protected -= vport->is_protected && !vport->is_tunnel;
}

/* Counts 'vport' in, if it is a network port. */
void
network_side_add(struct network_side *side, const struct vport *vport)
{
    if (vport->role == VIF_NETWORK) {
        const char *port = vport_port(vport);
        struct shash_node *node = shash_find(&side->ports, port);
        uintptr_t n = node ? (uintptr_t) node->data : 0;

        if (!node) {
            node = shash_add(&side->ports, port, NULL);
        }
        node->data = (void *) (n + 1);
        add_interface(side, vport, node->name);
        side->n_reflecting += vport->reflects;
    }
}

/* Counts 'vport' out, which was counted in as it is now. */
void
network_side_remove(struct network_side *side, const struct vport *vport)
{
    if (vport->role == VIF_NETWORK) {
        struct shash_node *node = shash_find(&side->ports,
                                             vport_port(vport));
        uintptr_t n = (uintptr_t) node->data - 1;

        remove_interface(side, vport, node->name);
        if (n) {
            node->data = (void *) n;
        } else {
            shash_delete(&side->ports, node);
        }
        side->n_reflecting -= vport->reflects;
    }
}

/* Returns the number of the first interface of the port that interface 'i' is
 * of. */
static size_t
first_of_port(const struct network_side *side, size_t i)
{
    size_t first = 0;

    while (side->interfaces[first].port != side->interfaces[i].port) {
        first++;
    }
    return first;
}

/* Stores into 'bond' the bond whose first member is interface 'i'. */
static void
get_bond(const struct network_side *side, size_t i, struct network_bond *bond)
{
    const char *port = side->interfaces[i].port;

    *bond = (struct network_bond) {
        .n = 0,
        .way = side->interfaces[i].member.way,
        .rebalance_msec = side->interfaces[i].rebalance_msec,
    };
    for (; i < side->n_interfaces; i++) {
        const struct network_interface *iface = &side->interfaces[i];

        if (iface->port != port) {
            continue;
        }
        if (bond->n >= NETWORK_BOND_MAX || iface->member.way != bond->way) {
            bond->way = BOND_WAY_NORMAL;    /* Or they are being changed. */
        }
        if (bond->n < NETWORK_BOND_MAX) {
            bond->members[bond->n++] = iface->member;
        }
    }
}

/* Stores into 'bonds' as many of those of 'side' as it can hold.  Returns
 * whether these are all, and flows can serve each among other ports: a
 * balance-slb bond may send back by one member what was sent by another, and
 * only NORMAL knows of what comes from other ports that it has been sent. */
static bool
get_bonds(const struct network_side *side, struct network_bonds *bonds)
{
    bool all = true;

    *bonds = (struct network_bonds) { .n = 0 };
    for (size_t i = 0; i < side->n_interfaces; i++) {
        if (side->interfaces[i].in_bond && first_of_port(side, i) == i) {
            struct network_bond bond;

            get_bond(side, i, &bond);
            all &= (bonds->n < NETWORK_BONDS_MAX
                    && (bond.way == BOND_WAY_ACTIVE
                        || bond.way == BOND_WAY_ANY));
            if (bonds->n < NETWORK_BONDS_MAX) {
                bonds->bonds[bonds->n++] = bond;
            }
        }
    }
    return all;
}

/* Is one of 'bonds' such that NORMAL spreads over its members what is for one
 * address? */
static bool
bonds_balance(const struct network_bonds *bonds)
{
    for (size_t i = 0; i < bonds->n; i++) {
        if (bonds->bonds[i].way != BOND_WAY_ACTIVE) {
            return true;
        }
    }
    return false;
}

/* Returns how frames get to the network side.  'needs_normal' says whether
 * something about the bridge is such that only NORMAL can serve several
 * ports. */
enum network_kind
network_side_kind(const struct network_side *side, bool needs_normal)
{
    struct network_bonds bonds;

    if (shash_is_empty(&side->ports)) {
        return NETWORK_NONE;
    } else if (shash_count(&side->ports) == 1) {
        return side->n_members ? NETWORK_BOND : NETWORK_DIRECT;
    } else if (needs_normal
               || (side->n_tunnels > 1 && side->n_protected)
               || side->n_interfaces > NETWORK_SPREAD_MAX) {
        return NETWORK_SEVERAL;
    }
    return (!side->n_members ? NETWORK_SPREAD
            : !get_bonds(side, &bonds) ? NETWORK_SEVERAL
            : bonds_balance(&bonds) ? NETWORK_BALANCED
            : NETWORK_MIXED);
}

/* May the network side send back what it was sent? */
bool
network_side_reflects(const struct network_side *side)
{
    return side->n_reflecting > 0;
}

/* Stores into 'bonds' the bonds of 'side' that flows of ours send to, if it is
 * of 'kind'. */
void
network_side_get_bonds(const struct network_side *side,
                       enum network_kind kind, struct network_bonds *bonds)
{
    if (network_kind_has_bonds(kind)) {
        get_bonds(side, bonds);
    } else {
        *bonds = (struct network_bonds) { .n = 0 };
    }
}

static bool
bonds_equal(const struct network_bond *a, const struct network_bond *b)
{
    for (size_t i = 0; i < a->n && i < b->n; i++) {
        if (!members_equal(&a->members[i], &b->members[i])) {
            return false;
        }
    }
    return (a->n == b->n && a->way == b->way
            && a->rebalance_msec == b->rebalance_msec);
}

bool
network_bonds_equal(const struct network_bonds *a,
                    const struct network_bonds *b)
{
    for (size_t i = 0; i < a->n && i < b->n; i++) {
        if (!bonds_equal(&a->bonds[i], &b->bonds[i])) {
            return false;
        }
    }
    return a->n == b->n;
}

/* Stores into 'ports' the ports of 'side', as many as it can hold. */
void
network_side_get_ports(const struct network_side *side,
                       struct network_ports *ports)
{
    *ports = (struct network_ports) {
        .n = MIN(side->n_interfaces, NETWORK_SPREAD_MAX)
    };
    for (size_t i = 0; i < ports->n; i++) {
        const struct network_interface *iface = &side->interfaces[i];

        ports->ports[i] = (struct network_port) {
            .ofport = iface->member.ofport,
            .place
                = side->interfaces[first_of_port(side, i)].member.ofport,
            .apart = (side->n_tunnels > 1 ? iface->is_tunnel
                      : iface->is_protected),
        };
    }
}

/* Is 'ofport' one of 'ports' that others are kept apart from? */
bool
network_ports_is_apart(const struct network_ports *ports, ofp_port_t ofport)
{
    bool apart = false;
    size_t n = 0;

    for (size_t i = 0; i < ports->n; i++) {
        n += (ports->ports[i].apart
              && ports->ports[i].place == ports->ports[i].ofport);
        apart |= ports->ports[i].apart && ports->ports[i].ofport == ofport;
    }
    return apart && n > 1;
}

/* Returns where what is behind 'ofport', one of 'ports', is said to be. */
ofp_port_t
network_ports_place(const struct network_ports *ports, ofp_port_t ofport)
{
    for (size_t i = 0; i < ports->n; i++) {
        if (ports->ports[i].ofport == ofport) {
            return ports->ports[i].place;
        }
    }
    return ofport;
}

bool
network_ports_equal(const struct network_ports *a,
                    const struct network_ports *b)
{
    if (a->n != b->n) {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        if (a->ports[i].ofport != b->ports[i].ofport
            || a->ports[i].place != b->ports[i].place
            || a->ports[i].apart != b->ports[i].apart) {
            return false;
        }
    }
    return true;
}

/* Is it learned which port of a network side of kind 'kind' an address is
 * behind? */
bool
network_kind_learns(enum network_kind kind)
{
    return network_kind_spreads(kind) || kind == NETWORK_SEVERAL;
}

/* Do flows of ours learn that, and send to each? */
bool
network_kind_spreads(enum network_kind kind)
{
    return (kind == NETWORK_SPREAD || kind == NETWORK_MIXED
            || kind == NETWORK_BALANCED);
}

/* Do frames get to a network side of kind 'kind' by NORMAL, if not all of
 * them? */
bool
network_kind_uses_normal(enum network_kind kind)
{
    return (kind == NETWORK_BOND || kind == NETWORK_BALANCED
            || kind == NETWORK_SEVERAL);
}

/* Do flows of ours send to bonds? */
bool
network_kind_has_bonds(enum network_kind kind)
{
    return (kind == NETWORK_BOND || kind == NETWORK_MIXED
            || kind == NETWORK_BALANCED);
}
