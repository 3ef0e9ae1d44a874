/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef-parse-private.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xml/netport.h"
#include "util.h"

/* <networkport>, but for <vlan>, <bandwidth> and what is a setting. */

void
netport_begin(struct netdef_parser *parser, enum netdef_node node OVS_UNUSED,
              unsigned int line)
{
    parser->netport = xzalloc(sizeof *parser->netport);
    port_vlan_init(&parser->netport->vlan);
    origin_init(&parser->netport->origin, parser->file, line, "networkport");
}

/* Stores a copy of 'text' in '*member', unless it has been there before. */
static void
store_text(char **member, const char *text)
{
    if (!*member) {
        *member = xstrdup(text);
    }
}

/* Likewise for a UUID. */
static void
store_uuid(struct netdef_parser *parser, char **member, enum netdef_node node,
           const char *text, unsigned int line)
{
    char uuid[37];

    if (netdef_canonical_uuid(text, uuid)) {
        store_text(member, uuid);
    } else {
        netdef_parser_error(parser, node, line, "'%s' is not a UUID", text);
    }
}

/* An element that holds text has ended. */
void
netport_text(struct netdef_parser *parser, enum netdef_node node,
             const char *text, unsigned int line)
{
    struct netport *port = parser->netport;

    switch ((int) node) {
    case NETDEF_NODE_NETPORT_UUID:
        store_uuid(parser, &port->uuid, node, text, line);
        break;
    case NETDEF_NODE_NETPORT_OWNER_NAME:
        store_text(&port->owner_name, text);
        break;
    case NETDEF_NODE_NETPORT_OWNER_UUID:
        store_uuid(parser, &port->owner_uuid, node, text, line);
        break;
    case NETDEF_NODE_NETPORT_GROUP:
        store_text(&port->group, text);
        break;
    default:
        OVS_NOT_REACHED();
    }
}

/* An attribute that is no setting. */
void
netport_value(struct netdef_parser *parser, enum netdef_node node,
              const char *value, unsigned int line)
{
    struct netport *port = parser->netport;

    switch ((int) node) {
    case NETDEF_NODE_NETPORT_MAC_ADDRESS:
        netdef_parse_mac(parser, node, value, line, &port->mac);
        break;
    case NETDEF_NODE_NETPORT_VIRTUALPORT_INTERFACEID:
        store_uuid(parser, &port->interfaceid, node, value, line);
        break;
    case NETDEF_NODE_NETPORT_VIRTUALPORT_PROFILEID:
        netdef_virtualport_profileid(parser, node, value, line);
        store_text(&port->profileid, value);
        break;
    case NETDEF_NODE_NETPORT_PLUG_TYPE:
        if (!netport_plug_from_string(value, &port->plug)) {
            netdef_parser_error(parser, node, line,
                                "unknown plug type '%s'", value);
        }
        break;
    case NETDEF_NODE_NETPORT_PLUG_BRIDGE:
        store_text(&port->bridge, value);
        break;
    default:
        OVS_NOT_REACHED();
    }
}

/* Reports what libvirt's ports have and the one that was read has not
 * (virNetworkPortDefParseXML() in its src/conf/virnetworkportdef.c). */
void
netport_finish(struct netdef_parser *parser)
{
    const struct netport *port = parser->netport;
    static const enum netdef_node needed[] = {
        NETDEF_NODE_NETPORT_OWNER_NAME,
        NETDEF_NODE_NETPORT_OWNER_UUID,
        NETDEF_NODE_NETPORT_MAC_ADDRESS,
        NETDEF_NODE_NETPORT_PLUG_BRIDGE,
    };
    size_t n = ARRAY_SIZE(needed);

    if (port->plug != NETPORT_PLUG_NETWORK
        && port->plug != NETPORT_PLUG_BRIDGE) {
        n--;
    }
    for (size_t i = 0; i < n; i++) {
        if (!parser->lines[needed[i]]) {
            netdef_parser_error(parser, needed[i], port->origin.line,
                                "missing");
        }
    }
}
