/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_WATCH_H
#define MOUNT_WATCH_H 1

/* Tells that something has been mounted or unmounted.
 *
 * Another directory may be where one was, or where none was, and inotify(7)
 * does not say so: that a file system is mounted does nothing to the directory
 * below it. */

#include <stdbool.h>

void mount_watch_start(void);
void mount_watch_stop(void);
bool mount_watch_receive(void);
void mount_watch_wait(void);

#endif /* controller/sources/mount-watch.h */
