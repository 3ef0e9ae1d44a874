/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETDEF_ELEMENTS_H
#define NETDEF_ELEMENTS_H 1

/* The grammar of <network>, and what becomes of each element and attribute.
 *
 * NETDEF_NODES is libvirt's grammar (network.rng and networkport.rng of
 * libvirt 12.8, and <networkstatus>, which has no schema) as one table.  The
 * parser recognizes what is in it, names on its diagnostics list what of it is
 * not carried out, and warns of what is not in it.  Whatever else tells users
 * what becomes of an element prints from this table too.
 *
 * Paths start below <network>; only <network> itself and its attributes, and
 * what has another root, are written with the root's name.  Elements of other
 * namespaces have the prefixes of NETDEF_NAMESPACES, whichever ones a document
 * chose. */

#include <stdbool.h>

struct ds;

#define NETDEF_NAMESPACES                                                     \
    NETDEF_NAMESPACE("dnsmasq",                                               \
                     "http://libvirt.org/schemas/network/dnsmasq/1.0")        \
    NETDEF_NAMESPACE("vn", "urn:ovs-virtnet:1")

/* What becomes of an element or attribute. */
#define NETDEF_FATES                                                          \
    NETDEF_FATE(CARRIED, "carried out")                                       \
    NETDEF_FATE(CONTEXT, "context only")                                      \
    NETDEF_FATE(LIBVIRT, "libvirt's business")                                \
    NETDEF_FATE(DNSMASQ, "dnsmasq's business")                                \
    NETDEF_FATE(FIREWALL, "the firewall's business")                          \
    NETDEF_FATE(IMPOSSIBLE, "cannot be on Open vSwitch")

enum netdef_fate {
#define NETDEF_FATE(ENUM, NAME) NETDEF_FATE_##ENUM,
    NETDEF_FATES
#undef NETDEF_FATE
};

/* Elements occur once in their parent or any number of times, and hold other
 * elements or text.  Attributes have values. */
enum netdef_node_kind {
    /* Elements. */
    NETDEF_KIND_ONE,
    NETDEF_KIND_MANY,
    NETDEF_KIND_ONE_TEXT,
    NETDEF_KIND_MANY_TEXTS,
    NETDEF_KIND_ANYTHING,       /* One, and anything at all may be in it. */

    /* Attributes. */
    NETDEF_KIND_STRING,         /* Checked, if at all, by who uses it. */
    NETDEF_KIND_YES_NO,
    NETDEF_KIND_ON_OFF,
    NETDEF_KIND_NUMBER,         /* Decimal digits, maybe with a "+". */
};

/* NETDEF_NODE(ENUM, PATH, KIND, FATE, WHAT).  'WHAT' says what it is about.  A
 * node whose 'WHAT' is "" shares the diagnostic of the element that it belongs
 * to. */
