/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/unit/fleet-world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/ovs-compat.h"
#include "lib/fleet/fleet-publish.h"
#include "lib/fleet/fleet-remote.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "svec.h"
#include "tests/unit/fleet-rows.h"
#include "util.h"

/* Initializes '*w' to that of 'host', which is called 'hostname'. */
void
fleet_world_init(struct fleet_world *w, const char *host, const char *hostname)
{
    struct fleet_host *row = fleet_row_create(FLEET_TABLE_HOST);

    w->remote = fleet_remote_create(host);
    w->publish = fleet_publish_create(host, fleet_remote_index(w->remote));
    for (int i = 0; i < FLEET_N_TABLES; i++) {
        shash_init(&w->rows[i]);
    }
    fleet_row_set_string(&row->hostname, hostname);
    fleet_publish_set_host(w->publish, row);
    fleet_row_destroy(FLEET_TABLE_HOST, row);
}

/* Frees what 'w' holds, but not 'w' itself. */
void
fleet_world_uninit(struct fleet_world *w)
{
    fleet_publish_destroy(w->publish);
    fleet_remote_destroy(w->remote);
    for (int i = 0; i < FLEET_N_TABLES; i++) {
        struct shash_node *node;

        SHASH_FOR_EACH (node, &w->rows[i]) {
            fleet_row_destroy(i, node->data);
        }
        shash_destroy(&w->rows[i]);
    }
}

/* Has 'table' have 'row', which is taken over, by 'key', and tells of it. */
void
fleet_world_set(struct fleet_world *w, enum fleet_table table,
                const char *key, void *row)
{
    void *old = (row ? shash_replace(&w->rows[table], key, row)
                 : shash_find_and_delete(&w->rows[table], key));

    fleet_remote_row_changed(w->remote, table, old, row, 0, 0);
    fleet_publish_row_changed(w->publish, table, old, row);
    fleet_row_destroy(table, old);
}

/* Has 'w' publish 'interface' in 'state', with 'address'. */
void
fleet_world_want(struct fleet_world *w, const char *interface,
                 const char *state, const char *address)
{
    fleet_publish_set_port(w->publish, interface,
                           make_port("", "", state, address, 0));
}

/* The condition of 'op' on 'column', or null. */
static const char *
find_where(const struct json *op, const char *column)
{
    const struct json *where = shash_find_data(json_object(op), "where");

    for (size_t i = 0; i < json_array_size(where); i++) {
        const struct json *clause = json_array_at(where, i);

        if (!strcmp(json_string(json_array_at(clause, 0)), column)) {
            return json_string(json_array_at(clause, 2));
        }
    }
    return NULL;
}

/* Does what 'op' says, and appends it to 's'. */
void
fleet_world_carry_out(struct fleet_world *w, const struct json *op,
                      struct ds *s)
{
    const struct shash *o = json_object(op);
    const char *what = json_string(shash_find_data(o, "op"));
    const struct json *row = shash_find_data(o, "row");
    enum fleet_table table;
    void *new = NULL;
    char *key;

    assert_true(fleet_table_from_name(
                    json_string(shash_find_data(o, "table")), &table));
    if (!strcmp(what, "insert")) {
        const struct fleet_port *port = new = fleet_row_from_json(table, row);

        key = (table == FLEET_TABLE_PORT
               ? xasprintf("%s/%s", port->host, port->interface)
               : xstrdup(((struct fleet_host *) new)->name));
        assert_null(shash_find(&w->rows[table], key));
    } else {
        key = (table == FLEET_TABLE_PORT
               ? xasprintf("%s/%s", find_where(op, "host"),
                           find_where(op, "interface"))
               : xstrdup(find_where(op, "name")));
        assert_non_null(shash_find(&w->rows[table], key));
    }
    if (!strcmp(what, "update")) {
        /* Whole rows compare by what a full one has; here the changed columns
         * are laid over the old row. */
        struct json *full = fleet_row_to_json(
            table, shash_find_data(&w->rows[table], key), NULL);
        struct shash_node *node;

        SHASH_FOR_EACH (node, json_object(row)) {
            json_object_put(full, node->name, json_clone(node->data));
        }
        new = fleet_row_from_json(table, full);
        json_destroy(full);
    }
    if (new && table == FLEET_TABLE_PORT) {
        const struct fleet_port *port = new;

        ds_put_format(s, "%s %s %s %"PRId64"\n", what, key, port->state,
                      port->since);
    } else {
        ds_put_format(s, "%s %s\n", what, key);
    }
    fleet_world_set(w, table, key, new);
    free(key);
}

static int
compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

/* Checks that the next transaction, at 'now', is what 'expected' says, lines
 * in order, and carries it out. */
void
fleet_world_check(struct fleet_world *w, int64_t now, const char *expected)
{
    struct json *params = fleet_publish_next(w->publish, now);
    struct svec lines = SVEC_EMPTY_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;
    char *joined;

    for (size_t i = 1; params && i < json_array_size(params); i++) {
        fleet_world_carry_out(w, json_array_at(params, i), &s);
    }
    json_destroy(params);
    for (char *save = NULL, *t = strtok_r(ds_cstr(&s), "\n", &save); t;
         t = strtok_r(NULL, "\n", &save)) {
        svec_add(&lines, t);
    }
    if (lines.n) {
        qsort(lines.names, lines.n, sizeof *lines.names, compare_lines);
    }
    joined = svec_join(&lines, "\n", "");
    assert_string_equal(joined, expected);
    free(joined);
    svec_destroy(&lines);
    ds_destroy(&s);
    fleet_publish_done(w->publish);
}
