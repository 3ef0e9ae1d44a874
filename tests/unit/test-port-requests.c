/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "flow.h"
#include "lib/base/diag.h"
#include "lib/base/guards.h"
#include "lib/host/bridge-row.h"
#include "lib/host/vif.h"
#include "lib/model/model.h"
#include "lib/model/port-policy.h"
#include "lib/model/vport.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

#define S(LITERAL) ((char[]) { LITERAL })

/* What definitions ask of port "p", whose portgroup and keys are as given.  A
 * network's name is that of its file. */

#define NETWORK(MODE, REST)                                             \
    "<network>\n<name>n</name>\n"                                       \
    "<metadata><vn:network xmlns:vn='urn:ovs-virtnet:1'>"               \
    "<vn:portgroup name='router' macTableManager='kernel'/>"            \
    "<vn:portgroup name='open' isolated='no'/>"                         \
    "<vn:portgroup name='apart' isolated='yes'/>"                       \
    "</vn:network></metadata>\n"                                        \
    "<bridge name='br0' macTableManager='"MODE"'/>\n"REST                \
    "<portgroup name='router'/><portgroup name='open'/>"                \
    "<portgroup name='apart'/>\n</network>"
#define LIBVIRT NETWORK("libvirt", "")
#define ISOLATED NETWORK("libvirt", "<port isolated='yes'/>")
#define KERNEL NETWORK("kernel", "<port isolated='yes'/>")
#define TRUSTED                                                         \
    "<network trustGuestRxFilters='yes'>\n<name>n</name>\n"             \
    "<metadata><vn:network xmlns:vn='urn:ovs-virtnet:1' "               \
    "rxFilterLimit='5'>"                                                \
    "<vn:portgroup name='three' rxFilterLimit='3'/>"                    \
    "</vn:network></metadata>\n"                                        \
    "<bridge name='br0' macTableManager='libvirt'/>\n"                  \
    "<portgroup name='three'/>"                                         \
    "<portgroup name='never' trustGuestRxFilters='no'/>\n</network>"
#define ONE                                                             \
    "<network trustGuestRxFilters='yes'>\n<name>n</name>\n"             \
    "<bridge name='br0' macTableManager='libvirt'/>\n</network>"
#define DEFAULT                                                         \
    "<network>\n<name>n</name>\n"                                       \
    "<metadata><vn:network xmlns:vn='urn:ovs-virtnet:1'>"               \
    "<vn:portgroup name='d' macTableManager='kernel' isolated='yes'/>"  \
    "</vn:network></metadata>\n"                                        \
    "<bridge name='br0' macTableManager='libvirt'/>\n"                  \
    "<portgroup name='d' default='yes'/>\n</network>"

#define GUARDED                                                         \
    "<network>\n<name>n</name>\n"                                       \
    "<metadata><vn:network xmlns:vn='urn:ovs-virtnet:1' guards='mac'>"  \
    "<vn:portgroup name='free' guards='none'/>"                         \
    "<vn:portgroup name='router' macTableManager='kernel'/>"            \
    "</vn:network></metadata>\n"                                        \
    "<bridge name='br0' macTableManager='libvirt'/>\n"                  \
    "<portgroup name='free'/><portgroup name='router'/>"                \
    "<portgroup name='as-all'/>\n</network>"

#define COMMUNITY(NAME)                                                 \
    "<network>\n<name>n</name>\n"                                       \
    "<metadata><vn:network xmlns:vn='urn:ovs-virtnet:1' community='"    \
    NAME"'>"                                                            \
    "<vn:portgroup name='a' community='none'/>"                         \
    "<vn:portgroup name='b' community='db'/>"                           \
    "<vn:portgroup name='c' isolated='yes'/>"                           \
    "<vn:portgroup name='d' isolated='no'/>"                            \
    "</vn:network></metadata>\n"                                        \
    "<bridge name='br0' macTableManager='libvirt'/>\n"                  \
    "<portgroup name='a'/><portgroup name='b'/><portgroup name='c'/>"   \
    "<portgroup name='d'/>\n</network>"

