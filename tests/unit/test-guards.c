/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "byte-order.h"
#include "flow.h"
#include "lib/base/guards.h"
#include "lib/base/ip-prefix.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/guard.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "lib/openflow/slice.h"
#include "openvswitch/dynamic-string.h"
#include "tests/unit/oflow-text.h"
#include "util.h"

/* What flows guards are.  How they are written is in test-guards-text.c. */

static const struct bridge_ctx exact = { .exact = true };

/* Initializes 'vport' to a guest in VLAN 10 with guards 'guards'. */
static void
guest_init(struct vport *vport, const char *guards)
{
    const struct port_qinq qinq = { .priority_tag = PORT_PRIORITY_TAG_NEVER };
    struct port_vlan vlan;

    *vport = (struct vport) {
        .name = xstrdup("vnet0"),
        .ofport = OFP_PORT_C(7),
        .role = VIF_GUEST,
        .mac = ETH_ADDR_C(02,00,00,00,00,01),
        .active = true,
    };
    port_vlan_init(&vlan);
    vlan.tag = 10;
    assert_true(port_vlan_effect_init(&vport->vlan, &vlan, &qinq));
    port_vlan_uninit(&vlan);
    assert_null(guards_from_string(guards, &vport->guards, &vport->types));
}

/* Checks that of the flows of 'vport', which has won all of its addresses or
 * none, those up to table SOURCE are 'expected'. */
static void
check_flows(const struct vport *vport, bool won, const char *expected)
{
    static const struct vlan_set none = VLAN_SET_INITIALIZER;
    const struct vlan_set **vlans = xmalloc(vport_n_macs(vport)
                                            * sizeof *vlans);
    struct ds s = DS_EMPTY_INITIALIZER;
    struct oflow_table table;
    struct slice slice;

    for (size_t i = 0; i < vport_n_macs(vport); i++) {
        vlans[i] = won ? &vport->vlan.members : &none;
    }
    slice_init(&slice);
    compile_port(&exact, vport, vlans, NULL, &slice);
    oflow_table_init(&table);
    oflow_table_put_slice(&table, &slice);
    assert_int_equal(oflow_table_count_flows(&table), slice.n_flows);

    const struct oflow **flows = oflow_table_sort_flows(&table);
    for (size_t i = 0; i < slice.n_flows; i++) {
        if (flows[i]->table_id <= TABLE_ANNOUNCE) {
            struct ds line = DS_EMPTY_INITIALIZER;

            oflow_format(&line, flows[i], NULL);
            ds_put_format(&s, "%s\n", strchr(ds_cstr(&line), ',') + 1);
            ds_destroy(&line);
        }
    }
    assert_same_text(ds_cstr(&s), expected);
    free(flows);
    free(vlans);
    oflow_table_uninit(&table);
    slice_uninit(&slice);
    ds_destroy(&s);
}

#define ADMIT(BEFORE, BEHIND)                                           \
    "table=0,priority=115,reg15=0/0x1,"                                 \
    "in_port=7,dl_vlan=0 actions="BEFORE                                \
    "move:NXM_OF_VLAN_TCI[13..15]->NXM_NX_REG1[0..2],pop_vlan,"         \
    "move:NXM_OF_VLAN_TCI[12]->NXM_NX_REG0[5],"        \
    "set_field:0x100a/0x1fff->vlan_tci,"                                \
    "move:NXM_NX_REG1[0..2]->NXM_OF_VLAN_TCI[13..15],"                  \
    "set_field:0x10/0x10->reg0,"BEHIND"\n"                              \
    "table=0,priority=110,reg15=0/0x1,"                                 \
    "in_port=7,vlan_tci=0x0000/0x0fff actions="                         \
    BEFORE"set_field:0x100a/0x1fff->vlan_tci,set_field:0x10/0x10->reg0," \
    BEHIND"\ntable=0,priority=101,reg15=0/0x1,in_port=7 actions=drop\n"
#define MARKED(MARKS) "set_field:"MARKS"/"MARKS"->reg0,"
#define PENDING "set_field:0x2/0x2->reg0,"
#define OWN(MAC)                                                        \
    "table=204,priority=100,in_port=7,dl_src=02:00:00:00:00:"MAC        \
    " actions=goto_table:210\n"
#define FORGED "table=204,priority=2,in_port=7 actions=drop\n"
#define SHOW(NEXT) "actions=controller(max_len=14,id=22247)"NEXT"\n"
#define SHOW_GROUP(TYPE, MORE, NEXT)                                    \
    "table=204,priority=50,"TYPE",in_port=7,"                           \
    "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00"MORE" "SHOW(NEXT)
