/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "byte-order.h"
#include "lib/openflow/oflow-bundle.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "openvswitch/ofp-bundle.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofpbuf.h"
#include "random.h"
#include "tests/unit/model-switch.h"
#include "tests/unit/oflow-text.h"
#include "util.h"

/* Initializes 'table' to 'lines': flows, each on a line of its own, and
 * buckets, as "GROUP BUCKET ACTIONS", or "GROUP alien". */
static void
table_from_lines(struct oflow_table *table, const char *const *lines)
{
    oflow_table_init(table);
    for (; *lines; lines++) {
        uint32_t group_id, bucket_id;
        int n;

        if (ovs_scan(*lines, "%"SCNu32" alien", &group_id)
            && strstr(*lines, " alien")) {
            oflow_table_put_alien(table, group_id);
        } else if (ovs_scan(*lines, "%"SCNu32" %"SCNu32" %n",
                     &group_id, &bucket_id, &n)) {
            struct obucket *bucket = obucket_from_string(group_id, bucket_id,
                                                         *lines + n);
            oflow_table_put_bucket(table, bucket);
            obucket_unref(bucket);
        } else {
            struct oflow *flow = oflow_from_string(*lines);
            oflow_table_put(table, flow);
            oflow_unref(flow);
        }
    }
}

#define MATCH(N) "cookie=0x"#N",table=240,priority=10"#N
#define FLOW(N) MATCH(N)" actions=group:"#N
#define GONE(N) MATCH(N)" actions=drop"
static const struct {
    const char *installed[5], *desired[5];
    bool singly;
    const char *log;
} order_cases[] = {
    /* Nothing to do. */
    { { "1 1 output:1", FLOW(1) }, { "1 1 output:1", FLOW(1) }, false,
      "" },
    /* A group comes before a flow that names it... */
    { { NULL }, { FLOW(1), "1 2 output:2", "1 1 output:1" }, false,
      "add_or_mod 1 1 2\nadd "FLOW(1)"\n" },
    { { NULL }, { FLOW(1), "1 2 output:2", "1 1 output:1" }, true,
      "add_or_mod 1 1\ninsert_bucket 1 2\nadd "FLOW(1)"\n" },
    /* ...and goes after it. */
    { { FLOW(1), "1 2 output:2", "1 1 output:1" }, { NULL }, false,
      "delete "GONE(1)"\ndelete 1\n" },
    /* From one group to another. */
    { { FLOW(1), "1 1 output:1" }, { FLOW(2), "2 1 output:1" }, false,
      "add_or_mod 2 1\ndelete "GONE(1)"\nadd "FLOW(2)"\ndelete 1\n" },
    /* Ports come and go. */
    { { FLOW(1), "1 1 output:1" },
      { FLOW(1), "1 1 output:1", "1 2 output:2", "1 3 output:3" }, false,
      "insert_bucket 1 2 3\n" },
    { { FLOW(1), "1 1 output:1" },
      { FLOW(1), "1 1 output:1", "1 2 output:2", "1 3 output:3" }, true,
      "insert_bucket 1 2\ninsert_bucket 1 3\n" },
    { { FLOW(1), "1 1 output:1", "1 2 output:2" },
      { FLOW(1), "1 2 output:2" }, false,
      "remove_bucket 1 1\n" },
    { { FLOW(1), "1 1 output:1" }, { FLOW(1), "1 2 output:2" }, false,
      "insert_bucket 1 2\nremove_bucket 1 1\n" },
    /* A bucket cannot be changed. */
    { { FLOW(1), "1 1 output:1" }, { FLOW(1), "1 1 output:9" }, false,
      "remove_bucket 1 1\ninsert_bucket 1 1\n" },
    /* A group of another type is written as a whole, or goes. */
    { { FLOW(1), "1 alien" }, { FLOW(1), "1 1 output:1", "1 2 output:2" },
      false, "add_or_mod 1 1 2\n" },
    { { FLOW(1), "1 alien" }, { FLOW(1), "1 1 output:1", "1 2 output:2" },
      true, "add_or_mod 1 1\ninsert_bucket 1 2\n" },
    { { FLOW(1), "1 alien" }, { NULL }, false,
      "delete "GONE(1)"\ndelete 1\n" },
    /* Flows make room first. */
    { { "cookie=0x1,table=0,priority=1,in_port=1 actions=drop" },
      { "cookie=0x1,table=0,priority=1,in_port=2 actions=drop" }, false,
      "delete cookie=0x1,table=0,priority=1,in_port=1 actions=drop\n"
      "add cookie=0x1,table=0,priority=1,in_port=2 actions=drop\n" },
    /* A flow that is changed is not deleted. */
    { { "cookie=0x1,table=0,priority=1,in_port=1 actions=drop" },
      { "cookie=0x2,table=0,priority=1,in_port=1 actions=drop" }, false,
      "add cookie=0x2,table=0,priority=1,in_port=1 actions=drop\n" },
};
#undef MATCH
#undef FLOW
#undef GONE

