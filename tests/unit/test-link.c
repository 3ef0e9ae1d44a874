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

#include "lib/host/link-away.h"
#include "lib/host/link-table.h"
#include "lib/host/link.h"
#include "netlink.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"
#include "sset.h"
#include "util.h"

/* What a message says; 0 and null are left out. */
struct message {
    int type, family, ifindex;
    const char *name, *kind;
    int address, master, lower;
    bool elsewhere;             /* Is 'lower' in namespace 'netnsid'? */
    int netnsid;
    int event;
    bool down;
    bool is_away;               /* Into 'new_netnsid', as 'new_ifindex'. */
    int new_netnsid, new_ifindex;
};

static struct eth_addr
address(int i)
{
    struct eth_addr mac = ETH_ADDR_C(52,54,00,00,00,00);

    mac.ea[5] = i;
    return mac;
}

static void
put_message(struct ofpbuf *buf, const struct message *m)
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
        struct eth_addr mac = address(m->address);

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

static enum link_event
parse(const struct message *m, size_t size, struct link *link)
{
    struct ofpbuf buf;
    enum link_event event;

    ofpbuf_init(&buf, 0);
    put_message(&buf, m);
    buf.size = MIN(buf.size, size);
    event = link_from_message(link, &buf);
    ofpbuf_uninit(&buf);
    return event;
}

static void
test_message(void **state OVS_UNUSED)
{
    struct message m = {
        .ifindex = 7, .name = "veth0", .kind = "veth", .address = 1,
        .master = 3, .lower = 9, .elsewhere = true, .netnsid = 0,
    };
    struct link link;

    assert_int_equal(parse(&m, SIZE_MAX, &link), LINK_NEW);
    assert_int_equal(link.ifindex, 7);
    assert_string_equal(link.name, "veth0");
    assert_string_equal(link.kind, "veth");
    assert_true(eth_addr_equals(link.address, address(1)));
    assert_int_equal(link.master, 3);
    assert_int_equal(link.lower, 9);
    assert_int_equal(link.netnsid, 0);
    assert_true(link_equals(&link, &link));
    assert_false(link.idle);
    link_uninit(&link);

    /* Whose other end is down, which only counts while it is here. */
    m.down = true;
    assert_int_equal(parse(&m, SIZE_MAX, &link), LINK_NEW);
    assert_false(link.idle);
    link_uninit(&link);
    m.elsewhere = false;
    assert_int_equal(parse(&m, SIZE_MAX, &link), LINK_NEW);
    assert_true(link.idle);
    link_uninit(&link);

    /* A network card. */
    m = (struct message) { .ifindex = 2, .name = "eth0", .type = RTM_DELLINK };
    assert_int_equal(parse(&m, SIZE_MAX, &link), LINK_GONE);
    assert_string_equal(link.kind, "");
    assert_true(eth_addr_is_zero(link.address));
    assert_int_equal(link.netnsid, LINK_HERE);
    link_uninit(&link);

    /* It has left a bridge, which is not the end of it. */
    m.family = AF_BRIDGE;
    assert_int_equal(parse(&m, SIZE_MAX, &link), LINK_NONE);
    m.family = AF_UNSPEC;
    m.type = RTM_NEWADDR;
    assert_int_equal(parse(&m, SIZE_MAX, &link), LINK_NONE);
    m.type = RTM_NEWLINK;
    m.name = NULL;
    assert_int_equal(parse(&m, SIZE_MAX, &link), LINK_NONE);
    m.name = "eth0";
    for (size_t size = 0; size < NLMSG_HDRLEN + sizeof(struct ifinfomsg);
         size++) {
        assert_int_equal(parse(&m, size, &link), LINK_NONE);
    }
}