#define NETDEF_NODES                                                          \
    NETDEF_NODE(NETWORK, "network", ONE, CARRIED, "a network")                \
    NETDEF_NODE(CONNECTIONS, "network@connections", NUMBER, CONTEXT,          \
                "number of guests' interfaces, in libvirt's output only")     \
    NETDEF_NODE(IPV6, "network@ipv6", YES_NO, FIREWALL,                       \
                "IPv6 between guests without an address on the bridge")       \
    NETDEF_NODE(TRUST_FILTERS, "network@trustGuestRxFilters", YES_NO,         \
                CARRIED,                                                      \
                "following a guest that changes its MAC address")             \
    NETDEF_NODE(NAME, "name", ONE_TEXT, CARRIED, "the network's name")        \
    NETDEF_NODE(UUID, "uuid", ONE_TEXT, CONTEXT, "the network's UUID")        \
    NETDEF_NODE(TITLE, "title", ONE_TEXT, CONTEXT, "for people")              \
    NETDEF_NODE(DESCRIPTION, "description", ONE_TEXT, CONTEXT, "for people")  \
    NETDEF_NODE(METADATA, "metadata", ANYTHING, CONTEXT,                      \
                "other programs' elements")                                   \
    NETDEF_NODE(VN, "metadata/vn:network", ONE, CARRIED,                      \
                "what libvirt has no elements for, or refuses")               \
    NETDEF_POLICY_NODES(VN, "metadata/vn:network")                            \
    NETDEF_NODE(VN_HOST, "metadata/vn:network/vn:host", MANY, CARRIED,        \
                "a guest's addresses")                                        \
    NETDEF_NODE(VN_HOST_MAC, "metadata/vn:network/vn:host@mac", STRING,       \
                CARRIED, "which guest")                                       \
    NETDEF_NODE(VN_HOST_IP, "metadata/vn:network/vn:host@ip", STRING,         \
                CARRIED, "an address or prefix that it may have")             \
    NETDEF_NODE(VN_UNKNOWN_PORTS, "metadata/vn:network@unknownPorts", STRING, \
                CARRIED, "ports of guests whose address nobody has written")  \
    NETDEF_NODE(VN_CREATE_BRIDGE, "metadata/vn:network@createBridge", YES_NO, \
                CARRIED, "whether the bridge is made if there is none")       \
    NETDEF_NODE(VN_OVERLAY, "metadata/vn:network@overlay", STRING, CARRIED,   \
                "tunnels to the other hosts of a fleet")                      \
    NETDEF_NODE(VN_OVERLAY_KEY, "metadata/vn:network@overlayKey", NUMBER,     \
                CARRIED, "the key of these tunnels")                          \
    NETDEF_NODE(VN_PORTGROUP, "metadata/vn:network/vn:portgroup", MANY,       \
                CARRIED, "settings of the portgroup of that name")            \
    NETDEF_NODE(VN_PORTGROUP_NAME, "metadata/vn:network/vn:portgroup@name",   \
                STRING, CARRIED, "the portgroup's name")                      \
    NETDEF_POLICY_NODES(VN_PORTGROUP, "metadata/vn:network/vn:portgroup")     \
    NETDEF_NODE(BRIDGE, "bridge", ONE, CARRIED, "the Open vSwitch bridge")    \
    NETDEF_NODE(BRIDGE_NAME, "bridge@name", STRING, CARRIED,                  \
                "the bridge's name")                                          \
    NETDEF_NODE(BRIDGE_ZONE, "bridge@zone", STRING, FIREWALL,                 \
                "firewalld zone of the bridge")                               \
    NETDEF_NODE(BRIDGE_STP, "bridge@stp", ON_OFF, CARRIED,                    \
                "spanning tree on the bridge")                                \
    NETDEF_NODE(BRIDGE_DELAY, "bridge@delay", NUMBER, CARRIED,                \
                "spanning tree's forward delay")                              \
    NETDEF_NODE(BRIDGE_MAC_TABLE_MANAGER, "bridge@macTableManager", STRING,   \
                CARRIED, "who fills the MAC table")                           \
    NETDEF_NODE(MTU, "mtu", ONE, CARRIED, "MTU of the bridge and its ports")  \
    NETDEF_NODE(MTU_SIZE, "mtu@size", NUMBER, CARRIED, "in bytes")            \
    NETDEF_NODE(MAC, "mac", ONE, CARRIED, "the bridge's own MAC address")     \
    NETDEF_NODE(MAC_ADDRESS, "mac@address", STRING, CARRIED, "the address")   \
                                                                              \
    NETDEF_NODE(FORWARD, "forward", ONE, CARRIED, "how the network connects") \
    NETDEF_NODE(FORWARD_MODE, "forward@mode", STRING, CARRIED,                \
                "bridge; other modes are left to libvirt")                    \
    NETDEF_NODE(FORWARD_DEV, "forward@dev", STRING, LIBVIRT,                  \
                "device that traffic is forwarded through")                   \
    NETDEF_NODE(FORWARD_MANAGED, "forward@managed", YES_NO, LIBVIRT,          \
                "detaching PCI devices from the host")                        \
    NETDEF_NODE(FORWARD_INTERFACE, "forward/interface", MANY, LIBVIRT,        \
                "devices for macvtap")                                        \
    NETDEF_NODE(FORWARD_INTERFACE_DEV, "forward/interface@dev", STRING,       \
                LIBVIRT, "")                                                  \
    NETDEF_NODE(FORWARD_INTERFACE_CONNECTIONS,                                \
                "forward/interface@connections", NUMBER, CONTEXT, "")         \
    NETDEF_NODE(FORWARD_ADDRESS, "forward/address", MANY, LIBVIRT,            \
                "PCI devices for guests")                                     \
    NETDEF_NODE(FORWARD_ADDRESS_TYPE, "forward/address@type", STRING,         \
                LIBVIRT, "")                                                  \
    NETDEF_NODE(FORWARD_ADDRESS_DOMAIN, "forward/address@domain", STRING,     \
                LIBVIRT, "")                                                  \
    NETDEF_NODE(FORWARD_ADDRESS_BUS, "forward/address@bus", STRING,           \
                LIBVIRT, "")                                                  \
    NETDEF_NODE(FORWARD_ADDRESS_SLOT, "forward/address@slot", STRING,         \
                LIBVIRT, "")                                                  \
    NETDEF_NODE(FORWARD_ADDRESS_FUNCTION, "forward/address@function", STRING, \
                LIBVIRT, "")                                                  \
    NETDEF_NODE(FORWARD_ADDRESS_MULTIFUNCTION,                                \
                "forward/address@multifunction", ON_OFF, LIBVIRT, "")         \
    NETDEF_NODE(FORWARD_ADDRESS_CONNECTIONS, "forward/address@connections",   \
                NUMBER, CONTEXT, "")                                          \
    NETDEF_NODE(FORWARD_PF, "forward/pf", ONE, LIBVIRT,                       \
                "SR-IOV device for guests")                                   \
    NETDEF_NODE(FORWARD_PF_DEV, "forward/pf@dev", STRING, LIBVIRT, "")        \
    NETDEF_NODE(FORWARD_DRIVER, "forward/driver", ONE, LIBVIRT,               \
                "driver of PCI devices for guests")                           \
    NETDEF_NODE(FORWARD_DRIVER_NAME, "forward/driver@name", STRING,           \
                LIBVIRT, "")                                                  \
    NETDEF_NODE(FORWARD_DRIVER_MODEL, "forward/driver@model", STRING,         \
                LIBVIRT, "")                                                  \
    NETDEF_NODE(FORWARD_DRIVER_IOMMUFD, "forward/driver@iommufd", YES_NO,     \
                LIBVIRT, "")                                                  \
    NETDEF_NODE(FORWARD_NAT, "forward/nat", ONE, FIREWALL,                    \
                "network address translation")                                \
    NETDEF_NODE(FORWARD_NAT_IPV6, "forward/nat@ipv6", YES_NO, FIREWALL, "")   \
    NETDEF_NODE(FORWARD_NAT_ADDRESS, "forward/nat/address", ONE, FIREWALL,    \
                "")                                                           \
    NETDEF_NODE(FORWARD_NAT_ADDRESS_START, "forward/nat/address@start",       \
                STRING, FIREWALL, "")                                         \
    NETDEF_NODE(FORWARD_NAT_ADDRESS_END, "forward/nat/address@end",           \
                STRING, FIREWALL, "")                                         \
    NETDEF_NODE(FORWARD_NAT_PORT, "forward/nat/port", ONE, FIREWALL, "")      \
    NETDEF_NODE(FORWARD_NAT_PORT_START, "forward/nat/port@start", NUMBER,     \
                FIREWALL, "")                                                 \
    NETDEF_NODE(FORWARD_NAT_PORT_END, "forward/nat/port@end", NUMBER,         \
                FIREWALL, "")                                                 \
                                                                              \
    NETDEF_VIRTUALPORT_NODES(VIRTUALPORT, "virtualport", CARRIED)             \
                                                                              \
    NETDEF_NODE(PORTGROUP, "portgroup", MANY, CARRIED, "a class of ports")    \
    NETDEF_NODE(PORTGROUP_NAME, "portgroup@name", STRING, CARRIED,            \
                "the portgroup's name")                                       \
    NETDEF_NODE(PORTGROUP_DEFAULT, "portgroup@default", YES_NO, CARRIED,      \
                "the portgroup of ports that name none")                      \
    NETDEF_NODE(PORTGROUP_TRUST_FILTERS, "portgroup@trustGuestRxFilters",     \
                YES_NO, CARRIED,                                              \
                "following a guest that changes its MAC address")             \
    NETDEF_VIRTUALPORT_NODES(PORTGROUP_VIRTUALPORT, "portgroup/virtualport",  \
                             CONTEXT)                                         \
    NETDEF_BANDWIDTH_NODES(PORTGROUP_BANDWIDTH, "portgroup/bandwidth",        \
                           "limits on each port's traffic", CARRIED,          \
                           IMPOSSIBLE, IMPOSSIBLE)                            \
    NETDEF_VLAN_NODES(PORTGROUP_VLAN, "portgroup/vlan", CARRIED)              \
                                                                              \
    NETDEF_VLAN_NODES(VLAN, "vlan", CARRIED)                                  \
    NETDEF_BANDWIDTH_NODES(BANDWIDTH, "bandwidth",                            \
                           "limits on the whole network's traffic", CARRIED,  \
                           CARRIED, IMPOSSIBLE)                               \
    NETDEF_NODE(PORT, "port", ONE, CARRIED, "isolation of guests")            \
    NETDEF_NODE(PORT_ISOLATED, "port@isolated", YES_NO, CARRIED,              \
                "are guests kept from each other?")                           \
                                                                              \
    NETDEF_NODE(DOMAIN, "domain", ONE, DNSMASQ, "DNS domain")                 \
    NETDEF_NODE(DOMAIN_NAME, "domain@name", STRING, DNSMASQ, "")              \
    NETDEF_NODE(DOMAIN_LOCAL_ONLY, "domain@localOnly", YES_NO, DNSMASQ, "")   \
    NETDEF_NODE(DOMAIN_REGISTER, "domain@register", YES_NO, DNSMASQ, "")      \
    NETDEF_NODE(DNS, "dns", ONE, DNSMASQ, "DNS server")                       \
    NETDEF_NODE(DNS_ENABLE, "dns@enable", YES_NO, DNSMASQ, "")                \
    NETDEF_NODE(DNS_FORWARD_PLAIN, "dns@forwardPlainNames", YES_NO, DNSMASQ,  \
                "")                                                           \
    NETDEF_NODE(DNS_FORWARDER, "dns/forwarder", MANY, DNSMASQ, "")            \
    NETDEF_NODE(DNS_FORWARDER_ADDR, "dns/forwarder@addr", STRING, DNSMASQ,    \
                "")                                                           \
    NETDEF_NODE(DNS_FORWARDER_DOMAIN, "dns/forwarder@domain", STRING,         \
                DNSMASQ, "")                                                  \
    NETDEF_NODE(DNS_FORWARDER_PORT, "dns/forwarder@port", NUMBER, DNSMASQ,    \
                "")                                                           \
    NETDEF_NODE(DNS_TXT, "dns/txt", MANY, DNSMASQ, "")                        \
    NETDEF_NODE(DNS_TXT_NAME, "dns/txt@name", STRING, DNSMASQ, "")            \
    NETDEF_NODE(DNS_TXT_VALUE, "dns/txt@value", STRING, DNSMASQ, "")          \
    NETDEF_NODE(DNS_SRV, "dns/srv", MANY, DNSMASQ, "")                        \
    NETDEF_NODE(DNS_SRV_SERVICE, "dns/srv@service", STRING, DNSMASQ, "")      \
    NETDEF_NODE(DNS_SRV_PROTOCOL, "dns/srv@protocol", STRING, DNSMASQ, "")    \
    NETDEF_NODE(DNS_SRV_DOMAIN, "dns/srv@domain", STRING, DNSMASQ, "")        \
    NETDEF_NODE(DNS_SRV_TARGET, "dns/srv@target", STRING, DNSMASQ, "")        \
    NETDEF_NODE(DNS_SRV_PORT, "dns/srv@port", NUMBER, DNSMASQ, "")            \
    NETDEF_NODE(DNS_SRV_PRIORITY, "dns/srv@priority", NUMBER, DNSMASQ, "")    \
    NETDEF_NODE(DNS_SRV_WEIGHT, "dns/srv@weight", NUMBER, DNSMASQ, "")        \
    NETDEF_NODE(DNS_HOST, "dns/host", MANY, DNSMASQ, "")                      \
    NETDEF_NODE(DNS_HOST_IP, "dns/host@ip", STRING, DNSMASQ, "")              \
    NETDEF_NODE(DNS_HOST_HOSTNAME, "dns/host/hostname", MANY_TEXTS, DNSMASQ,  \
                "")                                                           \
                                                                              \
    NETDEF_NODE(IP, "ip", MANY, LIBVIRT,                                      \
                "address of the bridge; DHCP and TFTP are dnsmasq's")         \
    NETDEF_NODE(IP_ADDRESS, "ip@address", STRING, LIBVIRT, "")                \
    NETDEF_NODE(IP_NETMASK, "ip@netmask", STRING, LIBVIRT, "")                \
    NETDEF_NODE(IP_PREFIX, "ip@prefix", NUMBER, LIBVIRT, "")                  \
    NETDEF_NODE(IP_FAMILY, "ip@family", STRING, LIBVIRT, "")                  \
    NETDEF_NODE(IP_LOCAL_PTR, "ip@localPtr", YES_NO, DNSMASQ, "")             \
    NETDEF_NODE(IP_TFTP, "ip/tftp", ONE, DNSMASQ, "")                         \
    NETDEF_NODE(IP_TFTP_ROOT, "ip/tftp@root", STRING, DNSMASQ, "")            \
    NETDEF_NODE(IP_DHCP, "ip/dhcp", ONE, DNSMASQ, "")                         \
    NETDEF_NODE(IP_DHCP_RANGE, "ip/dhcp/range", MANY, DNSMASQ, "")            \
    NETDEF_NODE(IP_DHCP_RANGE_START, "ip/dhcp/range@start", STRING, DNSMASQ,  \
                "")                                                           \
    NETDEF_NODE(IP_DHCP_RANGE_END, "ip/dhcp/range@end", STRING, DNSMASQ, "")  \
    NETDEF_LEASE_NODES(IP_DHCP_RANGE_LEASE, "ip/dhcp/range/lease")            \
    NETDEF_NODE(IP_DHCP_HOST, "ip/dhcp/host", MANY, DNSMASQ, "")              \
    NETDEF_NODE(IP_DHCP_HOST_MAC, "ip/dhcp/host@mac", STRING, DNSMASQ, "")    \
    NETDEF_NODE(IP_DHCP_HOST_ID, "ip/dhcp/host@id", STRING, DNSMASQ, "")      \
    NETDEF_NODE(IP_DHCP_HOST_NAME, "ip/dhcp/host@name", STRING, DNSMASQ, "")  \
    NETDEF_NODE(IP_DHCP_HOST_IP, "ip/dhcp/host@ip", STRING, DNSMASQ, "")      \
    NETDEF_LEASE_NODES(IP_DHCP_HOST_LEASE, "ip/dhcp/host/lease")              \
    NETDEF_NODE(IP_DHCP_BOOTP, "ip/dhcp/bootp", ONE, DNSMASQ, "")             \
    NETDEF_NODE(IP_DHCP_BOOTP_FILE, "ip/dhcp/bootp@file", STRING, DNSMASQ,    \
                "")                                                           \
    NETDEF_NODE(IP_DHCP_BOOTP_SERVER, "ip/dhcp/bootp@server", STRING,         \
                DNSMASQ, "")                                                  \
                                                                              \
    NETDEF_NODE(ROUTE, "route", MANY, LIBVIRT, "the host's routes")           \
    NETDEF_NODE(ROUTE_FAMILY, "route@family", STRING, LIBVIRT, "")            \
    NETDEF_NODE(ROUTE_ADDRESS, "route@address", STRING, LIBVIRT, "")          \
    NETDEF_NODE(ROUTE_NETMASK, "route@netmask", STRING, LIBVIRT, "")          \
    NETDEF_NODE(ROUTE_PREFIX, "route@prefix", NUMBER, LIBVIRT, "")            \
    NETDEF_NODE(ROUTE_GATEWAY, "route@gateway", STRING, LIBVIRT, "")          \
    NETDEF_NODE(ROUTE_METRIC, "route@metric", NUMBER, LIBVIRT, "")            \
                                                                              \
    NETDEF_NODE(DNSMASQ_OPTIONS, "dnsmasq:options", ONE, DNSMASQ,             \
                "further options")                                            \
    NETDEF_NODE(DNSMASQ_OPTION, "dnsmasq:options/dnsmasq:option", MANY,       \
                DNSMASQ, "")                                                  \
    NETDEF_NODE(DNSMASQ_OPTION_VALUE, "dnsmasq:options/dnsmasq:option@value", \
                STRING, DNSMASQ, "")                                          \
                                                                              \
    NETDEF_NODE(STATUS, "networkstatus", ONE, CONTEXT,                        \
                "libvirt's file of an active network; <network> is in it")    \
    NETDEF_NODE(STATUS_CLASS_ID, "networkstatus/class_id", ONE, CONTEXT,      \
                "traffic classes that are in use")                            \
    NETDEF_NODE(STATUS_CLASS_ID_BITMAP, "networkstatus/class_id@bitmap",      \
                STRING, CONTEXT, "their numbers")                             \
    NETDEF_NODE(STATUS_FLOOR, "networkstatus/floor", ONE, CONTEXT,            \
                "bandwidth that is promised to guests")                       \
    NETDEF_NODE(STATUS_FLOOR_SUM, "networkstatus/floor@sum", NUMBER, CONTEXT, \
                "how much of it, in kB/s")                                    \
    NETDEF_NODE(STATUS_TAINT, "networkstatus/taint", MANY, CONTEXT,           \
                "something unusual that was done to the network")             \
    NETDEF_NODE(STATUS_TAINT_FLAG, "networkstatus/taint@flag", STRING,        \
                CONTEXT, "what it was")                                       \
    NETDEF_NODE(STATUS_FIREWALL, "networkstatus/firewall", ANYTHING, CONTEXT, \
                "rules of the firewall that libvirt will remove")             \
                                                                              \
    NETDEF_NODE(NETPORT, "networkport", ONE, CONTEXT,                         \
                "libvirt's file of a guest's port")                           \
    NETDEF_NODE(NETPORT_UUID, "networkport/uuid", ONE_TEXT, CONTEXT,          \
                "the port's UUID, which its file is called by")               \
    NETDEF_NODE(NETPORT_OWNER, "networkport/owner", ONE, CONTEXT,             \
                "the guest")                                                  \
    NETDEF_NODE(NETPORT_OWNER_NAME, "networkport/owner/name", ONE_TEXT,       \
                CONTEXT, "the guest's name")                                  \
    NETDEF_NODE(NETPORT_OWNER_UUID, "networkport/owner/uuid", ONE_TEXT,       \
                CONTEXT, "external_ids:vm-id")                                \
    NETDEF_NODE(NETPORT_MAC, "networkport/mac", ONE, CONTEXT,                 \
                "the guest's MAC address")                                    \
    NETDEF_NODE(NETPORT_MAC_ADDRESS, "networkport/mac@address", STRING,       \
                CONTEXT, "external_ids:attached-mac")                         \
    NETDEF_NODE(NETPORT_GROUP, "networkport/group", ONE_TEXT, CARRIED,        \
                "the portgroup, unless it is the default")                    \
    NETDEF_VIRTUALPORT_NODES(NETPORT_VIRTUALPORT, "networkport/virtualport",  \
                             CONTEXT)                                         \
    NETDEF_BANDWIDTH_NODES(NETPORT_BANDWIDTH, "networkport/bandwidth",        \
                           "libvirt writes it into the database", CONTEXT,    \
                           CONTEXT, CONTEXT)                                  \
    NETDEF_VLAN_NODES(NETPORT_VLAN, "networkport/vlan", CONTEXT)              \
    NETDEF_NODE(NETPORT_PORT, "networkport/port", ONE, CONTEXT,               \
                "settings of the port")                                       \
    NETDEF_NODE(NETPORT_PORT_ISOLATED, "networkport/port@isolated", YES_NO,   \
                CARRIED, "isolation of the guest")                            \
    NETDEF_NODE(NETPORT_RXFILTERS, "networkport/rxfilters", ONE, CONTEXT,     \
                "what the guest may set")                                     \
    NETDEF_NODE(NETPORT_TRUST_FILTERS, "networkport/rxfilters@trustGuest",    \
                YES_NO, CARRIED,                                              \
                "following a guest that changes its MAC address")             \
    NETDEF_NODE(NETPORT_PLUG, "networkport/plug", ONE, CONTEXT,               \
                "what the port is connected to")                              \
    NETDEF_NODE(NETPORT_PLUG_TYPE, "networkport/plug@type", STRING, CONTEXT,  \
                "network or bridge; other types are left to libvirt")         \
    NETDEF_NODE(NETPORT_PLUG_BRIDGE, "networkport/plug@bridge", STRING,       \
                CONTEXT, "the bridge's name")                                 \
    NETDEF_NODE(NETPORT_PLUG_MAC_TABLE_MANAGER,                               \
                "networkport/plug@macTableManager", STRING, CONTEXT,          \
                "its network's")                                              \
    NETDEF_NODE(NETPORT_PLUG_DEV, "networkport/plug@dev", STRING, LIBVIRT,    \
                "device for macvtap")                                         \
    NETDEF_NODE(NETPORT_PLUG_MODE, "networkport/plug@mode", STRING, LIBVIRT,  \
                "mode of macvtap")                                            \
    NETDEF_NODE(NETPORT_PLUG_MANAGED, "networkport/plug@managed", YES_NO,     \
                LIBVIRT, "detaching the PCI device from the host")            \
    NETDEF_NODE(NETPORT_PLUG_DRIVER, "networkport/plug/driver", ONE, LIBVIRT, \
                "driver of the PCI device")                                   \
    NETDEF_NODE(NETPORT_PLUG_DRIVER_NAME, "networkport/plug/driver@name",     \
                STRING, LIBVIRT, "")                                          \
    NETDEF_NODE(NETPORT_PLUG_DRIVER_MODEL, "networkport/plug/driver@model",   \
                STRING, LIBVIRT, "")                                          \
    NETDEF_NODE(NETPORT_PLUG_DRIVER_IOMMUFD,                                  \
                "networkport/plug/driver@iommufd", YES_NO, LIBVIRT, "")       \
    NETDEF_NODE(NETPORT_PLUG_ADDRESS, "networkport/plug/address", ONE,        \
                LIBVIRT, "the PCI device")                                    \
    NETDEF_NODE(NETPORT_PLUG_ADDRESS_DOMAIN,                                  \
                "networkport/plug/address@domain", STRING, LIBVIRT, "")       \
    NETDEF_NODE(NETPORT_PLUG_ADDRESS_BUS, "networkport/plug/address@bus",     \
                STRING, LIBVIRT, "")                                          \
    NETDEF_NODE(NETPORT_PLUG_ADDRESS_SLOT, "networkport/plug/address@slot",   \
                STRING, LIBVIRT, "")                                          \
    NETDEF_NODE(NETPORT_PLUG_ADDRESS_FUNCTION,                                \
                "networkport/plug/address@function", STRING, LIBVIRT, "")     \
    NETDEF_NODE(NETPORT_PLUG_ADDRESS_MULTIFUNCTION,                           \
                "networkport/plug/address@multifunction", ON_OFF, LIBVIRT,    \
                "")

