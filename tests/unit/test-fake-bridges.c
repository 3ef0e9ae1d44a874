/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "lib/host/bridge-row.h"
#include "lib/host/vif.h"
#include "lib/model/model.h"
#include "lib/model/port-policy.h"
#include "lib/model/vport.h"
#include "openvswitch/dynamic-string.h"
#include "tests/unit/model-text.h"
#include "util.h"

#define CC(STRING) CONST_CAST(char *, STRING)
#define MAC "52:54:00:00:00:01"

/* Networks of a bridge and its fake bridges: which a port is in, what becomes
 * of it, and what is said. */
static void
test_fake_bridges(void **state OVS_UNUSED)
{
#define FAKE(NAME, BRIDGE, MODE, REST)                                       \
    "<network><name>"NAME"</name><bridge name='"BRIDGE"' "                     \
    "macTableManager='"MODE"'/>"REST"</network>"
    static const char *const xml[] = {
        FAKE("a", "br0", "kernel", PORTGROUP("ten", "", "10")),
        FAKE("b", "br0.10", "libvirt", PORTGROUP("blue", "", "11")
             "<portgroup name='green'/>"),
        FAKE("c", "br0.20", "kernel", ""),
    };
    static const struct {
        int tag;
        bool ours;
        const char *libvirts, *portgroup;
        const char *network, *group;    /* Null for none. */
        enum mac_table_manager mode;
    } cases[] = {
        { -1, false, NULL, NULL, "a", NULL, MAC_TABLE_KERNEL },
        { 10, false, NULL, NULL, "b", NULL, MAC_TABLE_LIBVIRT },
        { 20, false, NULL, NULL, "c", NULL, MAC_TABLE_KERNEL },
        { 30, false, NULL, NULL, "a", NULL, MAC_TABLE_KERNEL },
        { 10, false, NULL, "green", "b", "green", MAC_TABLE_LIBVIRT },
        { 10, false, NULL, "ten", "b", NULL, MAC_TABLE_LIBVIRT },
        { -1, false, NULL, "green", "a", NULL, MAC_TABLE_KERNEL },
        { 10, true, NULL, "ten", "a", "ten", MAC_TABLE_KERNEL },
        { 10, false, "a", NULL, "a", NULL, MAC_TABLE_KERNEL },
        { 20, false, "b", NULL, "c", NULL, MAC_TABLE_KERNEL },
    };
    struct vif fake = { .vlan = { .tag = 10 }, .fake_bridge = true };
    struct bridge_row row = { .name = CC("br0") };
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct netdef *defs[ARRAY_SIZE(xml)];
    struct ds s = DS_EMPTY_INITIALIZER;
    struct bridge_model model;

    fake.name = CC("br0.10");
    fake_bridges_add(&row.fakes, &fake);
    fake.name = CC("br0.20");
    fake.vlan.tag = 20;
    fake_bridges_add(&row.fakes, &fake);
    fake_bridges_add(&row.fakes, &fake);
    assert_int_equal(row.fakes.n, 2);
    for (size_t i = 0; i < ARRAY_SIZE(xml); i++) {
        defs[i] = netdef_from_xml(xml[i], strlen(xml[i]), "x.xml", &diags);
        assert_non_null(defs[i]);
    }
    diag_list_clear(&diags);
    bridge_model_init(&model, &row, (const struct netdef *const *) defs,
                      ARRAY_SIZE(defs), &diags);
    assert_int_equal(model.n_networks, 3);
    assert_false(model.conflict);
    assert_true(model.wanted);
    assert_int_equal(model.mode, MAC_TABLE_LIBVIRT);
    assert_int_equal(model.base_mode, MAC_TABLE_KERNEL);
    for (size_t i = 0; i < diags.n; i++) {
        diag_format(&s, &diags.diags[i]);
    }
    assert_non_null(strstr(ds_cstr(&s), "'br0.10' is a fake bridge, whose "
                           "ports are in VLAN 10"));
    assert_non_null(strstr(ds_cstr(&s), "are in libvirt mode; all others"));
    assert_int_equal(diags.n, 2);

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct vif vif;

        vif_init(&vif);
        vif.name = xstrdup("tap0");
        vif.ofport = 1;
        vif.attached_mac = xstrdup(MAC);
        vif.vlan.tag = cases[i].tag;
        vif.vlan_is_ours = cases[i].ours;
        vif.portgroup = nullable_xstrdup(cases[i].portgroup);
        vif.guest.network = nullable_xstrdup(cases[i].libvirts);

        const struct netdef *network = model_find_network(&model, &vif);
        const struct portgroup *pg = model_find_portgroup(&model, &vif, NULL);

        assert_string_equal(network ? network->name : "-",
                            cases[i].network ? cases[i].network : "-");
        assert_string_equal(pg ? pg->name : "-",
                            cases[i].group ? cases[i].group : "-");
        assert_int_equal(model_port_mode(&model, &vif), cases[i].mode);
        assert_int_equal(port_policy_role(&model, &vif),
                         cases[i].mode == MAC_TABLE_LIBVIRT ? VIF_GUEST
                         : VIF_NETWORK);
        vif_uninit(&vif);
    }
    ds_destroy(&s);
    bridge_model_uninit(&model);
    fake_bridges_uninit(&row.fakes);
    diag_list_uninit(&diags);
    for (size_t i = 0; i < ARRAY_SIZE(defs); i++) {
        netdef_destroy(defs[i]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fake_bridges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
