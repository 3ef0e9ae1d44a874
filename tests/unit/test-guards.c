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
#include "lib/base/guards.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/slice.h"
#include "openvswitch/dynamic-string.h"
#include "tests/unit/oflow-text.h"
#include "util.h"

/* How guards are written, and what flows they are. */

static void
test_text(void **state OVS_UNUSED)
{
    static const struct {
        const char *text;
        unsigned int guards;
        const char *canonical;
    } cases[] = {
        { "", 0, "none" },
        { "none", 0, "none" },
        { " , ", 0, "none" },
        { "mac", GUARD_BIT(GUARD_MAC), "mac" },
        { "mac,mac\tnone", GUARD_BIT(GUARD_MAC), "mac" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct ds s = DS_EMPTY_INITIALIZER;
        unsigned int guards = ~0u;

        assert_null(guards_from_string(cases[i].text, &guards));
        assert_int_equal(guards, cases[i].guards);
        guards_format(&s, guards);
        assert_string_equal(ds_cstr(&s), cases[i].canonical);
        ds_destroy(&s);
    }
}

static void
test_bad_text(void **state OVS_UNUSED)
{
    static const char *const cases[] = { "MAC", "mac ipx", "yes", "mac;" };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        unsigned int guards = 12345;
        char *error = guards_from_string(cases[i], &guards);

        assert_non_null(error);
        assert_non_null(strstr(error, "only: mac"));
        assert_int_equal(guards, 12345);
        free(error);
    }
}

static const struct bridge_ctx exact = { .exact = true };

/* Initializes 'vport' to a guest in VLAN 10 with guards 'guards'. */
static void
guest_init(struct vport *vport, const char *guards)
{
    const struct port_qinq qinq = { .priority_tag = PORT_PRIORITY_TAG_NEVER };
    struct port_vlan vlan;

    *vport = (struct vport) {
        .name = xstrdup("vnet0"),
        .ofport = OFP_PORT_C(7),
        .role = VIF_GUEST,
        .mac = ETH_ADDR_C(02,00,00,00,00,01),
        .active = true,
    };
    port_vlan_init(&vlan);
    vlan.tag = 10;
    assert_true(port_vlan_effect_init(&vport->vlan, &vlan, &qinq));
    port_vlan_uninit(&vlan);
    assert_null(guards_from_string(guards, &vport->guards));
}

/* Checks that of the flows of 'vport', which has won all of its addresses or
 * none, those up to table SOURCE are 'expected'. */
static void
check_flows(const struct vport *vport, bool won, const char *expected)
{
    static const struct vlan_set none = VLAN_SET_INITIALIZER;
    const struct vlan_set **vlans = xmalloc(vport_n_macs(vport)
                                            * sizeof *vlans);
    struct ds s = DS_EMPTY_INITIALIZER;
    struct oflow_table table;
    struct slice slice;

    for (size_t i = 0; i < vport_n_macs(vport); i++) {
        vlans[i] = won ? &vport->vlan.members : &none;
    }
    slice_init(&slice);
    compile_port(&exact, vport, vlans, &none, &slice);
    oflow_table_init(&table);
    oflow_table_put_slice(&table, &slice);
    assert_int_equal(oflow_table_count_flows(&table), slice.n_flows);

    const struct oflow **flows = oflow_table_sort_flows(&table);
    for (size_t i = 0; i < slice.n_flows; i++) {
        if (flows[i]->table_id <= TABLE_ANNOUNCE) {
            struct ds line = DS_EMPTY_INITIALIZER;

            oflow_format(&line, flows[i], NULL);
            ds_put_format(&s, "%s\n", strchr(ds_cstr(&line), ',') + 1);
            ds_destroy(&line);
        }
    }
    assert_same_text(ds_cstr(&s), expected);
    free(flows);
    free(vlans);
    oflow_table_uninit(&table);
    slice_uninit(&slice);
    ds_destroy(&s);
}

#define ADMIT(ACTIONS)                                                  \
    "table=0,priority=110,in_port=7,vlan_tci=0x0000/0x0fff actions="    \
    ACTIONS"\ntable=0,priority=2,in_port=7 actions=drop\n"
#define TAG "set_field:0x100a/0x1fff->vlan_tci,"
#define PENDING "set_field:0x2/0x2->reg0,"
#define OWN(MAC)                                                        \
    "table=204,priority=100,in_port=7,dl_src=02:00:00:00:00:"MAC        \
    " actions=goto_table:210\n"
#define FORGED "table=204,priority=2,in_port=7 actions=drop\n"
#define SHOW "actions=controller(max_len=14,id=22247)\n"
#define SHOWS                                                           \
    "table=204,priority=50,rarp,in_port=7 "SHOW                         \
    "table=204,priority=50,arp,in_port=7,"                              \
    "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 "SHOW                   \
    "table=204,priority=50,icmp6,in_port=7,"                            \
    "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00,icmp_type=136 "SHOW

/* Two flows, for who asks, and ADMIT leads there. */
static void
test_mac(void **state OVS_UNUSED)
{
    struct vport vport;

    guest_init(&vport, "none");
    check_flows(&vport, true, ADMIT(TAG"goto_table:210"));
    vport_uninit(&vport);

    guest_init(&vport, "mac");
    check_flows(&vport, true, ADMIT(TAG"goto_table:204") OWN("01") FORGED);
    check_flows(&vport, false, ADMIT(TAG PENDING"goto_table:204")
                OWN("01") FORGED
                "table=210,priority=100,in_port=7 actions=drop\n");

    /* Listed, or followed, won or not. */
    const struct eth_addr two = ETH_ADDR_C(02,00,00,00,00,02);
    assert_true(vport_add_mac(&vport, two, CLAIM_LISTED));
    check_flows(&vport, true, ADMIT(TAG"goto_table:204")
                OWN("01") OWN("02") FORGED);

    /* It may change, so what it announces is shown, and dropped. */
    vport.listens = true;
    check_flows(&vport, true, ADMIT(TAG"goto_table:204")
                OWN("01") OWN("02") SHOWS FORGED);
    check_flows(&vport, false, ADMIT(TAG PENDING"goto_table:204")
                OWN("01") OWN("02") FORGED
                "table=210,priority=100,in_port=7 actions=drop\n");
    vport_uninit(&vport);
}

/* A guest whose address nobody knows yet sends nothing at all. */
static void
test_sticky(void **state OVS_UNUSED)
{
    struct vport vport;

    guest_init(&vport, "mac");
    vport.mac = eth_addr_zero;
    vport.sticky = vport.listens = true;
    vport.active = false;
    check_flows(&vport, false,
                ADMIT("controller(max_len=14,id=22247),"TAG PENDING
                      "goto_table:204")
                FORGED
                "table=210,priority=100,in_port=7 actions=drop\n");
    vport_uninit(&vport);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_bad_text),
        cmocka_unit_test(test_mac),
        cmocka_unit_test(test_sticky),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
