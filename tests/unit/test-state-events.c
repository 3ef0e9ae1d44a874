/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/tell/state.h"
#include "openvswitch/dynamic-string.h"
#include "tests/unit/state-text.h"
#include "util.h"

/* What has happened from one state to another. */

#define NOT_YET "\"tap1\":{\"state\":\"not wired\",\"reason\":\"" \
    STATE_NOT_YET "\"}"
#define WEB(STATE, DOWN)                                                \
    "{\"role\":\"guest\",\"guest\":\"web\",\"guest-state\":\"" STATE      \
    "\",\"state\":\"installed\",\"link-down\":" DOWN "}"
#define SHORTFALL(KIND, TEXT) \
    "{\"kind\":\"" KIND "\",\"text\":\"" TEXT "\"}"
#define FORCE(YES, SHORTFALLS)                                          \
    "{\"bridges\":{\"br0\":{\"in_force\":" YES ",\"shortfalls\":["        \
    SHORTFALLS "]}}}"
/* Appends what has happened from 'old' to 'new', a line for each event. */
static void
put_events(struct ds *s, const char *old_text, const char *new_text)
{
    struct json_t *old = jvalue_parse(old_text);
    struct json_t *new = jvalue_parse(new_text);
    struct json_t *events = state_find_events(old, new);

    assert_true(jvalue_type(old) == JVALUE_OBJECT);
    assert_true(jvalue_type(new) == JVALUE_OBJECT);
    for (size_t i = 0; i < jvalue_count(events); i++) {
        const struct json_t *e = jvalue_at(events, i);

        ds_put_format(s, "%s %s %s: %s\n", jvalue_get_string(e, "event"),
                      jvalue_get_string(e, "bridge"),
                      jvalue_get_string(e, "port"),
                      jvalue_get_string(e, "text"));
    }
    jvalue_unref(events);
    jvalue_unref(new);
    jvalue_unref(old);
}

#define FDB_ENTRY(PORT, VLAN, STATE)                                    \
    "{\"mac\":\"m\",\"vlan\":\""VLAN"\",\"port\":\""PORT"\","               \
    "\"state\":\""STATE"\"}"
#define ENTRY(PORT, STATE) FDB_ENTRY(PORT, "10", STATE)
#define VLANS(PORT, VLAN) FDB_ENTRY(PORT, VLAN, "installed")
#define FDB(ENTRIES)                                                    \
    "{\"bridges\":{\"br0\":{\"fdb\":["ENTRIES"]}}}"

