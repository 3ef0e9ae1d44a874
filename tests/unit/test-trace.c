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
#define ADMIT " 0. in_port=1, priority 100, cookie 0x56e7\n    goto_table:230\n"
#define TAIL(ACTIONS) "\nFinal flow: unchanged\nDatapath actions: " ACTIONS "\n"

static const struct {
    const char *text, *verdict, *stages;
} cases[] = {
    { HEAD ADMIT "230. dl_dst=52:54:00:00:00:02, priority 100, cookie 0x56e7\n"
      "    output:2\n" TAIL("4"),
      "to tap2 (guest web2)",
      "ADMIT: in_port=1, priority 100, cookie 0x56e7\n    goto_table:230\n"
      "FORWARD: dl_dst=52:54:00:00:00:02, priority 100, cookie 0x56e7\n"
      "    output:2\n" },
    { HEAD ADMIT "230. priority 1\n"
      "    output:2\n    output:LOCAL\n    output:9\n"
      TAIL("4,1,7"),
      "to tap2 (guest web2), br0 (host), port 9",
      "ADMIT: in_port=1, priority 100, cookie 0x56e7\n    goto_table:230\n"
      "FORWARD: priority 1\n    output:2\n    output:LOCAL\n    output:9\n" },
    /* What an output comes to may be a drop all the same. */
    { HEAD ADMIT "230. priority 1\n    output:2\n" TAIL("drop"),
      "dropped in FORWARD: exact (VLAN, MAC) of guests and host",
      "ADMIT: in_port=1, priority 100, cookie 0x56e7\n    goto_table:230\n"
      "FORWARD: priority 1\n    output:2\n" },
    { HEAD " 0. priority 1\n    drop\n" TAIL("drop"),
      "dropped in ADMIT: may this port use this VLAN?",
      "ADMIT: priority 1\n    drop\n" },
    /* A guest's guards and filter, and what is nobody's in particular. */
    { HEAD "204. in_port=2, priority 2, cookie 0x56e7\n    drop\n" TAIL("drop"),
      "dropped by guard mac of tap2 (guest web2), by net.xml:14",
      "GUARD: in_port=2, priority 2, cookie 0x56e7\n    drop\n" },
    /* While it is to be said in the log, it is shown to us. */
    { HEAD "204. in_port=2, priority 2, cookie 0x56e7\n    CONTROLLER:96\n"
      TAIL("userspace(pid=0,controller(...))"),
      "dropped by guard mac of tap2 (guest web2), by net.xml:14",
      "GUARD: in_port=2, priority 2, cookie 0x56e7\n    CONTROLLER:96\n" },
    { HEAD "204. in_port=2, priority 50, cookie 0x56e7\n    CONTROLLER:14\n"
      TAIL("userspace(pid=0,controller(...))"),
      "to datapath userspace(pid=0,controller(...))",
      "GUARD: in_port=2, priority 50, cookie 0x56e7\n    CONTROLLER:14\n" },
    { HEAD "212. reg0=0x20000/0x70000,in_port=2, priority 100\n    drop\n"
      TAIL("drop"),
      "dropped by guard ip (arp) of tap2 (guest web2), by net.xml:14",
      "STOPPED: reg0=0x20000/0x70000,in_port=2, priority 100\n    drop\n" },
    { HEAD "212. reg0=0x10000/0x50000,in_port=2, priority 100\n    drop\n"
      TAIL("drop"),
      "dropped by guard ip of tap2 (guest web2), by net.xml:14",
      "STOPPED: reg0=0x10000/0x50000,in_port=2, priority 100\n    drop\n" },
    { HEAD "212. reg0=0x10000/0x70000,in_port=1, priority 100\n    drop\n"
      TAIL("drop"), "dropped by guards (ip) of tap1",
      "STOPPED: reg0=0x10000/0x70000,in_port=1, priority 100\n    drop\n" },
    { HEAD "212. reg0=0x40000/0x70000,in_port=1, priority 100\n    drop\n"
      TAIL("drop"), "dropped by guard dhcp of tap1",
      "STOPPED: reg0=0x40000/0x70000,in_port=1, priority 100\n    drop\n" },
    { HEAD "212. reg0=0x70000/0x70000,in_port=2, priority 100\n    drop\n"
      TAIL("drop"),
      "dropped by filter clean-traffic of tap2 (guest web2), by net.xml:3",
      "STOPPED: reg0=0x70000/0x70000,in_port=2, priority 100\n    drop\n" },
    { HEAD "202. in_port=2, priority 1001\n    goto_table:212\n"
      "212. reg0=0x70000/0x70000,in_port=2, priority 100\n    drop\n"
      TAIL("drop"),
      "dropped by filter clean-traffic (rule no-ip.xml:5) of tap2 "
      "(guest web2), by net.xml:3",
      "FILTER: in_port=2, priority 1001\n    goto_table:212\n"
      "STOPPED: reg0=0x70000/0x70000,in_port=2, priority 100\n    drop\n" },
    { HEAD "246. in_port=2, priority 1001\n    drop\n" TAIL("drop"),
      "dropped by filter clean-traffic (rule no-arp.xml:7) of tap2 "
      "(guest web2), by net.xml:3",
      "TO_GUEST: in_port=2, priority 1001\n    drop\n" },
    { HEAD "212. priority 1\n    drop\n" TAIL("drop"),
      "dropped in STOPPED: what a guard has stopped",
      "STOPPED: priority 1\n    drop\n" },
    { HEAD "212. in_port=9, priority 1\n    drop\n" TAIL("drop"),
      "dropped in STOPPED: what a guard has stopped",
      "STOPPED: in_port=9, priority 1\n    drop\n" },
    /* Other people's tables have numbers. */
    { HEAD "77. priority 1\n    NORMAL\n" TAIL("3"),
      "to datapath 3", "table 77: priority 1\n    NORMAL\n" },
    /* Another bridge, which we know, behind a patch port, and on. */
    { HEAD " 0. in_port=1, priority 100\n    output:3\n\n"
      "    bridge(\"phys\")\n    --------------\n"
      "         0. in_port=7, priority 1\n            output:2\n"
      "    output:2\n" TAIL("9,4"),
      "to patch (network), eth0 of phys (network), tap2 (guest web2)",
      "ADMIT: in_port=1, priority 100\n    output:3\n"
      "phys ADMIT: in_port=7, priority 1\n    output:2\n    output:2\n" },
    /* One that we do not know, as the last thing done. */
    { HEAD " 0. in_port=1, priority 100\n    output:2\n    output:3\n\n"
      "bridge(\"other\")\n---------------\n"
      "230. in_port=7, priority 1\n    output:2\n    output:LOCAL\n"
      TAIL("4,9"),
      "to tap2 (guest web2), patch (network), port 2 of other, "
      "port 65534 of other",
      "ADMIT: in_port=1, priority 100\n    output:2\n    output:3\n"
      "other table 230: in_port=7, priority 1\n    output:2\n"
      "    output:LOCAL\n" },
    /* The sender of a broadcast does not get it. */
    { HEAD "240. priority 1\n    output:1\n"
      "     >> skipping output to input port\n    output:2\n" TAIL("4"),
      "to tap2 (guest web2)",
      "FLOOD: priority 1\n    output:1\n"
      "    >> skipping output to input port\n    output:2\n" },
    { HEAD "240. priority 1\n    output:1\n"
      "     -> skipping output to input port\n" TAIL("drop"),
      "dropped in FLOOD: broadcast and multicast, by VLAN",
      "FLOOD: priority 1\n    output:1\n" },
    { "", "not traced", "" },
    { "bridge(\"br0\")\n", "not traced", "" },
};

