/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "flow.h"
#include "lib/model/network-side.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "random.h"
#include "util.h"

/* A string that a value may hold but must not free. */
#define S(LITERAL) ((char[]) { LITERAL })

/* Every port that these tests know. */
static const struct vport vports[] = {
    { .name = S("vnet0"), .ofport = OFP_PORT_C(1), .role = VIF_GUEST },
    { .name = S("br0"), .ofport = OFP_PORT_C(2), .role = VIF_HOST },
    { .name = S("eth0"), .ofport = OFP_PORT_C(3), .role = VIF_NETWORK },
    { .name = S("eth1"), .ofport = OFP_PORT_C(4), .role = VIF_NETWORK },
    { .name = S("a1"), .ofport = OFP_PORT_C(5), .port = S("bond0"),
      .role = VIF_NETWORK, .in_bond = true, .way = BOND_WAY_ACTIVE },
    { .name = S("a2"), .ofport = OFP_PORT_C(6), .port = S("bond0"),
      .role = VIF_NETWORK, .in_bond = true, .way = BOND_WAY_ACTIVE },
    { .name = S("s1"), .ofport = OFP_PORT_C(7), .port = S("bond1"),
      .role = VIF_NETWORK, .in_bond = true, .reflects = true },
    { .name = S("s2"), .ofport = OFP_PORT_C(8), .port = S("bond1"),
      .role = VIF_NETWORK, .in_bond = true, .reflects = true },
    { .name = S("vx1"), .ofport = OFP_PORT_C(9), .role = VIF_NETWORK,
      .is_tunnel = true },
    { .name = S("vx2"), .ofport = OFP_PORT_C(10), .role = VIF_NETWORK,
      .is_tunnel = true },
    { .name = S("p1"), .ofport = OFP_PORT_C(11), .role = VIF_NETWORK,
      .is_protected = true },
    { .name = S("p2"), .ofport = OFP_PORT_C(12), .role = VIF_NETWORK,
      .is_protected = true },
};

static const struct vport *
find_vport(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(vports); i++) {
        if (!strcmp(vports[i].name, name)) {
            return &vports[i];
        }
    }
    fail_msg("no port '%s'", name);
    return NULL;
}

/* What becomes of 'kind' where only NORMAL can serve several ports. */
static enum network_kind
with_normal(enum network_kind kind)
{
    return network_kind_spreads(kind) ? NETWORK_SEVERAL : kind;
}

/* The kind as ports come ("+NAME") and go ("-NAME"). */
static void
test_kinds(void **state OVS_UNUSED)
{
    static const struct {
        const char *step;
        enum network_kind kind;
        bool reflects;
    } steps[] = {
        /* Guests and the host are not on the network side. */
        { "+vnet0", NETWORK_NONE, false },
        { "+br0", NETWORK_NONE, false },
        { "+eth0", NETWORK_DIRECT, false },
        { "+eth1", NETWORK_SPREAD, false },
        /* Tunnels are kept apart from each other, and so are ports that are
         * protected.  Who is kept apart from whom else, NORMAL knows. */
        { "+vx1", NETWORK_SPREAD, false },
        { "+vx2", NETWORK_SPREAD, false },
        { "+p1", NETWORK_SEVERAL, false },
        { "-vx1", NETWORK_SPREAD, false },
        { "+p2", NETWORK_SPREAD, false },
        { "-vx2", NETWORK_SPREAD, false },
        { "-p1", NETWORK_SPREAD, false },
        { "-p2", NETWORK_SPREAD, false },
        { "-eth0", NETWORK_DIRECT, false },
        { "-vnet0", NETWORK_DIRECT, false },
        { "-eth1", NETWORK_NONE, false },
        /* A bond is one port, and a bond from its first member on. */
        { "+a1", NETWORK_BOND, false },
        { "+a2", NETWORK_BOND, false },
        { "-a1", NETWORK_BOND, false },
        { "+eth0", NETWORK_MIXED, false },
        { "+a1", NETWORK_MIXED, false },
        { "-a1", NETWORK_MIXED, false },
        { "-a2", NETWORK_DIRECT, false },
        /* What a bond leaves behind is no bond.  How this one sends, NORMAL
         * alone can tell. */
        { "+s1", NETWORK_SEVERAL, true },
        { "+s2", NETWORK_SEVERAL, true },
        { "-eth0", NETWORK_BOND, true },
        { "-s1", NETWORK_BOND, true },
        /* Two bonds. */
        { "+a1", NETWORK_SEVERAL, true },
        { "-s2", NETWORK_BOND, false },
        { "-a1", NETWORK_NONE, false },
        { "-br0", NETWORK_NONE, false },
    };
    struct network_side side;

    network_side_init(&side);
    assert_int_equal(network_side_kind(&side, false), NETWORK_NONE);
    assert_false(network_side_reflects(&side));
    for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
        const struct vport *vport = find_vport(steps[i].step + 1);

        if (steps[i].step[0] == '+') {
            network_side_add(&side, vport);
        } else {
            network_side_remove(&side, vport);
        }
        if (network_side_kind(&side, false) != steps[i].kind
            || network_side_kind(&side, true) != with_normal(steps[i].kind)
            || network_side_reflects(&side) != steps[i].reflects) {
            fail_msg("step %"PRIuSIZE" (%s): kind %d reflects %d",
                     i, steps[i].step, network_side_kind(&side, false),
                     network_side_reflects(&side));
        }
    }
    network_side_uninit(&side);
}

