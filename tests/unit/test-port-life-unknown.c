/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "lib/base/diag.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "tests/unit/port-world.h"
#include "util.h"

#define CC(STRING) CONST_CAST(char *, STRING)

/* Ports of guests that nobody has written an address of. */

/* A veth has the address of its peer, which may change. */
static void
test_peer(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    world_make_unknown(&w);
    free(w.vif.driver);
    w.vif.driver = xstrdup("veth");
    world_look(&w, "active, network 0, deaf");
    w.vif.link.peer_is_elsewhere = true;
    world_look(&w, "active, wins nothing, guest +0");
    w.vif.link.peer_mac = world_address(6);
    world_look(&w, "active, guest 6");
    w.vif.link.peer_mac = world_address(7);
    world_look(&w, "active, guest 7");
    /* Any guest could say that. */
    assert_int_equal(vport_get_mac(&w.vport, 0).kind, CLAIM_PEER);
    w.vif.role = xstrdup("network");
    world_look(&w, "active, network 0, deaf");
    world_uninit(&w);
}

/* A vhost-user port is held back until libvirt knows whose it is, and never a
 * part of the network. */
static void
test_vhost_user(void **state OVS_UNUSED)
{
    const struct domstatus guest = { .name = CC("g1") };
    const struct domif domif = {
        .socket = CC("/run/s1"),
        .mac = world_address(1),
    };
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;
    struct world w;

    world_init(&w, true);
    free(w.vif.attached_mac);
    free(w.vif.vm_id);
    w.vif.attached_mac = w.vif.vm_id = NULL;
    w.vif.socket = xstrdup("/run/s1");
    world_update(&w, &diags);
    assert_true(w.wired);
    assert_true(vport_awaits_address(&w.vport));
    diag_list_format(&s, &diags);
    assert_string_equal(ds_cstr(&s), "note: vnet0: is a vhost-user port "
                        "without external_ids:attached-mac; held back until "
                        "its first frame, whose address it then has\n");
    ds_destroy(&s);
    diag_list_uninit(&diags);

    vif_set_guest(&w.vif, &guest, &domif);
    world_look(&w, "active, guest 1");
    world_uninit(&w);
}

/* A guest that nobody has written an address of has those that it sends by
 * first, as many as it may and no others, none of another port's. */
