/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/base/rfc7047.h"

#include <stdlib.h>

#include "openvswitch/json.h"
#include "smap.h"
#include "util.h"
#include "uuid.h"

/* Returns the "params" of a "transact" request without operations. */
struct json *
rfc7047_params(void)
{
    return json_array_create_1(json_string_create("Open_vSwitch"));
}

/* Appends operation 'op' on 'table' to 'params' and returns it, to be
 * completed. */
static struct json *
add_op(struct json *params, const char *op, const char *table)
{
    struct json *json = json_object_create();

    json_object_put_string(json, "op", op);
    json_object_put_string(json, "table", table);
    json_array_add(params, json);
    return json;
}

/* Appends to 'params' the insertion of 'row', to which, unless 'uuid_name' is
 * null, rfc7047_named_uuid('uuid_name') refers. */
void
rfc7047_insert(struct json *params, const char *table, const char *uuid_name,
               struct json *row)
{
    struct json *op = add_op(params, "insert", table);

    json_object_put(op, "row", row);
    if (uuid_name) {
        json_object_put_string(op, "uuid-name", uuid_name);
    }
}

/* Appends to 'params' that all rows of 'table' are to be told. */
void
rfc7047_select(struct json *params, const char *table)
{
    struct json *op = add_op(params, "select", table);

    json_object_put(op, "where", json_array_create_empty());
}

/* Appends to 'params' that the rows that satisfy 'where' get the columns of
 * 'row'. */
void
rfc7047_update(struct json *params, const char *table, struct json *where,
               struct json *row)
{
    struct json *op = add_op(params, "update", table);

    json_object_put(op, "where", where);
    json_object_put(op, "row", row);
}

/* Appends to 'params' that the rows that satisfy 'where' undergo 'mutations',
 * an array. */
void
rfc7047_mutate(struct json *params, const char *table, struct json *where,
               struct json *mutations)
{
    struct json *op = add_op(params, "mutate", table);

    json_object_put(op, "where", where);
    json_object_put(op, "mutations", mutations);
}

/* Appends to 'params' that the rows that satisfy 'where' go. */
void
rfc7047_delete(struct json *params, const char *table, struct json *where)
{
    json_object_put(add_op(params, "delete", table), "where", where);
}

/* Appends to 'params' that the rows that satisfy 'where' must have, in
 * 'column', what 'rows', an array, have there; otherwise nothing is done at
 * all. */
void
rfc7047_wait(struct json *params, const char *table, struct json *where,
             const char *column, struct json *rows)
{
    struct json *op = add_op(params, "wait", table);

    json_object_put(op, "timeout", json_integer_create(0));
    json_object_put(op, "where", where);
    json_object_put(op, "columns",
                    json_array_create_1(json_string_create(column)));
    json_object_put_string(op, "until", "==");
    json_object_put(op, "rows", rows);
}

/* Returns a <row> with 'column' alone. */
struct json *
rfc7047_row_1(const char *column, struct json *value)
{
    struct json *row = json_object_create();

    json_object_put(row, column, value);
    return row;
}

struct json *
rfc7047_uuid(const struct uuid *uuid)
{
    return json_array_create_2(json_string_create("uuid"),
                               json_string_create_nocopy(
                                   xasprintf(UUID_FMT, UUID_ARGS(uuid))));
}

/* Returns a reference to the row that is inserted with "uuid-name" 'name'. */
struct json *
rfc7047_named_uuid(const char *name)
{
    return json_array_create_2(json_string_create("named-uuid"),
                               json_string_create(name));
}

/* Returns a <set> of 'elements', an array. */
struct json *
rfc7047_set(struct json *elements)
{
    return json_array_create_2(json_string_create("set"), elements);
}

struct json *
rfc7047_empty_set(void)
{
    return rfc7047_set(json_array_create_empty());
}

static struct json *
create_pair(const char *key, const char *value)
{
    return json_array_create_2(json_string_create(key),
                               json_string_create(value));
}

/* Returns a <map> of strings, sorted by key. */
struct json *
rfc7047_map(const struct smap *smap)
{
    const struct smap_node **nodes = smap_sort(smap);
    struct json *pairs = json_array_create_empty();

    for (size_t i = 0; i < smap_count(smap); i++) {
        json_array_add(pairs, create_pair(nodes[i]->key, nodes[i]->value));
    }
    free(nodes);
    return json_array_create_2(json_string_create("map"), pairs);
}

struct json *
rfc7047_map_1(const char *key, const char *value)
{
    return json_array_create_2(json_string_create("map"),
                               json_array_create_1(create_pair(key, value)));
}

/* Returns a <set> of the 'n' strings in 'keys'. */
struct json *
rfc7047_keys(const char *const keys[], size_t n)
{
    struct json *elements = json_array_create_empty();

    for (size_t i = 0; i < n; i++) {
        json_array_add(elements, json_string_create(keys[i]));
    }
    return rfc7047_set(elements);
}

/* Returns a <condition> or a <mutation>. */
struct json *
rfc7047_clause(const char *column, const char *function, struct json *value)
{
    return json_array_create_3(json_string_create(column),
                               json_string_create(function), value);
}

/* Returns the "where" that the row satisfies whose 'column' has 'value'. */
struct json *
rfc7047_where(const char *column, struct json *value)
{
    return json_array_create_1(rfc7047_clause(column, "==", value));
}

/* Returns the "where" that row 'name' satisfies. */
struct json *
rfc7047_where_name(const char *name)
{
    return rfc7047_where("name", json_string_create(name));
}
