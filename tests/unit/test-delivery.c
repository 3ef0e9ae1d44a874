/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/model/receivers.h"
#include "lib/model/vport.h"
#include "lib/openflow/plan.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "random.h"
#include "tests/unit/delivery-oracle.h"
#include "tests/unit/frame-spec.h"
#include "tests/unit/pipeline-eval.h"
#include "tests/unit/port-spec.h"
#include "util.h"

/* Who receives what: the flows of random bridges, run on random frames, do
 * what delivery-oracle.h expects. */

/* Law 9: a guest never receives a unicast frame that is not for its MAC, but
 * in VLANs that are to be flooded. */
static void
check_law_9(const struct oracle_bridge *bridge, const struct frame *frame,
            const struct deliveries *out)
{
    const struct port_specs *specs = &bridge->specs;
    const struct port_spec *in = oracle_find_port(specs, frame->in_port);

    if (in && vlan_set_contains(&bridge->flood_vlans,
                                MAX(0, oracle_vlan_in(in, frame->tci)))) {
        return;
    }
    for (size_t i = 0; i < out->n; i++) {
        const struct port_spec *to = oracle_find_port(specs, out->d[i].port);

        assert_true(to || out->d[i].port == OFPP_NORMAL);
        assert_true(!to || to->role != VIF_GUEST
                    || eth_addr_is_multicast(frame->dst)
                    || port_spec_has_mac(to, frame->dst));
    }
}

/* Adds to 'b' the addresses of the port with index 'port' where they are its
 * own: in 'vlan' and, which is all that matters besides, in some other one. */
static void
add_owners(struct receivers_bridge *b, struct receivers_owner *owners,
           const struct oracle_bridge *bridge, size_t port, int vlan)
{
    const struct port_spec *spec = &bridge->specs.ports[port];

    for (size_t i = 0; spec->role != VIF_NETWORK && i <= spec->n_others; i++) {
        struct receivers_owner *owner = &owners[b->n_owners++];

        *owner = (struct receivers_owner) {
            .mac = i ? spec->others[i - 1] : spec->mac, .port = port,
        };
        if (oracle_find_owner(&bridge->specs, owner->mac, vlan) == spec) {
            vlan_set_add(&owner->vlans, vlan);
        }
        if (!i && !bridge->pending[port]) {
            vlan_set_add(&owner->vlans, vlan ? 0 : 1);
        }
    }
}

/* The law that a switch is held against says the same of 'frame', which did
 * 'out', as far as it says anything. */
static void
check_receivers(const struct oracle_bridge *bridge, const struct frame *frame,
                const struct deliveries *out)
{
    const struct port_specs *specs = &bridge->specs;
    const struct port_spec *in = oracle_find_port(specs, frame->in_port);
    int vlan = in ? oracle_vlan_in(in, frame->tci) : -1;
    struct receivers_port ports[ARRAY_SIZE(specs->ports)];
    struct receivers_owner owners[4 * ARRAY_SIZE(specs->ports)];
    struct receivers_bridge b = {
        .ports = ports, .n_ports = specs->n, .owners = owners,
    };

    if (vlan < 0 || vlan_set_contains(&bridge->flood_vlans, vlan)
        || eth_addr_is_reserved(frame->dst) || frame_comes_first(frame)) {
        return;
    }
    for (size_t i = 0; i < specs->n; i++) {
        const struct port_spec *p = &specs->ports[i];

        ports[i] = (struct receivers_port) {
            .role = p->role, .mac = p->mac, .isolated = p->isolated,
            .community = p->community,
            .uncertain = p->bond || p->reflects || p->guards
                         || (p->role == VIF_NETWORK
                             && p->admission != ADMISSION_ALL),
        };
        vlan_set_add(&ports[i].vlans, vlan ? 0 : 1);
        if (oracle_carries(p, vlan)) {
            vlan_set_add(&ports[i].vlans, vlan);
        }
        add_owners(&b, owners, bridge, i, vlan);
    }
    for (size_t i = 0; i < specs->n; i++) {
        const struct receivers_frame f = {
            .in = in - specs->ports, .vid = vlan, .taken = true,
            .src = frame->src, .dst = frame->dst,
        };
        enum receipt receipt = receivers_expect(&b, &f, i);
        bool received = false;

        for (size_t j = 0; j < out->n; j++) {
            received |= out->d[j].port == specs->ports[i].ofport;
        }
        if (received ? receipt == RECEIPT_NEVER : receipt == RECEIPT_MUST) {
            struct ds s = DS_EMPTY_INITIALIZER;

            frame_format(&s, frame);
            fail_msg("%s, in VLAN %d by port %"PRIuSIZE": %sto port %"PRIuSIZE
                     ", receipt %d", ds_cstr(&s), vlan, f.in,
                     received ? "" : "not ", i, receipt);
        }
    }
    for (size_t i = 0; i < specs->n; i++) {
        vlan_set_uninit(&ports[i].vlans);
    }
    for (size_t i = 0; i < b.n_owners; i++) {
        vlan_set_uninit(&owners[i].vlans);
    }
}

