/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/mbridge-private.h"

#include "controller/switch/ofctrl.h"
#include "controller/switch/normal-guard.h"
#include "lib/host/bridge-row.h"
#include "lib/openflow/bridge-meters.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/foreign.h"
#include "lib/openflow/meter-sync.h"
#include "lib/openflow/plan.h"
#include "lib/openflow/storm-limit.h"
#include "openvswitch/vlog.h"
#include "ovsdb/ovs-idl.h"
#include "ovsdb/vif-reader.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(mbridge_mode);

/* Has the plan have the meters that the networks on the bridge need. */
static void
update_meters(struct mbridge *mb, struct diag_list *diags)
{
    const struct meter_sync *ms = ofctrl_get_meters(mb->ofctrl);
    struct ometers meters;

    bridge_meters_get(&mb->model, mb->exact ? mb->meter_bands : 0, &meters);
    bridge_meters_report(&mb->model, mb->exact, mb->meter_bands,
                         meter_sync_error(ms), diags);
    storm_limit_report(mb->plan, mb->row.name, meter_sync_error(ms), diags);
    plan_set_meters(mb->plan, &meters);
    ometers_uninit(&meters);
}

/* Adds to 'diags' that somebody else's flow decides about all frames. */
static void
refuse_ruled(const struct mbridge *mb, struct diag_list *diags)
{
    struct origin origin = { .element = mb->row.name };

    diag_add(diags, DIAG_ERROR, &origin,
             "has a flow of somebody else's in table 0 that takes all frames "
             "before any of ours could; nothing is done to it until that is "
             "gone");
}

/* Has somebody had NORMAL not flood to one of the network ports, to which
 * flows of ours would send? */
static bool
is_barred_by_others(const struct mbridge *mb)
{
    struct network_ports ports;

    network_side_get_ports(plan_network_side(mb->plan), &ports);
    for (size_t i = 0; i < ports.n; i++) {
        if (normal_guard_is_others(mb->guard, ports.ports[i].ofport)) {
            return true;
        }
    }
    return false;
}

/* Are all isolated guests protected, and has vswitchd taken notice? */
static bool
has_protected(const struct mbridge *mb)
{
    const struct mport *port;
    bool any = false;

    HMAP_FOR_EACH (port, hmap_node, &mb->ports) {
        const struct vif *vif = (port->isolated && port->name
                                 ? vif_reader_find_name(mb->env->vifs,
                                                        port->name)
                                 : NULL);

        if (vif && !vif->is_protected) {
            return false;
        }
        any = any || vif;
    }
    return !any || ovs_idl_is_carried_out(mb->env->ovs);
}

/* Decides whether the bridge shall have an exact MAC table, if what that
 * depends on has changed. */
void
mbridge_update_mode(struct mbridge *mb)
{
    bool needs_normal = (bridge_row_needs_normal(&mb->row)
                         || is_barred_by_others(mb));
    enum network_kind network = plan_network_kind(mb->plan, needs_normal);
    size_t meter_bands = meter_sync_bands(ofctrl_get_meters(mb->ofctrl));

    /* Where libvirt mode is in force already it stays, for the flow may go as
     * fast as it has come. */
    bool is_ruled = (!mb->exact
                     && foreign_rules(ofctrl_get_foreign(mb->ofctrl)));

    if (!mb->decide && mb->exact == mb->decided_exact
        && mb->network == network && mb->is_ruled == is_ruled
        && mb->meter_bands == meter_bands
        && mb->n_unsupported_ports == mb->n_unsupported) {
        return;
    }
    mb->decide = false;
    mb->network = network;
    mb->meter_bands = meter_bands;
    mb->is_ruled = is_ruled;
    mb->n_unsupported_ports = mb->n_unsupported;

    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct bridge_ctx ctx = {
        .forward_bpdu = mb->row.forward_bpdu,
        .flood_vlans = &mb->row.flood_vlans,
        .blurs_tags = mb->model.blurs_tags,
        .spans = bridge_row_spans(&mb->row),
        .needs_normal = needs_normal,
        .mac_aging_time = mb->row.mac_aging_time,
        .mac_table_size = mb->row.mac_table_size,
        .meter_bands = meter_bands,
    };

    if (!mb->model.conflict && (mb->model.wanted || !mb->model.incomplete)) {
        mb->asked_exact = mb->model.mode == MAC_TABLE_LIBVIRT;
    }
    if (mb->asked_exact) {
        ctx.exact = model_can_be_exact(&mb->row, network, mb->n_unsupported,
                                       &diags);
        if (is_ruled) {
            refuse_ruled(mb, &diags);
            ctx.exact = false;
        }
    }
    mb->decided_exact = ctx.exact;
    if (mb->exact && !ctx.exact && !has_protected(mb)) {
        /* Without the flows, isolated guests would reach each other. */
        ctx.exact = true;
    }
    if (ctx.exact != mb->exact) {
        VLOG_INFO("%s: %s mode", mb->row.name,
                  ctx.exact ? "libvirt" : "kernel");
    }
    mb->exact = ctx.exact;
    plan_set_ctx(mb->plan, &ctx);
    update_meters(mb, &diags);

    mbridge_log_new_diags(mb, &mb->mode_diags, &diags);
    diag_list_uninit(&mb->mode_diags);
    mb->mode_diags = diags;
}
