/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DIR_SOURCE_H
#define DIR_SOURCE_H 1

/* Values from the files of a directory, as they come and go.
 *
 * Each file of a suffix, such as ".xml", holds one value; what it is and how
 * it is read is for a "struct dir_source_class" to say.  A file that has
 * become wrong or unreadable leaves its last good value in force; one that was
 * removed takes its value along.  A directory that cannot be read takes
 * nothing along.
 *
 * The administrator's own directory is required to be there and to be
 * readable, file by file.  Another program's is not: that it is missing is
 * worth no word, that it may not be read is said once for all of its files,
 * and links in it are not followed. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diag_list;

/* Returns the value that the 'size' bytes at 'text' hold, which are those of
 * the file at 'path', or null, having added an error to 'diags'. */
typedef void *dir_source_parse_cb(const char *text, size_t size,
                                  const char *path, struct diag_list *diags);

/* Called before 'old' is replaced by 'new', either of which may be null. */
typedef void dir_source_replace_cb(void *old, void *new, const char *path,
                                   void *aux);

struct dir_source_class {
    const char *noun;           /* What a value is: "network". */
    const char *suffix;         /* Of the names of files that hold one. */
    size_t max_size;            /* Bytes that a file may have. */
    bool has_others;            /* Is it no wonder if there are other files? */
    dir_source_parse_cb *parse;
    dir_source_replace_cb *replace;     /* May be null. */
    void (*destroy)(void *value);
    const char *(*name)(const void *value); /* As the user knows it. */
};

/* A file with a value, as dir_source_sort() returns it. */
struct dir_source_file {
    const char *path;
    const void *value;
    bool gone;                  /* Perhaps only for a moment. */
};

struct dir_source *dir_source_create(const char *directory,
                                     const struct dir_source_class *,
                                     bool required, void *aux);
void dir_source_destroy(struct dir_source *);

bool dir_source_run(struct dir_source *);
void dir_source_wait(struct dir_source *);
void dir_source_reload(struct dir_source *);

const char *dir_source_directory(const struct dir_source *);
struct dir_source_file *dir_source_sort(const struct dir_source *, size_t *n);
const void *dir_source_find(const struct dir_source *, const char *path,
                            const uint8_t **digest);
bool dir_source_is_complete(const struct dir_source *);
bool dir_source_is_readable(const struct dir_source *);
void dir_source_get_diags(const struct dir_source *, struct diag_list *);
void dir_source_log_diags(const struct diag_list *);

#endif /* controller/sources/dir-source.h */
