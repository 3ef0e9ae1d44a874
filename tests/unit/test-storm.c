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
#include "lib/base/guards.h"
#include "lib/base/storm.h"
#include "lib/host/bridge-row.h"
#include "lib/host/vif.h"
#include "lib/model/model.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/ometer.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "lib/openflow/storm-limit.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-meter.h"
#include "openvswitch/ofpbuf.h"
#include "sset.h"
#include "util.h"

/* Storm limits: how they are written, who has which, and what they are in the
 * switch. */

#define S(STRING) CONST_CAST(char *, STRING)

static void
test_text(void **state OVS_UNUSED)
{
    static const struct {
        const char *text;
        int storm;
        const char *canonical;
    } cases[] = {
        { "none", 0, "none" },
        { "1", 1, "1pps" },
        { "500", 500, "500pps" },
        { "500pps", 500, "500pps" },
        { "500 pps", 500, "500pps" },
        { "2000kbps", -2000, "2000kbps" },
        { "100000000kbps", -STORM_MAX, "100000000kbps" },
    };
    static const char *const bad[] = {
        "", " ", "pps", "0", "-1", "1 2", "5bps", "1000x", "yes", "100000001",
        "99999999999999999999", "1.5", "500 PPS",
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct ds s = DS_EMPTY_INITIALIZER;
        int storm = 12345;

        assert_null(storm_from_string(cases[i].text, &storm));
        assert_int_equal(storm, cases[i].storm);
        storm_format(&s, storm);
        assert_string_equal(ds_cstr(&s), cases[i].canonical);
        ds_destroy(&s);
    }
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        int storm = 12345;
        char *error = storm_from_string(bad[i], &storm);

        assert_non_null(error);
        assert_int_equal(storm, 12345);
        free(error);
    }
}

static void
test_strictest(void **state OVS_UNUSED)
{
    assert_int_equal(storm_strictest(0, 0), 0);
    assert_int_equal(storm_strictest(0, 5), 5);
    assert_int_equal(storm_strictest(-5, 0), -5);
    assert_int_equal(storm_strictest(7, 5), 5);
    assert_int_equal(storm_strictest(-7, -5), -5);
    assert_int_equal(storm_strictest(-7, 500), 500);
}

/* What is sent is what is read back, and another unit is another meter. */
static void
test_meter(void **state OVS_UNUSED)
{
    static const int limits[] = { 1, 500, -1, -2000 };

    for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
        struct ofputil_meter_mod mod;
        struct ometer a, b, c;
        struct ofpbuf bands;

        ofpbuf_init(&bands, 0);
        ometer_from_storm(&a, OMETER_PORTS | 7, limits[i]);
        struct ofpbuf *msg = ometer_to_meter_mod(&a, OFPMC13_ADD);
        assert_int_equal(ofputil_decode_meter_mod(msg->data, &mod, &bands),
                         0);
        ometer_from_config(&b, &mod.meter);
        assert_true(ometer_equals(&a, &b));
        ometer_from_storm(&c, OMETER_PORTS | 7, -limits[i]);
        assert_false(ometer_equals(&a, &c));
        ofpbuf_delete(msg);
        ofpbuf_uninit(&bands);
    }
}

/* Puts a guest on OpenFlow port 'ofport' with limit 'storm' into 'plan'. */
static void
put_guest(struct plan *plan, const char *name, int ofport, int storm)
{
    struct vport vport = {
        .name = xstrdup(name),
        .ofport = u16_to_ofp(ofport),
        .role = VIF_GUEST,
        .mac = ETH_ADDR_C(52,54,00,00,00,01),
        .active = true,
        .storm = storm,
    };
    const struct port_qinq qinq = { .priority_tag = PORT_PRIORITY_TAG_NEVER };
    struct port_vlan vlan;

    vport.mac.ea[5] = ofport;
    port_vlan_init(&vlan);
    vlan.tag = 10;
    assert_true(port_vlan_effect_init(&vport.vlan, &vlan, &qinq));
    plan_set_port(plan, &vport);
    port_vlan_uninit(&vlan);
    vport_uninit(&vport);
}

/* Checks that the meters of 'plan' are 'expected', a line for each, and that
 * there are as many flows through them. */