static void
test_traces(void **state OVS_UNUSED)
{
    struct json_t *bridges = jvalue_parse(
        "{\"br0\":{\"ports\":{\"br0\":{\"ofport\":65534,\"role\":\"host\"},"
        "\"tap1\":{\"ofport\":1,\"role\":\"guest\",\"guards\":\"dhcp\"},"
        "\"tap2\":{\"ofport\":2,\"role\":\"guest\",\"vm-id\":\"web2\","
        "\"filter\":\"clean-traffic\",\"filter-from\":\"net.xml:3\","
        "\"guards\":\"mac ip\",\"guards-from\":\"net.xml:14\",\"filter-rules\":{"
        "\"out\":{\"1001\":\"no-ip.xml:5\"},"
        "\"in\":{\"1001\":\"no-arp.xml:7\"}}},"
        "\"patch\":{\"ofport\":3,\"role\":\"network\"}}},"
        "\"phys\":{\"ports\":{\"eth0\":{\"ofport\":2,"
        "\"role\":\"network\"}}}}");

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct trace trace;

        trace_init(&trace, cases[i].text, bridges);
        assert_string_equal(trace.verdict, cases[i].verdict);
        assert_string_equal(trace.stages, cases[i].stages);
        trace_uninit(&trace);
    }
    jvalue_unref(bridges);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_traces),
    };

    return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
