/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "lib/base/diag.h"
#include "lib/xml/netdef.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "sset.h"
#include "tests/unit/port-world.h"
#include "util.h"

#define CC(STRING) CONST_CAST(char *, STRING)

/* libvirt's state is there before the port is, or libvirt is not there. */
static void
test_plugged_after_state(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    world_look(&w, "active, guest 1");
    /* Its state going away holds nothing back. */
    w.vif.guest.unknown = true;
    world_look(&w, "active, guest 1");
    world_uninit(&w);
}

/* libvirt plugs a port before it says what its guest is about. */
static void
test_plugged_before_state(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    w.vif.guest.unknown = true;
    world_look(&w, "awaited, wins nothing, guest 1, wakes in 5000");
    world_pass(&w, 1000, false);
    world_look(&w, "awaited, wins nothing, guest 1, wakes in 4000");
    w.vif.guest.unknown = false;
    w.vif.guest.state = DOMAIN_PAUSED;
    world_look(&w, "active, guest 1");
    assert_int_equal(vport_get_mac(&w.vport, 0).kind, CLAIM_PAUSED);
    w.vif.guest.state = DOMAIN_RUNNING;
    world_look(&w, "active, guest 1");
    assert_int_equal(vport_get_mac(&w.vport, 0).kind, CLAIM_ATTACHED);
    world_uninit(&w);
}

/* Nobody says anything of the guest until it has been awaited long enough. */
static void
test_deadline(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    w.vif.guest.unknown = true;
    world_look(&w, "awaited, wins nothing, guest 1, wakes in 5000");
    world_pass(&w, PORT_AWAIT_MSEC - 1, false);
    world_look(&w, "awaited, wins nothing, guest 1, wakes in 1");
    world_pass(&w, 1, true);
    world_look(&w, "active, guest 1");
    world_pass(&w, 0, false);

    /* It may also be looked at late, and without its link it is waited for
     * nevertheless, but once. */
    world_unplug(&w);
    world_plug(&w, true);
    w.vif.guest.unknown = true;
    world_look(&w, "awaited, wins nothing, guest 1, wakes in 5000");
    w.now += PORT_AWAIT_MSEC;
    world_look(&w, "active, guest 1");

    world_unplug(&w);
    world_plug(&w, true);
    w.vif.guest.unknown = true;
    world_look(&w, "awaited, wins nothing, guest 1, wakes in 5000");
    w.vif.guest.link_down = true;
    world_look(&w, "not wired, wakes in 5000");
    world_pass(&w, PORT_AWAIT_MSEC, true);
    world_look(&w, "not wired");
    w.vif.guest.link_down = false;
    world_look(&w, "active, guest 1");
    world_uninit(&w);
}

/* A guest that is not libvirt's is awaited until its first frame. */
static void
test_first_frame(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    w.vif.guest.unknown = true;
    world_look(&w, "awaited, wins nothing, guest 1, wakes in 5000");
    world_frame(&w, 1, PORT_LIFE_ARRIVED);
    world_look(&w, "active, guest 1");
    world_frame(&w, 1, 0);
    world_look(&w, "active, guest 1");

    /* Or until what it was offered has been put in. */
    world_unplug(&w);
    world_plug(&w, true);
    world_set_status(&w, "inactive");
    world_look(&w, "new, wins nothing, guest 1");
    assert_int_equal(port_life_taken(&w.life, &w.vport, &w.macs,
                                     w.now), PORT_LIFE_ARRIVED);
    world_look(&w, "arrived, guest 1");
    assert_int_equal(port_life_taken(&w.life, &w.vport, &w.macs,
                                     w.now), 0);
    world_uninit(&w);
}

/* A guest comes from another host, and goes to another. */
static void
test_migration(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    w.vif.guest.unknown = true;
    world_look(&w, "awaited, wins nothing, guest 1, wakes in 5000");
    w.vif.guest.unknown = false;
    w.vif.guest.state = DOMAIN_MIGRATING;
    world_look(&w, "new, wins nothing, guest 1");
    world_pass(&w, PORT_AWAIT_MSEC * 10, false);
    world_look(&w, "new, wins nothing, guest 1");
    world_frame(&w, 1, PORT_LIFE_ARRIVED);
    world_look(&w, "arrived, guest 1");
    world_look(&w, "arrived, guest 1");
    w.vif.guest.state = DOMAIN_RUNNING;
    world_look(&w, "active, guest 1");

    w.vif.guest.state = DOMAIN_MIGRATING;
    world_look(&w, "held back, wins nothing, guest 1");
    /* It has failed, and is tried again. */
    w.vif.guest.state = DOMAIN_RUNNING;
    world_look(&w, "active, guest 1");
    w.vif.guest.state = DOMAIN_MIGRATING;
    world_look(&w, "held back, wins nothing, guest 1");
    /* libvirt's state goes before the port does. */
    w.vif.guest.unknown = true;
    world_look(&w, "held back, wins nothing, guest 1");
    world_uninit(&w);
}

