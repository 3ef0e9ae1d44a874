/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "lib/host/bridge-row.h"
#include "lib/host/vif.h"
#include "lib/model/mac-table.h"
#include "lib/model/port-life.h"
#include "lib/model/vport.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "sset.h"
#include "util.h"

#define CC(STRING) CONST_CAST(char *, STRING)

/* Guests on this bridge may change to three addresses. */
static const char network_xml[] =
    "<network trustGuestRxFilters='yes'><name>a</name>"
    "<bridge name='br0' macTableManager='libvirt'/>"
    "<metadata><vn:network xmlns:vn='urn:ovs-virtnet:1' rxFilterLimit='3'"
    " unknownPorts='sticky'/>"
    "</metadata>"
    "<portgroup name='plain' trustGuestRxFilters='no'/></network>";

/* A port, its surroundings, and the time. */
struct world {
    struct netdef *netdef;
    struct bridge_model model;
    struct mac_table macs;
    bool networks_known;
    long long int now;

    struct vif vif;
    struct port_life life;
    struct vport vport;         /* If 'wired'. */
    bool wired;
};

static struct eth_addr
address(int i)
{
    struct eth_addr mac = ETH_ADDR_C(52,54,00,00,00,00);

    mac.ea[5] = i;
    return mac;
}

static void
ignore_change(const char *port OVS_UNUSED, void *aux OVS_UNUSED)
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
    mac_table_run(&w->macs, ignore_change, NULL);
}

/* The interface is plugged into a switch that was known already, if 'is_new',
 * or was there before. */
static void
plug(struct world *w, bool is_new)
{
    vif_init(&w->vif);
    w->vif.name = xstrdup("vnet0");
    w->vif.ofport = OFP_PORT_C(7);
    w->vif.attached_mac = xstrdup("52:54:00:00:00:01");
    w->vif.vm_id = xstrdup("uuid");
    port_life_init(&w->life, is_new);
}

/* It is unplugged. */
static void
unplug(struct world *w)
{
    if (w->wired) {
        claim(w, &w->vport, false);
        vport_uninit(&w->vport);
        w->wired = false;
    }
    port_life_uninit(&w->life);
    vif_uninit(&w->vif);
}

static void
world_init(struct world *w, bool is_new)
{
    const struct bridge_row row = { .name = CC("br0") };
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
    plug(w, is_new);
}

static void
world_uninit(struct world *w)
{
    unplug(w);
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
        ds_put_cstr(s, w->vport.isolated ? ", isolated" : "");
        ds_put_cstr(s, w->vport.listens ? "" : ", deaf");
    }
    if (wake != LLONG_MAX) {
        ds_put_format(s, ", wakes in %lld", wake - w->now);
    }
}