static const struct {
    const char *xml[2];
    const char *portgroup, *role, *isolated;
    const char *expected;
} request_cases[] = {
    { { NULL }, NULL, NULL, NULL, "guest" },
    { { LIBVIRT }, NULL, NULL, NULL, "guest" },
    { { LIBVIRT }, "router", NULL, NULL, "network" },
    { { LIBVIRT }, "apart", NULL, NULL, "guest isolated" },
    { { LIBVIRT }, "apart", NULL, "false", "guest" },
    { { ISOLATED }, NULL, NULL, NULL, "guest isolated" },
    { { ISOLATED }, NULL, NULL, "false", "guest" },
    { { ISOLATED }, "open", NULL, NULL, "guest" },
    { { ISOLATED }, "open", NULL, "true", "guest isolated" },
    { { ISOLATED }, "apart", NULL, NULL, "guest isolated" },
    /* There is no such portgroup. */
    { { ISOLATED }, "none", NULL, NULL, "guest isolated" },
    /* A part of the network side is not isolated, but the port's own key goes
     * before its portgroup. */
    { { ISOLATED }, "router", NULL, NULL, "network" },
    { { ISOLATED }, "router", "guest", NULL, "guest isolated" },
    { { ISOLATED }, "open", "network", NULL, "network" },
    /* Where the whole bridge learns, a guest is a guest. */
    { { KERNEL }, "router", NULL, "false", "guest" },
    /* The default portgroup is that of ports that name none. */
    { { DEFAULT }, NULL, NULL, NULL, "network" },
    { { DEFAULT }, "d", NULL, NULL, "network" },
    { { DEFAULT }, NULL, "guest", NULL, "guest isolated" },
    /* To how many addresses a guest may change. */
    { { ONE }, NULL, NULL, NULL, "guest follow 1" },
    { { TRUSTED }, NULL, NULL, NULL, "guest follow 5" },
    { { TRUSTED }, "three", NULL, NULL, "guest follow 3" },
    { { TRUSTED }, "never", NULL, NULL, "guest" },
    { { TRUSTED }, NULL, "network", NULL, "network" },
    { { TRUSTED, ONE }, NULL, NULL, NULL, "guest follow 1" },
    { { TRUSTED, LIBVIRT }, NULL, NULL, NULL, "guest" },
    /* Of several networks. */
    { { LIBVIRT, ISOLATED }, NULL, NULL, NULL, "guest isolated" },
    { { LIBVIRT, DEFAULT }, NULL, NULL, NULL, "guest isolated" },
    { { DEFAULT, DEFAULT }, NULL, NULL, NULL, "network" },
    { { LIBVIRT, DEFAULT }, "d", NULL, NULL, "network" },
    /* The nearest word on who is kept apart from whom counts. */
    { { COMMUNITY("web") }, NULL, NULL, NULL, "guest community web" },
    { { COMMUNITY("web") }, "a", NULL, NULL, "guest" },
    { { COMMUNITY("web") }, "b", NULL, NULL, "guest community db" },
    { { COMMUNITY("web") }, "c", NULL, NULL, "guest isolated" },
    { { COMMUNITY("web") }, "d", NULL, NULL, "guest community web" },
    { { COMMUNITY("web") }, NULL, NULL, "true", "guest isolated" },
    { { COMMUNITY("web") }, NULL, NULL, "false", "guest community web" },
    { { COMMUNITY("web"), LIBVIRT }, NULL, NULL, NULL,
      "guest community web" },
    { { COMMUNITY("web"), COMMUNITY("web") }, NULL, NULL, NULL,
      "guest community web" },
    { { COMMUNITY("web"), COMMUNITY("db") }, NULL, NULL, NULL,
      "guest isolated" },
    { { COMMUNITY("web"), ISOLATED }, NULL, NULL, NULL, "guest isolated" },
};

/* The interface's own word on trust goes before all others. */
static const struct {
    const char *xml[2];
    const char *portgroup, *role;
    const char *expected;
    enum vif_trust trust;
} trust_cases[] = {
    { { TRUSTED }, NULL, NULL, "guest", VIF_TRUST_NO },
    { { TRUSTED }, "three", NULL, "guest", VIF_TRUST_NO },
    { { TRUSTED }, "three", NULL, "guest follow 3", VIF_TRUST_YES },
    { { TRUSTED }, "never", NULL, "guest follow 5", VIF_TRUST_YES },
    { { LIBVIRT }, NULL, NULL, "guest follow 1", VIF_TRUST_YES },
    { { TRUSTED, LIBVIRT }, NULL, NULL, "guest follow 1", VIF_TRUST_YES },
    { { TRUSTED, ONE }, NULL, NULL, "guest", VIF_TRUST_NO },
    { { NULL }, NULL, NULL, "guest follow 1", VIF_TRUST_YES },
    { { TRUSTED }, NULL, "network", "network", VIF_TRUST_YES },
};

