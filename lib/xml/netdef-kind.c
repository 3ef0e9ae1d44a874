/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef-parse-private.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xml/netport.h"
#include "packets.h"
#include "util.h"

/* <forward> and <virtualport>: what kind of network, and of port, it is; and
 * what else is checked although others carry it out. */

/* The longest profileid: LIBVIRT_IFLA_VF_PORT_PROFILE_MAX in libvirt's
 * src/util/virnetdevvportprofile.h, less a null byte. */
#define MAX_PROFILEID 39

/* A <forward> without mode means nat, as in libvirt. */
void
netdef_forward_begin(struct netdef_parser *parser,
                     enum netdef_node node OVS_UNUSED,
                     unsigned int line OVS_UNUSED)
{
    parser->netdef->forward = NETDEF_FORWARD_NAT;
}

void
netdef_forward_mode(struct netdef_parser *parser, enum netdef_node node,
                    const char *value, unsigned int line)
{
    if (!netdef_forward_from_string(value, &parser->netdef->forward)) {
        netdef_parser_error(parser, node, line, "unknown forward mode '%s'",
                            value);
        parser->netdef->forward = NETDEF_FORWARD_NONE;
        parser->bad_kind = true;
    }
}

void
netdef_forward_dev(struct netdef_parser *parser,
                   enum netdef_node node OVS_UNUSED, const char *value,
                   unsigned int line OVS_UNUSED)
{
    free(parser->forward_dev);
    parser->forward_dev = xstrdup(value);
}

/* An element starts that needs a certain attribute, and has no others in
 * it. */
void
netdef_needy_begin(struct netdef_parser *parser, enum netdef_node node,
                   unsigned int line OVS_UNUSED)
{
    parser->has_needed = false;
    parser->n_interfaces += node == NETDEF_NODE_FORWARD_INTERFACE;
}

void
netdef_needed_value(struct netdef_parser *parser, enum netdef_node node,
                    const char *value, unsigned int line)
{
    parser->has_needed = true;
    if (node == NETDEF_NODE_FORWARD_INTERFACE_DEV
        && parser->n_interfaces == 1 && parser->forward_dev
        && strcmp(value, parser->forward_dev)) {
        netdef_parser_error(parser, node, line, "the first interface must be "
                            "'%s', as forward@dev says", parser->forward_dev);
    }
}

void
netdef_needy_end(struct netdef_parser *parser, enum netdef_node node,
                 const char *text OVS_UNUSED, unsigned int line)
{
    if (!parser->has_needed) {
        netdef_parser_error(parser, node, line, "missing attribute '%s'",
                            node == NETDEF_NODE_DNSMASQ_OPTION
                            ? "value" : "dev");
    }
}

void
netdef_forward_driver(struct netdef_parser *parser, enum netdef_node node,
                      const char *value, unsigned int line)
{
    if (strcmp(value, "kvm") && strcmp(value, "vfio")
        && strcmp(value, "xen")) {
        netdef_parser_error(parser, node, line, "unknown driver '%s', "
                            "expected kvm, vfio or xen", value);
    }
}

void
netdef_forwarder_addr(struct netdef_parser *parser, enum netdef_node node,
                      const char *value, unsigned int line)
{
    struct in6_addr ipv6;
    ovs_be32 ip;

    if (!ip_parse(value, &ip) && !ipv6_parse(value, &ipv6)) {
        netdef_parser_error(parser, node, line, "'%s' is not an IP address",
                            value);
    }
}

void
netdef_virtualport_begin(struct netdef_parser *parser, enum netdef_node node,
                         unsigned int line)
{
    parser->virtualport = NETDEF_VIRTUALPORT_NONE;
    if (node == NETDEF_NODE_PORTGROUP_VIRTUALPORT) {
        netdef_parser_portgroup(parser)->virtualport_line = line;
    }
}

void
netdef_virtualport_type(struct netdef_parser *parser, enum netdef_node node,
                        const char *value, unsigned int line)
{
    if (!netdef_virtualport_from_string(value, &parser->virtualport)) {
        netdef_parser_error(parser, node, line,
                            "unknown virtualport type '%s'", value);
        parser->bad_kind = parser->bad_kind
                           || node == NETDEF_NODE_VIRTUALPORT_TYPE;
    } else if (node == NETDEF_NODE_VIRTUALPORT_TYPE) {
        parser->netdef->virtualport = parser->virtualport;
    } else if (node == NETDEF_NODE_NETPORT_VIRTUALPORT_TYPE) {
        parser->netport->virtualport = parser->virtualport;
    } else {
        netdef_parser_portgroup(parser)->virtualport = parser->virtualport;
        if (parser->virtualport != NETDEF_VIRTUALPORT_OPENVSWITCH) {
            netdef_parser_report(parser, DIAG_WARNING, line,
                                 netdef_node_get_class(node)->path,
                                 "ports of type '%s' are left to libvirt",
                                 value);
        }
    }
}

void
netdef_virtualport_uuid(struct netdef_parser *parser, enum netdef_node node,
                        const char *value, unsigned int line)
{
    char uuid[37];

    if (!netdef_canonical_uuid(value, uuid)) {
        netdef_parser_error(parser, node, line, "'%s' is not a UUID", value);
    }
}

void
netdef_virtualport_profileid(struct netdef_parser *parser,
                             enum netdef_node node, const char *value,
                             unsigned int line)
{
    if (strlen(value) > MAX_PROFILEID) {
        netdef_parser_error(parser, node, line,
                            "'%s' is longer than %d bytes", value,
                            MAX_PROFILEID);
    }
}

/* A parameter that Open vSwitch's ports do not have. */
void
netdef_virtualport_extra(struct netdef_parser *parser, enum netdef_node node,
                         const char *value OVS_UNUSED, unsigned int line)
{
    if (parser->virtualport == NETDEF_VIRTUALPORT_OPENVSWITCH) {
        netdef_parser_error(parser, node, line, "not allowed in <virtualport "
                            "type='openvswitch'>");
    }
}
