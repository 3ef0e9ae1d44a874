/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "lib/host/bridge-row.h"
#include "lib/host/vif.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "smap.h"
#include "util.h"

static const struct {
    const char *attached_mac;
    const char *why;        /* Null if it is fine. */
} mac_cases[] = {
    { "52:54:00:12:34:56", NULL },
    { "52:54:00:AB:cd:eF", NULL },
    { "2:0:0:0:0:1", NULL },
    { "00:00:00:00:00:01", NULL },

    { "", "is not a MAC address of six octets" },
    { "52:54:00:12:34", "is not a MAC address of six octets" },
    { "52:54:00:12:34:", "is not a MAC address of six octets" },
    { "52:54:00:12:34:56:78", "is not a MAC address of six octets" },
    { "52:54:00:12:34:56 ", "is not a MAC address of six octets" },
    { "52:54:00:12:34:56\n", "is not a MAC address of six octets" },
    { "52:54:00:12:34:56x", "is not a MAC address of six octets" },
    { " 52:54:00:12:34:56", "is not a MAC address of six octets" },
    { "52:54:00:12:34: 56", "is not a MAC address of six octets" },
    { "52-54-00-12-34-56", "is not a MAC address of six octets" },
    { "525400123456", "is not a MAC address of six octets" },
    { "52:54:00:12:34:5g", "is not a MAC address of six octets" },
    { "52:54:00:12:34:156", "is not a MAC address of six octets" },
    { "152:54:00:12:34:56", "is not a MAC address of six octets" },
    { "052:54:00:12:34:56", "is not a MAC address of six octets" },
    { "-2:54:00:12:34:56", "is not a MAC address of six octets" },
    { "+2:54:00:12:34:56", "is not a MAC address of six octets" },
    { "0x52:54:00:12:34:56", "is not a MAC address of six octets" },
    { "52::00:12:34:56", "is not a MAC address of six octets" },
    { "de:ad:be:ef", "is not a MAC address of six octets" },

    { "01:00:5e:00:00:01", "is a multicast address" },
    { "53:54:00:12:34:56", "is a multicast address" },
    { "ff:ff:ff:ff:ff:ff", "is a multicast address" },
    { "00:00:00:00:00:00", "is zero" },
    { "0:0:0:0:0:0", "is zero" },
};

static void
test_attached_mac(void **state OVS_UNUSED)
{
    for (size_t i = 0; i < ARRAY_SIZE(mac_cases); i++) {
        struct vif vif = {
            .attached_mac = CONST_CAST(char *, mac_cases[i].attached_mac)
        };
        struct eth_addr mac = ETH_ADDR_C(aa,aa,aa,aa,aa,aa);
        const struct eth_addr before = mac;
        const char *why = NULL;
        bool ok = vif_parse_attached_mac(&vif, &mac, &why);

        if (mac_cases[i].why) {
            if (ok) {
                fail_msg("'%s' is taken", mac_cases[i].attached_mac);
            }
            assert_non_null(why);
            assert_string_equal(why, mac_cases[i].why);
            assert_true(eth_addr_equals(mac, before));
        } else {
            assert_true(ok);
            assert_false(eth_addr_equals(mac, before));
        }
        assert_int_equal(vif_parse_attached_mac(&vif, &mac, NULL), ok);
    }

    const struct vif none = { .attached_mac = NULL };
    const char *why = "";
    struct eth_addr mac;
    assert_false(vif_parse_attached_mac(&none, &mac, &why));
    assert_null(why);

    const struct eth_addr expected = ETH_ADDR_C(02,0a,0b,0c,0d,0e);
    const struct vif some = {
        .attached_mac = CONST_CAST(char *, "02:a:0B:0c:D:0e")
    };
    assert_true(vif_parse_attached_mac(&some, &mac, NULL));
    assert_true(eth_addr_equals(mac, expected));
}

