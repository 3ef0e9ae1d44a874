/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/sources/dir-source-private.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "openvswitch/vlog.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(dir_source_names);

/* Which files of a directory are read, and which are not although whoever put
 * them there may think so. */

/* How long a file must have been there: whoever writes one under another name
 * is about to give it its own.  In ms. */
#define UNREAD_MSEC 500

/* How many of them are named. */
#define MAX_UNREAD 8

/* Does 'name' end in 'suffix', with something before that? */
static bool
ends_in(const char *name, const char *suffix)
{
    size_t len = strlen(name), n = strlen(suffix);

    return len > n && !strcmp(name + len - n, suffix);
}

/* Is 'name' that of a file with a value?  Editors' backup and temporary
 * files are not. */
bool
dir_source_has_suffix(const struct dir_source *source, const char *name)
{
    return name[0] != '.' && ends_in(name, source->class->suffix);
}

/* Is 'name' what an editor, a package manager or an administrator calls what
 * is not meant? */
static bool
is_set_aside(const char *name)
{
    static const char *const suffixes[] = {
        "~", "#", ".bak", ".old", ".orig", ".save", ".rej", ".tmp", ".swp",
        ".disabled", ".rpmnew", ".rpmorig", ".rpmsave", ".ucf-dist",
        ".ucf-new", ".ucf-old",
    };

    if (name[0] == '.' || strstr(name, ".dpkg-")
        || !strncmp(name, "README", strlen("README"))) {
        return true;
    }
    for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
        if (ends_in(name, suffixes[i])) {
            return true;
        }
    }
    return false;
}

/* Takes note that something has happened to the file 'name', which has no
 * value. */
void
dir_source_notice_unread(struct dir_source *source, const char *name)
{
    if (source->required && !source->class->has_others
        && source->unread_due == LLONG_MAX && !is_set_aside(name)) {
        source->unread_due = time_msec() + UNREAD_MSEC;
    }
}

/* Adds to 'diags' which files in 'unread' are not read. */
static void
say_unread(const struct dir_source *source, const struct sset *unread,
           struct diag_list *diags)
{
    size_t n = sset_count(unread);
    const char **names = sset_sort(unread);

    for (size_t i = 0; i < MIN(n, MAX_UNREAD); i++) {
        char *path = xasprintf("%s/%s", source->directory, names[i]);
        struct origin origin = { .file = path };

        diag_add(diags, DIAG_NOTE, &origin, "not read, because its name does "
                 "not end in %s", source->class->suffix);
        free(path);
    }
    if (n > MAX_UNREAD) {
        struct origin origin = { .file = source->directory };

        diag_add(diags, DIAG_NOTE, &origin, "%"PRIuSIZE" more files are not "
                 "read, because their names do not end in %s",
                 n - MAX_UNREAD, source->class->suffix);
    }
    free(names);
}

enum unread {
    UNREAD_NO_FILE,             /* A directory, or gone. */
    UNREAD_NEW,                 /* Not there for long enough. */
    UNREAD_SETTLED,
};

/* Has 'name' been there, as it is and under that name, for long enough?  If
 * its time is still to come, the clock has been set. */
static enum unread
find_unread(const struct dir_source *source, const char *name)
{
    char *path = xasprintf("%s/%s", source->directory, name);
    enum unread unread = UNREAD_NO_FILE;
    struct stat st;

    if (!lstat(path, &st) && !S_ISDIR(st.st_mode)) {
        long long int age = (time_wall_msec() - st.st_ctim.tv_sec * 1000LL
                             - st.st_ctim.tv_nsec / 1000000);

        unread = age < 0 || age >= UNREAD_MSEC ? UNREAD_SETTLED : UNREAD_NEW;
    }
    free(path);
    return unread;
}

/* Looks for files that are not read, if it is time to.  Returns true if they
 * are others than before. */
bool
dir_source_run_unread(struct dir_source *source)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct sset unread = SSET_INITIALIZER(&unread);
    bool changed = false;
    struct dirent *de;
    DIR *dir;

    if (time_msec() < source->unread_due) {
        return false;
    }
    source->unread_due = LLONG_MAX;

    dir = opendir(source->directory);
    if (dir) {
        while ((de = readdir(dir))) {
            if (dir_source_has_suffix(source, de->d_name)
                || is_set_aside(de->d_name)) {
                continue;
            }
            switch (find_unread(source, de->d_name)) {
            case UNREAD_NO_FILE:
                break;

            case UNREAD_NEW:
                source->unread_due = time_msec() + UNREAD_MSEC;
                break;

            case UNREAD_SETTLED:
                sset_add(&unread, de->d_name);
                break;
            }
        }
        closedir(dir);
        changed = !sset_equals(&unread, &source->unread);
        sset_swap(&unread, &source->unread);
    }
    if (changed) {
        dir_source_get_unread(source, &diags);
        dir_source_log_diags(&diags);
    }
    diag_list_uninit(&diags);
    sset_destroy(&unread);
    return changed;
}

/* Appends to 'diags' which files are not read. */
void
dir_source_get_unread(const struct dir_source *source,
                      struct diag_list *diags)
{
    say_unread(source, &source->unread, diags);
}
