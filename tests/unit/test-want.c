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
#include "lib/base/diag.h"
#include "lib/host/bridge-row.h"
#include "lib/host/ports-json.h"
#include "lib/model/model.h"
#include "lib/model/vport.h"
#include "lib/openflow/plan.h"
#include "lib/rows/want.h"
#include "lib/tell/translation.h"
#include "lib/xml/netdef.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

#define S(LITERAL) ((char[]) { LITERAL })
#define NETWORK(NAME, BRIDGE, REST)                                     \
    "<network><name>" NAME "</name>" BRIDGE                             \
    "<virtualport type='openvswitch'/>" REST "</network>"
#define BR0(MODE) "<bridge name='br0' macTableManager='" MODE "'/>"
#define ISOLATED "<port isolated='yes'/>"

/* Definitions, all of which are good. */
struct defs {
    struct netdef *defs[4];
    size_t n;
};

static void
defs_add(struct defs *defs, const char *xml)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct netdef *netdef = netdef_from_xml(xml, strlen(xml), "net.xml",
                                            &diags);

    assert_non_null(netdef);
    assert_int_equal(diags.n, 0);
    defs->defs[defs->n++] = netdef;
    diag_list_uninit(&diags);
}

static const struct netdef *const *
defs_get(const struct defs *defs)
{
    return (const struct netdef *const *) defs->defs;
}

static void
defs_uninit(struct defs *defs)
{
    for (size_t i = 0; i < defs->n; i++) {
        netdef_destroy(defs->defs[i]);
    }
}

/* 'changes' are 'lines', a line for each.  Empties them. */
static void
assert_changes(struct row_changes *changes, const char *lines)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < changes->n; i++) {
        row_change_format(&s, &changes->changes[i]);
        ds_put_char(&s, '\n');
    }
    assert_string_equal(ds_cstr(&s), lines);
    ds_destroy(&s);
    row_changes_uninit(changes);
}

static struct bridge_model
model_of(const struct bridge_row *row, const struct defs *defs)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct bridge_model model;

    bridge_model_init(&model, row, defs_get(defs), defs->n, &diags);
    diag_list_uninit(&diags);
    return model;
}

/* Column protected of a guest's port: by where the bridge is on the way from
 * one mode to the other. */
static void
test_phases(void **state OVS_UNUSED)
{
    static const struct {
        struct rows_phase phase;
        bool has_network, isolated;
        char has;               /* '-': not protected, 'o': by us, 's': by
                                 * somebody else. */
        const char *change;
    } cases[] = {
        /* Kernel mode. */
        { { .complete = true }, true, true, '-', "protected" },
        { { .complete = true }, true, true, 'o', NULL },
        { { .complete = true }, true, true, 's', NULL },
        { { .complete = true }, true, false, '-', NULL },
        { { .complete = true }, true, false, 'o', "not protected" },
        { { .complete = true }, true, false, 's', NULL },
        /* To libvirt mode: it stays until the flows are in. */
        { { .complete = true, .exact = true }, true, true, 'o', NULL },
        { { .complete = true, .exact = true }, true, true, '-', NULL },
        { { .complete = true, .exact = true, .isolating = true },
          true, true, 'o', "not protected" },
        { { .complete = true, .exact = true, .isolating = true },
          true, true, '-', NULL },
        /* Back: the flows stay until it is protected. */
        { { .complete = true, .isolating = true }, true, true, '-',
          "protected" },
        /* Definitions that cannot be read, with and without others. */
        { { .complete = false }, false, false, 'o', NULL },
        { { .complete = false }, false, true, '-', NULL },
        { { .complete = false }, true, true, '-', "protected" },
        { { .complete = false }, true, false, 'o', "not protected" },
        /* Networks that disagree. */
        { { .complete = true, .undecided = true }, true, true, '-', NULL },
        { { .complete = true, .undecided = true }, true, false, 'o', NULL },
    };
    struct bridge_row row = { .name = S("br0") };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct row_changes changes = ROW_CHANGES_INITIALIZER;
        struct vport vport = { .name = S("g1"), .role = VIF_GUEST };
        struct defs defs = { .n = 0 };
        struct vif vif;

        if (cases[i].has_network) {
            defs_add(&defs, NETWORK("net", BR0("kernel"), ""));
        }
        struct bridge_model model = model_of(&row, &defs);
        struct rows_bridge rb = {
            .row = &row, .model = &model, .phase = cases[i].phase,
        };

        vif_init(&vif);
        vif.name = S("g1");
        vif.port = S("p1");
        vif.ofport = u16_to_ofp(1);
        vif.is_protected = cases[i].has != '-';
        vif.protected_is_ours = cases[i].has == 'o';
        vport.isolated = cases[i].isolated;
        rows_want_port(&changes, &rb, &vif, &vport);

        char *lines = (cases[i].change
                       ? xasprintf("port p1: %s\n", cases[i].change)
                       : xstrdup(""));
        assert_changes(&changes, lines);
        free(lines);

        /* What vswitchd could not add, or not yet, is left alone. */
        vif.error = S("no such device");
        rows_want_port(&changes, &rb, &vif, NULL);
        vif.error = NULL;
        vif.ofport = OFPP_NONE;
        rows_want_port(&changes, &rb, &vif, NULL);
        assert_changes(&changes, "");
        bridge_model_uninit(&model);
        defs_uninit(&defs);
    }
}

