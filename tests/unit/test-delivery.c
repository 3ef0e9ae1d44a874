/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "lib/compile.h"
#include "lib/plan.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "random.h"
#include "tests/unit/pipeline-eval.h"
#include "tests/unit/port-spec.h"
#include "util.h"

/* Who receives what: the flows of random bridges, run on random frames, do
 * what is said here in plain words and without the help of anything in
 * lib/. */

/* Is 'spec' a member of 'vlan'?  The rules are those of bundle_set() and
 * xbundle_includes_vlan() in Open vSwitch. */
static bool
carries(const struct port_spec *spec, int vlan)
{
    const struct port_vlan *pv = &spec->vlan;
    bool trunked = !pv->trunks.n || vlan_set_contains(&pv->trunks, vlan);

    switch (pv->mode) {
    case PORT_VLAN_MODE_NATIVE_TAGGED:
    case PORT_VLAN_MODE_NATIVE_UNTAGGED:
        return pv->tag > 0 ? vlan == pv->tag || (vlan && trunked) : trunked;
    case PORT_VLAN_MODE_TRUNK:
        return trunked;
    case PORT_VLAN_MODE_DEFAULT:
        if (pv->tag < 0) {
            return trunked;
        }
        /* Fall through. */
    case PORT_VLAN_MODE_ACCESS:
    default:
        return vlan == MAX(0, pv->tag);
    }
}

static bool
is_access(const struct port_spec *spec)
{
    return spec->vlan.mode == PORT_VLAN_MODE_ACCESS
           || (spec->vlan.mode == PORT_VLAN_MODE_DEFAULT
               && spec->vlan.tag >= 0);
}

static bool
is_native(const struct port_spec *spec)
{
    return spec->vlan.mode == PORT_VLAN_MODE_NATIVE_TAGGED
           || spec->vlan.mode == PORT_VLAN_MODE_NATIVE_UNTAGGED;
}

/* The VLAN of a frame that 'spec' sends with tag 'tci', or -1 if it must not
 * send it: input_vid_is_valid() and xvlan_input_translate(). */
static int
vlan_in(const struct port_spec *spec, ovs_be16 tci)
{
    int vid = vlan_tci_to_vid(tci);

    if (!vid && (is_access(spec) || is_native(spec))) {
        return MAX(0, spec->vlan.tag);
    }
    return !is_access(spec) && carries(spec, vid) ? vid : -1;
}

/* The tag of a frame with tag 'tci' in 'vlan' that 'spec' gets:
 * xvlan_output_translate() and xvlan_put(). */
static ovs_be16
tci_out(const struct port_spec *spec, int vlan, ovs_be16 tci)
{
    if (is_access(spec)
        || (spec->vlan.mode == PORT_VLAN_MODE_NATIVE_UNTAGGED
            && vlan == MAX(0, spec->vlan.tag))) {
        return htons(0);
    }

    ovs_be16 out = htons(vlan) | (tci & htons(VLAN_PCP_MASK));
    return out ? out | htons(VLAN_CFI) : out;
}

static const struct port_spec *
find_port(const struct port_specs *specs, ofp_port_t ofport)
{
    for (size_t i = 0; i < specs->n; i++) {
        if (specs->ports[i].ofport == ofport) {
            return &specs->ports[i];
        }
    }
    return NULL;
}

/* The port that 'mac' belongs to in 'vlan', on a bridge without a past. */
static const struct port_spec *
find_owner(const struct port_specs *specs, struct eth_addr mac, int vlan)
{
    const struct port_spec *best = NULL;

    for (size_t i = 0; i < specs->n; i++) {
        const struct port_spec *p = &specs->ports[i];

        if (p->role != VIF_NETWORK && eth_addr_equals(p->mac, mac)
            && carries(p, vlan)
            && (!best || p->active > best->active
                || (p->active == best->active
                    && strcmp(p->name, best->name) < 0))) {
            best = p;
        }
    }
    return best;
}

/* What must become of 'frame'. */
static void
expect(const struct port_specs *specs, bool forward_bpdu,
       const struct frame *frame, struct deliveries *out)
{
    const struct port_spec *in = find_port(specs, frame->in_port);
    int vlan = in ? vlan_in(in, frame->tci) : -1;

    out->n = 0;
    if (vlan < 0
        || (eth_addr_is_reserved(frame->dst)
            && (!forward_bpdu || in->role == VIF_GUEST))) {
        return;
    }

    bool multicast = eth_addr_is_multicast(frame->dst);
    const struct port_spec *owner = (multicast ? NULL
                                     : find_owner(specs, frame->dst, vlan));
    for (size_t i = 0; i < specs->n; i++) {
        const struct port_spec *p = &specs->ports[i];
        bool wants = (p->role != VIF_NETWORK ? multicast || p == owner
                      : in->role != VIF_NETWORK && !owner);

        if (wants && p != in && carries(p, vlan)) {
            delivery_add(out, p->ofport, tci_out(p, vlan, frame->tci));
        }
    }
}