/* What the kernel says of addresses that a device takes frames for. */
/* A bond or a team that fails over looks the same, and has moved. */
static void
test_moved(void **state OVS_UNUSED)
{
    static const int events[] = {
        IFLA_EVENT_NONE, IFLA_EVENT_BONDING_FAILOVER, IFLA_EVENT_FEATURES,
        IFLA_EVENT_NOTIFY_PEERS, IFLA_EVENT_BONDING_OPTIONS,
    };
    static const unsigned int n_moves[] = { 0, 1, 1, 2, 2 };
    struct sset changed = SSET_INITIALIZER(&changed);
    struct link_table table;
    struct link_view view;

    link_table_init(&table);
    for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
        struct message m = {
            .ifindex = 7, .name = "bond0", .kind = "bond", .event = events[i],
        };
        struct link link;

        assert_int_equal(parse(&m, SIZE_MAX, &link), LINK_NEW);
        link_table_set(&table, &link, &changed);
        link_table_view(&table, "bond0", &view);
        assert_int_equal(view.n_moves, n_moves[i]);
        link_view_uninit(&view);
        assert_int_equal(sset_count(&changed), !i || link.moved);
        sset_clear(&changed);
    }

    /* It is kept when something else changes. */
    struct message m = {
        .ifindex = 7, .name = "bond0", .kind = "bond", .master = 3,
        .event = IFLA_EVENT_NOTIFY_PEERS,
    };
    struct link link;

    assert_int_equal(parse(&m, SIZE_MAX, &link), LINK_NEW);
    link_table_set(&table, &link, &changed);
    link_table_view(&table, "bond0", &view);
    assert_int_equal(view.n_moves, 3);
    link_view_uninit(&view);
    sset_destroy(&changed);
    link_table_uninit(&table);
}

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

/* Addresses are in order whatever the order in which they were told. */
static void
test_macs(void **state OVS_UNUSED)
{
    struct link_macs a = { .n = 0 };
    struct link_macs b;

    assert_true(link_macs_add(&a, address(2)));
    assert_true(link_macs_add(&a, address(3)));
    assert_true(link_macs_add(&a, address(1)));
    assert_false(link_macs_add(&a, address(2)));
    assert_int_equal(a.n, 3);
    for (int i = 0; i < 3; i++) {
        assert_true(eth_addr_equals(a.macs[i], address(i + 1)));
    }
    link_macs_clone(&b, &a);
    assert_true(link_macs_equal(&a, &b));
    assert_true(link_macs_add(&b, address(4)));
    assert_false(link_macs_equal(&a, &b));
    link_macs_uninit(&a);
    link_macs_uninit(&b);
}

/* Checks that 'changed', which is taken over, are 'expected'. */
static void
check_changed(struct sset *changed, const char *expected)
{
    char *names = sset_join(changed, " ", "");

    assert_string_equal(names, expected);
    free(names);
    sset_destroy(changed);
}

/* Has 'table' take in 'm', and checks that 'expected' look different. */
static void
tell(struct link_table *table, struct message m, const char *expected)
{
    struct sset changed = SSET_INITIALIZER(&changed);
    struct link link;

    if (parse(&m, SIZE_MAX, &link) == LINK_NEW) {
        link_table_set(table, &link, &changed);
    } else {
        link_table_remove(table, link.ifindex, &changed);
        link_uninit(&link);
    }

    check_changed(&changed, expected);
}

/* Has device 'ifindex' of 'table' take frames for as many addresses as 'n',
 * and checks that 'expected' look different. */
static void
tell_macs(struct link_table *table, int ifindex, int n, const char *expected)
{
    struct sset changed = SSET_INITIALIZER(&changed);
    struct link_macs macs = { .n = 0 };

    while (n--) {
        assert_true(link_macs_add(&macs, address(n)));
    }
    link_table_set_macs(table, ifindex, &macs, &changed);
    check_changed(&changed, expected);
}

static void
check_view(const struct link_table *table, const char *name,
           const char *expected)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct link_view view;

    link_table_view(table, name, &view);
    ds_put_cstr(&s, view.kind ? view.kind : "nothing");
    if (view.macs.n) {
        ds_put_format(&s, " with %"PRIuSIZE, view.macs.n);
    }
    if (view.bridge) {
        ds_put_format(&s, " of %s", view.bridge);
    }
    if (view.peer_is_elsewhere) {
        ds_put_format(&s, " elsewhere %d", view.peer_mac.ea[5]);
    }
    if (view.peer_bridge) {
        ds_put_format(&s, " in %s", view.peer_bridge);
    }
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
    link_view_uninit(&view);
}