static void
test_events(void **state OVS_UNUSED)
{
    static const struct {
        const char *old, *new, *events;
    } cases[] = {
        { STATE("libvirt", TAP("m1", "10", "installed")),
          STATE("libvirt", TAP("m1", "10", "installed")), "" },
        { STATE("libvirt", ""),
          STATE("libvirt", TAP("m1", "10", "installing")),
          "plugged br0 tap1: guest m1, VLAN 10, vm id1\n" },
        { STATE("libvirt", TAP("m1", "10", "installing")),
          STATE("libvirt", TAP("m1", "10", "installed")),
          "installed br0 tap1: \n" },
        { STATE("libvirt", TAP("m1", "10", "installed")),
          STATE("libvirt", TAP("m2", "10", "installed")),
          "moved br0 tap1: guest m2, VLAN 10, vm id1\n" },
        { STATE("libvirt", TAP("m1", "10", "installed")),
          STATE("libvirt", ""),
          "unplugged br0 tap1: guest m1, VLAN 10, vm id1\n" },
        /* Another port is being installed. */
        { STATE("libvirt", TAP("m1", "10", "installed")),
          STATE("libvirt", TAP("m1", "10", "installing")), "" },
        { STATE("libvirt", TAP("m1", "10", "installed")),
          STATE("libvirt", TAP("m1", "11", "installing")),
          "moved br0 tap1: guest m1, VLAN 11, vm id1\n" },
        { STATE("libvirt", NOT_YET),
          STATE("libvirt", TAP("m1", "10", "installing")),
          "plugged br0 tap1: guest m1, VLAN 10, vm id1\n" },
        /* The switch knows a port before the database and after. */
        { STATE("libvirt", ""), STATE("libvirt", NOT_YET), "" },
        { STATE("libvirt", NOT_YET), STATE("libvirt", ""), "" },
        { STATE("libvirt", NOT_YET),
          STATE("libvirt", TAP("m1", "10", "installed")),
          "plugged br0 tap1: guest m1, VLAN 10, vm id1\n"
          "installed br0 tap1: \n" },
        { STATE("libvirt", TAP("m1", "10", "installed")),
          STATE("libvirt", NOT_YET),
          "unplugged br0 tap1: guest m1, VLAN 10, vm id1\n" },
        { STATE("libvirt", "\"tap1\":" WEB("running", "false")),
          STATE("libvirt", "\"tap1\":" WEB("paused", "true")),
          "link down br0 tap1: web\nguest paused br0 tap1: web\n" },
        { "{}", "{\"definitions\":{\"diagnostics\":[" DIAG("error") ","
          DIAG("note") "]}}", "error  : f:3: t\n" },
        { "{\"definitions\":{\"diagnostics\":[" DIAG("warning") "]}}", "{}",
          "warning ended  : f:3: t\n" },
        { FORCE("true", ""), FORCE("false", SHORTFALL("mode", "t")),
          "not in force br0 : t\n" },
        { FORCE("false", SHORTFALL("mode", "t")),
          FORCE("false", SHORTFALL("state", "s") "," SHORTFALL("mode", "t")),
          "" },
        { FORCE("false", SHORTFALL("mode", "t")), FORCE("true", ""),
          "in force br0 : \n" },
        { FORCE("true", ""), FORCE("false", SHORTFALL("state", "s")), "" },
        { FORCE("false", SHORTFALL("state", "s")), FORCE("true", ""), "" },
        { STATE("libvirt", ""), STATE("kernel", ""),
          "network changed br0 : kernel\n" },
        { FDB(ENTRY("g1", "installed") "," ENTRY("g2", "pending")),
          FDB(ENTRY("g1", "pending") "," ENTRY("g2", "installing")),
          "address moved br0 g2: m, VLAN 10, from g1\n" },
        { FDB(ENTRY("g1", "installed") "," ENTRY("g2", "conflict")),
          FDB(ENTRY("g2", "conflict") "," ENTRY("g1", "installing")), "" },
        { FDB(ENTRY("g1", "pending")), FDB(ENTRY("g2", "installed")), "" },
        /* In some VLANs. */
        { FDB(VLANS("g1", "0-9,11-20") "," VLANS("g2", "10")),
          FDB(VLANS("g1", "0-14") "," VLANS("g2", "15-20")),
          "address moved br0 g1: m, VLAN 10, from g2\n"
          "address moved br0 g2: m, VLAN 15-20, from g1\n" },
        { "{}", STATE("kernel", ""), "bridge added br0 : kernel\n" },
        { STATE("kernel", ""), "{}", "bridge removed br0 : kernel\n" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct ds s = DS_EMPTY_INITIALIZER;

        put_events(&s, cases[i].old, cases[i].new);
        assert_string_equal(ds_cstr(&s), cases[i].events);
        ds_destroy(&s);
    }
}

/* What is "installing" for another port's sake is as it was, also for the next
 * comparison. */
static void
test_events_settle(void **state OVS_UNUSED)
{
    struct json_t *old = jvalue_parse(STATE("libvirt",
                                            TAP("m1", "10", "conflict")));
    struct json_t *new = jvalue_parse(STATE("libvirt",
                                            TAP("m1", "10", "installing")));

    jvalue_unref(state_find_events(old, new));
    assert_true(jvalue_equals(old, new));
    jvalue_unref(new);
    jvalue_unref(old);
}

/* Has nobody asked for libvirt mode meanwhile, so is its not being in force
 * told again, and not if it was only on its way. */
static void
test_events_again(void **state OVS_UNUSED)
{
    static const struct {
        const char *state;
        bool told;
    } between[] = {
        { STATE("kernel", ""), true },
        { FORCE("false", SHORTFALL("state", "s")), false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(between); i++) {
        struct json_t *old = jvalue_parse(FORCE("false",
                                                SHORTFALL("mode", "t")));
        struct json_t *new = jvalue_parse(between[i].state);
        struct json_t *again = jvalue_parse(FORCE("false",
                                                  SHORTFALL("mode", "t")));
        bool told = false;

        jvalue_unref(state_find_events(old, new));
        struct json_t *events = state_find_events(new, again);
        for (size_t j = 0; j < jvalue_count(events); j++) {
            told |= !strcmp(jvalue_get_string(jvalue_at(events, j), "event"),
                            "not in force");
        }
        assert_true(told == between[i].told);
        jvalue_unref(events);
        jvalue_unref(again);
        jvalue_unref(new);
        jvalue_unref(old);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_events_settle),
        cmocka_unit_test(test_events_again),
    };

    return cmocka_run_group_tests_name("state-events", tests, NULL, NULL);
}
