/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/host/vif.h"
#include "lib/model/model.h"
#include "lib/model/vport.h"
#include "openvswitch/dynamic-string.h"
#include "tests/unit/model-text.h"
#include "util.h"

/* What libvirt, and what definitions, say of guests. */

#define CC(STRING) CONST_CAST(char *, STRING)
#define MAC "52:54:00:00:00:01"

static struct model_text m;

#define ASKS "<metadata><vn:network xmlns:vn='urn:ovs-virtnet:1' " \
             "macTableManager='libvirt'/></metadata>"

/* What else libvirt knows of a guest. */
static void
test_guest(void **state OVS_UNUSED)
{
    const struct {
        struct vif_guest guest;
        int row_tag;            /* 0 for none. */
        enum model_verdict verdict;
        bool active, paused;
        const char *diags;
    } cases[] = {
        /* The first is without carrier. */
        { { .name = CC("g1"), .network = CC("a") }, 0,
          MODEL_WIRED, true, false, "" },
        { { .name = CC("g1"), .network = CC("a") }, 0,
          MODEL_WIRED, true, false, "" },
        { { .name = CC("g1"), .state = DOMAIN_PAUSED }, 0,
          MODEL_WIRED, true, true, "" },
        { { .name = CC("g1"), .state = DOMAIN_MIGRATING }, 0,
          MODEL_WIRED, false, false, "" },
        { { .name = CC("g1"), .link_down = true }, 0,
          MODEL_SKIPPED, false, false,
          "note: p: guest 'g1' has its link down, so nothing is delivered to "
          "it or taken from it\n" },
        { { .name = CC("g1"), .has_vlan = true, .vlan = { .tag = 42 } }, 0,
          MODEL_WIRED, true, false,
          "warning: p: libvirt has guest 'g1' in tag=42, but the database has "
          "it elsewhere; kept there\n" },
        { { .name = CC("g1"), .has_vlan = true, .vlan = { .tag = 42 } }, 42,
          MODEL_WIRED, true, false, "" },
        /* A row that somebody has left behind. */
        { { .name = CC("g1") }, 42, MODEL_WIRED, true, false,
          "note: p: libvirt has guest 'g1' in no VLAN of its own, but the "
          "database has it in tag=42: plug it anew, or set the columns of its "
          "Port row\n" },
        { { .name = CC("g1"), .has_vlan = true, .vlan = { .tag = 42 } }, 43,
          MODEL_WIRED, true, false,
          "error: p: libvirt has guest 'g1' in tag=42, but the database has "
          "it in tag=43: plug it anew, or set the columns of its Port "
          "row\n" },
        { { .name = CC("g1"), .network = CC("gone") }, 0,
          MODEL_WIRED, true, false,
          "note: p: guest 'g1' is in network 'gone', which this bridge has "
          "not\n" },
        { { .name = CC("g1"), .network = CC("a"), .portgroup = CC("gold") }, 0,
          MODEL_WIRED, true, false,
          "warning: p: no network of this bridge has a portgroup 'gold', so "
          "the port is in no VLAN\n" },
    };

    model_text_init(&m, NET("a", ASKS), NULL, true);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct vif vif = {
            .name = CC("p"), .ofport = OFP_PORT_C(1), .attached_mac = CC(MAC),
            .iface_id = CC("i"),
            .vlan = { .tag = cases[i].row_tag ? cases[i].row_tag : -1 },
            .guest = cases[i].guest,
            .no_carrier = i == 0,
        };
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        struct ds s = DS_EMPTY_INITIALIZER;
        struct vport vport;

        if (!vif.guest.has_vlan) {
            vif.guest.vlan.tag = -1;
        }
        assert_int_equal(model_port(&m.bridge, &vif, &vport, &diags),
                         cases[i].verdict);
        if (cases[i].verdict != MODEL_SKIPPED) {
            assert_int_equal(vport.active, cases[i].active);
            assert_int_equal(vport.paused, cases[i].paused);
            assert_int_equal(vport_get_mac(&vport, 0).kind,
                             i == 0 ? CLAIM_DOWN
                             : cases[i].paused ? CLAIM_PAUSED
                             : CLAIM_ATTACHED);
            vport_uninit(&vport);
        }
        diag_list_format(&s, &diags);
        assert_string_equal(ds_cstr(&s), cases[i].diags);
        ds_destroy(&s);
        diag_list_uninit(&diags);
    }
    model_text_uninit(&m);
}

/* Who is to wait for a VLAN, and who not. */
static void
test_await_vlan(void **state OVS_UNUSED)
{
#define AWAIT(ATTR, GROUP)                                                    \
    "<network><name>a</name><metadata>"                                       \
    "<vn:network xmlns:vn='urn:ovs-virtnet:1'"ATTR">"                         \
    "<vn:portgroup name='pg'"GROUP"/></vn:network></metadata>"                \
    "<bridge name='br0' macTableManager='libvirt'/>"                          \
    "<portgroup name='pg'/>"PORTGROUP("ten", "", "10")"</network>"
#define YES " awaitVlan='yes'"
#define NO " awaitVlan='no'"
    static const struct {
        const char *xml, *portgroup, *mac;
        int tag;
        bool nowhere;
    } cases[] = {
        { AWAIT("", ""), NULL, MAC, -1, false },
        { AWAIT(YES, ""), NULL, MAC, -1, true },
        { AWAIT(YES, ""), NULL, NULL, -1, false },
        { AWAIT(YES, ""), NULL, MAC, 20, false },
        { AWAIT(YES, ""), "pg", MAC, -1, true },
        { AWAIT(YES, NO), "pg", MAC, -1, false },
        { AWAIT("", YES), "pg", MAC, -1, true },
        { AWAIT("", YES), NULL, MAC, -1, false },
        { AWAIT(YES, ""), "ten", MAC, -1, false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct vif vif;

        vif_init(&vif);
        vif.name = xstrdup("tap0");
        vif.ofport = 1;
        vif.attached_mac = nullable_xstrdup(cases[i].mac);
        vif.portgroup = nullable_xstrdup(cases[i].portgroup);
        vif.vlan.tag = cases[i].tag;
        model_text_init(&m, cases[i].xml, NULL, false);
        assert_int_equal(model_is_nowhere(&m.bridge, &vif), cases[i].nowhere);
        model_text_uninit(&m);
        vif_uninit(&vif);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guest),
        cmocka_unit_test(test_await_vlan),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
