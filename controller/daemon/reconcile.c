/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/reconcile-private.h"

#include <stdlib.h>

#include "controller/daemon/early-bridges.h"
#include "controller/daemon/mbridge.h"
#include "controller/db/db-echo.h"
#include "controller/db/dbsync.h"
#include "controller/sources/dir-watch.h"
#include "controller/sources/filter-source.h"
#include "controller/sources/guest-source.h"
#include "controller/sources/link-source.h"
#include "controller/sources/netdef-source.h"
#include "dirs.h"
#include "lib/host/vif.h"
#include "lib/rows/dbrow.h"
#include "lib/rows/want.h"
#include "openvswitch/shash.h"
#include "openvswitch/vlog.h"
#include "ovsdb/ovs-idl.h"
#include "sset.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(reconcile);

static vif_changed_cb on_vif_changed;

/* Creates and returns the whole of the program.  'config' is copied. */
struct reconcile *
reconcile_create(const struct reconcile_config *config)
{
    struct reconcile *r = xzalloc(sizeof *r);

    r->database = xstrdup(config->database);
    r->datapath_type = xstrdup(config->datapath_type);
    r->no_fleet = config->release != NULL;
    r->fleet_remote = nullable_xstrdup(config->fleet);
    r->fleet_directory = xstrdup(config->fleet_directory);
    sset_init(&r->changed_ports);
    svec_init(&r->tunnel_addresses);
    sset_init(&r->wanted_tunnels);
    diag_list_init(&r->overlay_diags);
    r->libvirt = nullable_xstrdup(config->libvirt_run);
    r->ovs = ovs_idl_create(config->database, reconcile_overlay,
                            on_vif_changed, r);
    r->source = netdef_source_create(config->networks,
                                     config->libvirt_run,
                                     config->libvirt_etc);
    r->guests = guest_source_create(&(struct guest_dirs) {
                                        .libvirt_run = config->libvirt_run,
                                        .guests = config->guests,
                                        .proxmox = config->proxmox,
                                    }, ovs_idl_vifs(r->ovs));
    r->filters = filter_source_create(config->filters, config->libvirt_etc);
    r->links = link_source_create(ovs_idl_vifs(r->ovs));
    r->dbsync = dbsync_create(config->database);
    r->rundir = dir_watch_create(ovs_rundir(), true);
    r->env = (struct mbridge_env) {
        .ovs = r->ovs,
        .vifs = ovs_idl_vifs(r->ovs),
        .dbsync = r->dbsync,
        .filters = filter_source_library(r->filters),
        .changed_ports = &r->changed_ports,
        .watch = config->watch,
    };
    r->early = early_bridges_create(&r->env);
    shash_init(&r->bridges);
    sset_init(&r->wanted_bridges);
    new_bridges_init(&r->new_bridges, config->create_bridges);
    diag_list_init(&r->missing_bridges);
    sset_init(&r->released);
    if (config->release && config->release[0]) {
        r->only = xstrdup(config->release);
    }
    r->release_all = config->release != NULL;
    return r;
}

/* Forgets the bridges.  The switches keep what they have. */
static void
clear_bridges(struct reconcile *r)
{
    struct shash_node *node;

    SHASH_FOR_EACH_SAFE (node, &r->bridges) {
        mbridge_destroy(node->data);
        shash_delete(&r->bridges, node);
    }
}

/* Frees 'r'.  Switches and database keep what they have. */
void
reconcile_destroy(struct reconcile *r)
{
    reconcile_fleet_leave(r);
    clear_bridges(r);
    sset_destroy(&r->changed_ports);
    svec_destroy(&r->tunnel_addresses);
    sset_destroy(&r->wanted_tunnels);
    diag_list_uninit(&r->overlay_diags);
    free(r->fleet_remote);
    free(r->fleet_directory);
    shash_destroy(&r->bridges);
    sset_destroy(&r->wanted_bridges);
    sset_destroy(&r->released);
    free(r->only);
    new_bridges_uninit(&r->new_bridges);
    diag_list_uninit(&r->missing_bridges);
    early_bridges_destroy(r->early);
    dir_watch_destroy(r->rundir);
    dbsync_destroy(r->dbsync);
    netdef_source_destroy(r->source);
    guest_source_destroy(r->guests);
    filter_source_destroy(r->filters);
    link_source_destroy(r->links);
    db_echo_destroy(r->db_echo);
    ovs_idl_destroy(r->ovs);
    free(r->datapath_type);
    free(r->libvirt);
    free(r->database);
    free(r);
}

