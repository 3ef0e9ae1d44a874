/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/fleet/fleet-publish.h"
#include "tests/unit/fleet-rows.h"
#include "tests/unit/fleet-world.h"
#include "util.h"

/* Since when a host says that its guests have their addresses. */

/* Who becomes active comes after all that he sees; who is keeps his place. */
static void
test_since(void **state OVS_UNUSED)
{
    struct fleet_world w;

    fleet_world_init(&w, "h1", "one");
    fleet_world_set(&w, FLEET_TABLE_PORT, "h2/tap0",
                    make_port("h2", "tap0", "active", "52:54:00:00:00:01",
                              5000));
    fleet_world_set(&w, FLEET_TABLE_PORT, "h3/tap0",
                    make_port("h3", "tap0", "held", "52:54:00:00:00:01",
                              9000));
    fleet_world_want(&w, "tap0", "active", "52:54:00:00:00:01");
    fleet_world_check(&w, 1000, "insert h1\ninsert h1/tap0 active 5001");

    /* The other claims it again, later: nothing changes here. */
    fleet_world_set(&w, FLEET_TABLE_PORT, "h2/tap0",
                    make_port("h2", "tap0", "active", "52:54:00:00:00:01",
                              6000));
    fleet_world_want(&w, "tap0", "active", "52:54:00:00:00:01");
    fleet_world_check(&w, 1001, "");

    /* An address that another has: last of all that claim it. */
    fleet_world_set(&w, FLEET_TABLE_PORT, "h4/tap0",
                    make_port("h4", "tap0", "active", "52:54:00:00:00:02",
                              7000));
    fleet_world_want(&w, "tap0", "active", "52:54:00:00:00:02");
    fleet_world_check(&w, 1002, "update h1/tap0 active 7001");
    fleet_world_set(&w, FLEET_TABLE_PORT, "h4/tap0", NULL);

    /* Held, and active again. */
    fleet_world_want(&w, "tap0", "held", "52:54:00:00:00:02");
    fleet_world_check(&w, 1003, "update h1/tap0 held 7001");
    fleet_world_want(&w, "tap0", "active", "52:54:00:00:00:02");
    fleet_world_check(&w, 1004, "update h1/tap0 active 1004");

    /* Somebody means ill. */
    fleet_world_set(&w, FLEET_TABLE_PORT, "h4/tap0",
                    make_port("h4", "tap0", "active", "52:54:00:00:00:03",
                              INT64_MAX));
    fleet_world_want(&w, "tap1", "active", "52:54:00:00:00:03");
    fleet_world_check(&w, 1004, "insert h1/tap1 active 9223372036854775807");
    fleet_world_uninit(&w);
}

static void
want_vlans(struct fleet_world *w, const char *interface, const char *vlans)
{
    struct fleet_port *port = make_port("", "", "active", "52:54:00:00:00:01",
                                        0);

    fleet_row_set_name(&port->vlans, vlans);
    fleet_publish_set_port(w->publish, interface, port);
}

static void
set_vlans(struct fleet_world *w, const char *key, const char *vlans,
          int64_t since)
{
    struct fleet_port *port = make_port(key, "tap0", "active",
                                        "52:54:00:00:00:01", since);

    fleet_row_set_name(&port->vlans, vlans);
    fleet_world_set(w, FLEET_TABLE_PORT, key, port);
}

/* In a VLAN that it gains, a guest comes after who has its address there; in
 * others it keeps its place. */
static void
test_vlans(void **state OVS_UNUSED)
{
    struct fleet_world w;

    fleet_world_init(&w, "h1", "one");
    want_vlans(&w, "tap0", "10");
    fleet_world_check(&w, 100, "insert h1\ninsert h1/tap0 active 100");
    set_vlans(&w, "h2", "20", 200);
    set_vlans(&w, "h3", "10,30", 300);

    /* Another guest of it, in a VLAN of its own, has no rivals. */
    want_vlans(&w, "tap1", "40");
    fleet_world_check(&w, 101, "insert h1/tap1 active 101");

    /* Nobody has it in the new one: it stays before h3 in the old one. */
    want_vlans(&w, "tap0", "10,50");
    fleet_world_check(&w, 102, "update h1/tap0 active 100");
    want_vlans(&w, "tap0", "10,20");
    fleet_world_check(&w, 103, "update h1/tap0 active 201");

    /* Fewer are no gain, and all of them are. */
    want_vlans(&w, "tap0", "10");
    fleet_world_check(&w, 104, "update h1/tap0 active 201");
    want_vlans(&w, "tap0", "");
    fleet_world_check(&w, 104, "update h1/tap0 active 301");
    fleet_world_uninit(&w);
}

/* A guest that was on its way here has the place that it had where it comes
 * from, but for who is not that guest. */
static void
test_arrival(void **state OVS_UNUSED)
{
    for (int same = 0; same < 2; same++) {
        struct fleet_port *there = make_port("h2", "tap9", "active",
                                             "52:54:00:00:00:01", 500);
        struct fleet_port *here;
        struct fleet_world w;

        fleet_world_init(&w, "h1", "one");
        fleet_row_set_string(&there->vm, same ? "web" : "db");
        fleet_world_set(&w, FLEET_TABLE_PORT, "h2/tap9", there);
        here = make_port("", "", "arriving", "52:54:00:00:00:01", 0);
        fleet_row_set_string(&here->vm, "web");
        fleet_publish_set_port(w.publish, "tap0", here);
        fleet_world_check(&w, 1000, "insert h1\ninsert h1/tap0 arriving 0");
        here = make_port("", "", "active", "52:54:00:00:00:01", 0);
        fleet_row_set_string(&here->vm, "web");
        fleet_publish_set_port(w.publish, "tap0", here);
        fleet_world_check(&w, 1001, same ? "update h1/tap0 active 499"
                                         : "update h1/tap0 active 1001");
        fleet_world_uninit(&w);
    }
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_since),
        cmocka_unit_test(test_vlans),
        cmocka_unit_test(test_arrival),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
