/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "lib/base/diag.h"
#include "lib/host/vif.h"
#include "lib/model/model.h"
#include "lib/model/port-policy.h"
#include "lib/model/vport.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

/* What the keys of a port make of it.  An "also" is an address besides the
 * first. */

struct policy_case {
    enum mac_table_manager mode;
    enum vif_role role;
    struct vif vif;
    const char *expected;
};

#define S(LITERAL) ((char[]) { LITERAL })
#define EXACT MAC_TABLE_LIBVIRT

/* What devices on that of a port have. */
static struct eth_addr behind[] = {
    ETH_ADDR_C(52,54,00,00,00,02), ETH_ADDR_C(52,54,00,00,00,03)
};
#define BEHIND { .macs = { behind, ARRAY_SIZE(behind) } }

static const struct policy_case cases[] = {
    { EXACT, VIF_GUEST, { .name = S("p") }, "" },

    { EXACT, VIF_GUEST, { .isolated = S("true") }, "isolated\n" },
    { EXACT, VIF_GUEST, { .isolated = S("false") }, "" },
    { EXACT, VIF_GUEST, { .isolated = S("yes") },
      "isolated\n"
      "error: p: external_ids:virtnet-isolated is 'yes', expected 'true' or "
      "'false'; taken for 'true'\n" },
    { EXACT, VIF_NETWORK, { .isolated = S("true") },
      "warning: p: is not a guest, so it is not isolated\n" },
    { EXACT, VIF_HOST, { .isolated = S("false") }, "" },
    { EXACT, VIF_GUEST, { .community = S("web") }, "community web\n" },
    { EXACT, VIF_GUEST, { .community = S("none") }, "" },
    { EXACT, VIF_GUEST, { .community = S("web"), .isolated = S("false") },
      "community web\n" },
    { EXACT, VIF_GUEST, { .community = S("web"), .is_protected = true },
      "community web\n" },
    { EXACT, VIF_GUEST, { .community = S("none"), .isolated = S("true") },
      "isolated\n" },
    { EXACT, VIF_GUEST, { .community = S("web"), .isolated = S("true") },
      "isolated\n"
      "error: p: is both isolated and in community 'web'; taken for "
      "isolated\n" },
    { EXACT, VIF_NETWORK, { .community = S("web") },
      "warning: p: is not a guest, so it is in no community\n" },
    { MAC_TABLE_KERNEL, VIF_GUEST, { .community = S("web") },
      "community web\n"
      "error: p: does not reach others of community 'web', since the bridge "
      "is in kernel mode\n" },
    { MAC_TABLE_KERNEL, VIF_GUEST, { .isolated = S("true") }, "isolated\n" },
    /* Column protected, unless it is we who have set it. */
    { EXACT, VIF_GUEST, { .is_protected = true }, "isolated\n" },
    { EXACT, VIF_NETWORK, { .is_protected = true }, "" },
    { EXACT, VIF_GUEST, { .is_protected = true, .isolated = S("false") },
      "" },
    { EXACT, VIF_GUEST, { .is_protected = true, .protected_is_ours = true },
      "" },

    { EXACT, VIF_HOST, { .macs = S("52:54:00:00:00:02"), .link = BEHIND },
      "also 52:54:00:00:00:02 virtnet-macs\n"
      "also 52:54:00:00:00:03 behind it\n" },
    { EXACT, VIF_GUEST, { .link = BEHIND }, "" },
    { EXACT, VIF_NETWORK, { .link = BEHIND }, "" },

    { EXACT, VIF_GUEST, { .macs = S("") }, "" },
    { EXACT, VIF_GUEST, { .macs = S(" ,, ") }, "" },
    { EXACT, VIF_GUEST, { .macs = S("52:54:00:00:00:02") },
      "also 52:54:00:00:00:02 virtnet-macs\n" },
    { EXACT, VIF_HOST, { .macs = S("00:00:5E:00:01:05,52:54:0:0:0:3 , "
                                   "52:54:00:00:00:04\n") },
      "also 00:00:5e:00:01:05 virtnet-macs\n"
      "also 52:54:00:00:00:03 virtnet-macs\n"
      "also 52:54:00:00:00:04 virtnet-macs\n" },
    /* Each once, and not what is the first anyway. */
    { EXACT, VIF_GUEST, { .macs = S("52:54:00:00:00:02 52:54:00:00:00:01 "
                                    "52:54:00:00:00:02") },
      "also 52:54:00:00:00:02 virtnet-macs\n" },
    { EXACT, VIF_GUEST, { .macs = S("01:00:5e:00:00:01,52:54:00:00:00:02;3,"
                                    "52:54:00:00:00:05,00:00:00:00:00:00") },
      "also 52:54:00:00:00:05 virtnet-macs\n"
      "error: p: external_ids:virtnet-macs has '01:00:5e:00:00:01', which is "
      "a multicast address; left out\n"
      "error: p: external_ids:virtnet-macs has '52:54:00:00:00:02;3', which "
      "is not a MAC address of six octets; left out\n"
      "error: p: external_ids:virtnet-macs has '00:00:00:00:00:00', which is "
      "zero; left out\n" },
    { EXACT, VIF_NETWORK, { .macs = S("52:54:00:00:00:02") },
      "warning: p: is a network port, so external_ids:virtnet-macs says "
      "nothing\n" },
};

