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
#include "lib/tell/state.h"
#include "openvswitch/dynamic-string.h"
#include "tests/unit/state-text.h"
#include "util.h"

/* Appends the names of all ports in 'bridges', and then of the MAC tables'. */
static void
put_names(struct ds *s, const struct json_t *bridges)
{
    const char **names = jvalue_names(bridges);

    for (const char **b = names; *b; b++) {
        const struct json_t *bridge = jvalue_get(bridges, *b);
        const struct json_t *fdb = jvalue_get(bridge, "fdb");
        const char **ports = jvalue_names(jvalue_get(bridge, "ports"));

        for (const char **port = ports; *port; port++) {
            ds_put_format(s, "%s ", *port);
        }
        free(ports);
        for (size_t i = 0; i < jvalue_count(fdb); i++) {
            ds_put_format(s, "%s ", jvalue_get_string(jvalue_at(fdb, i),
                                                      "port"));
        }
    }
    free(names);
}

static void
test_select(void **state OVS_UNUSED)
{
    static const char text[]
        = "{\"version\":\"1\",\"bridges\":{\"br0\":{\"ok\":true,\"ports\":{"
          "\"a\":{\"vlan\":\"5,10-20\",\"state\":\"installed\",\"guest\":\"w\"},"
          "\"b\":{\"vlan\":\"0-4095\",\"state\":\"conflict\"}},"
          "\"fdb\":[{\"port\":\"a\",\"vlan\":\"10-20\"},"
          "{\"port\":\"b\",\"vlan\":\"7\"}]},"
          "\"br1\":{\"ports\":{\"c\":{\"vlan\":\"\"}}}}}";
    static const struct {
        struct state_filter filter;
        const char *ports;      /* And those of the MAC table. */
    } cases[] = {
        { { .vlan = -1 }, "a b a b c" },
        { { .bridge = "br1", .vlan = -1 }, "c" },
        { { .bridge = "br2", .vlan = -1 }, "" },
        { { .port = "w", .vlan = -1 }, "a a" },
        { { .port = "b", .vlan = -1 }, "b b" },
        { { .vlan = 5 }, "a b" },
        { { .vlan = 9 }, "b" },
        { { .vlan = 20 }, "a b a" },
        { { .vlan = 7 }, "b b" },
        { { .vlan = 0, .state = "conflict" }, "b" },
    };
    struct json_t *json = jvalue_parse(text);

    assert_true(jvalue_type(json) == JVALUE_OBJECT);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct json_t *part = state_select(json, &cases[i].filter);
        struct ds s = DS_EMPTY_INITIALIZER;

        assert_string_equal(jvalue_get_string(part, "version"), "1");
        put_names(&s, jvalue_get(part, "bridges"));
        ds_chomp(&s, ' ');
        assert_string_equal(ds_cstr(&s), cases[i].ports);
        ds_destroy(&s);
        jvalue_unref(part);
    }
    jvalue_unref(json);
}

typedef void format_cb(struct ds *, const struct json_t *);

static void
assert_format(format_cb *format, const char *text, const char *expected)
{
    struct json_t *json = jvalue_parse(text);
    struct ds s = DS_EMPTY_INITIALIZER;

    assert_true(jvalue_type(json) == JVALUE_OBJECT);
    format(&s, json);
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
    jvalue_unref(json);
}

static void
test_show(void **state OVS_UNUSED)
{
    assert_format(state_format_show, "{}", "");
    assert_format(state_format_show,
                  STATE("libvirt", TAP("m1", "10", "pending")),
                  "Bridge br0\n    libvirt mode, installed, ok\n"
                  "    Port tap1\n        guest, m1, VLAN 10, pending\n"
                  "        vm-id: id1\n");
    /* Nothing gets out that a terminal would obey. */
    assert_format(state_format_show,
                  "{\"unwired\":{\"t\\u001b[1m\":\"a\\nb\"}}",
                  "Port t?[1m\n    not wired: a?b\n");
}

