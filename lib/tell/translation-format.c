/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/translation-format.h"

#include <stdlib.h>

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
struct json *
diag_to_json(const struct diag *diag, unsigned int column)
{
    const struct origin *origin = &diag->origin;
    struct json *json = json_object_create();

    json_object_put_string(json, "severity",
                           diag_severity_to_string(diag->severity));
    json_object_put_string(json, "text", diag->text);
    if (origin->file) {
        json_object_put_string(json, "file", origin->file);
    }
    if (origin->line) {
        json_object_put(json, "line", json_integer_create(origin->line));
    }
    if (column) {
        json_object_put(json, "column", json_integer_create(column));
    }
    if (origin->element) {
        json_object_put_string(json, "element", origin->element);
    }
    return json;
}

static struct json *
diags_to_json(const struct diag_list *diags)
{
    struct json *array = json_array_create_empty();

    for (size_t i = 0; i < diags->n; i++) {
        json_array_add(array, diag_to_json(&diags->diags[i], 0));
    }
    return array;
}

static struct json *
flows_to_json(const struct translation_bridge *bridge)
{
    const struct oflow_table *desired = plan_desired(bridge->plan);
    const struct oflow **flows = oflow_table_sort_flows(desired);
    struct json *array = json_array_create_empty();

    for (size_t i = 0; i < oflow_table_count_flows(desired); i++) {
        struct json *json = json_object_create();
        struct ds s = DS_EMPTY_INITIALIZER;

        oflow_format(&s, flows[i], NULL);
        json_object_put_string(json, "flow", ds_cstr(&s));
        ds_destroy(&s);
        json_object_put(json, "table",
                        json_integer_create(flows[i]->table_id));
        json_object_put_string(json, "stage",
                               pipeline_table_to_string(flows[i]->table_id));
        json_object_put(json, "origin",
                        translation_origin_to_json(bridge, flows[i]->cookie));
        json_array_add(array, json);
    }
    free(flows);
    return array;
}

static struct json *
buckets_to_json(const struct translation_bridge *bridge,
                const struct ogroup *group)
{
    const struct obucket **buckets = ogroup_sort_buckets(group);
    struct json *array = json_array_create_empty();

    for (size_t i = 0; i < hmap_count(&group->buckets); i++) {
        struct json *json = json_object_create();
        struct ds s = DS_EMPTY_INITIALIZER;

        obucket_format(&s, buckets[i], NULL);
        json_object_put_string(json, "bucket", ds_cstr(&s));
        ds_destroy(&s);
        json_object_put(json, "origin",
                        translation_origin_to_json(bridge,
                                                   buckets[i]->cookie));
        json_array_add(array, json);
    }
    free(buckets);
    return array;
}

static struct json *
groups_to_json(const struct translation_bridge *bridge)
{
    const struct oflow_table *desired = plan_desired(bridge->plan);
    const struct ogroup **groups = oflow_table_sort_groups(desired);
    struct json *array = json_array_create_empty();

    for (size_t i = 0; i < oflow_table_count_groups(desired); i++) {
        struct json *json = json_object_create();

        json_object_put(json, "group_id",
                        json_integer_create(groups[i]->group_id));
        json_object_put(json, "buckets", buckets_to_json(bridge, groups[i]));
        json_array_add(array, json);
    }
    free(groups);
    return array;
}

/* Returns all of 't' as an object, with origins, which the caller must
 * destroy. */
struct json *
translation_to_json(const struct translation *t)
{
    struct json *json = json_object_create();
    struct json *bridges = json_object_create();

    for (size_t i = 0; i < t->n_bridges; i++) {
        const struct translation_bridge *b = &t->bridges[i];
        struct json *bridge = json_object_create();

        json_object_put_string(bridge, "macTableManager",
                               plan_get_ctx(b->plan)->exact
                               ? "libvirt" : "kernel");
        json_object_put(bridge, "flows", flows_to_json(b));
        json_object_put(bridge, "groups", groups_to_json(b));
        json_object_put(bridge, "diagnostics", diags_to_json(&b->diags));
        json_object_put(bridges, b->name, bridge);
    }
    json_object_put(json, "bridges", bridges);
    json_object_put(json, "changes", row_changes_to_json(&t->rows));
    json_object_put(json, "transact", row_changes_to_transact(&t->rows));
    return json;
}
