/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/mbridge-private.h"

#include <stdlib.h>
#include <string.h>

#include "controller/db/dbsync.h"
#include "controller/switch/normal-guard.h"
#include "controller/switch/ofctrl.h"
#include "lib/host/vif.h"
#include "lib/model/mac-table.h"
#include "lib/model/model.h"
#include "lib/model/shortfall.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/meter-sync.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "lib/openflow/switch-commit.h"
#include "openvswitch/dynamic-string.h"
#include "ovsdb/ovs-idl.h"
#include "ovsdb/vif-reader.h"
#include "timeval.h"

const char *
mbridge_name(const struct mbridge *mb)
{
    return mb->row.name;
}

/* Is there a fake bridge called 'name' on 'mb'? */
bool
mbridge_has_fake(const struct mbridge *mb, const char *name)
{
    return fake_bridges_find(&mb->row.fakes, name) != NULL;
}

const struct plan *
mbridge_plan(const struct mbridge *mb)
{
    return mb->plan;
}

const struct ofctrl *
mbridge_ofctrl(const struct mbridge *mb)
{
    return mb->ofctrl;
}

const struct bridge_model *
mbridge_model(const struct mbridge *mb)
{
    return &mb->model;
}

/* Returns the mode that was last asked for and undisputed, or else found. */
enum ports_mode
mbridge_asked_mode(const struct mbridge *mb)
{
    return (!mb->has_mode ? PORTS_MODE_UNKNOWN
            : mb->asked_exact ? PORTS_MODE_LIBVIRT : PORTS_MODE_KERNEL);
}

/* Returns what has the switch left alone for now, or null. */
static const char *
hold_reason(const struct mbridge *mb)
{
    return (!ofctrl_is_held(mb->ofctrl) ? NULL
            : ovs_idl_restores_flows(mb->env->ovs)
            ? "waiting until other_config:flow-restore-wait is gone"
            : "waiting for the database");
}

/* Is the bridge none of ours?  Nobody asks anything of it, it does not allow
 * OpenFlow 1.5, as Neutron's and Mininet's, and nothing of ours is known to be
 * there. */
bool
mbridge_is_left_alone(const struct mbridge *mb)
{
    return (!mb->model.wanted && !mb->given_back && !mb->exact
            && !bridge_row_allows_openflow15(&mb->row)
            && normal_guard_is_done(mb->guard));
}

/* Appends how far the switch is from the plan to 's', in a few words. */
void
mbridge_format_state(struct ds *s, const struct mbridge *mb)
{
    if (mbridge_is_left_alone(mb)) {
        ds_put_cstr(s, "left alone");
    } else if (hold_reason(mb)) {
        ds_put_cstr(s, hold_reason(mb));
    } else if (ofctrl_is_silent(mb->ofctrl)) {
        ds_put_cstr(s, "no answer");
    } else if (mb->exact != mb->decided_exact) {
        ds_put_cstr(s, "protecting isolated guests");
    } else if (ofctrl_is_ready(mb->ofctrl)
               && !normal_guard_is_set(mb->guard)) {
        ds_put_cstr(s, "setting no-flood");
    } else if (ofctrl_is_installed(mb->ofctrl, mb->plan)
               && !normal_guard_is_done(mb->guard)) {
        ds_put_cstr(s, "flushing");
    } else {
        ofctrl_format_state(s, mb->ofctrl, mb->plan);
    }
}

static void
report_quarantine(const struct mbridge *mb, const struct mport *port,
                  struct diag_list *diags)
{
    ovs_be64 cookie = pipeline_cookie(COOKIE_PORT, port->name);
    char *why = ofctrl_why_left_out(mb->ofctrl, cookie);

    if (why) {
        struct origin origin = { .element = port->name };

        diag_add(diags, DIAG_ERROR, &origin, "%s, so they are left out", why);
        free(why);
    }
}

/* Calls 'cb' with 'aux' for each port of the switch, in no particular
 * order. */
void
mbridge_for_each_port(const struct mbridge *mb, mbridge_port_cb *cb,
                      void *aux)
{
    const struct mport *port;

    HMAP_FOR_EACH (port, hmap_node, &mb->ports) {
        struct vif early;
        const struct vif *vif = mbridge_find_vif(mb, port, &early);

        cb(port->name ? port->name : port->of_name, port->ofport, vif,
           &port->diags, aux);
    }
}

