/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/sources/netdef-source.h"

#include <stdlib.h>
#include <string.h>

#include "controller/sources/dir-source.h"
#include "lib/base/diag.h"
#include "lib/xml/netdef.h"
#include "lib/xml/sax-xml.h"
#include "openvswitch/shash.h"
#include "util.h"

/* Where definitions come from, by precedence. */
enum place {
    PLACE_OWN,
    PLACE_LIVE,                 /* Of libvirt, those of active networks. */
    PLACE_PERSISTENT,           /* Of libvirt, those to start them by. */
    N_PLACES
};

struct netdef_source {
    struct dir_source *places[N_PLACES];    /* Null if not to be looked at. */
    struct diag_list diags;     /* About the files together. */
    const struct netdef **netdefs;  /* The outcome, by place and file name. */
    size_t n_netdefs;
    struct netdef **merged;     /* Those of them that are in no file. */
    size_t n_merged;
    size_t n_own;               /* Of them, in our own directory. */
};

static void *
parse_own(const char *text, size_t size, const char *path,
          struct diag_list *diags)
{
    return netdef_from_xml(text, size, path, diags);
}

/* Most of what there is to say of libvirt's files is not for our user: only
 * errors are, and warnings where a network has settings of ours. */
static void *
parse_libvirt(const char *text, size_t size, const char *path, bool active,
              struct diag_list *diags)
{
    struct diag_list all = DIAG_LIST_INITIALIZER;
    struct netdef *netdef = netdef_from_xml(text, size, path, &all);

    if (netdef) {
        netdef_set_libvirts(netdef, active);
    }
    for (size_t i = 0; i < all.n; i++) {
        const struct diag *diag = &all.diags[i];

        if (diag->severity == DIAG_ERROR
            || (diag->severity == DIAG_WARNING
                && netdef && netdef_asks(netdef))) {
            diag_add(diags, diag->severity, &diag->origin, "%s", diag->text);
        }
    }
    diag_list_uninit(&all);
    return netdef;
}

static void *
parse_live(const char *text, size_t size, const char *path,
           struct diag_list *diags)
{
    return parse_libvirt(text, size, path, true, diags);
}

static void *
parse_persistent(const char *text, size_t size, const char *path,
                 struct diag_list *diags)
{
    return parse_libvirt(text, size, path, false, diags);
}

static void
destroy_netdef(void *netdef)
{
    netdef_destroy(netdef);
}

static const char *
netdef_name(const void *netdef_)
{
    const struct netdef *netdef = netdef_;

    return netdef->name;
}

static const struct dir_source_class own_class = {
    .noun = "network",
    .max_size = SAX_MAX_SIZE,
    .parse = parse_own,
    .destroy = destroy_netdef,
    .name = netdef_name,
};

static const struct dir_source_class live_class = {
    .noun = "network",
    .max_size = SAX_MAX_SIZE,
    .parse = parse_live,
    .destroy = destroy_netdef,
    .name = netdef_name,
};

static const struct dir_source_class persistent_class = {
    .noun = "network",
    .max_size = SAX_MAX_SIZE,
    .parse = parse_persistent,
    .destroy = destroy_netdef,
    .name = netdef_name,
};

static struct dir_source *
create_libvirt_place(const char *root, const char *subdirectory,
                     const struct dir_source_class *class)
{
    char *path = xasprintf("%s/%s", root, subdirectory);
    struct dir_source *place = dir_source_create(path, class, false,
                                                 NULL);

    free(path);
    return place;
}

/* Creates and returns a source of the definitions in directory 'networks' and,
 * unless they are null, in libvirt's 'libvirt_run' and 'libvirt_etc', which
 * are /run/libvirt and /etc/libvirt by default. */
struct netdef_source *
netdef_source_create(const char *networks, const char *libvirt_run,
                     const char *libvirt_etc)
{
    struct netdef_source *source = xzalloc(sizeof *source);

    source->places[PLACE_OWN] = dir_source_create(networks, &own_class, true,
                                                  NULL);
    if (libvirt_run) {
        source->places[PLACE_LIVE]
            = create_libvirt_place(libvirt_run, "network", &live_class);
        source->places[PLACE_PERSISTENT]
            = create_libvirt_place(libvirt_etc, "qemu/networks",
                                   &persistent_class);
    }
    diag_list_init(&source->diags);
    return source;
}

static void
clear_netdefs(struct netdef_source *source)
{
    for (size_t i = 0; i < source->n_merged; i++) {
        netdef_destroy(source->merged[i]);
    }
    source->n_merged = 0;
    source->n_netdefs = 0;
}

/* Frees 'source', which may be null, and its definitions. */
void
netdef_source_destroy(struct netdef_source *source)
{
    if (source) {
        for (int i = 0; i < N_PLACES; i++) {
            dir_source_destroy(source->places[i]);
        }
        diag_list_uninit(&source->diags);
        clear_netdefs(source);
        free(source->merged);
        free(source->netdefs);
        free(source);
    }
}

/* Adds 'netdef' to the definitions that count or, if there is one of its name
 * already, takes over what is ours. */
