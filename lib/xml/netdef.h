/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETDEF_H
#define NETDEF_H 1

/* Network definitions.
 *
 * A "struct netdef" is what one libvirt <network> element says, as plain
 * values: no parser node survives netdef_from_xml().  Element and attribute
 * names are libvirt's (https://libvirt.org/formatnetwork.html).
 *
 * What libvirt accepts and this program does not carry out is named on the
 * diagnostics list, never dropped in silence. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/bandwidth.h"
#include "lib/base/diag.h"
#include "lib/base/ip-prefix.h"
#include "lib/base/port-vlan.h"
#include "lib/xml/netdef-policy.h"
#include "openvswitch/types.h"

#define NETDEF_MAX_VLAN 4094    /* IEEE 802.1Q reserves 4095. */

/* network/forward@mode; libvirt's default without <forward> is an isolated
 * network, which here means just the bridge. */
#define NETDEF_FORWARDS                             \
    NETDEF_FORWARD(NONE, "")                        \
    NETDEF_FORWARD(NAT, "nat")                      \
    NETDEF_FORWARD(ROUTE, "route")                  \
    NETDEF_FORWARD(OPEN, "open")                    \
    NETDEF_FORWARD(BRIDGE, "bridge")                \
    NETDEF_FORWARD(PRIVATE, "private")              \
    NETDEF_FORWARD(VEPA, "vepa")                    \
    NETDEF_FORWARD(PASSTHROUGH, "passthrough")      \
    NETDEF_FORWARD(HOSTDEV, "hostdev")

enum netdef_forward {
#define NETDEF_FORWARD(ENUM, NAME) NETDEF_FORWARD_##ENUM,
    NETDEF_FORWARDS
#undef NETDEF_FORWARD
};

const char *netdef_forward_to_string(enum netdef_forward);
bool netdef_forward_from_string(const char *, enum netdef_forward *);

/* bridge@macTableManager; "kernel" is the default. */
enum mac_table_manager {
    MAC_TABLE_KERNEL,           /* Learn and flood, as always. */
    MAC_TABLE_LIBVIRT,          /* Exactly the guests' configured addresses. */
};

const char *mac_table_manager_to_string(enum mac_table_manager);
bool mac_table_manager_from_string(const char *, enum mac_table_manager *);

/* virtualport@type. */
#define NETDEF_VIRTUALPORTS                         \
    NETDEF_VIRTUALPORT(NONE, "")                    \
    NETDEF_VIRTUALPORT(8021QBG, "802.1Qbg")         \
    NETDEF_VIRTUALPORT(8021QBH, "802.1Qbh")         \
    NETDEF_VIRTUALPORT(OPENVSWITCH, "openvswitch")  \
    NETDEF_VIRTUALPORT(MIDONET, "midonet")

enum netdef_virtualport {
#define NETDEF_VIRTUALPORT(ENUM, NAME) NETDEF_VIRTUALPORT_##ENUM,
    NETDEF_VIRTUALPORTS
#undef NETDEF_VIRTUALPORT
};

const char *netdef_virtualport_to_string(enum netdef_virtualport);
bool netdef_virtualport_from_string(const char *, enum netdef_virtualport *);

/* <portgroup>. */
struct portgroup {
    char *name;
    bool is_default;            /* portgroup@default='yes'. */
    enum netdef_virtualport virtualport;
    unsigned int virtualport_line;  /* Of its own <virtualport>, or 0. */
    bool has_vlan;              /* Has it a <vlan> of its own? */
    struct port_vlan vlan;      /* What libvirt writes into table Port. */
    struct netdef_policy policy;    /* Of ports; before the network's. */
    struct bandwidth bandwidth;     /* Of each port. */
    char *filter;               /* As nwfilter.h has it, or null. */
    unsigned int filter_line;   /* Of <vn:filterref>, or 0. */
    struct origin origin;
};

/* <vn:host>: an address or prefix of the guest that has 'mac'. */
struct netdef_host {
    struct eth_addr mac;
    struct ip_prefix ip;
};

/* <network>. */
struct netdef {
    char *name;
    char *uuid;                 /* Canonical lower-case text, or null. */
    bool is_libvirts;           /* Is it in a file that libvirt wrote... */
    bool is_active;             /* ...for a network that is started? */
    enum netdef_forward forward;
    char *bridge;               /* bridge@name, or null. */
    enum netdef_virtualport virtualport;
    bool has_vlan;
    struct port_vlan vlan;      /* As portgroup's; default if !has_vlan. */
    struct netdef_policy policy;    /* Of ports. */
    struct bandwidth bandwidth;     /* Of all ports together. */
    char *filter;               /* Of ports, as nwfilter.h has it, or null. */
    unsigned int filter_line;   /* Of <vn:filterref>, or 0. */
    struct netdef_host *hosts;  /* By MAC address, then as in the file. */
    size_t n_hosts;
    struct netdef_setting create_bridge;    /* Boolean. */
    struct netdef_setting overlay;  /* enum netdef_overlay... */
    struct netdef_setting overlay_key;  /* ...and the key of its tunnels. */
    struct netdef_setting mtu;      /* Bytes, 1...65535. */
    struct netdef_setting stp;      /* Boolean. */
    struct netdef_setting stp_delay;    /* Seconds. */
    struct eth_addr mac;        /* The bridge's own, or all zeros. */
    unsigned int mac_line;      /* Of <mac>, or 0. */
    struct portgroup *portgroups;   /* In the order of the file. */
    size_t n_portgroups;
    struct origin origin;       /* Of <network>; element "network". */
    struct origin name_origin;  /* Of <name>, of <network> if missing. */
    struct origin bridge_origin;    /* Of <bridge>. */
    unsigned int manager_line;  /* Of bridge@macTableManager='libvirt'. */
};

struct netdef *netdef_from_xml(const char *text, size_t size,
                               const char *file, struct diag_list *);
bool netdef_validate(const struct netdef *, struct diag_list *);
struct netdef *netdef_clone(const struct netdef *);
void netdef_clear_ports(struct netdef *);
void netdef_destroy(struct netdef *);
bool netdef_equals(const struct netdef *, const struct netdef *);
int netdef_compare_names(const void *, const void *);

enum mac_table_manager netdef_mode(const struct netdef *);
bool netdef_asks(const struct netdef *);
bool netdef_is_foreign(const struct netdef *);
bool netdef_is_ours(const struct netdef *);
const struct portgroup *netdef_find_portgroup(const struct netdef *,
                                              const char *name);
const struct portgroup *netdef_default_portgroup(const struct netdef *);

const struct netdef_host *netdef_find_hosts(const struct netdef *,
                                            struct eth_addr mac, size_t *n);
void netdef_hosts_clone(struct netdef *dst, const struct netdef *src);
bool netdef_hosts_equal(const struct netdef *, const struct netdef *);
const char *netdef_port_filter(const struct netdef *,
                               const struct portgroup *);
void netdef_format(struct ds *, const struct netdef *);

/* Files that libvirt wrote: netdef-libvirt.c. */
bool netdef_path_is_libvirts(const char *path);
void netdef_set_libvirts(struct netdef *, bool active);
void netdef_check_libvirts(const struct netdef *, struct diag_list *);
bool netdef_has_metadata(const struct netdef *);
struct netdef *netdef_adopt_metadata(const struct netdef *live,
                                     const struct netdef *persistent);

#endif /* lib/xml/netdef.h */
