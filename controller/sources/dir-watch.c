/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/sources/dir-watch.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "controller/sources/mount-watch.h"
#include "lib/base/sets.h"
#include "openvswitch/list.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "sset.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(dir_watch);

/* A file counts once it is closed after writing, renamed into place or
 * removed.  IN_CREATE is for what comes into being complete: sockets and
 * links.  A new file that is about to be written comes with it too, but empty
 * (see is_unwritten()). */
#define EVENTS (IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM \
                | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

/* What may bring a directory into being, or let us read it, seen from one that
 * is above it. */
#define ABOVE_EVENTS (IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF \
                      | IN_MOVE_SELF | IN_ONLYDIR)

#define RETRY_MSEC 1000

/* statfs(2): a file system whose program may not answer. */
#define FUSE_MAGIC 0x65735546

struct dir_watch {
    struct ovs_list list_node;  /* In 'watches'. */
    char *path;
    bool required;
    int wd;                     /* Watch descriptor, -1 if not active. */
    int above_wd;               /* If not active, of the nearest directory
                                 * above it that is there, or -1. */
    long long int next_try;     /* In time_msec() terms, if not active;
                                 * LLONG_MAX to wait for 'above_wd'. */
    int last_error;             /* Of the last try, already logged. */

    /* Nobody tells that a symbolic link leads to another directory by now. */
    bool is_fuse;               /* If active: is 'path' in FUSE?  If not... */
    bool is_link;               /* ...is it one? */
    dev_t dev;                  /* If so, the directory that is watched... */
    ino_t ino;
    long long int next_look;    /* ...and when to look again, in time_msec()
                                 * terms. */

    /* What is to be told. */
    bool anything;              /* Anything may have happened. */
    struct sset names;          /* To these, something has. */
};

/* All watches share one instance of inotify.  A user may have no more than 128
 * of them (fs.inotify.max_user_instances), and libvirt's networks each have a
 * directory. */
static struct ovs_list watches = OVS_LIST_INITIALIZER(&watches);
static int inotify_fd = -1;
static int inotify_error;       /* Of the last try, already logged. */

/* Creates and returns a watch of directory 'path'.  The first dir_watch_run()
 * always reports that anything may have happened.  Only if it is 'required' is
 * the user told that it is not there. */
struct dir_watch *
dir_watch_create(const char *path, bool required)
{
    struct dir_watch *watch = xmalloc(sizeof *watch);

    *watch = (struct dir_watch) {
        .path = xstrdup(path),
        .required = required,
        .wd = -1,
        .above_wd = -1,
        .next_try = LLONG_MIN,
    };
    sset_init(&watch->names);
    ovs_list_push_back(&watches, &watch->list_node);
    return watch;
}

/* Drops '*wd', which may be -1, unless somebody else uses it. */
static void
drop_wd(int *wd)
{
    int old = *wd;
    const struct dir_watch *other;

    *wd = -1;
    if (old < 0) {
        return;
    }
    LIST_FOR_EACH (other, list_node, &watches) {
        if (other->wd == old || other->above_wd == old) {
            return;             /* It is of the same directory. */
        }
    }
    inotify_rm_watch(inotify_fd, old);
}

/* Stops to watch the directory, to try again at once. */
static void
deactivate(struct dir_watch *watch)
{
    drop_wd(&watch->wd);
    drop_wd(&watch->above_wd);
    watch->next_try = LLONG_MIN;
}

/* Frees 'watch', which may be null. */
void
dir_watch_destroy(struct dir_watch *watch)
{
    if (!watch) {
        return;
    }
    deactivate(watch);
    ovs_list_remove(&watch->list_node);
    if (ovs_list_is_empty(&watches) && inotify_fd >= 0) {
        close(inotify_fd);
        inotify_fd = -1;
        mount_watch_stop();
    }
    sset_destroy(&watch->names);
    free(watch->path);
    free(watch);
}

/* Makes the instance of inotify if there is none yet.  Returns 0 if there is
 * one now, otherwise a positive errno value. */
static int
open_inotify(void)
{
    int error = 0;

    if (inotify_fd < 0) {
        inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        error = inotify_fd < 0 ? errno : 0;
        if (error && error != inotify_error) {
            VLOG_WARN("inotify: %s; directories are looked at every second "
                      "instead", ovs_strerror(error));
        }
        inotify_error = error;
        mount_watch_start();
    }
    return error;
}

static bool
is_missing(int error)
{
    return error == ENOENT || error == ENOTDIR || error == EACCES;
}

