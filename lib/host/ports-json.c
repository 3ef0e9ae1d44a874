/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/host/ports-json.h"

#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "lib/host/bridge-row.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "packets.h"
#include "util.h"

/* Adds a bridge 'name' to 'ports' and returns it, as one of which nothing else
 * is known.  The pointer is good until the next call. */
struct ports_bridge *
ports_add_bridge(struct ports *ports, const char *name)
{
    if (ports->n >= ports->allocated) {
        ports->bridges = x2nrealloc(ports->bridges, &ports->allocated,
                                    sizeof *ports->bridges);
    }

    struct ports_bridge *bridge = &ports->bridges[ports->n++];
    *bridge = (struct ports_bridge) {
        .row = { .name = xstrdup(name), .protocols = xstrdup("") },
    };
    return bridge;
}

/* Adds 'vif', which is taken over, to 'bridge'. */
void
ports_bridge_put_vif(struct ports_bridge *bridge, struct vif *vif)
{
    if (bridge->n_vifs >= bridge->allocated_vifs) {
        bridge->vifs = x2nrealloc(bridge->vifs, &bridge->allocated_vifs,
                                  sizeof *bridge->vifs);
    }
    bridge->vifs[bridge->n_vifs++] = *vif;
}

/* Adds an interface 'name' to 'bridge' and returns it, with all defaults but
 * for 'name'.  The pointer is good until the next call. */
struct vif *
ports_bridge_add_vif(struct ports_bridge *bridge, const char *name)
{
    struct vif vif;

    vif_init(&vif);
    vif.name = xstrdup(name);
    ports_bridge_put_vif(bridge, &vif);
    return &bridge->vifs[bridge->n_vifs - 1];
}

/* Frees what 'ports' holds, but not 'ports' itself. */
void
ports_uninit(struct ports *ports)
{
    for (size_t i = 0; i < ports->n; i++) {
        struct ports_bridge *bridge = &ports->bridges[i];

        for (size_t j = 0; j < bridge->n_vifs; j++) {
            vif_uninit(&bridge->vifs[j]);
        }
        free(bridge->vifs);
        bridge_row_uninit(&bridge->row);
    }
    free(ports->bridges);
    json_destroy(ports->document);
    *ports = (struct ports) PORTS_INITIALIZER;
}

static int
compare_bridges(const void *a_, const void *b_)
{
    const struct ports_bridge *a = a_;
    const struct ports_bridge *b = b_;
    return strcmp(a->row.name, b->row.name);
}

static int
compare_vifs(const void *a_, const void *b_)
{
    const struct vif *a = a_;
    const struct vif *b = b_;
    return strcmp(a->name, b->name);
}

/* Puts the interfaces of 'bridge' in order, as ports_bridge_find_vif() needs
 * it. */
void
ports_bridge_sort(struct ports_bridge *bridge)
{
    if (bridge->n_vifs) {
        qsort(bridge->vifs, bridge->n_vifs, sizeof *bridge->vifs,
              compare_vifs);
    }
}

/* Returns the interface of 'bridge' that is called 'name', or null. */
const struct vif *
ports_bridge_find_vif(const struct ports_bridge *bridge, const char *name)
{
    const struct vif key = { .name = CONST_CAST(char *, name) };

    return (bridge->n_vifs
            ? bsearch(&key, bridge->vifs, bridge->n_vifs,
                      sizeof *bridge->vifs, compare_vifs)
            : NULL);
}

/* Finds out which interfaces of 'bridge' share a port, and of which of these
 * ports some interface has a partner for LACP. */
static void
find_bonds(struct ports_bridge *bridge)
{
    struct shash bonds = SHASH_INITIALIZER(&bonds);     /* By port. */

    /* Only one of a port's interfaces can have the port's name. */
    for (size_t i = 0; i < bridge->n_vifs; i++) {
        struct vif *vif = &bridge->vifs[i];

        vif->bond.lacp_negotiated |= vif->lacp_current;
        if (strcmp(vif->port, vif->name)) {
            shash_add_once(&bonds, vif->port, vif);
        }
    }
    for (size_t i = 0; i < bridge->n_vifs && !shash_is_empty(&bonds); i++) {
        struct vif *vif = &bridge->vifs[i];
        struct vif *other = shash_find_data(&bonds, vif->port);

        if (other && other != vif) {
            vif->bond.is_member = other->bond.is_member = true;
            other->bond.lacp_negotiated |= vif->lacp_current;
        }
    }
    for (size_t i = 0; i < bridge->n_vifs && !shash_is_empty(&bonds); i++) {
        struct vif *vif = &bridge->vifs[i];
        const struct vif *other = shash_find_data(&bonds, vif->port);

        if (other) {
            vif->bond.lacp_negotiated = other->bond.lacp_negotiated;
        }
    }
    for (size_t i = 0; i < bridge->n_vifs; i++) {
        struct vif_bond *bond = &bridge->vifs[i].bond;

        bond->lacp_negotiated &= bond->is_member;
    }
    shash_destroy(&bonds);
}

/* Sorts everything in 'ports', finds out which interfaces share a port, and
 * adds the LOCAL port, which every bridge has, where it was not told of.  One
 * that vswitchd could not make has no number, but is told of. */
void
ports_finish(struct ports *ports)
{
    for (size_t i = 0; i < ports->n; i++) {
        struct ports_bridge *bridge = &ports->bridges[i];
        bool has_local = false;

        for (size_t j = 0; j < bridge->n_vifs; j++) {
            struct vif *vif = &bridge->vifs[j];

            has_local = (has_local || vif->ofport == OFPP_LOCAL
                         || !strcmp(vif->name, bridge->row.name));
            if (!vif->port) {
                vif->port = xstrdup(vif->name);
            }
        }
        if (!has_local) {
            struct vif *vif = ports_bridge_add_vif(bridge, bridge->row.name);

            vif->port = xstrdup(bridge->row.name);
            vif->ofport = OFPP_LOCAL;
        }
        find_bonds(bridge);
        for (size_t j = 0; j < bridge->n_vifs; j++) {
            fake_bridges_add(&bridge->row.fakes, &bridge->vifs[j]);
        }
        ports_bridge_sort(bridge);
    }
    if (ports->n) {
        qsort(ports->bridges, ports->n, sizeof *ports->bridges,
              compare_bridges);
    }
}