/* Updates the port, with 'diags', and claims what it claims. */
static void
update(struct world *w, struct diag_list *diags)
{
    const struct port_facts facts = {
        .model = &w->model,
        .networks_known = w->networks_known,
        .macs = &w->macs,
        .vif = &w->vif,
        .hw_addr = ETH_ADDR_C(02,00,00,00,00,77),
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
static void
look(struct world *w, const char *expected)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    update(w, &diags);
    diag_list_uninit(&diags);
    format_world(&s, w);
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
}

/* The guest sends a frame from address 'src', which changes 'expected'. */
static void
frame(struct world *w, int src, unsigned int expected)
{
    assert_int_equal(port_life_frame(&w->life, &w->vport, address(src),
                                     &w->macs, w->now), expected);
}

static void
pass(struct world *w, long long int msec, bool changes)
{
    w->now += msec;
    assert_int_equal(port_life_run(&w->life, w->now), changes);
}

/* Another port claims address 'mac', in 'vid' or everywhere. */
static void
rival(struct world *w, const char *name, int mac, enum claim_kind kind,
      int vid, bool active)
{
    struct vlan_set vlans = VLAN_SET_INITIALIZER;

    vlan_set_add_range(&vlans, vid < 0 ? 0 : vid,
                       vid < 0 ? VLAN_ID_MAX : vid);
    mac_table_claim(&w->macs, address(mac), name, kind, &vlans, active);
    mac_table_run(&w->macs, ignore_change, NULL);
    vlan_set_uninit(&vlans);
}

static void
set_status(struct world *w, const char *status)
{
    free(w->vif.iface_status);
    w->vif.iface_status = nullable_xstrdup(status);
}

/* libvirt's state is there before the port is, or libvirt is not there. */
static void
test_plugged_after_state(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    look(&w, "active, guest 1");
    /* Its state going away holds nothing back. */
    w.vif.guest.unknown = true;
    look(&w, "active, guest 1");
    world_uninit(&w);
}

/* libvirt plugs a port before it says what its guest is about. */
static void
test_plugged_before_state(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    w.vif.guest.unknown = true;
    look(&w, "awaited, wins nothing, guest 1, wakes in 5000");
    pass(&w, 1000, false);
    look(&w, "awaited, wins nothing, guest 1, wakes in 4000");
    w.vif.guest.unknown = false;
    w.vif.guest.state = DOMAIN_PAUSED;
    look(&w, "active, guest 1");
    assert_int_equal(vport_get_mac(&w.vport, 0).kind, CLAIM_PAUSED);
    w.vif.guest.state = DOMAIN_RUNNING;
    look(&w, "active, guest 1");
    assert_int_equal(vport_get_mac(&w.vport, 0).kind, CLAIM_ATTACHED);
    world_uninit(&w);
}

/* Nobody says anything of the guest until it has been awaited long enough. */
static void
test_deadline(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    w.vif.guest.unknown = true;
    look(&w, "awaited, wins nothing, guest 1, wakes in 5000");
    pass(&w, PORT_AWAIT_MSEC - 1, false);
    look(&w, "awaited, wins nothing, guest 1, wakes in 1");
    pass(&w, 1, true);
    look(&w, "active, guest 1");
    pass(&w, 0, false);

    /* It may also be looked at late, and without its link it is waited for
     * nevertheless, but once. */
    unplug(&w);
    plug(&w, true);
    w.vif.guest.unknown = true;
    look(&w, "awaited, wins nothing, guest 1, wakes in 5000");
    w.now += PORT_AWAIT_MSEC;
    look(&w, "active, guest 1");

    unplug(&w);
    plug(&w, true);
    w.vif.guest.unknown = true;
    look(&w, "awaited, wins nothing, guest 1, wakes in 5000");
    w.vif.guest.link_down = true;
    look(&w, "not wired, wakes in 5000");
    pass(&w, PORT_AWAIT_MSEC, true);
    look(&w, "not wired");
    w.vif.guest.link_down = false;
    look(&w, "active, guest 1");
    world_uninit(&w);
}

/* A guest that is not libvirt's is awaited until its first frame. */
static void
test_first_frame(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    w.vif.guest.unknown = true;
    look(&w, "awaited, wins nothing, guest 1, wakes in 5000");
    frame(&w, 1, PORT_LIFE_ARRIVED);
    look(&w, "active, guest 1");
    frame(&w, 1, 0);
    look(&w, "active, guest 1");

    /* Or until what it was offered has been put in. */
    unplug(&w);
    plug(&w, true);
    set_status(&w, "inactive");
    look(&w, "new, wins nothing, guest 1");
    assert_int_equal(port_life_taken(&w.life, &w.vport, &w.macs,
                                     w.now), PORT_LIFE_ARRIVED);
    look(&w, "arrived, guest 1");
    assert_int_equal(port_life_taken(&w.life, &w.vport, &w.macs,
                                     w.now), 0);
    world_uninit(&w);
}

/* A guest comes from another host, and goes to another. */
static void
test_migration(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    w.vif.guest.unknown = true;
    look(&w, "awaited, wins nothing, guest 1, wakes in 5000");
    w.vif.guest.unknown = false;
    w.vif.guest.state = DOMAIN_MIGRATING;
    look(&w, "new, wins nothing, guest 1");
    pass(&w, PORT_AWAIT_MSEC * 10, false);
    look(&w, "new, wins nothing, guest 1");
    frame(&w, 1, PORT_LIFE_ARRIVED);
    look(&w, "arrived, guest 1");
    look(&w, "arrived, guest 1");
    w.vif.guest.state = DOMAIN_RUNNING;
    look(&w, "active, guest 1");

    w.vif.guest.state = DOMAIN_MIGRATING;
    look(&w, "held back, wins nothing, guest 1");
    /* It has failed, and is tried again. */
    w.vif.guest.state = DOMAIN_RUNNING;
    look(&w, "active, guest 1");
    w.vif.guest.state = DOMAIN_MIGRATING;
    look(&w, "held back, wins nothing, guest 1");
    /* libvirt's state goes before the port does. */
    w.vif.guest.unknown = true;
    look(&w, "held back, wins nothing, guest 1");
    world_uninit(&w);
}

/* The same, said by external_ids:iface-status. */
static void
test_iface_status(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    set_status(&w, "inactive");
    look(&w, "new, wins nothing, guest 1");
    /* From now on it is here, if libvirt knows of it. */
    set_status(&w, "active");
    w.vif.guest.unknown = true;
    look(&w, "awaited, wins nothing, guest 1, wakes in 5000");
    w.vif.guest.unknown = false;
    look(&w, "active, guest 1");
    set_status(&w, "inactive");
    look(&w, "held back, wins nothing, guest 1");
    frame(&w, 1, PORT_LIFE_ARRIVED);
    look(&w, "arrived, guest 1");

    /* One that has arrived here may leave again. */
    set_status(&w, NULL);
    look(&w, "active, guest 1");
    set_status(&w, "inactive");
    look(&w, "held back, wins nothing, guest 1");
    world_uninit(&w);
}

/* Ports that were there when this program was started are not new, and what
 * the switch holds tells which guests had arrived. */
static void
test_found_active(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, false);
    w.vif.guest.unknown = true;
    look(&w, "active, guest 1");
    assert_false(port_life_found_active(&w.life));

    set_status(&w, "inactive");
    look(&w, "held back, wins nothing, guest 1");
    assert_true(port_life_found_active(&w.life));
    look(&w, "arrived, guest 1");
    assert_false(port_life_found_active(&w.life));
    world_uninit(&w);
}

