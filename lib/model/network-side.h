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
#include <stdint.h>
#include "openvswitch/shash.h"
#include "openvswitch/types.h"

struct vport;

enum network_kind {
    NETWORK_NONE,
    NETWORK_DIRECT,             /* One plain port. */
    NETWORK_BOND,               /* One bond. */
    NETWORK_SEVERAL             /* Several ports, perhaps bonds. */
};

/* A member of a bond, and how it takes frames of one VLAN, 'bare_vid', those
 * of all others having a tag: without a tag, or as what is inside a service
 * provider's if it 'pushes' one.  0 is for no such VLAN. */
struct network_member {
    ofp_port_t ofport;
    uint16_t bare_vid;
    bool pushes;
};

/* A bond that is all of the network side: its first members by number, which
 * is enough of them, or none if the network side is anything else. */
#define NETWORK_BOND_MAX 8
struct network_bond {
    struct network_member members[NETWORK_BOND_MAX];
    size_t n;
};

struct network_side {
    struct shash ports;         /* By name, with counts of interfaces. */
    size_t n_interfaces;
    size_t n_reflecting;        /* Interfaces that may reflect frames. */
    struct network_member *members; /* Of bonds, by number. */
    size_t n_members, allocated_members;
};

void network_side_init(struct network_side *);
void network_side_uninit(struct network_side *);
void network_side_add(struct network_side *, const struct vport *);
void network_side_remove(struct network_side *, const struct vport *);

enum network_kind network_side_kind(const struct network_side *);
bool network_side_reflects(const struct network_side *);
void network_side_get_bond(const struct network_side *,
                           struct network_bond *);
bool network_bond_equals(const struct network_bond *,
                         const struct network_bond *);
bool network_kind_uses_normal(enum network_kind);

#endif /* lib/model/network-side.h */
