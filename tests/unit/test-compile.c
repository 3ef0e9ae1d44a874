/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "byte-order.h"
#include "flow.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/slice.h"
#include "openvswitch/dynamic-string.h"
#include "tests/unit/oflow-text.h"
#include "util.h"

/* The flows and buckets of each kind of port, word by word.  What they do
 * together is in test-delivery.c. */

/* Does 'flow' tell groups from those that are reserved, or sources from none?
 */
static bool
tells_apart(const struct oflow *flow)
{
    return ((flow->table_id == TABLE_MULTICAST
             && flow->priority > PRIORITY_MULTICAST_RESERVED
             && flow->priority <= PRIORITY_MULTICAST_OTHERS)
            || (flow->table_id == TABLE_SOURCE
                && flow->priority > PRIORITY_SOURCE_ZERO
                && flow->priority <= PRIORITY_SOURCE_OTHERS
                && flow->cookie == pipeline_cookie(COOKIE_BRIDGE, "br0")));
}

/* Appends 'slice' to 's': flows without their cookies, which must all be
 * 'cookie', then buckets as "FIRST-LAST: bucket=...".  Those of
 * test-multicast.c are left out. */
static void
format_slice(struct ds *s, const struct slice *slice, ovs_be64 cookie)
{
    struct oflow_table table;

    oflow_table_init(&table);
    oflow_table_put_slice(&table, slice);
    assert_int_equal(oflow_table_count_flows(&table), slice->n_flows);

    const struct oflow **flows = oflow_table_sort_flows(&table);
    for (size_t i = 0; i < slice->n_flows; i++) {
        struct ds line = DS_EMPTY_INITIALIZER;

        assert_true(flows[i]->cookie == cookie);
        oflow_format(&line, flows[i], NULL);
        if (!tells_apart(flows[i])) {
            ds_put_format(s, "%s\n", strchr(ds_cstr(&line), ',') + 1);
        }
        ds_destroy(&line);
    }
    for (size_t i = 0; i < slice->n_buckets; i++) {
        const struct obucket *bucket = slice->buckets[i];
        struct vlan_block block = pipeline_group_block(bucket->group_id);

        assert_true(bucket->cookie == cookie);
        assert_int_equal(pipeline_group_shard(bucket->group_id), 0);
        ds_put_format(s, "%u-%u: ", block.vid,
                      block.vid + (1 << block.level) - 1);
        obucket_format(s, bucket, NULL);
        ds_put_char(s, '\n');
    }
    free(flows);
    oflow_table_uninit(&table);
}

/* Drop what is left of what the port sends. */
#define CUT_OFF_PORT "table=0,priority=2,reg15=0/0x1,in_port=7 actions=drop\n"
#define PENDING_PORT "table=210,priority=100,in_port=7 actions=drop\n"

