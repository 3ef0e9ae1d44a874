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
#include "lib/base/vlan-set.h"
#include "lib/openflow/flood-table.h"
#include "lib/openflow/pipeline.h"
#include "openvswitch/dynamic-string.h"
#include "random.h"
#include "util.h"

/* A few blocks around VLAN 10, from all VLANs to one, and one elsewhere. */
static const struct vlan_block blocks[] = {
    { 0, 12 }, { 0, 4 }, { 8, 2 }, { 10, 0 }, { 11, 0 }, { 2048, 11 },
};
static const struct {
    ofp_port_t ofport;
    bool isolated;
} ports[] = {
    { OFP_PORT_C(1), false }, { OFP_PORT_C(600), false },
    { OFP_PORT_C(60000), false }, { OFP_PORT_C(2), true },
};

static uint32_t
group_of(size_t block, size_t port)
{
    return pipeline_flood_group(&blocks[block], ports[port].ofport,
                                ports[port].isolated);
}

/* What flood_table_run() said last for each block. */
struct outcome {
    bool called[ARRAY_SIZE(blocks)];
    uint32_t groups[ARRAY_SIZE(blocks)][64];
    size_t n[ARRAY_SIZE(blocks)];
};

static void
record(const struct vlan_block *block, const uint32_t *group_ids, size_t n,
       struct slice *slice, void *outcome_)
{
    struct outcome *outcome = outcome_;

    assert_non_null(slice);
    assert_true(n <= ARRAY_SIZE(outcome->groups[0]));
    for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
        if (blocks[i].vid == block->vid && blocks[i].level == block->level) {
            assert_false(outcome->called[i]);   /* At most once each. */
            outcome->called[i] = true;
            memcpy(outcome->groups[i], group_ids, n * sizeof *group_ids);
            outcome->n[i] = n;
            return;
        }
    }
    fail_msg("block %u/%u", block->vid, block->level);
}

static int
compare_groups(const void *a_, const void *b_)
{
    const uint32_t *a = a_, *b = b_;
    return (*a > *b) - (*a < *b);
}

/* Checks that the groups that block 'i' was last told to name are all those
 * that have a bucket for a VLAN of the block, or none if no bucket is in the
 * block's own groups. */
static void
check_block(const struct outcome *outcome,
            unsigned int refs[ARRAY_SIZE(blocks)][ARRAY_SIZE(ports)], size_t i)
{
    uint32_t expected[64], actual[64];
    bool own = false;
    size_t n = 0;

    for (size_t j = 0; j < ARRAY_SIZE(blocks); j++) {
        for (size_t k = 0; k < ARRAY_SIZE(ports); k++) {
            if (refs[j][k] && vlan_block_contains(&blocks[j], &blocks[i])) {
                expected[n++] = group_of(j, k);
                own |= i == j;
            }
        }
    }
    if (!own) {
        n = 0;
    }
    assert_int_equal(outcome->n[i], n);
    memcpy(actual, outcome->groups[i], n * sizeof *actual);
    qsort(actual, n, sizeof *actual, compare_groups);
    qsort(expected, n, sizeof *expected, compare_groups);
    assert_memory_equal(actual, expected, n * sizeof *actual);
}

/* Whatever comes and goes, the last that was said of each block is right. */
static void
test_random(void **state OVS_UNUSED)
{
    unsigned int refs[ARRAY_SIZE(blocks)][ARRAY_SIZE(ports)];
    struct outcome outcome;
    struct flood_table table;

    memset(refs, 0, sizeof refs);
    memset(&outcome, 0, sizeof outcome);
    random_set_seed(1);
    flood_table_init(&table);
    for (int i = 0; i < 20000; i++) {
        for (int n = random_range(4); n > 0; n--) {
            size_t b = random_range(ARRAY_SIZE(blocks));
            size_t p = random_range(ARRAY_SIZE(ports));

            if (refs[b][p] && random_range(5)) {
                flood_table_unref(&table, group_of(b, p));
                refs[b][p]--;
            } else if (refs[b][p] < 3) {
                flood_table_ref(&table, group_of(b, p));
                refs[b][p]++;
            }
        }
        memset(outcome.called, 0, sizeof outcome.called);
        flood_table_run(&table, record, &outcome);
        for (size_t b = 0; b < ARRAY_SIZE(blocks); b++) {
            check_block(&outcome, refs, b);
        }
    }
    flood_table_uninit(&table);
}

