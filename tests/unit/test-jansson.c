/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host/ports-json.h"
#include "util.h"

/* jansson works in a program that has libopenvswitch's JSON as well.  Both
 * have json_object(), json_array(), json_string(), json_integer(), json_real()
 * and json_equal(); jansson's own calls have to reach jansson's. */

static void
test_read(void **state OVS_UNUSED)
{
    json_error_t error;
    json_t *json = json_loads("{\"a\": [1, 2.5, \"x\", null, true]}",
                              JSON_REJECT_DUPLICATES, &error);
    json_t *array = json_object_get(json, "a");

    assert_true(json_is_true(json_array_get(array, 4)));
    assert_null(json_array_get(array, 5));
    assert_int_equal(json_integer_value(json_array_get(array, 0)), 1);
    assert_true(json_is_real(json_array_get(array, 1)));
    assert_string_equal(json_string_value(json_array_get(array, 2)), "x");
    json_decref(json);
}

static void
test_error(void **state OVS_UNUSED)
{
    json_error_t error;

    assert_null(json_loads("{\n \"a\": 1,\n \"a\": 2}",
                           JSON_REJECT_DUPLICATES, &error));
    assert_int_equal(json_error_code(&error), json_error_duplicate_key);
    assert_int_equal(error.line, 3);
    assert_int_equal(error.column, 4);
}

static void
test_write(void **state OVS_UNUSED)
{
    json_t *json = json_pack("{s:i, s:[s, b, f], s:{}}", "b", 1, "a", "x", 1,
                             0.5, "c");
    char *text;

    assert_int_equal(json_object_set_new(json, "d", json_pack("n")), 0);
    text = json_dumps(json, JSON_SORT_KEYS);
    assert_string_equal(text, "{\"a\": [\"x\", true, 0.5], \"b\": 1, "
                        "\"c\": {}, \"d\": null}");
    free(text);
    json_decref(json);
}

/* What reads a file, in the same program. */
static void
test_both(void **state OVS_UNUSED)
{
    static const char text[] = "{\"bridges\": {\"br0\": {\"ports\": {}}}}";
    struct ports ports;

    assert_null(ports_from_text(text, strlen(text), &ports));
    assert_string_equal(ports.bridges[0].row.name, "br0");
    ports_uninit(&ports);
    test_write(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_error),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_both),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