static void
test_status(void **state OVS_UNUSED)
{
    assert_format(state_format_status,
                  "{\"version\":\"1\","
                  "\"database\":{\"remote\":\"db\",\"connected\":true,"
                  "\"pending\":2,\"cur_cfg\":3,\"standing_by\":true},"
                  "\"definitions\":{\"directory\":\"d\",\"networks\":4,"
                  "\"complete\":false,\"diagnostics\":[{\"file\":\"f\","
                  "\"severity\":\"error\",\"text\":\"t\"}]},"
                  "\"libvirt\":{\"directory\":\"l\",\"networks\":5,"
                  "\"guests\":6},"
                  "\"bridges\":{\"br0\":{\"macTableManager\":\"libvirt\","
                  "\"state\":\"flushing\",\"ok\":false,\"networks\":[{"
                  "\"name\":\"n\",\"file\":\"f\",\"line\":7,"
                  "\"macTableManager\":\"libvirt\",\"active\":false}],"
                  "\"counts\":{\"flows_planned\":8,\"meter_mods\":9},"
                  "\"ports\":{\"p\":{\"role\":\"guest\",\"mac\":\"m\","
                  "\"other-macs\":{\"o\":\"followed\"},\"isolated\":true,"
                  "\"vlan\":\"10\"},\"q\":{\"state\":\"not wired\"}}}},"
                  "\"unwired\":{\"x\":\"why\"},"
                  "\"shared-iface-ids\":{\"i\":[\"p\",\"q\\u001b\"]}}",
                  "virtnet-controller 1\n"
                  "database: db: connected, 2 changes pending, cur_cfg 3\n"
                  "standing by: another virtnet-controller looks after the "
                  "bridges\n"
                  "networks: d: 4 (not all could be read)\n"
                  "libvirt: l: 5 networks, 6 guests\n"
                  "f: error: t\n"
                  "bridge br0: mode libvirt, state flushing, not ok\n"
                  "    network n (f:7): macTableManager libvirt, "
                  "not active in libvirt\n"
                  "    flows: 8 planned, 0 installed; groups: 0 planned, "
                  "0 installed; meters: 0 planned, 0 installed\n"
                  "    sent: 0 bundles, 0 flow_mods, 0 group_mods, "
                  "9 meter_mods; errors: 0; connections: 0\n"
                  "    ports: 1 not wired of 2\n"
                  "    port p: guest, m and 1 more, isolated, VLAN 10\n"
                  "port x: not wired: why\n"
                  "iface-id i: shared by ports p, q?\n");
}

/* Names cannot end a string early, be it of Graphviz or of OpenMetrics. */
static void
test_quoting(void **state OVS_UNUSED)
{
    assert_format(state_format_graph,
                  "{\"bridges\":{\"a\\\"\\\\b\":{\"ports\":{}}}}",
                  "strict graph virtnet {\n  rankdir=LR\n"
                  "  node [fontname=\"sans-serif\"]\n"
                  "  \"bridge/a\\\"\\\\b\" [shape=box, style=bold, "
                  "label=\"a\\\"\\\\b ()\"]\n}\n");

    struct json_t *json = jvalue_parse(
        "{\"bridges\":{\"a\\\"b\":{\"ports\":{}}}}");
    struct ds s = DS_EMPTY_INITIALIZER;

    state_format_metrics(&s, json);
    assert_non_null(strstr(ds_cstr(&s), "{bridge=\"a\\\"b\"} 0\n"));
    assert_null(strstr(ds_cstr(&s), "{bridge=\"a\"b\"}"));
    ds_destroy(&s);
    jvalue_unref(json);
}

