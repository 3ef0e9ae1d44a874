/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_READ_H
#define FILE_READ_H 1

/* A small file as a whole, and what tells one state of it from another. */

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

struct file_stamp {
    dev_t dev;
    ino_t ino;
    off_t size;
    struct timespec mtime, ctime;
};

bool file_stamp_equals(const struct file_stamp *, const struct stat *);
int file_read(const char *path, size_t max_size, bool follow, char **text,
              size_t *size, struct file_stamp *);
const char *file_strerror(int error);

#endif /* controller/sources/file-read.h */
