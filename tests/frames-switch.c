/* SPDX-License-Identifier: Apache-2.0 */

/* The packet sockets of a switch that runs in user space and in our own
 * network namespace.
 *
 * Frames wait in them until the switch reads them, so a silence does not mean
 * yet that nothing will come.  They hold only so many: when the switch, for
 * want of a processor, does not read for a quarter of a second, and frames are
 * sent meanwhile, the kernel drops what does not fit.  That says nothing about
 * what the switch does with frames, so who sends at a rate waits, and says
 * that it did.  What the kernel drops all the same, it counts. */

#define _GNU_SOURCE 1

#include "frames.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/packet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool
is_own_inode(const struct script *script, unsigned long inode)
{
    for (size_t i = 0; i < script->n_ports; i++) {
        if (script->ports[i]->inode == inode) {
            return true;
        }
    }
    return false;
}

/* The packet sockets whose owners still had frames to read when it was last
 * looked at, by inode. */
static unsigned long *unread;
static size_t n_unread;

static bool
is_unread(unsigned long inode)
{
    for (size_t i = 0; i < n_unread; i++) {
        if (unread[i] == inode) {
            return true;
        }
    }
    return false;
}

/* Reads on from 'stream', which is /proc/net/packet, to the next packet socket
 * that has frames to be read and is none of 'script'.  Stores its number and
 * how many bytes of memory they take.  Returns false if there is none. */
static bool
next_unread(FILE *stream, const struct script *script, unsigned long *inode,
            unsigned long *rmem)
{
    char line[256];

    while (stream && fgets(line, sizeof line, stream)) {
        if (sscanf(line, "%*s %*s %*s %*s %*s %*s %lu %*s %lu", rmem,
                   inode) == 2
            && *rmem && !is_own_inode(script, *inode)) {
            return true;
        }
    }
    if (stream) {
        fclose(stream);
    }
    return false;
}

static FILE *
open_sockets(void)
{
    return fopen("/proc/thread-self/net/packet", "r");
}

/* Looks through the packet sockets of our own network namespace, without
 * those of 'script', and keeps in 'unread' those that have frames to be read.
 * If 'all' is false, leaves out those that were not there before. */
static void
look_for_unread(const struct script *script, bool all)
{
    FILE *stream = open_sockets();
    unsigned long *found = NULL;
    unsigned long inode, rmem;
    size_t n = 0;

    while (next_unread(stream, script, &inode, &rmem)) {
        if (all || is_unread(inode)) {
            found = xrealloc_array(found, n + 1, sizeof *found);
            found[n++] = inode;
        }
    }
    free(unread);
    unread = found;
    n_unread = n;
}

/* Remembers which of the switch's sockets have anything to be read now.  The
 * next function tells whether any of them has not been empty since, so it does
 * not matter whether others keep sending. */
void
switch_mark_unread(const struct script *script)
{
    look_for_unread(script, true);
}

bool
switch_has_unread(const struct script *script)
{
    if (n_unread) {
        look_for_unread(script, false);
    }
    return n_unread > 0;
}

/* Returns how many bytes a packet socket holds that has not asked for more. */
static unsigned long
default_capacity(void)
{
    static int capacity;
    socklen_t len = sizeof capacity;

    if (!capacity) {
        int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

        if (fd < 0
            || getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &capacity, &len)) {
            die("capacity of a packet socket: %s", strerror(errno));
        }
        close(fd);
    }
    return capacity;
}

/* Do all of the switch's sockets have room for more frames?  (For as many as
 * are in the fullest of them already.) */
bool
switch_has_room(const struct script *script)
{
    FILE *stream = open_sockets();
    unsigned long inode, rmem;
    bool room = true;

    while (next_unread(stream, script, &inode, &rmem)) {
        room = room && rmem < default_capacity() / 2;
    }
    return room;
}

/* Returns how many frames the socket of 'diag', whose attributes take 'len'
 * bytes, has had no room for. */
static unsigned int
diag_n_dropped(const struct packet_diag_msg *diag, size_t len)
{
    const struct rtattr *attr = (const struct rtattr *) (diag + 1);

    for (; RTA_OK(attr, len); attr = RTA_NEXT(attr, len)) {
        if (attr->rta_type == PACKET_DIAG_MEMINFO
            && RTA_PAYLOAD(attr) > SK_MEMINFO_DROPS * sizeof(uint32_t)) {
            return ((const uint32_t *) RTA_DATA(attr))[SK_MEMINFO_DROPS];
        }
    }
    return 0;
}

/* Asks the kernel by 'fd' for the state of all packet sockets. */
static bool
ask_for_sockets(int fd)
{
    struct {
        struct nlmsghdr header;
        struct packet_diag_req diag;
    } request = {
        .header = { .nlmsg_len = sizeof request,
                    .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
        .diag = { .sdiag_family = AF_PACKET,
                  .pdiag_show = PACKET_SHOW_MEMINFO },
    };

    return (fd >= 0
            && send(fd, &request, sizeof request, 0) == sizeof request);
}

/* Stores in 'n' how many frames did not fit into the switch's sockets since
 * they were opened.  Returns false if the kernel does not tell. */
bool
switch_n_dropped(const struct script *script, unsigned int *n)
{
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    union {
        struct nlmsghdr align;
        char bytes[32768];
    } reply;
    bool more = ask_for_sockets(fd);
    bool told = false;

    *n = 0;

    while (more) {
        ssize_t received = recv(fd, &reply, sizeof reply, 0);
        size_t len = received > 0 ? received : 0;
        const struct nlmsghdr *h = &reply.align;

        more = len > 0;
        for (; NLMSG_OK(h, len); h = NLMSG_NEXT(h, len)) {
            const struct packet_diag_msg *diag = NLMSG_DATA(h);

            if (h->nlmsg_type != SOCK_DIAG_BY_FAMILY) {
                told = h->nlmsg_type == NLMSG_DONE;
                more = false;
            } else if (!is_own_inode(script, diag->pdiag_ino)) {
                *n += diag_n_dropped(diag, NLMSG_PAYLOAD(h, sizeof *diag));
            }
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    return told;
}
