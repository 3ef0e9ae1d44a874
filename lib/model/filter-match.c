/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/filter-match.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/model/filter-value.h"
#include "lib/xml/nwfilter.h"
#include "packets.h"
#include "util.h"

/* PROTOCOL(ENUM, NAME, LAYER, DL_TYPE, NW_PROTO). */
#define PROTOCOLS                                                       \
    PROTOCOL(NONE, "", ETHERNET, 0, 0)                                  \
    PROTOCOL(MAC, "mac", ETHERNET, 0, 0)                                \
    PROTOCOL(VLAN, "vlan", ETHERNET, 0, 0)                              \
    PROTOCOL(STP, "stp", ETHERNET, 0, 0)                                \
    PROTOCOL(ARP, "arp", ETHERNET, ETH_TYPE_ARP, 0)                     \
    PROTOCOL(RARP, "rarp", ETHERNET, ETH_TYPE_RARP, 0)                  \
    PROTOCOL(IP, "ip", ETHERNET, ETH_TYPE_IP, 0)                        \
    PROTOCOL(IPV6, "ipv6", ETHERNET, ETH_TYPE_IPV6, 0)                  \
    PROTOCOL(TCP, "tcp", IP, ETH_TYPE_IP, IPPROTO_TCP)                  \
    PROTOCOL(UDP, "udp", IP, ETH_TYPE_IP, IPPROTO_UDP)                  \
    PROTOCOL(SCTP, "sctp", IP, ETH_TYPE_IP, IPPROTO_SCTP)               \
    PROTOCOL(ICMP, "icmp", IP, ETH_TYPE_IP, IPPROTO_ICMP)               \
    PROTOCOL(IGMP, "igmp", IP, ETH_TYPE_IP, IPPROTO_IGMP)               \
    PROTOCOL(UDPLITE, "udplite", IP, ETH_TYPE_IP, 136)                  \
    PROTOCOL(ESP, "esp", IP, ETH_TYPE_IP, 50)                           \
    PROTOCOL(AH, "ah", IP, ETH_TYPE_IP, 51)                             \
    PROTOCOL(ALL, "all", IP, ETH_TYPE_IP, 0)                            \
    PROTOCOL(TCP6, "tcp-ipv6", IP, ETH_TYPE_IPV6, IPPROTO_TCP)          \
    PROTOCOL(UDP6, "udp-ipv6", IP, ETH_TYPE_IPV6, IPPROTO_UDP)          \
    PROTOCOL(SCTP6, "sctp-ipv6", IP, ETH_TYPE_IPV6, IPPROTO_SCTP)       \
    PROTOCOL(ICMPV6, "icmpv6", IP, ETH_TYPE_IPV6, IPPROTO_ICMPV6)       \
    PROTOCOL(UDPLITE6, "udplite-ipv6", IP, ETH_TYPE_IPV6, 136)          \
    PROTOCOL(ESP6, "esp-ipv6", IP, ETH_TYPE_IPV6, 50)                   \
    PROTOCOL(AH6, "ah-ipv6", IP, ETH_TYPE_IPV6, 51)                     \
    PROTOCOL(ALL6, "all-ipv6", IP, ETH_TYPE_IPV6, 0)

enum protocol {
#define PROTOCOL(ENUM, NAME, LAYER, DL_TYPE, NW_PROTO) PROTOCOL_##ENUM,
    PROTOCOLS
#undef PROTOCOL
    N_PROTOCOLS
};

static const struct {
    const char *name;
    enum filter_layer layer;
    uint16_t dl_type;
    uint8_t nw_proto;
} protocols[N_PROTOCOLS] = {
#define PROTOCOL(ENUM, NAME, LAYER, DL_TYPE, NW_PROTO) \
    [PROTOCOL_##ENUM] = { NAME, FILTER_##LAYER, DL_TYPE, NW_PROTO },
    PROTOCOLS
#undef PROTOCOL
};

static enum protocol
find_protocol(const char *name)
{
    enum protocol p;

    for (p = 0; p < N_PROTOCOLS; p++) {
        if (!strcmp(name, protocols[p].name)) {
            break;
        }
    }
    return p;
}

/* Returns the layer of the element called 'protocol', which is null where a
 * rule has none. */
enum filter_layer
filter_match_layer(const char *protocol)
{
    enum protocol p = find_protocol(protocol ? protocol : "");

    return p < N_PROTOCOLS ? protocols[p].layer : FILTER_UNKNOWN;
}

/* Sets of protocols. */
#define BIT(P) (1u << PROTOCOL_##P)
#define ARPS (BIT(ARP) | BIT(RARP))
#define IPV4S (BIT(TCP) | BIT(UDP) | BIT(SCTP) | BIT(ICMP) | BIT(IGMP)       \
               | BIT(UDPLITE) | BIT(ESP) | BIT(AH) | BIT(ALL))
