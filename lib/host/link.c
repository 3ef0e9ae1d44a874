/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/host/link.h"

#include <linux/if_link.h>
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
    };
    if (attrs[IFLA_ADDRESS]
        && nl_attr_get_size(attrs[IFLA_ADDRESS]) == ETH_ADDR_LEN) {
        memcpy(&link->address, nl_attr_get(attrs[IFLA_ADDRESS]),
               ETH_ADDR_LEN);
    }
    return header->nlmsg_type == RTM_NEWLINK ? LINK_NEW : LINK_GONE;
}

/* Frees what 'link' holds, but not 'link' itself. */
void
link_uninit(struct link *link)
{
    free(link->name);
    free(link->kind);
}

bool
link_equals(const struct link *a, const struct link *b)
{
    return (a->ifindex == b->ifindex
            && !strcmp(a->name, b->name)
            && !strcmp(a->kind, b->kind)
            && eth_addr_equals(a->address, b->address)
            && a->master == b->master
            && a->lower == b->lower
            && a->netnsid == b->netnsid);
}

/* Initializes 'dst' to a copy of 'src'. */
void
link_view_clone(struct link_view *dst, const struct link_view *src)
{
    *dst = *src;
    dst->kind = nullable_xstrdup(src->kind);
    dst->peer_bridge = nullable_xstrdup(src->peer_bridge);
}

/* Frees what 'view' holds, but not 'view' itself. */
void
link_view_uninit(struct link_view *view)
{
    free(view->kind);
    free(view->peer_bridge);
}

bool
link_view_equals(const struct link_view *a, const struct link_view *b)
{
    return (nullable_string_is_equal(a->kind, b->kind)
            && a->peer_is_elsewhere == b->peer_is_elsewhere
            && eth_addr_equals(a->peer_mac, b->peer_mac)
            && nullable_string_is_equal(a->peer_bridge, b->peer_bridge));
}
