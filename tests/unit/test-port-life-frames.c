/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "flow.h"
#include "lib/xml/netdef.h"
#include "packets.h"
#include "sset.h"
#include "tests/unit/port-world.h"
#include "util.h"

#define CC(STRING) CONST_CAST(char *, STRING)

/* A guest that may changes its address. */
static void
test_follow(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    world_look(&w, "active, guest 1");
    world_frame(&w, 1, 0);
    world_frame(&w, 2, PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest 1 +2");
    /* Still on their way. */
    world_frame(&w, 2, 0);
    world_frame(&w, 3, PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest 1 +2 +3");
    world_frame(&w, 4, PORT_LIFE_FOLLOWS);
    world_frame(&w, 5, PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest 1 +3 +4 +5");

    /* Without trust it has them no longer, and gets no others. */
    w.vif.portgroup = xstrdup("plain");
    world_look(&w, "active, guest 1, deaf");
    world_frame(&w, 2, 0);
    world_look(&w, "active, guest 1, deaf");
    free(w.vif.portgroup);
    w.vif.portgroup = NULL;
    world_look(&w, "active, guest 1");
    world_uninit(&w);

    /* Somebody who has it listed needs not follow it. */
    world_init(&w, true);
    world_look(&w, "active, guest 1");
    world_frame(&w, 2, PORT_LIFE_FOLLOWS);
    world_frame(&w, 3, PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest 1 +2 +3");
    w.vif.macs = xstrdup("52:54:00:00:00:02");
    world_look(&w, "active, guest 1 2 +3");
    assert_int_equal(w.life.follow.n, 1);
    world_uninit(&w);

    /* A part of the network announces what it likes. */
    world_init(&w, true);
    w.vif.role = xstrdup("network");
    world_look(&w, "active, network 0, deaf");
    world_frame(&w, 2, 0);
    world_uninit(&w);
}

/* No guest gets an address that another port claims. */
static void
test_rivals(void **state OVS_UNUSED)
{
    const struct life_frame none = { .src = eth_addr_zero };
    const struct life_frame group = { .src = eth_addr_broadcast };
    struct world w;

    world_init(&w, true);
    w.vif.vlan.tag = 10;
    world_look(&w, "active, guest 1");
    world_rival(&w, "vnet1", 2, CLAIM_ATTACHED, -1, true);
    world_rival(&w, "vnet1", 3, CLAIM_ATTACHED, 10, false);
    world_rival(&w, "vnet1", 4, CLAIM_FIRST, 10, true);
    world_rival(&w, "vnet1", 5, CLAIM_ATTACHED, 11, true);
    world_rival(&w, "vnet1", 6, CLAIM_PAUSED, 10, true);
    world_rival(&w, "br0", 7, CLAIM_HOST, -1, true);
    for (int i = 2; i <= 4; i++) {
        world_frame(&w, i, PORT_LIFE_REFUSED);
        world_frame(&w, i, 0);
    }
    world_pass(&w, FOLLOW_INTERVAL * FOLLOW_BURST, true);
    world_frame(&w, 6, PORT_LIFE_REFUSED);
    world_frame(&w, 7, PORT_LIFE_REFUSED);
    world_look(&w, "active, guest 1, wakes in 2000");
    world_pass(&w, FOLLOW_REST, true);
    /* In another VLAN it is another address. */
    world_frame(&w, 5, PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest 1 +5");

    /* Nor any that is none. */
    world_pass(&w, FOLLOW_INTERVAL * FOLLOW_BURST, false);
    assert_int_equal(port_life_frame(&w.life, &w.vport, &none, &w.macs,
                                     w.now), 0);
    assert_int_equal(port_life_frame(&w.life, &w.vport, &group, &w.macs,
                                     w.now), 0);
    world_look(&w, "active, guest 1 +5");
    world_uninit(&w);
}

/* Who is not trusted and announces what others share is refused that, too, and
 * not looked at again for as long as one who is. */
static void
test_forger(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    w.vif.portgroup = xstrdup("plain");
    w.vif.vlan.tag = 10;
    world_look(&w, "active, guest 1, deaf");
    world_rival(&w, "vnet1", 2, CLAIM_LISTED, -1, true);
    world_rival(&w, "vnet1", 3, CLAIM_ATTACHED, -1, true);
    world_rival(&w, "vnet2", 4, CLAIM_ANNOUNCED, 10, true);
    world_rival(&w, "vnet2", 5, CLAIM_ANNOUNCED, 11, true);
    /* One alone lists it, who is configured with it, or nobody at all. */
    for (int i = 2; i <= 9; i += i == 3 ? 2 : 1) {
        world_frame(&w, i, 0);
    }
    world_frame(&w, 4, PORT_LIFE_REFUSED);
    world_frame(&w, 4, 0);
    world_rival(&w, "vnet2", 2, CLAIM_LISTED, -1, true);
    world_frame(&w, 2, PORT_LIFE_REFUSED);
    world_look(&w, "active, guest 1, deaf, wakes in 2000");
    assert_int_equal(w.vport.n_ignored, 2);
    assert_false(w.vport.deaf);
    world_pass(&w, FOLLOW_REST, true);
    world_look(&w, "active, guest 1, deaf");
    assert_int_equal(w.vport.n_ignored, 0);
    world_frame(&w, 2, PORT_LIFE_REFUSED);

    /* What it lists itself it may have. */
    w.vif.macs = xstrdup("52:54:00:00:00:02");
    world_look(&w, "active, guest 1 2, deaf, wakes in 2000");
    world_frame(&w, 2, PORT_LIFE_SHARES);

    /* One after another: the last is one too many. */
    for (int i = 10; i < 10 + FOLLOW_BURST; i++) {
        world_rival(&w, "vnet2", i, CLAIM_ANNOUNCED, -1, true);
    }
    world_pass(&w, FOLLOW_BURST * FOLLOW_INTERVAL, true);
    for (int i = 10; i < 10 + FOLLOW_BURST; i++) {
        world_frame(&w, i, PORT_LIFE_REFUSED
                           | (i == 9 + FOLLOW_BURST ? PORT_LIFE_DEAF : 0));
    }
    world_frame(&w, 4, 0);
    world_look(&w, "active, guest 1 2, deaf, wakes in 2000");
    assert_true(w.vport.deaf);
    assert_int_equal(w.vport.n_ignored, 0);
    world_uninit(&w);
}

/* A port whose address another port of its guest has is used from its first
 * frame on, but not to and fro without end. */
static void
test_turns(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    free(w.vif.vm_id);
    w.vif.vm_id = xstrdup("guest1");
    world_rival(&w, "vif1.0", 1, CLAIM_ATTACHED, -1, true);
    world_look(&w, "active, guest 1");
    assert_true(w.vport.takes_turns);
    /* Another guest's. */
    world_frame(&w, 1, 0);
    mac_table_set_guest(&w.macs, world_address(1), "vif1.0", "guest1");
    mac_table_run(&w.macs, world_ignore_change, NULL);
    world_frame(&w, 1, PORT_LIFE_TAKES);
    assert_int_equal(port_life_taken(&w.life, &w.vport, &w.macs, w.now),
                     PORT_LIFE_TAKES);
    assert_true(mac_table_take(&w.macs, world_address(1), NULL, w.vport.name));
    mac_table_run(&w.macs, world_ignore_change, NULL);
    world_frame(&w, 1, 0);

    for (int i = 2; i < FOLLOW_BURST; i++) {
        assert_true(mac_table_take(&w.macs, world_address(1), NULL, "vif1.0"));
        mac_table_run(&w.macs, world_ignore_change, NULL);
        world_frame(&w, 1, (PORT_LIFE_TAKES
                      | (i == FOLLOW_BURST - 1 ? PORT_LIFE_DEAF : 0)));
        assert_true(mac_table_take(&w.macs, world_address(1), NULL,
                                   w.vport.name));
        mac_table_run(&w.macs, world_ignore_change, NULL);
    }
    world_look(&w, "active, guest 1, deaf, wakes in 40000");
    assert_false(w.vport.takes_turns);
    world_frame(&w, 1, 0);
    assert_int_equal(port_life_taken(&w.life, &w.vport, &w.macs, w.now), 0);

    world_pass(&w, 40000, true);
    world_look(&w, "active, guest 1");
    world_frame(&w, 1, PORT_LIFE_TAKES);
    world_uninit(&w);
}

/* What other guests list as well is for the one that announces it; what they
 * have changed to is for whoever changes to it last. */
static void
test_shared(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    w.vif.macs = xstrdup("52:54:00:00:00:02");
    world_rival(&w, "vnet1", 2, CLAIM_LISTED, -1, true);
    world_rival(&w, "vnet1", 3, CLAIM_ANNOUNCED, -1, true);
    world_look(&w, "active, guest 1 2");
    assert_true(w.vport.takes_shared);
    world_frame(&w, 1, 0);
    world_frame(&w, 2, PORT_LIFE_SHARES);
    assert_true(mac_table_take(&w.macs, world_address(2), NULL, w.vport.name));
    /* keepalived says it several times. */
    world_frame(&w, 2, 0);
    mac_table_run(&w.macs, world_ignore_change, NULL);
    world_frame(&w, 2, 0);
    for (int i = 1; i <= FOLLOW_BURST; i++) {
        assert_true(mac_table_take(&w.macs, world_address(2), NULL, "vnet1"));
        mac_table_run(&w.macs, world_ignore_change, NULL);
        world_frame(&w, 2, (PORT_LIFE_SHARES
                      | (i == FOLLOW_BURST ? PORT_LIFE_DEAF : 0)));
        assert_true(mac_table_take(&w.macs, world_address(2), NULL,
                                   w.vport.name));
        mac_table_run(&w.macs, world_ignore_change, NULL);
    }
    world_look(&w, "active, guest 1 2, deaf, wakes in 40100");
    assert_false(w.vport.takes_shared);
    world_uninit(&w);

    world_init(&w, true);
    world_rival(&w, "vnet1", 3, CLAIM_ANNOUNCED, -1, true);
    world_look(&w, "active, guest 1");
    world_frame(&w, 3, PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest 1 +3");
    world_uninit(&w);
}

/* A port that is configured with an address takes it from guests that have
 * changed to it. */
static void
test_lost(void **state OVS_UNUSED)
{
    struct sset names = SSET_INITIALIZER(&names);
    struct vport owner = { .name = CC("vnet1"), .mac = world_address(2) };
    struct world w;

    world_init(&w, true);
    w.vif.vlan.tag = 10;
    world_look(&w, "active, guest 1");
    world_frame(&w, 2, PORT_LIFE_FOLLOWS);
    world_frame(&w, 3, PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest 1 +2 +3");

    /* Not in another VLAN, nor from itself, nor what it is configured with. */
    vlan_set_add(&owner.vlan.members, 11);
    port_life_find_followers(&w.macs, &owner, world_address(2), &names);
    port_life_find_followers(&w.macs, &w.vport, world_address(2), &names);
    assert_true(sset_is_empty(&names));
    vlan_set_add(&owner.vlan.members, 10);
    port_life_find_followers(&w.macs, &owner, world_address(1), &names);
    port_life_find_followers(&w.macs, &owner, world_address(9), &names);
    assert_true(sset_is_empty(&names));

    port_life_find_followers(&w.macs, &owner, world_address(2), &names);
    assert_int_equal(sset_count(&names), 1);
    assert_true(sset_contains(&names, "vnet0"));
    assert_true(port_life_lost(&w.life, world_address(2)));
    assert_false(port_life_lost(&w.life, world_address(2)));
    world_rival(&w, "vnet1", 2, CLAIM_ATTACHED, -1, true);
    world_look(&w, "active, guest 1 +3");
    world_frame(&w, 2, PORT_LIFE_REFUSED);
    world_look(&w, "active, guest 1 +3, wakes in 2000");

    sset_destroy(&names);
    vlan_set_uninit(&owner.vlan.members);
    world_uninit(&w);
}

/* Returns what is expected of one that has become 'last' and the two before,
 * in 'text' of 'size' bytes. */
static const char *
expect_three(char *text, size_t size, int last)
{
    snprintf(text, size, "active, guest 1 +%d +%d +%d", last - 2, last - 1,
             last);
    return text;
}

/* A guest that announces one address after the other is not listened to for a
 * while, and keeps what it has. */
static void
test_limiter(void **state OVS_UNUSED)
{
    struct world w;
    char text[64];

    world_init(&w, true);
    world_look(&w, "active, guest 1");
    /* It may have three, and so it may change all of them so often. */
    for (int i = 10; i < 9 + 3 * FOLLOW_BURST; i++) {
        world_frame(&w, i, PORT_LIFE_FOLLOWS);
        world_look(&w, (i == 10 ? "active, guest 1 +10"
                        : i == 11 ? "active, guest 1 +10 +11"
                        : expect_three(text, sizeof text, i)));
    }
    world_frame(&w, 33, PORT_LIFE_DEAF | PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest 1 +31 +32 +33, deaf, wakes in 40016");
    world_frame(&w, 18, 0);
    world_pass(&w, 40015, false);
    world_look(&w, "active, guest 1 +31 +32 +33, deaf, wakes in 1");
    world_pass(&w, 1, true);
    world_look(&w, "active, guest 1 +31 +32 +33");
    world_frame(&w, 18, PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest 1 +32 +33 +18");
    world_uninit(&w);

    /* Also for addresses that it cannot have. */
    world_init(&w, true);
    world_look(&w, "active, guest 1");
    world_rival(&w, "vnet1", 2, CLAIM_ATTACHED, -1, true);
    for (int i = 2; i < FOLLOW_BURST + 1; i++) {
        world_rival(&w, "vnet1", i, CLAIM_ATTACHED, -1, true);
        world_frame(&w, i, PORT_LIFE_REFUSED);
    }
    world_rival(&w, "vnet1", 20, CLAIM_ATTACHED, -1, true);
    world_frame(&w, 20, PORT_LIFE_REFUSED | PORT_LIFE_DEAF);
    world_pass(&w, FOLLOW_REST, true);
    world_look(&w, "active, guest 1, deaf, wakes in 38000");
    world_uninit(&w);

    /* One that is repeated is one. */
    world_init(&w, true);
    world_look(&w, "active, guest 1");
    world_rival(&w, "vnet1", 2, CLAIM_ATTACHED, -1, true);
    world_frame(&w, 2, PORT_LIFE_REFUSED);
    for (int i = 0; i < 100; i++) {
        world_frame(&w, 2, 0);
    }
    world_look(&w, "active, guest 1, wakes in 2000");
    assert_int_equal(w.vport.n_ignored, 1);
    assert_true(eth_addr_equals(w.vport.ignored[0], world_address(2)));
    for (int i = 0; i < 100; i++) {
        world_pass(&w, FOLLOW_REST, true);
        world_look(&w, "active, guest 1");
        assert_int_equal(w.vport.n_ignored, 0);
        world_frame(&w, 2, PORT_LIFE_REFUSED);
        world_frame(&w, 2, 0);
    }
    world_pass(&w, FOLLOW_REST, true);
    mac_table_unclaim(&w.macs, world_address(2), "vnet1");
    mac_table_run(&w.macs, world_ignore_change, NULL);
    world_frame(&w, 2, PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest 1 +2");
    world_uninit(&w);
}

/* libvirt says which address a guest uses now. */
static void
test_current_mac(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    world_rival(&w, "vnet1", 9, CLAIM_ATTACHED, -1, true);
    w.vif.guest.current_mac = world_address(2);
    world_look(&w, "active, guest 1 +2");
    /* It counts when it changes, for libvirt may be behind. */
    world_frame(&w, 3, PORT_LIFE_FOLLOWS);
    world_frame(&w, 4, PORT_LIFE_FOLLOWS);
    world_frame(&w, 5, PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest 1 +3 +4 +5");
    world_look(&w, "active, guest 1 +3 +4 +5");
    w.vif.guest.current_mac = world_address(6);
    world_look(&w, "active, guest 1 +4 +5 +6");
    w.vif.guest.current_mac = world_address(1);
    world_look(&w, "active, guest 1 +4 +5 +6");
    w.vif.guest.current_mac = world_address(9);
    world_look(&w, "active, guest 1 +4 +5 +6");

    /* It counts for nothing where guests may not change theirs... */
    w.vif.portgroup = xstrdup("plain");
    w.vif.guest.current_mac = world_address(2);
    world_look(&w, "active, guest 1, deaf");
    /* ...and does as soon as they may. */
    free(w.vif.portgroup);
    w.vif.portgroup = NULL;
    world_look(&w, "active, guest 1 +2");
    world_uninit(&w);
}

/* The switch holds what a guest had changed to. */
static void
test_found_followed(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, false);
    world_rival(&w, "vnet1", 9, CLAIM_ATTACHED, -1, true);
    world_look(&w, "active, guest 1");
    assert_true(port_life_found_followed(&w.life, &w.vport, world_address(2),
                                         &w.macs));
    assert_false(port_life_found_followed(&w.life, &w.vport, world_address(2),
                                          &w.macs));
    assert_false(port_life_found_followed(&w.life, &w.vport, world_address(1),
                                          &w.macs));
    assert_false(port_life_found_followed(&w.life, &w.vport, world_address(9),
                                          &w.macs));
    world_look(&w, "active, guest 1 +2");
    w.vif.portgroup = xstrdup("plain");
    world_look(&w, "active, guest 1, deaf");
    assert_false(port_life_found_followed(&w.life, &w.vport, world_address(2),
                                          &w.macs));
    world_uninit(&w);

    /* Also in a network that is not known. */
    world_init(&w, false);
    w.vif.portgroup = xstrdup("plain");
    w.networks_known = false;
    world_look(&w, "active, guest 1, deaf");
    port_life_found(&w.life, &(struct port_found) { .listens = true });
    world_look(&w, "active, guest 1");
    assert_true(port_life_found_followed(&w.life, &w.vport, world_address(2),
                                         &w.macs));
    world_look(&w, "active, guest 1 +2");
    world_uninit(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_follow),
        cmocka_unit_test(test_rivals),
        cmocka_unit_test(test_forger),
        cmocka_unit_test(test_turns),
        cmocka_unit_test(test_shared),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_limiter),
        cmocka_unit_test(test_current_mac),
        cmocka_unit_test(test_found_followed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