static void
check_frame(const struct oracle_bridge *bridge, const struct frame *frame)
{
    struct ds expected = DS_EMPTY_INITIALIZER;
    struct ds actual = DS_EMPTY_INITIALIZER;
    struct deliveries out;

    frame_format(&expected, frame);
    ds_put_cstr(&expected, ": ");
    ds_put_buffer(&actual, expected.string, expected.length);

    oracle_expect(bridge, frame, &out);
    deliveries_format(&expected, &out);
    pipeline_eval(plan_desired(bridge->plan), frame, &out);
    deliveries_format(&actual, &out);
    assert_string_equal(ds_cstr(&actual), ds_cstr(&expected));
    check_law_9(bridge, frame, &out);
    check_receivers(bridge, frame, &out);

    ds_destroy(&expected);
    ds_destroy(&actual);
}

static void
test_random_frames(void **state OVS_UNUSED)
{
    random_set_seed(1);
    for (int i = 0; i < 400; i++) {
        struct oracle_bridge bridge;

        port_specs_random(&bridge.specs);
        if (random_range(2)) {
            port_specs_add_network(&bridge.specs);
        }
        vlan_set_init(&bridge.flood_vlans);
        for (int n = random_range(3) ? 0 : 3; n > 0; n--) {
            vlan_set_add(&bridge.flood_vlans, random_vid());
        }
        oracle_bridge_init(&bridge, random_range(2));
        for (int j = 0; j < 200; j++) {
            struct frame frame;

            frame_random(&frame, &bridge.specs);
            check_frame(&bridge, &frame);
        }
        plan_destroy(bridge.plan);
        vlan_set_uninit(&bridge.flood_vlans);
        port_specs_uninit(&bridge.specs);
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
    struct oracle_bridge bridge = { .specs = { .n = 4 } };
    struct port_specs *specs = &bridge.specs;
    static const enum vif_role roles[] = {
        VIF_GUEST, VIF_GUEST, VIF_HOST, VIF_NETWORK
    };

    random_set_seed(1);
    for (size_t i = 0; i < specs->n; i++) {
        port_spec_random(&specs->ports[i], i, roles[i]);
        port_vlan_uninit(&specs->ports[i].vlan);
        specs->ports[i].mac.ea[5] = i;
        specs->ports[i].active = true;
    }
    for (int forward_bpdu = 0; forward_bpdu < 2; forward_bpdu++) {
        oracle_bridge_init(&bridge, forward_bpdu);
        for (size_t i = 0; i < ARRAY_SIZE(reserved); i++) {
            for (int octet = 0; octet < 0x30; octet++) {
                struct frame frame = {
                    .src = ETH_ADDR_C(00,00,5e,00,00,01),
                    .dst = reserved[i], .dl_type = htons(ETH_TYPE_IP),
                };

                frame.dst.ea[5] += octet;
                for (size_t j = 0; j < specs->n; j++) {
                    frame.in_port = specs->ports[j].ofport;
                    check_frame(&bridge, &frame);
                }
            }
        }
        plan_destroy(bridge.plan);
    }
    port_specs_uninit(specs);
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
