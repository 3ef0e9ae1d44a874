/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/host/ports-json.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ovs-compat.h"
#include "lib/base/rfc7047.h"
#include "lib/host/bridge-row.h"
#include "lib/host/json-columns.h"
#include "lib/host/vif-columns.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "util.h"

/* Bridges and their ports from tables of the Open_vSwitch database: which row
 * belongs to which.  What a row says, json-columns.h reads. */

/* Returns the row of table 'table' that 'ref', as ["uuid", "..."], names. */
static const struct json *
find_row(const struct shash *tables, const char *table,
         const struct json *ref)
{
    const struct json *rows = shash_find_data(tables, table);
    const struct json *uuid = json_column_tagged(ref, "uuid");

    return (rows && uuid && uuid->type == JSON_STRING
            ? shash_find_data(json_object(rows), json_string(uuid)) : NULL);
}

static void
get_uuid(const struct json *ref, struct uuid *uuid)
{
    const struct json *text = json_column_tagged(ref, "uuid");

    if (!text || text->type != JSON_STRING
        || !uuid_from_string(uuid, json_string(text))) {
        *uuid = UUID_ZERO;
    }
}

/* Returns what 'queues', a map from integers to references, has for 0, or
 * null. */
static const struct json *
find_queue_0(const struct json *queues)
{
    for (size_t i = 0; i < json_array_size(queues); i++) {
        const struct json *pair = json_array_at(queues, i);

        if (pair->type == JSON_ARRAY && json_array_size(pair) == 2
            && json_array_at(pair, 0)->type == JSON_INTEGER
            && !json_integer(json_array_at(pair, 0))) {
            return json_array_at(pair, 1);
        }
    }
    return NULL;
}

/* The rows that have to do with one interface, and what holds them. */
struct json_rows {
    struct vif_rows rows;
    struct json_columns memory;
};

/* Finds the row of table QoS that 'port' has. */
static void
find_qos(const struct shash *tables, const struct json *port,
         struct json_rows *jr)
{
    const struct json *ref = json_column(port, "qos");
    const struct json *row = find_row(tables, "QoS", ref);
    const struct json *queues = json_column_tagged(json_column(row, "queues"),
                                                   "map");
    const struct json *queue = NULL;
    struct vif_rows *rows = &jr->rows;

    if (!row) {
        return;
    }
    if (queues && queues->type == JSON_ARRAY) {
        rows->n_queues = json_array_size(queues);
        queue = find_queue_0(queues);
    }
    rows->has_qos = true;
    rows->qos = qos_columns_from_json(row, &jr->memory);
    get_uuid(ref, &rows->qos_uuid);
    rows->has_queue = queue != NULL;
    rows->queue = queue_columns_from_json(find_row(tables, "Queue", queue),
                                          &jr->memory);
    get_uuid(queue, &rows->queue_uuid);
}

/* Is the Port row that 'ref' names the output of a mirror? */
static bool
is_mirror_output(const struct shash *tables, const struct json *ref)
{
    const struct json *mirrors = shash_find_data(tables, "Mirror");
    const struct shash_node *node;

    if (mirrors) {
        SHASH_FOR_EACH (node, json_object(mirrors)) {
            const struct json *output = json_column(node->data, "output_port");

            if (output && json_equal(output, ref)) {
                return true;
            }
        }
    }
    return false;
}

/* Adds to 'bridge' what 'interface', one of 'n' rows of the Port row that
 * 'ref' names, says. */
static void
read_interface(const struct shash *tables, const struct json *ref,
               const struct json *interface, size_t n,
               const struct smap *ovs_other_config,
               struct ports_bridge *bridge)
{
    const struct json *port = find_row(tables, "Port", ref);
    struct json_rows jr = { .memory = JSON_COLUMNS_INITIALIZER };

    jr.rows.interface = interface_columns_from_json(interface, &jr.memory);
    if (jr.rows.interface.name) {
        struct vif vif;

        if (!strcmp(jr.rows.interface.name, bridge->row.name)) {
            get_uuid(ref, &bridge->local_port);
        }
        jr.rows.port = port_columns_from_json(port, &jr.memory);
        jr.rows.n_interfaces = n;
        jr.rows.ovs_other_config = ovs_other_config;
        jr.rows.is_mirror_output = is_mirror_output(tables, ref);
        find_qos(tables, port, &jr);
        vif_from_columns(&vif, &jr.rows, NULL);
        ports_bridge_put_vif(bridge, &vif);
    }
    json_columns_uninit(&jr.memory);
}

