/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/state.h"

#include <stdlib.h>
#include <string.h>

#include "crc32c.h"
#include "lib/base/ovs-compat.h"
#include "lib/base/printable.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "util.h"

/* Returns member 'name' of 'json', or null if there is none. */
const struct json *
state_get(const struct json *json, const char *name)
{
    return (json && json->type == JSON_OBJECT
            ? shash_find_data(json_object(json), name) : NULL);
}

/* Returns member 'name' of 'json', "" if it is not a string. */
const char *
state_get_string(const struct json *json, const char *name)
{
    const struct json *value = state_get(json, name);
    return value && value->type == JSON_STRING ? json_string(value) : "";
}

/* Returns member 'name' of 'json', 0 if it is not an integer. */
long long int
state_get_integer(const struct json *json, const char *name)
{
    const struct json *value = state_get(json, name);
    return value && value->type == JSON_INTEGER ? json_integer(value) : 0;
}

/* Returns how people know the guest of 'port': libvirt's name of it or, where
 * that is not known, what the database says; "" if neither is there. */
const char *
state_get_guest(const struct json *port)
{
    return state_get_string(port, state_get(port, "guest")
                            ? "guest" : "vm-id");
}

/* Returns 'port' of 'bridge', or null. */
const struct json *
state_find_port(const struct json *state, const char *bridge,
                const char *port)
{
    const struct json *b = state_get(state_get(state, "bridges"), bridge);
    return state_get(state_get(b, "ports"), port);
}

/* Returns a number by which 'text', a state in JSON, can be told from
 * others. */
uint32_t
state_digest(const char *text)
{
    return (OVS_FORCE uint32_t) crc32c((const uint8_t *) text, strlen(text));
}

typedef void member_cb(struct ds *, const char *name, const struct json *);

/* Calls 'cb' for each member of 'object', by name. */
static void
for_each_member(struct ds *s, const struct json *object, member_cb *cb)
{
    if (object && object->type == JSON_OBJECT) {
        const struct shash_node **nodes = shash_sort(json_object(object));

        for (size_t i = 0; i < shash_count(json_object(object)); i++) {
            cb(s, nodes[i]->name, nodes[i]->data);
        }
        free(nodes);
    }
}

static void
put_diag(struct ds *s, const struct json *diag)
{
    ds_put_cstr(s, "    ");
    if (state_get(diag, "file")) {
        printable_put(s, state_get_string(diag, "file"));
        ds_put_format(s, ":%lld: ", state_get_integer(diag, "line"));
    }
    ds_put_format(s, "%s: ", state_get_string(diag, "severity"));
    if (state_get(diag, "element")) {
        printable_put(s, state_get_string(diag, "element"));
        ds_put_cstr(s, ": ");
    }
    printable_put(s, state_get_string(diag, "text"));
    ds_put_char(s, '\n');
}

static void
show_other_mac(struct ds *s, const char *mac, const struct json *source)
{
    ds_put_cstr(s, "        also ");
    printable_put(s, mac);
    ds_put_cstr(s, " (");
    printable_put(s, source->type == JSON_STRING ? json_string(source) : "");
    ds_put_cstr(s, ")\n");
}

static void
show_port(struct ds *s, const char *name, const struct json *port)
{
    ds_put_cstr(s, "    Port ");
    printable_put(s, name);
    ds_put_cstr(s, "\n        ");
    if (state_get(port, "role")) {
        ds_put_format(s, "%s, ", state_get_string(port, "role"));
    }
    if (state_get(port, "mac")) {
        ds_put_format(s, "%s, ", state_get_string(port, "mac"));
    }
    if (state_get(port, "vlan")) {
        ds_put_format(s, "VLAN %s, ", state_get_string(port, "vlan"));
    }
    if (state_get(port, "isolated")) {
        ds_put_cstr(s, "isolated, ");
    }
    printable_put(s, state_get_string(port, "state"));
    if (state_get(port, "reason")) {
        ds_put_cstr(s, ": ");
        printable_put(s, state_get_string(port, "reason"));
    }
    ds_put_char(s, '\n');

    for_each_member(s, state_get(port, "other-macs"), show_other_mac);
    if (state_get(port, "follow-limit")) {
        ds_put_format(s,
                      "        may change to up to %lld other addresses%s\n",
                      state_get_integer(port, "follow-limit"),
                      state_get(port, "deaf")
                      ? "; has announced too many, not listened to for a while"
                      : "");
    }

    const char *const ids[] = {
        "guest", "guest-state", "network", "guest-portgroup", "vm-id",
        "iface-id", "portgroup"
    };
    for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
        if (state_get(port, ids[i])) {
            ds_put_format(s, "        %s: ", ids[i]);
            printable_put(s, state_get_string(port, ids[i]));
            ds_put_char(s, '\n');
        }
    }
    if (state_get_string(port, "vlan-config")[0]) {
        ds_put_cstr(s, "        ");
        printable_put(s, state_get_string(port, "vlan-config"));
        ds_put_char(s, '\n');
    }
}