/* What one port may cost is bounded, and said. */
static void
test_many_macs(void **state OVS_UNUSED)
{
    enum { N = VPORT_MAX_LISTED_MACS };
    struct ds list = DS_EMPTY_INITIALIZER;

    for (int i = 0; i < N; i++) {
        ds_put_format(&list, "52:54:01:00:%02x:%02x ", i >> 8, i & 0xff);
    }
    for (int more = 0; more < 2; more++) {
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        struct vport vport = { .name = xstrdup("p"), .role = VIF_GUEST };
        struct vif vif = { .name = S("p"), .macs = ds_cstr(&list) };
        struct bridge_model model = { .mode = MAC_TABLE_LIBVIRT };

        port_policy_apply(&model, &vif, &vport, &diags);
        assert_int_equal(vport.n_others, N);
        assert_int_equal(diags.n, more);
        diag_list_uninit(&diags);
        vport_uninit(&vport);
        ds_put_cstr(&list, "52:54:01:ff:ff:ff not-a-mac");
    }
    ds_destroy(&list);
}

static void
test_keys(void **state OVS_UNUSED)
{
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct policy_case *c = &cases[i];
        struct bridge_model model = { .wanted = true, .mode = c->mode };
        struct vport vport = { .name = xstrdup("p"), .role = c->role };
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        struct ds s = DS_EMPTY_INITIALIZER;
        struct vif vif = c->vif;

        vif.name = S("p");
        if (c->role != VIF_NETWORK) {
            vport.mac = (struct eth_addr) ETH_ADDR_C(52,54,00,00,00,01);
        }
        port_policy_apply(&model, &vif, &vport, &diags);
        if (community_is_set(&vport.community)) {
            assert_true(vport.isolated);
            ds_put_format(&s, "community %s\n", vport.community.name);
        } else if (vport.isolated) {
            ds_put_cstr(&s, "isolated\n");
        }
        for (size_t j = 0; j < vport.n_others; j++) {
            ds_put_format(&s, "also "ETH_ADDR_FMT" %s\n",
                          ETH_ADDR_ARGS(vport.others[j].mac),
                          claim_kind_to_string(vport.others[j].kind));
        }
        for (size_t j = 0; j < diags.n; j++) {
            diag_format(&s, &diags.diags[j]);
            ds_put_char(&s, '\n');
        }
        assert_string_equal(ds_cstr(&s), c->expected);
        vport_uninit(&vport);
        diag_list_uninit(&diags);
        ds_destroy(&s);
    }
}

/* When column protected is to be true, and when it is for us to change it. */
static void
test_protected(void **state OVS_UNUSED)
{
    const struct vif guest = { .attached_mac = S("52:54:00:00:00:01") };
    const struct vif tunnel = { .is_tunnel = true };

    assert_true(port_policy_protected(&guest, true, false, false));
    assert_false(port_policy_protected(&guest, true, true, true));
    assert_false(port_policy_protected(&guest, false, false, false));
    assert_true(port_policy_protected(&tunnel, false, true, true));
    assert_false(port_policy_protected(&tunnel, false, true, false));

    for (int i = 0; i < 8; i++) {
        bool is_protected = i & 1, ours = i & 2, wanted = i & 4;
        const struct vif vif = {
            .is_protected = is_protected, .protected_is_ours = ours,
        };

        assert_int_equal(vif_must_change_protected(&vif, wanted),
                         wanted ? !is_protected : ours);
    }
}

/* A guest that somebody else has take part in a spanning tree. */
static void
test_stp(void **state OVS_UNUSED)
{
    const struct {
        bool stp, rstp;
        enum vif_role role;
        struct port_stp port;
        const char *key;
    } stp_cases[] = {
        { true, false, VIF_GUEST, { .stp = NULL }, NULL },
        { true, false, VIF_GUEST, { .stp = S("False") }, NULL },
        { true, false, VIF_GUEST, { .stp = S("true") }, "stp-enable" },
        { true, false, VIF_NETWORK, { .stp = S("true") }, NULL },
        { false, false, VIF_GUEST, { .stp = S("true") }, NULL },
        { true, false, VIF_GUEST, { .rstp = S("true") }, NULL },
        { false, true, VIF_GUEST, { .rstp = S("true") }, "rstp-enable" },
        { true, false, VIF_GUEST,
          { .mark = S("rstp-enable stp-enable") }, "stp-enable" },
        { true, false, VIF_GUEST, { .mark = S("rstp-enable") }, NULL },
        { true, false, VIF_GUEST,
          { .stp = S("false"), .mark = S("stp-enable") }, NULL },
    };

    for (size_t i = 0; i < ARRAY_SIZE(stp_cases); i++) {
        struct bridge_model model = {
            .wanted = true, .mode = EXACT,
            .stp = stp_cases[i].stp, .rstp = stp_cases[i].rstp,
        };
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        struct vport vport = { .role = stp_cases[i].role };
        struct vif vif = { .name = S("p"), .stp = stp_cases[i].port };

        port_policy_apply(&model, &vif, &vport, &diags);
        assert_int_equal(diags.n, stp_cases[i].key != NULL);
        if (stp_cases[i].key) {
            assert_non_null(strstr(diags.diags[0].text, stp_cases[i].key));
        }
        diag_list_uninit(&diags);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_many_macs),
        cmocka_unit_test(test_protected),
        cmocka_unit_test(test_stp),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