static void
read_ports(const struct shash *tables, const struct json *bridge_row,
           const struct smap *ovs_other_config, struct ports_bridge *bridge)
{
    const struct json *ports = json_column(bridge_row, "ports");

    for (size_t i = 0; i < json_column_set_size(ports); i++) {
        const struct json *ref = json_column_set_at(ports, i);
        const struct json *interfaces
            = json_column(find_row(tables, "Port", ref), "interfaces");
        size_t n = json_column_set_size(interfaces);

        for (size_t j = 0; j < n; j++) {
            read_interface(tables, ref,
                           find_row(tables, "Interface",
                                    json_column_set_at(interfaces, j)), n,
                           ovs_other_config, bridge);
        }
    }
}

/* Returns the row of table Open_vSwitch, which has one, or null. */
static const struct json *
find_open_vswitch(const struct shash *tables)
{
    const struct json *rows = shash_find_data(tables, "Open_vSwitch");
    const struct shash_node *node
        = rows ? shash_first(json_object(rows)) : NULL;

    return node ? node->data : NULL;
}

/* Reads the bridges in 'tables', which holds JSON objects of rows by UUID,
 * into 'ports'.  Returns null if successful, otherwise a message that the
 * caller must free. */
char *
ports_from_tables(const struct shash *tables, struct ports *ports)
{
    const struct json *bridges = shash_find_data(tables, "Bridge");
    struct json_columns memory = JSON_COLUMNS_INITIALIZER;
    const struct shash_node *node;

    if (!bridges && !shash_find(tables, "Open_vSwitch")) {
        return xstrdup("is not the database Open_vSwitch: it has no table "
                       "Bridge");
    } else if (!bridges) {
        return NULL;            /* A backup leaves empty tables out. */
    }

    struct open_vswitch_columns ovs
        = open_vswitch_columns_from_json(find_open_vswitch(tables), &memory);
    SHASH_FOR_EACH (node, json_object(bridges)) {
        struct bridge_columns columns
            = bridge_columns_from_json(node->data, &memory);

        if (columns.name) {
            struct ports_bridge *bridge = ports_add_bridge(ports,
                                                           columns.name);

            uuid_from_string(&bridge->uuid, node->name);
            bridge_row_uninit(&bridge->row);
            bridge_row_from_columns(&bridge->row, &columns);
            bridge_row_set_root(&bridge->row, ovs.external_ids,
                                ovs.other_config);
            read_ports(tables, node->data, ovs.other_config, bridge);
        }
    }
    json_columns_uninit(&memory);
    return NULL;
}

/* All that ports_from_tables() looks into. */
static const char *const table_names[] = {
    "Open_vSwitch", "Bridge", "Port", "Interface", "Mirror", "QoS",
    "Queue",
};

/* Returns the parameters of the "transact" request whose result
 * ports_from_reply() takes.  The caller must destroy them. */
struct json *
ports_request(void)
{
    struct json *params = rfc7047_params();

    for (size_t i = 0; i < ARRAY_SIZE(table_names); i++) {
        rfc7047_select(params, table_names[i]);
    }
    return params;
}

/* Returns the rows in 'result', that of a "select" operation, by UUID, or null
 * if it is none.  They remain those of 'result'. */
static struct json *
index_rows(const struct json *result)
{
    const struct json *rows = json_column(result, "rows");
    struct json *table;

    if (!rows || rows->type != JSON_ARRAY) {
        return NULL;
    }
    table = json_object_create();
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const struct json *ref = json_column(json_array_at(rows, i), "_uuid");
        const struct json *uuid = json_column_tagged(ref, "uuid");

        if (uuid && uuid->type == JSON_STRING) {
            json_object_put(table, json_string(uuid),
                            json_clone(json_array_at(rows, i)));
        }
    }
    return table;
}

/* Reads 'result', that of ports_request(), into 'ports', which it initializes.
 * Returns null if successful, otherwise a message that the caller must
 * free. */
char *
ports_from_reply(const struct json *result, struct ports *ports)
{
    struct shash tables = SHASH_INITIALIZER(&tables);
    char *error = NULL;

    *ports = (struct ports) PORTS_INITIALIZER;
    for (size_t i = 0; i < ARRAY_SIZE(table_names) && !error; i++) {
        struct json *table = (result->type == JSON_ARRAY
                              && i < json_array_size(result)
                              ? index_rows(json_array_at(result, i)) : NULL);

        if (table) {
            shash_add(&tables, table_names[i], table);
        } else {
            error = xasprintf("the database does not tell table %s",
                              table_names[i]);
        }
    }
    if (!error) {
        error = ports_from_tables(&tables, ports);
        ports_finish(ports);
    }

    struct shash_node *node;
    SHASH_FOR_EACH (node, &tables) {
        json_destroy(node->data);
    }
    shash_destroy(&tables);
    return error;
}