/* As long as networks are not known, a guest is what it was found to be. */
static void
test_found_policy(void **state OVS_UNUSED)
{
    static const struct {
        struct port_found found;
        const char *expected;
    } cases[] = {
        { { .network = false }, "active, guest 1, deaf" },
        { { .isolated = true }, "active, guest 1, isolated, deaf" },
        { { .listens = true }, "active, guest 1" },
        { { .listens = true, .isolated = true },
          "active, guest 1, isolated" },
        { { .network = true }, "active, network 0, deaf" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct world w;

        world_init(&w, false);
        w.networks_known = false;
        w.vif.portgroup = xstrdup("plain");
        look(&w, "active, guest 1, deaf");
        /* Flow by flow. */
        port_life_found(&w.life, &cases[i].found);
        port_life_found(&w.life, &(struct port_found) { .network = false });
        look(&w, cases[i].expected);
        /* One that says itself what it is is that. */
        w.vif.role = xstrdup("network");
        look(&w, "active, network 0, deaf");
        free(w.vif.role);
        w.vif.role = NULL;
        look(&w, cases[i].expected);
        /* Then they are known, and what was found is history. */
        w.networks_known = true;
        look(&w, "active, guest 1, deaf");
        w.networks_known = false;
        look(&w, "active, guest 1, deaf");
        world_uninit(&w);
    }
}

/* A guest that may changes its address. */
static void
test_follow(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    look(&w, "active, guest 1");
    frame(&w, 1, 0);
    frame(&w, 2, PORT_LIFE_FOLLOWS);
    look(&w, "active, guest 1 +2");
    /* Still on their way. */
    frame(&w, 2, 0);
    frame(&w, 3, PORT_LIFE_FOLLOWS);
    look(&w, "active, guest 1 +2 +3");
    frame(&w, 4, PORT_LIFE_FOLLOWS);
    frame(&w, 5, PORT_LIFE_FOLLOWS);
    look(&w, "active, guest 1 +3 +4 +5");

    /* Without trust it has them no longer, and gets no others. */
    w.vif.portgroup = xstrdup("plain");
    look(&w, "active, guest 1, deaf");
    frame(&w, 2, 0);
    look(&w, "active, guest 1, deaf");
    free(w.vif.portgroup);
    w.vif.portgroup = NULL;
    look(&w, "active, guest 1");
    world_uninit(&w);

    /* Somebody who has it listed needs not follow it. */
    world_init(&w, true);
    look(&w, "active, guest 1");
    frame(&w, 2, PORT_LIFE_FOLLOWS);
    frame(&w, 3, PORT_LIFE_FOLLOWS);
    look(&w, "active, guest 1 +2 +3");
    w.vif.macs = xstrdup("52:54:00:00:00:02");
    look(&w, "active, guest 1 2 +3");
    assert_int_equal(w.life.follow.n, 1);
    world_uninit(&w);

    /* A part of the network announces what it likes. */
    world_init(&w, true);
    w.vif.role = xstrdup("network");
    look(&w, "active, network 0, deaf");
    frame(&w, 2, 0);
    world_uninit(&w);
}

/* No guest gets an address that another port claims. */
static void
test_rivals(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    w.vif.vlan.tag = 10;
    look(&w, "active, guest 1");
    rival(&w, "vnet1", 2, CLAIM_ATTACHED, -1, true);
    rival(&w, "vnet1", 3, CLAIM_ATTACHED, 10, false);
    rival(&w, "vnet1", 4, CLAIM_FIRST, 10, true);
    rival(&w, "vnet1", 5, CLAIM_ATTACHED, 11, true);
    rival(&w, "vnet1", 6, CLAIM_PAUSED, 10, true);
    rival(&w, "br0", 7, CLAIM_HOST, -1, true);
    for (int i = 2; i <= 4; i++) {
        frame(&w, i, PORT_LIFE_REFUSED);
        frame(&w, i, 0);
    }
    pass(&w, FOLLOW_INTERVAL * FOLLOW_BURST, true);
    frame(&w, 6, PORT_LIFE_REFUSED);
    frame(&w, 7, PORT_LIFE_REFUSED);
    look(&w, "active, guest 1, wakes in 2000");
    pass(&w, FOLLOW_REST, true);
    /* In another VLAN it is another address. */
    frame(&w, 5, PORT_LIFE_FOLLOWS);
    look(&w, "active, guest 1 +5");

    /* Nor any that is none. */
    pass(&w, FOLLOW_INTERVAL * FOLLOW_BURST, false);
    assert_int_equal(port_life_frame(&w.life, &w.vport, eth_addr_zero,
                                     &w.macs, w.now), 0);
    assert_int_equal(port_life_frame(&w.life, &w.vport, eth_addr_broadcast,
                                     &w.macs, w.now), 0);
    look(&w, "active, guest 1 +5");
    world_uninit(&w);
}

/* A port whose address another port of its guest has is used from its first
 * frame on, but not to and fro without end. */
static void
test_turns(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    free(w.vif.vm_id);
    w.vif.vm_id = xstrdup("guest1");
    rival(&w, "vif1.0", 1, CLAIM_ATTACHED, -1, true);
    look(&w, "active, guest 1");
    assert_true(w.vport.takes_turns);
    /* Another guest's. */
    frame(&w, 1, 0);
    mac_table_set_guest(&w.macs, address(1), "vif1.0", "guest1");
    mac_table_run(&w.macs, ignore_change, NULL);
    frame(&w, 1, PORT_LIFE_TAKES);
    assert_int_equal(port_life_taken(&w.life, &w.vport, &w.macs, w.now),
                     PORT_LIFE_TAKES);
    assert_true(mac_table_take(&w.macs, address(1), w.vport.name));
    mac_table_run(&w.macs, ignore_change, NULL);
    frame(&w, 1, 0);

    for (int i = 2; i < FOLLOW_BURST; i++) {
        assert_true(mac_table_take(&w.macs, address(1), "vif1.0"));
        mac_table_run(&w.macs, ignore_change, NULL);
        frame(&w, 1, (PORT_LIFE_TAKES
                      | (i == FOLLOW_BURST - 1 ? PORT_LIFE_DEAF : 0)));
        assert_true(mac_table_take(&w.macs, address(1), w.vport.name));
        mac_table_run(&w.macs, ignore_change, NULL);
    }
    look(&w, "active, guest 1, deaf, wakes in 40000");
    assert_false(w.vport.takes_turns);
    frame(&w, 1, 0);
    assert_int_equal(port_life_taken(&w.life, &w.vport, &w.macs, w.now), 0);

    pass(&w, 40000, true);
    look(&w, "active, guest 1");
    frame(&w, 1, PORT_LIFE_TAKES);
    world_uninit(&w);
}

/* What other guests list as well is for the one that announces it; what they have
 * changed to is for whoever changes to it last. */
static void
test_shared(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    w.vif.macs = xstrdup("52:54:00:00:00:02");
    rival(&w, "vnet1", 2, CLAIM_LISTED, -1, true);
    rival(&w, "vnet1", 3, CLAIM_ANNOUNCED, -1, true);
    look(&w, "active, guest 1 2");
    assert_true(w.vport.takes_shared);
    frame(&w, 1, 0);
    frame(&w, 2, PORT_LIFE_SHARES);
    assert_true(mac_table_take(&w.macs, address(2), w.vport.name));
    /* keepalived says it several times. */
    frame(&w, 2, 0);
    mac_table_run(&w.macs, ignore_change, NULL);
    frame(&w, 2, 0);
    for (int i = 1; i < FOLLOW_BURST; i++) {
        assert_true(mac_table_take(&w.macs, address(2), "vnet1"));
        mac_table_run(&w.macs, ignore_change, NULL);
        frame(&w, 2, (PORT_LIFE_SHARES
                      | (i == FOLLOW_BURST - 1 ? PORT_LIFE_DEAF : 0)));
        assert_true(mac_table_take(&w.macs, address(2), w.vport.name));
        mac_table_run(&w.macs, ignore_change, NULL);
    }
    look(&w, "active, guest 1 2, deaf, wakes in 40000");
    assert_false(w.vport.takes_shared);
    world_uninit(&w);

    world_init(&w, true);
    rival(&w, "vnet1", 3, CLAIM_ANNOUNCED, -1, true);
    look(&w, "active, guest 1");
    frame(&w, 3, PORT_LIFE_FOLLOWS);
    look(&w, "active, guest 1 +3");
    world_uninit(&w);
}

/* A port that is configured with an address takes it from guests that have
 * changed to it. */
static void
test_lost(void **state OVS_UNUSED)
{
    struct sset names = SSET_INITIALIZER(&names);
    struct vport owner = { .name = CC("vnet1"), .mac = address(2) };
    struct world w;

    world_init(&w, true);
    w.vif.vlan.tag = 10;
    look(&w, "active, guest 1");
    frame(&w, 2, PORT_LIFE_FOLLOWS);
    frame(&w, 3, PORT_LIFE_FOLLOWS);
    look(&w, "active, guest 1 +2 +3");

    /* Not in another VLAN, nor from itself, nor what it is configured with. */
    vlan_set_add(&owner.vlan.members, 11);
    port_life_find_followers(&w.macs, &owner, address(2), &names);
    port_life_find_followers(&w.macs, &w.vport, address(2), &names);
    assert_true(sset_is_empty(&names));
    vlan_set_add(&owner.vlan.members, 10);
    port_life_find_followers(&w.macs, &owner, address(1), &names);
    port_life_find_followers(&w.macs, &owner, address(9), &names);
    assert_true(sset_is_empty(&names));

    port_life_find_followers(&w.macs, &owner, address(2), &names);
    assert_int_equal(sset_count(&names), 1);
    assert_true(sset_contains(&names, "vnet0"));
    assert_true(port_life_lost(&w.life, address(2)));
    assert_false(port_life_lost(&w.life, address(2)));
    rival(&w, "vnet1", 2, CLAIM_ATTACHED, -1, true);
    look(&w, "active, guest 1 +3");
    frame(&w, 2, PORT_LIFE_REFUSED);
    look(&w, "active, guest 1 +3, wakes in 2000");

    sset_destroy(&names);
    vlan_set_uninit(&owner.vlan.members);
    world_uninit(&w);
}

/* A guest that announces one address after the other is not listened to for a
 * while, and keeps what it has. */
static void
test_limiter(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    look(&w, "active, guest 1");
    for (int i = 0; i < FOLLOW_BURST - 1; i++) {
        frame(&w, 10 + i, PORT_LIFE_FOLLOWS);
        look(&w, (i == 0 ? "active, guest 1 +10"
                  : i == 1 ? "active, guest 1 +10 +11"
                  : i == 2 ? "active, guest 1 +10 +11 +12"
                  : i == 3 ? "active, guest 1 +11 +12 +13"
                  : i == 4 ? "active, guest 1 +12 +13 +14"
                  : i == 5 ? "active, guest 1 +13 +14 +15"
                  : "active, guest 1 +14 +15 +16"));
    }
    frame(&w, 17, PORT_LIFE_DEAF | PORT_LIFE_FOLLOWS);
    look(&w, "active, guest 1 +15 +16 +17, deaf, wakes in 40000");
    frame(&w, 18, 0);
    pass(&w, 39999, false);
    look(&w, "active, guest 1 +15 +16 +17, deaf, wakes in 1");
    pass(&w, 1, true);
    look(&w, "active, guest 1 +15 +16 +17");
    frame(&w, 18, PORT_LIFE_FOLLOWS);
    look(&w, "active, guest 1 +16 +17 +18");
    world_uninit(&w);

    /* Also for addresses that it cannot have. */
    world_init(&w, true);
    look(&w, "active, guest 1");
    rival(&w, "vnet1", 2, CLAIM_ATTACHED, -1, true);
    for (int i = 2; i < FOLLOW_BURST + 1; i++) {
        rival(&w, "vnet1", i, CLAIM_ATTACHED, -1, true);
        frame(&w, i, PORT_LIFE_REFUSED);
    }
    rival(&w, "vnet1", 20, CLAIM_ATTACHED, -1, true);
    frame(&w, 20, PORT_LIFE_REFUSED | PORT_LIFE_DEAF);
    pass(&w, FOLLOW_REST, true);
    look(&w, "active, guest 1, deaf, wakes in 38000");
    world_uninit(&w);

    /* One that is repeated is one. */
    world_init(&w, true);
    look(&w, "active, guest 1");
    rival(&w, "vnet1", 2, CLAIM_ATTACHED, -1, true);
    frame(&w, 2, PORT_LIFE_REFUSED);
    for (int i = 0; i < 100; i++) {
        frame(&w, 2, 0);
    }
    look(&w, "active, guest 1, wakes in 2000");
    assert_int_equal(w.vport.n_ignored, 1);
    assert_true(eth_addr_equals(w.vport.ignored[0], address(2)));
    for (int i = 0; i < 100; i++) {
        pass(&w, FOLLOW_REST, true);
        look(&w, "active, guest 1");
        assert_int_equal(w.vport.n_ignored, 0);
        frame(&w, 2, PORT_LIFE_REFUSED);
        frame(&w, 2, 0);
    }
    pass(&w, FOLLOW_REST, true);
    mac_table_unclaim(&w.macs, address(2), "vnet1");
    mac_table_run(&w.macs, ignore_change, NULL);
    frame(&w, 2, PORT_LIFE_FOLLOWS);
    look(&w, "active, guest 1 +2");
    world_uninit(&w);
}

/* libvirt says which address a guest uses now. */
static void
test_current_mac(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    rival(&w, "vnet1", 9, CLAIM_ATTACHED, -1, true);
    w.vif.guest.current_mac = address(2);
    look(&w, "active, guest 1 +2");
    /* It counts when it changes, for libvirt may be behind. */
    frame(&w, 3, PORT_LIFE_FOLLOWS);
    frame(&w, 4, PORT_LIFE_FOLLOWS);
    frame(&w, 5, PORT_LIFE_FOLLOWS);
    look(&w, "active, guest 1 +3 +4 +5");
    look(&w, "active, guest 1 +3 +4 +5");
    w.vif.guest.current_mac = address(6);
    look(&w, "active, guest 1 +4 +5 +6");
    w.vif.guest.current_mac = address(1);
    look(&w, "active, guest 1 +4 +5 +6");
    w.vif.guest.current_mac = address(9);
    look(&w, "active, guest 1 +4 +5 +6");

    /* It counts for nothing where guests may not change theirs... */
    w.vif.portgroup = xstrdup("plain");
    w.vif.guest.current_mac = address(2);
    look(&w, "active, guest 1, deaf");
    /* ...and does as soon as they may. */
    free(w.vif.portgroup);
    w.vif.portgroup = NULL;
    look(&w, "active, guest 1 +2");
    world_uninit(&w);
}

/* The switch holds what a guest had changed to. */
static void
test_found_followed(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, false);
    rival(&w, "vnet1", 9, CLAIM_ATTACHED, -1, true);
    look(&w, "active, guest 1");
    assert_true(port_life_found_followed(&w.life, &w.vport, address(2),
                                         &w.macs));
    assert_false(port_life_found_followed(&w.life, &w.vport, address(2),
                                          &w.macs));
    assert_false(port_life_found_followed(&w.life, &w.vport, address(1),
                                          &w.macs));
    assert_false(port_life_found_followed(&w.life, &w.vport, address(9),
                                          &w.macs));
    look(&w, "active, guest 1 +2");
    w.vif.portgroup = xstrdup("plain");
    look(&w, "active, guest 1, deaf");
    assert_false(port_life_found_followed(&w.life, &w.vport, address(2),
                                          &w.macs));
    world_uninit(&w);

    /* Also in a network that is not known. */
    world_init(&w, false);
    w.vif.portgroup = xstrdup("plain");
    w.networks_known = false;
    look(&w, "active, guest 1, deaf");
    port_life_found(&w.life, &(struct port_found) { .listens = true });
    look(&w, "active, guest 1");
    assert_true(port_life_found_followed(&w.life, &w.vport, address(2),
                                         &w.macs));
    look(&w, "active, guest 1 +2");
    world_uninit(&w);
}

