/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl-fleet.h"

#include <stdlib.h>
#include <string.h>

#include "controller/ctl/virtnetctl.h"
#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

/* "fleet report": one page of HTML that needs nothing else. */

static const char head[] =
"<!DOCTYPE html>\n"
"<html lang=\"en\">\n"
"<head>\n"
"<meta charset=\"utf-8\">\n"
"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
"<meta http-equiv=\"Content-Security-Policy\""
" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
"<style>\n"
"body { font: 1rem/1.4 sans-serif; margin: 1rem auto; max-width: 72rem;"
" padding: 0 .7rem; color: #222; background: #fff }\n"
".hosts { display: grid; gap: .7rem;"
" grid-template-columns: repeat(auto-fill, minmax(min(16rem, 100%), 1fr)) }\n"
".host { border: 2px solid #7a9a55; border-radius: .4rem; padding: .5rem;"
" background: #f4f9ee; overflow-wrap: anywhere }\n"
".host h3 { margin: 0 0 .3rem; font-size: 1rem }\n"
".guest { display: inline-block; margin: .15rem; padding: .1rem .4rem;"
" border-radius: .3rem; background: #dbe9f6; border: 1px solid #7f9db9 }\n"
".bad { border-color: #b00; border-style: dashed; color: #a00 }\n"
"li.bad, tr.bad { border: 0 }\n"
".table { overflow-x: auto }\n"
"table { border-collapse: collapse }\n"
"td, th { text-align: left; padding: .2rem .6rem;"
" border-bottom: 1px solid #ccc }\n"
"@media (max-width: 40rem) {\n"
"  td, th { padding: .2rem .25rem; font-size: .72rem }\n"
"}\n"
"</style>\n";

/* Appends 'text', which anybody may have written, as text of HTML. */
static void
put_text(struct ds *s, const char *text)
{
    struct ds printable = DS_EMPTY_INITIALIZER;

    printable_put(&printable, text);
    for (const char *p = ds_cstr(&printable); *p; p++) {
        if (strchr("<>&\"'", *p)) {
            ds_put_format(s, "&#%d;", *p);
        } else {
            ds_put_char(s, *p);
        }
    }
    ds_destroy(&printable);
}

static void
put_cell(struct ds *s, const char *text)
{
    ds_put_cstr(s, "<td>");
    put_text(s, text);
}

/* Appends the picture of 'host': a box with its guests in it. */
static void
put_host(struct ds *s, const struct fleet_view *view,
         const struct fleet_host *host)
{
    bool seen = fleet_view_is_seen(host->name, CONST_CAST(struct fleet_view *,
                                                          view));

    ds_put_format(s, "<div class=\"host%s\"><h3>", seen ? "" : " bad");
    put_text(s, host->name);
    ds_put_cstr(s, "</h3>");
    put_text(s, host->hostname);
    if (!seen) {
        ds_put_format(s, " not seen for %lld s", fleet_view_age(view, host));
    }
    ds_put_cstr(s, "<div>\n");
    for (size_t i = 0; i < view->n_ports; i++) {
        const struct fleet_port *port = view->ports[i];

        if (!strcmp(port->host, host->name)) {
            ds_put_format(s, "<span class=\"guest%s\">",
                          strcmp(port->state, "active") ? " bad" : "");
            put_text(s, port->vm[0] ? port->vm : port->interface);
            ds_put_cstr(s, " <small>");
            put_text(s, port->network);
            if (port->vlans[0]) {
                ds_put_char(s, ' ');
                put_text(s, port->vlans);
            }
            ds_put_cstr(s, "</small></span>\n");
        }
    }
    ds_put_cstr(s, "</div></div>\n");
}

