/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl-fleet.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "controller/ctl/virtnetctl.h"
#include "lib/base/diag.h"
#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "lib/fleet/fleet-claims.h"
#include "lib/fleet/fleet-ops.h"
#include "lib/xml/netdef.h"
#include "openvswitch/dynamic-string.h"
#include "ovsdb/fleet-db.h"
#include "packets.h"
#include "smap.h"
#include "util.h"
#include "uuid.h"

/* "fleet verify": what is wrong in the fleet's database. */

struct findings {
    const struct fleet_view *view;
    struct json_t *array;
    struct ds *text;
};

static void find(struct findings *, const char *format, ...)
    OVS_PRINTF_FORMAT(2, 3);

static void
find(struct findings *f, const char *format, ...)
{
    struct json_t *object = jvalue_object();
    va_list args;
    char *text;

    va_start(args, format);
    text = xvasprintf(format, args);
    va_end(args);
    printable_put(f->text, text);
    ds_put_char(f->text, '\n');
    jvalue_put_string(object, "text", text);
    jvalue_add(f->array, object);
    free(text);
}

/* Rows of two tables, which the server goes by. */
struct rights {
    const void **roles, **permissions;
    size_t n_roles, n_permissions;
};

/* Returns the permission that the role called 'name' has for 'table', or null
 * if there is none. */
static const struct fleet_permission *
find_permission(const struct rights *rights, const char *name,
                const char *table)
{
    const char *text = NULL;
    struct uuid uuid;

    for (size_t i = 0; i < rights->n_roles; i++) {
        const struct fleet_role *role = rights->roles[i];

        if (!strcmp(role->name, name)) {
            text = smap_get(&role->permissions, table);
        }
    }
    if (!text || !uuid_from_string(&uuid, text)) {
        return NULL;
    }
    for (size_t i = 0; i < rights->n_permissions; i++) {
        const struct fleet_permission *p = rights->permissions[i];

        if (uuid_equals(&p->row.uuid, &uuid)) {
            return p;
        }
    }
    return NULL;
}

/* Has this version the role called 'name', with a permission for 'table' or,
 * if that is null, for any? */
static bool
is_rule(const char *name, const char *table)
{
    for (size_t i = 0; i < fleet_n_rules; i++) {
        if (!strcmp(fleet_rules[i].role, name)
            && (!table || !strcmp(fleet_table_name(fleet_rules[i].table),
                                  table))) {
            return true;
        }
    }
    return false;
}

/* 'role' must have no permission that "fleet init" does not give it. */
static void
check_role(struct findings *f, const struct fleet_role *role)
{
    const struct smap_node **nodes;

    if (!is_rule(role->name, NULL)) {
        find(f, "role %s: this version makes no such role", role->name);
        return;
    }
    nodes = smap_sort(&role->permissions);
    for (size_t i = 0; i < smap_count(&role->permissions); i++) {
        if (!is_rule(role->name, nodes[i]->key)) {
            find(f, "role %s: it has a permission for table %s, which this "
                 "version does not give it", role->name, nodes[i]->key);
        }
    }
    free(nodes);
}

/* The roles and their permissions must be those that "fleet init" makes, and
 * nothing else. */
static void
check_permissions(struct findings *f)
{
    struct rights rights;

    rights.roles = fleet_db_rows(f->view->db, FLEET_TABLE_ROLE,
                                 &rights.n_roles);
    rights.permissions = fleet_db_rows(f->view->db, FLEET_TABLE_PERMISSION,
                                       &rights.n_permissions);
    for (size_t i = 0; i < fleet_n_rules; i++) {
        const struct fleet_rule *rule = &fleet_rules[i];
        struct fleet_permission *p = fleet_row_create(FLEET_TABLE_PERMISSION);
        const struct fleet_permission *found;

        fleet_rule_to_permission(rule, p);
        found = find_permission(&rights, rule->role, p->table);
        if (!found || !fleet_row_equals(FLEET_TABLE_PERMISSION, found, p)) {
            find(f, "role %s: its permission for table %s is not the one "
                 "that this version makes", rule->role, p->table);
        }
        fleet_row_destroy(FLEET_TABLE_PERMISSION, p);
    }
    for (size_t i = 0; i < rights.n_roles; i++) {
        check_role(f, rights.roles[i]);
    }
    if (rights.n_permissions > fleet_n_rules) {
        find(f, "%"PRIuSIZE" permissions are there, and this version makes "
             "%"PRIuSIZE, rights.n_permissions, fleet_n_rules);
    }
    free(rights.roles);
    free(rights.permissions);
}

/* Whoever can connect where no role is set may write everything. */
static void
check_connections(struct findings *f)
{
    size_t n;
    const void **rows = fleet_db_rows(f->view->db, FLEET_TABLE_CONNECTION, &n);

    for (size_t i = 0; i < n; i++) {
        const struct fleet_connection *c = rows[i];

        if (!c->role[0] && strncmp(c->target, "punix:", 6)) {
            find(f, "connection %s has no role: whoever connects there may "
                 "write everything", c->target);
        } else if (c->role[0] && !strncmp(c->target, "ptcp:", 5)) {
            find(f, "connection %s has a role, but no certificates: nobody "
                 "can write there", c->target);
        }
    }
    free(rows);
}

