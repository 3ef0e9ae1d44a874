/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/printable.h"
#include "lib/base/source.h"
#include "lib/xml/netdef.h"
#include "lib/xml/netport.h"
#include "lib/xml/nwfilter.h"
#include "lib/xml/sax-xml.h"
#include "openvswitch/dynamic-string.h"
#include "svec.h"
#include "util.h"

/* Files larger than this are none of ours: in bytes. */
#define MAX_FILE_SIZE (1024 * 1024 * 1024)

/* Appends the contents of file 'name' to 's'; "-" is the standard input.  Of a
 * file that is larger than 'max_size' bytes, appends at least as much as shows
 * that.  Ends the program if it cannot be read. */
static void
read_file(const char *name, size_t max_size, struct ds *s)
{
    bool is_stdin = !strcmp(name, "-");
    FILE *stream = is_stdin ? stdin : fopen(name, "rb");
    char buffer[65536];
    size_t n;

    if (!stream) {
        virtnetctl_fatal("%s: %s", name, ovs_strerror(errno));
    }
    while (s->length <= max_size
           && (n = fread(buffer, 1, sizeof buffer, stream)) > 0) {
        ds_put_buffer(s, buffer, n);
    }
    if (ferror(stream)) {
        virtnetctl_fatal("%s: %s", name, ovs_strerror(errno));
    }
    if (!is_stdin) {
        fclose(stream);
    }
    ds_cstr(s);
}

/* Appends the contents of file 'name' to 's'; "-" is the standard input.  Ends
 * the program if it cannot be read. */
void
virtnetctl_read_file(const char *name, struct ds *s)
{
    read_file(name, MAX_FILE_SIZE, s);
    if (s->length > MAX_FILE_SIZE) {
        virtnetctl_fatal("%s: larger than 1 GB", name);
    }
}

/* Reads file 'name', in any of the forms that ports_from_text() takes, into
 * 'ports'.  Ends the program if that is not possible. */
void
virtnetctl_read_ports(const char *name, struct ports *ports)
{
    struct ds text = DS_EMPTY_INITIALIZER;
    char *error;

    virtnetctl_read_file(name, &text);
    error = ports_from_text(ds_cstr(&text), text.length, ports);
    if (error) {
        virtnetctl_fatal("%s: %s", name, error);
    }
    ds_destroy(&text);
}

/* Adds to 'names' file 'name' or, if that is a directory, the network
 * definitions in it. */
static void
expand_name(const char *name, struct svec *names)
{
    struct stat st;
    struct dirent *entry;
    struct svec found = SVEC_EMPTY_INITIALIZER;

    if (!strcmp(name, "-") || stat(name, &st) || !S_ISDIR(st.st_mode)) {
        svec_add(names, name);
        return;
    }

    DIR *dir = opendir(name);
    if (!dir) {
        virtnetctl_fatal("%s: %s", name, ovs_strerror(errno));
    }
    while ((entry = readdir(dir)) != NULL) {
        size_t len = strlen(entry->d_name);

        if (entry->d_name[0] != '.' && len > 4
            && !strcmp(entry->d_name + len - 4, ".xml")) {
            svec_add_nocopy(&found, xasprintf("%s/%s", name, entry->d_name));
        }
    }
    closedir(dir);
    svec_sort(&found);
    svec_append(names, &found);
    svec_destroy(&found);
}

/* Reads the definitions in the 'n' files and directories called 'names'.  Ends
 * the program if one cannot be read; what is wrong inside is in the
 * diagnostics. */
void
source_files_read(struct source_files *files, char *names[], size_t n)
{
    struct svec expanded = SVEC_EMPTY_INITIALIZER;

    for (size_t i = 0; i < n; i++) {
        expand_name(names[i], &expanded);
    }
    *files = (struct source_files) {
        .files = xcalloc(MAX(1, expanded.n), sizeof *files->files),
        .n = expanded.n,
        .defs = xcalloc(MAX(1, expanded.n), sizeof *files->defs),
    };
    for (size_t i = 0; i < expanded.n; i++) {
        struct source_file *f = &files->files[i];

        f->name = xstrdup(expanded.names[i]);
        ds_init(&f->text);
        diag_list_init(&f->diags);
        read_file(f->name, SAX_MAX_SIZE, &f->text);
        f->is_filter = nwfilter_is_root(ds_cstr(&f->text), f->text.length);
        if (f->is_filter) {
            f->filter = nwfilter_from_xml(ds_cstr(&f->text), f->text.length,
                                          f->name, &f->diags);
        } else {
            netdef_or_netport_from_xml(ds_cstr(&f->text), f->text.length,
                                       f->name, &f->netdef, &f->netport,
                                       &f->diags);
        }
        if (f->netdef && netdef_path_is_libvirts(f->name)) {
            netdef_check_libvirts(f->netdef, &f->diags);
            f->is_libvirts = true;
        }
        diag_list_sort(&f->diags);
        if (f->netdef) {
            files->defs[files->n_defs++] = f->netdef;
        }
    }
    svec_destroy(&expanded);
}

/* Frees what 'files' holds. */
void
source_files_uninit(struct source_files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        struct source_file *f = &files->files[i];

        free(f->name);
        ds_destroy(&f->text);
        diag_list_uninit(&f->diags);
        netdef_destroy(f->netdef);
        netport_destroy(f->netport);
        nwfilter_destroy(f->filter);
    }
    free(files->files);
    free(files->defs);
}

static const struct nwfilter *
find_filter(const char *name, const void *files_)
{
    const struct source_files *files = files_;

    for (size_t i = 0; i < files->n; i++) {
        const struct nwfilter *filter = files->files[i].filter;

        if (filter && !strcmp(filter->name, name)) {
            return filter;
        }
    }
    return NULL;
}

/* Returns the filters in 'files', as long as these are there. */
struct filter_library
source_files_library(const struct source_files *files)
{
    return (struct filter_library) { .find = find_filter, .aux = files };
}

/* Ends the program, with the errors in 'files', if there are any or one is of
 * a port or, unless 'filters' may be among them, a filter. */
void
source_files_check(const struct source_files *files, bool filters)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < files->n; i++) {
        const struct source_file *f = &files->files[i];

        if (f->netport) {
            printable_put(&s, f->name);
            ds_put_cstr(&s, ": error: networkport: root element is "
                        "<networkport>, expected <network>\n");
        } else if (f->is_filter && !filters) {
            printable_put(&s, f->name);
            ds_put_cstr(&s, ": error: root element is <filter>, expected "
                        "<network>\n");
        }
        for (size_t j = 0; j < f->diags.n; j++) {
            const struct diag *d = &f->diags.diags[j];

            if (d->severity == DIAG_ERROR) {
                source_format_diag(&s, d, ds_cstr_ro(&f->text),
                                   f->text.length,
                                   source_find_column(ds_cstr_ro(&f->text),
                                                      f->text.length,
                                                      &d->origin));
            }
        }
    }
    if (s.length) {
        fputs(ds_cstr(&s), stderr);
        exit(1);
    }
    ds_destroy(&s);
}
