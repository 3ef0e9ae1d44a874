/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/netdef-source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "controller/dir-watch.h"
#include "lib/diag.h"
#include "lib/netdef.h"
#include "lib/sax-xml.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/shash.h"
#include "openvswitch/vlog.h"
#include "sset.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(netdef_source);

/* What tells one state of a file from another. */
struct file_stamp {
    dev_t dev;
    ino_t ino;
    off_t size;
    struct timespec mtime, ctime;
};

/* How long a file must be gone before its definition goes, in milliseconds.
 * Editors move the old file away before they write the new one. */
#define GONE_MSEC 200

struct source_file {
    char *path;                 /* Directory and name. */
    long long int gone_since;   /* In time_msec() terms, 0 if it is there. */
    struct file_stamp stamp;    /* When it was read. */
    struct netdef *netdef;      /* Last good definition, or null. */
    struct diag_list diags;     /* Of what it holds now. */
};

struct netdef_source {
    char *directory;
    struct dir_watch *watch;
    struct shash files;         /* By name, "struct source_file"s. */
    struct diag_list diags;     /* About the files together. */
    const struct netdef **netdefs;  /* The outcome, by file name. */
    size_t n_netdefs;
    struct sset dirty;          /* Names of files to be looked at. */
    bool scan;                  /* Look at the whole directory. */
    bool force;                 /* Even where nothing seems to have changed. */
    bool scanned;               /* Has the directory ever been read? */
};

/* Creates and returns a source of the definitions in 'directory'. */
struct netdef_source *
netdef_source_create(const char *directory)
{
    struct netdef_source *source = xzalloc(sizeof *source);

    source->directory = xstrdup(directory);
    source->watch = dir_watch_create(directory);
    shash_init(&source->files);
    diag_list_init(&source->diags);
    sset_init(&source->dirty);
    source->scan = true;
    return source;
}

static void
source_file_destroy(struct source_file *file)
{
    free(file->path);
    netdef_destroy(file->netdef);
    diag_list_uninit(&file->diags);
    free(file);
}

/* Frees 'source', which may be null, and its definitions. */
void
netdef_source_destroy(struct netdef_source *source)
{
    struct shash_node *node;

    if (!source) {
        return;
    }
    SHASH_FOR_EACH_SAFE (node, &source->files) {
        source_file_destroy(node->data);
        shash_delete(&source->files, node);
    }
    shash_destroy(&source->files);
    diag_list_uninit(&source->diags);
    sset_destroy(&source->dirty);
    dir_watch_destroy(source->watch);
    free(source->netdefs);
    free(source->directory);
    free(source);
}

/* Is 'name' that of a file with a definition?  Editors' backup and temporary
 * files are not. */
static bool
is_definition(const char *name)
{
    size_t len = strlen(name);

    return name[0] != '.' && len > 4 && !strcmp(name + len - 4, ".xml");
}

/* Reads 'path' into '*text' and '*size', for the caller to free.  Returns null
 * if successful, otherwise a constant string that tells what is wrong. */
static const char *
read_file(const char *path, char **text, size_t *size,
          struct file_stamp *stamp)
{
    /* O_NONBLOCK lest a FIFO stop the daemon. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    const char *error = NULL;
    struct stat s;

    *text = NULL;
    *size = 0;
    if (fd < 0 || fstat(fd, &s)) {
        error = ovs_strerror(errno);
        goto exit;
    }
    *stamp = (struct file_stamp) { s.st_dev, s.st_ino, s.st_size, s.st_mtim,
                                   s.st_ctim };
    if (!S_ISREG(s.st_mode)) {
        error = "not a regular file";
        goto exit;
    }

    /* One byte more than is allowed, so that the parser sees it. */
    *text = xmalloc(SAX_MAX_SIZE + 1);
    while (*size <= SAX_MAX_SIZE) {
        ssize_t n = read(fd, *text + *size, SAX_MAX_SIZE + 1 - *size);

        if (n > 0) {
            *size += n;
        } else if (!n) {
            break;
        } else if (errno != EINTR) {
            error = ovs_strerror(errno);
            break;
        }
    }

exit:
    if (fd >= 0) {
        close(fd);
    }
    return error;
}

