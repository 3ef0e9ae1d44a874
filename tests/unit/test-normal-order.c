/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/openflow/normal-order.h"
#include "util.h"

/* No-flood, then flows, then the flush; and back. */
static void
test_order(void **state OVS_UNUSED)
{
    struct normal_order no = NORMAL_ORDER_INITIALIZER;

    assert_int_equal(normal_order_noflood(&no, false), NOFLOOD_LEAVE);
    assert_true(normal_order_may_install(&no, false));
    assert_false(normal_order_may_flush(&no, true, true));

    normal_order_want(&no, true, false);
    assert_int_equal(normal_order_noflood(&no, false), NOFLOOD_SET);
    assert_false(normal_order_may_install(&no, false));
    assert_false(normal_order_may_flush(&no, false, true));
    assert_true(normal_order_may_install(&no, true));
    assert_false(normal_order_may_flush(&no, true, false));
    assert_true(normal_order_may_flush(&no, true, true));
    normal_order_flushed(&no);
    assert_false(normal_order_may_flush(&no, true, true));
    normal_order_want(&no, true, false);
    assert_false(normal_order_may_flush(&no, true, true));

    normal_order_want(&no, false, false);
    assert_int_equal(normal_order_noflood(&no, false), NOFLOOD_LEAVE);
    assert_true(normal_order_may_install(&no, false));
    assert_false(normal_order_may_flush(&no, false, false));
    assert_int_equal(normal_order_noflood(&no, true), NOFLOOD_TAKE_BACK);
    assert_true(normal_order_may_flush(&no, false, true));
}

/* When what has been learned is forgotten. */
static void
test_flush(void **state OVS_UNUSED)
{
    struct normal_order no = NORMAL_ORDER_INITIALIZER;

    /* An earlier run of this program has seen to it. */
    normal_order_want(&no, true, true);
    assert_false(normal_order_may_flush(&no, true, true));

    /* The switch is merely read again. */
    normal_order_read(&no, false);
    assert_false(normal_order_may_flush(&no, true, true));

    /* It was restarted. */
    normal_order_read(&no, true);
    assert_true(normal_order_may_flush(&no, true, true));

    /* It is read once more before that has been done. */
    normal_order_read(&no, false);
    assert_true(normal_order_may_flush(&no, true, true));
    normal_order_flushed(&no);

    normal_order_network_shrinks(&no);
    assert_true(normal_order_may_flush(&no, true, true));
    normal_order_flushed(&no);

    /* Where NORMAL is not used, nothing is learned. */
    normal_order_want(&no, false, false);
    normal_order_flushed(&no);
    normal_order_network_shrinks(&no);
    normal_order_read(&no, true);
    assert_false(normal_order_may_flush(&no, true, true));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_flush),
    };

    return cmocka_run_group_tests_name("normal-order", tests, NULL, NULL);
}
