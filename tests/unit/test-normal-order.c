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

    normal_order_want(&no, NORMAL_USED, false);
    assert_int_equal(normal_order_noflood(&no, false), NOFLOOD_SET);
    assert_false(normal_order_may_install(&no, false));
    assert_false(normal_order_may_flush(&no, false, true));
    assert_true(normal_order_may_install(&no, true));
    assert_false(normal_order_may_flush(&no, true, false));
    assert_true(normal_order_may_flush(&no, true, true));
    normal_order_flushed(&no);
    assert_false(normal_order_may_flush(&no, true, true));
    normal_order_want(&no, NORMAL_USED, false);
    assert_false(normal_order_may_flush(&no, true, true));

    normal_order_want(&no, NORMAL_FREE, false);
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
    normal_order_want(&no, NORMAL_USED, true);
    assert_false(normal_order_may_flush(&no, true, true));

    /* What our flows have taught it is true as long as there is one bond. */
    normal_order_want(&no, NORMAL_TAUGHT, true);
    assert_false(normal_order_may_flush(&no, true, true));
    assert_int_equal(normal_order_noflood(&no, false), NOFLOOD_SET);
    assert_false(normal_order_may_install(&no, false));
    normal_order_want(&no, NORMAL_USED, true);
    assert_false(normal_order_may_flush(&no, true, false));
    assert_true(normal_order_may_flush(&no, true, true));
    normal_order_flushed(&no);

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
    normal_order_want(&no, NORMAL_FREE, false);
    normal_order_flushed(&no);
    normal_order_network_shrinks(&no);
    normal_order_read(&no, true);
    assert_false(normal_order_may_flush(&no, true, true));
}

/* Where NORMAL is not ours to use, no-flood waits for everything else, and
 * nothing waits for it. */
static void
test_barred(void **state OVS_UNUSED)
{
    struct normal_order no = NORMAL_ORDER_INITIALIZER;

    normal_order_want(&no, NORMAL_BARRED, false);
    assert_int_equal(normal_order_noflood(&no, false), NOFLOOD_LEAVE);
    assert_true(normal_order_delay(&no) > 0);
    assert_true(normal_order_may_install(&no, false));
    assert_int_equal(normal_order_noflood(&no, true), NOFLOOD_SET);
    assert_true(normal_order_spares_host(&no, true));
    assert_false(normal_order_may_flush(&no, true, true));

    /* It comes to be used: nothing may be flooded to the host any more. */
    normal_order_want(&no, NORMAL_USED, false);
    assert_int_equal(normal_order_delay(&no), 0);
    assert_false(normal_order_spares_host(&no, true));
    assert_false(normal_order_may_install(&no, false));
    assert_true(normal_order_may_flush(&no, true, true));
    normal_order_flushed(&no);

    /* The flows that use it are still there. */
    normal_order_want(&no, NORMAL_BARRED, false);
    assert_int_equal(normal_order_noflood(&no, false), NOFLOOD_LEAVE);
    assert_false(normal_order_spares_host(&no, false));
    assert_true(normal_order_may_flush(&no, true, true));
    normal_order_flushed(&no);

    normal_order_want(&no, NORMAL_FREE, false);
    assert_int_equal(normal_order_noflood(&no, false), NOFLOOD_LEAVE);
    assert_int_equal(normal_order_noflood(&no, true), NOFLOOD_TAKE_BACK);
    assert_false(normal_order_may_flush(&no, true, true));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_flush),
        cmocka_unit_test(test_barred),
    };

    return cmocka_run_group_tests_name("normal-order", tests, NULL, NULL);
}