/* Takes note that the directory cannot be watched because of 'error'. */
static void
cannot_watch(struct dir_watch *watch, int error)
{
    bool missing = is_missing(error);

    if (error != watch->last_error && error != inotify_error) {
        VLOG(watch->required || !missing ? VLL_WARN : VLL_DBG,
             "%s: %s; %s", watch->path, ovs_strerror(error),
             missing ? "waiting for it" : "looked at every second");
    }
    watch->last_error = error;
    watch->anything |= !missing;
    watch->next_try = time_msec() + RETRY_MSEC;
}

/* Makes 'path' that of the directory above it, with '/' at its end.  Returns
 * false if there is none in it. */
static bool
cut_name(char *path)
{
    size_t len = strlen(path);

    while (len > 0 && path[len - 1] == '/') {
        len--;
    }
    while (len > 0 && path[len - 1] != '/') {
        len--;
    }
    path[len] = '\0';
    return len > 0;
}

/* Watches the nearest directory above that of 'watch' that is there.  Returns
 * false if that does not tell when to try again: it cannot be watched, or
 * there is something on the way that is not a directory for us, such as a link
 * that leads nowhere. */
static bool
watch_above(struct dir_watch *watch)
{
    char *path = xstrdup(watch->path);
    struct stat s;
    int wd = -1;

    while (wd < 0 && cut_name(path)) {
        wd = inotify_add_watch(inotify_fd, path, ABOVE_EVENTS | IN_MASK_ADD);
        if (wd < 0 && !is_missing(errno)) {
            break;
        }
    }
    if (wd != watch->above_wd) {
        drop_wd(&watch->above_wd);
        watch->above_wd = wd;
    }

    /* What is next on the way, behind 'path'? */
    char *next = xasprintf("%.*s", (int) (strlen(path)
                                          + strcspn(watch->path + strlen(path),
                                                    "/")), watch->path);
    bool is_link = !lstat(next, &s) && S_ISLNK(s.st_mode);
    free(next);
    free(path);
    return wd >= 0 && !is_link;
}

/* Is it to be looked at where the link to the directory leads? */
static bool
must_look(const struct dir_watch *watch)
{
    return (watch->wd >= 0 && watch->is_link
            && time_msec() >= watch->next_look);
}

/* Takes note of which directory is about to be watched, if by a link.  Where a
 * program such as Proxmox's pmxcfs makes the file system it is not looked at
 * again: all would wait for that program. */
static void
note_target(struct dir_watch *watch)
{
    size_t len = strlen(watch->path);
    struct stat s = { .st_dev = 0 };
    struct statfs fs;

    while (len > 1 && watch->path[len - 1] == '/') {
        len--;                  /* lstat() would follow the link. */
    }

    char *name = xmemdup0(watch->path, len);
    watch->is_fuse = !statfs(name, &fs) && fs.f_type == FUSE_MAGIC;
    watch->is_link = (!watch->is_fuse && !lstat(name, &s)
                      && S_ISLNK(s.st_mode) && !stat(name, &s));
    watch->dev = s.st_dev;
    watch->ino = s.st_ino;
    watch->next_look = time_msec() + DIR_WATCH_LOOK_MSEC;
    free(name);
}

/* Stops to watch a directory that the link does not lead to any longer. */
static void
look_at_target(struct dir_watch *watch)
{
    struct stat s;

    watch->next_look = time_msec() + DIR_WATCH_LOOK_MSEC;
    if (stat(watch->path, &s) || s.st_dev != watch->dev
        || s.st_ino != watch->ino) {
        deactivate(watch);
        watch->anything = true;
    }
}

/* Tries to watch the directory.  Returns 0 or a positive errno value. */
static int
try_watch(struct dir_watch *watch)
{
    int error = open_inotify();

    note_target(watch);
    if (!error) {
        watch->wd = inotify_add_watch(inotify_fd, watch->path,
                                      EVENTS | IN_MASK_ADD);
        error = watch->wd < 0 ? errno : 0;
    }
    return error;
}

/* Tries to watch the directory, if it is not watched yet.
 *
 * One that is missing may come while it is looked for above where it should
 * be, so it is tried once more then.  What is missing above it may come too,
 * so that something nearer is to be watched: each time around, the directory
 * that is watched is nearer, or else that is over. */
static void
try_activate(struct dir_watch *watch)
{
    int error, above_wd;
    bool tells = false;

    if (watch->wd >= 0 || time_msec() < watch->next_try) {
        return;
    }
    do {
        above_wd = watch->above_wd;
        error = try_watch(watch);
        tells = is_missing(error) && watch_above(watch);
    } while (tells && above_wd != watch->above_wd);

    if (error) {
        cannot_watch(watch, error);
        if (tells) {
            watch->next_try = LLONG_MAX;
        }
    } else {
        drop_wd(&watch->above_wd);
        watch->last_error = 0;
        watch->anything = true;
    }
}

