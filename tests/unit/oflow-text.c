/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/unit/oflow-text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "byte-order.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/slice.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofpbuf.h"
#include "random.h"
#include "util.h"

/* Returns the flow that 's' describes in the syntax of ovs-ofctl(8), as
 * libopenvswitch itself parses it. */
struct oflow *
oflow_from_string(const char *s)
{
    enum ofputil_protocol usable_protocols;
    struct ofputil_flow_mod fm;
    struct ofpbuf ofpacts;
    struct match match;

    char *error = parse_ofp_flow_mod_str(&fm, s, NULL, NULL, OFPFC_ADD,
                                         &usable_protocols);
    if (error) {
        fail_msg("%s: %s", s, error);
    }
    if (!(usable_protocols & OFPUTIL_P_OF15_OXM)) {
        fail_msg("%s: not for OpenFlow 1.5", s);
    }

    minimatch_expand(&fm.match, &match);
    ofpbuf_use_const(&ofpacts, fm.ofpacts, fm.ofpacts_len);
    struct oflow *flow = oflow_create(fm.table_id, fm.priority, &match,
                                      fm.new_cookie, &ofpacts);
    minimatch_destroy(&fm.match);
    free(fm.ofpacts);
    return flow;
}

/* Returns the bucket with 'actions' in the syntax of ovs-ofctl(8). */
struct obucket *
obucket_from_string(uint32_t group_id, uint32_t bucket_id,
                    const char *actions)
{
    enum ofputil_protocol usable_protocols;
    struct ofpbuf ofpacts;
    struct ofpact_parse_params pp = {
        .ofpacts = &ofpacts,
        .usable_protocols = &usable_protocols,
    };

    ofpbuf_init(&ofpacts, 0);
    char *error = ofpacts_parse_actions(actions, &pp);
    if (error) {
        fail_msg("%s: %s", actions, error);
    }
    struct obucket *bucket = obucket_create(
        group_id, bucket_id, htonll(0x1000 + bucket_id), &ofpacts);
    ofpbuf_uninit(&ofpacts);
    return bucket;
}

/* Adds what 'slice' holds to 'table'. */
void
oflow_table_put_slice(struct oflow_table *table, const struct slice *slice)
{
    for (size_t i = 0; i < slice->n_flows; i++) {
        oflow_table_put(table, slice->flows[i]);
    }
    for (size_t i = 0; i < slice->n_buckets; i++) {
        oflow_table_put_bucket(table, slice->buckets[i]);
    }
}

static void
put_random_bucket(struct oflow_table *table, uint32_t group_id)
{
    static const char *const actions[] = {
        "output:1", "output:2", "strip_vlan,output:1",
    };
    struct obucket *bucket = obucket_from_string(
        group_id, 1 + random_range(4),
        actions[random_range(ARRAY_SIZE(actions))]);

    oflow_table_put_bucket(table, bucket);
    obucket_unref(bucket);
}

static void
put_random_flow(struct oflow_table *table)
{
    static const char *const matches[] = {
        "priority=1", "priority=2", "priority=2,in_port=1",
        "priority=2,in_port=2", "priority=2,dl_vlan=10",
        "priority=2,dl_vlan=10,dl_dst=52:54:00:00:00:01",
    };
    static const char *const actions[] = {
        "drop", "output:1", "set_field:1->reg0,goto_table:240", "goto_table:240",
    };
    struct ds s = DS_EMPTY_INITIALIZER;

    ds_put_format(&s, "table=%d,cookie=0x%x,%s actions=",
                  random_range(2), 1 + random_range(2),
                  matches[random_range(ARRAY_SIZE(matches))]);
    size_t n_groups = oflow_table_count_groups(table);
    if (n_groups && random_range(2)) {
        const struct ogroup **groups = oflow_table_sort_groups(table);

        ds_put_format(&s, "group:%"PRIu32,
                      groups[random_range(n_groups)]->group_id);
        free(groups);
    } else {
        ds_put_cstr(&s, actions[random_range(ARRAY_SIZE(actions))]);
    }

    struct oflow *flow = oflow_from_string(ds_cstr(&s));
    oflow_table_put(table, flow);
    oflow_unref(flow);
    ds_destroy(&s);
}