/* Health: what is said of files and bridges, and the database. */
static void
test_health(void **state OVS_UNUSED)
{
    struct json_t *json = jvalue_parse(
        "{\"database\":{\"connected\":true,\"pending\":3},"
        "\"definitions\":{\"diagnostics\":[{\"severity\":\"error\"},"
        "{\"severity\":\"note\"},{\"severity\":\"error\"}]},"
        "\"bridges\":{\"br0\":{\"in_force\":false,"
        "\"diagnostics\":[{\"severity\":\"warning\"}]}}}");
    struct ds s = DS_EMPTY_INITIALIZER;

    state_format_metrics(&s, json);
    assert_non_null(strstr(ds_cstr(&s), "\nvirtnet_database_connected 1\n"));
    assert_non_null(strstr(ds_cstr(&s),
                           "\nvirtnet_database_pending_changes 3\n"));
    assert_non_null(strstr(
        ds_cstr(&s),
        "\nvirtnet_diagnostics{bridge=\"\",severity=\"error\"} 2\n"
        "virtnet_diagnostics{bridge=\"\",severity=\"warning\"} 0\n"
        "virtnet_diagnostics{bridge=\"\",severity=\"note\"} 1\n"
        "virtnet_diagnostics{bridge=\"br0\",severity=\"error\"} 0\n"
        "virtnet_diagnostics{bridge=\"br0\",severity=\"warning\"} 1\n"));
    assert_non_null(strstr(ds_cstr(&s),
                           "\nvirtnet_bridge_in_force{bridge=\"br0\"} 0\n"));
    ds_destroy(&s);
    jvalue_unref(json);
}

#define BRIDGE(NAME, MEMBERS) "\"" NAME "\":{" MEMBERS "}"
#define BRIDGES(MEMBERS)                                                \
    "{\"database\":{\"connected\":true},\"bridges\":{" MEMBERS "}}"
#define OK "\"ok\":true,\"in_force\":true"

