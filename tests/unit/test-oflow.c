/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

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
#include "lib/openflow/plan.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofp-group.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofpbuf.h"
#include "random.h"
#include "tests/unit/model-switch.h"
#include "tests/unit/oflow-text.h"
#include "tests/unit/port-spec.h"
#include "util.h"

/* Checks that 'a' and 'b' are the same in every byte that counts. */
static void
assert_same_flow(const struct oflow *a, const struct oflow *b)
{
    assert_true(oflow_same_key(a, b));
    assert_true(oflow_equals(a, b));
    assert_int_equal(a->hash, b->hash);
    assert_int_equal(oflow_compare(a, b), 0);
    assert_int_equal(a->ofpacts_len, b->ofpacts_len);
    if (a->ofpacts_len) {
        assert_memory_equal(a->ofpacts, b->ofpacts, a->ofpacts_len);
    }
}

/* Returns the only message in 'replies' as one that has just come in. */
static struct ofpbuf
received(const struct ovs_list *replies)
{
    struct ofpbuf *reply = ofpbuf_from_list(ovs_list_front(replies));

    assert_int_equal(ovs_list_size(replies), 1);
    ofpmsg_update_length(reply);
    return ofpbuf_const_initializer(reply->data, reply->size);
}

/* Returns 'flow' as a switch that has it reports it. */
static struct oflow *
report_flow(const struct oflow *flow)
{
    struct ofputil_flow_stats fs = {
        .cookie = flow->cookie,
        .table_id = flow->table_id,
        .priority = flow->priority,
        .ofpacts = flow->ofpacts,
        .ofpacts_len = flow->ofpacts_len,
        .duration_sec = 17,
        .packet_count = 4711,
    };
    struct ofputil_flow_stats_request all = {
        .table_id = OFPTT_ALL, .out_port = OFPP_ANY, .out_group = OFPG_ANY,
    };
    struct ofpbuf *request
        = ofputil_encode_flow_stats_request(&all, OFPUTIL_P_OF15_OXM);
    struct ovs_list replies;
    struct ofpbuf ofpacts;

    minimatch_expand(&flow->match, &fs.match);
    ofpmp_init(&replies, request->data);
    ofputil_append_flow_stats_reply(&fs, &replies, NULL);

    struct ofpbuf reply = received(&replies);
    ofpbuf_init(&ofpacts, 0);
    memset(&fs, 0xcc, sizeof fs);
    assert_int_equal(ofputil_decode_flow_stats_reply(&fs, &reply, true,
                                                     &ofpacts), 0);
    struct ofpbuf b = ofpbuf_const_initializer(fs.ofpacts, fs.ofpacts_len);
    struct oflow *reported = oflow_create(fs.table_id, fs.priority, &fs.match,
                                          fs.cookie, &b);
    ofpbuf_uninit(&ofpacts);
    ofpbuf_list_delete(&replies);
    ofpbuf_delete(request);
    return reported;
}

/* Returns 'flow' as it arrives in a switch that is told to add it. */
static struct oflow *
send_flow(const struct oflow *flow)
{
    struct ofputil_flow_mod fm;

    oflow_to_flow_mod(flow, OFPFC_ADD, &fm);
    struct ofpbuf *msg = ofputil_encode_flow_mod(&fm, OFPUTIL_P_OF15_OXM);
    minimatch_destroy(&fm.match);
    struct oflow *sent = oflow_from_flow_mod(msg->data, &fm);
    assert_int_equal(fm.command, OFPFC_ADD);
    assert_int_equal(fm.cookie_mask, 0);
    assert_int_equal(fm.idle_timeout | fm.hard_timeout | fm.flags
                     | fm.importance, 0);
    ofpbuf_delete(msg);
    return sent;
}

