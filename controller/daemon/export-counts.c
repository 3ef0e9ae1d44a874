/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/export-counts.h"

#include "controller/daemon/mbridge.h"
#include "controller/switch/ofctrl.h"
#include "flow.h"
#include "lib/base/guards.h"
#include "lib/base/jvalue.h"
#include "lib/model/vport.h"
#include "lib/openflow/bridge-meters.h"
#include "lib/openflow/flow-dump.h"
#include "lib/openflow/foreign.h"
#include "lib/openflow/guard.h"
#include "lib/openflow/meter-sync.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "lib/openflow/storm-limit.h"
#include "lib/openflow/switch-commit.h"
#include "util.h"

static void
add_to_member(struct json_t *json, const char *name, long long int value)
{
    jvalue_put_integer(json, name, jvalue_get_integer(json, name) + value);
}

/* Adds to member "drops" of 'json' what 'df', a flow of ours that drops, has
 * dropped, by table. */
static void
add_drops(struct json_t *json, const struct dump_flow *df)
{
    const char *table = pipeline_table_to_string(df->flow->table_id);

    if (!jvalue_get(json, "drops")) {
        jvalue_put(json, "drops", jvalue_object());
    }
    add_to_member(jvalue_get(json, "drops"), table ? table : "?",
                  df->n_packets);
}

/* Adds to member "stopped" of 'port' what of 'kind' was stopped. */
static void
add_kind(struct json_t *port, const char *kind, long long int n_packets)
{
    if (!jvalue_get(port, "stopped")) {
        jvalue_put(port, "stopped", jvalue_object());
    }
    add_to_member(jvalue_get(port, "stopped"), kind, n_packets);
}

/* Adds to 'port' what 'df', a flow of it that drops, has stopped, if that is
 * one of its guards' or its filter's. */
static void
add_stopped(struct json_t *port, const struct dump_flow *df)
{
    struct match match;

    minimatch_expand(&df->flow->match, &match);
    const char *kind = guard_stop_to_string(df->flow->table_id, &match);
    if (kind) {
        add_kind(port, kind, df->n_packets);
    }
}

/* Adds to each of 'ports' what its storm limit has stopped. */
static void
put_storms(struct json_t *ports, const struct mbridge *mb,
           const struct flow_dump *dump)
{
    for (size_t i = 0; i < dump->n_meter_stats; i++) {
        const struct meter_stats *stats = &dump->meter_stats[i];
        const struct vport *vport
            = mbridge_find_vport(mb, storm_limit_ofport(stats->meter_id));
        struct json_t *port = (vport && vport->storm
                               ? jvalue_get(ports, vport->name) : NULL);

        if (port) {
            add_kind(port, guard_to_string(GUARD_STORM), stats->n_dropped);
        }
    }
}

/* Adds to each of 'ports' what 'dump' counted of it: frames from it in ADMIT,
 * frames to its address in FORWARD, and frames that its own flows drop, by
 * table and, where that was to keep its guest from something, by kind. */
void
export_port_stats(struct json_t *ports, const struct mbridge *mb,
               const struct flow_dump *dump)
{
    for (size_t i = 0; i < dump->n_flows; i++) {
        const struct dump_flow *df = &dump->flows[i];
        const char *name = plan_cookie_origin(mbridge_plan(mb),
                                              df->flow->cookie);
        struct json_t *port = name ? jvalue_get(ports, name) : NULL;

        if (!port || !df->has_stats
            || !pipeline_cookie_is_ours(df->flow->cookie)) {
            continue;
        }
        if (guard_flow_drops(df->flow)) {
            add_drops(port, df);
            add_stopped(port, df);
        } else if (df->flow->table_id == TABLE_ADMIT) {
            add_to_member(port, "tx_packets", df->n_packets);
            add_to_member(port, "tx_bytes", df->n_bytes);
        } else if (plan_flow_delivers(df->flow)) {
            add_to_member(port, "rx_packets", df->n_packets);
            add_to_member(port, "rx_bytes", df->n_bytes);
        }
    }
    put_storms(ports, mb, dump);
}

/* Adds to 'bridge' what our own flows have dropped, by table. */
void
export_drops(struct json_t *bridge, const struct flow_dump *dump)
{
    for (size_t i = 0; i < dump->n_flows; i++) {
        const struct dump_flow *df = &dump->flows[i];

        if (df->has_stats && guard_flow_drops(df->flow)
            && pipeline_cookie_is_ours(df->flow->cookie)) {
            add_drops(bridge, df);
        }
    }
}

