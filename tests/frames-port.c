/* SPDX-License-Identifier: Apache-2.0 */

/* Packet sockets in other network namespaces, and tap devices. */

#define _GNU_SOURCE 1

#include "frames.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Larger than any burst that a script can cause. */
#define RECEIVE_BUFFER (16 * 1024 * 1024)

/* Longer than the second that the kernel lets pass between changes of carrier
 * (net/core/link_watch.c). */
#define TAP_WAIT_MSEC 10000

static int epoll_fd = -1;

static void
enter_netns(const char *file_name, const char *shown)
{
    int fd = open(file_name, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || setns(fd, CLONE_NEWNET)) {
        die("network namespace \"%s\": %s", shown, strerror(errno));
    }
    close(fd);
}

/* Sets option 'name' of 'fd'; 'what' is for the error message. */
static void
set_option(int fd, int level, int name, int value, const char *what)
{
    if (setsockopt(fd, level, name, &value, sizeof value)) {
        die("setsockopt(%s): %s", what, strerror(errno));
    }
}

/* Has the device of 'port', number 'ifindex', receive frames for others.
 *
 * Each time that this begins or ends, those who watch devices in its network
 * namespace are told.  Open vSwitch then forgets all routes and the tunnels
 * that it listens for, and reads them anew: frames that come by a tunnel in
 * this moment are lost, and datapath flows come to be as if there were no
 * tunnels.  So devices in the switch's network namespace, which is our own,
 * must be left alone.  They are the switch's own, and receive everything
 * anyway. */
static void
make_promiscuous(const struct port *port, int ifindex)
{
    struct packet_mreq mreq = { .mr_type = PACKET_MR_PROMISC,
                                .mr_ifindex = ifindex };

    if (setsockopt(port->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq,
                   sizeof mreq)) {
        die("port %s: promiscuous mode: %s", port->name, strerror(errno));
    }
}

/* Opens the socket of 'port' in the present network namespace. */
static void
open_socket(struct port *port)
{
    struct sockaddr_ll sll = { .sll_family = AF_PACKET,
                               .sll_protocol = htons(ETH_P_ALL) };
    struct stat s;

    sll.sll_ifindex = if_nametoindex(port->iface);
    if (!sll.sll_ifindex) {
        die("port %s: no device \"%s\" in network namespace \"%s\"",
            port->name, port->iface, port->netns);
    }

    /* With protocol 0 nothing is received before bind(), when frames of all
     * devices would be. */
    port->fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (port->fd < 0) {
        die("socket: %s", strerror(errno));
    }
    set_option(port->fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER,
               "SO_RCVBUFFORCE");
    set_option(port->fd, SOL_PACKET, PACKET_AUXDATA, 1, "PACKET_AUXDATA");
    set_option(port->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1,
               "PACKET_IGNORE_OUTGOING");
    if (bind(port->fd, (struct sockaddr *) &sll, sizeof sll)) {
        die("port %s: bind: %s", port->name, strerror(errno));
    }
    if (strcmp(port->netns, "-")) {
        make_promiscuous(port, sll.sll_ifindex);
    }
    if (fstat(port->fd, &s)) {
        die("fstat: %s", strerror(errno));
    }
    port->inode = s.st_ino;
}

/* Takes the guest's end of the tap device of 'port', as QEMU does: it is there
 * already, and each frame has a header before it that tells of work that a
 * device is to do.  Ours asks for none, and does none. */
static void
open_tap(struct port *port)
{
    struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };

    if (!if_nametoindex(port->iface)) {
        die("port %s: no device \"%s\"", port->name, port->iface);
    }
    snprintf(ifr.ifr_name, sizeof ifr.ifr_name, "%s", port->iface);
    port->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (port->fd < 0 || ioctl(port->fd, TUNSETIFF, &ifr)) {
        die("port %s: tap \"%s\": %s", port->name, port->iface,
            strerror(errno));
    }
}