#define IPV6S (BIT(TCP6) | BIT(UDP6) | BIT(SCTP6) | BIT(ICMPV6)              \
               | BIT(UDPLITE6) | BIT(ESP6) | BIT(AH6) | BIT(ALL6))
#define PORTED (BIT(TCP) | BIT(UDP) | BIT(SCTP)                              \
                | BIT(TCP6) | BIT(UDP6) | BIT(SCTP6))
#define ETHERNETS (BIT(MAC) | BIT(VLAN) | BIT(STP) | ARPS | BIT(IP)          \
                   | BIT(IPV6))
#define ANY_IP (BIT(IP) | BIT(IPV6) | IPV4S | IPV6S)

/* An attribute, with the one that says more of it, if any. */
struct attribute {
    const char *name, *second;
    unsigned int protocols;
    enum filter_value value;
    bool is_dst;
};

static const struct attribute attributes[] = {
    { "srcmacaddr", "srcmacmask", ETHERNETS | IPV4S | IPV6S,
      FILTER_VALUE_MAC, false },
    { "dstmacaddr", "dstmacmask", ETHERNETS & ~BIT(STP), FILTER_VALUE_MAC,
      true },
    { "protocolid", NULL, BIT(MAC), FILTER_VALUE_ETHERTYPE, false },
    { "vlanid", NULL, BIT(VLAN), FILTER_VALUE_VLAN, false },
    { "encap-protocol", NULL, BIT(VLAN), FILTER_VALUE_ENCAPSULATED, false },
    { "opcode", NULL, ARPS, FILTER_VALUE_OPCODE, false },
    { "hwtype", NULL, ARPS, FILTER_VALUE_HWTYPE, false },
    { "protocoltype", NULL, ARPS, FILTER_VALUE_ARP_PROTOCOL, false },
    { "arpsrcmacaddr", NULL, ARPS, FILTER_VALUE_ARP_MAC, false },
    { "arpdstmacaddr", NULL, ARPS, FILTER_VALUE_ARP_MAC, true },
    { "arpsrcipaddr", "arpsrcipmask", ARPS, FILTER_VALUE_IP, false },
    { "arpdstipaddr", "arpdstipmask", ARPS, FILTER_VALUE_IP, true },
    { "srcipaddr", "srcipmask", BIT(IP) | IPV4S, FILTER_VALUE_IP, false },
    { "dstipaddr", "dstipmask", BIT(IP) | IPV4S, FILTER_VALUE_IP, true },
    { "srcipaddr", "srcipmask", BIT(IPV6) | IPV6S, FILTER_VALUE_IPV6, false },
    { "dstipaddr", "dstipmask", BIT(IPV6) | IPV6S, FILTER_VALUE_IPV6, true },
    { "srcipfrom", "srcipto", IPV4S, FILTER_VALUE_IP_RANGE, false },
    { "dstipfrom", "dstipto", IPV4S, FILTER_VALUE_IP_RANGE, true },
    { "protocol", NULL, BIT(IP) | BIT(IPV6), FILTER_VALUE_PROTOCOL, false },
    { "srcportstart", "srcportend", BIT(IP) | BIT(IPV6) | PORTED,
      FILTER_VALUE_PORT, false },
    { "dstportstart", "dstportend", BIT(IP) | BIT(IPV6) | PORTED,
      FILTER_VALUE_PORT, true },
    { "dscp", NULL, ANY_IP, FILTER_VALUE_DSCP, false },
    { "type", "typeend", BIT(IPV6), FILTER_VALUE_ICMP, false },
    { "code", "codeend", BIT(IPV6), FILTER_VALUE_ICMP, true },
    { "type", NULL, BIT(ICMP) | BIT(ICMPV6), FILTER_VALUE_ICMP, false },
    { "code", NULL, BIT(ICMP) | BIT(ICMPV6), FILTER_VALUE_ICMP, true },
    { "flags", NULL, BIT(TCP) | BIT(TCP6), FILTER_VALUE_TCP_FLAGS, false },
};

/* What libvirt has and flows have not. */
static const struct {
    const char *name, *why;
} inexpressible[] = {
    { "state", "states of connections" },
    { "connlimit-above", "numbers of connections" },
    { "ipset", "sets of addresses" },
    { "ipsetflags", "sets of addresses" },
    { "option", "options of TCP" },
    { "gratuitous", "gratuitous ARP" },
    { "srcipfrom", "ranges of IPv6 addresses" },
    { "dstipfrom", "ranges of IPv6 addresses" },
    { "srcipto", "a range without a beginning" },
    { "dstipto", "a range without a beginning" },
};

