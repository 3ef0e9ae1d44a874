/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "byte-order.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "lib/tell/plan-format.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-bundle.h"
#include "openvswitch/ofpbuf.h"
#include "random.h"
#include "tests/unit/oflow-text.h"
#include "tests/unit/port-spec.h"
#include "util.h"

/* Adds what 'bm', a line of a bundle file, adds to 'table'. */
static void
put_message(struct oflow_table *table, const struct ofputil_bundle_msg *bm)
{
    if (bm->type == OFPTYPE_FLOW_MOD) {
        struct ofpbuf ofpacts = ofpbuf_const_initializer(bm->fm.ofpacts,
                                                         bm->fm.ofpacts_len);
        struct match match;

        minimatch_expand(&bm->fm.match, &match);
        assert_int_equal(bm->fm.command, OFPFC_ADD);
        struct oflow *flow = oflow_create(bm->fm.table_id, bm->fm.priority,
                                          &match, bm->fm.new_cookie,
                                          &ofpacts);
        oflow_table_put(table, flow);
        oflow_unref(flow);
        return;
    }

    const struct ofputil_bucket *b;

    assert_int_equal(bm->type, OFPTYPE_GROUP_MOD);
    assert_int_equal(bm->gm.command, OFPGC11_ADD);
    assert_int_equal(bm->gm.type, OFPGT11_ALL);
    assert_null(oflow_table_find_group(table, bm->gm.group_id));
    LIST_FOR_EACH (b, list_node, &bm->gm.buckets) {
        struct ofpbuf ofpacts = ofpbuf_const_initializer(b->ofpacts,
                                                         b->ofpacts_len);
        struct obucket *bucket = obucket_create(
            bm->gm.group_id, b->bucket_id, 0, &ofpacts);

        oflow_table_put_bucket(table, bucket);
        obucket_unref(bucket);
    }
}

/* Initializes 'table' to what "ovs-ofctl bundle" makes of 'text'. */
static void
table_from_bundle_text(struct oflow_table *table, const char *text)
{
    char name[] = "plan-format.XXXXXX";
    enum ofputil_protocol usable_protocols;
    struct ofputil_bundle_msg *bms;
    size_t n;

    int fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    char *error = parse_ofp_bundle_file(name, NULL, NULL, &bms, &n,
                                        &usable_protocols);
    unlink(name);
    if (error) {
        fail_msg("%s", error);
    }
    assert_true(!n || usable_protocols & OFPUTIL_P_OF15_OXM);

    oflow_table_init(table);
    for (size_t i = 0; i < n; i++) {
        put_message(table, &bms[i]);
    }
    ofputil_free_bundle_msgs(bms, n);
}

/* The text of a plan, given to Open vSwitch, is the plan. */
static void
test_round_trip(void **state OVS_UNUSED)
{
    random_set_seed(1);
    for (int i = 0; i < 100; i++) {
        struct ds s = DS_EMPTY_INITIALIZER;
        struct oflow_table table;
        struct port_specs specs;

        port_specs_random(&specs);

        struct plan *plan = port_specs_to_plan(&specs, random_range(2),
                                               NULL);

        plan_format(&s, plan);
        table_from_bundle_text(&table, ds_cstr(&s));
        assert_same_table(&table, plan_desired(plan));

        oflow_table_uninit(&table);
        plan_destroy(plan);
        port_specs_uninit(&specs);
        ds_destroy(&s);
    }
}

static void
test_text(void **state OVS_UNUSED)
{
    static const char expected[] =
        "# broadcast receivers in VLAN 10\n"
        "group add group_id=1458046208,type=all,"
        "bucket=bucket_id:7,actions=pop_vlan,output:7\n"
        "\n# ADMIT: may this port use this VLAN?\n";
    char *guest = xasprintf(
        "# guest vnet0 52:54:00:00:00:01, VLAN 10\n"
        "flow add cookie=0x%"PRIx64",table=0,priority=115,reg15=0/0x1,"
        "in_port=7,dl_vlan=0 "
        "actions=move:NXM_OF_VLAN_TCI[13..15]->NXM_NX_REG1[0..2],pop_vlan,"
        "move:NXM_OF_VLAN_TCI[12]->NXM_NX_REG0[5],"
        "set_field:0x100a/0x1fff->vlan_tci,"
        "move:NXM_NX_REG1[0..2]->NXM_OF_VLAN_TCI[13..15],"
        "set_field:0x10/0x10->reg0,goto_table:210\n"
        "flow add cookie=0x%"PRIx64",table=0,priority=110,reg15=0/0x1,"
        "in_port=7,vlan_tci=0x0000/0x0fff "
        "actions=set_field:0x100a/0x1fff->vlan_tci,"
        "set_field:0x10/0x10->reg0,goto_table:210\n",
        ntohll(pipeline_cookie(COOKIE_PORT, "vnet0")),
        ntohll(pipeline_cookie(COOKIE_PORT, "vnet0")));
    const struct bridge_ctx ctx = { .exact = true };
    const struct port_vlan access = { .tag = 10 };
    struct vport vport = {
        .name = xstrdup("vnet0"),
        .ofport = OFP_PORT_C(7),
        .role = VIF_GUEST,
        .mac = ETH_ADDR_C(52,54,00,00,00,01),
        .active = true,
    };
    struct plan *plan = plan_create("br0");
    struct ds s = DS_EMPTY_INITIALIZER;

    plan_format(&s, plan);
    assert_string_equal(ds_cstr(&s), "");

    assert_true(port_vlan_effect_init(&vport.vlan, &access, NULL));
    plan_set_ctx(plan, &ctx);
    plan_set_port(plan, &vport);
    plan_run(plan);
    plan_format(&s, plan);
    assert_memory_equal(ds_cstr(&s), expected, strlen(expected));
    assert_non_null(strstr(ds_cstr(&s), guest));

    ds_destroy(&s);
    vport_uninit(&vport);
    plan_destroy(plan);
    free(guest);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