static const struct port_case {
    enum vif_role role;
    enum port_vlan_mode mode;
    int tag;
    int trunks[2];              /* First and last, none if zero. */
    const char *slice;
} port_cases[] = {
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
      "table=0,priority=100,reg15=0/0x1,in_port=7,vlan_tci=0x100a/0x1ffe "
      "actions=goto_table:210\n"
      CUT_OFF_PORT
      "table=230,priority=100,vlan_tci=0x100a/0x1ffe,"
      "dl_dst=02:00:00:00:00:01 actions=output:7\n"
      "10-11: bucket=bucket_id:7,actions=output:7\n" },
    { VIF_GUEST, PORT_VLAN_MODE_TRUNK, 17, { 9, 12 },
      "table=0,priority=100,reg15=0/0x1,"
      "in_port=7,dl_vlan=9 actions=goto_table:210\n"
      "table=0,priority=100,reg15=0/0x1,in_port=7,vlan_tci=0x100a/0x1ffe "
      "actions=goto_table:210\n"
      "table=0,priority=100,reg15=0/0x1,"
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
      "table=0,priority=100,reg15=0/0x1,in_port=7 actions=goto_table:210\n"
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
      "table=0,priority=100,reg15=0/0x1,in_port=7,vlan_tci=0x100a/0x1ffe "
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
      "table=0,priority=100,reg15=0/0x1,in_port=7,vlan_tci=0x100a/0x1ffe "
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
      "table=0,priority=100,reg15=0/0x1,in_port=LOCAL actions=goto_table:210\n"
      "table=230,priority=100,dl_dst=02:00:00:00:00:01 actions=LOCAL\n"
      "0-4095: bucket=bucket_id:65534,actions=LOCAL\n" },
    { VIF_HOST, PORT_VLAN_MODE_DEFAULT, 10, { 0 },
      "table=0,priority=110,reg15=0/0x1,in_port=LOCAL,vlan_tci=0x0000/0x0fff "
      "actions=set_field:0x100a/0x1fff->vlan_tci,goto_table:210\n"
      "table=0,priority=2,reg15=0/0x1,in_port=LOCAL actions=drop\n"
      "table=230,priority=100,dl_vlan=10,dl_dst=02:00:00:00:00:01 "
      "actions=pop_vlan,LOCAL\n"
      "10-10: bucket=bucket_id:65534,actions=pop_vlan,LOCAL\n" },
    /* A network port: all that is nobody's here. */
    { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, -1, { 0 },
      "table=0,priority=120,reg15=0/0x1,in_port=7,dl_vlan=0,dl_vlan_pcp=0 "
      "actions=set_field:0->vlan_tci,set_field:0x8/0x8->reg0,"
      "set_field:0x1/0x1->reg0,goto_table:210\n"
      "table=0,priority=100,reg15=0/0x1,in_port=7 "
      "actions=set_field:0x1/0x1->reg0,goto_table:210\n"
      "table=250,priority=100 actions=output:7\n" },
    { VIF_NETWORK, PORT_VLAN_MODE_NATIVE_UNTAGGED, 10, { 10, 11 },
      "table=0,priority=110,reg15=0/0x1,in_port=7,vlan_tci=0x0000/0x0fff "
      "actions=set_field:0x100a/0x1fff->vlan_tci,"
      "set_field:0x1/0x1->reg0,goto_table:210\n"
      "table=0,priority=100,reg15=0/0x1,in_port=7,vlan_tci=0x100a/0x1ffe "
      "actions=set_field:0x1/0x1->reg0,goto_table:210\n"
      CUT_OFF_PORT
      "table=250,priority=100,dl_vlan=10 actions=pop_vlan,output:7\n"
      "table=250,priority=100,dl_vlan=11 actions=output:7\n" },
};

static void
port_case_to_vport(const struct port_case *c, struct vport *vport)
{
    struct port_vlan vlan = { .mode = c->mode, .tag = c->tag };
    const struct eth_addr mac = ETH_ADDR_C(02,00,00,00,00,01);

    *vport = (struct vport) {
        .name = xstrdup("vnet0"),
        .ofport = c->role == VIF_HOST ? OFPP_LOCAL : OFP_PORT_C(7),
        .role = c->role,
        .active = true,
    };
    if (c->role != VIF_NETWORK) {
        vport->mac = mac;
    }
    if (c->trunks[1]) {
        vlan_set_add_range(&vlan.trunks, c->trunks[0], c->trunks[1]);
    }
    assert_true(port_vlan_effect_init(&vport->vlan, &vlan, NULL));
    port_vlan_uninit(&vlan);
}

static const struct bridge_ctx exact = {
    .exact = true, .network = NETWORK_DIRECT,
};
static const struct bridge_ctx off = {
    .exact = false, .network = NETWORK_DIRECT,
};

static void
check_port(const struct bridge_ctx *ctx, const struct vport *vport,
           const struct vlan_set *won, const char *expected)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct slice slice;

    slice_init(&slice);
    compile_port(ctx, vport, &won, NULL, &slice);
    format_slice(&s, &slice, pipeline_cookie(COOKIE_PORT, "vnet0"));
    assert_string_equal(ds_cstr(&s), expected);
    slice_uninit(&slice);
    ds_destroy(&s);
}

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

/* Returns the flow of port 'i' of port_cases that is about spanning trees, null
 * if there is none. */
