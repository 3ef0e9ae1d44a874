/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/tell/state.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* What is printed of counters: top, the MAC table's, metrics. */

/* Returns guests of br0 that have got so much so far as their numbers say. */
static struct json_t *
make_guests(int n, long long int factor)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    ds_put_cstr(&s, "{\"bridges\":{\"br0\":{\"ports\":{");
    for (int i = 0; i < n; i++) {
        ds_put_format(&s, "%s\"t%02d\":{\"role\":\"guest\",\"rx_bytes\":%lld,"
                      "\"guest\":\"g\u00fc\u00fc\u00fc%02d\"}", i ? "," : "",
                      i, i * factor, i);
    }
    ds_put_cstr(&s, "}}}}");

    struct json_t *json = jvalue_parse(ds_cstr(&s));
    ds_destroy(&s);
    return json;
}

/* What guards, storm limit and filter have stopped, between two states. */
static void
test_top_stopped(void **state OVS_UNUSED)
{
    struct json_t *old = jvalue_parse(
        "{\"bridges\":{\"br0\":{\"ports\":{\"t\":{\"role\":\"guest\","
        "\"stopped\":{\"ip\":5,\"storm\":1}}}}}}");
    struct json_t *new = jvalue_parse(
        "{\"bridges\":{\"br0\":{\"ports\":{\"t\":{\"role\":\"guest\","
        "\"stopped\":{\"ip\":7,\"storm\":11}}}}}}");
    struct state_top top = { 1000, "rx", 0, 0 };
    struct ds s = DS_EMPTY_INITIALIZER;

    state_format_top(&s, old, new, &top);
    assert_non_null(strstr(ds_cstr(&s), " (stopped: 12/s)\n"));
    ds_clear(&s);
    state_format_top(&s, new, new, &top);
    assert_null(strstr(ds_cstr(&s), "stopped"));
    ds_destroy(&s);
    jvalue_unref(old);
    jvalue_unref(new);
}

/* An entry says in which community the guest is. */
static void
test_fdb_community(void **state OVS_UNUSED)
{
    struct json_t *json = jvalue_parse(
        "{\"bridges\":{\"br0\":{\"ports\":{\"t\":{\"community\":\"web\"}},"
        "\"fdb\":[{\"mac\":\"52:54:00:00:00:01\",\"port\":\"t\"}]}}}");
    struct json_t *fdb = state_fdb_to_json(json);
    struct ds s = DS_EMPTY_INITIALIZER;

    state_format_fdb(&s, json, "br0");
    assert_non_null(strstr(ds_cstr(&s), " (community web)\n"));
    assert_string_equal(
        jvalue_get_string(jvalue_at(jvalue_get(fdb, "br0"), 0), "community"),
        "web");
    ds_destroy(&s);
    jvalue_unref(fdb);
    jvalue_unref(json);
}

/* An entry of a port's own address says what of its frames was stopped. */
static void
test_fdb_stopped(void **state OVS_UNUSED)
{
    struct json_t *json = jvalue_parse(
        "{\"bridges\":{\"br0\":{\"ports\":{\"t\":{\"mac\":\"52:54:00:00:00:01\","
        "\"stopped\":{\"ip\":5,\"mac\":0,\"storm\":1}}},"
        "\"fdb\":[{\"mac\":\"52:54:00:00:00:01\",\"port\":\"t\"},"
        "{\"mac\":\"52:54:00:00:00:02\",\"port\":\"t\"}]}}}");
    struct ds s = DS_EMPTY_INITIALIZER;

    state_format_fdb(&s, json, "br0");
    assert_non_null(strstr(ds_cstr(&s), " (stopped: ip 5, storm 1)\n"));
    assert_ptr_equal(strstr(ds_cstr(&s), "stopped"),
                     strstr(ds_cstr(&s), "stopped: ip 5"));
    assert_null(strstr(strstr(ds_cstr(&s), "stopped") + 1, "stopped"));
    ds_destroy(&s);
    jvalue_unref(json);
}