#define SHOWS(NEXT)                                                     \
    "table=204,priority=50,rarp,in_port=7 "SHOW(NEXT)                   \
    "table=204,priority=50,arp,in_port=7,"                              \
    "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 "SHOW(NEXT)             \
    SHOW_GROUP("icmp6", ",icmp_type=131", NEXT)                         \
    SHOW_GROUP("icmp6", ",icmp_type=133", NEXT)                         \
    SHOW_GROUP("icmp6", ",icmp_type=135", NEXT)                         \
    SHOW_GROUP("icmp6", ",icmp_type=136", NEXT)                         \
    SHOW_GROUP("icmp6", ",icmp_type=143", NEXT)                         \
    SHOW_GROUP("ip", ",nw_proto=112", NEXT)                             \
    SHOW_GROUP("ip", ",nw_src=0.0.0.0", NEXT)                           \
    SHOW_GROUP("ipv6", ",nw_proto=112", NEXT)                           \
    SHOW_GROUP("udp6", ",tp_src=546,tp_dst=547", NEXT)

#define STOP(KIND)                                                      \
    "table=212,priority=100,reg0=0x"KIND"0000/0x70000,in_port=7 "       \
    "actions=drop\n"
#define STOP_IP_AND_ND                                                  \
    "table=212,priority=100,reg0=0x10000/0x50000,in_port=7 "            \
    "actions=drop\n"

/* Two flows, for who asks, and ADMIT leads there. */
static void
test_mac(void **state OVS_UNUSED)
{
    struct vport vport;

    guest_init(&vport, "none");
    check_flows(&vport, true, ADMIT("", "goto_table:210"));
    vport_uninit(&vport);

    guest_init(&vport, "mac");
    check_flows(&vport, true, ADMIT("", "goto_table:204") OWN("01") FORGED);
    check_flows(&vport, false, ADMIT("", PENDING"goto_table:204")
                OWN("01") FORGED
                "table=210,priority=100,in_port=7 actions=drop\n");

    /* Listed, or followed, won or not. */
    const struct eth_addr two = ETH_ADDR_C(02,00,00,00,00,02);
    assert_true(vport_add_mac(&vport, two, CLAIM_LISTED));
    check_flows(&vport, true, ADMIT("", "goto_table:204")
                OWN("01") OWN("02") FORGED);

    /* It may change, so what it announces is shown, and dropped. */
    vport.listens = true;
    check_flows(&vport, true, ADMIT("", "goto_table:204")
                OWN("01") OWN("02") SHOWS("") FORGED);
    check_flows(&vport, false, ADMIT("", PENDING"goto_table:204")
                OWN("01") OWN("02") FORGED
                "table=210,priority=100,in_port=7 actions=drop\n");
    vport_uninit(&vport);
}

/* Guard "ip" stops ARP and neighbor discovery by an address that the guest does
 * not have, so that they are shown before. */
static void
test_ip_listens(void **state OVS_UNUSED)
{
    struct vport vport;

    guest_init(&vport, "ip");
    vport.listens = true;
    vport.ignored[vport.n_ignored++] = (struct eth_addr)
        ETH_ADDR_C(02,00,00,00,00,09);
    check_flows(&vport, true, ADMIT("", MARKED("0x200")"goto_table:204")
                "table=204,priority=100,in_port=7,dl_src=02:00:00:00:00:01 "
                "actions=goto_table:206\n"
                "table=204,priority=60,in_port=7,dl_src=02:00:00:00:00:09 "
                "actions=goto_table:206\n" SHOWS(",goto_table:206")
                "table=204,priority=1,in_port=7 actions=goto_table:206\n"
                STOP_IP_AND_ND STOP("2")
                "table=215,priority=60,in_port=7,dl_src=02:00:00:00:00:09 "
                "actions=goto_table:230\n");

    vport.n_ignored = 0;
    check_flows(&vport, false, ADMIT("", PENDING MARKED("0x200")
                                     "goto_table:204")
                "table=204,priority=100,in_port=7,dl_src=02:00:00:00:00:01 "
                "actions=goto_table:206\n"
                "table=204,priority=1,in_port=7 actions=goto_table:206\n"
                "table=210,priority=100,in_port=7 actions=drop\n"
                STOP_IP_AND_ND STOP("2"));
    vport_uninit(&vport);
}

