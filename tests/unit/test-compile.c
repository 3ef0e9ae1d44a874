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
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/slice.h"
#include "openvswitch/dynamic-string.h"
#include "tests/unit/compile-text.h"
#include "util.h"

/* The flows and buckets of each kind of port, word by word.  What they do
 * together is in test-delivery.c. */

static const struct port_case port_cases[] = {
    /* A plain access guest: three flows and one bucket. */
    { VIF_GUEST, PORT_VLAN_MODE_DEFAULT, 10, { 0 },
      "table=0,priority=115,reg15=0/0x1,in_port=7,dl_vlan=0 "
      "actions=move:NXM_OF_VLAN_TCI[13..15]->NXM_NX_REG1[0..2],pop_vlan,"
      "move:NXM_OF_VLAN_TCI[12]->NXM_NX_REG0[5],"
      "set_field:0x100a/0x1fff->vlan_tci,"
      "move:NXM_NX_REG1[0..2]->NXM_OF_VLAN_TCI[13..15],"
      "set_field:0x10/0x10->reg0,goto_table:210\n"
      "table=0,priority=110,reg15=0/0x1,in_port=7,vlan_tci=0x0000/0x0fff "
      "actions=set_field:0x100a/0x1fff->vlan_tci,"
      "set_field:0x10/0x10->reg0,goto_table:210\n"
      CUT_OFF_PORT
      "table=230,priority=100,dl_vlan=10,dl_dst=02:00:00:00:00:01 "
      "actions=pop_vlan,output:7\n"
      "10-10: bucket=bucket_id:7,actions=pop_vlan,output:7\n" },
    /* VLAN 0 may or may not have a tag to take off. */
    { VIF_GUEST, PORT_VLAN_MODE_ACCESS, -1, { 0 },
      "table=0,priority=120,reg15=0/0x1,in_port=7,dl_vlan=0,dl_vlan_pcp=0 "
      "actions=set_field:0->vlan_tci,set_field:0x8/0x8->reg0,"
      "goto_table:210\n"
      "table=0,priority=110,reg15=0/0x1,in_port=7,vlan_tci=0x0000/0x0fff "
      "actions=goto_table:210\n"
      CUT_OFF_PORT
      "table=230,priority=100,vlan_tci=0x0000/0x0fff,"
      "dl_dst=02:00:00:00:00:01 "
      "actions=set_field:0->vlan_tci,output:7\n"
      "0-0: bucket=bucket_id:7,actions=set_field:0->vlan_tci,output:7\n" },
    /* A trunk, in the fewest masked matches. */
    { VIF_GUEST, PORT_VLAN_MODE_DEFAULT, -1, { 10, 11 },
      "table=0,priority=105,reg15=0/0x1,in_port=7,vlan_tci=0x100a/0x1ffe "
      "actions=goto_table:210\n"
      CUT_OFF_PORT
      "table=230,priority=100,vlan_tci=0x100a/0x1ffe,"
      "dl_dst=02:00:00:00:00:01 actions=output:7\n"
      "10-11: bucket=bucket_id:7,actions=output:7\n" },
    { VIF_GUEST, PORT_VLAN_MODE_TRUNK, 17, { 9, 12 },
      "table=0,priority=105,reg15=0/0x1,"
      "in_port=7,dl_vlan=9 actions=goto_table:210\n"
      "table=0,priority=105,reg15=0/0x1,in_port=7,vlan_tci=0x100a/0x1ffe "
      "actions=goto_table:210\n"
      "table=0,priority=105,reg15=0/0x1,"
      "in_port=7,dl_vlan=12 actions=goto_table:210\n"
      CUT_OFF_PORT
      "table=230,priority=100,dl_vlan=9,dl_dst=02:00:00:00:00:01 "
      "actions=output:7\n"
      "table=230,priority=100,vlan_tci=0x100a/0x1ffe,"
      "dl_dst=02:00:00:00:00:01 actions=output:7\n"
      "table=230,priority=100,dl_vlan=12,dl_dst=02:00:00:00:00:01 "
      "actions=output:7\n"
      "9-9: bucket=bucket_id:7,actions=output:7\n"
      "10-11: bucket=bucket_id:7,actions=output:7\n"
      "12-12: bucket=bucket_id:7,actions=output:7\n" },
    /* All VLANs. */
    { VIF_GUEST, PORT_VLAN_MODE_DEFAULT, -1, { 0 },
      "table=0,priority=120,reg15=0/0x1,in_port=7,dl_vlan=0,dl_vlan_pcp=0 "
      "actions=set_field:0->vlan_tci,set_field:0x8/0x8->reg0,"
      "goto_table:210\n"
      "table=0,priority=105,reg15=0/0x1,in_port=7 actions=goto_table:210\n"
      "table=230,priority=100,dl_dst=02:00:00:00:00:01 actions=output:7\n"
      "0-4095: bucket=bucket_id:7,actions=output:7\n" },
    { VIF_GUEST, PORT_VLAN_MODE_NATIVE_TAGGED, 10, { 10, 11 },
      "table=0,priority=115,reg15=0/0x1,in_port=7,dl_vlan=0 "
      "actions=move:NXM_OF_VLAN_TCI[13..15]->NXM_NX_REG1[0..2],pop_vlan,"
      "move:NXM_OF_VLAN_TCI[12]->NXM_NX_REG0[5],"
      "set_field:0x100a/0x1fff->vlan_tci,"
      "move:NXM_NX_REG1[0..2]->NXM_OF_VLAN_TCI[13..15],"
      "set_field:0x10/0x10->reg0,goto_table:210\n"
      "table=0,priority=110,reg15=0/0x1,in_port=7,vlan_tci=0x0000/0x0fff "
      "actions=set_field:0x100a/0x1fff->vlan_tci,"
      "set_field:0x10/0x10->reg0,goto_table:210\n"
      "table=0,priority=105,reg15=0/0x1,in_port=7,vlan_tci=0x100a/0x1ffe "
      "actions=goto_table:210\n"
      CUT_OFF_PORT
      "table=230,priority=100,vlan_tci=0x100a/0x1ffe,"
      "dl_dst=02:00:00:00:00:01 actions=output:7\n"
      "10-11: bucket=bucket_id:7,actions=output:7\n" },
    { VIF_GUEST, PORT_VLAN_MODE_NATIVE_UNTAGGED, 10, { 10, 11 },
      "table=0,priority=115,reg15=0/0x1,in_port=7,dl_vlan=0 "
      "actions=move:NXM_OF_VLAN_TCI[13..15]->NXM_NX_REG1[0..2],pop_vlan,"
      "move:NXM_OF_VLAN_TCI[12]->NXM_NX_REG0[5],"
      "set_field:0x100a/0x1fff->vlan_tci,"
      "move:NXM_NX_REG1[0..2]->NXM_OF_VLAN_TCI[13..15],"
      "set_field:0x10/0x10->reg0,goto_table:210\n"
      "table=0,priority=110,reg15=0/0x1,in_port=7,vlan_tci=0x0000/0x0fff "
      "actions=set_field:0x100a/0x1fff->vlan_tci,"
      "set_field:0x10/0x10->reg0,goto_table:210\n"
      "table=0,priority=105,reg15=0/0x1,in_port=7,vlan_tci=0x100a/0x1ffe "
      "actions=goto_table:210\n"
      CUT_OFF_PORT
      "table=230,priority=100,dl_vlan=10,dl_dst=02:00:00:00:00:01 "
      "actions=pop_vlan,output:7\n"
      "table=230,priority=100,dl_vlan=11,dl_dst=02:00:00:00:00:01 "
      "actions=output:7\n"
      "10-10: bucket=bucket_id:7,actions=pop_vlan,output:7\n"
      "11-11: bucket=bucket_id:7,actions=output:7\n" },
    { VIF_HOST, PORT_VLAN_MODE_DEFAULT, -1, { 0 },
      "table=0,priority=120,reg15=0/0x1,in_port=LOCAL,dl_vlan=0,dl_vlan_pcp=0 "
      "actions=set_field:0->vlan_tci,set_field:0x8/0x8->reg0,"
      "goto_table:210\n"
      "table=0,priority=105,reg15=0/0x1,in_port=LOCAL actions=goto_table:210\n"
      "table=230,priority=100,dl_dst=02:00:00:00:00:01 actions=LOCAL\n"
      "0-4095: bucket=bucket_id:65534,actions=LOCAL\n" },
    { VIF_HOST, PORT_VLAN_MODE_DEFAULT, 10, { 0 },
      "table=0,priority=110,reg15=0/0x1,in_port=LOCAL,vlan_tci=0x0000/0x0fff "
      "actions=set_field:0x100a/0x1fff->vlan_tci,goto_table:210\n"
      "table=0,priority=101,reg15=0/0x1,in_port=LOCAL actions=drop\n"
      "table=230,priority=100,dl_vlan=10,dl_dst=02:00:00:00:00:01 "
      "actions=pop_vlan,LOCAL\n"
      "10-10: bucket=bucket_id:65534,actions=pop_vlan,LOCAL\n" },
    /* A network port: all that is nobody's here. */
    { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, -1, { 0 },
      "table=0,priority=120,reg15=0/0x1,in_port=7,dl_vlan=0,dl_vlan_pcp=0 "
      "actions=set_field:0->vlan_tci,set_field:0x8/0x8->reg0,"
      "set_field:0x1/0x1->reg0,goto_table:210\n"
      "table=0,priority=105,reg15=0/0x1,in_port=7 "
      "actions=set_field:0x1/0x1->reg0,goto_table:210\n"
      "table=250,priority=100 actions=output:7\n" },
    { VIF_NETWORK, PORT_VLAN_MODE_NATIVE_UNTAGGED, 10, { 10, 11 },
      "table=0,priority=110,reg15=0/0x1,in_port=7,vlan_tci=0x0000/0x0fff "
      "actions=set_field:0x100a/0x1fff->vlan_tci,"
      "set_field:0x1/0x1->reg0,goto_table:210\n"
      "table=0,priority=105,reg15=0/0x1,in_port=7,vlan_tci=0x100a/0x1ffe "
      "actions=set_field:0x1/0x1->reg0,goto_table:210\n"
      CUT_OFF_PORT
      "table=250,priority=100,dl_vlan=10 actions=pop_vlan,output:7\n"
      "table=250,priority=100,dl_vlan=11 actions=output:7\n" },
};

