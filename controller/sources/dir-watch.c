/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/sources/dir-watch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

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

#define RETRY_MSEC 1000

struct dir_watch {
    struct ovs_list list_node;  /* In 'watches'. */
    char *path;
    bool required;
    int wd;                     /* Watch descriptor, -1 if not active. */
    long long int next_try;     /* In time_msec() terms, if not active. */
    int last_error;             /* Of the last try, already logged. */

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
        .next_try = time_msec(),
    };
    sset_init(&watch->names);
    ovs_list_push_back(&watches, &watch->list_node);
    return watch;
}

/* Stops to watch the directory, to try again at once. */
static void
deactivate(struct dir_watch *watch)
{
    int wd = watch->wd;
    struct dir_watch *other;

    watch->wd = -1;
    watch->next_try = time_msec();
    LIST_FOR_EACH (other, list_node, &watches) {
        if (other->wd == wd) {
            return;             /* It is of the same directory. */
        }
    }
    inotify_rm_watch(inotify_fd, wd);
}

/* Frees 'watch', which may be null. */
void
dir_watch_destroy(struct dir_watch *watch)
{
    if (!watch) {
        return;
    }
    if (watch->wd >= 0) {
        deactivate(watch);
    }
    ovs_list_remove(&watch->list_node);
    if (ovs_list_is_empty(&watches) && inotify_fd >= 0) {
        close(inotify_fd);
        inotify_fd = -1;
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
    }
    return error;
}

/* Takes note that the directory cannot be watched because of 'error'. */
static void
cannot_watch(struct dir_watch *watch, int error)
{
    bool missing = error == ENOENT || error == ENOTDIR || error == EACCES;

    if (error != watch->last_error && error != inotify_error) {
        VLOG(watch->required || !missing ? VLL_WARN : VLL_DBG,
             "%s: %s; %s", watch->path, ovs_strerror(error),
             missing ? "waiting for it" : "looked at every second");
    }
    watch->last_error = error;
    watch->anything |= !missing;
    watch->next_try = time_msec() + RETRY_MSEC;
}

/* Tries to watch the directory, if it is not watched yet. */
static void
try_activate(struct dir_watch *watch)
{
    if (watch->wd >= 0 || time_msec() < watch->next_try) {
        return;
    }

    int error = open_inotify();
    if (!error) {
        watch->wd = inotify_add_watch(inotify_fd, watch->path, EVENTS);
        error = watch->wd < 0 ? errno : 0;
    }
    if (error) {
        cannot_watch(watch, error);
    } else {
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
        watch->anything = true;
    } else if (event->wd != watch->wd) {
        /* Not this one, or from a watch that is no more. */
    } else if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED
                              | IN_UNMOUNT)) {
        deactivate(watch);
        watch->anything = true;
    } else if (is_unwritten(watch, event)) {
        /* Nothing has happened yet. */
    } else if (event->len) {
        sset_add(&watch->names, event->name);
    } else {
        watch->anything = true;
    }
}

/* Takes note of all that has happened, for all watches. */
static void
receive_events(void)
{
    char buf[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t n;

    while ((n = read(inotify_fd, buf, sizeof buf)) > 0) {
        for (char *p = buf; p < buf + n; ) {
            const struct inotify_event *event = (const void *) p;
            struct dir_watch *watch;

            LIST_FOR_EACH (watch, list_node, &watches) {
                take_event(watch, event);
            }
            p += sizeof *event + event->len;
        }
    }
}

/* Calls 'cb' with 'aux' for all that has happened since the last call. */
void
dir_watch_run(struct dir_watch *watch, dir_watch_cb *cb, void *aux)
{
    const char *name;

    if (inotify_fd >= 0) {
        receive_events();
    }
    try_activate(watch);
    if (watch->anything) {
        cb(NULL, aux);
    }
    SSET_FOR_EACH (name, &watch->names) {
        cb(name, aux);
    }
    watch->anything = false;
    sset_clear(&watch->names);
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
    }
    if (watch->wd < 0) {
        poll_timer_wait_until(watch->next_try);
    }
}

/* Returns the errno value that keeps 'watch' from being active, 0 if none. */
int
dir_watch_error(const struct dir_watch *watch)
{
    return watch->last_error;
}
