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
    free(side->ofports);
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

static void
add_ofport(struct network_side *side, ofp_port_t ofport)
{
    size_t i = side->n_interfaces;

    if (i >= side->allocated_ofports) {
        side->ofports = x2nrealloc(side->ofports, &side->allocated_ofports,
                                   sizeof *side->ofports);
    }
    for (; i && ofp_to_u16(side->ofports[i - 1]) > ofp_to_u16(ofport); i--) {
        side->ofports[i] = side->ofports[i - 1];
    }
    side->ofports[i] = ofport;
    side->n_interfaces++;
}

static void
remove_ofport(struct network_side *side, ofp_port_t ofport)
{
    size_t i = 0;

    while (side->ofports[i] != ofport) {
        i++;
    }
    side->n_interfaces--;
    memmove(&side->ofports[i], &side->ofports[i + 1],
            (side->n_interfaces - i) * sizeof *side->ofports);
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
        add_ofport(side, vport->ofport);
        if (vport->in_bond) {
            add_member(side, vport);
        }
        side->n_reflecting += vport->reflects;
        side->n_apart += vport->apart;
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
        remove_ofport(side, vport->ofport);
        if (vport->in_bond) {
            remove_member(side, vport->ofport);
        }
        side->n_reflecting -= vport->reflects;
        side->n_apart -= vport->apart;
    }
}

/* Returns how frames get to the network side.  'needs_normal' says whether
 * something about the bridge is such that only NORMAL can serve several
 * ports. */
enum network_kind
network_side_kind(const struct network_side *side, bool needs_normal)
{
    if (shash_count(&side->ports) > 1) {
        return (needs_normal || side->n_members || side->n_apart > 1
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
        for (size_t i = 0; i < bond->n; i++) {
            bond->members[i] = side->members[i];
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
            || x->pushes != y->pushes) {
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
        ports->ofports[i] = side->ofports[i];
    }
}

bool
network_ports_equal(const struct network_ports *a,
                    const struct network_ports *b)
{
    return (a->n == b->n
            && (!a->n || !memcmp(a->ofports, b->ofports,
                                 a->n * sizeof *a->ofports)));
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
