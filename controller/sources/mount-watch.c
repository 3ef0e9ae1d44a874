/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/sources/mount-watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(mount_watch);

/* The kernel wakes whoever polls the first one (proc(5)).  But poll(2) says so
 * once, to the poll loop, which does not tell.  The second one keeps it until
 * it is asked: with EPOLLET it holds an event for each time that it is woken,
 * if only the file has one of those that are asked for, as EPOLLIN, which it
 * always has. */
static int mounts_fd = -1;
static int epoll_fd = -1;

/* Starts to watch, if that has not been done. */
void
mount_watch_start(void)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLET };

    if (epoll_fd >= 0) {
        return;
    }
    mounts_fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    epoll_fd = mounts_fd >= 0 ? epoll_create1(EPOLL_CLOEXEC) : -1;
    if (epoll_fd < 0
        || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, mounts_fd, &event)) {
        VLOG_DBG("/proc/self/mountinfo: %s; what is mounted is not seen",
                 ovs_strerror(errno));
        mount_watch_stop();
    } else {
        mount_watch_receive();  /* The first event is of no change. */
    }
}

/* Stops to watch. */
void
mount_watch_stop(void)
{
    if (epoll_fd >= 0) {
        close(epoll_fd);
    }
    if (mounts_fd >= 0) {
        close(mounts_fd);
    }
    epoll_fd = mounts_fd = -1;
}

/* Has anything been mounted or unmounted since the last call? */
bool
mount_watch_receive(void)
{
    struct epoll_event event;

    return epoll_fd >= 0 && epoll_wait(epoll_fd, &event, 1, 0) > 0;
}

/* Arranges for poll_block() to wake up when mount_watch_receive() has
 * something to say. */
void
mount_watch_wait(void)
{
    if (epoll_fd >= 0) {
        poll_fd_wait(epoll_fd, POLLIN);
    }
}
