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

/* Returns the address that 's' says, a new one each time if that is
 * "random". */
static struct eth_addr
parse_mac(const char *s)
{
    struct eth_addr mac;

    if (!strcmp(s, "random")) {
        eth_addr_random(&mac);
    } else if (!eth_addr_from_string(s, &mac)) {
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
 * milliseconds, with FLOWS different UDP ports.  DST and SRC may be "random":
 * as many different addresses.  Prints the number of frames. */
void
cmd_blast(int argc OVS_UNUSED, char *argv[])
{
    long long int end = now_usec() + parse_number(argv[1]) * 1000LL;
    unsigned int n_flows = parse_number(argv[4]);
    uint8_t (*frames)[FRAME_LEN] = xmalloc(n_flows * sizeof *frames);
    long long int n_sent = 0;
    int fd = open_device(argv[0]);

    for (unsigned int i = 0; i < n_flows; i++) {
        compose(frames[i], parse_mac(argv[2]), parse_mac(argv[3]), 1024 + i);
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
hex_frame(const uint8_t frame[FRAME_LEN])
{
    struct ds s = DS_EMPTY_INITIALIZER;

    for (int i = 0; i < FRAME_LEN; i++) {
        ds_put_format(&s, "%02x", frame[i]);
    }
    return ds_steal_cstr(&s);
}

/* Puts one frame from 'src' to 'dst' into dummy device 'port', 'n' times, or,
 * if 'ctl' is null, has the device of that name send it.  One at a time:
 * vswitchd takes one from each dummy device in a turn, and drops what a short
 * queue cannot hold. */
static void
inject(struct jsonrpc *ctl, const char *port, const struct eth_addr dst,
       const struct eth_addr src, unsigned int n)
{
    int fd = ctl ? -1 : open_device(port);
    uint8_t frame[FRAME_LEN];

    compose(frame, dst, src, 1024);

    char *text = hex_frame(frame);
    char *args[] = { CONST_CAST(char *, port), text };
    while (n--) {
        if (ctl) {
            free(ctl_transact(ctl, "netdev-dummy/receive", 2, args));
        } else if (send(fd, frame, sizeof frame, 0) < 0) {
            ovs_fatal(errno, "%s", port);
        }
        usleep(2000);
    }
    if (fd >= 0) {
        close(fd);
    }
    free(text);
}

static struct eth_addr
guest_addr(unsigned int n)
{
    return (struct eth_addr) { .ea = { 0x52, 0x54, 0, 0, n >> 8, n } };
}

static struct eth_addr
remote_addr(unsigned int n)
{
    return (struct eth_addr) { .ea = { 0x02, 0, 0, 0, n >> 8, n } };
}

/* inject CTL WHAT ...: sends frames through dummy devices, by vswitchd's
 * control socket CTL, or through real ones if that is "-":
 *
 *   broadcast N     N broadcasts from the uplink
 *   guests D        a frame of each of guests 1 to D to a remote address
 *   uplink S D      a frame from each of S remote addresses to each of guests
 *                   1 to D */
void
cmd_inject(int argc, char *argv[])
{
    struct jsonrpc *ctl = strcmp(argv[0], "-") ? rpc_open(argv[0]) : NULL;
    unsigned int n = parse_number(argv[2]);

    if (!strcmp(argv[1], "broadcast")) {
        inject(ctl, "uplink", eth_addr_broadcast, remote_addr(1), n);
    } else if (!strcmp(argv[1], "guests")) {
        for (unsigned int i = 1; i <= n; i++) {
            char *port = xasprintf("g%u", i);

            inject(ctl, port, remote_addr(1), guest_addr(i), 1);
            free(port);
        }
    } else {
        unsigned int n_guests = argc > 3 ? parse_number(argv[3]) : 0;

        for (unsigned int i = 1; i <= n; i++) {
            for (unsigned int j = 1; j <= n_guests; j++) {
                inject(ctl, "uplink", guest_addr(j), remote_addr(i), 1);
            }
        }
    }
    jsonrpc_close(ctl);
}
