/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/base/bandwidth.h"
#include "lib/openflow/ometer.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-errors.h"
#include "openvswitch/ofp-meter.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

static void
check_rate(struct bandwidth_rate rate, size_t max_bands, const char *expected)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct ometer meter;

    ometer_from_rate(&meter, OMETER_MAGIC, &rate, max_bands);
    ometer_format(&s, &meter);
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
}

#define METER "meter=1457520640,kbps,burst,"

static void
test_from_rate(void **state OVS_UNUSED)
{
    /* kB/s to kbit/s, KiB to kbit, rounded up. */
    check_rate((struct bandwidth_rate) { .average = 1000, .burst = 1024 }, 2,
               METER "band=type=drop,rate=8000,burst_size=8389");
    /* Without a burst, as much as comes in a second... */
    check_rate((struct bandwidth_rate) { .average = 1000 }, 2,
               METER "band=type=drop,rate=8000,burst_size=8000");
    /* ...but never less than the largest frame. */
    check_rate((struct bandwidth_rate) { .average = 1, .burst = 1 }, 2,
               METER "band=type=drop,rate=8,burst_size=525");
    check_rate((struct bandwidth_rate) { .average = 1000, .peak = 9000 }, 2,
               METER "band=type=drop,rate=8000,burst_size=8000,"
               "band=type=drop,rate=72000,burst_size=720");
    /* A peak that is none, and one that there is no band for. */
    check_rate((struct bandwidth_rate) { .average = 1000, .peak = 1000 }, 2,
               METER "band=type=drop,rate=8000,burst_size=8000");
    check_rate((struct bandwidth_rate) { .average = 1000, .peak = 9000 }, 1,
               METER "band=type=drop,rate=8000,burst_size=8000");
    check_rate((struct bandwidth_rate) { .average = BANDWIDTH_MAX }, 1,
               METER "band=type=drop,rate=4294967295,burst_size=4294967295");
}

/* What is sent is what is read back, and nothing else equals it. */
static void
test_round_trip(void **state OVS_UNUSED)
{
    struct bandwidth_rate rate = { .average = 1000, .peak = 9000 };
    struct ofputil_meter_mod mod;
    struct ometer a, b;
    struct ofpbuf bands;

    ofpbuf_init(&bands, 0);
    ometer_from_rate(&a, OMETER_MAGIC | 5, &rate, 2);
    struct ofpbuf *msg = ometer_to_meter_mod(&a, OFPMC13_ADD);
    assert_int_equal(ofputil_decode_meter_mod(msg->data, &mod, &bands), 0);
    ometer_from_config(&b, &mod.meter);
    assert_true(ometer_equals(&a, &b));

    mod.meter.bands[1].rate++;
    ometer_from_config(&b, &mod.meter);
    assert_false(ometer_equals(&a, &b));
    mod.meter.bands[1].rate--;
    mod.meter.bands[0].type = OFPMBT13_DSCP_REMARK;
    ometer_from_config(&b, &mod.meter);
    assert_false(ometer_equals(&a, &b));
    mod.meter.bands[1].type = OFPMBT13_DSCP_REMARK;
    mod.meter.bands[0].type = OFPMBT13_DROP;
    ometer_from_rate(&a, OMETER_MAGIC | 5, &rate, 1);
    ometer_from_config(&b, &mod.meter);
    assert_false(ometer_equals(&a, &b));
    mod.meter.bands[1].type = OFPMBT13_DROP;
    ometer_from_rate(&a, OMETER_MAGIC | 5, &rate, 2);
    mod.meter.flags = OFPMF13_PKTPS | OFPMF13_BURST;
    ometer_from_config(&b, &mod.meter);
    assert_false(ometer_equals(&a, &b));

    ofpbuf_delete(msg);
    ofpbuf_uninit(&bands);
}

static void
test_set(void **state OVS_UNUSED)
{
    struct ometers a = OMETERS_INITIALIZER;
    struct ometers b = OMETERS_INITIALIZER;
    struct bandwidth_rate rate = { .average = 1 };
    static const uint32_t up[] = { 1, 2, 3, 4, 5 };
    static const uint32_t mixed[] = { 4, 1, 5, 3, 2, 3 };
    struct ometer meter;

    for (size_t i = 0; i < ARRAY_SIZE(up); i++) {
        ometer_from_rate(&meter, OMETER_MAGIC | up[i], &rate, 1);
        ometers_put(&a, &meter);
    }
    for (size_t i = 0; i < ARRAY_SIZE(mixed); i++) {
        ometer_from_rate(&meter, OMETER_MAGIC | mixed[i], &rate, 1);
        ometers_put(&b, &meter);
    }
    assert_true(ometers_equals(&a, &b));
    assert_int_not_equal(a.version, b.version);
    ometers_uninit(&a);
    ometers_clone(&a, &b);
    assert_int_equal(a.version, b.version);
    ometers_put(&a, &meter);    /* No other than is there. */
    assert_int_equal(a.version, b.version);
    ometers_remove(&b, OMETER_MAGIC | 3);
    ometers_remove(&b, OMETER_MAGIC | 7);
    assert_int_equal(b.n, 4);
    assert_null(ometers_find(&b, OMETER_MAGIC | 3));
    assert_non_null(ometers_find(&b, OMETER_MAGIC | 4));
    assert_false(ometers_equals(&a, &b));
    ometers_put(&b, &meter);
    assert_true(ometers_equals(&a, &b));
    ometers_uninit(&a);
    ometers_uninit(&b);

    assert_true(ometer_id_is_ours(0x56efffff));
    assert_true(ometer_id_is_ours(0x56ffffff));
    assert_false(ometer_id_is_ours(0x57000000));
    assert_false(ometer_id_is_ours(7));
}

/* What has changed is known, each once, as long as it is not too much. */
static void
test_history(void **state OVS_UNUSED)
{
    struct ometers set = OMETERS_INITIALIZER;
    struct ometers copy;
    struct ometer meter;
    uint32_t ids[OMETERS_HISTORY];
    unsigned long long int before;
    size_t n;

    assert_false(ometers_changed_since(&set, 0, ids, &n));
    ometer_from_storm(&meter, OMETER_MAGIC | 1, 10);
    ometers_put(&set, &meter);
    before = set.version;
    for (int i = 0; i < OMETERS_HISTORY; i++) {
        ometer_from_storm(&meter, OMETER_MAGIC | 2 | (i & 1), 20 + i);
        ometers_put(&set, &meter);
    }
    assert_true(ometers_changed_since(&set, before, ids, &n));
    assert_int_equal(n, 2);
    assert_int_equal(ids[0], OMETER_MAGIC | 3);
    assert_int_equal(ids[1], OMETER_MAGIC | 2);
    assert_false(ometers_changed_since(&set, 0, ids, &n));
    assert_false(ometers_changed_since(&set, set.version, ids, &n));

    ometers_clone(&copy, &set);
    assert_false(ometers_changed_since(&copy, before, ids, &n));
    before = set.version;
    ometers_remove(&set, OMETER_MAGIC | 1);
    assert_true(ometers_changed_since(&set, before, ids, &n));
    assert_int_equal(n, 1);
    assert_int_equal(ids[0], OMETER_MAGIC | 1);
    ometers_clear(&set);
    assert_false(ometers_changed_since(&set, before, ids, &n));
    ometers_uninit(&copy);
    ometers_uninit(&set);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_rate),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_history),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
