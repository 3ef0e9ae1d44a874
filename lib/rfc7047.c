/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "rfc7047.h"

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

/* Returns operation 'op' on 'table', to which the rest is to be added. */
struct json *
rfc7047_op(const char *op, const char *table)
{
    struct json *json = json_object_create();

    json_object_put_string(json, "op", op);
    json_object_put_string(json, "table", table);
    return json;
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