/* What is said in which order, for one change each. */
static void
test_order(void **state OVS_UNUSED)
{
    for (size_t i = 0; i < ARRAY_SIZE(order_cases); i++) {
        struct ochanges changes = OCHANGES_INITIALIZER;
        struct oflow_table installed, desired;
        struct model_switch sw;
        struct obundle bundle;

        table_from_lines(&installed, order_cases[i].installed);
        table_from_lines(&desired, order_cases[i].desired);
        oflow_table_diff(&desired, &installed, &changes);
        obundle_encode(&bundle, &changes, &installed, 1,
                       order_cases[i].singly);

        model_switch_init(&sw, &installed);
        assert_null(model_switch_commit(&sw, &bundle));
        assert_same_text(ds_cstr(&sw.log), order_cases[i].log);
        assert_same_table(&sw.table, &desired);

        model_switch_uninit(&sw);
        obundle_uninit(&bundle);
        ochanges_uninit(&changes);
        oflow_table_uninit(&installed);
        oflow_table_uninit(&desired);
    }
}

/* Each message can be found by its transaction ID, and tells whose it is. */
static void
check_sent(const struct obundle *bundle, bool singly)
{
    size_t n_flow_mods = 0, n_group_mods = 0, n = 0;
    struct ofpbuf *msg;

    LIST_FOR_EACH (msg, list_node, &bundle->msgs) {
        ofpmsg_update_length(msg);      /* As vconn_send() does. */

        const struct ofp_header *oh = msg->data;
        const struct obundle_sent *sent = obundle_find(bundle, oh->xid);
        struct ofputil_bundle_add_msg add;
        enum ofptype type;

        assert_int_equal(ofptype_decode(&type, oh), 0);
        if (type != OFPTYPE_BUNDLE_ADD_MESSAGE) {
            assert_null(sent);
            continue;
        }
        assert_int_equal(ofputil_decode_bundle_add(oh, &add, &type), 0);
        assert_ptr_equal(sent, &bundle->sent[n++]);
        if (type == OFPTYPE_FLOW_MOD) {
            struct ofputil_flow_mod fm;
            struct oflow *flow = oflow_from_flow_mod(add.msg, &fm);

            assert_true(sent->cookie == flow->cookie && !sent->several);
            oflow_unref(flow);
            n_flow_mods++;
        } else {
            struct ofputil_group_mod gm;

            assert_int_equal(ofputil_decode_group_mod(add.msg, &gm), 0);
            if (!ovs_list_is_empty(&gm.buckets)) {
                /* obucket_from_string() makes the cookie from the number. */
                assert_true(sent->cookie == htonll(
                                0x1000 + ofputil_bucket_list_front(
                                    &gm.buckets)->bucket_id));
            }
            assert_int_equal(sent->several,
                             ovs_list_size(&gm.buckets) > 1);
            assert_false(singly && sent->several);
            ofputil_uninit_group_mod(&gm);
            n_group_mods++;
        }
    }
    assert_int_equal(n, bundle->n_sent);
    assert_int_equal(n_flow_mods, bundle->n_flow_mods);
    assert_int_equal(n_group_mods, bundle->n_group_mods);
    assert_true(bundle->commit_xid
                == ((const struct ofp_header *) ofpbuf_from_list(
                        ovs_list_back(&bundle->msgs))->data)->xid);
}