static void
check_definition(struct findings *f, const struct fleet_definition *d)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct netdef *netdef = netdef_from_xml(d->xml, strlen(d->xml), d->name,
                                            &diags);
    char digest[41];

    virtnetctl_fleet_digest(d->xml, strlen(d->xml), digest);
    if (strcmp(digest, d->digest)) {
        find(f, "network %s: its digest is not that of its text", d->name);
    }
    if (!netdef) {
        struct ds s = DS_EMPTY_INITIALIZER;

        for (size_t i = 0; i < diags.n && !s.length; i++) {
            if (diags.diags[i].severity == DIAG_ERROR) {
                ds_put_cstr(&s, diags.diags[i].text);
            }
        }
        find(f, "network %s: it cannot be read: %s", d->name, ds_cstr(&s));
        ds_destroy(&s);
    } else if (strcmp(netdef->name, d->name)) {
        find(f, "network %s: its text is of network %s", d->name,
             netdef->name);
    }
    netdef_destroy(netdef);
    diag_list_uninit(&diags);
}

static void
check_host(struct findings *f, const struct fleet_host *host)
{
    const struct fleet_view *view = f->view;

    if (!fleet_view_is_seen(host->name, CONST_CAST(struct fleet_view *,
                                                   view))) {
        find(f, "host %s: not seen for %lld s", host->name,
             fleet_view_age(view, host));
    }
    for (size_t i = 0; i < view->n_definitions; i++) {
        const struct fleet_definition *d = view->definitions[i];
        const char *digest = smap_get(&host->in_force, d->name);
        const char *why = smap_get(&host->problems, d->name);

        if (!digest || strcmp(digest, d->digest)) {
            find(f, "host %s: network %s is not in force%s%s", host->name,
                 d->name, why ? ": " : "", why ? why : "");
        }
    }
}

static void
check_ports(struct findings *f)
{
    const struct fleet_view *view = f->view;
    size_t n;
    const struct fleet_claim *claims = fleet_claims_get(view->claims, &n);

    for (size_t i = 0; i < view->n_ports; i++) {
        const struct fleet_port *port = view->ports[i];
        char *error = fleet_port_check(port);

        if (error) {
            find(f, "host %s: port %s: %s", port->host, port->interface,
                 error);
            free(error);
        } else if (!fleet_view_find_host(view, port->host)) {
            find(f, "port %s is of host %s, which is not there",
                 port->interface, port->host);
        }
    }
    for (size_t i = 0; i < n; i++) {
        const struct fleet_claim *c = &claims[i];

        if (c->winner && c->winner != c->port
            && !strcmp(c->port->state, "active")) {
            find(f, "host %s: port %s: conflict: "ETH_ADDR_FMT" is had by "
                 "host %s, port %s", c->port->host, c->port->interface,
                 ETH_ADDR_ARGS(c->mac), c->winner->host,
                 c->winner->interface);
        }
    }
}

/* Adds to 'array' and, by lines, to 'text' what is wrong in 'view'. */
void
fleet_view_verify(const struct fleet_view *view, struct json_t *array,
                  struct ds *text)
{
    struct findings f = { .view = view, .array = array, .text = text };

    if (fleet_db_problem(view->db)) {
        find(&f, "the database: %s", fleet_db_problem(view->db));
    }
    if (!view->fleet) {
        find(&f, "the database: table Fleet has no row; it was not made by "
             "\"fleet init\"");
    }
    check_permissions(&f);
    check_connections(&f);
    for (size_t i = 0; i < view->n_definitions; i++) {
        check_definition(&f, view->definitions[i]);
    }
    for (size_t i = 0; i < view->n_hosts; i++) {
        check_host(&f, view->hosts[i]);
    }
    check_ports(&f);
}

/* "fleet verify". */
void
virtnetctl_fleet_verify(struct ovs_cmdl_context *ctx OVS_UNUSED)
{
    struct json_t *array = jvalue_array();
    struct ds s = DS_EMPTY_INITIALIZER;
    struct fleet_view view;

    fleet_view_init(&view);
    fleet_view_verify(&view, array, &s);
    virtnetctl_status = s.length > 0;
    if (!s.length) {
        ds_put_format(&s, "the fleet is as it should be: "
                      "%"PRIuSIZE" networks, %"PRIuSIZE" hosts, "
                      "%"PRIuSIZE" ports\n", view.n_definitions, view.n_hosts,
                      view.n_ports);
    }
    if (options.json) {
        virtnetctl_print_json(array);
        ds_destroy(&s);
    } else {
        virtnetctl_print(&s);
        jvalue_unref(array);
    }
    fleet_view_uninit(&view);
}