/* Is 'event' about a new file that nothing has been written to yet?  When it
 * is closed there will be another event. */
static bool
is_unwritten(const struct dir_watch *watch, const struct inotify_event *event)
{
    bool unwritten = false;

    if (event->mask & IN_CREATE && event->len) {
        char *path = xasprintf("%s/%s", watch->path, event->name);
        struct stat s;

        unwritten = !lstat(path, &s) && S_ISREG(s.st_mode) && !s.st_size;
        free(path);
    }
    return unwritten;
}

/* Takes note of 'event' for 'watch', which it may be about. */
static void
take_event(struct dir_watch *watch, const struct inotify_event *event)
{
    if (event->mask & IN_Q_OVERFLOW) {
        /* The directory, too, may be another one. */
        deactivate(watch);
        watch->anything = true;
    } else if (event->wd == watch->above_wd) {
        if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED
                           | IN_UNMOUNT)) {
            drop_wd(&watch->above_wd);
        }
        watch->next_try = LLONG_MIN;
    } else if (event->wd != watch->wd) {
        /* Not this one, or from a watch that is no more. */
    } else if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED
                              | IN_UNMOUNT)) {
        deactivate(watch);
        watch->anything = true;
    } else if (event->mask & IN_ATTRIB || is_unwritten(watch, event)) {
        /* Nothing has happened yet. */
    } else if (event->len) {
        sset_add(&watch->names, event->name);
    } else {
        watch->anything = true;
    }
}

/* Something has been mounted or unmounted: takes note if that makes another
 * directory that of 'watch', or may do so. */
static void
look_again(struct dir_watch *watch)
{
    int old = watch->wd;

    watch->next_try = LLONG_MIN;
    if (old < 0 || watch->is_fuse) {
        return;
    }
    /* The same directory has the same number. */
    if (try_watch(watch) || watch->wd != old) {
        drop_wd(&old);
        watch->anything = true;
    }
}

/* Takes note of all that has happened, for all watches. */
void
dir_watch_receive(void)
{
    struct dir_watch *watch;

    char buf[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t n;

    while (inotify_fd >= 0 && (n = read(inotify_fd, buf, sizeof buf)) > 0) {
        for (char *p = buf; p < buf + n; ) {
            const struct inotify_event *event = (const void *) p;

            LIST_FOR_EACH (watch, list_node, &watches) {
                take_event(watch, event);
            }
            p += sizeof *event + event->len;
        }
    }
    if (mount_watch_receive()) {
        LIST_FOR_EACH (watch, list_node, &watches) {
            look_again(watch);
        }
    }
}

/* Has dir_watch_run() something to do? */
bool
dir_watch_is_due(const struct dir_watch *watch)
{
    return (watch->anything || !sset_is_empty(&watch->names)
            || must_look(watch)
            || (watch->wd < 0 && time_msec() >= watch->next_try));
}

/* Calls 'cb' with 'aux' for all that has happened since the last call, by
 * dir_watch_receive(). */
void
dir_watch_run(struct dir_watch *watch, dir_watch_cb *cb, void *aux)
{
    const char *name;

    if (must_look(watch)) {
        look_at_target(watch);
    }
    try_activate(watch);
    if (watch->anything) {
        cb(NULL, aux);
    }
    SSET_FOR_EACH (name, &watch->names) {
        cb(name, aux);
    }
    watch->anything = false;
    sset_renew(&watch->names);
}

/* Arranges for poll_block() to wake up when dir_watch_run() has something to
 * do. */
void
dir_watch_wait(struct dir_watch *watch)
{
    if (watch->anything || !sset_is_empty(&watch->names)) {
        poll_immediate_wake();
    }
    if (inotify_fd >= 0) {
        poll_fd_wait(inotify_fd, POLLIN);
        mount_watch_wait();
    }
    if (watch->wd < 0 && watch->next_try != LLONG_MAX) {
        poll_timer_wait_until(watch->next_try);
    } else if (watch->wd >= 0 && watch->is_link) {
        poll_timer_wait_until(watch->next_look);
    }
}

/* Has dir_watch_run() try at once to watch the directory, if it is not. */
void
dir_watch_retry(struct dir_watch *watch)
{
    watch->next_try = LLONG_MIN;
}

/* Returns the errno value that keeps 'watch' from being active, 0 if none. */
int
dir_watch_error(const struct dir_watch *watch)
{
    return watch->last_error;
}
