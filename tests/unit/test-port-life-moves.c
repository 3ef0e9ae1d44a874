/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/host/vif.h"
#include "lib/model/port-life.h"
#include "lib/model/vport.h"
#include "util.h"

/* When does the outside have to be told by which member of a bond to send? */
static void
test_moves_guests(void **state OVS_UNUSED)
{
    const struct vif up = { .no_carrier = false };
    const struct vif down = { .no_carrier = true };
    struct vport in = { .role = VIF_NETWORK, .reflects = true,
                        .admission = ADMISSION_ALL };
    struct vport out = { .role = VIF_NETWORK, .reflects = true,
                         .admission = ADMISSION_NONE };
    struct vport lacp = { .role = VIF_NETWORK, .admission = ADMISSION_NONE };
    struct vport uplink = { .role = VIF_NETWORK, .admission = ADMISSION_ALL };
    struct vport guest = { .role = VIF_GUEST, .admission = ADMISSION_ALL };
    struct vport held = { .role = VIF_GUEST, .sticky = true };
    struct port_life life;

    port_life_init(&life, true);
    assert_false(port_life_moves_guests(&life, &up, NULL, &in));
    assert_false(port_life_moves_guests(&life, &up, &in, &in));
    assert_false(port_life_moves_guests(&life, &up, &in, &out));
    assert_true(port_life_moves_guests(&life, &up, &out, &in));
    assert_true(port_life_moves_guests(&life, &down, &in, &in));
    assert_false(port_life_moves_guests(&life, &down, &in, &in));
    assert_false(port_life_moves_guests(&life, &up, &in, &in));
    assert_false(port_life_moves_guests(&life, &down, NULL, &in));
    assert_false(port_life_moves_guests(&life, &up, &lacp, &in));

    /* Its link comes back. */
    assert_false(port_life_moves_guests(&life, &down, &uplink, &uplink));
    assert_true(port_life_moves_guests(&life, &up, &uplink, &uplink));
    assert_false(port_life_moves_guests(&life, &up, &uplink, &uplink));
    assert_false(port_life_moves_guests(&life, &down, &lacp, &lacp));
    assert_false(port_life_moves_guests(&life, &up, &lacp, &lacp));
    assert_false(port_life_moves_guests(&life, &down, &guest, &guest));
    assert_false(port_life_moves_guests(&life, &up, &guest, &guest));

    /* It might have been a guest's, or was. */
    assert_true(port_life_moves_guests(&life, &up, &held, &uplink));
    assert_false(port_life_moves_guests(&life, &down, &held, &uplink));
    assert_true(port_life_moves_guests(&life, &up, &held, &uplink));
    assert_false(port_life_moves_guests(&life, &up, NULL, &uplink));
    assert_false(port_life_moves_guests(&life, &up, &uplink, &held));
    assert_false(port_life_moves_guests(&life, &up, &guest, &uplink));

    /* Its device, a bond of the kernel's, fails over. */
    const struct vif moved = { .link.n_moves = 1 };
    const struct vif gone = { .link.n_moves = 2, .no_carrier = true };

    assert_true(port_life_moves_guests(&life, &moved, &uplink, &uplink));
    assert_false(port_life_moves_guests(&life, &moved, &uplink, &uplink));
    assert_false(port_life_moves_guests(&life, &gone, &uplink, &uplink));
    assert_false(port_life_moves_guests(&life, &up, &guest, &guest));
    port_life_uninit(&life);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moves_guests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