/* Guests take no part in a spanning tree, in libvirt mode. */
static void
test_stp(void **state OVS_UNUSED)
{
    const struct rows_phase exact = { .complete = true, .exact = true };
    const struct rows_phase kernel = { .complete = true };
    const struct port_stp nothing = { .stp = NULL };
    const struct port_stp ours = {
        .stp = S("false"), .rstp = S("false"),
        .mark = S("rstp-enable stp-enable"),
    };
    const struct port_stp theirs = { .stp = S("true"), .rstp = S("true") };
    const struct port_stp half = { .stp = S("true") };
    const struct port_stp changed = {
        .stp = S("true"), .mark = S("rstp-enable stp-enable"),
    };
    const struct {
        struct rows_phase phase;
        bool stp, rstp;
        enum vif_role role;
        const struct port_stp *has;
        const char *change;
    } cases[] = {
        { exact, false, false, VIF_GUEST, &nothing, NULL },
        { exact, true, false, VIF_GUEST, &nothing, "not in" },
        { exact, false, true, VIF_GUEST, &nothing, "not in" },
        { exact, true, false, VIF_NETWORK, &nothing, NULL },
        { exact, true, false, VIF_HOST, &nothing, NULL },
        { kernel, true, false, VIF_GUEST, &nothing, NULL },
        /* Once is enough, whatever has become of it. */
        { exact, true, false, VIF_GUEST, &ours, NULL },
        { exact, true, false, VIF_GUEST, &changed, NULL },
        { exact, true, false, VIF_GUEST, &theirs, NULL },
        { exact, true, false, VIF_GUEST, &half, "not in" },
        /* Taken back. */
        { exact, false, false, VIF_GUEST, &ours, "in again" },
        { exact, true, false, VIF_NETWORK, &ours, "in again" },
        { kernel, true, false, VIF_GUEST, &ours, "in again" },
        { kernel, true, false, VIF_GUEST, &changed, "in again" },
        { kernel, true, false, VIF_GUEST, &theirs, NULL },
        /* As it is, as long as it is not known what it should be. */
        { { .exact = true }, true, false, VIF_GUEST, &nothing, NULL },
        { { .exact = false }, true, false, VIF_GUEST, &ours, NULL },
        { { .complete = true, .undecided = true }, true, false, VIF_GUEST,
          &ours, NULL },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct row_changes changes = ROW_CHANGES_INITIALIZER;
        struct vport vport = { .name = S("g1"), .role = cases[i].role };
        struct bridge_row row = {
            .name = S("br0"), .stp_enable = cases[i].stp,
            .rstp_enable = cases[i].rstp,
        };
        struct defs defs = { .n = 0 };
        struct bridge_model model = model_of(&row, &defs);
        struct rows_bridge rb = {
            .row = &row, .model = &model, .phase = cases[i].phase,
        };
        const char *change = cases[i].change;
        struct vif vif;

        vif_init(&vif);
        vif.name = vif.port = S("g1");
        vif.ofport = u16_to_ofp(1);
        vif.stp = *cases[i].has;
        rows_want_port(&changes, &rb, &vif, &vport);
        assert_changes(&changes, (!change ? ""
                                  : !strcmp(change, "not in")
                                  ? "port g1: not in the spanning tree\n"
                                  : "port g1: in the spanning tree again\n"));

        /* What was meant to be a guest. */
        vif.attached_mac = S("52:54:00");
        rows_want_port(&changes, &rb, &vif, NULL);
        assert_int_equal(changes.n, (change && cases[i].role == VIF_GUEST)
                         || (cases[i].role != VIF_GUEST && cases[i].stp
                             && cases[i].has == &nothing));
        row_changes_uninit(&changes);
        bridge_model_uninit(&model);
        defs_uninit(&defs);
    }
}

