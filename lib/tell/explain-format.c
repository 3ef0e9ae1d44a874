/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/explain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "byte-order.h"
#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "lib/model/vport.h"
#include "lib/openflow/bridge-meters.h"
#include "lib/openflow/flow-dump.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/ometer.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/storm-limit.h"
#include "lib/tell/translation.h"
#include "lib/xml/netdef.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* Is what has verdict 'v' a difference from the plan? */
static bool
is_difference(enum explain_verdict v)
{
    return (v == EXPLAIN_CHANGED || v == EXPLAIN_STRANGER
            || v == EXPLAIN_IN_THE_WAY || v == EXPLAIN_MISSING);
}

/* Appends 'value' in three digits or so, as "1.2M". */
static void
put_human(struct ds *s, uint64_t value)
{
    static const char units[] = " kMGTPE";
    const char *unit = units;
    double v = value;

    while (v >= 999.95 && unit[1]) {
        v /= 1000;
        unit++;
    }
    if (unit == units) {
        ds_put_format(s, "%"PRIu64, value);
    } else {
        ds_put_format(s, "%.1f%c", v, *unit);
    }
}

/* Appends 'value' to 's', right-justified, with 'unit' behind. */
static void
put_column(struct ds *s, const struct dump_flow *dump, uint64_t value,
           const char *unit)
{
    struct ds human = DS_EMPTY_INITIALIZER;

    if (dump && dump->has_stats) {
        put_human(&human, value);
        ds_put_cstr(&human, unit);
    } else {
        ds_put_char(&human, '-');
    }
    ds_put_format(s, "%8s", ds_cstr(&human));
    ds_destroy(&human);
}

static void
put_table_heading(struct ds *s, uint8_t table_id)
{
    const char *purpose = pipeline_table_purpose(table_id);

    if (purpose) {
        ds_put_format(s, "%s (table %"PRIu8"): %s\n",
                      pipeline_table_to_string(table_id), table_id, purpose);
    } else {
        ds_put_format(s, "table %"PRIu8": none of ours\n", table_id);
    }
}

/* Appends to 's' whose 'f' is. */
static void
put_flow_origin(struct ds *s, const struct explanation *e,
                const struct explained_flow *f)
{
    ovs_be64 cookie = f->flow->cookie;

    if (!pipeline_cookie_is_ours(cookie)) {
        ds_put_format(s, "foreign, cookie 0x%"PRIx64, ntohll(cookie));
    } else if (f->verdict == EXPLAIN_STRANGER
               && pipeline_cookie_kind(cookie) != COOKIE_PORT) {
        ds_put_cstr(s, "stranger with our cookie");
    } else if (pipeline_cookie_kind(cookie) == COOKIE_PORT
               && !translation_knows_cookie(e->bridge, cookie)) {
        ds_put_format(s, "a port that is not known, hash 0x%08"PRIx32,
                      pipeline_cookie_hash(cookie));
    } else {
        translation_format_origin(s, e->bridge, cookie);
    }
}

/* The flow without its cookie and table, which stand in the headings. */
static void
put_flow(struct ds *s, const struct oflow *flow)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    oflow_format(&text, flow, NULL);
    const char *p = strchr(ds_cstr(&text), ',');
    p = p ? strchr(p + 1, ',') : NULL;
    printable_put(s, p ? p + 1 : ds_cstr(&text));
    ds_destroy(&text);
}

/* Appends whose the address is that 'flow' is about, if it may move. */
static void
put_shared(struct ds *s, const struct explanation *e, const struct oflow *flow)
{
    struct ds shared = DS_EMPTY_INITIALIZER;

    explanation_format_shared(&shared, e, flow);
    if (shared.length) {
        ds_put_format(s, "  (%s)", ds_cstr(&shared));
    }
    ds_destroy(&shared);
}

static void
format_flows(struct ds *s, const struct explanation *e, bool only_differences)
{
    struct ds last = DS_EMPTY_INITIALIZER;
    int table_id = -1;

    for (size_t i = 0; i < e->n_flows; i++) {
        const struct explained_flow *f = &e->flows[i];
        struct ds origin = DS_EMPTY_INITIALIZER;

        if (only_differences && !is_difference(f->verdict)) {
            continue;
        }
        if (f->flow->table_id != table_id) {
            ds_put_cstr(s, table_id >= 0 ? "\n" : "");
            table_id = f->flow->table_id;
            put_table_heading(s, table_id);
            ds_clear(&last);
        }
        put_flow_origin(&origin, e, f);
        if (strcmp(ds_cstr(&origin), ds_cstr(&last))) {
            ds_put_format(s, "  %s\n", ds_cstr(&origin));
            ds_swap(&origin, &last);
        }
        ds_destroy(&origin);

        put_column(s, f->dump, f->dump ? f->dump->n_packets : 0, "");
        ds_put_cstr(s, " pkts ");
        put_column(s, f->dump, f->dump ? f->dump->n_bytes : 0, "B");
        ds_put_cstr(s, "  ");
        if (is_difference(f->verdict)) {
            ds_put_format(s, "%s: ", explain_verdict_to_string(f->verdict));
        }
        put_flow(s, f->flow);
        put_shared(s, e, f->flow);
        ds_put_char(s, '\n');
    }
    ds_destroy(&last);
}

