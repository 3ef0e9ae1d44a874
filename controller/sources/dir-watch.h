/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DIR_WATCH_H
#define DIR_WATCH_H 1

/* A directory that is watched by inotify(7).
 *
 * A directory that is not there, or is taken away, is waited for: the nearest
 * one above it that is there is watched for it.  What is mounted is watched as
 * well, since that may bring it, or another one in its place.  If it is a
 * symbolic link, then it is looked at now and then whether that leads to
 * another one.  One that cannot be watched, because the system's limits for
 * inotify are reached, is looked at now and then.
 *
 * There is no more than one instance of inotify to a process, and one call of
 * dir_watch_receive() in each turn takes in what it tells. */

#include <stdbool.h>

/* How often what nobody tells of is looked at, as where a link leads: in
 * milliseconds. */
#define DIR_WATCH_LOOK_MSEC 500

struct dir_watch *dir_watch_create(const char *path, bool required);
void dir_watch_destroy(struct dir_watch *);

/* Called for each name in the directory that something happened to.  A null
 * 'name' means that anything may have: look at all of it. */
typedef void dir_watch_cb(const char *name, void *aux);
void dir_watch_receive(void);
bool dir_watch_is_due(const struct dir_watch *);
void dir_watch_run(struct dir_watch *, dir_watch_cb *, void *aux);
void dir_watch_wait(struct dir_watch *);
void dir_watch_retry(struct dir_watch *);
int dir_watch_error(const struct dir_watch *);

#endif /* controller/sources/dir-watch.h */