/* Adds to 'vif' what its rows do not say. */
void
reconcile_overlay(struct vif *vif, void *r_)
{
    const struct reconcile *r = r_;
    const struct shash_node *node;

    SHASH_FOR_EACH (node, &r->bridges) {
        mbridge_fdb_overlay(node->data, vif);
    }
    link_source_overlay(r->links, vif);
    guest_source_overlay(r->guests, vif);
    reconcile_fleet_overlay(r, vif);
}

static void
on_vif_changed(const struct vif *old, const struct vif *new, void *r_)
{
    struct reconcile *r = r_;
    struct shash_node *node;

    if (new && new->error && (!old || !nullable_string_is_equal(old->error,
                                                                new->error))) {
        /* Without an OpenFlow port it is on no bridge that we know of. */
        static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(30, 100);

        VLOG_WARN_RL(&rl, "%s: %s", new->name, new->error);
    }
    if ((!old || !new) && r->missing_bridges.n) {
        /* It may have, or have had, the name of a bridge. */
        r->check_bridges = true;
    }
    if ((old && vif_is_fake_bridge(old)) || (new && vif_is_fake_bridge(new))) {
        r->check_bridges = true;
    }
    if (!new) {
        /* A bridge that was made here may be unused now. */
        dbsync_retry_declined(r->dbsync);
    }
    if ((old && old->tunnel_mark) || (new && new->tunnel_mark)) {
        r->check_tunnels = true;
    }
    SHASH_FOR_EACH (node, &r->bridges) {
        mbridge_vif_changed(node->data, old, new);
    }
}

/* Has the rows deleted that limited ports that are gone. */
static void
want_no_leftovers(struct reconcile *r)
{
    const struct qos_leftovers *left = ovs_idl_qos_leftovers(r->ovs);

    if (left->n_qos || left->n_queues) {
        dbsync_want(r->dbsync, "QoS of ports that are gone",
                    dbrow_delete_qos(left->qos, left->n_qos,
                                     left->queues, left->n_queues));
    } else {
        dbsync_unwant(r->dbsync, "QoS of ports that are gone");
    }
}

static void
tell_networks(struct reconcile *r)
{
    size_t n_defs;
    const struct netdef *const *defs = netdef_source_get(r->source, &n_defs);
    bool complete = netdef_source_is_complete(r->source);
    struct shash_node *node;

    SHASH_FOR_EACH (node, &r->bridges) {
        mbridge_set_networks(node->data, defs, n_defs, complete,
                             reconcile_is_released(r, node->name));
    }
}

/* A file has come in the directory where the switch makes its sockets, or an
 * unknown number of them if 'name' is null.  A switch that makes one has just
 * read the database, without which it is left alone. */
static void
on_rundir_event(const char *name, void *r_)
{
    struct reconcile *r = r_;

    if (!name) {
        struct shash_node *node;

        SHASH_FOR_EACH (node, &r->bridges) {
            mbridge_socket_appeared(node->data);
        }
        ovs_idl_hurry(r->ovs);
    } else {
        char *bridge = xstrdup(name);
        struct mbridge *mb = (mbridge_name_from_socket(bridge)
                              ? shash_find_data(&r->bridges, bridge) : NULL);

        if (mb) {
            mbridge_socket_appeared(mb);
            ovs_idl_hurry(r->ovs);
        }
        free(bridge);
    }
}

/* Does another program of ours look after the same switches?  Two with
 * different definitions would undo each other's work for ever.  As long as it
 * does, this one leaves everything alone. */
