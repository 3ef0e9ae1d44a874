/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/network-side.h"

#include <stdint.h>

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
        side->n_bonded += vport->in_bond;
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
        side->n_bonded -= vport->in_bond;
        side->n_reflecting -= vport->reflects;
    }
}

/* Returns how frames get to the network side. */
enum network_kind
network_side_kind(const struct network_side *side)
{
    return (shash_is_empty(&side->ports) ? NETWORK_NONE
            : shash_count(&side->ports) > 1 ? NETWORK_SEVERAL
            : side->n_bonded ? NETWORK_BOND
            : NETWORK_DIRECT);
}

/* May the network side send back what it was sent? */
bool
network_side_reflects(const struct network_side *side)
{
    return side->n_reflecting > 0;
}

/* Do frames get to a network side of kind 'kind' by NORMAL? */
bool
network_kind_uses_normal(enum network_kind kind)
{
    return kind == NETWORK_BOND || kind == NETWORK_SEVERAL;
}