/* What the kind must be for the ports in 'present', counted afresh. */
static enum network_kind
expected_kind(const bool present[ARRAY_SIZE(vports)], bool *reflects)
{
    const char *first = NULL;
    bool several = false, bond = false, slb = false;
    size_t n_tunnels = 0, n_protected = 0;

    *reflects = false;
    for (size_t i = 0; i < ARRAY_SIZE(vports); i++) {
        if (present[i] && vports[i].role == VIF_NETWORK) {
            const char *port = vport_port(&vports[i]);

            several |= first && strcmp(first, port);
            first = port;
            bond |= vports[i].in_bond;
            slb |= vports[i].in_bond && vports[i].way == BOND_WAY_NORMAL;
            n_tunnels += vports[i].is_tunnel;
            n_protected += vports[i].is_protected;
            *reflects |= vports[i].reflects;
        }
    }
    return (!first ? NETWORK_NONE
            : several ? (slb || (n_tunnels > 1 && n_protected)
                         ? NETWORK_SEVERAL
                         : bond ? NETWORK_MIXED : NETWORK_SPREAD)
            : bond ? NETWORK_BOND
            : NETWORK_DIRECT);
}

/* Returns the first number of those in 'present' that are of the port of
 * number 'i'. */
static ofp_port_t
get_place(const bool present[ARRAY_SIZE(vports)], size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (present[j]
            && !strcmp(vport_port(&vports[j]), vport_port(&vports[i]))) {
            return vports[j].ofport;
        }
    }
    return vports[i].ofport;
}

