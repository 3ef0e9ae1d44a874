/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "flow.h"
#include "lib/base/diag.h"
#include "lib/base/guards.h"
#include "lib/model/owner-policy.h"
#include "lib/model/remote-policy.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "svec.h"
#include "util.h"

#define OWNS (GUARD_BIT(GUARD_IP) | GUARD_BIT(GUARD_OWNER))

static const struct bridge_ctx exact = { .exact = true };

/* Initializes 'vport' to guest 'n', in VLAN 'vid', with 'ips'. */
static void
guest_init(struct vport *vport, int n, int vid, const char *ips)
{
    const struct port_vlan vlan = { .tag = vid };

    *vport = (struct vport) {
        .name = xasprintf("vnet%d", n),
        .ofport = u16_to_ofp(n),
        .role = VIF_GUEST,
        .mac = ETH_ADDR_C(52,54,00,00,00,00),
        .active = true,
        .guards = OWNS,
    };
    vport->mac.ea[5] = n;
    assert_null(ip_prefixes_add(&vport->ips, ips));
    assert_true(port_vlan_effect_init(&vport->vlan, &vlan, NULL));
}

/* Appends what 'plan' has requests for somebody's address do, sorted. */
static void
format_requests(struct ds *s, struct plan *plan)
{
    struct svec lines = SVEC_EMPTY_INITIALIZER;

    plan_run(plan);

    const struct oflow **flows = oflow_table_sort_flows(plan_desired(plan));
    size_t n = oflow_table_count_flows(plan_desired(plan));
    for (size_t i = 0; i < n; i++) {
        if (flows[i]->table_id == TABLE_MULTICAST
            && flows[i]->priority >= PRIORITY_MULTICAST_OWNER) {
            struct ds line = DS_EMPTY_INITIALIZER;
            struct ofpact_format_params fp = { .s = &line };
            struct match match;

            minimatch_expand(&flows[i]->match, &match);
            ds_put_format(&line, "%d ", flows[i]->priority);
            match_format(&match, NULL, &line, OFP_DEFAULT_PRIORITY);
            ds_put_cstr(&line, " -> ");
            ofpacts_format(flows[i]->ofpacts, flows[i]->ofpacts_len, &fp);
            svec_add_nocopy(&lines, ds_steal_cstr(&line));
        }
    }
    free(flows);
    svec_sort(&lines);
    for (size_t i = 0; i < lines.n; i++) {
        ds_put_format(s, "%s\n", lines.names[i]);
    }
    svec_destroy(&lines);
}

static void
check(struct plan *plan, const char *expected)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    format_requests(&s, plan);
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
}

/* States 'vport' and frees it. */
static void
state(struct plan *plan, struct vport *vport)
{
    plan_set_port(plan, vport);
    vport_uninit(vport);
}

#define LOCAL "dl_dst=02:00:00:00:00:00/02:00:00:00:00:00,"
#define ARP(VLAN, IP, OUTPUT)                                           \
    "300 arp,dl_vlan="VLAN","LOCAL"arp_tpa="IP",arp_op=1 -> "OUTPUT"\n"
#define SAYS(VLAN, IP)                                                  \
    "320 arp,dl_vlan="VLAN","LOCAL"arp_spa="IP",arp_tpa="IP",arp_op=1 -> " \
    "goto_table:240\n"
#define ASKS(PORT, IP)                                                  \
    "320 arp,in_port="PORT","LOCAL"arp_tpa="IP",arp_op=1 -> goto_table:240\n"

static void
test_flows(void **state_ OVS_UNUSED)
{
    struct plan *plan = plan_create("br0");
    struct vport vport;

    plan_set_ctx(plan, &exact);
    guest_init(&vport, 1, 10, "10.0.0.1 10.1.0.0/24");
    state(plan, &vport);
    check(plan, ARP("10", "10.0.0.1", "strip_vlan,output:1")
          SAYS("10", "10.0.0.1") ASKS("1", "10.0.0.1"));

    /* Another has it elsewhere, and here. */
    guest_init(&vport, 2, 20, "10.0.0.1");
    state(plan, &vport);
    check(plan, ARP("10", "10.0.0.1", "strip_vlan,output:1")
          ARP("20", "10.0.0.1", "strip_vlan,output:2")
          SAYS("10", "10.0.0.1") SAYS("20", "10.0.0.1")
          ASKS("1", "10.0.0.1") ASKS("2", "10.0.0.1"));
    guest_init(&vport, 2, 10, "10.0.0.1");
    vport.guards = GUARD_BIT(GUARD_IP);
    state(plan, &vport);
    check(plan, "");
    plan_remove_port(plan, "vnet2");
    check(plan, ARP("10", "10.0.0.1", "strip_vlan,output:1")
          SAYS("10", "10.0.0.1") ASKS("1", "10.0.0.1"));

    /* Where it may be elsewhere, or is not asked to. */
    for (int i = 0; i < 5; i++) {
        guest_init(&vport, 1, 10, "10.0.0.1");
        vport.active = i != 0;
        vport.paused = i == 1;
        vport.no_carrier = i == 2;
        vport.guards = i == 3 ? GUARD_BIT(GUARD_IP) : OWNS;
        if (i == 4) {
            vport.mac = eth_addr_zero;
            vport.sticky = true;
        }
        state(plan, &vport);
        check(plan, "");
    }
    plan_destroy(plan);
}

