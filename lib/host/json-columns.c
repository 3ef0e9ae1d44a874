/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/host/json-columns.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ovs-compat.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "smap.h"
#include "util.h"

/* Returns column 'column' of 'row', null if it has none. */
const struct json *
json_column(const struct json *row, const char *column)
{
    return (row && row->type == JSON_OBJECT
            ? shash_find_data(json_object(row), column) : NULL);
}

/* The elements of 'value' if it is a pair whose first element is 'tag', for
 * example "set". */
const struct json *
json_column_tagged(const struct json *value, const char *tag)
{
    return (value && value->type == JSON_ARRAY && json_array_size(value) == 2
            && json_array_at(value, 0)->type == JSON_STRING
            && !strcmp(json_string(json_array_at(value, 0)), tag)
            ? json_array_at(value, 1) : NULL);
}

/* A set of one element may be written as that element itself. */
static const struct json *
get_set(const struct json *value)
{
    const struct json *set = json_column_tagged(value, "set");

    return set && set->type == JSON_ARRAY ? set : NULL;
}

/* Returns the number of elements of 'value', a set, or 0 if it is null. */
size_t
json_column_set_size(const struct json *value)
{
    const struct json *set = get_set(value);

    return set ? json_array_size(set) : value != NULL;
}

/* Returns element 'i' of 'value', a set that has more than 'i' of them. */
const struct json *
json_column_set_at(const struct json *value, size_t i)
{
    const struct json *set = get_set(value);

    return set ? json_array_at(set, i) : value;
}

static const struct json *
get_one(const struct json *row, const char *column, enum json_type type)
{
    const struct json *set = json_column(row, column);
    size_t n = json_column_set_size(set);

    const struct json *one = n == 1 ? json_column_set_at(set, 0) : NULL;

    return one && one->type == type ? one : NULL;
}

static const char *
get_string(const struct json *row, const char *column)
{
    const struct json *json = get_one(row, column, JSON_STRING);
    return json ? json_string(json) : NULL;
}

static struct opt_integer
get_opt_integer(const struct json *row, const char *column)
{
    const struct json *json = get_one(row, column, JSON_INTEGER);
    return (struct opt_integer) { json != NULL,
                                  json ? json_integer(json) : 0 };
}

static bool
get_boolean(const struct json *row, const char *column)
{
    return get_one(row, column, JSON_TRUE) != NULL;
}

static struct opt_boolean
get_opt_boolean(const struct json *row, const char *column)
{
    bool value = get_boolean(row, column);

    return (struct opt_boolean) {
        value || get_one(row, column, JSON_FALSE), value
    };
}

/* Has 'memory' keep 'data', to be freed with it, and returns it. */
static void *
keep(struct json_columns *memory, void *data)
{
    if (memory->n >= memory->allocated) {
        memory->data = x2nrealloc(memory->data, &memory->allocated,
                                  sizeof *memory->data);
    }
    return memory->data[memory->n++] = data;
}

static struct integers
get_integers(const struct json *row, const char *column,
             struct json_columns *memory)
{
    const struct json *set = json_column(row, column);
    size_t n = json_column_set_size(set);
    int64_t *values = keep(memory, xmalloc(MAX(n, 1) * sizeof *values));
    size_t n_values = 0;

    for (size_t i = 0; i < n; i++) {
        const struct json *elem = json_column_set_at(set, i);

        if (elem->type == JSON_INTEGER) {
            values[n_values++] = json_integer(elem);
        }
    }
    return (struct integers) { values, n_values };
}

static struct strings
get_strings(const struct json *row, const char *column,
            struct json_columns *memory)
{
    const struct json *set = json_column(row, column);
    size_t n = json_column_set_size(set);
    char **values = keep(memory, xmalloc(MAX(n, 1) * sizeof *values));
    size_t n_values = 0;

    for (size_t i = 0; i < n; i++) {
        const struct json *elem = json_column_set_at(set, i);

        if (elem->type == JSON_STRING) {
            values[n_values++] = CONST_CAST(char *, json_string(elem));
        }
    }
    return (struct strings) { values, n_values };
}

static const struct smap *
get_map(const struct json *row, const char *column,
        struct json_columns *memory)
{
    const struct json *map = json_column_tagged(json_column(row, column),
                                                "map");

    if (!map || map->type != JSON_ARRAY || !json_array_size(map)) {
        return NULL;
    }
    if (memory->n_maps >= memory->allocated_maps) {
        memory->maps = x2nrealloc(memory->maps, &memory->allocated_maps,
                                  sizeof *memory->maps);
    }

    struct smap *smap = xmalloc(sizeof *smap);
    memory->maps[memory->n_maps++] = smap;
    smap_init(smap);
    for (size_t i = 0; i < json_array_size(map); i++) {
        const struct json *pair = json_array_at(map, i);

        if (pair->type == JSON_ARRAY && json_array_size(pair) == 2
            && json_array_at(pair, 0)->type == JSON_STRING
            && json_array_at(pair, 1)->type == JSON_STRING) {
            smap_replace(smap, json_string(json_array_at(pair, 0)),
                         json_string(json_array_at(pair, 1)));
        }
    }
    return smap;
}

/* Frees what 'memory' holds: columns that were read with it are no longer
 * good. */
void
json_columns_uninit(struct json_columns *memory)
{
    for (size_t i = 0; i < memory->n; i++) {
        free(memory->data[i]);
    }
    free(memory->data);
    for (size_t i = 0; i < memory->n_maps; i++) {
        smap_destroy(memory->maps[i]);
        free(memory->maps[i]);
    }
    free(memory->maps);
}

#define COLUMN_STRING(NAME) get_string(row, NAME)
#define COLUMN_INTEGER(NAME) get_opt_integer(row, NAME).value
#define COLUMN_BOOLEAN(NAME) get_boolean(row, NAME)
#define COLUMN_OPT_INTEGER(NAME) get_opt_integer(row, NAME)
#define COLUMN_OPT_BOOLEAN(NAME) get_opt_boolean(row, NAME)
#define COLUMN_INTEGERS(NAME) get_integers(row, NAME, memory)
#define COLUMN_STRINGS(NAME) get_strings(row, NAME, memory)
#define COLUMN_MAP(NAME) get_map(row, NAME, memory)

#define SET_STRING(MEMBER, VALUE) .MEMBER = VALUE,
#define SET_INTEGER(MEMBER, VALUE) .MEMBER = VALUE,
#define SET_BOOLEAN(MEMBER, VALUE) .MEMBER = VALUE,
#define SET_OPT_INTEGER(MEMBER, VALUE) .MEMBER = VALUE,
#define SET_OPT_BOOLEAN(MEMBER, VALUE) .MEMBER = VALUE,
#define SET_INTEGERS(MEMBER, VALUE) .MEMBER = VALUE,
#define SET_STRINGS(MEMBER, VALUE) .MEMBER = VALUE,
#define SET_MAP(MEMBER, VALUE) .MEMBER = VALUE,
#define SET_LINK(MEMBER, VALUE)
#define SET(TABLE, MEMBER, NAME, TYPE) SET_##TYPE(MEMBER, COLUMN_##TYPE(NAME))

#define JSON_TABLE(TABLE, COLUMNS)                              \
    struct TABLE##_columns                                      \
    TABLE##_columns_from_json(const struct json *row,           \
                              struct json_columns *memory)      \
    {                                                           \
        return (struct TABLE##_columns) { COLUMNS(SET) };       \
    }
JSON_COLUMNS_TABLES
#undef JSON_TABLE
