/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/reconcile-private.h"

#include "controller/daemon/mbridge.h"
#include "controller/db/dbsync.h"
#include "controller/sources/filter-source.h"
#include "controller/sources/guest-source.h"
#include "controller/sources/netdef-source.h"
#include "openvswitch/shash.h"
#include "sset.h"
#include "util.h"

/* Bridges that are given back, and taken again. */

/* Is nothing to be asked of 'bridge', whatever definitions say? */
bool
reconcile_is_released(const struct reconcile *r, const char *bridge)
{
    return r->release_all || sset_contains(&r->released, bridge);
}

/* Has 'bridge', or every bridge if it is null, given back: it gets into kernel
 * mode, and nothing of ours stays in its switch or its rows, until
 * reconcile_reload().  Returns false if there is no such bridge. */
bool
reconcile_release(struct reconcile *r, const char *bridge)
{
    if (!bridge) {
        r->release_all = true;
    } else if (shash_find(&r->bridges, bridge)) {
        sset_add(&r->released, bridge);
    } else {
        return false;
    }
    r->tell_again = true;
    return true;
}

/* Has everything been given back that is to be? */
bool
reconcile_has_released(const struct reconcile *r)
{
    struct shash_node *node;

    if (!r->started || r->standing_by || r->tell_again
        || dbsync_count_pending(r->dbsync)) {
        return false;
    }
    SHASH_FOR_EACH (node, &r->bridges) {
        if (reconcile_is_released(r, node->name)
            && !mbridge_is_released(node->data)) {
            return false;
        }
    }
    return true;
}

/* Has all definitions read afresh, and bridges made again that somebody has
 * deleted.  What has been given back is taken again. */
void
reconcile_reload(struct reconcile *r)
{
    struct shash_node *node;

    r->release_all = false;
    sset_clear(&r->released);
    r->tell_again = true;
    r->try_again = true;
    netdef_source_reload(r->source);
    guest_source_reload(r->guests);
    filter_source_reload(r->filters);
    SHASH_FOR_EACH (node, &r->bridges) {
        mbridge_fdb_look(node->data);
    }
}