/* Of those that it is kept apart from, nothing is led to it. */
static void
test_apart(void **state_ OVS_UNUSED)
{
    struct plan *plan = plan_create("br0");
    struct vport vport;

    plan_set_ctx(plan, &exact);
    guest_init(&vport, 1, 10, "2001:db8::1");
    vport.isolated = true;
    vport.mac = (struct eth_addr) ETH_ADDR_C(52,54,00,00,00,01);
    state(plan, &vport);
    check(plan,
          "300 icmp6,reg0=0/0x4,dl_vlan=10,"LOCAL"icmp_type=135,icmp_code=0,"
          "nd_target=2001:db8::1 -> strip_vlan,output:1\n"
          "300 icmp6,reg0=0/0x4,dl_vlan=10,"LOCAL"icmp_type=135,icmp_code=0,"
          "nd_target=fe80::5054:ff:fe00:1 -> strip_vlan,output:1\n"
          "320 icmp6,in_port=1,"LOCAL"icmp_type=135,icmp_code=0,"
          "nd_target=2001:db8::1 -> goto_table:240\n"
          "320 icmp6,in_port=1,"LOCAL"icmp_type=135,icmp_code=0,"
          "nd_target=fe80::5054:ff:fe00:1 -> goto_table:240\n");

    guest_init(&vport, 1, 10, "10.0.0.1");
    vport.isolated = true;
    vport.community.name[0] = 'w';
    state(plan, &vport);
    check(plan,
          "300 arp,reg0=0/0x4,dl_vlan=10,"LOCAL"arp_tpa=10.0.0.1,arp_op=1 -> "
          "strip_vlan,output:1\n"
          "310 arp,reg0=0x4/0x4,reg4=0x77000000,reg5=0,reg6=0,reg7=0,"
          "dl_vlan=10,"LOCAL"arp_tpa=10.0.0.1,arp_op=1 -> strip_vlan,output:1\n"
          SAYS("10", "10.0.0.1") ASKS("1", "10.0.0.1"));
    plan_destroy(plan);
}

/* Initializes 'vport' to a tunnel, with number 'n', to a host with the guests
 * of 'macs', as a vif has them. */
static void
tunnel_init(struct vport *vport, int n, const char *macs)
{
    const struct port_vlan vlan = { .tag = -1 };
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct vif vif;

    vif_init(&vif);
    vif.name = xasprintf("vt%d", n);
    vif.fleet_host = xstrdup("h2");
    vif.remote_macs = xstrdup(macs);
    *vport = (struct vport) {
        .name = xstrdup(vif.name),
        .ofport = u16_to_ofp(n),
        .role = VIF_HOST,
        .active = true,
    };
    assert_true(port_vlan_effect_init(&vport->vlan, &vlan, NULL));
    remote_policy_apply(&vif, vport, &diags);
    assert_int_equal(diags.n, 0);
    vif_uninit(&vif);
    diag_list_uninit(&diags);
}

#define FAR(VLAN, IP, OUTPUT)                                           \
    "300 arp,reg0=0/0x80,dl_vlan="VLAN","LOCAL"arp_tpa="IP",arp_op=1 -> "      \
    OUTPUT"\n"
#define APART(IP)                                                       \
    "300 arp,reg0=0/0x84,dl_vlan=10,"LOCAL"arp_tpa="IP",arp_op=1 -> output:7\n"