/* So does a port that was meant to be a guest's and is not wired. */
static void
test_stp_meant(void **state OVS_UNUSED)
{
    const struct {
        struct vif vif;
        bool leaves;
    } cases[] = {
        { { .iface_id = S("i") }, true },
        { { .role = S("gest") }, true },
        { { .driver = S("tun") }, true },
        { { .role = S("network"), .driver = S("tun") }, false },
        { { .ofport = OFPP_LOCAL, .iface_id = S("i") }, false },
        { { .bond.is_member = true, .attached_mac = S("52:54") }, false },
        { { .is_mirror_output = true, .iface_id = S("i") }, false },
    };
    struct bridge_row row = { .name = S("br0"), .rstp_enable = true };
    struct defs defs = { .n = 0 };

    defs_add(&defs, NETWORK("net", BR0("libvirt"),
                            "<metadata><n:network xmlns:n='urn:ovs-virtnet:1'"
                            " unknownPorts='drop'/></metadata>"));
    struct bridge_model model = model_of(&row, &defs);
    const struct rows_bridge rb = {
        .row = &row, .model = &model,
        .phase = { .complete = true, .exact = true },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct row_changes changes = ROW_CHANGES_INITIALIZER;
        struct vif vif = cases[i].vif;

        vif.name = vif.port = S("p");
        vif.vlan.tag = PORT_VLAN_NO_TAG;
        vif.ofport = vif.ofport ? vif.ofport : u16_to_ofp(1);
        rows_want_port(&changes, &rb, &vif, NULL);
        assert_changes(&changes, cases[i].leaves
                       ? "port p: not in the spanning tree\n" : "");
    }
    bridge_model_uninit(&model);
    defs_uninit(&defs);
}

