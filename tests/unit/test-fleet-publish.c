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
#include "lib/fleet/fleet-remote.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "sset.h"
#include "svec.h"
#include "tests/unit/fleet-rows.h"
#include "util.h"

/* A database of which a "struct fleet_publish" has a replica: rows of tables
 * Host and Port, by "HOST" and "HOST/INTERFACE". */
struct model {
    struct fleet_publish *publish;
    struct fleet_remote *remote;    /* Has the index of its ports. */
    struct shash rows[FLEET_N_TABLES];
};

static void
model_init(struct model *m, const char *host, const char *hostname)
{
    struct fleet_host *row = fleet_row_create(FLEET_TABLE_HOST);

    m->remote = fleet_remote_create(host);
    m->publish = fleet_publish_create(host, fleet_remote_index(m->remote));
    for (int i = 0; i < FLEET_N_TABLES; i++) {
        shash_init(&m->rows[i]);
    }
    fleet_row_set_string(&row->hostname, hostname);
    fleet_publish_set_host(m->publish, row);
    fleet_row_destroy(FLEET_TABLE_HOST, row);
}

static void
model_uninit(struct model *m)
{
    fleet_publish_destroy(m->publish);
    fleet_remote_destroy(m->remote);
    for (int i = 0; i < FLEET_N_TABLES; i++) {
        struct shash_node *node;

        SHASH_FOR_EACH (node, &m->rows[i]) {
            fleet_row_destroy(i, node->data);
        }
        shash_destroy(&m->rows[i]);
    }
}

/* Has 'table' have 'row', which is taken over, by 'key', and tells of it. */
static void
model_set(struct model *m, enum fleet_table table, const char *key, void *row)
{
    void *old = (row ? shash_replace(&m->rows[table], key, row)
                 : shash_find_and_delete(&m->rows[table], key));

    fleet_remote_row_changed(m->remote, table, old, row, 0, 0);
    fleet_publish_row_changed(m->publish, table, old, row);
    fleet_row_destroy(table, old);
}

static void
want(struct model *m, const char *interface, const char *state,
     const char *address)
{
    fleet_publish_set_port(m->publish, interface,
                           make_port("", "", state, address, 0));
}

/* The condition of 'op' on 'column', or null. */
static const char *
find_where(const struct json *op, const char *column)
{
    const struct json *where = shash_find_data(json_object(op), "where");

    for (size_t i = 0; i < json_array_size(where); i++) {
        const struct json *clause = json_array_at(where, i);

        if (!strcmp(json_string(json_array_at(clause, 0)), column)) {
            return json_string(json_array_at(clause, 2));
        }
    }
    return NULL;
}

/* Does what 'op' says, and appends it to 's'. */
static void
carry_out_op(struct model *m, const struct json *op, struct ds *s)
{
    const struct shash *o = json_object(op);
    const char *what = json_string(shash_find_data(o, "op"));
    const struct json *row = shash_find_data(o, "row");
    enum fleet_table table;
    void *new = NULL;
    char *key;

    assert_true(fleet_table_from_name(
                    json_string(shash_find_data(o, "table")), &table));
    if (!strcmp(what, "insert")) {
        const struct fleet_port *port = new = fleet_row_from_json(table, row);

        key = (table == FLEET_TABLE_PORT
               ? xasprintf("%s/%s", port->host, port->interface)
               : xstrdup(((struct fleet_host *) new)->name));
        assert_null(shash_find(&m->rows[table], key));
    } else {
        key = (table == FLEET_TABLE_PORT
               ? xasprintf("%s/%s", find_where(op, "host"),
                           find_where(op, "interface"))
               : xstrdup(find_where(op, "name")));
        assert_non_null(shash_find(&m->rows[table], key));
    }
    if (!strcmp(what, "update")) {
        /* Whole rows compare by what a full one has; here the changed columns
         * are laid over the old row. */
        struct json *full = fleet_row_to_json(
            table, shash_find_data(&m->rows[table], key), NULL);
        struct shash_node *node;

        SHASH_FOR_EACH (node, json_object(row)) {
            json_object_put(full, node->name, json_clone(node->data));
        }
        new = fleet_row_from_json(table, full);
        json_destroy(full);
    }
    if (new && table == FLEET_TABLE_PORT) {
        const struct fleet_port *port = new;

        ds_put_format(s, "%s %s %s %"PRId64"\n", what, key, port->state,
                      port->since);
    } else {
        ds_put_format(s, "%s %s\n", what, key);
    }
    model_set(m, table, key, new);
    free(key);
}

