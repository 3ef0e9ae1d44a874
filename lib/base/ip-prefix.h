/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IP_PREFIX_H
#define IP_PREFIX_H 1

/* IPv4 and IPv6 addresses, and prefixes of them, such as a guest has. */

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include "openvswitch/types.h"

struct ds;

/* The bits behind the first 'plen' are zero.  An IPv4 address is mapped into
 * ::ffff:0:0/96, so that 'plen' is 96 or more and tells the two apart: no IPv6
 * prefix in there can be written. */
struct ip_prefix {
    struct in6_addr addr;
    unsigned int plen;          /* Up to 128. */
};

bool ip_prefix_equals(const struct ip_prefix *, const struct ip_prefix *);
bool ip_prefix_is_v4(const struct ip_prefix *);
ovs_be32 ip_prefix_get_v4(const struct ip_prefix *, ovs_be32 *mask);
struct in6_addr ip_prefix_get_v6(const struct ip_prefix *,
                                 struct in6_addr *mask);
void ip_prefix_format(struct ds *, const struct ip_prefix *);

/* A set of them, sorted and without repetition. */
struct ip_prefixes {
    struct ip_prefix *elems;
    size_t n;
};

/* The most that one guest can have. */
#define IP_PREFIXES_MAX 64

void ip_prefixes_clone(struct ip_prefixes *, const struct ip_prefixes *);
void ip_prefixes_uninit(struct ip_prefixes *);
bool ip_prefixes_equal(const struct ip_prefixes *, const struct ip_prefixes *);
char *ip_prefixes_add(struct ip_prefixes *, const char *list);
char *ip_prefixes_add_one(struct ip_prefixes *, const struct ip_prefix *);
void ip_prefixes_add_link_local(struct ip_prefixes *, struct eth_addr);
bool ip_prefixes_have_v6(const struct ip_prefixes *);
void ip_prefixes_format(struct ds *, const struct ip_prefixes *);

#endif /* lib/base/ip-prefix.h */
