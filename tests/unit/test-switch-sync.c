/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "byte-order.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofpbuf.h"
#include "tests/unit/oflow-text.h"
#include "tests/unit/switch-talk.h"
#include "util.h"

#define ALICE UINT64_C(0x56e7020000000001)
#define BOB UINT64_C(0x56e7020000000002)

/* A flow's meter is there before the flow, and as long as the flow is. */
static void
test_meters_and_flows(void **state OVS_UNUSED)
{
    struct talk t;

    talk_init(&t);
    want_meter(&t, OMETER_MAGIC | 1);
    want_flow(&t, "cookie=0x56e7020000000001,table=0,priority=1,in_port=1"
                  " actions=drop");
    assert_step(&t, "m(f)b");
    assert_step(&t, "");
    finish(&t);
    assert_step(&t, "");
    assert_true(switch_sync_is_at(&t.sync, &t.meters));

    /* Another alone. */
    want_meter(&t, OMETER_MAGIC | 2);
    assert_step(&t, "mb");
    assert_step(&t, "");
    finish(&t);
    assert_step(&t, "");
    assert_true(switch_sync_is_at(&t.sync, &t.meters));

    ometers_clear(&t.meters);
    want_flow(&t, "cookie=0x56e7020000000001,table=0,priority=1,in_port=1"
                  " actions=output:1");
    assert_step(&t, "(f)b");
    assert_step(&t, "");
    finish(&t);
    assert_false(switch_sync_is_at(&t.sync, &t.meters));
    assert_step(&t, "mmb");
    finish(&t);
    assert_step(&t, "");
    assert_true(switch_sync_is_at(&t.sync, &t.meters));
    talk_uninit(&t);
}

#define METERED(IN_PORT)                                                     \
    "cookie=0x56e7020000000001,table=0,priority=1,in_port="#IN_PORT          \
    " actions=meter:"#IN_PORT",output:1"
#define PLAIN(IN_PORT)                                                       \
    "cookie=0x56e7020000000001,table=0,priority=1,in_port="#IN_PORT          \
    " actions=output:1"

/* If a meter is refused, so is a flow that uses it, which is nobody's
 * fault. */
static void
test_refused_meters(void **state OVS_UNUSED)
{
    struct talk t;

    /* Somebody else has one of that number. */
    talk_init(&t);
    want_meter(&t, OMETER_MAGIC | 1);
    want_flow(&t, METERED(1));
    assert_step(&t, "m(f)b");
    assert_int_equal(refuse(&t, 0, OFPERR_OFPMMFC_METER_EXISTS),
                     BLAME_BELIEF);
    finish(&t);
    assert_int_equal(oflow_table_count_flows(&t.sync.installed), 1);
    assert_true(t.sync.must_reread);
    talk_uninit(&t);

    /* Somebody has deleted it, but it was to be changed. */
    talk_init(&t);
    want_meter(&t, OMETER_MAGIC | 1);
    want_flow(&t, METERED(1));
    assert_step(&t, "m(f)b");
    assert_int_equal(refuse(&t, 0, OFPERR_OFPMMFC_UNKNOWN_METER),
                     BLAME_BELIEF);
    assert_int_equal(refuse(&t, 2, OFPERR_OFPMMFC_INVALID_METER), BLAME_SAME);
    assert_int_equal(refuse(&t, 3, OFPERR_OFPBFC_MSG_FAILED), BLAME_SAME);
    finish(&t);
    assert_int_equal(oflow_table_count_flows(&t.sync.installed), 0);
    assert_int_equal(quarantine_count(&t.sync.commit.quarantine), 0);
    assert_int_equal(switch_sync_when(&t.sync), t.now + 1000);
    t.now += 1000;
    assert_step(&t, "");
    assert_int_equal(switch_sync_when_to_reread(&t.sync), t.now);
    switch_sync_forget(&t.sync);
    assert_int_equal(switch_sync_when_to_reread(&t.sync), LLONG_MAX);

    /* The switch cannot have as many: they are done without at once. */
    want_meter(&t, OMETER_MAGIC | 2);
    want_flow(&t, METERED(2));
    assert_step(&t, "mm(ff)b");
    assert_int_equal(refuse(&t, 1, OFPERR_OFPMMFC_OUT_OF_METERS),
                     BLAME_METER);
    assert_int_equal(refuse(&t, 4, OFPERR_OFPMMFC_INVALID_METER), BLAME_SAME);
    assert_int_equal(refuse(&t, 5, OFPERR_OFPBFC_MSG_FAILED), BLAME_SAME);
    finish(&t);
    assert_int_equal(quarantine_count(&t.sync.commit.quarantine), 0);
    assert_false(t.sync.must_reread);
    assert_int_equal(meter_sync_bands(&t.sync.meters), 0);
    ometers_clear(&t.meters);
    want_flow(&t, PLAIN(1));
    want_flow(&t, PLAIN(2));
    assert_step(&t, "(ff)b");
    finish(&t);
    assert_step(&t, "mb");      /* The first one is there, for nothing. */
    finish(&t);
    assert_step(&t, "");
    assert_true(switch_sync_is_at(&t.sync, &t.meters));
    assert_same_table(&t.sync.installed, &t.desired);
    talk_uninit(&t);
}

