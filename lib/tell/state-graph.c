/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/state.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

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
graph_port(struct ds *s, const char *bridge, const char *name,
           const struct json_t *port)
{
    const char *state = jvalue_get_string(port, "state");
    const char *vlan = jvalue_get_string(port, "vlan");
    const char *guest = state_get_guest(port);
    char *vlan_id = xasprintf("%s/%s", bridge, vlan);
    char *port_id = xasprintf("%s/%s", bridge, name);
    char *text = xasprintf("%s%s%s", name, *guest ? " " : "", guest);
    bool ok = !strcmp(state, "installed") || !strcmp(state, "kernel");

    ds_put_cstr(s, "  ");
    put_dot_node(s, "port", port_id, ok ? " [label=" : " [color=red, label=");
    put_dot(s, text);
    ds_put_cstr(s, "]\n");
    if (*vlan) {
        char *vlan_label = xasprintf("VLAN %s", vlan);

        ds_put_cstr(s, "  ");
        put_dot_node(s, "vlan", vlan_id, " [shape=ellipse, label=");
        put_dot(s, vlan_label);
        ds_put_cstr(s, "]\n  ");
        put_dot_node(s, "bridge", bridge, " -- ");
        put_dot_node(s, "vlan", vlan_id, "\n  ");
        put_dot_node(s, "vlan", vlan_id, " -- ");
        put_dot_node(s, "port", port_id, "\n");
        free(vlan_label);
    }
    free(text);
    free(port_id);
    free(vlan_id);
}

static void
graph_bridge(struct ds *s, const char *name, const struct json_t *bridge)
{
    const struct json_t *ports = jvalue_get(bridge, "ports");
    const struct json_t *networks = jvalue_get(bridge, "networks");
    struct ds label = DS_EMPTY_INITIALIZER;

    ds_put_format(&label, "%s (%s)", name,
                  jvalue_get_string(bridge, "macTableManager"));
    ds_put_cstr(s, "  ");
    put_dot_node(s, "bridge", name, " [shape=box, style=bold, label=");
    put_dot(s, ds_cstr(&label));
    ds_put_cstr(s, "]\n");
    ds_destroy(&label);
    for (size_t i = 0; i < jvalue_count(networks); i++) {
        const char *network = jvalue_get_string(jvalue_at(networks, i),
                                                "name");
        ds_put_cstr(s, "  ");
        put_dot_node(s, "network", network, " [shape=folder, label=");
        put_dot(s, network);
        ds_put_cstr(s, "]\n  ");
        put_dot_node(s, "network", network, " -- ");
        put_dot_node(s, "bridge", name, "\n");
    }

    const char **names = jvalue_names(ports);
    for (const char **p = names; *p; p++) {
        graph_port(s, name, *p, jvalue_get(ports, *p));
    }
    free(names);
}

/* Appends 'state' as a graph for Graphviz. */
void
state_format_graph(struct ds *s, const struct json_t *state)
{
    const struct json_t *bridges = jvalue_get(state, "bridges");
    const char **names = jvalue_names(bridges);

    ds_put_cstr(s, "strict graph virtnet {\n"
                "  rankdir=LR\n"
                "  node [fontname=\"sans-serif\", shape=component]\n");
    for (const char **name = names; *name; name++) {
        graph_bridge(s, *name, jvalue_get(bridges, *name));
    }
    free(names);
    ds_put_cstr(s, "}\n");
}
