/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/state.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* A state in one word, for scripts and monitoring, with the reasons. */

static void OVS_PRINTF_FORMAT(2, 3)
add_reason(struct json_t *reasons, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *text = xvasprintf(format, args);
    va_end(args);
    jvalue_add(reasons, jvalue_string(text));
    free(text);
}

/* Adds the errors in 'diags' to 'reasons', with 'what' before each. */
static void
add_errors(struct json_t *reasons, const char *what,
           const struct json_t *diags)
{
    for (size_t i = 0; i < jvalue_count(diags); i++) {
        const struct json_t *diag = jvalue_at(diags, i);

        if (!strcmp(jvalue_get_string(diag, "severity"), "error")) {
            const char *element = jvalue_get_string(diag, "element");
            const char *file = jvalue_get_string(diag, "file");

            add_reason(reasons, "%s%s%s%s%s%s", what, file,
                       *file ? ": " : "", element, *element ? ": " : "",
                       jvalue_get_string(diag, "text"));
        }
    }
}

/* Adds what is not as it should be with 'bridge' to 'reasons'. */
static void
add_bridge(struct json_t *reasons, const char *name,
           const struct json_t *bridge)
{
    const struct json_t *shortfalls = jvalue_get(bridge, "shortfalls");
    size_t n_conflicts = state_count_ports(jvalue_get(bridge, "ports"),
                                           "conflict");
    size_t n = jvalue_count(reasons);
    char *what = xasprintf("bridge %s: ", name);

    for (size_t i = 0; i < jvalue_count(shortfalls); i++) {
        add_reason(reasons, "%s%s", what,
                   jvalue_get_string(jvalue_at(shortfalls, i), "text"));
    }
    if (!jvalue_get_bool(bridge, "ok")) {
        add_errors(reasons, what, jvalue_get(bridge, "diagnostics"));
        if (n_conflicts) {
            add_reason(reasons, "%sports that have lost their address to "
                       "another: %"PRIuSIZE, what, n_conflicts);
        }
        if (jvalue_count(reasons) == n) {
            add_reason(reasons, "%s%s", what,
                       jvalue_get_string(bridge, "state"));
        }
    }
    free(what);
}

/* Returns why 'state' is not as it should be, as an array of strings that is
 * empty if it is.  The caller must destroy it. */
struct json_t *
state_find_reasons(const struct json_t *state)
{
    const struct json_t *database = jvalue_get(state, "database");
    const struct json_t *bridges = jvalue_get(state, "bridges");
    const struct json_t *unwired = jvalue_get(state, "unwired");
    const char **names = jvalue_names(bridges);
    struct json_t *reasons = jvalue_array();

    if (!jvalue_get_bool(database, "connected")) {
        add_reason(reasons, "the database cannot be reached");
    } else if (jvalue_get_integer(database, "pending")) {
        add_reason(reasons, "changes of the database are pending");
    }
    for (const char **name = names; *name; name++) {
        add_bridge(reasons, *name, jvalue_get(bridges, *name));
    }
    free(names);
    add_errors(reasons, "", jvalue_get(jvalue_get(state, "definitions"),
                                       "diagnostics"));
    names = jvalue_names(unwired);
    for (const char **name = names; *name; name++) {
        add_reason(reasons, "port %s: %s", *name,
                   jvalue_text(jvalue_get(unwired, *name)));
    }
    free(names);
    return reasons;
}

/* Appends to 's', in one line, whether 'state' is as it should be, given the
 * 'reasons' why not that state_find_reasons() has found. */
void
state_format_health(struct ds *s, const struct json_t *state,
                    const struct json_t *reasons)
{
    const struct json_t *bridges = jvalue_get(state, "bridges");
    const char **names = jvalue_names(bridges);
    size_t n_exact = 0, n_ports = 0;

    if (jvalue_count(reasons)) {
        ds_put_cstr(s, "not ok: ");
        printable_put(s, jvalue_text(jvalue_at(reasons, 0)));
        if (jvalue_count(reasons) > 1) {
            ds_put_format(s, " (and %"PRIuSIZE" more)",
                          jvalue_count(reasons) - 1);
        }
    } else {
        for (const char **name = names; *name; name++) {
            const struct json_t *bridge = jvalue_get(bridges, *name);

            n_exact += jvalue_get_bool(bridge, "in_force");
            n_ports += jvalue_count(jvalue_get(bridge, "ports"));
        }
        ds_put_format(s, "ok: libvirt mode is in force on %"PRIuSIZE" of "
                      "%"PRIuSIZE" bridges, %"PRIuSIZE" ports%s",
                      n_exact, jvalue_count(bridges), n_ports,
                      (jvalue_get_bool(jvalue_get(state, "database"),
                                       "standing_by")
                       ? "; standing by" : ""));
    }
    ds_put_char(s, '\n');
    free(names);
}

