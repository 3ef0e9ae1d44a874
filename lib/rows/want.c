/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/rows/want.h"

#include <string.h>

#include "flow.h"
#include "lib/host/bridge-row.h"
#include "lib/host/vif.h"
#include "lib/model/bridge-settings.h"
#include "lib/model/model.h"
#include "lib/model/port-limits.h"
#include "lib/model/port-policy.h"
#include "lib/model/vport.h"
#include "util.h"

/* Returns the phase of a bridge with an exact MAC table if 'exact', and
 * tunnels that are to be kept apart if 'apart', when nothing happens any
 * longer. */
struct rows_phase
rows_phase_at_rest(bool exact, bool apart)
{
    return (struct rows_phase) {
        .complete = true,
        .exact = exact,
        .isolating = exact,
        .apart = apart,
    };
}

static void
want_vlan(struct row_changes *changes, const struct rows_bridge *b,
          const struct vif *vif)
{
    struct port_vlan vlan;

    if (model_port_vlan(b->model, vif, &vlan)) {
        row_changes_add_vlan(changes, b->row->name, vif, &vlan);
        port_vlan_uninit(&vlan);
    }
}

static void
want_limits(struct row_changes *changes, const struct rows_bridge *b,
            const struct vif *vif)
{
    struct port_limits limits;

    port_limits_init(&limits, b->model, vif, NULL);
    if (limits.write_in) {
        row_changes_add_limit(changes, ROW_PORT_QOS, b->row->name, vif,
                              &limits.in);
    }
    if (limits.write_out) {
        row_changes_add_limit(changes, ROW_POLICING, b->row->name, vif,
                              &limits.out);
    }
}

/* Are the networks of 'b' known?  Some of them may be in a file that cannot be
 * read. */
static bool
knows_networks(const struct rows_bridge *b)
{
    return b->phase.complete || b->model->n_networks > 0;
}

/* Column protected is as it must be for tunnels and isolated guests to be kept
 * apart.  As long as the bridge's networks or its mode are not known, or flows
 * that isolate guests are on their way, a guest stays as it is. */
static void
want_protected(struct row_changes *changes, const struct rows_bridge *b,
               const struct vif *vif, const struct vport *vport)
{
    const struct rows_phase *phase = &b->phase;
    bool on_their_way = phase->exact && !phase->isolating;
    bool isolated = (knows_networks(b) && !phase->undecided && !on_their_way
                     ? vport && vport->isolated : vif->protected_is_ours);
    bool left = (knows_networks(b) && vport
                 ? vport->wants_protected : vif->protected_is_ours);
    bool protected = (port_policy_protected(vif, isolated,
                                            phase->exact && phase->isolating,
                                            phase->apart)
                      || (left && vport && vport->role == VIF_NETWORK));

    if (vif_must_change_protected(vif, protected)) {
        row_changes_add_protected(changes, b->row->name, vif, protected);
    }
}

/* A guest takes no part in a spanning tree: by what it sends it could become
 * the root, or block an uplink, and it would be cut off for as long as its
 * port listens and learns.  In kernel mode it takes part as on a Linux
 * bridge, where libvirt does nothing about it.  What was meant to be a guest
 * is treated as one. */
static void
want_stp(struct row_changes *changes, const struct rows_bridge *b,
         const struct vif *vif, const struct vport *vport)
{
    bool is_guest = (vport ? vport->role == VIF_GUEST
                     : port_policy_is_meant(b->model, vif));
    bool leaves = (b->phase.undecided || !knows_networks(b)
                   ? vif->stp.mark != NULL
                   : (b->phase.exact && bridge_row_spans(b->row)
                      && is_guest));

    if (port_stp_must_change(&vif->stp, leaves)) {
        row_changes_add_stp(changes, b->row->name, vif, leaves);
    }
}

/* Adds what is to be written for 'vif', an interface on bridge 'b', to
 * 'changes'.  'vport' is what is meant by it, or null if it is left out of the
 * plan.
 *
 * What vswitchd could not add, or has not added yet, is no port: nothing is
 * known of it that would be worth a write. */
void
rows_want_port(struct row_changes *changes, const struct rows_bridge *b,
               const struct vif *vif, const struct vport *vport)
{
    if (vif->error || vif->ofport == OFPP_NONE || b->row->is_ovns) {
        return;
    }
    if (b->phase.complete || !vif->portgroup
        || model_find_portgroup(b->model, vif, NULL)) {
        want_vlan(changes, b, vif);
        want_limits(changes, b, vif);
    } /* Else it may be in the file that could not be read. */
    want_protected(changes, b, vif, vport);
    want_stp(changes, b, vif, vport);
}

/* Adds what is to be written for bridge 'b' itself, of which 'ports' tells, to
 * 'changes'.
 *
 * A bridge that was made here goes with the last network that names it, unless
 * somebody uses it or has made it his own.  As long as a file cannot be read,
 * more may be asked for in there. */
void
rows_want_bridge(struct row_changes *changes, const struct rows_bridge *b,
                 const struct rows_bridge_ports *ports)
{
    struct bridge_settings settings;

    if (!b->phase.complete || !ports->local || b->row->is_ovns) {
        return;
    }
    if (b->row->owner && !b->row->is_adopted
        && !bridge_row_count_controllers(b->row)
        && !b->model->wanted && !b->model->n_networks && !ports->is_used) {
        row_changes_add_old_bridge(changes, b->row->name, &ports->bridge,
                                   &ports->local_port);
    } else if (bridge_settings_init(&settings, b->model, b->row,
                                    ports->local)) {
        row_changes_add_settings(changes, b->row->name, &settings);
        bridge_settings_uninit(&settings);
    }
}
