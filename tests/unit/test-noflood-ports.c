/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "flow.h"
#include "lib/openflow/noflood-ports.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-port.h"
#include "openvswitch/ofp-util.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

/* The switch says that port 'ofport' has no-flood or not. */
static void
tell(struct noflood_ports *nf, int ofport, bool set)
{
    struct ofputil_phy_port phy = {
        .port_no = u16_to_ofp(ofport),
        .config = set ? OFPUTIL_PC_NO_FLOOD : 0,
    };

    noflood_ports_told(nf, &phy, false);
}

/* Checks that 'nf' asks for what 'expected' says, in any order that the
 * numbers of ports have: "1+" for no-flood on port 1, "1-" for none. */
static void
assert_asks(struct noflood_ports *nf, const char *expected)
{
    struct ovs_list msgs = OVS_LIST_INITIALIZER(&msgs);
    bool seen[10][2] = { { false } };
    struct ds s = DS_EMPTY_INITIALIZER;
    bool asked = noflood_ports_ask(nf, &msgs);
    struct ofpbuf *msg;

    LIST_FOR_EACH_POP (msg, list_node, &msgs) {
        struct ofputil_port_mod pm;

        ofpmsg_update_length(msg);
        assert_int_equal(ofputil_decode_port_mod(msg->data, &pm, false), 0);
        assert_int_equal(pm.mask, OFPUTIL_PC_NO_FLOOD);
        seen[ofp_to_u16(pm.port_no)][pm.config != 0] = true;
        ofpbuf_delete(msg);
    }
    for (size_t i = 0; i < ARRAY_SIZE(seen); i++) {
        if (seen[i][0] || seen[i][1]) {
            ds_put_format(&s, "%"PRIuSIZE"%c", i, seen[i][1] ? '+' : '-');
        }
    }
    assert_string_equal(ds_cstr(&s), expected);
    assert_int_equal(asked, expected[0] != '\0');
    ds_destroy(&s);
}

/* Guests get no-flood, the network side does not; and it is taken back, but
 * not what somebody else has set. */
static void
test_set_and_take_back(void **state OVS_UNUSED)
{
    struct noflood_ports nf;

    noflood_ports_init(&nf);
    noflood_ports_set(&nf, u16_to_ofp(1), true);
    noflood_ports_set(&nf, u16_to_ofp(2), false);
    noflood_ports_set(&nf, u16_to_ofp(3), false);
    noflood_ports_enable(&nf, true, false);
    tell(&nf, 1, false);
    tell(&nf, 2, false);
    tell(&nf, 3, true);
    assert_true(noflood_ports_is_others(&nf, u16_to_ofp(3)));
    assert_false(noflood_ports_is_others(&nf, u16_to_ofp(2)));
    assert_false(noflood_ports_is_others(&nf, u16_to_ofp(9)));
    assert_asks(&nf, "2+");
    assert_asks(&nf, "");
    assert_int_equal(nf.n_wrong, 1);
    noflood_ports_done(&nf);
    assert_int_equal(nf.n_wrong, 0);
    assert_int_equal(nf.n_ours, 1);

    /* Somebody takes it away. */
    tell(&nf, 2, false);
    assert_asks(&nf, "2+");
    noflood_ports_done(&nf);
    assert_false(noflood_ports_is_others(&nf, u16_to_ofp(2)));

    /* It is remembered until all has been told anew. */
    noflood_ports_forget(&nf);
    assert_true(noflood_ports_is_others(&nf, u16_to_ofp(3)));
    tell(&nf, 1, true);
    tell(&nf, 2, true);
    noflood_ports_done(&nf);
    assert_true(noflood_ports_is_others(&nf, u16_to_ofp(1)));
    assert_false(noflood_ports_is_others(&nf, u16_to_ofp(2)));
    assert_false(noflood_ports_is_others(&nf, u16_to_ofp(3)));
    tell(&nf, 1, false);
    assert_false(noflood_ports_is_others(&nf, u16_to_ofp(1)));

    noflood_ports_enable(&nf, false, false);
    assert_asks(&nf, "2-");
    noflood_ports_done(&nf);
    assert_int_equal(nf.n_ours, 0);
    assert_int_equal(nf.n_wrong, 0);
    noflood_ports_uninit(&nf);
}

/* What an earlier run of this program has set is adopted, and so is taken back
 * in the end. */
