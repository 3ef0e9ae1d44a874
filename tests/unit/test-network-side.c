/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "lib/model/network-side.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "random.h"
#include "util.h"

/* A string that a value may hold but must not free. */
#define S(LITERAL) ((char[]) { LITERAL })

/* Every port that these tests know. */
static const struct vport vports[] = {
    { .name = S("vnet0"), .role = VIF_GUEST },
    { .name = S("br0"), .role = VIF_HOST },
    { .name = S("eth0"), .role = VIF_NETWORK },
    { .name = S("eth1"), .role = VIF_NETWORK },
    { .name = S("a1"), .port = S("bond0"), .role = VIF_NETWORK,
      .in_bond = true },
    { .name = S("a2"), .port = S("bond0"), .role = VIF_NETWORK,
      .in_bond = true },
    { .name = S("s1"), .port = S("bond1"), .role = VIF_NETWORK,
      .in_bond = true, .reflects = true },
    { .name = S("s2"), .port = S("bond1"), .role = VIF_NETWORK,
      .in_bond = true, .reflects = true },
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
        { "+eth1", NETWORK_SEVERAL, false },
        { "-eth0", NETWORK_DIRECT, false },
        { "-vnet0", NETWORK_DIRECT, false },
        { "-eth1", NETWORK_NONE, false },
        /* A bond is one port, and a bond from its first member on. */
        { "+a1", NETWORK_BOND, false },
        { "+a2", NETWORK_BOND, false },
        { "-a1", NETWORK_BOND, false },
        { "+eth0", NETWORK_SEVERAL, false },
        { "-a2", NETWORK_DIRECT, false },
        /* What a bond leaves behind is no bond. */
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
    assert_int_equal(network_side_kind(&side), NETWORK_NONE);
    assert_false(network_side_reflects(&side));
    for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
        const struct vport *vport = find_vport(steps[i].step + 1);

        if (steps[i].step[0] == '+') {
            network_side_add(&side, vport);
        } else {
            network_side_remove(&side, vport);
        }
        if (network_side_kind(&side) != steps[i].kind
            || network_side_reflects(&side) != steps[i].reflects) {
            fail_msg("step %"PRIuSIZE" (%s): kind %d reflects %d",
                     i, steps[i].step, network_side_kind(&side),
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
    bool several = false, bond = false;

    *reflects = false;
    for (size_t i = 0; i < ARRAY_SIZE(vports); i++) {
        if (present[i] && vports[i].role == VIF_NETWORK) {
            const char *port = vport_port(&vports[i]);

            several |= first && strcmp(first, port);
            first = port;
            bond |= vports[i].in_bond;
            *reflects |= vports[i].reflects;
        }
    }
    return (!first ? NETWORK_NONE
            : several ? NETWORK_SEVERAL
            : bond ? NETWORK_BOND
            : NETWORK_DIRECT);
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
        assert_int_equal(network_side_kind(&side),
                         expected_kind(present, &reflects));
        assert_int_equal(network_side_reflects(&side), reflects);
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
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_uses_normal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
