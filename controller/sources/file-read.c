/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/sources/file-read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "util.h"

/* Is 's' of the same state of the same file as 'a'? */
bool
file_stamp_equals(const struct file_stamp *a, const struct stat *s)
{
    return (a->dev == s->st_dev && a->ino == s->st_ino
            && a->size == s->st_size
            && a->mtime.tv_sec == s->st_mtim.tv_sec
            && a->mtime.tv_nsec == s->st_mtim.tv_nsec
            && a->ctime.tv_sec == s->st_ctim.tv_sec
            && a->ctime.tv_nsec == s->st_ctim.tv_nsec);
}

/* Reads up to 'max_size' bytes from 'fd' into 'text', and stores in '*size'
 * how many there were.  Returns 0 if successful, otherwise an errno value. */
static int
read_all(int fd, size_t max_size, char *text, size_t *size)
{
    for (*size = 0; *size < max_size; ) {
        ssize_t n = read(fd, text + *size, max_size - *size);

        if (n > 0) {
            *size += n;
        } else if (!n) {
            break;
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

/* Reads the file at 'path', through a symbolic link only if 'follow'.  Returns
 * 0 if successful, and then stores its text, which the caller must free, in
 * '*text' and '*size'; of a file larger than 'max_size' that is one byte more
 * than 'max_size'.  Otherwise returns an errno value for file_strerror().
 *
 * Stores in '*stamp', in either case, which state of the file this was. */
int
file_read(const char *path, size_t max_size, bool follow, char **text,
          size_t *size, struct file_stamp *stamp)
{
    /* O_NONBLOCK lest a FIFO stop the daemon. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
                        | (follow ? 0 : O_NOFOLLOW));
    int error = fd >= 0 ? 0 : errno == ELOOP && !follow ? EMLINK : errno;
    struct stat s;

    if ((fd < 0 && (follow ? stat(path, &s) : lstat(path, &s)))
        || (fd >= 0 && fstat(fd, &s))) {
        *stamp = (struct file_stamp) { .size = 0 };
    } else {
        *stamp = (struct file_stamp) { s.st_dev, s.st_ino, s.st_size,
                                       s.st_mtim, s.st_ctim };
    }
    if (error) {
        return error;
    }

    error = EINVAL;
    if (S_ISREG(s.st_mode)) {
        *text = xmalloc(max_size + 1);
        error = read_all(fd, max_size + 1, *text, size);
        if (error) {
            free(*text);
        }
    }
    close(fd);
    return error;
}

/* Returns what 'error', from file_read(), means. */
const char *
file_strerror(int error)
{
    return (error == EINVAL ? "not a regular file"
            : error == EMLINK ? "symbolic link, not followed"
            : error == ENOENT ? "no such file, or a symbolic link to none"
            : ovs_strerror(error));
}
