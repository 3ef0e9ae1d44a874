/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/sources/netdef-source.h"

#include <stdlib.h>
#include <string.h>

#include "controller/sources/dir-source.h"
#include "lib/base/diag.h"
#include "lib/xml/netdef-choice.h"
#include "lib/xml/netdef.h"
#include "lib/xml/sax-xml.h"
#include "util.h"

struct netdef_source {
    struct dir_source *places[NETDEF_N_PLACES]; /* Null if not looked at. */
    char *fleet;                /* The fleet's as of the next run, or null. */
    bool fleet_unknown;         /* Is it not known yet what the fleet has? */
    bool places_changed;        /* Others than in the last run? */
    struct diag_list diags;     /* About the files together. */
    struct netdef_choice choice;    /* Those that count. */
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
        netdef_check_libvirts(netdef, diags);
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
    .suffix = ".xml",
    .max_size = SAX_MAX_SIZE,
    .parse = parse_own,
    .destroy = destroy_netdef,
    .name = netdef_name,
};

/* The fleet's, beside which are its rows. */
static const struct dir_source_class fleet_class = {
    .noun = "network",
    .suffix = ".xml",
    .max_size = SAX_MAX_SIZE,
    .has_others = true,
    .parse = parse_own,
    .destroy = destroy_netdef,
    .name = netdef_name,
};

static const struct dir_source_class live_class = {
    .noun = "network",
    .suffix = ".xml",
    .max_size = SAX_MAX_SIZE,
    .parse = parse_live,
    .destroy = destroy_netdef,
    .name = netdef_name,
};

static const struct dir_source_class persistent_class = {
    .noun = "network",
    .suffix = ".xml",
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

    source->places[NETDEF_PLACE_OWN]
        = dir_source_create(networks, &own_class, true, NULL);
    if (libvirt_run) {
        source->places[NETDEF_PLACE_LIVE]
            = create_libvirt_place(libvirt_run, "network", &live_class);
        source->places[NETDEF_PLACE_PERSISTENT]
            = create_libvirt_place(libvirt_etc, "qemu/networks",
                                   &persistent_class);
    }
    diag_list_init(&source->diags);
    return source;
}

/* Frees 'source', which may be null, and its definitions. */
void
netdef_source_destroy(struct netdef_source *source)
{
    if (source) {
        for (int i = 0; i < NETDEF_N_PLACES; i++) {
            dir_source_destroy(source->places[i]);
        }
        diag_list_uninit(&source->diags);
        netdef_choice_uninit(&source->choice);
        free(source->fleet);
        free(source);
    }
}

/* Returns the definitions of all files, by place and file name, and stores
 * their number in '*n'.  The caller must free the array. */
static struct netdef_candidate *
get_candidates(const struct netdef_source *source, size_t *n)
{
    struct netdef_candidate *candidates = NULL;

    *n = 0;
    for (int place = 0; place < NETDEF_N_PLACES; place++) {
        struct dir_source_file *files;
        size_t n_files;

        if (!source->places[place]) {
            continue;
        }
        files = dir_source_sort(source->places[place], &n_files);
        candidates = xrealloc(candidates, ((*n + n_files)
                                           * sizeof *candidates));
        for (size_t i = 0; i < n_files; i++) {
            candidates[(*n)++] = (struct netdef_candidate) {
                .place = place,
                .netdef = files[i].value,
                .gone = files[i].gone,
            };
        }
        free(files);
    }
    return candidates;
}

/* Chooses anew which definitions count. */
static void
choose(struct netdef_source *source)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    size_t n;
    struct netdef_candidate *candidates = get_candidates(source, &n);

    netdef_choice_uninit(&source->choice);
    netdef_choice_init(&source->choice, candidates, n, &diags);
    free(candidates);
    if (!diag_list_equals(&diags, &source->diags)) {
        dir_source_log_diags(&diags);
    }
    diag_list_uninit(&source->diags);
    source->diags = diags;
}

/* Is the directory that is looked at for the fleet's definitions, if any, the
 * one that netdef_source_set_fleet() has said? */
static bool
is_at_fleet(const struct netdef_source *source)
{
    const struct dir_source *place = source->places[NETDEF_PLACE_FLEET];

    return nullable_string_is_equal(place ? dir_source_directory(place) : NULL,
                                    source->fleet);
}

