/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETDEF_OVERLAY_H
#define NETDEF_OVERLAY_H 1

/* Networks that reach other hosts by tunnels.
 *
 * A network with overlay='geneve' or 'vxlan' in its metadata has, on each host
 * of a fleet, a tunnel to each of the others.  Its frames are told from those
 * of other networks by the tunnels' key, and its VLANs by the tags that they
 * have inside: so a key is needed for each network, not for each VLAN.
 *
 * The key must be the same on all hosts and different for each network.  It is
 * overlayKey or, without one, follows from the network's name, which is what
 * the fleet has a network by.  Two names may have the same key, one pair in
 * sixteen million: the second of them is refused, and needs overlayKey. */

#include <stdbool.h>
#include <stdint.h>

struct netdef;

/* The largest key: vxlan and geneve both have 24 bits, RFC 7348 and 8926. */
#define NETDEF_MAX_OVERLAY_KEY 0xffffff

/* NETDEF_OVERLAY(ENUM, NAME): the type of the Interface row, too. */
#define NETDEF_OVERLAYS                         \
    NETDEF_OVERLAY(GENEVE, "geneve")            \
    NETDEF_OVERLAY(VXLAN, "vxlan")

enum netdef_overlay {
#define NETDEF_OVERLAY(ENUM, NAME) NETDEF_OVERLAY_##ENUM,
    NETDEF_OVERLAYS
#undef NETDEF_OVERLAY
};

const char *netdef_overlay_to_string(enum netdef_overlay);
bool netdef_overlay_from_string(const char *, enum netdef_overlay *);

bool netdef_is_overlay(const struct netdef *);
uint32_t netdef_overlay_key(const struct netdef *);

/* What a tunnel adds to a guest's packet: its Ethernet header (14 bytes) with
 * a tag (4), one of 8 bytes, that of UDP (8) and that of IP. */
#define NETDEF_OVERLAY_OVERHEAD_IPV4 54
#define NETDEF_OVERLAY_OVERHEAD_IPV6 74

int netdef_overlay_mtu(const struct netdef *);

#endif /* lib/xml/netdef-overlay.h */
