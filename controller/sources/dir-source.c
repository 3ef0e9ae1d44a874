/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/sources/dir-source.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "controller/sources/dir-watch.h"
#include "controller/sources/file-read.h"
#include "lib/base/diag.h"
#include "lib/base/grace.h"
#include "openvswitch/list.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/shash.h"
#include "openvswitch/vlog.h"
#include "sha1.h"
#include "sset.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(dir_source);

struct source_file {
    struct ovs_list gone_node;  /* In dir_source's 'gone', or empty. */
    char *name;
    char *path;                 /* Directory and name. */
    struct grace grace;         /* In time_msec() terms. */
    struct file_stamp stamp;    /* When it was read. */
    void *value;                /* Last good value, or null... */
    uint8_t digest[SHA1_DIGEST_SIZE];   /* ...and of the text that it is of. */
    bool denied;                /* May we not read it? */
    struct diag_list diags;     /* Of what it holds now. */
};

struct dir_source {
    char *directory;
    const struct dir_source_class *class;
    void *aux;                  /* Of the class's functions. */
    bool required;
    struct dir_watch *watch;
    struct shash files;         /* By name, "struct source_file"s. */
    struct ovs_list gone;       /* Those that are gone, the first first. */
    size_t n_denied;            /* How many we may not read. */
    struct diag_list diags;     /* About the directory as a whole. */
    struct sset dirty;          /* Names of files to be looked at. */
    bool scan;                  /* Look at the whole directory. */
    bool force;                 /* Even where nothing seems to have changed. */
    bool scanned;               /* Has the directory ever been read? */
};

/* Creates and returns a source of the values of 'class' in 'directory', which
 * calls 'class->replace' with 'aux'. */
struct dir_source *
dir_source_create(const char *directory, const struct dir_source_class *class,
                  bool required, void *aux)
{
    struct dir_source *source = xzalloc(sizeof *source);

    source->directory = xstrdup(directory);
    source->class = class;
    source->required = required;
    source->aux = aux;
    source->watch = dir_watch_create(directory, required);
    shash_init(&source->files);
    ovs_list_init(&source->gone);
    diag_list_init(&source->diags);
    sset_init(&source->dirty);
    source->scan = true;
    return source;
}

/* Makes 'value' the value of 'file'.  Takes ownership of it. */
static void
replace_value(const struct dir_source *source, struct source_file *file,
              void *value)
{
    const struct dir_source_class *class = source->class;

    if (class->replace && (file->value || value)) {
        class->replace(file->value, value, file->path, source->aux);
    }
    if (file->value) {
        class->destroy(file->value);
    }
    file->value = value;
}

static void
set_denied(struct dir_source *source, struct source_file *file, bool denied)
{
    source->n_denied -= file->denied;
    source->n_denied += denied;
    file->denied = denied;
}

static void
source_file_destroy(struct dir_source *source, struct source_file *file)
{
    replace_value(source, file, NULL);
    set_denied(source, file, false);
    ovs_list_remove(&file->gone_node);
    free(file->name);
    free(file->path);
    diag_list_uninit(&file->diags);
    free(file);
}

/* Frees 'source', which may be null, and its values. */
void
dir_source_destroy(struct dir_source *source)
{
    struct shash_node *node;

    if (!source) {
        return;
    }
    SHASH_FOR_EACH_SAFE (node, &source->files) {
        source_file_destroy(source, node->data);
        shash_delete(&source->files, node);
    }
    shash_destroy(&source->files);
    diag_list_uninit(&source->diags);
    sset_destroy(&source->dirty);
    dir_watch_destroy(source->watch);
    free(source->directory);
    free(source);
}

/* Is 'name' that of a file with a value?  Editors' backup and temporary
 * files are not. */
static bool
is_value(const struct dir_source *source, const char *name)
{
    const char *suffix = source->class->suffix;
    size_t len = strlen(name);

    return (name[0] != '.' && len > strlen(suffix)
            && !strcmp(name + len - strlen(suffix), suffix));
}

/* Logs what 'diags' holds. */
void
dir_source_log_diags(const struct diag_list *diags)
{
    for (size_t i = 0; i < diags->n; i++) {
        struct ds s = DS_EMPTY_INITIALIZER;

        diag_format(&s, &diags->diags[i]);
        ds_chomp(&s, '\n');
        VLOG(diags->diags[i].severity == DIAG_NOTE ? VLL_INFO : VLL_WARN,
             "%s", ds_cstr(&s));
        ds_destroy(&s);
    }
}

/* Has the first error in 'diags' say that the value called 'name' stays as it
 * was. */
static void
say_last_good_stays(const struct dir_source *source, struct diag_list *diags,
                    const char *name)
{
    for (size_t i = 0; i < diags->n; i++) {
        struct diag *diag = &diags->diags[i];

        if (diag->severity == DIAG_ERROR) {
            char *text = xasprintf("%s; the last good definition of %s "
                                   "'%s' stays in force", diag->text,
                                   source->class->noun, name);
            free(diag->text);
            diag->text = text;
            return;
        }
    }
}

