/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETWORK_SIDE_H
#define NETWORK_SIDE_H 1

/* The network side of a bridge: its ports that are neither guests nor the
 * host, and how frames get to them.
 *
 *   - No port: nobody is there.
 *   - One port that is a single interface: frames are output to it, and
 *     nothing is learned.
 *   - A bond, or several ports: Open vSwitch's bonding and learning exist in
 *     NORMAL only, so NORMAL is used, without letting it see a guest.
 *
 * This module counts the ports as they come and go. */

#include <stdbool.h>
#include <stddef.h>
#include "openvswitch/shash.h"

struct vport;

enum network_kind {
    NETWORK_NONE,
    NETWORK_DIRECT,             /* One plain port. */
    NETWORK_BOND,               /* One bond. */
    NETWORK_SEVERAL             /* Several ports, perhaps bonds. */
};

struct network_side {
    struct shash ports;         /* By name, with counts of interfaces. */
    size_t n_interfaces;
    size_t n_bonded;            /* Interfaces that are members of bonds. */
    size_t n_reflecting;        /* Interfaces that may reflect frames. */
};

void network_side_init(struct network_side *);
void network_side_uninit(struct network_side *);
void network_side_add(struct network_side *, const struct vport *);
void network_side_remove(struct network_side *, const struct vport *);

enum network_kind network_side_kind(const struct network_side *);
bool network_side_reflects(const struct network_side *);
bool network_kind_uses_normal(enum network_kind);

#endif /* lib/model/network-side.h */
