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
#include "lib/fleet/fleet-claims.h"
#include "lib/fleet/fleet-ops.h"
#include "lib/fleet/fleet-row.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "util.h"

static void *
row_from_text(enum fleet_table table, const char *text)
{
    struct json *json = json_from_string(text);
    void *row = fleet_row_from_json(table, json);

    json_destroy(json);
    return row;
}

static struct fleet_port *
port_from_text(const char *text)
{
    return row_from_text(FLEET_TABLE_PORT, text);
}

static void
check_json(struct json *json, const char *expected)
{
    char *text = json_to_string(json, JSSF_SORT);

    assert_string_equal(text, expected);
    free(text);
    json_destroy(json);
}

static void
test_row(void **state OVS_UNUSED)
{
    struct fleet_port *port = port_from_text(
        "{\"host\": \"h1\", \"interface\": \"tap0\", \"isolated\": true,"
        " \"addresses\": [\"set\", [\"b\", \"a\", \"b\", 7]],"
        " \"ips\": \"10.0.0.1\", \"since\": 12, \"later\": 3,"
        " \"state\": \"active\"}");

    assert_string_equal(port->host, "h1");
    assert_string_equal(port->network, "");
    assert_true(port->isolated);
    assert_int_equal(port->since, 12);
    assert_int_equal(port->addresses.n, 2);
    assert_string_equal(port->addresses.names[0], "a");
    assert_int_equal(port->ips.n, 1);

    struct fleet_port *copy = fleet_row_clone(FLEET_TABLE_PORT, port);
    assert_true(fleet_row_equals(FLEET_TABLE_PORT, port, copy));
    assert_null(fleet_row_to_json(FLEET_TABLE_PORT, copy, port));

    struct json *json = fleet_row_to_json(FLEET_TABLE_PORT, port, NULL);
    struct fleet_port *again = fleet_row_from_json(FLEET_TABLE_PORT, json);
    assert_true(fleet_row_equals(FLEET_TABLE_PORT, port, again));
    json_destroy(json);

    /* What many rows have is there once, as long as one has it. */
    assert_ptr_equal(port->host, copy->host);
    fleet_row_set_name(&copy->host, copy->host);
    assert_ptr_equal(port->host, copy->host);
    fleet_row_set_name(&copy->host, "h2");
    assert_string_equal(port->host, "h1");
    fleet_row_set_name(&copy->host, "h1");
    assert_ptr_equal(port->host, copy->host);

    fleet_row_set_string(&copy->vm, "vm1");
    svec_clear(&copy->ips);
    assert_false(fleet_row_equals(FLEET_TABLE_PORT, port, copy));
    check_json(fleet_row_to_json(FLEET_TABLE_PORT, copy, port),
               "{\"ips\":[\"set\",[]],\"vm\":\"vm1\"}");

    fleet_row_destroy(FLEET_TABLE_PORT, port);
    fleet_row_destroy(FLEET_TABLE_PORT, copy);
    fleet_row_destroy(FLEET_TABLE_PORT, again);
    fleet_row_destroy(FLEET_TABLE_PORT, NULL);
}

static void
test_map(void **state OVS_UNUSED)
{
    struct fleet_host *host = row_from_text(
        FLEET_TABLE_HOST,
        "{\"name\": \"h1\", \"in_force\": [\"map\", [[\"n\", \"d\"],"
        " [\"m\"], 3, [\"x\", 7]]], \"problems\": \"no map\"}");
    struct json_t *value;
    struct ds s = DS_EMPTY_INITIALIZER;

    assert_int_equal(smap_count(&host->in_force), 1);
    assert_string_equal(smap_get(&host->in_force, "n"), "d");
    assert_true(smap_is_empty(&host->problems));

    value = fleet_row_to_jvalue(FLEET_TABLE_HOST, host);
    jvalue_format_line(&s, value);
    assert_non_null(strstr(ds_cstr(&s), "\"in_force\":{\"n\":\"d\"}"));
    ds_destroy(&s);
    jvalue_unref(value);

    struct fleet_host *copy = fleet_row_clone(FLEET_TABLE_HOST, host);
    assert_true(fleet_row_equals(FLEET_TABLE_HOST, host, copy));
    smap_replace(&copy->in_force, "n", "e");
    check_json(fleet_row_to_json(FLEET_TABLE_HOST, copy, host),
               "{\"in_force\":[\"map\",[[\"n\",\"e\"]]]}");
    fleet_row_destroy(FLEET_TABLE_HOST, host);
    fleet_row_destroy(FLEET_TABLE_HOST, copy);
}

/* No JSON whatever in the place of a row is more than an empty row. */
static void
test_row_nonsense(void **state OVS_UNUSED)
{
    static const char *const texts[] = {
        "{}", "[]", "[1]", "{\"host\": 3, \"addresses\": {\"a\": 1}}",
        "{\"isolated\": \"yes\", \"since\": \"x\", \"vlans\": null}",
        "{\"host\": [\"set\", []], \"ips\": [\"set\", 3]}",
        "{\"host\": [\"set\", [\"a\", \"b\"]], \"since\": 1.5}",
        "{\"addresses\": [\"set\"], \"state\": [\"uuid\", \"x\"]}",
    };
    void *empty = fleet_row_create(FLEET_TABLE_PORT);

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct fleet_port *port = port_from_text(texts[i]);

        if (!fleet_row_equals(FLEET_TABLE_PORT, port, empty)) {
            fail_msg("%s is not empty", texts[i]);
        }
        fleet_row_destroy(FLEET_TABLE_PORT, port);
    }
    fleet_row_destroy(FLEET_TABLE_PORT, empty);
}