static void
test_sticky(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    world_make_unknown(&w);
    world_rival(&w, "vnet9", 9, CLAIM_ATTACHED, -1, true);
    world_look(&w, "active, wins nothing, guest +0");
    world_frame(&w, 9, 0);
    world_look(&w, "active, wins nothing, guest +0");
    world_frame(&w, 1, PORT_LIFE_ARRIVED | PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest +1");
    world_frame(&w, 1, 0);
    world_frame(&w, 2, PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest +1 +2");
    world_frame(&w, 9, PORT_LIFE_REFUSED);
    world_frame(&w, 3, PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest +1 +2 +3, deaf, wakes in 2000");
    world_frame(&w, 4, 0);
    world_pass(&w, FOLLOW_REST, true);
    world_look(&w, "active, guest +1 +2 +3, deaf");

    /* Another port is configured with one of them. */
    assert_true(port_life_lost(&w.life, world_address(1)));
    world_look(&w, "active, guest +2 +3");

    /* Somebody writes an address after all. */
    w.vif.attached_mac = xstrdup("52:54:00:00:00:05");
    world_look(&w, "active, guest 5");

    /* The next guest on a port of this name begins anew. */
    world_unplug(&w);
    world_plug(&w, true);
    world_make_unknown(&w);
    world_look(&w, "active, wins nothing, guest +0");
    world_uninit(&w);
}

/* One whose further addresses are listed may send by one of these first, if no
 * other port has that. */
static void
test_sticky_listed(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    world_make_unknown(&w);
    w.model.n_networks = 0;
    w.model.mode = MAC_TABLE_LIBVIRT;
    w.vif.macs = xstrdup("52:54:00:00:00:05 52:54:00:00:00:06");
    world_rival(&w, "vnet9", 6, CLAIM_LISTED, -1, true);
    world_look(&w, "active, wins nothing, guest +0 5 6");
    world_frame(&w, 6, 0);
    world_look(&w, "active, wins nothing, guest +0 5 6, wakes in 2000");
    world_frame(&w, 5, PORT_LIFE_ARRIVED | PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest +5 6, wakes in 2000");
    /* It still has one of its own. */
    world_frame(&w, 1, PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest +5 6 +1, deaf, wakes in 2000");
    world_frame(&w, 2, 0);
    /* What is not listed any more goes, and not its own. */
    free(w.vif.macs);
    w.vif.macs = xstrdup("52:54:00:00:00:06");
    world_look(&w, "active, guest +1 6, deaf, wakes in 2000");
    world_look(&w, "active, guest +1 6, deaf, wakes in 2000");

    /* Who is not heard of by another address in a flood of these is not
     * listened to either. */
    world_unplug(&w);
    world_plug(&w, true);
    world_make_unknown(&w);
    w.vif.macs = xstrdup("52:54:00:00:00:06");
    world_look(&w, "active, wins nothing, guest +0 6");
    for (int i = 0; i < 140; i++) {
        world_frame(&w, 6, 0);
    }
    world_frame(&w, 6, PORT_LIFE_DEAF);
    world_uninit(&w);
}

/* What the switch was found to hold is the first address though it is
 * listed. */
static void
test_sticky_listed_found(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, false);
    world_make_unknown(&w);
    w.vif.macs = xstrdup("52:54:00:00:00:05");
    world_look(&w, "active, wins nothing, guest +0 5");
    assert_true(port_life_found_followed(&w.life, &w.vport, world_address(5),
                                         &w.macs));
    world_look(&w, "active, guest +5");
    world_uninit(&w);
}

/* One that sends by nothing but others' addresses is not listened to. */
static void
test_sticky_limiter(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    world_make_unknown(&w);
    world_rival(&w, "vnet9", 9, CLAIM_ATTACHED, -1, true);
    world_look(&w, "active, wins nothing, guest +0");
    for (int i = 1; i < FOLLOW_BURST; i++) {
        world_frame(&w, 9, 0);
    }
    world_frame(&w, 9, PORT_LIFE_DEAF);
    world_look(&w, "active, wins nothing, guest +0, deaf, wakes in 40000");
    world_frame(&w, 1, 0);
    world_pass(&w, 40000, true);
    world_look(&w, "active, wins nothing, guest +0");
    world_frame(&w, 1, PORT_LIFE_ARRIVED | PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest +1");
    world_uninit(&w);
}

/* What the switch was found to hold. */
static void
test_sticky_found(void **state OVS_UNUSED)
{
    const struct port_found network = { .network = true };
    struct world w;

    world_init(&w, false);
    world_make_unknown(&w);
    world_look(&w, "active, wins nothing, guest +0");
    assert_true(port_life_found_followed(&w.life, &w.vport, world_address(7),
                                         &w.macs));
    world_look(&w, "active, guest +7");

    /* As long as no network can be read it may be any. */
    w.model.n_networks = 0;
    w.model.incomplete = true;
    w.networks_known = false;
    world_look(&w, "active, guest +7, deaf");
    port_life_found(&w.life, &network);
    world_look(&w, "active, network 0, deaf");
    w.model.n_networks = 1;
    w.networks_known = true;
    world_look(&w, "active, guest +7");
    world_uninit(&w);
}

/* What is taken for a part of the network side for a while, or is cut off, has
 * its addresses again after that, but for those that others have now. */
static void
test_sticky_meanwhile(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    world_make_unknown(&w);
    world_look(&w, "active, wins nothing, guest +0");
    world_frame(&w, 1, PORT_LIFE_ARRIVED | PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest +1");
    world_frame(&w, 2, PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest +1 +2");
    w.vif.role = xstrdup("network");
    world_look(&w, "active, network 0, deaf");
    free(w.vif.role);
    w.vif.role = NULL;
    world_look(&w, "active, guest +1 +2");

    w.vif.is_mirror_output = true;
    world_look(&w, "not wired");
    world_rival(&w, "vnet9", 1, CLAIM_FIRST, -1, true);
    w.vif.is_mirror_output = false;
    world_look(&w, "active, guest +2");
    world_uninit(&w);
}

/* Another Interface row takes the place of the port's, and the switch gives it
 * the same number: it is another port. */
static void
test_row(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, false);
    world_make_unknown(&w);
    /* The first row that is seen is the one that was there before. */
    w.vif.row.parts[0] = 1;
    world_look(&w, "active, wins nothing, guest +0");
    world_frame(&w, 1, PORT_LIFE_ARRIVED | PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest +1");
    w.vif.row.parts[0] = 2;
    world_look(&w, "active, wins nothing, guest +0");
    world_frame(&w, 2, PORT_LIFE_ARRIVED | PORT_LIFE_FOLLOWS);
    world_look(&w, "active, guest +2");

    /* Its guest may be one that has not come yet. */
    w.vif.row.parts[0] = 3;
    w.vif.attached_mac = xstrdup("52:54:00:00:00:05");
    world_set_status(&w, "inactive");
    world_look(&w, "new, wins nothing, guest 5");
    world_uninit(&w);
}

/* Checks that the port, the host's, has address 'mac', and that it is said of
 * it what 'expected' is, or nothing if that is null. */
static void
look_at_host(struct world *w, struct eth_addr mac, const char *expected)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    world_update(w, &diags);
    assert_int_equal(w->vport.role, VIF_HOST);
    assert_true(eth_addr_equals(w->vport.mac, mac));
    diag_list_format(&s, &diags);
    assert_string_equal(ds_cstr(&s), expected ? expected : "");
    ds_destroy(&s);
    diag_list_uninit(&diags);
}

/* A device of the host's that is moved into another network namespace. */
static void
test_elsewhere(void **state OVS_UNUSED)
{
    const struct eth_addr hw_addr = ETH_ADDR_C(02,00,00,00,00,77);
    struct world w;

    world_init(&w, true);
    free(w.vif.attached_mac);
    free(w.vif.vm_id);
    free(w.vif.type);
    w.vif.attached_mac = w.vif.vm_id = NULL;
    w.vif.type = xstrdup("internal");
    look_at_host(&w, hw_addr, NULL);
    w.vif.link.is_elsewhere = true;
    look_at_host(&w, hw_addr,
                 "warning: vnet0: its device is in another network "
                 "namespace, and nobody tells whether its address is "
                 "02:00:00:00:00:77 there as it was here, unless "
                 "external_ids:attached-mac has it, or virtnet-role=network "
                 "has it learned\n");
    w.vif.link.elsewhere_mac = world_address(5);
    look_at_host(&w, world_address(5),
                 "warning: vnet0: its device is in another network "
                 "namespace, where a program that is started anew does not "
                 "know its address, which is 52:54:00:00:00:05, unless "
                 "external_ids:attached-mac has it, or virtnet-role=network "
                 "has it learned\n");
    world_uninit(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_peer),
        cmocka_unit_test(test_vhost_user),
        cmocka_unit_test(test_sticky),
        cmocka_unit_test(test_sticky_limiter),
        cmocka_unit_test(test_sticky_found),
        cmocka_unit_test(test_sticky_meanwhile),
        cmocka_unit_test(test_sticky_listed),
        cmocka_unit_test(test_sticky_listed_found),
        cmocka_unit_test(test_row),
        cmocka_unit_test(test_elsewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