static void
check_meters(struct plan *plan, const char *expected)
{
    const struct oflow_node *node;
    struct ds s = DS_EMPTY_INITIALIZER;
    size_t n = 0;

    plan_run(plan);
    for (size_t i = 0; i < plan_meters(plan)->n; i++) {
        ometer_format(&s, &plan_meters(plan)->meters[i]);
        ds_put_char(&s, '\n');
    }
    assert_string_equal(ds_cstr(&s), expected);
    HMAP_FOR_EACH (node, hmap_node, &plan_desired(plan)->flows) {
        n += (node->flow->table_id == TABLE_FORWARD
              && node->flow->priority == PRIORITY_FORWARD_STORM);
    }
    assert_int_equal(n, plan_meters(plan)->n);
    ds_destroy(&s);
}

#define METER(OFPORT, BANDS) \
    "meter=" #OFPORT "," BANDS "\n"
#define PPS(RATE) \
    "pktps,burst,band=type=drop,rate=" #RATE ",burst_size=" #RATE

/* One flow and one meter for each port that has a limit, and nothing for
 * others; the meter is the port number's, whoever has that. */
static void
test_plan(void **state OVS_UNUSED)
{
    struct bridge_ctx ctx = { .exact = true, .meter_bands = 1 };
    struct plan *plan = plan_create("br0");

    plan_set_ctx(plan, &ctx);
    put_guest(plan, "a", 1, 0);
    check_meters(plan, "");
    put_guest(plan, "b", 2, 500);
    put_guest(plan, "c", 3, -2000);
    check_meters(plan, METER(1458569218, PPS(500))
                 METER(1458569219, "kbps,burst,band=type=drop,rate=2000,"
                       "burst_size=2000"));
    assert_string_equal(storm_limit_find_port(plan, OMETER_PORTS | 2)->name,
                        "b");
    assert_null(storm_limit_find_port(plan, OMETER_PORTS | 1));
    assert_null(storm_limit_find_port(plan, OMETER_MAGIC | 2));
    assert_int_equal(storm_limit_ofport(OMETER_PORTS | 2), u16_to_ofp(2));
    assert_int_equal(storm_limit_ofport(OMETER_MAGIC | 2), OFPP_NONE);

    /* A port takes another's number before that is gone. */
    put_guest(plan, "d", 3, 7);
    plan_remove_port(plan, "c");
    check_meters(plan, METER(1458569218, PPS(500)) METER(1458569219, PPS(7)));
    assert_string_equal(storm_limit_find_port(plan, OMETER_PORTS | 3)->name,
                        "d");

    /* A limit that changes or goes. */
    put_guest(plan, "b", 2, 0);
    put_guest(plan, "d", 3, 8);
    check_meters(plan, METER(1458569219, PPS(8)));

    /* In kernel mode, and without meters, there are none, which is said. */
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    storm_limit_report(plan, "br0", NULL, &diags);
    assert_int_equal(diags.n, 0);
    ctx.meter_bands = 0;
    plan_set_ctx(plan, &ctx);
    check_meters(plan, "");
    storm_limit_report(plan, "br0", NULL, &diags);
    storm_limit_report(plan, "br0", "OFPMMFC_OUT_OF_METERS", &diags);
    assert_int_equal(diags.n, 2);
    assert_non_null(strstr(diags.diags[0].text, "has no meters"));
    assert_non_null(strstr(diags.diags[1].text, "OUT_OF_METERS"));
    ctx = (struct bridge_ctx) { .exact = false, .meter_bands = 1 };
    plan_set_ctx(plan, &ctx);
    check_meters(plan, "");
    diag_list_uninit(&diags);
    plan_destroy(plan);
}

/* A guest's flow for groups is not one by which it has its address. */
static void
test_address(void **state OVS_UNUSED)
{
    struct bridge_ctx ctx = { .exact = true, .meter_bands = 1 };
    struct sset names = SSET_INITIALIZER(&names);
    struct plan *plan = plan_create("br0");

    plan_set_ctx(plan, &ctx);
    put_guest(plan, "a", 1, 0);
    put_guest(plan, "b", 2, 500);
    plan_run(plan);
    plan_find_addressed(plan, plan_desired(plan), &names);
    assert_true(sset_contains(&names, "b"));
    sset_clear(&names);

    /* Another one has it now. */
    struct vport vport;
    vport_clone(&vport, plan_find_port(plan, "b"));
    vport_set_mac(&vport, plan_find_port(plan, "a")->mac);
    plan_set_port(plan, &vport);
    plan_run(plan);
    plan_find_addressed(plan, plan_desired(plan), &names);
    assert_false(sset_contains(&names, "b"));
    sset_destroy(&names);
    vport_uninit(&vport);
    plan_destroy(plan);
}