static void
show_network(struct ds *s, const struct json *network)
{
    const struct json *meters = state_get(network, "meters");

    ds_put_cstr(s, "    Network ");
    printable_put(s, state_get_string(network, "name"));
    ds_put_cstr(s, " (");
    printable_put(s, state_get_string(network, "file"));
    ds_put_format(s, ":%lld)\n", state_get_integer(network, "line"));
    for (size_t i = 0; meters && i < json_array_size(meters); i++) {
        const struct json *meter = json_array_at(meters, i);
        const struct json *installed = state_get(meter, "installed");

        ds_put_format(s, "        guests %s together %lld kbit/s",
                      (!strcmp(state_get_string(meter, "direction"), "out")
                       ? "send" : "get"), state_get_integer(meter, "kbps"));
        if (state_get(meter, "peak_kbps")) {
            ds_put_format(s, ", peak %lld kbit/s",
                          state_get_integer(meter, "peak_kbps"));
        }
        ds_put_cstr(s, installed && installed->type == JSON_TRUE ? "\n"
                    : ", not installed\n");
    }
}

static void
show_bridge(struct ds *s, const char *name, const struct json *bridge)
{
    const struct json *networks = state_get(bridge, "networks");
    const struct json *diags = state_get(bridge, "diagnostics");
    const struct json *ok = state_get(bridge, "ok");

    ds_put_cstr(s, "Bridge ");
    printable_put(s, name);
    ds_put_format(s, "\n    %s mode, ",
                  state_get_string(bridge, "macTableManager"));
    printable_put(s, state_get_string(bridge, "state"));
    ds_put_cstr(s, ok && ok->type == JSON_TRUE ? ", ok\n" : ", not ok\n");
    for (size_t i = 0; networks && i < json_array_size(networks); i++) {
        show_network(s, json_array_at(networks, i));
    }
    for (size_t i = 0; diags && i < json_array_size(diags); i++) {
        put_diag(s, json_array_at(diags, i));
    }
    for_each_member(s, state_get(bridge, "ports"), show_port);
}

static void
show_unwired(struct ds *s, const char *name, const struct json *reason)
{
    ds_put_cstr(s, "Port ");
    printable_put(s, name);
    ds_put_cstr(s, "\n    not wired: ");
    printable_put(s, reason->type == JSON_STRING ? json_string(reason) : "");
    ds_put_char(s, '\n');
}

/* Appends all of 'state' as a tree. */
void
state_format_show(struct ds *s, const struct json *state)
{
    const struct json *diags = state_get(state_get(state, "definitions"),
                                         "diagnostics");

    for (size_t i = 0; diags && i < json_array_size(diags); i++) {
        if (strcmp(state_get_string(json_array_at(diags, i), "severity"),
                   "note")) {
            put_diag(s, json_array_at(diags, i));
        }
    }
    for_each_member(s, state_get(state, "bridges"), show_bridge);
    for_each_member(s, state_get(state, "unwired"), show_unwired);
}

/* Appends why entry 'e' of a MAC table is not installed, and how its port has
 * come by the address, unless that goes without saying. */
static void
put_fdb_notes(struct ds *s, const struct json *e)
{
    const char *source = state_get_string(e, "source");

    if (!strcmp(state_get_string(e, "state"), "pending")) {
        ds_put_cstr(s, " (held back until its first frame)");
    } else if (state_get(e, "holder")) {
        ds_put_cstr(s, " (");
        printable_put(s, state_get_string(e, "holder"));
        ds_put_cstr(s, " has it)");
    }
    if (source[0] && strcmp(source, "host")
        && strcmp(source, "attached-mac")) {
        ds_put_cstr(s, " (");
        printable_put(s, source);
        ds_put_char(s, ')');
    }
}

/* Appends the MAC table 'fdb', of a bridge with 'ports'. */
static void
put_fdb(struct ds *s, const struct json *fdb, const struct json *ports)
{
    ds_put_cstr(s, " port  VLAN       MAC                interface        "
                "state          packets  guest\n");
    for (size_t i = 0; fdb && i < json_array_size(fdb); i++) {
        const struct json *e = json_array_at(fdb, i);
        const char *name = state_get_string(e, "port");
        const struct json *port = state_get(ports, name);
        struct ds printable = DS_EMPTY_INITIALIZER;

        printable_put(&printable, name);
        ds_put_format(s, "%5lld  %-9s  %s  %-15s  %-11s  ",
                      state_get_integer(port, "ofport"),
                      state_get_string(e, "vlan"), state_get_string(e, "mac"),
                      ds_cstr(&printable), state_get_string(e, "state"));
        ds_destroy(&printable);
        if (state_get(port, "rx_packets")) {
            ds_put_format(s, "%9lld  ", state_get_integer(port, "rx_packets"));
        } else {
            ds_put_cstr(s, "        -  ");
        }
        printable_put(s, state_get_guest(port)[0] ? state_get_guest(port)
                      : "-");
        put_fdb_notes(s, e);
        ds_put_char(s, '\n');
    }
}

