/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/sources/link-source.h"

#include <errno.h>
#include <limits.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "controller/sources/link-macs.h"
#include "coverage.h"
#include "lib/base/sets.h"
#include "lib/host/link-away.h"
#include "lib/host/link-table.h"
#include "lib/host/link.h"
#include "lib/host/vif.h"
#include "netlink-socket.h"
#include "netlink.h"
#include "netnsid.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "ovsdb/vif-reader.h"
#include "packets.h"
#include "sset.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(link_source);

COVERAGE_DEFINE(link_message);

/* How many messages are taken in one go, so that somebody who makes devices
 * without end does not keep the program from all else. */
#define MAX_MESSAGES 200

/* How many messages may be queued when the kernel cannot tell all, at most. */
#define MAX_QUEUED 10000

/* How often, in milliseconds, the host's devices are asked for their
 * addresses if nothing happens. */
#define MACS_INTERVAL 1000

struct link_source {
    struct vif_reader *vifs;
    struct nl_sock *sock;       /* Null if there is none. */
    struct link_table table;
    struct link_aways aways;
    struct sset changed;        /* Names of devices to be looked at again. */
    struct sset hosts;          /* Names of the host's devices. */
    bool strict;                /* Does the kernel check what it is asked by
                                 * sockets that libopenvswitch makes? */
    long long int next_macs;    /* When these are to be asked for addresses,
                                 * in time_msec() terms. */
};

/* Initializes 'request', for which the caller must call ofpbuf_uninit(), to
 * one for device 'ifindex', or for all if that is 0. */
static void
init_request(struct ofpbuf *request, int ifindex)
{
    struct ifinfomsg info = { .ifi_family = AF_UNSPEC, .ifi_index = ifindex };

    ofpbuf_init(request, 64);
    nl_msg_put_nlmsghdr(request, sizeof info, RTM_GETLINK, NLM_F_REQUEST);
    ofpbuf_put(request, &info, sizeof info);
}

/* Asks the kernel for device 'ifindex' of namespace 'netnsid', or of this one
 * if that is LINK_HERE.  Returns true, and initializes 'link', if it says. */
static bool
ask(int netnsid, int ifindex, struct link *link)
{
    struct ofpbuf request;
    struct ofpbuf *reply;
    bool ok = false;

    init_request(&request, ifindex);
    if (netnsid != LINK_HERE) {
        nl_msg_put_u32(&request, IFLA_TARGET_NETNSID, netnsid);
    }
    if (!nl_transact(NETLINK_ROUTE, &request, &reply)) {
        ok = link_from_message(link, reply) == LINK_NEW;
        ofpbuf_delete(reply);
    }
    ofpbuf_uninit(&request);
    return ok;
}

/* Asks for the address of the device that was called 'name' here and is in
 * another namespace now, if there is one. */
static void
read_away(struct link_source *source, const char *name)
{
    const struct link_away *away = link_aways_find(&source->aways, name);
    struct link link;

    if (away && away->netnsid != LINK_HERE
        && ask(away->netnsid, away->ifindex, &link)) {
        link_aways_set(&source->aways, away->netnsid, &link,
                       &source->changed);
        link_uninit(&link);
    }
}

/* Takes over 'link', a device of this namespace, and asks for its peer if that
 * is in another one. */
static void
set_link(struct link_source *source, struct link *link)
{
    int netnsid = link->netnsid;
    int lower = link->lower;
    bool is_veth = !strcmp(link->kind, "veth");

    link_aways_remove(&source->aways, link->name, &source->changed);
    link_table_set(&source->table, link, &source->changed);
    if (is_veth && netnsid != LINK_HERE) {
        struct link peer = { .address = eth_addr_zero };

        if (ask(netnsid, lower, &peer)) {
            link_table_set_peer(&source->table, netnsid, lower, peer.address,
                                &source->changed);
            link_uninit(&peer);
        }
    }
}

static void
add_ifindex(const struct link *link, void *ifindexes_)
{
    struct ofpbuf *ifindexes = ifindexes_;

    ofpbuf_put(ifindexes, &link->ifindex, sizeof link->ifindex);
}

/* Asks afresh for the devices that are on 'ifindex' of 'netnsid', which has
 * gone, perhaps to another namespace: nobody tells of them. */
static void
reread_on(struct link_source *source, int ifindex, int netnsid)
{
    struct ofpbuf ifindexes;
    const int *i;

    ofpbuf_init(&ifindexes, 0);
    link_table_for_each_on(&source->table, ifindex, netnsid, add_ifindex,
                           &ifindexes);
    while ((i = ofpbuf_try_pull(&ifindexes, sizeof *i))) {
        struct link link;

        if (ask(LINK_HERE, *i, &link)) {
            set_link(source, &link);
        }
    }
    ofpbuf_uninit(&ifindexes);
}