static void
log_diags(const struct diag_list *diags)
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

/* Has the first error in 'diags' say that network 'name' stays as it was. */
static void
say_last_good_stays(struct diag_list *diags, const char *name)
{
    for (size_t i = 0; i < diags->n; i++) {
        struct diag *diag = &diags->diags[i];

        if (diag->severity == DIAG_ERROR) {
            char *text = xasprintf("%s; the last good definition of network "
                                   "'%s' stays in force", diag->text, name);
            free(diag->text);
            diag->text = text;
            return;
        }
    }
}

/* Reads 'file' and takes over what it says, if that is good. */
static void
load_file(struct source_file *file)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct netdef *netdef = NULL;
    const char *error;
    size_t size;
    char *text;

    error = read_file(file->path, &text, &size, &file->stamp);
    if (error) {
        struct origin origin = { .file = file->path };
        diag_add(&diags, DIAG_ERROR, &origin, "%s", error);
    } else {
        netdef = netdef_from_xml(text, size, file->path, &diags);
    }
    free(text);

    if (netdef) {
        VLOG_INFO("%s: network '%s'", file->path, netdef->name);
        netdef_destroy(file->netdef);
        file->netdef = netdef;
    } else if (file->netdef) {
        say_last_good_stays(&diags, file->netdef->name);
    }
    if (!diag_list_equals(&diags, &file->diags)) {
        log_diags(&diags);
    }
    diag_list_uninit(&file->diags);
    file->diags = diags;
}

static bool
stamp_equals(const struct file_stamp *a, const struct stat *s)
{
    return (a->dev == s->st_dev && a->ino == s->st_ino
            && a->size == s->st_size
            && a->mtime.tv_sec == s->st_mtim.tv_sec
            && a->mtime.tv_nsec == s->st_mtim.tv_nsec
            && a->ctime.tv_sec == s->st_ctim.tv_sec
            && a->ctime.tv_nsec == s->st_ctim.tv_nsec);
}

/* Takes note that 'file', called 'name', is not there.  Returns true if it has
 * been gone long enough to be removed, and is. */
static bool
file_is_gone(struct netdef_source *source, const char *name,
             struct source_file *file)
{
    long long int now = time_msec();

    if (!file->gone_since) {
        file->gone_since = now;
    }
    if (!source->force && now < file->gone_since + GONE_MSEC) {
        return false;
    }
    VLOG_INFO("%s: removed", file->path);
    shash_find_and_delete(&source->files, name);
    source_file_destroy(file);
    return true;
}

/* Looks at the file 'name'.  Returns true if there is something new. */
static bool
update_file(struct netdef_source *source, const char *name)
{
    struct source_file *file = shash_find_data(&source->files, name);
    char *path = xasprintf("%s/%s", source->directory, name);
    bool changed = true;
    struct stat s;

    if (stat(path, &s)) {
        if (!file) {
            changed = false;
        } else if (errno == ENOENT || errno == ENOTDIR) {
            changed = file_is_gone(source, name, file);
        } else {
            load_file(file);
        }
        free(path);
        return changed;
    }

    if (!file) {
        file = xzalloc(sizeof *file);
        file->path = path;
        diag_list_init(&file->diags);
        shash_add(&source->files, name, file);
    } else {
        free(path);
        changed = source->force || !stamp_equals(&file->stamp, &s);
    }
    file->gone_since = 0;
    if (changed) {
        load_file(file);
    }
    return changed;
}

/* Looks again at the files that have been gone long enough.  Until then, one
 * that is back may be about to be written: its event tells when it is. */
static void
recheck_gone(struct netdef_source *source)
{
    long long int now = time_msec();
    struct shash_node *node;

    SHASH_FOR_EACH (node, &source->files) {
        const struct source_file *file = node->data;

        if (file->gone_since && now >= file->gone_since + GONE_MSEC) {
            sset_add(&source->dirty, node->name);
        }
    }
}