/* Waits until the tap device of 'port', just opened, carries frames.  Opening
 * it turns its carrier on, but the kernel gives it a queue only when a worker
 * of its own comes round to that; it drops what is sent to it until then. */
static void
await_running(const struct port *port)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq ifr = { .ifr_flags = 0 };

    snprintf(ifr.ifr_name, sizeof ifr.ifr_name, "%s", port->iface);
    for (int i = 0; i < TAP_WAIT_MSEC; i++) {
        if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &ifr)) {
            die("port %s: flags of \"%s\": %s", port->name, port->iface,
                strerror(errno));
        } else if (!(ifr.ifr_flags & IFF_UP) || ifr.ifr_flags & IFF_RUNNING) {
            close(fd);
            return;
        }
        poll(NULL, 0, 1);
    }
    die("port %s: tap \"%s\" does not run", port->name, port->iface);
}

/* Opens all ports of 'script', each in its own network namespace. */
void
ports_open(struct script *script)
{
    struct rlimit limit = { script->n_ports + 64, script->n_ports + 64 };
    struct rlimit old;

    if (!getrlimit(RLIMIT_NOFILE, &old) && old.rlim_cur < limit.rlim_cur) {
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_fd < 0) {
        die("epoll_create1: %s", strerror(errno));
    }

    int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    for (size_t i = 0; i < script->n_ports; i++) {
        struct port *port = script->ports[i];
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = port };
        bool foreign;

        port->is_tap = !strcmp(port->netns, "@tap");
        foreign = !port->is_tap && strcmp(port->netns, "-");
        if (foreign) {
            char path[256];

            snprintf(path, sizeof path, "%s%s",
                     strchr(port->netns, '/') ? "" : "/run/netns/",
                     port->netns);
            enter_netns(path, port->netns);
        }
        if (port->is_tap) {
            open_tap(port);
        } else {
            open_socket(port);
        }
        if (foreign && setns(own, CLONE_NEWNET)) {
            die("cannot return to own network namespace: %s",
                strerror(errno));
        }
        if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, port->fd, &event)) {
            die("epoll_ctl: %s", strerror(errno));
        }
    }
    close(own);
    for (size_t i = 0; i < script->n_ports; i++) {
        if (script->ports[i]->is_tap) {
            await_running(script->ports[i]);
        }
    }
}

/* Writes the 'len' bytes at 'p' to 'port', at once or not at all.  Returns
 * false, with errno set, if that fails. */
static bool
write_frame(const struct port *port, const uint8_t *p, size_t len)
{
    struct virtio_net_hdr header = { .gso_type = VIRTIO_NET_HDR_GSO_NONE };
    uint8_t buf[sizeof header + MAX_PACKET];

    if (!port->is_tap) {
        return send(port->fd, p, len, 0) == (ssize_t) len;
    }
    memcpy(buf, &header, sizeof header);
    memcpy(buf + sizeof header, p, len);
    return write(port->fd, buf, sizeof header + len) >= 0;
}

/* Sends the 'len' bytes at 'p' from 'port'. */
void
port_send(const struct port *port, const uint8_t *p, size_t len)
{
    for (int i = 0; i < 1000; i++) {
        if (write_frame(port, p, len)) {
            return;
        } else if (errno == EAGAIN || errno == ENOBUFS) {
            struct pollfd pfd = { .fd = port->fd, .events = POLLOUT };

            /* Without buffers the device has no room, though the socket has. */
            poll(&pfd, errno == EAGAIN, 1);
        } else if (errno != EINTR) {
            break;
        }
    }
    die("port %s: send: %s", port->name, strerror(errno));
}

