/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MBRIDGE_H
#define MBRIDGE_H 1

/* A managed bridge: all that this program knows of one bridge, and its plan
 * and its switch.
 *
 * A bridge has the ports that its switch tells of.  What they are for is in
 * the database.  The two are joined here, whichever comes first.
 *
 * Every bridge in the database is managed in this sense.  If nobody asks
 * anything of it then its plan is empty, and what an earlier run of this
 * program has left there is removed. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/host/ports-json.h"
#include "lib/model/filter-rules.h"
#include "openvswitch/types.h"
#include "uuid.h"

struct bridge_model;
struct bridge_row;
struct dbsync;
struct diag_list;
struct ds;
struct fleet_port;
struct mac_claim;
struct mbridge;
struct netdef;
struct ofctrl;
struct ovs_idl;
struct plan;
struct shortfalls;
struct sset;
struct vif;
struct vif_reader;
struct vlan_set;
struct vport;

/* What all bridges need of the rest of the program. */
struct mbridge_env {
    const struct ovs_idl *ovs;
    struct vif_reader *vifs;
    struct dbsync *dbsync;
    struct filter_library filters;
    struct sset *changed_ports; /* Names of ports of which something may be
                                 * another, for the fleet; null if nobody
                                 * wants to know. */
    bool watch;                 /* Put right what others change at once? */
};

/* How far a port has got.  In the order of which is worse. */
enum port_state {
    PORT_INSTALLED,             /* The switch has acknowledged its flows. */
    PORT_WAITING,               /* Not there yet. */
    PORT_FAILED                 /* Will not get there as things are. */
};

struct mbridge *mbridge_create(const char *name, const struct mbridge_env *);
void mbridge_destroy(struct mbridge *);

void mbridge_set_row(struct mbridge *, const struct bridge_row *,
                     const struct uuid *);
void mbridge_set_networks(struct mbridge *,
                          const struct netdef *const *defs, size_t n_defs,
                          bool complete, bool released);
void mbridge_vif_changed(struct mbridge *, const struct vif *old,
                         const struct vif *new);
void mbridge_socket_appeared(struct mbridge *);
void mbridge_fdb_look(struct mbridge *);
void mbridge_fdb_run(struct mbridge *);
void mbridge_fdb_wait(const struct mbridge *);
void mbridge_fdb_overlay(const struct mbridge *, struct vif *);

void mbridge_read(struct mbridge *);
void mbridge_read_wait(struct mbridge *);
void mbridge_run(struct mbridge *);
void mbridge_wait(struct mbridge *);

const char *mbridge_name(const struct mbridge *);
bool mbridge_has_fake(const struct mbridge *, const char *name);
unsigned long long int mbridge_count_frames(const struct mbridge *);
unsigned long long int mbridge_count_moves(const struct mbridge *,
                                           bool refused);
unsigned long long int mbridge_count_refused(const struct mbridge *,
                                             ofp_port_t);
const struct vport *mbridge_find_vport(const struct mbridge *, ofp_port_t);
const struct plan *mbridge_plan(const struct mbridge *);
const struct vlan_set *mbridge_mirror_vlans(const struct mbridge *);
const struct ofctrl *mbridge_ofctrl(const struct mbridge *);
const struct bridge_model *mbridge_model(const struct mbridge *);
enum ports_mode mbridge_asked_mode(const struct mbridge *);
bool mbridge_name_from_socket(char *file_name);
bool mbridge_has_port(const struct mbridge *, const struct vif *);
enum port_state mbridge_port_state(const struct mbridge *, const struct vif *,
                                   struct ds *why);
struct fleet_port *mbridge_to_fleet(const struct mbridge *,
                                    const struct vif *);
bool mbridge_is_left_alone(const struct mbridge *);
bool mbridge_is_busy(const struct mbridge *);
unsigned long long int mbridge_count_changes(const struct mbridge *);
bool mbridge_is_installed(const struct mbridge *);
bool mbridge_is_given_back(const struct mbridge *);
bool mbridge_is_released(const struct mbridge *);
bool mbridge_is_ok(const struct mbridge *);
bool mbridge_get_shortfalls(const struct mbridge *, struct shortfalls *);
void mbridge_get_diags(const struct mbridge *, struct diag_list *);
void mbridge_get_port_errors(const struct mbridge *, struct diag_list *);
void mbridge_format_state(struct ds *, const struct mbridge *);
/* 'name' is that of the interface, or of the switch's port if there is no
 * interface; then 'vif' is null. */
typedef void mbridge_port_cb(const char *name, ofp_port_t, const struct vif *,
                             const struct diag_list *, void *aux);
void mbridge_for_each_port(const struct mbridge *, mbridge_port_cb *,
                           void *aux);
void mbridge_reread(struct mbridge *);
void mbridge_ask(struct mbridge *);
void mbridge_set_verified(struct mbridge *);
long long int mbridge_verified_at(const struct mbridge *);

/* Tells of something that is not as it should be: of 'port', or of the bridge
 * if that is null.  It is 'final' if it does not pass unless somebody changes
 * what is asked for. */
typedef void mbridge_unready_cb(const char *port, const char *reason,
                                bool final, void *aux);
void mbridge_find_unready(const struct mbridge *, mbridge_unready_cb *,
                          void *aux);
void mbridge_find_errors(const struct diag_list *, bool final,
                         mbridge_unready_cb *, void *aux);

const char *mbridge_flows_state(const struct mbridge *, const char *port);
const char *mbridge_claim_state(const struct mbridge *,
                                const struct mac_claim *);

#endif /* controller/daemon/mbridge.h */