/* NETDEF_NEW(ENUM, SINCE): what libvirt 9.0 does not know.  'SINCE' is the
 * release that brought it, by libvirt's own news. */
#define NETDEF_NEWS                                                           \
    NETDEF_NEW(TITLE, "9.7")                                                  \
    NETDEF_NEW(DESCRIPTION, "9.7")                                            \
    NETDEF_NEW(FORWARD_DRIVER_MODEL, "10.0")                                  \
    NETDEF_NEW(FORWARD_DRIVER_IOMMUFD, "12.1")                                \
    NETDEF_NEW(DOMAIN_REGISTER, "10.1")                                       \
    NETDEF_NEW(DNS_FORWARDER_PORT, "12.0")                                    \
    NETDEF_NEW(NETPORT_PLUG_DRIVER_MODEL, "10.0")                             \
    NETDEF_NEW(NETPORT_PLUG_DRIVER_IOMMUFD, "12.1")

/* Parts of the grammar that occur in more than one place. */

/* What a network or a portgroup asks of its ports. */
#define NETDEF_POLICY_NODES(ENUM, PATH)                                       \
    NETDEF_NODE(ENUM##_MAC_TABLE_MANAGER, PATH "@macTableManager", STRING,    \
                CARRIED, "who fills the MAC table")                           \
    NETDEF_NODE(ENUM##_ISOLATED, PATH "@isolated", YES_NO, CARRIED,           \
                "isolation of guests")                                        \
    NETDEF_NODE(ENUM##_COMMUNITY, PATH "@community", STRING, CARRIED,         \
                "which guests reach each other")                              \
    NETDEF_NODE(ENUM##_SHARED, PATH "@shared", YES_NO, CARRIED,               \
                "whether others have addresses of guests, too")               \
    NETDEF_NODE(ENUM##_RX_FILTER_LIMIT, PATH "@rxFilterLimit", NUMBER,        \
                CARRIED, "how many addresses a guest can add")                \
    NETDEF_NODE(ENUM##_AWAIT_VLAN, PATH "@awaitVlan", YES_NO, CARRIED,        \
                "whether a guest without a VLAN is in none")                  \
    NETDEF_NODE(ENUM##_GUARDS, PATH "@guards", STRING, CARRIED,               \
                "what guests are kept from sending")                          \
    NETDEF_NODE(ENUM##_SECURE, PATH "@secure", YES_NO, CARRIED,               \
                "all guards but owner and log")                               \
    NETDEF_NODE(ENUM##_STORM, PATH "@storm", STRING, CARRIED,                 \
                "how much broadcast and multicast a guest may send")          \
    NETDEF_NODE(ENUM##_FILTER, PATH "/vn:filterref", ONE, CARRIED,            \
                "filter of what guests send and get")                         \
    NETDEF_NODE(ENUM##_FILTER_NAME, PATH "/vn:filterref@filter", STRING,      \
                CARRIED, "its name")                                          \
    NETDEF_NODE(ENUM##_FILTER_PARAMETER, PATH "/vn:filterref/vn:parameter",   \
                MANY, CARRIED, "a value of a variable of the filter")         \
    NETDEF_NODE(ENUM##_FILTER_PARAMETER_NAME,                                 \
                PATH "/vn:filterref/vn:parameter@name", STRING, CARRIED,      \
                "the variable's name")                                        \
    NETDEF_NODE(ENUM##_FILTER_PARAMETER_VALUE,                                \
                PATH "/vn:filterref/vn:parameter@value", STRING, CARRIED,     \
                "the value")

