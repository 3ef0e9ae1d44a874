/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "lib/base/diag.h"
#include "util.h"

/* Adds a diagnostic to 'list'; 'file' and 'element' may be null. */
static void
add(struct diag_list *list, enum diag_severity severity, const char *file,
    unsigned int line, const char *element, const char *text)
{
    struct origin origin;

    origin_init(&origin, file, line, element);
    diag_add(list, severity, &origin, "%s", text);
    origin_uninit(&origin);
}

static void
assert_list(const struct diag_list *list, const char *expected)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    diag_list_format(&s, list);
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
}

static void
test_format(void **state OVS_UNUSED)
{
    static const struct {
        const char *file;
        unsigned int line;
        const char *element;
        const char *text;
        const char *formatted;
    } cases[] = {
        { NULL, 0, NULL, "gone", "error: gone\n" },
        { "a.xml", 0, NULL, "gone", "a.xml: error: gone\n" },
        { "a.xml", 7, NULL, "gone", "a.xml:7: error: gone\n" },
        { "a.xml", 7, "bridge", "gone", "a.xml:7: error: bridge: gone\n" },
        { NULL, 7, "bridge", "gone", "error: bridge: gone\n" },

        /* One line, and nothing that a terminal would obey; other Unicode
         * stays. */
        { "a\n.xml", 1, "x\033[1m", "a\nb\177\xc2\x9b" "c\xc3\xa4\xc2\xa0",
          "a?.xml:1: error: x?[1m: a?b???c\xc3\xa4\xc2\xa0\n" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct diag_list list = DIAG_LIST_INITIALIZER;

        add(&list, DIAG_ERROR, cases[i].file, cases[i].line, cases[i].element,
            cases[i].text);
        assert_list(&list, cases[i].formatted);
        diag_list_uninit(&list);
    }
}

static void
test_sort(void **state OVS_UNUSED)
{
    struct diag_list list = DIAG_LIST_INITIALIZER;
    struct diag_list reverse = DIAG_LIST_INITIALIZER;

    add(&list, DIAG_NOTE, "b", 1, NULL, "n");
    add(&list, DIAG_NOTE, "a", 10, "e", "y");
    add(&list, DIAG_NOTE, "a", 10, "e", "x");
    add(&list, DIAG_ERROR, "a", 10, "e", "z");
    add(&list, DIAG_NOTE, "a", 10, "d", "z");
    add(&list, DIAG_NOTE, "a", 9, NULL, "m");
    diag_add(&list, DIAG_WARNING, NULL, "from %s", "nowhere");
    for (size_t i = list.n; i-- > 0;) {
        const struct diag *diag = &list.diags[i];

        diag_add(&reverse, diag->severity, &diag->origin, "%s", diag->text);
    }
    assert_false(diag_list_equals(&list, &reverse));

    diag_list_sort(&list);
    diag_list_sort(&reverse);
    assert_true(diag_list_equals(&list, &reverse));
    assert_list(&list,
                "warning: from nowhere\n"
                "a:9: note: m\n"
                "a:10: note: d: z\n"
                "a:10: error: e: z\n"
                "a:10: note: e: x\n"
                "a:10: note: e: y\n"
                "b:1: note: n\n");
    diag_list_uninit(&list);
    diag_list_uninit(&reverse);
}

static void
test_count(void **state OVS_UNUSED)
{
    struct diag_list list;

    diag_list_init(&list);
    diag_list_sort(&list);
    assert_list(&list, "");
    assert_false(diag_list_has_errors(&list));
    add(&list, DIAG_WARNING, NULL, 0, NULL, "w");
    add(&list, DIAG_NOTE, NULL, 0, NULL, "n");
    assert_false(diag_list_has_errors(&list));
    diag_add(&list, DIAG_ERROR, NULL, "e");
    assert_true(diag_list_has_errors(&list));

    diag_list_append(&list, &list);
    assert_int_equal(list.n, 6);
    assert_int_equal(diag_list_count(&list, DIAG_ERROR), 2);
    assert_int_equal(diag_list_count(&list, DIAG_NOTE), 2);

    diag_list_clear(&list);
    assert_int_equal(list.n, 0);
    assert_false(diag_list_has_errors(&list));
    diag_list_uninit(&list);
}

static void
test_origin(void **state OVS_UNUSED)
{
    struct origin a, b;

    origin_init(&a, "f", 3, "e");
    origin_clone(&b, &a);
    assert_true(origin_equals(&a, &b));
    b.line++;
    assert_false(origin_equals(&a, &b));
    origin_uninit(&a);
    origin_uninit(&b);
    assert_true(origin_equals(&a, &b));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_sort),
        cmocka_unit_test(test_count),
        cmocka_unit_test(test_origin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