/* Device 'link' of this namespace is no longer there. */
static void
take_gone(struct link_source *source, const struct link *link)
{
    link_table_remove(&source->table, link->ifindex, &source->changed);
    if (sset_contains(&source->hosts, link->name)
        && link_aways_add(&source->aways, link, &source->changed)) {
        read_away(source, link->name);
    }
}

/* Takes in 'message' from namespace 'netnsid'. */
static void
take_message(struct link_source *source, const struct ofpbuf *message,
             int netnsid)
{
    struct link link;
    enum link_event event = link_from_message(&link, message);

    COVERAGE_INC(link_message);
    if (event == LINK_NONE) {
        return;
    }
    source->next_macs = LLONG_MIN;
    if (event == LINK_NEW && netnsid == LINK_HERE) {
        set_link(source, &link);
        return;
    }
    if (event == LINK_NEW) {
        link_table_set_peer(&source->table, netnsid, link.ifindex,
                            link.address, &source->changed);
        link_aways_set(&source->aways, netnsid, &link, &source->changed);
    } else {
        if (netnsid == LINK_HERE) {
            take_gone(source, &link);
        } else {
            link_aways_leave(&source->aways, netnsid, link.ifindex,
                             &source->changed);
        }
        reread_on(source, link.ifindex, netnsid);
    }
    link_uninit(&link);
}

/* Takes in all devices that there are. */
static void
read_all(struct link_source *source)
{
    struct ofpbuf request, reply, buf;
    struct nl_dump dump;

    link_table_mark(&source->table);
    init_request(&request, 0);
    nl_dump_start(&dump, NETLINK_ROUTE, &request);
    ofpbuf_uninit(&request);
    ofpbuf_init(&buf, NL_DUMP_BUFSIZE);
    while (nl_dump_next(&dump, &reply, &buf)) {
        struct link link;

        if (link_from_message(&link, &reply) == LINK_NEW) {
            set_link(source, &link);
        }
    }
    ofpbuf_uninit(&buf);
    if (!nl_dump_done(&dump)) {
        link_table_sweep(&source->table, &source->changed);
    }
}

/* Asks for the addresses that the device of 'vif', an internal port, takes
 * frames for beside its own.  If it is a guest's, and here, what it takes
 * frames for is not the host's to say. */
static void
read_macs(struct link_source *source, const struct vif *vif)
{
    const struct link *link = link_table_find(&source->table, vif->name);
    struct link_macs macs;

    if (!link) {
        read_away(source, vif->name);
        return;
    } else if (vif->attached_mac) {
        return;
    }

    if (link_macs_dump(&macs, link, source->strict)) {
        link_macs_uninit(&macs);    /* It may be gone. */
    } else {
        link_table_set_macs(&source->table, link->ifindex, &macs,
                            &source->changed);
    }
}

/* Asks for the addresses of the host's devices, if it is time. */
static void
run_macs(struct link_source *source)
{
    const char *name;

    if (time_msec() < source->next_macs) {
        return;
    }
    source->next_macs = time_msec() + MACS_INTERVAL;
    SSET_FOR_EACH_SAFE (name, &source->hosts) {
        const struct vif *vif = vif_reader_find_name(source->vifs, name);

        if (vif && vif_is_internal(vif)) {
            read_macs(source, vif);
        } else {
            link_aways_remove(&source->aways, name, &source->changed);
            sset_find_and_delete(&source->hosts, name);
        }
    }
}

/* Has libopenvswitch told the kernel to check what it is asked by 'sock'?  It
 * does since 3.1.5, 3.2.3, 3.3.1 and 3.4.0, where the kernel can, and takes a
 * dump that is refused then for an empty one. */
static bool
is_strict(const struct nl_sock *sock)
{
    int value = 0;
    socklen_t size = sizeof value;

    return !getsockopt(nl_sock_fd(sock), SOL_NETLINK, NETLINK_GET_STRICT_CHK,
                       &value, &size) && value;
}

/* Creates and returns a source of what the kernel knows of the interfaces of
 * 'vifs', which must outlive it. */
struct link_source *
link_source_create(struct vif_reader *vifs)
{
    struct link_source *source = xzalloc(sizeof *source);
    int error = nl_sock_create(NETLINK_ROUTE, &source->sock);

    source->vifs = vifs;
    link_table_init(&source->table);
    link_aways_init(&source->aways);
    sset_init(&source->changed);
    sset_init(&source->hosts);
    if (!error) {
        /* Without leave for it, peers in other namespaces are asked for when
         * this end changes, and not only then. */
        nl_sock_listen_all_nsid(source->sock, true);
        error = nl_sock_join_mcgroup(source->sock, RTNLGRP_LINK);
    }
    if (error) {
        VLOG_INFO("rtnetlink: %s; roles are told by the database alone",
                  ovs_strerror(error));
        nl_sock_destroy(source->sock);
        source->sock = NULL;
    } else {
        source->strict = is_strict(source->sock);
        read_all(source);
    }
    return source;
}