static char *
bpdu_of_port(const struct bridge_ctx *ctx, size_t i)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct vport vport;
    struct slice slice;
    const struct vlan_set *won = &vport.vlan.members;

    port_case_to_vport(&port_cases[i], &vport);
    slice_init(&slice);
    compile_port(ctx, &vport, &won, NULL, &slice);
    for (size_t k = 0; k < slice.n_flows; k++) {
        struct match match;

        minimatch_expand(&slice.flows[k]->match, &match);
        if (eth_addr_equals(match.flow.dl_dst, eth_addr_stp)) {
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

        char *flow = bpdu_of_port(&ctx, 0);
        char *expected = xasprintf("table=%s,in_port=7,"
                                   "dl_dst=01:80:c2:00:00:00 actions=drop",
                                   forward_bpdu ? "230,priority=160"
                                   : "235,priority=60");
        assert_non_null(flow);
        assert_string_equal(strchr(flow, ',') + 1, expected);
        free(expected);
        free(flow);
    }
    assert_null(bpdu_of_port(&exact, 0));
    assert_null(bpdu_of_port(&ctx, 7));    /* The host. */
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
               "table=0,priority=100,reg15=0/0x1,"
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
    format_slice(&s, &slice, pipeline_cookie(COOKIE_PORT, "vnet0"));
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
    format_slice(&s, &slice, pipeline_cookie(COOKIE_PORT, "vnet0"));
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

/* Network ports on a bridge where NORMAL serves them. */
#define LEARN "resubmit(,203),"
#define PLACES                                                          \
    "table=203,priority=1,in_port=7 actions=learn(table=251,"           \
    "hard_timeout=300,priority=100,delete_learned,"                     \
    "cookie=0x56e70400e4c2224c,limit=4096,NXM_OF_VLAN_TCI[0..11],"      \
    "NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],"                                \
    "load:NXM_OF_IN_PORT[]->NXM_NX_REG2[0..15])\n"
#define NULL_TAG                                                        \
    "table=0,priority=120,reg15=0/0x1,"                                 \
    "in_port=7,dl_vlan=0,dl_vlan_pcp=0 "
#define UNTAGGED                                                        \
    "table=0,priority=110,reg15=0/0x1,"                                 \
    "in_port=7,vlan_tci=0x0000/0x0fff "
#define MULTICAST                                                       \
    "table=0,priority=130,reg15=0/0x1,"                                 \
    "in_port=7,"                                                        \
    "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 "
static const struct network_case {
    enum network_kind kind;
    struct port_case port;
    enum admission admission;
    bool reflects;
} network_cases[] = {
    /* A bond: nothing is learned, and nothing goes from it to itself, so
     * NORMAL sees none of its frames. */
    { NETWORK_BOND,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, -1, { 0 },
        NULL_TAG "actions=set_field:0->vlan_tci,set_field:0x8/0x8->reg0,"
        "set_field:0x1/0x1->reg0,goto_table:210\n"
        "table=0,priority=100,reg15=0/0x1,in_port=7 "
        "actions=set_field:0x1/0x1->reg0,goto_table:210\n" },
      ADMISSION_ALL, false },
    { NETWORK_BOND,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, 10, { 0 },
        UNTAGGED "actions=set_field:0x100a/0x1fff->vlan_tci,"
        "set_field:0x1/0x1->reg0,goto_table:210\n"
        CUT_OFF_PORT },
      ADMISSION_ALL, false },
    /* Members that nothing, or no multicast, is let in from. */
    { NETWORK_BOND,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, -1, { 0 }, CUT_OFF_PORT },
      ADMISSION_NONE, false },
    { NETWORK_BOND,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, -1, { 10, 11 },
        MULTICAST "actions=drop\n"
        "table=0,priority=100,reg15=0/0x1,in_port=7,vlan_tci=0x100a/0x1ffe "
        "actions=set_field:0x1/0x1->reg0,goto_table:205\n"
        CUT_OFF_PORT },
      ADMISSION_UNICAST, true },
    /* Where frames may come back, they are looked at in REFLECT. */
    { NETWORK_BOND,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, 10, { 0 },
        UNTAGGED "actions=set_field:0x100a/0x1fff->vlan_tci,"
        "set_field:0x1/0x1->reg0,goto_table:205\n"
        CUT_OFF_PORT },
      ADMISSION_ALL, true },

    /* Several ports: a frame is learned from as it came, before its tag is
     * touched. */
    { NETWORK_SEVERAL,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, -1, { 0 },
        NULL_TAG "actions="LEARN"set_field:0->vlan_tci,"
        "set_field:0x8/0x8->reg0,set_field:0x1/0x1->reg0,goto_table:210\n"
        "table=0,priority=100,reg15=0/0x1,in_port=7 "
        "actions="LEARN"set_field:0x1/0x1->reg0,goto_table:210\n" },
      ADMISSION_ALL, false },
    /* What came untagged and is nobody's here goes to NORMAL as it came, but
     * for an empty tag. */
    { NETWORK_SEVERAL,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, 10, { 0 },
        UNTAGGED "actions="LEARN"set_field:0x100a/0x1fff->vlan_tci,"
        "set_field:0x1/0x1->reg0,goto_table:210\n"
        CUT_OFF_PORT
        "table=250,priority=210,in_port=7,dl_vlan=10 "
        "actions=set_field:0x1000/0x1fff->vlan_tci,NORMAL\n" },
      ADMISSION_ALL, false },
    { NETWORK_SEVERAL,
      { VIF_NETWORK, PORT_VLAN_MODE_NATIVE_UNTAGGED, 10, { 10, 11 },
        UNTAGGED "actions="LEARN"set_field:0x100a/0x1fff->vlan_tci,"
        "set_field:0x1/0x1->reg0,goto_table:210\n"
        "table=0,priority=100,reg15=0/0x1,in_port=7,vlan_tci=0x100a/0x1ffe "
        "actions="LEARN"set_field:0x1/0x1->reg0,goto_table:210\n"
        CUT_OFF_PORT
        "table=250,priority=210,in_port=7,dl_vlan=10 "
        "actions=set_field:0x1000/0x1fff->vlan_tci,NORMAL\n" },
      ADMISSION_ALL, false },
    { NETWORK_SEVERAL,
      { VIF_NETWORK, PORT_VLAN_MODE_NATIVE_TAGGED, 10, { 10, 11 },
        UNTAGGED "actions="LEARN"set_field:0x100a/0x1fff->vlan_tci,"
        "set_field:0x1/0x1->reg0,goto_table:210\n"
        "table=0,priority=100,reg15=0/0x1,in_port=7,vlan_tci=0x100a/0x1ffe "
        "actions="LEARN"set_field:0x1/0x1->reg0,goto_table:210\n"
        CUT_OFF_PORT
        "table=250,priority=210,in_port=7,dl_vlan=10 "
        "actions=set_field:0x1000/0x1fff->vlan_tci,NORMAL\n" },
      ADMISSION_ALL, false },
    /* Frames of VLAN 0 have no tag that would have to go. */
    { NETWORK_SEVERAL,
      { VIF_NETWORK, PORT_VLAN_MODE_ACCESS, -1, { 0 },
        NULL_TAG "actions="LEARN"set_field:0->vlan_tci,"
        "set_field:0x8/0x8->reg0,set_field:0x1/0x1->reg0,goto_table:210\n"
        UNTAGGED "actions="LEARN"set_field:0x1/0x1->reg0,"
        "goto_table:210\n"
        CUT_OFF_PORT },
      ADMISSION_ALL, false },
    /* A bond beside another port.  Nothing is learned of what is not let in:
     * NORMAL would not either. */
    { NETWORK_SEVERAL,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, -1, { 0 }, CUT_OFF_PORT },
      ADMISSION_NONE, false },
    { NETWORK_SEVERAL,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, -1, { 10, 11 },
        MULTICAST "actions=drop\n"
        "table=0,priority=100,reg15=0/0x1,in_port=7,vlan_tci=0x100a/0x1ffe "
        "actions="LEARN"set_field:0x1/0x1->reg0,goto_table:205\n"
        CUT_OFF_PORT },
      ADMISSION_UNICAST, true },

    /* Several plain ports: a frame is learned from as it travels. */
    { NETWORK_SPREAD,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, -1, { 0 },
        NULL_TAG "actions=set_field:0->vlan_tci,"
        "set_field:0x8/0x8->reg0,"LEARN"set_field:0x1/0x1->reg0,"
        "goto_table:210\n"
        "table=0,priority=100,reg15=0/0x1,in_port=7 "
        "actions="LEARN"set_field:0x1/0x1->reg0,goto_table:210\n"
        PLACES
        "table=252,priority=100,reg2=0x7/0xffff actions=output:7\n"
        "table=253,priority=100,in_port=7 actions=output:7\n" },
      ADMISSION_ALL, false },
    { NETWORK_SPREAD,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, 10, { 0 },
        UNTAGGED "actions=set_field:0x100a/0x1fff->vlan_tci,"
        LEARN"set_field:0x1/0x1->reg0,goto_table:210\n"
        CUT_OFF_PORT PLACES
        "table=252,priority=100,reg2=0x7/0xffff,dl_vlan=10 "
        "actions=pop_vlan,output:7\n"
        "table=253,priority=100,in_port=7,dl_vlan=10 "
        "actions=pop_vlan,output:7\n" },
      ADMISSION_ALL, false },
    /* Nothing is learned by what is not let in. */
    { NETWORK_SPREAD,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, 10, { 0 },
        CUT_OFF_PORT
        "table=252,priority=100,reg2=0x7/0xffff,dl_vlan=10 "
        "actions=pop_vlan,output:7\n"
        "table=253,priority=100,in_port=7,dl_vlan=10 "
        "actions=pop_vlan,output:7\n" },
      ADMISSION_NONE, false },
};
#undef PLACES
#undef LEARN
#undef NULL_TAG
#undef UNTAGGED
#undef MULTICAST