/* Initializes 'table' to random flows and groups, of so few different ones
 * that any two tables have much in common.  Flows name groups that are
 * there. */
void
oflow_table_random(struct oflow_table *table)
{
    oflow_table_init(table);
    for (int n = random_range(1 + random_range(8)); n > 0; n--) {
        put_random_bucket(table, 100 + random_range(3));
    }
    for (int n = random_range(1 + random_range(8)); n > 0; n--) {
        put_random_flow(table);
    }
}

/* Initializes 'dst' to a copy of 'src'. */
void
oflow_table_copy(struct oflow_table *dst, const struct oflow_table *src)
{
    const struct obucket_node *bn;
    const struct oflow_node *fn;
    const struct ogroup *group;

    oflow_table_init(dst);
    HMAP_FOR_EACH (fn, hmap_node, &src->flows) {
        oflow_table_put(dst, fn->flow);
    }
    HMAP_FOR_EACH (group, hmap_node, &src->groups) {
        HMAP_FOR_EACH (bn, hmap_node, &group->buckets) {
            oflow_table_put_bucket(dst, bn->bucket);
        }
    }
}

/* Returns how many flows and buckets there are in 'table'. */
size_t
oflow_table_count_keys(const struct oflow_table *table)
{
    const struct ogroup *group;
    size_t n = oflow_table_count_flows(table);

    HMAP_FOR_EACH (group, hmap_node, &table->groups) {
        n += hmap_count(&group->buckets);
    }
    return n;
}

/* Appends 'table' to 's', sorted, a line for each flow and bucket:
 *
 *     cookie=0x1,table=0,priority=1 actions=group:100
 *     group_id=100,bucket=bucket_id:1,actions=output:1  */
void
oflow_table_format(struct ds *s, const struct oflow_table *table)
{
    const struct oflow **flows = oflow_table_sort_flows(table);
    const struct ogroup **groups = oflow_table_sort_groups(table);

    for (size_t i = 0; i < oflow_table_count_flows(table); i++) {
        oflow_format(s, flows[i], NULL);
        ds_put_char(s, '\n');
    }
    for (size_t i = 0; i < oflow_table_count_groups(table); i++) {
        const struct obucket **buckets = ogroup_sort_buckets(groups[i]);

        for (size_t j = 0; j < hmap_count(&groups[i]->buckets); j++) {
            ds_put_format(s, "group_id=%"PRIu32",", groups[i]->group_id);
            obucket_format(s, buckets[j], NULL);
            ds_put_char(s, '\n');
        }
        free(buckets);
    }
    free(flows);
    free(groups);
}

/* Checks that 'actual' and 'expected' are the same.  Shows the first lines
 * that differ, since cmocka cuts a message short. */
void
assert_same_text(const char *actual, const char *expected)
{
    const char *start = actual;
    const char *p = actual;
    const char *q = expected;

    for (; *p && *p == *q; p++, q++) {
        if (*p == '\n') {
            start = p + 1;
        }
    }
    assert_string_equal(start, expected + (start - actual));
}

/* Checks that 'actual' and 'expected' hold the same, by their text and by
 * their bytes. */
void
assert_same_table(const struct oflow_table *actual,
                  const struct oflow_table *expected)
{
    struct ds as = DS_EMPTY_INITIALIZER;
    struct ds es = DS_EMPTY_INITIALIZER;

    oflow_table_format(&as, actual);
    oflow_table_format(&es, expected);
    assert_same_text(ds_cstr(&as), ds_cstr(&es));
    assert_true(oflow_table_equals(actual, expected));
    ds_destroy(&as);
    ds_destroy(&es);
}
