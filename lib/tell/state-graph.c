/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/state.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "openvswitch/dynamic-string.h"
#include "sset.h"
#include "util.h"

/* Appends 'text' as a quoted string of Graphviz. */
void
state_put_dot(struct ds *s, const char *text)
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

    state_put_dot(s, id);
    free(id);
    ds_put_cstr(s, attr);
}

/* How a port is drawn, by what it is. */
static const struct {
    const char *role;
    const char *look;
} looks[] = {
    { "guest", "shape=component, fillcolor=\"#dbe9f6\"" },
    { "host", "shape=house, fillcolor=\"#e8f3dc\"" },
    { "tunnel", "shape=cds, fillcolor=\"#efe3f5\"" },
    { "network", "shape=trapezium, fillcolor=\"#fdeccf\"" },
    { "", "shape=box, fillcolor=\"#eeeeee\"" },
};

static const char *
port_look(const struct json_t *port)
{
    const char *role = (jvalue_get_bool(port, "tunnel") ? "tunnel"
                        : jvalue_get_string(port, "role"));
    size_t i = 0;

    while (looks[i].role[0] && strcmp(looks[i].role, role)) {
        i++;
    }
    return looks[i].look;
}

struct range {
    long int first, last;
};

/* Takes the first range from '*text', VLANs as vlan_set_format() has them.
 * Returns false if there is none. */
static bool
take_range(const char **text, struct range *range)
{
    char *end;

    range->first = range->last = strtol(*text, &end, 10);
    if (end == *text) {
        return false;
    }
    if (*end == '-') {
        range->last = strtol(end + 1, &end, 10);
    }
    *text = end + (*end == ',');
    return true;
}

/* Is any of the VLANs 'a' in 'b' or, if 'all', is each? */
static bool
vlans_are_in(const char *a, const char *b, bool all)
{
    struct range r;

    while (take_range(&a, &r)) {
        const char *others = b;
        struct range other;
        bool found = false;

        while (!found && take_range(&others, &other)) {
            found = (all ? r.first >= other.first && r.last <= other.last
                     : r.first <= other.last && r.last >= other.first);
        }
        if (found != all) {
            return found;
        }
    }
    return all;
}

/* Appends port 'name' of 'bridge'. */
static void
graph_port(struct ds *s, const char *bridge, const char *name,
           const struct json_t *port)
{
    const char *state = jvalue_get_string(port, "state");
    const char *guest = state_get_guest(port);
    char *port_id = xasprintf("%s/%s", bridge, name);
    bool ok = !strcmp(state, "installed") || !strcmp(state, "kernel");
    const char *community = jvalue_get_string(port, "community");
    char *text = xasprintf("%s%s%s%s%s%s%s%s", name, *guest ? " " : "", guest,
                           *community ? ", community " : "", community,
                           ok ? "" : " (", ok ? "" : state, ok ? "" : ")");

    ds_put_cstr(s, "  ");
    put_dot_node(s, "port", port_id, " [");
    ds_put_format(s, "%s, style=%s, %slabel=", port_look(port),
                  ok ? "filled" : "\"filled,dashed\"",
                  ok ? "" : "color=red, ");
    state_put_dot(s, text);
    ds_put_cstr(s, "]\n");
    free(text);
    free(port_id);
}

/* Appends the VLANs that are called 'vlans', of 'bridge', and which of 'ports'
 * are in them or, with a dashed line, in some of them and in others.  Of two
 * ports that are in a VLAN together, at least one is with the other's then. */
static void
graph_vlans(struct ds *s, const char *bridge, const char *vlans,
            const struct json_t *ports)
{
    const char **names = jvalue_names(ports);
    char *vlan_id = xasprintf("%s/%s", bridge, vlans);
    char *label = xasprintf("VLAN %s", vlans);

    ds_put_cstr(s, "  ");
    put_dot_node(s, "vlan", vlan_id, " [shape=ellipse, label=");
    state_put_dot(s, label);
    ds_put_cstr(s, "]\n  ");
    put_dot_node(s, "bridge", bridge, " -- ");
    put_dot_node(s, "vlan", vlan_id, "\n");
    for (const char **p = names; *p; p++) {
        const char *of_port = jvalue_get_string(jvalue_get(ports, *p),
                                                "vlan");
        bool same = !strcmp(vlans, of_port);

        if (same || (vlans_are_in(of_port, vlans, false)
                     && !vlans_are_in(of_port, vlans, true))) {
            char *port_id = xasprintf("%s/%s", bridge, *p);

            ds_put_cstr(s, "  ");
            put_dot_node(s, "vlan", vlan_id, " -- ");
            put_dot_node(s, "port", port_id,
                         same ? "\n" : " [style=dashed]\n");
            free(port_id);
        }
    }
    free(label);
    free(vlan_id);
    free(names);
}

static void
graph_ports(struct ds *s, const char *bridge, const struct json_t *ports)
{
    const char **names = jvalue_names(ports);
    struct sset vlans = SSET_INITIALIZER(&vlans);

    for (const char **p = names; *p; p++) {
        const struct json_t *port = jvalue_get(ports, *p);

        graph_port(s, bridge, *p, port);
        if (jvalue_get_string(port, "vlan")[0]) {
            sset_add(&vlans, jvalue_get_string(port, "vlan"));
        }
    }
    const char **sorted = sset_sort(&vlans);
    for (size_t i = 0; i < sset_count(&vlans); i++) {
        graph_vlans(s, bridge, sorted[i], ports);
    }
    free(sorted);
    sset_destroy(&vlans);
    free(names);
}

static void
graph_bridge(struct ds *s, const char *name, const struct json_t *bridge)
{
    const struct json_t *networks = jvalue_get(bridge, "networks");
    bool in_force = (!jvalue_get(bridge, "in_force")
                     || jvalue_get_bool(bridge, "in_force"));
    struct ds label = DS_EMPTY_INITIALIZER;

    ds_put_format(&label, "%s (%s%s)", name,
                  jvalue_get_string(bridge, "macTableManager"),
                  in_force ? "" : ", not in force");
    ds_put_cstr(s, "  ");
    put_dot_node(s, "bridge", name, " [shape=box, style=bold, ");
    ds_put_cstr(s, in_force ? "label=" : "color=red, fontcolor=red, label=");
    state_put_dot(s, ds_cstr(&label));
    ds_put_cstr(s, "]\n");
    ds_destroy(&label);
    for (size_t i = 0; i < jvalue_count(networks); i++) {
        const char *network = jvalue_get_string(jvalue_at(networks, i),
                                                "name");
        ds_put_cstr(s, "  ");
        put_dot_node(s, "network", network, " [shape=folder, label=");
        state_put_dot(s, network);
        ds_put_cstr(s, "]\n  ");
        put_dot_node(s, "network", network, " -- ");
        put_dot_node(s, "bridge", name, "\n");
    }
    graph_ports(s, name, jvalue_get(bridge, "ports"));
}

/* Appends 'state' as a graph for Graphviz. */
void
state_format_graph(struct ds *s, const struct json_t *state)
{
    const struct json_t *bridges = jvalue_get(state, "bridges");
    const char **names = jvalue_names(bridges);

    ds_put_cstr(s, "strict graph virtnet {\n"
                "  rankdir=LR\n"
                "  node [fontname=\"sans-serif\"]\n");
    for (const char **name = names; *name; name++) {
        graph_bridge(s, *name, jvalue_get(bridges, *name));
    }
    free(names);
    ds_put_cstr(s, "}\n");
}