static bool
stand_by(struct reconcile *r)
{
    bool taken = ovs_idl_is_taken(r->ovs);

    if (taken && !r->standing_by) {
        VLOG_WARN("another virtnet-controller looks after these bridges; "
                  "standing by until it ends");
        early_bridges_destroy(r->early);
        r->early = NULL;
        reconcile_fleet_leave(r);
        clear_bridges(r);
    } else if (!taken && r->standing_by) {
        VLOG_INFO("the other virtnet-controller has ended; taking over");
        r->started = false;
    }
    r->standing_by = taken;
    return taken;
}

/* Goes on with asking the database for a sign of life. */
static void
run_echo(struct reconcile *r)
{
    if (r->db_echo) {
        db_echo_run(r->db_echo);
        if (db_echo_is_over(r->db_echo)) {
            db_echo_destroy(r->db_echo);
            r->db_echo = NULL;
        }
    }
}

/* Takes in all that has happened and does what follows from it. */
void
reconcile_run(struct reconcile *r)
{
    struct shash_node *node;

    dir_watch_receive();
    run_echo(r);
    guest_source_run(r->guests);
    r->check_taken |= link_source_run(r->links);
    SHASH_FOR_EACH (node, &r->bridges) {
        mbridge_fdb_run(node->data);
    }
    bool bridges_changed = ovs_idl_run(r->ovs) || r->tell_again;
    reconcile_fleet_update(r, bridges_changed);
    bool networks_changed = netdef_source_run(r->source);
    networks_changed |= filter_source_run(r->filters);

    if (!ovs_idl_has_ever_connected(r->ovs)) {
        early_bridges_run(r->early);
        return;
    }
    if (stand_by(r)) {
        return;
    }
    if (!r->started) {
        /* What was new before there was a database has not been used. */
        r->started = bridges_changed = networks_changed = true;
    }
    r->tell_again = false;
    if (bridges_changed) {
        reconcile_update_bridges(r);
        early_bridges_destroy(r->early);
        r->early = NULL;
    }
    if (bridges_changed || networks_changed) {
        r->check_tunnels = true;
        tell_networks(r);
    }
    reconcile_want_bridges(r, bridges_changed || networks_changed);
    reconcile_want_tunnels(r);
    want_no_leftovers(r);
    dir_watch_run(r->rundir, on_rundir_event, r);
    SHASH_FOR_EACH (node, &r->bridges) {
        mbridge_run(node->data);
    }
    dbsync_run(r->dbsync);
    reconcile_fleet_run(r);
}

/* Arranges for poll_block() to wake up when reconcile_run() has something to
 * do. */
void
reconcile_wait(struct reconcile *r)
{
    struct shash_node *node;

    if (r->db_echo) {
        db_echo_wait(r->db_echo);
    }
    ovs_idl_wait(r->ovs);
    netdef_source_wait(r->source);
    link_source_wait(r->links);
    guest_source_wait(r->guests);
    filter_source_wait(r->filters);
    if (!ovs_idl_has_ever_connected(r->ovs)) {
        early_bridges_wait(r->early);
        return;
    }
    if (r->standing_by) {
        return;
    }
    dir_watch_wait(r->rundir);
    SHASH_FOR_EACH (node, &r->bridges) {
        mbridge_fdb_wait(node->data);
        mbridge_wait(node->data);
    }
    dbsync_wait(r->dbsync);
    reconcile_fleet_wait(r);
}

/* Has the switch of 'bridge' read afresh and put right.  Returns false if
 * there is no such bridge. */
bool
reconcile_repair(struct reconcile *r, const char *bridge)
{
    struct mbridge *mb = shash_find_data(&r->bridges, bridge);

    if (mb) {
        mbridge_reread(mb);
    }
    return mb != NULL;
}

/* Takes note that nothing was found to be wrong with 'bridge', if it is still
 * there. */
void
reconcile_set_verified(struct reconcile *r, const char *bridge)
{
    struct mbridge *mb = shash_find_data(&r->bridges, bridge);

    if (mb) {
        mbridge_set_verified(mb);
    }
}

/* Has sent at once what the database needs, even if it has been refused. */
void
reconcile_rewrite(struct reconcile *r)
{
    dbsync_retry(r->dbsync);
}
