/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/rows/new-bridges.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "lib/base/diag.h"
#include "lib/rows/dbrow.h"
#include "lib/rows/row-change.h"
#include "lib/xml/netdef.h"
#include "openvswitch/dynamic-string.h"
#include "sset.h"
#include "util.h"

/* What a key in external_ids begins with; the bridge's name follows. */
#define KEY_PREFIX "virtnet-had-bridge-"

/* Stores the policy that is called 'name' in '*policy' and returns true.
 * Returns false, with '*policy' untouched, if there is none. */
bool
new_bridges_policy_from_string(const char *name,
                               enum new_bridges_policy *policy)
{
#define NEW_BRIDGES_POLICY(ENUM, NAME)          \
    if (!strcmp(name, NAME)) {                  \
        *policy = NEW_BRIDGES_##ENUM;           \
        return true;                            \
    }
    NEW_BRIDGES_POLICIES
#undef NEW_BRIDGES_POLICY
    return false;
}

/* Initializes 'nb' for a host that never had a bridge. */
void
new_bridges_init(struct new_bridges *nb, enum new_bridges_policy policy)
{
    nb->policy = policy;
    smap_init(&nb->had);
    smap_init(&nb->seen);
    sset_init(&nb->taken);
}

/* Frees what 'nb' holds, but not 'nb' itself. */
void
new_bridges_uninit(struct new_bridges *nb)
{
    smap_destroy(&nb->had);
    smap_destroy(&nb->seen);
    sset_destroy(&nb->taken);
}

/* Takes note that bridges of Linux's have the names in 'names', as far as
 * these concern anybody: vswitchd can make none that is called so.  Returns
 * true if others had them before. */
bool
new_bridges_set_taken(struct new_bridges *nb, const struct sset *names)
{
    if (sset_equals(&nb->taken, names)) {
        return false;
    }
    sset_destroy(&nb->taken);
    sset_clone(&nb->taken, names);
    return true;
}

/* Takes in what external_ids of the database's only row are.  Returns true if
 * that may have bridges made again.
 *
 * Somebody can delete the keys by hand; and if the database is another one now
 * then nothing has been deleted from it. */
bool
new_bridges_read(struct new_bridges *nb, const struct smap *external_ids)
{
    const size_t prefix_len = strlen(KEY_PREFIX);
    struct smap now = SMAP_INITIALIZER(&now);
    const struct smap_node *node;
    bool forgotten = false;

    SMAP_FOR_EACH (node, external_ids) {
        if (!strncmp(node->key, KEY_PREFIX, prefix_len)) {
            const char *name = node->key + prefix_len;

            smap_add(&now, name, node->value);
            if (!smap_get(&nb->seen, name) && !smap_get(&nb->had, name)) {
                smap_add(&nb->had, name, node->value);
            }
        }
    }
    SMAP_FOR_EACH (node, &nb->seen) {
        if (!smap_get(&now, node->key) && smap_get(&nb->had, node->key)) {
            smap_remove(&nb->had, node->key);
            forgotten = true;
        }
    }
    smap_destroy(&nb->seen);
    smap_clone(&nb->seen, &now);
    smap_destroy(&now);
    return forgotten;
}

/* Returns the request that has the database know what 'nb' knows, null if it
 * does.  The caller must destroy it. */
struct json *
new_bridges_write(const struct new_bridges *nb)
{
    struct smap insert = SMAP_INITIALIZER(&insert);
    struct sset delete = SSET_INITIALIZER(&delete);
    struct json *params = NULL;
    const struct smap_node *node;

    SMAP_FOR_EACH (node, &nb->seen) {
        if (!nullable_string_is_equal(smap_get(&nb->had, node->key),
                                      node->value)) {
            sset_add_and_free(&delete, xasprintf(KEY_PREFIX"%s", node->key));
        }
    }
    SMAP_FOR_EACH (node, &nb->had) {
        if (!nullable_string_is_equal(smap_get(&nb->seen, node->key),
                                      node->value)) {
            smap_add_nocopy(&insert, xasprintf(KEY_PREFIX"%s", node->key),
                            xstrdup(node->value));
        }
    }
    if (!sset_is_empty(&delete) || !smap_is_empty(&insert)) {
        params = dbrow_set_root_ids(&delete, &insert);
    }
    sset_destroy(&delete);
    smap_destroy(&insert);
    return params;
}

/* Has 'netdef' its bridge made?  libvirt's own networks do not, unless they
 * say so: to libvirt, such a bridge is there already. */
static bool
makes(const struct new_bridges *nb, const struct netdef *netdef)
{
    if (!netdef_is_ours(netdef)) {
        return false;
    } else if (netdef_setting_is_set(&netdef->create_bridge)) {
        return netdef->create_bridge.value;
    }
    return (!netdef->is_libvirts
            && (nb->policy == NEW_BRIDGES_ALL
                || (nb->policy == NEW_BRIDGES_LIBVIRT
                    && netdef->forward == NETDEF_FORWARD_NONE)));
}

static char *
hash_definition(const struct netdef *netdef)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    netdef_format(&s, netdef);
    char *hash = xasprintf("%08"PRIx32, hash_string(ds_cstr(&s), 0));
    ds_destroy(&s);
    return hash;
}

/* Returns the hashes of the definitions that have bridge 'name' made, or null
 * if there is none.  Sets '*is_new' to whether any of them is not among 'had'.
 * The caller must free the hashes. */
