/* SPDX-License-Identifier: Apache-2.0 */

/* The bytes of a frame: composing it, recognising it. */

#define _GNU_SOURCE 1

#include "frames.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define ETH_TYPE_ARP 0x0806
#define ETH_TYPE_RARP 0x8035
#define ETH_TYPE_IPV4 0x0800
#define ETH_TYPE_IPV6 0x86dd
#define ETH_TYPE_VLAN_8021Q 0x8100
#define ETH_TYPE_VLAN_8021AD 0x88a8

/* Our mark.  It stands behind the frame's head, so its place differs. */
struct mark {
    uint8_t magic[8];
    uint32_t nonce;             /* Which run of this program. */
    uint32_t index;
    uint32_t seq;
} __attribute__((packed));

static const uint8_t magic[8] = { 'v', 'n', 'F', 'r', 'a', 'm', 'e', 0xa5 };
static uint32_t nonce;

/* Frames without a mark. */
static struct {
    const struct frame *frame;
    uint32_t index;
} *bare;
static size_t n_bare;

/* Chooses the number by which frames of this run are told from those of other
 * runs that may be going on at the same ports. */
void
packet_init(void)
{
    if (getrandom(&nonce, sizeof nonce, 0) != sizeof nonce) {
        die("getrandom failed");
    }
}

/* Returns the length of the shortest payload that 'frame' can have: its head,
 * the mark, and no less than what Ethernet asks for. */
size_t
packet_min_payload(const struct frame *frame)
{
    size_t len = (frame->head_len
                  + (frame->bare ? 0 : sizeof(struct mark)));

    return len < 46 ? 46 : len;
}

static uint8_t *
put_be16(uint8_t *p, uint16_t value)
{
    p[0] = value >> 8;
    p[1] = value;
    return p + 2;
}

static uint16_t
get_be16(const uint8_t *p)
{
    return p[0] << 8 | p[1];
}

static void
compose_payload(const struct frame *frame, uint32_t index, uint32_t seq,
                uint8_t *payload)
{
    struct mark mark = { .nonce = nonce, .index = htonl(index),
                         .seq = htonl(seq) };
    size_t ofs = frame->head_len;

    memcpy(mark.magic, magic, sizeof magic);
    if (frame->head_len) {
        memcpy(payload, frame->head, frame->head_len);
    }
    if (frame->bare) {
        memset(payload + ofs, 0, frame->len - ofs);
        return;
    }
    memcpy(payload + ofs, &mark, sizeof mark);
    for (ofs += sizeof mark; ofs < frame->len; ofs++) {
        payload[ofs] = 1 + (ofs * 7 + index) % 251;
    }
}

/* Writes copy 'seq' of 'frame', whose number in its script is 'index', into
 * 'buf' and returns its length. */
size_t
packet_compose(const struct frame *frame, uint32_t index, uint32_t seq,
               uint8_t buf[MAX_PACKET])
{
    uint8_t *p = buf;

    memcpy(p, frame->dst, ETH_LEN);
    memcpy(p + ETH_LEN, frame->src, ETH_LEN);
    p += 2 * ETH_LEN;
    for (size_t i = 0; i < frame->n_tags; i++) {
        p = put_be16(p, frame->tags[i].tpid);
        p = put_be16(p, frame->tags[i].tci);
    }
    p = put_be16(p, frame->type);
    compose_payload(frame, index, seq, p);
    return p + frame->len - buf;
}

/* Returns true if 'packet' differs from 'frame' in more than its VLAN tags.
 * Padding at the end, which any device may add, is no difference. */
bool
packet_is_mangled(const struct packet *packet, const struct frame *frame)
{
    uint8_t payload[MAX_PACKET];

    if (memcmp(packet->dst, frame->dst, ETH_LEN)
        || memcmp(packet->src, frame->src, ETH_LEN)
        || packet->type != frame->type
        || packet->payload_len < frame->len) {
        return true;
    }
    compose_payload(frame, packet->index, packet->seq, payload);
    if (memcmp(packet->payload, payload, frame->len)) {
        return true;
    }
    for (size_t i = frame->len; i < packet->payload_len; i++) {
        if (packet->payload[i]) {
            return true;
        }
    }
    return false;
}

static bool
is_same(const struct frame *a, const struct frame *b)
{
    return (!memcmp(a->dst, b->dst, ETH_LEN)
            && !memcmp(a->src, b->src, ETH_LEN)
            && a->type == b->type && a->len == b->len
            && a->head_len == b->head_len
            && !memcmp(a->head, b->head, a->head_len));
}

/* Has 'frame', the one with number 'index' in its script, be recognised though
 * it has no mark.  Returns false if that cannot be, since it has no head, or
 * is the same as another. */
bool
packet_add_bare(const struct frame *frame, uint32_t index)
{
    if (!frame->head_len) {
        return false;
    }
    for (size_t i = 0; i < n_bare; i++) {
        if (is_same(frame, bare[i].frame)) {
            return false;
        }
    }
    bare = xrealloc_array(bare, n_bare + 1, sizeof *bare);
    bare[n_bare].frame = frame;
    bare[n_bare++].index = index;
    return true;
}