/* How many guests' ports of 'bridge' are counted to 'network'? */
static size_t
count_guests(const struct json_t *bridge, const char *network)
{
    const struct json_t *ports = jvalue_get(bridge, "ports");
    const char **names = jvalue_names(ports);
    size_t n = 0;

    for (const char **name = names; *name; name++) {
        n += !strcmp(jvalue_get_string(jvalue_get(ports, *name),
                                       "member-of"), network);
    }
    free(names);
    return n;
}

/* Returns 'network', one of those of 'bridge', which is called 'name', or is
 * null if there is none of that name. */
static struct json_t *
network_to_json(const char *name, const struct json_t *bridge,
                const struct json_t *network)
{
    struct json_t *json = jvalue_object();

    jvalue_put_string(json, "network", jvalue_get_string(network, "name"));
    if (jvalue_get(network, "fake_bridge")) {
        jvalue_put_string(json, "bridge", jvalue_get_string(network,
                                                            "fake_bridge"));
        jvalue_put_string(json, "parent", name);
    } else {
        jvalue_put_string(json, "bridge", name);
    }
    jvalue_put_string(json, "macTableManager",
                      jvalue_get_string(network, "macTableManager"));
    if (!bridge) {
        jvalue_put_bool(json, "in_force", false);
    } else if (jvalue_get(bridge, "in_force")) {
        jvalue_put_bool(json, "in_force", jvalue_get_bool(bridge,
                                                          "in_force"));
    }
    if (jvalue_get(network, "active")) {
        jvalue_put_bool(json, "active", jvalue_get_bool(network, "active"));
    }
    jvalue_put_integer(json, "guests",
                       count_guests(bridge, jvalue_get_string(network,
                                                              "name")));
    jvalue_put_string(json, "file", jvalue_get_string(network, "file"));
    jvalue_put_integer(json, "line", jvalue_get_integer(network, "line"));
    return json;
}

/* Returns the networks of all bridges in 'state', and those of no bridge, as
 * an array of objects that the caller must destroy. */
struct json_t *
state_networks_to_json(const struct json_t *state)
{
    const struct json_t *bridges = jvalue_get(state, "bridges");
    const char **names = jvalue_names(bridges);
    struct json_t *array = jvalue_array();

    for (const char **name = names; *name; name++) {
        const struct json_t *bridge = jvalue_get(bridges, *name);
        const struct json_t *networks = jvalue_get(bridge, "networks");

        for (size_t i = 0; i < jvalue_count(networks); i++) {
            jvalue_add(array, network_to_json(*name, bridge,
                                              jvalue_at(networks, i)));
        }
    }
    free(names);

    const struct json_t *nowhere = jvalue_get(jvalue_get(state, "definitions"),
                                              "nowhere");
    for (size_t i = 0; i < jvalue_count(nowhere); i++) {
        const struct json_t *network = jvalue_at(nowhere, i);

        jvalue_add(array, network_to_json(jvalue_get_string(network, "bridge"),
                                          NULL, network));
    }
    return array;
}

static void
put_cell(struct ds *s, const char *text, int width)
{
    size_t start = s->length;

    printable_put(s, text);
    int pad = width - (int) (s->length - start);
    ds_put_char_multiple(s, ' ', MAX(pad, 0) + 2);
}

/* Appends a list of the networks in 'state'. */
void
state_format_networks(struct ds *s, const struct json_t *state)
{
    struct json_t *networks = state_networks_to_json(state);

    ds_put_cstr(s, "network          bridge           mode     in force  "
                "guests  definition\n");
    for (size_t i = 0; i < jvalue_count(networks); i++) {
        const struct json_t *network = jvalue_at(networks, i);
        const struct json_t *in_force = jvalue_get(network, "in_force");

        put_cell(s, jvalue_get_string(network, "network"), 15);
        put_cell(s, jvalue_get_string(network, "bridge"), 15);
        put_cell(s, jvalue_get_string(network, "macTableManager"), 7);
        put_cell(s, (!in_force ? "-"
                     : jvalue_get_bool(network, "in_force") ? "yes" : "no"),
                 8);
        ds_put_format(s, "%6lld  ", jvalue_get_integer(network, "guests"));
        printable_put(s, jvalue_get_string(network, "file"));
        ds_put_format(s, ":%lld%s\n", jvalue_get_integer(network, "line"),
                      jvalue_get(network, "active")
                      && !jvalue_get_bool(network, "active")
                      ? " (not active in libvirt)" : "");
    }
    jvalue_unref(networks);
}
