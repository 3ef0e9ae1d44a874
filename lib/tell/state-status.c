/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/state.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* A state in a line or a few for each thing: what "status" prints. */

static void
put_member(struct ds *s, const struct json_t *object, const char *name)
{
    printable_put(s, jvalue_get_string(object, name));
}

/* Appends how this host is as a member of a fleet. */
static void
put_fleet(struct ds *s, const struct json_t *fleet)
{
    const char *problem = jvalue_get_string(fleet, "problem");
    long long int pending = jvalue_get_integer(fleet, "pending");
    const struct json_t *unseen = jvalue_get(fleet, "unseen");

    ds_put_cstr(s, "fleet: ");
    put_member(s, fleet, "remote");
    if (jvalue_get_bool(fleet, "connected")) {
        ds_put_cstr(s, ": connected");
    } else if (jvalue_get(fleet, "age")) {
        ds_put_format(s, ": not connected, known as of %lld s ago",
                      jvalue_get_integer(fleet, "age"));
    } else {
        ds_put_cstr(s, ": not connected, nothing is known of it");
    }
    ds_put_format(s, ", %lld networks, %lld hosts, %lld ports, of which %lld "
                  "are here",
                  jvalue_get_integer(fleet, "networks"),
                  jvalue_get_integer(fleet, "hosts"),
                  jvalue_get_integer(fleet, "ports"),
                  jvalue_get_integer(fleet, "own_ports"));
    if (pending) {
        ds_put_format(s, ", %lld not published yet", pending);
    }
    ds_put_char(s, '\n');
    for (size_t i = 0; i < jvalue_count(unseen); i++) {
        ds_put_cstr(s, "fleet: host ");
        printable_put(s, jvalue_text(jvalue_at(unseen, i)));
        ds_put_cstr(s, " is not seen\n");
    }
    if (problem[0]) {
        ds_put_cstr(s, "fleet: ");
        printable_put(s, problem);
        ds_put_char(s, '\n');
    }
}

static void
put_head(struct ds *s, const struct json_t *state)
{
    const struct json_t *database = jvalue_get(state, "database");
    const struct json_t *definitions = jvalue_get(state, "definitions");
    const struct json_t *libvirt = jvalue_get(state, "libvirt");

    ds_put_cstr(s, "virtnet-controller ");
    put_member(s, state, "version");
    ds_put_cstr(s, "\ndatabase: ");
    put_member(s, database, "remote");
    ds_put_format(s, ": %s, %lld changes pending, cur_cfg %lld\n",
                  jvalue_get_bool(database, "connected")
                  ? "connected" : "disconnected",
                  jvalue_get_integer(database, "pending"),
                  jvalue_get_integer(database, "cur_cfg"));
    if (jvalue_get_bool(database, "standing_by")) {
        ds_put_cstr(s, "standing by: another virtnet-controller looks after "
                    "the bridges\n");
    }
    ds_put_cstr(s, "networks: ");
    put_member(s, definitions, "directory");
    ds_put_format(s, ": %lld%s\n", jvalue_get_integer(definitions, "networks"),
                  jvalue_get_bool(definitions, "complete")
                  ? "" : " (not all could be read)");
    if (libvirt) {
        ds_put_cstr(s, "libvirt: ");
        put_member(s, libvirt, "directory");
        ds_put_format(s, ": %lld networks, %lld guests\n",
                      jvalue_get_integer(libvirt, "networks"),
                      jvalue_get_integer(libvirt, "guests"));
    }
    if (jvalue_get(state, "fleet")) {
        put_fleet(s, jvalue_get(state, "fleet"));
    }
    state_put_diags(s, jvalue_get(definitions, "diagnostics"), "");
}

static void
put_network(struct ds *s, const struct json_t *network)
{
    ds_put_cstr(s, "    network ");
    put_member(s, network, "name");
    ds_put_cstr(s, " (");
    put_member(s, network, "file");
    ds_put_format(s, ":%lld): macTableManager %s%s",
                  jvalue_get_integer(network, "line"),
                  jvalue_get_string(network, "macTableManager"),
                  jvalue_get(network, "active")
                  && !jvalue_get_bool(network, "active")
                  ? ", not active in libvirt" : "");
    state_put_fake_bridge(s, network);
    ds_put_char(s, '\n');
}

static void
put_counts(struct ds *s, const struct json_t *counts)
{
#define N(MEMBER) jvalue_get_integer(counts, MEMBER)
    ds_put_format(s, "    flows: %lld planned, %lld installed; "
                  "groups: %lld planned, %lld installed; "
                  "meters: %lld planned, %lld installed\n",
                  N("flows_planned"), N("flows_installed"),
                  N("groups_planned"), N("groups_installed"),
                  N("meters_planned"), N("meters_installed"));
    ds_put_format(s, "    sent: %lld bundles, %lld flow_mods, "
                  "%lld group_mods, %lld meter_mods; errors: %lld; "
                  "connections: %lld\n",
                  N("bundles"), N("flow_mods"), N("group_mods"),
                  N("meter_mods"), N("errors"), N("connections"));
#undef N
}

