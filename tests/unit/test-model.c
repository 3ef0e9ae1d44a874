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
#include "lib/host/bridge-row.h"
#include "lib/host/vif.h"
#include "lib/model/model.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

/* A string that a value may hold but must not free, as a constant and not. */
#define S(LITERAL) ((char[]) { LITERAL })
#define CC(STRING) CONST_CAST(char *, STRING)

/* Returns the definition in 'xml', as read from 'file'. */
static struct netdef *
define(const char *file, const char *xml)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct netdef *netdef = netdef_from_xml(xml, strlen(xml), file, &diags);

    assert_non_null(netdef);
    diag_list_uninit(&diags);
    return netdef;
}

/* Checks that 'diags', sorted, are 'expected', and clears them. */
static void
check_diags(struct diag_list *diags, const char *expected)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    diag_list_sort(diags);
    diag_list_format(&s, diags);
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
    diag_list_clear(diags);
}

#define NET(NAME, REST) "<network>\n<name>"NAME"</name>"REST"</network>"
#define BRIDGE(NAME) "\n<bridge name='"NAME"'/>"
#define EXACT(NAME) "\n<bridge name='"NAME"' macTableManager='libvirt'/>"
static const struct {
    const char *row;        /* What the row asks for. */
    const char *xml[3];
    size_t n_networks;
    bool wanted, conflict;
    enum mac_table_manager mode;
    const char *diags;
} mode_cases[] = {
    { NULL, { NULL }, 0, false, false, MAC_TABLE_KERNEL, "" },
    { NULL, { NET("a", BRIDGE("br0")) }, 1, true, false,
      MAC_TABLE_KERNEL, "" },
    { NULL, { NET("a", EXACT("br0")) }, 1, true, false,
      MAC_TABLE_LIBVIRT, "" },
    /* Somebody else's bridge, or network. */
    { NULL, { NET("a", EXACT("br1")) }, 0, false, false,
      MAC_TABLE_KERNEL, "" },
    { NULL, { NET("a", "<forward mode='nat'/>"EXACT("br0")) }, 0, false,
      false, MAC_TABLE_KERNEL, "" },
    /* A network goes before the row. */
    { "libvirt", { NULL }, 0, true, false, MAC_TABLE_LIBVIRT, "" },
    { "kernel", { NULL }, 0, true, false, MAC_TABLE_KERNEL, "" },
    { "kernel", { NET("a", BRIDGE("br0")) }, 1, true, false,
      MAC_TABLE_KERNEL, "" },
    { "libvirt", { NET("a", BRIDGE("br0")) }, 1, true, false,
      MAC_TABLE_KERNEL,
      "warning: br0: external_ids:virtnet-mac-table-manager is 'libvirt', "
      "but network 'a' (f0.xml:3) decides: kernel\n" },
    { "zzz", { NET("a", EXACT("br0")) }, 1, true, false,
      MAC_TABLE_LIBVIRT,
      "warning: br0: external_ids:virtnet-mac-table-manager is 'zzz', but "
      "network 'a' (f0.xml:3) decides: libvirt\n" },
    { "zzz", { NULL }, 0, true, true, MAC_TABLE_KERNEL,
      "error: br0: external_ids:virtnet-mac-table-manager is 'zzz', "
      "expected 'kernel' or 'libvirt'; the bridge stays as it was\n" },
    /* Two that agree, and those that do not, by name. */
    { NULL, { NET("b", EXACT("br0")), NET("a", EXACT("br0")) }, 2, true,
      false, MAC_TABLE_LIBVIRT, "" },
    { NULL, { NET("b", EXACT("br0")), NET("a", "\n"BRIDGE("br0")) }, 2,
      true, true, MAC_TABLE_KERNEL,
      "f0.xml:3: error: bridge: network 'b' asks for macTableManager "
      "'libvirt' on bridge 'br0', but network 'a' (f1.xml:4) asks for "
      "'kernel'; the bridge stays as it was\n" },
    { NULL, { NET("b", EXACT("br0")), NET("a", EXACT("br0")),
              NET("c", BRIDGE("br0")) }, 3, true, true,
      MAC_TABLE_LIBVIRT,
      "f2.xml:3: error: bridge: network 'c' asks for macTableManager "
      "'kernel' on bridge 'br0', but network 'a' (f1.xml:3) asks for "
      "'libvirt'; the bridge stays as it was\n" },
};
#undef NET
#undef BRIDGE
#undef EXACT

