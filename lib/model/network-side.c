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

/* Counts 'vport' in, if it is a network port. */
void
network_side_add(struct network_side *side, const struct vport *vport)
{
    if (vport->role == VIF_NETWORK) {
        const char *port = vport_port(vport);
        struct shash_node *node = shash_find(&side->ports, port);
        uintptr_t n = node ? (uintptr_t) node->data : 0;

        shash_replace(&side->ports, port, (void *) (n + 1));
        side->n_interfaces++;
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
        side->n_interfaces--;
        if (vport->in_bond) {
            remove_member(side, vport->ofport);
        }
        side->n_reflecting -= vport->reflects;
    }
}

/* Returns how frames get to the network side. */
enum network_kind
network_side_kind(const struct network_side *side)
{
    return (shash_is_empty(&side->ports) ? NETWORK_NONE
            : shash_count(&side->ports) > 1 ? NETWORK_SEVERAL
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
    if (network_side_kind(side) == NETWORK_BOND) {
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

/* Do frames get to a network side of kind 'kind' by NORMAL? */
bool
network_kind_uses_normal(enum network_kind kind)
{
    return kind == NETWORK_BOND || kind == NETWORK_SEVERAL;
}