#define NETDEF_VIRTUALPORT_NODES(ENUM, PATH, FATE)                            \
    NETDEF_NODE(ENUM, PATH, ONE, FATE, "kind of switch")                      \
    NETDEF_NODE(ENUM##_TYPE, PATH "@type", STRING, FATE,                      \
                "openvswitch; other types are left to libvirt")               \
    NETDEF_NODE(ENUM##_PARAMETERS, PATH "/parameters", ONE, CONTEXT,          \
                "what libvirt writes into table Interface")                   \
    NETDEF_NODE(ENUM##_INTERFACEID, PATH "/parameters@interfaceid", STRING,   \
                CONTEXT, "external_ids:iface-id")                             \
    NETDEF_NODE(ENUM##_PROFILEID, PATH "/parameters@profileid", STRING,       \
                CONTEXT, "external_ids:port-profile")                         \
    NETDEF_NODE(ENUM##_MANAGERID, PATH "/parameters@managerid", STRING,       \
                IMPOSSIBLE, "802.1Qbg")                                       \
    NETDEF_NODE(ENUM##_TYPEID, PATH "/parameters@typeid", STRING,             \
                IMPOSSIBLE, "802.1Qbg")                                       \
    NETDEF_NODE(ENUM##_TYPEIDVERSION, PATH "/parameters@typeidversion",       \
                STRING, IMPOSSIBLE, "802.1Qbg")                               \
    NETDEF_NODE(ENUM##_INSTANCEID, PATH "/parameters@instanceid", STRING,     \
                IMPOSSIBLE, "802.1Qbg")

