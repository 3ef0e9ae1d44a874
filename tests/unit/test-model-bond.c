/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/host/bridge-row.h"
#include "lib/host/vif.h"
#include "lib/model/model.h"
#include "lib/model/vport.h"
#include "util.h"

/* What is let in from members of bonds. */

#define CC(STRING) CONST_CAST(char *, STRING)

static struct bridge_model bridge;

static int
setup(void **state OVS_UNUSED)
{
    const struct bridge_row row = {
        .name = CC("br0"), .mac_table_manager = CC("libvirt"),
    };
    struct diag_list diags = DIAG_LIST_INITIALIZER;

    bridge_model_init(&bridge, &row, NULL, 0, &diags);
    assert_int_equal(diags.n, 0);
    return 0;
}

static int
teardown(void **state OVS_UNUSED)
{
    bridge_model_uninit(&bridge);
    return 0;
}

/* What NORMAL does to a frame that comes in by a member of 'bond':
 * bond_check_admissibility() in Open vSwitch's ofproto/bond.c, line by
 * line. */
enum verdict { DROP, ACCEPT, DROP_IF_MOVED };

static enum verdict
check_admissibility(const struct vif_bond *bond, bool may_enable,
                    bool multicast)
{
    if (bond->lacp && bond->lacp_negotiated) {
        return may_enable ? ACCEPT : DROP;
    } else if (bond->lacp) {
        if (!bond->lacp_fallback_ab) {
            return DROP;
        }
    } else if (bond->mode == VIF_BALANCE_TCP) {
        return DROP;
    }

    bool all_members_active = (bond->mode == VIF_BALANCE_SLB
                               && bond->all_members_active);
    if (multicast && !bond->is_active && !all_members_active) {
        return DROP;
    }

    switch (bond->mode) {
    case VIF_BALANCE_TCP:
        if (!bond->lacp_fallback_ab) {
            return DROP;
        }
        /* Fall through. */
    case VIF_ACTIVE_BACKUP:
        return bond->is_active ? ACCEPT : DROP;
    case VIF_BALANCE_SLB:
        return DROP_IF_MOVED;
    }
    return DROP;
}

static void
check_bond_member(const struct vif *vif)
{
    static const char *const admissions[] = {
        [ADMISSION_ALL] = "all", [ADMISSION_UNICAST] = "unicast",
        [ADMISSION_NONE] = "none",
    };
    const struct vif_bond *bond = &vif->bond;
    enum verdict unicast = check_admissibility(bond, vif->lacp_current,
                                               false);
    enum verdict multicast = check_admissibility(bond, vif->lacp_current,
                                                 true);
    enum admission expected = (multicast != DROP ? ADMISSION_ALL
                               : unicast != DROP ? ADMISSION_UNICAST
                               : ADMISSION_NONE);
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct vport vport;

    /* Where only the active member is let in, another one becomes that in the
     * switch a moment before it does here, and what is sent by the one may
     * come back by the other. */
    struct vif_bond other = *bond;
    other.is_active = !bond->is_active;
    bool backup = unicast != check_admissibility(&other, vif->lacp_current,
                                                 false);

    /* choose_output_member(), likewise; by which of its members a bond without
     * a partner falls back, is not looked at. */
    enum bond_way way = (bond->lacp
                         ? (bond->lacp_negotiated || !bond->lacp_fallback_ab
                            ? BOND_WAY_ANY : BOND_WAY_NORMAL)
                         : bond->mode == VIF_ACTIVE_BACKUP ? BOND_WAY_ACTIVE
                         : bond->mode == VIF_BALANCE_SLB && !bond->delays
                         ? BOND_WAY_SOURCE
                         : BOND_WAY_NORMAL);

    assert_true(unicast != DROP || multicast == DROP);
    assert_int_equal(model_port(&bridge, vif, &vport, &diags), MODEL_WIRED);
    assert_int_equal(diags.n, 0);
    if (vport.admission != expected
        || vport.reflects != (unicast == DROP_IF_MOVED || backup)) {
        fail_msg("mode %d lacp %d negotiated %d current %d fallback-ab %d "
                 "all-members-active %d active %d: admission %s, not %s; "
                 "reflects %d", bond->mode, bond->lacp,
                 bond->lacp_negotiated, vif->lacp_current,
                 bond->lacp_fallback_ab, bond->all_members_active,
                 bond->is_active, admissions[vport.admission],
                 admissions[expected], vport.reflects);
    }
    assert_int_equal(vport.way, way);
    vport_uninit(&vport);
}

/* Which frames are let in from members of bonds, over all there is to say of
 * one. */
static void
test_bond_members(void **state OVS_UNUSED)
{
    enum { N_BITS = 7 };

    for (int mode = VIF_ACTIVE_BACKUP; mode <= VIF_BALANCE_TCP; mode++) {
        for (int bits = 0; bits < 1 << N_BITS; bits++) {
            const struct vif vif = {
                .name = CC("p"),
                .ofport = OFP_PORT_C(7),
                .vlan = { .tag = PORT_VLAN_NO_TAG },
                .lacp_current = bits & 1,
                .port = CC("bond0"),
                .bond = {
                    .is_member = true,
                    .mode = mode,
                    .lacp = (bits & 2) != 0,
                    .lacp_negotiated = (bits & 4) != 0,
                    .lacp_fallback_ab = (bits & 8) != 0,
                    .is_active = (bits & 16) != 0,
                    .all_members_active = (bits & 32) != 0,
                    .delays = (bits & 64) != 0,
                },
            };

            check_bond_member(&vif);
        }
    }

    /* The same columns of a port that is a single interface say nothing. */
    const struct vif single = {
        .name = CC("p"),
        .ofport = OFP_PORT_C(7),
        .vlan = { .tag = PORT_VLAN_NO_TAG },
        .bond = { .mode = VIF_BALANCE_SLB, .lacp = true },
    };
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct vport vport;

    assert_int_equal(model_port(&bridge, &single, &vport, &diags),
                     MODEL_WIRED);
    assert_int_equal(vport.admission, ADMISSION_ALL);
    assert_false(vport.reflects);
    assert_int_equal(vport.way, BOND_WAY_NORMAL);
    assert_false(vport.in_bond);
    vport_uninit(&vport);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bond_members),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
