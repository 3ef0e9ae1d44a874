/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/model/offences.h"
#include "lib/openflow/guard.h"
#include "lib/openflow/pipeline.h"
#include "util.h"

/* There is a number for each kind that a flow can show. */
BUILD_ASSERT_DECL(N_STOPS <= OFFENCE_KINDS);
BUILD_ASSERT_DECL(REG0_STOP_MASK < OFFENCE_KINDS);

static void
test_first(void **state OVS_UNUSED)
{
    struct offences o = { .kinds = { { .since = 0 } } };

    assert_int_equal(offences_wake_time(&o), LLONG_MAX);
    assert_int_equal(offences_hear(&o, 3, 1000), 0);
    assert_int_equal(offences_quiet(&o), 1u << 3);

    /* What was on its way, and another kind. */
    assert_true(offences_hear(&o, 3, 1001) < 0);
    assert_int_equal(offences_hear(&o, 0, 2000), 0);
    assert_int_equal(offences_quiet(&o), 1u << 3 | 1u << 0);

    assert_int_equal(offences_wake_time(&o), 1000 + OFFENCE_REST);
    assert_false(offences_run(&o, 999 + OFFENCE_REST));
    assert_true(offences_run(&o, 1000 + OFFENCE_REST));
    assert_int_equal(offences_quiet(&o), 1u << 0);
}

/* Returns how many lines are written of a guest that offends all the time for
 * 'msec'. */
static int
count_lines(long long int msec)
{
    struct offences o = { .kinds = { { .since = 0 } } };
    int n = 0;

    for (long long int now = 5; now < msec; now += 500) {
        offences_run(&o, now);
        if (offences_hear(&o, 1, now) >= 0) {
            n++;
        }
    }
    return n;
}

static void
test_goes_on(void **state OVS_UNUSED)
{
    struct offences o = { .kinds = { { .since = 0 } } };
    long long int now = 5;

    offences_hear(&o, 1, now);
    now += OFFENCE_REST;
    offences_run(&o, now);
    assert_int_equal(offences_hear(&o, 1, now), OFFENCE_REST);
    now += 4 * OFFENCE_REST;
    assert_true(offences_run(&o, now));
    assert_int_equal(offences_hear(&o, 1, now), 5 * OFFENCE_REST);

    /* It has been quiet for as long again: this is another one. */
    now += 2 * 16 * OFFENCE_REST;
    assert_true(offences_run(&o, now));
    assert_int_equal(offences_hear(&o, 1, now), 0);

    assert_int_equal(count_lines(3600 * 1000), 4);
    assert_true(count_lines(24 * 3600 * 1000) <= 4 + 24);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first),
        cmocka_unit_test(test_goes_on),
    };

    return cmocka_run_group_tests_name("offences", tests, NULL, NULL);
}
