/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/filter-value.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/model/filter-cube.h"
#include "packets.h"
#include "util.h"

struct name {
    const char *name;
    unsigned int number;
};

/* Stores in '*number' what 's' says: a number up to 'max', decimal or
 * hexadecimal, or one of the 'n' 'names'. */
static bool
parse_number(const char *s, unsigned int max, const struct name *names,
             size_t n, unsigned int *number)
{
    for (size_t i = 0; i < n; i++) {
        if (!strcasecmp(s, names[i].name)) {
            *number = names[i].number;
            return true;
        }
    }
    return (str_to_uint(s, !strncasecmp(s, "0x", 2) ? 16 : 10, number)
            && *number <= max);
}

static const struct name protocol_names[] = {
    { "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP }, { "udplite", 136 },
    { "esp", 50 }, { "ah", 51 }, { "icmp", IPPROTO_ICMP },
    { "igmp", IPPROTO_IGMP }, { "sctp", IPPROTO_SCTP },
    { "icmpv6", IPPROTO_ICMPV6 },
};

static const struct name ethertype_names[] = {
    { "ipv4", ETH_TYPE_IP }, { "ipv6", ETH_TYPE_IPV6 },
    { "arp", ETH_TYPE_ARP }, { "rarp", ETH_TYPE_RARP },
    { "vlan", ETH_TYPE_VLAN_8021Q },
};

static const struct name opcode_names[] = {
    { "Request", 1 }, { "Reply", 2 }, { "Request_Reverse", 3 },
    { "Reply_Reverse", 4 }, { "DRARP_Request", 5 }, { "DRARP_Reply", 6 },
    { "DRARP_Error", 7 }, { "InARP_Request", 8 }, { "ARP_NAK", 9 },
};

/* Stores in '*proto' what 's' says, the name or number of a protocol, and
 * returns true; false if it says none. */
bool
filter_value_protocol(const char *s, uint8_t *proto)
{
    unsigned int number;
    bool ok = parse_number(s, UINT8_MAX, protocol_names,
                           ARRAY_SIZE(protocol_names), &number);

    *proto = ok ? number : 0;
    return ok;
}

/* Where the sets go. */
struct out {
    const struct filter_values *values;
    struct filter_cube *cubes;
    size_t n;
};

static struct filter_cube *
add(struct out *out)
{
    out->cubes = xrealloc(out->cubes, (out->n + 1) * sizeof *out->cubes);
    filter_cube_init(&out->cubes[out->n]);
    return &out->cubes[out->n++];
}

static bool
make_mac(struct out *out)
{
    const struct filter_values *v = out->values;
    struct filter_cube *cube = add(out);
    struct eth_addr mac, mask = eth_addr_exact;

    if (strlen(v->first) > 17 || !eth_addr_from_string(v->first, &mac)
        || (v->second && (strlen(v->second) > 17
                          || !eth_addr_from_string(v->second, &mask)))) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_SIZE(mac.be16); i++) {
        mac.be16[i] &= mask.be16[i];
    }
    if (v->kind == FILTER_VALUE_ARP_MAC) {
        *(v->dst ? &cube->value.arp_tha : &cube->value.arp_sha) = mac;
        *(v->dst ? &cube->mask.arp_tha : &cube->mask.arp_sha) = mask;
    } else {
        *(v->dst ? &cube->value.dl_dst : &cube->value.dl_src) = mac;
        *(v->dst ? &cube->mask.dl_dst : &cube->mask.dl_src) = mask;
    }
    return true;
}

static bool
make_ethertype(struct out *out)
{
    const struct filter_values *v = out->values;
    struct filter_cube *cube = add(out);
    unsigned int type;

    if (!parse_number(v->first, UINT16_MAX, ethertype_names,
                      ARRAY_SIZE(ethertype_names), &type)
        || type < ETH_TYPE_MIN) {
        return false;
    }
    if (v->kind == FILTER_VALUE_ETHERTYPE) {
        cube->mask.tagged = 1;
        if (type == ETH_TYPE_VLAN_8021Q) {
            cube->value.tagged = 1;
            return true;
        }
    }
    cube->value.dl_type = htons(type);
    cube->mask.dl_type = OVS_BE16_MAX;
    return true;
}

/* A number that is a whole field.  For FILTER_VALUE_HWTYPE and
 * FILTER_VALUE_ARP_PROTOCOL, the set is that of frames which do not have
 * it. */