static int
compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

/* Checks that the next transaction, at 'now', is what 'expected' says, lines
 * in order, and carries it out. */
static void
check_next(struct model *m, int64_t now, const char *expected)
{
    struct json *params = fleet_publish_next(m->publish, now);
    struct svec lines = SVEC_EMPTY_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;
    char *joined;

    for (size_t i = 1; params && i < json_array_size(params); i++) {
        carry_out_op(m, json_array_at(params, i), &s);
    }
    json_destroy(params);
    for (char *save = NULL, *t = strtok_r(ds_cstr(&s), "\n", &save); t;
         t = strtok_r(NULL, "\n", &save)) {
        svec_add(&lines, t);
    }
    if (lines.n) {
        qsort(lines.names, lines.n, sizeof *lines.names, compare_lines);
    }
    joined = svec_join(&lines, "\n", "");
    assert_string_equal(joined, expected);
    free(joined);
    svec_destroy(&lines);
    ds_destroy(&s);
    fleet_publish_done(m->publish);
}

/* What differs is said, and that once. */
static void
test_differences(void **state OVS_UNUSED)
{
    struct model m;

    model_init(&m, "h1", "one");
    want(&m, "tap0", "active", "52:54:00:00:00:01");
    want(&m, "tap1", "arriving", "52:54:00:00:00:02");
    check_next(&m, 1000, "insert h1\ninsert h1/tap0 active 1000\n"
                         "insert h1/tap1 arriving 0");
    check_next(&m, 1000, "");
    assert_int_equal(fleet_publish_count_pending(m.publish), 0);
    assert_int_equal(fleet_publish_count_ports(m.publish), 2);

    /* The same again is no change. */
    want(&m, "tap0", "active", "52:54:00:00:00:01");
    check_next(&m, 1001, "");
    want(&m, "tap1", "active", "52:54:00:00:00:02");
    check_next(&m, 1002, "update h1/tap1 active 1002");

    /* A port that comes and goes before it could be said is not said. */
    want(&m, "tap2", "active", "52:54:00:00:00:03");
    fleet_publish_set_port(m.publish, "tap2", NULL);
    check_next(&m, 1003, "");

    /* What was told of goes, also while not all ports are known. */
    fleet_publish_set_port(m.publish, "tap0", NULL);
    assert_int_equal(fleet_publish_count_pending(m.publish), 1);
    check_next(&m, 1003, "delete h1/tap0");
    assert_int_equal(fleet_publish_count_pending(m.publish), 0);

    /* That the host is there, and if the clock was set back. */
    check_next(&m, 1000 + FLEET_SEEN_INTERVAL - 1, "");
    check_next(&m, 1000 + FLEET_SEEN_INTERVAL, "update h1");
    check_next(&m, 1000 + FLEET_SEEN_INTERVAL + 1, "");
    check_next(&m, 900, "update h1");
    check_next(&m, 901, "");
    model_uninit(&m);
}

/* Who is started again finds nothing to say; and what was lost on the way is
 * said again. */
