/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETDEF_POLICY_H
#define NETDEF_POLICY_H 1

/* What a definition asks of the ports in it, apart from VLANs and bandwidth.
 *
 * A network asks it for all its ports and a portgroup for its own.  Each may
 * leave any setting open: see netdef_port_policy(). */

#include <stdbool.h>
#include "lib/base/community.h"
#include "lib/base/guards.h"

struct netdef;
struct portgroup;

/* A setting.  What 'value' means is its own: see NETDEF_POLICY_SETTINGS. */
struct netdef_setting {
    int value;
    unsigned int line;          /* Of the element that makes it, or 0. */
    const char *element;        /* As in an origin; null if left open. */
    struct community community; /* Of setting 'community' only. */
    struct guard_types types;   /* Of setting 'guards' only. */
};

bool netdef_setting_is_set(const struct netdef_setting *);
bool netdef_setting_equals(const struct netdef_setting *,
                           const struct netdef_setting *);

/* The most addresses beyond attached-mac that a guest can be allowed: as many
 * as a virtio-net device's filter holds (MAC_TABLE_ENTRIES in QEMU's
 * hw/net/virtio-net.c). */
#define NETDEF_MAX_RX_FILTERS 64

/* What becomes of a port that by its kind is a guest's, such as a tap, while
 * nothing in the database says so. */
#define UNKNOWN_PORTS                                                       \
    UNKNOWN_PORT(NETWORK, "network")    /* A part of the network side. */   \
    UNKNOWN_PORT(STICKY, "sticky")      /* A guest, which has the address   \
                                         * that it sends by first. */       \
    UNKNOWN_PORT(DROP, "drop")          /* It is cut off. */

enum unknown_ports {
#define UNKNOWN_PORT(ENUM, NAME) UNKNOWN_PORTS_##ENUM,
    UNKNOWN_PORTS
#undef UNKNOWN_PORT
};

const char *unknown_ports_to_string(enum unknown_ports);
bool unknown_ports_from_string(const char *, enum unknown_ports *);

/* NETDEF_POLICY_SETTING(NAME, DEFAULT). */
#define NETDEF_POLICY_SETTINGS                                              \
    /* enum mac_table_manager.  A portgroup with "kernel" in a network with \
     * "libvirt" has ports that learn and are flooded. */                   \
    NETDEF_POLICY_SETTING(mac_table_manager, MAC_TABLE_KERNEL)              \
                                                                            \
    /* Boolean: are isolated ports kept from each other? */                 \
    NETDEF_POLICY_SETTING(isolated, false)                                  \
                                                                            \
    /* Boolean: are they in a community, apart from all but that?  It is in \
     * 'community' which. */                                                \
    NETDEF_POLICY_SETTING(community, false)                                 \
                                                                            \
    /* Boolean: may the further addresses of guests be on the network side as \
     * well? */                                                             \
    NETDEF_POLICY_SETTING(shared, false)                                    \
                                                                            \
    /* Boolean: is a guest followed that changes its MAC address? */        \
    NETDEF_POLICY_SETTING(trust_rx_filters, false)                          \
                                                                            \
    /* To how many addresses beyond attached-mac, then; up to               \
     * NETDEF_MAX_RX_FILTERS. */                                            \
    NETDEF_POLICY_SETTING(rx_filter_limit, 1)                               \
                                                                            \
    /* GUARD_BIT()s: what guests are kept from sending. */                  \
    NETDEF_POLICY_SETTING(guards, 0)                                        \
                                                                            \
    /* How much broadcast and multicast they may send: lib/base/storm.h.    \
     * What guards say counts if it is left open. */                        \
    NETDEF_POLICY_SETTING(storm, 0)                                         \
                                                                            \
    /* Boolean: is a guest in no VLAN as long as nobody has said in which? */\
    NETDEF_POLICY_SETTING(await_vlan, false)                                \
                                                                            \
    /* enum unknown_ports.  Of networks only, and left open by most, for     \
     * then it depends on the mode of the bridge: port-policy.c. */          \
    NETDEF_POLICY_SETTING(unknown_ports, UNKNOWN_PORTS_STICKY)

struct netdef_policy {
#define NETDEF_POLICY_SETTING(NAME, DEFAULT) struct netdef_setting NAME;
    NETDEF_POLICY_SETTINGS
#undef NETDEF_POLICY_SETTING
};

bool netdef_policy_equals(const struct netdef_policy *,
                          const struct netdef_policy *);
struct netdef_policy netdef_port_policy(const struct netdef *,
                                        const struct portgroup *);

#endif /* lib/xml/netdef-policy.h */
