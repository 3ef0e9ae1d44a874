/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef-parse-private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xml/netdef.h"
#include "util.h"

/* Returns the portgroup that is being read. */
struct portgroup *
netdef_parser_portgroup(const struct netdef_parser *parser)
{
    return &parser->netdef->portgroups[parser->netdef->n_portgroups - 1];
}

static void
begin_network(struct netdef_parser *parser, enum netdef_node node OVS_UNUSED,
              unsigned int line)
{
    struct netdef *netdef = parser->netdef;

    if (netdef->origin.line) {
        return;                 /* A second one in <networkstatus>. */
    }
    origin_init(&netdef->origin, parser->file, line, "network");
    origin_init(&netdef->name_origin, parser->file, line, "name");
    origin_init(&netdef->bridge_origin, parser->file, line, "bridge");
}

static void
end_name(struct netdef_parser *parser, enum netdef_node node OVS_UNUSED,
         const char *text, unsigned int line)
{
    if (!parser->netdef->name) {
        parser->netdef->name = xstrdup(text);
        parser->netdef->name_origin.line = line;
    }
}

/* Writes the UUID that 's' holds, in canonical form, into 'uuid'.  As libvirt,
 * allows white space around it, and hyphens between any two octets or none at
 * all.  Returns true if successful. */
bool
netdef_canonical_uuid(const char *s, char uuid[37])
{
    size_t n = 0;

    s += strspn(s, " \t\r\n");
    while (n < 36) {
        if (n == 8 || n == 13 || n == 18 || n == 23) {
            uuid[n++] = '-';
        }
        s += strspn(s, "-");
        if (!isxdigit((unsigned char) s[0])
            || !isxdigit((unsigned char) s[1])) {
            return false;
        }
        uuid[n++] = tolower((unsigned char) *s++);
        uuid[n++] = tolower((unsigned char) *s++);
    }
    uuid[n] = '\0';
    return !s[strspn(s, " \t\r\n")];
}

static void
end_uuid(struct netdef_parser *parser, enum netdef_node node,
         const char *text, unsigned int line)
{
    char uuid[37];

    if (!netdef_canonical_uuid(text, uuid)) {
        netdef_parser_error(parser, node, line, "'%s' is not a UUID",
                            text);
    } else if (!parser->netdef->uuid) {
        parser->netdef->uuid = xstrdup(uuid);
    }
}

static void
begin_bridge(struct netdef_parser *parser, enum netdef_node node OVS_UNUSED,
             unsigned int line)
{
    parser->netdef->bridge_origin.line = line;
}

static void
value_bridge_name(struct netdef_parser *parser,
                  enum netdef_node node OVS_UNUSED, const char *value,
                  unsigned int line OVS_UNUSED)
{
    if (!parser->netdef->bridge) {
        parser->netdef->bridge = xstrdup(value);
    }
}

static void
begin_portgroup(struct netdef_parser *parser, enum netdef_node node OVS_UNUSED,
                unsigned int line)
{
    struct netdef *netdef = parser->netdef;

    if (netdef->n_portgroups >= parser->allocated_portgroups) {
        netdef->portgroups = x2nrealloc(netdef->portgroups,
                                        &parser->allocated_portgroups,
                                        sizeof *netdef->portgroups);
    }

    struct portgroup *pg = &netdef->portgroups[netdef->n_portgroups++];

    *pg = (struct portgroup) { .name = xstrdup("") };
    port_vlan_init(&pg->vlan);
    origin_init(&pg->origin, parser->file, line, "portgroup");
}

static void
value_portgroup_name(struct netdef_parser *parser,
                     enum netdef_node node OVS_UNUSED, const char *value,
                     unsigned int line OVS_UNUSED)
{
    struct portgroup *pg = netdef_parser_portgroup(parser);

    free(pg->name);
    pg->name = xstrdup(value);
}

static void
value_portgroup_default(struct netdef_parser *parser,
                        enum netdef_node node OVS_UNUSED, const char *value,
                        unsigned int line OVS_UNUSED)
{
    netdef_parser_portgroup(parser)->is_default = !strcmp(value, "yes");
}

