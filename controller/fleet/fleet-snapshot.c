/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/fleet/fleet-snapshot.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/ovs-compat.h"
#include "lib/fleet/fleet-row.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "openvswitch/vlog.h"
#include "sset.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(fleet_snapshot);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);

/* The file whose time is that of the snapshot.  It is no definition. */
#define TIME_FILE "as-of"

struct fleet_snapshot {
    char *directory;
    char *error;                /* Why the last write has failed, or null. */
};

static void
set_error(struct fleet_snapshot *s, const char *path, int error)
{
    char *text = (error ? xasprintf("%s: %s", path, ovs_strerror(error))
                  : NULL);

    if (text && (!s->error || strcmp(text, s->error))) {
        VLOG_WARN_RL(&rl, "fleet: what is known cannot be kept: %s", text);
    }
    free(s->error);
    s->error = text;
}

/* Opens and returns the snapshot in 'directory', which is made if need be.
 * The caller must close it. */
struct fleet_snapshot *
fleet_snapshot_open(const char *directory)
{
    struct fleet_snapshot *s = xzalloc(sizeof *s);

    s->directory = xstrdup(directory);
    if (mkdir(directory, 0750) && errno != EEXIST) {
        set_error(s, directory, errno);
    }
    return s;
}

/* Closes 's', which may be null.  Its files stay. */
void
fleet_snapshot_close(struct fleet_snapshot *s)
{
    if (s) {
        free(s->directory);
        free(s->error);
        free(s);
    }
}

/* Returns the name of the file for the definition of network 'name', which may
 * have any characters.  The caller must free it. */
char *
fleet_snapshot_path(const struct fleet_snapshot *s, const char *name)
{
    struct ds path = DS_EMPTY_INITIALIZER;

    ds_put_format(&path, "%s/", s->directory);
    for (const char *c = name; *c; c++) {
        if (isalnum((unsigned char) *c) || *c == '_' || *c == '-'
            || (*c == '.' && c > name)) {
            ds_put_char(&path, *c);
        } else {
            ds_put_format(&path, "%%%02x", (unsigned char) *c);
        }
    }
    ds_put_cstr(&path, ".xml");
    return ds_steal_cstr(&path);
}

/* Does the file at 'path' hold 'text'? */
static bool
holds(const char *path, const char *text)
{
    size_t size = strlen(text);
    char *buffer = xmalloc(size + 1);
    FILE *stream = fopen(path, "r");
    bool same = (stream && fread(buffer, 1, size + 1, stream) == size
                 && !memcmp(buffer, text, size));

    if (stream) {
        fclose(stream);
    }
    free(buffer);
    return same;
}

/* Has the file at 'path' hold 'text', at once or not at all, and if 'sync'
 * also if the machine loses its power, which takes a while.  Returns 0 or a
 * positive errno value. */
static int
write_file(const char *path, const char *text, bool sync)
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

/* Has 's' hold 'definition'. */
void
fleet_snapshot_set(struct fleet_snapshot *s,
                   const struct fleet_definition *definition)
{
    char *path = fleet_snapshot_path(s, definition->name);

    if (!holds(path, definition->xml)) {
        set_error(s, path, write_file(path, definition->xml, true));
    }
    free(path);
}

/* Has 's' hold no definition of network 'name'. */
void
fleet_snapshot_remove(struct fleet_snapshot *s, const char *name)
{
    char *path = fleet_snapshot_path(s, name);

    if (unlink(path) && errno != ENOENT) {
        set_error(s, path, errno);
    }
    free(path);
}

/* Has 's' hold the 'n' 'definitions' and no others. */
void
fleet_snapshot_retain(struct fleet_snapshot *s,
                      const struct fleet_definition *const *definitions,
                      size_t n)
{
    struct sset paths = SSET_INITIALIZER(&paths);
    DIR *dir = opendir(s->directory);
    const struct dirent *entry;

    for (size_t i = 0; i < n; i++) {
        fleet_snapshot_set(s, definitions[i]);
        sset_add_and_free(&paths, fleet_snapshot_path(s,
                                                      definitions[i]->name));
    }
    while (dir && (entry = readdir(dir)) != NULL) {
        const char *suffix = strrchr(entry->d_name, '.');
        char *path = xasprintf("%s/%s", s->directory, entry->d_name);

        if (suffix && !strcmp(suffix, ".xml") && !sset_contains(&paths, path)
            && unlink(path)) {
            set_error(s, path, errno);
        }
        free(path);
    }
    if (dir) {
        closedir(dir);
    }
    sset_destroy(&paths);
}

/* Has 's' hold the 'n' 'rows' of 'table' and no others. */
void
fleet_snapshot_set_rows(struct fleet_snapshot *s, enum fleet_table table,
                        const void *const *rows, size_t n)
{
    char *path = xasprintf("%s/%s.json", s->directory,
                           fleet_table_name(table));
    struct json *array = json_array_create_empty();
    char *text;

    for (size_t i = 0; i < n; i++) {
        json_array_add(array, fleet_row_to_json(table, rows[i], NULL));
    }
    text = json_to_string(array, JSSF_SORT);
    set_error(s, path, write_file(path, text, false));
    free(text);
    json_destroy(array);
    free(path);
}

/* Returns the rows of 'table' that 's' holds, and stores their number in '*n'.
 * The caller must destroy them and free the array. */
void **
fleet_snapshot_read_rows(const struct fleet_snapshot *s,
                         enum fleet_table table, size_t *n)
{
    char *path = xasprintf("%s/%s.json", s->directory,
                           fleet_table_name(table));
    struct json *array = json_from_file(path);
    size_t n_rows = array->type == JSON_ARRAY ? json_array_size(array) : 0;
    void **rows = xcalloc(n_rows + 1, sizeof *rows);

    *n = 0;
    for (size_t i = 0; i < n_rows; i++) {
        const struct json *row = json_array_at(array, i);

        if (row->type == JSON_OBJECT) {
            rows[(*n)++] = fleet_row_from_json(table, row);
        }
    }
    json_destroy(array);
    free(path);
    return rows;
}

/* States that what 's' holds is what the database has now. */
void
fleet_snapshot_touch(struct fleet_snapshot *s)
{
    char *path = xasprintf("%s/"TIME_FILE, s->directory);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);

    if (fd < 0 || futimens(fd, NULL)) {
        set_error(s, path, errno);
    }
    if (fd >= 0) {
        close(fd);
    }
    free(path);
}

/* Returns when that was last stated, in seconds since 1970, or -1 if it never
 * was. */
long long int
fleet_snapshot_time(const struct fleet_snapshot *s)
{
    char *path = xasprintf("%s/"TIME_FILE, s->directory);
    struct stat st;
    long long int when = stat(path, &st) ? -1 : (long long int) st.st_mtime;

    free(path);
    return when;
}

/* Returns why the snapshot could not be written, or null. */
const char *
fleet_snapshot_error(const struct fleet_snapshot *s)
{
    return s->error;
}
