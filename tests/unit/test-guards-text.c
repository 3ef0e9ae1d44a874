/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/guards.h"
#include "lib/base/ip-prefix.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* How guards, and the addresses that they are for, are written. */

static void
test_text(void **state OVS_UNUSED)
{
    static const struct {
        const char *text;
        unsigned int guards;
        const char *canonical;
    } cases[] = {
        { "", 0, "none" },
        { "other,0x8864 0x8863 0x8864", GUARD_BIT(GUARD_OTHER),
          "other 0x8863 0x8864" },
        { "0x88CC 0x0800 0x86dd 0x0806 0x8035", 0, "none 0x88cc" },
        { "none", 0, "none" },
        { " , ", 0, "none" },
        { "mac", GUARD_BIT(GUARD_MAC), "mac" },
        { "mac,mac\tnone", GUARD_BIT(GUARD_MAC), "mac" },
        { "other mac", GUARD_BIT(GUARD_MAC) | GUARD_BIT(GUARD_OTHER),
          "mac other" },
        { "secure", GUARDS_SECURE, "mac ip dhcp ra other storm" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct ds s = DS_EMPTY_INITIALIZER;
        struct guard_types types;
        unsigned int guards = ~0u;

        assert_null(guards_from_string(cases[i].text, &guards, &types));
        assert_int_equal(guards, cases[i].guards);
        guards_format(&s, guards, &types);
        assert_string_equal(ds_cstr(&s), cases[i].canonical);
        ds_destroy(&s);
    }
}

static void
test_bad_text(void **state OVS_UNUSED)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        { "MAC", "only: mac" },
        { "mac ipx", "only: mac" },
        { "yes", "only: mac" },
        { "mac;", "only: mac" },
        { "other 0x886", "which has 4 digits" },
        { "other 0x88633", "which has 4 digits" },
        { "other 0x886g", "which has 4 digits" },
        { "other 0x", "which has 4 digits" },
        { "other 0x05ff", "no type of what can be" },
        { "other 0x8100", "no type of what can be" },
        { "0x1001 0x1002 0x1003 0x1004 0x1005 0x1006 0x1007 0x1008 0x1000",
          "more than 8 types" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        unsigned int guards = 12345;
        struct guard_types types;
        char *error = guards_from_string(cases[i].text, &guards, &types);

        assert_non_null(error);
        assert_non_null(strstr(error, cases[i].error));
        assert_int_equal(guards, 12345);
        free(error);
    }
}

/* Addresses, in the one order that there is; the host's part of a prefix does
 * not count. */
static void
test_addresses(void **state OVS_UNUSED)
{
    static const struct {
        const char *list, *canonical, *error;
    } cases[] = {
        { "", "", NULL },
        { "10.0.0.5", "10.0.0.5", NULL },
        { "10.0.0.5/24,10.0.0.0/24", "10.0.0.0/24", NULL },
        { "2001:DB8::1 fe80::/64 10.0.0.5 10.0.0.4/32",
          "10.0.0.4 10.0.0.5 2001:db8::1 fe80::/64", NULL },
        { "0.0.0.0/0 ::/0", "::/0 0.0.0.0/0", NULL },
        { "10.0.0.256", "", "'10.0.0.256' is not" },
        { "10.0.0.1/33", "", "'10.0.0.1/33' is not" },
        { "10.0.0.1 fe80::1/129", "10.0.0.1", "'fe80::1/129' is not" },
        { "::ffff:10.0.0.1", "", "'::ffff:10.0.0.1' is not" },
        { "web1", "", "'web1' is not" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct ip_prefixes set = { .n = 0 };
        struct ip_prefixes copy;
        struct ds s = DS_EMPTY_INITIALIZER;
        char *error = ip_prefixes_add(&set, cases[i].list);

        if (cases[i].error) {
            assert_non_null(error);
            assert_non_null(strstr(error, cases[i].error));
        } else {
            assert_null(error);
        }
        free(error);
        ip_prefixes_format(&s, &set);
        assert_string_equal(ds_cstr(&s), cases[i].canonical);
        ip_prefixes_clone(&copy, &set);
        assert_true(ip_prefixes_equal(&copy, &set));
        ip_prefixes_uninit(&copy);
        ip_prefixes_uninit(&set);
        ds_destroy(&s);
    }
}

static void
test_too_many_addresses(void **state OVS_UNUSED)
{
    struct ip_prefixes set = { .n = 0 };
    struct ds s = DS_EMPTY_INITIALIZER;

    for (int i = 0; i <= IP_PREFIXES_MAX; i++) {
        ds_put_format(&s, "10.0.0.%d ", i);
    }
    char *error = ip_prefixes_add(&set, ds_cstr(&s));
    assert_non_null(error);
    assert_int_equal(set.n, IP_PREFIXES_MAX);
    free(error);
    ip_prefixes_uninit(&set);
    ds_destroy(&s);
}

/* Where several networks may be meant, what each lets pass. */
static void
test_intersect(void **state OVS_UNUSED)
{
    struct guard_types a = { .types = { 0x1001, 0x1003, 0x1004 } };
    struct guard_types b = { .types = { 0x1002, 0x1003, 0x1004, 0x1005 } };
    const struct guard_types both = { .types = { 0x1003, 0x1004 } };
    const struct guard_types none = { .types = { 0 } };

    guard_types_intersect(&a, &b);
    assert_true(guard_types_equals(&a, &both));
    guard_types_intersect(&a, &none);
    assert_true(guard_types_equals(&a, &none));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_bad_text),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_too_many_addresses),
        cmocka_unit_test(test_intersect),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
