/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PORT_LIFE_H
#define PORT_LIFE_H 1

/* The life of a port: what has happened to it since its switch told of it, and
 * what it is at a moment because of that.
 *
 * What is meant with a port follows from definitions and database and from
 * nothing else: model_port().  Three things do not.  A guest may be held back,
 * since it is still elsewhere, until its first frame shows that it is not.  It
 * may have changed its address.  And as long as definitions cannot be read, a
 * port is what it was found to be, and one that was found to be served keeps
 * its VLANs though it asks for a portgroup that nobody knows.
 *
 * What a stage becomes when the port is looked at, and somebody says that its
 * guest is elsewhere (external_ids:iface-status=inactive, or libvirt's state
 * of a guest that migrates) or nobody does, and at its first frame:
 *
 *                     elsewhere       here    here, but       first frame
 *                                             libvirt has
 *                                             no such guest
 *
 *     PORT_NEW        PORT_NEW        ACTIVE  PORT_AWAITED    PORT_ARRIVED
 *     PORT_AWAITED    PORT_NEW        ACTIVE  (*)             PORT_ARRIVED
 *     PORT_HELD_BACK  PORT_HELD_BACK  ACTIVE  ACTIVE          PORT_ARRIVED
 *     PORT_ARRIVED    PORT_ARRIVED    ACTIVE  ACTIVE          -
 *     PORT_ACTIVE     PORT_HELD_BACK  ACTIVE  ACTIVE          -
 *
 *     (*) PORT_AWAITED until PORT_AWAIT_MSEC are over, then PORT_ACTIVE
 *
 * A life begins as PORT_NEW or, if the port was there when the switch was
 * read, as PORT_ACTIVE.  It ends with the port, and with its Interface row:
 * where one row takes the place of another, as with "ovs-vsctl del-port p --
 * add-port br0 p", the switch may keep the port, or give its number to the
 * next, and tells nobody.
 *
 * All of this is pure.  The client tells a "struct port_life" of events as
 * they happen, and calls port_life_update() after each that has changed
 * something, whenever what surrounds the port has changed, and at
 * port_life_wake_time().  Times are in milliseconds, from any origin, and
 * never go back. */

#include <stdbool.h>
#include "lib/base/community.h"
#include "lib/model/follow.h"
#include "lib/model/model.h"
#include "lib/model/offences.h"
#include "openvswitch/types.h"
#include "openvswitch/uuid.h"

struct diag_list;
struct mac_table;
struct sset;
struct vif;
struct vport;

/* How long a new port is held back for libvirt to say what its guest is about.
 * libvirt plugs a guest's ports first and writes its first state file then,
 * before QEMU is started (qemuProcessLaunch() in libvirt's
 * src/qemu/qemu_process.c).  Between the two it plugs the guest's other ports,
 * for each of which it gives ovs-vsctl five seconds by default (ovs_timeout in
 * its libvirtd.conf); with one port it is some milliseconds. */
#define PORT_AWAIT_MSEC 5000

/* How long a guest's port may have no carrier before that is said.  A tap has
 * none for a moment whenever a guest is plugged or unplugged. */
#define PORT_CARRIER_MSEC 10000

enum port_stage {
    PORT_NEW,                   /* Held back, and never active so far. */
    PORT_AWAITED,               /* Held back for libvirt to say something. */
    PORT_HELD_BACK,             /* Its guest is about to leave or to come. */
    PORT_ARRIVED,               /* As that, but it has sent a frame. */
    PORT_ACTIVE
};

/* What the switch was found to take a port for. */
struct port_found {
    bool network;               /* A part of the network side... */
    bool isolated;              /* ...or a guest that is kept apart... */
    struct community community; /* ...in this... */
    bool listens;               /* ...or one that is listened to. */
    unsigned int guards;        /* Which guards had it... */
    struct guard_types types;   /* ...and what did GUARD_OTHER let pass? */
    bool filtered;              /* Had it a filter? */
    bool served;                /* Were frames taken from it at all? */
};