static void
add_netdef(struct netdef_source *source, enum place place,
           const struct netdef *netdef, struct shash *names,
           struct diag_list *diags)
{
    const struct netdef **chosen = shash_find_data(names, netdef->name);

    if (!chosen) {
        chosen = &source->netdefs[source->n_netdefs++];
        *chosen = netdef;
        shash_add(names, netdef->name, chosen);
    } else if (place == PLACE_OWN) {
        diag_add(diags, DIAG_ERROR, &netdef->origin,
                 "network '%s' is defined in %s already",
                 netdef->name, (*chosen)->origin.file);
    } else if (place == PLACE_PERSISTENT && (*chosen)->is_libvirts
               && netdef_has_metadata(netdef)) {
        *chosen = source->merged[source->n_merged++]
            = netdef_adopt_metadata(*chosen, netdef);
    }
}

/* Adds the definitions of 'files', all in 'place'.  Of several in our own
 * directory, the file counts whose name comes first.  One that is gone, though
 * not yet for good, has been renamed. */
static void
add_place(struct netdef_source *source, enum place place,
          const struct dir_source_file *files, size_t n, struct shash *names,
          struct diag_list *diags)
{
    for (size_t i = 0; i < n; i++) {
        if (!files[i].gone) {
            add_netdef(source, place, files[i].value, names, diags);
        }
    }
    for (size_t i = 0; i < n; i++) {
        const struct netdef *netdef = files[i].value;

        if (files[i].gone && !shash_find(names, netdef->name)) {
            add_netdef(source, place, netdef, names, diags);
        }
    }
}

/* Makes the list of definitions anew. */
static void
collect(struct netdef_source *source)
{
    struct dir_source_file *files[N_PLACES] = { NULL };
    size_t n[N_PLACES] = { 0 };
    struct shash names = SHASH_INITIALIZER(&names);
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    size_t total = 1;           /* Lest nothing be allocated. */

    for (int i = 0; i < N_PLACES; i++) {
        if (source->places[i]) {
            files[i] = dir_source_sort(source->places[i], &n[i]);
            total += n[i];
        }
    }
    clear_netdefs(source);
    source->netdefs = xrealloc(source->netdefs,
                               total * sizeof *source->netdefs);
    source->merged = xrealloc(source->merged, total * sizeof *source->merged);
    for (int i = 0; i < N_PLACES; i++) {
        add_place(source, i, files[i], n[i], &names, &diags);
        if (i == PLACE_OWN) {
            source->n_own = source->n_netdefs;
        }
        free(files[i]);
    }
    shash_destroy(&names);
    if (!diag_list_equals(&diags, &source->diags)) {
        dir_source_log_diags(&diags);
    }
    diag_list_uninit(&source->diags);
    source->diags = diags;
}

/* Takes in what has changed.  Returns true if the definitions, or what there
 * is to say of them, may be others than before. */
bool
netdef_source_run(struct netdef_source *source)
{
    bool changed = false;

    for (int i = 0; i < N_PLACES; i++) {
        if (source->places[i]) {
            changed |= dir_source_run(source->places[i]);
        }
    }
    if (changed) {
        collect(source);
    }
    return changed;
}

/* Arranges for poll_block() to wake up when netdef_source_run() has something
 * to do. */
void
netdef_source_wait(struct netdef_source *source)
{
    for (int i = 0; i < N_PLACES; i++) {
        if (source->places[i]) {
            dir_source_wait(source->places[i]);
        }
    }
}

/* Has all files read afresh by the next netdef_source_run(). */
void
netdef_source_reload(struct netdef_source *source)
{
    for (int i = 0; i < N_PLACES; i++) {
        if (source->places[i]) {
            dir_source_reload(source->places[i]);
        }
    }
}

/* Returns the definitions and stores their number in '*n'.  They are good
 * until the next netdef_source_run(). */
const struct netdef *const *
netdef_source_get(const struct netdef_source *source, size_t *n)
{
    *n = source->n_netdefs;
    return source->netdefs;
}

/* Is it known of every network what it says, or last said?  If not, then what
 * seems to be nobody's may belong to a file that could not be read since this
 * program was started. */
bool
netdef_source_is_complete(const struct netdef_source *source)
{
    for (int i = 0; i < N_PLACES; i++) {
        if (source->places[i]
            && !dir_source_is_complete(source->places[i])) {
            return false;
        }
    }
    return true;
}

/* Returns the administrator's own directory. */
const char *
netdef_source_directory(const struct netdef_source *source)
{
    return dir_source_directory(source->places[PLACE_OWN]);
}

/* Returns how many of the definitions that count are from libvirt's files, or
 * else from the administrator's own. */
size_t
netdef_source_count(const struct netdef_source *source, bool libvirt)
{
    return libvirt ? source->n_netdefs - source->n_own : source->n_own;
}

/* Appends all that there is to say of the files to 'diags'. */
void
netdef_source_get_diags(const struct netdef_source *source,
                        struct diag_list *diags)
{
    for (int i = 0; i < N_PLACES; i++) {
        if (source->places[i]) {
            dir_source_get_diags(source->places[i], diags);
        }
    }
    diag_list_append(diags, &source->diags);
}