static void
test_adopt(void **state OVS_UNUSED)
{
    struct noflood_ports nf;

    noflood_ports_init(&nf);
    noflood_ports_set(&nf, u16_to_ofp(2), false);
    noflood_ports_enable(&nf, true, true);
    tell(&nf, 2, true);
    noflood_ports_done(&nf);
    assert_int_equal(nf.n_ours, 1);
    assert_asks(&nf, "");
    noflood_ports_enable(&nf, false, false);
    assert_asks(&nf, "2-");
    noflood_ports_uninit(&nf);

    /* Also if it is not needed any more; but a network port's is not ours. */
    noflood_ports_init(&nf);
    noflood_ports_set(&nf, u16_to_ofp(1), true);
    noflood_ports_set(&nf, u16_to_ofp(2), false);
    noflood_ports_adopt(&nf);
    tell(&nf, 1, true);
    tell(&nf, 2, true);
    assert_asks(&nf, "2-");
    noflood_ports_done(&nf);
    assert_int_equal(nf.n_ours, 0);
    noflood_ports_uninit(&nf);
}

/* A port that has become one of the network side while this program did not
 * run has no-flood from it, unless it was one before. */
static void
test_found(void **state OVS_UNUSED)
{
    struct noflood_ports nf;

    noflood_ports_init(&nf);
    noflood_ports_found(&nf, u16_to_ofp(1), true);
    noflood_ports_found(&nf, u16_to_ofp(2), true);
    noflood_ports_found(&nf, u16_to_ofp(2), false);
    noflood_ports_set(&nf, u16_to_ofp(1), true);
    noflood_ports_set(&nf, u16_to_ofp(2), true);
    noflood_ports_set(&nf, u16_to_ofp(3), true);
    noflood_ports_enable(&nf, true, true);
    for (int i = 1; i <= 3; i++) {
        tell(&nf, i, true);
    }
    noflood_ports_done(&nf);
    assert_int_equal(nf.n_ours, 1);
    assert_true(noflood_ports_must_clear(&nf, u16_to_ofp(1)));
    assert_false(noflood_ports_must_clear(&nf, u16_to_ofp(2)));
    assert_false(noflood_ports_is_others(&nf, u16_to_ofp(1)));
    assert_true(noflood_ports_is_others(&nf, u16_to_ofp(2)));
    assert_true(noflood_ports_is_others(&nf, u16_to_ofp(3)));
    assert_asks(&nf, "1-");
    noflood_ports_done(&nf);
    assert_false(noflood_ports_must_clear(&nf, u16_to_ofp(1)));

    /* If somebody sets it from now on, it is his. */
    tell(&nf, 1, true);
    assert_true(noflood_ports_is_others(&nf, u16_to_ofp(1)));
    noflood_ports_uninit(&nf);
}

/* Over a new connection what was set stays ours if it is still there; after a
 * restart of the switch it is set again. */
static void
test_new_connection(void **state OVS_UNUSED)
{
    struct noflood_ports nf;

    for (int restarted = 0; restarted < 2; restarted++) {
        noflood_ports_init(&nf);
        noflood_ports_set(&nf, u16_to_ofp(2), false);
        noflood_ports_enable(&nf, true, false);
        tell(&nf, 2, false);
        assert_asks(&nf, "2+");
        noflood_ports_done(&nf);

        noflood_ports_forget(&nf);
        assert_asks(&nf, "");
        tell(&nf, 2, !restarted);
        assert_asks(&nf, restarted ? "2+" : "");
        noflood_ports_done(&nf);
        assert_int_equal(nf.n_ours, 1);
        assert_int_equal(nf.n_wrong, 0);
        noflood_ports_uninit(&nf);
    }
}

/* A port that leaves the network side is said to, once. */
static void
test_leaves_network(void **state OVS_UNUSED)
{
    struct noflood_ports nf;

    noflood_ports_init(&nf);
    assert_false(noflood_ports_set(&nf, u16_to_ofp(1), false));
    assert_false(noflood_ports_set(&nf, u16_to_ofp(1), true));
    assert_true(noflood_ports_set(&nf, u16_to_ofp(1), false));
    assert_false(noflood_ports_set(&nf, u16_to_ofp(1), false));
    noflood_ports_remove(&nf, u16_to_ofp(1));
    assert_true(hmap_is_empty(&nf.ports));
    noflood_ports_uninit(&nf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_and_take_back),
        cmocka_unit_test(test_adopt),
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_new_connection),
        cmocka_unit_test(test_leaves_network),
    };

    return cmocka_run_group_tests_name("noflood-ports", tests, NULL, NULL);
}
