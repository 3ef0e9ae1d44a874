/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/host/ports-json.h"

#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "lib/base/ovs-compat.h"
#include "lib/host/bridge-row.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "packets.h"
#include "util.h"

/* Adds a bridge 'name' to 'ports' and returns it, as one of which nothing else
 * is known.  The pointer is good until the next call. */
struct ports_bridge *
ports_add_bridge(struct ports *ports, const char *name)
{
    if (ports->n >= ports->allocated) {
        ports->bridges = x2nrealloc(ports->bridges, &ports->allocated,
                                    sizeof *ports->bridges);
    }

    struct ports_bridge *bridge = &ports->bridges[ports->n++];
    *bridge = (struct ports_bridge) {
        .row = { .name = xstrdup(name), .protocols = xstrdup("") },
    };
    return bridge;
}

/* Adds 'vif', which is taken over, to 'bridge'. */
void
ports_bridge_put_vif(struct ports_bridge *bridge, struct vif *vif)
{
    if (bridge->n_vifs >= bridge->allocated_vifs) {
        bridge->vifs = x2nrealloc(bridge->vifs, &bridge->allocated_vifs,
                                  sizeof *bridge->vifs);
    }
    bridge->vifs[bridge->n_vifs++] = *vif;
}

/* Adds an interface 'name' to 'bridge' and returns it, with all defaults but
 * for 'name'.  The pointer is good until the next call. */
struct vif *
ports_bridge_add_vif(struct ports_bridge *bridge, const char *name)
{
    struct vif vif;

    vif_init(&vif);
    vif.name = xstrdup(name);
    ports_bridge_put_vif(bridge, &vif);
    return &bridge->vifs[bridge->n_vifs - 1];
}

/* Frees what 'ports' holds, but not 'ports' itself. */
void
ports_uninit(struct ports *ports)
{
    for (size_t i = 0; i < ports->n; i++) {
        struct ports_bridge *bridge = &ports->bridges[i];

        for (size_t j = 0; j < bridge->n_vifs; j++) {
            vif_uninit(&bridge->vifs[j]);
        }
        free(bridge->vifs);
        bridge_row_uninit(&bridge->row);
    }
    free(ports->bridges);
    json_destroy(ports->document);
    *ports = (struct ports) PORTS_INITIALIZER;
}

static int
compare_bridges(const void *a_, const void *b_)
{
    const struct ports_bridge *a = a_;
    const struct ports_bridge *b = b_;
    return strcmp(a->row.name, b->row.name);
}

static int
compare_vifs(const void *a_, const void *b_)
{
    const struct vif *a = a_;
    const struct vif *b = b_;
    return strcmp(a->name, b->name);
}

/* Puts the interfaces of 'bridge' in order, as ports_bridge_find_vif() needs
 * it. */
void
ports_bridge_sort(struct ports_bridge *bridge)
{
    if (bridge->n_vifs) {
        qsort(bridge->vifs, bridge->n_vifs, sizeof *bridge->vifs,
              compare_vifs);
    }
}

/* Returns the interface of 'bridge' that is called 'name', or null. */
const struct vif *
ports_bridge_find_vif(const struct ports_bridge *bridge, const char *name)
{
    const struct vif key = { .name = CONST_CAST(char *, name) };

    return (bridge->n_vifs
            ? bsearch(&key, bridge->vifs, bridge->n_vifs,
                      sizeof *bridge->vifs, compare_vifs)
            : NULL);
}

/* Finds out which interfaces of 'bridge' share a port, and of which of these
 * ports some interface has a partner for LACP. */
