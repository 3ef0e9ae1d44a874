/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "plan-format.h"

#include <stdlib.h>

#include "compile.h"
#include "oflow-table.h"
#include "oflow.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "byte-order.h"
#include "pipeline.h"
#include "plan.h"

/* What each table is for, as a heading. */
static const char *
table_purpose(uint8_t table_id)
{
    switch (table_id) {
#define PIPELINE_TABLE(ENUM, NUMBER, WHAT) case NUMBER: return WHAT;
        PIPELINE_TABLES
#undef PIPELINE_TABLE
    default:
        return "";
    }
}

/* Appends whose flows those with 'cookie' are, as a comment. */
static void
format_origin(struct ds *s, const struct plan *plan, ovs_be64 cookie)
{
    const char *name = plan_cookie_origin(plan, cookie);
    const struct vport *vport = name ? plan_find_port(plan, name) : NULL;

    if (!vport) {
        ds_put_cstr(s, "# bridge\n");
        return;
    }
    ds_put_format(s, "# %s %s", vif_role_to_string(vport->role), name);
    if (!eth_addr_is_zero(vport->mac)) {
        ds_put_format(s, " "ETH_ADDR_FMT, ETH_ADDR_ARGS(vport->mac));
    }
    ds_put_cstr(s, ", VLAN ");
    vlan_set_format(s, &vport->vlan.members);
    ds_put_char(s, '\n');
}

static void
format_groups(struct ds *s, const struct plan *plan)
{
    const struct oflow_table *desired = plan_desired(plan);
    const struct ogroup **groups = oflow_table_sort_groups(desired);

    for (size_t i = 0; i < oflow_table_count_groups(desired); i++) {
        const struct obucket **buckets = ogroup_sort_buckets(groups[i]);
        struct vlan_block block = pipeline_group_block(groups[i]->group_id);

        if (block.level) {
            ds_put_format(s, "# broadcast receivers in VLANs %u-%u\n",
                          block.vid, block.vid + (1 << block.level) - 1);
        } else {
            ds_put_format(s, "# broadcast receivers in VLAN %u\n", block.vid);
        }
        ds_put_format(s, "group add group_id=%"PRIu32",type=all",
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

/* Appends 'plan' to 's', sorted. */
void
plan_format(struct ds *s, const struct plan *plan)
{
    const struct oflow_table *desired = plan_desired(plan);
    const struct oflow **flows = oflow_table_sort_flows(desired);
    ovs_be64 cookie = htonll(0);
    int table_id = -1;

    format_groups(s, plan);
    for (size_t i = 0; i < oflow_table_count_flows(desired); i++) {
        const struct oflow *flow = flows[i];

        if (flow->table_id != table_id) {
            table_id = flow->table_id;
            cookie = htonll(0);
            ds_put_format(s, "\n# %s: %s\n",
                          pipeline_table_to_string(table_id),
                          table_purpose(table_id));
        }
        if (flow->cookie != cookie) {
            cookie = flow->cookie;
            format_origin(s, plan, cookie);
        }
        ds_put_cstr(s, "flow add ");
        oflow_format(s, flow, NULL);
        ds_put_char(s, '\n');
    }
    free(flows);
}
