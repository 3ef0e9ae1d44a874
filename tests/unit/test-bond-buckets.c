/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "flow.h"
#include "lib/model/bond-buckets.h"
#include "lib/model/network-side.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/plan.h"
#include "openflow/openflow.h"
#include "random.h"
#include "tests/unit/oflow-text.h"
#include "tests/unit/port-spec.h"
#include "util.h"

/* A bond with members 11, 12... */
static struct network_bond
make_bond(size_t n)
{
    struct network_bond bond = { .n = n, .way = BOND_WAY_SOURCE };

    for (size_t i = 0; i < n; i++) {
        bond.members[i].ofport = u16_to_ofp(11 + i);
    }
    return bond;
}

/* The index of the member of 'bond' by which 'bucket' leaves while only those
 * are there of which 'up' says so, at least one. */
static size_t
find_way(const struct bond_buckets *buckets, const struct network_bond *bond,
         size_t bucket, const bool up[])
{
    ofp_port_t order[NETWORK_BOND_MAX];
    size_t i = 0;

    bond_buckets_order(buckets, bond, bucket, order);
    while (!up[ofp_to_u16(order[i]) - 11]) {
        assert_true(++i < bond->n);
    }
    return ofp_to_u16(order[i]) - 11;
}

/* How many buckets leave by each member. */
static void
count_buckets(const struct bond_buckets *buckets,
              const struct network_bond *bond, const bool up[], size_t n[])
{
    memset(n, 0, bond->n * sizeof n[0]);
    for (size_t i = 0; i < BOND_BUCKETS; i++) {
        n[find_way(buckets, bond, i, up)]++;
    }
}

/* Buckets go round the members, and if one is down, all others share what it
 * had. */
static void
test_order(void **state OVS_UNUSED)
{
    for (size_t n = 1; n <= NETWORK_BOND_MAX; n++) {
        struct network_bond bond = make_bond(n);
        bool up[NETWORK_BOND_MAX];
        struct bond_buckets buckets;
        size_t counts[NETWORK_BOND_MAX];

        memset(up, true, sizeof up);
        bond_buckets_init(&buckets);
        for (size_t i = 0; i < BOND_BUCKETS; i++) {
            ofp_port_t order[NETWORK_BOND_MAX];
            unsigned int seen = 0;

            bond_buckets_order(&buckets, &bond, i, order);
            assert_int_equal(ofp_to_u16(order[0]), 11 + i % n);
            for (size_t j = 0; j < n; j++) {
                seen |= 1u << (ofp_to_u16(order[j]) - 11);
            }
            assert_int_equal(seen, (1u << n) - 1);
        }
        for (size_t down = 0; down < n && n > 1; down++) {
            up[down] = false;
            count_buckets(&buckets, &bond, up, counts);
            for (size_t i = 0; i < n; i++) {
                assert_true(i == down ? !counts[i]
                            : counts[i] >= BOND_BUCKETS / (n - 1) - 2);
            }
            up[down] = true;
        }

        /* A member that was moved to, and one that is no longer there. */
        buckets.members[0] = u16_to_ofp(11 + n - 1);
        buckets.members[1] = u16_to_ofp(99);
        assert_int_equal(find_way(&buckets, &bond, 0, up), n - 1);
        assert_int_equal(find_way(&buckets, &bond, 1, up), 1 % n);
    }
}

/* What each member sends, and the difference between most and least. */
static uint64_t
sum_up(const struct bond_buckets *buckets, const struct network_bond *bond,
       const bool up[], const struct bond_loads *loads, uint64_t sent[])
{
    uint64_t most = 0, least = UINT64_MAX;

    memset(sent, 0, bond->n * sizeof sent[0]);
    for (size_t i = 0; i < BOND_BUCKETS; i++) {
        sent[find_way(buckets, bond, i, up)] += loads->bytes[i];
    }
    for (size_t i = 0; i < bond->n; i++) {
        if (up[i]) {
            most = MAX(most, sent[i]);
            least = MIN(least, sent[i]);
        }
    }
    return most - least;
}

