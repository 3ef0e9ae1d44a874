/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/ovs-compat.h"
#include "lib/fleet/fleet-publish.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "sset.h"
#include "tests/unit/fleet-rows.h"
#include "tests/unit/fleet-world.h"
#include "util.h"

/* What differs is said, and that once. */
static void
test_differences(void **state OVS_UNUSED)
{
    struct fleet_world w;

    fleet_world_init(&w, "h1", "one");
    fleet_world_want(&w, "tap0", "active", "52:54:00:00:00:01");
    fleet_world_want(&w, "tap1", "arriving", "52:54:00:00:00:02");
    fleet_world_check(&w, 1000, "insert h1\ninsert h1/tap0 active 1000\n"
                                "insert h1/tap1 arriving 0");
    fleet_world_check(&w, 1000, "");
    assert_int_equal(fleet_publish_count_pending(w.publish), 0);
    assert_int_equal(fleet_publish_count_ports(w.publish), 2);

    /* The same again is no change. */
    fleet_world_want(&w, "tap0", "active", "52:54:00:00:00:01");
    fleet_world_check(&w, 1001, "");
    fleet_world_want(&w, "tap1", "active", "52:54:00:00:00:02");
    fleet_world_check(&w, 1002, "update h1/tap1 active 1002");

    /* A port that comes and goes before it could be said is not said. */
    fleet_world_want(&w, "tap2", "active", "52:54:00:00:00:03");
    fleet_publish_set_port(w.publish, "tap2", NULL);
    fleet_world_check(&w, 1003, "");

    /* What was told of goes, also while not all ports are known. */
    fleet_publish_set_port(w.publish, "tap0", NULL);
    assert_int_equal(fleet_publish_count_pending(w.publish), 1);
    fleet_world_check(&w, 1003, "delete h1/tap0");
    assert_int_equal(fleet_publish_count_pending(w.publish), 0);

    /* That the host is there, and if the clock was set back. */
    fleet_world_check(&w, 1000 + FLEET_SEEN_INTERVAL - 1, "");
    fleet_world_check(&w, 1000 + FLEET_SEEN_INTERVAL, "update h1");
    fleet_world_check(&w, 1000 + FLEET_SEEN_INTERVAL + 1, "");
    fleet_world_check(&w, 900, "update h1");
    fleet_world_check(&w, 901, "");
    fleet_world_uninit(&w);
}

/* Who is started again finds nothing to say; and what was lost on the way is
 * said again. */
static void
test_restart(void **state OVS_UNUSED)
{
    struct fleet_world w;

    fleet_world_init(&w, "h1", "one");
    struct fleet_host *host = fleet_row_create(FLEET_TABLE_HOST);
    fleet_row_set_string(&host->name, "h1");
    fleet_row_set_string(&host->hostname, "one");
    host->last_seen = 999;
    fleet_world_set(&w, FLEET_TABLE_HOST, "h1", host);
    fleet_world_set(&w, FLEET_TABLE_PORT, "h1/tap0",
                    make_port("h1", "tap0", "active", "52:54:00:00:00:01", 7));
    fleet_world_set(&w, FLEET_TABLE_PORT, "h1/old",
                    make_port("h1", "old", "active", "52:54:00:00:00:09", 7));
    fleet_world_want(&w, "tap0", "active", "52:54:00:00:00:01");
    fleet_world_check(&w, 1000, "");
    fleet_publish_set_complete(w.publish);
    fleet_publish_set_complete(w.publish);

    /* Lost on the way. */
    struct json *params = fleet_publish_next(w.publish, 1001);
    assert_non_null(params);
    json_destroy(params);
    assert_int_equal(fleet_publish_count_pending(w.publish), 1);
    fleet_publish_done(w.publish);
    fleet_world_check(&w, 1002, "delete h1/old");

    /* Somebody deletes our rows. */
    fleet_world_set(&w, FLEET_TABLE_PORT, "h1/tap0", NULL);
    fleet_world_set(&w, FLEET_TABLE_HOST, "h1", NULL);
    fleet_world_check(&w, 1003, "insert h1\ninsert h1/tap0 active 1003");
    fleet_world_uninit(&w);
}

static bool
is_there(const char *name, void *there)
{
    return sset_contains(there, name);
}

/* Of rows that are there before this program tells of anything, those of
 * interfaces that are not there go; others stay until all ports are known. */
