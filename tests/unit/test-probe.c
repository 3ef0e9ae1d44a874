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
#include "lib/tell/probe.h"
#include "lib/tell/trace.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

#define PORT(NAME, OFPORT, ROLE, VLAN, MORE)                                \
    "\"" NAME "\":{\"ofport\":" OFPORT ",\"role\":\"" ROLE "\",\"vlan\":\"" \
    VLAN "\",\"state\":\"installed\"" MORE "}"
#define OWNS(NAME, N, VLAN, STATE)                                          \
    "{\"mac\":\"52:54:00:00:00:0" N "\",\"vlan\":\"" VLAN "\",\"port\":\""  \
    NAME "\",\"state\":\"" STATE "\"}"
#define MAC(N) ",\"mac\":\"52:54:00:00:00:0" N "\""
#define ACCESS(VLAN) ",\"untagged-vlan\":" VLAN

static const char bridge_text[] =
    "{\"ports\":{"
    PORT("br0", "65534", "host", "0-4095", MAC("9") ACCESS("0")) ","
    PORT("g1", "1", "guest", "10", MAC("1") ACCESS("10")) ","
    PORT("g2", "2", "guest", "10,20-21",
         MAC("2") ",\"isolated\":true") ","
    PORT("g3", "3", "guest", "10", MAC("1") ACCESS("10")) ","
    "\"off\":{\"ofport\":4,\"state\":\"not wired\"},"
    PORT("u", "5", "network", "0-4095", ACCESS("0"))
    "},\"fdb\":["
    OWNS("br0", "9", "0-4095", "installed") ","
    OWNS("g1", "1", "10", "installed") ","
    OWNS("g2", "2", "10,20-21", "installed") ","
    OWNS("g3", "1", "10", "conflict")
    "]}";

static void
check_flows(const struct probes *probes)
{
    static const char *const expected[] = {
        /* Of g1. */
        "1 in_port=2,dl_src=52:54:00:00:00:02,dl_dst=52:54:00:00:00:01,"
        "dl_vlan=10,udp",
        "1 in_port=LOCAL,dl_src=52:54:00:00:00:09,dl_dst=52:54:00:00:00:01,"
        "dl_vlan=10,udp",
        "1 in_port=5,dl_src=0e:76:6e:00:00:00,dl_dst=52:54:00:00:00:01,"
        "dl_vlan=10,udp",
        "1 in_port=1,dl_src=52:54:00:00:00:01,dl_dst=0e:76:6e:00:00:00,udp",
        "1 in_port=1,dl_src=52:54:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,udp",
        "1 in_port=5,dl_src=0e:76:6e:00:00:00,dl_dst=ff:ff:ff:ff:ff:ff,"
        "dl_vlan=10,udp",
        "1 in_port=1,dl_src=52:54:00:00:00:02,dl_dst=0e:76:6e:00:00:00,udp",
        "1 in_port=5,dl_src=0e:76:6e:00:00:00,dl_dst=52:54:00:00:00:01,"
        "dl_vlan=1,udp",
    };

    assert_true(probes->n > ARRAY_SIZE(expected));
    for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
        char *flow = xasprintf("%d %s", probes->probes[i].frame.taken,
                               probes->probes[i].flow);

        assert_string_equal(flow, expected[i]);
        free(flow);
    }
}

/* What a trace of a frame says, with "dpif/show", and what is to be said of
 * it. */
static const char show[] =
    "netdev@ovs-netdev: hit:0 missed:0\n"
    "  br1:\n    br1 65534/2: (tap)\n    x 1/9: (dummy)\n"
    "  br0:\n    br0 65534/1: (tap)\n    g1 1/11: (dummy)\n"
    "    g2 2/12: (dummy)\n    off 4/14: (dummy)\n    u 5/15: (dummy)\n";

static void
check(const struct probes *probes, size_t i, const char *stages,
      const char *actions, const char *expected)
{
    char *text = xasprintf("bridge(\"br0\")\n-----\n%s\nFinal flow: x\n"
                           "Datapath actions: %s\n", stages, actions);
    struct json_t *bridges = jvalue_object();
    struct json_t *array = jvalue_array();
    struct ds s = DS_EMPTY_INITIALIZER;
    struct trace trace;

    trace_init(&trace, text, bridges);
    trace_add_datapath_outputs(&trace, show, "br0");
    size_t n = probe_compare(probes, &probes->probes[i], &trace, "br0", &s,
                             array);
    assert_int_equal(n, jvalue_count(array));
    char *sees = strstr(ds_cstr(&s), "; see ");
    if (sees && jvalue_count(array) == 1) {
        *sees = '\0';
    }
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
    trace_uninit(&trace);
    jvalue_unref(array);
    jvalue_unref(bridges);
    free(text);
}