/* A bundle makes any switch what it should be, and is refused by none. */
static void
test_random(void **state OVS_UNUSED)
{
    random_set_seed(1);
    for (int i = 0; i < 3000; i++) {
        struct ochanges changes = OCHANGES_INITIALIZER;
        struct oflow_table installed, desired;
        struct model_switch sw;
        struct obundle bundle;
        bool singly = random_range(2);
        uint32_t bundle_id = random_uint32();

        oflow_table_random(&installed);
        oflow_table_random(&desired);
        oflow_table_diff(&desired, &installed, &changes);
        obundle_encode(&bundle, &changes, &installed, bundle_id, singly);
        check_sent(&bundle, singly);

        model_switch_init(&sw, &installed);
        const char *error = model_switch_commit(&sw, &bundle);
        if (error) {
            fail_msg("%s:\n%s", error, ds_cstr(&sw.log));
        }
        assert_same_table(&sw.table, &desired);
        /* No group is left over that has no bucket. */
        assert_int_equal(sw.n_groups, oflow_table_count_groups(&desired));

        model_switch_uninit(&sw);
        obundle_uninit(&bundle);
        ochanges_uninit(&changes);
        oflow_table_uninit(&installed);
        oflow_table_uninit(&desired);
    }
}

/* A switch may have a group of ours that has no bucket, and so was not read
 * back. */
static void
test_empty_group(void **state OVS_UNUSED)
{
    static const char *const lines[] = { "1 1 output:1", NULL };
    struct ochanges changes = OCHANGES_INITIALIZER;
    struct oflow_table installed, desired;
    struct model_switch sw;
    struct obundle bundle;

    oflow_table_init(&installed);
    table_from_lines(&desired, lines);
    model_switch_init(&sw, &installed);
    sw.groups[sw.n_groups++] = 1;

    oflow_table_diff(&desired, &installed, &changes);
    obundle_encode(&bundle, &changes, &installed, 1, false);
    assert_null(model_switch_commit(&sw, &bundle));
    assert_same_table(&sw.table, &desired);

    model_switch_uninit(&sw);
    obundle_uninit(&bundle);
    ochanges_uninit(&changes);
    oflow_table_uninit(&installed);
    oflow_table_uninit(&desired);
}

/* The model of a switch does refuse what a switch refuses: what changes
 * 'installed' into 'desired' cannot be made to a switch that holds
 * 'actual'. */
static void
test_model_switch(void **state OVS_UNUSED)
{
#define FLOW "cookie=0x1,table=0,priority=1 actions="
    static const struct {
        const char *installed[3], *desired[3], *actual[3];
        const char *error;
    } cases[] = {
        { { NULL }, { FLOW"group:1" }, { NULL },
          "flow names a group that is not there" },
        { { FLOW"drop" }, { NULL }, { NULL }, "delete hits nothing" },
        { { FLOW"drop" }, { NULL },
          { "cookie=0x2,table=0,priority=1 actions=drop" },
          "delete hits nothing" },
        { { "1 1 drop" }, { "1 1 drop", "1 2 drop" }, { NULL },
          "unknown group" },
        { { "1 1 drop" }, { "1 1 drop", "1 2 drop" }, { "1 2 drop" },
          "bucket exists" },
        { { "1 1 drop", "1 2 drop" }, { "1 2 drop" }, { "1 2 drop" },
          "unknown bucket" },
        { { "1 1 drop" }, { NULL }, { "1 1 drop", FLOW"group:1" },
          "group is deleted under a flow that names it" },
    };
#undef FLOW

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct ochanges changes = OCHANGES_INITIALIZER;
        struct oflow_table installed, desired, actual;
        struct model_switch sw;
        struct obundle bundle;

        table_from_lines(&installed, cases[i].installed);
        table_from_lines(&desired, cases[i].desired);
        table_from_lines(&actual, cases[i].actual);
        oflow_table_diff(&desired, &installed, &changes);
        obundle_encode(&bundle, &changes, &installed, 1, false);
        model_switch_init(&sw, &actual);

        const char *error = model_switch_commit(&sw, &bundle);
        assert_string_equal(error ? error : "", cases[i].error);

        model_switch_uninit(&sw);
        obundle_uninit(&bundle);
        ochanges_uninit(&changes);
        oflow_table_uninit(&installed);
        oflow_table_uninit(&desired);
        oflow_table_uninit(&actual);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_empty_group),
        cmocka_unit_test(test_model_switch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