/* Types of frames that guard "other" lets pass are for that alone. */
static void
test_types(void **state OVS_UNUSED)
{
    struct vport vport;

    guest_init(&vport, "other 0x8864 0x8863");
    check_flows(&vport, true,
                ADMIT("", "set_field:0x1000/0x1000->reg0,goto_table:206")
                "table=206,priority=30,in_port=7,dl_type=0x8863 "
                "actions=goto_table:210\n"
                "table=206,priority=30,in_port=7,dl_type=0x8864 "
                "actions=goto_table:210\n"
                STOP("1") "table=212,priority=100,reg0=0x60000/0x70000,in_port=7 "
                "actions=drop\n");
    vport_uninit(&vport);

    guest_init(&vport, "mac 0x8864");
    check_flows(&vport, true, ADMIT("", "goto_table:204") OWN("01") FORGED);
    vport_uninit(&vport);
}

/* What is to be said in the log is shown, until that is done. */
static void
test_log(void **state OVS_UNUSED)
{
#define OFFENCE "actions=set_field:0x100000/0x100000->reg0,"    \
    "controller(max_len=96,id=22247)\n"
    struct vport vport;

    guest_init(&vport, "mac dhcp log");
    check_flows(&vport, true,
                ADMIT("", "set_field:0x400/0x400->reg0,goto_table:204")
                "table=204,priority=100,in_port=7,dl_src=02:00:00:00:00:01"
                " actions=goto_table:206\n"
                "table=204,priority=2,in_port=7 "OFFENCE
                "table=212,priority=100,reg0=0x10000/0x70000,in_port=7 "
                OFFENCE
                "table=212,priority=100,reg0=0x40000/0x70000,in_port=7 "
                OFFENCE);
    vport.quiet_stops = 1u << STOP_NONE | 1u << STOP_DHCP;
    check_flows(&vport, true,
                ADMIT("", "set_field:0x400/0x400->reg0,goto_table:204")
                "table=204,priority=100,in_port=7,dl_src=02:00:00:00:00:01"
                " actions=goto_table:206\n"FORGED
                "table=212,priority=100,reg0=0x10000/0x70000,in_port=7 "
                OFFENCE STOP("4"));
    vport_uninit(&vport);

    /* Two kinds are one flow, which is quiet if either is. */
    guest_init(&vport, "ip log");
    vport.quiet_stops = 1u << STOP_ND;
    check_flows(&vport, true, ADMIT("", MARKED("0x200")"goto_table:206")
                STOP_IP_AND_ND
                "table=212,priority=100,reg0=0x20000/0x70000,in_port=7 "
                OFFENCE);
    vport_uninit(&vport);
}

/* A guest whose address nobody knows yet sends nothing at all. */
static void
test_sticky(void **state OVS_UNUSED)
{
    struct vport vport;

    guest_init(&vport, "mac");
    vport.mac = eth_addr_zero;
    vport.sticky = vport.listens = true;
    vport.active = false;
    check_flows(&vport, false,
                ADMIT("controller(max_len=14,id=22247),", PENDING
                      "goto_table:204")
                FORGED
                "table=210,priority=100,in_port=7 actions=drop\n");
    vport_uninit(&vport);
}

#define IP_OWN(IP)                                                      \
    "table=207,priority=100,ip,in_port=7,nw_src="IP" "                  \
    "actions=goto_table:210\n"

/* Five flows for an address of IPv4. */
static void
test_ipv4(void **state OVS_UNUSED)
{
    struct vport vport;

    guest_init(&vport, "ip");
    assert_null(ip_prefixes_add(&vport.ips, "10.0.0.5"));
    check_flows(&vport, true, ADMIT("", MARKED("0x200")"goto_table:206")
                "table=207,priority=110,arp,in_port=7,arp_spa=0.0.0.0,"
                "arp_tpa=10.0.0.5,arp_sha=02:00:00:00:00:01 "
                "actions=goto_table:210\n"
                "table=207,priority=100,arp,in_port=7,arp_spa=10.0.0.5,"
                "arp_sha=02:00:00:00:00:01 actions=goto_table:210\n"
                IP_OWN("10.0.0.5")
                STOP_IP_AND_ND STOP("2"));
    vport_uninit(&vport);

    /* Nobody knows an address of it, so it sends no IP. */
    guest_init(&vport, "ip");
    check_flows(&vport, true, ADMIT("", MARKED("0x200")"goto_table:206")
                STOP_IP_AND_ND STOP("2"));
    vport_uninit(&vport);

    guest_init(&vport, "dhcp ra other");
    check_flows(&vport, true, ADMIT("", MARKED("0x1c00")"goto_table:206")
                STOP("1") STOP("4") STOP("5") STOP("6"));
    vport_uninit(&vport);
}

