/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/community.h"
#include "util.h"

/* What is no name is refused, and none is made of it. */
static void
test_names(void **state OVS_UNUSED)
{
    static const char *const bad[] = {
        "", " ", "a b", "a,b", "01234567890123456", "\xc3\xa4", "a/b", "'"
    };
    static const char *const good[] = {
        "a", "web-1", "A_b.c", "0123456789abcdef", "None"
    };
    struct community community = { .name = "before" };

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        char *error = community_from_string(bad[i], &community);

        assert_non_null(error);
        assert_string_equal(community.name, "before");
        free(error);
    }
    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        assert_null(community_from_string(good[i], &community));
        assert_string_equal(community.name, good[i]);
        assert_true(community_is_set(&community));
    }
    assert_null(community_from_string("none", &community));
    assert_false(community_is_set(&community));
}

/* What a register has says which community it was, and garbage none. */
static void
test_numbers(void **state OVS_UNUSED)
{
    static const char *const names[] = { "", "a", "0123456789abcdef" };
    struct community garbage = { .name = "a\n" };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        struct community community = { .name = "" };
        struct community back;

        strcpy(community.name, names[i]);
        back = community_from_be128(community_to_be128(&community));
        assert_true(community_equals(&back, &community));
    }
    garbage = community_from_be128(community_to_be128(&garbage));
    assert_false(community_is_set(&garbage));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
