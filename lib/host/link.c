/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/host/link.h"

#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "netlink.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"
#include "util.h"

/* Returns IFLA_INFO_KIND in 'info', an IFLA_LINKINFO or null, or "". */
static const char *
read_kind(const struct nlattr *info)
{
    static const struct nl_policy policy[] = {
        [IFLA_INFO_KIND] = { .type = NL_A_STRING, .optional = true },
    };
    struct nlattr *attrs[ARRAY_SIZE(policy)];

    if (info && nl_parse_nested(info, policy, attrs, ARRAY_SIZE(policy))
        && attrs[IFLA_INFO_KIND]) {
        return nl_attr_get_string(attrs[IFLA_INFO_KIND]);
    }
    return "";
}

static int
read_int(const struct nlattr *attr, int otherwise)
{
    return attr ? (int) nl_attr_get_u32(attr) : otherwise;
}

/* Does 'event', an IFLA_EVENT, mean that another way out is in use?  The first
 * comes of a bond that fails over, the second also of a team. */
static bool
is_move(int event)
{
    return (event == IFLA_EVENT_BONDING_FAILOVER
            || event == IFLA_EVENT_NOTIFY_PEERS);
}

/* Makes of 'message', from RTNLGRP_LINK or in answer to RTM_GETLINK, the
 * device that it is about, which the caller must link_uninit(), in '*link'.
 * For LINK_NONE leaves '*link' alone.
 *
 * The kernel also sends messages of family AF_BRIDGE, with the same types,
 * when a device becomes a port of a bridge or is one no longer. */
enum link_event
link_from_message(struct link *link, const struct ofpbuf *message)
{
    static const struct nl_policy policy[] = {
        [IFLA_IFNAME] = { .type = NL_A_STRING },
        [IFLA_ADDRESS] = { .type = NL_A_UNSPEC, .optional = true },
        [IFLA_MASTER] = { .type = NL_A_U32, .optional = true },
        [IFLA_LINK] = { .type = NL_A_U32, .optional = true },
        [IFLA_LINK_NETNSID] = { .type = NL_A_U32, .optional = true },
        [IFLA_LINKINFO] = { .type = NL_A_NESTED, .optional = true },
        [IFLA_EVENT] = { .type = NL_A_U32, .optional = true },
        [IFLA_CARRIER] = { .type = NL_A_U8, .optional = true },
        [IFLA_NEW_NETNSID] = { .type = NL_A_U32, .optional = true },
        [IFLA_NEW_IFINDEX] = { .type = NL_A_U32, .optional = true },
    };
    const size_t offset = NLMSG_HDRLEN + sizeof(struct ifinfomsg);
    const struct nlmsghdr *header = ofpbuf_at(message, 0, NLMSG_HDRLEN);
    const struct ifinfomsg *info = ofpbuf_at(message, NLMSG_HDRLEN,
                                             sizeof *info);
    struct nlattr *attrs[ARRAY_SIZE(policy)];

    if (!header || !info || info->ifi_family != AF_UNSPEC
        || (header->nlmsg_type != RTM_NEWLINK
            && header->nlmsg_type != RTM_DELLINK)
        || !nl_policy_parse(message, offset, policy, attrs,
                            ARRAY_SIZE(policy))) {
        return LINK_NONE;
    }

    *link = (struct link) {
        .ifindex = info->ifi_index,
        .name = xstrdup(nl_attr_get_string(attrs[IFLA_IFNAME])),
        .kind = xstrdup(read_kind(attrs[IFLA_LINKINFO])),
        .master = read_int(attrs[IFLA_MASTER], 0),
        .lower = read_int(attrs[IFLA_LINK], 0),
        .netnsid = read_int(attrs[IFLA_LINK_NETNSID], LINK_HERE),
        .new_netnsid = read_int(attrs[IFLA_NEW_NETNSID], LINK_HERE),
        .new_ifindex = read_int(attrs[IFLA_NEW_IFINDEX], info->ifi_index),
        .moved = is_move(read_int(attrs[IFLA_EVENT], IFLA_EVENT_NONE)),
    };
    if (attrs[IFLA_ADDRESS]
        && nl_attr_get_size(attrs[IFLA_ADDRESS]) == ETH_ADDR_LEN) {
        memcpy(&link->address, nl_attr_get(attrs[IFLA_ADDRESS]),
               ETH_ADDR_LEN);
    }
    link->idle = (link->netnsid == LINK_HERE && !strcmp(link->kind, "veth")
                  && attrs[IFLA_CARRIER]
                  && !nl_attr_get_u8(attrs[IFLA_CARRIER]));
    return header->nlmsg_type == RTM_NEWLINK ? LINK_NEW : LINK_GONE;
}

/* Stores in '*mac' the address that 'message', in answer to RTM_GETNEIGH of
 * family AF_BRIDGE, says that device '*ifindex' takes frames for beside its
 * own, and returns true.  Returns false, and stores nothing, if it says no
 * such thing: of the ports of a Linux bridge the kernel also tells what that
 * has learned. */
