/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/base/virtnet-version.h"

/* Open vSwitch's config.h is included by ours and has the same names. */
static void
test_version_is_ours(void **state)
{
    (void) state;
    assert_string_equal(virtnet_version(), PACKAGE_VERSION);
    assert_string_equal(PACKAGE_NAME, "ovs-virtnet");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_version_is_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