static void
test_role(void **state OVS_UNUSED)
{
#define MAC "52:54:00:12:34:56"
    static const struct {
        uint16_t ofport;
        const char *attached_mac, *role;
        enum vif_role expected;
        bool in_bond;
    } cases[] = {
        { 1, NULL, NULL, VIF_NETWORK, false },
        { 1, MAC, NULL, VIF_GUEST, false },
        { 1, "zzz", NULL, VIF_NETWORK, false },
        { 1, MAC, "network", VIF_NETWORK, false },
        { 1, MAC, "guest", VIF_GUEST, false },
        { 1, NULL, "guest", VIF_NETWORK, false },
        { 1, NULL, "network", VIF_NETWORK, false },
        { 1, MAC, "Network", VIF_GUEST, false },
        { 0xfffe, NULL, NULL, VIF_HOST, false },
        { 0xfffe, MAC, NULL, VIF_HOST, false },
        { 0xfffe, NULL, "network", VIF_HOST, false },
        { 0xfffe, MAC, "guest", VIF_HOST, false },
        /* A member of a bond is a network port, whatever else it says. */
        { 1, NULL, NULL, VIF_NETWORK, true },
        { 1, MAC, NULL, VIF_NETWORK, true },
        { 1, MAC, "guest", VIF_NETWORK, true },
        { 1, "zzz", NULL, VIF_NETWORK, true },
        { 1, NULL, "network", VIF_NETWORK, true },
    };
#undef MAC

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct vif vif = {
            .ofport = OFP_PORT_C(cases[i].ofport),
            .attached_mac = CONST_CAST(char *, cases[i].attached_mac),
            .role = CONST_CAST(char *, cases[i].role),
            .bond = { .is_member = cases[i].in_bond },
        };

        assert_string_equal(vif_role_to_string(vif_get_role(&vif)),
                            vif_role_to_string(cases[i].expected));
    }
    assert_string_equal(vif_role_to_string(VIF_GUEST), "guest");
    assert_string_equal(vif_role_to_string(VIF_HOST), "host");
    assert_string_equal(vif_role_to_string(VIF_NETWORK), "network");
}

/* What vswitchd makes is for the host, unless somebody else uses it. */
static void
test_internal(void **state OVS_UNUSED)
{
#define S(LITERAL) ((char[]) { LITERAL })
    const struct {
        struct vif vif;
        enum vif_role expected;
    } cases[] = {
        { { .type = S("internal") }, VIF_HOST },
        { { .type = S("tap") }, VIF_HOST },
        { { .type = S("patch") }, VIF_NETWORK },
        { { .type = S("internal"), .attached_mac = S("52:54:00:00:00:01") },
          VIF_GUEST },
        { { .type = S("internal"), .attached_mac = S("zzz") }, VIF_NETWORK },
        { { .type = S("internal"), .role = S("network") }, VIF_NETWORK },
        { { .type = S("internal"), .role = S("guest") }, VIF_NETWORK },
        { { .type = S("internal"), .iface_id = S("id") }, VIF_NETWORK },
        { { .type = S("internal"), .bond = { .is_member = true } },
          VIF_NETWORK },
        /* Others are behind it. */
        { { .type = S("internal"), .link = { .bridge = S("fwbr0") } },
          VIF_NETWORK },
        { { .type = S("internal"), .link = { .peer_bridge = S("lbr") } },
          VIF_HOST },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct vif vif = cases[i].vif;

        vif.ofport = OFP_PORT_C(1);
        assert_int_equal(vif_get_role(&vif), cases[i].expected);
        vif.ofport = OFPP_LOCAL;
        assert_int_equal(vif_get_role(&vif), VIF_HOST);
    }
#undef S
}

/* What leads to a guest's firewall of Proxmox's, and nothing that is only called
 * like it or leads to another Linux bridge. */
static void
test_firewall(void **state OVS_UNUSED)
{
    static const struct {
        const char *name, *type, *bridge, *peer_bridge;
        enum vif_kind expected;
    } cases[] = {
        { "fwln100o0", "internal", "fwbr100i0", NULL, VIF_KIND_FIREWALL },
        { "fwln100o0", "", NULL, "fwbr100i0", VIF_KIND_FIREWALL },
        { "fwln100o0", "internal", "fwbr100i1", NULL, VIF_KIND_ANY },
        { "fwln100o0", "internal", "fwbr100i01", NULL, VIF_KIND_ANY },
        { "fwln100o0", "internal", "virbr0", NULL, VIF_KIND_ANY },
        { "fwln100o0", "internal", NULL, NULL, VIF_KIND_ANY },
        { "fwln100o0", "patch", NULL, "fwbr100i0", VIF_KIND_ANY },
        { "fwln100o0x", "internal", "fwbr100i0", NULL, VIF_KIND_ANY },
        { "fwln100", "internal", "fwbr100i0", NULL, VIF_KIND_ANY },
        { "eth0", "", "fwbr100i0", NULL, VIF_KIND_ANY },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct vif vif = {
            .name = CONST_CAST(char *, cases[i].name),
            .type = CONST_CAST(char *, cases[i].type),
            .ofport = OFP_PORT_C(1),
            .link = {
                .bridge = CONST_CAST(char *, cases[i].bridge),
                .peer_bridge = CONST_CAST(char *, cases[i].peer_bridge),
            },
        };

        assert_int_equal(vif_get_kind(&vif), cases[i].expected);
        vif.ofport = OFPP_LOCAL;
        assert_int_equal(vif_get_kind(&vif), VIF_KIND_ANY);
    }
}