static void
test_restart(void **state OVS_UNUSED)
{
    struct model m;

    model_init(&m, "h1", "one");
    struct fleet_host *host = fleet_row_create(FLEET_TABLE_HOST);
    fleet_row_set_string(&host->name, "h1");
    fleet_row_set_string(&host->hostname, "one");
    host->last_seen = 999;
    model_set(&m, FLEET_TABLE_HOST, "h1", host);
    model_set(&m, FLEET_TABLE_PORT, "h1/tap0",
              make_port("h1", "tap0", "active", "52:54:00:00:00:01", 7));
    model_set(&m, FLEET_TABLE_PORT, "h1/old",
              make_port("h1", "old", "active", "52:54:00:00:00:09", 7));
    want(&m, "tap0", "active", "52:54:00:00:00:01");
    check_next(&m, 1000, "");
    fleet_publish_set_complete(m.publish);
    fleet_publish_set_complete(m.publish);

    /* Lost on the way. */
    struct json *params = fleet_publish_next(m.publish, 1001);
    assert_non_null(params);
    json_destroy(params);
    assert_int_equal(fleet_publish_count_pending(m.publish), 1);
    fleet_publish_done(m.publish);
    check_next(&m, 1002, "delete h1/old");

    /* Somebody deletes our rows. */
    model_set(&m, FLEET_TABLE_PORT, "h1/tap0", NULL);
    model_set(&m, FLEET_TABLE_HOST, "h1", NULL);
    check_next(&m, 1003, "insert h1\ninsert h1/tap0 active 1003");
    model_uninit(&m);
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
    struct model m;

    model_init(&m, "h1", "one");
    for (int i = 0; i < 3; i++) {
        char *key = xasprintf("h1/tap%d", i);

        model_set(&m, FLEET_TABLE_PORT, key,
                  make_port("h1", key + 3, "active", "52:54:00:00:00:01", 7));
        free(key);
    }
    check_next(&m, 1000, "insert h1");
    sset_add(&there, "tap0");
    sset_add(&there, "tap1");
    fleet_publish_withdraw(m.publish, is_there, &there);
    assert_int_equal(fleet_publish_count_pending(m.publish), 1);
    check_next(&m, 1001, "delete h1/tap2");

    /* It comes again. */
    want(&m, "tap2", "active", "52:54:00:00:00:01");
    check_next(&m, 1002, "insert h1/tap2 active 1002");
    fleet_publish_set_port(m.publish, "tap2", NULL);
    want(&m, "tap2", "active", "52:54:00:00:00:01");
    check_next(&m, 1003, "");

    /* Not known to be a guest's port any more, and that is not certain. */
    fleet_publish_set_port(m.publish, "tap1", NULL);
    check_next(&m, 1004, "");
    assert_false(fleet_publish_is_complete(m.publish));
    fleet_publish_set_complete(m.publish);
    check_next(&m, 1004, "delete h1/tap0\ndelete h1/tap1");
    sset_destroy(&there);
    model_uninit(&m);
}

/* Who becomes active comes after all that he sees; who is keeps his place. */
static void
test_since(void **state OVS_UNUSED)
{
    struct model m;

    model_init(&m, "h1", "one");
    model_set(&m, FLEET_TABLE_PORT, "h2/tap0",
              make_port("h2", "tap0", "active", "52:54:00:00:00:01", 5000));
    model_set(&m, FLEET_TABLE_PORT, "h3/tap0",
              make_port("h3", "tap0", "held", "52:54:00:00:00:01", 9000));
    want(&m, "tap0", "active", "52:54:00:00:00:01");
    check_next(&m, 1000, "insert h1\ninsert h1/tap0 active 5001");

    /* The other claims it again, later: nothing changes here. */
    model_set(&m, FLEET_TABLE_PORT, "h2/tap0",
              make_port("h2", "tap0", "active", "52:54:00:00:00:01", 6000));
    want(&m, "tap0", "active", "52:54:00:00:00:01");
    check_next(&m, 1001, "");

    /* An address that another has: last of all that claim it. */
    model_set(&m, FLEET_TABLE_PORT, "h4/tap0",
              make_port("h4", "tap0", "active", "52:54:00:00:00:02", 7000));
    want(&m, "tap0", "active", "52:54:00:00:00:02");
    check_next(&m, 1002, "update h1/tap0 active 7001");
    model_set(&m, FLEET_TABLE_PORT, "h4/tap0", NULL);

    /* Held, and active again. */
    want(&m, "tap0", "held", "52:54:00:00:00:02");
    check_next(&m, 1003, "update h1/tap0 held 7001");
    want(&m, "tap0", "active", "52:54:00:00:00:02");
    check_next(&m, 1004, "update h1/tap0 active 1004");

    /* Somebody means ill. */
    model_set(&m, FLEET_TABLE_PORT, "h4/tap0",
              make_port("h4", "tap0", "active", "52:54:00:00:00:03",
                        INT64_MAX));
    want(&m, "tap1", "active", "52:54:00:00:00:03");
    check_next(&m, 1004, "insert h1/tap1 active 9223372036854775807");
    model_uninit(&m);
}

static void
want_vlans(struct model *m, const char *interface, const char *vlans)
{
    struct fleet_port *port = make_port("", "", "active", "52:54:00:00:00:01",
                                        0);

    fleet_row_set_name(&port->vlans, vlans);
    fleet_publish_set_port(m->publish, interface, port);
}

static void
set_vlans(struct model *m, const char *key, const char *vlans, int64_t since)
{
    struct fleet_port *port = make_port(key, "tap0", "active",
                                        "52:54:00:00:00:01", since);

    fleet_row_set_name(&port->vlans, vlans);
    model_set(m, FLEET_TABLE_PORT, key, port);
}

/* In a VLAN that it gains, a guest comes after who has its address there; in
 * others it keeps its place. */
