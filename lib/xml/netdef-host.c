/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef-parse-private.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ip-prefix.h"
#include "lib/xml/netdef.h"
#include "packets.h"
#include "util.h"

/* <vn:host mac='' ip=''/>: which addresses a guest of the network has. */

/* More than that are not read. */
#define MAX_HOSTS 4096

void
netdef_host_begin(struct netdef_parser *parser,
                  enum netdef_node node OVS_UNUSED,
                  unsigned int line OVS_UNUSED)
{
    parser->host.has_mac = parser->host.has_ip = false;
    parser->host.is_bad = false;
}

/* Stores the one address or prefix that 'value' is in '*ip' and returns true,
 * or reports what is wrong with it and returns false. */
static bool
parse_ip(struct netdef_parser *parser, enum netdef_node node,
         const char *value, unsigned int line, struct ip_prefix *ip)
{
    struct ip_prefixes ips = { .n = 0 };
    char *error = ip_prefixes_add(&ips, value);
    bool ok = !error && ips.n == 1;

    if (ok) {
        *ip = ips.elems[0];
    } else {
        netdef_parser_error(parser, node, line, "%s",
                            error ? error : "needs one ip address");
    }
    free(error);
    ip_prefixes_uninit(&ips);
    return ok;
}

void
netdef_host_value(struct netdef_parser *parser, enum netdef_node node,
                  const char *value, unsigned int line)
{
    struct host_parser *h = &parser->host;

    if (node == NETDEF_NODE_VN_HOST_MAC) {
        h->has_mac = true;
        h->is_bad |= !netdef_parse_mac(parser, node, value, line,
                                       &h->host.mac);
    } else {
        h->has_ip = true;
        h->is_bad |= !parse_ip(parser, node, value, line, &h->host.ip);
    }
}

/* Returns how many of the hosts of 'netdef' have a MAC address less than
 * 'mac', or that one if 'inclusive'. */
static size_t
count_hosts(const struct netdef *netdef, struct eth_addr mac, bool inclusive)
{
    size_t low = 0, high = netdef->n_hosts;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int cmp = eth_addr_compare_3way(netdef->hosts[middle].mac, mac);

        if (cmp < 0 || (!cmp && inclusive)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Inserts 'host' behind those with its MAC address, for which there must be
 * room. */
static void
insert_host(struct netdef *netdef, const struct netdef_host *host)
{
    struct netdef_host *place
        = &netdef->hosts[count_hosts(netdef, host->mac, true)];

    memmove(place + 1, place,
            (&netdef->hosts[netdef->n_hosts++] - place) * sizeof *place);
    *place = *host;
}

void
netdef_host_end(struct netdef_parser *parser, enum netdef_node node,
                const char *text OVS_UNUSED, unsigned int line)
{
    struct netdef *netdef = parser->netdef;
    struct host_parser *h = &parser->host;

    if (!h->has_mac || !h->has_ip) {
        netdef_parser_error(parser, node, line, "needs a mac and an ip");
    } else if (h->is_bad) {
        return;
    } else if (netdef->n_hosts >= MAX_HOSTS) {
        netdef_parser_error(parser, node, line, "more than %d hosts",
                            MAX_HOSTS);
    } else {
        if (netdef->n_hosts >= h->allocated) {
            netdef->hosts = x2nrealloc(netdef->hosts, &h->allocated,
                                       sizeof *netdef->hosts);
        }
        insert_host(netdef, &h->host);
    }
}

/* Returns the first of what 'netdef' has for 'mac', and stores in '*n' how
 * much that is. */
const struct netdef_host *
netdef_find_hosts(const struct netdef *netdef, struct eth_addr mac, size_t *n)
{
    size_t start = count_hosts(netdef, mac, false);

    *n = count_hosts(netdef, mac, true) - start;
    return *n ? &netdef->hosts[start] : NULL;
}

void
netdef_hosts_clone(struct netdef *dst, const struct netdef *src)
{
    dst->hosts = (src->n_hosts
                  ? xmemdup(src->hosts, src->n_hosts * sizeof *src->hosts)
                  : NULL);
    dst->n_hosts = src->n_hosts;
}

bool
netdef_hosts_equal(const struct netdef *a, const struct netdef *b)
{
    if (a->n_hosts != b->n_hosts) {
        return false;
    }
    for (size_t i = 0; i < a->n_hosts; i++) {
        if (!eth_addr_equals(a->hosts[i].mac, b->hosts[i].mac)
            || !ip_prefix_equals(&a->hosts[i].ip, &b->hosts[i].ip)) {
            return false;
        }
    }
    return true;
}