/* What an interface is follows from what the kernel or vswitchd know of it. */
static void
test_kind(void **state OVS_UNUSED)
{
    static const struct {
        const char *type, *driver, *link;
        bool elsewhere, idle;
        enum vif_kind expected;
    } cases[] = {
        { "", NULL, NULL, false, false, VIF_KIND_ANY },
        { NULL, "tun", NULL, false, false, VIF_KIND_TAP },
        { "", NULL, "tun", false, false, VIF_KIND_TAP },
        { "system", "tun", "tun", false, false, VIF_KIND_TAP },
        { "internal", "tun", NULL, false, false, VIF_KIND_ANY },
        { "tap", "tun", NULL, false, false, VIF_KIND_ANY },
        { "", "vif", "", false, false, VIF_KIND_XEN_VIF },
        { "", "e1000e", "", false, false, VIF_KIND_ANY },
        { "", "bonding", "bond", false, false, VIF_KIND_ANY },
        { "", "veth", "veth", false, false, VIF_KIND_ANY },
        { "", "veth", "veth", true, false, VIF_KIND_CONTAINER_VETH },
        { "", "veth", "veth", false, true, VIF_KIND_IDLE_VETH },
        { "patch", NULL, NULL, false, false, VIF_KIND_ANY },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct vif vif = {
            .ofport = OFP_PORT_C(1),
            .type = CONST_CAST(char *, cases[i].type),
            .driver = CONST_CAST(char *, cases[i].driver),
            .link = { .kind = CONST_CAST(char *, cases[i].link),
                      .idle = cases[i].idle,
                      .peer_is_elsewhere = cases[i].elsewhere },
        };

        assert_int_equal(vif_get_kind(&vif), cases[i].expected);
        vif.ofport = OFPP_LOCAL;
        assert_int_equal(vif_get_kind(&vif), VIF_KIND_ANY);
    }
    assert_null(vif_kind_to_string(VIF_KIND_ANY));
    assert_string_equal(vif_kind_to_string(VIF_KIND_TAP), "a tap");
}

static void
vif_init_full(struct vif *vif)
{
    vif_init(vif);
    vif->name = xstrdup("vnet0");
    vif->ofport = OFP_PORT_C(1);
    vif->mac_in_use.ea[5] = 1;
    vif->attached_mac = xstrdup("52:54:00:12:34:56");
    vif->iface_id = xstrdup("i");
    vif->vm_id = xstrdup("v");
    vif->iface_status = xstrdup("active");
    vif->portgroup = xstrdup("p");
    vif->role = xstrdup("guest");
    vif->isolated = xstrdup("true");
    vif->community = xstrdup("none");
    vif->shared = xstrdup("yes");
    vif->macs = xstrdup("52:54:00:12:34:57");
    vif->profile = xstrdup("q");
    vif->socket = xstrdup("/s");
    vif->guest.name = xstrdup("g1");
    vif->guest.network = xstrdup("net");
    vif->guest.portgroup = xstrdup("pg");
    vif->port = xstrdup("vnet0");
    vif->vlan.tag = 10;
    vlan_set_add(&vif->vlan.trunks, 20);
}

/* A copy is equal, and shares nothing; and every member counts. */
static void
test_value(void **state OVS_UNUSED)
{
    struct vif a, b;

    vif_init_full(&a);
    vif_clone(&b, &a);
    assert_true(vif_equals(&a, &b));

#define DIFFERS(MEMBER, VALUE) do {             \
        b.MEMBER = VALUE;                       \
        assert_false(vif_equals(&a, &b));       \
        assert_false(vif_equals(&b, &a));       \
        b.MEMBER = a.MEMBER;                    \
        assert_true(vif_equals(&a, &b));        \
    } while (0)
