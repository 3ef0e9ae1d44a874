/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#define _GNU_SOURCE 1
#include "bench.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "csum.h"
#include "jsonrpc.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"

#define FRAME_LEN 60
#define BATCH 64

/* Composes a UDP frame in 'frame'. */
static void
compose(uint8_t frame[FRAME_LEN], const struct eth_addr dst,
        const struct eth_addr src, uint16_t udp_src)
{
    struct eth_header *eth = (struct eth_header *) frame;
    struct ip_header *ip = (struct ip_header *) (eth + 1);
    struct udp_header *udp = (struct udp_header *) (ip + 1);
    size_t ip_len = FRAME_LEN - sizeof *eth;

    memset(frame, 0, FRAME_LEN);
    eth->eth_dst = dst;
    eth->eth_src = src;
    eth->eth_type = htons(ETH_TYPE_IP);
    ip->ip_ihl_ver = IP_IHL_VER(5, 4);
    ip->ip_tot_len = htons(ip_len);
    ip->ip_ttl = 64;
    ip->ip_proto = IPPROTO_UDP;
    put_16aligned_be32(&ip->ip_src, htonl(0x0a000001));
    put_16aligned_be32(&ip->ip_dst, htonl(0x0a000002));
    ip->ip_csum = csum(ip, sizeof *ip);
    udp->udp_src = htons(udp_src);
    udp->udp_dst = htons(9);
    udp->udp_len = htons(ip_len - sizeof *ip);
}

static struct eth_addr
parse_mac(const char *s)
{
    struct eth_addr mac;

    if (!eth_addr_from_string(s, &mac)) {
        ovs_fatal(0, "\"%s\" is no address", s);
    }
    return mac;
}

static int
open_device(const char *name)
{
    struct sockaddr_ll sll = {
        .sll_family = AF_PACKET,
        .sll_ifindex = if_nametoindex(name),
    };
    int fd = socket(AF_PACKET, SOCK_RAW, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *) &sll, sizeof sll)) {
        ovs_fatal(errno, "%s", name);
    }
    return fd;
}

/* blast IFACE MSEC DST SRC FLOWS: sends frames as fast as it can, for MSEC
 * milliseconds, with FLOWS different UDP ports.  Prints their number. */
void
cmd_blast(int argc OVS_UNUSED, char *argv[])
{
    long long int end = now_usec() + parse_number(argv[1]) * 1000LL;
    struct eth_addr dst = parse_mac(argv[2]);
    struct eth_addr src = parse_mac(argv[3]);
    unsigned int n_flows = parse_number(argv[4]);
    uint8_t (*frames)[FRAME_LEN] = xmalloc(n_flows * sizeof *frames);
    long long int n_sent = 0;
    int fd = open_device(argv[0]);

    for (unsigned int i = 0; i < n_flows; i++) {
        compose(frames[i], dst, src, 1024 + i);
    }
    while (now_usec() < end) {
        struct mmsghdr msgs[BATCH];
        struct iovec iovs[BATCH];
        int n;

        memset(msgs, 0, sizeof msgs);
        for (int i = 0; i < BATCH; i++) {
            iovs[i].iov_base = frames[(n_sent + i) % n_flows];
            iovs[i].iov_len = FRAME_LEN;
            msgs[i].msg_hdr.msg_iov = &iovs[i];
            msgs[i].msg_hdr.msg_iovlen = 1;
        }
        n = sendmmsg(fd, msgs, BATCH, 0);
        if (n > 0) {
            n_sent += n;
        } else if (errno != ENOBUFS && errno != EAGAIN) {
            ovs_fatal(errno, "%s", argv[0]);
        }
    }
    printf("%lld\n", n_sent);
    free(frames);
}

static char *
hex_frame(const struct eth_addr dst, const struct eth_addr src)
{
    uint8_t frame[FRAME_LEN];
    struct ds s = DS_EMPTY_INITIALIZER;

    compose(frame, dst, src, 1024);
    for (int i = 0; i < FRAME_LEN; i++) {
        ds_put_format(&s, "%02x", frame[i]);
    }
    return ds_steal_cstr(&s);
}

/* inject CTL REPEAT SOURCES DESTINATIONS PORT: puts frames from each of SOURCES
 * addresses to each of guests 1 to DESTINATIONS (0: one broadcast) into dummy
 * device PORT, REPEAT times, through vswitchd's control socket CTL.  With PORT
 * "guests", guest 1 to DESTINATIONS sends a frame to source 1 each. */
void
cmd_inject(int argc, char *argv[])
{
    struct jsonrpc *ctl = rpc_open(argv[0]);
    unsigned int repeat = parse_number(argv[1]);
    unsigned int n_src = parse_number(argv[2]);
    unsigned int n_dst = parse_number(argv[3]);
    bool from_guests = argc > 4 && !strcmp(argv[4], "guests");

    for (unsigned int r = 0; r < repeat; r++) {
        for (unsigned int s = 1; s <= n_src; s++) {
            struct eth_addr remote = { .ea = { 0x02, 0, 0, 0, s >> 8, s } };

            for (unsigned int d = n_dst ? 1 : 0; d <= n_dst; d++) {
                struct eth_addr guest = {
                    .ea = { 0x52, 0x54, 0, 0, d >> 8, d }
                };
                char *port = (from_guests ? xasprintf("g%u", d)
                              : xstrdup(argc > 4 ? argv[4] : "uplink"));
                char *frame = (from_guests ? hex_frame(remote, guest)
                               : hex_frame(n_dst ? guest : eth_addr_broadcast,
                                           remote));
                char *args[] = { port, frame };

                free(ctl_transact(ctl, "netdev-dummy/receive", 2, args));
                free(frame);
                free(port);
            }
        }
    }
}
