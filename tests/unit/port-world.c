/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/unit/port-world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "lib/base/diag.h"
#include "lib/host/bridge-row.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

/* Guests on this bridge may change to three addresses. */
static const char network_xml[] =
    "<network trustGuestRxFilters='yes'><name>a</name>"
    "<bridge name='br0' macTableManager='libvirt'/>"
    "<metadata><vn:network xmlns:vn='urn:ovs-virtnet:1' rxFilterLimit='3'"
    " unknownPorts='sticky'/>"
    "</metadata>"
    "<portgroup name='plain' trustGuestRxFilters='no'/></network>";

/* Returns the address that ends in 'i'. */
struct eth_addr
world_address(int i)
{
    struct eth_addr mac = ETH_ADDR_C(52,54,00,00,00,00);

    mac.ea[5] = i;
    return mac;
}

/* For mac_table_run(): nobody is told. */
void
world_ignore_change(const char *port OVS_UNUSED, void *aux OVS_UNUSED)
{
}

/* Has the bridge's table hold what 'vport' claims, or no longer. */
static void
claim(struct world *w, const struct vport *vport, bool claim)
{
    for (size_t i = 0; i < vport_n_macs(vport); i++) {
        struct vport_mac m = vport_get_mac(vport, i);

        if (claim && !eth_addr_is_zero(m.mac)) {
            mac_table_claim(&w->macs, m.mac, vport->name, m.kind,
                            &vport->vlan.members, vport->active);
            mac_table_set_guest(&w->macs, m.mac, vport->name, vport->guest);
        } else if (!eth_addr_is_zero(m.mac)) {
            mac_table_unclaim(&w->macs, m.mac, vport->name);
        }
    }
    mac_table_run(&w->macs, world_ignore_change, NULL);
}

/* The interface is plugged into a switch that was known already, if 'is_new',
 * or was there before. */
void
world_plug(struct world *w, bool is_new)
{
    vif_init(&w->vif);
    w->vif.name = xstrdup("vnet0");
    w->vif.ofport = OFP_PORT_C(7);
    w->vif.attached_mac = xstrdup("52:54:00:00:00:01");
    w->vif.vm_id = xstrdup("uuid");
    port_life_init(&w->life, is_new);
}

/* It is unplugged. */
void
world_unplug(struct world *w)
{
    if (w->wired) {
        claim(w, &w->vport, false);
        vport_uninit(&w->vport);
        w->wired = false;
    }
    port_life_uninit(&w->life);
    vif_uninit(&w->vif);
}

/* Initializes 'w' to a bridge with a port. */
void
world_init(struct world *w, bool is_new)
{
    const struct bridge_row row = { .name = CONST_CAST(char *, "br0") };
    struct diag_list diags = DIAG_LIST_INITIALIZER;

    memset(w, 0, sizeof *w);
    w->netdef = netdef_from_xml(network_xml, strlen(network_xml), "a.xml",
                                &diags);
    assert_non_null(w->netdef);
    bridge_model_init(&w->model, &row,
                      (const struct netdef *const *) &w->netdef, 1, &diags);
    diag_list_uninit(&diags);
    mac_table_init(&w->macs);
    w->networks_known = true;
    w->now = 1000000;
    world_plug(w, is_new);
}

/* Frees what 'w' holds, but not 'w' itself. */
void
world_uninit(struct world *w)
{
    world_unplug(w);
    mac_table_uninit(&w->macs);
    bridge_model_uninit(&w->model);
    netdef_destroy(w->netdef);
}

/* Appends what has become of the port: its stage and, if it is a guest, the
 * addresses to which it may have frames sent, and when it wants to be looked
 * at again. */