static void
test_network_ports(void **state OVS_UNUSED)
{
    const struct vlan_set none = VLAN_SET_INITIALIZER;

    for (size_t i = 0; i < ARRAY_SIZE(network_cases); i++) {
        const struct network_case *c = &network_cases[i];
        const struct bridge_ctx ctx = {
            .exact = true, .network = c->kind, .reflections = c->reflects,
        };
        struct vport vport;

        port_case_to_vport(&c->port, &vport);
        vport.admission = c->admission;
        vport.reflects = c->reflects;
        check_port(&ctx, &vport, &none, c->port.slice);
        check_port(&off, &vport, &none, "");
        vport_uninit(&vport);
    }
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
               "table=0,priority=100,reg15=0/0x1,"
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
               "table=0,priority=100,reg15=0/0x1,"
               "in_port=LOCAL actions=goto_table:210\n"
               "table=205,priority=100,dl_src=02:00:00:00:00:01 "
               "actions=drop\n"
               "table=230,priority=100,dl_dst=02:00:00:00:00:01 "
               "actions=LOCAL\n"
               "0-4095: bucket=bucket_id:65534,actions=LOCAL\n");
    vport_uninit(&vport);
}

static void
test_bridge(void **state OVS_UNUSED)
{
#define MULTICAST_BIT "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00"
#define MULTICAST_SOURCE                                                \
    "table=0,priority=210,reg15=0/0x1,"                                 \
    "dl_src=01:00:00:00:00:00/01:00:00:00:00:00 "                       \
    "actions=drop\n"
#define CUT_OFF "table=0,priority=1,reg15=0/0x1 actions=drop\n"
#define LEARN_ZERO                                                      \
    "table=203,priority=110,dl_src=00:00:00:00:00:00 actions=drop\n"
#define LEARN LEARN_ZERO                                                \
    "table=203,priority=100,"                                             \
    "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=drop\n"         \
    "table=203,priority=1 "                                               \
    "actions=clone(move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],NORMAL)\n"
#define REFLECT                                                         \
    "table=205,priority=100,dl_src=00:00:00:00:00:00 actions=drop\n"    \
    "table=205,priority=1 actions=goto_table:230\n"
#define SOURCE                                                          \
    "table=210,priority=120,reg0=0x10/0x10,dl_type=0x8100 actions=drop\n" \
    "table=210,priority=120,reg0=0x10/0x10,dl_type=0x88a8 actions=drop\n" \
    "table=210,priority=120,reg0=0x10/0x10,dl_type=0x9100 actions=drop\n" \
    "table=210,priority=120,reg0=0x20/0x20 actions=drop\n"              \
    "table=210,priority=115,reg0=0x2/0x2,dl_src=00:00:00:00:00:00 "     \
    "actions=drop\n"                                                    \
    "table=210,priority=110,rarp,reg0=0x2/0x2 actions=goto_table:230\n" \
    "table=210,priority=110,arp,reg0=0x2/0x2,"                          \
    MULTICAST_BIT" actions=goto_table:230\n"                            \
    "table=210,priority=110,icmp6,reg0=0x2/0x2,"                        \
    MULTICAST_BIT",icmp_type=136 actions=goto_table:230\n"              \
    "table=210,priority=2,dl_src=00:00:00:00:00:00 actions=drop\n"      \
    "table=210,priority=1 actions=goto_table:230\n"                     \
    "table=215,priority=110,dl_src=00:00:00:00:00:00 actions=drop\n"
#define EXTREME(PRIORITY, REG0, ACTIONS)                                \
    "table=230,priority="PRIORITY","REG0"dl_dst=00:e0:2b:00:00:00 "     \
    "actions="ACTIONS"\n"                                               \
    "table=230,priority="PRIORITY","                                    \
    REG0"dl_dst=00:e0:2b:00:00:04/ff:ff:ff:ff:ff:fd actions="ACTIONS"\n"
#define FORWARD                                                         \
    "table=230,priority=150,"MULTICAST_BIT" actions=goto_table:235\n"
#define FORWARD_REST                                                    \
    EXTREME("120", "", "drop") PASS
#define MULTICAST                                                       \
    "table=235,priority=50,dl_dst=01:00:0c:00:00:00 actions=drop\n"     \
    "table=235,priority=50,dl_dst=01:00:0c:cc:cc:c0/ff:ff:ff:ff:ff:f8 " \
    "actions=drop\n"                                                    \
    "table=235,priority=50,dl_dst=01:00:0c:cc:cc:cc/ff:ff:ff:ff:ff:fe " \
    "actions=drop\n"                                                    \
    "table=235,priority=50,dl_dst=01:00:0c:cd:cd:cd actions=drop\n"     \
    "table=235,priority=50,dl_dst=01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0 " \
    "actions=drop\n"                                                    \
    "table=235,priority=1 actions=goto_table:240\n"
#define FLOOD "table=240,priority=1 actions=goto_table:250\n"
#define REST SOURCE FORWARD FORWARD_REST MULTICAST FLOOD
#define FORWARD_BPDU                                                    \
    "table=230,priority=150,"MULTICAST_BIT" actions=goto_table:240\n"
#define FLOODED                                                         \
    "table=230,priority=115,dl_vlan=7 actions=goto_table:240\n"         \
    "table=230,priority=115,vlan_tci=0x1062/0x1ffe "                    \
    "actions=goto_table:240\n"
#define PASS "table=230,priority=1 actions=goto_table:250\n"
#define REST_BPDU SOURCE FORWARD_BPDU PASS FLOOD
#define UNKNOWN "table=250,priority=1 actions=drop\n"
#define UNICAST(PRIORITY, VLAN)                                         \
    "table=250,priority="#PRIORITY","VLAN                               \
    "dl_dst=00:00:00:00:00:00/01:00:00:00:00:00 actions="
#define PLACE(PORT, UNTAG)                                              \
    "clone(set_field:"PORT"->in_port,"UNTAG                             \
    "move:NXM_OF_ETH_DST[]->NXM_OF_ETH_SRC[],NORMAL),"
#define SENT "set_field:ANY->in_port,NORMAL\n"
#define NETWORK_DROP "table=250,priority=200,reg0=0x1/0x1 actions=drop\n"
#define NETWORK_NORMAL "table=250,priority=200,reg0=0x1/0x1 actions=NORMAL\n"
#define SPREAD "clone(resubmit(2,253)),clone(resubmit(5,253))\n"
#define NORMAL                                                          \
    "table=250,priority=100 actions=set_field:ANY->in_port,NORMAL\n"
    static struct vlan_range ranges[] = { { 7, 7 }, { 98, 99 } };
    static const struct vlan_set flood_vlans = { ranges, ARRAY_SIZE(ranges) };
    static const struct {
        struct bridge_ctx ctx;
        const char *slice;
    } cases[] = {
        { { .exact = false, .forward_bpdu = true }, "" },
        { { .exact = true },
          MULTICAST_SOURCE CUT_OFF REST NETWORK_DROP UNKNOWN },
        { { .exact = true, .forward_bpdu = true },
          MULTICAST_SOURCE CUT_OFF REST_BPDU NETWORK_DROP UNKNOWN },
        { { .exact = true, .flood_vlans = &flood_vlans },
          MULTICAST_SOURCE CUT_OFF SOURCE FORWARD EXTREME("120", "", "drop") FLOODED PASS
          MULTICAST FLOOD NETWORK_DROP UNKNOWN },
        { { .exact = true, .network = NETWORK_DIRECT },
          MULTICAST_SOURCE CUT_OFF REST NETWORK_DROP UNKNOWN },

        /* A bond is sent what comes from guests and the host, by NORMAL, which
         * does not see from whom. */
        { { .exact = true, .network = NETWORK_BOND },
          MULTICAST_SOURCE CUT_OFF REST NETWORK_DROP NORMAL UNKNOWN },
        /* What is for one address is so to a bond's members, and untagged where
         * they take that. */
        { { .exact = true, .network = NETWORK_BOND,
            .bond = { .members = { { 3, 0, false }, { 4, 0, false } },
                      .n = 2 } },
          MULTICAST_SOURCE CUT_OFF REST NETWORK_DROP
          UNICAST(120, ) PLACE("3", ) PLACE("4", ) SENT NORMAL UNKNOWN },
        { { .exact = true, .network = NETWORK_BOND,
            .bond = { .members = { { 3, 10, false } }, .n = 1 } },
          MULTICAST_SOURCE CUT_OFF REST NETWORK_DROP
          UNICAST(130, "dl_vlan=10,")
          PLACE("3", "set_field:0x1000/0x1fff->vlan_tci,") SENT
          UNICAST(120, ) PLACE("3", ) SENT NORMAL UNKNOWN },
        { { .exact = true, .network = NETWORK_BOND,
            .bond = { .members = { { 3, 10, true } }, .n = 1 } },
          MULTICAST_SOURCE CUT_OFF REST NETWORK_DROP
          UNICAST(130, "dl_vlan=10,") PLACE("3", "pop_vlan,") SENT
          UNICAST(120, ) PLACE("3", ) SENT NORMAL UNKNOWN },
        { { .exact = true, .network = NETWORK_BOND, .reflections = true },
          MULTICAST_SOURCE CUT_OFF REFLECT REST NETWORK_DROP NORMAL
          UNKNOWN },

        /* Several ports also send to each other, by NORMAL, which sees. */
        { { .exact = true, .network = NETWORK_SEVERAL },
          MULTICAST_SOURCE CUT_OFF LEARN REST
          NETWORK_NORMAL NORMAL UNKNOWN },
        { { .exact = true, .network = NETWORK_SEVERAL, .forward_bpdu = true,
            .reflections = true },
          MULTICAST_SOURCE CUT_OFF LEARN REFLECT REST_BPDU
          NETWORK_NORMAL NORMAL UNKNOWN },
        { { .exact = false, .network = NETWORK_SEVERAL, .reflections = true },
          "" },

        /* Several plain ports: to each by name. */
        { { .exact = true, .network = NETWORK_SPREAD,
            .ports = { { 2, 5 }, 2 } },
          MULTICAST_SOURCE CUT_OFF LEARN_ZERO REST
          UNICAST(120, ) "resubmit(,251),goto_table:252\n"
          "table=250,priority=100 actions="SPREAD
          UNKNOWN
          "table=252,priority=1 actions="SPREAD },
    };
#undef MULTICAST_BIT
#undef SOURCE
#undef EXTREME
#undef FORWARD
#undef FORWARD_BPDU
#undef FLOODED
#undef PASS
#undef FORWARD_REST
#undef MULTICAST
#undef FLOOD
#undef REST
#undef REST_BPDU
#undef MULTICAST_SOURCE
#undef CUT_OFF
#undef LEARN
#undef LEARN_ZERO
#undef REFLECT
#undef UNKNOWN
#undef UNICAST
#undef PLACE
#undef SENT
#undef NETWORK_DROP
#undef NETWORK_NORMAL
#undef NORMAL
#undef SPREAD

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct ds s = DS_EMPTY_INITIALIZER;
        struct slice slice;

        slice_init(&slice);
        compile_bridge(&cases[i].ctx, "br0", &slice);
        format_slice(&s, &slice, pipeline_cookie(COOKIE_BRIDGE, "br0"));
        assert_string_equal(ds_cstr(&s), cases[i].slice);
        slice_uninit(&slice);
        ds_destroy(&s);
    }
}