/* Appends all that there is to say of the bridge to 'diags'. */
void
mbridge_get_diags(const struct mbridge *mb, struct diag_list *diags)
{
    const struct mport *port;

    diag_list_append(diags, &mb->model_diags);
    diag_list_append(diags, &mb->mode_diags);
    diag_list_append(diags, &mb->settings_diags);
    mbridge_get_void_flows(mb, diags);
    normal_guard_get_diags(mb->guard, mb->row.name, diags);
    tunnels_get_diags(&mb->tunnels, mb->exact,
                      plan_network_kind(mb->plan, false) != NETWORK_NONE,
                      mb->row.name, diags);
    HMAP_FOR_EACH (port, hmap_node, &mb->ports) {
        diag_list_append(diags, &port->diags);
        if (port->in_plan) {
            report_quarantine(mb, port, diags);
        }
    }
    diag_list_sort(diags);
}

/* Has the port that is called 'name' lost its address to others?  Then says so
 * in 'why'. */
static enum port_state
claim_state(const struct mbridge *mb, const char *name, struct ds *why)
{
    const struct vport *vport = plan_find_port(mb->plan, name);
    const struct mac_claim *claim = plan_find_claim(mb->plan, vport);
    const char *holder;

    if (!claim || !vlan_set_is_empty(&claim->won)) {
        return PORT_INSTALLED;
    } else if (!claim->active) {
        ds_put_cstr(why, "its address is pending");
        return PORT_WAITING;
    }
    holder = mac_entry_find_holder(mac_table_find(plan_mac_table(mb->plan),
                                                  vport->mac), claim);
    ds_put_format(why, "%s has its address",
                  holder ? holder : "another port");
    return PORT_FAILED;
}

/* Has the switch of 'mb' told of the port of 'vif'? */
bool
mbridge_has_port(const struct mbridge *mb, const struct vif *vif)
{
    const struct mport *port = mbridge_find_mport(mb, vif->ofport);

    return port && port->name && !strcmp(port->name, vif->name);
}

/* Returns how far the port of 'vif', which 'mb' has, has got there.  Appends
 * the reason to 'why' unless it is installed. */
enum port_state
mbridge_port_state(const struct mbridge *mb, const struct vif *vif,
                   struct ds *why)
{
    const struct mport *port = mbridge_find_mport(mb, vif->ofport);
    const struct vport *vport;
    char *left_out;

    if (hold_reason(mb)) {
        ds_put_cstr(why, hold_reason(mb));
        return PORT_WAITING;
    } else if (ofctrl_is_silent(mb->ofctrl)) {
        ds_put_cstr(why, MBRIDGE_SILENT);
        return PORT_WAITING;
    } else if (port->readback != ofctrl_count_readbacks(mb->ofctrl)) {
        ds_put_cstr(why, "the switch has not told of it yet");
        return PORT_WAITING;
    } else if (!port->in_plan) {
        ds_put_cstr(why, (port->diags.n ? port->diags.diags[0].text
                          : "not wired"));
        return PORT_FAILED;
    }

    left_out = ofctrl_why_left_out(mb->ofctrl,
                                   pipeline_cookie(COOKIE_PORT, vif->name));
    if (left_out) {
        ds_put_cstr(why, left_out);
        free(left_out);
        return PORT_FAILED;
    } else if (!ofctrl_put_is_done(mb->ofctrl, port->put)
               || dbsync_wants_rows(mb->env->dbsync, mb->row.name,
                                    port->name)) {
        ds_put_cstr(why, "not installed yet");
        return PORT_WAITING;
    }
    vport = plan_find_port(mb->plan, port->name);
    if (!mb->exact || vport->is_remote) {
        return PORT_INSTALLED;
    } else if (vlan_set_is_empty(&vport->vlan.members)) {
        ds_put_cstr(why, vif->portgroup || vif->guest.portgroup
                    ? "it is in no VLAN, since its portgroup is not known"
                    : "it is in no VLAN, since nobody has said in which");
        return PORT_WAITING;
    } else if (vport_awaits_address(vport)) {
        ds_put_cstr(why, "its address is not known until its first frame");
        return PORT_WAITING;
    }
    return claim_state(mb, port->name, why);
}

/* Has libvirt mode been asked of the bridge, which was given back? */
bool
mbridge_is_given_back(const struct mbridge *mb)
{
    return mb->given_back;
}

/* Is the switch about to answer? */
bool
mbridge_is_busy(const struct mbridge *mb)
{
    return ofctrl_is_busy(mb->ofctrl);
}

/* Returns a number that grows with whatever is sent to the switch to change
 * it, and whenever it has been read back. */