#define DEVICE(...) (struct message) { __VA_ARGS__ }

static void
test_table(void **state OVS_UNUSED)
{
    struct sset changed = SSET_INITIALIZER(&changed);
    struct link_table table;

    link_table_init(&table);
    check_view(&table, "tap0", "nothing");
    tell(&table, DEVICE(.ifindex = 5, .name = "tap0", .kind = "tun"), "tap0");
    tell(&table, DEVICE(.ifindex = 5, .name = "tap0", .kind = "tun"), "");
    check_view(&table, "tap0", "tun");

    /* Macvlans on it, which stay as it changes. */
    tell_macs(&table, 5, 2, "tap0");
    tell_macs(&table, 5, 2, "");
    tell_macs(&table, 99, 2, "");
    check_view(&table, "tap0", "tun with 2");
    tell(&table, DEVICE(.ifindex = 5, .name = "tap0", .kind = "tun",
                        .address = 7), "tap0");
    check_view(&table, "tap0", "tun with 2");
    tell_macs(&table, 5, 0, "tap0");

    /* Renamed; its name may be another's before that is known. */
    tell(&table, DEVICE(.ifindex = 6, .name = "tap0", .kind = "dummy"),
         "tap0");
    tell(&table, DEVICE(.ifindex = 5, .name = "tap1", .kind = "tun"),
         "tap0 tap1");
    check_view(&table, "tap0", "dummy");
    check_view(&table, "tap1", "tun");

    /* A veth, its peer, and where that is put. */
    tell(&table, DEVICE(.ifindex = 11, .name = "v", .kind = "veth",
                        .lower = 12), "v");
    check_view(&table, "v", "veth");
    tell(&table, DEVICE(.ifindex = 12, .name = "peer", .kind = "veth",
                        .lower = 11), "peer v");
    tell(&table, DEVICE(.ifindex = 20, .name = "fwbr0", .kind = "bridge"),
         "fwbr0");
    check_view(&table, "v", "veth");
    tell(&table, DEVICE(.ifindex = 12, .name = "peer", .kind = "veth",
                        .lower = 11, .master = 20), "peer v");
    check_view(&table, "v", "veth in fwbr0");
    tell(&table, DEVICE(.ifindex = 20, .name = "fwbr1", .kind = "bridge"),
         "fwbr0 fwbr1 peer v");
    check_view(&table, "v", "veth in fwbr1");
    check_view(&table, "peer", "veth of fwbr1");
    tell(&table, DEVICE(.type = RTM_DELLINK, .ifindex = 12, .name = "peer"),
         "peer v");
    tell(&table, DEVICE(.ifindex = 11, .name = "v", .kind = "veth",
                        .lower = 2, .elsewhere = true, .netnsid = 4), "v");
    check_view(&table, "v", "veth elsewhere 0");

    link_table_set_peer(&table, 5, 2, address(9), &changed);
    link_table_set_peer(&table, 4, 3, address(9), &changed);
    assert_true(sset_is_empty(&changed));
    link_table_set_peer(&table, 4, 2, address(9), &changed);
    assert_true(sset_contains(&changed, "v"));
    check_view(&table, "v", "veth elsewhere 9");
    /* The address stays as long as the peer does. */
    tell(&table, DEVICE(.ifindex = 11, .name = "v", .kind = "veth",
                        .lower = 2, .elsewhere = true, .netnsid = 4,
                        .address = 3), "v");
    check_view(&table, "v", "veth elsewhere 9");
    tell(&table, DEVICE(.ifindex = 11, .name = "v", .kind = "veth",
                        .lower = 8, .elsewhere = true, .netnsid = 4,
                        .address = 3), "v");
    check_view(&table, "v", "veth elsewhere 0");

    /* What was not told when all was. */
    struct sset names = SSET_INITIALIZER(&names);
    sset_add(&names, "tap0");
    sset_clear(&changed);
    link_table_keep(&table, &names, &changed);
    assert_int_equal(sset_count(&changed), 3);
    assert_null(link_table_find(&table, "v"));
    assert_non_null(link_table_find(&table, "tap0"));
    sset_destroy(&names);
    sset_destroy(&changed);
    link_table_uninit(&table);
}

