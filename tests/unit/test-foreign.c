/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "lib/openflow/foreign.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "tests/unit/oflow-text.h"
#include "util.h"

/* Port 1 may send everything, port 2 only frames without a tag. */
static const char *const plan[] = {
    "cookie=0x56e7010000000001,table=0,priority=1,reg15=0/0x1 actions=drop",
    "cookie=0x56e7020000000001,table=0,priority=105,reg15=0/0x1,"
        "in_port=1 actions=drop",
    "cookie=0x56e7020000000002,table=0,priority=110,reg15=0/0x1,in_port=2,"
        "vlan_tci=0x0000/0x0fff actions=drop",
    "cookie=0x56e7020000000002,table=0,priority=101,reg15=0/0x1,"
        "in_port=2 actions=drop",
};

static void
put_text(struct oflow_table *table, const char *text)
{
    struct oflow *flow = oflow_from_string(text);

    oflow_table_put(table, flow);
    oflow_unref(flow);
}

/* Returns what 'is' says of a flow in 'table', with the priority and match of
 * 'what', beside 'ours'. */
static bool
ask(bool (*is)(const struct oflow *, const struct oflow_table *),
    const struct oflow_table *ours, int table, const char *what)
{
    char *text = xasprintf("table=%d,%s,actions=NORMAL", table, what);
    struct oflow *flow = oflow_from_string(text);
    bool answer = is(flow, ours);

    oflow_unref(flow);
    free(text);
    return answer;
}

static bool
can_win(const struct oflow_table *ours, int table, const char *what)
{
    return ask(foreign_can_win, ours, table, what);
}

static bool
is_void(const struct oflow_table *ours, int table, const char *what)
{
    return ask(foreign_is_void, ours, table, what);
}

static void
test_can_win(void **state OVS_UNUSED)
{
    struct oflow_table ours;

    /* In kernel mode there is nothing to win over. */
    oflow_table_init(&ours);
    assert_false(can_win(&ours, TABLE_ADMIT, "priority=32768"));

    for (size_t i = 0; i < ARRAY_SIZE(plan); i++) {
        put_text(&ours, plan[i]);
    }
    /* As ovs-ofctl add-flow br0 action=normal has it. */
    assert_true(can_win(&ours, TABLE_ADMIT, "priority=32768"));
    /* As Open vSwitch itself has it. */
    assert_false(can_win(&ours, TABLE_ADMIT, "priority=0"));
    assert_true(can_win(&ours, TABLE_ADMIT, "priority=1"));
    assert_true(can_win(&ours, TABLE_ADMIT, "priority=50,dl_type=0x88b5"));

    /* What is about one port: that one may send everything or not, or may not
     * be there yet. */
    assert_false(can_win(&ours, TABLE_ADMIT, "priority=104,in_port=1"));
    assert_false(can_win(&ours, TABLE_ADMIT, "priority=1,in_port=1,arp"));
    assert_true(can_win(&ours, TABLE_ADMIT, "priority=105,in_port=1"));
    assert_false(can_win(&ours, TABLE_ADMIT, "priority=100,in_port=2"));
    assert_true(can_win(&ours, TABLE_ADMIT, "priority=101,in_port=2"));
    assert_true(can_win(&ours, TABLE_ADMIT, "priority=2,in_port=3"));

    /* OpenNebula has these for each network card. */
    assert_true(is_void(&ours, TABLE_ADMIT, "priority=100,in_port=1"));
    assert_true(is_void(&ours, TABLE_ADMIT, "priority=100,in_port=2"));
    assert_false(is_void(&ours, TABLE_ADMIT, "priority=101,in_port=2"));
    assert_false(is_void(&ours, TABLE_ADMIT, "priority=100,in_port=3"));
    assert_false(is_void(&ours, TABLE_ADMIT, "priority=100,arp"));
    assert_false(is_void(&ours, TABLE_SOURCE, "priority=1,in_port=1"));

    assert_true(can_win(&ours, TABLE_FORWARD, "priority=0"));
    assert_true(can_win(&ours, TABLE_SOURCE, "priority=5,in_port=1"));
    assert_false(can_win(&ours, 77, "priority=32768"));
    oflow_table_uninit(&ours);
}

static void
put_numbered(struct foreign *foreign, unsigned int table, unsigned int number,
             bool put)
{
    char *text = xasprintf("table=%u,priority=7,in_port=%u,actions=drop",
                           table, number);
    struct oflow *flow = oflow_from_string(text);

    if (put) {
        foreign_put(foreign, flow);
    } else {
        foreign_remove(foreign, flow);
    }
    oflow_unref(flow);
    free(text);
}