struct port_life {
    struct uuid row;            /* Whose life it is; zero until it is known. */
    enum port_stage stage;
    long long int await_until;  /* While PORT_AWAITED. */
    struct port_found found;    /* As long as networks are not known. */
    struct eth_addr mac;        /* Of the guest, when it was last updated. */
    bool unclaimed;             /* Did it claim nothing then? */
    struct follow follow;       /* What the guest has changed to, also while
                                 * the port is not a guest's. */
    bool first_is_listed;       /* Is the first of these there because the
                                 * guest may have it in any case? */
    struct eth_addr current_mac;    /* What libvirt said of that. */
    struct offences offences;   /* What of it has been said. */
    bool carrier;               /* Was its link up? */
    unsigned int n_moves;       /* How often had its device moved? */
    long long int carrier_due;  /* When it is to be said that it has none,
                                 * LLONG_MAX if not... */
    bool carrier_lost;          /* ...and has that come? */
};

/* What surrounds a port. */
struct port_facts {
    const struct bridge_model *model;
    bool networks_known;        /* Or may unreadable files say more? */
    const struct mac_table *macs;   /* The claims of all ports of the bridge,
                                     * of which its own do not count. */
    const struct vif *vif;
    struct eth_addr hw_addr;    /* By OpenFlow... */
    bool is_dead;               /* ...which says, too, whether the switch
                                 * makes no use of it. */
};

/* What flows show of a frame. */
struct life_frame {
    struct eth_addr src;
    uint16_t vid;               /* In which VLAN?  0 if that does not matter,
                                 * or it is in none. */
};

void port_life_init(struct port_life *, bool is_new);
void port_life_uninit(struct port_life *);

enum model_verdict port_life_update(struct port_life *,
                                    const struct port_facts *,
                                    long long int now, struct vport *,
                                    struct diag_list *);
bool port_life_moves_guests(struct port_life *, const struct vif *,
                            const struct vport *old, const struct vport *new);

/* Events.  'vport' is what the last port_life_update() has made of the port.
 *
 * They return what they have changed, of these. */
enum {
    PORT_LIFE_ARRIVED = 1 << 0, /* Its guest is no longer held back. */
    PORT_LIFE_FOLLOWS = 1 << 1, /* Its guest has one more address. */
    PORT_LIFE_DEAF = 1 << 2,    /* It is not listened to for a while. */
    PORT_LIFE_TAKES = 1 << 3,   /* It is used now, not another port of its
                                 * guest that had the address. */
    PORT_LIFE_SHARES = 1 << 5,  /* It has announced an address that others
                                 * may have as well, and has it now. */
    PORT_LIFE_YIELDS = 1 << 6,  /* The network side has announced it, and has
                                 * it now... */
    PORT_LIFE_LOST = 1 << 7,    /* ...or the guest, which had announced it,
                                 * does not have it any longer. */
    PORT_LIFE_REFUSED = 1 << 4  /* It has announced an address that it cannot
                                 * have, which is not looked at for now. */
};
unsigned int port_life_frame(struct port_life *, const struct vport *,
                             const struct life_frame *,
                             const struct mac_table *, long long int now);
unsigned int port_life_outside(struct port_life *, const struct vport *,
                               const struct life_frame *,
                               const struct mac_table *, long long int now);
unsigned int port_life_taken(struct port_life *, const struct vport *,
                             const struct mac_table *, long long int now);
bool port_life_lost(struct port_life *, struct eth_addr);

/* What the switch was found to hold when this program was started. */
bool port_life_found_active(struct port_life *);
void port_life_found(struct port_life *, const struct port_found *);
bool port_life_found_followed(struct port_life *, const struct vport *,
                              struct eth_addr, const struct mac_table *);

/* Time. */
long long int port_life_wake_time(const struct port_life *);
bool port_life_run(struct port_life *, long long int now);

void port_life_find_holders(const struct mac_table *, struct eth_addr,
                            struct sset *names);
void port_life_find_followers(const struct mac_table *,
                              const struct vport *owner, struct eth_addr,
                              struct sset *names);

#endif /* lib/model/port-life.h */
