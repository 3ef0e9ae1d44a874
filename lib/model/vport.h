/* SPDX-License-Identifier: Apache-2.0 */

#ifndef VPORT_H
#define VPORT_H 1

/* A port of a bridge as it is meant: what the model makes of a "struct vif",
 * and what all targets (flows, rows) are made of. */

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/community.h"
#include "lib/base/guards.h"
#include "lib/base/ip-prefix.h"
#include "lib/base/port-vlan.h"
#include "lib/host/vif.h"
#include "lib/model/follow.h"
#include "lib/model/mac-table.h"
#include "openvswitch/types.h"

struct ds;
struct port_filter;

/* What one port may cost.  A port's flows are as many as its addresses, and as
 * the blocks that its VLANs are in (lib/base/vlan-set.h), of which an uplink
 * with a thousand scattered VLANs needs no more. */
#define VPORT_MAX_LISTED_MACS 1024
#define VPORT_MAX_VLAN_BLOCKS 1024

/* How many addresses a guest may announce that are not looked at. */
#define VPORT_MAX_IGNORED FOLLOW_BURST

/* Which frames that come in by a port are let in. */
enum admission {
    ADMISSION_ALL,
    ADMISSION_UNICAST,          /* All but broadcast and multicast. */
    ADMISSION_NONE
};

/* By which member of a bond frames for groups leave, as far as flows can
 * tell. */
enum bond_way {
    BOND_WAY_NORMAL,            /* NORMAL alone knows. */
    BOND_WAY_ACTIVE,            /* By the active one: ADMISSION_ALL. */
    BOND_WAY_SOURCE,            /* By one of those that are up, which all has
                                 * to take that an address sends. */
    BOND_WAY_ANY                /* By any that is up, as LACP has it. */
};

/* One more address that a guest or the host claims. */
struct vport_mac {
    struct eth_addr mac;
    enum claim_kind kind;
};

/* A static entry of the bridge's table of addresses. */
struct vport_static {
    struct eth_addr mac;
    uint16_t vid;               /* 0 for no tag. */
};

/* The address of a guest of another host that is not isolated there. */
struct vport_source {
    struct eth_addr mac;
    struct community community; /* That it is in, if it is in one. */
};

/* An IP address of a guest of another host, who alone may send by it there. */
struct vport_ip {
    struct ip_prefix ip;
    size_t mac;                 /* Whose it is: for vport_get_mac()... */
    struct vlan_set vlans;      /* ...in these VLANs. */
    bool isolated;              /* Is the guest apart from others... */
    struct community community; /* ...but for those of this? */
};

/* A port of a bridge, with all that its flows depend on but the winnings of
 * its claims. */
struct vport {
    char *name;                 /* Of the interface; unique in the bridge. */
    ofp_port_t ofport;
    enum vif_role role;
    struct port_vlan_effect vlan;
    struct eth_addr mac;        /* What it claims; zero if nothing... */
    struct vport_mac *others;   /* ...and what else, without repetition. */
    size_t n_others;
    struct vport_static *statics;   /* Static entries behind it, in VLANs that
                                     * it is in.  A guest or the host claims
                                     * them, by CLAIM_STATIC, just there. */
    size_t n_statics;
    bool active;                /* Or else its claim is held back. */
    bool paused;                /* Does it yield to any other claim... */
    bool no_carrier;            /* ...or even to that of a paused guest? */
    bool is_remote;             /* Does it lead to a host of the fleet... */
    struct vport_source *sources;   /* ...with guests that are
                                     * not isolated? */
    size_t n_sources;
    struct vport_ip *remote_ips;    /* In the order of their 'mac'. */
    size_t n_remote_ips;

    /* Guests only. */
    char *guest;                /* Which ports of one guest have in common, or
                                 * null. */
    bool takes_turns;           /* Is it listened to if another has the
                                 * address... */
    bool takes_shared;          /* ...or has one that several list? */
    bool deaf;                  /* Is nothing looked at that it announces, for
                                 * now? */
    bool shared;                /* Has the network side its further addresses,
                                 * too? */
    bool isolated;              /* Apart from others like it... */
    struct community community; /* ...but for those of this? */
    bool mac_is_peers;          /* Is 'mac' what a container has made it? */
    unsigned int guards;        /* GUARD_BIT()s... */
    struct guard_types types;   /* ...what GUARD_OTHER lets pass... */
    struct ip_prefixes ips;     /* ...the addresses for GUARD_IP... */
    int storm;                  /* ...and the limit (lib/base/storm.h) of
                                 * GUARD_STORM, which 0 is not there for. */
    unsigned int quiet_stops;   /* Of GUARD_LOG: which kinds are not shown
                                 * for now, as offences_quiet() has them. */
    struct port_filter *filter; /* Or null. */
    bool sticky;                /* Are its addresses those that it has sent
                                 * by?  'mac' is zero until it has. */
    unsigned int follow_limit;  /* To how many addresses it may change... */
    bool listens;               /* ...and is it listened to... */
    struct eth_addr ignored[VPORT_MAX_IGNORED];     /* ...but for these? */
    size_t n_ignored;
    uint32_t meter_in;          /* Meter of what goes to it, or 0. */
    uint32_t meter_out;         /* Meter of what comes from it, or 0. */

    /* Network ports only. */
    char *port;                 /* Of the Port row, or null for 'name'. */
    bool in_bond;               /* Has the Port row several interfaces? */
    enum admission admission;
    enum bond_way way;          /* Of its bond... */
    int rebalance_msec;         /* ...and that of a "struct vif_bond". */
    bool reflects;              /* May it send back what it was sent? */
    bool is_tunnel;
    bool is_protected;          /* Column protected... */
    bool wants_protected;       /* ...which it is to have, as a guest that is
                                 * left to kernel mode and isolated. */
};

void vport_clone(struct vport *, const struct vport *);
void vport_uninit(struct vport *);
bool vport_equals(const struct vport *, const struct vport *);
const char *vport_port(const struct vport *);
void vport_format(struct ds *, const struct vport *);
void vport_set_mac(struct vport *, struct eth_addr);
void vport_make_network(struct vport *);
bool vport_add_mac(struct vport *, struct eth_addr, enum claim_kind);
void vport_add_new_mac(struct vport *, struct eth_addr, enum claim_kind);
size_t vport_n_macs(const struct vport *);
bool vport_awaits_address(const struct vport *);
struct vport_mac vport_get_mac(const struct vport *, size_t i);
const struct vlan_set *vport_get_mac_vlans(const struct vport *, size_t i,
                                           struct vlan_set *);
size_t vport_find_mac(const struct vport *, struct eth_addr, size_t hint);
bool vport_has_mac(const struct vport *, struct eth_addr);

#endif /* lib/model/vport.h */
