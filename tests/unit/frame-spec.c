/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "tests/unit/frame-spec.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>

#include "flow.h"
#include "packets.h"
#include "random.h"
#include "tests/unit/pipeline-eval.h"
#include "tests/unit/port-spec.h"
#include "util.h"

/* Does 'frame' do no more than to say that its sender is there?  QEMU sends
 * RARP, and guests send gratuitous ARP and unsolicited neighbor
 * advertisements, which go to all nodes (RFC 4861, section 7.2.6). */
bool
frame_is_announcement(const struct frame *frame)
{
    switch (ntohs(frame->dl_type)) {
    case ETH_TYPE_RARP:
        return true;
    case ETH_TYPE_ARP:
        return eth_addr_is_multicast(frame->dst);
    case ETH_TYPE_IPV6:
        return (eth_addr_is_multicast(frame->dst)
                && frame->nw_proto == IPPROTO_ICMPV6
                && frame->icmp_type == ND_NEIGHBOR_ADVERT);
    default:
        return false;
    }
}

/* Is 'frame' something else that a host sends first, when it says to others
 * what it has, or asks for it? */
bool
frame_comes_first(const struct frame *frame)
{
    static const uint8_t icmp_types[] = {
        ND_ROUTER_SOLICIT, ND_NEIGHBOR_SOLICIT, 131, 143,   /* MLD reports. */
    };
    bool ipv6 = frame->dl_type == htons(ETH_TYPE_IPV6);

    if (frame_is_announcement(frame)) {
        return true;
    } else if (!eth_addr_is_multicast(frame->dst)) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_SIZE(icmp_types); i++) {
        if (ipv6 && frame->nw_proto == IPPROTO_ICMPV6
            && frame->icmp_type == icmp_types[i]) {
            return true;
        }
    }
    return ((frame->dl_type == htons(ETH_TYPE_IP)
             && (!frame->nw_src || frame->nw_proto == 112))     /* VRRP. */
            || (ipv6 && frame->nw_proto == 112)
            || (ipv6 && frame->nw_proto == IPPROTO_UDP
                && frame->icmp_type == 546 && frame->tp_dst == 547));
}

/* Is 'frame' one by which a router says that it has an address? */
bool
frame_is_routers(const struct frame *frame)
{
    return (eth_addr_is_multicast(frame->dst) && frame->nw_proto == 112
            && (frame->dl_type == htons(ETH_TYPE_IP)
                || frame->dl_type == htons(ETH_TYPE_IPV6)));
}

static struct eth_addr
random_destination(void)
{
    static const struct eth_addr group = ETH_ADDR_C(01,00,5e,00,00,fb);
    static const struct eth_addr remote = ETH_ADDR_C(52,54,00,12,34,56);
    static const struct eth_addr all_nodes = ETH_ADDR_C(33,33,00,00,00,01);
    struct eth_addr reserved = ETH_ADDR_C(01,80,c2,00,00,00);

    switch (random_range(9)) {
    case 0:
        return eth_addr_broadcast;
    case 1:
        return group;
    case 2:
        return remote;
    case 3:
        reserved.ea[5] = random_range(0x30);
        return reserved;
    case 4:
        return all_nodes;
    default:
        return random_guest_mac();
    }
}

/* Makes 'frame' an announcement, or what differs from one in a single thing,
 * or something else. */
static void
random_payload(struct frame *frame)
{
    static const struct {
        uint16_t dl_type;
        uint8_t nw_proto;
        uint16_t icmp_type;     /* Or source port... */
        uint16_t tp_dst;
        uint8_t nw_src;         /* ...and the last byte of the source. */
    } payloads[] = {
        { ETH_TYPE_IP, IPPROTO_UDP, 68, 67, 0 },
        { ETH_TYPE_IP, IPPROTO_UDP, 68, 67, 1 },
        { ETH_TYPE_IP, IPPROTO_UDP, 546, 547, 1 },
        { ETH_TYPE_IP, 112, 0, 0, 1 },
        { ETH_TYPE_IPV6, 112, 0, 0, 0 },
        { ETH_TYPE_IPV6, IPPROTO_UDP, 546, 547, 0 },
        { ETH_TYPE_IPV6, IPPROTO_UDP, 547, 547, 0 },
        { ETH_TYPE_IPV6, IPPROTO_UDP, 546, 546, 0 },
        { ETH_TYPE_RARP, 0, 0, 0, 0 },
        { ETH_TYPE_ARP, 0, 0, 0, 0 },
        { ETH_TYPE_IPV6, IPPROTO_ICMPV6, ND_NEIGHBOR_ADVERT, 0, 0 },
        { ETH_TYPE_IPV6, IPPROTO_ICMPV6, ND_NEIGHBOR_SOLICIT, 0, 0 },
        { ETH_TYPE_IPV6, IPPROTO_ICMPV6, ND_ROUTER_SOLICIT, 0, 0 },
        { ETH_TYPE_IPV6, IPPROTO_ICMPV6, 128, 0, 0 },
        { ETH_TYPE_IPV6, IPPROTO_ICMPV6, 143, 0, 0 },
        { ETH_TYPE_IPV6, IPPROTO_ICMP, ND_NEIGHBOR_ADVERT, 0, 0 },
        { ETH_TYPE_IP, IPPROTO_ICMPV6, ND_NEIGHBOR_ADVERT, 0, 1 },
    };
    size_t i = random_range(ARRAY_SIZE(payloads));

    frame->dl_type = htons(payloads[i].dl_type);
    frame->nw_proto = payloads[i].nw_proto;
    frame->icmp_type = payloads[i].icmp_type;
    frame->tp_dst = payloads[i].tp_dst;
    frame->nw_src = htonl(payloads[i].nw_src);
}

/* Makes 'frame' one that comes in by a port of 'specs', now and then by none
 * of them. */
void
frame_random(struct frame *frame, const struct port_specs *specs)
{
    int pcp = random_range(3) ? 0 : random_range(8);

    *frame = (struct frame) {
        .in_port = (specs->n && random_range(20)
                    ? specs->ports[random_range(specs->n)].ofport
                    : u16_to_ofp(9)),
        .tci = (random_range(3)
                ? htons(VLAN_CFI | random_vid() | pcp << VLAN_PCP_SHIFT)
                : htons(0)),
        .dst = random_destination(),
        .src = (random_range(20) ? random_guest_mac()
                : random_range(2) ? eth_addr_broadcast : eth_addr_zero),
    };
    random_payload(frame);
}