/* Which mode a bridge gets from the definitions and the row. */
static void
test_mode(void **state OVS_UNUSED)
{
    for (size_t i = 0; i < ARRAY_SIZE(mode_cases); i++) {
        const struct bridge_row row = {
            .name = CC("br0"),
            .mac_table_manager = CC(mode_cases[i].row),
        };
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        struct netdef *defs[3];
        struct bridge_model model;
        size_t n = 0;

        for (; n < ARRAY_SIZE(defs) && mode_cases[i].xml[n]; n++) {
            char file[] = "f0.xml";

            file[1] += n;
            defs[n] = define(file, mode_cases[i].xml[n]);
        }
        bridge_model_init(&model, &row, (const struct netdef *const *) defs,
                          n, &diags);
        assert_int_equal(model.n_networks, mode_cases[i].n_networks);
        assert_int_equal(model.wanted, mode_cases[i].wanted);
        assert_int_equal(model.conflict, mode_cases[i].conflict);
        assert_int_equal(model.mode, mode_cases[i].mode);
        check_diags(&diags, mode_cases[i].diags);

        bridge_model_uninit(&model);
        diag_list_uninit(&diags);
        while (n > 0) {
            netdef_destroy(defs[--n]);
        }
    }
}

/* A network with portgroups with and without VLANs, and one beside it. */
static struct netdef *networks[2];
static struct bridge_model bridge;

static int
setup(void **state OVS_UNUSED)
{
    const struct bridge_row row = { .name = CC("br0") };
    struct diag_list diags = DIAG_LIST_INITIALIZER;

    networks[0] = define("a.xml",
        "<network><name>a</name>"
        "<bridge name='br0' macTableManager='libvirt'/>"
        "<vlan><tag id='30'/></vlan>"
        "<portgroup name='web'><vlan><tag id='10'/></vlan></portgroup>"
        "<portgroup name='plain' default='yes'/></network>");
    networks[1] = define("b.xml",
        "<network><name>b</name>"
        "<bridge name='br0' macTableManager='libvirt'/>"
        "<portgroup name='web'><vlan><tag id='11'/></vlan></portgroup>"
        "<portgroup name='bare'/></network>");
    bridge_model_init(&bridge, &row, (const struct netdef *const *) networks,
                      2, &diags);
    assert_int_equal(diags.n, 0);
    return 0;
}

static int
teardown(void **state OVS_UNUSED)
{
    bridge_model_uninit(&bridge);
    netdef_destroy(networks[0]);
    netdef_destroy(networks[1]);
    return 0;
}

#define MAC "52:54:00:12:34:56"

