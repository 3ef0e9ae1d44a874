/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/state.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "openvswitch/dynamic-string.h"

/* The MAC tables, of which a state tells. */

/* Appends since when and why the port of entry 'e' of a MAC table has what
 * others may have, too. */
void
state_put_since(struct ds *s, const struct json_t *e)
{
    time_t since = jvalue_get_integer(e, "since");
    const char *why = jvalue_get_string(e, "why");
    char text[32];
    struct tm tm;

    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&since, &tm));
    ds_put_format(s, "since %s: ", text);
    printable_put(s, why);
}

/* Appends why entry 'e' of a MAC table is not installed, or since when and why
 * its port has what others may have, too, and how it has come by the address,
 * unless that goes without saying. */
static void
put_fdb_notes(struct ds *s, const struct json_t *e)
{
    const char *source = jvalue_get_string(e, "source");

    if (jvalue_get_bool(e, "shared")) {
        ds_put_cstr(s, " (shared, ");
        printable_put(s, jvalue_get_string(e, "holder"));
        ds_put_cstr(s, " has it)");
    } else if (!strcmp(jvalue_get_string(e, "state"), "pending")) {
        ds_put_cstr(s, " (held back until its first frame)");
    } else if (jvalue_get(e, "holder")) {
        ds_put_cstr(s, " (");
        printable_put(s, jvalue_get_string(e, "holder"));
        ds_put_cstr(s, " has it)");
    }
    if (jvalue_get(e, "since")) {
        ds_put_cstr(s, " (shared, ");
        state_put_since(s, e);
        ds_put_char(s, ')');
    }
    if (source[0] && strcmp(source, "host")
        && strcmp(source, "attached-mac")) {
        ds_put_cstr(s, " (");
        printable_put(s, source);
        ds_put_char(s, ')');
    }
}

/* Appends what guards, limit and filter of 'port' have stopped, kind by
 * kind. */
static void
put_stopped(struct ds *s, const struct json_t *port)
{
    const struct json_t *stopped = jvalue_get(port, "stopped");
    const char **names = jvalue_names(stopped);
    const char *separator = " (stopped: ";

    for (const char **name = names; *name; name++) {
        if (jvalue_get_integer(stopped, *name)) {
            ds_put_format(s, "%s%s %lld", separator, *name,
                          jvalue_get_integer(stopped, *name));
            separator = ", ";
        }
    }
    if (*separator == ',') {
        ds_put_char(s, ')');
    }
    free(names);
}

/* Appends the MAC table 'fdb', of a bridge with 'ports'. */
static void
put_fdb(struct ds *s, const struct json_t *fdb, const struct json_t *ports)
{
    ds_put_cstr(s, " port  VLAN       MAC                interface        "
                "state          packets  guest\n");
    for (size_t i = 0; i < jvalue_count(fdb); i++) {
        const struct json_t *e = jvalue_at(fdb, i);
        const char *name = jvalue_get_string(e, "port");
        const struct json_t *port = jvalue_get(ports, name);
        struct ds printable = DS_EMPTY_INITIALIZER;

        printable_put(&printable, name);
        if (port) {
            ds_put_format(s, "%5lld  ", jvalue_get_integer(port, "ofport"));
        } else {
            ds_put_cstr(s, "    -  ");
        }
        ds_put_format(s, "%-9s  %s  %-15s  %-11s  ",
                      jvalue_get_string(e, "vlan"),
                      jvalue_get_string(e, "mac"),
                      ds_cstr(&printable), jvalue_get_string(e, "state"));
        ds_destroy(&printable);
        if (jvalue_get(port, "rx_packets")) {
            ds_put_format(s, "%9lld  ", jvalue_get_integer(port,
                                                           "rx_packets"));
        } else {
            ds_put_cstr(s, "        -  ");
        }
        printable_put(s, state_get_guest(port)[0] ? state_get_guest(port)
                      : "-");
        put_fdb_notes(s, e);
        if (jvalue_get(port, "community")) {
            ds_put_cstr(s, " (community ");
            printable_put(s, jvalue_get_string(port, "community"));
            ds_put_char(s, ')');
        }
        if (!strcmp(jvalue_get_string(e, "mac"),
                    jvalue_get_string(port, "mac"))) {
            put_stopped(s, port);
        }
        ds_put_char(s, '\n');
    }
}

/* Returns entry 'e' of a MAC table of a bridge with 'ports', with what is
 * known of its port.  The caller must destroy it. */
static struct json_t *
fdb_entry_to_json(const struct json_t *e, const struct json_t *ports)
{
    const struct json_t *port = jvalue_get(ports, jvalue_get_string(e,
                                                                    "port"));
    const char **names = jvalue_names(e);
    struct json_t *json = jvalue_object();

    for (const char **name = names; *name; name++) {
        jvalue_put(json, *name, jvalue_ref(jvalue_get(e, *name)));
    }
    free(names);
    if (port) {
        jvalue_put_integer(json, "ofport",
                           jvalue_get_integer(port, "ofport"));
    }
    if (state_get_guest(port)[0]) {
        jvalue_put_string(json, "guest", state_get_guest(port));
    }
    jvalue_put_string(json, "community",
                      jvalue_get(port, "community")
                      ? jvalue_get_string(port, "community") : NULL);
    if (jvalue_get(port, "rx_packets")) {
        jvalue_put_integer(json, "packets",
                           jvalue_get_integer(port, "rx_packets"));
    }
    return json;
}

static void
format_fdb(struct ds *s, const char *name, const struct json_t *bridge)
{
    ds_put_cstr(s, "# bridge ");
    printable_put(s, name);
    ds_put_char(s, '\n');
    put_fdb(s, jvalue_get(bridge, "fdb"), jvalue_get(bridge, "ports"));
}

/* Appends the MAC table of 'bridge' or, if that is null, those of all. */
void
state_format_fdb(struct ds *s, const struct json_t *state, const char *bridge)
{
    const struct json_t *bridges = jvalue_get(state, "bridges");

    if (bridge) {
        const struct json_t *b = jvalue_get(bridges, bridge);

        put_fdb(s, jvalue_get(b, "fdb"), jvalue_get(b, "ports"));
    } else {
        state_for_each_member(s, bridges, format_fdb);
    }
}

/* Returns the MAC tables in 'state' by bridge, each entry with what
 * state_format_fdb() tells of it besides: "ofport", "packets" (to the address,
 * if known), "guest" and "community".  The caller must destroy it. */
struct json_t *
state_fdb_to_json(const struct json_t *state)
{
    const struct json_t *bridges = jvalue_get(state, "bridges");
    const char **names = jvalue_names(bridges);
    struct json_t *json = jvalue_object();

    for (const char **name = names; *name; name++) {
        const struct json_t *bridge = jvalue_get(bridges, *name);
        const struct json_t *fdb = jvalue_get(bridge, "fdb");
        struct json_t *array = jvalue_array();

        for (size_t i = 0; i < jvalue_count(fdb); i++) {
            jvalue_add(array, fdb_entry_to_json(jvalue_at(fdb, i),
                                                jvalue_get(bridge, "ports")));
        }
        jvalue_put(json, *name, array);
    }
    free(names);
    return json;
}
