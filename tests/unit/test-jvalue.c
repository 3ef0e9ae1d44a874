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
#include "openvswitch/dynamic-string.h"
#include "util.h"

static struct json_t *
build(void)
{
    struct json_t *object = jvalue_object();
    struct json_t *array = jvalue_array();

    jvalue_add(array, jvalue_integer(INT64_MIN));
    jvalue_add(array, jvalue_null());
    jvalue_put(object, "list", array);
    jvalue_put_bool(object, "yes", true);
    jvalue_put_string(object, "none", NULL);
    jvalue_put_format(object, "a", "%s-%d", "x", 7);
    return object;
}

static void
check_line(const struct json_t *value, const char *expected)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    jvalue_format_line(&s, value);
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
}

static void
test_build(void **state OVS_UNUSED)
{
    struct json_t *object = build();
    struct ds s = DS_EMPTY_INITIALIZER;

    jvalue_format(&s, object);
    assert_string_equal(ds_cstr(&s), "{\n"
                        "  \"a\": \"x-7\",\n"
                        "  \"list\": [\n"
                        "    -9223372036854775808,\n"
                        "    null\n"
                        "  ],\n"
                        "  \"yes\": true\n"
                        "}\n");
    ds_destroy(&s);
    check_line(object, "{\"a\":\"x-7\",\"list\":[-9223372036854775808,null],"
               "\"yes\":true}");
    jvalue_unref(object);
}

/* What is not valid UTF-8 is replaced, and control characters do not get
 * out. */
static void
test_text(void **state OVS_UNUSED)
{
    struct json_t *object = jvalue_object();

    jvalue_put_string(object, "\xff", "a\xc3\xa4\xff\xc3\x1b\x7f\xc2\x9b\n");
    check_line(object, "{\"\xef\xbf\xbd\":\"a\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd"
               "\\u001B\\u007f\\u009b\\n\"}");
    jvalue_unref(object);
}

/* What jansson would not take as UTF-8 (RFC 3629) is replaced: longer forms
 * than need be, surrogates, and what is above U+10FFFF. */
static void
test_utf8(void **state OVS_UNUSED)
{
    static const char *const valid[] = {
        "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
    };
    static const char *const invalid[] = {
        "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf",
        "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "\xff",
    };

    for (size_t i = 0; i < ARRAY_SIZE(valid); i++) {
        struct json_t *value = jvalue_string(valid[i]);

        assert_string_equal(jvalue_text(value), valid[i]);
        jvalue_unref(value);
    }
    for (size_t i = 0; i < ARRAY_SIZE(invalid); i++) {
        struct json_t *value = jvalue_string(invalid[i]);
        const char *text = jvalue_text(value);

        for (size_t j = 0; j < strlen(invalid[i]); j++, text += 3) {
            assert_memory_equal(text, "\xef\xbf\xbd", 3);
        }
        assert_string_equal(text, "");
        jvalue_unref(value);
    }

    /* Whatever there is, there is a value for it. */
    for (uint32_t i = 0; i < 1 << 18; i++) {
        const char text[] = {
            0x80 | i >> 11, (i >> 3) & 0xff,
            i & 1 ? '\x80' : '\xbf', i & 2 ? '\x80' : '\xbf', i & 4, '\0'
        };

        jvalue_unref(jvalue_string(text));
    }
}

static void
test_read(void **state OVS_UNUSED)
{
    struct json_t *object = build();
    const char **names = jvalue_names(object);

    assert_string_equal(names[0], "a");
    assert_string_equal(names[1], "list");
    assert_string_equal(names[2], "yes");
    assert_null(names[3]);
    free(names);
    assert_int_equal(jvalue_count(object), 3);
    assert_int_equal(jvalue_count(jvalue_get(object, "list")), 2);
    assert_true(jvalue_number(jvalue_at(jvalue_get(object, "list"), 0))
                == INT64_MIN);
    assert_true(jvalue_get_bool(object, "yes"));
    assert_string_equal(jvalue_get_string(object, "a"), "x-7");

    /* Of another type, or missing. */
    assert_int_equal(jvalue_get_integer(object, "a"), 0);
    assert_string_equal(jvalue_get_string(object, "yes"), "");
    assert_false(jvalue_get_bool(object, "a"));
    assert_null(jvalue_get(NULL, "a"));
    assert_null(jvalue_get(jvalue_get(object, "a"), "a"));
    assert_int_equal(jvalue_count(NULL), 0);
    jvalue_unref(object);
}

static void
test_parse(void **state OVS_UNUSED)
{
    struct json_t *a = jvalue_parse("{\"x\": [1, true], \"y\": \"z\"}");
    struct json_t *b = jvalue_parse("{\"y\": \"z\", \"x\": [1, true]}");
    struct json_t *c = jvalue_parse("{\"y\": \"z\", \"x\": [true, 1]}");

    assert_true(jvalue_type(a) == JVALUE_OBJECT);
    assert_true(jvalue_equals(a, b));
    assert_false(jvalue_equals(a, c));
    assert_false(jvalue_equals(a, NULL));
    assert_null(jvalue_parse("{\"x\": 1, \"x\": 2}"));
    assert_null(jvalue_parse("{"));
    jvalue_unref(a);
    jvalue_unref(b);
    jvalue_unref(c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_build),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_parse),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