static void
test_flood(void **state OVS_UNUSED)
{
    static const struct {
        struct vlan_block block;
        const char *flow;
    } cases[] = {
        { { 10, 0 }, "table=240,priority=112,dl_vlan=10" },
        { { 0, 0 }, "table=240,priority=112,vlan_tci=0x0000/0x0fff" },
        { { 10, 1 }, "table=240,priority=111,vlan_tci=0x100a/0x1ffe" },
        { { 0, 12 }, "table=240,priority=100" },
    };
    const uint32_t group_ids[] = { 23, 5 };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct vlan_block *block = &cases[i].block;
        char *origin = xasprintf("%u", vlan_block_to_index(block));
        char *expected = xasprintf("%s actions=group:23,group:5,"
                                   "goto_table:250\n", cases[i].flow);
        struct ds s = DS_EMPTY_INITIALIZER;
        struct slice slice;

        slice_init(&slice);
        compile_flood(block, group_ids, ARRAY_SIZE(group_ids), &slice);
        format_slice(&s, &slice, pipeline_cookie(COOKIE_FLOOD, origin));
        assert_string_equal(ds_cstr(&s), expected);
        slice_uninit(&slice);
        ds_destroy(&s);
        free(expected);
        free(origin);
    }
}

/* A copy is equal, and every member counts. */
static void
test_vport_value(void **state OVS_UNUSED)
{
    struct vport a, b;

    port_case_to_vport(&port_cases[2], &a);
    vport_clone(&b, &a);
    assert_ptr_not_equal(a.name, b.name);
    assert_true(vport_equals(&a, &b));

#define DIFFERS(MEMBER, VALUE) do {             \
        b.MEMBER = VALUE;                       \
        assert_false(vport_equals(&a, &b));     \
        b.MEMBER = a.MEMBER;                    \
        assert_true(vport_equals(&a, &b));      \
    } while (0)
    DIFFERS(ofport, OFP_PORT_C(8));
    DIFFERS(role, VIF_NETWORK);
    DIFFERS(vlan.untagged_in, 9);
    DIFFERS(vlan.untagged_out, 9);
    DIFFERS(vlan.tagged_in, false);
    DIFFERS(mac.ea[5], 9);
    DIFFERS(active, false);
    DIFFERS(isolated, true);
    DIFFERS(community.name[0], 'x');
    DIFFERS(follow_limit, 1);
    DIFFERS(listens, true);
    DIFFERS(in_bond, true);
    DIFFERS(admission, ADMISSION_UNICAST);
    DIFFERS(reflects, true);
    DIFFERS(apart, true);
    vlan_set_add(&b.vlan.members, 9);
    assert_false(vport_equals(&a, &b));
    vlan_set_remove(&b.vlan.members, 9);
    /* A port that does not say its Port row's name has its own. */
    b.port = xstrdup("vnet0");
    assert_true(vport_equals(&a, &b));
    b.port[0] = 'x';
    assert_false(vport_equals(&a, &b));
    assert_string_equal(vport_port(&a), "vnet0");
    assert_string_equal(vport_port(&b), "xnet0");
    b.port[0] = 'v';
    b.name[0] = 'x';
    assert_false(vport_equals(&a, &b));
    vport_uninit(&a);
    vport_uninit(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ports),
        cmocka_unit_test(test_spanning_tree),
        cmocka_unit_test(test_loser),
        cmocka_unit_test(test_policy),
        cmocka_unit_test(test_network_ports),
        cmocka_unit_test(test_reflections),
        cmocka_unit_test(test_bridge),
        cmocka_unit_test(test_flood),
        cmocka_unit_test(test_vport_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
