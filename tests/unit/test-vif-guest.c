/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "lib/host/vif.h"
#include "lib/xml/netport.h"
#include "packets.h"
#include "util.h"

/* A string that a value may hold but must not free, as a constant and not. */
#define S(LITERAL) ((char[]) { LITERAL })
#define CC(STRING) CONST_CAST(char *, STRING)
#define UUID "11111111-2222-3333-4444-000000000001"
#define MAC "52:54:00:00:00:01"
#define MAC_BYTES ETH_ADDR_C(52,54,00,00,00,01)

static const struct domstatus guest = {
    .name = S("g1"), .uuid = S(UUID), .state = DOMAIN_PAUSED,
    .from = "libvirt",
};

/* Names repeat, addresses repeat, an iface-id may be that of a whole network:
 * it takes a name, and no other guest or address. */
static void
test_match(void **state OVS_UNUSED)
{
    const struct domif tap = { .target = CC("vnet0"), .mac = MAC_BYTES };
    const struct domif user = { .socket = CC("/run/s1"), .mac = MAC_BYTES };
    const struct {
        struct vif vif;
        bool tap, user, netport;
    } cases[] = {
        { { .name = CC("vnet0"), .vm_id = CC(UUID), .attached_mac = CC(MAC) },
          true, false, true },
        { { .name = CC("vnet0"), .vm_id = CC(UUID),
            .attached_mac = CC("52:54:0:0:0:1") }, true, false, true },
        { { .name = CC("vnet1"), .vm_id = CC(UUID), .attached_mac = CC(MAC) },
          false, false, true },
        { { .name = CC("vnet0"), .vm_id = CC("other"),
            .attached_mac = CC(MAC) }, false, false, false },
        /* Somebody else has plugged it, and does not say for whom. */
        { { .name = CC("vnet0"), .attached_mac = CC(MAC) },
          true, false, false },
        { { .name = CC("vnet0"), .attached_mac = CC("52:54:00:00:00:02") },
          false, false, false },
        /* A port without an address is known by its name alone. */
        { { .name = CC("vnet0") }, true, false, false },
        { { .name = CC("vnet1") }, false, false, false },
        { { .name = CC("vnet0"), .iface_id = CC("i") },
          true, false, false },
        { { .name = CC("vnet0"), .bond.is_member = true },
          false, false, false },
        { { .name = CC("vnet0"), .ofport = OFPP_LOCAL },
          false, false, false },
        { { .name = CC("vnet0"), .vm_id = CC(UUID) }, true, false, false },
        { { .name = CC("vnet0"), .vm_id = CC("other") }, false, false, false },
        { { .name = CC("vnet0"), .vm_id = CC(UUID),
            .attached_mac = CC("52:54:00:00:00:02") }, false, false, false },
        { { .name = CC("vhost1"), .socket = CC("/run/s1") },
          false, true, false },
        { { .name = CC("vnet0"), .socket = CC("/run/s2"), .vm_id = CC(UUID),
            .attached_mac = CC(MAC) }, false, false, true },
    };
    const struct netport netport = {
        .owner_uuid = CC(UUID), .mac = MAC_BYTES,
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct vif *vif = &cases[i].vif;

        assert_int_equal(vif_is_of_guest(vif, &guest, &tap), cases[i].tap);
        assert_int_equal(vif_is_of_guest(vif, &guest, &user), cases[i].user);
        assert_int_equal(vif_is_of_netport(vif, &netport), cases[i].netport);
    }
}

/* What libvirt knows is added; what the database says stays. */
static void
test_overlay(void **state OVS_UNUSED)
{
    const struct domif domif = {
        .target = CC("vnet0"), .mac = MAC_BYTES, .network = CC("net"),
        .current_mac = ETH_ADDR_C(52,54,00,00,00,77),
        .portgroup = CC("web"), .link_down = true, .has_vlan = true,
        .vlan = { .tag = 42 }, .trust = CC("yes"),
        .settings = { .isolated = CC("yes"), .macs = CC("*"),
                      .portgroup = CC("db"), .role = CC("network") },
    };
    const struct netport netport = {
        .owner_name = CC("other"), .group = CC("port's"), .has_vlan = true,
        .vlan = { .tag = 7 }, .policy.isolated.value = true,
        .policy.trust_rx_filters = { .element = "rxfilters" },
    };
    struct vif vif;

    vif_init(&vif);
    vif_set_guest(&vif, &guest, &domif);
    assert_string_equal(vif.guest.name, "g1");
    assert_false(vif.guest.is_libvirts);
    assert_string_equal(vif.guest.network, "net");
    assert_string_equal(vif.guest.portgroup, "web");
    assert_int_equal(vif.guest.state, DOMAIN_PAUSED);
    assert_true(vif.guest.link_down);
    assert_int_equal(vif.guest.trust, VIF_TRUST_YES);
    assert_true(eth_addr_equals(vif.guest.current_mac, domif.current_mac));
    assert_int_equal(vif.guest.vlan.tag, 42);
    assert_string_equal(vif.vm_id, UUID);
    assert_string_equal(vif.isolated, "true");
    assert_string_equal(vif.macs, "*");
    assert_string_equal(vif.portgroup, "db");
    assert_string_equal(vif.role, "network");
    assert_string_equal(vif.attached_mac, MAC);
    assert_string_equal(vif.mac_from, "libvirt");

    /* A port's file is not as good as the guest's. */
    vif_set_netport(&vif, &netport, "old");
    assert_string_equal(vif.guest.name, "g1");
    assert_true(vif.guest.is_libvirts);
    assert_string_equal(vif.guest.network, "net");
    assert_string_equal(vif.guest.portgroup, "web");
    assert_int_equal(vif.guest.vlan.tag, 42);
    assert_int_equal(vif.guest.trust, VIF_TRUST_YES);
    vif_uninit(&vif);

    /* But better than nothing. */
    vif_init(&vif);
    vif_set_netport(&vif, &netport, "old");
    assert_string_equal(vif.guest.name, "other");
    assert_string_equal(vif.guest.network, "old");
    assert_string_equal(vif.guest.portgroup, "port's");
    assert_int_equal(vif.guest.trust, VIF_TRUST_NO);
    assert_int_equal(vif.guest.vlan.tag, 7);
    assert_int_equal(vif.guest.state, DOMAIN_RUNNING);
    assert_string_equal(vif.isolated, "true");
    vif_uninit(&vif);

    vif_init(&vif);
    vif.isolated = xstrdup("false");
    vif.portgroup = xstrdup("mine");
    vif.socket = xstrdup("/run/s1");
    vif_set_guest(&vif, &guest, &domif);
    assert_string_equal(vif.isolated, "false");
    assert_string_equal(vif.portgroup, "mine");
    assert_string_equal(vif.attached_mac, MAC);
    vif_uninit(&vif);

    /* Whoever has written an address into the database knows better. */
    vif_init(&vif);
    vif.attached_mac = xstrdup("52:54:00:00:00:99");
    vif_set_guest(&vif, &guest, &domif);
    assert_string_equal(vif.attached_mac, "52:54:00:00:00:99");
    assert_null(vif.mac_from);
    vif_uninit(&vif);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_match),
        cmocka_unit_test(test_overlay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