static void
format_fdb(struct ds *s, const char *name, const struct json *bridge)
{
    ds_put_cstr(s, "# bridge ");
    printable_put(s, name);
    ds_put_char(s, '\n');
    put_fdb(s, state_get(bridge, "fdb"), state_get(bridge, "ports"));
}

/* Appends the MAC table of 'bridge' or, if that is null, those of all. */
void
state_format_fdb(struct ds *s, const struct json *state, const char *bridge)
{
    const struct json *bridges = state_get(state, "bridges");

    if (bridge) {
        const struct json *b = state_get(bridges, bridge);

        put_fdb(s, state_get(b, "fdb"), state_get(b, "ports"));
    } else {
        for_each_member(s, bridges, format_fdb);
    }
}

/* Appends 'text' as a quoted string of Graphviz. */
static void
put_dot(struct ds *s, const char *text)
{
    struct ds printable = DS_EMPTY_INITIALIZER;

    printable_put(&printable, text);
    ds_put_char(s, '"');
    for (const char *p = ds_cstr(&printable); *p; p++) {
        ds_put_format(s, "%s%c", strchr("\"\\", *p) ? "\\" : "", *p);
    }
    ds_put_char(s, '"');
    ds_destroy(&printable);
}

static void
put_dot_node(struct ds *s, const char *a, const char *b, const char *attr)
{
    char *id = xasprintf("%s/%s", a, b);

    put_dot(s, id);
    free(id);
    ds_put_cstr(s, attr);
}

static void
graph_bridge(struct ds *s, const char *name, const struct json *bridge)
{
    const struct json *ports = state_get(bridge, "ports");
    const struct json *networks = state_get(bridge, "networks");
    struct ds label = DS_EMPTY_INITIALIZER;

    ds_put_format(&label, "%s (%s)", name,
                  state_get_string(bridge, "macTableManager"));
    ds_put_cstr(s, "  ");
    put_dot_node(s, "bridge", name, " [shape=box, style=bold, label=");
    put_dot(s, ds_cstr(&label));
    ds_put_cstr(s, "]\n");
    ds_destroy(&label);
    for (size_t i = 0; networks && i < json_array_size(networks); i++) {
        const char *network = state_get_string(json_array_at(networks, i),
                                               "name");
        ds_put_cstr(s, "  ");
        put_dot_node(s, "network", network, " [shape=folder, label=");
        put_dot(s, network);
        ds_put_cstr(s, "]\n  ");
        put_dot_node(s, "network", network, " -- ");
        put_dot_node(s, "bridge", name, "\n");
    }

    const struct shash_node **nodes
        = ports ? shash_sort(json_object(ports)) : NULL;
    for (size_t i = 0; ports && i < shash_count(json_object(ports)); i++) {
        const struct json *port = nodes[i]->data;
        const char *vlan = state_get_string(port, "vlan");
        const char *vm = state_get_guest(port);
        char *vlan_id = xasprintf("%s/%s", name, vlan);
        char *port_id = xasprintf("%s/%s", name, nodes[i]->name);
        char *text = xasprintf("%s%s%s", nodes[i]->name, *vm ? " " : "", vm);
        bool ok = (!strcmp(state_get_string(port, "state"), "installed")
                   || !strcmp(state_get_string(port, "state"), "kernel"));

        ds_put_cstr(s, "  ");
        put_dot_node(s, "port", port_id, ok ? " [label="
                     : " [color=red, label=");
        put_dot(s, text);
        ds_put_cstr(s, "]\n");
        if (*vlan) {
            char *vlan_label = xasprintf("VLAN %s", vlan);

            ds_put_cstr(s, "  ");
            put_dot_node(s, "vlan", vlan_id, " [shape=ellipse, label=");
            put_dot(s, vlan_label);
            ds_put_cstr(s, "]\n  ");
            put_dot_node(s, "bridge", name, " -- ");
            put_dot_node(s, "vlan", vlan_id, "\n  ");
            put_dot_node(s, "vlan", vlan_id, " -- ");
            put_dot_node(s, "port", port_id, "\n");
            free(vlan_label);
        }
        free(text);
        free(port_id);
        free(vlan_id);
    }
    free(nodes);
}

/* Appends 'state' as a graph for Graphviz. */
void
state_format_graph(struct ds *s, const struct json *state)
{
    ds_put_cstr(s, "strict graph virtnet {\n"
                "  rankdir=LR\n"
                "  node [fontname=\"sans-serif\", shape=component]\n");
    for_each_member(s, state_get(state, "bridges"), graph_bridge);
    ds_put_cstr(s, "}\n");
}