/* Looks at the whole directory.  Returns true if there is something new. */
static bool
scan_directory(struct netdef_source *source)
{
    DIR *dir = opendir(source->directory);
    struct shash_node *node;
    struct dirent *de;
    bool changed = false;

    source->scan = false;
    if (!dir) {
        /* dir_watch says so, and when it is back. */
        return false;
    }

    while ((de = readdir(dir))) {
        if (is_definition(de->d_name)) {
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

/* Stores in 'names', by name of network, the file whose definition counts for
 * each: of several, the one whose name comes first.  One that is gone, though
 * not yet for good, has been renamed. */
static void
choose_files(const struct shash_node **nodes, size_t n, struct shash *names)
{
    for (int gone = 0; gone < 2; gone++) {
        for (size_t i = 0; i < n; i++) {
            const struct source_file *file = nodes[i]->data;

            if (file->netdef && !file->gone_since == !gone) {
                shash_add_once(names, file->netdef->name, file);
            }
        }
    }
}

/* Makes the list of definitions anew. */
static void
collect(struct netdef_source *source)
{
    const struct shash_node **nodes = shash_sort(&source->files);
    size_t n = shash_count(&source->files);
    struct shash names = SHASH_INITIALIZER(&names);
    struct diag_list diags = DIAG_LIST_INITIALIZER;

    free(source->netdefs);
    source->netdefs = xmalloc(MAX(1, n) * sizeof *source->netdefs);
    source->n_netdefs = 0;
    choose_files(nodes, n, &names);
    for (size_t i = 0; i < n; i++) {
        const struct source_file *file = nodes[i]->data;
        const struct source_file *chosen;

        if (!file->netdef) {
            continue;
        }
        chosen = shash_find_data(&names, file->netdef->name);
        if (chosen == file) {
            source->netdefs[source->n_netdefs++] = file->netdef;
        } else if (!file->gone_since) {
            diag_add(&diags, DIAG_ERROR, &file->netdef->origin,
                     "network '%s' is defined in %s already",
                     file->netdef->name, chosen->path);
        }
    }
    free(nodes);
    shash_destroy(&names);
    if (!diag_list_equals(&diags, &source->diags)) {
        log_diags(&diags);
    }
    diag_list_uninit(&source->diags);
    source->diags = diags;
}

static void
on_event(const char *name, void *source_)
{
    struct netdef_source *source = source_;

    if (!name) {
        source->scan = true;
    } else if (is_definition(name)) {
        sset_add(&source->dirty, name);
    }
}

/* Takes in what has changed.  Returns true if the definitions, or what there
 * is to say of them, may be others than before. */
bool
netdef_source_run(struct netdef_source *source)
{
    bool changed = false;
    const char *name;

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
    if (changed) {
        collect(source);
    }
    return changed;
}

/* Arranges for poll_block() to wake up when netdef_source_run() has something
 * to do. */
void
netdef_source_wait(struct netdef_source *source)
{
    struct shash_node *node;

    dir_watch_wait(source->watch);
    SHASH_FOR_EACH (node, &source->files) {
        const struct source_file *file = node->data;

        if (file->gone_since) {
            poll_timer_wait_until(file->gone_since + GONE_MSEC);
        }
    }
    if (source->scan) {
        poll_immediate_wake();
    }
}

/* Has all files read afresh by the next netdef_source_run(). */
void
netdef_source_reload(struct netdef_source *source)
{
    source->scan = true;
    source->force = true;
}

const char *
netdef_source_directory(const struct netdef_source *source)
{
    return source->directory;
}

/* Returns the definitions and stores their number in '*n'.  They are good
 * until the next netdef_source_run(). */
const struct netdef *const *
netdef_source_get(const struct netdef_source *source, size_t *n)
{
    *n = source->n_netdefs;
    return source->netdefs;
}

/* Is it known of every network in the directory what it says, or last said?
 * If not, then what seems to be nobody's may belong to a file that could not
 * be read since this program was started. */
bool
netdef_source_is_complete(const struct netdef_source *source)
{
    const struct shash_node *node;

    if (!source->scanned) {
        return false;
    }
    SHASH_FOR_EACH (node, &source->files) {
        const struct source_file *file = node->data;

        if (!file->netdef) {
            return false;
        }
    }
    return true;
}

/* Appends all that there is to say of the files to 'diags'. */
void
netdef_source_get_diags(const struct netdef_source *source,
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
