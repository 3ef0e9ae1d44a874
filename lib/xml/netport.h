/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETPORT_H
#define NETPORT_H 1

/* Ports of networks, as libvirt's state has them.
 *
 * A "struct netport" is what one libvirt <networkport> element says
 * (virNetworkPortDef in libvirt's src/conf/virnetworkportdef.h): which guest's
 * interface got which port of a network.  What it says is effective already:
 * the interface's own settings, those of its portgroup and those of its
 * network are merged.  There is no interface name in it; 'mac', 'owner_uuid'
 * and 'interfaceid' are what table Interface has, too. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/bandwidth.h"
#include "lib/base/diag.h"
#include "lib/base/port-vlan.h"
#include "lib/xml/netdef-policy.h"
#include "lib/xml/netdef.h"
#include "openvswitch/types.h"

/* plug@type. */
#define NETPORT_PLUGS                           \
    NETPORT_PLUG(NONE, "")                      \
    NETPORT_PLUG(NETWORK, "network")            \
    NETPORT_PLUG(BRIDGE, "bridge")              \
    NETPORT_PLUG(DIRECT, "direct")              \
    NETPORT_PLUG(HOSTDEV_PCI, "hostdev-pci")

enum netport_plug {
#define NETPORT_PLUG(ENUM, NAME) NETPORT_PLUG_##ENUM,
    NETPORT_PLUGS
#undef NETPORT_PLUG
};

bool netport_plug_from_string(const char *, enum netport_plug *);

/* <networkport>.  UUIDs are canonical lower-case text. */
struct netport {
    char *uuid;                 /* Also the name of its file; or null. */
    char *owner_name;           /* The guest's. */
    char *owner_uuid;           /* Likewise; external_ids:vm-id. */
    char *group;                /* Portgroup; null: none or the default. */
    struct eth_addr mac;        /* external_ids:attached-mac. */
    enum netdef_virtualport virtualport;
    char *interfaceid;          /* external_ids:iface-id, or null. */
    char *profileid;            /* external_ids:port-profile, or null. */
    bool has_vlan;
    struct port_vlan vlan;      /* As libvirt writes it into table Port. */
    struct netdef_policy policy;    /* rx_filter_limit is left open. */
    struct bandwidth bandwidth;
    enum netport_plug plug;
    char *bridge;               /* If 'plug' is NETWORK or BRIDGE. */
    struct origin origin;       /* Of <networkport>. */
};

struct netport *netport_from_xml(const char *text, size_t size,
                                 const char *file, struct diag_list *);
void netdef_or_netport_from_xml(const char *text, size_t size,
                                const char *file, struct netdef **,
                                struct netport **, struct diag_list *);
void netport_destroy(struct netport *);
bool netport_equals(const struct netport *, const struct netport *);
void netport_format(struct ds *, const struct netport *);

#endif /* lib/xml/netport.h */
