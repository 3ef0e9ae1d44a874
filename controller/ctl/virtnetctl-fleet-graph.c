/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl-fleet.h"

#include <stdlib.h>
#include <string.h>

#include "controller/ctl/virtnetctl.h"
#include "lib/tell/state.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

/* "fleet graph": hosts, guests and networks, for Graphviz. */

static void
put_node(struct ds *s, const char *kind, const char *name, const char *attr)
{
    char *id = xasprintf("%s/%s", kind, name);

    state_put_dot(s, id);
    ds_put_cstr(s, attr);
    free(id);
}

static void
put_host(struct ds *s, const struct fleet_view *view, const char *name)
{
    const struct fleet_host *host = fleet_view_find_host(view, name);
    bool seen = fleet_view_is_seen(name, CONST_CAST(struct fleet_view *,
                                                    view));
    char *label = xasprintf("%s%s%s%s%s", name,
                            host && host->hostname[0] ? " (" : "",
                            host ? host->hostname : "",
                            host && host->hostname[0] ? ")" : "",
                            seen ? "" : ", not seen");

    ds_put_cstr(s, "  ");
    put_node(s, "host", name, " [shape=box3d, style=filled, ");
    ds_put_format(s, "fillcolor=\"#e8f3dc\", %slabel=",
                  seen ? "" : "color=red, ");
    state_put_dot(s, label);
    ds_put_cstr(s, "]\n");
    free(label);
}

/* Appends network 'name', which the fleet defines or, if not 'defined', guests
 * say that they are in. */
static void
put_network(struct ds *s, const char *name, bool defined)
{
    ds_put_cstr(s, "  ");
    put_node(s, "network", name, " [shape=folder, ");
    ds_put_format(s, "%slabel=", defined ? "" : "style=dashed, ");
    state_put_dot(s, name);
    ds_put_cstr(s, "]\n");
}

/* Appends which definitions are not in force on 'host', and why. */
static void
put_problems(struct ds *s, const struct fleet_view *view,
             const struct fleet_host *host)
{
    for (size_t i = 0; i < view->n_definitions; i++) {
        const char *why = fleet_view_why_not(host, view->definitions[i]);

        if (why) {
            ds_put_cstr(s, "  ");
            put_node(s, "host", host->name, " -- ");
            put_node(s, "network", view->definitions[i]->name,
                     " [style=dashed, color=red, label=");
            state_put_dot(s, why);
            ds_put_cstr(s, "]\n");
        }
    }
}

/* Appends the guest at 'claim' with this address of it. */
static void
put_claim(struct ds *s, const struct fleet_claim *claim)
{
    const struct fleet_port *port = claim->port;
    const char *state = fleet_claim_state(claim);
    bool active = !strcmp(state, "active");
    char *id = xasprintf("%s/%s", port->host, port->interface);
    char *label = xasprintf("%s%s%s, "ETH_ADDR_FMT"%s%s%s", port->interface,
                            port->vm[0] ? " " : "", port->vm,
                            ETH_ADDR_ARGS(claim->mac), active ? "" : " (",
                            active ? "" : state, active ? "" : ")");

    ds_put_cstr(s, "  ");
    put_node(s, "port", id, " [shape=component, ");
    ds_put_format(s, "style=%s, fillcolor=\"#dbe9f6\", %slabel=",
                  active ? "filled" : "\"filled,dashed\"",
                  active ? "" : "color=red, ");
    state_put_dot(s, label);
    ds_put_cstr(s, "]\n  ");
    put_node(s, "host", port->host, " -- ");
    put_node(s, "port", id, "\n  ");
    put_node(s, "port", id, " -- ");
    put_node(s, "network", port->network, "");
    if (port->vlans[0]) {
        free(label);
        label = xasprintf("VLAN %s", port->vlans);
        ds_put_cstr(s, " [label=");
        state_put_dot(s, label);
        ds_put_char(s, ']');
    }
    ds_put_char(s, '\n');
    free(label);
    free(id);
}

/* "fleet graph". */
void
virtnetctl_fleet_graph(struct ovs_cmdl_context *ctx OVS_UNUSED)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    const struct fleet_claim *claims;
    struct fleet_view view;
    size_t n;

    fleet_view_init(&view);
    claims = fleet_claims_get(view.claims, &n);
    ds_put_cstr(&s, "strict graph fleet {\n"
                "  rankdir=LR\n"
                "  node [fontname=\"sans-serif\"]\n");
    for (size_t i = 0; i < view.n_definitions; i++) {
        put_network(&s, view.definitions[i]->name, true);
    }
    for (size_t i = 0; i < view.n_hosts; i++) {
        put_host(&s, &view, view.hosts[i]->name);
        put_problems(&s, &view, view.hosts[i]);
    }
    for (size_t i = 0; i < n; i++) {
        const struct fleet_port *port = claims[i].port;

        if (!fleet_view_find_host(&view, port->host)) {
            put_host(&s, &view, port->host);
        }
        if (!fleet_view_find_definition(&view, port->network)) {
            put_network(&s, port->network, false);
        }
        put_claim(&s, &claims[i]);
    }
    ds_put_cstr(&s, "}\n");
    virtnetctl_print(&s);
    fleet_view_uninit(&view);
}
