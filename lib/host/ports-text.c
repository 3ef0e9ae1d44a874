/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/host/ports-json.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/base/ovs-compat.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "util.h"

/* What a text is, and the two kinds that are of Open vSwitch's own formats,
 * whose tables ports_from_tables() reads. */

/* Takes 'json', one document of the output of "ovsdb-client dump", as a table
 * and adds it to 'tables': a JSON object whose members are rows by UUID. */
static char *
add_dumped_table(const struct json *json, struct shash *tables)
{
    const struct shash *object = json_object(json);
    const struct json *caption = shash_find_data(object, "caption");
    const struct json *headings = shash_find_data(object, "headings");
    const struct json *data = shash_find_data(object, "data");

    if (!caption || caption->type != JSON_STRING
        || !headings || headings->type != JSON_ARRAY
        || !data || data->type != JSON_ARRAY) {
        return xstrdup("not a table of \"ovsdb-client dump --format=json\"");
    }

    struct json *rows = json_object_create();
    for (size_t i = 0; i < json_array_size(data); i++) {
        const struct json *cells = json_array_at(data, i);
        struct json *row = json_object_create();
        const char *uuid = NULL;
        size_t n = cells->type == JSON_ARRAY ? json_array_size(cells) : 0;

        for (size_t j = 0; j < MIN(n, json_array_size(headings)); j++) {
            const struct json *heading = json_array_at(headings, j);
            const struct json *cell = json_array_at(cells, j);

            if (heading->type != JSON_STRING) {
                continue;
            } else if (!strcmp(json_string(heading), "_uuid")
                       && cell->type == JSON_ARRAY
                       && json_array_size(cell) == 2
                       && json_array_at(cell, 1)->type == JSON_STRING) {
                uuid = json_string(json_array_at(cell, 1));
            }
            json_object_put(row, json_string(heading), json_deep_clone(cell));
        }
        if (uuid) {
            json_object_put(rows, uuid, row);
        } else {
            json_destroy(row);
        }
    }

    char *name = xmemdup0(json_string(caption),
                          strcspn(json_string(caption), " "));
    json_destroy(shash_replace_nocopy(tables, name, rows));
    return NULL;
}

/* Takes 'json', one record of a database file, as a change of tables.  In such
 * a record, a null instead of a row deletes it, and a column that is not there
 * keeps its value. */
static void
apply_record(const struct json *json, struct shash *tables)
{
    const struct shash_node *table, *row, *column;

    SHASH_FOR_EACH (table, json_object(json)) {
        const struct json *changes = table->data;

        if (changes->type != JSON_OBJECT) {
            continue;           /* "_date", "_comment". */
        }

        struct json *rows = shash_find_data(tables, table->name);
        if (!rows) {
            rows = json_object_create();
            shash_add(tables, table->name, rows);
        }
        SHASH_FOR_EACH (row, json_object(changes)) {
            const struct json *new = row->data;
            struct json *old = shash_find_data(json_object(rows), row->name);

            if (new->type != JSON_OBJECT) {
                json_destroy(shash_find_and_delete(json_object(rows),
                                                   row->name));
                continue;
            }
            if (!old) {
                old = json_object_create();
                json_object_put(rows, row->name, old);
            }
            SHASH_FOR_EACH (column, json_object(new)) {
                json_object_put(old, column->name,
                                json_deep_clone(column->data));
            }
        }
    }
}

static char *
parse_error(const struct json *json, unsigned int line)
{
    /* The parser counts lines and columns from 0, from where it began, as in
     * "line 0, column 7, byte 7: ...". */
    const char *text = json_string(json);
    unsigned int n, column, byte;
    int rest = 0;

    if (ovs_scan(text, "line %u, column %u, byte %u: %n", &n, &column, &byte,
                 &rest) && rest) {
        return xasprintf("line %u, column %u: %s", line + n, column + 1,
                         text + rest);
    }
    return xasprintf("line %u: %s", line, json_string(json));
}

/* Takes the first JSON document of the 'size' bytes at 'text', which begin in
 * line 'line'.  Returns it and the number of bytes that it has in '*used', or
 * stores an error in '*error'. */
static struct json *
parse_document(const char *text, size_t size, unsigned int line,
               size_t *used, char **error)
{
    struct json_parser *parser = json_parser_create(0);
    struct json *json;

    *used = json_parser_feed(parser, text, size);
    json = json_parser_finish(parser);
    if (json->type == JSON_STRING) {
        *error = parse_error(json, line);
    } else if (json->type != JSON_OBJECT) {
        *error = xasprintf("line %u: expected a JSON object", line);
    } else {
        return json;
    }
    json_destroy(json);
    return NULL;
}

static size_t
count_lines(const char *text, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; i < size; i++) {
        n += text[i] == '\n';
    }
    return n;
}

static void
destroy_tables(struct shash *tables)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, tables) {
        json_destroy(node->data);
    }
    shash_destroy(tables);
}

/* Takes 'json', which begins in line 'line', into 'tables'.  'n' documents
 * came before it, and 'is_log' says whether the text is a database file. */
