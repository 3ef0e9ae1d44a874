/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/sources/link-macs.h"

#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "lib/host/link.h"
#include "netlink-socket.h"
#include "netlink.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/vlog.h"
#include "packets.h"

VLOG_DEFINE_THIS_MODULE(link_macs);

/* How many addresses of one device count, so that whoever may make macvlans
 * without end makes no flows without end. */
#define MAX_MACS 256

/* Initializes 'request', for which the caller must call ofpbuf_uninit(), to
 * one for the addresses of device 'ifindex'.  If the kernel is 'strict', it
 * wants the header of neighbors, by which it would tell of all devices
 * otherwise. */
static void
init_macs_request(struct ofpbuf *request, int ifindex, bool strict)
{
    struct ifinfomsg info = { .ifi_family = AF_BRIDGE, .ifi_index = ifindex };
    struct ndmsg neighbour = {
        .ndm_family = AF_BRIDGE, .ndm_ifindex = ifindex
    };

    ofpbuf_init(request, 64);
    nl_msg_put_nlmsghdr(request, sizeof info, RTM_GETNEIGH, NLM_F_REQUEST);
    if (strict) {
        ofpbuf_put(request, &neighbour, sizeof neighbour);
    } else {
        ofpbuf_put(request, &info, sizeof info);
    }
}

/* Initializes '*macs' to the addresses that 'link', one of the host's devices,
 * takes frames for beside its own.  The caller must link_macs_uninit() it.
 * 'strict' says whether the kernel checks what it is asked.  Returns 0 or an
 * errno value. */
int
link_macs_dump(struct link_macs *macs, const struct link *link, bool strict)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(1, 5);
    struct ofpbuf request, reply, buf;
    struct nl_dump dump;

    *macs = (struct link_macs) { .n = 0 };
    init_macs_request(&request, link->ifindex, strict);
    nl_dump_start(&dump, NETLINK_ROUTE, &request);
    ofpbuf_uninit(&request);
    ofpbuf_init(&buf, NL_DUMP_BUFSIZE);
    while (nl_dump_next(&dump, &reply, &buf)) {
        struct eth_addr mac;
        int of;

        if (!link_mac_from_message(&reply, &of, &mac) || of != link->ifindex
            || eth_addr_equals(mac, link->address)) {
            continue;
        } else if (macs->n < MAX_MACS) {
            link_macs_add(macs, mac);
        } else {
            VLOG_WARN_RL(&rl, "%s: takes frames for more than %d addresses; "
                         ETH_ADDR_FMT" is left out", link->name, MAX_MACS,
                         ETH_ADDR_ARGS(mac));
        }
    }
    ofpbuf_uninit(&buf);
    return nl_dump_done(&dump);
}