/* Guests of other hosts. */
static void
test_remote(void **state_ OVS_UNUSED)
{
    struct plan *plan = plan_create("br0");
    struct vport vport;

    plan_set_ctx(plan, &exact);
    tunnel_init(&vport, 7,
                "52:54:00:00:00:01;10;10.0.0.1 52:54:00:00:00:02;10");
    state(plan, &vport);
    check(plan, FAR("10", "10.0.0.1", "output:7") SAYS("10", "10.0.0.1"));

    /* One who is kept apart, or only from other communities; nonsense. */
    tunnel_init(&vport, 7, "52:54:00:00:00:01/;10;10.0.0.1;10.0.0 "
                "52:54:00:00:00:02/w;10;10.0.0.2 "
                "52:54:00:00:00:03;x;10.0.0.3");
    state(plan, &vport);
    check(plan, APART("10.0.0.1") APART("10.0.0.2")
          "310 arp,reg0=0x4/0x84,reg4=0x77000000,reg5=0,reg6=0,reg7=0,"
          "dl_vlan=10,"LOCAL"arp_tpa=10.0.0.2,arp_op=1 -> output:7\n"
          SAYS("10", "10.0.0.1") SAYS("10", "10.0.0.2"));

    /* Another one here has the MAC address, or the IP address, or a guest of
     * another host has that, or one of the same host. */
    tunnel_init(&vport, 7, "52:54:00:00:00:01;10;10.0.0.1");
    state(plan, &vport);
    guest_init(&vport, 1, 10, "");
    state(plan, &vport);
    check(plan, "");
    guest_init(&vport, 1, 20, "10.0.0.1");
    state(plan, &vport);
    check(plan, ARP("20", "10.0.0.1", "strip_vlan,output:1")
          FAR("10", "10.0.0.1", "output:7")
          SAYS("10", "10.0.0.1") SAYS("20", "10.0.0.1")
          ASKS("1", "10.0.0.1"));
    plan_remove_port(plan, "vnet1");
    guest_init(&vport, 2, 10, "10.0.0.1");
    state(plan, &vport);
    check(plan, "");
    plan_remove_port(plan, "vnet2");
    tunnel_init(&vport, 8, "52:54:00:00:00:03;10;10.0.0.1");
    state(plan, &vport);
    check(plan, "");
    tunnel_init(&vport, 8, "52:54:00:00:00:03;10;10.0.0.3");
    state(plan, &vport);
    check(plan, FAR("10", "10.0.0.1", "output:7")
          FAR("10", "10.0.0.3", "output:8")
          SAYS("10", "10.0.0.1") SAYS("10", "10.0.0.3"));
    tunnel_init(&vport, 8, "52:54:00:00:00:03;10;10.0.0.3 "
                "52:54:00:00:00:04;10,20;10.0.0.3");
    state(plan, &vport);
    check(plan, FAR("10", "10.0.0.1", "output:7") SAYS("10", "10.0.0.1"));
    plan_destroy(plan);
}

/* What no host needs is not carried out. */
static void
test_remote_many(void **state_ OVS_UNUSED)
{
    for (int n = REMOTE_POLICY_MAX_PAIRS / 128; n < 66; n++) {
        bool fits = n * 128 <= REMOTE_POLICY_MAX_PAIRS;
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        struct vport vport = { .name = xstrdup("vt1") };
        struct ds s = DS_EMPTY_INITIALIZER;
        struct vif vif;

        /* 128 blocks each. */
        for (int i = 0; i < n; i++) {
            ds_put_format(&s, "52:54:00:00:01:%02x;", i);
            for (int vid = 1; vid < 256; vid += 2) {
                ds_put_format(&s, "%s%d", vid > 1 ? "," : "", vid);
            }
            ds_put_format(&s, ";10.0.0.%d ", i);
        }
        vif_init(&vif);
        vif.name = xstrdup("vt1");
        vif.fleet_host = xstrdup("h2");
        vif.remote_macs = ds_steal_cstr(&s);
        remote_policy_apply(&vif, &vport, &diags);
        assert_int_equal(vport.n_others, n);
        assert_int_equal(vport.n_remote_ips, fits ? n : 0);
        assert_int_equal(diags.n, !fits);
        vif_uninit(&vif);
        vport_uninit(&vport);
        diag_list_uninit(&diags);
    }
}

/* It is not carried out without guard "ip", nor for too many addresses. */
static void
test_policy(void **state_ OVS_UNUSED)
{
    static const struct {
        unsigned int guards;
        int n;                  /* Addresses; of a trunk in 5 blocks. */
        bool kept;
    } cases[] = {
        { OWNS, 51, true }, { OWNS, 52, false },
        { GUARD_BIT(GUARD_OWNER), 1, false },
        { GUARD_BIT(GUARD_IP), 60, true },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        struct vport vport = { .guards = cases[i].guards };
        struct ds s = DS_EMPTY_INITIALIZER;

        for (int j = 0; j < cases[i].n; j++) {
            ds_put_format(&s, "10.0.0.%d ", j);
        }
        assert_null(ip_prefixes_add(&vport.ips, ds_cstr(&s)));
        for (int vid = 1; vid <= 9; vid += 2) {
            vlan_set_add(&vport.vlan.members, vid);
        }
        vport.name = xstrdup("p");
        owner_policy_apply(&vport, &diags);
        assert_int_equal(vport.guards, (cases[i].kept ? cases[i].guards
                                        : cases[i].guards
                                          & ~GUARD_BIT(GUARD_OWNER)));
        assert_int_equal(diags.n, !cases[i].kept);
        vport_uninit(&vport);
        diag_list_uninit(&diags);
        ds_destroy(&s);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flows),
        cmocka_unit_test(test_apart),
        cmocka_unit_test(test_remote),
        cmocka_unit_test(test_remote_many),
        cmocka_unit_test(test_policy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
