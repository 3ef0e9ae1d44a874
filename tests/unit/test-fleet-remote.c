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
#include <unistd.h>

#include "lib/fleet/fleet-claims.h"
#include "lib/fleet/fleet-remote.h"
#include "lib/fleet/fleet-seen.h"
#include "openvswitch/dynamic-string.h"
#include "sset.h"
#include "svec.h"
#include "tests/unit/fleet-rows.h"
#include "util.h"

static bool
is_net(const char *network, void *aux OVS_UNUSED)
{
    return !strcmp(network, "net");
}

/* As fleet_remote_row_changed(), at a certain time. */
static void
tell(struct fleet_remote *r, enum fleet_table table, const void *old,
     const void *new)
{
    fleet_remote_row_changed(r, table, old, new, 0, 1000);
}

/* Has 'row', a port that 'r' knows, be known as it is now. */
static void
tell_again(struct fleet_remote *r, const struct fleet_port *row)
{
    tell(r, FLEET_TABLE_PORT, row, row);
}

/* Checks that guests at 'host' have the addresses that 'expected' lists, by
 * their last digits. */
static void
check_remote(struct fleet_remote *r, const char *host, const char *expected)
{
    struct svec addresses = SVEC_EMPTY_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    fleet_remote_addresses(r, host, is_net, NULL, &addresses);
    svec_sort_unique(&addresses);
    for (size_t i = 0; i < addresses.n; i++) {
        ds_put_format(&s, "%s ", &addresses.names[i][15]);
    }
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
    svec_destroy(&addresses);
}

static void
check_changed(struct fleet_remote *r, const char *expected)
{
    struct sset hosts = SSET_INITIALIZER(&hosts);
    struct ds s = DS_EMPTY_INITIALIZER;
    const char **sorted;

    fleet_remote_take_changed(r, &hosts);
    sorted = sset_sort(&hosts);
    for (size_t i = 0; i < sset_count(&hosts); i++) {
        ds_put_format(&s, "%s ", sorted[i]);
    }
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
    free(sorted);
    sset_destroy(&hosts);
}

/* What of guests' IP addresses others may go by. */
static void
test_ips(void **state OVS_UNUSED)
{
    struct fleet_port *p = make_port("h2", "a", "active",
                                     "52:54:00:00:00:01", 10);
    struct fleet_port *q = make_port("h2", "b", "active",
                                     "52:54:00:00:00:02", 10);
    struct fleet_remote *r = fleet_remote_create("h1");

    svec_add(&p->ips, "10.0.0.5");
    svec_add(&p->ips, "10.1.0.0/16");
    fleet_row_set_name(&p->vlans, "10,20-29");
    svec_add(&q->ips, "2001:db8::5");
    svec_add(&q->addresses, "52:54:00:00:00:03");
    fleet_row_set_name(&q->community, "web");
    tell(r, FLEET_TABLE_PORT, NULL, p);
    tell(r, FLEET_TABLE_PORT, NULL, q);
    check_remote(r, "h2", "01;10,20-29;10.0.0.5 "
                 "02/web;;2001:db8::5;fe80::5054:ff:fe00:2 "
                 "03/web;;fe80::5054:ff:fe00:3 ");

    /* Nonsense is nobody's address, and says nothing of another one. */
    svec_add(&p->ips, "10.0.0.6 52:54:00:00:00:04;;10.0.0.7");
    svec_add(&p->ips, ";");
    svec_add(&p->ips, "fe80::/10");
    tell_again(r, p);
    check_remote(r, "h2", "01;10,20-29;10.0.0.5;10.0.0.6;"
                 "fe80::5054:ff:fe00:1 "
                 "02/web;;2001:db8::5;fe80::5054:ff:fe00:2 "
                 "03/web;;fe80::5054:ff:fe00:3 ");
    fleet_row_set_name(&p->vlans, "10;10.0.0.8");
    tell_again(r, p);
    check_remote(r, "h2", "02/web;;2001:db8::5;fe80::5054:ff:fe00:2 "
                 "03/web;;fe80::5054:ff:fe00:3 ");

    fleet_remote_destroy(r);
    fleet_row_destroy(FLEET_TABLE_PORT, p);
    fleet_row_destroy(FLEET_TABLE_PORT, q);
}