static const struct bridge_ctx exact = {
    .exact = true, .network = NETWORK_DIRECT,
};
static const struct bridge_ctx off = {
    .exact = false, .network = NETWORK_DIRECT,
};

static void
test_ports(void **state OVS_UNUSED)
{
    for (size_t i = 0; i < ARRAY_SIZE(port_cases); i++) {
        struct vport vport;

        port_case_to_vport(&port_cases[i], &vport);
        check_port(&exact, &vport, &vport.vlan.members, port_cases[i].slice);
        check_port(&off, &vport, &vport.vlan.members, "");
        vport_uninit(&vport);
    }
}

static bool
is_of_spanning_tree(const struct oflow *flow)
{
    struct match match;

    minimatch_expand(&flow->match, &match);
    return eth_addr_equals(match.flow.dl_dst, eth_addr_stp);
}

static bool
is_of_priority_tags(const struct oflow *flow)
{
    return (flow->table_id == TABLE_ADMIT
            && flow->priority == PRIORITY_ADMIT_PRIORITY_TAG);
}

/* Returns the flow of port 'i' of port_cases that is such as 'is_it' says, null
 * if there is none. */
static char *
find_flow(const struct bridge_ctx *ctx, size_t i,
          bool (*is_it)(const struct oflow *))
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct vport vport;
    struct slice slice;
    const struct vlan_set *won = &vport.vlan.members;

    port_case_to_vport(&port_cases[i], &vport);
    slice_init(&slice);
    compile_port(ctx, &vport, &won, NULL, &slice);
    for (size_t k = 0; k < slice.n_flows; k++) {
        if (is_it(slice.flows[k])) {
            oflow_format(&s, slice.flows[k], NULL);
        }
    }
    slice_uninit(&slice);
    vport_uninit(&vport);
    return s.length ? ds_steal_cstr(&s) : NULL;
}

