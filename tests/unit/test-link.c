/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host/link.h"
#include "netlink.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"
#include "tests/unit/link-message.h"
#include "util.h"

static void
test_message(void **state OVS_UNUSED)
{
    struct link_message m = {
        .ifindex = 7, .name = "veth0", .kind = "veth", .address = 1,
        .master = 3, .lower = 9, .elsewhere = true, .netnsid = 0,
    };
    struct link link;

    assert_int_equal(link_message_parse(&m, SIZE_MAX, &link), LINK_NEW);
    assert_int_equal(link.ifindex, 7);
    assert_string_equal(link.name, "veth0");
    assert_string_equal(link.kind, "veth");
    assert_true(eth_addr_equals(link.address, link_address(1)));
    assert_int_equal(link.master, 3);
    assert_int_equal(link.lower, 9);
    assert_int_equal(link.netnsid, 0);
    assert_true(link_equals(&link, &link));
    assert_false(link.idle);
    link_uninit(&link);

    /* Whose other end is down, which only counts while it is here. */
    m.down = true;
    assert_int_equal(link_message_parse(&m, SIZE_MAX, &link), LINK_NEW);
    assert_false(link.idle);
    link_uninit(&link);
    m.elsewhere = false;
    assert_int_equal(link_message_parse(&m, SIZE_MAX, &link), LINK_NEW);
    assert_true(link.idle);
    link_uninit(&link);

    /* A network card. */
    m = (struct link_message) {
        .ifindex = 2, .name = "eth0", .type = RTM_DELLINK
    };
    assert_int_equal(link_message_parse(&m, SIZE_MAX, &link), LINK_GONE);
    assert_string_equal(link.kind, "");
    assert_true(eth_addr_is_zero(link.address));
    assert_int_equal(link.netnsid, LINK_HERE);
    link_uninit(&link);

    /* It has left a bridge, which is not the end of it. */
    m.family = AF_BRIDGE;
    assert_int_equal(link_message_parse(&m, SIZE_MAX, &link), LINK_NONE);
    m.family = AF_UNSPEC;
    m.type = RTM_NEWADDR;
    assert_int_equal(link_message_parse(&m, SIZE_MAX, &link), LINK_NONE);
    m.type = RTM_NEWLINK;
    m.name = NULL;
    assert_int_equal(link_message_parse(&m, SIZE_MAX, &link), LINK_NONE);
    m.name = "eth0";
    for (size_t size = 0; size < NLMSG_HDRLEN + sizeof(struct ifinfomsg);
         size++) {
        assert_int_equal(link_message_parse(&m, size, &link), LINK_NONE);
    }
}

/* What the kernel says of addresses that a device takes frames for. */
static void
test_mac_message(void **state OVS_UNUSED)
{
    static const struct {
        int type, family, flags, first, size;
        bool expected;
    } cases[] = {
        { RTM_NEWNEIGH, AF_BRIDGE, NTF_SELF, 0x52, ETH_ADDR_LEN, true },
        { RTM_NEWNEIGH, AF_BRIDGE, NTF_SELF | NTF_STICKY, 0x52,
          ETH_ADDR_LEN, true },
        { RTM_DELNEIGH, AF_BRIDGE, NTF_SELF, 0x52, ETH_ADDR_LEN, false },
        { RTM_NEWNEIGH, AF_INET, NTF_SELF, 0x52, ETH_ADDR_LEN, false },
        /* What a Linux bridge has learned. */
        { RTM_NEWNEIGH, AF_BRIDGE, NTF_MASTER, 0x52, ETH_ADDR_LEN, false },
        { RTM_NEWNEIGH, AF_BRIDGE, NTF_SELF, 0x33, ETH_ADDR_LEN, false },
        { RTM_NEWNEIGH, AF_BRIDGE, NTF_SELF, 0, ETH_ADDR_LEN, false },
        { RTM_NEWNEIGH, AF_BRIDGE, NTF_SELF, 0x52, 4, false },
        { RTM_NEWNEIGH, AF_BRIDGE, NTF_SELF, 0x52, 8, false },
        { RTM_NEWNEIGH, AF_BRIDGE, NTF_SELF, 0x52, 0, false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct ndmsg neighbor = {
            .ndm_family = cases[i].family, .ndm_ifindex = 7,
            .ndm_flags = cases[i].flags,
        };
        uint8_t mac[8] = { cases[i].first };
        struct eth_addr parsed;
        struct ofpbuf buf;
        int ifindex = 0;

        ofpbuf_init(&buf, 0);
        nl_msg_put_nlmsghdr(&buf, 0, cases[i].type, 0);
        ofpbuf_put(&buf, &neighbor, sizeof neighbor);
        if (cases[i].size) {
            nl_msg_put_unspec(&buf, NDA_LLADDR, mac, cases[i].size);
        }
        assert_int_equal(link_mac_from_message(&buf, &ifindex, &parsed),
                         cases[i].expected);
        assert_int_equal(ifindex, cases[i].expected ? 7 : 0);
        /* Padding may be missing. */
        for (buf.size -= 2; buf.size > NLMSG_HDRLEN; ) {
            buf.size--;
            assert_false(link_mac_from_message(&buf, &ifindex, &parsed));
        }
        ofpbuf_uninit(&buf);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_mac_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
