/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "host-text.h"
#include "lib/base/jvalue.h"
#include "lib/tell/translation-diff.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

#define NETWORK(MODE, REST)                                             \
    "<network><name>net</name><forward mode='bridge'/>"                 \
    "<bridge name='br0' macTableManager='" MODE "'/>"                   \
    "<virtualport type='openvswitch'/>" REST "</network>"
#define WEB(TAG)                                                        \
    "<portgroup name='web'><vlan><tag id='" TAG "'/></vlan></portgroup>"
#define PORTS(REST) "{\"bridges\": {\"br0\": {\"ports\": {" REST "}}}}"
#define TAP(N, REST)                                                    \
    "\"tap" #N "\": {\"ofport\": " #N ","                               \
    " \"attached-mac\": \"52:54:00:00:00:0" #N "\"" REST "}"

/* Returns what JSON has in 'object', 'a', 'b'. */
static long long int
get(const struct json_t *object, const char *a, const char *b)
{

    return jvalue_get_integer(jvalue_get(object, a), b);
}

/* What changes from 'a' to 'b' is as many flows, buckets and rows as expected,
 * and what changes back is the same the other way round. */
static void
check(const char *a_xml, const char *a_ports, const char *b_xml,
      const char *b_ports, const int expected[6])
{
    struct host hosts[2];

    host_init(&hosts[0], a_xml, a_ports);
    host_init(&hosts[1], b_xml, b_ports);
    for (int back = 0; back < 2; back++) {
        struct ds s = DS_EMPTY_INITIALIZER;
        bool differ, any = false;
        struct json_t *json = translation_diff_to_json(hosts[back].t,
                                                     hosts[!back].t, &differ);
        const struct json_t *bridge = jvalue_get(
            jvalue_get(json, "bridges"), "br0");
        const char *added = back ? "removed" : "added";
        const char *removed = back ? "added" : "removed";

        assert_int_equal(get(bridge, "flow-counts", added), expected[0]);
        assert_int_equal(get(bridge, "flow-counts", removed), expected[1]);
        assert_int_equal(get(bridge, "bucket-counts", added), expected[2]);
        assert_int_equal(get(bridge, "bucket-counts", removed), expected[3]);
        assert_int_equal(get(json, "row-counts", added), expected[4]);
        assert_int_equal(get(json, "row-counts", removed), expected[5]);
        for (int i = 0; i < 6; i++) {
            any = any || expected[i];
        }
        assert_int_equal(differ, any);
        assert_int_equal(translation_diff_format(&s, hosts[back].t,
                                                 hosts[!back].t), any);
        assert_int_equal(s.length > 0, any);

        /* In text there is a line for each. */
        int n_lines = 0;
        for (const char *p = ds_cstr(&s); *p; p = strchr(p, '\n') + 1) {
            n_lines += (*p == '+' || *p == '-');
        }
        for (int i = 0; i < 6; i++) {
            n_lines -= expected[i];
        }
        assert_int_equal(n_lines, 0);
        ds_destroy(&s);
        jvalue_unref(json);
    }
    host_uninit(&hosts[0]);
    host_uninit(&hosts[1]);
}

#define EXPECT(...) ((const int[6]) { __VA_ARGS__ })

static void
test_diff(void **state OVS_UNUSED)
{
    const char *two = PORTS(TAP(1, ", \"tag\": 10") ","
                            TAP(2, ", \"tag\": 10"));
    const char *web = PORTS(TAP(1, ", \"virtnet-portgroup\": \"web\""));

    /* Nothing. */
    check(NETWORK("libvirt", ""), two, NETWORK("libvirt", ""), two,
          EXPECT(0));
    check(NETWORK("kernel", ""), two, NETWORK("kernel", ""), two, EXPECT(0));
    /* A portgroup that no port is in. */
    check(NETWORK("libvirt", ""), two, NETWORK("libvirt", WEB("20")), two,
          EXPECT(0));
    /* A guest is plugged: four flows and a bucket. */
    check(NETWORK("libvirt", ""), PORTS(TAP(1, ", \"tag\": 10")),
          NETWORK("libvirt", ""), two, EXPECT(4, 0, 1, 0, 0, 0));
    /* A portgroup gets another VLAN: ADMIT, FORWARD and FLOOD change, so does
     * the bucket, and so does what is to be written. */
    check(NETWORK("libvirt", WEB("20")), web, NETWORK("libvirt", WEB("30")),
          web, EXPECT(4, 4, 1, 1, 1, 1));
}

/* All of a bridge comes with the mode, and its text says so. */
static void
test_mode(void **state OVS_UNUSED)
{
    const char *one = PORTS(TAP(1, ", \"tag\": 10"));
    struct ds s = DS_EMPTY_INITIALIZER;
    struct host kernel, libvirt;

    host_init(&kernel, NETWORK("kernel", ""), one);
    host_init(&libvirt, NETWORK("libvirt", ""), one);
    assert_true(translation_diff_format(&s, kernel.t, libvirt.t));
    assert_non_null(strstr(ds_cstr(&s), "bridge br0: macTableManager kernel "
                                        "-> libvirt\n+ ADMIT "));
    assert_non_null(strstr(ds_cstr(&s), "+ group group_id="));
    assert_non_null(strstr(ds_cstr(&s), " added, 0 removed\n"));
    assert_null(strstr(ds_cstr(&s), "\n- "));

    /* The other way, everything goes. */
    ds_clear(&s);
    assert_true(translation_diff_format(&s, libvirt.t, kernel.t));
    assert_null(strstr(ds_cstr(&s), "\n+ "));
    ds_destroy(&s);
    host_uninit(&kernel);
    host_uninit(&libvirt);
}

/* A bridge that only one of them has. */
static void
test_bridges(void **state OVS_UNUSED)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct host with, without;

    host_init(&without, NETWORK("kernel", ""), PORTS(""));
    host_init(&with, NETWORK("kernel", ""),
              "{\"bridges\": {\"br0\": {\"ports\": {}},"
              "\"br\\u0007\": {\"ports\": {}}}}");
    assert_true(translation_diff_format(&s, without.t, with.t));
    assert_string_equal(ds_cstr(&s),
                        "bridge br?: macTableManager none -> kernel\n"
                        "flows: 0 added, 0 removed\n"
                        "buckets: 0 added, 0 removed\n\n");
    ds_clear(&s);
    assert_true(translation_diff_format(&s, with.t, without.t));
    assert_non_null(strstr(ds_cstr(&s), "kernel -> none\n"));
    ds_destroy(&s);
    host_uninit(&with);
    host_uninit(&without);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_diff),
        cmocka_unit_test(test_mode),
        cmocka_unit_test(test_bridges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