/* A portgroup that is not known may be in a file that cannot be read. */
static void
test_portgroup(void **state OVS_UNUSED)
{
    struct row_changes changes = ROW_CHANGES_INITIALIZER;
    struct bridge_row row = { .name = S("br0") };
    struct defs defs = { .n = 0 };
    struct vif vif;

    defs_add(&defs, NETWORK("net", BR0("kernel"),
                            "<portgroup name='web'><vlan><tag id='20'/></vlan>"
                            "</portgroup>"));
    struct bridge_model model = model_of(&row, &defs);
    struct rows_bridge rb = { .row = &row, .model = &model };

    vif_init(&vif);
    vif.name = S("g1");
    vif.port = S("g1");
    vif.ofport = u16_to_ofp(1);
    vif.attached_mac = S("52:54:00:00:00:01");
    vif.portgroup = S("db");
    vif.vlan.tag = 30;
    vif.vlan_is_ours = true;
    rows_want_port(&changes, &rb, &vif, NULL);
    assert_changes(&changes, "");
    /* Nor if there is no such portgroup, so that it is in no more VLANs. */
    rb.phase.complete = true;
    rows_want_port(&changes, &rb, &vif, NULL);
    assert_changes(&changes, "");
    vif.portgroup = NULL;
    rows_want_port(&changes, &rb, &vif, NULL);
    assert_changes(&changes, "port g1: tag=30 -> no VLAN settings\n");

    rb.phase.complete = false;
    vif.portgroup = S("web");
    rows_want_port(&changes, &rb, &vif, NULL);
    assert_non_null(row_changes_find(&changes, ROW_PORT_VLAN, "br0", "g1"));
    assert_null(row_changes_find(&changes, ROW_PORT_QOS, "br0", "g1"));
    assert_null(row_changes_find(&changes, ROW_PORT_VLAN, "br0", "g2"));
    assert_null(row_changes_find(&changes, ROW_PORT_VLAN, "br1", "g1"));
    assert_changes(&changes, "port g1: tag=30 -> tag=20\n");
    bridge_model_uninit(&model);
    defs_uninit(&defs);
}

/* A bridge that was made here goes with the last network that names it. */
static void
check_existence(const char *xml, bool is_libvirts, struct bridge_row row,
                bool complete, const struct rows_bridge_ports *ports,
                const char *lines)
{
    struct row_changes changes = ROW_CHANGES_INITIALIZER;
    struct defs defs = { .n = 0 };

    if (xml) {
        defs_add(&defs, xml);
        defs.defs[0]->is_libvirts = is_libvirts;
    }
    struct bridge_model model = model_of(&row, &defs);
    struct rows_bridge rb = {
        .row = &row, .model = &model, .phase = { .complete = complete },
    };
    rows_want_bridge(&changes, &rb, ports);
    assert_changes(&changes, lines);
    bridge_model_uninit(&model);
    defs_uninit(&defs);
}

static void
test_existence(void **state OVS_UNUSED)
{
    struct bridge_row ours = { .name = S("br0"), .owner = S("net") };
    struct bridge_row others = { .name = S("br0") };
    struct bridge_row asks = ours;
    struct rows_bridge_ports alone = { .local = &(struct vif) { .mtu = 0 } };
    struct rows_bridge_ports used = { .local = alone.local, .is_used = true };
    struct rows_bridge_ports unknown = { .local = NULL };

    asks.mac_table_manager = S("libvirt");
    check_existence(NULL, false, ours, true, &alone, "bridge br0: removed\n");
    check_existence(NULL, false, others, true, &alone, "");
    check_existence(NULL, false, asks, true, &alone, "");
    check_existence(NULL, false, ours, false, &alone, "");
    check_existence(NULL, false, ours, true, &used, "");
    check_existence(NULL, false, ours, true, &unknown, "");
    check_existence(NETWORK("other", "<bridge name='br1'/>", ""), false, ours,
                    true, &alone, "bridge br0: removed\n");
    check_existence(NETWORK("other", BR0("libvirt"), ""), false, ours, true,
                    &alone, "");
    /* A network of libvirt's that asks for nothing. */
    check_existence(NETWORK("other", "<bridge name='br0'/>", ""), true, ours,
                    true, &alone, "");
}

/* A setting of a bridge that is no longer asked for is taken back, unless
 * somebody has changed it since. */