/* What is known of the frames of a rule while its match is made. */
struct making {
    const struct nwfilter_attribute *attributes;
    size_t n;
    enum protocol protocol;
    bool negated;
    bool reverse;
    struct filter_match *match;
};

static const char *
find(const struct making *m, const char *name)
{
    for (size_t i = 0; name && i < m->n; i++) {
        if (!strcmp(m->attributes[i].name, name)) {
            return m->attributes[i].value;
        }
    }
    return NULL;
}

static struct filter_item *
add_item(struct filter_match *match, bool negated)
{
    match->items = xrealloc(match->items,
                            (match->n + 1) * sizeof *match->items);
    match->items[match->n] = (struct filter_item) { .negated = negated };
    return &match->items[match->n++];
}

/* Adds a condition that all frames of the rule meet, negated or not. */
static void
add_condition(struct filter_match *match, const struct filter_cube *cube)
{
    struct filter_item *item = add_item(match, false);

    item->sets = xmemdup(cube, sizeof *cube);
    item->n = 1;
}

/* Adds what the element itself says. */
static void
add_protocol(struct making *m)
{
    struct filter_cube cube;

    filter_cube_init(&cube);
    if (protocols[m->protocol].dl_type) {
        cube.value.dl_type = htons(protocols[m->protocol].dl_type);
        cube.mask.dl_type = OVS_BE16_MAX;
        cube.mask.tagged = 1;
    } else if (m->protocol == PROTOCOL_VLAN) {
        cube.value.tagged = cube.mask.tagged = 1;
    } else if (m->protocol == PROTOCOL_STP) {
        cube.value.dl_dst = eth_addr_stp;
        cube.mask.dl_dst = eth_addr_exact;
    }
    if (protocols[m->protocol].nw_proto) {
        cube.value.proto = protocols[m->protocol].nw_proto;
        cube.mask.proto = UINT8_MAX;
    }
    if (memcmp(&cube.mask, &(struct filter_fields) { .dl_type = 0 },
               sizeof cube.mask)) {
        add_condition(m->match, &cube);
    }
}

static bool
takes_ports(const struct making *m)
{
    const char *protocol = find(m, "protocol");
    uint8_t proto;

    return (PORTED & (1u << m->protocol)
            || (protocol && filter_value_protocol(protocol, &proto)
                && (proto == IPPROTO_TCP || proto == IPPROTO_UDP
                    || proto == IPPROTO_SCTP) && !m->negated));
}

/* Returns why there can be nothing of 'attribute' in this rule, null if
 * nothing is against it. */
static char *
check_attribute(const struct making *m, const struct attribute *attribute)
{
    if (attribute->value == FILTER_VALUE_PORT && !takes_ports(m)) {
        return xstrdup("ports are of tcp, udp or sctp, which the rule does "
                       "not say");
    } else if (attribute->value == FILTER_VALUE_ICMP
               && m->protocol == PROTOCOL_IPV6) {
        const char *protocol = find(m, "protocol");
        uint8_t proto;

        if (!protocol || !filter_value_protocol(protocol, &proto)
            || proto != IPPROTO_ICMPV6 || m->negated) {
            return xstrdup("types are of icmpv6, which the rule does not "
                           "say");
        }
    }
    return NULL;
}

/* Adds a condition for 'attribute', which has 'value'. */
static char *
add_attribute(struct making *m, const struct attribute *attribute,
              const char *value)
{
    bool is_l3 = protocols[m->protocol].layer == FILTER_IP;
    struct filter_values values = {
        .kind = attribute->value,
        .dst = (attribute->is_dst
                != (m->reverse && attribute->value != FILTER_VALUE_ICMP)),
        .first = value,
        .second = find(m, attribute->second),
    };
    char *error = check_attribute(m, attribute);

    if (error) {
        return error;
    } else if (attribute->value == FILTER_VALUE_MAC && is_l3 && m->reverse) {
        return NULL;            /* iptables knows the source only. */
    } else if (attribute->value == FILTER_VALUE_ICMP && m->negated
               && find(m, "code")) {
        return xstrdup("type and code together cannot be negated");
    }
    if (attribute->value == FILTER_VALUE_PORT
        || attribute->value == FILTER_VALUE_ICMP
        || attribute->value == FILTER_VALUE_TCP_FLAGS) {
        struct filter_cube first;

        /* Later fragments have none, which is shown as 0. */
        filter_cube_init(&first);
        first.mask.later = UINT8_MAX;
        add_condition(m->match, &first);
    }

    /* What is no ARP of IPv4 addresses on Ethernet is shown with opcode 0. */
    bool not = (attribute->value == FILTER_VALUE_HWTYPE
                || attribute->value == FILTER_VALUE_ARP_PROTOCOL);
    struct filter_item *item = add_item(m->match, m->negated != not);
    return filter_value_make(&values, &item->sets, &item->n);
}