/* Finds out which of the frames without a mark 'packet' is.  Returns false if
 * it is none of them. */
static bool
find_bare(struct packet *packet)
{
    for (size_t i = 0; i < n_bare; i++) {
        packet->index = bare[i].index;
        if (!packet_is_mangled(packet, bare[i].frame)) {
            return true;
        }
    }
    return false;
}

/* Takes the 'len' bytes at 'p' apart into '*packet', which then points into
 * them.  'stripped' is the tag that the kernel took out of the frame before it
 * gave it to us, or NULL.  Returns false if this is not one of our frames. */
bool
packet_parse(const uint8_t *p, size_t len, const struct tag *stripped,
             struct packet *packet)
{
    const uint8_t *end = p + len;
    struct mark mark;

    memset(packet, 0, sizeof *packet);
    if (len < 2 * ETH_LEN + 2) {
        return false;
    }
    packet->dst = p;
    packet->src = p + ETH_LEN;
    p += 2 * ETH_LEN;
    if (stripped) {
        packet->tags[packet->n_tags++] = *stripped;
    }
    while (packet->n_tags < MAX_TAGS && end - p >= 6
           && (get_be16(p) == ETH_TYPE_VLAN_8021Q
               || get_be16(p) == ETH_TYPE_VLAN_8021AD)) {
        packet->tags[packet->n_tags].tpid = get_be16(p);
        packet->tags[packet->n_tags++].tci = get_be16(p + 2);
        p += 4;
    }
    packet->type = get_be16(p);
    packet->payload = p + 2;
    packet->payload_len = end - packet->payload;

    p = memmem(packet->payload, packet->payload_len, magic, sizeof magic);
    if (!p || (size_t) (end - p) < sizeof mark) {
        return find_bare(packet);
    }
    memcpy(&mark, p, sizeof mark);
    packet->index = ntohl(mark.index);
    packet->seq = ntohl(mark.seq);
    return mark.nonce == nonce;
}

/* An ARP body (RFC 826) for Ethernet and IPv4 with operation 'op' that speaks
 * of 'src' and of the IPv4 address 'ip' only. */
static void
arp_body(struct frame *frame, uint16_t type, uint8_t op, uint32_t ip,
         bool target_mac)
{
    uint8_t *p = xzalloc_frame(28);

    put_be16(p, 1);
    put_be16(p + 2, 0x0800);
    p[4] = ETH_LEN;
    p[5] = 4;
    p[7] = op;
    memcpy(p + 8, frame->src, ETH_LEN);
    put_be16(p + 14, ip >> 16);
    put_be16(p + 16, ip);
    if (target_mac) {
        memcpy(p + 18, frame->src, ETH_LEN);
    }
    put_be16(p + 24, ip >> 16);
    put_be16(p + 26, ip);

    frame->type = type;
    frame->head = p;
    frame->head_len = 28;
}

static uint16_t
internet_checksum(const uint8_t *p, size_t len, uint32_t sum)
{
    for (size_t i = 0; i + 1 < len; i += 2) {
        sum += get_be16(p + i);
    }
    while (sum >> 16) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return ~sum;
}

enum { IPV4_LEN = 20, IPV6_LEN = 40 };

/* Makes 'frame' one of IPv6, from the link-local address that belongs to the
 * frame's source address, for group ff02::'group', with protocol 'proto' and
 * 'len' bytes behind the header.  Returns these, which are zero. */
static uint8_t *
ipv6_body(struct frame *frame, uint8_t proto, uint8_t len, uint32_t group)
{
    uint8_t *ip = xzalloc_frame(IPV6_LEN + len);

    ip[0] = 0x60;
    ip[5] = len;
    ip[6] = proto;
    ip[7] = 255;
    ip[8] = 0xfe;
    ip[9] = 0x80;
    memcpy(ip + 16, frame->src, 3);
    ip[16] ^= 2;
    ip[19] = 0xff;
    ip[20] = 0xfe;
    memcpy(ip + 21, frame->src + 3, 3);
    ip[24] = 0xff;
    ip[25] = 2;
    put_be16(ip + 36, group >> 16);
    put_be16(ip + 38, group);

    frame->type = ETH_TYPE_IPV6;
    frame->head = ip;
    frame->head_len = IPV6_LEN + len;
    return ip + IPV6_LEN;
}

/* Puts into 'frame', which is of IPv6, the checksum at 'ofs' of what is behind
 * the header.  The pseudo-header is both addresses, the length and the
 * protocol. */
static void
ipv6_checksum(struct frame *frame, size_t ofs)
{
    uint8_t *ip = frame->head;
    uint8_t *p = ip + IPV6_LEN;
    uint32_t sum = ip[5] + ip[6];

    sum += (uint16_t) ~internet_checksum(ip + 8, 32, 0);
    put_be16(p + ofs, internet_checksum(p, ip[5], sum));
}