/* What becomes of an interface. */
static const struct port_case {
    struct vif vif;
    enum model_verdict verdict;
    enum vif_role role;         /* Only for ports that are wired. */
    const char *mac;
    bool active;
    const char *diags;
} port_cases[] = {
    { { .attached_mac = S(MAC) },
      MODEL_WIRED, VIF_GUEST, MAC, true, "" },
    { { .attached_mac = S(MAC), .iface_status = S("active") },
      MODEL_WIRED, VIF_GUEST, MAC, true, "" },
    { { .attached_mac = S(MAC), .iface_status = S("inactive") },
      MODEL_WIRED, VIF_GUEST, MAC, false, "" },
    { { .attached_mac = NULL },
      MODEL_WIRED, VIF_NETWORK, "00:00:00:00:00:00", true, "" },
    { { .attached_mac = S(MAC), .role = S("network") },
      MODEL_WIRED, VIF_NETWORK, "00:00:00:00:00:00", true, "" },
    { { .ofport = OFPP_LOCAL, .mac_in_use = ETH_ADDR_C(02,00,00,00,00,07) },
      MODEL_WIRED, VIF_HOST, "02:00:00:00:00:07", true, "" },

    /* What was meant to be a guest is never taken for a network. */
    { { .attached_mac = S("52:54:00") }, MODEL_SKIPPED, 0, NULL, false,
      "error: p: external_ids:attached-mac '52:54:00' is not a MAC address "
      "of six octets; not wired\n" },
    { { .attached_mac = S("01:00:5e:00:00:01") },
      MODEL_SKIPPED, 0, NULL, false,
      "error: p: external_ids:attached-mac '01:00:5e:00:00:01' is a "
      "multicast address; not wired\n" },
    { { .attached_mac = S("00:00:00:00:00:00") },
      MODEL_SKIPPED, 0, NULL, false,
      "error: p: external_ids:attached-mac '00:00:00:00:00:00' is zero; "
      "not wired\n" },
    { { .attached_mac = S("zzz"), .role = S("network") },
      MODEL_WIRED, VIF_NETWORK, "00:00:00:00:00:00", true, "" },
    { { .attached_mac = S("zzz"), .role = S("guest") },
      MODEL_SKIPPED, 0, NULL, false,
      "error: p: external_ids:attached-mac 'zzz' is not a MAC address of six "
      "octets; not wired\n" },
    /* One whose address nobody knows yet: port-life.h. */
    { { .role = S("guest") },
      MODEL_WIRED, VIF_GUEST, "00:00:00:00:00:00", true, "" },
    { { .role = S("guest"), .bond.is_member = true },
      MODEL_SKIPPED, 0, NULL, false,
      "error: p: external_ids:virtnet-role is 'guest', but there is no "
      "external_ids:attached-mac; not wired\n" },
    { { .socket = S("/run/s1") },
      MODEL_WIRED, VIF_GUEST, "00:00:00:00:00:00", true, "" },
    { { .link.peer_bridge = S("fwbr100i0") },
      MODEL_WIRED, VIF_NETWORK, "00:00:00:00:00:00", true,
      "note: p: leads to Linux bridge 'fwbr100i0'; taken for a part of the "
      "network side, unless external_ids:attached-mac or virtnet-role says "
      "that a guest is behind it\n" },
    { { .type = S("internal"), .link.bridge = S("fwbr100i0") },
      MODEL_WIRED, VIF_NETWORK, "00:00:00:00:00:00", true,
      "note: p: leads to Linux bridge 'fwbr100i0'; taken for a part of the "
      "network side, unless external_ids:attached-mac or virtnet-role says "
      "that a guest is behind it\n" },
    { { .socket = S("/run/s1"), .attached_mac = S(MAC) },
      MODEL_WIRED, VIF_GUEST, MAC, true, "" },
    { { .socket = S("/run/s1"), .role = S("network") },
      MODEL_WIRED, VIF_NETWORK, "00:00:00:00:00:00", true, "" },
    { { .attached_mac = S(MAC), .role = S("guest") },
      MODEL_WIRED, VIF_GUEST, MAC, true, "" },
    { { .attached_mac = S(MAC), .role = S("router") },
      MODEL_SKIPPED, 0, NULL, false,
      "error: p: external_ids:virtnet-role is 'router', expected 'guest' "
      "or 'network'; not wired\n" },

    { { .ofport = OFPP_NONE, .attached_mac = S(MAC) },
      MODEL_SKIPPED, 0, NULL, false,
      "error: p: has no OpenFlow port\n" },
    { { .error = S("could not open network device") },
      MODEL_SKIPPED, 0, NULL, false,
      "error: p: could not open network device\n" },
    { { .attached_mac = S(MAC),
        .vlan = { .mode = PORT_VLAN_MODE_DOT1Q_TUNNEL, .tag = 10 } },
      MODEL_WIRED, VIF_GUEST, MAC, true, "" },
    { { .attached_mac = S(MAC),
        .vlan = { .mode = PORT_VLAN_MODE_DOT1Q_TUNNEL, .tag = -1 } },
      MODEL_UNSUPPORTED, VIF_GUEST, MAC, true,
      "error: p: vlan_mode 'dot1q-tunnel' without a tag is not carried out\n" },

    { { .attached_mac = S(MAC), .portgroup = S("web") },
      MODEL_WIRED, VIF_GUEST, MAC, true, "" },
    { { .attached_mac = S(MAC), .portgroup = S("none") },
      MODEL_WIRED, VIF_GUEST, MAC, true,
      "warning: p: no network of this bridge has a portgroup 'none', "
          "so the port is in no VLAN\n" },
    { { .attached_mac = S(MAC), .portgroup = S("web"),
        .vlan = { .tag = 10 } },
      MODEL_WIRED, VIF_GUEST, MAC, true,
      "note: p: has VLAN settings of its own, which go before those of "
      "portgroup 'web'\n" },
    { { .attached_mac = S(MAC), .portgroup = S("web"),
        .vlan = { .tag = 10 }, .vlan_is_ours = true },
      MODEL_WIRED, VIF_GUEST, MAC, true, "" },

    /* The output of a mirror receives copies and nothing else, whatever it
     * would be otherwise. */
    { { .is_mirror_output = true },
      MODEL_SKIPPED, 0, NULL, false,
      "note: p: is the output of a mirror, so it is not a part of the "
      "network\n" },
    { { .attached_mac = S(MAC), .is_mirror_output = true },
      MODEL_SKIPPED, 0, NULL, false,
      "note: p: is the output of a mirror, so it is not a part of the "
      "network\n" },
    { { .role = S("network"), .is_mirror_output = true },
      MODEL_SKIPPED, 0, NULL, false,
      "note: p: is the output of a mirror, so it is not a part of the "
      "network\n" },
    { { .ofport = OFPP_LOCAL, .is_mirror_output = true },
      MODEL_SKIPPED, 0, NULL, false,
      "note: p: is the output of a mirror, so it is not a part of the "
      "network\n" },
    { { .error = S("could not open network device"),
        .is_mirror_output = true },
      MODEL_SKIPPED, 0, NULL, false,
      "error: p: could not open network device\n" },

    { { .bond = { .is_member = true }, .port = S("bond0") },
      MODEL_WIRED, VIF_NETWORK, "00:00:00:00:00:00", true, "" },

    /* A guest's whose address is still to be written. */
    { { .iface_id = S("i1") }, MODEL_SKIPPED, 0, NULL, false,
      "warning: p: is a guest's, by external_ids:iface-id, but there is no "
      "external_ids:attached-mac; not wired until there is\n" },
    { { .vm_id = S("v1") }, MODEL_SKIPPED, 0, NULL, false,
      "warning: p: is a guest's, by external_ids:vm-id, but there is no "
      "external_ids:attached-mac; not wired until there is\n" },
    { { .iface_status = S("active") }, MODEL_SKIPPED, 0, NULL, false,
      "warning: p: is a guest's, by external_ids:iface-status, but there is "
      "no external_ids:attached-mac; not wired until there is\n" },
    { { .iface_id = S("i1"), .role = S("network") },
      MODEL_WIRED, VIF_NETWORK, "00:00:00:00:00:00", true, "" },
    { { .iface_id = S("i1"), .ofport = OFPP_LOCAL },
      MODEL_WIRED, VIF_HOST, "00:00:00:00:00:00", true, "" },
    { { .iface_id = S("i1"), .bond = { .is_member = true },
        .port = S("bond0") },
      MODEL_WIRED, VIF_NETWORK, "00:00:00:00:00:00", true, "" },
};