/* On a bridge that is a part of a spanning tree, what a guest says of that is
 * dropped by a flow of its own. */
static void
test_spanning_tree(void **state OVS_UNUSED)
{
    struct bridge_ctx ctx = exact;

    ctx.spans = true;
    assert_false(bridge_ctx_equals(&ctx, &exact));
    for (int forward_bpdu = 0; forward_bpdu < 2; forward_bpdu++) {
        ctx.forward_bpdu = forward_bpdu;

        char *flow = find_flow(&ctx, 0, is_of_spanning_tree);
        char *expected = xasprintf("table=%s,in_port=7,"
                                   "dl_dst=01:80:c2:00:00:00 actions=drop",
                                   forward_bpdu ? "230,priority=160"
                                   : "235,priority=60");
        assert_non_null(flow);
        assert_string_equal(strchr(flow, ',') + 1, expected);
        free(expected);
        free(flow);
    }
    assert_null(find_flow(&exact, 0, is_of_spanning_tree));
    assert_null(find_flow(&ctx, 7, is_of_spanning_tree));   /* The host. */
}

/* Where the datapath would not tell what is behind a tag of nothing but a
 * priority, no such frame goes on. */
static void
test_blurred_tags(void **state OVS_UNUSED)
{
    struct bridge_ctx ctx = exact;

    for (int blurs = 0; blurs < 2; blurs++) {
        ctx.blurs_tags = blurs;
        assert_int_equal(bridge_ctx_equals(&ctx, &exact), !blurs);

        char *flow = find_flow(&ctx, 0, is_of_priority_tags);
        assert_non_null(flow);
        if (blurs) {
            assert_string_equal(strstr(flow, "table="),
                                "table=0,priority=115,reg15=0/0x1,"
                                "in_port=7,dl_vlan=0 actions=drop");
        } else {
            assert_non_null(strstr(flow, "goto_table"));
        }
        free(flow);
    }
}

