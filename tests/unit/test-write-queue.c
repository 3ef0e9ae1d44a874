/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/ovs-compat.h"
#include "lib/base/rfc7047.h"
#include "lib/rows/write-queue.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "util.h"

/* Returns a request of 'n' operations on table 'table'. */
static struct json *
request(const char *table, size_t n)
{
    struct json *params = rfc7047_params();

    for (size_t i = 0; i < n; i++) {
        rfc7047_select(params, table);
    }
    return params;
}

static void
want(struct write_queue *q, const char *object, size_t n, long long int now)
{
    write_queue_want(q, object, request(object, n), now);
}

/* The batch that is due at 'now' is 'tables', the tables of its operations
 * with a space behind each, or null if none is due. */
static void
assert_batch(struct write_queue *q, long long int now, const char *tables)
{
    struct json *batch = write_queue_next_batch(q, now);
    struct ds s = DS_EMPTY_INITIALIZER;

    assert_int_equal(batch != NULL, tables != NULL);
    for (size_t i = 1; batch && i < json_array_size(batch); i++) {
        ds_put_format(&s, "%s ",
                      json_string(shash_find_data(
                                      json_object(json_array_at(batch, i)),
                                      "table")));
    }
    assert_string_equal(ds_cstr(&s), tables ? tables : "");
    ds_destroy(&s);
    json_destroy(batch);
}

static void
put_outcome(const char *object, enum write_outcome outcome, const char *error,
            void *s)
{
    ds_put_format(s, "%s %s%s%s;", object,
                  outcome == WRITE_DONE ? "done"
                  : outcome == WRITE_REFUSED ? "refused" : "declined",
                  error ? " " : "", error ? error : "");
}

/* The last batch is replied to with 'reply', JSON of a result, or of an error
 * if 'is_error'.  What is to be said of it is 'outcomes'. */
static void
assert_reply(struct write_queue *q, const char *reply, bool is_error,
             long long int now, const char *outcomes)
{
    struct json *json = json_from_string(reply);
    struct ds s = DS_EMPTY_INITIALIZER;

    write_queue_reply(q, is_error ? NULL : json, is_error ? json : NULL, now,
                      put_outcome, &s);
    assert_string_equal(ds_cstr(&s), outcomes);
    ds_destroy(&s);
    json_destroy(json);
}

/* All that is due goes together, and what was carried out is sent again only
 * if it is still wanted a while later. */
static void
test_together(void **state OVS_UNUSED)
{
    struct write_queue *q = write_queue_create();

    assert_true(write_queue_is_empty(q));
    assert_true(write_queue_next_time(q) == LLONG_MAX);
    assert_batch(q, 1000, NULL);

    want(q, "b", 1, 1000);
    want(q, "a", 2, 1000);
    want(q, "later", 1, 1001);
    assert_true(write_queue_next_time(q) == 1000);
    assert_batch(q, 1000, "a a b ");
    assert_reply(q, "[{},{},{}]", false, 1010, "a done;b done;");
    assert_int_equal(write_queue_count_pending(q), 3);
    write_queue_unwant(q, "a");
    write_queue_unwant(q, "a");
    assert_false(write_queue_is_pending(q, "a"));
    assert_true(write_queue_is_pending(q, "b"));

    assert_batch(q, 1010, "later ");
    assert_reply(q, "[{}]", false, 1010, "later done;");
    write_queue_unwant(q, "later");
    assert_batch(q, 1009 + WRITE_SETTLE_MSEC, NULL);
    assert_batch(q, 1010 + WRITE_SETTLE_MSEC, "b ");
    write_queue_destroy(q);
}

/* The database says which operation it has refused: that one waits, and the
 * others go together at once. */
static void
test_culprit(void **state OVS_UNUSED)
{
    struct write_queue *q = write_queue_create();

    want(q, "a", 2, 0);
    want(q, "b", 2, 0);
    want(q, "c", 1, 0);
    assert_batch(q, 0, "a a b b c ");
    assert_reply(q, "[{},{},{},{\"error\":\"bad\",\"details\":\"x\"},null]",
                 false, 5, "b refused bad: x;");
    assert_int_equal(write_queue_count_pending(q), 3);
    assert_batch(q, 5, "a a c ");
    assert_reply(q, "[{},{},{}]", false, 6, "a done;c done;");

    /* One that is new meanwhile does not have to wait for it, and what was
     * refused is not said again. */
    assert_batch(q, 4 + WRITE_RETRY_MIN_MSEC, NULL);
    want(q, "d", 1, 5 + WRITE_RETRY_MIN_MSEC);
    assert_batch(q, 5 + WRITE_RETRY_MIN_MSEC, "b b d ");
    assert_reply(q, "[{\"error\":\"bad\",\"details\":\"x\"},null,null]",
                 false, 2000, "");
    assert_batch(q, 2000, "d ");
    write_queue_destroy(q);
}

/* An operation's first and last belong to it, not to its neighbours. */
static void
test_bounds(void **state OVS_UNUSED)
{
    static const char *const culprits[] = { "a", "a", "b", "c", "c" };

    for (size_t i = 0; i < ARRAY_SIZE(culprits); i++) {
        struct write_queue *q = write_queue_create();
        struct ds reply = DS_EMPTY_INITIALIZER;
        char *outcome = xasprintf("%s refused bad;", culprits[i]);

        want(q, "a", 2, 0);
        want(q, "b", 1, 0);
        want(q, "c", 2, 0);
        assert_batch(q, 0, "a a b c c ");
        ds_put_char(&reply, '[');
        for (size_t j = 0; j < i; j++) {
            ds_put_cstr(&reply, "{},");
        }
        ds_put_cstr(&reply, "{\"error\":\"bad\"}]");
        assert_reply(q, ds_cstr(&reply), false, 0, outcome);
        free(outcome);
        ds_destroy(&reply);
        write_queue_destroy(q);
    }
}