/* What several share in one message is sent apart to find whose fault it is,
 * and that one is left out. */
static void
test_one_alone(void **state OVS_UNUSED)
{
    struct talk t;

    talk_init(&t);
    want_bucket(&t, 1, 1, ALICE);
    want_bucket(&t, 1, 2, BOB);
    assert_step(&t, "(g)b");
    assert_int_equal(refuse(&t, 1, OFPERR_OFPBAC_BAD_OUT_PORT),
                     BLAME_SEVERAL);
    assert_int_equal(refuse(&t, 2, OFPERR_OFPBFC_MSG_FAILED), BLAME_SAME);
    finish(&t);
    assert_false(switch_sync_is_at(&t.sync, &t.meters));

    assert_step(&t, "(gg)b");
    assert_int_equal(refuse(&t, 2, OFPERR_OFPBAC_BAD_OUT_PORT),
                     BLAME_SOMEBODY);
    finish(&t);
    assert_int_equal(ntohll(switch_commit_take_news(&t.sync.commit)), BOB);
    assert_int_equal(ntohll(switch_commit_take_news(&t.sync.commit)), 0);

    assert_step(&t, "(g)b");
    finish(&t);
    assert_int_equal(oflow_table_count_keys(&t.sync.installed), 1);
    assert_string_equal(quarantine_find(&t.sync.commit.quarantine,
                                        htonll(BOB)), "OFPBAC_BAD_OUT_PORT");
    assert_true(switch_sync_is_at(&t.sync, &t.meters));

    /* It is tried again when something changes for it, and not before. */
    want_bucket(&t, 1, 3, ALICE);
    assert_step(&t, "(g)b");
    finish(&t);
    assert_int_equal(quarantine_count(&t.sync.commit.quarantine), 1);
    want_bucket(&t, 1, 2, BOB);
    assert_step(&t, "(g)b");
    finish(&t);
    assert_int_equal(quarantine_count(&t.sync.commit.quarantine), 0);
    assert_same_table(&t.sync.installed, &t.desired);
    talk_uninit(&t);
}

/* A FLOOD flow whose group is not there, since the only port in it is in
 * quarantine, is tried again when another port comes into the group. */
