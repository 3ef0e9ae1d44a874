/* SPDX-License-Identifier: Apache-2.0 */

/* What a guest's first frame has the switch put in is what the plan has for
 * the guest from then on.  The switch itself says what that is: it learns by
 * learn_execute(). */

#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "learn.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/offer.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/slice.h"
#include "openvswitch/match.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"
#include "util.h"

static const struct bridge_ctx exact = {
    .exact = true, .network = NETWORK_BOND, .reflections = true,
    .meter_bands = 1,
};

static const struct flow first_frame = { .in_port.ofp_port = OFP_PORT_C(7) };

/* Initializes 'vport' to a guest in 'vlans', untagged in 'untagged' if that is
 * not negative. */
static void
vport_init(struct vport *vport, const struct vlan_set *vlans, int untagged,
           bool active)
{
    *vport = (struct vport) {
        .name = xstrdup("vnet0"),
        .ofport = OFP_PORT_C(7),
        .role = VIF_GUEST,
        .mac = ETH_ADDR_C(02,00,00,00,00,01),
        .active = active,
        .meter_in = 0x56e00001,
    };
    vlan_set_clone(&vport->vlan.members, vlans);
    vport->vlan.untagged_in = vport->vlan.untagged_out = untagged;
    vport->vlan.tagged_in = true;
}

/* Does 'a' do the same as 'b', apart from meters, and from names that taking
 * off a tag has? */
static void
assert_same_actions(const struct oflow *a, const struct oflow *b)
{
    const struct ofpact *x = a->ofpacts;
    const struct ofpact *y;

    OFPACT_FOR_EACH (y, b->ofpacts, b->ofpacts_len) {
        if (y->type == OFPACT_METER) {
            continue;
        }
        assert_true(x < ofpact_end(a->ofpacts, a->ofpacts_len));
        if (y->type == OFPACT_STRIP_VLAN || y->type == OFPACT_SET_FIELD) {
            const struct ofpact_set_field *sf = ofpact_get_SET_FIELD(x);

            assert_int_equal(sf->field->id, MFF_VLAN_TCI);
            assert_int_equal(sf->value->be16, 0);
            assert_int_equal(ofpact_set_field_mask(sf)->be16, OVS_BE16_MAX);
        } else {
            assert_int_equal(x->type, OFPACT_OUTPUT);
            assert_int_equal(y->type, OFPACT_OUTPUT);
            assert_int_equal(ofpact_get_OUTPUT(x)->port,
                             ofpact_get_OUTPUT(y)->port);
        }
        x = ofpact_next(x);
    }
    assert_ptr_equal(x, ofpact_end(a->ofpacts, a->ofpacts_len));
}

/* Returns the flow of 'slice' with the place of 'flow'. */
static const struct oflow *
find(const struct slice *slice, const struct oflow *flow)
{
    for (size_t i = 0; i < slice->n_flows; i++) {
        if (oflow_same_key(slice->flows[i], flow)) {
            return slice->flows[i];
        }
    }
    return NULL;
}

/* Executes 'learn' and checks that 'slice' has a flow like what was
 * learned. */
static void
check_learned(const struct ofpact_learn *learn, const struct slice *slice)
{
    struct ofputil_flow_mod fm;
    struct ofpbuf ofpacts;
    struct match match;

    assert_false(learn_check(learn, NULL));
    ofpbuf_init(&ofpacts, 0);
    learn_execute(learn, &first_frame, &fm, &ofpacts);
    assert_int_equal(fm.idle_timeout, OFP_FLOW_PERMANENT);
    assert_int_equal(fm.hard_timeout, OFP_FLOW_PERMANENT);
    minimatch_expand(&fm.match, &match);

    struct oflow *learned = oflow_create(fm.table_id, fm.priority, &match,
                                         fm.new_cookie, &ofpacts);
    const struct oflow *flow = find(slice, learned);

    assert_non_null(flow);
    assert_int_equal(flow->cookie, learned->cookie);
    assert_same_actions(learned, flow);
    oflow_unref(learned);
    minimatch_destroy(&fm.match);
    ofpbuf_uninit(&ofpacts);
}

/* Does 'flow' let frames of the port in? */
static bool
admits(const struct oflow *flow)
{
    return flow->table_id == TABLE_ADMIT && flow->ofpacts_len;
}