static void
test_bounds(void **state OVS_UNUSED)
{
    struct foreign foreign;

    foreign_init(&foreign);
    put_numbered(&foreign, 77, 1, true);    /* Of no table of ours. */
    assert_int_equal(foreign_count(&foreign), 0);
    for (unsigned int i = 1; i <= FOREIGN_MAX_PORTS; i++) {
        put_numbered(&foreign, TABLE_ADMIT, i, true);
    }
    assert_int_equal(foreign_count(&foreign), FOREIGN_MAX_PORTS);
    put_numbered(&foreign, TABLE_ADMIT, 1, true);   /* The same again. */
    assert_false(foreign.more);

    put_numbered(&foreign, TABLE_ADMIT, FOREIGN_MAX_PORTS + 1, true);
    assert_int_equal(foreign_count(&foreign), FOREIGN_MAX_PORTS);
    assert_true(foreign.more);
    assert_false(foreign_may_know_more(&foreign));

    /* Those that ours might replace are known nevertheless. */
    put_numbered(&foreign, TABLE_FORWARD, 1, true);
    assert_int_equal(foreign_count(&foreign), FOREIGN_MAX_PORTS + 1);
    put_numbered(&foreign, TABLE_FORWARD, 1, false);
    put_numbered(&foreign, TABLE_FORWARD, 1, false);

    struct oflow *ruler = oflow_from_string("table=0,priority=32768,"
                                            "actions=NORMAL");
    foreign_put(&foreign, ruler);
    assert_true(foreign_rules(&foreign));
    foreign_remove(&foreign, ruler);
    assert_false(foreign_rules(&foreign));
    oflow_unref(ruler);
    assert_int_equal(foreign_count(&foreign), FOREIGN_MAX_PORTS);

    /* So is what wins, whatever ports there are. */
    struct oflow *winner = oflow_from_string("table=0,priority=1,ip,"
                                             "actions=NORMAL");
    foreign_put(&foreign, winner);
    assert_non_null(oflow_table_find(&foreign.flows, winner));
    foreign_remove(&foreign, winner);
    oflow_unref(winner);
    assert_int_equal(foreign_count(&foreign), FOREIGN_MAX_PORTS);

    /* When many of those that are known have gone, it is worth reading what
     * the others are. */
    for (unsigned int i = 1; i <= FOREIGN_MAX_PORTS / 16; i++) {
        put_numbered(&foreign, TABLE_ADMIT, i, false);
    }
    assert_true(foreign_may_know_more(&foreign));
    foreign_clear(&foreign);
    assert_int_equal(foreign_count(&foreign), 0);
    assert_false(foreign_may_know_more(&foreign));

    /* What cannot win need not be known. */
    for (unsigned int i = 0; i <= FOREIGN_MAX; i++) {
        char *text = xasprintf("table=0,priority=0,udp,tp_dst=%u,actions=drop",
                               i);
        struct oflow *flow = oflow_from_string(text);

        foreign_put(&foreign, flow);
        oflow_unref(flow);
        free(text);
    }
    assert_int_equal(foreign_count(&foreign), FOREIGN_MAX);
    assert_false(foreign.more);
    put_numbered(&foreign, TABLE_ADMIT, 1, true);
    assert_int_equal(foreign_count(&foreign), FOREIGN_MAX + 1);
    foreign_uninit(&foreign);
}

/* Returns whether a bridge that has flow 'text' is ruled by it. */
static bool
rules(const char *text)
{
    struct oflow *flow = oflow_from_string(text);
    struct foreign foreign;
    bool ruled;

    foreign_init(&foreign);
    foreign_put(&foreign, flow);
    ruled = foreign_rules(&foreign);
    foreign_uninit(&foreign);
    oflow_unref(flow);
    return ruled;
}

static void
test_rules(void **state OVS_UNUSED)
{
    assert_true(rules("table=0,priority=40000,actions=NORMAL"));
    assert_true(rules("table=0,priority=211,actions=drop"));
    assert_false(rules("table=0,priority=210,actions=NORMAL"));
    assert_false(rules("table=0,priority=0,actions=NORMAL"));
    assert_false(rules("table=0,priority=40000,in_port=1,actions=drop"));
    assert_false(rules("table=0,priority=40000,ip,actions=drop"));
    assert_false(rules("table=230,priority=40000,actions=drop"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_can_win),
        cmocka_unit_test(test_bounds),
    };

    return cmocka_run_group_tests_name("foreign", tests, NULL, NULL);
}