static bool
make_number(struct out *out)
{
    const struct filter_values *v = out->values;
    struct filter_cube *cube = add(out);
    unsigned int number;

    switch ((int) v->kind) {
    case FILTER_VALUE_VLAN:
        if (!parse_number(v->first, 4095, NULL, 0, &number) || !number) {
            return false;
        }
        cube->value.vid = htons(number);
        cube->mask.vid = OVS_BE16_MAX;
        return true;
    case FILTER_VALUE_OPCODE:
        /* Open vSwitch shows greater ones as 0. */
        if (!parse_number(v->first, UINT8_MAX, opcode_names,
                          ARRAY_SIZE(opcode_names), &number) || !number) {
            return false;
        }
        cube->value.proto = number;
        cube->mask.proto = UINT8_MAX;
        return true;
    case FILTER_VALUE_PROTOCOL:
        if (!filter_value_protocol(v->first, &cube->value.proto)) {
            return false;
        }
        cube->mask.proto = UINT8_MAX;
        return true;
    case FILTER_VALUE_DSCP:
        if (!parse_number(v->first, 63, NULL, 0, &number)) {
            return false;
        }
        cube->value.tos = number << 2;
        cube->mask.tos = 63 << 2;
        return true;
    case FILTER_VALUE_HWTYPE:
        cube->mask.proto = UINT8_MAX;
        return parse_number(v->first, 1, NULL, 0, &number) && number == 1;
    case FILTER_VALUE_ARP_PROTOCOL:
        cube->mask.proto = UINT8_MAX;
        return (parse_number(v->first, UINT16_MAX, ethertype_names,
                             ARRAY_SIZE(ethertype_names), &number)
                && number == ETH_TYPE_IP);
    default:
        OVS_NOT_REACHED();
    }
}

/* Stores in '*ip' and '*mask' the IPv4 address in 's', and the mask in 'm',
 * which may be null, a mask or a number of bits. */
static bool
parse_ip(const char *s, const char *m, ovs_be32 *ip, ovs_be32 *mask)
{
    unsigned int plen = 32;

    *mask = OVS_BE32_MAX;
    if (!inet_pton(AF_INET, s, ip)) {
        return false;
    } else if (m && !inet_pton(AF_INET, m, mask)) {
        if (!str_to_uint(m, 10, &plen) || plen > 32) {
            return false;
        }
        *mask = be32_prefix_mask(plen);
    }
    *ip &= *mask;
    return true;
}

static bool
make_ip(struct out *out)
{
    const struct filter_values *v = out->values;
    struct filter_cube *cube = add(out);

    return parse_ip(v->first, v->second,
                    v->dst ? &cube->value.ip_dst : &cube->value.ip_src,
                    v->dst ? &cube->mask.ip_dst : &cube->mask.ip_src);
}

static bool
make_ipv6(struct out *out)
{
    const struct filter_values *v = out->values;
    struct filter_cube *cube = add(out);
    struct in6_addr ip, mask = in6addr_exact;
    unsigned int plen;

    if (!inet_pton(AF_INET6, v->first, &ip)) {
        return false;
    } else if (v->second && !inet_pton(AF_INET6, v->second, &mask)) {
        if (!str_to_uint(v->second, 10, &plen) || plen > 128) {
            return false;
        }
        mask = ipv6_create_mask(plen);
    }
    ip = ipv6_addr_bitand(&ip, &mask);
    *(v->dst ? &cube->value.ipv6_dst : &cube->value.ipv6_src) = ip;
    *(v->dst ? &cube->mask.ipv6_dst : &cube->mask.ipv6_src) = mask;
    return true;
}

/* Adds to 'out' what has in the field at 'offset' of its two, of 'width' bits,
 * something from 'first' to 'last'.  Open vSwitch takes no masks for types and
 * codes of ICMP. */
static void
add_range(struct out *out, size_t offset, unsigned int width, uint64_t first,
          uint64_t last)
{
    while (first <= last) {
        unsigned int bits = 0;

        while (out->values->kind != FILTER_VALUE_ICMP && bits < width
               && !(first & ((UINT64_C(2) << bits) - 1))
               && first + ((UINT64_C(2) << bits) - 1) <= last) {
            bits++;
        }

        struct filter_cube *cube = add(out);
        uint32_t mask = ~(uint32_t) ((UINT64_C(1) << bits) - 1);
        char *value_bytes = (char *) &cube->value + offset;
        char *mask_bytes = (char *) &cube->mask + offset;

        if (width == 32) {
            ovs_be32 v = htonl(first), m = htonl(mask);

            memcpy(value_bytes, &v, sizeof v);
            memcpy(mask_bytes, &m, sizeof m);
        } else {
            ovs_be16 v = htons(first), m = htons(mask);

            memcpy(value_bytes, &v, sizeof v);
            memcpy(mask_bytes, &m, sizeof m);
        }
        first += UINT64_C(1) << bits;
    }
}