unsigned long long int
mbridge_count_changes(const struct mbridge *mb)
{
    return (ofctrl_get_stats(mb->ofctrl)->n_bundles
            + ofctrl_get_meters(mb->ofctrl)->n_mods
            + ofctrl_get_seqno(mb->ofctrl));
}

/* Is everything in the switch that is asked for? */
bool
mbridge_is_installed(const struct mbridge *mb)
{
    return (mbridge_is_left_alone(mb)
            || (mb->exact == mb->decided_exact
                && ofctrl_is_installed(mb->ofctrl, mb->plan)));
}

/* Asks the switch for a sign of life. */
void
mbridge_ask(struct mbridge *mb)
{
    ofctrl_ask(mb->ofctrl);
}

/* Is the bridge in kernel mode, with nothing of ours in its switch? */
bool
mbridge_is_released(const struct mbridge *mb)
{
    return (mbridge_is_left_alone(mb)
            || (mb->has_mode && !mb->exact && mbridge_is_installed(mb)
                && normal_guard_is_done(mb->guard)
                && !oflow_table_count_flows(ofctrl_get_installed(
                                                mb->ofctrl))));
}

/* Has any guest's port lost the address that it was given to another port?
 * Frames for one of the two go to the other, or to nobody.  What a guest has
 * announced by itself is not given. */
static bool
has_conflict(const struct mbridge *mb)
{
    const struct mport *port;

    HMAP_FOR_EACH (port, hmap_node, &mb->ports) {
        const struct vport *vport = mbridge_get_vport(mb, port);
        const struct mac_claim *claim
            = vport ? plan_find_claim(mb->plan, vport) : NULL;

        if (claim && claim->kind == CLAIM_ATTACHED && claim->contested
            && vlan_set_is_empty(&claim->won)) {
            return true;
        }
    }
    return false;
}

/* Is everything in the switch that is asked for, and nothing wrong? */
bool
mbridge_is_ok(const struct mbridge *mb)
{
    struct shortfalls shortfalls = SHORTFALLS_INITIALIZER;
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    bool ok;

    mbridge_get_shortfalls(mb, &shortfalls);
    mbridge_get_diags(mb, &diags);
    ok = (mbridge_is_installed(mb)
          && normal_guard_is_done(mb->guard)
          && !ofctrl_is_silent(mb->ofctrl)
          && !shortfalls.n
          && !(mb->exact && has_conflict(mb))
          && !diag_list_has_errors(&diags));
    shortfalls_uninit(&shortfalls);
    diag_list_uninit(&diags);
    return ok;
}

/* Takes note that "verify" has just found nothing wrong with 'mb'. */
void
mbridge_set_verified(struct mbridge *mb)
{
    mb->verified_at = time_wall();
}

/* Returns when that last was, in seconds since the epoch, or 0. */
long long int
mbridge_verified_at(const struct mbridge *mb)
{
    return mb->verified_at;
}

/* What has become of the flows of port 'name', apart from its address. */
const char *
mbridge_flows_state(const struct mbridge *mb, const char *name)
{
    const struct plan *plan = mbridge_plan(mb);
    const struct ofctrl *ofctrl = mbridge_ofctrl(mb);

    if (!plan_get_ctx(plan)->exact) {
        return "kernel";
    } else if (ofctrl_is_left_out(ofctrl, pipeline_cookie(COOKIE_PORT,
                                                          name))) {
        return "quarantined";
    } else if (!ofctrl_is_installed(ofctrl, plan)) {
        return "installing";
    }
    return "installed";
}

/* What has become of a claim to a MAC address. */
const char *
mbridge_claim_state(const struct mbridge *mb, const struct mac_claim *claim)
{
    const struct plan *plan = mbridge_plan(mb);

    if (!plan_get_ctx(plan)->exact) {
        return "kernel";
    } else if (!claim->active || vlan_set_is_empty(&claim->vlans)
               || (claim->waits && vlan_set_is_empty(&claim->won))) {
        return "pending";
    } else if (vlan_set_is_empty(&claim->won)) {
        return "conflict";
    }
    return mbridge_flows_state(mb, claim->port);
}

/* Returns how many frames flows have shown to this program. */
unsigned long long int
mbridge_count_frames(const struct mbridge *mb)
{
    return mb->n_frames;
}

/* Returns how many times a guest's frames have moved an address from another
 * port to its own or, if 'refused', could not. */
unsigned long long int
mbridge_count_moves(const struct mbridge *mb, bool refused)
{
    return refused ? mb->n_refused : mb->n_moves;
}