/* Returns what is in the plan and in the switch, and what has been sent. */
struct json_t *
export_counts(const struct mbridge *mb, const struct ofctrl *ofctrl)
{
    const struct oflow_table *desired = plan_desired(mbridge_plan(mb));
    const struct oflow_table *installed = ofctrl_get_installed(ofctrl);
    const struct switch_commit_stats *stats = ofctrl_get_stats(ofctrl);
    const struct meter_sync *ms = ofctrl_get_meters(ofctrl);
    struct json_t *latency = jvalue_array();
    struct json_t *json = jvalue_object();

    jvalue_put_integer(json, "flows_planned",
                       oflow_table_count_flows(desired));
    jvalue_put_integer(json, "flows_installed",
                       oflow_table_count_flows(installed));
    jvalue_put_integer(json, "groups_planned",
                       oflow_table_count_groups(desired));
    jvalue_put_integer(json, "groups_installed",
                       oflow_table_count_groups(installed));
    jvalue_put_integer(json, "meters_planned",
                       plan_meters(mbridge_plan(mb))->n);
    jvalue_put_integer(json, "meters_installed", ms->installed.n);
    jvalue_put_integer(json, "meter_mods", ms->n_mods);
    jvalue_put_integer(json, "bundles", stats->n_bundles);
    jvalue_put_integer(json, "flow_mods", stats->n_flow_mods);
    jvalue_put_integer(json, "group_mods", stats->n_group_mods);
    jvalue_put_integer(json, "foreign_flows",
                       foreign_count(ofctrl_get_foreign(ofctrl)));
    jvalue_put_integer(json, "errors", stats->n_errors);
    jvalue_put_integer(json, "frames", mbridge_count_frames(mb));
    jvalue_put_integer(json, "moves", mbridge_count_moves(mb, false));
    jvalue_put_integer(json, "moves_refused", mbridge_count_moves(mb, true));
    jvalue_put_integer(json, "connections", ofctrl_count_connects(ofctrl));
    for (size_t i = 0; i <= SWITCH_COMMIT_N_LATENCIES; i++) {
        jvalue_add(latency, jvalue_integer(stats->latency[i]));
    }
    jvalue_put(json, "latency_counts", latency);
    jvalue_put_integer(json, "latency_sum_ms", stats->latency_sum);
    return json;
}

/* Adds to 'json' what meter 'meter_id' has dropped by 'dump'. */
static void
put_meter_stats(struct json_t *json, uint32_t meter_id,
                const struct flow_dump *dump)
{
    for (size_t i = 0; dump && i < dump->n_meter_stats; i++) {
        if (dump->meter_stats[i].meter_id == meter_id) {
            jvalue_put_integer(json, "dropped_packets",
                               dump->meter_stats[i].n_dropped);
        }
    }
}

/* The meters of 'mb' that are for 'network', each of which limits a direction
 * of what all its guests get or send together, with what they have dropped by
 * 'dump', unless that is null. */
struct json_t *
export_meters(const struct mbridge *mb, const struct netdef *network,
              const struct flow_dump *dump)
{
    const struct ometers *planned = plan_meters(mbridge_plan(mb));
    const struct meter_sync *ms = ofctrl_get_meters(mbridge_ofctrl(mb));
    struct json_t *array = jvalue_array();

    for (size_t i = 0; i < planned->n; i++) {
        const struct ometer *meter = &planned->meters[i];
        const struct ometer *seen = ometers_find(&ms->installed,
                                                 meter->meter_id);
        struct json_t *json;
        bool out;

        if (bridge_meters_find(mbridge_model(mb), meter->meter_id, &out)
            != network) {
            continue;
        }
        json = jvalue_object();
        jvalue_put_integer(json, "meter_id", meter->meter_id);
        jvalue_put_string(json, "direction", out ? "out" : "in");
        jvalue_put_integer(json, "kbps", meter->bands[0].rate);
        if (meter->n_bands > 1) {
            jvalue_put_integer(json, "peak_kbps", meter->bands[1].rate);
        }
        jvalue_put_bool(json, "installed", seen && ometer_equals(seen, meter));
        put_meter_stats(json, meter->meter_id, dump);
        jvalue_add(array, json);
    }
    return array;
}