bool
link_mac_from_message(const struct ofpbuf *message, int *ifindex,
                      struct eth_addr *mac)
{
    static const struct nl_policy policy[] = {
        [NDA_LLADDR] = { .type = NL_A_UNSPEC, .min_len = ETH_ADDR_LEN,
                         .max_len = ETH_ADDR_LEN },
    };
    const struct nlmsghdr *header = ofpbuf_at(message, 0, NLMSG_HDRLEN);
    const struct ndmsg *neighbor = ofpbuf_at(message, NLMSG_HDRLEN,
                                             sizeof *neighbor);
    struct nlattr *attrs[ARRAY_SIZE(policy)];
    struct eth_addr address;

    if (!header || !neighbor || header->nlmsg_type != RTM_NEWNEIGH
        || neighbor->ndm_family != AF_BRIDGE
        || !(neighbor->ndm_flags & NTF_SELF)
        || !nl_policy_parse(message, NLMSG_HDRLEN + sizeof *neighbor, policy,
                            attrs, ARRAY_SIZE(policy))) {
        return false;
    }
    memcpy(&address, nl_attr_get(attrs[NDA_LLADDR]), ETH_ADDR_LEN);
    if (eth_addr_is_multicast(address) || eth_addr_is_zero(address)) {
        return false;
    }
    *ifindex = neighbor->ndm_ifindex;
    *mac = address;
    return true;
}

/* Adds 'mac' to 'macs'.  Returns false if it is there already. */
bool
link_macs_add(struct link_macs *macs, struct eth_addr mac)
{
    size_t i = 0;

    while (i < macs->n && eth_addr_compare_3way(macs->macs[i], mac) < 0) {
        i++;
    }
    if (i < macs->n && eth_addr_equals(macs->macs[i], mac)) {
        return false;
    }
    macs->macs = xrealloc(macs->macs, (macs->n + 1) * sizeof *macs->macs);
    memmove(&macs->macs[i + 1], &macs->macs[i],
            (macs->n - i) * sizeof *macs->macs);
    macs->macs[i] = mac;
    macs->n++;
    return true;
}

/* Initializes 'dst' to a copy of 'src'. */
void
link_macs_clone(struct link_macs *dst, const struct link_macs *src)
{
    dst->macs = src->n ? xmemdup(src->macs, src->n * sizeof *src->macs) : NULL;
    dst->n = src->n;
}

/* Frees what 'macs' holds, but not 'macs' itself. */
void
link_macs_uninit(struct link_macs *macs)
{
    free(macs->macs);
}

bool
link_macs_equal(const struct link_macs *a, const struct link_macs *b)
{
    return (a->n == b->n
            && (!a->n || !memcmp(a->macs, b->macs, a->n * sizeof *a->macs)));
}

/* Frees what 'link' holds, but not 'link' itself. */
void
link_uninit(struct link *link)
{
    free(link->name);
    free(link->kind);
}

/* Are 'a' and 'b' the same, whether or not one has 'moved'? */
bool
link_equals(const struct link *a, const struct link *b)
{
    return (a->ifindex == b->ifindex
            && !strcmp(a->name, b->name)
            && !strcmp(a->kind, b->kind)
            && eth_addr_equals(a->address, b->address)
            && a->master == b->master
            && a->lower == b->lower
            && a->netnsid == b->netnsid
            && a->idle == b->idle);
}

/* Initializes 'dst' to a copy of 'src'. */
void
link_view_clone(struct link_view *dst, const struct link_view *src)
{
    *dst = *src;
    dst->kind = nullable_xstrdup(src->kind);
    dst->peer_bridge = nullable_xstrdup(src->peer_bridge);
    dst->bridge = nullable_xstrdup(src->bridge);
    link_macs_clone(&dst->macs, &src->macs);
}

/* Frees what 'view' holds, but not 'view' itself. */
void
link_view_uninit(struct link_view *view)
{
    free(view->kind);
    free(view->peer_bridge);
    free(view->bridge);
    link_macs_uninit(&view->macs);
}

bool
link_view_equals(const struct link_view *a, const struct link_view *b)
{
    return (nullable_string_is_equal(a->kind, b->kind)
            && a->idle == b->idle
            && a->peer_is_elsewhere == b->peer_is_elsewhere
            && eth_addr_equals(a->peer_mac, b->peer_mac)
            && nullable_string_is_equal(a->peer_bridge, b->peer_bridge)
            && nullable_string_is_equal(a->bridge, b->bridge)
            && link_macs_equal(&a->macs, &b->macs)
            && a->is_elsewhere == b->is_elsewhere
            && eth_addr_equals(a->elsewhere_mac, b->elsewhere_mac)
            && a->n_moves == b->n_moves);
}
