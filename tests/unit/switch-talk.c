/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "tests/unit/switch-talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "byte-order.h"
#include "lib/openflow/oflow.h"
#include "openvswitch/ofp-bundle.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofpbuf.h"
#include "tests/unit/oflow-text.h"
#include "util.h"

void
talk_init(struct talk *t)
{
    switch_sync_init(&t->sync);
    oflow_table_init(&t->desired);
    oflow_table_init(&t->dirty);
    t->meters = (struct ometers) OMETERS_INITIALIZER;
    ovs_list_init(&t->msgs);
    t->now = 5000;
}

void
talk_uninit(struct talk *t)
{
    ofpbuf_list_delete(&t->msgs);
    ometers_uninit(&t->meters);
    oflow_table_uninit(&t->desired);
    oflow_table_uninit(&t->dirty);
    switch_sync_uninit(&t->sync);
}

void
want_flow(struct talk *t, const char *s)
{
    struct oflow *flow = oflow_from_string(s);

    oflow_table_put(&t->desired, flow);
    oflow_table_put(&t->dirty, flow);
    oflow_unref(flow);
}

/* Says that group 'group_id' should have a bucket with number 'bucket_id', of
 * whoever has flows with 'cookie'. */
void
want_bucket(struct talk *t, uint32_t group_id, uint32_t bucket_id,
            uint64_t cookie)
{
    struct obucket *text = obucket_from_string(group_id, bucket_id,
                                               "output:1");
    struct ofpbuf a = ofpbuf_const_initializer(text->ofpacts,
                                               text->ofpacts_len);
    struct obucket *bucket = obucket_create(group_id, bucket_id,
                                            htonll(cookie), &a);

    oflow_table_put_bucket(&t->desired, bucket);
    oflow_table_put_bucket(&t->dirty, bucket);
    obucket_unref(bucket);
    obucket_unref(text);
}

void
want_no_bucket(struct talk *t, uint32_t group_id, uint32_t bucket_id)
{
    struct obucket *key = obucket_from_string(group_id, bucket_id, "drop");

    oflow_table_remove_bucket(&t->desired, key);
    oflow_table_put_bucket(&t->dirty, key);
    obucket_unref(key);
}

void
want_meter(struct talk *t, uint32_t meter_id)
{
    struct ometer meter = {
        .meter_id = meter_id,
        .n_bands = 1,
        .bands = { { .rate = 1000, .burst = 100 } },
    };

    ometers_put(&t->meters, &meter);
}

/* Takes a step.  Checks that it sends messages of types 'expected': m for a
 * meter_mod, ( for opening a bundle, f and g for a flow_mod and a group_mod in
 * it, ) for its commit, and b for a barrier. */
void
assert_step(struct talk *t, const char *expected)
{
    struct switch_goal goal = {
        .desired = &t->desired, .dirty = &t->dirty, .meters = &t->meters,
    };
    struct ovs_list msgs = OVS_LIST_INITIALIZER(&msgs);
    char types[64];
    size_t n = 0;
    struct ofpbuf *msg;

    if (switch_sync_put(&t->sync, &goal, t->now, &msgs)) {
        oflow_table_clear(&t->dirty);
    }
    LIST_FOR_EACH (msg, list_node, &msgs) {
        struct ofputil_bundle_ctrl_msg ctrl;
        struct ofputil_bundle_add_msg add;
        enum ofptype type;
        char c = '?';

        ofpmsg_update_length(msg);
        assert_int_equal(ofptype_decode(&type, msg->data), 0);
        if (type == OFPTYPE_METER_MOD) {
            c = 'm';
        } else if (type == OFPTYPE_BARRIER_REQUEST) {
            c = 'b';
        } else if (type == OFPTYPE_BUNDLE_CONTROL) {
            assert_int_equal(ofputil_decode_bundle_ctrl(msg->data, &ctrl), 0);
            c = ctrl.type == OFPBCT_OPEN_REQUEST ? '(' : ')';
        } else if (type == OFPTYPE_BUNDLE_ADD_MESSAGE) {
            assert_int_equal(ofputil_decode_bundle_add(msg->data, &add,
                                                       &type), 0);
            c = type == OFPTYPE_FLOW_MOD ? 'f' : 'g';
        }
        assert_true(n + 1 < sizeof types);
        types[n++] = c;
    }
    types[n] = '\0';
    assert_string_equal(types, expected);
    if (n) {
        ofpbuf_list_delete(&t->msgs);
        ovs_list_init(&t->msgs);
        ovs_list_push_back_all(&t->msgs, &msgs);
    }
}

/* Has the switch refuse message number 'index' of the last step by 'error'. */
enum switch_commit_blame
refuse(struct talk *t, size_t index, enum ofperr error)
{
    struct ovs_list *node = t->msgs.next;

    while (index--) {
        node = node->next;
    }
    struct ofpbuf *reply = ofperr_encode_reply(error,
                                               ofpbuf_from_list(node)->data);
    enum switch_commit_blame blame = switch_sync_handle_error(&t->sync,
                                                              reply->data);
    ofpbuf_delete(reply);
    return blame;
}

/* Has the switch be through with the last step. */
void
finish(struct talk *t)
{
    const struct ofpbuf *barrier = ofpbuf_from_list(ovs_list_back(&t->msgs));

    assert_true(switch_sync_is_busy(&t->sync));
    switch_sync_handle_barrier(&t->sync, barrier->data, t->now);
    assert_false(switch_sync_is_busy(&t->sync));
}