static void
test_port_check(void **state OVS_UNUSED)
{
    static const struct {
        const char *row;
        const char *error;      /* Or null. */
    } cases[] = {
        { "{}", "it has no host or no interface" },
        { "{\"host\":\"h\",\"interface\":\"i\",\"state\":\"active\"}", NULL },
        { "{\"host\":\"h\",\"interface\":\"i\",\"state\":\"dead\"}",
          "there is no state dead" },
        { "{\"host\":\"h\",\"interface\":\"i\",\"state\":\"held\","
          "\"vlans\":\"0,7-9,4095\"}", NULL },
        { "{\"host\":\"h\",\"interface\":\"i\",\"state\":\"held\","
          "\"vlans\":\"4096\"}", "4096 is no list of VLANs" },
        { "{\"host\":\"h\",\"interface\":\"i\",\"state\":\"held\","
          "\"vlans\":\"9-7\"}", "9-7 is no list of VLANs" },
        { "{\"host\":\"h\",\"interface\":\"i\",\"state\":\"held\","
          "\"vlans\":\" 9\"}", " 9 is no list of VLANs" },
        { "{\"host\":\"h\",\"interface\":\"i\",\"state\":\"held\","
          "\"vlans\":\"7,\"}", "7, is no list of VLANs" },
        { "{\"host\":\"h\",\"interface\":\"i\",\"state\":\"held\","
          "\"addresses\":\"52:54:00:00:00:01\"}", NULL },
        { "{\"host\":\"h\",\"interface\":\"i\",\"state\":\"held\","
          "\"addresses\":\"53:54:00:00:00:01\"}",
          "53:54:00:00:00:01 is no address of a guest" },
        { "{\"host\":\"h\",\"interface\":\"i\",\"state\":\"held\","
          "\"addresses\":\"00:00:00:00:00:00\"}",
          "00:00:00:00:00:00 is no address of a guest" },
        { "{\"host\":\"h\",\"interface\":\"i\",\"state\":\"held\","
          "\"addresses\":\"x\"}", "x is no address of a guest" },
        { "{\"host\":\"h\",\"interface\":\"i\",\"state\":\"held\","
          "\"addresses\":\"52:54:00:00:00:0A\"}",
          "52:54:00:00:00:0A is no address of a guest" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct fleet_port *port = port_from_text(cases[i].row);
        char *error = fleet_port_check(port);

        if (!nullable_string_is_equal(error, cases[i].error)) {
            fail_msg("%s: %s", cases[i].row, error ? error : "nothing");
        }
        free(error);
        fleet_row_destroy(FLEET_TABLE_PORT, port);
    }
}

static bool
is_not_dead(const char *name, void *aux OVS_UNUSED)
{
    return strcmp(name, "dead");
}

/* Checks that of 'ports', "HOST STATE VLANS SINCE [NETWORK]" each, which claim
 * one address, these have it: for each port the host that has it, or "-".  The
 * order of the ports must not matter. */
static void
check_winners(const char *const ports[], const char *const winners[],
              size_t n)
{
    const struct fleet_port *rows[8];

    for (size_t i = 0; i < n; i++) {
        struct fleet_port *port = fleet_row_create(FLEET_TABLE_PORT);
        char host[16], state[16], vlans[16], network[16] = "net";
        int since;

        assert_true(sscanf(ports[i], "%15s %15s %15s %d %15s", host, state,
                           vlans, &since, network) >= 4);
        fleet_row_set_name(&port->host, host);
        fleet_row_set_string(&port->interface, "tap");
        fleet_row_set_name(&port->state, state);
        fleet_row_set_name(&port->vlans, strcmp(vlans, "-") ? vlans : "");
        fleet_row_set_name(&port->network, network);
        port->since = since;
        svec_add(&port->addresses, "52:54:00:00:00:01");
        rows[i] = port;
    }
    for (size_t shift = 0; shift < n; shift++) {
        const struct fleet_port *shifted[8];
        struct fleet_claims *claims;
        size_t n_claims;

        for (size_t i = 0; i < n; i++) {
            shifted[i] = rows[(i + shift) % n];
        }
        claims = fleet_claims_create(shifted, n, is_not_dead, NULL);
        const struct fleet_claim *c = fleet_claims_get(claims, &n_claims);
        assert_int_equal(n_claims, n);
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) {
                if (c[j].port == rows[i]) {
                    assert_string_equal(c[j].winner ? c[j].winner->host : "-",
                                        winners[i]);
                }
            }
        }
        fleet_claims_destroy(claims);
    }
    for (size_t i = 0; i < n; i++) {
        fleet_row_destroy(FLEET_TABLE_PORT,
                          CONST_CAST(struct fleet_port *, rows[i]));
    }
}