/* Whatever the flows that ports share stop, a flow of the port's counts. */
static void
test_all_counted(void **state OVS_UNUSED)
{
    static const struct {
        const char *guards, *ips;
        unsigned int stops;
    } cases[] = {
        { "ip", "", 1u << STOP_IP | 1u << STOP_ARP | 1u << STOP_ND },
        { "ip", "10.0.0.5", 1u << STOP_IP | 1u << STOP_ARP | 1u << STOP_ND },
        { "ip", "fe80::5", 1u << STOP_IP | 1u << STOP_ARP | 1u << STOP_ND },
        { "dhcp", "", 1u << STOP_IP | 1u << STOP_DHCP },
        { "mac ra", "", 1u << STOP_IP | 1u << STOP_RA },
        { "other log", "", 1u << STOP_IP | 1u << STOP_OTHER },
        { "mac storm", "", 0 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct slice slice;
        struct vport vport;
        unsigned int stops = 0;

        guest_init(&vport, cases[i].guards);
        assert_null(ip_prefixes_add(&vport.ips, cases[i].ips));
        slice_init(&slice);
        guard_compile(&vport, false, htonll(0), &slice);
        for (size_t j = 0; j < slice.n_flows; j++) {
            for (unsigned int stop = 1; (slice.flows[j]->table_id
                                         == TABLE_STOPPED
                                         && stop < N_STOPS); stop++) {
                struct flow frame = { .regs = { stop << REG0_STOP_BIT } };

                frame.in_port.ofp_port = vport.ofport;
                if (minimatch_matches_flow(&slice.flows[j]->match, &frame)) {
                    assert_false(stops & 1u << stop);
                    stops |= 1u << stop;
                }
            }
        }
        assert_int_equal(stops, cases[i].stops);
        slice_uninit(&slice);
        vport_uninit(&vport);
    }
}

/* What guards cost, in flows for each guest. */
static void
test_costs(void **state OVS_UNUSED)
{
    static const struct {
        const char *guards, *ips;
        size_t n;
    } cases[] = {
        { "mac", "", 2 },
        { "mac ip", "10.0.0.5", 7 },
        { "mac ip", "10.0.0.5 2001:db8::5", 16 },
        { "dhcp", "", 2 },
        { "secure", "10.0.0.5 2001:db8::5", 19 },
        { "secure log", "10.0.0.5 2001:db8::5", 19 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct slice slice;
        struct vport vport;

        guest_init(&vport, cases[i].guards);
        assert_null(ip_prefixes_add(&vport.ips, cases[i].ips));
        slice_init(&slice);
        guard_compile(&vport, false, htonll(0), &slice);
        assert_int_equal(slice.n_flows, cases[i].n);
        slice_uninit(&slice);
        vport_uninit(&vport);
    }
}

static size_t
count_shared(const struct plan *plan)
{
    const struct oflow **flows = oflow_table_sort_flows(plan_desired(plan));
    size_t n_all = oflow_table_count_flows(plan_desired(plan));
    size_t n = 0;

    for (size_t i = 0; i < n_all; i++) {
        n += (flows[i]->table_id >= TABLE_PROTOCOL
              && flows[i]->table_id <= TABLE_STOPPED
              && flows[i]->table_id != TABLE_SOURCE
              && pipeline_cookie_kind(flows[i]->cookie) == COOKIE_BRIDGE);
    }
    free(flows);
    return n;
}

/* What ports share is there as long as one of them needs it. */
static void
test_shared(void **state OVS_UNUSED)
{
    struct plan *plan = plan_create("br0");
    struct vport a, b;

    guest_init(&a, "mac");
    guest_init(&b, "secure");
    free(b.name);
    b.name = xstrdup("vnet1");
    b.ofport = OFP_PORT_C(8);

    plan_set_ctx(plan, &exact);
    plan_set_port(plan, &a);
    plan_run(plan);
    assert_false(plan_is_guarded(plan));
    assert_int_equal(count_shared(plan), 0);

    plan_set_port(plan, &b);
    plan_run(plan);
    assert_true(plan_is_guarded(plan));
    assert_int_equal(count_shared(plan), 35);

    b.guards = GUARD_BIT(GUARD_MAC);
    plan_set_port(plan, &b);
    plan_run(plan);
    assert_int_equal(count_shared(plan), 0);

    a.guards = GUARDS_ALL;
    plan_set_port(plan, &a);
    plan_run(plan);
    assert_int_equal(count_shared(plan), 35);
    plan_remove_port(plan, "vnet0");
    plan_run(plan);
    assert_int_equal(count_shared(plan), 0);

    plan_destroy(plan);
    vport_uninit(&a);
    vport_uninit(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mac),
        cmocka_unit_test(test_ip_listens),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_sticky),
        cmocka_unit_test(test_ipv4),
        cmocka_unit_test(test_all_counted),
        cmocka_unit_test(test_costs),
        cmocka_unit_test(test_shared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