static void
format_world(struct ds *s, const struct world *w)
{
    static const char *const stages[] = {
        "new", "awaited", "held back", "arrived", "active",
    };
    long long int wake = port_life_wake_time(&w->life);

    if (!w->wired) {
        ds_put_cstr(s, "not wired");
    } else {
        ds_put_format(s, "%s%s", stages[w->life.stage],
                      w->vport.active ? "" : ", wins nothing");
        assert_int_equal(w->vport.active,
                         (w->life.stage == PORT_ACTIVE
                          || w->life.stage == PORT_ARRIVED)
                         && !vport_awaits_address(&w->vport));
        ds_put_format(s, ", %s", vif_role_to_string(w->vport.role));
        for (size_t i = 0; i < vport_n_macs(&w->vport); i++) {
            struct vport_mac m = vport_get_mac(&w->vport, i);

            ds_put_format(s, "%s%d", (m.kind == CLAIM_ANNOUNCED
                                       || m.kind == CLAIM_FIRST) ? " +" : " ",
                          m.mac.ea[5]);
        }
        if (community_is_set(&w->vport.community)) {
            ds_put_format(s, ", community %s", w->vport.community.name);
        } else {
            ds_put_cstr(s, w->vport.isolated ? ", isolated" : "");
        }
        ds_put_cstr(s, w->vport.listens ? "" : ", deaf");
    }
    if (wake != LLONG_MAX) {
        ds_put_format(s, ", wakes in %lld", wake - w->now);
    }
}

/* Updates the port, with 'diags', and claims what it claims. */
void
world_update(struct world *w, struct diag_list *diags)
{
    const struct port_facts facts = {
        .model = &w->model,
        .networks_known = w->networks_known,
        .macs = &w->macs,
        .vif = &w->vif,
        .hw_addr = ETH_ADDR_C(02,00,00,00,00,77),
        .is_dead = w->is_dead,
    };
    struct vport vport;
    bool wired = port_life_update(&w->life, &facts, w->now, &vport,
                                  diags) != MODEL_SKIPPED;

    if (w->wired) {
        claim(w, &w->vport, false);
        vport_uninit(&w->vport);
    }
    w->wired = wired;
    if (wired) {
        w->vport = vport;
        claim(w, &w->vport, true);
    }
}

/* Updates the port, and checks that it becomes 'expected'. */
void
world_look(struct world *w, const char *expected)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    world_update(w, &diags);
    diag_list_uninit(&diags);
    format_world(&s, w);
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
}

/* The guest sends a frame from address 'src', which changes 'expected'. */
void
world_frame(struct world *w, int src, unsigned int expected)
{
    const struct life_frame frame = {
        .src = world_address(src),
        .vid = MAX(0, w->vif.vlan.tag),
    };

    assert_int_equal(port_life_frame(&w->life, &w->vport, &frame, &w->macs,
                                     w->now), expected);
}

/* Time passes, which changes something if 'changes'. */
void
world_pass(struct world *w, long long int msec, bool changes)
{
    w->now += msec;
    assert_int_equal(port_life_run(&w->life, w->now), changes);
}

/* Another port claims address 'mac', in 'vid' or everywhere. */
void
world_rival(struct world *w, const char *name, int mac, enum claim_kind kind,
            int vid, bool active)
{
    struct vlan_set vlans = VLAN_SET_INITIALIZER;

    vlan_set_add_range(&vlans, vid < 0 ? 0 : vid,
                       vid < 0 ? VLAN_ID_MAX : vid);
    mac_table_claim(&w->macs, world_address(mac), name, kind, &vlans, active);
    mac_table_run(&w->macs, world_ignore_change, NULL);
    vlan_set_uninit(&vlans);
}

/* The interface has iface-status 'status', which may be null, from now on. */
void
world_set_status(struct world *w, const char *status)
{
    free(w->vif.iface_status);
    w->vif.iface_status = nullable_xstrdup(status);
}

/* Makes the port a tap of which nobody has written an address. */
void
world_make_unknown(struct world *w)
{
    free(w->vif.attached_mac);
    free(w->vif.vm_id);
    w->vif.attached_mac = w->vif.vm_id = NULL;
    w->vif.driver = xstrdup("tun");
}
