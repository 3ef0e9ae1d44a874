/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DIR_SOURCE_PRIVATE_H
#define DIR_SOURCE_PRIVATE_H 1

/* What the files of dir-source.h share. */

#include "controller/sources/dir-source.h"

#include "controller/sources/file-read.h"
#include "lib/base/diag.h"
#include "lib/base/grace.h"
#include "openvswitch/list.h"
#include "openvswitch/shash.h"
#include "sha1.h"
#include "sset.h"

struct source_file {
    struct ovs_list gone_node;  /* In dir_source's 'gone', or empty. */
    char *name;
    char *path;                 /* Directory and name. */
    struct grace grace;         /* In time_msec() terms. */
    struct file_stamp stamp;    /* When it was read. */
    bool is_elsewhere;          /* Does it have another name, by which it may
                                 * be changed without the watch's noticing? */
    void *value;                /* Last good value, or null... */
    uint8_t digest[SHA1_DIGEST_SIZE];   /* ...and of the text that it is of. */
    bool denied;                /* May we not read it? */
    struct diag_list diags;     /* Of what it holds now. */
};

struct dir_source {
    char *directory;
    const struct dir_source_class *class;
    void *aux;                  /* Of the class's functions. */
    bool required;
    struct dir_watch *watch;
    struct shash files;         /* By name, "struct source_file"s. */
    struct ovs_list gone;       /* Those that are gone, the first first. */
    size_t n_denied;            /* How many we may not read. */
    struct diag_list diags;     /* About the directory as a whole. */
    struct sset dirty;          /* Names of files to be looked at. */
    bool scan;                  /* Look at the whole directory. */
    bool force;                 /* Even where nothing seems to have changed. */
    bool scanned;               /* Has the directory ever been read? */

    /* Files that are changed by another name are looked at now and then. */
    size_t n_elsewhere;         /* How many there are. */
    long long int next_look;    /* In time_msec() terms. */

    /* Names that are not read because they do not end in the suffix. */
    struct sset unread;
    long long int unread_due;   /* When to look for them, in time_msec() terms,
                                 * or LLONG_MAX. */
};

struct source_file *source_file_create(struct dir_source *, const char *name);
bool source_file_load(struct dir_source *, struct source_file *);
void source_file_destroy(struct dir_source *, struct source_file *);
void source_file_set_elsewhere(struct dir_source *, struct source_file *,
                               bool is_elsewhere);

bool dir_source_has_suffix(const struct dir_source *, const char *name);
void dir_source_notice_unread(struct dir_source *, const char *name);
bool dir_source_run_unread(struct dir_source *);
void dir_source_get_unread(const struct dir_source *, struct diag_list *);

#endif /* controller/sources/dir-source-private.h */