/* Balancing makes the difference less, by as few moves as it says, and comes
 * to an end. */
static void
test_balance(void **state OVS_UNUSED)
{
    random_set_seed(1);
    for (int i = 0; i < 20000; i++) {
        struct network_bond bond = make_bond(1 + random_range(4));
        size_t n_moved = 0, n_up = 0, counted, n_loaded;
        uint64_t sent[NETWORK_BOND_MAX];
        struct bond_loads loads = { .bytes[0] = 0 };
        struct bond_buckets buckets, old;
        bool up[NETWORK_BOND_MAX];

        bond_buckets_init(&buckets);
        for (size_t j = 0; j < bond.n; j++) {
            up[j] = random_range(8) != 0;
            n_up += up[j];
        }
        n_loaded = random_range(BOND_BUCKETS + 1);
        for (size_t j = 0; j < n_loaded; j++) {
            loads.bytes[random_range(BOND_BUCKETS)]
                = random_range(2) ? random_range(1000000)
                                  : random_range(1000) * 1000000ull;
        }
        for (size_t j = random_range(BOND_BUCKETS); j > 0; j--) {
            buckets.members[random_range(BOND_BUCKETS)]
                = u16_to_ofp(11 + random_range(bond.n));
        }
        old = buckets;
        n_moved = bond_buckets_balance(&buckets, &bond, up, &loads);
        if (!n_up) {
            assert_int_equal(n_moved, 0);
            continue;
        }

        uint64_t before = sum_up(&old, &bond, up, &loads, sent);
        uint64_t after = sum_up(&buckets, &bond, up, &loads, sent);
        counted = 0;
        for (size_t j = 0; j < BOND_BUCKETS; j++) {
            bool moved = (find_way(&old, &bond, j, up)
                          != find_way(&buckets, &bond, j, up));

            counted += moved;
            assert_true(!moved || loads.bytes[j]);
            assert_true(!moved || up[ofp_to_u16(buckets.members[j]) - 11]);
        }
        assert_true(counted <= n_moved);
        assert_true(after <= before);
        assert_true(before >= 100000 || !n_moved);
        for (size_t j = 0;
             bond_buckets_balance(&buckets, &bond, up, &loads); j++) {
            assert_true(j < 3);
        }
    }
}

/* Has so many buckets send so many bytes by member 'i' of a bond with three. */
static void
load(struct bond_buckets *buckets, struct bond_loads *loads, size_t i,
     size_t n, uint64_t bytes)
{
    for (size_t j = 0; n; j++) {
        if (!loads->bytes[j]) {
            buckets->members[j] = u16_to_ofp(11 + i);
            loads->bytes[j] = bytes;
            n--;
        }
    }
}

/* Many that send as much each by one member are shared out, and one that sends
 * more than all others together keeps nobody from that. */
static void
test_many(void **state OVS_UNUSED)
{
    static const bool up[] = { true, true, true };
    const struct network_bond bond = make_bond(3);
    uint64_t sent[NETWORK_BOND_MAX];
    struct bond_loads loads = { .bytes[0] = 0 };
    struct bond_buckets buckets;

    bond_buckets_init(&buckets);
    load(&buckets, &loads, 0, 60, 1000000);
    bond_buckets_balance(&buckets, &bond, up, &loads);
    sum_up(&buckets, &bond, up, &loads, sent);
    for (size_t i = 0; i < 3; i++) {
        assert_in_range(sent[i], 18000000, 22000000);
    }

    bond_buckets_init(&buckets);
    loads = (struct bond_loads) { .bytes[0] = 0 };
    load(&buckets, &loads, 0, 1, 10000000);
    load(&buckets, &loads, 1, 5, 1000000);
    bond_buckets_balance(&buckets, &bond, up, &loads);
    sum_up(&buckets, &bond, up, &loads, sent);
    assert_int_equal(sent[0], 10000000);
    assert_int_equal(sent[2], 2000000);
}