static void
put_networks(struct ds *s, const struct fleet_view *view)
{
    ds_put_cstr(s, "<h2>Networks</h2>\n<div class=\"table\"><table>\n"
                "<tr><th>Network<th>Revision<th>Not in force on\n");
    for (size_t i = 0; i < view->n_definitions; i++) {
        const struct fleet_definition *d = view->definitions[i];
        const char *comma = "";

        ds_put_cstr(s, "<tr>");
        put_cell(s, d->name);
        ds_put_format(s, "<td>%"PRId64"<td>", d->revision);
        for (size_t j = 0; j < view->n_hosts; j++) {
            const char *why = fleet_view_why_not(view->hosts[j], d);

            if (why) {
                ds_put_cstr(s, comma);
                put_text(s, view->hosts[j]->name);
                ds_put_cstr(s, ": ");
                put_text(s, why);
                comma = "<br>";
            }
        }
        ds_put_char(s, '\n');
    }
    ds_put_cstr(s, "</table></div>\n");
}

static void
put_addresses(struct ds *s, const struct fleet_view *view)
{
    size_t n;
    const struct fleet_claim *claims = fleet_claims_get(view->claims, &n);

    ds_put_cstr(s, "<h2>Addresses</h2>\n<div class=\"table\"><table>\n"
                "<tr><th>Address<th>Network<th>VLAN<th>Host<th>Port<th>Guest"
                "<th>State\n");
    for (size_t i = 0; i < n; i++) {
        const struct fleet_port *port = claims[i].port;
        const char *state = fleet_claim_state(&claims[i]);

        if (!fleet_view_is_seen(port->host,
                                CONST_CAST(struct fleet_view *, view))) {
            state = "host not seen";
        }
        ds_put_format(s, "<tr%s><td>"ETH_ADDR_FMT,
                      strcmp(state, "active") ? " class=\"bad\"" : "",
                      ETH_ADDR_ARGS(claims[i].mac));
        put_cell(s, port->network);
        put_cell(s, port->vlans);
        put_cell(s, port->host);
        put_cell(s, port->interface);
        put_cell(s, port->vm);
        put_cell(s, state);
        ds_put_char(s, '\n');
    }
    ds_put_cstr(s, "</table></div>\n");
}

/* Appends what "fleet verify" says. */
static void
put_health(struct ds *s, const struct fleet_view *view)
{
    struct json_t *array = jvalue_array();
    struct ds text = DS_EMPTY_INITIALIZER;

    fleet_view_verify(view, array, &text);
    ds_put_format(s, "<p>%"PRIuSIZE" networks, %"PRIuSIZE" hosts, %"PRIuSIZE
                  " ports. %s</p>\n<ul>\n", view->n_definitions,
                  view->n_hosts, view->n_ports,
                  (text.length ? "Not all is as it should be:"
                   : "All is as it should be."));
    for (size_t i = 0; i < jvalue_count(array); i++) {
        ds_put_cstr(s, "<li class=\"bad\">");
        put_text(s, jvalue_get_string(jvalue_at(array, i), "text"));
        ds_put_char(s, '\n');
    }
    ds_put_cstr(s, "</ul>\n");
    ds_destroy(&text);
    jvalue_unref(array);
}

/* "fleet report". */
void
virtnetctl_fleet_report(struct ovs_cmdl_context *ctx OVS_UNUSED)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct fleet_view view;
    const char *name;

    fleet_view_init(&view);
    /* "fleet init" calls it so. */
    name = (view.fleet && strcmp(view.fleet->name, "fleet")
            ? view.fleet->name : "Fleet");
    ds_put_cstr(&s, head);
    ds_put_cstr(&s, "<title>");
    put_text(&s, name);
    ds_put_cstr(&s, "</title>\n</head>\n<body>\n<h1>");
    put_text(&s, name);
    ds_put_cstr(&s, "</h1>\n");
    put_health(&s, &view);
    ds_put_cstr(&s, "<h2>Hosts and guests</h2>\n<div class=\"hosts\">\n");
    for (size_t i = 0; i < view.n_hosts; i++) {
        put_host(&s, &view, view.hosts[i]);
    }
    ds_put_cstr(&s, "</div>\n");
    put_networks(&s, &view);
    put_addresses(&s, &view);
    ds_put_cstr(&s, "</body>\n</html>\n");
    virtnetctl_print(&s);
    fleet_view_uninit(&view);
}
