/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef-parse-private.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/guards.h"
#include "lib/base/storm.h"
#include "lib/xml/netdef-overlay.h"
#include "lib/xml/netdef.h"
#include "lib/xml/netport.h"
#include "packets.h"
#include "util.h"

/* Settings of bridges and ports: attributes of libvirt's elements and of those
 * in our own namespace, which stand in for what libvirt has no elements for or
 * refuses on Open vSwitch. */

/* Makes '*setting' 'made', by what stands for 'node'.  It is an error if it is
 * another already. */
void
netdef_take_setting(struct netdef_parser *parser,
                    struct netdef_setting *setting,
                    const struct netdef_setting *made, enum netdef_node node)
{
    if (!netdef_setting_is_set(setting)) {
        *setting = *made;
    } else if (!netdef_setting_equals(setting, made)) {
        netdef_parser_error(parser, node, made->line,
                            "contradicts %s in line %u",
                            setting->element, setting->line);
    }
}

/* Makes '*setting' 'value', by what stands in 'line' for 'node'.  It is an
 * error if it has another value already. */
static void
make_setting(struct netdef_parser *parser, struct netdef_setting *setting,
             int value, enum netdef_node node, unsigned int line)
{
    struct netdef_setting made = {
        .value = value,
        .line = line,
        .element = netdef_node_get_class(node)->path,
    };

    netdef_take_setting(parser, setting, &made, node);
}

/* Returns the setting that 'node' makes. */
static struct netdef_setting *
setting_of_node(const struct netdef_parser *parser, enum netdef_node node)
{
    struct netdef *netdef = parser->netdef;

    switch ((int) node) {
#define POLICY(NODE, POLICY)                                            \
    case NETDEF_NODE_##NODE##_MAC_TABLE_MANAGER:                        \
        return &(POLICY).mac_table_manager;                             \
    case NETDEF_NODE_##NODE##_ISOLATED:                                 \
        return &(POLICY).isolated;                                      \
    case NETDEF_NODE_##NODE##_COMMUNITY:                                \
        return &(POLICY).community;                                     \
    case NETDEF_NODE_##NODE##_SHARED:                                   \
        return &(POLICY).shared;                                        \
    case NETDEF_NODE_##NODE##_RX_FILTER_LIMIT:                          \
        return &(POLICY).rx_filter_limit;                               \
    case NETDEF_NODE_##NODE##_AWAIT_VLAN:                               \
        return &(POLICY).await_vlan;                                    \
    case NETDEF_NODE_##NODE##_GUARDS:                                   \
    case NETDEF_NODE_##NODE##_SECURE:                                   \
        return &(POLICY).guards;                                        \
    case NETDEF_NODE_##NODE##_STORM:                                    \
        return &(POLICY).storm;
    POLICY(VN, netdef->policy)
    POLICY(VN_PORTGROUP, netdef_parser_vn_portgroup(parser)->policy)
#undef POLICY
    case NETDEF_NODE_BRIDGE_MAC_TABLE_MANAGER:
        return &netdef->policy.mac_table_manager;
    case NETDEF_NODE_PORT_ISOLATED:
        return &netdef->policy.isolated;
    case NETDEF_NODE_TRUST_FILTERS:
        return &netdef->policy.trust_rx_filters;
    case NETDEF_NODE_VN_CREATE_BRIDGE:
        return &netdef->create_bridge;
    case NETDEF_NODE_VN_OVERLAY:
        return &netdef->overlay;
    case NETDEF_NODE_VN_OVERLAY_KEY:
        return &netdef->overlay_key;
    case NETDEF_NODE_BRIDGE_STP:
        return &netdef->stp;
    case NETDEF_NODE_BRIDGE_DELAY:
        return &netdef->stp_delay;
    case NETDEF_NODE_MTU_SIZE:
        return &netdef->mtu;
    case NETDEF_NODE_PORTGROUP_TRUST_FILTERS:
        return &netdef_parser_portgroup(parser)->policy.trust_rx_filters;
    case NETDEF_NODE_NETPORT_PORT_ISOLATED:
        return &parser->netport->policy.isolated;
    case NETDEF_NODE_NETPORT_TRUST_FILTERS:
        return &parser->netport->policy.trust_rx_filters;
    case NETDEF_NODE_NETPORT_PLUG_MAC_TABLE_MANAGER:
        return &parser->netport->policy.mac_table_manager;
    default:
        OVS_NOT_REACHED();
    }
}

/* Stores the number that 'value', which has its kind's form, stands for in
 * '*number' and returns true, or reports that it is above 'max' and returns
 * false. */
bool
netdef_parse_number(struct netdef_parser *parser, enum netdef_node node,
                    const char *value, unsigned int line, uint64_t max,
                    uint64_t *number)
{
    errno = 0;
    *number = strtoull(value, NULL, 10);
    if (errno || *number > max) {
        netdef_parser_error(parser, node, line,
                            "%s is too large (maximum %"PRIu64")", value, max);
        return false;
    }
    return true;
}

/* Returns what the value of 'node' may be at most. */
static uint64_t
largest_number(enum netdef_node node)
{
    switch ((int) node) {
    case NETDEF_NODE_VN_RX_FILTER_LIMIT:
    case NETDEF_NODE_VN_PORTGROUP_RX_FILTER_LIMIT:
        return NETDEF_MAX_RX_FILTERS;
    case NETDEF_NODE_MTU_SIZE:
        return UINT16_MAX;
    case NETDEF_NODE_VN_OVERLAY_KEY:
        return NETDEF_MAX_OVERLAY_KEY;
    default:
        return UINT64_MAX;
    }
}