static struct eth_addr
random_destination(void)
{
    static const struct eth_addr group = ETH_ADDR_C(01,00,5e,00,00,fb);
    static const struct eth_addr remote = ETH_ADDR_C(52,54,00,12,34,56);
    struct eth_addr reserved = ETH_ADDR_C(01,80,c2,00,00,00);

    switch (random_range(8)) {
    case 0:
        return eth_addr_broadcast;
    case 1:
        return group;
    case 2:
        return remote;
    case 3:
        reserved.ea[5] = random_range(0x30);
        return reserved;
    default:
        return random_guest_mac();
    }
}

static void
random_frame(struct frame *frame, const struct port_specs *specs)
{
    int pcp = random_range(3) ? 0 : random_range(8);

    *frame = (struct frame) {
        .in_port = (specs->n && random_range(20)
                    ? specs->ports[random_range(specs->n)].ofport
                    : u16_to_ofp(9)),
        .tci = (random_range(3)
                ? htons(VLAN_CFI | random_vid() | pcp << VLAN_PCP_SHIFT)
                : htons(0)),
        .dst = random_destination(),
        .src = random_guest_mac(),
    };
}

/* Law 9: a guest never receives a unicast frame that is not for its MAC. */
static void
check_law_9(const struct port_specs *specs, const struct frame *frame,
            const struct deliveries *out)
{
    for (size_t i = 0; i < out->n; i++) {
        const struct port_spec *to = find_port(specs, out->d[i].port);

        assert_non_null(to);
        assert_true(to->role != VIF_GUEST
                    || eth_addr_is_multicast(frame->dst)
                    || eth_addr_equals(to->mac, frame->dst));
    }
}

static void
check_frame(const struct port_specs *specs, const struct plan *plan,
            const struct frame *frame)
{
    struct ds expected = DS_EMPTY_INITIALIZER;
    struct ds actual = DS_EMPTY_INITIALIZER;
    struct deliveries out;

    frame_format(&expected, frame);
    ds_put_cstr(&expected, ": ");
    ds_put_buffer(&actual, expected.string, expected.length);

    expect(specs, plan_get_ctx(plan)->forward_bpdu, frame, &out);
    deliveries_format(&expected, &out);
    pipeline_eval(plan_desired(plan), frame, &out);
    deliveries_format(&actual, &out);
    assert_string_equal(ds_cstr(&actual), ds_cstr(&expected));
    check_law_9(specs, frame, &out);

    ds_destroy(&expected);
    ds_destroy(&actual);
}

static void
test_random_frames(void **state OVS_UNUSED)
{
    random_set_seed(1);
    for (int i = 0; i < 400; i++) {
        struct port_specs specs;

        port_specs_random(&specs);

        struct plan *plan = port_specs_to_plan(&specs, random_range(2));

        for (int j = 0; j < 200; j++) {
            struct frame frame;

            random_frame(&frame, &specs);
            check_frame(&specs, plan, &frame);
        }
        plan_destroy(plan);
        port_specs_uninit(&specs);
    }
}

/* Each reserved address and the addresses next to it, from a guest, from the
 * host and from the network. */
static void
test_reserved(void **state OVS_UNUSED)
{
    static const struct eth_addr reserved[] = {
        ETH_ADDR_C(01,80,c2,00,00,00), ETH_ADDR_C(00,e0,2b,00,00,00),
        ETH_ADDR_C(01,00,0c,00,00,00), ETH_ADDR_C(01,00,0c,cc,cc,c0),
        ETH_ADDR_C(01,00,0c,cd,cd,c0),
    };
    struct port_specs specs = { .n = 4 };
    static const enum vif_role roles[] = {
        VIF_GUEST, VIF_GUEST, VIF_HOST, VIF_NETWORK
    };

    random_set_seed(1);
    for (size_t i = 0; i < specs.n; i++) {
        port_spec_random(&specs.ports[i], i, roles[i]);
        port_vlan_uninit(&specs.ports[i].vlan);
    }
    for (int forward_bpdu = 0; forward_bpdu < 2; forward_bpdu++) {
        struct plan *plan = port_specs_to_plan(&specs, forward_bpdu);

        for (size_t i = 0; i < ARRAY_SIZE(reserved); i++) {
            for (int octet = 0; octet < 0x30; octet++) {
                struct frame frame = { .dst = reserved[i] };

                frame.dst.ea[5] += octet;
                for (size_t j = 0; j < specs.n; j++) {
                    frame.in_port = specs.ports[j].ofport;
                    check_frame(&specs, plan, &frame);
                }
            }
        }
        plan_destroy(plan);
    }
    port_specs_uninit(&specs);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_frames),
        cmocka_unit_test(test_reserved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
