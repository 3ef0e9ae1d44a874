/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/fleet/fleet-row.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/base/ovs-compat.h"
#include "lib/base/rfc7047.h"
#include "lib/base/shared-string.h"
#include "lib/host/json-columns.h"
#include "openvswitch/json.h"
#include "util.h"

struct column {
    enum fleet_type type;
    size_t offset;
};

struct table {
    const char *name;
    size_t size;                /* Of its struct. */
    const struct column *columns;
    const char *const *names;   /* Of the columns. */
    size_t n;
};

#define NAME(COLUMN, TYPE) #COLUMN,
static const char *const fleet_names[] = { FLEET_FLEET_COLUMNS(NAME) };
static const char *const definition_names[] = {
    FLEET_DEFINITION_COLUMNS(NAME)
};
static const char *const host_names[] = { FLEET_HOST_COLUMNS(NAME) };
static const char *const port_names[] = { FLEET_PORT_COLUMNS(NAME) };
static const char *const connection_names[] = {
    FLEET_CONNECTION_COLUMNS(NAME)
};
static const char *const role_names[] = { FLEET_ROLE_COLUMNS(NAME) };
static const char *const permission_names[] = {
    FLEET_PERMISSION_COLUMNS(NAME)
};
#undef NAME

#define PLACE(STRUCT, COLUMN, TYPE) \
    { FLEET_##TYPE, offsetof(struct fleet_##STRUCT, COLUMN) },
#define FLEET_PLACE(COLUMN, TYPE) PLACE(fleet, COLUMN, TYPE)
#define DEFINITION_PLACE(COLUMN, TYPE) PLACE(definition, COLUMN, TYPE)
#define HOST_PLACE(COLUMN, TYPE) PLACE(host, COLUMN, TYPE)
#define PORT_PLACE(COLUMN, TYPE) PLACE(port, COLUMN, TYPE)
#define CONNECTION_PLACE(COLUMN, TYPE) PLACE(connection, COLUMN, TYPE)
#define ROLE_PLACE(COLUMN, TYPE) PLACE(role, COLUMN, TYPE)
#define PERMISSION_PLACE(COLUMN, TYPE) PLACE(permission, COLUMN, TYPE)
static const struct column fleet_columns[] = {
    FLEET_FLEET_COLUMNS(FLEET_PLACE)
};
static const struct column definition_columns[] = {
    FLEET_DEFINITION_COLUMNS(DEFINITION_PLACE)
};
static const struct column host_columns[] = {
    FLEET_HOST_COLUMNS(HOST_PLACE)
};
static const struct column port_columns[] = {
    FLEET_PORT_COLUMNS(PORT_PLACE)
};
static const struct column connection_columns[] = {
    FLEET_CONNECTION_COLUMNS(CONNECTION_PLACE)
};
static const struct column role_columns[] = {
    FLEET_ROLE_COLUMNS(ROLE_PLACE)
};
static const struct column permission_columns[] = {
    FLEET_PERMISSION_COLUMNS(PERMISSION_PLACE)
};

static const struct table tables[] = {
#define FLEET_TABLE(ENUM, STRUCT, NAME)                                 \
    [FLEET_TABLE_##ENUM] = {                                            \
        NAME, sizeof(struct fleet_##STRUCT), STRUCT##_columns,          \
        STRUCT##_names, ARRAY_SIZE(STRUCT##_columns),                   \
    },
    FLEET_TABLES
#undef FLEET_TABLE
};

/* Returns the name that the schema has for 'table'. */
const char *
fleet_table_name(enum fleet_table table)
{
    return tables[table].name;
}

/* Stores in '*table' which one 'name' is.  Returns false if there is none of
 * that name. */
bool
fleet_table_from_name(const char *name, enum fleet_table *table)
{
    for (int i = 0; i < FLEET_N_TABLES; i++) {
        if (!strcmp(tables[i].name, name)) {
            *table = i;
            return true;
        }
    }
    return false;
}

/* Returns the names of the columns of 'table' that this program knows, and
 * stores their number in '*n'. */
const char *const *
fleet_table_columns(enum fleet_table table, size_t *n)
{
    *n = tables[table].n;
    return tables[table].names;
}

static void *
member(const void *row, const struct column *column)
{
    return CONST_CAST(char *, (const char *) row + column->offset);
}

/* Creates and returns an empty row of 'table', a "struct fleet_" of it, which
 * the caller must destroy. */
void *
fleet_row_create(enum fleet_table table)
{
    const struct table *t = &tables[table];
    void *row = xzalloc(t->size);

    for (const struct column *c = t->columns; c < &t->columns[t->n]; c++) {
        if (c->type == FLEET_STRING) {
            *(char **) member(row, c) = xstrdup("");
        } else if (c->type == FLEET_NAME) {
            *(const char **) member(row, c) = shared_string_get("");
        } else if (c->type == FLEET_SET) {
            svec_init(member(row, c));
        } else if (c->type == FLEET_MAP) {
            smap_init(member(row, c));
        }
    }
    return row;
}

/* Has '*column', of type string, be a copy of 'text', null being "". */
void
fleet_row_set_string(char **column, const char *text)
{
    char *copy = xstrdup(text ? text : "");

    free(*column);
    *column = copy;
}

/* Likewise, of type name. */
void
fleet_row_set_name(const char **column, const char *text)
{
    const char *name = shared_string_get(text ? text : "");

    shared_string_put(*column);
    *column = name;
}

/* Returns a copy of 'row', of 'table', which the caller must destroy. */
void *
fleet_row_clone(enum fleet_table table, const void *row)
{
    const struct table *t = &tables[table];
    void *copy = fleet_row_create(table);

    for (const struct column *c = t->columns; c < &t->columns[t->n]; c++) {
        void *to = member(copy, c);
        const void *from = member(row, c);

        switch (c->type) {
        case FLEET_STRING:
            fleet_row_set_string(to, *(char *const *) from);
            break;
        case FLEET_NAME:
            fleet_row_set_name(to, *(const char *const *) from);
            break;
        case FLEET_INTEGER:
            *(int64_t *) to = *(const int64_t *) from;
            break;
        case FLEET_BOOL:
            *(bool *) to = *(const bool *) from;
            break;
        case FLEET_SET:
            svec_append(to, from);
            break;
        case FLEET_MAP:
            smap_destroy(to);
            smap_clone(to, from);
            break;
        }
    }
    return copy;
}

/* Frees 'row', of 'table', which may be null. */
void
fleet_row_destroy(enum fleet_table table, void *row)
{
    const struct table *t = &tables[table];

    if (!row) {
        return;
    }
    for (const struct column *c = t->columns; c < &t->columns[t->n]; c++) {
        if (c->type == FLEET_STRING) {
            free(*(char **) member(row, c));
        } else if (c->type == FLEET_NAME) {
            shared_string_put(*(const char **) member(row, c));
        } else if (c->type == FLEET_SET) {
            svec_destroy(member(row, c));
        } else if (c->type == FLEET_MAP) {
            smap_destroy(member(row, c));
        }
    }
    free(row);
}

static bool
column_equals(const struct column *c, const void *a, const void *b)
{
    const void *x = member(a, c);
    const void *y = member(b, c);

    switch (c->type) {
    case FLEET_STRING:
        return !strcmp(*(char *const *) x, *(char *const *) y);
    case FLEET_NAME:
        return *(const char *const *) x == *(const char *const *) y;
    case FLEET_INTEGER:
        return *(const int64_t *) x == *(const int64_t *) y;
    case FLEET_BOOL:
        return *(const bool *) x == *(const bool *) y;
    case FLEET_SET:
        return svec_equal(x, y);
    case FLEET_MAP:
        return smap_equal(x, y);
    }
    OVS_NOT_REACHED();
}

/* Are rows 'a' and 'b' of 'table' the same in all columns? */
bool
fleet_row_equals(enum fleet_table table, const void *a, const void *b)
{
    const struct table *t = &tables[table];

    for (size_t i = 0; i < t->n; i++) {
        if (!column_equals(&t->columns[i], a, b)) {
            return false;
        }
    }
    return true;
}

static void
take_set(struct svec *set, const struct json *value)
{
    size_t n = json_column_set_size(value);

    for (size_t i = 0; i < n; i++) {
        const struct json *element = json_column_set_at(value, i);

        if (element->type == JSON_STRING) {
            svec_add(set, json_string(element));
        }
    }
    svec_sort_unique(set);
}

/* Returns the string that 'value', a string or a reference, is, or null. */
static const char *
take_text(const struct json *value)
{
    if (value->type == JSON_ARRAY && json_array_size(value) == 2
        && json_array_at(value, 0)->type == JSON_STRING
        && !strcmp(json_string(json_array_at(value, 0)), "uuid")) {
        value = json_array_at(value, 1);
    }
    return value->type == JSON_STRING ? json_string(value) : NULL;
}

static void
take_map(struct smap *map, const struct json *value)
{
    const struct json *pairs = json_column_tagged(value, "map");
    size_t n = pairs && pairs->type == JSON_ARRAY ? json_array_size(pairs) : 0;

    for (size_t i = 0; i < n; i++) {
        const struct json *pair = json_array_at(pairs, i);

        if (pair->type == JSON_ARRAY && json_array_size(pair) == 2
            && json_array_at(pair, 0)->type == JSON_STRING
            && take_text(json_array_at(pair, 1))) {
            smap_replace(map, json_string(json_array_at(pair, 0)),
                         take_text(json_array_at(pair, 1)));
        }
    }
}

/* Has the member of 'row' for column 'c' be what 'value' says, unless that has
 * another type.  A set of one element, and an optional value, may be the bare
 * element. */
static void
take_column(void *row, const struct column *c, const struct json *value)
{
    void *to = member(row, c);

    if (c->type == FLEET_SET) {
        take_set(to, value);
        return;
    } else if (c->type == FLEET_MAP) {
        take_map(to, value);
        return;
    } else if (json_column_set_size(value) != 1) {
        return;
    }
    value = json_column_set_at(value, 0);
    if (c->type == FLEET_STRING && value->type == JSON_STRING) {
        fleet_row_set_string(to, json_string(value));
    } else if (c->type == FLEET_NAME && value->type == JSON_STRING) {
        fleet_row_set_name(to, json_string(value));
    } else if (c->type == FLEET_INTEGER && value->type == JSON_INTEGER) {
        *(int64_t *) to = json_integer(value);
    } else if (c->type == FLEET_BOOL) {
        *(bool *) to = value->type == JSON_TRUE;
    }
}

/* Creates and returns what 'row', an RFC 7047 <row> of 'table', says.  The
 * caller must destroy it. */
void *
fleet_row_from_json(enum fleet_table table, const struct json *row)
{
    const struct table *t = &tables[table];
    void *value = fleet_row_create(table);

    for (size_t i = 0; i < t->n; i++) {
        const struct json *column = json_column(row, t->names[i]);

        if (column) {
            take_column(value, &t->columns[i], column);
        }
    }
    return value;
}

static struct json *
column_to_json(const struct column *c, const void *row)
{
    const void *from = member(row, c);

    switch (c->type) {
    case FLEET_STRING:
    case FLEET_NAME:
        return json_string_create(*(const char *const *) from);
    case FLEET_INTEGER:
        return json_integer_create(*(const int64_t *) from);
    case FLEET_BOOL:
        return json_boolean_create(*(const bool *) from);
    case FLEET_SET: {
        const struct svec *set = from;
        struct json *elements = json_array_create_empty();

        for (size_t i = 0; i < set->n; i++) {
            json_array_add(elements, json_string_create(set->names[i]));
        }
        return rfc7047_set(elements);
    }
    case FLEET_MAP:
        return rfc7047_map(from);
    }
    OVS_NOT_REACHED();
}

/* Returns an RFC 7047 <row> of 'table' with those columns of 'row' that differ
 * from 'old', or with all if that is null.  The caller owns it; null if there
 * is no difference. */
struct json *
fleet_row_to_json(enum fleet_table table, const void *row, const void *old)
{
    const struct table *t = &tables[table];
    struct json *json = NULL;

    for (size_t i = 0; i < t->n; i++) {
        const struct column *c = &t->columns[i];

        if (!old || !column_equals(c, row, old)) {
            if (!json) {
                json = json_object_create();
            }
            json_object_put(json, t->names[i], column_to_json(c, row));
        }
    }
    return json;
}

static struct json_t *
column_to_jvalue(const struct column *c, const void *row)
{
    const void *from = member(row, c);
    struct json_t *value;

    switch (c->type) {
    case FLEET_STRING:
    case FLEET_NAME:
        return jvalue_string(*(const char *const *) from);
    case FLEET_INTEGER:
        return jvalue_integer(*(const int64_t *) from);
    case FLEET_BOOL:
        return jvalue_bool(*(const bool *) from);
    case FLEET_SET:
        return jvalue_strings(from);
    case FLEET_MAP: {
        const struct smap_node *node;

        value = jvalue_object();
        SMAP_FOR_EACH (node, (const struct smap *) from) {
            jvalue_put_string(value, node->key, node->value);
        }
        return value;
    }
    }
    OVS_NOT_REACHED();
}

/* Returns 'row', of 'table', as JSON for users, an object with a member for
 * each column, which the caller owns. */
struct json_t *
fleet_row_to_jvalue(enum fleet_table table, const void *row)
{
    const struct table *t = &tables[table];
    struct json_t *object = jvalue_object();

    for (size_t i = 0; i < t->n; i++) {
        jvalue_put(object, t->names[i],
                   column_to_jvalue(&t->columns[i], row));
    }
    return object;
}