/* Who has lost its address is still sent broadcasts, and its frames are marked
 * as those of a pending guest. */
static void
test_loser(void **state OVS_UNUSED)
{
    struct vlan_set won = VLAN_SET_INITIALIZER;
    struct vport vport;

    port_case_to_vport(&port_cases[0], &vport);
    check_port(&exact, &vport, &won,
               "table=0,priority=115,reg15=0/0x1,in_port=7,dl_vlan=0 "
               "actions=move:NXM_OF_VLAN_TCI[13..15]->NXM_NX_REG1[0..2],pop_vlan,"
               "move:NXM_OF_VLAN_TCI[12]->NXM_NX_REG0[5],"
               "set_field:0x100a/0x1fff->vlan_tci,"
               "move:NXM_NX_REG1[0..2]->NXM_OF_VLAN_TCI[13..15],"
               "set_field:0x10/0x10->reg0,set_field:0x2/0x2->reg0,goto_table:210\n"
               "table=0,priority=110,reg15=0/0x1,"
               "in_port=7,vlan_tci=0x0000/0x0fff "
               "actions=set_field:0x100a/0x1fff->vlan_tci,"
               "set_field:0x10/0x10->reg0,set_field:0x2/0x2->reg0,goto_table:210\n"
               CUT_OFF_PORT PENDING_PORT
               "10-10: bucket=bucket_id:7,actions=pop_vlan,output:7\n");

    /* Held back, so every frame of it is shown as well. */
    vport.active = false;
    check_port(&exact, &vport, &won,
               "table=0,priority=115,reg15=0/0x1,in_port=7,dl_vlan=0 "
               "actions=controller(max_len=14,id=22247),move:NXM_OF_VLAN_TCI[13..15]->NXM_NX_REG1[0..2],pop_vlan,"
               "move:NXM_OF_VLAN_TCI[12]->NXM_NX_REG0[5],"
               "set_field:0x100a/0x1fff->vlan_tci,"
               "move:NXM_NX_REG1[0..2]->NXM_OF_VLAN_TCI[13..15],"
               "set_field:0x10/0x10->reg0,set_field:0x2/0x2->reg0,goto_table:210\n"
               "table=0,priority=110,reg15=0/0x1,"
               "in_port=7,vlan_tci=0x0000/0x0fff "
               "actions=controller(max_len=14,id=22247),set_field:0x100a/0x1fff->vlan_tci,"
               "set_field:0x10/0x10->reg0,set_field:0x2/0x2->reg0,goto_table:210\n"
               CUT_OFF_PORT PENDING_PORT
               "10-10: bucket=bucket_id:7,actions=pop_vlan,output:7\n");
    vport_uninit(&vport);

    /* Won in one VLAN of two: no longer pending. */
    port_case_to_vport(&port_cases[2], &vport);
    vlan_set_add(&won, 11);
    check_port(&exact, &vport, &won,
               "table=0,priority=105,reg15=0/0x1,"
               "in_port=7,vlan_tci=0x100a/0x1ffe "
               "actions=goto_table:210\n"
               CUT_OFF_PORT
               "table=230,priority=100,dl_vlan=11,dl_dst=02:00:00:00:00:01 "
               "actions=output:7\n"
               "10-11: bucket=bucket_id:7,actions=output:7\n");
    vport_uninit(&vport);
    vlan_set_uninit(&won);
}

