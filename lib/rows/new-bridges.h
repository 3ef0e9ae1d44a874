/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NEW_BRIDGES_H
#define NEW_BRIDGES_H 1

/* Which bridges are made for networks.
 *
 * A network that would have libvirt make a bridge, one without <forward>, has
 * its bridge made if there is none.  One with <forward mode='bridge'/> names a
 * bridge that somebody else makes; his tools would fail if they found one.
 * The definition can say otherwise, by createBridge in its metadata, and so
 * can the daemon's command line, for all definitions that do not.
 *
 * None is made where a port has its name.  A fake bridge is there like any
 * other (lib/host/fake-bridges.h).
 *
 * A bridge that was there once is not made again, until a definition that
 * would have it made is new or changed, or we are told to try again: whoever
 * deletes a bridge may be about to make another one of that name.  So the
 * definitions for which a bridge was there are kept in mind, as a hash each.
 * They are kept in the database, too, in external_ids of its only row, so that
 * the next daemon knows, and that a database that is begun anew gets its
 * bridges anew. */

#include <stdbool.h>
#include <stddef.h>
#include "smap.h"
#include "sset.h"

struct diag_list;
struct json;
struct netdef;
struct row_changes;
struct vif;

/* NEW_BRIDGES_POLICY(ENUM, NAME): for networks that do not say it. */
#define NEW_BRIDGES_POLICIES                                            \
    NEW_BRIDGES_POLICY(LIBVIRT, "libvirt")  /* As libvirt would. */     \
    NEW_BRIDGES_POLICY(ALL, "all")          /* For any network. */      \
    NEW_BRIDGES_POLICY(NONE, "none")        /* For none. */

enum new_bridges_policy {
#define NEW_BRIDGES_POLICY(ENUM, NAME) NEW_BRIDGES_##ENUM,
    NEW_BRIDGES_POLICIES
#undef NEW_BRIDGES_POLICY
};

bool new_bridges_policy_from_string(const char *, enum new_bridges_policy *);

struct new_bridges {
    enum new_bridges_policy policy;
    struct smap had;            /* Bridges that were there, by name, and the
                                 * hashes of the definitions that would have
                                 * had them made, separated by blanks. */
    struct smap seen;           /* The same, as the database has it. */
    struct sset taken;          /* Names that Linux bridges have. */
};

void new_bridges_init(struct new_bridges *, enum new_bridges_policy);
void new_bridges_uninit(struct new_bridges *);

/* What there is of bridges, and what is wanted of them. */
struct new_bridges_host {
    const struct netdef *const *defs;
    size_t n_defs;
    bool complete;              /* Are there no other definitions? */
    /* Is there a bridge, or a fake bridge, called 'name'? */
    bool (*has_bridge)(const char *name, const void *aux);
    /* Returns the interface called 'name', or null. */
    const struct vif *(*find_vif)(const char *name, const void *aux);
    const void *aux;
};

bool new_bridges_set_taken(struct new_bridges *, const struct sset *names);
bool new_bridges_read(struct new_bridges *, const struct smap *external_ids);
struct json *new_bridges_write(const struct new_bridges *);
void new_bridges_update(struct new_bridges *, const struct new_bridges_host *);
void new_bridges_try_again(struct new_bridges *,
                           const struct new_bridges_host *);

void new_bridges_want(const struct new_bridges *,
                      const struct new_bridges_host *, struct row_changes *);
void new_bridges_report(const struct new_bridges *,
                        const struct new_bridges_host *, struct diag_list *);

#endif /* lib/rows/new-bridges.h */
