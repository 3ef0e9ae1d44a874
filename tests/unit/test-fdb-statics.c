/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "lib/base/diag.h"
#include "lib/base/fdb-statics.h"
#include "lib/host/vif.h"
#include "lib/model/static-macs.h"
#include "lib/model/vport.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* As Open vSwitch 3.1 answers "fdb/show". */
static const char show[] =
    " port  VLAN  MAC                Age\n"
    "    3    20  52:54:00:0a:00:04  static\n"
    "LOCAL    10  52:54:00:0a:00:03  static\n"
    "    3    10  52:54:00:0a:00:01  static\n"
    "    2     0  01:00:5e:00:00:01  static\n"
    "    4    10  52:54:00:00:00:02    0\n"
    "    1    10  52:54:00:00:ff:01  121\n"
    "    2  4096  52:54:00:0a:00:05  static\n"
    "    2     0  52:54:00:0a:00:05  static\n"
    "    2     0  52:54:00:0a:00  static\n"
    "    2     0  52:54:00:0a:00:06  stati";

static char *
format(const struct fdb_statics *all, uint16_t ofport)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    fdb_statics_format(&s, all, u16_to_ofp(ofport));
    return ds_steal_cstr(&s);
}

static void
expect(const struct fdb_statics *all, uint16_t ofport, const char *expected)
{
    char *text = format(all, ofport);

    assert_string_equal(text, expected);
    free(text);
}

static void
test_parse(void **state OVS_UNUSED)
{
    struct fdb_statics all, none;

    fdb_statics_parse(&all, show);
    assert_int_equal(all.n, 4);
    expect(&all, 3, "10 52:54:00:0a:00:01,20 52:54:00:0a:00:04");
    expect(&all, 2, "0 52:54:00:0a:00:05");
    expect(&all, ofp_to_u16(OFPP_LOCAL), "10 52:54:00:0a:00:03");

    fdb_statics_parse(&none, "");
    assert_int_equal(none.n, 0);
    assert_false(fdb_statics_equal(&all, &none));
    assert_true(fdb_statics_equal(&all, &all));
    fdb_statics_uninit(&none);
    fdb_statics_uninit(&all);
}

static void
test_next(void **state OVS_UNUSED)
{
    const char *text = "10 52:54:00:0a:00:01,20 52:54:00:0a:00:04,x";
    const char *nothing = NULL;
    struct fdb_static entry;

    assert_true(fdb_static_next(&text, &entry));
    assert_int_equal(entry.vid, 10);
    assert_true(fdb_static_next(&text, &entry));
    assert_int_equal(entry.vid, 20);
    assert_int_equal(entry.mac.ea[5], 4);
    assert_false(fdb_static_next(&text, &entry));
    assert_false(fdb_static_next(&nothing, &entry));
}

static void
test_stats(void **state OVS_UNUSED)
{
    static const char stats[] =
        "Statistics for bridge \"br0\":\n"
        "  Current/maximum MAC entries in the table: 7/8192\n"
        "  Current static MAC entries in the table : %d\n"
        "  Total number of learned MAC entries     : 3\n";

    for (int n = 0; n < 3; n++) {
        char *text = xasprintf(stats, n);

        assert_int_equal(fdb_stats_have_static(text), n > 0);
        free(text);
    }
    assert_true(fdb_stats_have_static("Statistics for bridge \"br0\":\n"));
}

/* Where the port claims the address that it has last. */
static void
expect_claim(const struct vport *vport, const char *expected)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct vlan_set some;

    vlan_set_format(&s, vport_get_mac_vlans(vport, vport_n_macs(vport) - 1,
                                            &some));
    assert_string_equal(ds_cstr(&s), expected);
    vlan_set_uninit(&some);
    ds_destroy(&s);
}

static void
test_apply(void **state OVS_UNUSED)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct vport vport = {
        .role = VIF_GUEST,
        .mac = { { { 0x52, 0x54, 0, 0, 0, 1 } } },
    };
    struct vif vif;

    vif_init(&vif);
    vif.name = xstrdup("vnet0");
    vif.statics = xstrdup("10 52:54:00:0a:00:01,20 52:54:00:0a:00:01,"
                          "30 52:54:00:0a:00:01,10 52:54:00:00:00:01");
    vlan_set_init(&vport.vlan.members);
    vlan_set_add_range(&vport.vlan.members, 10, 29);
    vlan_set_init(&vport.vlan.cvlans);

    static_macs_apply(&vif, &vport, &diags);
    assert_int_equal(diags.n, 1);       /* VLAN 30. */
    assert_int_equal(vport_n_macs(&vport), 2);
    assert_int_equal(vport_get_mac(&vport, 1).kind, CLAIM_STATIC);
    expect_claim(&vport, "10,20");

    struct vport copy;
    vport.name = xstrdup("vnet0");
    vport_clone(&copy, &vport);
    assert_true(vport_equals(&copy, &vport));
    copy.statics[0].vid = 11;
    assert_false(vport_equals(&copy, &vport));
    vport_uninit(&copy);

    /* A network port claims nothing. */
    struct vport uplink = { .role = VIF_NETWORK };
    vlan_set_clone(&uplink.vlan.members, &vport.vlan.members);
    vlan_set_init(&uplink.vlan.cvlans);
    static_macs_apply(&vif, &uplink, &diags);
    assert_int_equal(uplink.n_statics, 3);
    assert_int_equal(vport_n_macs(&uplink), 1);

    vport_uninit(&uplink);
    vport_uninit(&vport);
    vif_uninit(&vif);
    diag_list_uninit(&diags);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_next),
        cmocka_unit_test(test_stats),
        cmocka_unit_test(test_apply),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