#define STRING_DIFFERS(MEMBER) do {             \
        char *saved = b.MEMBER;                 \
        assert_ptr_not_equal(saved, a.MEMBER);  \
        DIFFERS(MEMBER, NULL);                  \
        DIFFERS(MEMBER, CONST_CAST(char *, "x")); \
        b.MEMBER = saved;                       \
    } while (0)

    DIFFERS(row.parts[0], 1);
    DIFFERS(ofport, OFP_PORT_C(2));
    DIFFERS(mac_in_use.ea[5], 2);
    DIFFERS(vlan.tag, 11);
    DIFFERS(vlan_is_ours, true);
    DIFFERS(bond.is_member, true);
    DIFFERS(bond.mode, VIF_BALANCE_SLB);
    DIFFERS(bond.lacp, true);
    DIFFERS(bond.lacp_negotiated, true);
    DIFFERS(bond.lacp_fallback_ab, true);
    DIFFERS(bond.delays, true);
    DIFFERS(bond.rebalance_msec, 1);
    DIFFERS(bond.all_members_active, true);
    DIFFERS(bond.is_active, true);
    DIFFERS(no_carrier, true);
    DIFFERS(lacp_current, true);
    DIFFERS(is_mirror_output, true);
    DIFFERS(is_mirrored_to, true);
    DIFFERS(error, CONST_CAST(char *, "x"));
    STRING_DIFFERS(name);
    STRING_DIFFERS(attached_mac);
    STRING_DIFFERS(iface_id);
    STRING_DIFFERS(vm_id);
    STRING_DIFFERS(iface_status);
    STRING_DIFFERS(portgroup);
    STRING_DIFFERS(role);
    STRING_DIFFERS(isolated);
    STRING_DIFFERS(community);
    STRING_DIFFERS(shared);
    STRING_DIFFERS(macs);
    STRING_DIFFERS(port);
    STRING_DIFFERS(profile);
    STRING_DIFFERS(socket);
    STRING_DIFFERS(guest.name);
    STRING_DIFFERS(guest.network);
    STRING_DIFFERS(guest.portgroup);
    DIFFERS(guest.is_libvirts, true);
    DIFFERS(guest.state, DOMAIN_PAUSED);
    DIFFERS(guest.link_down, true);
    DIFFERS(guest.has_vlan, true);
    DIFFERS(guest.vlan.tag, 12);
    DIFFERS(vlan_is_kept, true);

    vlan_set_add(&b.vlan.trunks, 30);
    assert_false(vif_equals(&a, &b));
    vif_uninit(&a);
    vif_uninit(&b);

    vif_init(&a);
    assert_int_equal(a.ofport, OFPP_NONE);
    vif_uninit(&a);
}

/* By which patch ports a bridge is known for one of Neutron's. */
static void
test_neutron(void **state OVS_UNUSED)
{
    static const struct {
        const char *name, *peer;
        bool is;
    } cases[] = {
        { "int-br-ex", "phy-br-ex", true },
        { "phy-br-ex", "int-br-ex", true },
        { "patch-tun", "patch-int", true },
        { "patch-int", "patch-tun", true },
        { "int-br-ex", "phy-br-ey", false },
        { "int-br-ex", "int-br-ex", false },
        { "int-br-ex", NULL, false },
        { "patch-tun", "patch-tun", false },
        { "to-br1", "to-br0", false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct vif vif = {
            .name = CONST_CAST(char *, cases[i].name),
            .peer = CONST_CAST(char *, cases[i].peer),
        };

        assert_int_equal(vif_is_neutrons(&vif), cases[i].is);
    }
}

/* Returns whether OVN has bridge 'name' where external_ids are the pairs of
 * 'ids', up to a null pointer. */
static bool
is_ovns(const char *name, const char *const *ids)
{
    struct smap map = SMAP_INITIALIZER(&map);
    struct bridge_row row = { .name = CONST_CAST(char *, name) };

    for (; ids[0]; ids += 2) {
        smap_add(&map, ids[0], ids[1]);
    }
    bridge_row_set_root(&row, &map, NULL);
    smap_destroy(&map);
    return row.is_ovns;
}

static void
test_ovn(void **state OVS_UNUSED)
{
#define IDS(...) ((const char *[]) { __VA_ARGS__, NULL })
    assert_true(is_ovns("br-int", IDS("ovn-remote", "tcp:1")));
    assert_false(is_ovns("br0", IDS("ovn-remote", "tcp:1")));
    assert_false(is_ovns("br-int", IDS("ovn-encap-ip", "1")));
    assert_true(is_ovns("br0", IDS("ovn-bridge", "br0")));
    assert_false(is_ovns("br-int", IDS("ovn-bridge", "br0",
                                       "ovn-remote", "tcp:1")));
    assert_true(is_ovns("br1", IDS("system-id", "a", "ovn-bridge-a", "br1",
                                   "ovn-bridge", "br0")));
    assert_true(is_ovns("br-int", IDS("system-id", "a", "ovn-remote-a", "x")));
    assert_false(is_ovns("br-int", IDS("system-id", "a", "ovn-remote-b",
                                       "x")));
#undef IDS
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_neutron),
        cmocka_unit_test(test_ovn),
        cmocka_unit_test(test_attached_mac),
        cmocka_unit_test(test_role),
        cmocka_unit_test(test_internal),
        cmocka_unit_test(test_firewall),
        cmocka_unit_test(test_kind),
        cmocka_unit_test(test_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