/* One line, and why not. */
static void
test_health_line(void **state OVS_UNUSED)
{
    static const char *const cases[][2] = {
        { "{}", "not ok: the database cannot be reached\n" },
        { "{\"database\":{\"connected\":true,\"pending\":1}}",
          "not ok: changes of the database are pending\n" },
        { BRIDGES(""), "ok: libvirt mode is in force on 0 of 0 bridges, "
          "0 ports\n" },
        { BRIDGES(BRIDGE("a", OK ",\"ports\":{\"p\":{}}") ","
                  BRIDGE("b", "\"ok\":true")),
          "ok: libvirt mode is in force on 1 of 2 bridges, 1 ports\n" },
        { BRIDGES(BRIDGE("a", "\"ok\":false,\"state\":\"installing\"")),
          "not ok: bridge a: installing\n" },
        { BRIDGES(BRIDGE("a", "\"ok\":false,\"in_force\":false,"
                         "\"shortfalls\":[{\"text\":\"s\"}],"
                         "\"diagnostics\":[" DIAG("error") ","
                         DIAG("note") "],\"ports\":{\"p\":"
                         "{\"state\":\"conflict\"}}")),
          "not ok: bridge a: s (and 2 more)\n" },
        { BRIDGES(BRIDGE("a", "\"ok\":false,\"ports\":{\"p\":"
                         "{\"state\":\"conflict\"}}")),
          "not ok: bridge a: ports that have lost their address to another: "
          "1\n" },
        { "{\"database\":{\"connected\":true},\"definitions\":"
          "{\"diagnostics\":[" DIAG("error") "," DIAG("warning") "]}}",
          "not ok: f: t\n" },
        { "{\"database\":{\"connected\":true},\"unwired\":"
          "{\"p\":\"gone\"}}", "not ok: port p: gone\n" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct json_t *json = jvalue_parse(cases[i][0]);
        struct json_t *reasons = state_find_reasons(json);
        struct ds s = DS_EMPTY_INITIALIZER;

        assert_non_null(json);
        state_format_health(&s, json, reasons);
        assert_string_equal(ds_cstr(&s), cases[i][1]);
        ds_destroy(&s);
        jvalue_unref(reasons);
        jvalue_unref(json);
    }
}

static void
test_networks(void **state OVS_UNUSED)
{
    assert_format(state_format_networks,
                  BRIDGES(BRIDGE("br0", OK ",\"networks\":[{\"name\":\"n\","
                                 "\"macTableManager\":\"libvirt\","
                                 "\"file\":\"n.xml\",\"line\":4,"
                                 "\"active\":false}],\"ports\":{\"p\":"
                                 "{\"member-of\":\"n\"},\"q\":{}}")),
                  "network          bridge           mode     in force  "
                  "guests  definition\n"
                  "n                br0              libvirt  yes       "
                  "     1  n.xml:4 (not active in libvirt)\n");
}

/* Ports are told apart, and are in VLANs that others are in, too. */
static void
test_graph(void **state OVS_UNUSED)
{
    struct json_t *json = jvalue_parse(BRIDGES(BRIDGE(
        "b", "\"in_force\":false,\"ports\":{"
        "\"g\":{\"role\":\"guest\",\"vlan\":\"20\",\"state\":\"installed\"},"
        "\"h\":{\"role\":\"host\",\"vlan\":\"3,5-9\"},"
        "\"t\":{\"role\":\"network\",\"tunnel\":true,\"vlan\":\"1-2,4\"},"
        "\"u\":{\"role\":\"network\",\"vlan\":\"0-4095\","
        "\"state\":\"conflict\"}}")));
    struct ds s = DS_EMPTY_INITIALIZER;

    state_format_graph(&s, json);
    static const char *const there[] = {
        "\"bridge/b\" [shape=box, style=bold, color=red, fontcolor=red, "
        "label=\"b (, not in force)\"]",
        "\"port/b/g\" [shape=component, ",
        "\"port/b/h\" [shape=house, ",
        "\"port/b/t\" [shape=cds, ",
        "\"port/b/u\" [shape=trapezium, ",
        "color=red, label=\"u (conflict)\"]",
        "\"vlan/b/20\" -- \"port/b/g\"\n",
        "\"vlan/b/20\" -- \"port/b/u\" [style=dashed]\n",
        "\"vlan/b/0-4095\" -- \"port/b/u\"\n",
        "\"vlan/b/3,5-9\" -- \"port/b/u\" [style=dashed]\n",
    };
    for (size_t i = 0; i < ARRAY_SIZE(there); i++) {
        assert_non_null(strstr(ds_cstr(&s), there[i]));
    }
    assert_null(strstr(ds_cstr(&s), "\"vlan/b/20\" -- \"port/b/h\""));
    assert_null(strstr(ds_cstr(&s), "\"vlan/b/0-4095\" -- \"port/b/g\""));
    assert_null(strstr(ds_cstr(&s), "\"vlan/b/3,5-9\" -- \"port/b/t\""));
    assert_null(strstr(ds_cstr(&s), "\"vlan/b/1-2,4\" -- \"port/b/h\""));
    ds_destroy(&s);
    jvalue_unref(json);
}

/* libvirt's name of a guest goes before its ID. */
static void
test_guest(void **state OVS_UNUSED)
{
    static const char *const cases[][2] = {
        { "{}", "" },
        { "{\"vm-id\":\"id\"}", "id" },
        { "{\"vm-id\":\"id\",\"guest\":\"web\"}", "web" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct json_t *json = jvalue_parse(cases[i][0]);

        assert_string_equal(state_get_guest(json), cases[i][1]);
        jvalue_unref(json);
    }
}

static void
test_digest(void **state OVS_UNUSED)
{
    /* The check value of CRC-32C. */
    assert_int_equal(state_digest("123456789"), UINT32_C(0xe3069283));
    assert_int_not_equal(state_digest("a"), state_digest("b"));
    assert_int_equal(state_digest("a"), state_digest("a"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_select),
        cmocka_unit_test(test_show),
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_quoting),
        cmocka_unit_test(test_health),
        cmocka_unit_test(test_health_line),
        cmocka_unit_test(test_networks),
        cmocka_unit_test(test_graph),
        cmocka_unit_test(test_guest),
        cmocka_unit_test(test_digest),
    };

    return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