/* A flow's match reads as libopenvswitch prints it. */
static void
check_match_text(const struct oflow *flow)
{
    char *match = minimatch_to_string(&flow->match, NULL, flow->priority);
    char *expected = xasprintf("cookie=0x%"PRIx64",table=%d,%s actions=",
                               ntohll(flow->cookie), flow->table_id,
                               match[0] ? match : "priority=32768");
    struct ds s = DS_EMPTY_INITIALIZER;

    oflow_format(&s, flow, NULL);
    ds_truncate(&s, strlen(expected));
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
    free(expected);
    free(match);
}

static void
check_flow(const struct oflow *flow)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct oflow *sent = send_flow(flow);
    struct oflow *reported = report_flow(sent);

    check_match_text(flow);
    oflow_format(&s, flow, NULL);
    struct oflow *parsed = oflow_from_string(ds_cstr(&s));

    assert_same_flow(sent, flow);
    assert_same_flow(reported, flow);
    assert_same_flow(parsed, flow);
    oflow_unref(sent);
    oflow_unref(reported);
    oflow_unref(parsed);
    ds_destroy(&s);
}

static void
assert_same_bucket(const struct obucket *a, const struct obucket *b)
{
    assert_true(obucket_same_key(a, b));
    assert_true(obucket_equals(a, b));
    assert_int_equal(a->hash, b->hash);
    assert_int_equal(a->ofpacts_len, b->ofpacts_len);
    assert_memory_equal(a->ofpacts, b->ofpacts, a->ofpacts_len);
}

/* Checks that a switch that has 'group' reports it as it is. */
static void
check_group(const struct ogroup *group)
{
    const struct obucket **buckets = ogroup_sort_buckets(group);
    size_t n = hmap_count(&group->buckets), i = 0;
    struct ofputil_bucket *copies = xcalloc(n, sizeof *copies), *b;
    struct ofputil_group_desc desc = {
        .type = OFPGT11_ALL, .group_id = group->group_id
    };
    struct ofpbuf *request = ofputil_encode_group_desc_request(OFP15_VERSION,
                                                               OFPG_ALL);
    struct ovs_list replies;

    ovs_list_init(&desc.buckets);
    for (i = 0; i < n; i++) {
        copies[i] = (struct ofputil_bucket) {
            .watch_port = OFPP_ANY,
            .watch_group = OFPG_ANY,
            .bucket_id = buckets[i]->bucket_id,
            .ofpacts = CONST_CAST(struct ofpact *, buckets[i]->ofpacts),
            .ofpacts_len = buckets[i]->ofpacts_len,
        };
        ovs_list_push_back(&desc.buckets, &copies[i].list_node);
    }
    ofpmp_init(&replies, request->data);
    ofputil_append_group_desc_reply(&desc, &desc.buckets, &replies);

    struct ofpbuf reply = received(&replies);
    assert_int_equal(ofputil_decode_group_desc_reply(&desc, &reply,
                                                     OFP15_VERSION), 0);
    assert_int_equal(desc.type, OFPGT11_ALL);
    i = 0;
    LIST_FOR_EACH (b, list_node, &desc.buckets) {
        struct ofpbuf ofpacts = ofpbuf_const_initializer(b->ofpacts,
                                                         b->ofpacts_len);
        struct obucket *bucket = obucket_create(desc.group_id, b->bucket_id,
                                                0, &ofpacts);
        assert_same_bucket(bucket, buckets[i++]);
        obucket_unref(bucket);
    }
    assert_int_equal(i, n);

    ofputil_uninit_group_desc(&desc);
    ofpbuf_list_delete(&replies);
    ofpbuf_delete(request);
    free(copies);
    free(buckets);
}

/* Whatever flows and groups a bridge may have, a switch reports them as they
 * were computed.  If it did not, every restart would send them again. */
