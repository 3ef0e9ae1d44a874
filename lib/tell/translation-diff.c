/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/translation-diff.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "lib/tell/translation.h"
#include "sset.h"
#include "util.h"

/* Texts of what comes and what goes, and how many. */
struct delta {
    struct ds s;                /* Lines that begin with + or -. */
    struct json_t *json;          /* The same as an array, or null. */
    size_t n_added, n_removed;
};

static void
delta_put(struct delta *delta, bool added, const char *what, const char *text,
          const char *origin)
{
    ds_put_format(&delta->s, "%c %s%s%s", added ? '+' : '-', what,
                  *what ? " " : "", text);
    ds_put_format(&delta->s, "%s%s\n", *origin ? "    # " : "", origin);
    delta->n_added += added;
    delta->n_removed += !added;
    if (delta->json) {
        struct json_t *json = jvalue_object();

        jvalue_put_string(json, "change", added ? "added" : "removed");
        jvalue_put_string(json, "text", text);
        if (*origin) {
            jvalue_put_string(json, "origin", origin);
        }
        jvalue_add(delta->json, json);
    }
}

static const struct oflow_table *
desired_of(const struct translation_bridge *bridge)
{
    static struct oflow_table none = {
        .flows = HMAP_INITIALIZER(&none.flows),
        .groups = HMAP_INITIALIZER(&none.groups),
    };

    return bridge ? plan_desired(bridge->plan) : &none;
}

static char *
origin_of(const struct translation_bridge *bridge, ovs_be64 cookie)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    translation_format_origin(&s, bridge, cookie);
    return ds_steal_cstr(&s);
}

static void
put_flow(struct delta *delta, bool added,
         const struct translation_bridge *bridge, const struct oflow *flow)
{
    struct ds text = DS_EMPTY_INITIALIZER;
    char *origin = origin_of(bridge, flow->cookie);

    oflow_format(&text, flow, NULL);
    delta_put(delta, added, pipeline_table_to_string(flow->table_id),
              ds_cstr(&text), origin);
    ds_destroy(&text);
    free(origin);
}

/* Puts the flows that 'a' and 'b' do not have in common, in pipeline order. */
static void
diff_flows(struct delta *delta, const struct translation_bridge *a,
           const struct translation_bridge *b)
{
    const struct oflow_table *at = desired_of(a);
    const struct oflow_table *bt = desired_of(b);
    const struct oflow **as = oflow_table_sort_flows(at);
    const struct oflow **bs = oflow_table_sort_flows(bt);
    size_t i = 0, j = 0;

    while (i < oflow_table_count_flows(at)
           || j < oflow_table_count_flows(bt)) {
        int cmp = (i >= oflow_table_count_flows(at) ? 1
                   : j >= oflow_table_count_flows(bt) ? -1
                   : oflow_compare(as[i], bs[j]));

        if (cmp || !oflow_equals(as[i], bs[j])) {
            if (cmp <= 0) {
                put_flow(delta, false, a, as[i]);
            }
            if (cmp >= 0) {
                put_flow(delta, true, b, bs[j]);
            }
        }
        i += cmp <= 0;
        j += cmp >= 0;
    }
    free(as);
    free(bs);
}

/* Puts the buckets of 'a' that 'b' does not have, as added or as removed. */
static void
diff_buckets(struct delta *delta, bool added,
             const struct translation_bridge *a,
             const struct translation_bridge *b)
{
    const struct oflow_table *at = desired_of(a);
    const struct ogroup **groups = oflow_table_sort_groups(at);

    for (size_t i = 0; i < oflow_table_count_groups(at); i++) {
        const struct obucket **buckets = ogroup_sort_buckets(groups[i]);

        for (size_t j = 0; j < hmap_count(&groups[i]->buckets); j++) {
            const struct obucket *other
                = oflow_table_find_bucket(desired_of(b), buckets[j]);
            struct ds text = DS_EMPTY_INITIALIZER;
            char *origin;

            if (other && obucket_equals(buckets[j], other)) {
                continue;
            }
            origin = origin_of(a, buckets[j]->cookie);
            ds_put_format(&text, "group_id=%"PRIu32",", groups[i]->group_id);
            obucket_format(&text, buckets[j], NULL);
            delta_put(delta, added, "group", ds_cstr(&text), origin);
            ds_destroy(&text);
            free(origin);
        }
        free(buckets);
    }
    free(groups);
}