/* 60 guests fit a terminal of 24 lines: the header and the busiest. */
static void
test_top(void **state OVS_UNUSED)
{
    struct json_t *old = make_guests(60, 0);
    struct json_t *new = make_guests(60, 1000);
    static const struct {
        size_t rows, columns;
        size_t lines, longest;
        const char *last;
    } cases[] = {
        { 24, 80, 23, 80, "... and 39 more\n" },
        { 62, 90, 61, 90, "g\u00fc\u00fc\u00fc00\n" },
        { 61, 80, 60, 80, "... and 2 more\n" },
        { 24, 40, 23, 40, "... and 39 more\n" },
        { 1, 10, 3, 16, "... and 59 more\n" },
        { 0, 0, 61, 92, "g\u00fc\u00fc\u00fc00\n" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct state_top top = {
            1000, "rx", cases[i].rows, cases[i].columns,
        };
        struct ds s = DS_EMPTY_INITIALIZER;
        bool is_narrow = cases[i].columns && cases[i].columns <= 40;
        size_t lines = 0, length = 0, longest = 0;

        state_format_top(&s, old, new, &top);
        for (const char *p = ds_cstr(&s); *p; p++) {
            length += (*p & 0xc0) != 0x80;
            if (*p == '\n') {
                longest = MAX(longest, length - 1);
                length = 0;
                lines++;
            }
        }
        assert_int_equal(lines, cases[i].lines);
        assert_true(longest <= cases[i].longest);
        /* Whose the rates are is there, however narrow it is. */
        assert_non_null(strstr(ds_cstr(&s), is_narrow ? "interface"
                               : "  rx pkt/s"));
        assert_non_null(strstr(ds_cstr(&s), "t59"));
        assert_string_equal(ds_cstr(&s) + s.length - strlen(cases[i].last),
                            cases[i].last);
        ds_destroy(&s);
    }
    jvalue_unref(old);
    jvalue_unref(new);
}

/* What is dropped counts for the bridge and for the port. */
static void
test_drops(void **state OVS_UNUSED)
{
    struct json_t *json = jvalue_parse(
        "{\"bridges\":{\"br0\":{\"drops\":{\"FORWARD\":5,\"SOURCE\":2},"
        "\"ports\":{\"tap1\":{\"drops\":{\"FORWARD\":5},\"stopped\":{\"ip\":3,"
        "\"storm\":4}},\"tap2\":{}},\"networks\":[{\"name\":\"net\",\"meters\":"
        "[{\"direction\":\"in\",\"kbps\":8,\"dropped_packets\":6}]}]}}}");
    struct ds s = DS_EMPTY_INITIALIZER;

    state_format_metrics(&s, json);
    assert_non_null(strstr(ds_cstr(&s), "\nvirtnet_dropped_packets_total{"
                           "bridge=\"br0\",table=\"FORWARD\"} 5\n"
                           "virtnet_dropped_packets_total{"
                           "bridge=\"br0\",table=\"SOURCE\"} 2\n"));
    assert_non_null(strstr(ds_cstr(&s), "\nvirtnet_port_dropped_packets_total{"
                           "bridge=\"br0\",port=\"tap1\",table=\"FORWARD\"} "
                           "5\n# TYPE virtnet_port_stopped"));
    assert_non_null(strstr(ds_cstr(&s), "\nvirtnet_port_stopped_packets_total{"
                           "bridge=\"br0\",port=\"tap1\",kind=\"ip\"} 3\n"
                           "virtnet_port_stopped_packets_total{"
                           "bridge=\"br0\",port=\"tap1\",kind=\"storm\"} 4\n"
                           "# EOF\n"));
    assert_non_null(strstr(ds_cstr(&s),
                           "\nvirtnet_network_limit_bits_per_second{"
                           "bridge=\"br0\",network=\"net\",direction=\"in\"} "
                           "8000\n"));
    assert_non_null(strstr(ds_cstr(&s),
                           "\nvirtnet_network_limit_dropped_packets_total{"
                           "bridge=\"br0\",network=\"net\",direction=\"in\"} "
                           "6\n"));
    ds_destroy(&s);
    jvalue_unref(json);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_top_stopped),
        cmocka_unit_test(test_fdb_community),
        cmocka_unit_test(test_fdb_stopped),
        cmocka_unit_test(test_top),
        cmocka_unit_test(test_drops),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