/* Two that send as much by one member are parted; one that sends most of all is
 * not sent to and fro. */
static void
test_few(void **state OVS_UNUSED)
{
    static const bool up[] = { true, true };
    const struct network_bond bond = make_bond(2);
    struct bond_loads loads = { .bytes[4] = 5000000, .bytes[8] = 5000000 };
    struct bond_buckets buckets;

    bond_buckets_init(&buckets);
    assert_int_equal(bond_buckets_balance(&buckets, &bond, up, &loads), 1);
    assert_int_not_equal(find_way(&buckets, &bond, 4, up),
                         find_way(&buckets, &bond, 8, up));

    bond_buckets_init(&buckets);
    loads = (struct bond_loads) { .bytes[4] = 5000000, .bytes[5] = 4000 };
    assert_int_equal(bond_buckets_balance(&buckets, &bond, up, &loads), 0);
    loads.bytes[8] = 3000000;
    assert_int_equal(bond_buckets_balance(&buckets, &bond, up, &loads), 1);
    assert_int_equal(find_way(&buckets, &bond, 8, up), 1);
}

/* Says that the bond of 'plan' is looked at so often. */
static void
state_bond(struct plan *plan, int rebalance_msec)
{
    for (size_t i = 0; i < 3; i++) {
        struct port_spec spec = {
            .ofport = u16_to_ofp(11 + i),
            .role = VIF_NETWORK,
            .vlan = { .tag = PORT_VLAN_NO_TAG },
            .bond = "bond0",
            .admission = ADMISSION_ALL,
            .way = BOND_WAY_SOURCE,
        };
        struct vport vport;

        snprintf(spec.name, sizeof spec.name, "m%"PRIuSIZE, i);
        port_spec_to_vport(&spec, &vport);
        vport.rebalance_msec = rebalance_msec;
        plan_set_port(plan, &vport);
        vport_uninit(&vport);
    }
}

/* Returns the plan of a bridge with such a bond, not run yet. */
static struct plan *
make_plan(void)
{
    const struct bridge_ctx ctx = { .exact = true };
    struct plan *plan = plan_create("br0");

    plan_set_ctx(plan, &ctx);
    state_bond(plan, 0);
    return plan;
}

/* Who is started anew finds in the switch where the buckets are, and has
 * nothing to send; a move is a change of one flow. */
static void
test_seed(void **state OVS_UNUSED)
{
    struct plan *plan = make_plan(), *other = make_plan();
    struct bond_buckets buckets;

    plan_run(plan);
    plan_clear_dirty(plan);
    assert_non_null(plan_bond_by_source(plan));
    bond_buckets_init(&buckets);
    buckets.members[5] = u16_to_ofp(11);
    plan_set_buckets(plan, &buckets);
    plan_run(plan);
    assert_int_equal(oflow_table_count_keys(plan_dirty(plan)), 1);

    plan_seed(other, plan_desired(plan));
    plan_run(other);
    assert_true(oflow_table_equals(plan_desired(other), plan_desired(plan)));
    /* What nobody has moved goes round the members, however many come. */
    assert_true(bond_buckets_equal(&plan_get_ctx(other)->buckets, &buckets));
    plan_destroy(plan);
    plan_destroy(other);
}

/* How often it is looked at may change while it is there. */
static void
test_interval(void **state OVS_UNUSED)
{
    struct plan *plan = make_plan();

    plan_run(plan);
    assert_int_equal(plan_bond_by_source(plan)->rebalance_msec, 0);
    state_bond(plan, 5000);
    plan_run(plan);
    assert_int_equal(plan_bond_by_source(plan)->rebalance_msec, 5000);
    plan_destroy(plan);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_balance),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_few),
        cmocka_unit_test(test_seed),
        cmocka_unit_test(test_interval),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