static void
test_round_trip(void **state OVS_UNUSED)
{
    random_set_seed(1);
    for (int i = 0; i < 100; i++) {
        const struct ogroup *group;
        const struct oflow_node *fn;
        struct port_specs specs;

        port_specs_random(&specs);
        if (random_range(2)) {
            port_specs_add_network(&specs);
        }

        struct plan *plan = port_specs_to_plan(&specs, random_range(2),
                                               NULL);

        HMAP_FOR_EACH (fn, hmap_node, &plan_desired(plan)->flows) {
            check_flow(fn->flow);
        }
        HMAP_FOR_EACH (group, hmap_node, &plan_desired(plan)->groups) {
            check_group(group);
        }
        plan_destroy(plan);
        port_specs_uninit(&specs);
    }
}

/* Puts garbage in all that an action does not need: by which code it came,
 * what is behind a value, and whether the flow matches on a VLAN.  Does so
 * within clone() as well.  Returns how many clones there are. */
static int
spoil(struct ofpact *ofpacts, size_t len)
{
    struct ofpact *a;
    int n_clones = 0;

    OFPACT_FOR_EACH (a, ofpacts, len) {
        a->raw = random_range(UINT8_MAX);
        if (a->type == OFPACT_SET_FIELD) {
            struct ofpact_set_field *sf = ofpact_get_SET_FIELD(a);
            size_t n = sf->field->n_bytes;

            sf->flow_has_vlan = true;
            memset((uint8_t *) sf->value + n, 0xcc,
                   ROUND_UP(n, OFPACT_ALIGNTO) - n);
            memset((uint8_t *) ofpact_set_field_mask(sf) + n, 0xcc,
                   ROUND_UP(n, OFPACT_ALIGNTO) - n);
        } else if (a->type == OFPACT_CLONE) {
            struct ofpact_nest *clone = ofpact_get_CLONE(a);

            n_clones += 1 + spoil(clone->actions,
                                  ofpact_nest_get_action_len(clone));
        }
    }
    return n_clones;
}

/* Flows with what NORMAL needs, and with what clone() may hold, are in the
 * same form however they came. */
