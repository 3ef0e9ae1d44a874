/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/sources/dir-source-private.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "controller/sources/dir-watch.h"
#include "lib/base/sets.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(dir_source);

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
    sset_init(&source->unread);
    source->unread_due = LLONG_MAX;
    source->scan = true;
    return source;
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
    sset_destroy(&source->unread);
    dir_watch_destroy(source->watch);
    free(source->directory);
    free(source);
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

/* Where the file 'name' of a directory leads. */
struct target {
    int error;                  /* Why it is not known, or 0. */
    struct stat stat;           /* Of the file that it leads to. */
    bool leads_nowhere;         /* Is the name there, but not the file? */
    bool is_elsewhere;          /* See "struct source_file". */
};

static void
target_init(struct target *t, const struct dir_source *source,
            const char *name)
{
    char *path = xasprintf("%s/%s", source->directory, name);
    bool is_there = !lstat(path, &t->stat);
    bool is_link = is_there && S_ISLNK(t->stat.st_mode) && source->required;

    t->error = is_there && !is_link ? 0 : stat(path, &t->stat) ? errno : 0;
    t->leads_nowhere = t->error && is_link;
    t->is_elsewhere = is_link || (!t->error && S_ISREG(t->stat.st_mode)
                                  && t->stat.st_nlink > 1);
    free(path);
}

/* Takes note that 'file' is there, be it that it leads nowhere, or that this
 * is all we may know of it. */
static void
file_is_back(struct source_file *file)
{
    grace_is_back(&file->grace);
    ovs_list_remove(&file->gone_node);
    ovs_list_init(&file->gone_node);
}

/* Looks at the file 'name'.  Returns true if there is something new. */
static bool
update_file(struct dir_source *source, const char *name)
{
    struct source_file *file = shash_find_data(&source->files, name);
    struct target t;

    target_init(&t, source, name);
    if (!file && (!t.error || t.leads_nowhere)) {
        file = source_file_create(source, name);
    } else if (!file) {
        return false;
    } else if (!t.leads_nowhere
               && (t.error == ENOENT || t.error == ENOTDIR)) {
        return file_is_gone(source, file);
    } else if (!t.error && !source->force
               && file_stamp_equals(&file->stamp, &t.stat)) {
        t.error = -1;           /* It is as it was. */
    }
    source_file_set_elsewhere(source, file, t.is_elsewhere);
    file_is_back(file);
    return t.error >= 0 && source_file_load(source, file);
}

/* Has the files looked at that may have been changed by another name, if it is
 * time to. */
static void
recheck_elsewhere(struct dir_source *source)
{
    const struct shash_node *node;

    if (!source->n_elsewhere || time_msec() < source->next_look) {
        return;
    }
    source->next_look = time_msec() + DIR_WATCH_LOOK_MSEC;
    SHASH_FOR_EACH (node, &source->files) {
        const struct source_file *file = node->data;

        if (file->is_elsewhere) {
            sset_add(&source->dirty, file->name);
        }
    }
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

static void
on_event(const char *name, void *source_)
{
    struct dir_source *source = source_;

    if (!name) {
        source->scan = true;
    } else if (dir_source_has_suffix(source, name)) {
        sset_add(&source->dirty, name);
    } else {
        dir_source_notice_unread(source, name);
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
        on_event(de->d_name, source);
    }
    closedir(dir);
    if (!sset_is_empty(&source->unread)) {
        source->unread_due = time_msec();
    }
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

/* Takes in what has changed.  Returns true if the values, or what there is to
 * say of them, may be others than before. */
bool
dir_source_run(struct dir_source *source)
{
    bool changed = false;
    const char *name;

    if (!source->scan && ovs_list_is_empty(&source->gone)
        && !source->n_elsewhere && source->unread_due == LLONG_MAX
        && !dir_watch_is_due(source->watch)) {
        return false;           /* As nearly every time. */
    }
    dir_watch_run(source->watch, on_event, source);
    if (source->scan) {
        changed |= scan_directory(source);
    }
    recheck_gone(source);
    recheck_elsewhere(source);
    SSET_FOR_EACH (name, &source->dirty) {
        changed |= update_file(source, name);
    }
    sset_renew(&source->dirty);
    source->force = false;
    update_diags(source);
    return dir_source_run_unread(source) || changed;
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
    if (source->n_elsewhere) {
        poll_timer_wait_until(source->next_look);
    }
    if (source->unread_due != LLONG_MAX) {
        poll_timer_wait_until(source->unread_due);
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
    dir_source_get_unread(source, diags);
}
