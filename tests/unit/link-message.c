/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/unit/link-message.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "netlink.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"
#include "util.h"

/* Returns the address of which 'i' is the last byte. */
struct eth_addr
link_address(int i)
{
    struct eth_addr mac = ETH_ADDR_C(52,54,00,00,00,00);

    mac.ea[5] = i;
    return mac;
}

/* Puts what 'm' says into 'buf', as an rtnetlink message. */
void
link_message_put(struct ofpbuf *buf, const struct link_message *m)
{
    struct ifinfomsg info = {
        .ifi_family = m->family, .ifi_index = m->ifindex
    };

    nl_msg_put_nlmsghdr(buf, 0, m->type ? m->type : RTM_NEWLINK, 0);
    ofpbuf_put(buf, &info, sizeof info);
    if (m->name) {
        nl_msg_put_string(buf, IFLA_IFNAME, m->name);
    }
    if (m->address) {
        struct eth_addr mac = link_address(m->address);

        nl_msg_put_unspec(buf, IFLA_ADDRESS, &mac, sizeof mac);
    }
    if (m->master) {
        nl_msg_put_u32(buf, IFLA_MASTER, m->master);
    }
    if (m->lower) {
        nl_msg_put_u32(buf, IFLA_LINK, m->lower);
    }
    if (m->elsewhere) {
        nl_msg_put_u32(buf, IFLA_LINK_NETNSID, m->netnsid);
    }
    if (m->event) {
        nl_msg_put_u32(buf, IFLA_EVENT, m->event);
    }
    if (m->down) {
        nl_msg_put_u8(buf, IFLA_CARRIER, 0);
    }
    if (m->is_away) {
        nl_msg_put_u32(buf, IFLA_NEW_NETNSID, m->new_netnsid);
    }
    if (m->new_ifindex) {
        nl_msg_put_u32(buf, IFLA_NEW_IFINDEX, m->new_ifindex);
    }
    if (m->kind) {
        size_t offset = nl_msg_start_nested(buf, IFLA_LINKINFO);

        nl_msg_put_string(buf, IFLA_INFO_KIND, m->kind);
        nl_msg_end_nested(buf, offset);
    }
    nl_msg_nlmsghdr(buf)->nlmsg_len = buf->size;
}

/* Has link_from_message() take in the first 'size' bytes of what 'm' says.
 * Returns what it does; 'link' is as for that. */
enum link_event
link_message_parse(const struct link_message *m, size_t size,
                   struct link *link)
{
    struct ofpbuf buf;
    enum link_event event;

    ofpbuf_init(&buf, 0);
    link_message_put(&buf, m);
    buf.size = MIN(buf.size, size);
    event = link_from_message(link, &buf);
    ofpbuf_uninit(&buf);
    return event;
}