#define CHECK_WINNERS(PORTS, WINNERS)                                   \
    check_winners((const char *const []) PORTS,                         \
                  (const char *const []) WINNERS,                       \
                  ARRAY_SIZE(((const char *const []) PORTS)))
#define LIST(...) { __VA_ARGS__ }

static void
test_claims(void **state OVS_UNUSED)
{
    /* The one that had it keeps it. */
    CHECK_WINNERS(LIST("b active - 5", "a active - 6"), LIST("b", "b"));
    /* Names decide what time does not. */
    CHECK_WINNERS(LIST("b active - 5", "a active - 5"), LIST("a", "a"));
    /* Only active ports have anything. */
    CHECK_WINNERS(LIST("a arriving - 1", "b active - 6", "c held - 2",
                       "d gone - 3"), LIST("b", "b", "b", "b"));
    CHECK_WINNERS(LIST("a arriving - 1", "b held - 6"), LIST("-", "-"));
    /* A dead host's guest was started elsewhere. */
    CHECK_WINNERS(LIST("dead active - 1", "b active - 6"), LIST("b", "b"));
    CHECK_WINNERS(LIST("dead active - 1"), LIST("dead"));
    /* Other VLANs, and other networks, are other addresses. */
    CHECK_WINNERS(LIST("a active 10 1", "b active 20-30 2",
                       "c active 25 3", "d active 10 4 other"),
                  LIST("a", "b", "b", "d"));
    /* Who has lost to another one stands in nobody's way. */
    CHECK_WINNERS(LIST("a active 10 1", "b active 10-20 2",
                       "c active 20 3"), LIST("a", "a", "c"));
}

static void
test_ops(void **state OVS_UNUSED)
{
    struct fleet_definition *old = row_from_text(
        FLEET_TABLE_DEFINITION,
        "{\"name\":\"net\",\"xml\":\"x\",\"digest\":\"d\",\"revision\":3}");
    struct fleet_definition *new = fleet_row_clone(FLEET_TABLE_DEFINITION,
                                                   old);
    struct json *params = fleet_ops_create();

    fleet_ops_replace(params, FLEET_TABLE_DEFINITION, old, new);
    assert_true(fleet_ops_is_empty(params));
    fleet_row_set_string(&new->xml, "y");
    new->revision = 4;
    fleet_ops_replace(params, FLEET_TABLE_DEFINITION, old, new);
    assert_false(fleet_ops_is_empty(params));
    check_json(params, "[\"Virtnet_Fleet\","
               "{\"columns\":[\"revision\"],\"op\":\"wait\","
               "\"rows\":[{\"revision\":3}],\"table\":\"Definition\","
               "\"timeout\":0,\"until\":\"==\","
               "\"where\":[[\"name\",\"==\",\"net\"]]},"
               "{\"op\":\"update\",\"row\":{\"revision\":4,\"xml\":\"y\"},"
               "\"table\":\"Definition\","
               "\"where\":[[\"name\",\"==\",\"net\"]]}]");

    struct fleet_port *port = port_from_text(
        "{\"host\":\"h\",\"interface\":\"i\"}");
    params = fleet_ops_create();
    fleet_ops_replace(params, FLEET_TABLE_PORT, port, NULL);
    fleet_ops_replace(params, FLEET_TABLE_PORT, NULL, NULL);
    check_json(params, "[\"Virtnet_Fleet\","
               "{\"op\":\"delete\",\"table\":\"Port\",\"where\":"
               "[[\"host\",\"==\",\"h\"],[\"interface\",\"==\",\"i\"]]}]");
    fleet_row_destroy(FLEET_TABLE_PORT, port);
    fleet_row_destroy(FLEET_TABLE_DEFINITION, old);
    fleet_row_destroy(FLEET_TABLE_DEFINITION, new);
}

/* A host may write all columns of its rows but those that say whose they
 * are. */
static void
test_rules(void **state OVS_UNUSED)
{
    for (size_t i = 0; i < fleet_n_rules; i++) {
        const struct fleet_rule *rule = &fleet_rules[i];
        struct fleet_permission *p = fleet_row_create(FLEET_TABLE_PERMISSION);

        fleet_rule_to_permission(rule, p);
        if (!strcmp(rule->role, FLEET_ROLE_HOST)) {
            assert_true(rule->owner[0]);
            assert_false(svec_contains(&p->update, rule->owner));
            assert_false(svec_contains(&p->update, "interface"));
            assert_true(svec_contains(&p->update,
                                      rule->table == FLEET_TABLE_PORT
                                      ? "addresses" : "last_seen"));
            assert_true(rule->table != FLEET_TABLE_DEFINITION);
        }
        fleet_row_destroy(FLEET_TABLE_PERMISSION, p);
    }
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row),
        cmocka_unit_test(test_map),
        cmocka_unit_test(test_row_nonsense),
        cmocka_unit_test(test_port_check),
        cmocka_unit_test(test_claims),
        cmocka_unit_test(test_ops),
        cmocka_unit_test(test_rules),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
