/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "flow.h"
#include "lib/base/diag.h"
#include "lib/host/vif.h"
#include "lib/model/model.h"
#include "lib/model/port-limits.h"
#include "util.h"

/* The settings of the limit that is asked for, and others. */
#define WANT "linux-htb burst=8192 max-rate=8000 min-rate=8000"
#define OTHER "linux-htb min-rate=9000"

/* The database has 'settings' and 'mark', and 'rate' is asked for (0: nothing)
 * on a datapath of kind 'datapath'. */
static void
check_in(const char *settings, const char *mark, unsigned int rate,
         enum datapath_kind datapath, bool write, size_t n_diags)
{
    struct bridge_model model = { .datapath = datapath };
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct port_limits limits;
    struct vif vif;

    vif_init(&vif);
    vif.name = xstrdup("vnet0");
    vif.ofport = u16_to_ofp(1);
    vif.qos.settings = nullable_xstrdup(settings);
    vif.qos.mark = nullable_xstrdup(mark);
    vif.bandwidth.in.average = rate;
    vif.bandwidth.in.burst = rate;
    port_limits_init(&limits, &model, &vif, &diags);
    assert_int_equal(limits.write_in, write);
    assert_false(limits.write_out);
    assert_int_equal(diags.n, n_diags);
    diag_list_uninit(&diags);
    vif_uninit(&vif);
}

static void
test_whose(void **state OVS_UNUSED)
{
    /* Nothing there: ours to write. */
    check_in(NULL, NULL, 1, DATAPATH_SYSTEM, true, 0);
    check_in(NULL, NULL, 0, DATAPATH_SYSTEM, false, 0);
    /* Ours, right and wrong, and no longer asked for. */
    check_in(WANT, WANT, 1, DATAPATH_SYSTEM, false, 0);
    check_in(OTHER, OTHER, 1, DATAPATH_SYSTEM, true, 0);
    check_in(WANT, WANT, 0, DATAPATH_SYSTEM, true, 0);
    /* libvirt's own, the same and another. */
    check_in(WANT, NULL, 1, DATAPATH_SYSTEM, false, 0);
    check_in(OTHER, NULL, 1, DATAPATH_SYSTEM, false, 1);
    check_in(OTHER, NULL, 0, DATAPATH_SYSTEM, false, 0);
    /* Ours once, and changed by somebody else. */
    check_in(OTHER, WANT, 1, DATAPATH_SYSTEM, false, 1);
    check_in(OTHER, WANT, 0, DATAPATH_SYSTEM, false, 0);
}

static void
test_datapath(void **state OVS_UNUSED)
{
    check_in(NULL, NULL, 1, DATAPATH_NETDEV, false, 1);
    check_in(NULL, NULL, 0, DATAPATH_NETDEV, false, 0);
    check_in(NULL, NULL, 1, DATAPATH_OTHER, false, 1);
    /* What was written before the bridge's datapath was changed goes. */
    check_in(WANT, WANT, 1, DATAPATH_NETDEV, true, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whose),
        cmocka_unit_test(test_datapath),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
