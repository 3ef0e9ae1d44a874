/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/dir-watch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
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
    char *path;
    bool required;
    int fd;                     /* Of inotify. */
    int wd;                     /* Watch descriptor, -1 if not active. */
    long long int next_try;     /* In time_msec() terms, if not active. */
    int last_error;             /* Of the last try, already logged. */
};

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
        .fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC),
        .wd = -1,
        .next_try = time_msec(),
    };
    if (watch->fd < 0) {
        VLOG_ERR("inotify_init1: %s", ovs_strerror(errno));
    }
    return watch;
}

/* Frees 'watch', which may be null. */
void
dir_watch_destroy(struct dir_watch *watch)
{
    if (watch) {
        if (watch->fd >= 0) {
            close(watch->fd);
        }
        free(watch->path);
        free(watch);
    }
}

/* Tries to watch the directory.  Returns true if it is watched now that was
 * not before. */
static bool
try_activate(struct dir_watch *watch)
{
    if (watch->wd >= 0 || time_msec() < watch->next_try) {
        return false;
    }

    watch->wd = inotify_add_watch(watch->fd, watch->path, EVENTS);
    if (watch->wd < 0) {
        if (errno != watch->last_error) {
            watch->last_error = errno;
            VLOG(watch->required ? VLL_WARN : VLL_DBG,
                 "%s: %s; waiting for it", watch->path, ovs_strerror(errno));
        }
        watch->next_try = time_msec() + RETRY_MSEC;
        return false;
    }
    watch->last_error = 0;
    return true;
}

static void
deactivate(struct dir_watch *watch)
{
    if (watch->wd >= 0) {
        inotify_rm_watch(watch->fd, watch->wd);
        watch->wd = -1;
        watch->next_try = time_msec();
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

static void
handle_event(struct dir_watch *watch, const struct inotify_event *event,
             dir_watch_cb *cb, void *aux)
{
    if (event->wd != watch->wd && !(event->mask & IN_Q_OVERFLOW)) {
        /* From a watch that is no more. */
    } else if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED
                              | IN_UNMOUNT)) {
        deactivate(watch);
        cb(NULL, aux);
    } else if (!is_unwritten(watch, event)) {
        cb(event->len ? event->name : NULL, aux);
    }
}

/* Calls 'cb' with 'aux' for all that has happened since the last call. */
void
dir_watch_run(struct dir_watch *watch, dir_watch_cb *cb, void *aux)
{
    char buf[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t n;

    while ((n = read(watch->fd, buf, sizeof buf)) > 0) {
        for (char *p = buf; p < buf + n; ) {
            const struct inotify_event *event = (const void *) p;

            handle_event(watch, event, cb, aux);
            p += sizeof *event + event->len;
        }
    }
    if (try_activate(watch)) {
        cb(NULL, aux);
    }
}

/* Arranges for poll_block() to wake up when dir_watch_run() has something to
 * do. */
void
dir_watch_wait(struct dir_watch *watch)
{
    if (watch->fd >= 0) {
        poll_fd_wait(watch->fd, POLLIN);
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