/* Checks that the port is in VLANs 'expected', and that 'said' is said. */
static void
look_vlans(struct world *w, const char *expected, const char *said)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    update(w, &diags);
    vlan_set_format(&s, &w->vport.vlan.members);
    assert_string_equal(ds_cstr(&s), expected);
    ds_clear(&s);
    diag_list_format(&s, &diags);
    assert_string_equal(ds_cstr(&s), said);
    ds_destroy(&s);
    diag_list_uninit(&diags);
}

#define NO_GOLD "warning: vnet0: no network of this bridge has a portgroup " \
                "'gold', so the port is in no VLAN"

/* A port whose portgroup is not known is in no VLAN, unless it was served
 * when this program was started and the definition may yet be read. */
static void
test_served(void **state OVS_UNUSED)
{
    const struct port_found served = { .served = true };
    const struct port_found nothing = { .served = false };
    const char *unread = NO_GOLD ", unless it was in service before; there "
                         "are definitions that cannot be read\n";
    struct world w;

    world_init(&w, false);
    w.vif.portgroup = xstrdup("gold");
    look_vlans(&w, "", NO_GOLD "\n");
    w.model.incomplete = true;
    look_vlans(&w, "", unread);
    port_life_found(&w.life, &nothing);
    look_vlans(&w, "", unread);
    port_life_found(&w.life, &served);
    look_vlans(&w, "0-4095", unread);
    w.vif.vlan.tag = 7;
    look_vlans(&w, "7", "warning: vnet0: no network of this bridge has a "
               "portgroup 'gold'\n");
    w.vif.vlan.tag = -1;

    /* Once all is known, what was found no longer counts. */
    w.networks_known = false;
    look_vlans(&w, "0-4095", unread);
    w.networks_known = true;
    look_vlans(&w, "0-4095", unread);
    w.model.incomplete = false;
    look_vlans(&w, "", NO_GOLD "\n");
    w.model.incomplete = true;
    look_vlans(&w, "", unread);
    world_uninit(&w);
}

