/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/explain.h"

#include <stdlib.h>
#include <string.h>

#include "byte-order.h"
#include "lib/openflow/flow-dump.h"
#include "lib/openflow/foreign.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/ometer.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "lib/tell/translation.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"
#include "util.h"

const char *
explain_verdict_to_string(enum explain_verdict verdict)
{
    static const char *const names[] = {
#define EXPLAIN_VERDICT(ENUM, NAME) NAME,
        EXPLAIN_VERDICTS
#undef EXPLAIN_VERDICT
    };

    return names[verdict];
}

static void
put_actions(struct ds *s, const struct ofpact *ofpacts, size_t ofpacts_len)
{
    struct ofpact_format_params fp = { .s = s };

    ofpacts_format(ofpacts, ofpacts_len, &fp);
}

/* Appends to 's' the 'ofpacts' as a switch reports them over 'version': where
 * a version has no word for an action it has others.  'instructions' says
 * whether they are a flow's, not a bucket's.  Returns false if that cannot
 * be. */
static bool
put_actions_for_version(struct ds *s, const struct ofpact *ofpacts,
                        size_t ofpacts_len, enum ofp_version version,
                        bool instructions)
{
    struct ofpbuf openflow, decoded;
    enum ofperr error;

    ofpbuf_init(&openflow, 0);
    ofpbuf_init(&decoded, 0);
    if (version == OFP10_VERSION || !instructions) {
        ofpacts_put_openflow_actions(ofpacts, ofpacts_len, &openflow, version);
        error = ofpacts_pull_openflow_actions(&openflow, openflow.size,
                                              version, NULL, NULL, &decoded);
    } else {
        ofpacts_put_openflow_instructions(ofpacts, ofpacts_len, &openflow,
                                          version);
        error = ofpacts_pull_openflow_instructions(
            &openflow, openflow.size, version, NULL, NULL, &decoded);
    }
    if (!error) {
        /* Values of ours forget by which code an action came. */
        struct obucket *bucket = obucket_create(0, 0, htonll(0), &decoded);

        put_actions(s, bucket->ofpacts, bucket->ofpacts_len);
        obucket_unref(bucket);
    }
    ofpbuf_uninit(&openflow);
    ofpbuf_uninit(&decoded);
    return !error;
}

/* Does 'seen' do what 'planned' does, in the words of some version? */
static bool
same_actions(const struct ofpact *seen, size_t seen_len,
             const struct ofpact *planned, size_t planned_len,
             bool instructions)
{
    static const enum ofp_version versions[] = {
        OFP15_VERSION, OFP14_VERSION, OFP13_VERSION, OFP12_VERSION,
        OFP11_VERSION, OFP10_VERSION,
    };
    struct ds a = DS_EMPTY_INITIALIZER;
    bool same = ofpacts_equal(seen, seen_len, planned, planned_len);

    put_actions(&a, seen, seen_len);
    for (size_t i = 0; !same && i < ARRAY_SIZE(versions); i++) {
        struct ds b = DS_EMPTY_INITIALIZER;

        same = (put_actions_for_version(&b, planned, planned_len, versions[i],
                                        instructions)
                && !strcmp(ds_cstr(&a), ds_cstr(&b)));
        ds_destroy(&b);
    }
    ds_destroy(&a);
    return same;
}

static enum explain_verdict
judge_flow(const struct oflow *seen, const struct oflow_table *desired,
           bool complete)
{
    const struct oflow *planned = oflow_table_find(desired, seen);

    if (pipeline_is_learned(seen->table_id, seen->cookie)) {
        return EXPLAIN_LEARNED;
    } else if (!pipeline_cookie_is_ours(seen->cookie)) {
        return (foreign_can_win(seen, desired) ? EXPLAIN_IN_THE_WAY
                : EXPLAIN_FOREIGN);
    } else if (planned) {
        return (seen->cookie == planned->cookie
                && same_actions(seen->ofpacts, seen->ofpacts_len,
                                planned->ofpacts, planned->ofpacts_len, true)
                ? EXPLAIN_PLANNED : EXPLAIN_CHANGED);
    }
    return complete ? EXPLAIN_STRANGER : EXPLAIN_OURS;
}

static int
compare_flows(const void *a_, const void *b_)
{
    const struct explained_flow *a = a_;
    const struct explained_flow *b = b_;
    return oflow_compare(a->flow, b->flow);
}

static void
explain_flows(struct explanation *e, const struct flow_dump *dump,
              bool complete)
{
    const struct oflow_table *desired = plan_desired(e->bridge->plan);
    struct oflow_table seen;
    const struct oflow_node *node;

    e->flows = xcalloc(MAX(1, dump->n_flows
                           + oflow_table_count_flows(desired)),
                       sizeof *e->flows);
    oflow_table_init(&seen);
    for (size_t i = 0; i < dump->n_flows; i++) {
        const struct oflow *flow = dump->flows[i].flow;

        oflow_table_put(&seen, flow);
        e->flows[e->n_flows++] = (struct explained_flow) {
            .verdict = judge_flow(flow, desired, complete),
            .flow = flow,
            .dump = &dump->flows[i],
        };
    }
    HMAP_FOR_EACH (node, hmap_node, &desired->flows) {
        if (complete && !oflow_table_find(&seen, node->flow)) {
            e->flows[e->n_flows++] = (struct explained_flow) {
                .verdict = EXPLAIN_MISSING,
                .flow = node->flow,
            };
        }
    }
    oflow_table_uninit(&seen);
    qsort(e->flows, e->n_flows, sizeof *e->flows, compare_flows);
}

