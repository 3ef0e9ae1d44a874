/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>

#include "flow.h"
#include "lib/model/follow.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

static struct eth_addr
address(int i)
{
    struct eth_addr mac = ETH_ADDR_C(52,54,00,00,00,00);

    mac.ea[5] = i;
    return mac;
}

/* Checks that the addresses are those of 'expected', as "1 2", oldest
 * first. */
static void
check(const struct follow *follow, const char *expected)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < follow->n; i++) {
        ds_put_format(&s, "%s%d", i ? " " : "", follow->macs[i].ea[5]);
    }
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
}

static void
test_addresses(void **state OVS_UNUSED)
{
    struct follow f;

    follow_init(&f);
    assert_false(follow_add(&f, address(1), 0));
    check(&f, "");
    assert_true(follow_add(&f, address(1), 1));
    assert_false(follow_add(&f, address(1), 1));
    assert_true(follow_add(&f, address(2), 1));
    check(&f, "2");
    assert_true(follow_add(&f, address(3), 3));
    assert_true(follow_add(&f, address(4), 3));
    assert_true(follow_add(&f, address(5), 3));
    check(&f, "3 4 5");
    assert_false(follow_remove(&f, address(2)));
    assert_true(follow_remove(&f, address(4)));
    check(&f, "3 5");
    /* One that is there is not younger for that. */
    assert_false(follow_add(&f, address(3), 2));
    assert_true(follow_add(&f, address(6), 2));
    check(&f, "5 6");
    assert_true(follow_add(&f, address(7), 1));
    check(&f, "7");
    follow_trim(&f, 2);
    check(&f, "7");
    assert_true(follow_add(&f, address(8), 3));
    assert_true(follow_add(&f, address(9), 3));
    follow_keep_first(&f, 3);
    check(&f, "7 8 9");
    follow_keep_first(&f, 1);
    check(&f, "7");
    follow_clear(&f);
    check(&f, "");
    follow_uninit(&f);
}

/* A guest is heard FOLLOW_BURST times in one go, then once in
 * FOLLOW_INTERVAL. */
static void
test_listening(void **state OVS_UNUSED)
{
    long long int now = 1000;
    struct follow f;

    follow_init(&f);
    assert_int_equal(follow_wake_time(&f), LLONG_MAX);
    for (int i = 0; i < FOLLOW_BURST - 1; i++) {
        assert_false(follow_hear(&f, 1, now));
    }
    assert_false(f.deaf);
    assert_false(follow_run(&f, now));

    /* Once in an interval can go on for ever. */
    for (int i = 0; i < 100; i++) {
        now += FOLLOW_INTERVAL;
        assert_false(follow_hear(&f, 1, now));
    }
    assert_true(follow_hear(&f, 1, now));
    assert_true(f.deaf);
    assert_false(follow_hear(&f, 1, now));

    /* Then there is no hearing it before half of the burst has been saved. */
    follow_uninit(&f);
    follow_init(&f);
    for (int i = 0; i < FOLLOW_BURST; i++) {
        assert_int_equal(follow_hear(&f, 1, now), i == FOLLOW_BURST - 1);
    }
    long long int wake = now + FOLLOW_BURST / 2 * FOLLOW_INTERVAL;
    assert_int_equal(follow_wake_time(&f), wake);
    assert_false(follow_run(&f, wake - 1));
    assert_true(f.deaf);
    assert_true(follow_run(&f, wake));
    assert_false(f.deaf);
    assert_false(follow_run(&f, wake));
    assert_int_equal(follow_wake_time(&f), LLONG_MAX);
    for (int i = 0; i < FOLLOW_BURST / 2; i++) {
        assert_int_equal(follow_hear(&f, 1, wake), i == FOLLOW_BURST / 2 - 1);
    }
    follow_uninit(&f);
}

/* Who may have several addresses may come with all of them, and so may who
 * lists them; but none of these goes to and fro more often than any other. */
static void
test_moves(void **state OVS_UNUSED)
{
    long long int now = 1000;
    struct follow f;

    follow_init(&f);
    for (int i = 0; i < 3 * FOLLOW_BURST; i++) {
        assert_int_equal(follow_hear(&f, 3, now), i == 3 * FOLLOW_BURST - 1);
    }
    follow_uninit(&f);

    follow_init(&f);
    for (int i = 0; i < 256; i++) {
        assert_false(follow_moved(&f, address(i), 0, now));
        assert_false(follow_moved(&f, address(i), 10, now));
    }
    assert_int_equal(f.n_moves, 512);
    for (int i = 512; i < 800; i++) {
        assert_int_equal(follow_moved(&f, address(0), 0, now), i == 799);
    }
    assert_int_equal(f.n_moves, 512);

    /* To and fro. */
    follow_uninit(&f);
    follow_init(&f);
    for (int i = 0; i < 7; i++) {
        for (int j = 0; j < 20; j++) {
            assert_false(follow_moved(&f, address(j), 0, now));
        }
    }

    /* One alone, seldom, and then often. */
    follow_uninit(&f);
    follow_init(&f);
    for (int i = 0; i < 100; i++) {
        assert_false(follow_moved(&f, address(0), 0, now));
        now += FOLLOW_INTERVAL;
    }
    for (int i = 0; i <= FOLLOW_BURST; i++) {
        assert_int_equal(follow_moved(&f, address(0), 0, now),
                         i == FOLLOW_BURST);
    }

    /* Nor does it help to have very many VLANs. */
    follow_uninit(&f);
    follow_init(&f);
    int n_heard = 0;
    while (!follow_moved(&f, address(0), n_heard, now)) {
        n_heard++;
    }
    assert_true(n_heard < FOLLOW_BURST * FOLLOW_INTERVAL / FOLLOW_MOVE);
    follow_uninit(&f);
}

/* However often it announces itself, a guest is not heard more often than
 * promised. */
static void
test_worst_case(void **state OVS_UNUSED)
{
    const long long int duration = 1000 * 1000;
    int n_heard = 0, n_deaf = 0;
    struct follow f;

    follow_init(&f);
    for (long long int now = 0; now < duration; now++) {
        follow_run(&f, now);
        if (!f.deaf) {
            n_heard++;
            n_deaf += follow_hear(&f, 1, now);
        }
    }
    assert_true(n_heard <= FOLLOW_BURST + duration / FOLLOW_INTERVAL);
    assert_true(n_heard >= duration / FOLLOW_INTERVAL - FOLLOW_BURST);
    assert_true(n_deaf <= 1 + duration / (FOLLOW_BURST / 2 * FOLLOW_INTERVAL));
    follow_uninit(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_listening),
        cmocka_unit_test(test_moves),
        cmocka_unit_test(test_worst_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