/* The same, said by external_ids:iface-status. */
static void
test_iface_status(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    world_set_status(&w, "inactive");
    world_look(&w, "new, wins nothing, guest 1");
    /* From now on it is here, if libvirt knows of it. */
    world_set_status(&w, "active");
    w.vif.guest.unknown = true;
    world_look(&w, "awaited, wins nothing, guest 1, wakes in 5000");
    w.vif.guest.unknown = false;
    world_look(&w, "active, guest 1");
    world_set_status(&w, "inactive");
    world_look(&w, "held back, wins nothing, guest 1");
    world_frame(&w, 1, PORT_LIFE_ARRIVED);
    world_look(&w, "arrived, guest 1");

    /* One that has arrived here may leave again. */
    world_set_status(&w, NULL);
    world_look(&w, "active, guest 1");
    world_set_status(&w, "inactive");
    world_look(&w, "held back, wins nothing, guest 1");
    world_uninit(&w);
}

/* Ports that were there when this program was started are not new, and what
 * the switch holds tells which guests had arrived. */
static void
test_found_active(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, false);
    w.vif.guest.unknown = true;
    world_look(&w, "active, guest 1");
    assert_false(port_life_found_active(&w.life));

    world_set_status(&w, "inactive");
    world_look(&w, "held back, wins nothing, guest 1");
    assert_true(port_life_found_active(&w.life));
    world_look(&w, "arrived, guest 1");
    assert_false(port_life_found_active(&w.life));
    world_uninit(&w);
}

/* As long as networks are not known, a guest is what it was found to be. */
static void
test_found_policy(void **state OVS_UNUSED)
{
    static const struct {
        struct port_found found;
        const char *expected;
    } cases[] = {
        { { .network = false }, "active, guest 1, deaf" },
        { { .isolated = true }, "active, guest 1, isolated, deaf" },
        { { .listens = true }, "active, guest 1" },
        { { .listens = true, .isolated = true },
          "active, guest 1, isolated" },
        { { .isolated = true, .community.name = "web" },
          "active, guest 1, community web, deaf" },
        { { .network = true }, "active, network 0, deaf" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct world w;

        world_init(&w, false);
        w.networks_known = false;
        w.vif.portgroup = xstrdup("plain");
        world_look(&w, "active, guest 1, deaf");
        /* Flow by flow. */
        port_life_found(&w.life, &cases[i].found);
        port_life_found(&w.life, &(struct port_found) { .network = false });
        world_look(&w, cases[i].expected);
        /* One that says itself what it is is that. */
        w.vif.role = xstrdup("network");
        world_look(&w, "active, network 0, deaf");
        free(w.vif.role);
        w.vif.role = NULL;
        world_look(&w, cases[i].expected);
        /* Then they are known, and what was found is history. */
        w.networks_known = true;
        world_look(&w, "active, guest 1, deaf");
        w.networks_known = false;
        world_look(&w, "active, guest 1, deaf");
        world_uninit(&w);
    }
}

/* Checks that the port is in VLANs 'expected', and that 'said' is said. */
static void
look_vlans(struct world *w, const char *expected, const char *said)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    world_update(w, &diags);
    vlan_set_format(&s, &w->vport.vlan.members);
    assert_string_equal(ds_cstr(&s), expected);
    ds_clear(&s);
    diag_list_format(&s, &diags);
    assert_string_equal(ds_cstr(&s), said);
    ds_destroy(&s);
    diag_list_uninit(&diags);
}

#define NO_GOLD "warning: vnet0: no network of this bridge has a portgroup " \
                "'gold', so the port is in no VLAN"

/* A port whose portgroup is not known is in no VLAN, unless it was served
 * when this program was started and the definition may yet be read. */
static void
test_served(void **state OVS_UNUSED)
{
    const struct port_found served = { .served = true };
    const struct port_found nothing = { .served = false };
    const char *unread = NO_GOLD ", unless it was in service before; there "
                         "are definitions that cannot be read\n";
    struct world w;

    world_init(&w, false);
    w.vif.portgroup = xstrdup("gold");
    look_vlans(&w, "", NO_GOLD "\n");
    w.model.incomplete = true;
    look_vlans(&w, "", unread);
    port_life_found(&w.life, &nothing);
    look_vlans(&w, "", unread);
    port_life_found(&w.life, &served);
    look_vlans(&w, "0-4095", unread);
    w.vif.vlan.tag = 7;
    look_vlans(&w, "7", "warning: vnet0: no network of this bridge has a "
               "portgroup 'gold'\n");
    w.vif.vlan.tag = -1;

    /* Once all is known, what was found no longer counts. */
    w.networks_known = false;
    look_vlans(&w, "0-4095", unread);
    w.networks_known = true;
    look_vlans(&w, "0-4095", unread);
    w.model.incomplete = false;
    look_vlans(&w, "", NO_GOLD "\n");
    w.model.incomplete = true;
    look_vlans(&w, "", unread);
    world_uninit(&w);
}