static void
row_set_init(struct sset *set, const struct row_changes *rows)
{
    sset_init(set);
    for (size_t i = 0; i < rows->n; i++) {
        struct ds s = DS_EMPTY_INITIALIZER;

        row_change_format(&s, &rows->changes[i]);
        sset_add(set, ds_cstr(&s));
        ds_destroy(&s);
    }
}

/* Puts the row changes of 'a' that 'b' does not make. */
static void
diff_rows(struct delta *delta, bool added, const struct translation *a,
          const struct translation *b)
{
    struct sset as, bs;

    row_set_init(&as, &a->rows);
    row_set_init(&bs, &b->rows);
    const char **sorted = sset_sort(&as);
    for (size_t i = 0; i < sset_count(&as); i++) {
        if (!sset_contains(&bs, sorted[i])) {
            delta_put(delta, added, "", sorted[i], "");
        }
    }
    free(sorted);
    sset_destroy(&as);
    sset_destroy(&bs);
}

static const char *
mode_of(const struct translation_bridge *bridge)
{
    return (!bridge ? "none"
            : plan_get_ctx(bridge->plan)->exact ? "libvirt" : "kernel");
}

static void
bridge_names(struct sset *names, const struct translation *a,
             const struct translation *b)
{
    sset_init(names);
    for (size_t i = 0; i < a->n_bridges; i++) {
        sset_add(names, a->bridges[i].name);
    }
    for (size_t i = 0; i < b->n_bridges; i++) {
        sset_add(names, b->bridges[i].name);
    }
}

static void
put_counts(struct ds *s, const char *what, const struct delta *delta)
{
    ds_put_format(s, "%s: %"PRIuSIZE" added, %"PRIuSIZE" removed\n", what,
                  delta->n_added, delta->n_removed);
}

static struct json_t *
counts_to_json(const struct delta *delta)
{
    struct json_t *json = jvalue_object();

    jvalue_put_integer(json, "added", delta->n_added);
    jvalue_put_integer(json, "removed", delta->n_removed);
    return json;
}

/* Initializes 'delta' to nothing, as an array too if 'json'. */
static void
delta_init(struct delta *delta, bool json)
{
    *delta = (struct delta) {
        .json = json ? jvalue_array() : NULL,
    };
}

/* What is different in a bridge, which may be in one of two translations
 * only. */
struct bridge_diff {
    const char *name;
    const char *old_mode, *new_mode;
    struct delta flows, buckets;
};

static void
bridge_diff_init(struct bridge_diff *bd, const char *name,
                 const struct translation *a, const struct translation *b,
                 bool json)
{
    const struct translation_bridge *old = translation_find_bridge(a, name);
    const struct translation_bridge *new = translation_find_bridge(b, name);

    *bd = (struct bridge_diff) {
        .name = name,
        .old_mode = mode_of(old),
        .new_mode = mode_of(new),
    };
    delta_init(&bd->flows, json);
    delta_init(&bd->buckets, json);
    diff_flows(&bd->flows, old, new);
    diff_buckets(&bd->buckets, false, old, new);
    diff_buckets(&bd->buckets, true, new, old);
}

static void
bridge_diff_uninit(struct bridge_diff *bd)
{
    ds_destroy(&bd->flows.s);
    ds_destroy(&bd->buckets.s);
}