/* Neighbor discovery and MLD: a message of ICMPv6 of type 'type' for group
 * 'group' with 'len' bytes.  Solicitations and advertisements of neighbors
 * speak of the address that sends. */
static void
icmp6_body(struct frame *frame, uint8_t type, uint8_t len, uint32_t group)
{
    uint8_t *icmp = ipv6_body(frame, IPPROTO_ICMPV6, len, group);
    uint8_t *ip = icmp - IPV6_LEN;

    icmp[0] = type;
    if (type == 136) {
        icmp[4] = 0x20;         /* Override. */
        icmp[24] = 2;           /* Target link-layer address. */
        icmp[25] = 1;
        memcpy(icmp + 26, frame->src, ETH_LEN);
    }
    if (type == 135 || type == 136) {
        memcpy(icmp + 8, ip + 8, 16);
    }
    if (type == 135) {
        /* From nobody, to find out whether anybody has it. */
        memset(ip + 8, 0, 16);
    }
    ipv6_checksum(frame, 2);
}

/* IPv4 from 'src' to 'dst', with protocol 'proto' and 'len' bytes behind the
 * header, which are returned. */
static uint8_t *
ipv4_body(struct frame *frame, uint8_t proto, uint8_t len, uint32_t src,
          uint32_t dst)
{
    uint8_t *ip = xzalloc_frame(IPV4_LEN + len);

    ip[0] = 0x45;
    ip[3] = IPV4_LEN + len;
    ip[8] = 255;
    ip[9] = proto;
    put_be16(ip + 12, src >> 16);
    put_be16(ip + 14, src);
    put_be16(ip + 16, dst >> 16);
    put_be16(ip + 18, dst);
    put_be16(ip + 10, internet_checksum(ip, IPV4_LEN, 0));

    frame->type = ETH_TYPE_IPV4;
    frame->head = ip;
    frame->head_len = IPV4_LEN + len;
    return ip + IPV4_LEN;
}

/* UDP with no checksum and no data but the mark. */
static void
udp_body(uint8_t *udp, uint16_t src, uint16_t dst)
{
    put_be16(udp, src);
    put_be16(udp + 2, dst);
    put_be16(udp + 4, 8);
}

/* An advertisement of VRRP (RFC 9568) for virtual router 1 and 192.0.2.100,
 * from 192.0.2.1.  CARP's is alike. */
static void
vrrp_body(struct frame *frame)
{
    uint8_t *vrrp = ipv4_body(frame, 112, 12, 0xc0000201, 0xe0000012);

    vrrp[0] = 0x31;
    vrrp[1] = 1;
    vrrp[2] = 100;
    vrrp[3] = 1;
    put_be16(vrrp + 4, 100);
    put_be16(vrrp + 8, 0xc000);
    put_be16(vrrp + 10, 0x0264);
    /* The pseudo-header, as above. */
    uint32_t sum = 12 + 112;
    sum += (uint16_t) ~internet_checksum(vrrp - 8, 8, 0);
    put_be16(vrrp + 6, internet_checksum(vrrp, 12, sum));
}

/* Gives 'frame', whose source address is set, the type and the head of one of
 * the announcements that hosts make.  Returns false if 'name' is none:
 *
 *    rarp: as QEMU announces a guest that has moved.
 *    garp: gratuitous ARP.
 *    na: unsolicited IPv6 neighbour advertisement.
 *    ns, rs: solicitation of a neighbor, for an address of its own, and of a
 *        router.
 *    mld: report of a group.
 *    dhcp, dhcp6: with the head of what a client sends first.
 *    vrrp: advertisement. */
bool
packet_body(const char *name, struct frame *frame)
{
    if (!strcmp(name, "rarp")) {
        arp_body(frame, ETH_TYPE_RARP, 3, 0, true);
    } else if (!strcmp(name, "garp")) {
        /* An address of TEST-NET-1 made from the source address. */
        arp_body(frame, ETH_TYPE_ARP, 1,
                 0xc0000200 | frame->src[ETH_LEN - 1], false);
    } else if (!strcmp(name, "na")) {
        icmp6_body(frame, 136, 32, 1);
    } else if (!strcmp(name, "ns")) {
        icmp6_body(frame, 135, 24, 1);
    } else if (!strcmp(name, "rs")) {
        icmp6_body(frame, 133, 8, 2);
    } else if (!strcmp(name, "mld")) {
        icmp6_body(frame, 143, 8, 0x16);
    } else if (!strcmp(name, "dhcp")) {
        udp_body(ipv4_body(frame, IPPROTO_UDP, 8, 0, UINT32_MAX), 68, 67);
    } else if (!strcmp(name, "dhcp6")) {
        udp_body(ipv6_body(frame, IPPROTO_UDP, 8, 0x10002), 546, 547);
    } else if (!strcmp(name, "vrrp")) {
        vrrp_body(frame);
    } else {
        return false;
    }
    return true;
}
