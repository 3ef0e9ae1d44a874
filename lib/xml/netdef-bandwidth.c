/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef-parse-private.h"

#include "lib/xml/netdef.h"
#include "lib/xml/netport.h"
#include "util.h"

/* <bandwidth>, of networks, portgroups and ports. */

/* Calls 'MEMBER'('NODE', the struct bandwidth that 'NODE' is of) for the
 * places where <bandwidth> can be. */
#define FOR_EACH_BANDWIDTH(MEMBER)                                      \
    MEMBER(BANDWIDTH, &parser->netdef->bandwidth)                       \
    MEMBER(PORTGROUP_BANDWIDTH,                                         \
           &netdef_parser_portgroup(parser)->bandwidth)                 \
    MEMBER(NETPORT_BANDWIDTH, &parser->netport->bandwidth)

void
netdef_bandwidth_begin(struct netdef_parser *parser, enum netdef_node node,
                       unsigned int line)
{
    switch ((int) node) {
#define BEGIN(NODE, BANDWIDTH) \
    case NETDEF_NODE_##NODE: (BANDWIDTH)->line = line; break;
    FOR_EACH_BANDWIDTH(BEGIN)
#undef BEGIN
    default:
        OVS_NOT_REACHED();
    }
}

/* Returns the number that 'node', an attribute, says. */
static uint64_t *
rate_member(const struct netdef_parser *parser, enum netdef_node node)
{
    switch ((int) node) {
#define RATE(NODE, RATE)                                                \
    case NETDEF_NODE_##NODE##_AVERAGE: return &(RATE).average;          \
    case NETDEF_NODE_##NODE##_PEAK: return &(RATE).peak;                \
    case NETDEF_NODE_##NODE##_FLOOR: return &(RATE).floor;              \
    case NETDEF_NODE_##NODE##_BURST: return &(RATE).burst;
#define MEMBERS(NODE, BANDWIDTH)                \
    RATE(NODE##_INBOUND, (BANDWIDTH)->in)       \
    RATE(NODE##_OUTBOUND, (BANDWIDTH)->out)
    FOR_EACH_BANDWIDTH(MEMBERS)
#undef MEMBERS
#undef RATE
    default:
        OVS_NOT_REACHED();
    }
}

void
netdef_bandwidth_value(struct netdef_parser *parser, enum netdef_node node,
                       const char *value, unsigned int line)
{
    uint64_t number;

    if (netdef_parse_number(parser, node, value, line, BANDWIDTH_MAX,
                            &number)) {
        *rate_member(parser, node) = number;
    }
}

/* Only a guest's interface can have a class or be guaranteed anything:
 * virNetDevBandwidthParse() in libvirt's src/conf/netdev_bandwidth_conf.c. */
void
netdef_guests_bandwidth_value(struct netdef_parser *parser,
                              enum netdef_node node, const char *value,
                              unsigned int line)
{
    if (node != NETDEF_NODE_BANDWIDTH_CLASS_ID
        && node != NETDEF_NODE_PORTGROUP_BANDWIDTH_CLASS_ID) {
        netdef_bandwidth_value(parser, node, value, line);
    }
    netdef_parser_error(parser, node, line,
                        "only allowed for a guest's interface");
}

/* Returns the rate that 'node', <inbound> or <outbound>, says. */
static const struct bandwidth_rate *
rate_of_node(const struct netdef_parser *parser, enum netdef_node node,
             bool *outbound)
{
    switch ((int) node) {
#define RATES(NODE, BANDWIDTH)                                          \
    case NETDEF_NODE_##NODE##_INBOUND:                                  \
        *outbound = false;                                              \
        return &(BANDWIDTH)->in;                                        \
    case NETDEF_NODE_##NODE##_OUTBOUND:                                 \
        *outbound = true;                                               \
        return &(BANDWIDTH)->out;
    FOR_EACH_BANDWIDTH(RATES)
#undef RATES
    default:
        OVS_NOT_REACHED();
    }
}

/* libvirt's rules: virNetDevBandwidthParseRate() and virNetDevBandwidthParse()
 * in its src/conf/netdev_bandwidth_conf.c. */
void
netdef_rate_end(struct netdef_parser *parser, enum netdef_node node,
                const char *text OVS_UNUSED, unsigned int line)
{
    bool outbound;
    const struct bandwidth_rate *rate = rate_of_node(parser, node, &outbound);

    if (!bandwidth_rate_is_set(rate)) {
        netdef_parser_error(parser, node, line,
                            "missing mandatory 'average' or 'floor'");
    } else if ((rate->peak || rate->burst) && !rate->average) {
        netdef_parser_error(parser, node, line,
                            "'peak' and 'burst' require 'average'");
    }
    if (outbound && rate->floor) {
        netdef_parser_error(parser, node, line,
                            "'floor' is allowed only in <inbound>");
    }
}
