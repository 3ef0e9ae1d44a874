/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "flow.h"
#include "lib/compile.h"
#include "lib/diag.h"
#include "lib/model.h"
#include "lib/port-policy.h"
#include "lib/vif.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

/* What the keys of a port make of it.  An "also" is an address besides the
 * first. */

struct policy_case {
    enum mac_table_manager mode;
    enum vif_role role;
    struct vif vif;
    const char *expected;
};

#define S(LITERAL) ((char[]) { LITERAL })
#define EXACT MAC_TABLE_LIBVIRT

static const struct policy_case cases[] = {
    { EXACT, VIF_GUEST, { .name = S("p") }, "" },

    { EXACT, VIF_GUEST, { .isolated = S("true") }, "isolated\n" },
    { EXACT, VIF_GUEST, { .isolated = S("false") }, "" },
    { EXACT, VIF_GUEST, { .isolated = S("yes") },
      "isolated\n"
      "error: p: external_ids:virtnet-isolated is 'yes', expected 'true' or "
      "'false'; taken for 'true'\n" },
    { EXACT, VIF_NETWORK, { .isolated = S("true") },
      "warning: p: is not a guest, so it is not isolated\n" },
    { EXACT, VIF_HOST, { .isolated = S("false") }, "" },
    { MAC_TABLE_KERNEL, VIF_GUEST, { .isolated = S("true") },
      "isolated\n"
      "warning: p: is not isolated in kernel mode\n" },

    { EXACT, VIF_GUEST, { .macs = S("") }, "" },
    { EXACT, VIF_GUEST, { .macs = S(" ,, ") }, "" },
    { EXACT, VIF_GUEST, { .macs = S("52:54:00:00:00:02") },
      "also 52:54:00:00:00:02 virtnet-macs\n" },
    { EXACT, VIF_HOST, { .macs = S("00:00:5E:00:01:05,52:54:0:0:0:3 , "
                                   "52:54:00:00:00:04\n") },
      "also 00:00:5e:00:01:05 virtnet-macs\n"
      "also 52:54:00:00:00:03 virtnet-macs\n"
      "also 52:54:00:00:00:04 virtnet-macs\n" },
    /* Each once, and not what is the first anyway. */
    { EXACT, VIF_GUEST, { .macs = S("52:54:00:00:00:02 52:54:00:00:00:01 "
                                    "52:54:00:00:00:02") },
      "also 52:54:00:00:00:02 virtnet-macs\n" },
    { EXACT, VIF_GUEST, { .macs = S("01:00:5e:00:00:01,52:54:00:00:00:02;3,"
                                    "52:54:00:00:00:05,00:00:00:00:00:00") },
      "also 52:54:00:00:00:05 virtnet-macs\n"
      "error: p: external_ids:virtnet-macs has '01:00:5e:00:00:01', which is "
      "a multicast address; left out\n"
      "error: p: external_ids:virtnet-macs has '52:54:00:00:00:02;3', which "
      "is not a MAC address of six octets; left out\n"
      "error: p: external_ids:virtnet-macs has '00:00:00:00:00:00', which is "
      "zero; left out\n" },
    { EXACT, VIF_NETWORK, { .macs = S("52:54:00:00:00:02") },
      "warning: p: is a network port, so external_ids:virtnet-macs says "
      "nothing\n" },
};

static void
test_keys(void **state OVS_UNUSED)
{
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct policy_case *c = &cases[i];
        struct bridge_model model = { .wanted = true, .mode = c->mode };
        struct vport vport = { .name = xstrdup("p"), .role = c->role };
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        struct ds s = DS_EMPTY_INITIALIZER;
        struct vif vif = c->vif;

        vif.name = S("p");
        if (c->role != VIF_NETWORK) {
            vport.mac = (struct eth_addr) ETH_ADDR_C(52,54,00,00,00,01);
        }
        port_policy_apply(&model, &vif, &vport, &diags);
        if (vport.isolated) {
            ds_put_cstr(&s, "isolated\n");
        }
        for (size_t j = 0; j < vport.n_others; j++) {
            ds_put_format(&s, "also "ETH_ADDR_FMT" %s\n",
                          ETH_ADDR_ARGS(vport.others[j].mac),
                          claim_kind_to_string(vport.others[j].kind));
        }
        for (size_t j = 0; j < diags.n; j++) {
            diag_format(&s, &diags.diags[j]);
            ds_put_char(&s, '\n');
        }
        assert_string_equal(ds_cstr(&s), c->expected);
        vport_uninit(&vport);
        diag_list_uninit(&diags);
        ds_destroy(&s);
    }
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
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
