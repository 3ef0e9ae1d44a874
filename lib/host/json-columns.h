/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_COLUMNS_H
#define JSON_COLUMNS_H 1

/* Columns (lib/host/columns.h) from rows as RFC 7047 writes them in JSON.
 * What has a type that the schema does not allow counts as empty. */

#include <stddef.h>
#include "lib/host/columns.h"

struct json;
struct smap;

/* What columns that were read from JSON point to, beside the JSON. */
struct json_columns {
    void **data;
    size_t n, allocated;
    struct smap **maps;
    size_t n_maps, allocated_maps;
};

#define JSON_COLUMNS_INITIALIZER { .data = NULL }

void json_columns_uninit(struct json_columns *);

const struct json *json_column(const struct json *row, const char *column);
const struct json *json_column_tagged(const struct json *value,
                                      const char *tag);
size_t json_column_set_size(const struct json *value);
const struct json *json_column_set_at(const struct json *value, size_t i);

/* Each TABLE_columns_from_json() returns the columns of 'row', a null one
 * being empty. */
#define JSON_COLUMNS_TABLES                             \
    JSON_TABLE(open_vswitch, OPEN_VSWITCH_COLUMNS)      \
    JSON_TABLE(bridge, BRIDGE_COLUMNS)                  \
    JSON_TABLE(port, PORT_COLUMNS)                      \
    JSON_TABLE(interface, INTERFACE_COLUMNS)            \
    JSON_TABLE(qos, QOS_COLUMNS)                        \
    JSON_TABLE(queue, QUEUE_COLUMNS)

#define JSON_TABLE(TABLE, COLUMNS)                                      \
    struct TABLE##_columns TABLE##_columns_from_json(                   \
        const struct json *row, struct json_columns *memory);
JSON_COLUMNS_TABLES
#undef JSON_TABLE

#endif /* lib/host/json-columns.h */