#define NETWORK(ATTRIBUTES, PORTGROUP)                                      \
    "<network>\n<name>n</name>\n"                                           \
    "<metadata><vn:network xmlns:vn='urn:ovs-virtnet:1'" ATTRIBUTES ">"     \
    "<vn:portgroup name='pg'" PORTGROUP "/></vn:network></metadata>\n"      \
    "<bridge name='br0' macTableManager='libvirt'/>\n"                      \
    "<portgroup name='pg'/>\n</network>"

/* The port's own key goes first, then the portgroup's or the network's limit,
 * then what guards make of it. */
static const struct {
    const char *xml;
    const char *portgroup, *guards, *storm;
    int expected;
    const char *diag;
} policies[] = {
    { NETWORK("", ""), NULL, NULL, NULL, 0, NULL },
    { NETWORK(" secure='yes'", ""), NULL, NULL, NULL, STORM_DEFAULT, NULL },
    { NETWORK(" secure='yes'", " guards='mac'"), "pg", NULL, NULL, 0, NULL },
    { NETWORK(" secure='yes' storm='300'", ""), NULL, NULL, NULL, 300, NULL },
    { NETWORK(" secure='yes' storm='none'", ""), NULL, NULL, NULL, 0, NULL },
    { NETWORK(" storm='300'", ""), NULL, NULL, NULL, 300, NULL },
    { NETWORK(" storm='300'", " storm='9kbps'"), "pg", NULL, NULL, -9, NULL },
    { NETWORK(" storm='300'", " storm='none'"), "pg", NULL, NULL, 0, NULL },
    { NETWORK(" storm='300'", " guards='none'"), "pg", NULL, NULL, 300, NULL },
    { NETWORK(" storm='300'", ""), NULL, "none", NULL, 300, NULL },
    { NETWORK(" storm='300'", ""), NULL, NULL, "40", 40, NULL },
    { NETWORK(" storm='300'", ""), NULL, NULL, "none", 0, NULL },
    { NETWORK("", ""), NULL, "storm", NULL, STORM_DEFAULT, NULL },
    { NETWORK("", ""), NULL, "secure", "none", 0, NULL },
    { NETWORK("", ""), NULL, NULL, "lots", STORM_DEFAULT,
      "external_ids:virtnet-storm: 'lots' is no number of packets ('500') or "
      "kilobits ('500kbps') per second, nor 'none'; taken for '1000'" },
    { "<network>\n<name>n</name>\n<bridge name='br0'/>\n</network>",
      NULL, NULL, "5", 5,
      "has no storm limit, since the bridge is in kernel mode" },
};

static void
test_policy(void **state OVS_UNUSED)
{
    const struct bridge_row row = { .name = S("br0") };

    for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        struct netdef *def = netdef_from_xml(
            policies[i].xml, strlen(policies[i].xml), "n", &diags);
        struct bridge_model model;
        struct vport vport;
        struct vif vif;

        assert_non_null(def);
        bridge_model_init(&model, &row, (const struct netdef *const *) &def,
                          1, &diags);
        diag_list_clear(&diags);
        vif_init(&vif);
        vif.name = xstrdup("p");
        vif.ofport = OFP_PORT_C(1);
        vif.attached_mac = xstrdup("52:54:00:00:00:01");
        vif.ips = xstrdup("10.0.0.1");
        vif.portgroup = nullable_xstrdup(policies[i].portgroup);
        vif.guards = nullable_xstrdup(policies[i].guards);
        vif.storm = nullable_xstrdup(policies[i].storm);
        assert_int_equal(model_port(&model, &vif, &vport, &diags),
                         MODEL_WIRED);
        assert_int_equal(vport.storm, policies[i].expected);
        assert_int_equal((vport.guards & GUARD_BIT(GUARD_STORM)) != 0,
                         vport.storm != 0);
        assert_int_equal(diags.n, policies[i].diag != NULL);
        if (policies[i].diag) {
            assert_string_equal(diags.diags[0].text, policies[i].diag);
        }
        vport_uninit(&vport);
        vif_uninit(&vif);
        bridge_model_uninit(&model);
        netdef_destroy(def);
        diag_list_uninit(&diags);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_strictest),
        cmocka_unit_test(test_meter),
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_address),
        cmocka_unit_test(test_policy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
