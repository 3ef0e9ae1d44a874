/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "byte-order.h"
#include "flow.h"
#include "lib/openflow/flow-dump.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "openvswitch/ofp-port.h"
#include "util.h"

static char *
parse(const char *text, struct flow_dump *dump)
{
    struct ofputil_port_map map = OFPUTIL_PORT_MAP_INITIALIZER(&map);
    char *error;

    ofputil_port_map_put(&map, OFP_PORT_C(7), "tap7");
    error = flow_dump_parse(text, strlen(text), &map, dump);
    ofputil_port_map_destroy(&map);
    return error;
}

/* The same flow, in the words of several versions and options. */
static void
test_words(void **state OVS_UNUSED)
{
    static const char *const texts[] = {
        "NXST_FLOW reply (xid=0x4):\n"
        " cookie=0x56e7020000000001, duration=1.2s, table=230, n_packets=3, "
        "n_bytes=180, idle_age=1, priority=100,dl_dst=52:54:00:00:00:01 "
        "actions=output:7\n",
        "OFPST_FLOW reply (OF1.5) (xid=0x2):\n"
        " cookie=0x56e7020000000001, duration=1.2s, table=230, n_packets=3, "
        "n_bytes=180, idle_age=1, priority=100,dl_dst=52:54:00:00:00:01 "
        "actions=output:tap7\n",
        " cookie=0x56e7020000000001, table=230, n_packets=3, n_bytes=180, "
        "priority=100,dl_dst=52:54:00:00:00:01 actions=output:\"tap7\"\n",
    };
    struct oflow *first = NULL;

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct flow_dump dump;

        assert_null(parse(texts[i], &dump));
        assert_int_equal(dump.n_flows, 1);
        assert_true(dump.flows[0].has_stats);
        assert_int_equal(dump.flows[0].n_packets, 3);
        assert_int_equal(dump.flows[0].n_bytes, 180);
        assert_int_equal(dump.flows[0].flow->table_id, 230);
        assert_true(dump.flows[0].flow->cookie
                    == htonll(UINT64_C(0x56e7020000000001)));
        if (first) {
            assert_true(oflow_equals(first, dump.flows[0].flow));
        } else {
            first = oflow_ref(dump.flows[0].flow);
        }
        flow_dump_uninit(&dump);
    }
    oflow_unref(first);
}

/* Without statistics; a statistic's name in the actions is not one. */
static void
test_no_stats(void **state OVS_UNUSED)
{
    struct flow_dump dump;

    assert_null(parse(" table=205, priority=1 actions=drop\n", &dump));
    assert_int_equal(dump.n_flows, 1);
    assert_false(dump.flows[0].has_stats);
    assert_int_equal(dump.flows[0].line, 1);
    flow_dump_uninit(&dump);
}

/* Both commands' output in one text. */
static void
test_both(void **state OVS_UNUSED)
{
    struct flow_dump dump;

    assert_null(parse("OFPST_FLOW reply (OF1.5) (xid=0x2):\n"
                      "OFPST_GROUP_DESC reply (OF1.5) (xid=0x2):\n"
                      " group_id=7,type=all,bucket=bucket_id:1,"
                      "actions=output:1,bucket=bucket_id:2,actions=output:2\n",
                      &dump));
    assert_true(dump.has_flows && dump.has_groups);
    assert_int_equal(dump.n_flows, 0);
    assert_int_equal(dump.n_groups, 1);
    assert_int_equal(dump.groups[0].group_id, 7);
    assert_int_equal(dump.groups[0].n_buckets, 2);
    assert_int_equal(dump.groups[0].line, 3);
    assert_false(dump.groups[0].alien);
    flow_dump_uninit(&dump);

    /* Such as no group of ours can be. */
    assert_null(parse(" group_id=7,type=select,bucket=actions=output:1\n"
                      " group_id=8,type=all,bucket=watch_port:1,"
                      "actions=output:1\n", &dump));
    assert_true(dump.groups[0].alien);
    assert_true(dump.groups[1].alien);
    flow_dump_uninit(&dump);
}

static void
test_errors(void **state OVS_UNUSED)
{
    static const char *const cases[][2] = {
        { "hello\n", "line 1: not a line of \"ovs-ofctl dump-flows\" or "
          "\"dump-groups\"" },
        { " table=0 actions=drop\n table=0 actions=dr", "line 2" },
        { " table=0,in_port=nobody actions=drop\n", "line 1" },
        { " group_id=x,type=all\n", "line 1" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct flow_dump dump;
        char *error = parse(cases[i][0], &dump);

        assert_non_null(error);
        assert_memory_equal(error, cases[i][1], strlen(cases[i][1]));
        free(error);
        flow_dump_uninit(&dump);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_no_stats),
        cmocka_unit_test(test_both),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests_name("flow-dump", tests, NULL, NULL);
}