#define LISTENS(TYPE, MORE)                                             \
    "table=210,priority=50,"TYPE",in_port=7,"                           \
    "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00"MORE" "                 \
    "actions=goto_table:215\n"

/* A guest with several addresses, which may change to others, and one that is
 * isolated.  What a guest that has lost its first address says of itself is
 * for SOURCE alone to judge. */
static void
test_policy(void **state OVS_UNUSED)
{
    const struct vlan_set none = VLAN_SET_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;
    struct slice slice;
    struct vport vport;

    port_case_to_vport(&port_cases[0], &vport);
    vport_add_mac(&vport, (struct eth_addr) ETH_ADDR_C(02,00,00,00,00,02),
                  CLAIM_LISTED);
    vport_add_mac(&vport, (struct eth_addr) ETH_ADDR_C(02,00,00,00,00,03),
                  CLAIM_ANNOUNCED);
    vport.isolated = true;
    vport.follow_limit = 1;
    vport.listens = true;

    const struct vlan_set *won[] = { &vport.vlan.members, &none,
                                     &vport.vlan.members };
    slice_init(&slice);
    compile_port(&exact, &vport, won, NULL, &slice);
    slice_format_text(&s, &slice, pipeline_cookie(COOKIE_PORT, "vnet0"));
    slice_uninit(&slice);
    assert_string_equal(ds_cstr(&s),
        "table=0,priority=115,reg15=0/0x1,in_port=7,dl_vlan=0 "
        "actions=move:NXM_OF_VLAN_TCI[13..15]->NXM_NX_REG1[0..2],pop_vlan,"
        "move:NXM_OF_VLAN_TCI[12]->NXM_NX_REG0[5],"
        "set_field:0x100a/0x1fff->vlan_tci,"
        "move:NXM_NX_REG1[0..2]->NXM_OF_VLAN_TCI[13..15],"
        "set_field:0x10/0x10->reg0,set_field:0x4/0x4->reg0,goto_table:210\n"
        "table=0,priority=110,reg15=0/0x1,in_port=7,vlan_tci=0x0000/0x0fff "
        "actions=set_field:0x100a/0x1fff->vlan_tci,"
        "set_field:0x10/0x10->reg0,set_field:0x4/0x4->reg0,goto_table:210\n"
        CUT_OFF_PORT
        "table=210,priority=50,rarp,in_port=7 actions=goto_table:215\n"
        "table=210,priority=50,arp,in_port=7,"
        "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=goto_table:215\n"
        LISTENS("icmp6", ",icmp_type=131")
        LISTENS("icmp6", ",icmp_type=133")
        LISTENS("icmp6", ",icmp_type=135")
        LISTENS("icmp6", ",icmp_type=136")
        LISTENS("icmp6", ",icmp_type=143")
        LISTENS("ip", ",nw_proto=112")
        LISTENS("ip", ",nw_src=0.0.0.0")
        LISTENS("ipv6", ",nw_proto=112")
        LISTENS("udp6", ",tp_src=546,tp_dst=547")
        "table=215,priority=100,in_port=7,dl_src=02:00:00:00:00:01 "
        "actions=goto_table:230\n"
        "table=215,priority=100,in_port=7,dl_src=02:00:00:00:00:02 "
        "actions=goto_table:230\n"
        "table=215,priority=100,in_port=7,dl_src=02:00:00:00:00:03 "
        "actions=goto_table:230\n"
        "table=215,priority=50,in_port=7 "
        "actions=controller(max_len=14,id=22247),goto_table:230\n"
        "table=230,priority=110,reg0=0x4/0x4,dl_vlan=10,"
        "dl_dst=02:00:00:00:00:01 actions=drop\n"
        "table=230,priority=110,reg0=0x4/0x4,dl_vlan=10,"
        "dl_dst=02:00:00:00:00:03 actions=drop\n"
        "table=230,priority=100,dl_vlan=10,dl_dst=02:00:00:00:00:01 "
        "actions=pop_vlan,output:7\n"
        "table=230,priority=90,dl_vlan=10,dl_dst=02:00:00:00:00:03 "
        "actions=pop_vlan,output:7\n"
        "10-10: bucket=bucket_id:7,actions=pop_vlan,output:7\n");

    won[0] = won[2] = &none;
    ds_clear(&s);
    slice_init(&slice);
    compile_port(&exact, &vport, won, NULL, &slice);
    slice_format_text(&s, &slice, pipeline_cookie(COOKIE_PORT, "vnet0"));
    slice_uninit(&slice);
    assert_string_equal(ds_cstr(&s),
        "table=0,priority=115,reg15=0/0x1,in_port=7,dl_vlan=0 "
        "actions=move:NXM_OF_VLAN_TCI[13..15]->NXM_NX_REG1[0..2],pop_vlan,"
        "move:NXM_OF_VLAN_TCI[12]->NXM_NX_REG0[5],"
        "set_field:0x100a/0x1fff->vlan_tci,"
        "move:NXM_NX_REG1[0..2]->NXM_OF_VLAN_TCI[13..15],"
        "set_field:0x10/0x10->reg0,set_field:0x2/0x2->reg0,set_field:0x4/0x4->reg0,goto_table:210\n"
        "table=0,priority=110,reg15=0/0x1,in_port=7,vlan_tci=0x0000/0x0fff "
        "actions=set_field:0x100a/0x1fff->vlan_tci,"
        "set_field:0x10/0x10->reg0,set_field:0x2/0x2->reg0,set_field:0x4/0x4->reg0,goto_table:210\n"
        CUT_OFF_PORT PENDING_PORT
        "10-10: bucket=bucket_id:7,actions=pop_vlan,output:7\n");
    vport_uninit(&vport);
    ds_destroy(&s);
}