static void
test_ports(void **state OVS_UNUSED)
{
    for (size_t i = 0; i < ARRAY_SIZE(port_cases); i++) {
        const struct port_case *c = &port_cases[i];
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        struct vif vif = c->vif;
        struct vport vport;

        vif.name = CC("p");
        vif.ofport = vif.ofport ? vif.ofport : OFP_PORT_C(7);
        if (!vif.vlan.tag) {
            vif.vlan.tag = PORT_VLAN_NO_TAG;
        }
        enum model_verdict verdict = model_port(&bridge, &vif, &vport,
                                                &diags);

        check_diags(&diags, c->diags);
        assert_int_equal(verdict, c->verdict);
        if (verdict != MODEL_SKIPPED) {
            char *mac = xasprintf(ETH_ADDR_FMT, ETH_ADDR_ARGS(vport.mac));

            assert_string_equal(vport.name, "p");
            assert_int_equal(vport.ofport, vif.ofport);
            assert_int_equal(vport.role, c->role);
            assert_string_equal(mac, c->mac);
            assert_int_equal(vport.active, c->active);
            assert_string_equal(vport_port(&vport),
                                vif.port ? vif.port : "p");
            assert_int_equal(vport.in_bond, vif.bond.is_member);
            /* There is no portgroup 'none'. */
            bool nowhere = (verdict == MODEL_UNSUPPORTED
                            || (vif.portgroup
                                && !strcmp(vif.portgroup, "none")));
            assert_int_equal(vlan_set_is_empty(&vport.vlan.members), nowhere);
            free(mac);
            vport_uninit(&vport);
        }
        diag_list_uninit(&diags);
    }
}