#define OURS "cookie 0x56e7000000000001"

static void
test_compare(void **state OVS_UNUSED)
{
    struct json_t *bridge = jvalue_parse(bridge_text);
    struct probes probes;

    probes_init(&probes, bridge, false);
    check_flows(&probes);

    /* To g1 from g2. */
    check(&probes, 0, " 0. in_port=2, priority 100, " OURS "\n"
          "230. dl_dst=x, priority 100, " OURS "\n    output:1", "11", "");
    check(&probes, 0, " 0. priority 9, cookie 0xbeef\n    NORMAL",
          "push_vlan(vid=10,pcp=0),11,pop_vlan,15",
          "bridge br0: a frame to a known address, from g2 goes to u, which "
          "is not to get it: by no flow that names the port, but by NORMAL "
          "or a mirror");
    check(&probes, 0, " 0. priority 9, cookie 0xbeef\n    output:4\n"
          "    output:1", "14,11",
          "bridge br0: a frame to a known address, from g2 goes to off, which "
          "is not to get it: by somebody else's flow table=0 priority 9, "
          "cookie 0xbeef");
    check(&probes, 0, " 0. priority 9, " OURS "\n    drop", "drop",
          "bridge br0: a frame to a known address, from g2 does not go to "
          "g1: by our flow table=0 priority 9, " OURS);
    /* What is inside of an action is none, unless it is a list of them. */
    check(&probes, 0, " 0. priority 9, " OURS "\n    NORMAL",
          "clone(set(tunnel(14)),11),meter(15),recirc(15)", "");
    /* Another bridge's port. */
    check(&probes, 0, " 0. priority 9, " OURS "\n    NORMAL", "9,11", "");

    /* From g1 to nobody known, and to everybody. */
    check(&probes, 3, " 0. priority 9, " OURS "\n    output:5", "15", "");
    check(&probes, 4, " 0. priority 9, " OURS "\n    output:2\n    output:3\n"
          "    output:5\n    LOCAL", "1,12,13,15", "");
    check(&probes, 4, " 0. priority 9, " OURS "\n    output:2\n    output:3\n"
          "    output:5", "12,13,15",
          "bridge br0: a frame to everybody, from g1 does not go to br0: by "
          "our flow table=0 priority 9, " OURS);

    /* What a spanning tree blocks is not missed; what goes there is. */
    probes_set_blocked(&probes, "br0", "---- br1 ----\n"
                       "  u  designated listening  2     128.1\n"
                       "\n---- br0 ----\n"
                       "  Interface  Role       State      Cost  Pri.Nbr\n"
                       "  ---------- ---------- ---------- ----- -------\n"
                       "  g2         designated forwarding 2     128.2\n"
                       "  br0        Alternate  Discarding 20000 128.1\n");
    check(&probes, 4, " 0. priority 9, " OURS "\n    output:2\n    output:3\n"
          "    output:5", "12,13,15", "");
    check(&probes, 4, " 0. priority 9, " OURS "\n    output:2\n    LOCAL\n"
          "    output:3", "12,1,13",
          "bridge br0: a frame to everybody, from g1 does not go to u: by "
          "our flow table=0 priority 9, " OURS);
    check(&probes, 3, " 0. priority 9, " OURS "\n    output:5\n    LOCAL",
          "15,1", "bridge br0: a frame to an unknown address, from g1 goes to "
          "br0, which is not to get it: by our flow table=0 priority 9, "
          OURS);
    probes_uninit(&probes);
    jvalue_unref(bridge);
}

/* Of many guests a sample is asked about, unless all are. */
static void
test_sample(void **state OVS_UNUSED)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct probes probes;

    ds_put_cstr(&s, "{\"ports\":{");
    for (int i = 0; i < 100; i++) {
        ds_put_format(&s, "%s\"g%d\":{\"ofport\":%d,\"role\":\"guest\","
                      "\"vlan\":\"0-4095\",\"untagged-vlan\":0,"
                      "\"mac\":\"52:54:00:00:01:%02x\",\"state\":"
                      "\"installed\"}", i ? "," : "", i, i + 1, i);
    }
    ds_put_cstr(&s, "}}");

    /* Four of each: by another guest, and three of its own. */
    struct json_t *bridge = jvalue_parse(ds_cstr(&s));
    probes_init(&probes, bridge, false);
    assert_int_equal(probes.n, 4 * PROBE_SAMPLE);
    probes_uninit(&probes);
    probes_init(&probes, bridge, true);
    assert_int_equal(probes.n, 400);
    probes_uninit(&probes);
    jvalue_unref(bridge);
    ds_destroy(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_sample),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
