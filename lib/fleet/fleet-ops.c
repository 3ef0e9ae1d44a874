/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/fleet/fleet-ops.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ovs-compat.h"
#include "lib/base/rfc7047.h"
#include "openvswitch/json.h"
#include "util.h"

const struct fleet_rule fleet_rules[] = {
    { FLEET_ROLE_HOST, FLEET_TABLE_HOST, "name", true, { "name" } },
    { FLEET_ROLE_HOST, FLEET_TABLE_PORT, "host", true,
      { "host", "interface" } },
    { FLEET_ROLE_ADMIN, FLEET_TABLE_DEFINITION, "", true, { "name" } },
    { FLEET_ROLE_ADMIN, FLEET_TABLE_HOST, "", true, { "*" } },
    { FLEET_ROLE_ADMIN, FLEET_TABLE_PORT, "", true, { "*" } },
};
const size_t fleet_n_rules = ARRAY_SIZE(fleet_rules);

static bool
is_fixed(const struct fleet_rule *rule, const char *column)
{
    for (size_t i = 0; i < ARRAY_SIZE(rule->fixed); i++) {
        if (rule->fixed[i] && (!strcmp(rule->fixed[i], column)
                               || !strcmp(rule->fixed[i], "*"))) {
            return true;
        }
    }
    return false;
}

/* Has 'permission', which is empty, be the row for 'rule'. */
void
fleet_rule_to_permission(const struct fleet_rule *rule,
                         struct fleet_permission *permission)
{
    size_t n;
    const char *const *columns = fleet_table_columns(rule->table, &n);

    fleet_row_set_string(&permission->table, fleet_table_name(rule->table));
    svec_add(&permission->authorization, rule->owner);
    permission->insert_delete = rule->insert_delete;
    for (size_t i = 0; i < n; i++) {
        if (!is_fixed(rule, columns[i])) {
            svec_add(&permission->update, columns[i]);
        }
    }
    svec_sort_unique(&permission->update);
}

/* Returns a transaction without operations. */
struct json *
fleet_ops_create(void)
{
    return json_array_create_1(json_string_create(FLEET_DATABASE));
}

/* Has 'params' no operations? */
bool
fleet_ops_is_empty(const struct json *params)
{
    return json_array_size(params) <= 1;
}

static void
insert_role(struct json *params, const char *role)
{
    struct json *pairs = json_array_create_empty();
    struct json *row;

    for (size_t i = 0; i < fleet_n_rules; i++) {
        const struct fleet_rule *rule = &fleet_rules[i];
        char *name;

        if (strcmp(rule->role, role)) {
            continue;
        }

        struct fleet_permission *permission
            = fleet_row_create(FLEET_TABLE_PERMISSION);

        name = xasprintf("rule%"PRIuSIZE, i);
        fleet_rule_to_permission(rule, permission);
        rfc7047_insert(params, fleet_table_name(FLEET_TABLE_PERMISSION), name,
                       fleet_row_to_json(FLEET_TABLE_PERMISSION, permission,
                                         NULL));
        json_array_add(pairs, json_array_create_2(
                           json_string_create(permission->table),
                           rfc7047_named_uuid(name)));
        fleet_row_destroy(FLEET_TABLE_PERMISSION, permission);
        free(name);
    }
    row = rfc7047_row_1("name", json_string_create(role));
    json_object_put(row, "permissions",
                    json_array_create_2(json_string_create("map"), pairs));
    rfc7047_insert(params, fleet_table_name(FLEET_TABLE_ROLE), NULL, row);
}

/* Appends to 'params' what a new database is to have: the roles, and the row
 * of the fleet called 'name', whose servers listen at 'targets' for hosts. */
void
fleet_ops_init(struct json *params, const char *name,
               const struct svec *targets)
{
    struct json *connections = json_array_create_empty();
    struct json *row;

    insert_role(params, FLEET_ROLE_HOST);
    insert_role(params, FLEET_ROLE_ADMIN);
    for (size_t i = 0; i < targets->n; i++) {
        char *uuid_name = xasprintf("target%"PRIuSIZE, i);

        row = rfc7047_row_1("target", json_string_create(targets->names[i]));
        json_object_put_string(row, "role", FLEET_ROLE_HOST);
        rfc7047_insert(params, fleet_table_name(FLEET_TABLE_CONNECTION),
                       uuid_name, row);
        json_array_add(connections, rfc7047_named_uuid(uuid_name));
        free(uuid_name);
    }
    row = rfc7047_row_1("name", json_string_create(name));
    json_object_put(row, "connections", rfc7047_set(connections));
    rfc7047_insert(params, fleet_table_name(FLEET_TABLE_FLEET), NULL, row);
}

/* Returns a condition that only the row 'row' of 'table' satisfies. */
static struct json *
where_row(enum fleet_table table, const void *row)
{
    const struct fleet_port *port = row;
    struct json *where;

    if (table == FLEET_TABLE_PORT) {
        where = rfc7047_where("host", json_string_create(port->host));
        json_array_add(where,
                       rfc7047_clause("interface", "==",
                                      json_string_create(port->interface)));
        return where;
    }
    ovs_assert(table == FLEET_TABLE_HOST || table == FLEET_TABLE_DEFINITION);
    return rfc7047_where_name(
        table == FLEET_TABLE_HOST
        ? ((const struct fleet_host *) row)->name
        : ((const struct fleet_definition *) row)->name);
}

/* Appends to 'params' that row 'old' of 'table', which is Definition, Host or
 * Port, becomes 'new', of the same name.  Either may be null.  Nothing is
 * appended if they are the same.  A definition that is another one meanwhile
 * stays what it is: the transaction is refused. */
void
fleet_ops_replace(struct json *params, enum fleet_table table,
                  const void *old, const void *new)
{
    const char *name = fleet_table_name(table);
    struct json *row;

    if (old && (!new || !fleet_row_equals(table, old, new))
        && table == FLEET_TABLE_DEFINITION) {
        const struct fleet_definition *definition = old;

        rfc7047_wait(params, name, where_row(table, old), "revision",
                     json_array_create_1(rfc7047_row_1(
                         "revision",
                         json_integer_create(definition->revision))));
    }
    if (!new) {
        if (old) {
            rfc7047_delete(params, name, where_row(table, old));
        }
    } else if (!old) {
        rfc7047_insert(params, name, NULL,
                       fleet_row_to_json(table, new, NULL));
    } else if ((row = fleet_row_to_json(table, new, old)) != NULL) {
        rfc7047_update(params, name, where_row(table, old), row);
    }
}

/* Appends to 'params' that 'host' and its ports go. */
void
fleet_ops_forget_host(struct json *params, const char *host)
{
    rfc7047_delete(params, fleet_table_name(FLEET_TABLE_PORT),
                   rfc7047_where("host", json_string_create(host)));
    rfc7047_delete(params, fleet_table_name(FLEET_TABLE_HOST),
                   rfc7047_where_name(host));
}
