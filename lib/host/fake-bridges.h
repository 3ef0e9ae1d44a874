/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAKE_BRIDGES_H
#define FAKE_BRIDGES_H 1

/* The fake bridges of a bridge.
 *
 * "ovs-vsctl add-br br0.10 br0 10" makes a port of bridge br0 that is called
 * br0.10, has tag 10 and column fake_bridge true; it is the host's own in that
 * VLAN.  To ovs-vsctl, and so to whoever plugs guests by it, that is a bridge:
 * "add-port br0.10 tap0" makes a port of br0 with tag 10. */

#include <stdbool.h>
#include <stddef.h>

struct vif;

struct fake_bridge {
    char *name;
    int vid;
};

struct fake_bridges {
    struct fake_bridge *fakes;  /* By name. */
    size_t n;
};

void fake_bridges_clone(struct fake_bridges *, const struct fake_bridges *);
void fake_bridges_uninit(struct fake_bridges *);
bool fake_bridges_equals(const struct fake_bridges *,
                         const struct fake_bridges *);
void fake_bridges_add(struct fake_bridges *, const struct vif *);
const struct fake_bridge *fake_bridges_find(const struct fake_bridges *,
                                            const char *name);

#endif /* lib/host/fake-bridges.h */