/* Has 'group' a bucket like 'seen'?  Before OpenFlow 1.5 there are no numbers
 * of buckets, so that any bucket will do that does the same. */
static bool
has_bucket(const struct ogroup *group, const struct obucket *seen)
{
    const struct obucket_node *node;

    HMAP_FOR_EACH (node, hmap_node, &group->buckets) {
        if (same_actions(seen->ofpacts, seen->ofpacts_len,
                         node->bucket->ofpacts, node->bucket->ofpacts_len,
                         false)) {
            return true;
        }
    }
    return false;
}

static enum explain_verdict
judge_group(const struct dump_group *seen, const struct ogroup *planned,
            bool complete)
{
    if (!planned) {
        return (!pipeline_group_is_ours(seen->group_id) ? EXPLAIN_FOREIGN
                : complete || !pipeline_group_is_sound(seen->group_id)
                ? EXPLAIN_STRANGER : EXPLAIN_OURS);
    } else if (seen->alien) {
        return EXPLAIN_CHANGED;
    }
    for (size_t i = 0; i < seen->n_buckets; i++) {
        if (!has_bucket(planned, seen->buckets[i])) {
            return EXPLAIN_CHANGED;
        }
    }
    return (seen->n_buckets == hmap_count(&planned->buckets)
            ? EXPLAIN_PLANNED : EXPLAIN_CHANGED);
}

static int
compare_groups(const void *a_, const void *b_)
{
    const struct explained_group *a = a_;
    const struct explained_group *b = b_;
    return a->group_id < b->group_id ? -1 : a->group_id > b->group_id;
}

static void
explain_groups(struct explanation *e, const struct flow_dump *dump,
               bool complete)
{
    const struct oflow_table *desired = plan_desired(e->bridge->plan);
    const struct ogroup *group;

    e->groups = xcalloc(MAX(1, dump->n_groups
                            + oflow_table_count_groups(desired)),
                        sizeof *e->groups);
    for (size_t i = 0; i < dump->n_groups; i++) {
        const struct dump_group *dg = &dump->groups[i];

        group = oflow_table_find_group(desired, dg->group_id);
        e->groups[e->n_groups++] = (struct explained_group) {
            .verdict = judge_group(dg, group, complete),
            .group_id = dg->group_id,
            .alien = dg->alien,
            .n_buckets = dg->n_buckets,
            .n_planned = group ? hmap_count(&group->buckets) : 0,
        };
    }

    size_t n_seen = e->n_groups;
    HMAP_FOR_EACH (group, hmap_node, &desired->groups) {
        size_t i = 0;

        while (i < n_seen && e->groups[i].group_id != group->group_id) {
            i++;
        }
        if (complete && i == n_seen) {
            e->groups[e->n_groups++] = (struct explained_group) {
                .verdict = EXPLAIN_MISSING,
                .group_id = group->group_id,
                .n_planned = hmap_count(&group->buckets),
            };
        }
    }
    qsort(e->groups, e->n_groups, sizeof *e->groups, compare_groups);
}

/* Of meters we know only those that are ours. */
static void
explain_meters(struct explanation *e, const struct flow_dump *dump)
{
    const struct ometers *planned = plan_meters(e->bridge->plan);

    e->meters = xcalloc(MAX(1, dump->meters.n + planned->n),
                        sizeof *e->meters);
    for (size_t i = 0; i < dump->meters.n; i++) {
        struct explained_meter *m = &e->meters[e->n_meters++];

        m->seen = &dump->meters.meters[i];
        m->planned = ometers_find(planned, m->seen->meter_id);
        m->verdict = (!m->planned ? EXPLAIN_STRANGER
                      : ometer_equals(m->seen, m->planned) ? EXPLAIN_PLANNED
                      : EXPLAIN_CHANGED);
    }
    for (size_t i = 0; i < planned->n; i++) {
        if (!ometers_find(&dump->meters, planned->meters[i].meter_id)) {
            e->meters[e->n_meters++] = (struct explained_meter) {
                .verdict = EXPLAIN_MISSING,
                .planned = &planned->meters[i],
            };
        }
    }
}

/* Initializes 'e' to what 'dump' is in the light of 'bridge', both of which
 * must outlive it.  'complete' says whether all ports of the bridge are known,
 * without which nobody can say what is missing. */
void
explanation_init(struct explanation *e,
                 const struct translation_bridge *bridge,
                 const struct flow_dump *dump, bool complete)
{
    *e = (struct explanation) { .bridge = bridge };
    explain_flows(e, dump, complete && dump->has_flows);
    explain_groups(e, dump, complete && dump->has_groups);
    if (complete && dump->has_meters) {
        explain_meters(e, dump);
    }
    for (size_t i = 0; i < e->n_flows; i++) {
        e->n[e->flows[i].verdict]++;
    }
    for (size_t i = 0; i < e->n_groups; i++) {
        e->n[e->groups[i].verdict]++;
    }
    for (size_t i = 0; i < e->n_meters; i++) {
        e->n[e->meters[i].verdict]++;
    }
}

/* Frees what 'e' holds, but not 'e' itself. */
void
explanation_uninit(struct explanation *e)
{
    free(e->flows);
    free(e->groups);
    free(e->meters);
}