/* Frees 'source', which may be null. */
void
link_source_destroy(struct link_source *source)
{
    if (source) {
        nl_sock_destroy(source->sock);
        link_table_uninit(&source->table);
        link_aways_uninit(&source->aways);
        sset_destroy(&source->changed);
        sset_destroy(&source->hosts);
        free(source);
    }
}

/* Takes in one thing that the kernel has told.  Returns 0 or a positive errno
 * value, EAGAIN if there is none. */
static int
receive_one(struct link_source *source)
{
    uint64_t stub[4096 / 8];
    struct ofpbuf message = OFPBUF_STUB_INITIALIZER(stub);
    int nsid;
    int error = nl_sock_recv(source->sock, &message, &nsid, false);

    if (!error) {
        take_message(source, &message,
                     netnsid_is_remote(nsid) ? nsid : LINK_HERE);
    }
    ofpbuf_uninit(&message);
    return error;
}

/* Takes in what the kernel has told.  If it could not tell all, since that was
 * too much, all is read afresh: last, since what is queued is older.  As long
 * as there is any of that the kernel adds nothing; and it alone tells where a
 * device went that is not here any more. */
static void
receive(struct link_source *source)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(1, 5);
    int error = 0;

    for (int i = 0; i < MAX_MESSAGES && !error; i++) {
        error = receive_one(source);
    }
    if (error && error != EAGAIN) {
        VLOG_INFO_RL(&rl, "rtnetlink: %s; reading all devices afresh",
                     ovs_strerror(error));
        for (int i = 0; i < MAX_QUEUED && !receive_one(source); i++) {
            continue;
        }
        nl_sock_drain(source->sock);
        read_all(source);
    }
}

/* Takes in what is new, and has the interfaces looked at that it is about.
 * Returns true if there is anything. */
bool
link_source_run(struct link_source *source)
{
    const char *name;
    bool changed;

    if (source->sock) {
        receive(source);
        run_macs(source);
    }
    SSET_FOR_EACH (name, &source->changed) {
        vif_reader_touch(source->vifs, name);
    }
    changed = !sset_is_empty(&source->changed);
    sset_renew(&source->changed);
    return changed;
}

/* Arranges for poll_block() to wake up when link_source_run() has something
 * to do. */
void
link_source_wait(struct link_source *source)
{
    if (source->sock) {
        nl_sock_wait(source->sock, POLLIN);
        if (!sset_is_empty(&source->changed)) {
            poll_immediate_wake();
        }
        if (!sset_is_empty(&source->hosts)) {
            poll_timer_wait_until(source->next_macs);
        }
    }
}

/* Is 'name' a device that vswitchd may have made in the kernel?  On a datapath
 * that makes none, there may be another of that name. */
static bool
is_made_by_vswitchd(const struct link_source *source, const char *name)
{
    const struct link *link = link_table_find(&source->table, name);

    return link && (!strcmp(link->kind, "tun")
                    || !strcmp(link->kind, "openvswitch"));
}

/* May 'vif' be taken for a part of the network side for want of news?  Its
 * device is not known yet, or is a veth that has just got a carrier, perhaps
 * because its other end is up in a container by now. */
static bool
wants_news(const struct vif *vif)
{
    return (!vif->link.kind
            || (!strcmp(vif->link.kind, "veth")
                && !vif->link.peer_is_elsewhere && !vif->link.idle));
}

/* Adds to 'vif' what is known of its device, if it is one of the kernel's:
 * somebody else's, or one of the host's.  Other types have no device, and what
 * is called like them is something else. */
void
link_source_overlay(struct link_source *source, struct vif *vif)
{
    bool hosts = (vif_is_internal(vif)
                  && (is_made_by_vswitchd(source, vif->name)
                      || link_aways_find(&source->aways, vif->name)));

    if (hosts && sset_add(&source->hosts, vif->name)) {
        read_macs(source, vif);
    }
    if (hosts || vif_is_system(vif)) {
        link_view_uninit(&vif->link);
        link_table_view(&source->table, vif->name, &vif->link);
        if (source->sock && wants_news(vif)) {
            /* What the database has told, the kernel has told before. */
            receive(source);
            link_view_uninit(&vif->link);
            link_table_view(&source->table, vif->name, &vif->link);
        }
        link_aways_view(&source->aways, vif->name, &vif->link);
    }
}

/* Returns all devices. */
const struct link_table *
link_source_table(const struct link_source *source)
{
    return &source->table;
}
