/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/plan-format.h"

#include <stdlib.h>

#include "byte-order.h"
#include "lib/base/printable.h"
#include "lib/model/vport.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/ometer.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"

/* Appends whose flows those with 'cookie' are. */
static void
format_origin(struct ds *s, ovs_be64 cookie, const void *plan_)
{
    const struct plan *plan = plan_;
    const struct vport *vport = plan_find_cookie(plan, cookie);

    if (plan_cookie_is_outside(cookie)) {
        ds_put_cstr(s, "the "MAC_OUTSIDE);
        return;
    } else if (!vport) {
        ds_put_cstr(s, "bridge");
        return;
    }
    ds_put_format(s, "%s ", vif_role_to_string(vport->role));
    printable_put(s, vport->name);
    if (!eth_addr_is_zero(vport->mac)) {
        ds_put_char(s, ' ');
        printable_put_mac(s, vport->mac);
    }
    ds_put_cstr(s, ", VLAN ");
    vlan_set_format_short(s, &vport->vlan.members);
}

static void
format_groups(struct ds *s, const struct plan *plan, enum plan_parts parts)
{
    const struct oflow_table *desired = plan_desired(plan);
    const struct ogroup **groups = oflow_table_sort_groups(desired);

    for (size_t i = 0; i < oflow_table_count_groups(desired); i++) {
        const struct obucket **buckets = ogroup_sort_buckets(groups[i]);
        struct vlan_block block = pipeline_group_block(groups[i]->group_id);

        ds_put_format(s, "# %sbroadcast receivers in VLAN",
                      (pipeline_group_is_isolated(groups[i]->group_id)
                       ? "isolated " : ""));
        if (block.level) {
            ds_put_format(s, "s %u-%u\n",
                          block.vid, block.vid + (1 << block.level) - 1);
        } else {
            ds_put_format(s, " %u\n", block.vid);
        }
        ds_put_format(s, "%sgroup_id=%"PRIu32",type=all",
                      parts & PLAN_KEYWORDS ? "group add " : "",
                      groups[i]->group_id);
        for (size_t j = 0; j < hmap_count(&groups[i]->buckets); j++) {
            ds_put_char(s, ',');
            obucket_format(s, buckets[j], NULL);
        }
        ds_put_char(s, '\n');
        free(buckets);
    }
    free(groups);
}

static void
format_flows(struct ds *s, const struct plan *plan, enum plan_parts parts,
             plan_origin_cb *origin, const void *aux)
{
    const struct oflow_table *desired = plan_desired(plan);
    const struct oflow **flows = oflow_table_sort_flows(desired);
    ovs_be64 cookie = htonll(0);
    int table_id = -1;

    for (size_t i = 0; i < oflow_table_count_flows(desired); i++) {
        const struct oflow *flow = flows[i];

        if (flow->table_id != table_id) {
            table_id = flow->table_id;
            cookie = htonll(0);
            ds_put_format(s, "\n# %s: %s\n",
                          pipeline_table_to_string(table_id),
                          pipeline_table_purpose(table_id));
        }
        if (flow->cookie != cookie) {
            cookie = flow->cookie;
            ds_put_cstr(s, "# ");
            origin(s, cookie, aux);
            ds_put_char(s, '\n');
        }
        ds_put_cstr(s, parts & PLAN_KEYWORDS ? "flow add " : "");
        oflow_format(s, flow, NULL);
        ds_put_char(s, '\n');
    }
    free(flows);
}

/* Meters, of which "ovs-ofctl bundle" takes none. */
static void
format_meters(struct ds *s, const struct plan *plan)
{
    const struct ometers *meters = plan_meters(plan);

    for (size_t i = 0; i < meters->n; i++) {
        ds_put_cstr(s, "# add-meter ");
        ometer_format(s, &meters->meters[i]);
        ds_put_char(s, '\n');
    }
}

/* Appends those of the 'parts' of 'plan' that are asked for to 's'.  'origin',
 * called with 'aux', says in comments whose the flows are. */
void
plan_format_parts(struct ds *s, const struct plan *plan,
                  enum plan_parts parts, plan_origin_cb *origin,
                  const void *aux)
{
    format_meters(s, plan);
    if (parts & PLAN_GROUPS) {
        format_groups(s, plan, parts);
    }
    if (parts & PLAN_FLOWS) {
        format_flows(s, plan, parts, origin, aux);
    }
}

/* Appends 'plan' to 's', as "ovs-ofctl bundle" takes it. */
void
plan_format(struct ds *s, const struct plan *plan)
{
    plan_format_parts(s, plan, PLAN_GROUPS | PLAN_FLOWS | PLAN_KEYWORDS,
                      format_origin, plan);
}