static void
find_bonds(struct ports_bridge *bridge)
{
    struct shash bonds = SHASH_INITIALIZER(&bonds);     /* By port. */

    /* Only one of a port's interfaces can have the port's name. */
    for (size_t i = 0; i < bridge->n_vifs; i++) {
        struct vif *vif = &bridge->vifs[i];

        vif->bond.lacp_negotiated |= vif->lacp_current;
        if (strcmp(vif->port, vif->name)) {
            shash_add_once(&bonds, vif->port, vif);
        }
    }
    for (size_t i = 0; i < bridge->n_vifs && !shash_is_empty(&bonds); i++) {
        struct vif *vif = &bridge->vifs[i];
        struct vif *other = shash_find_data(&bonds, vif->port);

        if (other && other != vif) {
            vif->bond.is_member = other->bond.is_member = true;
            other->bond.lacp_negotiated |= vif->lacp_current;
        }
    }
    for (size_t i = 0; i < bridge->n_vifs && !shash_is_empty(&bonds); i++) {
        struct vif *vif = &bridge->vifs[i];
        const struct vif *other = shash_find_data(&bonds, vif->port);

        if (other) {
            vif->bond.lacp_negotiated = other->bond.lacp_negotiated;
        }
    }
    for (size_t i = 0; i < bridge->n_vifs; i++) {
        struct vif_bond *bond = &bridge->vifs[i].bond;

        bond->lacp_negotiated &= bond->is_member;
    }
    shash_destroy(&bonds);
}

/* Sorts everything in 'ports', finds out which interfaces share a port, and
 * adds the LOCAL port, which every bridge has, where it was not told of. */
void
ports_finish(struct ports *ports)
{
    for (size_t i = 0; i < ports->n; i++) {
        struct ports_bridge *bridge = &ports->bridges[i];
        bool has_local = false;

        for (size_t j = 0; j < bridge->n_vifs; j++) {
            struct vif *vif = &bridge->vifs[j];

            has_local = has_local || vif->ofport == OFPP_LOCAL;
            if (!vif->port) {
                vif->port = xstrdup(vif->name);
            }
        }
        if (!has_local) {
            struct vif *vif = ports_bridge_add_vif(bridge, bridge->row.name);

            vif->port = xstrdup(bridge->row.name);
            vif->ofport = OFPP_LOCAL;
        }
        find_bonds(bridge);
        ports_bridge_sort(bridge);
    }
    if (ports->n) {
        qsort(ports->bridges, ports->n, sizeof *ports->bridges,
              compare_bridges);
    }
}

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

/* Takes in 'json', which begins in line 'line'.  'n' documents came before it,
 * and '*is_log' says whether the text is a database file. */
static char *
take_document(const struct json *json, unsigned int line, size_t n,
              bool is_log, struct shash *tables, struct ports *ports)
{
    char *why = NULL;

    if (is_log) {
        if (n > 0) {
            apply_record(json, tables);
        } else if (!shash_find(json_object(json), "tables")) {
            why = xstrdup("expected the schema of a database");
        }
    } else if (shash_find(json_object(json), "caption")) {
        why = add_dumped_table(json, tables);
    } else if (n) {
        why = xstrdup("there is more after the end");
    } else {
        return ports_from_small_json(json, ports);
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

static void
cursor_skip_space(struct cursor *c)
{
    while (c->offset < c->size && strchr(" \t\r\n", c->text[c->offset])) {
        cursor_advance(c, 1);
    }
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
        error = take_document(json, c->line, n, c->is_log, tables, ports);
        json_destroy(ports->document);
        ports->document = json;
    }
    cursor_advance(c, used);
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
    struct cursor c = {
        .text = text,
        .size = size,
        .line = 1,
        .is_log = (size >= strlen(log_magic)
                   && !memcmp(text, log_magic, strlen(log_magic))),
    };
    struct shash tables = SHASH_INITIALIZER(&tables);
    char *error = NULL;
    bool end = false;
    size_t n;

    *ports = (struct ports) PORTS_INITIALIZER;
    for (n = 0; !error && !end; n += !end) {
        error = take_next(&c, n, &tables, ports, &end);
    }
    if (!error && !n) {
        error = xstrdup("is empty");
    } else if (!error && !shash_is_empty(&tables)) {
        error = ports_from_tables(&tables, ports);
    } else if (!error && c.is_log) {
        error = xstrdup("has no records");
    }
    destroy_tables(&tables);
    if (error) {
        ports_uninit(ports);
    } else {
        ports_finish(ports);
    }
    return error;
}