/* Makes the port a tap of which nobody has written an address. */
static void
make_unknown(struct world *w)
{
    free(w->vif.attached_mac);
    free(w->vif.vm_id);
    w->vif.attached_mac = w->vif.vm_id = NULL;
    w->vif.driver = xstrdup("tun");
}

/* A guest that nobody has written an address of has those that it sends by
 * first, as many as it may and no others, none of another port's. */
static void
test_sticky(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    make_unknown(&w);
    rival(&w, "vnet9", 9, CLAIM_ATTACHED, -1, true);
    look(&w, "active, wins nothing, guest +0");
    frame(&w, 9, 0);
    look(&w, "active, wins nothing, guest +0");
    frame(&w, 1, PORT_LIFE_ARRIVED | PORT_LIFE_FOLLOWS);
    look(&w, "active, guest +1");
    frame(&w, 1, 0);
    frame(&w, 2, PORT_LIFE_FOLLOWS);
    look(&w, "active, guest +1 +2");
    frame(&w, 9, PORT_LIFE_REFUSED);
    frame(&w, 3, PORT_LIFE_FOLLOWS);
    look(&w, "active, guest +1 +2 +3, deaf, wakes in 2000");
    frame(&w, 4, 0);
    pass(&w, FOLLOW_REST, true);
    look(&w, "active, guest +1 +2 +3, deaf");

    /* Another port is configured with one of them. */
    assert_true(port_life_lost(&w.life, address(1)));
    look(&w, "active, guest +2 +3");

    /* Somebody writes an address after all. */
    w.vif.attached_mac = xstrdup("52:54:00:00:00:05");
    look(&w, "active, guest 5");

    /* The next guest on a port of this name begins anew. */
    unplug(&w);
    plug(&w, true);
    make_unknown(&w);
    look(&w, "active, wins nothing, guest +0");
    world_uninit(&w);
}

