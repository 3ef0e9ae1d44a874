/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/base/ip-prefix.h"

#include <stdlib.h>
#include <string.h>

#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

static int
compare(const struct ip_prefix *a, const struct ip_prefix *b)
{
    int cmp = memcmp(&a->addr, &b->addr, sizeof a->addr);

    return cmp ? cmp : a->plen < b->plen ? -1 : a->plen > b->plen;
}

bool
ip_prefix_equals(const struct ip_prefix *a, const struct ip_prefix *b)
{
    return !compare(a, b);
}

bool
ip_prefix_is_v4(const struct ip_prefix *prefix)
{
    return IN6_IS_ADDR_V4MAPPED(&prefix->addr) && prefix->plen >= 96;
}

/* Returns the address of 'prefix', which is one of IPv4, and stores its mask
 * in '*mask'. */
ovs_be32
ip_prefix_get_v4(const struct ip_prefix *prefix, ovs_be32 *mask)
{
    *mask = be32_prefix_mask(prefix->plen - 96);
    return in6_addr_get_mapped_ipv4(&prefix->addr);
}

/* Returns the address of 'prefix', which is one of IPv6, and stores its mask
 * in '*mask'. */
struct in6_addr
ip_prefix_get_v6(const struct ip_prefix *prefix, struct in6_addr *mask)
{
    *mask = ipv6_create_mask(prefix->plen);
    return prefix->addr;
}

/* Appends 'prefix' to 's', without "/32" or "/128". */
void
ip_prefix_format(struct ds *s, const struct ip_prefix *prefix)
{
    unsigned int plen = prefix->plen;

    if (ip_prefix_is_v4(prefix)) {
        ovs_be32 mask;

        ds_put_format(s, IP_FMT, IP_ARGS(ip_prefix_get_v4(prefix, &mask)));
        plen -= 96;
    } else {
        ipv6_format_addr(&prefix->addr, s);
    }
    if (prefix->plen < 128) {
        ds_put_format(s, "/%u", plen);
    }
}

void
ip_prefixes_clone(struct ip_prefixes *dst, const struct ip_prefixes *src)
{
    dst->n = src->n;
    dst->elems = (src->n ? xmemdup(src->elems, src->n * sizeof *src->elems)
                  : NULL);
}

/* Frees what 'set' holds, but not 'set' itself. */
void
ip_prefixes_uninit(struct ip_prefixes *set)
{
    free(set->elems);
}

bool
ip_prefixes_equal(const struct ip_prefixes *a, const struct ip_prefixes *b)
{
    for (size_t i = 0; i < a->n && i < b->n; i++) {
        if (compare(&a->elems[i], &b->elems[i])) {
            return false;
        }
    }
    return a->n == b->n;
}

/* Puts 'prefix' where it belongs in 'set'. */
static void
add(struct ip_prefixes *set, const struct ip_prefix *prefix)
{
    size_t i = 0;

    while (i < set->n && compare(&set->elems[i], prefix) < 0) {
        i++;
    }
    if (i < set->n && !compare(&set->elems[i], prefix)) {
        return;
    }
    set->elems = xrealloc(set->elems, (set->n + 1) * sizeof *set->elems);
    memmove(&set->elems[i + 1], &set->elems[i],
            (set->n - i) * sizeof *set->elems);
    set->elems[i] = *prefix;
    set->n++;
}

/* Stores what 's' means in '*prefix' and returns true, or returns false.  The
 * host's part of an address may be there: 10.0.0.5/24 is 10.0.0.0/24. */
static bool
from_string(const char *s, struct ip_prefix *prefix)
{
    size_t len = strcspn(s, "/");
    char *address = xmemdup0(s, len);
    struct in6_addr ip6, mask;
    ovs_be32 ip;
    bool is_v4 = ip_parse(address, &ip);
    bool ok = is_v4 || (ipv6_parse(address, &ip6)
                        && !IN6_IS_ADDR_V4MAPPED(&ip6));
    unsigned int max = is_v4 ? 32 : 128;
    unsigned int plen = max;

    free(address);
    if (!ok || (s[len] && (strspn(&s[len + 1], "0123456789")
                           != strlen(&s[len + 1])
                           || !str_to_uint(&s[len + 1], 10, &plen)
                           || plen > max))) {
        return false;
    }
    if (is_v4) {
        in6_addr_set_mapped_ipv4(&prefix->addr, ip & be32_prefix_mask(plen));
        prefix->plen = 96 + plen;
    } else {
        mask = ipv6_create_mask(plen);
        prefix->addr = ipv6_addr_bitand(&ip6, &mask);
        prefix->plen = plen;
    }
    return true;
}

/* Adds 'prefix' to 'set' and returns null.  If that has as many as it can,
 * returns what is wrong, for the caller to free. */
char *
ip_prefixes_add_one(struct ip_prefixes *set, const struct ip_prefix *prefix)
{
    if (set->n >= IP_PREFIXES_MAX) {
        return xasprintf("there are more than %d addresses", IP_PREFIXES_MAX);
    }
    add(set, prefix);
    return NULL;
}

/* Adds to 'set' the addresses and prefixes in 'list', which have blanks or
 * commas between them, and returns null.  Returns what is wrong with 'list',
 * for the caller to free, if something is; then what comes before that has
 * been added. */
char *
ip_prefixes_add(struct ip_prefixes *set, const char *list)
{
    char *copy = xstrdup(list);
    char *save_ptr = NULL;
    char *error = NULL;

    for (char *s = strtok_r(copy, ", \t\n", &save_ptr); s && !error;
         s = strtok_r(NULL, ", \t\n", &save_ptr)) {
        struct ip_prefix prefix;

        if (!from_string(s, &prefix)) {
            error = xasprintf("'%s' is not an IPv4 or IPv6 address or prefix",
                              s);
        } else {
            error = ip_prefixes_add_one(set, &prefix);
        }
    }
    free(copy);
    return error;
}

/* Adds to 'set' the link-local address that a host makes of 'mac' (RFC 4862,
 * section 5.3; RFC 4291, appendix A). */
void
ip_prefixes_add_link_local(struct ip_prefixes *set, struct eth_addr mac)
{
    struct ip_prefix prefix = { .plen = 128 };

    in6_generate_lla(mac, &prefix.addr);
    add(set, &prefix);
}

bool
ip_prefixes_have_v6(const struct ip_prefixes *set)
{
    for (size_t i = 0; i < set->n; i++) {
        if (!ip_prefix_is_v4(&set->elems[i])) {
            return true;
        }
    }
    return false;
}

/* Appends 'set' to 's', with blanks between its elements. */
void
ip_prefixes_format(struct ds *s, const struct ip_prefixes *set)
{
    for (size_t i = 0; i < set->n; i++) {
        if (i) {
            ds_put_char(s, ' ');
        }
        ip_prefix_format(s, &set->elems[i]);
    }
}