static char *
take_document(const struct json *json, unsigned int line, size_t n,
              bool is_log, struct shash *tables)
{
    char *why = NULL;

    if (is_log) {
        if (n > 0) {
            apply_record(json, tables);
        } else if (!shash_find(json_object(json), "tables")) {
            why = xstrdup("expected the schema of a database");
        }
    } else {
        why = add_dumped_table(json, tables);
    }

    if (why) {
        char *error = xasprintf("line %u: %s", line, why);
        free(why);
        return error;
    }
    return NULL;
}

/* A text that is read from its beginning to its end. */
struct cursor {
    const char *text;
    size_t size, offset;
    unsigned int line;          /* From 1. */
    bool is_log;                /* Is it a database file? */
};

static const char log_magic[] = "OVSDB JSON ";

/* Moves 'c' behind 'n' bytes more. */
static void
cursor_advance(struct cursor *c, size_t n)
{
    c->line += count_lines(c->text + c->offset, n);
    c->offset += n;
}

/* Moves 'c' behind the header of a database file's record, a line that begins
 * with 'log_magic'. */
static char *
cursor_skip_header(struct cursor *c)
{
    const char *start = c->text + c->offset;
    const char *eol = memchr(start, '\n', c->size - c->offset);

    if (!eol || eol - start < strlen(log_magic)
        || memcmp(start, log_magic, strlen(log_magic))) {
        return xasprintf("line %u: not a record of a database file", c->line);
    }
    cursor_advance(c, eol + 1 - start);
    return NULL;
}

/* Returns how many of the 'size' bytes at 'text' are white space before
 * anything else. */
static size_t
count_space(const char *text, size_t size)
{
    size_t n = 0;

    while (n < size && text[n] && strchr(" \t\r\n", text[n])) {
        n++;
    }
    return n;
}

static void
cursor_skip_space(struct cursor *c)
{
    cursor_advance(c, count_space(c->text + c->offset, c->size - c->offset));
}

/* Takes in the next document, if there is one.  Sets '*end' if there is
 * none. */
static char *
take_next(struct cursor *c, size_t n, struct shash *tables,
          struct ports *ports, bool *end)
{
    char *error = NULL;
    size_t used;

    cursor_skip_space(c);
    *end = c->offset >= c->size;
    if (*end) {
        return NULL;
    }
    if (c->is_log) {
        error = cursor_skip_header(c);
        if (error) {
            return error;
        }
    }

    struct json *json = parse_document(c->text + c->offset,
                                       c->size - c->offset, c->line, &used,
                                       &error);
    if (json) {
        error = take_document(json, c->line, n, c->is_log, tables);
        json_destroy(ports->document);
        ports->document = json;
    }
    cursor_advance(c, used);
    return error;
}

/* Reads the 'size' bytes at 'text', which is of the database, into 'ports'. */
static char *
read_database(const char *text, size_t size, bool is_log, struct ports *ports)
{
    struct cursor c = {
        .text = text,
        .size = size,
        .line = 1,
        .is_log = is_log,
    };
    struct shash tables = SHASH_INITIALIZER(&tables);
    char *error = NULL;
    bool end = false;

    for (size_t n = 0; !error && !end; n += !end) {
        error = take_next(&c, n, &tables, ports, &end);
    }
    if (!error) {
        error = (shash_is_empty(&tables)
                 ? xstrdup("has no records")
                 : ports_from_tables(&tables, ports));
    }
    destroy_tables(&tables);
    return error;
}

/* Does the text begin with a table of "ovsdb-client dump"? */
static bool
begins_with_table(const char *text, size_t size)
{
    size_t used;
    char *error = NULL;
    struct json *json = parse_document(text, size, 1, &used, &error);
    bool is_table = json && shash_find(json_object(json), "caption");

    json_destroy(json);
    free(error);
    return is_table;
}

static char *
read_any(const char *text, size_t size, struct ports *ports)
{
    if (size >= strlen(log_magic)
        && !memcmp(text, log_magic, strlen(log_magic))) {
        return read_database(text, size, true, ports);
    }

    /* A dump is one document a table, so that it is no JSON as a whole unless
     * it has one table. */
    char *error = NULL;
    struct json_t *json = jvalue_parse_at(text, size, &error);
    if (json ? jvalue_get(json, "caption") != NULL
             : begins_with_table(text, size)) {
        free(error);
        error = read_database(text, size, false, ports);
    } else if (json) {
        error = ports_from_small_json(json, ports);
    }
    jvalue_unref(json);
    return error;
}

/* Reads the 'size' bytes at 'text', in any of the formats, into 'ports', which
 * it initializes.
 *
 * Returns null if successful, otherwise a message that says what is wrong,
 * with line and column where that can be told.  The caller must free it;
 * 'ports' is then empty. */
char *
ports_from_text(const char *text, size_t size, struct ports *ports)
{
    char *error;

    *ports = (struct ports) PORTS_INITIALIZER;
    error = (count_space(text, size) == size
             ? xstrdup("is empty") : read_any(text, size, ports));
    if (error) {
        ports_uninit(ports);
    } else {
        ports_finish(ports);
    }
    return error;
}
