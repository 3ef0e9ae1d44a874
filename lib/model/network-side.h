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
 *   - A bond: Open vSwitch's bonding exists in NORMAL only, so NORMAL is used,
 *     without letting it see a guest, but for what is sent to groups, where
 *     the bond's way can be told (enum bond_way).  A balance-slb bond of which
 *     it can is sent all by flows of ours (bond-buckets.h).
 *   - Several ports some of which are such bonds: flows as for several single
 *     interfaces, and to these bonds as to one.  By a bond with LACP, NORMAL
 *     sends what is for an address that is known to be behind it.
 *   - Several ports where a bond's way cannot be told, or where the bridge has
 *     what else NORMAL alone knows of, spanning trees or multicast snooping:
 *     NORMAL, as for a bond.
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
    NETWORK_MIXED,              /* Several ports, some of them bonds... */
    NETWORK_BALANCED,           /* ...over which NORMAL spreads frames. */
    NETWORK_SEVERAL             /* Several ports that NORMAL must serve. */
};

/* The interfaces of network_kind_spreads(), by number.  Nothing goes
 * from one to another of those that are kept apart: tunnels
 * (lib/model/tunnels.h), or else those with column protected.
 *
 * What is behind a member of a bond is behind the bond, which is known by the
 * number of its first member, 'place'. */
#define NETWORK_SPREAD_MAX 32
struct network_ports {
    struct network_port {
        ofp_port_t ofport;
        ofp_port_t place;       /* 'ofport', if it is no member of a bond. */
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

/* A bond: its first members by number, which is enough of them.  'way' is
 * BOND_WAY_NORMAL if there are more. */
#define NETWORK_BOND_MAX 8
struct network_bond {
    struct network_member members[NETWORK_BOND_MAX];
    size_t n;
    enum bond_way way;
    int rebalance_msec;         /* As in "struct vport". */
};

/* The bonds that flows of ours send to, by number, if the kind has such:
 * network_kind_has_bonds(). */
#define NETWORK_BONDS_MAX 4
struct network_bonds {
    struct network_bond bonds[NETWORK_BONDS_MAX];
    size_t n;
};

struct network_side {
    struct shash ports;         /* By name, with counts of interfaces. */
    struct network_interface *interfaces;   /* By number... */
    size_t n_interfaces, allocated_interfaces;  /* ...and how many. */
    size_t n_tunnels;           /* Of them... */
    size_t n_protected;         /* ...and others that are protected. */
    size_t n_reflecting;        /* Interfaces that may reflect frames. */
    size_t n_members;           /* Interfaces that are members of bonds. */
};

void network_side_init(struct network_side *);
void network_side_uninit(struct network_side *);
void network_side_add(struct network_side *, const struct vport *);
void network_side_remove(struct network_side *, const struct vport *);

enum network_kind network_side_kind(const struct network_side *,
                                    bool needs_normal);
bool network_side_reflects(const struct network_side *);
void network_side_get_bonds(const struct network_side *, enum network_kind,
                            struct network_bonds *);
bool network_bonds_equal(const struct network_bonds *,
                         const struct network_bonds *);
void network_side_get_ports(const struct network_side *,
                            struct network_ports *);
bool network_ports_equal(const struct network_ports *,
                         const struct network_ports *);
bool network_ports_is_apart(const struct network_ports *, ofp_port_t);
ofp_port_t network_ports_place(const struct network_ports *, ofp_port_t);
bool network_kind_uses_normal(enum network_kind);
bool network_kind_learns(enum network_kind);
bool network_kind_spreads(enum network_kind);
bool network_kind_has_bonds(enum network_kind);

#endif /* lib/model/network-side.h */
