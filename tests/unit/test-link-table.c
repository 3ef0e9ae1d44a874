/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "lib/host/link-away.h"
#include "lib/host/link-table.h"
#include "lib/host/link.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "sset.h"
#include "tests/unit/link-message.h"
#include "util.h"

/* What is known of the host's network devices, and of those that have gone to
 * other network namespaces. */

/* Addresses are in order whatever the order in which they were told. */
static void
test_macs(void **state OVS_UNUSED)
{
    struct link_macs a = { .n = 0 };
    struct link_macs b;

    assert_true(link_macs_add(&a, link_address(2)));
    assert_true(link_macs_add(&a, link_address(3)));
    assert_true(link_macs_add(&a, link_address(1)));
    assert_false(link_macs_add(&a, link_address(2)));
    assert_int_equal(a.n, 3);
    for (int i = 0; i < 3; i++) {
        assert_true(eth_addr_equals(a.macs[i], link_address(i + 1)));
    }
    link_macs_clone(&b, &a);
    assert_true(link_macs_equal(&a, &b));
    assert_true(link_macs_add(&b, link_address(4)));
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
tell(struct link_table *table, struct link_message m, const char *expected)
{
    struct sset changed = SSET_INITIALIZER(&changed);
    struct link link;

    if (link_message_parse(&m, SIZE_MAX, &link) == LINK_NEW) {
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
        assert_true(link_macs_add(&macs, link_address(n)));
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

#define DEVICE(...) (struct link_message) { __VA_ARGS__ }

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

    link_table_set_peer(&table, 5, 2, link_address(9), &changed);
    link_table_set_peer(&table, 4, 3, link_address(9), &changed);
    assert_true(sset_is_empty(&changed));
    link_table_set_peer(&table, 4, 2, link_address(9), &changed);
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
    link_table_mark(&table);
    tell(&table, DEVICE(.ifindex = 6, .name = "tap0", .kind = "dummy"), "");
    sset_clear(&changed);
    link_table_sweep(&table, &changed);
    assert_int_equal(sset_count(&changed), 3);
    assert_null(link_table_find(&table, "v"));
    assert_non_null(link_table_find(&table, "tap0"));
    sset_destroy(&changed);
    link_table_uninit(&table);
}

static void
count(const struct link *link OVS_UNUSED, void *n)
{
    ++*(int *) n;
}

/* A device that is made again under its name while nothing is told is another
 * one: the old one is not there, nor what it was on. */
static void
test_made_again(void **state OVS_UNUSED)
{
    struct sset changed = SSET_INITIALIZER(&changed);
    struct link_table table;
    int n_on = 0;

    link_table_init(&table);
    tell(&table, DEVICE(.ifindex = 3, .name = "eth0"), "eth0");
    tell(&table, DEVICE(.ifindex = 5, .name = "m", .kind = "macvlan",
                        .lower = 3), "m");

    link_table_mark(&table);
    tell(&table, DEVICE(.ifindex = 3, .name = "eth0"), "");
    tell(&table, DEVICE(.ifindex = 7, .name = "m", .kind = "tun"), "m");
    link_table_sweep(&table, &changed);
    check_changed(&changed, "m");

    assert_int_equal(hmap_count(&table.by_ifindex), 2);
    link_table_for_each_on(&table, 3, LINK_HERE, count, &n_on);
    assert_int_equal(n_on, 0);
    check_view(&table, "m", "tun");
    link_table_uninit(&table);
}

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
        struct link_message m = {
            .ifindex = 7, .name = "bond0", .kind = "bond", .event = events[i],
        };
        struct link link;

        assert_int_equal(link_message_parse(&m, SIZE_MAX, &link), LINK_NEW);
        link_table_set(&table, &link, &changed);
        link_table_view(&table, "bond0", &view);
        assert_int_equal(view.n_moves, n_moves[i]);
        link_view_uninit(&view);
        assert_int_equal(sset_count(&changed), !i || link.moved);
        sset_clear(&changed);
    }

    /* It is kept when something else changes. */
    struct link_message m = {
        .ifindex = 7, .name = "bond0", .kind = "bond", .master = 3,
        .event = IFLA_EVENT_NOTIFY_PEERS,
    };
    struct link link;

    assert_int_equal(link_message_parse(&m, SIZE_MAX, &link), LINK_NEW);
    link_table_set(&table, &link, &changed);
    link_table_view(&table, "bond0", &view);
    assert_int_equal(view.n_moves, 3);
    link_view_uninit(&view);
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
        assert_true(eth_addr_equals(view.elsewhere_mac, link_address(mac)));
    } else {
        assert_true(eth_addr_is_zero(view.elsewhere_mac));
    }
}