/* Reads 'file' and takes over what it says, if that is good. */
static void
load_file(struct dir_source *source, struct source_file *file)
{
    const struct dir_source_class *class = source->class;
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    uint8_t digest[SHA1_DIGEST_SIZE] = { 0 };
    void *value = NULL;
    size_t size;
    char *text;
    int error;

    error = file_read(file->path, class->max_size, source->required, &text,
                      &size, &file->stamp);
    set_denied(source, file, error == EACCES);
    if (!error) {
        value = class->parse(text, size, file->path, &diags);
        sha1_bytes(text, size, digest);
        free(text);
    } else if (source->required || !file->denied) {
        struct origin origin = { .file = file->path };

        diag_add(&diags, DIAG_ERROR, &origin, "%s", file_strerror(error));
    }

    if (value && (!file->value || diag_list_has_errors(&file->diags)
                  || memcmp(digest, file->digest, sizeof digest))) {
        VLOG(source->required ? VLL_INFO : VLL_DBG, "%s: %s '%s'", file->path,
             class->noun, class->name(value));
    }
    if (value) {
        memcpy(file->digest, digest, sizeof digest);
        replace_value(source, file, value);
    } else if (file->value) {
        say_last_good_stays(source, &diags, class->name(file->value));
    }
    if (!diag_list_equals(&diags, &file->diags)) {
        dir_source_log_diags(&diags);
    }
    diag_list_uninit(&file->diags);
    file->diags = diags;
}

static struct source_file *
source_file_create(struct dir_source *source, const char *name)
{
    struct source_file *file = xzalloc(sizeof *file);

    file->name = xstrdup(name);
    file->path = xasprintf("%s/%s", source->directory, name);
    diag_list_init(&file->diags);
    ovs_list_init(&file->gone_node);
    shash_add(&source->files, name, file);
    return file;
}

/* Takes note that 'file' is not there.  Returns true if it has been gone long
 * enough to be removed, and is. */
static bool
file_is_gone(struct dir_source *source, struct source_file *file)
{
    bool over = grace_is_over(&file->grace, time_msec());

    if (!source->force && !over) {
        if (ovs_list_is_empty(&file->gone_node)) {
            ovs_list_push_back(&source->gone, &file->gone_node);
        }
        return false;
    }
    VLOG(source->required ? VLL_INFO : VLL_DBG, "%s: removed", file->path);
    shash_find_and_delete(&source->files, file->name);
    source_file_destroy(source, file);
    return true;
}

/* Looks at the file 'name'.  Returns true if there is something new. */
static bool
update_file(struct dir_source *source, const char *name)
{
    struct source_file *file = shash_find_data(&source->files, name);
    char *path = xasprintf("%s/%s", source->directory, name);
    struct stat s;
    int error = ((source->required ? stat(path, &s) : lstat(path, &s))
                 ? errno : 0);
    bool changed = true;

    free(path);
    if (error && !file) {
        return false;
    } else if (error == ENOENT || error == ENOTDIR) {
        return file_is_gone(source, file);
    } else if (error) {
        load_file(source, file);
        return true;
    }

    if (!file) {
        file = source_file_create(source, name);
    } else {
        changed = source->force || !file_stamp_equals(&file->stamp, &s);
    }
    grace_is_back(&file->grace);
    ovs_list_remove(&file->gone_node);
    ovs_list_init(&file->gone_node);
    if (changed) {
        load_file(source, file);
    }
    return changed;
}

/* Looks again at the files that have been gone long enough.  Until then, one
 * that is back may be about to be written: its event tells when it is. */
static void
recheck_gone(struct dir_source *source)
{
    long long int now = time_msec();
    const struct source_file *file;

    LIST_FOR_EACH (file, gone_node, &source->gone) {
        if (now < grace_wake_time(&file->grace)) {
            break;
        }
        sset_add(&source->dirty, file->name);
    }
}

/* Looks at the whole directory.  Returns true if there is something new. */
static bool
scan_directory(struct dir_source *source)
{
    DIR *dir = opendir(source->directory);
    struct shash_node *node;
    struct dirent *de;
    bool changed = false;

    source->scan = false;
    if (!dir) {
        /* dir_watch knows, and when it is back. */
        return false;
    }

    while ((de = readdir(dir))) {
        if (is_value(source, de->d_name)) {
            sset_add(&source->dirty, de->d_name);
        }
    }
    closedir(dir);
    SHASH_FOR_EACH (node, &source->files) {
        sset_add(&source->dirty, node->name);
    }
    if (!source->scanned) {
        source->scanned = true;
        changed = true;
    }
    return changed;
}

