/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/sources/dir-source-private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "openvswitch/vlog.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(dir_source_file);

/* A file of the directory, and the value that it holds, or last held. */

/* Adds a file called 'name' to 'source', which has not been read yet, and
 * returns it. */
struct source_file *
source_file_create(struct dir_source *source, const char *name)
{
    struct source_file *file = xzalloc(sizeof *file);

    file->name = xstrdup(name);
    file->path = xasprintf("%s/%s", source->directory, name);
    diag_list_init(&file->diags);
    ovs_list_init(&file->gone_node);
    shash_add(&source->files, name, file);
    return file;
}

/* Makes 'value' the value of 'file'.  Takes ownership of it. */
static void
replace_value(const struct dir_source *source, struct source_file *file,
              void *value)
{
    const struct dir_source_class *class = source->class;

    if (class->replace && (file->value || value)) {
        class->replace(file->value, value, file->path, source->aux);
    }
    if (file->value) {
        class->destroy(file->value);
    }
    file->value = value;
}

static void
set_denied(struct dir_source *source, struct source_file *file, bool denied)
{
    source->n_denied -= file->denied;
    source->n_denied += denied;
    file->denied = denied;
}

/* Takes note of whether 'file' may be changed by another name, through a
 * symbolic link or as a hard link. */
void
source_file_set_elsewhere(struct dir_source *source, struct source_file *file,
                          bool is_elsewhere)
{
    source->n_elsewhere -= file->is_elsewhere;
    source->n_elsewhere += is_elsewhere;
    file->is_elsewhere = is_elsewhere;
}

/* Frees 'file' and its value.  It must be out of 'source->files', or about to
 * be. */
void
source_file_destroy(struct dir_source *source, struct source_file *file)
{
    replace_value(source, file, NULL);
    set_denied(source, file, false);
    source_file_set_elsewhere(source, file, false);
    ovs_list_remove(&file->gone_node);
    free(file->name);
    free(file->path);
    diag_list_uninit(&file->diags);
    free(file);
}

/* Has the first error in 'diags' say that the value called 'name' stays as it
 * was. */
static void
say_last_good_stays(const struct dir_source *source, struct diag_list *diags,
                    const char *name)
{
    for (size_t i = 0; i < diags->n; i++) {
        struct diag *diag = &diags->diags[i];

        if (diag->severity == DIAG_ERROR) {
            char *text = xasprintf("%s; the last good definition of %s "
                                   "'%s' stays in force", diag->text,
                                   source->class->noun, name);
            free(diag->text);
            diag->text = text;
            return;
        }
    }
}

/* Reads 'file' and takes over what it says, if that is good.  Returns true if
 * its value, or what there is to say of it, may be another than before. */
bool
source_file_load(struct dir_source *source, struct source_file *file)
{
    const struct dir_source_class *class = source->class;
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    uint8_t digest[SHA1_DIGEST_SIZE] = { 0 };
    void *value = NULL;
    size_t size;
    char *text;
    int error;

    error = file_read(file->path, class->max_size, source->required, &text,
                      &size, &file->stamp);
    set_denied(source, file, error == EACCES);
    if (!error) {
        value = class->parse(text, size, file->path, &diags);
        sha1_bytes(text, size, digest);
        free(text);
    } else if (source->required || !file->denied) {
        struct origin origin = { .file = file->path };

        diag_add(&diags, DIAG_ERROR, &origin, "%s", file_strerror(error));
    }

    if (value && (!file->value || diag_list_has_errors(&file->diags)
                  || memcmp(digest, file->digest, sizeof digest))) {
        VLOG(source->required ? VLL_INFO : VLL_DBG, "%s: %s '%s'", file->path,
             class->noun, class->name(value));
    }
    if (value) {
        memcpy(file->digest, digest, sizeof digest);
        replace_value(source, file, value);
    } else if (file->value) {
        say_last_good_stays(source, &diags, class->name(file->value));
    }

    bool said_before = diag_list_equals(&diags, &file->diags);
    if (!said_before) {
        dir_source_log_diags(&diags);
    }
    diag_list_uninit(&file->diags);
    file->diags = diags;
    return value || !said_before;
}
