/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/reconcile-private.h"

#include <stdlib.h>
#include <string.h>

#include "controller/db/dbsync.h"
#include "controller/fleet/fleet-member.h"
#include "controller/fleet/underlay.h"
#include "controller/sources/netdef-source.h"
#include "lib/fleet/fleet-row.h"
#include "lib/host/ports-json.h"
#include "lib/host/vif.h"
#include "lib/rows/overlay.h"
#include "lib/rows/row-change.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/vlog.h"
#include "ovsdb/ovs-idl.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(reconcile_overlay);

/* Tunnels to the other hosts of the fleet.  Their rows are the host's, not
 * those of a bridge: with the first of them there is nothing yet on the bridge
 * that could say so. */

/* What is looked at: the replica or, if 'ports' is nonnull, what was read just
 * now. */
struct view {
    const struct reconcile *r;
    const struct ports *ports;
    const struct netdef *const *defs;
    size_t n_defs;
};

static bool
has_bridge(const char *name, const void *view_)
{
    const struct view *view = view_;

    return (shash_find(&view->r->bridges, name)
            && !reconcile_is_released(view->r, name));
}

static const struct vif *
find_vif(const char *name, const void *view_)
{
    const struct view *view = view_;
    const struct vif *vif = NULL;

    if (!view->ports) {
        return vif_reader_find_name(ovs_idl_vifs(view->r->ovs), name);
    }
    for (size_t i = 0; i < view->ports->n && !vif; i++) {
        vif = ports_bridge_find_vif(&view->ports->bridges[i], name);
    }
    return vif;
}

static void
for_each_vif(void (*cb)(const struct vif *, void *cb_aux), void *cb_aux,
             const void *view_)
{
    const struct view *view = view_;

    if (!view->ports) {
        vif_reader_for_each(ovs_idl_vifs(view->r->ovs), cb, cb_aux);
        return;
    }
    for (size_t i = 0; i < view->ports->n; i++) {
        const struct ports_bridge *bridge = &view->ports->bridges[i];

        for (size_t j = 0; j < bridge->n_vifs; j++) {
            cb(&bridge->vifs[j], cb_aux);
        }
    }
}

static const struct uuid *
find_port(const char *name, const void *view_)
{
    const struct view *view = view_;

    return vif_reader_port_uuid(ovs_idl_vifs(view->r->ovs), name);
}

/* Calls 'cb' with 'aux' for what overlays are to be on this host, as 'view'
 * has it. */
static void
with_overlay(const struct view *view,
             void (*cb)(const struct overlay *, void *aux), void *aux)
{
    const struct reconcile *r = view->r;
    struct svec none = SVEC_EMPTY_INITIALIZER;
    struct overlay o = {
        .addresses = &none,
        .has_bridge = has_bridge,
        .for_each_vif = for_each_vif,
        .find_vif = find_vif,
        .find_port = find_port,
        .aux = view,
    };
    struct overlay_host *hosts = NULL;

    o.defs = view->defs;
    o.n_defs = view->n_defs;
    o.complete = (netdef_source_is_complete(r->source) && !r->only
                  && (!r->fleet || fleet_member_is_known(r->fleet)));
    if (r->fleet) {
        size_t n;
        const struct fleet_host **rows = fleet_member_hosts(r->fleet, &n);

        hosts = xmalloc(n * sizeof *hosts + 1);
        for (size_t i = 0; i < n; i++) {
            hosts[i] = (struct overlay_host) {
                .name = rows[i]->name,
                .addresses = &rows[i]->tunnel_addresses,
            };
        }
        free(rows);
        o.own = fleet_member_host(r->fleet);
        o.addresses = &r->tunnel_addresses;
        o.mtu = r->underlay_mtu;
        o.hosts = hosts;
        o.n_hosts = n;
    }
    cb(&o, aux);
    free(hosts);
}

static void
report(const struct overlay *o, void *diags)
{
    overlay_report(o, diags);
}