static void
test_settings(void **state OVS_UNUSED)
{
    struct bridge_row row = {
        .name = S("br0"), .owner = S("net"),
        .settings_mark = S("hwaddr=52:54:00:00:00:aa mtu=9000 stp=true "
                           "stp-forward-delay=6 stp-max-age=10"),
        .hwaddr = S("52:54:00:00:00:aa"),
        .stp_enable = true, .stp_delay = S("6"), .stp_max_age = S("10"),
    };
    struct vif local = { .mtu_request = 9000 };
    struct rows_bridge_ports ports = { .local = &local, .is_used = true };
    const char *network = NETWORK("net", "<bridge name='br0'/>", "");

    check_existence(network, false, row, true, &ports,
                    "bridge br0: hwaddr= mtu= stp= stp-forward-delay= "
                    "stp-max-age=\n");
    row.hwaddr = S("52:54:00:00:00:bb");
    check_existence(network, false, row, true, &ports,
                    "bridge br0: mtu= stp= stp-forward-delay= "
                    "stp-max-age=\n");
    row.stp_enable = false;
    check_existence(network, false, row, true, &ports,
                    "bridge br0: mtu= stp-forward-delay= stp-max-age=\n");
    row.stp_delay = S("7");
    row.stp_max_age = NULL;
    check_existence(network, false, row, true, &ports, "bridge br0: mtu=\n");
    local.mtu_request = 1400;
    check_existence(network, false, row, true, &ports,
                    "bridge br0: mark only\n");
    row.stp_delay = NULL;
    check_existence(network, false, row, true, &ports,
                    "bridge br0: mark only\n");
    row.settings_mark = NULL;
    check_existence(network, false, row, true, &ports, "");

    /* What is asked for is written, whoever has changed it. */
    check_existence(NETWORK("net", "<bridge name='br0' delay='6'/>", ""),
                    false, row, true, &ports,
                    "bridge br0: stp-forward-delay=6 stp-max-age=10\n");
    check_existence(NETWORK("net", "<bridge name='br0' delay='6'/>", ""),
                    false, row, false, &ports, "");

    /* As short as can be, which libvirt says by default. */
    check_existence(NETWORK("net", "<bridge name='br0' stp='on' delay='0'/>",
                            ""), false, row, true, &ports,
                    "bridge br0: stp=true stp-forward-delay=4 stp-max-age=6\n");
}

#define PORTS                                                               \
    "{\"bridges\": {\"br0\": {\"ports\": {"                                 \
    "  \"g1\": {\"ofport\": 1, \"attached-mac\": \"52:54:00:00:00:01\"},"    \
    "  \"g2\": {\"ofport\": 2, \"attached-mac\": \"52:54:00:00:00:02\","     \
    "           \"protected\": true, \"virtnet-protected\": true},"         \
    "  \"g3\": {\"error\": \"no such device\","                              \
    "           \"protected\": true, \"virtnet-protected\": true,"          \
    "           \"attached-mac\": \"52:54:00:00:00:03\"}}}}}"

static void
check_translation(const struct defs *defs, enum ports_mode mode,
                  const char *lines)
{
    struct ports ports;

    assert_null(ports_from_text(PORTS, strlen(PORTS), &ports));
    ports.bridges[0].mode = mode;
    struct translation *t = translation_create(defs_get(defs), defs->n,
                                               &ports, NULL, NULL);
    assert_changes(&t->rows, lines);
    translation_destroy(t);
    ports_uninit(&ports);
}

/* At rest: a port that failed is left alone, and networks that disagree on the
 * mode leave it as it was, which a document does not say. */
static void
test_rest(void **state OVS_UNUSED)
{
    struct defs defs = { .n = 0 };

    defs_add(&defs, NETWORK("a", BR0("kernel"), ISOLATED));
    check_translation(&defs, PORTS_MODE_UNKNOWN, "port g1: protected\n");
    check_translation(&defs, PORTS_MODE_LIBVIRT, "port g1: protected\n");
    defs_add(&defs, NETWORK("b", BR0("libvirt"), ISOLATED));
    check_translation(&defs, PORTS_MODE_UNKNOWN, "");
    check_translation(&defs, PORTS_MODE_KERNEL, "port g1: protected\n");
    check_translation(&defs, PORTS_MODE_LIBVIRT, "port g2: not protected\n");
    defs_uninit(&defs);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_phases),
        cmocka_unit_test(test_stp),
        cmocka_unit_test(test_stp_meant),
        cmocka_unit_test(test_portgroup),
        cmocka_unit_test(test_existence),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_rest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