/* Returns the tag that the kernel took out of the frame of 'msg', or NULL. */
static const struct tag *
stripped_tag(struct msghdr *msg, struct tag *tag)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
        struct tpacket_auxdata aux;

        if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA) {
            continue;
        }
        memcpy(&aux, CMSG_DATA(c), sizeof aux);
        if (aux.tp_status & TP_STATUS_VLAN_VALID) {
            tag->tci = aux.tp_vlan_tci;
            tag->tpid = (aux.tp_status & TP_STATUS_VLAN_TPID_VALID
                         ? aux.tp_vlan_tpid : ETH_P_8021Q);
            return tag;
        }
    }
    return NULL;
}

/* Calls 'cb' for all frames of ours that wait at the socket of 'port'.
 * Returns their number. */
static size_t
socket_receive(const struct port *port, port_receive_func *cb, void *aux)
{
    size_t n = 0;

    for (;;) {
        uint8_t buf[MAX_PACKET];
        union {
            struct cmsghdr align;
            char bytes[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
        } control;
        struct iovec iov = { .iov_base = buf, .iov_len = sizeof buf };
        struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
                              .msg_control = &control,
                              .msg_controllen = sizeof control };
        struct packet packet;
        struct tag tag;

        ssize_t len = recvmsg(port->fd, &msg, 0);
        if (len < 0) {
            if (errno == EINTR) {
                continue;
            } else if (errno == EAGAIN || errno == ENETDOWN) {
                return n;
            }
            die("port %s: recvmsg: %s", port->name, strerror(errno));
        }
        if (packet_parse(buf, len, stripped_tag(&msg, &tag), &packet)) {
            cb(port, &packet, aux);
            n++;
        }
    }
}

/* The same for a tap device, whose frames have their tags in them. */
static size_t
tap_receive(const struct port *port, port_receive_func *cb, void *aux)
{
    size_t n = 0;

    for (;;) {
        uint8_t buf[sizeof(struct virtio_net_hdr) + MAX_PACKET];
        ssize_t len = read(port->fd, buf, sizeof buf);
        struct packet packet;

        if (len < 0 && errno != EINTR) {
            if (errno == EAGAIN) {
                return n;
            }
            die("port %s: read: %s", port->name, strerror(errno));
        }
        if (len > (ssize_t) sizeof(struct virtio_net_hdr)
            && packet_parse(buf + sizeof(struct virtio_net_hdr),
                            len - sizeof(struct virtio_net_hdr), NULL,
                            &packet)) {
            cb(port, &packet, aux);
            n++;
        }
    }
}

/* Waits until a frame can be received at any port or 'timeout_ms' have passed
 * and calls 'cb' for all frames of ours.  Returns their number. */
size_t
ports_receive(int timeout_ms, port_receive_func *cb, void *aux)
{
    struct epoll_event events[64];
    size_t n = 0;

    int n_events = epoll_wait(epoll_fd, events, 64, timeout_ms);
    for (int i = 0; i < n_events; i++) {
        const struct port *port = events[i].data.ptr;

        n += (port->is_tap ? tap_receive : socket_receive)(port, cb, aux);
    }
    return n;
}

/* Waits until ports_receive() has something to receive, or for 'us'
 * microseconds. */
void
ports_wait(long long int us)
{
    struct pollfd pfd = { .fd = epoll_fd, .events = POLLIN };
    struct timespec ts;

    if (us > 0) {
        ts.tv_sec = us / 1000000;
        ts.tv_nsec = us % 1000000 * 1000;
        ppoll(&pfd, 1, &ts, NULL);
    }
}

/* Returns how many frames the kernel has dropped since the last call because
 * the socket of some port of 'script' was full. */
unsigned int
ports_n_dropped(const struct script *script)
{
    unsigned int n = 0;

    for (size_t i = 0; i < script->n_ports; i++) {
        struct tpacket_stats stats;
        socklen_t len = sizeof stats;

        if (script->ports[i]->is_tap) {
            continue;
        }
        if (getsockopt(script->ports[i]->fd, SOL_PACKET, PACKET_STATISTICS,
                       &stats, &len)) {
            die("getsockopt(PACKET_STATISTICS): %s", strerror(errno));
        }
        n += stats.tp_drops;
    }
    return n;
}