/* Guards are those of the port's own key, its portgroup or its network, or
 * what all of several networks ask together. */
static const struct {
    const char *xml[2];
    const char *portgroup, *role;
    const char *expected;
    const char *guards;
} guard_cases[] = {
    { { GUARDED }, NULL, NULL, "guest guarded (mac)", NULL },
    { { GUARDED }, "as-all", NULL, "guest guarded (mac)", NULL },
    { { GUARDED }, "free", NULL, "guest", NULL },
    { { GUARDED }, "free", NULL, "guest guarded (mac)", "mac" },
    { { GUARDED }, NULL, NULL, "guest", "none" },
    { { GUARDED }, NULL, NULL, "guest", "" },
    { { GUARDED }, "router", NULL, "network", NULL },
    { { GUARDED }, NULL, "network", "network", NULL },
    { { LIBVIRT }, NULL, "network",
      "network, warning: p: is not a guest, so it is not guarded", "mac" },
    { { GUARDED, LIBVIRT }, NULL, NULL, "guest guarded (mac)", NULL },
    { { LIBVIRT }, NULL, NULL, "guest guarded (mac)", "mac" },
    /* Where the bridge is in kernel mode nothing can guard it, and that is
     * said. */
    { { KERNEL }, NULL, NULL,
      "guest isolated guarded (mac), error: p: is not guarded (mac), since "
      "the bridge is in kernel mode", "mac" },
    /* What it is to be kept from nobody knows. */
    { { GUARDED }, NULL, NULL,
      "cut off, error: p: external_ids:virtnet-guards is 'mac nonsense', but "
      "there is no guard 'nonsense', only: mac ip dhcp ra other storm "
      "owner log; cut off",
      "mac nonsense" },
};

/* Appends what becomes of 'vif', with what is wrong with its guards. */
static void
format_port(struct ds *s, const struct bridge_model *model,
            const struct vif *vif)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct vport vport;

    if (model_port(model, vif, &vport, &diags) == MODEL_WIRED) {
        ds_put_cstr(s, vif_role_to_string(vport.role));
        if (community_is_set(&vport.community)) {
            ds_put_format(s, " community %s", vport.community.name);
        } else if (vport.isolated) {
            ds_put_cstr(s, " isolated");
        }
        if (vport.follow_limit) {
            ds_put_format(s, " follow %u", vport.follow_limit);
        }
        if (vport.guards) {
            ds_put_cstr(s, " guarded (");
            guards_format(s, vport.guards, &vport.types);
            ds_put_char(s, ')');
        }
        assert_int_equal(vport.listens, vport.follow_limit > 0);
        vport_uninit(&vport);
    } else {
        ds_put_cstr(s, "cut off");
    }
    for (size_t i = 0; vif->guards && i < diags.n; i++) {
        ds_put_cstr(s, ", ");
        diag_format(s, &diags.diags[i]);
    }
    diag_list_uninit(&diags);
}

/* Checks what becomes of a port that is of 'portgroup', and has keys 'role',
 * 'isolated' and 'guards', in the networks of 'xml'. */
static void
check_request(const char *const xml[2], const struct vif *keys,
              const char *expected)
{
    const struct bridge_row row = { .name = S("br0") };
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;
    struct netdef *defs[2] = { NULL };
    struct bridge_model model;
    struct vif vif;
    size_t n = 0;

    for (; n < ARRAY_SIZE(defs) && xml[n]; n++) {
        defs[n] = netdef_from_xml(xml[n], strlen(xml[n]), "n", &diags);
        assert_non_null(defs[n]);
    }
    bridge_model_init(&model, &row, (const struct netdef *const *) defs, n,
                      &diags);

    vif_init(&vif);
    vif.name = xstrdup("p");
    vif.ofport = OFP_PORT_C(1);
    vif.attached_mac = xstrdup("52:54:00:00:00:01");
    vif.portgroup = nullable_xstrdup(keys->portgroup);
    vif.role = nullable_xstrdup(keys->role);
    vif.isolated = nullable_xstrdup(keys->isolated);
    vif.guards = nullable_xstrdup(keys->guards);
    vif.guest.trust = keys->guest.trust;
    format_port(&s, &model, &vif);
    assert_string_equal(ds_cstr(&s), expected);

    vif_uninit(&vif);
    bridge_model_uninit(&model);
    while (n > 0) {
        netdef_destroy(defs[--n]);
    }
    diag_list_uninit(&diags);
    ds_destroy(&s);
}