/* What one guest has done says nothing of the next on the same port. */
static void
test_another_guest(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    world_set_status(&w, "inactive");
    world_look(&w, "new, wins nothing, guest 1");
    world_frame(&w, 1, PORT_LIFE_ARRIVED);
    world_look(&w, "arrived, guest 1");
    world_frame(&w, 2, PORT_LIFE_FOLLOWS);
    world_look(&w, "arrived, guest 1 +2");
    free(w.vif.attached_mac);
    w.vif.attached_mac = xstrdup("52:54:00:00:00:05");
    world_look(&w, "held back, wins nothing, guest 5");
    world_frame(&w, 5, PORT_LIFE_ARRIVED);
    world_look(&w, "arrived, guest 5");
    world_frame(&w, 2, PORT_LIFE_FOLLOWS);
    world_look(&w, "arrived, guest 5 +2");

    /* Nor if there was nobody in between. */
    w.vif.guest.link_down = true;
    world_look(&w, "not wired");
    w.vif.guest.link_down = false;
    world_look(&w, "arrived, guest 5 +2");
    w.vif.guest.link_down = true;
    world_look(&w, "not wired");
    w.vif.guest.link_down = false;
    free(w.vif.attached_mac);
    w.vif.attached_mac = xstrdup("52:54:00:00:00:06");
    world_look(&w, "held back, wins nothing, guest 6");

    /* Unplugged and plugged again, it begins anew, even with the same
     * address. */
    world_frame(&w, 6, PORT_LIFE_ARRIVED);
    world_look(&w, "arrived, guest 6");
    world_frame(&w, 2, PORT_LIFE_FOLLOWS);
    world_look(&w, "arrived, guest 6 +2");
    world_unplug(&w);
    world_plug(&w, true);
    world_set_status(&w, "inactive");
    world_look(&w, "new, wins nothing, guest 1");
    world_set_status(&w, NULL);
    world_look(&w, "active, guest 1");
    world_uninit(&w);
}

/* A tap has no carrier for a moment when a guest comes or goes: only what
 * stays so is said. */
static void
test_carrier(void **state OVS_UNUSED)
{
    static const struct {
        bool no_carrier;
        int seconds;
        bool said;
    } steps[] = {
        { true, 0, false }, { true, 9, false }, { false, 1, false },
        { true, 0, false }, { true, 9, false }, { true, 1, true },
        { true, 99, true }, { false, 0, false }, { true, 9, false },
    };
    struct world w;

    world_init(&w, false);
    w.vif.guest.name = xstrdup("g1");
    for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
        struct diag_list diags = DIAG_LIST_INITIALIZER;

        w.now += steps[i].seconds * 1000;
        w.vif.no_carrier = steps[i].no_carrier;
        if (w.now >= port_life_wake_time(&w.life)) {
            assert_true(port_life_run(&w.life, w.now));
        }
        assert_true(port_life_wake_time(&w.life) > w.now);
        world_update(&w, &diags);
        assert_int_equal(diags.n, steps[i].said);
        diag_list_uninit(&diags);
    }
    world_uninit(&w);
}

/* The host has the address that the switch tells of. */
static void
test_host(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, false);
    w.vif.ofport = OFPP_LOCAL;
    world_look(&w, "active, host 119, deaf");
    world_uninit(&w);
}

/* What a member with LACP lets in that the database has as current: nothing
 * while the switch makes no use of it.  That is for LACP alone to say. */
static void
test_dead_member(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, false);
    free(w.vif.attached_mac);
    w.vif.attached_mac = NULL;
    w.vif.role = CONST_CAST(char *, "network");
    w.vif.bond = (struct vif_bond) {
        .is_member = true, .mode = VIF_BALANCE_TCP, .lacp = true,
        .lacp_negotiated = true,
    };
    w.vif.lacp_current = true;
    for (int i = 0; i < 4; i++) {
        struct diag_list diags = DIAG_LIST_INITIALIZER;

        w.is_dead = i % 2 == 0;
        w.vif.bond.lacp = i < 2;
        w.vif.bond.mode = i < 2 ? VIF_BALANCE_TCP : VIF_BALANCE_SLB;
        w.vif.bond.is_active = true;
        world_update(&w, &diags);
        diag_list_uninit(&diags);
        assert_true(w.wired && w.vport.in_bond);
        assert_int_equal(w.vport.admission, (w.is_dead && w.vif.bond.lacp
                                             ? ADMISSION_NONE
                                             : ADMISSION_ALL));
    }
    w.vif.role = NULL;
    world_uninit(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plugged_after_state),
        cmocka_unit_test(test_plugged_before_state),
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_first_frame),
        cmocka_unit_test(test_migration),
        cmocka_unit_test(test_iface_status),
        cmocka_unit_test(test_found_active),
        cmocka_unit_test(test_found_policy),
        cmocka_unit_test(test_served),
        cmocka_unit_test(test_another_guest),
        cmocka_unit_test(test_carrier),
        cmocka_unit_test(test_host),
        cmocka_unit_test(test_dead_member),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