/* Checks that 'changed' has port "int1" if 'is', and nothing else, and the
 * address that it is away with, 0 if that is not known and -1 if it is here;
 * and clears 'changed'. */
static void
check_away(const struct link_aways *aways, struct sset *changed, bool is,
           int mac)
{
    struct link_view view = { .kind = NULL };

    assert_int_equal(sset_count(changed), is);
    assert_int_equal(sset_contains(changed, "int1"), is);
    sset_clear(changed);
    link_aways_view(aways, "int1", &view);
    assert_int_equal(view.is_elsewhere, mac >= 0);
    if (mac > 0) {
        assert_true(eth_addr_equals(view.elsewhere_mac, address(mac)));
    } else {
        assert_true(eth_addr_is_zero(view.elsewhere_mac));
    }
}

/* A device that is moved into other namespaces, and back. */
static void
test_away(void **state OVS_UNUSED)
{
    struct message m = {
        .type = RTM_DELLINK, .ifindex = 7, .name = "int1", .kind = "tun",
        .address = 1
    };
    struct sset changed = SSET_INITIALIZER(&changed);
    struct link_aways aways;
    struct link gone, link;

    link_aways_init(&aways);

    /* It is no more. */
    assert_int_equal(parse(&m, SIZE_MAX, &gone), LINK_GONE);
    assert_int_equal(gone.new_netnsid, LINK_HERE);
    assert_false(link_aways_add(&aways, &gone, &changed));
    check_away(&aways, &changed, false, -1);
    link_uninit(&gone);

    /* Moved; it keeps its index if the kernel says no other, as one before
     * 4.17 does. */
    m.is_away = true;
    assert_int_equal(parse(&m, SIZE_MAX, &gone), LINK_GONE);
    assert_int_equal(gone.new_netnsid, 0);
    assert_int_equal(gone.new_ifindex, 7);
    link_uninit(&gone);
    m.new_netnsid = 4;
    m.new_ifindex = 9;
    assert_int_equal(parse(&m, SIZE_MAX, &gone), LINK_GONE);
    assert_int_equal(gone.new_ifindex, 9);
    assert_true(link_aways_add(&aways, &gone, &changed));
    check_away(&aways, &changed, true, 0);

    /* What it is there, and what others are. */
    m = (struct message) { .ifindex = 9, .name = "eth0", .kind = "tun",
                           .address = 2 };
    parse(&m, SIZE_MAX, &link);
    link_aways_set(&aways, 5, &link, &changed);
    check_away(&aways, &changed, false, 0);
    link_aways_set(&aways, 4, &link, &changed);
    check_away(&aways, &changed, true, 2);
    link_aways_set(&aways, 4, &link, &changed);
    check_away(&aways, &changed, false, 2);
    link_uninit(&link);
    m = (struct message) { .ifindex = 9, .name = "eth0", .kind = "dummy",
                           .address = 3 };
    parse(&m, SIZE_MAX, &link);
    link_aways_set(&aways, 4, &link, &changed);
    check_away(&aways, &changed, false, 2);
    link_uninit(&link);

    /* It goes on to somewhere else, is back, goes again. */
    link_aways_leave(&aways, 4, 8, &changed);
    check_away(&aways, &changed, false, 2);
    link_aways_leave(&aways, 4, 9, &changed);
    check_away(&aways, &changed, true, 0);
    assert_int_equal(link_aways_find(&aways, "int1")->netnsid, LINK_HERE);
    link_aways_remove(&aways, "int1", &changed);
    check_away(&aways, &changed, true, -1);
    link_aways_remove(&aways, "int1", &changed);
    check_away(&aways, &changed, false, -1);
    link_aways_add(&aways, &gone, &changed);
    link_aways_add(&aways, &gone, &changed);
    check_away(&aways, &changed, true, 0);

    link_uninit(&gone);
    sset_destroy(&changed);
    link_aways_uninit(&aways);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_moved),
        cmocka_unit_test(test_mac_message),
        cmocka_unit_test(test_macs),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
