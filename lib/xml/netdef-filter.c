/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef-parse-private.h"

#include <stdlib.h>

#include "lib/xml/nwfilter.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* <vn:filterref>, of networks and of portgroups. */

static void
store(char **dst, const char *value)
{
    free(*dst);
    *dst = xstrdup(value);
}

/* Returns where the text of the filter goes that 'node' is a part of. */
static char **
filter_of_node(const struct netdef_parser *parser, enum netdef_node node)
{
    switch ((int) node) {
    case NETDEF_NODE_VN_FILTER:
    case NETDEF_NODE_VN_FILTER_PARAMETER:
        return &parser->netdef->filter;
    case NETDEF_NODE_VN_PORTGROUP_FILTER:
    case NETDEF_NODE_VN_PORTGROUP_FILTER_PARAMETER:
        return &netdef_parser_vn_portgroup(parser)->filter;
    default:
        OVS_NOT_REACHED();
    }
}

/* Notes that the filter that 'node' begins stands in 'line'. */
static void
set_line(struct netdef_parser *parser, enum netdef_node node,
         unsigned int line)
{
    if (node == NETDEF_NODE_VN_FILTER) {
        parser->netdef->filter_line = line;
    } else {
        netdef_parser_vn_portgroup(parser)->filter_line = line;
    }
}

static bool
is_parameter(enum netdef_node node)
{
    return (node == NETDEF_NODE_VN_FILTER_PARAMETER
            || node == NETDEF_NODE_VN_PORTGROUP_FILTER_PARAMETER);
}

void
netdef_filter_begin(struct netdef_parser *parser, enum netdef_node node,
                    unsigned int line)
{
    netdef_filter_clear(parser);
    if (!is_parameter(node)) {
        set_line(parser, node, line);
        /* Without a name until it has one. */
        store(filter_of_node(parser, node), "");
    }
}

void
netdef_filter_value(struct netdef_parser *parser, enum netdef_node node,
                    const char *value, unsigned int line)
{
    char **filter;
    char *error;

    switch ((int) node) {
    case NETDEF_NODE_VN_FILTER_NAME:
    case NETDEF_NODE_VN_PORTGROUP_FILTER_NAME:
        filter = filter_of_node(parser, (node == NETDEF_NODE_VN_FILTER_NAME
                                         ? NETDEF_NODE_VN_FILTER
                                         : NETDEF_NODE_VN_PORTGROUP_FILTER));
        free(*filter);
        *filter = nwfilter_ref_begin_text(value, &error);
        if (error) {
            netdef_parser_error(parser, node, line, "%s", error);
            free(error);
            *filter = xstrdup("");
        }
        break;
    case NETDEF_NODE_VN_FILTER_PARAMETER_NAME:
    case NETDEF_NODE_VN_PORTGROUP_FILTER_PARAMETER_NAME:
        store(&parser->filter.name, value);
        break;
    case NETDEF_NODE_VN_FILTER_PARAMETER_VALUE:
    case NETDEF_NODE_VN_PORTGROUP_FILTER_PARAMETER_VALUE:
        store(&parser->filter.value, value);
        break;
    default:
        OVS_NOT_REACHED();
    }
}

/* Brings '*filter', which 'node' has made, to its canonical form. */
static void
finish(struct netdef_parser *parser, enum netdef_node node, unsigned int line,
       char **filter)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct nwfilter_ref ref;
    char *error;

    if (!**filter) {
        netdef_parser_error(parser, node, line, "missing attribute 'filter'");
        return;
    }
    error = nwfilter_ref_from_string(&ref, *filter);
    if (error) {
        netdef_parser_error(parser, node, line, "%s", error);
        free(error);
        return;
    }
    nwfilter_ref_format(&s, &ref);
    nwfilter_ref_uninit(&ref);
    free(*filter);
    *filter = ds_steal_cstr(&s);
}

void
netdef_filter_end(struct netdef_parser *parser, enum netdef_node node,
                  const char *text OVS_UNUSED, unsigned int line)
{
    char **filter = filter_of_node(parser, node);

    if (!is_parameter(node)) {
        finish(parser, node, line, filter);
    } else if (**filter) {
        char *error = nwfilter_ref_add_text(filter, parser->filter.name,
                                            parser->filter.value);

        if (error) {
            netdef_parser_error(parser, node, line, "%s", error);
            free(error);
        }
    }
    netdef_filter_clear(parser);
}

/* Forgets the <vn:parameter> that is being read. */
void
netdef_filter_clear(struct netdef_parser *parser)
{
    free(parser->filter.name);
    free(parser->filter.value);
    parser->filter.name = parser->filter.value = NULL;
}