/* A device that is moved into other namespaces, and back. */
static void
test_away(void **state OVS_UNUSED)
{
    struct link_message m = {
        .type = RTM_DELLINK, .ifindex = 7, .name = "int1", .kind = "tun",
        .address = 1
    };
    struct sset changed = SSET_INITIALIZER(&changed);
    struct link_aways aways;
    struct link gone, link;

    link_aways_init(&aways);

    /* It is no more. */
    assert_int_equal(link_message_parse(&m, SIZE_MAX, &gone), LINK_GONE);
    assert_int_equal(gone.new_netnsid, LINK_HERE);
    assert_false(link_aways_add(&aways, &gone, &changed));
    check_away(&aways, &changed, false, -1);
    link_uninit(&gone);

    /* Moved; it keeps its index if the kernel says no other, as one before
     * 4.17 does. */
    m.is_away = true;
    assert_int_equal(link_message_parse(&m, SIZE_MAX, &gone), LINK_GONE);
    assert_int_equal(gone.new_netnsid, 0);
    assert_int_equal(gone.new_ifindex, 7);
    link_uninit(&gone);
    m.new_netnsid = 4;
    m.new_ifindex = 9;
    assert_int_equal(link_message_parse(&m, SIZE_MAX, &gone), LINK_GONE);
    assert_int_equal(gone.new_ifindex, 9);
    assert_true(link_aways_add(&aways, &gone, &changed));
    check_away(&aways, &changed, true, 0);

    /* What it is there, and what others are. */
    m = (struct link_message) { .ifindex = 9, .name = "eth0", .kind = "tun",
                           .address = 2 };
    link_message_parse(&m, SIZE_MAX, &link);
    link_aways_set(&aways, 5, &link, &changed);
    check_away(&aways, &changed, false, 0);
    link_aways_set(&aways, 4, &link, &changed);
    check_away(&aways, &changed, true, 2);
    link_aways_set(&aways, 4, &link, &changed);
    check_away(&aways, &changed, false, 2);
    link_uninit(&link);
    m = (struct link_message) { .ifindex = 9, .name = "eth0", .kind = "dummy",
                           .address = 3 };
    link_message_parse(&m, SIZE_MAX, &link);
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

static bool
is_idle(const struct link_table *table, const char *name)
{
    struct link_view view;

    link_table_view(table, name, &view);

    bool idle = view.idle;
    link_view_uninit(&view);
    return idle;
}

/* A veth is idle until its peer is up, or elsewhere, and not again as long as
 * there are these two. */
static void
test_idle(void **state OVS_UNUSED)
{
    struct link_message m = { .ifindex = 5, .name = "veth0", .kind = "veth",
                              .lower = 4, .down = true };
    struct link_table table;

    link_table_init(&table);
    tell(&table, m, "veth0");
    assert_true(is_idle(&table, "veth0"));
    m.down = false;
    tell(&table, m, "veth0");
    assert_false(is_idle(&table, "veth0"));
    m.down = true;
    tell(&table, m, "");
    assert_false(is_idle(&table, "veth0"));

    /* With another peer, which had the same number, or of that name. */
    tell(&table, (struct link_message) { .type = RTM_DELLINK, .ifindex = 5,
                                         .name = "veth0" }, "veth0");
    tell(&table, m, "veth0");
    assert_true(is_idle(&table, "veth0"));
    m.elsewhere = true;
    tell(&table, m, "veth0");
    assert_false(is_idle(&table, "veth0"));
    m.elsewhere = false;
    tell(&table, m, "veth0");
    assert_true(is_idle(&table, "veth0"));
    link_table_uninit(&table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_macs),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_made_again),
        cmocka_unit_test(test_moved),
        cmocka_unit_test(test_away),
        cmocka_unit_test(test_idle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