/* One that sends by nothing but others' addresses is not listened to. */
static void
test_sticky_limiter(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    make_unknown(&w);
    rival(&w, "vnet9", 9, CLAIM_ATTACHED, -1, true);
    look(&w, "active, wins nothing, guest +0");
    for (int i = 1; i < FOLLOW_BURST; i++) {
        frame(&w, 9, 0);
    }
    frame(&w, 9, PORT_LIFE_DEAF);
    look(&w, "active, wins nothing, guest +0, deaf, wakes in 40000");
    frame(&w, 1, 0);
    pass(&w, 40000, true);
    look(&w, "active, wins nothing, guest +0");
    frame(&w, 1, PORT_LIFE_ARRIVED | PORT_LIFE_FOLLOWS);
    look(&w, "active, guest +1");
    world_uninit(&w);
}

/* What the switch was found to hold. */
static void
test_sticky_found(void **state OVS_UNUSED)
{
    const struct port_found network = { .network = true };
    struct world w;

    world_init(&w, false);
    make_unknown(&w);
    look(&w, "active, wins nothing, guest +0");
    assert_true(port_life_found_followed(&w.life, &w.vport, address(7),
                                         &w.macs));
    look(&w, "active, guest +7");

    /* As long as no network can be read it may be any. */
    w.model.n_networks = 0;
    w.model.incomplete = true;
    w.networks_known = false;
    look(&w, "active, guest +7, deaf");
    port_life_found(&w.life, &network);
    look(&w, "active, network 0, deaf");
    w.model.n_networks = 1;
    w.networks_known = true;
    look(&w, "active, wins nothing, guest +0");
    world_uninit(&w);
}

