/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILTER_CUBE_H
#define FILTER_CUBE_H 1

/* Sets of frames, as filters tell them apart: those that have in 'mask's bits
 * what 'value' has there.  Bits outside of the mask are 0 in the value. */

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "openvswitch/types.h"

/* What a frame has, as its guest sends or gets it.  A field of a protocol that
 * the frame is not of is 0. */
struct filter_fields {
    struct in6_addr ipv6_src, ipv6_dst;
    ovs_be32 ip_src, ip_dst;    /* Also sender and target of (R)ARP. */
    struct eth_addr dl_src, dl_dst;
    struct eth_addr arp_sha, arp_tha;
    ovs_be16 dl_type;           /* Behind the tag, if it has one. */
    ovs_be16 tp_src, tp_dst;    /* Also type and code of ICMP. */
    ovs_be16 tcp_flags;
    ovs_be16 vid;
    uint8_t tagged;             /* 1 or 0. */
    uint8_t proto;              /* Also the opcode of (R)ARP. */
    uint8_t tos;                /* The two bits of ECN are 0. */
    uint8_t later;              /* 1 in a fragment that is not the first. */
    uint8_t pad[2];
};

#define FILTER_CUBE_WORDS (sizeof(struct filter_fields) / sizeof(uint64_t))

struct filter_cube {
    union {
        struct filter_fields value;
        uint64_t value_words[FILTER_CUBE_WORDS];
    };
    union {
        struct filter_fields mask;
        uint64_t mask_words[FILTER_CUBE_WORDS];
    };
};

void filter_cube_init(struct filter_cube *);
bool filter_cube_intersect(struct filter_cube *dst, const struct filter_cube *,
                           const struct filter_cube *);
bool filter_cube_covers(const struct filter_cube *,
                        const struct filter_cube *);
bool filter_cube_overlaps(const struct filter_cube *,
                          const struct filter_cube *);
bool filter_cube_has(const struct filter_cube *, const struct filter_fields *);

#endif /* lib/model/filter-cube.h */