static bool
is_about_address(const struct oflow *flow)
{
    return (flow->table_id == TABLE_FORWARD
            || flow->table_id == TABLE_REFLECT);
}

/* Checks what a guest is offered that is in 'vlans', untagged in 'untagged' if
 * that is not negative. */
static void
check(const struct vlan_set *vlans, int untagged, bool isolated,
      const char *community, size_t n_expected)
{
    const struct vlan_set *won[] = { vlans };
    struct slice before, after;
    struct vport vport;
    size_t n = 0;

    vport_init(&vport, vlans, untagged, true);
    vport.isolated = isolated;
    ovs_strlcpy(vport.community.name, community,
                sizeof vport.community.name);
    slice_init(&after);
    compile_port(&exact, &vport, won, NULL, &after);
    vport.active = false;
    slice_init(&before);
    compile_port(&exact, &vport, won, NULL, &before);

    for (size_t i = 0; i < after.n_flows; i++) {
        n += is_about_address(after.flows[i]);
    }
    assert_int_equal(n, n_expected);
    for (size_t i = 0; i < before.n_flows; i++) {
        const struct oflow *flow = before.flows[i];
        const struct ofpact *a;
        size_t n_offers = 0;

        assert_false(is_about_address(flow));
        OFPACT_FOR_EACH (a, flow->ofpacts, flow->ofpacts_len) {
            if (a->type == OFPACT_LEARN) {
                check_learned(ofpact_get_LEARN(a), &after);
                n_offers++;
            }
        }
        assert_int_equal(n_offers, admits(flow) ? n : 0);
        assert_int_equal(offer_is_in(flow->ofpacts, flow->ofpacts_len),
                         n_offers > 0);
    }
    slice_uninit(&before);
    slice_uninit(&after);
    vport_uninit(&vport);
}

static void
test_offers(void **state OVS_UNUSED)
{
    struct vlan_set vlans;

    vlan_set_init(&vlans);
    vlan_set_add_range(&vlans, 0, VLAN_ID_MAX);
    check(&vlans, 0, false, "", 2 * 13);
    vlan_set_uninit(&vlans);

    vlan_set_init(&vlans);
    vlan_set_add(&vlans, 10);
    check(&vlans, 10, false, "", 2);
    check(&vlans, -1, true, "", 3);
    check(&vlans, -1, true, "0123456789abcdef", 4);
    vlan_set_add_range(&vlans, 12, 15);
    check(&vlans, 10, true, "", 2 * 3);
    vlan_set_uninit(&vlans);
}

/* A guest that might win nothing is offered nothing, nor one whose frames have
 * tags that must be popped, nor one in too many VLANs, nor one whose address is
 * not known yet. */
static void
test_no_offers(void **state OVS_UNUSED)
{
    struct vlan_set vlans = VLAN_SET_INITIALIZER;
    const struct vlan_set *won[] = { &vlans, &vlans };
    struct vlan_set many = VLAN_SET_INITIALIZER;

    vlan_set_add(&vlans, 10);
    for (int i = 2; i < 400; i += 2) {
        vlan_set_add(&many, i);
    }
    for (int i = 0; i < 4; i++) {
        struct vlan_set none = VLAN_SET_INITIALIZER;
        struct vport vport;
        struct slice slice;

        won[0] = i == 0 ? &none : i == 2 ? &many : &vlans;
        vport_init(&vport, i == 2 ? &many : &vlans, -1, false);
        if (i == 1) {
            vport.vlan.push = ETH_TYPE_VLAN_8021AD;
        } else if (i == 3) {
            vport.mac = eth_addr_zero;
            vport.sticky = true;
            vport_add_mac(&vport, (struct eth_addr) ETH_ADDR_C(2,0,0,0,0,5),
                          CLAIM_LISTED);
        }
        slice_init(&slice);
        compile_port(&exact, &vport, won, NULL, &slice);
        assert_true(slice.n_flows > 0);
        for (size_t j = 0; j < slice.n_flows; j++) {
            assert_false(offer_is_in(slice.flows[j]->ofpacts,
                                     slice.flows[j]->ofpacts_len));
        }
        slice_uninit(&slice);
        vport_uninit(&vport);
    }
    vlan_set_uninit(&vlans);
    vlan_set_uninit(&many);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offers),
        cmocka_unit_test(test_no_offers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