static void
put_group(struct ds *s, const struct explained_group *g)
{
    ds_put_format(s, "  group %"PRIu32": ", g->group_id);
    if (g->verdict == EXPLAIN_FOREIGN || g->verdict == EXPLAIN_STRANGER) {
        /* Its number need not stand for a block of VLANs. */
        ds_put_format(s, "%s, %"PRIuSIZE" buckets\n",
                      explain_verdict_to_string(g->verdict), g->n_buckets);
        return;
    }

    struct vlan_block block = pipeline_group_block(g->group_id);
    ds_put_format(s, "%sbroadcast receivers in VLAN",
                  pipeline_group_is_isolated(g->group_id) ? "isolated " : "");
    if (block.level) {
        ds_put_format(s, "s %u-%u: ", block.vid,
                      block.vid + (1 << block.level) - 1);
    } else {
        ds_put_format(s, " %u: ", block.vid);
    }
    ds_put_format(s, "%"PRIuSIZE, g->n_buckets);
    if (g->verdict != EXPLAIN_PLANNED && g->verdict != EXPLAIN_OURS) {
        ds_put_format(s, ", %s: there should be %"PRIuSIZE"%s",
                      explain_verdict_to_string(g->verdict), g->n_planned,
                      g->alien ? ", in a group of type all" : "");
    }
    ds_put_char(s, '\n');
}

/* Appends whose meter 'meter_id' is and which way. */
static void
put_meter_owner(struct ds *s, const struct explanation *e, uint32_t meter_id)
{
    const struct vport *vport = storm_limit_find_port(e->bridge->plan,
                                                      meter_id);
    const struct netdef *network;
    bool out;

    network = bridge_meters_find(&e->bridge->model, meter_id, &out);
    if (vport) {
        ds_put_cstr(s, "broadcast and multicast of port ");
        printable_put(s, vport->name);
    } else if (network) {
        ds_put_format(s, "what guests %s, network ", out ? "send" : "get");
        printable_put(s, network->name);
    } else {
        ds_put_cstr(s, "of no network");
    }
}

static void
put_meter(struct ds *s, const struct explanation *e,
          const struct explained_meter *m)
{
    const struct ometer *meter = m->seen ? m->seen : m->planned;

    ds_put_cstr(s, "  ");
    put_meter_owner(s, e, meter->meter_id);
    ds_put_cstr(s, "\n    ");
    if (m->verdict != EXPLAIN_PLANNED) {
        ds_put_format(s, "%s: ", explain_verdict_to_string(m->verdict));
    }
    if (meter->n_bands) {
        ometer_format(s, meter);
    } else {
        ds_put_format(s, "meter=%"PRIu32", of another kind than ours",
                      meter->meter_id);
    }
    if (m->verdict == EXPLAIN_CHANGED) {
        ds_put_cstr(s, "\n    there should be: ");
        ometer_format(s, m->planned);
    }
    ds_put_char(s, '\n');
}

/* Appends the meters of 'e', or those that are not as they should be, to what
 * 's' has from 'start' on. */
static void
format_meters(struct ds *s, size_t start, const struct explanation *e,
              bool only_differences)
{
    bool heading = false;

    for (size_t i = 0; i < e->n_meters; i++) {
        const struct explained_meter *m = &e->meters[i];

        if (!only_differences || is_difference(m->verdict)) {
            ds_put_cstr(s, heading ? ""
                        : s->length > start ? "\nmeters\n" : "meters\n");
            heading = true;
            put_meter(s, e, m);
        }
    }
}

static void
put_counts(struct ds *s, const struct explanation *e)
{
    const char *sep = "";

    for (size_t i = 0; i < EXPLAIN_N_VERDICTS; i++) {
        if (e->n[i]) {
            ds_put_format(s, "%s%"PRIuSIZE" %s", sep, e->n[i],
                          explain_verdict_to_string(i));
            sep = ", ";
        }
    }
    ds_put_cstr(s, *sep ? "\n" : "nothing\n");
}

/* Appends 'e' to 's', for people.  With 'only_differences', nothing but what
 * is not as it should be. */