static void
test_flood_is_released(void **state OVS_UNUSED)
{
    struct talk t;
    struct ds flow = DS_EMPTY_INITIALIZER;

    ds_put_format(&flow, "cookie=0x%"PRIx64",table=240,priority=1"
                  " actions=group:1",
                  ntohll(pipeline_cookie(COOKIE_FLOOD, "0/0")));
    talk_init(&t);
    want_flow(&t, ds_cstr(&flow));
    want_bucket(&t, 1, 1, ALICE);
    assert_step(&t, "(gf)b");
    assert_int_equal(refuse(&t, 1, OFPERR_OFPBAC_BAD_OUT_PORT),
                     BLAME_SOMEBODY);
    finish(&t);
    assert_step(&t, "(f)b");
    assert_int_equal(refuse(&t, 1, OFPERR_OFPBAC_BAD_OUT_GROUP),
                     BLAME_SOMEBODY);
    finish(&t);
    assert_step(&t, "");
    assert_int_equal(quarantine_count(&t.sync.commit.quarantine), 2);

    want_bucket(&t, 1, 2, BOB);
    assert_step(&t, "(gf)b");
    finish(&t);
    assert_int_equal(quarantine_count(&t.sync.commit.quarantine), 1);
    assert_int_equal(oflow_table_count_flows(&t.sync.installed), 1);
    talk_uninit(&t);
    ds_destroy(&flow);
}

/* Checks that the last step, which has ended, is tried again after 'backoff'
 * milliseconds and another reading, which finds nothing. */
static void
assert_backs_off(struct talk *t, int backoff)
{
    assert_false(switch_sync_is_at(&t->sync, &t->meters));
    assert_int_equal(switch_sync_when(&t->sync), t->now + backoff);
    t->now += backoff - 1;
    assert_step(t, "");
    t->now++;
    assert_step(t, "");
    assert_int_equal(switch_sync_when_to_reread(&t->sync), t->now);
    switch_sync_forget(&t->sync);
}

/* Whom the switch has had no room for is tried again a while later, one at a
 * time, and the next one as soon as there was room for one. */
static void
test_room(void **state OVS_UNUSED)
{
    struct talk t;

    talk_init(&t);
    want_bucket(&t, 1, 1, ALICE);
    want_bucket(&t, 2, 2, BOB);
    assert_step(&t, "(gg)b");
    refuse(&t, 1, OFPERR_OFPGMFC_OUT_OF_GROUPS);
    finish(&t);
    assert_step(&t, "(g)b");
    refuse(&t, 1, OFPERR_OFPGMFC_OUT_OF_GROUPS);
    finish(&t);
    assert_step(&t, "");
    assert_int_equal(quarantine_count(&t.sync.commit.quarantine), 2);
    assert_true(switch_commit_take_news(&t.sync.commit));

    /* Each time it is another, and nobody is told again. */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(switch_sync_when(&t.sync),
                         t.now + SWITCH_SYNC_TRIAL_MSEC);
        t.now += SWITCH_SYNC_TRIAL_MSEC - 1;
        assert_step(&t, "");
        t.now++;
        assert_step(&t, "(g)b");
        assert_int_equal(quarantine_count(&t.sync.commit.quarantine), 2);
        assert_int_equal(refuse(&t, 1, OFPERR_OFPGMFC_OUT_OF_GROUPS),
                         BLAME_SOMEBODY);
        finish(&t);
        assert_step(&t, "");
        assert_false(switch_commit_take_news(&t.sync.commit));
    }
    t.now += SWITCH_SYNC_TRIAL_MSEC;
    assert_step(&t, "(g)b");
    finish(&t);
    assert_int_equal(quarantine_count(&t.sync.commit.quarantine), 1);
    assert_step(&t, "(g)b");
    finish(&t);
    assert_int_equal(quarantine_count(&t.sync.commit.quarantine), 0);
    assert_step(&t, "");
    assert_int_equal(switch_sync_when(&t.sync), LLONG_MAX);
    assert_same_table(&t.sync.installed, &t.desired);

    /* What is refused for another reason then is not tried again. */
    want_bucket(&t, 3, 3, ALICE);
    assert_step(&t, "(g)b");
    refuse(&t, 1, OFPERR_OFPGMFC_OUT_OF_GROUPS);
    finish(&t);
    assert_step(&t, "");
    t.now += SWITCH_SYNC_TRIAL_MSEC;
    assert_step(&t, "(g)b");
    assert_int_equal(refuse(&t, 1, OFPERR_OFPBAC_BAD_OUT_PORT),
                     BLAME_SOMEBODY);
    finish(&t);
    assert_step(&t, "");
    assert_int_equal(switch_sync_when(&t.sync), LLONG_MAX);
    assert_string_equal(quarantine_find(&t.sync.commit.quarantine,
                                        htonll(ALICE)), "OFPBAC_BAD_OUT_PORT");
    talk_uninit(&t);
}