/* A veth has the address of its peer, which may change. */
static void
test_peer(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    make_unknown(&w);
    free(w.vif.driver);
    w.vif.driver = xstrdup("veth");
    look(&w, "active, network 0, deaf");
    w.vif.link.peer_is_elsewhere = true;
    look(&w, "active, wins nothing, guest +0");
    w.vif.link.peer_mac = address(6);
    look(&w, "active, guest 6");
    w.vif.link.peer_mac = address(7);
    look(&w, "active, guest 7");
    /* Any guest could say that. */
    assert_int_equal(vport_get_mac(&w.vport, 0).kind, CLAIM_PEER);
    w.vif.role = xstrdup("network");
    look(&w, "active, network 0, deaf");
    world_uninit(&w);
}

/* What one guest has done says nothing of the next on the same port. */
static void
test_another_guest(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, true);
    set_status(&w, "inactive");
    look(&w, "new, wins nothing, guest 1");
    frame(&w, 1, PORT_LIFE_ARRIVED);
    look(&w, "arrived, guest 1");
    frame(&w, 2, PORT_LIFE_FOLLOWS);
    look(&w, "arrived, guest 1 +2");
    free(w.vif.attached_mac);
    w.vif.attached_mac = xstrdup("52:54:00:00:00:05");
    look(&w, "held back, wins nothing, guest 5");
    frame(&w, 5, PORT_LIFE_ARRIVED);
    look(&w, "arrived, guest 5");
    frame(&w, 2, PORT_LIFE_FOLLOWS);
    look(&w, "arrived, guest 5 +2");

    /* Nor if there was nobody in between. */
    w.vif.guest.link_down = true;
    look(&w, "not wired");
    w.vif.guest.link_down = false;
    look(&w, "arrived, guest 5 +2");
    w.vif.guest.link_down = true;
    look(&w, "not wired");
    w.vif.guest.link_down = false;
    free(w.vif.attached_mac);
    w.vif.attached_mac = xstrdup("52:54:00:00:00:06");
    look(&w, "held back, wins nothing, guest 6");

    /* Unplugged and plugged again, it begins anew, even with the same
     * address. */
    frame(&w, 6, PORT_LIFE_ARRIVED);
    look(&w, "arrived, guest 6");
    frame(&w, 2, PORT_LIFE_FOLLOWS);
    look(&w, "arrived, guest 6 +2");
    unplug(&w);
    plug(&w, true);
    set_status(&w, "inactive");
    look(&w, "new, wins nothing, guest 1");
    set_status(&w, NULL);
    look(&w, "active, guest 1");
    world_uninit(&w);
}

