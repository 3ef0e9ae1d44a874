/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl-fleet.h"

#include <stdlib.h>
#include <string.h>

#include "controller/ctl/virtnetctl.h"
#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "lib/fleet/fleet-claims.h"
#include "openvswitch/dynamic-string.h"
#include "ovsdb/fleet-db.h"
#include "packets.h"
#include "util.h"

/* "fleet show", "fleet hosts" and "fleet ports". */

static size_t
count_ports(const struct fleet_view *view, const char *host)
{
    size_t n = 0;

    for (size_t i = 0; i < view->n_ports; i++) {
        n += !strcmp(view->ports[i]->host, host);
    }
    return n;
}

/* Is 'definition' in force on 'host', by what the host says? */
static bool
is_in_force(const struct fleet_host *host,
            const struct fleet_definition *definition)
{
    const char *digest = smap_get(&host->in_force, definition->name);

    return digest && !strcmp(digest, definition->digest);
}

/* Returns why 'definition' is not in force on 'host', in words, or null if it
 * is. */
const char *
fleet_view_why_not(const struct fleet_host *host,
                   const struct fleet_definition *definition)
{
    const char *why = smap_get(&host->problems, definition->name);

    return (is_in_force(host, definition) ? NULL
            : why ? why
            : smap_get(&host->in_force, definition->name)
            ? "another revision is in force" : "it has not said why");
}

static void
put_definition(struct ds *s, struct json_t *array,
               const struct fleet_view *view,
               const struct fleet_definition *definition)
{
    struct json_t *object = fleet_row_to_jvalue(FLEET_TABLE_DEFINITION,
                                                definition);
    struct json_t *hosts = jvalue_object();
    struct ds missing = DS_EMPTY_INITIALIZER;
    char *digest = xasprintf("%.12s", definition->digest);
    size_t n = 0;

    for (size_t i = 0; i < view->n_hosts; i++) {
        const struct fleet_host *host = view->hosts[i];

        const char *why = fleet_view_why_not(host, definition);

        if (!why) {
            n++;
            jvalue_put_string(hosts, host->name, "in force");
        } else {
            ds_put_cstr(&missing, "    not in force on ");
            printable_put(&missing, host->name);
            ds_put_cstr(&missing, ": ");
            printable_put(&missing, why);
            ds_put_char(&missing, '\n');
            jvalue_put_string(hosts, host->name, why);
        }
    }
    ds_put_cstr(s, "network ");
    printable_put(s, definition->name);
    ds_put_format(s, ": revision %"PRId64", digest ", definition->revision);
    printable_put(s, digest);
    ds_put_format(s, ", in force on %"PRIuSIZE" of %"PRIuSIZE" hosts\n%s", n,
                  view->n_hosts, ds_cstr(&missing));
    free(digest);
    ds_destroy(&missing);
    jvalue_put(object, "hosts", hosts);
    jvalue_add(array, object);
}

static void
put_fleet(struct ds *s, struct json_t *object, const struct fleet_view *view)
{
    const char *problem = fleet_db_problem(view->db);
    const char *name = view->fleet ? view->fleet->name : "";

    ds_put_cstr(s, "fleet ");
    printable_put(s, name);
    ds_put_format(s, ": schema %s, %"PRIuSIZE" networks, %"PRIuSIZE" hosts, "
                  "%"PRIuSIZE" ports\n", fleet_db_schema_version(view->db),
                  view->n_definitions, view->n_hosts, view->n_ports);
    jvalue_put_string(object, "name", name);
    jvalue_put_string(object, "schema", fleet_db_schema_version(view->db));
    if (problem) {
        ds_put_format(s, "warning: %s\n", problem);
        jvalue_put_string(object, "problem", problem);
    }
}

/* Prints 's' or 'json', whichever is asked for, and frees both. */
static void
print_either(struct ds *s, struct json_t *json)
{
    if (options.json) {
        virtnetctl_print_json(json);
        ds_destroy(s);
    } else {
        virtnetctl_print(s);
        jvalue_unref(json);
    }
}

/* "fleet show [NETWORK]". */
void
virtnetctl_fleet_show(struct ovs_cmdl_context *ctx)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct json_t *object = jvalue_object();
    struct json_t *array = jvalue_array();
    struct fleet_view view;

    fleet_view_init(&view);
    if (ctx->argc > 1) {
        const struct fleet_definition *definition
            = fleet_view_find_definition(&view, ctx->argv[1]);

        if (!definition) {
            virtnetctl_fatal("the fleet has no definition of network %s",
                             ctx->argv[1]);
        }
        put_definition(&s, array, &view, definition);
        ds_put_cstr(&s, definition->xml);
        if (s.length && ds_last(&s) != '\n') {
            ds_put_char(&s, '\n');
        }
    } else {
        put_fleet(&s, object, &view);
        for (size_t i = 0; i < view.n_definitions; i++) {
            put_definition(&s, array, &view, view.definitions[i]);
        }
    }
    jvalue_put(object, "networks", array);
    print_either(&s, object);
    fleet_view_uninit(&view);
}

/* Appends when 'host' was seen last, in words. */
static void
put_seen(struct ds *s, const struct fleet_view *view,
         const struct fleet_host *host)
{
    long long int age = fleet_view_age(view, host);

    if (host->last_seen <= 0) {
        ds_put_cstr(s, "never seen");
    } else if (age < 0) {
        ds_put_format(s, "seen (its clock is %lld s ahead)", -age);
    } else if (age < FLEET_VIEW_SEEN_SECONDS) {
        ds_put_format(s, "seen %lld s ago", age);
    } else {
        ds_put_format(s, "not seen for %lld s", age);
    }
}

