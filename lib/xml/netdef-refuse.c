/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef-parse-private.h"

#include <string.h>

#include "lib/xml/netdef.h"
#include "util.h"

/* What "virsh net-define" refuses and a schema does not.
 *
 * The rules are those of libvirt's virNetworkDefParseXML() and what it calls
 * (src/conf/network_conf.c, src/conf/netdev_vport_profile_conf.c) and of
 * networkValidate() (src/network/bridge_driver.c), for networks that have a
 * bridge.  tests/net-define.txt has the answers that libvirt gave.
 *
 * There is one exception.  libvirt refuses <vlan> without both <forward
 * mode='bridge'> and <virtualport type='openvswitch'>, because a Linux bridge
 * would not do as it says.  Here, every bridge is one of Open vSwitch. */

/* With forward mode 'bridge', the bridge is the host's and others give out
 * addresses. */
static const enum netdef_node not_in_bridge_mode[] = {
    NETDEF_NODE_BRIDGE_ZONE,
    NETDEF_NODE_BRIDGE_STP,
    NETDEF_NODE_MAC,
    NETDEF_NODE_FORWARD_NAT,
    NETDEF_NODE_FORWARD_ADDRESS,
    NETDEF_NODE_DOMAIN_NAME,
    NETDEF_NODE_DNS_TXT,
    NETDEF_NODE_DNS_SRV,
    NETDEF_NODE_DNS_HOST,
    NETDEF_NODE_IP,
    NETDEF_NODE_ROUTE,
};

static void
refuse_in_bridge_mode(struct netdef_parser *parser, enum netdef_node node)
{
    if (parser->lines[node]) {
        netdef_parser_error(parser, node, parser->lines[node],
                            "not allowed with forward mode 'bridge'");
    }
}

/* What can stand in <forward> instead of <bridge name>. */
static const enum netdef_node not_with_bridge[] = {
    NETDEF_NODE_FORWARD_DEV,
    NETDEF_NODE_FORWARD_INTERFACE,
    NETDEF_NODE_FORWARD_PF,
};

static void
refuse_with_bridge(struct netdef_parser *parser, enum netdef_node node)
{
    if (parser->lines[node] && parser->netdef->bridge) {
        netdef_parser_error(parser, node, parser->lines[node],
                            "not allowed with <bridge name='%s'>: a network "
                            "has a bridge or forwards to a device, not both",
                            parser->netdef->bridge);
    }
}

/* VLANs, and in the portgroup itself another kind of port. */
static void
refuse_portgroup_vlans(struct netdef_parser *parser,
                       const struct portgroup *pg)
{
    if (pg->virtualport_line
        && pg->virtualport != NETDEF_VIRTUALPORT_OPENVSWITCH
        && (pg->has_vlan || parser->netdef->has_vlan)) {
        netdef_parser_error(parser, NETDEF_NODE_PORTGROUP_VIRTUALPORT,
                            pg->virtualport_line, "needs type='openvswitch', "
                            "because portgroup '%s' has VLANs", pg->name);
    }
}

/* Reports what libvirt refuses in the network that 'parser' has read, which is
 * not foreign. */
void
netdef_refuse(struct netdef_parser *parser)
{
    const struct netdef *netdef = parser->netdef;

    if (parser->lines[NETDEF_NODE_VIRTUALPORT] && !parser->bad_kind
        && netdef->virtualport == NETDEF_VIRTUALPORT_NONE) {
        netdef_parser_error(parser, NETDEF_NODE_VIRTUALPORT_TYPE,
                            parser->lines[NETDEF_NODE_VIRTUALPORT],
                            "missing");
    }
    for (size_t i = 0; i < netdef->n_portgroups; i++) {
        refuse_portgroup_vlans(parser, &netdef->portgroups[i]);
    }
    if (netdef->forward != NETDEF_FORWARD_BRIDGE) {
        return;
    }

    for (size_t i = 0; i < ARRAY_SIZE(not_in_bridge_mode); i++) {
        refuse_in_bridge_mode(parser, not_in_bridge_mode[i]);
    }
    if (netdef_setting_is_set(&netdef->mtu)) {
        refuse_in_bridge_mode(parser, NETDEF_NODE_MTU_SIZE);
    }
    if (netdef->stp_delay.value) {
        refuse_in_bridge_mode(parser, NETDEF_NODE_BRIDGE_DELAY);
    }
    for (size_t i = 0; i < ARRAY_SIZE(not_with_bridge); i++) {
        refuse_with_bridge(parser, not_with_bridge[i]);
    }
}