/* Where it is not said whose fault it was, each goes alone, until all are
 * through. */
static void
check_one_by_one(const char *reply, bool is_error)
{
    struct write_queue *q = write_queue_create();

    want(q, "a", 1, 0);
    want(q, "b", 1, 0);
    assert_batch(q, 0, "a b ");
    assert_reply(q, reply, is_error, 0, "");
    assert_batch(q, 0, "a ");
    assert_reply(q, "[{},{\"error\":\"constraint violation\"}]", false, 0,
                 "a refused constraint violation;");
    assert_batch(q, 0, "b ");
    assert_reply(q, "[{}]", false, 0, "b done;");

    /* Something else that is wanted of one of them is not its fault. */
    want(q, "a", 2, 10);
    want(q, "c", 1, 10);
    assert_batch(q, 10, "a a c ");
    write_queue_destroy(q);
}

static void
test_one_by_one(void **state OVS_UNUSED)
{
    check_one_by_one("[{},{},{\"error\":\"constraint violation\"}]", false);
    check_one_by_one("{\"error\":\"syntax error\"}", true);
    check_one_by_one("\"canceled\"", true);
    check_one_by_one("7", false);
}

/* What is refused is tried less and less often, until something else is wanted
 * or somebody asks for it. */
static void
test_back_off(void **state OVS_UNUSED)
{
    struct write_queue *q = write_queue_create();
    long long int now = 0, wait = WRITE_RETRY_MIN_MSEC;

    want(q, "a", 1, now);
    for (int i = 0; i < 10; i++) {
        assert_batch(q, now, "a ");
        assert_reply(q, "[{\"error\":\"bad\"}]", false, now,
                     i ? "" : "a refused bad;");
        assert_true(write_queue_next_time(q) == now + wait);
        assert_batch(q, now + wait - 1, NULL);
        now += wait;
        wait = MIN(2 * wait, WRITE_RETRY_MAX_MSEC);
    }
    assert_true(wait == WRITE_RETRY_MAX_MSEC);

    /* The same again does not count as something else. */
    assert_batch(q, now, "a ");
    assert_reply(q, "[{\"error\":\"bad\"}]", false, now, "");
    want(q, "a", 1, now);
    assert_batch(q, now, NULL);
    write_queue_retry_declined(q, now);
    assert_batch(q, now, NULL);
    write_queue_retry(q, now);
    assert_batch(q, now, "a ");
    assert_reply(q, "[{\"error\":\"bad\"}]", false, now, "");
    assert_true(write_queue_next_time(q) == now + WRITE_RETRY_MIN_MSEC);
    want(q, "a", 2, now);
    assert_batch(q, now, "a a ");
    write_queue_destroy(q);
}

/* What a condition forbids is not pending, and tried again when somebody says
 * that this may have changed. */
static void
test_declined(void **state OVS_UNUSED)
{
    struct write_queue *q = write_queue_create();

    want(q, "a", 1, 0);
    want(q, "b", 1, 0);
    assert_batch(q, 0, "a b ");
    assert_reply(q, "[{\"error\":\"timed out\",\"details\":\"x\"},null]",
                 false, 0, "a declined timed out: x;");
    assert_false(write_queue_is_pending(q, "a"));
    assert_true(write_queue_is_pending(q, "b"));
    assert_int_equal(write_queue_count_pending(q), 1);
    assert_false(write_queue_is_empty(q));
    write_queue_unwant(q, "b");
    assert_batch(q, WRITE_RETRY_MIN_MSEC - 1, NULL);

    write_queue_retry_declined(q, 7);
    assert_batch(q, 7, "a ");
    assert_reply(q, "[{\"error\":\"timed out\",\"details\":\"x\"}]", false, 7,
                 "");
    assert_batch(q, 7 + WRITE_RETRY_MIN_MSEC, "a ");
    assert_reply(q, "[{}]", false, 2000, "a done;");
    assert_true(write_queue_is_pending(q, "a"));
    write_queue_destroy(q);
}

/* A reply says nothing of what has come to be wanted since. */
static void
test_overtaken(void **state OVS_UNUSED)
{
    struct write_queue *q = write_queue_create();

    want(q, "a", 1, 0);
    want(q, "b", 1, 0);
    assert_batch(q, 0, "a b ");
    want(q, "a", 2, 1);
    write_queue_unwant(q, "b");
    assert_reply(q, "[{},{}]", false, 2, "a done;b done;");
    assert_batch(q, 2, "a a ");

    /* There is no reply when the connection is lost. */
    write_queue_forget_batch(q);
    assert_reply(q, "[{},{}]", false, 3, "");
    assert_batch(q, 3, "a a ");
    want(q, "a", 1, 4);
    assert_reply(q, "[{\"error\":\"bad\"}]", false, 4, "a refused bad;");
    assert_batch(q, 4, "a ");
    write_queue_destroy(q);
    write_queue_destroy(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_together),
        cmocka_unit_test(test_culprit),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_one_by_one),
        cmocka_unit_test(test_back_off),
        cmocka_unit_test(test_declined),
        cmocka_unit_test(test_overtaken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
