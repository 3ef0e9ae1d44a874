/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/unit/port-spec.h"

#include <stdio.h>

#include "flow.h"
#include "lib/base/guards.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/plan.h"
#include "packets.h"
#include "random.h"
#include "util.h"

/* Returns one of six addresses. */
struct eth_addr
random_guest_mac(void)
{
    struct eth_addr mac = ETH_ADDR_C(52,54,00,00,00,00);

    mac.ea[5] = random_range(6);
    return mac;
}

/* Returns a VLAN ID of which there are few, of all sorts, mostly. */
int
random_vid(void)
{
    static const int vids[] = { 0, 1, 2, 3, 10, 11, 20, 2048, 4094, 4095 };

    return (random_range(16)
            ? vids[random_range(ARRAY_SIZE(vids))]
            : random_range(VLAN_ID_MAX + 1));
}

static void
random_port_vlan(struct port_vlan *vlan)
{
    static const enum port_vlan_mode modes[] = {
        PORT_VLAN_MODE_DEFAULT, PORT_VLAN_MODE_ACCESS, PORT_VLAN_MODE_TRUNK,
        PORT_VLAN_MODE_NATIVE_TAGGED, PORT_VLAN_MODE_NATIVE_UNTAGGED,
    };

    port_vlan_init(vlan);
    vlan->mode = modes[random_range(ARRAY_SIZE(modes))];
    if (random_range(3)) {
        vlan->tag = random_vid();
    }
    if (random_range(3)) {
        for (int n = 1 + random_range(4); n > 0; n--) {
            vlan_set_add(&vlan->trunks, random_vid());
        }
        if (!random_range(4)) {
            int first = random_range(VLAN_ID_MAX + 1);

            vlan_set_add_range(&vlan->trunks, first,
                               first + random_range(VLAN_ID_MAX + 1 - first));
        }
    }
}

/* Is 'mac' an address of 'spec'? */
bool
port_spec_has_mac(const struct port_spec *spec, struct eth_addr mac)
{
    for (size_t i = 0; i < spec->n_others; i++) {
        if (eth_addr_equals(spec->others[i], mac)) {
            return true;
        }
    }
    return spec->role != VIF_NETWORK && eth_addr_equals(spec->mac, mac);
}

/* Gives 'spec' other addresses besides the first, mostly none. */
void
port_spec_random_others(struct port_spec *spec)
{
    spec->n_others = 0;
    for (int n = random_range(4) ? 0 : random_range(4);
         spec->role != VIF_NETWORK && n > 0; n--) {
        struct eth_addr mac = random_guest_mac();

        if (!port_spec_has_mac(spec, mac)) {
            spec->others[spec->n_others++] = mac;
        }
    }
    spec->listens = spec->role == VIF_GUEST && random_range(2);
    spec->n_announced = (spec->role == VIF_GUEST
                         ? random_range(spec->n_others + 1) : 0);
}

/* Initializes 'spec' to a random port of the given 'role'.  Its name and
 * number follow from 'index'. */
void
port_spec_random(struct port_spec *spec, unsigned int index,
                 enum vif_role role)
{
    /* Numbers on both sides of where the groups of FLOOD change. */
    *spec = (struct port_spec) {
        .ofport = (role == VIF_HOST ? OFPP_LOCAL
                   : u16_to_ofp(508 + index)),
        .role = role,
        .mac = role == VIF_NETWORK ? eth_addr_zero : random_guest_mac(),
        .active = random_range(4) != 0,
        .isolated = role == VIF_GUEST && !random_range(3),
        .guards = (role == VIF_GUEST && !random_range(3)
                   ? GUARD_BIT(GUARD_MAC) : 0),
        .priority_tag = (random_range(2) ? PORT_PRIORITY_TAG_NEVER
                         : random_range(2) ? PORT_PRIORITY_TAG_IF_NONZERO
                         : PORT_PRIORITY_TAG_ALWAYS),
    };
    if (spec->isolated && random_range(2)) {
        spec->community.name[0] = "ab"[random_range(2)];
    }
    snprintf(spec->name, sizeof spec->name, "p%02u", index % 100);
    random_port_vlan(&spec->vlan);
    port_spec_random_others(spec);
}

