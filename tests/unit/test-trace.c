/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/base/jvalue.h"
#include "lib/tell/trace.h"
#include "util.h"

/* As ovs-vswitchd 3.1 prints them. */
#define HEAD "Flow: in_port=1\n\nbridge(\"br0\")\n-------------\n"
#define ADMIT " 0. in_port=1, priority 100, cookie 0x56e7\n    goto_table:30\n"
#define TAIL(ACTIONS) "\nFinal flow: unchanged\nDatapath actions: " ACTIONS "\n"

static const struct {
    const char *text, *verdict, *stages;
} cases[] = {
    { HEAD ADMIT "30. dl_dst=52:54:00:00:00:02, priority 100, cookie 0x56e7\n"
      "    output:2\n" TAIL("4"),
      "to tap2 (guest web2)",
      "ADMIT: in_port=1, priority 100, cookie 0x56e7\n    goto_table:30\n"
      "FORWARD: dl_dst=52:54:00:00:00:02, priority 100, cookie 0x56e7\n"
      "    output:2\n" },
    { HEAD ADMIT "30. priority 1\n    output:2\n    output:LOCAL\n    output:9\n"
      TAIL("4,1,7"),
      "to tap2 (guest web2), br0 (host), port 9",
      "ADMIT: in_port=1, priority 100, cookie 0x56e7\n    goto_table:30\n"
      "FORWARD: priority 1\n    output:2\n    output:LOCAL\n    output:9\n" },
    /* What an output comes to may be a drop all the same. */
    { HEAD ADMIT "30. priority 1\n    output:2\n" TAIL("drop"),
      "dropped in FORWARD: exact (VLAN, MAC) of guests and host",
      "ADMIT: in_port=1, priority 100, cookie 0x56e7\n    goto_table:30\n"
      "FORWARD: priority 1\n    output:2\n" },
    { HEAD " 0. priority 1\n    drop\n" TAIL("drop"),
      "dropped in ADMIT: may this port use this VLAN?",
      "ADMIT: priority 1\n    drop\n" },
    /* Other people's tables have numbers. */
    { HEAD "77. priority 1\n    NORMAL\n" TAIL("3"),
      "to datapath 3", "table 77: priority 1\n    NORMAL\n" },
    { "", "not traced", "" },
    { "bridge(\"br0\")\n", "not traced", "" },
};

static void
test_traces(void **state OVS_UNUSED)
{
    struct json_t *ports = jvalue_parse(
        "{\"br0\":{\"ofport\":65534,\"role\":\"host\"},"
        "\"tap1\":{\"ofport\":1,\"role\":\"guest\"},"
        "\"tap2\":{\"ofport\":2,\"role\":\"guest\",\"vm-id\":\"web2\"}}");

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct trace trace;

        trace_init(&trace, cases[i].text, ports);
        assert_string_equal(trace.verdict, cases[i].verdict);
        assert_string_equal(trace.stages, cases[i].stages);
        trace_uninit(&trace);
    }
    jvalue_unref(ports);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_traces),
    };

    return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