/* What to do with the nodes that are carried out. */
const struct netdef_action netdef_actions[NETDEF_N_NODES] = {
#define BEGIN(NODE, FUNCTION) [NETDEF_NODE_##NODE] = { .begin = FUNCTION }
#define VALUE(NODE, FUNCTION) [NETDEF_NODE_##NODE] = { .value = FUNCTION }
#define END(NODE, FUNCTION) [NETDEF_NODE_##NODE] = { .end = FUNCTION }
#define BOTH(NODE, BEGIN, END) \
    [NETDEF_NODE_##NODE] = { .begin = BEGIN, .end = END }
    BEGIN(NETWORK, begin_network),
    END(NAME, end_name),
    END(UUID, end_uuid),
    BEGIN(BRIDGE, begin_bridge),
    VALUE(BRIDGE_NAME, value_bridge_name),
    VALUE(BRIDGE_MAC_TABLE_MANAGER, netdef_setting_value),
    VALUE(BRIDGE_STP, netdef_setting_value),
    VALUE(BRIDGE_DELAY, netdef_setting_value),
    VALUE(MTU_SIZE, netdef_setting_value),
    VALUE(MAC_ADDRESS, netdef_mac_value),
    VALUE(TRUST_FILTERS, netdef_setting_value),
    VALUE(PORT_ISOLATED, netdef_setting_value),
    VALUE(VN_MAC_TABLE_MANAGER, netdef_setting_value),
    VALUE(VN_ISOLATED, netdef_setting_value),
    VALUE(VN_COMMUNITY, netdef_community_value),
    VALUE(VN_SHARED, netdef_setting_value),
    VALUE(VN_RX_FILTER_LIMIT, netdef_setting_value),
    VALUE(VN_AWAIT_VLAN, netdef_setting_value),
    VALUE(VN_CREATE_BRIDGE, netdef_setting_value),
    VALUE(VN_GUARDS, netdef_guards_value),
    VALUE(VN_SECURE, netdef_guards_value),
    VALUE(VN_STORM, netdef_storm_value),
#define FILTER_ACTIONS(NODE)                                            \
    BOTH(NODE, netdef_filter_begin, netdef_filter_end),                 \
    VALUE(NODE##_NAME, netdef_filter_value),                            \
    BOTH(NODE##_PARAMETER, netdef_filter_begin, netdef_filter_end),     \
    VALUE(NODE##_PARAMETER_NAME, netdef_filter_value),                  \
    VALUE(NODE##_PARAMETER_VALUE, netdef_filter_value)
    FILTER_ACTIONS(VN_FILTER),
    FILTER_ACTIONS(VN_PORTGROUP_FILTER),
#undef FILTER_ACTIONS
    BOTH(VN_HOST, netdef_host_begin, netdef_host_end),
    VALUE(VN_HOST_MAC, netdef_host_value),
    VALUE(VN_HOST_IP, netdef_host_value),
    VALUE(VN_UNKNOWN_PORTS, netdef_unknown_ports_value),
    VALUE(VN_OVERLAY, netdef_overlay_value),
    VALUE(VN_OVERLAY_KEY, netdef_setting_value),
    BEGIN(VN_PORTGROUP, netdef_vn_portgroup_begin),
    VALUE(VN_PORTGROUP_NAME, netdef_vn_portgroup_name),
    VALUE(VN_PORTGROUP_MAC_TABLE_MANAGER, netdef_setting_value),
    VALUE(VN_PORTGROUP_ISOLATED, netdef_setting_value),
    VALUE(VN_PORTGROUP_COMMUNITY, netdef_community_value),
    VALUE(VN_PORTGROUP_SHARED, netdef_setting_value),
    VALUE(VN_PORTGROUP_RX_FILTER_LIMIT, netdef_setting_value),
    VALUE(VN_PORTGROUP_AWAIT_VLAN, netdef_setting_value),
    VALUE(VN_PORTGROUP_GUARDS, netdef_guards_value),
    VALUE(VN_PORTGROUP_SECURE, netdef_guards_value),
    VALUE(VN_PORTGROUP_STORM, netdef_storm_value),
    BEGIN(FORWARD, netdef_forward_begin),
    VALUE(FORWARD_MODE, netdef_forward_mode),
    VALUE(FORWARD_DEV, netdef_forward_dev),
    BOTH(FORWARD_INTERFACE, netdef_needy_begin, netdef_needy_end),
    VALUE(FORWARD_INTERFACE_DEV, netdef_needed_value),
    BOTH(FORWARD_PF, netdef_needy_begin, netdef_needy_end),
    VALUE(FORWARD_PF_DEV, netdef_needed_value),
    BOTH(DNSMASQ_OPTION, netdef_needy_begin, netdef_needy_end),
    VALUE(DNSMASQ_OPTION_VALUE, netdef_needed_value),
    VALUE(DNS_FORWARDER_ADDR, netdef_forwarder_addr),
    VALUE(FORWARD_DRIVER_NAME, netdef_forward_driver),
#define VIRTUALPORT_ACTIONS(NODE)                                       \
    BEGIN(NODE, netdef_virtualport_begin),                              \
    VALUE(NODE##_TYPE, netdef_virtualport_type),                        \
    VALUE(NODE##_INTERFACEID, netdef_virtualport_uuid),                 \
    VALUE(NODE##_PROFILEID, netdef_virtualport_profileid),              \
    VALUE(NODE##_MANAGERID, netdef_virtualport_extra),                  \
    VALUE(NODE##_TYPEID, netdef_virtualport_extra),                     \
    VALUE(NODE##_TYPEIDVERSION, netdef_virtualport_extra),              \
    VALUE(NODE##_INSTANCEID, netdef_virtualport_extra)
    VIRTUALPORT_ACTIONS(VIRTUALPORT),
    VIRTUALPORT_ACTIONS(PORTGROUP_VIRTUALPORT),
#undef VIRTUALPORT_ACTIONS
    BEGIN(PORTGROUP, begin_portgroup),
    VALUE(PORTGROUP_NAME, value_portgroup_name),
    VALUE(PORTGROUP_DEFAULT, value_portgroup_default),
    VALUE(PORTGROUP_TRUST_FILTERS, netdef_setting_value),
    BEGIN(NETPORT, netport_begin),
    END(NETPORT_UUID, netport_text),
    END(NETPORT_OWNER_NAME, netport_text),
    END(NETPORT_OWNER_UUID, netport_text),
    END(NETPORT_GROUP, netport_text),
    VALUE(NETPORT_MAC_ADDRESS, netport_value),
    VALUE(NETPORT_VIRTUALPORT_TYPE, netdef_virtualport_type),
    VALUE(NETPORT_VIRTUALPORT_INTERFACEID, netport_value),
    VALUE(NETPORT_VIRTUALPORT_PROFILEID, netport_value),
    VALUE(NETPORT_PLUG_TYPE, netport_value),
    VALUE(NETPORT_PLUG_BRIDGE, netport_value),
    VALUE(NETPORT_PLUG_MAC_TABLE_MANAGER, netdef_setting_value),
    VALUE(NETPORT_PORT_ISOLATED, netdef_setting_value),
    VALUE(NETPORT_TRUST_FILTERS, netdef_setting_value),
#define RATE_ACTIONS(NODE)                                              \
    END(NODE, netdef_rate_end),                                         \
    VALUE(NODE##_AVERAGE, netdef_bandwidth_value),                      \
    VALUE(NODE##_PEAK, netdef_bandwidth_value),                         \
    VALUE(NODE##_BURST, netdef_bandwidth_value)
#define BANDWIDTH_ACTIONS(NODE)                                         \
    BEGIN(NODE, netdef_bandwidth_begin),                                \
    RATE_ACTIONS(NODE##_INBOUND),                                       \
    RATE_ACTIONS(NODE##_OUTBOUND),                                      \
    VALUE(NODE##_OUTBOUND_FLOOR, netdef_bandwidth_value)
#define NETWORK_BANDWIDTH_ACTIONS(NODE)                                 \
    BANDWIDTH_ACTIONS(NODE),                                            \
    VALUE(NODE##_CLASS_ID, netdef_guests_bandwidth_value),              \
    VALUE(NODE##_INBOUND_FLOOR, netdef_guests_bandwidth_value)
    NETWORK_BANDWIDTH_ACTIONS(BANDWIDTH),
    NETWORK_BANDWIDTH_ACTIONS(PORTGROUP_BANDWIDTH),
    BANDWIDTH_ACTIONS(NETPORT_BANDWIDTH),
    VALUE(NETPORT_BANDWIDTH_INBOUND_FLOOR, netdef_bandwidth_value),
#undef NETWORK_BANDWIDTH_ACTIONS
#undef BANDWIDTH_ACTIONS
#undef RATE_ACTIONS
#define VLAN_ACTIONS(NODE)                                              \
    BOTH(NODE, netdef_vlan_begin, netdef_vlan_end),                     \
    VALUE(NODE##_TRUNK, netdef_vlan_trunk),                             \
    BOTH(NODE##_TAG, netdef_vlan_tag_begin, netdef_vlan_tag_end),       \
    VALUE(NODE##_TAG_ID, netdef_vlan_tag_id),                           \
    VALUE(NODE##_TAG_NATIVE_MODE, netdef_vlan_tag_native_mode)
    VLAN_ACTIONS(VLAN),
    VLAN_ACTIONS(PORTGROUP_VLAN),
    VLAN_ACTIONS(NETPORT_VLAN),
#undef VLAN_ACTIONS
#undef BOTH
#undef END
#undef VALUE
#undef BEGIN
};