void
explanation_format(struct ds *s, const struct explanation *e,
                   bool only_differences)
{
    size_t start = s->length;
    bool heading = false;

    format_flows(s, e, only_differences);
    for (size_t i = 0; i < e->n_groups; i++) {
        const struct explained_group *g = &e->groups[i];

        if (only_differences && !is_difference(g->verdict)) {
            continue;
        }
        if (!heading) {
            ds_put_cstr(s, s->length > start ? "\ngroups\n" : "groups\n");
            heading = true;
        }
        put_group(s, g);
    }
    format_meters(s, start, e, only_differences);
    ds_put_format(s, "%sbridge ", s->length > start ? "\n" : "");
    printable_put(s, e->bridge->name);
    ds_put_cstr(s, ": ");
    put_counts(s, e);
}

static struct json_t *
meter_to_json(const struct explanation *e, const struct explained_meter *m)
{
    const struct ometer *meter = m->seen ? m->seen : m->planned;
    struct json_t *json = jvalue_object();
    struct ds s = DS_EMPTY_INITIALIZER;
    const struct vport *vport;
    const struct netdef *network;
    bool out;

    ometer_format(&s, meter);
    jvalue_put_string(json, "meter", ds_cstr(&s));
    ds_destroy(&s);
    jvalue_put_string(json, "verdict", explain_verdict_to_string(m->verdict));
    network = bridge_meters_find(&e->bridge->model, meter->meter_id, &out);
    if (network) {
        jvalue_put_string(json, "network", network->name);
        jvalue_put_string(json, "direction", out ? "out" : "in");
    }
    vport = storm_limit_find_port(e->bridge->plan, meter->meter_id);
    if (vport) {
        jvalue_put_string(json, "port", vport->name);
    }
    return json;
}

static struct json_t *
flow_to_json(const struct explanation *e, const struct explained_flow *f)
{
    struct json_t *json = jvalue_object();
    struct ds s = DS_EMPTY_INITIALIZER;

    oflow_format(&s, f->flow, NULL);
    jvalue_put_string(json, "flow", ds_cstr(&s));
    ds_destroy(&s);
    jvalue_put_string(json, "verdict", explain_verdict_to_string(f->verdict));
    jvalue_put_integer(json, "table", f->flow->table_id);
    if (pipeline_table_purpose(f->flow->table_id)) {
        jvalue_put_string(json, "stage",
                          pipeline_table_to_string(f->flow->table_id));
    }
    if (pipeline_cookie_is_ours(f->flow->cookie)) {
        jvalue_put(json, "origin",
                   translation_origin_to_json(e->bridge, f->flow->cookie));
    }
    struct ds shared = DS_EMPTY_INITIALIZER;
    explanation_format_shared(&shared, e, f->flow);
    if (shared.length) {
        jvalue_put_string(json, "shared", ds_cstr(&shared));
    }
    ds_destroy(&shared);
    if (f->dump) {
        jvalue_put_integer(json, "line", f->dump->line);
    }
    if (f->dump && f->dump->has_stats) {
        jvalue_put_integer(json, "packets", f->dump->n_packets);
        jvalue_put_integer(json, "bytes", f->dump->n_bytes);
    }
    return json;
}

/* Returns 'e' as an object, which the caller must destroy. */
struct json_t *
explanation_to_json(const struct explanation *e)
{
    struct json_t *flows = jvalue_array();
    struct json_t *groups = jvalue_array();
    struct json_t *meters = jvalue_array();
    struct json_t *counts = jvalue_object();
    struct json_t *json = jvalue_object();

    for (size_t i = 0; i < e->n_flows; i++) {
        jvalue_add(flows, flow_to_json(e, &e->flows[i]));
    }
    for (size_t i = 0; i < e->n_groups; i++) {
        const struct explained_group *g = &e->groups[i];
        struct json_t *group = jvalue_object();

        jvalue_put_integer(group, "group_id", g->group_id);
        jvalue_put_string(group, "verdict",
                          explain_verdict_to_string(g->verdict));
        jvalue_put_integer(group, "buckets", g->n_buckets);
        jvalue_put_integer(group, "planned", g->n_planned);
        jvalue_add(groups, group);
    }
    for (size_t i = 0; i < e->n_meters; i++) {
        jvalue_add(meters, meter_to_json(e, &e->meters[i]));
    }
    for (size_t i = 0; i < EXPLAIN_N_VERDICTS; i++) {
        jvalue_put_integer(counts, explain_verdict_to_string(i), e->n[i]);
    }
    jvalue_put_string(json, "bridge", e->bridge->name);
    jvalue_put(json, "flows", flows);
    jvalue_put(json, "groups", groups);
    jvalue_put(json, "meters", meters);
    jvalue_put(json, "counts", counts);
    return json;
}
