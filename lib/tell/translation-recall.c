/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/translation.h"

#include "lib/model/bond-buckets.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/flow-dump.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "openvswitch/match.h"

/* What no definition says, since guests decide it: who has an address that
 * several may have, which addresses a guest has changed to, and, by how much
 * they send, by which member of a bond that leaves. */

/* Has the guest of 'vport', one of 'plan', 'mac' as well, if it may follow. */
static void
follow(struct plan *plan, const struct vport *vport, struct eth_addr mac)
{
    size_t n = 0;

    for (size_t i = 0; i < vport->n_others; i++) {
        n += vport->others[i].kind == CLAIM_ANNOUNCED;
    }
    if (!vport->sticky && n < vport->follow_limit
        && !vport_has_mac(vport, mac)) {
        struct vport new;

        vport_clone(&new, vport);
        vport_add_mac(&new, mac, CLAIM_ANNOUNCED);
        plan_set_port(plan, &new);
        vport_uninit(&new);
    }
}

/* Takes from 'flow', if it is one of FORWARD, whose its address was. */
static void
recall_flow(struct plan *plan, const struct oflow *flow)
{
    const struct vport *vport = plan_find_cookie(plan, flow->cookie);
    struct vlan_block block;
    struct match match;

    if (!pipeline_cookie_is_ours(flow->cookie)
        || pipeline_cookie_kind(flow->cookie) != COOKIE_PORT
        || flow->table_id != TABLE_FORWARD) {
        return;
    }
    minimatch_expand(&flow->match, &match);
    if (!pipeline_match_get_block(&match, &block)) {
        return;
    } else if (flow->priority == PRIORITY_FORWARD_FOLLOWED && vport) {
        follow(plan, vport, match.flow.dl_dst);
    } else if (flow->priority == PRIORITY_FORWARD_MAC && vport) {
        plan_take_mac(plan, vport->name, match.flow.dl_dst, &block);
    } else if (flow->priority == PRIORITY_FORWARD_MAC
               && plan_cookie_is_outside(flow->cookie)) {
        plan_take_mac(plan, MAC_OUTSIDE, match.flow.dl_dst, &block);
    }
}

/* Has the plan of 'bridge' be what it is once guests have done what they must
 * have done by 'dump', that of its switch. */
void
translation_recall(const struct translation_bridge *bridge,
                   const struct flow_dump *dump)
{
    struct bond_buckets buckets = plan_get_ctx(bridge->plan)->buckets;

    for (size_t i = 0; i < dump->n_flows; i++) {
        if (!plan_find_bucket(dump->flows[i].flow, &buckets)) {
            recall_flow(bridge->plan, dump->flows[i].flow);
        }
    }
    plan_set_buckets(bridge->plan, &buckets);
    plan_run(bridge->plan);
}