/* Which addresses are to be found where. */
static void
test_remote(void **state OVS_UNUSED)
{
    struct fleet_port *ports[] = {
        make_port("h2", "a", "active", "52:54:00:00:00:01", 10),
        make_port("h3", "a", "active", "52:54:00:00:00:01", 5),
        make_port("h2", "b", "held", "52:54:00:00:00:02", 5),
        make_port("h2", "c", "active", "53:54:00:00:00:03", 5),
        make_port("h1", "d", "active", "52:54:00:00:00:04", 5),
        make_port("h3", "d", "active", "52:54:00:00:00:04", 9),
    };
    struct fleet_remote *r = fleet_remote_create("h1");

    tell(r, FLEET_TABLE_PORT, NULL, ports[0]);
    check_changed(r, "h2 ");
    check_changed(r, "");
    check_remote(r, "h2", "01 ");
    check_remote(r, "h3", "");

    /* Somebody else had it before. */
    tell(r, FLEET_TABLE_PORT, NULL, ports[1]);
    check_changed(r, "h2 h3 ");
    check_remote(r, "h2", "");
    check_remote(r, "h3", "01 ");

    /* His host is not seen any more, and the other is. */
    struct fleet_host *host = fleet_row_create(FLEET_TABLE_HOST);
    fleet_row_set_string(&host->name, "h2");
    host->last_seen = 990;
    tell(r, FLEET_TABLE_HOST, NULL, host);
    check_remote(r, "h2", "01 ");
    check_remote(r, "h3", "");
    tell(r, FLEET_TABLE_HOST, host, NULL);
    fleet_row_destroy(FLEET_TABLE_HOST, host);

    /* One that is held, nonsense, and what this host itself has. */
    for (size_t i = 2; i < ARRAY_SIZE(ports); i++) {
        tell(r, FLEET_TABLE_PORT, NULL, ports[i]);
    }
    check_remote(r, "h2", "");
    check_remote(r, "h3", "01 ");
    fleet_row_set_name(&ports[5]->network, "net");
    tell(r, FLEET_TABLE_PORT, ports[4], NULL);
    check_remote(r, "h3", "01 04 ");
    check_changed(r, "h2 h3 ");
    tell(r, FLEET_TABLE_PORT, ports[1], NULL);
    check_remote(r, "h2", "01 ");

    /* An address of another's that is written otherwise. */
    struct fleet_port *sly = make_port("h3", "e", "active",
                                       "52:54:0:00:00:01", 5);
    tell(r, FLEET_TABLE_PORT, NULL, sly);
    check_remote(r, "h2", "01 ");
    check_remote(r, "h3", "04 ");
    tell(r, FLEET_TABLE_PORT, sly, NULL);
    fleet_row_destroy(FLEET_TABLE_PORT, sly);

    /* Who is kept apart; what is no community keeps apart from all, and adds
     * no address. */
    fleet_row_set_name(&ports[0]->community, "web");
    tell_again(r, ports[0]);
    check_remote(r, "h2", "01/web ");
    fleet_row_set_name(&ports[0]->community, "x 52:54:00:00:00:04");
    tell_again(r, ports[0]);
    check_remote(r, "h2", "01/ ");
    ports[0]->isolated = true;
    fleet_row_set_name(&ports[0]->community, "web");
    tell_again(r, ports[0]);
    check_remote(r, "h2", "01/ ");

    fleet_remote_destroy(r);
    fleet_remote_destroy(NULL);
    for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
        fleet_row_destroy(FLEET_TABLE_PORT, ports[i]);
    }
}

#define SEEN_MSEC (FLEET_SEEN_SECONDS * 1000LL)

/* Has 'r' be told that host 'name', whose last row was '*row', says that it was
 * there at 'last_seen', when 'now' is as for fleet_remote_row_changed(). */
static void
say(struct fleet_remote *r, const char *name, struct fleet_host **row,
    int64_t last_seen, long long int now)
{
    struct fleet_host *host = fleet_row_create(FLEET_TABLE_HOST);

    fleet_row_set_string(&host->name, name);
    host->last_seen = last_seen;
    fleet_remote_row_changed(r, FLEET_TABLE_HOST, *row, host, now,
                             100000 + now / 1000);
    fleet_row_destroy(FLEET_TABLE_HOST, *row);
    *row = host;
}

/* A host that is not heard for long has nothing that another one claims,
 * whatever its clock says. */
