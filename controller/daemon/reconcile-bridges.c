/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/reconcile-private.h"

#include <string.h>

#include "controller/daemon/early-bridges.h"
#include "controller/db/dbsync.h"
#include "controller/sources/link-source.h"
#include "controller/sources/netdef-source.h"
#include "lib/host/bridge-row.h"
#include "lib/host/link-table.h"
#include "lib/host/vif.h"
#include "lib/rows/row-change.h"
#include "lib/xml/netdef.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/vlog.h"
#include "ovsdb/ovs-idl.h"

VLOG_DEFINE_THIS_MODULE(reconcile_bridges);

struct bridge_scan {
    struct reconcile *r;
    struct sset seen;           /* Names of bridges in the database. */
};

static void
see_bridge(const struct bridge_row *row, const struct uuid *uuid,
           void *scan_)
{
    struct bridge_scan *scan = scan_;
    struct reconcile *r = scan->r;
    struct mbridge *mb = shash_find_data(&r->bridges, row->name);

    if (r->only && strcmp(r->only, row->name)) {
        return;
    }
    sset_add(&scan->seen, row->name);
    if (!mb) {
        mb = early_bridges_take(r->early, row->name);
        if (!mb) {
            mb = mbridge_create(row->name, &r->env);
        }
        shash_add(&r->bridges, row->name, mb);
    }
    mbridge_set_row(mb, row, uuid);
}

/* Makes the managed bridges those that are in the database. */
void
reconcile_update_bridges(struct reconcile *r)
{
    struct bridge_scan scan = { .r = r, .seen = SSET_INITIALIZER(&scan.seen) };
    struct shash_node *node;

    ovs_idl_for_each_bridge(r->ovs, see_bridge, &scan);
    SHASH_FOR_EACH_SAFE (node, &r->bridges) {
        if (!sset_contains(&scan.seen, node->name)) {
            mbridge_destroy(node->data);
            shash_delete(&r->bridges, node);
        }
    }
    sset_destroy(&scan.seen);
}

static const struct vif *
find_vif(const char *name, const void *r_)
{
    const struct reconcile *r = r_;

    return vif_reader_find_name(ovs_idl_vifs(r->ovs), name);
}

static bool
has_bridge(const char *name, const void *r_)
{
    const struct reconcile *r = r_;
    const struct vif *vif = find_vif(name, r);

    return (shash_find(&r->bridges, name) != NULL
            || (vif && vif_is_fake_bridge(vif)));
}

/* Returns the bridge that is called 'name', or that has a fake bridge of that
 * name, or null. */
const struct mbridge *
reconcile_find_carrier(const struct reconcile *r, const char *name)
{
    const struct mbridge *mb = reconcile_find_bridge(r, name);
    const struct shash_node *node;

    if (!mb) {
        SHASH_FOR_EACH (node, &r->bridges) {
            if (mbridge_has_fake(node->data, name)) {
                return node->data;
            }
        }
    }
    return mb;
}

/* Tells of bridges that are neither there nor to be made.  Somebody may be
 * about to make them, as when the machine is started. */
static void
report_missing(struct reconcile *r, const struct new_bridges_host *host)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(20, 20);
    struct diag_list diags = DIAG_LIST_INITIALIZER;

    new_bridges_report(&r->new_bridges, host, &diags);
    for (size_t i = 0; (i < diags.n
                        && !diag_list_equals(&diags, &r->missing_bridges));
         i++) {
        struct ds s = DS_EMPTY_INITIALIZER;

        diag_format(&s, &diags.diags[i]);
        ds_chomp(&s, '\n');
        VLOG_INFO_RL(&rl, "%s", ds_cstr(&s));
        ds_destroy(&s);
    }
    diag_list_uninit(&r->missing_bridges);
    r->missing_bridges = diags;
}

/* Has the bridges made that networks ask for and that do not exist. */
static void
want_new_bridges(struct reconcile *r, const struct new_bridges_host *host)
{
    struct row_changes changes = ROW_CHANGES_INITIALIZER;
    const char *name;

    new_bridges_want(&r->new_bridges, host, &changes);
    for (size_t i = 0; i < changes.n; i++) {
        sset_add(&r->wanted_bridges, changes.changes[i].bridge);
    }
    SSET_FOR_EACH_SAFE (name, &r->wanted_bridges) {
        dbsync_set_rows(r->dbsync, name, NULL, &changes, r->datapath_type);
        if (!row_changes_find(&changes, ROW_NEW_BRIDGE, name, NULL)) {
            /* From here on, what is wanted of it is its own to say. */
            sset_find_and_delete(&r->wanted_bridges, name);
        }
    }
    row_changes_uninit(&changes);
}

/* Has the database know which bridges were there. */
static void
remember_bridges(struct reconcile *r)
{
    struct json *params = new_bridges_write(&r->new_bridges);

    if (params) {
        dbsync_want(r->dbsync, "bridges that were there", params);
    } else {
        dbsync_unwant(r->dbsync, "bridges that were there");
    }
}

/* Returns true if Linux bridges now have other names than before, among those
 * that definitions of 'host' name. */
static bool
update_taken(struct reconcile *r, const struct new_bridges_host *host)
{
    const struct link_table *links = link_source_table(r->links);
    struct sset taken = SSET_INITIALIZER(&taken);
    bool changed;

    for (size_t i = 0; i < host->n_defs; i++) {
        const char *name = host->defs[i]->bridge;
        const struct link *link = name ? link_table_find(links, name) : NULL;

        if (link && !strcmp(link->kind, "bridge")) {
            sset_add(&taken, name);
        }
    }
    changed = new_bridges_set_taken(&r->new_bridges, &taken);
    sset_destroy(&taken);
    return changed;
}

/* Has the bridges made that are to be made.  'changed' says whether bridges or
 * definitions have changed. */
void
reconcile_want_bridges(struct reconcile *r, bool changed)
{
    const struct smap *ids = ovs_idl_external_ids(r->ovs);
    struct new_bridges_host host = {
        .complete = netdef_source_is_complete(r->source),
        .has_bridge = has_bridge,
        .find_vif = find_vif,
        .aux = r,
    };

    host.defs = netdef_source_get(r->source, &host.n_defs);
    if (ids && new_bridges_read(&r->new_bridges, ids)) {
        changed = true;
    }
    if (r->try_again) {
        new_bridges_try_again(&r->new_bridges, &host);
        changed = true;
        r->try_again = false;
    }
    if (changed || r->check_taken) {
        r->check_taken = false;
        changed |= update_taken(r, &host);
    }
    if (changed || r->check_bridges) {
        r->check_bridges = false;
        new_bridges_update(&r->new_bridges, &host);
        want_new_bridges(r, &host);
        report_missing(r, &host);
    }
    remember_bridges(r);
}