static void
put_host(struct ds *s, const struct fleet_view *view,
         const struct fleet_host *host)
{
    ds_put_cstr(s, "host ");
    printable_put(s, host->name);
    if (host->hostname[0]) {
        ds_put_cstr(s, " (");
        printable_put(s, host->hostname);
        ds_put_char(s, ')');
    }
    ds_put_cstr(s, ": ");
    put_seen(s, view, host);
    ds_put_format(s, ", %"PRIuSIZE" ports", count_ports(view, host->name));
    if (host->version[0]) {
        ds_put_cstr(s, ", ovs-virtnet ");
        printable_put(s, host->version);
    }
    ds_put_char(s, '\n');

    const struct smap_node **problems = smap_sort(&host->problems);
    for (size_t i = 0; i < smap_count(&host->problems); i++) {
        ds_put_cstr(s, "    not in force: network ");
        printable_put(s, problems[i]->key);
        ds_put_cstr(s, ": ");
        printable_put(s, problems[i]->value);
        ds_put_char(s, '\n');
    }
    free(problems);
}

/* "fleet hosts". */
void
virtnetctl_fleet_hosts(struct ovs_cmdl_context *ctx OVS_UNUSED)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct json_t *array = jvalue_array();
    struct fleet_view view;

    fleet_view_init(&view);
    for (size_t i = 0; i < view.n_hosts; i++) {
        const struct fleet_host *host = view.hosts[i];
        struct json_t *object = fleet_row_to_jvalue(FLEET_TABLE_HOST, host);

        put_host(&s, &view, host);
        jvalue_put_bool(object, "seen",
                        fleet_view_is_seen(host->name, &view));
        jvalue_put_integer(object, "ports", count_ports(&view, host->name));
        jvalue_add(array, object);
    }
    print_either(&s, array);
    fleet_view_uninit(&view);
}

/* Is 'claim' one of those that 'what' means: by address, or by the port's
 * guest, interface, iface-id, host or network? */
static bool
is_meant(const struct fleet_claim *claim, const char *what)
{
    const struct fleet_port *port = claim->port;
    struct eth_addr mac;

    return ((eth_addr_from_string(what, &mac)
             && eth_addr_equals(mac, claim->mac))
            || !strcmp(what, port->vm) || !strcmp(what, port->interface)
            || !strcmp(what, port->iface_id) || !strcmp(what, port->host)
            || !strcmp(what, port->network));
}

static bool
is_wanted(const struct fleet_claim *claim, char *what[], int n)
{
    for (int i = 0; i < n; i++) {
        if (is_meant(claim, what[i])) {
            return true;
        }
    }
    return !n;
}

static void
put_place(struct ds *s, const struct fleet_port *port)
{
    ds_put_cstr(s, "host ");
    printable_put(s, port->host);
    ds_put_cstr(s, " port ");
    printable_put(s, port->interface);
    if (port->vm[0]) {
        ds_put_cstr(s, " guest ");
        printable_put(s, port->vm);
    }
}

/* Returns what has become of 'claim', in a word. */
const char *
fleet_claim_state(const struct fleet_claim *claim)
{
    return (claim->winner && claim->winner != claim->port
            && !strcmp(claim->port->state, "active")
            ? "conflict" : claim->port->state);
}

static void
put_claim(struct ds *s, struct json_t *array, const struct fleet_view *view,
          const struct fleet_claim *claim)
{
    const struct fleet_port *port = claim->port;
    struct json_t *object = fleet_row_to_jvalue(FLEET_TABLE_PORT, port);
    const char *state = fleet_claim_state(claim);

    printable_put_mac(s, claim->mac);
    ds_put_cstr(s, " network ");
    printable_put(s, port->network);
    if (port->vlans[0]) {
        ds_put_format(s, " vlan %s", port->vlans);
    }
    ds_put_char(s, ' ');
    put_place(s, port);
    ds_put_format(s, ": %s", state);
    if (claim->winner && claim->winner != port) {
        ds_put_cstr(s, ", ");
        put_place(s, claim->winner);
        ds_put_cstr(s, " has it");
        jvalue_put_string(object, "winner-host", claim->winner->host);
        jvalue_put_string(object, "winner-interface",
                          claim->winner->interface);
    } else if (claim->is_contested) {
        ds_put_cstr(s, ", and others claim it");
    }
    if (!fleet_view_is_seen(port->host, CONST_CAST(struct fleet_view *,
                                                   view))) {
        ds_put_cstr(s, ", its host is not seen");
    }
    ds_put_char(s, '\n');
    jvalue_put_format(object, "address", ETH_ADDR_FMT,
                      ETH_ADDR_ARGS(claim->mac));
    jvalue_put_string(object, "state", state);
    jvalue_put_bool(object, "contested", claim->is_contested);
    jvalue_add(array, object);
}

/* "fleet ports [WHAT...]". */
void
virtnetctl_fleet_ports(struct ovs_cmdl_context *ctx)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct json_t *array = jvalue_array();
    const struct fleet_claim *claims;
    struct fleet_view view;
    size_t n, n_found = 0;

    fleet_view_init(&view);
    claims = fleet_claims_get(view.claims, &n);
    for (size_t i = 0; i < n; i++) {
        if (is_wanted(&claims[i], ctx->argv + 1, ctx->argc - 1)) {
            put_claim(&s, array, &view, &claims[i]);
            n_found++;
        }
    }
    if (ctx->argc > 1 && !n_found) {
        virtnetctl_status = 1;
    }
    print_either(&s, array);
    fleet_view_uninit(&view);
}
