/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/mbridge.h"

#include <stdlib.h>

#include "controller/switch/commit.h"
#include "controller/switch/meter-sync.h"
#include "controller/switch/ofctrl.h"
#include "lib/base/diag.h"
#include "lib/model/mac-table.h"
#include "lib/model/model.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* What has become of the flows of port 'name', apart from its address. */
const char *
mbridge_flows_state(const struct mbridge *mb, const char *name)
{
    const struct plan *plan = mbridge_plan(mb);
    const struct ofctrl *ofctrl = mbridge_ofctrl(mb);

    if (!plan_get_ctx(plan)->exact) {
        return "kernel";
    } else if (ofctrl_get_quarantine(ofctrl,
                                     pipeline_cookie(COOKIE_PORT, name))) {
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
    } else if (!claim->active) {
        return "pending";
    } else if (vlan_set_is_empty(&claim->won)) {
        return "conflict";
    }
    return mbridge_flows_state(mb, claim->port);
}

static void
format_ports(struct ds *s, const struct plan *plan)
{
    const struct vport **vports = plan_sort_ports(plan);

    for (const struct vport **p = vports; *p; p++) {
        const struct vport *vport = *p;

        ds_put_format(s, "    port %s: %s, ", vport->name,
                      vif_role_to_string(vport->role));
        vport_format(s, vport);
        ds_put_char(s, '\n');
    }
    free(vports);
}

/* Appends the status of 'mb' to 's'. */
void
mbridge_format_status(struct ds *s, const struct mbridge *mb)
{
    const struct bridge_model *model = mbridge_model(mb);
    const struct plan *plan = mbridge_plan(mb);
    const struct ofctrl *ofctrl = mbridge_ofctrl(mb);
    const struct meter_sync *ms = ofctrl_get_meters(ofctrl);
    const struct commit_stats *stats = ofctrl_get_stats(ofctrl);
    struct diag_list diags = DIAG_LIST_INITIALIZER;

    ds_put_format(s, "bridge %s: mode %s, state ", mbridge_name(mb),
                  plan_get_ctx(plan)->exact ? "libvirt" : "kernel");
    mbridge_format_state(s, mb);
    ds_put_format(s, ", %s\n", mbridge_is_ok(mb) ? "ok" : "not ok");

    for (size_t i = 0; i < model->n_networks; i++) {
        const struct netdef *netdef = model->networks[i];

        ds_put_format(s, "    network %s (%s:%u): macTableManager %s%s\n",
                      netdef->name, netdef->bridge_origin.file,
                      netdef->bridge_origin.line,
                      mac_table_manager_to_string(netdef_mode(netdef)),
                      netdef->is_libvirts && !netdef->is_active
                      ? ", not active in libvirt" : "");
    }
    ds_put_format(s, "    flows: %"PRIuSIZE" planned, %"PRIuSIZE" installed; "
                  "groups: %"PRIuSIZE" planned, %"PRIuSIZE" installed; "
                  "meters: %"PRIuSIZE" planned, %"PRIuSIZE" installed\n",
                  oflow_table_count_flows(plan_desired(plan)),
                  oflow_table_count_flows(ofctrl_get_installed(ofctrl)),
                  oflow_table_count_groups(plan_desired(plan)),
                  oflow_table_count_groups(ofctrl_get_installed(ofctrl)),
                  plan_meters(plan)->n, ms->installed.n);
    ds_put_format(s, "    sent: %llu bundles, %llu flow_mods, "
                  "%llu group_mods, %llu meter_mods; errors: %llu; "
                  "connections: %u\n",
                  stats->n_bundles, stats->n_flow_mods, stats->n_group_mods,
                  ms->n_mods, stats->n_errors, ofctrl_count_connects(ofctrl));
    format_ports(s, plan);

    mbridge_get_diags(mb, &diags);
    for (size_t i = 0; i < diags.n; i++) {
        ds_put_cstr(s, "    ");
        diag_format(s, &diags.diags[i]);
        ds_put_char(s, '\n');
    }
    diag_list_uninit(&diags);
}
