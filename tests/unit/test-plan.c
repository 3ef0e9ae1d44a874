/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "flow.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "packets.h"
#include "random.h"
#include "sset.h"
#include "svec.h"
#include "tests/unit/oflow-text.h"
#include "tests/unit/port-spec.h"
#include "util.h"

/* What a plan costs and what it tells.  The laws are in test-plan-law.c. */

/* States an access guest in 'vlan' whose name, number and address follow from
 * 'index'. */
static void
state_guest(struct plan *plan, int index, int vlan)
{
    const struct port_vlan access = { .tag = vlan };
    struct vport vport = {
        .name = xasprintf("vnet%d", index),
        .ofport = u16_to_ofp(index + 1),
        .role = VIF_GUEST,
        .mac = ETH_ADDR_C(52,54,00,00,00,00),
        .active = true,
    };

    vport.mac.ea[4] = index / 256;
    vport.mac.ea[5] = index % 256;
    assert_true(port_vlan_effect_init(&vport.vlan, &access, NULL));
    plan_set_port(plan, &vport);
    vport_uninit(&vport);
}

/* Runs 'plan' and returns how many keys are dirty, that is, how much there is
 * to compare. */
static size_t
run_and_count(struct plan *plan)
{
    plan_run(plan);

    size_t n = oflow_table_count_keys(plan_dirty(plan) ? plan_dirty(plan)
                                      : plan_desired(plan));
    plan_clear_dirty(plan);
    return n;
}

/* The cost of a change does not depend on how many guests there are. */
static void
test_cost(void **state OVS_UNUSED)
{
    static const int sizes[] = { 10, 1000 };
    const struct bridge_ctx ctx = { .exact = true };

    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        struct plan *plan = plan_create("br0");
        int n = sizes[i];

        plan_set_ctx(plan, &ctx);
        for (int j = 0; j < n; j++) {
            state_guest(plan, j, 10 + j % 5);
        }
        /* 104 of the bridge, a FLOOD flow for each VLAN, 5 for each guest. */
        assert_int_equal(run_and_count(plan), 104 + 5 + 5 * n);
        assert_int_equal(run_and_count(plan), 0);

        /* Plugged: three of ADMIT, FORWARD, and a bucket. */
        state_guest(plan, n, 10);
        assert_int_equal(run_and_count(plan), 5);
        /* The same again. */
        state_guest(plan, n, 10);
        assert_int_equal(run_and_count(plan), 0);
        /* To another VLAN: what drops the rest stays, all else moves. */
        state_guest(plan, n, 11);
        assert_int_equal(run_and_count(plan), 6);
        /* To a VLAN of its own: a FLOOD flow more. */
        state_guest(plan, n, 20);
        assert_int_equal(run_and_count(plan), 7);
        /* Unplugged. */
        char *name = xasprintf("vnet%d", n);
        plan_remove_port(plan, name);
        free(name);
        assert_int_equal(run_and_count(plan), 6);
        plan_destroy(plan);
    }
}

/* Initializes 'old' as what version 0.1 had in the place of 'table', as far as
 * somebody might look for it there. */
static void
init_as_version_0_1(struct oflow_table *old, const struct oflow_table *table)
{
    const struct oflow_node *node;

    oflow_table_init(old);
    HMAP_FOR_EACH (node, hmap_node, &table->flows) {
        const struct oflow *flow = node->flow;
        struct ofpbuf ofpacts = ofpbuf_const_initializer(flow->ofpacts,
                                                         flow->ofpacts_len);
        struct match match;

        minimatch_expand(&flow->match, &match);
        struct oflow *moved = oflow_create(
            flow->table_id == TABLE_ADMIT ? TABLE_ADMIT
            : flow->table_id - PIPELINE_BASE,
            flow->priority, &match, flow->cookie, &ofpacts);
        oflow_table_put(old, moved);
        oflow_unref(moved);
    }
}

/* Of several ports with one address, the one that had it keeps it over a
 * restart, and an upgrade. */
static void
test_seed(void **state OVS_UNUSED)
{
    random_set_seed(1);
    for (int i = 0; i < 300; i++) {
        struct port_specs specs;

        port_specs_random(&specs);

        /* A past in which ports came in another order. */
        struct plan *plan = plan_create("br0");
        const struct bridge_ctx ctx = { .exact = true };
        plan_set_ctx(plan, &ctx);
        plan_run(plan);
        for (size_t j = specs.n; j-- > 0; ) {
            struct vport vport;

            port_spec_to_vport(&specs.ports[j], &vport);
            plan_set_port(plan, &vport);
            plan_run(plan);
            vport_uninit(&vport);
        }

        struct plan *restarted = plan_create("br0");
        struct oflow_table old;
        init_as_version_0_1(&old, plan_desired(plan));
        plan_seed(restarted, i % 2 ? &old : plan_desired(plan));
        oflow_table_uninit(&old);
        plan_set_ctx(restarted, &ctx);
        for (size_t j = 0; j < specs.n; j++) {
            struct vport vport;

            port_spec_to_vport(&specs.ports[j], &vport);
            plan_set_port(restarted, &vport);
            vport_uninit(&vport);
        }
        plan_run(restarted);
        assert_same_table(plan_desired(restarted), plan_desired(plan));
        plan_destroy(plan);
        plan_destroy(restarted);
        port_specs_uninit(&specs);
    }
}

/* Checks that the ports of 'plan' that had their address in 'installed' are
 * 'expected'. */
static void
check_addressed(const struct plan *plan, const struct oflow_table *installed,
                const char *expected)
{
    struct sset names = SSET_INITIALIZER(&names);
    char *joined;

    plan_find_addressed(plan, installed, &names);
    joined = sset_join(&names, " ", "");
    assert_string_equal(joined, expected);
    free(joined);
    sset_destroy(&names);
}

