/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/fleet/fleet-rowfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/ovs-compat.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "util.h"

/* How many lines a file may have beside twice those that it needs. */
#define SPARE_LINES 1000

struct fleet_rowfile {
    enum fleet_table table;
    char *path;
    struct ds pending;          /* Lines that are still to be written. */
    size_t n_lines;             /* Since the file was written as a whole... */
    size_t n_rows;              /* ...with so many rows. */
};

/* Creates and returns what the rows of 'table' are kept by in 'directory'. */
struct fleet_rowfile *
fleet_rowfile_create(const char *directory, enum fleet_table table)
{
    struct fleet_rowfile *file = xzalloc(sizeof *file);

    file->table = table;
    file->path = xasprintf("%s/%s.json", directory, fleet_table_name(table));
    ds_init(&file->pending);
    return file;
}

/* Frees 'file', which may be null.  What it has in the file system stays. */
void
fleet_rowfile_destroy(struct fleet_rowfile *file)
{
    if (file) {
        ds_destroy(&file->pending);
        free(file->path);
        free(file);
    }
}

const char *
fleet_rowfile_path(const struct fleet_rowfile *file)
{
    return file->path;
}

/* Puts 'json', which is taken over, into 's' as a line. */
static void
put_line(struct ds *s, struct json *json)
{
    json_to_ds(json, 0, s);
    ds_put_char(s, '\n');
    json_destroy(json);
}

/* Returns what tells 'row' from others of its table.  The caller must free
 * it. */
char *
fleet_rowfile_key(const struct fleet_rowfile *file, const void *row)
{
    const struct fleet_port *port = row;
    const struct fleet_host *host = row;

    return (file->table == FLEET_TABLE_PORT
            ? xasprintf("%s\n%s", port->host, port->interface)
            : xstrdup(host->name));
}

/* Returns a line that says that 'row' is gone. */
static struct json *
gone_to_json(enum fleet_table table, const void *row)
{
    struct json *json = json_object_create();
    const struct fleet_port *port = row;
    const struct fleet_host *host = row;

    if (table == FLEET_TABLE_PORT) {
        json_object_put_string(json, "host", port->host);
        json_object_put_string(json, "interface", port->interface);
    } else {
        json_object_put_string(json, "name", host->name);
    }
    json_object_put(json, "gone", json_boolean_create(true));
    return json;
}

/* Takes 'json', a line or a part of one, into 'rows', by key. */
static void
take_line(struct fleet_rowfile *file, const struct json *json,
          struct shash *rows)
{
    void *row, *old;
    char *key;

    if (json->type == JSON_ARRAY) {
        /* All rows in one line: so it was in 0.1.0. */
        for (size_t i = 0; i < json_array_size(json); i++) {
            take_line(file, json_array_at(json, i), rows);
        }
    } else if (json->type == JSON_OBJECT) {
        row = fleet_row_from_json(file->table, json);
        key = fleet_rowfile_key(file, row);
        old = shash_find_and_delete(rows, key);
        fleet_row_destroy(file->table, old);
        if (shash_find(json_object(json), "gone")) {
            fleet_row_destroy(file->table, row);
        } else {
            shash_add(rows, key, row);
        }
        free(key);
    }
}

/* Returns the rows that 'file' has, and stores their number in '*n'.  The
 * caller must destroy them and free the array. */
void **
fleet_rowfile_read(struct fleet_rowfile *file, size_t *n)
{
    struct shash rows = SHASH_INITIALIZER(&rows);
    struct ds line = DS_EMPTY_INITIALIZER;
    FILE *stream = fopen(file->path, "r");
    struct shash_node *node;
    void **array;

    file->n_lines = 0;
    while (stream && !ds_get_line(&line, stream)) {
        struct json *json = json_from_string(ds_cstr(&line));

        take_line(file, json, &rows);
        json_destroy(json);
        file->n_lines++;
    }
    if (stream) {
        fclose(stream);
    }
    ds_destroy(&line);

    /* It may end within a line. */
    ds_put_char(&file->pending, '\n');
    array = xmalloc((shash_count(&rows) + 1) * sizeof *array);
    *n = 0;
    SHASH_FOR_EACH (node, &rows) {
        array[(*n)++] = node->data;
    }
    file->n_rows = *n;
    shash_destroy(&rows);
    return array;
}

/* Has the file at 'path' hold 'text', at once or not at all, and if 'sync'
 * also if the machine loses its power, which takes a while.  Returns 0 or a
 * positive errno value. */
int
fleet_rowfile_replace(const char *path, const char *text, bool sync)
{
    char *new = xasprintf("%s.new", path);
    FILE *stream = fopen(new, "w");
    int error = 0;

    if (!stream) {
        error = errno;
    } else {
        if (fputs(text, stream) == EOF || fflush(stream)
            || (sync && fsync(fileno(stream)))) {
            error = errno;
        }
        if (fclose(stream) && !error) {
            error = errno;
        }
        if (!error && rename(new, path)) {
            error = errno;
        }
        if (error) {
            unlink(new);
        }
    }
    free(new);
    return error;
}

/* Has 'file' hold the 'n' 'rows' and no others.  Returns 0 or a positive errno
 * value. */
int
fleet_rowfile_write(struct fleet_rowfile *file, const void *const *rows,
                    size_t n)
{
    struct ds text = DS_EMPTY_INITIALIZER;
    int error;

    for (size_t i = 0; i < n; i++) {
        put_line(&text, fleet_row_to_json(file->table, rows[i], NULL));
    }
    error = fleet_rowfile_replace(file->path, ds_cstr(&text), false);
    ds_destroy(&text);
    ds_clear(&file->pending);
    file->n_lines = file->n_rows = n;
    return error;
}

/* A row was 'old' and is 'new', either of which may be null: has 'file' hold
 * that as of the next fleet_rowfile_flush(). */
void
fleet_rowfile_change(struct fleet_rowfile *file, const void *old,
                     const void *new)
{
    put_line(&file->pending, (new ? fleet_row_to_json(file->table, new, NULL)
                              : gone_to_json(file->table, old)));
    file->n_lines++;
}

/* Writes what there is to be written.  Returns 0 or a positive errno value;
 * then 'file' is to be written as a whole, for a part of that may be there. */
int
fleet_rowfile_flush(struct fleet_rowfile *file)
{
    size_t length = file->pending.length;
    ssize_t written;
    int error = 0;
    int fd;

    if (length <= 1) {
        return 0;
    }
    fd = open(file->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    written = fd < 0 ? -1 : write(fd, ds_cstr(&file->pending), length);
    if (written < 0) {
        error = errno;
    } else if ((size_t) written < length) {
        error = ENOSPC;
    }
    if (fd >= 0) {
        close(fd);
    }
    ds_clear(&file->pending);
    return error;
}

/* Has 'file' so many more lines than rows that it is to be written as a
 * whole? */
bool
fleet_rowfile_is_long(const struct fleet_rowfile *file)
{
    return file->n_lines > 2 * file->n_rows + SPARE_LINES;
}