/* Makes 'spec', a network port, a member of a bond, or else a plain port, of
 * which some frames are let in. */
void
port_spec_random_bond(struct port_spec *spec)
{
    static const char *const bonds[] = { NULL, "bond0", "bond1" };

    spec->bond = bonds[random_range(ARRAY_SIZE(bonds))];
    spec->admission = (random_range(2) ? ADMISSION_ALL
                       : random_range(2) ? ADMISSION_UNICAST
                       : ADMISSION_NONE);
    spec->way = random_range(BOND_WAY_ANY + 1);
    spec->reflects = random_range(3) == 0;
}

void
port_spec_uninit(struct port_spec *spec)
{
    port_vlan_uninit(&spec->vlan);
}

/* Initializes 'vport' to what 'spec' describes. */
void
port_spec_to_vport(const struct port_spec *spec, struct vport *vport)
{
    const struct port_qinq qinq = { .priority_tag = spec->priority_tag };

    *vport = (struct vport) {
        .name = xstrdup(spec->name),
        .ofport = spec->ofport,
        .role = spec->role,
        .mac = spec->mac,
        .active = spec->active,
        .isolated = spec->isolated,
        .community = spec->community,
        .guards = spec->guards,
        .storm = spec->storm,
        .listens = spec->listens,
        .port = nullable_xstrdup(spec->bond),
        .in_bond = spec->bond != NULL,
        .admission = spec->admission,
        .way = spec->way,
        .reflects = spec->reflects,
    };
    for (size_t i = 0; i < spec->n_others; i++) {
        bool announced = i >= spec->n_others - spec->n_announced;

        ovs_assert(vport_add_mac(vport, spec->others[i], announced
                                 ? CLAIM_ANNOUNCED : CLAIM_LISTED));
    }
    if (spec->ips) {
        ovs_assert(!ip_prefixes_add(&vport->ips, spec->ips));
    }
    ovs_assert(port_vlan_effect_init(&vport->vlan, &spec->vlan, &qinq));
}

/* Initializes 'specs' to random guests with, perhaps, a host port and a plain
 * network port among them.  There is room for three ports more. */
void
port_specs_random(struct port_specs *specs)
{
    size_t n_guests = random_range(ARRAY_SIZE(specs->ports) - 5 + 1);

    specs->n = 0;
    if (random_range(4)) {
        port_spec_random(&specs->ports[specs->n++], 50, VIF_NETWORK);
    }
    if (random_range(4)) {
        port_spec_random(&specs->ports[specs->n++], 51, VIF_HOST);
    }
    for (size_t i = 0; i < n_guests; i++) {
        port_spec_random(&specs->ports[specs->n++], i, VIF_GUEST);
    }
}

/* Adds one to three network ports to 'specs', as made by port_specs_random(),
 * plain ones or members of bonds. */
void
port_specs_add_network(struct port_specs *specs)
{
    for (unsigned int n = 1 + random_range(3); n > 0; n--) {
        struct port_spec *spec = &specs->ports[specs->n++];

        port_spec_random(spec, 60 + n, VIF_NETWORK);
        port_spec_random_bond(spec);
    }
}

void
port_specs_uninit(struct port_specs *specs)
{
    for (size_t i = 0; i < specs->n; i++) {
        port_spec_uninit(&specs->ports[i]);
    }
}

/* Returns a plan with an exact MAC table for 'specs'. */
struct plan *
port_specs_to_plan(const struct port_specs *specs, bool forward_bpdu,
                   const struct vlan_set *flood_vlans)
{
    struct bridge_ctx ctx = {
        .exact = true,
        .forward_bpdu = forward_bpdu,
        .flood_vlans = flood_vlans,
    };
    struct plan *plan = plan_create("br0");

    plan_set_ctx(plan, &ctx);
    for (size_t i = 0; i < specs->n; i++) {
        struct vport vport;

        port_spec_to_vport(&specs->ports[i], &vport);
        plan_set_port(plan, &vport);
        vport_uninit(&vport);
    }
    plan_run(plan);
    return plan;
}
