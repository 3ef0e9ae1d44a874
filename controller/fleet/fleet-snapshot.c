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

#include "controller/fleet/fleet-rowfile.h"
#include "lib/fleet/fleet-row.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/vlog.h"
#include "sha1.h"
#include "smap.h"
#include "sset.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(fleet_snapshot);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);

/* The file whose time is that of the snapshot.  It is no definition. */
#define TIME_FILE "as-of"

/* Names of files that would be longer than this are shortened, so that they
 * are within NAME_MAX: in bytes, without ".xml". */
#define MAX_NAME 200

struct fleet_snapshot {
    char *directory;
    struct smap errors;         /* Why writes have failed, by path. */
};

/* Has 's' have failed to write 'path' by 'error', a positive errno value, or
 * have written it if that is 0.  An error stays until then. */
void
fleet_snapshot_set_error(struct fleet_snapshot *s, const char *path,
                         int error)
{
    char *text = (error ? xasprintf("%s: %s", path, ovs_strerror(error))
                  : NULL);

    if (!text) {
        smap_remove(&s->errors, path);
    } else {
        if (strcmp(text, smap_get_def(&s->errors, path, ""))) {
            VLOG_WARN_RL(&rl, "fleet: what is known cannot be kept: %s", text);
        }
        smap_replace(&s->errors, path, text);
    }
    free(text);
}

/* Opens and returns the snapshot in 'directory', which is made if need be.
 * The caller must close it. */
struct fleet_snapshot *
fleet_snapshot_open(const char *directory)
{
    struct fleet_snapshot *s = xzalloc(sizeof *s);

    s->directory = xstrdup(directory);
    smap_init(&s->errors);
    if (mkdir(directory, 0750) && errno != EEXIST) {
        fleet_snapshot_set_error(s, directory, errno);
    }
    return s;
}

/* Closes 's', which may be null.  Its files stay. */
void
fleet_snapshot_close(struct fleet_snapshot *s)
{
    if (s) {
        free(s->directory);
        smap_destroy(&s->errors);
        free(s);
    }
}

const char *
fleet_snapshot_directory(const struct fleet_snapshot *s)
{
    return s->directory;
}

/* Returns the name of the file for the definition of network 'name', which may
 * have any characters and be long.  The caller must free it. */
char *
fleet_snapshot_path(const struct fleet_snapshot *s, const char *name)
{
    struct ds path = DS_EMPTY_INITIALIZER;
    size_t start;

    ds_put_format(&path, "%s/", s->directory);
    start = path.length;
    for (const char *c = name; *c; c++) {
        if (isalnum((unsigned char) *c) || *c == '_' || *c == '-'
            || (*c == '.' && c > name)) {
            ds_put_char(&path, *c);
        } else {
            ds_put_format(&path, "%%%02x", (unsigned char) *c);
        }
    }
    if (path.length - start > MAX_NAME) {
        uint8_t digest[SHA1_DIGEST_SIZE];
        char hex[SHA1_HEX_DIGEST_LEN + 1];

        /* Behind "%" no other name has "_". */
        sha1_bytes(name, strlen(name), digest);
        sha1_to_hex(digest, hex);
        ds_truncate(&path, start + MAX_NAME - strlen(hex));
        ds_put_format(&path, "%%_%s", hex);
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

/* Has 's' hold 'definition'. */
void
fleet_snapshot_set(struct fleet_snapshot *s,
                   const struct fleet_definition *definition)
{
    char *path = fleet_snapshot_path(s, definition->name);

    fleet_snapshot_set_error(
        s, path, (holds(path, definition->xml) ? 0
                  : fleet_rowfile_replace(path, definition->xml, true)));
    free(path);
}

/* Has the file at 'path' be gone. */
static void
delete_file(struct fleet_snapshot *s, const char *path)
{
    fleet_snapshot_set_error(s, path, (unlink(path) && errno != ENOENT
                                       ? errno : 0));
}

/* Has 's' hold no definition of network 'name'. */
void
fleet_snapshot_remove(struct fleet_snapshot *s, const char *name)
{
    char *path = fleet_snapshot_path(s, name);

    delete_file(s, path);
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

        if (suffix && !strcmp(suffix, ".xml")
            && !sset_contains(&paths, path)) {
            delete_file(s, path);
        }
        free(path);
    }
    if (dir) {
        closedir(dir);
    }
    sset_destroy(&paths);
}

/* States that what 's' holds is what the database has now. */
void
fleet_snapshot_touch(struct fleet_snapshot *s)
{
    char *path = xasprintf("%s/"TIME_FILE, s->directory);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);

    bool failed = fd < 0 || futimens(fd, NULL);

    fleet_snapshot_set_error(s, path, failed ? errno : 0);
    if (!failed) {
        fleet_snapshot_set_error(s, s->directory, 0);
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

/* Returns why something of the snapshot could not be written, or null. */
const char *
fleet_snapshot_error(const struct fleet_snapshot *s)
{
    const struct smap_node *node;

    SMAP_FOR_EACH (node, &s->errors) {
        return node->value;
    }
    return NULL;
}

/* Returns why the file at 'path' could not be written, or null. */
const char *
fleet_snapshot_find_error(const struct fleet_snapshot *s, const char *path)
{
    return smap_get(&s->errors, path);
}
