/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>

#include "lib/base/grace.h"
#include "util.h"

/* A file that is moved away for longer than GRACE_MSEC is gone. */
static void
test_gone(void **state OVS_UNUSED)
{
    struct grace grace = GRACE_INITIALIZER;
    long long int now = 5000;

    assert_int_equal(grace_wake_time(&grace), LLONG_MAX);
    assert_false(grace_is_over(&grace, now));
    assert_int_equal(grace_wake_time(&grace), now + GRACE_MSEC);
    /* However often one looks. */
    assert_false(grace_is_over(&grace, now + 1));
    assert_false(grace_is_over(&grace, now + GRACE_MSEC - 1));
    assert_int_equal(grace_wake_time(&grace), now + GRACE_MSEC);
    assert_true(grace_is_over(&grace, now + GRACE_MSEC));
    assert_true(grace_is_over(&grace, now + GRACE_MSEC * 100));
}

/* One that comes back in time is as if it had never been gone. */
static void
test_back(void **state OVS_UNUSED)
{
    struct grace grace = GRACE_INITIALIZER;
    long long int now = 0;

    for (int i = 0; i < 3; i++) {
        assert_false(grace_is_over(&grace, now));
        assert_true(grace.gone);
        now += GRACE_MSEC - 1;
        assert_false(grace_is_over(&grace, now));
        grace_is_back(&grace);
        assert_false(grace.gone);
        assert_int_equal(grace_wake_time(&grace), LLONG_MAX);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gone),
        cmocka_unit_test(test_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