/* Has the fleet's definitions be what netdef_source_set_fleet() has said. */
static void
update_fleet(struct netdef_source *source)
{
    struct dir_source **place = &source->places[NETDEF_PLACE_FLEET];

    if (!is_at_fleet(source)) {
        dir_source_destroy(*place);
        *place = (source->fleet
                  ? dir_source_create(source->fleet, &fleet_class, true, NULL)
                  : NULL);
        source->places_changed = true;
    }
}

/* Takes in what has changed.  Returns true if the definitions, or what there
 * is to say of them, may be others than before. */
bool
netdef_source_run(struct netdef_source *source)
{
    bool changed;

    update_fleet(source);
    changed = source->places_changed;
    source->places_changed = false;
    for (int i = 0; i < NETDEF_N_PLACES; i++) {
        if (source->places[i]) {
            changed |= dir_source_run(source->places[i]);
        }
    }
    if (changed) {
        choose(source);
    }
    return changed;
}

/* Arranges for poll_block() to wake up when netdef_source_run() has something
 * to do. */
void
netdef_source_wait(struct netdef_source *source)
{
    for (int i = 0; i < NETDEF_N_PLACES; i++) {
        if (source->places[i]) {
            dir_source_wait(source->places[i]);
        }
    }
}

/* Has all files read afresh by the next netdef_source_run(). */
void
netdef_source_reload(struct netdef_source *source)
{
    for (int i = 0; i < NETDEF_N_PLACES; i++) {
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
    *n = source->choice.n;
    return source->choice.netdefs;
}

/* Is it known of every network what it says, or last said?  If not, then what
 * seems to be nobody's may belong to a file that could not be read since this
 * program was started. */
bool
netdef_source_is_complete(const struct netdef_source *source)
{
    if (source->fleet_unknown || !is_at_fleet(source)) {
        return false;
    }
    for (int i = 0; i < NETDEF_N_PLACES; i++) {
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
    return dir_source_directory(source->places[NETDEF_PLACE_OWN]);
}

/* Returns how many of the definitions that count are from libvirt's files, or
 * else from the administrator's own. */
size_t
netdef_source_count(const struct netdef_source *source, bool libvirt)
{
    const struct netdef_choice *choice = &source->choice;

    return (libvirt ? choice->n - choice->n_own - choice->n_fleet
            : choice->n_own);
}

/* Likewise, from the fleet's. */
size_t
netdef_source_count_fleet(const struct netdef_source *source)
{
    return source->choice.n_fleet;
}

/* Has the definitions of the fleet be those in 'directory', of which 'known'
 * says whether they are all, or none if it is null, from the next
 * netdef_source_run() on: until then, those that there are stay good. */
void
netdef_source_set_fleet(struct netdef_source *source, const char *directory,
                        bool known)
{
    bool unknown = directory && !known;

    if (unknown != source->fleet_unknown) {
        source->fleet_unknown = unknown;
        source->places_changed = true;
    }
    if (!nullable_string_is_equal(directory, source->fleet)) {
        free(source->fleet);
        source->fleet = nullable_xstrdup(directory);
    }
}

/* Returns the definition in the fleet's file at 'path', or null if there is no
 * good one yet, with the SHA-1 of its text in '*digest', and in '*counts' the
 * definition of that network that counts. */
const struct netdef *
netdef_source_find_file(const struct netdef_source *source, const char *path,
                        const uint8_t **digest, const struct netdef **counts)
{
    const struct dir_source *place = source->places[NETDEF_PLACE_FLEET];
    const struct netdef *netdef
        = place ? dir_source_find(place, path, digest) : NULL;

    *counts = NULL;
    for (size_t i = 0; netdef && i < source->choice.n; i++) {
        if (!strcmp(source->choice.netdefs[i]->name, netdef->name)) {
            *counts = source->choice.netdefs[i];
        }
    }
    return netdef;
}

/* Appends all that there is to say of the files to 'diags'. */
void
netdef_source_get_diags(const struct netdef_source *source,
                        struct diag_list *diags)
{
    for (int i = 0; i < NETDEF_N_PLACES; i++) {
        if (source->places[i]) {
            dir_source_get_diags(source->places[i], diags);
        }
    }
    diag_list_append(diags, &source->diags);
}
