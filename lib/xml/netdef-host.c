/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef-parse-private.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ip-prefix.h"
#include "lib/xml/netdef.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

/* <vn:host mac='' ip=''/>: which addresses a guest of the network has.
 *
 * They are kept as a text, a line for each, of a MAC address, a blank, and an
 * IP address or prefix. */

/* More than that are not read: each port looks through all of them. */
#define MAX_HOSTS 4096

static void
store(char **dst, const char *value)
{
    free(*dst);
    *dst = xstrdup(value);
}

void
netdef_host_value(struct netdef_parser *parser, enum netdef_node node,
                  const char *value, unsigned int line)
{
    struct eth_addr mac;

    if (node == NETDEF_NODE_VN_HOST_MAC) {
        if (netdef_parse_mac(parser, node, value, line, &mac)) {
            char *text = xasprintf(ETH_ADDR_FMT, ETH_ADDR_ARGS(mac));

            store(&parser->filter.name, text);
            free(text);
        }
    } else {
        store(&parser->filter.value, value);
    }
}

void
netdef_host_end(struct netdef_parser *parser, enum netdef_node node,
                const char *text OVS_UNUSED, unsigned int line)
{
    struct netdef *netdef = parser->netdef;
    const char *mac = parser->filter.name, *ip = parser->filter.value;
    struct ip_prefixes ips = { .n = 0 };
    char *error = ip ? ip_prefixes_add(&ips, ip) : NULL;

    if (!mac || !ip) {
        netdef_parser_error(parser, node, line, "needs a mac and an ip");
    } else if (error || ips.n != 1) {
        netdef_parser_error(parser, node, line, "%s", error ? error
                            : "needs one ip address");
    } else if (parser->n_hosts++ >= MAX_HOSTS) {
        netdef_parser_error(parser, node, line, "more than %d hosts",
                            MAX_HOSTS);
    } else {
        struct ds s = DS_EMPTY_INITIALIZER;

        ds_put_format(&s, "%s%s ", netdef->hosts ? netdef->hosts : "", mac);
        ip_prefixes_format(&s, &ips);
        ds_put_char(&s, '\n');
        free(netdef->hosts);
        netdef->hosts = ds_steal_cstr(&s);
    }
    free(error);
    ip_prefixes_uninit(&ips);
    netdef_filter_clear(parser);
}

/* Calls 'cb' with 'aux' for each host in 'netdef'. */
void
netdef_for_each_host(const struct netdef *netdef, netdef_host_cb *cb,
                     void *aux)
{
    char *copy = nullable_xstrdup(netdef->hosts);
    char *save_ptr = NULL;

    for (char *line = copy ? strtok_r(copy, "\n", &save_ptr) : NULL; line;
         line = strtok_r(NULL, "\n", &save_ptr)) {
        char *ip = strchr(line, ' ');

        if (ip) {
            *ip = '\0';
            cb(line, ip + 1, aux);
        }
    }
    free(copy);
}