/* Column protocols of the bridge. */
static void
test_protocols(void **state OVS_UNUSED)
{
    static const struct {
        const char *protocols;
        bool allows;
    } cases[] = {
        { NULL, true },
        { "", true },
        { "OpenFlow10,OpenFlow15", true },
        { "OpenFlow10,OpenFlow13", false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct bridge_row row = {
            .name = CC("br0"),
            .mac_table_manager = CC("libvirt"),
            .protocols = CC(cases[i].protocols),
        };
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        struct bridge_model model;

        assert_int_equal(bridge_row_allows_openflow15(&row),
                         cases[i].allows);
        bridge_model_init(&model, &row, NULL, 0, &diags);
        check_diags(&diags, cases[i].allows ? ""
                    : "error: br0: column protocols (OpenFlow10,OpenFlow13) "
                      "forbids OpenFlow 1.5, which libvirt mode needs; add "
                      "OpenFlow15 to it\n");
        bridge_model_uninit(&model);
        diag_list_uninit(&diags);
    }
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
    enum { N_BITS = 6 };

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

/* Whether a bridge can have an exact MAC table, and what keeps it from one. */
static void
test_can_be_exact(void **state OVS_UNUSED)
{
#define NO_10(PROTOCOLS)                                                \
    "error: br0: column protocols ("PROTOCOLS") forbids OpenFlow 1.0, " \
    "which alone can keep NORMAL from flooding to guests; add "         \
    "OpenFlow10 to it; until then the bridge stays in kernel mode\n"
#define NOTE_10(PROTOCOLS)                                              \
    "note: br0: column protocols ("PROTOCOLS") forbids OpenFlow 1.0, "  \
    "which alone can keep NORMAL in flows of others from flooding to "  \
    "guests\n"
#define UNSUPPORTED                                                     \
    "error: br0: has ports that libvirt mode is not carried out for"    \
    ", so the bridge stays in kernel mode\n"
    static const struct {
        const char *protocols;
        enum network_kind network;
        size_t n_unsupported;
        bool exact;
        const char *diags;
    } cases[] = {
        /* Empty is the default, which has both. */
        { "", NETWORK_NONE, 0, true, "" },
        { "", NETWORK_DIRECT, 0, true, "" },
        { "", NETWORK_BOND, 0, true, "" },
        { "", NETWORK_SEVERAL, 0, true, "" },

        /* Only where NORMAL is used it does not do without OpenFlow 1.0. */
        { "OpenFlow15", NETWORK_NONE, 0, true, NOTE_10("OpenFlow15") },
        { "OpenFlow15", NETWORK_DIRECT, 0, true, NOTE_10("OpenFlow15") },
        { "OpenFlow15", NETWORK_SPREAD, 0, true, NOTE_10("OpenFlow15") },
        { "OpenFlow15", NETWORK_BOND, 0, false, NO_10("OpenFlow15") },
        { "OpenFlow15", NETWORK_SEVERAL, 0, false, NO_10("OpenFlow15") },
        { "OpenFlow13,OpenFlow15", NETWORK_BOND, 0, false,
          NO_10("OpenFlow13,OpenFlow15") },
        { "OpenFlow10,OpenFlow15", NETWORK_BOND, 0, true, "" },
        { "OpenFlow15,OpenFlow10", NETWORK_SEVERAL, 0, true, "" },

        /* Without OpenFlow 1.5 nothing comes of it: test_protocols(). */
        { "OpenFlow10", NETWORK_NONE, 0, true, "" },
        { "OpenFlow10,OpenFlow14", NETWORK_BOND, 0, true,
          "" },
        { "OpenFlow13", NETWORK_SEVERAL, 0, false,
          NO_10("OpenFlow13") },

        { "", NETWORK_NONE, 1, false, UNSUPPORTED },
        { "OpenFlow15", NETWORK_BOND, 2, false, UNSUPPORTED },
        { "OpenFlow10", NETWORK_DIRECT, 2, false,
          UNSUPPORTED },
    };
#undef NO_10
#undef UNSUPPORTED

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct bridge_row row = {
            .name = CC("br0"), .protocols = CC(cases[i].protocols),
        };
        struct diag_list diags = DIAG_LIST_INITIALIZER;

        assert_int_equal(model_can_be_exact(&row, cases[i].network,
                                            cases[i].n_unsupported, &diags),
                         cases[i].exact);
        check_diags(&diags, cases[i].diags);
        diag_list_uninit(&diags);
    }
}

/* A port in so many scattered VLANs is in none, if these are too many. */
static void
test_scattered_vlans(void **state OVS_UNUSED)
{
    for (unsigned int n = VPORT_MAX_VLAN_BLOCKS;
         n <= VPORT_MAX_VLAN_BLOCKS + 1; n++) {
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        struct vif vif = {
            .name = CC("p"),
            .ofport = u16_to_ofp(1),
            .vlan = { .tag = -1 },
        };
        struct vport vport;

        for (unsigned int i = 0; i < n; i++) {
            vlan_set_add(&vif.vlan.trunks, 2 * i);
        }
        model_port(&bridge, &vif, &vport, &diags);
        assert_int_equal(vlan_set_count(&vport.vlan.members),
                         n <= VPORT_MAX_VLAN_BLOCKS ? n : 0);
        assert_int_equal(diag_list_count(&diags, DIAG_ERROR),
                         n > VPORT_MAX_VLAN_BLOCKS);
        vlan_set_uninit(&vif.vlan.trunks);
        vport_uninit(&vport);
        diag_list_uninit(&diags);
    }
}

/* Which VLANs are written into a Port row, and whether they are. */
static void
test_port_vlan(void **state OVS_UNUSED)
{
    static const struct {
        const char *portgroup;
        int tag;                /* In the row. */
        bool ours;
        bool write;
        int wanted;
    } cases[] = {
        /* No portgroup: nothing of ours there, or taken away. */
        { NULL, -1, false, false, 0 },
        { NULL, 10, false, false, 0 },
        { NULL, 10, true, true, -1 },
        /* The mark alone is taken away as well. */
        { NULL, -1, true, true, -1 },
        { "none", -1, false, false, 0 },
        /* A portgroup that is gone: it stays where it is. */
        { "none", 10, true, false, 0 },

        /* The portgroup's own VLAN; the first network's by name. */
        { "web", -1, false, true, 10 },
        { "web", 10, true, false, 0 },
        { "web", 17, true, true, 10 },
        /* Somebody else's, even where it is the same. */
        { "web", 17, false, false, 0 },
        { "web", 10, false, false, 0 },
        /* Emptied behind our back. */
        { "web", -1, true, true, 10 },

        /* The network's, for a portgroup without one. */
        { "plain", -1, false, true, 30 },
        { "plain", 30, true, false, 0 },
        { "bare", -1, false, false, 0 },
        { "bare", 10, true, true, -1 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct vif vif = {
            .name = CC("p"),
            .portgroup = CC(cases[i].portgroup),
            .vlan = { .tag = cases[i].tag },
            .vlan_is_ours = cases[i].ours,
        };
        struct port_vlan vlan;
        bool write = model_port_vlan(&bridge, &vif, &vlan);

        assert_int_equal(write, cases[i].write);
        if (write) {
            assert_int_equal(vlan.tag, cases[i].wanted);
            assert_int_equal(vlan.mode, PORT_VLAN_MODE_DEFAULT);
            assert_true(vlan_set_is_empty(&vlan.trunks));
            port_vlan_uninit(&vlan);
        }
    }
}

static void
test_find_portgroup(void **state OVS_UNUSED)
{
    const struct vif web = { .portgroup = CC("web") };
    const struct vif bare = { .portgroup = CC("bare") };
    const struct vif nothing = { .portgroup = NULL };
    const struct netdef *network = NULL;

    assert_int_equal(model_find_portgroup(&bridge, &web, &network)->vlan.tag,
                     10);
    assert_ptr_equal(network, networks[0]);
    assert_non_null(model_find_portgroup(&bridge, &bare, &network));
    assert_ptr_equal(network, networks[1]);
    assert_non_null(model_find_portgroup(&bridge, &bare, NULL));
    assert_null(model_find_portgroup(&bridge, &nothing, NULL));
}

static void
test_row_value(void **state OVS_UNUSED)
{
    const struct bridge_row a = {
        .name = CC("br0"), .mac_table_manager = CC("libvirt"),
        .owner = CC("net"), .protocols = CC("OpenFlow15"),
    };
    struct bridge_row b;

    bridge_row_clone(&b, &a);
    assert_true(bridge_row_equals(&a, &b));
#define STRING_DIFFERS(MEMBER) do {             \
        char *saved = b.MEMBER;                 \
        assert_ptr_not_equal(saved, a.MEMBER);  \
        b.MEMBER = CC("x");                     \
        assert_false(bridge_row_equals(&a, &b)); \
        b.MEMBER = saved;                       \
        assert_true(bridge_row_equals(&a, &b)); \
    } while (0)
    STRING_DIFFERS(name);
    STRING_DIFFERS(mac_table_manager);
    STRING_DIFFERS(owner);
    STRING_DIFFERS(protocols);
    b.forward_bpdu = true;
    assert_false(bridge_row_equals(&a, &b));
    b.forward_bpdu = false;
    vlan_set_add(&b.flood_vlans, 99);
    assert_false(bridge_row_equals(&a, &b));
    bridge_row_uninit(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mode),
        cmocka_unit_test(test_ports),
        cmocka_unit_test(test_protocols),
        cmocka_unit_test(test_bond_members),
        cmocka_unit_test(test_can_be_exact),
        cmocka_unit_test(test_scattered_vlans),
        cmocka_unit_test(test_port_vlan),
        cmocka_unit_test(test_find_portgroup),
        cmocka_unit_test(test_row_value),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
