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
    size_t len = frame->head_len + sizeof(struct mark);

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
        return false;
    }
    memcpy(&mark, p, sizeof mark);
    packet->index = ntohl(mark.index);
    packet->seq = ntohl(mark.seq);
    return mark.nonce == nonce;
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

/* An unsolicited neighbour advertisement (RFC 4861, section 7.2.6) for the
 * link-local address that belongs to the frame's source address. */
static void
na_body(struct frame *frame)
{
    enum { IP_LEN = 40, ICMP_LEN = 32 };
    static const uint8_t all_nodes[16] = { 0xff, 2, [15] = 1 };
    uint8_t *ip = xzalloc_frame(IP_LEN + ICMP_LEN);
    uint8_t *icmp = ip + IP_LEN;

    ip[0] = 0x60;
    ip[5] = ICMP_LEN;
    ip[6] = IPPROTO_ICMPV6;
    ip[7] = 255;
    ip[8] = 0xfe;
    ip[9] = 0x80;
    memcpy(ip + 16, frame->src, 3);
    ip[16] ^= 2;
    ip[19] = 0xff;
    ip[20] = 0xfe;
    memcpy(ip + 21, frame->src + 3, 3);
    memcpy(ip + 24, all_nodes, sizeof all_nodes);

    icmp[0] = 136;              /* Neighbour advertisement. */
    icmp[4] = 0x20;             /* Override. */
    memcpy(icmp + 8, ip + 8, 16);
    icmp[24] = 2;               /* Target link-layer address. */
    icmp[25] = 1;
    memcpy(icmp + 26, frame->src, ETH_LEN);
    /* The pseudo-header is both addresses, the length and the protocol. */
    uint32_t sum = ICMP_LEN + IPPROTO_ICMPV6;
    sum += (uint16_t) ~internet_checksum(ip + 8, 32, 0);
    put_be16(icmp + 2, internet_checksum(icmp, ICMP_LEN, sum));

    frame->type = ETH_TYPE_IPV6;
    frame->head = ip;
    frame->head_len = IP_LEN + ICMP_LEN;
}

/* Gives 'frame', whose source address is set, the type and the head of one of
 * the announcements that hosts make.  Returns false if 'name' is none:
 *
 *    rarp: as QEMU announces a guest that has moved.
 *    garp: gratuitous ARP.
 *    na: unsolicited IPv6 neighbour advertisement. */
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
        na_body(frame);
    } else {
        return false;
    }
    return true;
}
