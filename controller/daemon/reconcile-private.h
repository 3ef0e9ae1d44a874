/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECONCILE_PRIVATE_H
#define RECONCILE_PRIVATE_H 1

/* What the files of reconcile share: reconcile.c, which brings inputs and
 * outputs together, reconcile-bridges.c, which has the bridges that there are
 * managed and those made that there are not, reconcile-fleet.c,
 * reconcile-force.c and reconcile-overlay.c, for a host that is one of many,
 * and reconcile-state.c, which tells how all that is. */

#include "controller/daemon/mbridge.h"
#include "controller/daemon/reconcile.h"
#include "lib/base/diag.h"
#include "openvswitch/shash.h"
#include "sset.h"
#include "svec.h"

struct fleet_host;
struct ports;
struct row_changes;

struct reconcile {
    char *database;
    char *datapath_type;
    char *libvirt;              /* libvirt's run-time directory, or null. */
    struct ovs_idl *ovs;
    struct db_echo *db_echo;    /* Does the database answer?  Null if nobody
                                 * wants to know. */
    struct netdef_source *source;
    struct guest_source *guests;    /* Or null. */
    struct filter_source *filters;
    struct link_source *links;
    struct dbsync *dbsync;
    bool no_fleet;              /* Is this host in none, whatever is said? */
    char *fleet_remote;         /* By the command line, or null. */
    struct fleet_member *fleet; /* Null if this host is in no fleet. */
    char *fleet_directory;      /* Where what is known of it is kept. */
    unsigned int fleet_ticks;   /* How often that was looked at. */
    bool fleet_touched;         /* Have other hosts other guests? */
    bool fleet_told;            /* Has it been told of this host? */
    struct fleet_host *fleet_host;  /* What it was told, or null. */
    long long int fleet_due;    /* When to look at that again, in time_msec()
                                 * terms. */
    struct svec tunnel_addresses;   /* Where this host takes tunnels... */
    int underlay_mtu;           /* ...and what these can carry, or 0. */
    bool check_tunnels;         /* Look again at which there are to be? */
    struct sset wanted_tunnels; /* Objects of 'dbsync'. */
    struct diag_list overlay_diags; /* What there is to say of them. */
    struct sset changed_ports;  /* That it is to be told of. */
    struct dir_watch *rundir;   /* For sockets of bridges. */
    struct mbridge_env env;
    struct early_bridges *early;    /* Until the database has been seen. */
    struct shash bridges;       /* By name, "struct mbridge"s. */
    struct sset wanted_bridges; /* Those that we have asked to be made. */
    struct new_bridges new_bridges;
    bool try_again;             /* Make bridges that somebody has deleted? */
    bool check_bridges;         /* Look again at which are to be made... */
    bool check_taken;           /* ...and can be, since nobody has the name? */
    struct diag_list missing_bridges;   /* What there is to say of them. */
    bool started;               /* Has the database been seen? */
    bool standing_by;           /* It is another's; 'bridges' is empty. */
    bool release_all;           /* Are all bridges to be left alone... */
    struct sset released;       /* ...or these? */
    char *only;                 /* Manage no other bridge, if nonnull. */
    bool tell_again;            /* Has that changed? */
};

void reconcile_overlay(struct vif *, void *reconcile);
bool reconcile_is_released(const struct reconcile *, const char *bridge);
const struct mbridge *reconcile_find_carrier(const struct reconcile *,
                                             const char *name);

/* reconcile-fleet.c. */
void reconcile_fleet_update(struct reconcile *, bool changed);
void reconcile_fleet_run(struct reconcile *);
void reconcile_fleet_wait(struct reconcile *);
void reconcile_fleet_overlay(const struct reconcile *, struct vif *);
void reconcile_fleet_leave(struct reconcile *);
struct json_t *reconcile_fleet_export(const struct reconcile *);

/* reconcile-force.c. */
void reconcile_find_force(const struct reconcile *, struct fleet_host *);

/* reconcile-overlay.c. */
void reconcile_want_tunnels(struct reconcile *);
void reconcile_translate_tunnels(const struct reconcile *,
                                 const struct netdef *const *defs,
                                 size_t n_defs, const struct ports *,
                                 struct row_changes *,
                                 struct diag_list *);
void reconcile_measure_underlay(struct reconcile *);

void reconcile_find_errors(const struct reconcile *, mbridge_unready_cb *,
                           void *aux);
void reconcile_update_bridges(struct reconcile *);
void reconcile_want_bridges(struct reconcile *, bool changed);

#endif /* controller/daemon/reconcile-private.h */