/* If nobody in particular is to blame, the next try waits, longer each
 * time. */
static void
test_back_off(void **state OVS_UNUSED)
{
    static const int backoffs[] = {
        1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000,
    };
    struct talk t;

    talk_init(&t);
    want_bucket(&t, 1, 1, ALICE);
    for (size_t i = 0; i < ARRAY_SIZE(backoffs); i++) {
        assert_step(&t, "(g)b");
        assert_int_equal(refuse(&t, 2, OFPERR_OFPBFC_UNKNOWN), BLAME_BUNDLE);
        finish(&t);
        assert_backs_off(&t, backoffs[i]);
    }
    assert_step(&t, "(g)b");
    finish(&t);
    assert_int_equal(switch_sync_when(&t.sync), LLONG_MAX);

    /* What has been carried out since puts an end to it. */
    want_bucket(&t, 1, 2, ALICE);
    assert_step(&t, "(g)b");
    assert_int_equal(refuse(&t, 0, OFPERR_OFPBFC_BAD_ID), BLAME_BUNDLE);
    finish(&t);
    assert_backs_off(&t, 1000);

    /* So does another switch. */
    switch_sync_reset(&t.sync);
    t.now -= 1000;
    assert_step(&t, "(g)b");
    talk_uninit(&t);
}

/* What is refused because the switch does not hold what we believe is nobody's
 * fault, and quarantine does not help. */
static void
test_wrong_belief(void **state OVS_UNUSED)
{
    struct talk t;

    talk_init(&t);
    want_bucket(&t, 1, 1, ALICE);
    want_bucket(&t, 1, 2, BOB);
    assert_step(&t, "(g)b");
    finish(&t);

    /* Somebody has deleted the group.  A bucket comes. */
    want_bucket(&t, 1, 3, ALICE);
    assert_step(&t, "(g)b");
    assert_int_equal(refuse(&t, 1, OFPERR_OFPGMFC_UNKNOWN_GROUP),
                     BLAME_BELIEF);
    finish(&t);
    assert_int_equal(quarantine_count(&t.sync.commit.quarantine), 0);
    assert_backs_off(&t, 1000);
    assert_step(&t, "(g)b");
    finish(&t);
    assert_same_table(&t.sync.installed, &t.desired);

    /* A bucket goes, which quarantine takes nothing out of. */
    want_no_bucket(&t, 1, 3);
    assert_step(&t, "(g)b");
    assert_int_equal(refuse(&t, 1, OFPERR_OFPGMFC_INVALID_GROUP),
                     BLAME_BELIEF);
    finish(&t);
    assert_int_equal(quarantine_count(&t.sync.commit.quarantine), 0);
    assert_backs_off(&t, 1000);
    assert_step(&t, "(g)b");
    finish(&t);
    assert_same_table(&t.sync.installed, &t.desired);

    /* A meter that somebody has made. */
    want_meter(&t, OMETER_MAGIC | 1);
    assert_step(&t, "mb");
    assert_int_equal(refuse(&t, 0, OFPERR_OFPMMFC_METER_EXISTS),
                     BLAME_BELIEF);
    finish(&t);
    assert_null(meter_sync_error(&t.sync.meters));
    assert_backs_off(&t, 1000);

    /* One that the switch cannot do is done without. */
    assert_step(&t, "m(g)b");
    assert_int_equal(refuse(&t, 0, OFPERR_OFPMMFC_OUT_OF_METERS),
                     BLAME_METER);
    finish(&t);
    assert_string_equal(meter_sync_error(&t.sync.meters),
                        "OFPMMFC_OUT_OF_METERS");
    assert_false(t.sync.must_reread);
    talk_uninit(&t);
}