static bool
make_ip_range(struct out *out)
{
    const struct filter_values *v = out->values;
    ovs_be32 first, last, mask;

    if (!v->second || !parse_ip(v->first, NULL, &first, &mask)
        || !parse_ip(v->second, NULL, &last, &mask)
        || ntohl(first) > ntohl(last)) {
        return false;
    }
    add_range(out, (v->dst ? offsetof(struct filter_fields, ip_dst)
                    : offsetof(struct filter_fields, ip_src)),
              32, ntohl(first), ntohl(last));
    return true;
}

static bool
make_port_range(struct out *out)
{
    const struct filter_values *v = out->values;
    unsigned int max = v->kind == FILTER_VALUE_ICMP ? 255 : UINT16_MAX;
    unsigned int first, last;

    if (!parse_number(v->first, max, NULL, 0, &first)
        || !parse_number(v->second ? v->second : v->first, max, NULL, 0,
                         &last)
        || first > last) {
        return false;
    }
    add_range(out, (v->dst ? offsetof(struct filter_fields, tp_dst)
                    : offsetof(struct filter_fields, tp_src)),
              16, first, last);
    return true;
}

/* Stores in '*flags' those that are named in 's', which ends at 'end'. */
static bool
parse_tcp_flags(const char *s, const char *end, uint16_t *flags)
{
    static const struct name names[] = {
        { "FIN", 1 }, { "SYN", 2 }, { "RST", 4 }, { "PSH", 8 }, { "ACK", 16 },
        { "URG", 32 }, { "ALL", 63 }, { "NONE", 0 },
    };
    char *list = xmemdup0(s, end - s);
    char *save_ptr = NULL;
    bool ok = true;

    *flags = 0;
    for (char *word = strtok_r(list, ",", &save_ptr); word;
         word = strtok_r(NULL, ",", &save_ptr)) {
        unsigned int flag = 0;

        ok &= parse_number(word, 0, names, ARRAY_SIZE(names), &flag);
        *flags |= flag;
    }
    free(list);
    return ok;
}

/* MASK/FLAGS, as "SYN,ACK/SYN". */
static bool
make_tcp_flags(struct out *out)
{
    const char *s = out->values->first;
    const char *slash = strchr(s, '/');
    struct filter_cube *cube = add(out);
    uint16_t mask, flags;

    if (!slash || !parse_tcp_flags(s, slash, &mask)
        || !parse_tcp_flags(slash + 1, strchr(slash, '\0'), &flags)
        || flags & ~mask) {
        return false;
    }
    cube->value.tcp_flags = htons(flags);
    cube->mask.tcp_flags = htons(mask);
    return true;
}

static bool
make(struct out *out)
{
    switch (out->values->kind) {
    case FILTER_VALUE_MAC:
    case FILTER_VALUE_ARP_MAC:
        return make_mac(out);
    case FILTER_VALUE_ETHERTYPE:
    case FILTER_VALUE_ENCAPSULATED:
        return make_ethertype(out);
    case FILTER_VALUE_IP:
        return make_ip(out);
    case FILTER_VALUE_IPV6:
        return make_ipv6(out);
    case FILTER_VALUE_IP_RANGE:
        return make_ip_range(out);
    case FILTER_VALUE_PORT:
    case FILTER_VALUE_ICMP:
        return make_port_range(out);
    case FILTER_VALUE_TCP_FLAGS:
        return make_tcp_flags(out);
    case FILTER_VALUE_VLAN:
    case FILTER_VALUE_OPCODE:
    case FILTER_VALUE_HWTYPE:
    case FILTER_VALUE_ARP_PROTOCOL:
    case FILTER_VALUE_PROTOCOL:
    case FILTER_VALUE_DSCP:
        return make_number(out);
    }
    OVS_NOT_REACHED();
}

/* Stores in '*cubes' and '*n' the sets of frames that 'values' is about, for
 * the caller to free.  Returns null, or why there are none, likewise. */
char *
filter_value_make(const struct filter_values *values,
                  struct filter_cube **cubes, size_t *n)
{
    struct out out = { .values = values };
    bool ok = make(&out);

    *cubes = out.cubes;
    *n = out.n;
    return ok ? NULL : xstrdup("not a value that flows can tell");
}
