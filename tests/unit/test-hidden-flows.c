/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/host/bridge-row.h"
#include "lib/host/columns.h"
#include "lib/model/hidden-flows.h"
#include "lib/model/shortfall.h"
#include "util.h"

static struct bridge_row
row_with(bool secure, const struct controller_columns *controllers, size_t n)
{
    struct bridge_row row;

    bridge_row_from_columns(&row, &(struct bridge_columns) {
        .name = "br0", .fail_mode = secure ? "secure" : NULL });
    for (size_t i = 0; i < n; i++) {
        bridge_row_add_controller(&row, &controllers[i]);
    }
    return row;
}

static size_t
count(const struct bridge_row *row, long long int lost_at, long long int now)
{
    struct shortfalls shortfalls = SHORTFALLS_INITIALIZER;
    size_t n;

    hidden_flows_find(row, lost_at, now, &shortfalls);
    n = shortfalls.n;
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(shortfalls.shortfalls[i].kind,
                         SHORTFALL_HIDDEN_FLOW);
        assert_non_null(shortfalls.shortfalls[i].remedy);
    }
    shortfalls_uninit(&shortfalls);
    return n;
}

static void
test_fail_open(void **state OVS_UNUSED)
{
    const struct controller_columns c[] = {
        { .target = "unix:a" },
        { .target = "unix:b", .inactivity_probe = { true, 10000 } },
        { .target = "unix:c", .is_connected = true },
        { .target = "unix:d", .inactivity_probe = { true, 0 } },
        { .target = "unix:e", .type = "service" },
        /* vswitchd never says that these are connected. */
        { .target = "ptcp:6653" },
        { .target = "punix:f", .type = "" },
        { .target = "pssl:6653" },
    };
    struct bridge_row row = row_with(false, c, 0);

    assert_int_equal(count(&row, LLONG_MIN, 0), 0);
    bridge_row_uninit(&row);

    row = row_with(false, &c[0], 1);
    assert_int_equal(hidden_flows_due(&row, 1000), 16000);
    assert_int_equal(count(&row, 1000, 15999), 0);
    assert_int_equal(count(&row, 1000, 16000), 1);
    /* Nobody knows since when. */
    assert_int_equal(count(&row, LLONG_MIN, 0), 1);
    bridge_row_uninit(&row);

    row = row_with(true, &c[0], 1);
    assert_int_equal(count(&row, LLONG_MIN, 0), 0);
    bridge_row_uninit(&row);

    /* The longest probe counts, and a connection with any. */
    row = row_with(false, &c[0], 2);
    assert_int_equal(hidden_flows_due(&row, 0), 30000);
    bridge_row_uninit(&row);
    row = row_with(false, &c[0], 3);
    assert_int_equal(hidden_flows_due(&row, 0), LLONG_MAX);
    bridge_row_uninit(&row);

    row = row_with(false, &c[3], 1);
    assert_int_equal(hidden_flows_due(&row, 0), 1000);
    bridge_row_uninit(&row);
    for (size_t i = 4; i < ARRAY_SIZE(c); i++) {
        row = row_with(false, &c[i], 1);
        assert_int_equal(hidden_flows_due(&row, 0), LLONG_MAX);
        assert_int_equal(bridge_row_count_controllers(&row), 1);
        bridge_row_uninit(&row);
    }

    /* What is said goes before what the target is like. */
    const struct controller_columns primary = {
        .target = "ptcp:6653", .type = "primary",
    };

    row = row_with(false, &primary, 1);
    assert_int_equal(hidden_flows_due(&row, 0), 15000);
    bridge_row_uninit(&row);
}

static void
test_in_band(void **state OVS_UNUSED)
{
    static const struct {
        struct controller_columns c;
        size_t n;               /* Shortfalls... */
        size_t n_manager;       /* ...if it was one of the database's. */
    } cases[] = {
        { { .target = "tcp:192.0.2.1", .is_connected = true }, 1, 1 },
        { { .target = "ssl:192.0.2.1", .is_connected = true,
            .connection_mode = "in-band" }, 1, 1 },
        { { .target = "tcp:192.0.2.1", .is_connected = true,
            .connection_mode = "out-of-band" }, 0, 0 },
        { { .target = "unix:a", .is_connected = true }, 0, 0 },
        { { .target = "tcp:192.0.2.1", .type = "service" }, 1, 1 },
        { { .target = "tcp:127.0.0.1:6640", .is_connected = true }, 1, 0 },
        { { .target = "ssl:127.0.0.1", .is_connected = true }, 1, 0 },
        { { .target = "tcp:localhost", .is_connected = true }, 1, 0 },
        { { .target = "tcp:127.0.0.11", .is_connected = true }, 1, 1 },
        { { .target = "ptcp:6653" }, 0, 0 },
        { { .target = "tcp:[2001:db8::1]", .is_connected = true }, 0, 0 },
        { { .target = "tcp:controller.example", .is_connected = true }, 1, 1 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct bridge_row row = row_with(false, &cases[i].c, 1);

        assert_int_equal(count(&row, LLONG_MIN, 0), cases[i].n);
        bridge_row_uninit(&row);

        /* A manager of the database likewise, unless it is on this host. */
        struct manager_columns manager = {
            .target = cases[i].c.target,
            .connection_mode = cases[i].c.connection_mode,
        };

        row = row_with(false, NULL, 0);
        bridge_row_add_manager(&row, &manager);
        assert_int_equal(count(&row, LLONG_MIN, 0), cases[i].n_manager);
        bridge_row_uninit(&row);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fail_open),
        cmocka_unit_test(test_in_band),
    };

    return cmocka_run_group_tests_name("hidden-flows", tests, NULL, NULL);
}
