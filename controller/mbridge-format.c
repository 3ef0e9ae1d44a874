/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/mbridge.h"

#include <stdlib.h>

#include "controller/commit.h"
#include "controller/meter-sync.h"
#include "controller/ofctrl.h"
#include "flow.h"
#include "lib/compile.h"
#include "lib/diag.h"
#include "lib/mac-table.h"
#include "lib/model.h"
#include "lib/oflow-table.h"
#include "lib/pipeline.h"
#include "lib/plan-format.h"
#include "lib/plan.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"

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
format_claim(struct ds *s, const struct mbridge *mb,
             const struct mac_entry *entry, const struct mac_claim *claim)
{
    const struct plan *plan = mbridge_plan(mb);
    const struct vport *vport = plan_find_port(plan, claim->port);
    bool lost = vlan_set_is_empty(&claim->won);
    const struct mac_claim *winner
        = (lost && !vlan_set_is_empty(&claim->vlans)
           ? mac_entry_winner(entry, claim->vlans.ranges[0].first) : NULL);
    struct ds vlans = DS_EMPTY_INITIALIZER;

    vlan_set_format(&vlans, lost ? &claim->vlans : &claim->won);
    ds_put_format(s, "%5"PRIu32"  %-9s  "ETH_ADDR_FMT"  %-15s  %s",
                  vport ? ofp_to_u16(vport->ofport) : 0, ds_cstr(&vlans),
                  ETH_ADDR_ARGS(entry->mac), claim->port,
                  mbridge_claim_state(mb, claim));
    ds_destroy(&vlans);
    if (!claim->active) {
        ds_put_cstr(s, " (held back until its first frame)");
    } else if (winner) {
        ds_put_format(s, " (%s has it)", winner->port);
    }
    if (claim->kind != CLAIM_HOST && claim->kind != CLAIM_ATTACHED) {
        ds_put_format(s, " (%s)", claim_kind_to_string(claim->kind));
    }
    ds_put_char(s, '\n');
}

/* Appends the MAC table of 'mb' to 's'. */
void
mbridge_format_fdb(struct ds *s, const struct mbridge *mb)
{
    const struct mac_table *mac_table
        = plan_mac_table(mbridge_plan(mb));
    const struct mac_entry **entries = mac_table_sort(mac_table);

    ds_put_format(s, " port  VLAN       MAC                interface"
                  "        state\n");
    for (const struct mac_entry **entry = entries; *entry; entry++) {
        for (size_t i = 0; i < (*entry)->n_claims; i++) {
            format_claim(s, mb, *entry, &(*entry)->claims[i]);
        }
    }
    free(entries);
}

/* Appends the plan of 'mb' to 's'. */
void
mbridge_format_plan(struct ds *s, const struct mbridge *mb)
{
    plan_format(s, mbridge_plan(mb));
}

static void
format_ports(struct ds *s, const struct plan *plan)
{
    const struct vport **vports = plan_sort_ports(plan);

    for (const struct vport **p = vports; *p; p++) {
        const struct vport *vport = *p;

        ds_put_format(s, "    port %s: %s", vport->name,
                      vif_role_to_string(vport->role));
        if (!eth_addr_is_zero(vport->mac)) {
            ds_put_format(s, ", "ETH_ADDR_FMT, ETH_ADDR_ARGS(vport->mac));
        }
        if (vport->n_others) {
            ds_put_format(s, " and %"PRIuSIZE" more", vport->n_others);
        }
        if (vport->isolated) {
            ds_put_cstr(s, ", isolated");
        }
        ds_put_cstr(s, ", VLAN ");
        vlan_set_format(s, &vport->vlan.members);
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