static void
put_foreign(struct talk *t, const char *s, bool there)
{
    struct oflow *flow = oflow_from_string(s);

    if (there) {
        foreign_put(&t->sync.foreign, flow);
    } else {
        foreign_remove(&t->sync.foreign, flow);
        switch_sync_foreign_changed(&t->sync);
    }
    oflow_unref(flow);
}

/* Where somebody else has a flow, none of ours is put, and nobody who has
 * another flow has to suffer. */
static void
test_displaced(void **state OVS_UNUSED)
{
    static const char theirs[]
        = "cookie=0xf00,table=0,priority=100,in_port=1,actions=output:9";
    struct talk t;
    char *why;

    talk_init(&t);
    put_foreign(&t, theirs, true);
    want_flow(&t, "cookie=0x56e7020000000001,table=0,priority=100,in_port=1"
                  " actions=drop");
    want_flow(&t, "cookie=0x56e7020000000001,table=0,priority=2,in_port=1"
                  " actions=drop");
    want_flow(&t, "cookie=0x56e7020000000002,table=0,priority=100,in_port=2"
                  " actions=drop");
    assert_step(&t, "(f)b");
    finish(&t);
    assert_true(switch_sync_is_at(&t.sync, &t.meters));
    assert_int_equal(oflow_table_count_flows(&t.sync.installed), 1);
    assert_int_equal(quarantine_count(&t.sync.commit.quarantine), 1);
    assert_null(quarantine_explain(&t.sync.commit.quarantine, htonll(BOB)));
    why = quarantine_explain(&t.sync.commit.quarantine, htonll(ALICE));
    assert_string_equal(why, "somebody else's flow is in the place of one of "
                        "its flows (cookie=0xf00,table=0,priority=100,"
                        "in_port=1 actions=output:9)");
    free(why);
    assert_step(&t, "");

    /* Another of his flows goes, and then this one. */
    put_foreign(&t, "cookie=0xf00,table=0,priority=7 actions=drop", false);
    assert_step(&t, "");
    assert_int_equal(quarantine_count(&t.sync.commit.quarantine), 1);
    put_foreign(&t, theirs, false);
    assert_false(switch_sync_is_at(&t.sync, &t.meters));
    assert_step(&t, "(ff)b");
    finish(&t);
    assert_int_equal(quarantine_count(&t.sync.commit.quarantine), 0);
    assert_same_table(&t.sync.installed, &t.desired);
    assert_true(switch_sync_is_at(&t.sync, &t.meters));
    talk_uninit(&t);
}

/* An error about something else has nothing to do with the bundle that is in
 * flight. */
static void
test_stranger(void **state OVS_UNUSED)
{
    struct talk t;
    struct ofpbuf *other = ofpraw_alloc(OFPRAW_OFPT12_ROLE_REQUEST,
                                        OFP15_VERSION, 0);
    struct ofpbuf *error;

    talk_init(&t);
    want_bucket(&t, 1, 1, ALICE);
    assert_step(&t, "(g)b");
    ofpmsg_update_length(other);
    error = ofperr_encode_reply(OFPERR_OFPBRC_EPERM, other->data);
    assert_int_equal(switch_sync_handle_error(&t.sync, error->data),
                     BLAME_STRANGER);
    finish(&t);
    assert_same_table(&t.sync.installed, &t.desired);
    assert_true(switch_sync_is_at(&t.sync, &t.meters));
    assert_int_equal(switch_sync_handle_error(&t.sync, error->data),
                     BLAME_STRANGER);
    assert_int_equal(t.sync.commit.stats.n_errors, 2);
    ofpbuf_delete(error);
    ofpbuf_delete(other);
    talk_uninit(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_meters_and_flows),
        cmocka_unit_test(test_refused_meters),
        cmocka_unit_test(test_one_alone),
        cmocka_unit_test(test_flood_is_released),
        cmocka_unit_test(test_room),
        cmocka_unit_test(test_back_off),
        cmocka_unit_test(test_wrong_belief),
        cmocka_unit_test(test_displaced),
        cmocka_unit_test(test_stranger),
    };

    return cmocka_run_group_tests_name("switch-sync", tests, NULL, NULL);
}
