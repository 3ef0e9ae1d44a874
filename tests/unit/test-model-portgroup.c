/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "lib/host/vif.h"
#include "lib/model/model.h"
#include "lib/model/port-policy.h"
#include "lib/model/vport.h"
#include "openvswitch/dynamic-string.h"
#include "tests/unit/model-text.h"
#include "util.h"

#define CC(STRING) CONST_CAST(char *, STRING)
#define MAC "52:54:00:00:00:01"

static struct model_text m;

#define A NET("a", PORTGROUP("one", "", "1") PORTGROUP("two", "", "2")      \
              PORTGROUP("three", "", "3")                                   \
              PORTGROUP("default", " default='yes'", "9"))
#define B NET("b", PORTGROUP("two", "", "22") PORTGROUP("four", "", "4"))

/* external_ids:virtnet-portgroup, external_ids:port-profile, libvirt, the
 * default. */
static void
test_precedence(void **state OVS_UNUSED)
{
    const struct {
        const char *portgroup, *profile, *libvirts, *network;
        bool guest, one_network;
        const char *expected;   /* Null for none. */
    } cases[] = {
        { "one", "two", "three", "a", true, true, "one" },
        { NULL, "two", "three", "a", true, true, "two" },
        { NULL, NULL, "three", "a", true, true, "three" },
        { NULL, NULL, NULL, "a", true, true, "default" },
        { NULL, NULL, NULL, NULL, true, true, "default" },
        /* A profile that is no portgroup says nothing. */
        { NULL, "gold", "three", "a", true, true, "three" },
        { NULL, "gold", NULL, NULL, true, true, "default" },
        /* But who asks for what is not there gets nothing. */
        { "gold", "two", "three", "a", true, true, NULL },
        { NULL, NULL, "gold", "a", true, true, NULL },
        /* An uplink is in no portgroup by default. */
        { NULL, NULL, NULL, NULL, false, true, NULL },
        { "one", NULL, NULL, NULL, false, true, "one" },

        /* Two networks on one bridge: libvirt knows which of them it is. */
        { NULL, NULL, "two", "a", true, false, "two" },
        { NULL, NULL, "two", "b", true, false, "two of b" },
        { NULL, NULL, NULL, "a", true, false, "default" },
        { NULL, NULL, NULL, "b", true, false, NULL },
        { NULL, NULL, NULL, NULL, true, false, NULL },
        { "four", NULL, NULL, "a", true, false, "four of b" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct vif vif = {
            .name = CC("p"),
            .attached_mac = CC(cases[i].guest ? MAC : NULL),
            .portgroup = CC(cases[i].portgroup),
            .profile = CC(cases[i].profile),
            .guest = {
                .name = CC("g1"),
                .portgroup = CC(cases[i].libvirts),
                .network = CC(cases[i].network),
            },
        };
        const struct netdef *network = NULL;
        const struct portgroup *pg;
        char *found = NULL;

        model_text_init(&m, A, cases[i].one_network ? NULL : B, false);
        pg = model_find_portgroup(&m.bridge, &vif, &network);
        if (pg) {
            found = xasprintf("%s%s", pg->name,
                              network == m.netdefs[1] ? " of b" : "");
        }
        if (!nullable_string_is_equal(found, cases[i].expected)) {
            fail_msg("case %"PRIuSIZE": %s, expected %s", i,
                     found ? found : "none",
                     cases[i].expected ? cases[i].expected : "none");
        }
        free(found);
        model_text_uninit(&m);
    }
}

/* Returns what is to be written into table Port for 'vif': a tag, -1 for no
 * VLAN at all, -2 for nothing. */
static int
wanted_tag(const struct vif *vif)
{
    struct port_vlan vlan;
    int tag = -2;

    if (model_port_vlan(&m.bridge, vif, &vlan)) {
        tag = vlan.tag;
        port_vlan_uninit(&vlan);
    }
    return tag;
}

/* Where the definition is libvirt's, so are the VLANs. */
static void
test_libvirts(void **state OVS_UNUSED)
{
    struct vif vif = {
        .name = CC("p"), .attached_mac = CC(MAC), .vlan = { .tag = -1 },
        .guest = { .name = CC("g1"), .network = CC("a"), .is_libvirts = true,
                   .portgroup = CC("one"), .vlan = { .tag = -1 } },
    };

    model_text_init(&m, A, NULL, false);
    assert_int_equal(wanted_tag(&vif), 1);
    vif.guest.portgroup = NULL;
    assert_int_equal(wanted_tag(&vif), 9);
    model_text_uninit(&m);

    model_text_init(&m, A, NULL, true);
    assert_int_equal(wanted_tag(&vif), -2);
    vif.guest.portgroup = CC("one");
    assert_int_equal(wanted_tag(&vif), -2);
    vif.portgroup = CC("two");
    assert_int_equal(wanted_tag(&vif), 2);

    /* A guest file is nobody's who plugs ports. */
    vif.portgroup = NULL;
    vif.guest.is_libvirts = false;
    assert_int_equal(wanted_tag(&vif), 1);
    model_text_uninit(&m);
}

/* A network's own VLAN is for its guests, and not for those that ask for a
 * portgroup that there is not. */
static void
test_network_vlan(void **state OVS_UNUSED)
{
    const char *xml = NET("a", "<vlan><tag id='42'/></vlan>"
                          "<portgroup name='one'/>" PORTGROUP("two", "", "2"));
    struct vif vif = {
        .name = CC("p"), .attached_mac = CC(MAC), .vlan = { .tag = -1 },
        .guest = { .vlan = { .tag = -1 } },
    };
    struct vif uplink = {
        .name = CC("eth0"), .vlan = { .tag = -1 },
        .guest = { .vlan = { .tag = -1 } },
    };

    model_text_init(&m, xml, NULL, false);
    assert_int_equal(wanted_tag(&vif), 42);
    assert_int_equal(wanted_tag(&uplink), -2);
    vif.portgroup = CC("one");
    assert_int_equal(wanted_tag(&vif), 42);
    vif.portgroup = CC("two");
    assert_int_equal(wanted_tag(&vif), 2);
    vif.portgroup = CC("gold");
    assert_int_equal(wanted_tag(&vif), -2);
    vif.portgroup = NULL;
    vif.vlan.tag = 7;
    assert_int_equal(wanted_tag(&vif), -2);
    model_text_uninit(&m);

    /* In a network of libvirt's it is libvirt that writes it, if it was
     * libvirt that plugged the port into it; nobody does if the port was
     * plugged otherwise, be it of a guest that libvirt knows or not.  Of two
     * networks it may be in either. */
    vif.vlan.tag = -1;
    model_text_init(&m, xml, NULL, true);
    assert_int_equal(wanted_tag(&vif), 42);
    vif.guest.unknown = true;
    assert_int_equal(wanted_tag(&vif), 42);
    vif.guest.unknown = false;
    vif.guest.name = CC("g1");
    assert_int_equal(wanted_tag(&vif), 42);
    vif.guest.network = CC("a");
    vif.guest.is_libvirts = true;
    assert_int_equal(wanted_tag(&vif), -2);
    vif.guest.name = vif.guest.network = NULL;
    vif.profile = CC("two");
    assert_int_equal(wanted_tag(&vif), 2);
    vif.profile = NULL;
    model_text_uninit(&m);
    model_text_init(&m, xml, B, false);
    assert_int_equal(wanted_tag(&vif), -2);
    model_text_uninit(&m);
}

/* Returns the VLANs that 'vif' is in, as text. */
static char *
vlans_in(const struct vif *vif)
{
    struct port_vlan_effect effect;
    struct ds s = DS_EMPTY_INITIALIZER;

    assert_true(model_port_vlan_effect(&m.bridge, vif, &effect));
    vlan_set_format(&s, &effect.members);
    ds_put_format(&s, " in=%d out=%d%s", effect.untagged_in,
                  effect.untagged_out, effect.tagged_in ? " tagged" : "");
    port_vlan_effect_uninit(&effect);
    return ds_steal_cstr(&s);
}

/* A port is in the VLANs that it is to have from when it is there, whether its
 * row has them already or not, and never in all because nobody knows which. */
static void
test_vlans_at_plug(void **state OVS_UNUSED)
{
    const char *xml = NET("a", PORTGROUP("two", "", "2")
                          "<portgroup name='bare'/>");
    const struct {
        const char *portgroup, *profile, *libvirts, *network;
        int tag;
        bool ours;
        const char *vlans;
        int wanted;
    } cases[] = {
        { "two", NULL, NULL, NULL, -1, false, "2 in=2 out=2", 2 },
        { NULL, "two", NULL, NULL, -1, false, "2 in=2 out=2", 2 },
        { NULL, NULL, "two", "a", -1, false, "2 in=2 out=2", 2 },
        /* The portgroup has got another VLAN. */
        { "two", NULL, NULL, NULL, 7, true, "2 in=2 out=2", 2 },
        { "two", NULL, NULL, NULL, 2, true, "2 in=2 out=2", -2 },
        /* The row is not ours. */
        { "two", NULL, NULL, NULL, 7, false, "7 in=7 out=7", -2 },
        { "bare", NULL, NULL, NULL, -1, false, "0-4095 in=0 out=-1 tagged",
          -2 },
        /* Its VLANs are to go: not before they are gone from the row. */
        { "bare", NULL, NULL, NULL, 7, true, "7 in=7 out=7", -1 },
        /* There is no such portgroup, or not yet, or not any more. */
        { "gold", NULL, NULL, NULL, -1, false, " in=-1 out=-1", -2 },
        { NULL, NULL, "gold", "a", -1, false, " in=-1 out=-1", -2 },
        { "gold", NULL, NULL, NULL, 7, true, "7 in=7 out=7", -2 },
        { "gold", NULL, NULL, NULL, 7, false, "7 in=7 out=7", -2 },
        /* libvirt has it in a network of another bridge, or in none. */
        { NULL, NULL, "gold", "b", -1, false, "0-4095 in=0 out=-1 tagged",
          -2 },
        { NULL, "gold", NULL, "b", -1, false, "0-4095 in=0 out=-1 tagged",
          -2 },
        /* A profile is free text, but here it is likely to be a portgroup. */
        { NULL, "gold", NULL, NULL, -1, false, " in=-1 out=-1", -2 },
        { NULL, "gold", NULL, NULL, 7, true, "7 in=7 out=7", -2 },
    };

    model_text_init(&m, xml, NULL, false);
    m.bridge.mode = MAC_TABLE_LIBVIRT;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct vif vif = {
            .name = CC("p"), .attached_mac = CC(MAC),
            .portgroup = CC(cases[i].portgroup),
            .profile = CC(cases[i].profile),
            .vlan = { .tag = cases[i].tag }, .vlan_is_ours = cases[i].ours,
            .guest = { .portgroup = CC(cases[i].libvirts),
                       .network = CC(cases[i].network),
                       .is_libvirts = cases[i].network != NULL,
                       .vlan = { .tag = -1 } },
        };
        char *vlans = vlans_in(&vif);

        if (strcmp(vlans, cases[i].vlans)
            || wanted_tag(&vif) != cases[i].wanted) {
            fail_msg("case %"PRIuSIZE": in VLANs %s, row %d", i, vlans,
                     wanted_tag(&vif));
        }
        free(vlans);
    }

    /* Where there are no portgroups, or VLANs by another way, it is not. */
    const struct vif profiled = {
        .name = CC("p"), .attached_mac = CC(MAC), .profile = CC("gold"),
        .vlan = { .tag = -1 }, .guest = { .vlan = { .tag = -1 } },
    };
    const char *const ways[] = {
        NET("a", ""), NET("a", "<vlan><tag id='5'/></vlan>"
                          PORTGROUP("two", "", "2")),
        NET("a", PORTGROUP("two", " default='yes'", "2")),
    };

    for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
        model_text_uninit(&m);
        model_text_init(&m, ways[i], NULL, false);
        m.bridge.mode = MAC_TABLE_LIBVIRT;
        assert_false(model_is_nowhere(&m.bridge, &profiled));
    }
    model_text_uninit(&m);
    model_text_init(&m, xml, NULL, false);

    /* A guest may be one by its kind alone. */
    const struct vif tap = {
        .name = CC("p"), .driver = CC("tun"), .profile = CC("gold"),
        .vlan = { .tag = -1 }, .guest = { .vlan = { .tag = -1 } },
    };
    m.bridge.mode = MAC_TABLE_LIBVIRT;
    assert_true(model_is_nowhere(&m.bridge, &profiled));
    assert_true(model_is_nowhere(&m.bridge, &tap));

    /* NORMAL serves it by its row, whatever it asks for. */
    const struct vif gold = {
        .name = CC("p"), .portgroup = CC("gold"), .vlan = { .tag = -1 },
        .guest = { .vlan = { .tag = -1 } },
    };
    m.bridge.mode = MAC_TABLE_KERNEL;
    assert_false(model_is_nowhere(&m.bridge, &gold));
    m.bridge.incomplete = true;
    assert_true(model_is_nowhere(&m.bridge, &gold));
    model_text_uninit(&m);
}