/* A vhost-user port is held back until libvirt knows whose it is, and never a
 * part of the network. */
static void
test_vhost_user(void **state OVS_UNUSED)
{
    const struct domstatus guest = { .name = CC("g1") };
    const struct domif domif = { .socket = CC("/run/s1"), .mac = address(1) };
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;
    struct world w;

    world_init(&w, true);
    free(w.vif.attached_mac);
    free(w.vif.vm_id);
    w.vif.attached_mac = w.vif.vm_id = NULL;
    w.vif.socket = xstrdup("/run/s1");
    update(&w, &diags);
    assert_true(w.wired);
    assert_true(vport_awaits_address(&w.vport));
    diag_list_format(&s, &diags);
    assert_string_equal(ds_cstr(&s), "note: vnet0: is a vhost-user port "
                        "without external_ids:attached-mac; held back until "
                        "its first frame, whose address it then has\n");
    ds_destroy(&s);
    diag_list_uninit(&diags);

    vif_set_guest(&w.vif, &guest, &domif);
    look(&w, "active, guest 1");
    world_uninit(&w);
}

/* A tap has no carrier for a moment when a guest comes or goes: only what
 * stays so is said. */
static void
test_carrier(void **state OVS_UNUSED)
{
    static const struct {
        bool no_carrier;
        int seconds;
        bool said;
    } steps[] = {
        { true, 0, false }, { true, 9, false }, { false, 1, false },
        { true, 0, false }, { true, 9, false }, { true, 1, true },
        { true, 99, true }, { false, 0, false }, { true, 9, false },
    };
    struct world w;

    world_init(&w, false);
    w.vif.guest.name = xstrdup("g1");
    for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
        struct diag_list diags = DIAG_LIST_INITIALIZER;

        w.now += steps[i].seconds * 1000;
        w.vif.no_carrier = steps[i].no_carrier;
        if (w.now >= port_life_wake_time(&w.life)) {
            assert_true(port_life_run(&w.life, w.now));
        }
        assert_true(port_life_wake_time(&w.life) > w.now);
        update(&w, &diags);
        assert_int_equal(diags.n, steps[i].said);
        diag_list_uninit(&diags);
    }
    world_uninit(&w);
}

/* The host has the address that the switch tells of. */
static void
test_host(void **state OVS_UNUSED)
{
    struct world w;

    world_init(&w, false);
    w.vif.ofport = OFPP_LOCAL;
    look(&w, "active, host 119, deaf");
    world_uninit(&w);
}

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
    port_life_uninit(&life);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plugged_after_state),
        cmocka_unit_test(test_plugged_before_state),
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_first_frame),
        cmocka_unit_test(test_migration),
        cmocka_unit_test(test_iface_status),
        cmocka_unit_test(test_found_active),
        cmocka_unit_test(test_found_policy),
        cmocka_unit_test(test_served),
        cmocka_unit_test(test_sticky),
        cmocka_unit_test(test_sticky_limiter),
        cmocka_unit_test(test_sticky_found),
        cmocka_unit_test(test_peer),
        cmocka_unit_test(test_follow),
        cmocka_unit_test(test_rivals),
        cmocka_unit_test(test_turns),
        cmocka_unit_test(test_shared),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_limiter),
        cmocka_unit_test(test_current_mac),
        cmocka_unit_test(test_found_followed),
        cmocka_unit_test(test_another_guest),
        cmocka_unit_test(test_vhost_user),
        cmocka_unit_test(test_carrier),
        cmocka_unit_test(test_host),
        cmocka_unit_test(test_moves_guests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
