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
    free(side->members);
}

/* Takes in 'vport', a member of a bond. */
static void
add_member(struct network_side *side, const struct vport *vport)
{
    int vid = (vport->vlan.push ? vport->vlan.untagged_out
               : vport->vlan.untagged_in);
    size_t i = side->n_members;

    if (i >= side->allocated_members) {
        side->members = x2nrealloc(side->members, &side->allocated_members,
                                   sizeof *side->members);
    }
    for (; i && (ofp_to_u16(side->members[i - 1].ofport)
                 > ofp_to_u16(vport->ofport)); i--) {
        side->members[i] = side->members[i - 1];
    }
    side->members[i] = (struct network_member) {
        .ofport = vport->ofport,
        .bare_vid = MAX(vid, 0),
        .pushes = vport->vlan.push != 0,
        .active = vport->admission == ADMISSION_ALL,
        .way = vport->way,
    };
    side->n_members++;
}

static void
remove_member(struct network_side *side, ofp_port_t ofport)
{
    size_t i = 0;

    while (side->members[i].ofport != ofport) {
        i++;
    }
    side->n_members--;
    memmove(&side->members[i], &side->members[i + 1],
            (side->n_members - i) * sizeof *side->members);
}

struct network_interface {
    ofp_port_t ofport;
    bool is_tunnel;
    bool is_protected;
};

static void
add_interface(struct network_side *side, const struct vport *vport)
{
    size_t i = side->n_interfaces;

    if (i >= side->allocated_interfaces) {
        side->interfaces = x2nrealloc(side->interfaces,
                                      &side->allocated_interfaces,
                                      sizeof *side->interfaces);
    }
    for (; i && (ofp_to_u16(side->interfaces[i - 1].ofport)
                 > ofp_to_u16(vport->ofport)); i--) {
        side->interfaces[i] = side->interfaces[i - 1];
    }
    side->interfaces[i] = (struct network_interface) {
        .ofport = vport->ofport,
        .is_tunnel = vport->is_tunnel,
        .is_protected = vport->is_protected,
    };
    side->n_interfaces++;
    side->n_tunnels += vport->is_tunnel;
    side->n_protected += vport->is_protected && !vport->is_tunnel;
}

/* Two ports may have one number, while that goes from one to the other. */
static void
remove_interface(struct network_side *side, const struct vport *vport)
{
    size_t i = 0;

    while (side->interfaces[i].ofport != vport->ofport
           || side->interfaces[i].is_tunnel != vport->is_tunnel
           || side->interfaces[i].is_protected != vport->is_protected) {
        i++;
    }
    side->n_interfaces--;
    memmove(&side->interfaces[i], &side->interfaces[i + 1],
            (side->n_interfaces - i) * sizeof *side->interfaces);
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

        shash_replace(&side->ports, port, (void *) (n + 1));
        add_interface(side, vport);
        if (vport->in_bond) {
            add_member(side, vport);
        }
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

        if (n) {
            node->data = (void *) n;
        } else {
            shash_delete(&side->ports, node);
        }
        remove_interface(side, vport);
        if (vport->in_bond) {
            remove_member(side, vport->ofport);
        }
        side->n_reflecting -= vport->reflects;
    }
}

/* Returns how frames get to the network side.  'needs_normal' says whether
 * something about the bridge is such that only NORMAL can serve several
 * ports. */
enum network_kind
network_side_kind(const struct network_side *side, bool needs_normal)
{
    if (shash_count(&side->ports) > 1) {
        return (needs_normal || side->n_members
                || (side->n_tunnels > 1 && side->n_protected)
                || side->n_interfaces > NETWORK_SPREAD_MAX
                ? NETWORK_SEVERAL : NETWORK_SPREAD);
    }
    return (shash_is_empty(&side->ports) ? NETWORK_NONE
            : side->n_members ? NETWORK_BOND
            : NETWORK_DIRECT);
}

/* May the network side send back what it was sent? */
bool
network_side_reflects(const struct network_side *side)
{
    return side->n_reflecting > 0;
}

/* Stores into 'bond' the bond that is all of the network side. */
void
network_side_get_bond(const struct network_side *side,
                      struct network_bond *bond)
{
    *bond = (struct network_bond) { .n = 0 };
    if (network_side_kind(side, false) == NETWORK_BOND) {
        bond->n = MIN(side->n_members, NETWORK_BOND_MAX);
        bond->way = (side->n_members > NETWORK_BOND_MAX ? BOND_WAY_NORMAL
                     : side->members[0].way);
        for (size_t i = 0; i < bond->n; i++) {
            bond->members[i] = side->members[i];
            if (bond->members[i].way != bond->way) {
                bond->way = BOND_WAY_NORMAL;    /* They are being changed. */
            }
        }
    }
}

bool
network_bond_equals(const struct network_bond *a, const struct network_bond *b)
{
    for (size_t i = 0; i < a->n && i < b->n; i++) {
        const struct network_member *x = &a->members[i];
        const struct network_member *y = &b->members[i];

        if (x->ofport != y->ofport || x->bare_vid != y->bare_vid
            || x->pushes != y->pushes || x->active != y->active
            || x->way != y->way) {
            return false;
        }
    }
    return a->n == b->n && a->way == b->way;
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
            .ofport = iface->ofport,
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
        n += ports->ports[i].apart;
        apart |= ports->ports[i].apart && ports->ports[i].ofport == ofport;
    }
    return apart && n > 1;
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
    return kind == NETWORK_SPREAD || kind == NETWORK_SEVERAL;
}

/* Do frames get to a network side of kind 'kind' by NORMAL? */
bool
network_kind_uses_normal(enum network_kind kind)
{
    return kind == NETWORK_BOND || kind == NETWORK_SEVERAL;
}