/* Appends how many 'ports' there are in each state that is not as it should
 * be, if there are any. */
static void
put_port_counts(struct ds *s, const struct json_t *ports)
{
    static const char *const states[] = {
        "not wired", "conflict", "quarantined", "pending",
    };
    const char *separator = "    ports: ";
    size_t start = s->length;

    for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
        size_t n = state_count_ports(ports, states[i]);

        if (n) {
            ds_put_format(s, "%s%"PRIuSIZE" %s", separator, n, states[i]);
            separator = ", ";
        }
    }
    if (s->length > start) {
        ds_put_format(s, " of %"PRIuSIZE"\n", jvalue_count(ports));
    }
}

/* Appends 'port' unless it is not wired: then there is a diagnostic. */
static void
put_port(struct ds *s, const char *name, const struct json_t *port)
{
    size_t n_others = jvalue_count(jvalue_get(port, "other-macs"));

    if (!jvalue_get(port, "role")) {
        return;
    }
    ds_put_cstr(s, "    port ");
    printable_put(s, name);
    ds_put_format(s, ": %s, ", jvalue_get_string(port, "role"));
    if (jvalue_get(port, "mac")) {
        put_member(s, port, "mac");
        if (n_others) {
            ds_put_format(s, " and %"PRIuSIZE" more", n_others);
        }
        ds_put_cstr(s, ", ");
    }
    state_put_bfd(s, port);
    state_put_apart(s, port);
    if (jvalue_get(port, "guards")) {
        ds_put_format(s, "guarded (%s), ", jvalue_get_string(port, "guards"));
    }
    if (jvalue_get(port, "storm")) {
        ds_put_format(s, "storm limit %s, ", jvalue_get_string(port, "storm"));
    }
    if (jvalue_get(port, "filter")) {
        ds_put_cstr(s, "filtered (");
        put_member(s, port, "filter");
        ds_put_cstr(s, "), ");
    }
    ds_put_cstr(s, "VLAN ");
    put_member(s, port, "vlan");
    ds_put_char(s, '\n');
}

static void
put_bridge(struct ds *s, const char *name, const struct json_t *bridge)
{
    const struct json_t *networks = jvalue_get(bridge, "networks");

    ds_put_cstr(s, "bridge ");
    printable_put(s, name);
    ds_put_format(s, ": mode %s, state ",
                  jvalue_get_string(bridge, "macTableManager"));
    put_member(s, bridge, "state");
    ds_put_cstr(s, jvalue_get_bool(bridge, "ok") ? ", ok\n" : ", not ok\n");
    state_put_shortfalls(s, bridge);
    for (size_t i = 0; i < jvalue_count(networks); i++) {
        put_network(s, jvalue_at(networks, i));
    }
    put_counts(s, jvalue_get(bridge, "counts"));
    put_port_counts(s, jvalue_get(bridge, "ports"));
    state_for_each_member(s, jvalue_get(bridge, "ports"), put_port);
    state_put_diags(s, jvalue_get(bridge, "diagnostics"), "    ");
}

static void
put_unwired(struct ds *s, const char *name, const struct json_t *reason)
{
    ds_put_cstr(s, "port ");
    printable_put(s, name);
    ds_put_cstr(s, ": not wired: ");
    printable_put(s, jvalue_text(reason));
    ds_put_char(s, '\n');
}

/* Appends the 'ports' that share 'id': who finds ports by that, as other
 * controllers do, finds the wrong one. */
static void
put_shared(struct ds *s, const char *id, const struct json_t *ports)
{
    ds_put_cstr(s, "iface-id ");
    printable_put(s, id);
    ds_put_cstr(s, ": shared by ports ");
    for (size_t i = 0; i < jvalue_count(ports); i++) {
        ds_put_cstr(s, i ? ", " : "");
        printable_put(s, jvalue_text(jvalue_at(ports, i)));
    }
    ds_put_char(s, '\n');
}

/* Appends all of 'state' in lines. */
void
state_format_status(struct ds *s, const struct json_t *state)
{
    put_head(s, state);
    state_for_each_member(s, jvalue_get(state, "bridges"), put_bridge);
    state_for_each_member(s, jvalue_get(state, "unwired"), put_unwired);
    state_for_each_member(s, jvalue_get(state, "shared-iface-ids"),
                          put_shared);
}