static void
test_clone(void **state OVS_UNUSED)
{
    static const struct {
        const char *flow;
        int n_clones;
    } cases[] = {
        { "cookie=0x1,table=0,priority=110,in_port=1,"
          "vlan_tci=0x0000/0x0fff "
          "actions=clone(move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],NORMAL),"
          "set_field:0x100a/0x1fff->vlan_tci,set_field:0x1/0x1->reg0,"
          "goto_table:230", 1 },
        { "cookie=0x1,table=0,priority=100,in_port=1 "
          "actions=clone(set_field:0x100a/0x1fff->vlan_tci,"
          "clone(set_field:0x1/0x1->reg0,output:7),pop_vlan,output:7),"
          "output:9", 2 },
        { "cookie=0x1,table=250,priority=100 "
          "actions=set_field:ANY->in_port,NORMAL", 0 },
        { "cookie=0x1,table=0,priority=100,in_port=7 "
          "actions=controller(max_len=14,id=22247),goto_table:210", 0 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct oflow *flow = oflow_from_string(cases[i].flow);
        struct ds s = DS_EMPTY_INITIALIZER;
        struct ofpbuf ofpacts;
        struct match match;

        check_flow(flow);
        oflow_format(&s, flow, NULL);
        assert_string_equal(ds_cstr(&s), cases[i].flow);

        ofpbuf_init(&ofpacts, 0);
        ofpbuf_put(&ofpacts, flow->ofpacts, flow->ofpacts_len);
        assert_int_equal(spoil(ofpacts.data, ofpacts.size),
                         cases[i].n_clones);
        minimatch_expand(&flow->match, &match);
        struct oflow *spoiled = oflow_create(flow->table_id, flow->priority,
                                             &match, flow->cookie, &ofpacts);
        assert_same_flow(spoiled, flow);

        oflow_unref(spoiled);
        oflow_unref(flow);
        ofpbuf_uninit(&ofpacts);
        ds_destroy(&s);
    }
}

/* A delete names the cookie, and nothing of what the flow does. */
static void
test_delete(void **state OVS_UNUSED)
{
    struct oflow *flow = oflow_from_string("table=230,cookie=0x17,priority=9,"
                                           "dl_vlan=10 actions=pop_vlan,7");
    struct ofputil_flow_mod fm;

    oflow_to_flow_mod(flow, OFPFC_DELETE_STRICT, &fm);
    struct ofpbuf *msg = ofputil_encode_flow_mod(&fm, OFPUTIL_P_OF15_OXM);
    minimatch_destroy(&fm.match);
    struct oflow *decoded = oflow_from_flow_mod(msg->data, &fm);

    assert_int_equal(fm.command, OFPFC_DELETE_STRICT);
    assert_true(fm.cookie == htonll(0x17));
    assert_true(fm.cookie_mask == OVS_BE64_MAX);
    assert_int_equal(fm.out_port, OFPP_ANY);
    assert_int_equal(fm.out_group, OFPG_ANY);
    assert_true(oflow_same_key(decoded, flow));
    assert_int_equal(decoded->ofpacts_len, 0);
    oflow_unref(decoded);
    oflow_unref(flow);
    ofpbuf_delete(msg);
}

/* Flows that differ in one thing. */
static void
test_equality(void **state OVS_UNUSED)
{
    static const struct {
        const char *flow;
        bool same_key;
    } cases[] = {
        { "table=1,cookie=1,priority=2,in_port=3 actions=4", true },
        { "table=1,cookie=9,priority=2,in_port=3 actions=4", true },
        { "table=1,cookie=1,priority=2,in_port=3 actions=9", true },
        { "table=1,cookie=1,priority=2,in_port=3 actions=drop", true },
        { "table=1,cookie=1,priority=2,in_port=3 actions=4,4", true },
        { "table=9,cookie=1,priority=2,in_port=3 actions=4", false },
        { "table=1,cookie=1,priority=9,in_port=3 actions=4", false },
        { "table=1,cookie=1,priority=2,in_port=9 actions=4", false },
        { "table=1,cookie=1,priority=2 actions=4", false },
        { "table=1,cookie=1,priority=2,in_port=3,reg0=1 actions=4", false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        for (size_t j = 0; j < ARRAY_SIZE(cases); j++) {
            struct oflow *a = oflow_from_string(cases[i].flow);
            struct oflow *b = oflow_from_string(cases[j].flow);

            assert_int_equal(oflow_same_key(a, b),
                             i == j || (cases[i].same_key
                                        && cases[j].same_key));
            assert_int_equal(oflow_equals(a, b), i == j);
            oflow_unref(a);
            oflow_unref(b);
        }
    }
}

/* By table, then by descending priority, then by port, VLAN and address as
 * numbers, then by the text of the match. */
static void
test_order(void **state OVS_UNUSED)
{
    static const char *const sorted[] = {
        "table=0,priority=200,in_port=9 actions=drop",
        "table=0,priority=100,in_port=1 actions=drop",
        "table=0,priority=100,in_port=2 actions=drop",
        "table=0,priority=100,in_port=10 actions=drop",
        "table=0,priority=1 actions=drop",
        "table=230,priority=400,dl_vlan=9,dl_dst=52:54:00:00:00:02 "
        "actions=drop",
        "table=230,priority=400,dl_vlan=10,dl_dst=52:54:00:00:00:01 "
        "actions=drop",
        "table=230,priority=400,dl_vlan=10,dl_dst=52:54:00:00:00:02 "
        "actions=drop",
        "table=230,priority=400,dl_vlan=10,dl_dst=52:54:00:00:00:02,ip "
        "actions=drop",
        "table=230,priority=300 actions=drop",
    };

    for (size_t i = 0; i < ARRAY_SIZE(sorted); i++) {
        for (size_t j = 0; j < ARRAY_SIZE(sorted); j++) {
            struct oflow *a = oflow_from_string(sorted[i]);
            struct oflow *b = oflow_from_string(sorted[j]);
            int cmp = oflow_compare(a, b);

            assert_int_equal((cmp > 0) - (cmp < 0), (i > j) - (i < j));
            oflow_unref(a);
            oflow_unref(b);
        }
    }
}

static void
test_format(void **state OVS_UNUSED)
{
    /* The priority is always there, and tags are popped. */
    static const char *const lines[] = {
        "cookie=0x0,table=0,priority=1 actions=drop",
        "cookie=0x0,table=0,priority=32768 actions=drop",
        "cookie=0x1,table=230,priority=100,dl_vlan=10 "
        "actions=pop_vlan,output:7",
        "cookie=0x1,table=0,priority=110,in_port=7,vlan_tci=0x0000/0x0fff "
        "actions=set_field:0x100a/0x1fff->vlan_tci,goto_table:210",
        "cookie=0x1,table=0,priority=110,in_port=LOCAL actions=drop",
        "cookie=0x1,table=0,priority=110,in_port=7,dl_vlan=10 "
        "actions=clone(pop_vlan,output:1),pop_vlan,output:2",
        "cookie=0x1,table=0,priority=120,in_port=7,dl_vlan=0,dl_vlan_pcp=0 "
        "actions=drop",
        "cookie=0x1,table=0,priority=110,vlan_tci=0x1000/0x1ffe actions=drop",
        "cookie=0x1,table=0,priority=110,vlan_tci=0x1000/0x1000 actions=drop",
        "cookie=0x1,table=0,priority=110,vlan_tci=0x0000/0x1fff actions=drop",
        "cookie=0x1,table=0,priority=110,vlan_tci=0x0000 actions=drop",
        "cookie=0x1,table=230,priority=100,dl_vlan=0,"
        "dl_dst=52:54:00:0a:bc:de actions=drop",
        "cookie=0x1,table=230,priority=50,"
        "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=goto_table:240",
        "cookie=0x1,table=230,priority=100,in_port=1,"
        "dl_src=52:54:00:00:00:01,dl_dst=52:54:00:0a:bc:de actions=drop",
        "cookie=0x1,table=230,priority=100,reg0=0x1/0x1,dl_vlan=10 "
        "actions=drop",
        "cookie=0x1,table=230,priority=100,arp,dl_vlan=10 actions=drop",
    };

    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        struct oflow *flow = oflow_from_string(lines[i]);
        struct ds s = DS_EMPTY_INITIALIZER;

        check_match_text(flow);
        oflow_format(&s, flow, NULL);
        assert_string_equal(ds_cstr(&s), lines[i]);
        oflow_unref(flow);
        ds_destroy(&s);
    }

    struct obucket *bucket = obucket_from_string(1, 7, "pop_vlan,output:7");
    struct ds s = DS_EMPTY_INITIALIZER;
    obucket_format(&s, bucket, NULL);
    assert_string_equal(ds_cstr(&s),
                        "bucket=bucket_id:7,actions=pop_vlan,output:7");
    ds_destroy(&s);
    obucket_unref(bucket);
}

static void
test_references(void **state OVS_UNUSED)
{
    struct oflow *flow = oflow_from_string("actions=drop");
    struct obucket *bucket = obucket_from_string(1, 1, "output:1");

    assert_int_equal(flow->n_refs, 1);
    assert_ptr_equal(oflow_ref(flow), flow);
    assert_int_equal(flow->n_refs, 2);
    oflow_unref(flow);
    assert_int_equal(flow->n_refs, 1);
    oflow_unref(flow);
    oflow_unref(NULL);

    assert_ptr_equal(obucket_ref(bucket), bucket);
    assert_int_equal(bucket->n_refs, 2);
    obucket_unref(bucket);
    obucket_unref(bucket);
    obucket_unref(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_clone),
        cmocka_unit_test(test_delete),
        cmocka_unit_test(test_equality),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_references),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