static void
test_seen(void **state OVS_UNUSED)
{
    struct fleet_port *old = make_port("h2", "a", "active",
                                       "52:54:00:00:00:01", 5);
    struct fleet_port *new = make_port("h3", "a", "active",
                                       "52:54:00:00:00:01", 9);
    struct fleet_host *h2 = NULL, *h3 = NULL;
    struct fleet_remote *r = fleet_remote_create("h1");
    struct fleet_seen *seen = fleet_remote_seen(r);

    /* The clock of h2 is a day behind, that of h3 is right. */
    fleet_seen_run(seen, 0, true);
    assert_true(fleet_seen_wake_time(seen) == LLONG_MAX);
    say(r, "h2", &h2, 13600, 0);
    say(r, "h3", &h3, 100000, 0);
    assert_false(fleet_seen_is_seen(seen, "h2"));
    assert_true(fleet_seen_is_seen(seen, "h3"));
    say(r, "h2", &h2, 13605, 5000);
    assert_true(fleet_seen_is_seen(seen, "h2"));
    assert_int_equal(fleet_seen_clock(seen, "h2"), 13605 - 100005);
    say(r, "h3", &h3, 100005, 5000);
    assert_int_equal(fleet_seen_clock(seen, "h3"), 0);

    tell(r, FLEET_TABLE_PORT, NULL, old);
    tell(r, FLEET_TABLE_PORT, NULL, new);
    check_changed(r, "h2 h3 ");
    check_remote(r, "h2", "01 ");
    check_remote(r, "h3", "");

    /* h2 falls silent. */
    say(r, "h3", &h3, 100020, 20000);
    fleet_seen_run(seen, 5000 + SEEN_MSEC - 1, true);
    check_remote(r, "h2", "01 ");
    assert_true(fleet_seen_wake_time(seen) == 5000 + SEEN_MSEC);
    check_changed(r, "");
    fleet_seen_run(seen, 5000 + SEEN_MSEC, true);
    assert_false(fleet_seen_is_seen(seen, "h2"));
    check_changed(r, "h2 h3 ");
    check_remote(r, "h2", "");
    check_remote(r, "h3", "01 ");
    fleet_seen_run(seen, 5000 + SEEN_MSEC, true);
    check_changed(r, "");

    /* It comes back. */
    say(r, "h2", &h2, 13640, 40000);
    check_changed(r, "h2 h3 ");
    check_remote(r, "h2", "01 ");

    /* While nothing is heard, silence means nothing; nor does it at once when
     * the database is there again. */
    fleet_seen_run(seen, 41000, false);
    assert_true(fleet_seen_wake_time(seen) == LLONG_MAX);
    fleet_seen_run(seen, 900000, false);
    fleet_seen_run(seen, 900000, true);
    assert_true(fleet_seen_is_seen(seen, "h2"));
    assert_true(fleet_seen_is_seen(seen, "h3"));
    assert_true(fleet_seen_wake_time(seen) == 900000 + SEEN_MSEC);
    fleet_seen_run(seen, 900000 + SEEN_MSEC, true);
    assert_false(fleet_seen_is_seen(seen, "h2"));
    assert_false(fleet_seen_is_seen(seen, "h3"));

    /* We are there, whoever says what of us. */
    assert_true(fleet_seen_is_seen(seen, "h1"));
    assert_false(fleet_seen_is_seen(seen, "h9"));

    fleet_remote_row_changed(r, FLEET_TABLE_HOST, h2, NULL, 0, 0);
    assert_int_equal(fleet_seen_clock(seen, "h2"), 0);
    fleet_remote_destroy(r);
    fleet_row_destroy(FLEET_TABLE_HOST, h2);
    fleet_row_destroy(FLEET_TABLE_HOST, h3);
    fleet_row_destroy(FLEET_TABLE_PORT, old);
    fleet_row_destroy(FLEET_TABLE_PORT, new);
}

/* A host that writes nonsense, or means ill, does not keep others from their
 * work: thousands of its ports claim one address, each in another VLAN or all
 * in one. */
static void
test_many_rivals(void **state OVS_UNUSED)
{
    struct fleet_port *honest = make_port("h3", "a", "active",
                                          "52:54:00:00:00:01", 9);
    struct fleet_remote *r = fleet_remote_create("h1");
    struct fleet_port *ports[5000];

    for (int i = 0; i < ARRAY_SIZE(ports); i++) {
        char *name = xasprintf("tap%d", i);

        ports[i] = make_port("h2", name, i % 3 ? "active" : "held",
                             "52:54:00:00:00:01", 5);
        fleet_row_set_name(&ports[i]->vlans, i < 2500 ? "1000" : "2000");
        if (i < 1000) {
            char *vlan = xasprintf("%d", i);

            fleet_row_set_name(&ports[i]->vlans, vlan);
            free(vlan);
        }
        free(name);
        tell(r, FLEET_TABLE_PORT, NULL, ports[i]);
    }
    fleet_row_set_name(&honest->vlans, "3000");
    tell(r, FLEET_TABLE_PORT, NULL, honest);
    alarm(60);                  /* It took hours. */
    check_remote(r, "h2", "01 ");
    check_remote(r, "h3", "01 ");
    alarm(0);

    fleet_remote_destroy(r);
    for (int i = 0; i < ARRAY_SIZE(ports); i++) {
        fleet_row_destroy(FLEET_TABLE_PORT, ports[i]);
    }
    fleet_row_destroy(FLEET_TABLE_PORT, honest);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ips),
        cmocka_unit_test(test_remote),
        cmocka_unit_test(test_seen),
        cmocka_unit_test(test_many_rivals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
