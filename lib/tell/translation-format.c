/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/translation-format.h"

#include <stdlib.h>

#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "lib/tell/translation.h"
#include "openvswitch/json.h"
#include "packets.h"

static void
put_origin(struct ds *s, ovs_be64 cookie, const void *bridge)
{
    translation_format_origin(s, bridge, cookie);
}

/* Appends to 's' the flows and groups of 'bridge', as plan_format_parts() does
 * it, under a heading that says what takes them. */
void
translation_format_flows(struct ds *s, const struct translation_bridge *bridge,
                         enum plan_parts parts)
{
    ds_put_cstr(s, "# Bridge ");
    printable_put(s, bridge->name);
    ds_put_format(s, ", macTableManager %s.  For \"ovs-ofctl -O OpenFlow15 ",
                  plan_get_ctx(bridge->plan)->exact ? "libvirt" : "kernel");
    ds_put_cstr(s, (parts & PLAN_KEYWORDS ? "bundle"
                    : parts & PLAN_FLOWS ? "--bundle add-flows"
                    : "add-groups"));
    ds_put_cstr(s, " BRIDGE FILE\".\n");
    plan_format_parts(s, bridge->plan, parts, put_origin, bridge);
}

/* Returns 'diag' as an object.  'column' is 0 if it is unknown.  The caller
 * must destroy the result. */
struct json_t *
diag_to_json(const struct diag *diag, unsigned int column)
{
    const struct origin *origin = &diag->origin;
    struct json_t *json = jvalue_object();

    jvalue_put_string(json, "severity",
                      diag_severity_to_string(diag->severity));
    jvalue_put_string(json, "text", diag->text);
    if (origin->file) {
        jvalue_put_string(json, "file", origin->file);
    }
    if (origin->line) {
        jvalue_put_integer(json, "line", origin->line);
    }
    if (column) {
        jvalue_put_integer(json, "column", column);
    }
    if (origin->element) {
        jvalue_put_string(json, "element", origin->element);
    }
    return json;
}

/* Returns 'diags' as an array of objects, which the caller must destroy. */
struct json_t *
diags_to_json(const struct diag_list *diags)
{
    struct json_t *array = jvalue_array();

    for (size_t i = 0; i < diags->n; i++) {
        jvalue_add(array, diag_to_json(&diags->diags[i], 0));
    }
    return array;
}

static struct json_t *
flows_to_json(const struct translation_bridge *bridge)
{
    const struct oflow_table *desired = plan_desired(bridge->plan);
    const struct oflow **flows = oflow_table_sort_flows(desired);
    struct json_t *array = jvalue_array();

    for (size_t i = 0; i < oflow_table_count_flows(desired); i++) {
        struct json_t *json = jvalue_object();
        struct ds s = DS_EMPTY_INITIALIZER;

        oflow_format(&s, flows[i], NULL);
        jvalue_put_string(json, "flow", ds_cstr(&s));
        ds_destroy(&s);
        jvalue_put_integer(json, "table", flows[i]->table_id);
        jvalue_put_string(json, "stage",
                          pipeline_table_to_string(flows[i]->table_id));
        jvalue_put(json, "origin",
                   translation_origin_to_json(bridge, flows[i]->cookie));
        jvalue_add(array, json);
    }
    free(flows);
    return array;
}

static struct json_t *
buckets_to_json(const struct translation_bridge *bridge,
                const struct ogroup *group)
{
    const struct obucket **buckets = ogroup_sort_buckets(group);
    struct json_t *array = jvalue_array();

    for (size_t i = 0; i < hmap_count(&group->buckets); i++) {
        struct json_t *json = jvalue_object();
        struct ds s = DS_EMPTY_INITIALIZER;

        obucket_format(&s, buckets[i], NULL);
        jvalue_put_string(json, "bucket", ds_cstr(&s));
        ds_destroy(&s);
        jvalue_put(json, "origin",
                   translation_origin_to_json(bridge, buckets[i]->cookie));
        jvalue_add(array, json);
    }
    free(buckets);
    return array;
}

static struct json_t *
groups_to_json(const struct translation_bridge *bridge)
{
    const struct oflow_table *desired = plan_desired(bridge->plan);
    const struct ogroup **groups = oflow_table_sort_groups(desired);
    struct json_t *array = jvalue_array();

    for (size_t i = 0; i < oflow_table_count_groups(desired); i++) {
        struct json_t *json = jvalue_object();

        jvalue_put_integer(json, "group_id", groups[i]->group_id);
        jvalue_put(json, "buckets", buckets_to_json(bridge, groups[i]));
        jvalue_add(array, json);
    }
    free(groups);
    return array;
}

/* Returns the request that makes 'changes', which is in OVSDB's format. */
static struct json_t *
transact_to_json(const struct row_changes *changes)
{
    struct json *params = row_changes_to_transact(changes);
    char *text = json_to_string(params, 0);
    struct json_t *json = jvalue_parse(text);

    free(text);
    json_destroy(params);
    return json;
}

/* Returns all of 't' as an object, with origins, which the caller must
 * destroy. */
struct json_t *
translation_to_json(const struct translation *t)
{
    struct json_t *json = jvalue_object();
    struct json_t *bridges = jvalue_object();

    for (size_t i = 0; i < t->n_bridges; i++) {
        const struct translation_bridge *b = &t->bridges[i];
        struct json_t *bridge = jvalue_object();

        jvalue_put_string(bridge, "macTableManager",
                          plan_get_ctx(b->plan)->exact ? "libvirt" : "kernel");
        jvalue_put(bridge, "flows", flows_to_json(b));
        jvalue_put(bridge, "groups", groups_to_json(b));
        jvalue_put(bridge, "diagnostics", diags_to_json(&b->diags));
        jvalue_put(bridges, b->name, bridge);
    }
    jvalue_put(json, "bridges", bridges);
    jvalue_put(json, "changes", row_changes_to_json(&t->rows));
    jvalue_put(json, "transact", transact_to_json(&t->rows));
    return json;
}
