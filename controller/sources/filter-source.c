/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/sources/filter-source.h"

#include <stdlib.h>

#include "controller/sources/dir-source.h"
#include "lib/base/diag.h"
#include "lib/model/filter-rules.h"
#include "lib/xml/nwfilter.h"
#include "lib/xml/sax-xml.h"
#include "openvswitch/shash.h"
#include "util.h"

/* In the order in which a filter's name is looked for. */
enum {
    FILTERS_OWN,
    FILTERS_LIBVIRT,
    N_FILTER_PLACES
};

struct filter_source {
    struct dir_source *places[N_FILTER_PLACES]; /* Each may be null. */
    struct shash filters;       /* By name, borrowed "struct nwfilter"s. */
    bool changed;               /* Have files changed since? */
};

static void *
parse_filter(const char *text, size_t size, const char *path,
             struct diag_list *diags)
{
    return nwfilter_from_xml(text, size, path, diags);
}

static void
replace_filter(void *old OVS_UNUSED, void *new OVS_UNUSED,
               const char *path OVS_UNUSED, void *source_)
{
    struct filter_source *source = source_;

    source->changed = true;
}

static void
destroy_filter(void *filter)
{
    nwfilter_destroy(filter);
}

static const char *
filter_name(const void *filter_)
{
    const struct nwfilter *filter = filter_;

    return filter->name;
}

static const struct dir_source_class filter_class = {
    .noun = "filter",
    .suffix = ".xml",
    .max_size = SAX_MAX_SIZE,
    .parse = parse_filter,
    .replace = replace_filter,
    .destroy = destroy_filter,
    .name = filter_name,
};

/* Creates and returns a source of the filters in directory 'own' and in
 * libvirt's 'libvirt_etc', which is /etc/libvirt by default, unless they are
 * null. */
struct filter_source *
filter_source_create(const char *own, const char *libvirt_etc)
{
    struct filter_source *source = xzalloc(sizeof *source);

    shash_init(&source->filters);
    if (own) {
        source->places[FILTERS_OWN] = dir_source_create(own, &filter_class,
                                                        false, source);
    }
    if (libvirt_etc) {
        char *path = xasprintf("%s/nwfilter", libvirt_etc);

        source->places[FILTERS_LIBVIRT]
            = dir_source_create(path, &filter_class, false, source);
        free(path);
    }
    return source;
}

void
filter_source_destroy(struct filter_source *source)
{
    if (source) {
        for (size_t i = 0; i < N_FILTER_PLACES; i++) {
            dir_source_destroy(source->places[i]);
        }
        shash_destroy(&source->filters);
        free(source);
    }
}

static void
index_filters(struct filter_source *source)
{
    shash_clear(&source->filters);
    for (size_t i = 0; i < N_FILTER_PLACES; i++) {
        struct dir_source_file *files;
        size_t n = 0;

        files = (source->places[i] ? dir_source_sort(source->places[i], &n)
                 : NULL);
        for (size_t j = 0; j < n; j++) {
            shash_add_once(&source->filters, filter_name(files[j].value),
                           files[j].value);
        }
        free(files);
    }
}

/* Takes in what has changed.  Returns true if any filter has. */
bool
filter_source_run(struct filter_source *source)
{
    bool changed;

    for (size_t i = 0; i < N_FILTER_PLACES; i++) {
        if (source->places[i]) {
            dir_source_run(source->places[i]);
        }
    }
    changed = source->changed;
    if (changed) {
        index_filters(source);
        source->changed = false;
    }
    return changed;
}

/* Arranges for poll_block() to wake up when filter_source_run() has something
 * to do. */
void
filter_source_wait(struct filter_source *source)
{
    for (size_t i = 0; i < N_FILTER_PLACES; i++) {
        if (source->places[i]) {
            dir_source_wait(source->places[i]);
        }
    }
}

/* Has all files read afresh by the next filter_source_run(). */
void
filter_source_reload(struct filter_source *source)
{
    for (size_t i = 0; i < N_FILTER_PLACES; i++) {
        if (source->places[i]) {
            dir_source_reload(source->places[i]);
        }
    }
}

static const struct nwfilter *
find_filter(const char *name, const void *source_)
{
    const struct filter_source *source = source_;

    return shash_find_data(&source->filters, name);
}

/* Returns where the filters can be looked for, as long as 'source' is there
 * and until it is run. */
struct filter_library
filter_source_library(const struct filter_source *source)
{
    return (struct filter_library) { .find = find_filter, .aux = source };
}

/* Appends all that there is to say of the files to 'diags'. */
void
filter_source_get_diags(const struct filter_source *source,
                        struct diag_list *diags)
{
    for (size_t i = 0; i < N_FILTER_PLACES; i++) {
        if (source->places[i]) {
            dir_source_get_diags(source->places[i], diags);
        }
    }
}