static char *
hash_makers(const struct new_bridges *nb, const char *name,
            const struct new_bridges_host *host, const char *had,
            bool *is_new)
{
    struct sset hashes = SSET_INITIALIZER(&hashes);
    char *joined = NULL;

    *is_new = false;
    for (size_t i = 0; i < host->n_defs; i++) {
        const struct netdef *netdef = host->defs[i];

        if (makes(nb, netdef) && !strcmp(netdef->bridge, name)) {
            char *hash = hash_definition(netdef);

            *is_new |= !had || !strstr(had, hash);
            sset_add_and_free(&hashes, hash);
        }
    }
    if (!sset_is_empty(&hashes)) {
        joined = sset_join(&hashes, " ", "");
    }
    sset_destroy(&hashes);
    return joined;
}

/* Takes note of bridge 'name', which a definition of 'host' has made. */
static void
update_bridge(struct new_bridges *nb, const char *name,
              const struct new_bridges_host *host)
{
    const char *had = smap_get(&nb->had, name);
    bool is_new;
    char *hashes = hash_makers(nb, name, host, had, &is_new);

    if (host->has_bridge(name, host->aux)) {
        smap_replace(&nb->had, name, hashes);
    } else if (is_new) {
        smap_remove(&nb->had, name);
    }
    free(hashes);
}

/* Takes note of which bridges there are on 'host', and forgets those that are
 * not there and that definitions ask for anew. */
void
new_bridges_update(struct new_bridges *nb, const struct new_bridges_host *host)
{
    struct sset made = SSET_INITIALIZER(&made);
    struct smap_node *node;
    const char *name;

    for (size_t i = 0; i < host->n_defs; i++) {
        if (makes(nb, host->defs[i])) {
            sset_add(&made, host->defs[i]->bridge);
        }
    }
    SSET_FOR_EACH (name, &made) {
        update_bridge(nb, name, host);
    }
    SMAP_FOR_EACH_SAFE (node, &nb->had) {
        if (host->complete && !sset_contains(&made, node->key)) {
            smap_remove_node(&nb->had, node);
        }
    }
    sset_destroy(&made);
}

/* Has all bridges made again that are not on 'host'. */
void
new_bridges_try_again(struct new_bridges *nb,
                      const struct new_bridges_host *host)
{
    struct smap_node *node;

    SMAP_FOR_EACH_SAFE (node, &nb->had) {
        if (!host->has_bridge(node->key, host->aux)) {
            smap_remove_node(&nb->had, node);
        }
    }
}

/* Adds to 'changes' the bridges that are to be made on 'host'.  Each is made
 * for the first network by name. */
void
new_bridges_want(const struct new_bridges *nb,
                 const struct new_bridges_host *host,
                 struct row_changes *changes)
{
    const struct netdef **sorted = xmemdup(host->defs,
                                           host->n_defs * sizeof *host->defs);
    struct sset names = SSET_INITIALIZER(&names);

    qsort(sorted, host->n_defs, sizeof *sorted, netdef_compare_names);
    for (size_t i = 0; i < host->n_defs; i++) {
        const struct netdef *netdef = sorted[i];

        if (makes(nb, netdef) && !host->has_bridge(netdef->bridge, host->aux)
            && !smap_get(&nb->had, netdef->bridge)
            && !sset_contains(&nb->taken, netdef->bridge)
            && !host->find_vif(netdef->bridge, host->aux)
            && sset_add(&names, netdef->bridge)) {
            row_changes_add_bridge(changes, netdef->bridge, netdef->name);
        }
    }
    sset_destroy(&names);
    free(sorted);
}

static bool
is_made(const struct new_bridges *nb, const char *name,
        const struct new_bridges_host *host)
{
    for (size_t i = 0; i < host->n_defs; i++) {
        if (makes(nb, host->defs[i])
            && !strcmp(host->defs[i]->bridge, name)) {
            return true;
        }
    }
    return false;
}

/* Adds to 'diags' which definitions name a bridge that is neither on 'host'
 * nor to be made. */
void
new_bridges_report(const struct new_bridges *nb,
                   const struct new_bridges_host *host,
                   struct diag_list *diags)
{
    for (size_t i = 0; i < host->n_defs; i++) {
        const struct netdef *netdef = host->defs[i];

        if (!netdef_is_ours(netdef) || !netdef_asks(netdef)
            || host->has_bridge(netdef->bridge, host->aux)) {
            continue;
        }
        if (host->find_vif(netdef->bridge, host->aux)) {
            diag_add(diags, DIAG_ERROR, &netdef->bridge_origin,
                     "'%s' is a port of another bridge, so that network '%s' "
                     "is not carried out", netdef->bridge, netdef->name);
        } else if (sset_contains(&nb->taken, netdef->bridge)) {
            diag_add(diags, DIAG_ERROR, &netdef->bridge_origin,
                     "'%s' is a bridge of Linux's, not of Open vSwitch's; "
                     "give network '%s' another name of a bridge, or have "
                     "that one deleted", netdef->bridge, netdef->name);
        } else if (!is_made(nb, netdef->bridge, host)) {
            diag_add(diags, DIAG_ERROR, &netdef->bridge_origin,
                     "bridge '%s' does not exist; network '%s' does not have "
                     "it made: do it by \"ovs-vsctl add-br\", or say "
                     "createBridge='yes' in the network's metadata",
                     netdef->bridge, netdef->name);
        } else if (smap_get(&nb->had, netdef->bridge)) {
            diag_add(diags, DIAG_ERROR, &netdef->bridge_origin,
                     "bridge '%s' does not exist; it has been deleted and is "
                     "not made again for network '%s' unless that changes or "
                     "\"ovs-appctl -t virtnet-controller reload\" asks for "
                     "it", netdef->bridge, netdef->name);
        }
    }
}
