/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "openvswitch/dynamic-string.h"
#include "random.h"
#include "tests/unit/oflow-text.h"
#include "util.h"

static bool
same_text(const struct oflow_table *a, const struct oflow_table *b)
{
    struct ds as = DS_EMPTY_INITIALIZER;
    struct ds bs = DS_EMPTY_INITIALIZER;

    oflow_table_format(&as, a);
    oflow_table_format(&bs, b);
    bool same = !strcmp(ds_cstr(&as), ds_cstr(&bs));
    ds_destroy(&as);
    ds_destroy(&bs);
    return same;
}

/* Law 3: apply(diff(desired, installed), installed) == desired.
 * Law 4: diff(d, d) is empty. */
static void
test_laws_3_and_4(void **state OVS_UNUSED)
{
    int n_equal = 0;

    random_set_seed(1);
    for (int i = 0; i < 5000; i++) {
        struct ochanges changes = OCHANGES_INITIALIZER;
        struct ochanges none = OCHANGES_INITIALIZER;
        struct oflow_table installed, desired, copy;

        oflow_table_random(&installed);
        oflow_table_random(&desired);
        oflow_table_copy(&copy, &desired);
        bool equal = same_text(&desired, &installed);

        oflow_table_diff(&desired, &installed, &changes);
        assert_int_equal(!changes.n, equal);
        assert_int_equal(oflow_table_equals(&desired, &installed), equal);
        oflow_table_apply(&installed, &changes);
        assert_same_table(&installed, &desired);
        assert_same_table(&desired, &copy);
        n_equal += equal;

        oflow_table_diff(&desired, &desired, &none);
        assert_int_equal(none.n, 0);
        oflow_table_diff(&desired, &installed, &none);
        assert_int_equal(none.n, 0);

        ochanges_uninit(&changes);
        ochanges_uninit(&none);
        oflow_table_uninit(&installed);
        oflow_table_uninit(&desired);
        oflow_table_uninit(&copy);
    }
    /* Of the random tables some are equal, so that this is tried as well. */
    assert_true(n_equal > 10);
}

/* A difference by keys is the part of the whole difference that has these
 * keys. */
static void
test_diff_by_key(void **state OVS_UNUSED)
{
    random_set_seed(1);
    for (int i = 0; i < 2000; i++) {
        struct ochanges by_key = OCHANGES_INITIALIZER;
        struct ochanges all = OCHANGES_INITIALIZER;
        struct oflow_table installed, desired, keys;
        size_t n = 0;

        oflow_table_random(&installed);
        oflow_table_random(&desired);
        oflow_table_random(&keys);

        oflow_table_diff_keys(&keys, &desired, &installed, &by_key);
        oflow_table_diff(&desired, &installed, &all);
        for (size_t j = 0; j < all.n; j++) {
            const struct ochange *c = &all.changes[j];

            n += (c->new || c->old
                  ? oflow_table_find(&keys, c->new ? c->new : c->old) != NULL
                  : oflow_table_find_bucket(&keys, c->new_bucket
                                            ? c->new_bucket : c->old_bucket)
                    != NULL);
        }
        assert_int_equal(by_key.n, n);

        ochanges_uninit(&by_key);
        ochanges_uninit(&all);
        oflow_table_uninit(&installed);
        oflow_table_uninit(&desired);
        oflow_table_uninit(&keys);
    }
}

static void
assert_lines(const struct oflow_table *table, const char *expected)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    oflow_table_format(&s, table);
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
}

static void
test_flows(void **state OVS_UNUSED)
{
    struct oflow *drop
        = oflow_from_string("table=0,cookie=1,in_port=1,actions=drop");
    struct oflow *out
        = oflow_from_string("table=0,cookie=2,in_port=1,actions=2");
    struct oflow *other
        = oflow_from_string("table=0,cookie=1,in_port=2,actions=drop");
    struct oflow_table table;

    oflow_table_init(&table);
    assert_null(oflow_table_find(&table, drop));
    oflow_table_remove(&table, drop);

    oflow_table_put(&table, drop);
    assert_int_equal(drop->n_refs, 2);
    assert_ptr_equal(oflow_table_find(&table, out), drop);
    assert_null(oflow_table_find(&table, other));
    oflow_table_put(&table, drop);
    assert_int_equal(drop->n_refs, 2);

    /* In the place of another. */
    oflow_table_put(&table, out);
    assert_int_equal(oflow_table_count_flows(&table), 1);
    assert_ptr_equal(oflow_table_find(&table, drop), out);
    assert_int_equal(drop->n_refs, 1);
    assert_int_equal(out->n_refs, 2);

    /* By key. */
    oflow_table_put(&table, other);
    oflow_table_remove(&table, drop);
    assert_int_equal(out->n_refs, 1);
    assert_lines(&table, "cookie=0x1,table=0,in_port=2 "
                         "actions=drop\n");

    oflow_table_clear(&table);
    assert_int_equal(oflow_table_count_flows(&table), 0);
    assert_int_equal(other->n_refs, 1);
    oflow_table_uninit(&table);
    oflow_unref(drop);
    oflow_unref(out);
    oflow_unref(other);
}

/* A group is there as long as it has a bucket. */
static void
test_groups(void **state OVS_UNUSED)
{
    struct obucket *one = obucket_from_string(7, 1, "output:1");
    struct obucket *other_one = obucket_from_string(7, 1, "output:9");
    struct obucket *two = obucket_from_string(7, 2, "output:2");
    struct obucket *elsewhere = obucket_from_string(8, 1, "output:1");
    struct oflow_table table;

    oflow_table_init(&table);
    oflow_table_remove_bucket(&table, one);
    assert_int_equal(oflow_table_count_groups(&table), 0);

    oflow_table_put_bucket(&table, one);
    oflow_table_put_bucket(&table, two);
    oflow_table_put_bucket(&table, elsewhere);
    assert_int_equal(oflow_table_count_groups(&table), 2);
    assert_non_null(oflow_table_find_group(&table, 7));
    assert_null(oflow_table_find_group(&table, 1));

    oflow_table_put_bucket(&table, other_one);
    assert_int_equal(one->n_refs, 1);
    assert_ptr_equal(oflow_table_find_bucket(&table, one), other_one);
    assert_lines(&table,
                 "group_id=7,bucket=bucket_id:1,actions=output:9\n"
                 "group_id=7,bucket=bucket_id:2,actions=output:2\n"
                 "group_id=8,bucket=bucket_id:1,actions=output:1\n");

    oflow_table_remove_bucket(&table, one);
    assert_non_null(oflow_table_find_group(&table, 7));
    oflow_table_remove_bucket(&table, one);
    oflow_table_remove_bucket(&table, two);
    assert_null(oflow_table_find_group(&table, 7));
    assert_int_equal(oflow_table_count_groups(&table), 1);

    oflow_table_uninit(&table);
    assert_int_equal(one->n_refs, 1);
    assert_int_equal(two->n_refs, 1);
    assert_int_equal(elsewhere->n_refs, 1);
    obucket_unref(one);
    obucket_unref(other_one);
    obucket_unref(two);
    obucket_unref(elsewhere);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_laws_3_and_4),
        cmocka_unit_test(test_diff_by_key),
        cmocka_unit_test(test_flows),
        cmocka_unit_test(test_groups),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