static void
test_vlans(void **state OVS_UNUSED)
{
    struct model m;

    model_init(&m, "h1", "one");
    want_vlans(&m, "tap0", "10");
    check_next(&m, 100, "insert h1\ninsert h1/tap0 active 100");
    set_vlans(&m, "h2", "20", 200);
    set_vlans(&m, "h3", "10,30", 300);

    /* Another guest of it, in a VLAN of its own, has no rivals. */
    want_vlans(&m, "tap1", "40");
    check_next(&m, 101, "insert h1/tap1 active 101");

    /* Nobody has it in the new one: it stays before h3 in the old one. */
    want_vlans(&m, "tap0", "10,50");
    check_next(&m, 102, "update h1/tap0 active 100");
    want_vlans(&m, "tap0", "10,20");
    check_next(&m, 103, "update h1/tap0 active 201");

    /* Fewer are no gain, and all of them are. */
    want_vlans(&m, "tap0", "10");
    check_next(&m, 104, "update h1/tap0 active 201");
    want_vlans(&m, "tap0", "");
    check_next(&m, 104, "update h1/tap0 active 301");
    model_uninit(&m);
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
        struct model m;

        model_init(&m, "h1", "one");
        fleet_row_set_string(&there->vm, same ? "web" : "db");
        model_set(&m, FLEET_TABLE_PORT, "h2/tap9", there);
        here = make_port("", "", "arriving", "52:54:00:00:00:01", 0);
        fleet_row_set_string(&here->vm, "web");
        fleet_publish_set_port(m.publish, "tap0", here);
        check_next(&m, 1000, "insert h1\ninsert h1/tap0 arriving 0");
        here = make_port("", "", "active", "52:54:00:00:00:01", 0);
        fleet_row_set_string(&here->vm, "web");
        fleet_publish_set_port(m.publish, "tap0", here);
        check_next(&m, 1001, same ? "update h1/tap0 active 499"
                                  : "update h1/tap0 active 1001");
        model_uninit(&m);
    }
}

/* A row of our name that is another host's is left alone. */
static void
test_twin(void **state OVS_UNUSED)
{
    struct model m;

    model_init(&m, "h1", "one");
    struct fleet_host *host = fleet_row_create(FLEET_TABLE_HOST);
    fleet_row_set_string(&host->name, "h1");
    fleet_row_set_string(&host->hostname, "two");
    host->last_seen = 1000;
    model_set(&m, FLEET_TABLE_HOST, "h1", host);
    want(&m, "tap0", "active", "52:54:00:00:00:01");
    assert_non_null(fleet_publish_find_twin(m.publish, 1001));
    assert_false(fleet_publish_is_due(m.publish, 1001));
    assert_int_equal(fleet_publish_due_time(m.publish, 1001),
                     1000 + FLEET_TWIN_SECONDS);
    check_next(&m, 1001, "");

    /* It has not been seen for long: our host has another name now. */
    assert_null(fleet_publish_find_twin(m.publish, 1180));
    assert_int_equal(fleet_publish_due_time(m.publish, 1180), 1180);
    check_next(&m, 1180, "insert h1/tap0 active 1180\nupdate h1");
    model_uninit(&m);
}

/* 5,000 ports at once, and then one. */
static void
test_many(void **state OVS_UNUSED)
{
    struct model m;
    struct json *params;

    model_init(&m, "h1", "one");
    for (int i = 0; i < 5000; i++) {
        char *name = xasprintf("tap%d", i);
        char *mac = xasprintf("52:54:00:00:%02x:%02x", i >> 8, i & 255);

        want(&m, name, "active", mac);
        free(name);
        free(mac);
    }
    params = fleet_publish_next(m.publish, 1000);
    assert_int_equal(json_array_size(params), 5002);

    struct ds s = DS_EMPTY_INITIALIZER;
    for (size_t i = 1; i < json_array_size(params); i++) {
        carry_out_op(&m, json_array_at(params, i), &s);
    }
    ds_destroy(&s);
    json_destroy(params);
    fleet_publish_done(m.publish);
    check_next(&m, 1001, "");
    want(&m, "tap77", "held", "52:54:00:00:00:77");
    check_next(&m, 1002, "update h1/tap77 held 1000");
    model_uninit(&m);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_differences),
        cmocka_unit_test(test_restart),
        cmocka_unit_test(test_withdraw),
        cmocka_unit_test(test_since),
        cmocka_unit_test(test_vlans),
        cmocka_unit_test(test_arrival),
        cmocka_unit_test(test_twin),
        cmocka_unit_test(test_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