/* Says what keeps the directory, or files of it, from being read, if that is
 * for once and all. */
static void
update_diags(struct dir_source *source)
{
    struct origin origin = { .file = source->directory };
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    bool denied = (source->n_denied
                   || dir_watch_error(source->watch) == EACCES);

    if (denied && !source->required) {
        diag_add(&diags, DIAG_WARNING, &origin, "may not be read (%s), so "
                 "what %ss there are is not known from here",
                 ovs_strerror(EACCES), source->class->noun);
    }
    if (!diag_list_equals(&diags, &source->diags)) {
        dir_source_log_diags(&diags);
    }
    diag_list_uninit(&source->diags);
    source->diags = diags;
}

static void
on_event(const char *name, void *source_)
{
    struct dir_source *source = source_;

    if (!name) {
        source->scan = true;
    } else if (is_value(source, name)) {
        sset_add(&source->dirty, name);
    }
}

/* Takes in what has changed.  Returns true if the values, or what there is to
 * say of them, may be others than before. */
bool
dir_source_run(struct dir_source *source)
{
    bool changed = false;
    const char *name;

    if (!source->scan && ovs_list_is_empty(&source->gone)
        && !dir_watch_is_due(source->watch)) {
        return false;           /* As nearly every time. */
    }
    dir_watch_run(source->watch, on_event, source);
    if (source->scan) {
        changed |= scan_directory(source);
    }
    recheck_gone(source);
    SSET_FOR_EACH (name, &source->dirty) {
        changed |= update_file(source, name);
    }
    sset_clear(&source->dirty);
    source->force = false;
    update_diags(source);
    return changed;
}

/* Arranges for poll_block() to wake up when dir_source_run() has something
 * to do. */
void
dir_source_wait(struct dir_source *source)
{
    dir_watch_wait(source->watch);
    if (!ovs_list_is_empty(&source->gone)) {
        const struct source_file *file
            = CONTAINER_OF(ovs_list_front(&source->gone), struct source_file,
                           gone_node);

        poll_timer_wait_until(grace_wake_time(&file->grace));
    }
    if (source->scan) {
        poll_immediate_wake();
    }
}

/* Has all files read afresh by the next dir_source_run(). */
void
dir_source_reload(struct dir_source *source)
{
    dir_watch_retry(source->watch);
    source->scan = true;
    source->force = true;
}

const char *
dir_source_directory(const struct dir_source *source)
{
    return source->directory;
}

/* Returns the files that have values, by name, and stores their number in
 * '*n'.  The caller must free the array.  The values are good until the next
 * dir_source_run(). */
struct dir_source_file *
dir_source_sort(const struct dir_source *source, size_t *n)
{
    const struct shash_node **nodes = shash_sort(&source->files);
    size_t n_nodes = shash_count(&source->files);
    struct dir_source_file *files = xmalloc(MAX(1, n_nodes) * sizeof *files);

    *n = 0;
    for (size_t i = 0; i < n_nodes; i++) {
        const struct source_file *file = nodes[i]->data;

        if (file->value) {
            files[(*n)++] = (struct dir_source_file) {
                .path = file->path,
                .value = file->value,
                .gone = file->grace.gone,
            };
        }
    }
    free(nodes);
    return files;
}

/* Returns the value of the file at 'path', or null if there is none, and
 * stores in '*digest' the SHA-1 of the text that it is of. */
const void *
dir_source_find(const struct dir_source *source, const char *path,
                const uint8_t **digest)
{
    const char *slash = strrchr(path, '/');
    const struct source_file *file
        = shash_find_data(&source->files, slash ? slash + 1 : path);

    *digest = file ? file->digest : NULL;
    return file ? file->value : NULL;
}

/* Is it known of every file in the directory what it says, or last said?  A
 * directory that is not required has nothing to say as long as we may not read
 * it, or it is not there. */
bool
dir_source_is_complete(const struct dir_source *source)
{
    const struct shash_node *node;

    if (!source->scanned) {
        return !source->required;
    }
    SHASH_FOR_EACH (node, &source->files) {
        const struct source_file *file = node->data;

        if (!file->value && (source->required || !file->denied)) {
            return false;
        }
    }
    return true;
}

/* Is the directory there, and may we read what is in it? */
bool
dir_source_is_readable(const struct dir_source *source)
{
    return source->scanned && !source->diags.n;
}

/* Appends all that there is to say of the files to 'diags'. */
void
dir_source_get_diags(const struct dir_source *source,
                     struct diag_list *diags)
{
    const struct shash_node **nodes = shash_sort(&source->files);

    for (size_t i = 0; i < shash_count(&source->files); i++) {
        const struct source_file *file = nodes[i]->data;
        diag_list_append(diags, &file->diags);
    }
    free(nodes);
    diag_list_append(diags, &source->diags);
}