/* Adds what 'diags' say to 'lines'. */
static void
get_lines(const struct diag_list *diags, struct sset *lines)
{
    for (size_t i = 0; i < diags->n; i++) {
        struct ds s = DS_EMPTY_INITIALIZER;

        diag_format(&s, &diags->diags[i]);
        ds_chomp(&s, '\n');
        sset_add(lines, ds_cstr(&s));
        ds_destroy(&s);
    }
}

/* Tells of overlays that cannot be as they are to be. */
static void
report_overlays(struct reconcile *r, const struct view *view)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(20, 20);
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct sset before = SSET_INITIALIZER(&before);
    struct sset now = SSET_INITIALIZER(&now);
    const char *line;

    with_overlay(view, report, &diags);
    get_lines(&r->overlay_diags, &before);
    get_lines(&diags, &now);
    SSET_FOR_EACH (line, &now) {
        if (!sset_contains(&before, line)) {
            VLOG_INFO_RL(&rl, "%s", line);
        }
    }
    sset_destroy(&before);
    sset_destroy(&now);
    diag_list_uninit(&r->overlay_diags);
    r->overlay_diags = diags;
}

static void
want(const struct overlay *o, void *changes)
{
    overlay_want(o, changes);
}

/* Has the database have the tunnels that there are to be, if something has
 * changed that they follow from. */
void
reconcile_want_tunnels(struct reconcile *r)
{
    struct row_changes changes = ROW_CHANGES_INITIALIZER;
    struct sset objects = SSET_INITIALIZER(&objects);
    struct view view = { .r = r };
    const char *name;

    if (!r->check_tunnels) {
        return;
    }
    r->check_tunnels = false;
    view.defs = netdef_source_get(r->source, &view.n_defs);
    with_overlay(&view, want, &changes);
    for (size_t i = 0; i < changes.n; i++) {
        const struct row_change *c = &changes.changes[i];
        char *object = row_object(c->type, c->bridge, c->interface);

        dbsync_want(r->dbsync, object, row_change_to_transact(c, ""));
        sset_add_and_free(&objects, object);
    }
    SSET_FOR_EACH (name, &r->wanted_tunnels) {
        if (!sset_contains(&objects, name)) {
            dbsync_unwant(r->dbsync, name);
        }
    }
    sset_swap(&r->wanted_tunnels, &objects);
    sset_destroy(&objects);
    row_changes_uninit(&changes);
    report_overlays(r, &view);
}

struct translated {
    struct row_changes *changes;
    struct diag_list *diags;
};

static void
translate(const struct overlay *o, void *t_)
{
    struct translated *t = t_;

    overlay_want(o, t->changes);
    overlay_report(o, t->diags);
}

/* Adds to 'changes' and 'diags' the same for 'ports', which were read just
 * now. */
void
reconcile_translate_tunnels(const struct reconcile *r,
                            const struct netdef *const *defs, size_t n_defs,
                            const struct ports *ports,
                            struct row_changes *changes,
                            struct diag_list *diags)
{
    const struct view view = { r, ports, defs, n_defs };
    struct translated t = { changes, diags };

    with_overlay(&view, translate, &t);
}

/* Looks again at what tunnels go by. */
void
reconcile_measure_underlay(struct reconcile *r)
{
    struct svec peers = SVEC_EMPTY_INITIALIZER;
    const struct fleet_host **rows;
    size_t n;
    int mtu;

    rows = fleet_member_hosts(r->fleet, &n);
    for (size_t i = 0; i < n; i++) {
        const char *address = overlay_address(&rows[i]->tunnel_addresses,
                                              &r->tunnel_addresses);

        if (address && strcmp(rows[i]->name, fleet_member_host(r->fleet))) {
            svec_add(&peers, address);
        }
    }
    free(rows);
    mtu = underlay_mtu(&peers);
    r->check_tunnels |= mtu != r->underlay_mtu;
    r->underlay_mtu = mtu;
    svec_destroy(&peers);
}
