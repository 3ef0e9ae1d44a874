/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/plan.h"

#include "flow.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan-private.h"
#include "openvswitch/match.h"
#include "sset.h"

/* What a switch is found to hold, in the words of a plan. */

/* Is 'flow', which belongs to a port, one by which frames for an address of
 * its guest get there? */
bool
plan_flow_delivers(const struct oflow *flow)
{
    return (pipeline_table_today(flow->table_id) == TABLE_FORWARD
            && flow->priority <= PRIORITY_FORWARD_ISOLATED);
}

/* Is 'flow' one by which frames of a port come in, or are dropped at once?
 * Then stores its number into '*ofport', and into '*network' whether it was of
 * the network side, by this flow. */
bool
plan_flow_enters(const struct oflow *flow, ofp_port_t *ofport, bool *network)
{
    struct match match;

    if (flow->table_id != TABLE_ADMIT
        || pipeline_cookie_kind(flow->cookie) != COOKIE_PORT) {
        return false;
    }
    minimatch_expand(&flow->match, &match);
    *ofport = match.flow.in_port.ofp_port;
    *network = (pipeline_get_marks(flow->ofpacts, flow->ofpacts_len)
                & 1 << REG0_FROM_NETWORK_BIT) != 0;
    return true;
}

/* Is the first member of 'bundle' the one that 'bucket' has if nobody has
 * moved it? */
static bool
is_at_home(const struct ofpact_bundle *bundle, size_t bucket)
{
    size_t rank = 0;

    for (size_t i = 1; i < bundle->n_members; i++) {
        rank += (ofp_to_u16(bundle->members[i])
                 < ofp_to_u16(bundle->members[0]));
    }
    return rank == bucket % bundle->n_members;
}

/* Is 'flow' one that says by which member of a bond a bucket leaves?  Then
 * notes in 'buckets' if somebody has moved it. */
bool
plan_find_bucket(const struct oflow *flow, struct bond_buckets *buckets)
{
    const struct ofpact *a = flow->ofpacts;
    struct match match;

    if (flow->table_id != TABLE_BUCKETS
        || pipeline_cookie_kind(flow->cookie) != COOKIE_BRIDGE
        || !flow->ofpacts_len || a->type != OFPACT_BUNDLE
        || !ofpact_get_BUNDLE(a)->n_members) {
        return false;
    }
    minimatch_expand(&flow->match, &match);

    const struct ofpact_bundle *bundle = ofpact_get_BUNDLE(a);
    uint32_t bucket = match.flow.regs[PIPELINE_PLACE_REG];
    if (bucket >= BOND_BUCKETS) {
        return false;
    }
    buckets->members[bucket] = (is_at_home(bundle, bucket) ? OFPP_NONE
                                : bundle->members[0]);
    return true;
}

/* Tells 'plan', before its first plan_run(), which port each MAC address
 * belongs to in 'installed', what a switch holds already.  Of several ports
 * that claim one address the one that had it keeps it, also over a restart of
 * this program.  So do the members of a bond that leaves by whom. */
void
plan_seed(struct plan *plan, const struct oflow_table *installed)
{
    struct bond_buckets buckets = plan->ctx.buckets;
    const struct oflow_node *node;

    HMAP_FOR_EACH (node, hmap_node, &installed->flows) {
        const struct oflow *flow = node->flow;

        if (plan_find_bucket(flow, &buckets)) {
            continue;
        } else if (pipeline_cookie_kind(flow->cookie) == COOKIE_PORT
            && plan_flow_delivers(flow)) {
            struct vlan_block block;
            struct match match;

            minimatch_expand(&flow->match, &match);
            if (pipeline_match_get_block(&match, &block)) {
                mac_table_seed(&plan->mac_table, match.flow.dl_dst, &block,
                               pipeline_cookie_hash(flow->cookie),
                               flow->since);
            }
        }
    }
    plan_set_buckets(plan, &buckets);
}

/* Adds to 'names' the ports of 'plan' that had their address in 'installed',
 * what a switch holds. */
void
plan_find_addressed(const struct plan *plan,
                    const struct oflow_table *installed, struct sset *names)
{
    const struct oflow_node *node;

    HMAP_FOR_EACH (node, hmap_node, &installed->flows) {
        const struct oflow *flow = node->flow;

        if (pipeline_cookie_kind(flow->cookie) == COOKIE_PORT
            && plan_flow_delivers(flow)) {
            const char *name = plan_cookie_origin(plan, flow->cookie);

            if (name) {
                sset_add(names, name);
            }
        }
    }
}

/* Calls 'cb' with 'aux' for each flow in 'installed', what a switch holds,
 * that was made for a port of 'plan'. */
void
plan_for_each_found(const struct plan *plan,
                    const struct oflow_table *installed,
                    plan_found_cb *cb, void *aux)
{
    const struct oflow_node *node;

    HMAP_FOR_EACH (node, hmap_node, &installed->flows) {
        const char *port = plan_cookie_origin(plan, node->flow->cookie);

        if (port) {
            cb(port, node->flow, aux);
        }
    }
}