/* Where frames may be sent back, those of guests and of the host are known by
 * their source, wherever these have won it. */
static void
test_reflections(void **state OVS_UNUSED)
{
    const struct bridge_ctx ctx = {
        .exact = true, .network = NETWORK_BOND, .reflections = true,
    };
    const struct vlan_set none = VLAN_SET_INITIALIZER;
    struct vlan_set won = VLAN_SET_INITIALIZER;
    struct vport vport;

    /* Guests. */
    port_case_to_vport(&port_cases[0], &vport);
    check_port(&ctx, &vport, &vport.vlan.members,
               "table=0,priority=115,reg15=0/0x1,in_port=7,dl_vlan=0 "
               "actions=move:NXM_OF_VLAN_TCI[13..15]->NXM_NX_REG1[0..2],pop_vlan,"
               "move:NXM_OF_VLAN_TCI[12]->NXM_NX_REG0[5],"
               "set_field:0x100a/0x1fff->vlan_tci,"
               "move:NXM_NX_REG1[0..2]->NXM_OF_VLAN_TCI[13..15],"
               "set_field:0x10/0x10->reg0,goto_table:210\n"
               "table=0,priority=110,reg15=0/0x1,"
               "in_port=7,vlan_tci=0x0000/0x0fff "
               "actions=set_field:0x100a/0x1fff->vlan_tci,"
               "set_field:0x10/0x10->reg0,goto_table:210\n"
               CUT_OFF_PORT
               "table=205,priority=100,dl_vlan=10,dl_src=02:00:00:00:00:01 "
               "actions=drop\n"
               "table=230,priority=100,dl_vlan=10,dl_dst=02:00:00:00:00:01 "
               "actions=pop_vlan,output:7\n"
               "10-10: bucket=bucket_id:7,actions=pop_vlan,output:7\n");
    check_port(&ctx, &vport, &none,
               "table=0,priority=115,reg15=0/0x1,in_port=7,dl_vlan=0 "
               "actions=move:NXM_OF_VLAN_TCI[13..15]->NXM_NX_REG1[0..2],pop_vlan,"
               "move:NXM_OF_VLAN_TCI[12]->NXM_NX_REG0[5],"
               "set_field:0x100a/0x1fff->vlan_tci,"
               "move:NXM_NX_REG1[0..2]->NXM_OF_VLAN_TCI[13..15],"
               "set_field:0x10/0x10->reg0,set_field:0x2/0x2->reg0,goto_table:210\n"
               "table=0,priority=110,reg15=0/0x1,"
               "in_port=7,vlan_tci=0x0000/0x0fff "
               "actions=set_field:0x100a/0x1fff->vlan_tci,"
               "set_field:0x10/0x10->reg0,set_field:0x2/0x2->reg0,goto_table:210\n"
               CUT_OFF_PORT PENDING_PORT
               "10-10: bucket=bucket_id:7,actions=pop_vlan,output:7\n");
    vport_uninit(&vport);

    port_case_to_vport(&port_cases[2], &vport);
    vlan_set_add(&won, 11);
    check_port(&ctx, &vport, &won,
               "table=0,priority=105,reg15=0/0x1,"
               "in_port=7,vlan_tci=0x100a/0x1ffe "
               "actions=goto_table:210\n"
               CUT_OFF_PORT
               "table=205,priority=100,dl_vlan=11,dl_src=02:00:00:00:00:01 "
               "actions=drop\n"
               "table=230,priority=100,dl_vlan=11,dl_dst=02:00:00:00:00:01 "
               "actions=output:7\n"
               "10-11: bucket=bucket_id:7,actions=output:7\n");
    vlan_set_uninit(&won);
    vport_uninit(&vport);

    /* The host, in all VLANs. */
    port_case_to_vport(&port_cases[7], &vport);
    check_port(&ctx, &vport, &vport.vlan.members,
               "table=0,priority=120,reg15=0/0x1,"
               "in_port=LOCAL,dl_vlan=0,dl_vlan_pcp=0 "
               "actions=set_field:0->vlan_tci,set_field:0x8/0x8->reg0,"
               "goto_table:210\n"
               "table=0,priority=105,reg15=0/0x1,"
               "in_port=LOCAL actions=goto_table:210\n"
               "table=205,priority=100,dl_src=02:00:00:00:00:01 "
               "actions=drop\n"
               "table=230,priority=100,dl_dst=02:00:00:00:00:01 "
               "actions=LOCAL\n"
               "0-4095: bucket=bucket_id:65534,actions=LOCAL\n");
    vport_uninit(&vport);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ports),
        cmocka_unit_test(test_spanning_tree),
        cmocka_unit_test(test_blurred_tags),
        cmocka_unit_test(test_loser),
        cmocka_unit_test(test_policy),
        cmocka_unit_test(test_reflections),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
