/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DOMSTATUS_H
#define DOMSTATUS_H 1

/* What is known of a guest's network interfaces from elsewhere than the
 * database.
 *
 * libvirt keeps a file, /run/libvirt/qemu/NAME.xml, for each guest that is not
 * shut off.  Its root is <domstatus>, around the guest's <domain>
 * (https://libvirt.org/formatdomain.html).  What is in it beside the guest's
 * state and interfaces, which is most of it, is ignored without a word, as are
 * elements of libvirts to come.
 *
 * A guest file is a <domain> alone, which the administrator has written for a
 * guest that nobody else tells of:
 *
 *     <domain>
 *       <name>web1</name>
 *       <devices>
 *         <interface>
 *           <mac address='52:54:00:00:00:01'/>
 *           <target dev='tap0'/>
 *         </interface>
 *       </devices>
 *     </domain>
 *
 * pve-guest.h has Proxmox's.
 *
 * In the domain's <metadata>, which "virsh metadata" changes, a <vn:domain>
 * may say of single interfaces what libvirt has no elements for, or refuses on
 * Open vSwitch:
 *
 *     <vn:domain xmlns:vn='urn:ovs-virtnet:1'>
 *       <vn:interface mac='52:54:00:00:00:01' isolated='yes'>
 *         <vn:filterref filter='clean-traffic'>
 *           <vn:parameter name='IP' value='10.0.0.5'/>
 *         </vn:filterref>
 *       </vn:interface>
 *     </vn:domain>
 *
 * The <vn:filterref> is attribute filter in other words: nwfilter.h. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/bandwidth.h"
#include "lib/base/port-vlan.h"
#include "openvswitch/types.h"

struct diag_list;

/* What keeps a guest's CPUs from running, if anything does. */
enum domain_state {
    DOMAIN_RUNNING,
    DOMAIN_PAUSED,              /* Also if it has not been started yet. */
    DOMAIN_MIGRATING            /* It runs at the other end, or is about to. */
};

/* The attributes of <vn:interface>, each null if it is not there.  They mean
 * what the keys virtnet-* of external_ids mean. */
#define DOMIF_SETTINGS                          \
    DOMIF_SETTING(isolated)                     \
    DOMIF_SETTING(community)                    \
    DOMIF_SETTING(macs)                         \
    DOMIF_SETTING(portgroup)                    \
    DOMIF_SETTING(role)                         \
    DOMIF_SETTING(guards)                       \
    DOMIF_SETTING(shared)                       \
    DOMIF_SETTING(storm)                        \
    DOMIF_SETTING(filter)                       \
    DOMIF_SETTING(ips)

struct domif_settings {
#define DOMIF_SETTING(NAME) char *NAME;
    DOMIF_SETTINGS
#undef DOMIF_SETTING
};

/* <interface>.  Strings are null if there is no such element or attribute.
 *
 * Of an interface that is in a network, VLANs and all else that the network or
 * its portgroup have a say in are those in <actual>: what libvirt made of it
 * when it plugged the interface. */
struct domif {
    struct eth_addr mac;        /* mac@address, zero if there is none. */
    struct eth_addr current_mac;    /* mac@currentAddress, likewise. */
    char *target;               /* target@dev: name of the port. */
    char *network;              /* source@network. */
    char *portgroup;            /* source@portgroup. */
    char *socket;               /* source@path, of type vhostuser. */
    char *trust;                /* Its own trustGuestRxFilters. */
    char *ips;                  /* ip@address of each, with blanks. */
    char *filter;               /* <filterref>: nwfilter.h. */
    bool link_down;             /* link@state='down'. */
    bool isolated;              /* port@isolated='yes'. */
    bool has_vlan;              /* Is there a <vlan>? */
    struct port_vlan vlan;      /* What libvirt made of it in table Port. */
    struct bandwidth bandwidth; /* Its own, not that of its portgroup. */
    struct domif_settings settings;
};

struct domstatus {
    char *name;
    char *uuid;                 /* As in external_ids:vm-id; may be null. */
    enum domain_state state;
    struct domif *interfaces;
    size_t n_interfaces;
    const char *from;           /* Who says all that, in words: a constant. */
    bool is_libvirts;           /* Is that libvirt itself? */
};

struct domstatus *domstatus_from_xml(const char *text, size_t size,
                                     const char *file, struct diag_list *);
void domstatus_destroy(struct domstatus *);
const char *domain_state_to_string(enum domain_state);

#endif /* lib/xml/domstatus.h */