/* A macTableManager, a number, yes or no, on or off. */
void
netdef_setting_value(struct netdef_parser *parser, enum netdef_node node,
                     const char *value, unsigned int line)
{
    struct netdef_setting *setting = setting_of_node(parser, node);
    enum netdef_node_kind kind = netdef_node_get_class(node)->kind;
    enum mac_table_manager manager;
    uint64_t number;

    if (kind == NETDEF_KIND_YES_NO || kind == NETDEF_KIND_ON_OFF) {
        make_setting(parser, setting,
                     !strcmp(value, "yes") || !strcmp(value, "on"), node,
                     line);
    } else if (kind == NETDEF_KIND_NUMBER) {
        if (!netdef_parse_number(parser, node, value, line,
                                 largest_number(node), &number)) {
            return;
        } else if (node == NETDEF_NODE_VN_OVERLAY_KEY && !number) {
            netdef_parser_error(parser, node, line, "0 is no key");
        } else if (node != NETDEF_NODE_MTU_SIZE || number) {
            /* An MTU of 0 is the same as no <mtu>, as in libvirt. */
            make_setting(parser, setting, MIN(number, INT_MAX), node, line);
        }
    } else if (mac_table_manager_from_string(value, &manager)) {
        if (node == NETDEF_NODE_BRIDGE_MAC_TABLE_MANAGER
            && manager == MAC_TABLE_LIBVIRT) {
            parser->netdef->manager_line = line;
        }
        make_setting(parser, setting, manager, node, line);
    } else {
        netdef_parser_error(parser, node, line, "invalid macTableManager "
                            "setting '%s', expected kernel or libvirt",
                            value);
    }
}

void
netdef_unknown_ports_value(struct netdef_parser *parser,
                           enum netdef_node node, const char *value,
                           unsigned int line)
{
    enum unknown_ports unknown_ports;

    if (unknown_ports_from_string(value, &unknown_ports)) {
        make_setting(parser, &parser->netdef->policy.unknown_ports,
                     unknown_ports, node, line);
    } else {
        netdef_parser_error(parser, node, line, "invalid setting '%s', "
                            "expected network, sticky or drop", value);
    }
}

void
netdef_overlay_value(struct netdef_parser *parser, enum netdef_node node,
                     const char *value, unsigned int line)
{
    enum netdef_overlay overlay;

    if (netdef_overlay_from_string(value, &overlay)) {
        make_setting(parser, setting_of_node(parser, node), overlay, node,
                     line);
    } else {
        netdef_parser_error(parser, node, line, "invalid setting '%s', "
                            "expected geneve or vxlan", value);
    }
}

/* guards='...' or, for all of them, secure='yes'. */
void
netdef_guards_value(struct netdef_parser *parser, enum netdef_node node,
                    const char *value, unsigned int line)
{
    enum netdef_node_kind kind = netdef_node_get_class(node)->kind;
    struct netdef_setting made = {
        .line = line,
        .element = netdef_node_get_class(node)->path,
    };
    unsigned int guards = GUARDS_SECURE;
    char *error = NULL;

    if (kind != NETDEF_KIND_YES_NO) {
        error = guards_from_string(value, &guards, &made.types);
    } else if (!strcmp(value, "no")) {
        guards = 0;
    }

    if (!error) {
        made.value = guards;
        netdef_take_setting(parser, setting_of_node(parser, node), &made,
                            node);
    } else {
        netdef_parser_error(parser, node, line, "%s", error);
        free(error);
    }
}

/* A community that cannot be understood is an error, never none. */
void
netdef_community_value(struct netdef_parser *parser, enum netdef_node node,
                       const char *value, unsigned int line)
{
    struct netdef_setting made = {
        .line = line,
        .element = netdef_node_get_class(node)->path,
    };
    char *error = community_from_string(value, &made.community);

    if (!error) {
        made.value = community_is_set(&made.community);
        netdef_take_setting(parser, setting_of_node(parser, node), &made,
                            node);
    } else {
        netdef_parser_error(parser, node, line, "%s", error);
        free(error);
    }
}

void
netdef_storm_value(struct netdef_parser *parser, enum netdef_node node,
                   const char *value, unsigned int line)
{
    int storm;
    char *error = storm_from_string(value, &storm);

    if (!error) {
        make_setting(parser, setting_of_node(parser, node), storm, node,
                     line);
    } else {
        netdef_parser_error(parser, node, line, "%s", error);
        free(error);
    }
}

/* Stores the address of a guest or a bridge that 'value' is in '*mac' and
 * returns true, or reports what is wrong with it and returns false. */
bool
netdef_parse_mac(struct netdef_parser *parser, enum netdef_node node,
                 const char *value, unsigned int line, struct eth_addr *mac)
{
    struct eth_addr ea;

    if (strlen(value) != ETH_ADDR_STRLEN
        || strspn(value, "0123456789abcdefABCDEF:") != ETH_ADDR_STRLEN
        || !eth_addr_from_string(value, &ea)) {
        netdef_parser_error(parser, node, line,
                            "'%s' is not a MAC address", value);
        return false;
    } else if (eth_addr_is_multicast(ea)) {
        netdef_parser_error(parser, node, line, "expected a unicast MAC "
                            "address, found multicast '%s'", value);
        return false;
    }
    *mac = ea;
    return true;
}

void
netdef_mac_value(struct netdef_parser *parser, enum netdef_node node,
                 const char *value, unsigned int line)
{
    if (netdef_parse_mac(parser, node, value, line, &parser->netdef->mac)) {
        parser->netdef->mac_line = line;
    }
}