#define ASKS "<metadata><vn:network xmlns:vn='urn:ovs-virtnet:1' " \
             "macTableManager='libvirt'/></metadata>"

#define KEPT "warning: p: libvirt has guest 'g1' in tag=42, but the database " \
             "has it elsewhere; kept there\n"

/* VLANs that libvirt has lost. */
static void
test_lost_vlan(void **state OVS_UNUSED)
{
    const struct {
        int row;                /* Tag in table Port. */
        bool ours, kept;
        bool known;             /* Does libvirt know the guest? */
        int libvirts;           /* Its tag there, or -1. */
        int in;                 /* VLAN that the port is in, or -1: all. */
        int wanted;             /* As from wanted_tag(). */
        const char *diags;
    } cases[] = {
        { 42, false, false, true, 42, 42, -2, "" },
        { -1, false, false, true, -1, -1, -2, "" },
        /* Cleared by update-device, put back, cleared again. */
        { -1, false, false, true, 42, 42, 42,
          KEPT },
        { 42, true, true, true, 42, 42, -2, "" },
        { -1, true, true, true, 42, 42, 42,
          KEPT },
        /* Then libvirt is told of another VLAN, or of none. */
        { 7, true, true, true, 42, 42, 42, KEPT },
        { 42, true, true, true, -1, 42, -1, "" },
        { -1, true, true, true, -1, -1, -1, "" },
        /* Or it cannot be asked. */
        { 42, true, true, false, -1, 42, -2, "" },
        { -1, false, false, false, -1, -1, -2, "" },
        /* Somebody else's doing. */
        { 7, false, false, true, 42, 7, -2,
          "error: p: libvirt has guest 'g1' in tag=42, but the database has "
          "it in tag=7: plug it anew, or set the columns of its Port row\n" },
    };

    model_text_init(&m, NET("a", ASKS), NULL, true);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct vif vif = {
            .name = CC("p"),
            .ofport = OFP_PORT_C(1),
            .attached_mac = CC(MAC),
            .vlan = { .tag = cases[i].row },
            .vlan_is_ours = cases[i].ours,
            .vlan_is_kept = cases[i].kept,
            .guest = {
                .name = CC(cases[i].known ? "g1" : NULL),
                .has_vlan = cases[i].libvirts >= 0,
                .vlan = { .tag = cases[i].libvirts },
            },
        };
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        struct ds s = DS_EMPTY_INITIALIZER;
        struct vport vport;

        assert_int_equal(wanted_tag(&vif), cases[i].wanted);
        assert_int_equal(model_port(&m.bridge, &vif, &vport, &diags),
                         MODEL_WIRED);
        assert_int_equal(vport.vlan.untagged_in, MAX(cases[i].in, 0));
        assert_int_equal(vport.vlan.tagged_in, cases[i].in < 0);
        diag_list_format(&s, &diags);
        assert_string_equal(ds_cstr(&s), cases[i].diags);
        ds_destroy(&s);
        diag_list_uninit(&diags);
        vport_uninit(&vport);
    }
    model_text_uninit(&m);

    /* On a bridge that nobody asks anything of, nothing is put back. */
    const struct vif vif = {
        .name = CC("p"), .attached_mac = CC(MAC), .vlan = { .tag = -1 },
        .guest = { .name = CC("g1"), .has_vlan = true,
                   .vlan = { .tag = 42 } },
    };
    model_text_init(&m, NET("a", ""), NULL, true);
    assert_int_equal(wanted_tag(&vif), -2);
    model_text_uninit(&m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_precedence),
        cmocka_unit_test(test_libvirts),
        cmocka_unit_test(test_network_vlan),
        cmocka_unit_test(test_vlans_at_plug),
        cmocka_unit_test(test_lost_vlan),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