static void
test_requests(void **state OVS_UNUSED)
{
    for (size_t i = 0; i < ARRAY_SIZE(request_cases); i++) {
        const struct vif keys = {
            .portgroup = CONST_CAST(char *, request_cases[i].portgroup),
            .role = CONST_CAST(char *, request_cases[i].role),
            .isolated = CONST_CAST(char *, request_cases[i].isolated),
        };

        check_request(request_cases[i].xml, &keys, request_cases[i].expected);
    }
    for (size_t i = 0; i < ARRAY_SIZE(guard_cases); i++) {
        const struct vif keys = {
            .portgroup = CONST_CAST(char *, guard_cases[i].portgroup),
            .role = CONST_CAST(char *, guard_cases[i].role),
            .guards = CONST_CAST(char *, guard_cases[i].guards),
        };

        check_request(guard_cases[i].xml, &keys, guard_cases[i].expected);
    }
    for (size_t i = 0; i < ARRAY_SIZE(trust_cases); i++) {
        const struct vif keys = {
            .portgroup = CONST_CAST(char *, trust_cases[i].portgroup),
            .role = CONST_CAST(char *, trust_cases[i].role),
            .guest.trust = trust_cases[i].trust,
        };

        check_request(trust_cases[i].xml, &keys, trust_cases[i].expected);
    }
}

#define UNKNOWN(MODE, VALUE)                                            \
    "<network><name>n</name><bridge name='br0' macTableManager='"MODE"'/>" \
    "<metadata><vn:network xmlns:vn='urn:ovs-virtnet:1' "VALUE"/>"      \
    "</metadata></network>"
#define OPEN UNKNOWN("libvirt", "")
#define STICKY UNKNOWN("libvirt", "unknownPorts='sticky'")
#define DROP UNKNOWN("libvirt", "unknownPorts='drop'")
#define LEARN UNKNOWN("libvirt", "unknownPorts='network'")
#define BY_NORMAL UNKNOWN("kernel", "")

/* What becomes of a port that nobody has written an address of, by what it is
 * and by what its networks say of such ports. */