static void
check_called(struct flood_table *table, const char *expected)
{
    struct outcome outcome = { .called = { false } };
    struct ds s = DS_EMPTY_INITIALIZER;

    flood_table_run(table, record, &outcome);
    for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
        if (outcome.called[i]) {
            ds_put_format(&s, "%"PRIuSIZE, i);
        }
    }
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
}

/* What is compiled anew, and what is not. */
static void
test_cost(void **state OVS_UNUSED)
{
    struct flood_table table;

    flood_table_init(&table);
    flood_table_ref(&table, group_of(3, 0));
    check_called(&table, "3");
    check_called(&table, "");

    /* One more bucket in a group. */
    flood_table_ref(&table, group_of(3, 0));
    check_called(&table, "");
    /* Another group of the block. */
    flood_table_ref(&table, group_of(3, 1));
    check_called(&table, "3");
    flood_table_ref(&table, group_of(3, 3));
    check_called(&table, "3");
    flood_table_ref(&table, group_of(3, 3));
    check_called(&table, "");
    flood_table_unref(&table, group_of(3, 3));
    flood_table_unref(&table, group_of(3, 3));
    check_called(&table, "3");
    /* A block beside it. */
    flood_table_ref(&table, group_of(4, 0));
    check_called(&table, "4");
    /* A larger block concerns those within, not those beside. */
    flood_table_ref(&table, group_of(5, 0));
    check_called(&table, "5");
    flood_table_ref(&table, group_of(0, 0));
    check_called(&table, "0345");
    flood_table_unref(&table, group_of(0, 0));
    check_called(&table, "0345");

    /* Gone and back within one turn: it may be looked at, but is there. */
    flood_table_unref(&table, group_of(4, 0));
    flood_table_ref(&table, group_of(4, 0));
    check_called(&table, "4");
    flood_table_unref(&table, group_of(3, 0));
    check_called(&table, "");
    flood_table_unref(&table, group_of(3, 0));
    flood_table_unref(&table, group_of(3, 1));
    flood_table_unref(&table, group_of(4, 0));
    flood_table_unref(&table, group_of(5, 0));
    check_called(&table, "345");
    assert_true(hmap_is_empty(&table.blocks));
    flood_table_uninit(&table);
}

/* The groups of a block come by number, so isolated ones last, those of larger
 * blocks after. */
static void
test_order(void **state OVS_UNUSED)
{
    struct outcome outcome = { .called = { false } };
    struct flood_table table;

    flood_table_init(&table);
    flood_table_ref(&table, group_of(0, 1));
    flood_table_ref(&table, group_of(3, 3));
    flood_table_ref(&table, group_of(3, 2));
    flood_table_ref(&table, group_of(3, 0));
    flood_table_ref(&table, group_of(1, 1));
    flood_table_run(&table, record, &outcome);
    assert_int_equal(outcome.n[3], 5);
    assert_int_equal(outcome.groups[3][0], group_of(3, 0));
    assert_int_equal(outcome.groups[3][1], group_of(3, 2));
    assert_int_equal(outcome.groups[3][2], group_of(3, 3));
    assert_int_equal(outcome.groups[3][3], group_of(1, 1));
    assert_int_equal(outcome.groups[3][4], group_of(0, 1));
    flood_table_uninit(&table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_cost),
        cmocka_unit_test(test_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