/* Fails unless 'side' has the ports in 'present', by number. */
static void
check_ports(const struct network_side *side,
            const bool present[ARRAY_SIZE(vports)])
{
    struct network_ports expected = { .n = 0 }, ports;
    bool two_tunnels = false;
    size_t n_apart = 0;

    for (size_t i = 0; i < ARRAY_SIZE(vports); i++) {
        for (size_t j = 0; j < i; j++) {
            two_tunnels |= (present[i] && vports[i].is_tunnel
                            && present[j] && vports[j].is_tunnel);
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(vports); i++) {
        if (present[i] && vports[i].role == VIF_NETWORK) {
            bool apart = (two_tunnels ? vports[i].is_tunnel
                          : vports[i].is_protected);

            expected.ports[expected.n++] = (struct network_port) {
                vports[i].ofport, get_place(present, i), apart
            };
            n_apart += apart;
        }
    }
    network_side_get_ports(side, &ports);
    assert_true(network_ports_equal(&ports, &expected));
    for (size_t i = 0; i < expected.n; i++) {
        assert_int_equal(network_ports_is_apart(&ports,
                                                expected.ports[i].ofport),
                         expected.ports[i].apart && n_apart > 1);
    }
    expected.n++;
    assert_false(network_ports_equal(&ports, &expected));
}

/* More ports than flows can name are left to NORMAL. */
static void
test_many(void **state OVS_UNUSED)
{
    struct network_side side;

    network_side_init(&side);
    for (size_t i = 0; i <= NETWORK_SPREAD_MAX; i++) {
        struct vport vport = {
            .name = xasprintf("eth%"PRIuSIZE, i),
            .ofport = u16_to_ofp(NETWORK_SPREAD_MAX + 1 - i),
            .role = VIF_NETWORK,
        };

        network_side_add(&side, &vport);
        free(vport.name);
        assert_int_equal(network_side_kind(&side, false),
                         (!i ? NETWORK_DIRECT
                          : i < NETWORK_SPREAD_MAX ? NETWORK_SPREAD
                          : NETWORK_SEVERAL));
    }
    network_side_uninit(&side);
}

/* How a bond of 'n' members sends to groups: in the way that all of them have,
 * unless they are too many to name. */
static enum bond_way
bond_way(const enum bond_way *ways, size_t n)
{
    struct network_bonds bonds, other;
    struct network_side side;

    network_side_init(&side);
    for (size_t i = 0; i < n; i++) {
        struct vport vport = {
            .name = S("m"), .port = S("bond0"), .role = VIF_NETWORK,
            .ofport = u16_to_ofp(n - i), .in_bond = true, .way = ways[i],
            .admission = i ? ADMISSION_NONE : ADMISSION_ALL,
        };

        network_side_add(&side, &vport);
    }
    network_side_get_bonds(&side, network_side_kind(&side, false), &bonds);
    network_side_uninit(&side);

    const struct network_bond *bond = &bonds.bonds[0];
    assert_int_equal(bonds.n, 1);
    assert_int_equal(bond->n, MIN(n, NETWORK_BOND_MAX));
    for (size_t i = 0; i < bond->n; i++) {
        assert_int_equal(bond->members[i].ofport, i + 1);
        assert_int_equal(bond->members[i].active, i == n - 1);
        other = bonds;
        assert_true(network_bonds_equal(&bonds, &other));
        other.bonds[0].members[i].active = !bond->members[i].active;
        assert_false(network_bonds_equal(&bonds, &other));
    }
    return bond->way;
}

static void
test_bond_way(void **state OVS_UNUSED)
{
    enum bond_way ways[NETWORK_BOND_MAX + 1];

    for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
        ways[i] = BOND_WAY_ACTIVE;
    }
    assert_int_equal(bond_way(ways, 2), BOND_WAY_ACTIVE);
    assert_int_equal(bond_way(ways, NETWORK_BOND_MAX), BOND_WAY_ACTIVE);
    assert_int_equal(bond_way(ways, ARRAY_SIZE(ways)), BOND_WAY_NORMAL);
    ways[1] = BOND_WAY_ANY;
    assert_int_equal(bond_way(ways, 1), BOND_WAY_ACTIVE);
    assert_int_equal(bond_way(ways, 2), BOND_WAY_NORMAL);
    ways[0] = BOND_WAY_ANY;
    assert_int_equal(bond_way(ways, 2), BOND_WAY_ANY);
    assert_int_equal(bond_way(ways, 3), BOND_WAY_NORMAL);
}

/* The kind depends on the ports that are there, and not on how they came. */
static void
test_random(void **state OVS_UNUSED)
{
    bool present[ARRAY_SIZE(vports)] = { false };
    struct network_side side;

    random_set_seed(1);
    network_side_init(&side);
    for (int i = 0; i < 5000; i++) {
        size_t j = random_range(ARRAY_SIZE(vports));
        bool reflects;

        if (present[j]) {
            network_side_remove(&side, &vports[j]);
        } else {
            network_side_add(&side, &vports[j]);
        }
        present[j] = !present[j];
        assert_int_equal(network_side_kind(&side, false),
                         expected_kind(present, &reflects));
        assert_int_equal(network_side_reflects(&side), reflects);
        check_ports(&side, present);
    }
    network_side_uninit(&side);
}

static void
test_uses_normal(void **state OVS_UNUSED)
{
    assert_false(network_kind_uses_normal(NETWORK_NONE));
    assert_false(network_kind_uses_normal(NETWORK_DIRECT));
    assert_true(network_kind_uses_normal(NETWORK_BOND));
    assert_true(network_kind_uses_normal(NETWORK_SEVERAL));
    assert_false(network_kind_uses_normal(NETWORK_SPREAD));
    assert_true(network_kind_learns(NETWORK_SPREAD));
    assert_true(network_kind_learns(NETWORK_SEVERAL));
    assert_false(network_kind_learns(NETWORK_BOND));
    assert_false(network_kind_learns(NETWORK_DIRECT));
    assert_false(network_kind_learns(NETWORK_NONE));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_uses_normal),
        cmocka_unit_test(test_bond_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