static bool
bridge_diff_is_empty(const struct bridge_diff *bd)
{
    return (!bd->flows.s.length && !bd->buckets.s.length
            && !strcmp(bd->old_mode, bd->new_mode));
}

static void
bridge_diff_format(struct ds *s, const struct bridge_diff *bd)
{
    ds_put_cstr(s, "bridge ");
    printable_put(s, bd->name);
    ds_put_format(s, ": macTableManager %s -> %s\n", bd->old_mode,
                  bd->new_mode);
    ds_put_cstr(s, ds_cstr_ro(&bd->flows.s));
    ds_put_cstr(s, ds_cstr_ro(&bd->buckets.s));
    put_counts(s, "flows", &bd->flows);
    put_counts(s, "buckets", &bd->buckets);
    ds_put_char(s, '\n');
}

/* The arrays in 'bd' become the object's. */
static struct json_t *
bridge_diff_to_json(const struct bridge_diff *bd)
{
    struct json_t *json = jvalue_object();

    jvalue_put_string(json, "macTableManager-a", bd->old_mode);
    jvalue_put_string(json, "macTableManager-b", bd->new_mode);
    jvalue_put(json, "flows", bd->flows.json);
    jvalue_put(json, "flow-counts", counts_to_json(&bd->flows));
    jvalue_put(json, "buckets", bd->buckets.json);
    jvalue_put(json, "bucket-counts", counts_to_json(&bd->buckets));
    return json;
}

/* Finds out what is different in bridges.  Appends it to 's' or, if that is
 * null, adds it to 'bridges'.  Returns whether anything is. */
static bool
diff_bridges(struct ds *s, struct json_t *bridges, const struct translation *a,
             const struct translation *b)
{
    struct sset names;
    bool differ = false;

    bridge_names(&names, a, b);
    const char **sorted = sset_sort(&names);
    for (size_t i = 0; i < sset_count(&names); i++) {
        struct bridge_diff bd;

        bridge_diff_init(&bd, sorted[i], a, b, bridges != NULL);
        if (!bridge_diff_is_empty(&bd)) {
            differ = true;
            if (s) {
                bridge_diff_format(s, &bd);
            }
        }
        if (bridges) {
            jvalue_put(bridges, sorted[i], bridge_diff_to_json(&bd));
        }
        bridge_diff_uninit(&bd);
    }
    free(sorted);
    sset_destroy(&names);
    return differ;
}

/* Finds out everything.  Appends it to 's' or, if that is null, adds it to
 * 'json'.  Returns whether there is a difference. */
static bool
diff(struct ds *s, struct json_t *json, const struct translation *a,
     const struct translation *b)
{
    struct json_t *bridges = json ? jvalue_object() : NULL;
    bool differ = diff_bridges(s, bridges, a, b);
    struct delta rows;

    delta_init(&rows, json != NULL);
    diff_rows(&rows, false, a, b);
    diff_rows(&rows, true, b, a);
    if (json) {
        jvalue_put(json, "bridges", bridges);
        jvalue_put(json, "rows", rows.json);
        jvalue_put(json, "row-counts", counts_to_json(&rows));
    } else if (rows.s.length) {
        ds_put_format(s, "database\n%s", ds_cstr(&rows.s));
        put_counts(s, "rows", &rows);
    }
    differ = differ || rows.s.length;
    ds_destroy(&rows.s);
    return differ;
}

/* Appends to 's' what changes from 'a' to 'b'.  Returns false, and appends
 * nothing, if nothing does. */
bool
translation_diff_format(struct ds *s, const struct translation *a,
                        const struct translation *b)
{
    return diff(s, NULL, a, b);
}

/* Returns what changes from 'a' to 'b' as an object, which the caller must
 * destroy, and stores in '*differ' whether anything does. */
struct json_t *
translation_diff_to_json(const struct translation *a,
                         const struct translation *b, bool *differ)
{
    struct json_t *json = jvalue_object();

    *differ = diff(NULL, json, a, b);
    return json;
}
