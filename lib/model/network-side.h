/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETWORK_SIDE_H
#define NETWORK_SIDE_H 1

/* The network side of a bridge: its ports that are neither guests nor the
 * host, and how frames get to them.
 *
 *   - No port: nobody is there.
 *   - One port that is a single interface: frames are output to it, and
 *     nothing is learned.
 *   - Several ports that are single interfaces: flows learn which of them an
 *     address is behind, and what is for nobody known goes to each of them.
 *   - A bond, or several ports of which one is a bond: Open vSwitch's bonding
 *     exists in NORMAL only, so NORMAL is used, without letting it see a
 *     guest, but for what is sent to groups by a bond that is all of the
 *     network side, where its way can be told (enum bond_way).  So it is for
 *     several ports if the bridge has what else NORMAL alone knows of:
 *     spanning trees, or multicast snooping.
 *
 * This module counts the ports as they come and go. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/model/vport.h"
#include "openvswitch/shash.h"
#include "openvswitch/types.h"

enum network_kind {
    NETWORK_NONE,
    NETWORK_DIRECT,             /* One plain port. */
    NETWORK_BOND,               /* One bond. */
    NETWORK_SPREAD,             /* Several plain ports. */
    NETWORK_SEVERAL             /* Several ports that NORMAL must serve. */
};

/* The ports of NETWORK_SPREAD, by number.  Nothing goes from one to another of
 * those that are kept apart: tunnels (lib/model/tunnels.h), or else those with
 * column protected. */
#define NETWORK_SPREAD_MAX 32
struct network_ports {
    struct network_port {
        ofp_port_t ofport;
        bool apart;
    } ports[NETWORK_SPREAD_MAX];
    size_t n;
};

/* A member of a bond, and how it takes frames of one VLAN, 'bare_vid', those
 * of all others having a tag: without a tag, or as what is inside a service
 * provider's if it 'pushes' one.  0 is for no such VLAN. */
struct network_member {
    ofp_port_t ofport;
    uint16_t bare_vid;
    bool pushes;
    bool active;                /* Are frames for groups let in? */
    enum bond_way way;
};

/* A bond that is all of the network side: its first members by number, which
 * is enough of them, or none if the network side is anything else.  'way' is
 * BOND_WAY_NORMAL if there are more. */
#define NETWORK_BOND_MAX 8
struct network_bond {
    struct network_member members[NETWORK_BOND_MAX];
    size_t n;
    enum bond_way way;
};

struct network_side {
    struct shash ports;         /* By name, with counts of interfaces. */
    struct network_interface *interfaces;   /* By number... */
    size_t n_interfaces, allocated_interfaces;  /* ...and how many. */
    size_t n_tunnels;           /* Of them... */
    size_t n_protected;         /* ...and others that are protected. */
    size_t n_reflecting;        /* Interfaces that may reflect frames. */
    struct network_member *members; /* Of bonds, by number. */
    size_t n_members, allocated_members;
};

void network_side_init(struct network_side *);
void network_side_uninit(struct network_side *);
void network_side_add(struct network_side *, const struct vport *);
void network_side_remove(struct network_side *, const struct vport *);

enum network_kind network_side_kind(const struct network_side *,
                                    bool needs_normal);
bool network_side_reflects(const struct network_side *);
void network_side_get_bond(const struct network_side *,
                           struct network_bond *);
bool network_bond_equals(const struct network_bond *,
                         const struct network_bond *);
void network_side_get_ports(const struct network_side *,
                            struct network_ports *);
bool network_ports_equal(const struct network_ports *,
                         const struct network_ports *);
bool network_ports_is_apart(const struct network_ports *, ofp_port_t);
bool network_kind_uses_normal(enum network_kind);
bool network_kind_learns(enum network_kind);

#endif /* lib/model/network-side.h */