static void
test_withdraw(void **state OVS_UNUSED)
{
    struct sset there = SSET_INITIALIZER(&there);
    struct fleet_world w;

    fleet_world_init(&w, "h1", "one");
    for (int i = 0; i < 3; i++) {
        char *key = xasprintf("h1/tap%d", i);

        fleet_world_set(&w, FLEET_TABLE_PORT, key,
                        make_port("h1", key + 3, "active", "52:54:00:00:00:01",
                                  7));
        free(key);
    }
    fleet_world_check(&w, 1000, "insert h1");
    sset_add(&there, "tap0");
    sset_add(&there, "tap1");
    fleet_publish_withdraw(w.publish, is_there, &there);
    assert_int_equal(fleet_publish_count_pending(w.publish), 1);
    fleet_world_check(&w, 1001, "delete h1/tap2");

    /* It comes again. */
    fleet_world_want(&w, "tap2", "active", "52:54:00:00:00:01");
    fleet_world_check(&w, 1002, "insert h1/tap2 active 1002");
    fleet_publish_set_port(w.publish, "tap2", NULL);
    fleet_world_want(&w, "tap2", "active", "52:54:00:00:00:01");
    fleet_world_check(&w, 1003, "");

    /* Not known to be a guest's port any more, and that is not certain. */
    fleet_publish_set_port(w.publish, "tap1", NULL);
    fleet_world_check(&w, 1004, "");
    assert_false(fleet_publish_is_complete(w.publish));
    fleet_publish_set_complete(w.publish);
    fleet_world_check(&w, 1004, "delete h1/tap0\ndelete h1/tap1");
    sset_destroy(&there);
    fleet_world_uninit(&w);
}

/* A row of our name that is another host's is left alone. */
static void
test_twin(void **state OVS_UNUSED)
{
    struct fleet_world w;

    fleet_world_init(&w, "h1", "one");
    struct fleet_host *host = fleet_row_create(FLEET_TABLE_HOST);
    fleet_row_set_string(&host->name, "h1");
    fleet_row_set_string(&host->hostname, "two");
    host->last_seen = 1000;
    fleet_world_set(&w, FLEET_TABLE_HOST, "h1", host);
    fleet_world_want(&w, "tap0", "active", "52:54:00:00:00:01");
    assert_non_null(fleet_publish_find_twin(w.publish, 1001));
    assert_false(fleet_publish_is_due(w.publish, 1001));
    assert_int_equal(fleet_publish_due_time(w.publish, 1001),
                     1000 + FLEET_TWIN_SECONDS);
    fleet_world_check(&w, 1001, "");

    /* It has not been seen for long: our host has another name now. */
    assert_null(fleet_publish_find_twin(w.publish, 1180));
    assert_int_equal(fleet_publish_due_time(w.publish, 1180), 1180);
    fleet_world_check(&w, 1180, "insert h1/tap0 active 1180\nupdate h1");
    fleet_world_uninit(&w);
}

/* 5,000 ports at once, and then one. */
static void
test_many(void **state OVS_UNUSED)
{
    struct fleet_world w;
    struct json *params;

    fleet_world_init(&w, "h1", "one");
    for (int i = 0; i < 5000; i++) {
        char *name = xasprintf("tap%d", i);
        char *mac = xasprintf("52:54:00:00:%02x:%02x", i >> 8, i & 255);

        fleet_world_want(&w, name, "active", mac);
        free(name);
        free(mac);
    }
    params = fleet_publish_next(w.publish, 1000);
    assert_int_equal(json_array_size(params), 5002);

    struct ds s = DS_EMPTY_INITIALIZER;
    for (size_t i = 1; i < json_array_size(params); i++) {
        fleet_world_carry_out(&w, json_array_at(params, i), &s);
    }
    ds_destroy(&s);
    json_destroy(params);
    fleet_publish_done(w.publish);
    fleet_world_check(&w, 1001, "");
    fleet_world_want(&w, "tap77", "held", "52:54:00:00:00:77");
    fleet_world_check(&w, 1002, "update h1/tap77 held 1000");
    fleet_world_uninit(&w);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_differences),
        cmocka_unit_test(test_restart),
        cmocka_unit_test(test_withdraw),
        cmocka_unit_test(test_twin),
        cmocka_unit_test(test_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
