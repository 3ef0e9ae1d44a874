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
#include "packets.h"
#include "tests/unit/model-text.h"
#include "util.h"

/* A string that a value may hold but must not free, as a constant and not. */
#define S(LITERAL) ((char[]) { LITERAL })
#define CC(STRING) CONST_CAST(char *, STRING)

/* A network with portgroups with and without VLANs, and one beside it. */
static struct netdef *networks[2];
static struct bridge_model bridge;

static int
setup(void **state OVS_UNUSED)
{
    const struct bridge_row row = { .name = CC("br0") };
    struct diag_list diags = DIAG_LIST_INITIALIZER;

    networks[0] = network_from_text("a.xml",
        "<network><name>a</name>"
        "<bridge name='br0' macTableManager='libvirt'/>"
        "<vlan><tag id='30'/></vlan>"
        "<portgroup name='web'><vlan><tag id='10'/></vlan></portgroup>"
        "<portgroup name='plain' default='yes'/></network>");
    networks[1] = network_from_text("b.xml",
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
    b.sees_two_tags = true;
    assert_false(bridge_row_equals(&a, &b));
    b.sees_two_tags = false;
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
        cmocka_unit_test(test_ports),
        cmocka_unit_test(test_scattered_vlans),
        cmocka_unit_test(test_port_vlan),
        cmocka_unit_test(test_find_portgroup),
        cmocka_unit_test(test_row_value),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