/* Who had an address in what a switch holds. */
static void
test_had_address(void **state OVS_UNUSED)
{
    const struct bridge_ctx ctx = { .exact = true };
    struct plan *plan = plan_create("br0");
    struct oflow_table empty;

    plan_set_ctx(plan, &ctx);
    state_guest(plan, 1, 10);
    state_guest(plan, 2, 20);
    plan_run(plan);

    /* Another with the address of vnet1, which keeps it. */
    struct vport clone;
    vport_clone(&clone, plan_find_port(plan, "vnet1"));
    free(clone.name);
    clone.name = xstrdup("clone");
    clone.ofport = u16_to_ofp(17);
    plan_set_port(plan, &clone);
    plan_run(plan);
    /* What the bridge does, or a block of VLANs, is no port's. */
    check_addressed(plan, plan_desired(plan), "vnet1 vnet2");

    /* It has it as soon as the other is held back. */
    struct vport held_back;
    vport_clone(&held_back, plan_find_port(plan, "vnet1"));
    held_back.active = false;
    plan_set_port(plan, &held_back);
    plan_run(plan);
    check_addressed(plan, plan_desired(plan), "clone vnet2");

    oflow_table_init(&empty);
    check_addressed(plan, &empty, "");
    oflow_table_uninit(&empty);

    struct oflow_table old;
    init_as_version_0_1(&old, plan_desired(plan));
    check_addressed(plan, &old, "clone vnet2");
    oflow_table_uninit(&old);
    vport_uninit(&clone);
    vport_uninit(&held_back);
    plan_destroy(plan);
}

static void
test_queries(void **state OVS_UNUSED)
{
    const struct bridge_ctx ctx = { .exact = true };
    struct plan *plan = plan_create("br0");

    plan_set_ctx(plan, &ctx);
    assert_true(plan_get_ctx(plan)->exact);
    for (int i = 12; i > 0; i--) {
        state_guest(plan, i, 10);
    }
    plan_run(plan);

    const struct vport **vports = plan_sort_ports(plan);
    assert_string_equal(vports[0]->name, "vnet1");
    assert_string_equal(vports[1]->name, "vnet10");
    assert_string_equal(vports[11]->name, "vnet9");
    assert_null(vports[12]);
    free(vports);

    assert_null(plan_find_port(plan, "vnet0"));
    assert_string_equal(plan_find_port(plan, "vnet7")->name, "vnet7");
    assert_string_equal(plan_cookie_origin(
                            plan, pipeline_cookie(COOKIE_PORT, "vnet7")),
                        "vnet7");
    assert_null(plan_cookie_origin(plan,
                                   pipeline_cookie(COOKIE_PORT, "vnet0")));
    assert_null(plan_cookie_origin(plan,
                                   pipeline_cookie(COOKIE_FLOOD, "vnet7")));
    assert_int_equal(plan_network_kind(plan, false), NETWORK_NONE);
    plan_remove_port(plan, "nothing");
    plan_destroy(plan);
    plan_destroy(NULL);
}

static void
put_found(const char *port, const struct oflow *flow, void *s)
{
    ds_put_format(s, "%s table=%u,priority=%u marks=%"PRIx32"\n", port,
                  flow->table_id, flow->priority,
                  pipeline_get_marks(flow->ofpacts, flow->ofpacts_len));
}

/* What a port was is found in the switch's flows. */
static void
test_found(void **state OVS_UNUSED)
{
    const struct eth_addr announced = ETH_ADDR_C(52,54,00,00,01,01);
    const struct bridge_ctx ctx = { .exact = true };
    struct plan *plan = plan_create("br0");
    struct ds s = DS_EMPTY_INITIALIZER;
    struct vport vport;

    plan_set_ctx(plan, &ctx);
    state_guest(plan, 1, 10);
    vport_clone(&vport, plan_find_port(plan, "vnet1"));
    vport_add_mac(&vport, announced, CLAIM_ANNOUNCED);
    vport.isolated = true;
    plan_set_port(plan, &vport);
    vport_uninit(&vport);
    plan_run(plan);
    plan_for_each_found(plan, plan_desired(plan), put_found, &s);

    char *line, *save_ptr = NULL;
    struct svec lines = SVEC_EMPTY_INITIALIZER;
    for (line = strtok_r(ds_cstr(&s), "\n", &save_ptr); line;
         line = strtok_r(NULL, "\n", &save_ptr)) {
        svec_add(&lines, line);
    }
    svec_sort(&lines);
    char *text = svec_join(&lines, "\n", "");
    assert_string_equal(text,
                        "vnet1 table=0,priority=101 marks=0\n"
                        "vnet1 table=0,priority=110 marks=14\n"
                        "vnet1 table=0,priority=115 marks=14\n"
                        "vnet1 table=230,priority=100 marks=0\n"
                        "vnet1 table=230,priority=110 marks=0\n"
                        "vnet1 table=230,priority=110 marks=0\n"
                        "vnet1 table=230,priority=90 marks=0");
    free(text);
    svec_destroy(&lines);

    /* What is left of a port that is gone is nobody's. */
    struct oflow_table before;

    oflow_table_copy(&before, plan_desired(plan));
    plan_remove_port(plan, "vnet1");
    plan_run(plan);
    ds_clear(&s);
    plan_for_each_found(plan, &before, put_found, &s);
    assert_string_equal(ds_cstr(&s), "");
    oflow_table_uninit(&before);
    ds_destroy(&s);
    plan_destroy(plan);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cost),
        cmocka_unit_test(test_seed),
        cmocka_unit_test(test_had_address),
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_queries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