static void
test_unknown(void **state OVS_UNUSED)
{
    const struct vif tap = { .driver = S("tun") };
    const struct vif veth = { .link = { .kind = S("veth"),
                                        .peer_is_elsewhere = true } };
    const struct vif nic = { .driver = S("ixgbe") };
    const struct {
        const char *xml[2];
        bool incomplete;
        struct vif vif;
        enum unknown_ports expected;
    } unknown_cases[] = {
        { { OPEN }, false, tap, UNKNOWN_PORTS_STICKY },
        { { OPEN }, false, veth, UNKNOWN_PORTS_STICKY },
        { { OPEN }, false, { .link.kind = S("tun") }, UNKNOWN_PORTS_STICKY },
        { { OPEN }, false, { .driver = S("vif") }, UNKNOWN_PORTS_STICKY },
        { { OPEN }, false, { .socket = S("/s") }, UNKNOWN_PORTS_STICKY },
        { { OPEN }, false, { .role = S("guest") }, UNKNOWN_PORTS_STICKY },
        { { LEARN }, false, tap, UNKNOWN_PORTS_NETWORK },
        { { LEARN }, false, { .role = S("guest") }, UNKNOWN_PORTS_STICKY },
        { { DROP }, false, tap, UNKNOWN_PORTS_DROP },
        { { DROP }, false, { .role = S("guest") }, UNKNOWN_PORTS_DROP },

        /* Neither that, nor unknown. */
        { { DROP }, false, nic, UNKNOWN_PORTS_NETWORK },
        { { DROP }, false, { .link.kind = S("veth") },
          UNKNOWN_PORTS_NETWORK },
        { { DROP }, false, { .driver = S("tun"), .role = S("network") },
          UNKNOWN_PORTS_NETWORK },
        { { DROP }, false, { .driver = S("tun"), .bond.is_member = true },
          UNKNOWN_PORTS_NETWORK },
        { { DROP }, false, { .role = S("guest"), .bond.is_member = true },
          UNKNOWN_PORTS_NETWORK },
        { { DROP }, false, { .driver = S("tun"), .attached_mac = S("x") },
          UNKNOWN_PORTS_NETWORK },
        { { DROP }, false, { .driver = S("tun"), .iface_id = S("i") },
          UNKNOWN_PORTS_NETWORK },
        { { DROP }, false, { .driver = S("tun"), .type = S("tap") },
          UNKNOWN_PORTS_NETWORK },
        { { DROP }, false, { .driver = S("tun"), .type = S("patch") },
          UNKNOWN_PORTS_NETWORK },
        { { DROP }, false, { .driver = S("tun"), .ofport = OFPP_LOCAL },
          UNKNOWN_PORTS_NETWORK },

        /* Of several networks the strictest; none, and none yet. */
        { { LEARN, OPEN }, false, tap, UNKNOWN_PORTS_STICKY },
        { { STICKY, DROP }, false, tap, UNKNOWN_PORTS_DROP },
        { { LEARN, LEARN }, false, tap, UNKNOWN_PORTS_NETWORK },
        { { NULL }, false, tap, UNKNOWN_PORTS_STICKY },
        { { NULL }, true, tap, UNKNOWN_PORTS_STICKY },

        { { BY_NORMAL }, false, tap, UNKNOWN_PORTS_NETWORK },
        { { BY_NORMAL }, false, { .role = S("guest") },
          UNKNOWN_PORTS_NETWORK },
    };

    for (size_t i = 0; i < ARRAY_SIZE(unknown_cases); i++) {
        const char *const *xml = unknown_cases[i].xml;
        const struct bridge_row row = {
            .name = S("br0"), .mac_table_manager = S("libvirt"),
        };
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        struct netdef *defs[2] = { NULL, NULL };
        struct bridge_model model;
        size_t n = 0;

        for (; n < ARRAY_SIZE(defs) && xml[n]; n++) {
            defs[n] = netdef_from_xml(xml[n], strlen(xml[n]), "n", &diags);
        }
        bridge_model_init(&model, &row, (const struct netdef *const *) defs,
                          n, &diags);
        model.incomplete = unknown_cases[i].incomplete;

        enum unknown_ports unknown
            = port_policy_unknown(&model, &unknown_cases[i].vif);
        enum vif_role role = port_policy_role(&model, &unknown_cases[i].vif);
        if (unknown != unknown_cases[i].expected
            || (unknown != UNKNOWN_PORTS_NETWORK && role != VIF_GUEST)) {
            fail_msg("case %"PRIuSIZE": %s, role %s", i,
                     unknown_ports_to_string(unknown),
                     vif_role_to_string(role));
        }
        bridge_model_uninit(&model);
        diag_list_uninit(&diags);
        netdef_destroy(defs[0]);
        netdef_destroy(defs[1]);
    }
}

/* A guest of which the network's metadata says more addresses than it can have
 * is cut off, and that is what is said. */
static void
test_many_hosts(void **state OVS_UNUSED)
{
    const struct vif keys = { .guards = S("ip") };
    struct ds xml = DS_EMPTY_INITIALIZER;

    ds_put_cstr(&xml, "<network><name>n</name><metadata>"
                "<vn:network xmlns:vn='urn:ovs-virtnet:1'>");
    for (int i = 0; i < 65; i++) {
        ds_put_format(&xml, "<vn:host mac='52:54:00:00:00:01' ip='10.0.0.%d'/>",
                      i);
    }
    ds_put_cstr(&xml, "</vn:network></metadata><bridge name='br0' "
                "macTableManager='libvirt'/></network>");

    const char *const networks[2] = { ds_cstr(&xml) };
    check_request(networks, &keys,
                  "cut off, error: p: of its address in the network's metadata "
                  "(vn:host) there are more than 64 addresses; cut off");
    ds_destroy(&xml);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_many_hosts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
