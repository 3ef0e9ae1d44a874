/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/model/vport.h"
#include "packets.h"
#include "tests/unit/compile-text.h"
#include "util.h"

/* A copy is equal, and every member counts. */
static void
test_vport_value(void **state OVS_UNUSED)
{
    const struct port_case c = {
        VIF_GUEST, PORT_VLAN_MODE_DEFAULT, -1, { 10, 11 }, NULL,
    };
    struct vport a, b;

    port_case_to_vport(&c, &a);
    vport_clone(&b, &a);
    assert_ptr_not_equal(a.name, b.name);
    assert_true(vport_equals(&a, &b));

#define DIFFERS(MEMBER, VALUE) do {             \
        b.MEMBER = VALUE;                       \
        assert_false(vport_equals(&a, &b));     \
        b.MEMBER = a.MEMBER;                    \
        assert_true(vport_equals(&a, &b));      \
    } while (0)
    DIFFERS(ofport, OFP_PORT_C(8));
    DIFFERS(role, VIF_NETWORK);
    DIFFERS(vlan.untagged_in, 9);
    DIFFERS(vlan.untagged_out, 9);
    DIFFERS(vlan.tagged_in, false);
    DIFFERS(mac.ea[5], 9);
    DIFFERS(active, false);
    DIFFERS(isolated, true);
    DIFFERS(community.name[0], 'x');
    DIFFERS(follow_limit, 1);
    DIFFERS(listens, true);
    DIFFERS(in_bond, true);
    DIFFERS(admission, ADMISSION_UNICAST);
    DIFFERS(way, BOND_WAY_ANY);
    DIFFERS(reflects, true);
    DIFFERS(is_tunnel, true);
    DIFFERS(is_protected, true);
    vlan_set_add(&b.vlan.members, 9);
    assert_false(vport_equals(&a, &b));
    vlan_set_remove(&b.vlan.members, 9);
    /* A port that does not say its Port row's name has its own. */
    b.port = xstrdup("vnet0");
    assert_true(vport_equals(&a, &b));
    b.port[0] = 'x';
    assert_false(vport_equals(&a, &b));
    assert_string_equal(vport_port(&a), "vnet0");
    assert_string_equal(vport_port(&b), "xnet0");
    b.port[0] = 'v';
    b.name[0] = 'x';
    assert_false(vport_equals(&a, &b));
    vport_uninit(&a);
    vport_uninit(&b);
}

/* The first address of a port is never among the others. */
static void
test_first(void **state OVS_UNUSED)
{
    const struct eth_addr one = ETH_ADDR_C(52,54,00,00,00,01);
    const struct eth_addr two = ETH_ADDR_C(52,54,00,00,00,02);
    const struct eth_addr three = ETH_ADDR_C(52,54,00,00,00,03);
    struct vport a = { .name = xstrdup("p"), .mac = one };
    struct vport b;

    assert_false(vport_add_mac(&a, one, CLAIM_LISTED));
    assert_true(vport_add_mac(&a, two, CLAIM_LISTED));
    assert_true(vport_add_mac(&a, three, CLAIM_LISTED));
    assert_false(vport_add_mac(&a, three, CLAIM_LISTED));
    assert_int_equal(vport_n_macs(&a), 3);

    vport_clone(&b, &a);
    assert_true(vport_equals(&a, &b));
    vport_set_mac(&b, two);
    assert_false(vport_equals(&a, &b));
    assert_int_equal(vport_n_macs(&b), 2);
    assert_true(eth_addr_equals(vport_get_mac(&b, 0).mac, two));
    assert_true(eth_addr_equals(vport_get_mac(&b, 1).mac, three));
    assert_false(vport_has_mac(&b, one));
    vport_uninit(&b);

    vport_clone(&b, &a);
    b.others[1].mac = one;
    assert_false(vport_equals(&a, &b));
    vport_uninit(&b);
    vport_uninit(&a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vport_value),
        cmocka_unit_test(test_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