#define NETDEF_VLAN_NODES(ENUM, PATH, FATE)                                   \
    NETDEF_NODE(ENUM, PATH, ONE, FATE, "VLANs of ports")                      \
    NETDEF_NODE(ENUM##_TRUNK, PATH "@trunk", YES_NO, FATE,                    \
                "tagged frames")                                              \
    NETDEF_NODE(ENUM##_TAG, PATH "/tag", MANY, FATE, "a VLAN")                \
    NETDEF_NODE(ENUM##_TAG_ID, PATH "/tag@id", STRING, FATE,                  \
                "the VLAN's number")                                          \
    NETDEF_NODE(ENUM##_TAG_NATIVE_MODE, PATH "/tag@nativeMode", STRING,       \
                FATE, "the VLAN of untagged frames")

/* PEAK is the fate of a peak of <outbound>, FLOOR that of a floor. */
#define NETDEF_BANDWIDTH_NODES(ENUM, PATH, WHAT, FATE, PEAK, FLOOR)           \
    NETDEF_NODE(ENUM, PATH, ONE, FATE, WHAT)                                  \
    NETDEF_NODE(ENUM##_CLASS_ID, PATH "@classID", NUMBER, CONTEXT,            \
                "libvirt's own number for it")                                \
    NETDEF_NODE(ENUM##_INBOUND, PATH "/inbound", ONE, FATE,                   \
                "what guests get")                                            \
    NETDEF_NODE(ENUM##_INBOUND_AVERAGE, PATH "/inbound@average", NUMBER,      \
                FATE, "over time, in kB/s")                                   \
    NETDEF_NODE(ENUM##_INBOUND_PEAK, PATH "/inbound@peak", NUMBER, FATE,      \
                "during a burst, in kB/s")                                    \
    NETDEF_NODE(ENUM##_INBOUND_BURST, PATH "/inbound@burst", NUMBER, FATE,    \
                "how much may go at peak rate, in KiB")                       \
    NETDEF_NODE(ENUM##_INBOUND_FLOOR, PATH "/inbound@floor", NUMBER,          \
                FLOOR, "guaranteed rate")                                     \
    NETDEF_NODE(ENUM##_OUTBOUND, PATH "/outbound", ONE, FATE,                 \
                "what guests send")                                           \
    NETDEF_NODE(ENUM##_OUTBOUND_AVERAGE, PATH "/outbound@average", NUMBER,    \
                FATE, "over time, in kB/s")                                   \
    NETDEF_NODE(ENUM##_OUTBOUND_PEAK, PATH "/outbound@peak", NUMBER,          \
                PEAK, "during a burst, in kB/s")                              \
    NETDEF_NODE(ENUM##_OUTBOUND_BURST, PATH "/outbound@burst", NUMBER, FATE,  \
                "how much may go at once, in KiB")                            \
    NETDEF_NODE(ENUM##_OUTBOUND_FLOOR, PATH "/outbound@floor", NUMBER,        \
                FLOOR, "guaranteed rate")

#define NETDEF_LEASE_NODES(ENUM, PATH)                                        \
    NETDEF_NODE(ENUM, PATH, ONE, DNSMASQ, "")                                 \
    NETDEF_NODE(ENUM##_EXPIRY, PATH "@expiry", NUMBER, DNSMASQ, "")           \
    NETDEF_NODE(ENUM##_UNIT, PATH "@unit", STRING, DNSMASQ, "")

enum netdef_node {
#define NETDEF_NODE(ENUM, PATH, KIND, FATE, WHAT) NETDEF_NODE_##ENUM,
    NETDEF_NODES
#undef NETDEF_NODE
    NETDEF_N_NODES
};

struct netdef_node_class {
    const char *path;           /* As "bridge@macTableManager". */
    enum netdef_node_kind kind;
    enum netdef_fate fate;
    const char *what;           /* May be "". */
};

const char *netdef_fate_to_string(enum netdef_fate);
const char *netdef_node_get_since(enum netdef_node);
const struct netdef_node_class *netdef_node_get_class(enum netdef_node);
bool netdef_node_from_path(const char *path, enum netdef_node *);
const char *netdef_node_find_similar(const char *path);
void netdef_node_format_attributes(struct ds *, const char *path);
const char *netdef_namespace_to_prefix(const char *uri);

#endif /* lib/xml/netdef-elements.h */