static const struct attribute *
find_attribute(const struct making *m, const char *name, bool *second)
{
    for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
        const struct attribute *a = &attributes[i];

        *second = a->second && !strcmp(name, a->second);
        if ((*second || !strcmp(name, a->name))
            && a->protocols & (1u << m->protocol)) {
            return a;
        }
    }
    return NULL;
}

/* Adds what attribute 'a' of the rule says. */
static char *
take_attribute(struct making *m, const struct nwfilter_attribute *a)
{
    bool second;
    const struct attribute *attribute = find_attribute(m, a->name, &second);
    char *error;

    for (size_t i = 0; !attribute && i < ARRAY_SIZE(inexpressible); i++) {
        if (!strcmp(a->name, inexpressible[i].name)) {
            return xasprintf("%s: %s cannot be told by flows", a->name,
                             inexpressible[i].why);
        }
    }
    if (!attribute) {
        return xasprintf("<%s> has attribute '%.64s', which is not carried "
                         "out", protocols[m->protocol].name, a->name);
    } else if (second && !find(m, attribute->name)) {
        return xasprintf("%s without %s", a->name, attribute->name);
    } else if (second) {
        return NULL;
    }
    error = add_attribute(m, attribute, a->value);
    if (error) {
        char *longer = xasprintf("%s='%.64s': %s", a->name, a->value, error);

        free(error);
        return longer;
    }
    return NULL;
}

static bool
names_icmp_type(const struct making *m)
{
    return ((BIT(ICMP) | BIT(ICMPV6)) & (1u << m->protocol)
            && find(m, "type"));
}

/* Is 'entry', a rule, about nothing in either direction?  Of one for both that
 * is about a type of ICMP, iptables has none in either
 * (_iptablesCreateRuleInstance() in libvirt's
 * src/nwfilter/nwfilter_ebiptables_driver.c). */
bool
filter_match_is_nothing(const struct nwfilter_entry *entry)
{
    struct making m = {
        .attributes = entry->attributes,
        .n = entry->n_attributes,
        .protocol = find_protocol(entry->protocol ? entry->protocol : ""),
    };

    return entry->direction == NWFILTER_INOUT && names_icmp_type(&m);
}

/* In the direction that it does not name, iptables has no rule of one that is
 * about a type of ICMP, and none of one that is about the source's MAC address
 * alone (there, too). */
static bool
is_never(const struct making *m)
{
    return (m->reverse && protocols[m->protocol].layer == FILTER_IP
            && (names_icmp_type(m)
                || (!((BIT(ICMP) | BIT(ICMPV6)) & (1u << m->protocol))
                    && m->n == (find(m, "srcmacaddr") != NULL)
                               + (find(m, "srcmacmask") != NULL)
                    && m->n > 0)));
}

/* Initializes 'match' to the frames that a rule with an element 'protocol',
 * null for none, with match='no' if 'negated', and its 'n' 'attributes' is
 * about; with source and destination exchanged if 'reverse'.  Returns null, or
 * why that cannot be carried out, for the caller to free.  The caller must
 * uninitialize 'match' in any case. */
char *
filter_match_make(const char *protocol, bool negated,
                  const struct nwfilter_attribute *attrs, size_t n,
                  bool reverse, struct filter_match *match)
{
    struct making m = {
        .attributes = attrs,
        .n = n,
        .protocol = find_protocol(protocol ? protocol : ""),
        .negated = negated,
        .reverse = reverse,
        .match = match,
    };
    char *error = NULL;

    *match = (struct filter_match) { .n = 0 };
    if (m.protocol == N_PROTOCOLS) {
        return xasprintf("unknown protocol <%.64s>", protocol);
    }
    add_protocol(&m);
    for (size_t i = 0; i < n && !error; i++) {
        error = take_attribute(&m, &attrs[i]);
    }
    if (!error && find(&m, "code") && !find(&m, "type")) {
        error = xstrdup("code without type");
    }
    match->never = is_never(&m);
    return error;
}

void
filter_match_uninit(struct filter_match *match)
{
    for (size_t i = 0; i < match->n; i++) {
        free(match->items[i].sets);
    }
    free(match->items);
}

/* Is 'match' about a frame with 'fields'? */
bool
filter_match_has(const struct filter_match *match,
                 const struct filter_fields *fields)
{
    for (size_t i = 0; i < match->n; i++) {
        const struct filter_item *item = &match->items[i];
        bool found = false;

        for (size_t j = 0; j < item->n; j++) {
            found |= filter_cube_has(&item->sets[j], fields);
        }
        if (found == item->negated) {
            return false;
        }
    }
    return !match->never;
}
