/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINK_H
#define LINK_H 1

/* A network device of the kernel, as a message of rtnetlink tells of it: a
 * value, which does not know how the message was come by. */

#include <stdbool.h>
#include <stddef.h>
#include "openvswitch/types.h"

struct ofpbuf;

/* For 'netnsid': in the same network namespace. */
#define LINK_HERE (-1)

struct link {
    int ifindex;
    char *name;
    char *kind;                 /* IFLA_INFO_KIND, such as "tun" or "veth"; ""
                                 * if it has none, as a network card has. */
    struct eth_addr address;    /* Zero if it has none. */
    int master;                 /* Index of the bridge or bond that it is a
                                 * port of, or 0. */
    int lower;                  /* IFLA_LINK: the peer of a veth, what a
                                 * macvlan is on; or 0... */
    int netnsid;                /* ...in this namespace, or LINK_HERE. */
    bool idle;                  /* Is it a veth whose peer is in the same
                                 * namespace, and down, as in a table it has
                                 * been as long as that has it? */
    int new_netnsid;            /* Of LINK_GONE: into which namespace, or
                                 * LINK_HERE if it is no more... */
    int new_ifindex;            /* ...and its index there. */
    bool moved;                 /* Is another way out in use now, as when a
                                 * bond or a team fails over?  Who is behind
                                 * it must announce himself. */
};

enum link_event {
    LINK_NONE,                  /* It is not about a device. */
    LINK_NEW,                   /* It is there, or has changed. */
    LINK_GONE
};

enum link_event link_from_message(struct link *, const struct ofpbuf *);
bool link_mac_from_message(const struct ofpbuf *, int *ifindex,
                           struct eth_addr *);
void link_uninit(struct link *);
bool link_equals(const struct link *, const struct link *);

/* Addresses, ascending and without repetition. */
struct link_macs {
    struct eth_addr *macs;
    size_t n;
};

bool link_macs_add(struct link_macs *, struct eth_addr);
void link_macs_clone(struct link_macs *, const struct link_macs *);
void link_macs_uninit(struct link_macs *);
bool link_macs_equal(const struct link_macs *, const struct link_macs *);

/* What is known of the device of an interface, for those who ask what it is
 * for.  All null, zero and false if nothing is. */
struct link_view {
    char *kind;                 /* As above, or null. */
    bool idle;                  /* As above. */
    bool peer_is_elsewhere;     /* Is the peer of a veth in another network
                                 * namespace... */
    struct eth_addr peer_mac;   /* ...and by which address, zero if that is
                                 * not known? */
    char *peer_bridge;          /* Linux bridge that the peer is a port of, or
                                 * null. */
    char *bridge;               /* That the device itself is a port of. */
    struct link_macs macs;      /* Further addresses that it takes frames for,
                                 * as those of macvlans on it. */
    bool is_elsewhere;          /* Has a device of the host's been moved into
                                 * another network namespace... */
    struct eth_addr elsewhere_mac;  /* ...and which is its address there, zero
                                     * if that is not known? */
    unsigned int n_moves;       /* How often it has moved since it is known:
                                 * see 'moved' above. */
};

void link_view_clone(struct link_view *, const struct link_view *);
void link_view_uninit(struct link_view *);
bool link_view_equals(const struct link_view *, const struct link_view *);

#endif /* lib/host/link.h */
