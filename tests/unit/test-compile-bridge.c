/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "lib/openflow/compile.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/slice.h"
#include "openvswitch/dynamic-string.h"
#include "tests/unit/compile-text.h"
#include "util.h"

/* The flows of bridges, and those that flood. */

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
#define BUNDLE(ALGORITHM, MEMBERS)                                      \
    "table=250,priority=110,"MULTICAST_BIT" " BUNDLES(ALGORITHM, MEMBERS)
#define BUNDLES(ALGORITHM, MEMBERS)                                     \
    "actions=bundle_load(eth_src,0,"ALGORITHM                          \
    ",ofport,NXM_NX_REG2[0..15],members:"MEMBERS"),goto_table:252\n"
#define BY_SOURCE                                                       \
    "actions=multipath(eth_src,0,modulo_n,64,0,NXM_NX_REG2[0..15]),"    \
    "resubmit(,249)\n"
#define BUCKET(NUMBER, MEMBERS)                                         \
    "table=249,priority=100,reg2="NUMBER"/0xffff "                      \
    "actions=bundle_load(eth_src,0,active_backup"                       \
    ",ofport,NXM_NX_REG2[0..15],members:"MEMBERS"),resubmit(,252)\n"
#define TWO_BUCKETS(HIGH, LOW, NEXT)                                    \
    BUCKET(HIGH LOW, "3,4") BUCKET(HIGH NEXT, "4,3")
#define SIXTEEN_BUCKETS(HIGH)                                           \
    TWO_BUCKETS(HIGH, "0", "1") TWO_BUCKETS(HIGH, "2", "3")             \
    TWO_BUCKETS(HIGH, "4", "5") TWO_BUCKETS(HIGH, "6", "7")             \
    TWO_BUCKETS(HIGH, "8", "9") TWO_BUCKETS(HIGH, "a", "b")             \
    TWO_BUCKETS(HIGH, "c", "d") TWO_BUCKETS(HIGH, "e", "f")
#define BUCKETS                                                         \
    BUCKET("0", "3,4")                                                  \
    BUCKET("0x1", "4,3") SIXTEEN_BUCKETS("0x1")                         \
    BUCKET("0x2", "3,4") SIXTEEN_BUCKETS("0x2")                         \
    BUCKET("0x3", "4,3") SIXTEEN_BUCKETS("0x3")                         \
    TWO_BUCKETS("0x", "4", "5") TWO_BUCKETS("0x", "6", "7")             \
    TWO_BUCKETS("0x", "8", "9") TWO_BUCKETS("0x", "a", "b")             \
    TWO_BUCKETS("0x", "c", "d") TWO_BUCKETS("0x", "e", "f")
#define NOT_AWAY "table=252,priority=1 actions=drop\n"
#define SENT "set_field:ANY->in_port,NORMAL\n"
#define NETWORK_DROP "table=250,priority=200,reg0=0x1/0x1 actions=drop\n"
#define NETWORK_NORMAL "table=250,priority=200,reg0=0x1/0x1 actions=NORMAL\n"
#define BUNDLE_MEMBERS(ALGORITHM, MEMBERS)                              \
    "actions=bundle_load(eth_src,0,"ALGORITHM                           \
    ",ofport,NXM_NX_REG2[0..15],members:"MEMBERS"),resubmit(,248)\n"
#define MIXED "clone(resubmit(2,253)),clone(resubmit(3,253))\n"
#define SPREAD "clone(resubmit(2,253)),clone(resubmit(5,253))\n"
#define BOND(...) { { { __VA_ARGS__ } }, 1 }
#define NORMAL                                                          \
    "table=250,priority=100 actions=set_field:ANY->in_port,NORMAL\n"
    static struct vlan_set flood_vlans = VLAN_SET_INITIALIZER;
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
            .bonds = BOND(.members = { { .ofport = 3 }, { .ofport = 4 } },
                      .n = 2) },
          MULTICAST_SOURCE CUT_OFF REST NETWORK_DROP
          UNICAST(120, ) PLACE("3", ) PLACE("4", ) SENT NORMAL UNKNOWN },
        { { .exact = true, .network = NETWORK_BOND,
            .bonds = BOND(.members = { { .ofport = 3, .bare_vid = 10 } }, .n = 1) },
          MULTICAST_SOURCE CUT_OFF REST NETWORK_DROP
          UNICAST(130, "dl_vlan=10,")
          PLACE("3", "set_field:0x1000/0x1fff->vlan_tci,") SENT
          UNICAST(120, ) PLACE("3", ) SENT NORMAL UNKNOWN },
        { { .exact = true, .network = NETWORK_BOND,
            .bonds = BOND(.members = { { .ofport = 3, .bare_vid = 10,
                                     .pushes = true } }, .n = 1) },
          MULTICAST_SOURCE CUT_OFF REST NETWORK_DROP
          UNICAST(130, "dl_vlan=10,") PLACE("3", "pop_vlan,") SENT
          UNICAST(120, ) PLACE("3", ) SENT NORMAL UNKNOWN },
        /* What is for groups is so by the active member while that is up, or by
         * any with LACP, unless something else is for NORMAL alone. */
        { { .exact = true, .network = NETWORK_BOND,
            .bonds = BOND(.members = { { .ofport = 3, .way = BOND_WAY_ACTIVE },
                                   { .ofport = 4, .way = BOND_WAY_ACTIVE,
                                     .active = true } },
                      .n = 2, .way = BOND_WAY_ACTIVE) },
          MULTICAST_SOURCE CUT_OFF REST NETWORK_DROP
          UNICAST(120, ) PLACE("3", ) PLACE("4", ) SENT
          BUNDLE("active_backup", "4,3") NORMAL UNKNOWN NOT_AWAY },
        { { .exact = true, .network = NETWORK_BOND,
            .bonds = BOND(.members = { { .ofport = 3, .way = BOND_WAY_ANY },
                                   { .ofport = 4, .way = BOND_WAY_ANY } },
                      .n = 2, .way = BOND_WAY_ANY) },
          MULTICAST_SOURCE CUT_OFF REST NETWORK_DROP
          UNICAST(120, ) PLACE("3", ) PLACE("4", ) SENT
          BUNDLE("hrw", "3,4") NORMAL UNKNOWN NOT_AWAY },
        /* So is all, if it is to leave by the member that its source bucket
         * has. */
        { { .exact = true, .network = NETWORK_BOND,
            .bonds = BOND(.members = { { .ofport = 3 },
                                       { .ofport = 4, .active = true } },
                      .n = 2, .way = BOND_WAY_SOURCE) },
          MULTICAST_SOURCE CUT_OFF REST BUCKETS NETWORK_DROP
          "table=250,priority=120,dl_dst=00:00:00:00:00:00/01:00:00:00:00:00 "
          BY_SOURCE "table=250,priority=110,"MULTICAST_BIT" " BY_SOURCE
          NORMAL UNKNOWN NOT_AWAY },
        /* In VLANs of flood_vlans, NORMAL cannot be taught. */
        { { .exact = true, .network = NETWORK_BOND,
            .flood_vlans = &flood_vlans,
            .bonds = BOND(.members = { { .ofport = 3, .way = BOND_WAY_ANY } },
                      .n = 1, .way = BOND_WAY_ANY) },
          MULTICAST_SOURCE CUT_OFF SOURCE FORWARD EXTREME("120", "", "drop") FLOODED PASS
          MULTICAST FLOOD NETWORK_DROP
          "table=250,priority=140,dl_vlan=7 " BUNDLES("hrw", "3")
          "table=250,priority=140,vlan_tci=0x1062/0x1ffe " BUNDLES("hrw", "3")
          UNICAST(120, ) PLACE("3", ) SENT BUNDLE("hrw", "3") NORMAL UNKNOWN
          NOT_AWAY },
        { { .exact = true, .network = NETWORK_BOND,
            .flood_vlans = &flood_vlans,
            .bonds = BOND(.members = { { .ofport = 3 } }, .n = 1) },
          MULTICAST_SOURCE CUT_OFF SOURCE FORWARD EXTREME("120", "", "drop") FLOODED PASS
          MULTICAST FLOOD NETWORK_DROP
          "table=250,priority=140,dl_vlan=7 actions=" SENT
          "table=250,priority=140,vlan_tci=0x1062/0x1ffe actions=" SENT
          UNICAST(120, ) PLACE("3", ) SENT NORMAL UNKNOWN },
        { { .exact = true, .network = NETWORK_BOND, .needs_normal = true,
            .bonds = BOND(.members = { { .ofport = 3, .way = BOND_WAY_ANY } },
                      .n = 1, .way = BOND_WAY_ANY) },
          MULTICAST_SOURCE CUT_OFF REST NETWORK_DROP
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
            .ports = { { { 2, 2, false }, { 5, 5, false } }, 2 } },
          MULTICAST_SOURCE CUT_OFF LEARN_ZERO REST
          UNICAST(120, ) "resubmit(,251),goto_table:252\n"
          "table=250,priority=100 actions="SPREAD
          UNKNOWN
          "table=252,priority=1 actions="SPREAD },
        { { .exact = true, .network = NETWORK_SPREAD,
            .ports = { { { 2, 2, true }, { 5, 5, false }, { 6, 6, true } },
                       3 } },
          MULTICAST_SOURCE CUT_OFF LEARN_ZERO REST
          UNICAST(120, ) "resubmit(,251),goto_table:252\n"
          "table=250,priority=105,reg0=0x200000/0x200000 "
          "actions=clone(resubmit(5,253))\n"
          "table=250,priority=100 actions=clone(resubmit(2,253)),"
          "clone(resubmit(5,253)),clone(resubmit(6,253))\n"
          UNKNOWN
          "table=252,priority=2,reg0=0x200000/0x200000 "
          "actions=clone(resubmit(5,253))\n"
          "table=252,priority=1 actions=clone(resubmit(2,253)),"
          "clone(resubmit(5,253)),clone(resubmit(6,253))\n" },
        /* A bond among them is one; by which of its members, a flow of AWAY
         * says, and nothing goes back to it. */
        { { .exact = true, .network = NETWORK_MIXED,
            .ports = { { { 2, 2, false }, { 3, 3, false }, { 4, 3, false } },
                       3 },
            .bonds = BOND(.members = { { .ofport = 3,
                                         .way = BOND_WAY_ACTIVE },
                                       { .ofport = 4,
                                         .way = BOND_WAY_ACTIVE,
                                         .active = true } },
                          .n = 2, .way = BOND_WAY_ACTIVE) },
          MULTICAST_SOURCE CUT_OFF LEARN_ZERO REST
          UNICAST(120, ) "resubmit(,251),goto_table:252\n"
          "table=250,priority=100 actions="MIXED
          UNKNOWN
          "table=252,priority=120,reg2=0x3/0xffff,in_port=3 actions=drop\n"
          "table=252,priority=120,reg2=0x3/0xffff,in_port=4 actions=drop\n"
          "table=252,priority=105,reg2=0x10003/0x1ffff "
          BUNDLE_MEMBERS("active_backup", "4,3")
          "table=252,priority=100,reg2=0x3/0xffff "
          BUNDLE_MEMBERS("active_backup", "4,3")
          "table=252,priority=1 actions="MIXED
          "table=253,priority=100,in_port=3 "
          "actions=set_field:0x10003/0x1ffff->reg2,resubmit(,252)\n" },
        /* With LACP, NORMAL spreads what is for who is known. */
        { { .exact = true, .network = NETWORK_BALANCED,
            .ports = { { { 2, 2, false }, { 3, 3, false } }, 2 },
            .bonds = BOND(.members = { { .ofport = 3, .bare_vid = 10,
                                         .way = BOND_WAY_ANY } },
                          .n = 1, .way = BOND_WAY_ANY) },
          MULTICAST_SOURCE CUT_OFF LEARN_ZERO REST
          UNICAST(120, ) "resubmit(,251),goto_table:252\n"
          "table=250,priority=100 actions="MIXED
          UNKNOWN
          "table=252,priority=120,reg2=0x3/0xffff,in_port=3 actions=drop\n"
          "table=252,priority=105,reg2=0x10003/0x1ffff "
          BUNDLE_MEMBERS("hrw", "3")
          "table=252,priority=103,reg2=0x3/0xffff,dl_vlan=10 actions="
          PLACE("3", "set_field:0x1000/0x1fff->vlan_tci,") SENT
          "table=252,priority=100,reg2=0x3/0xffff actions=" PLACE("3", ) SENT
          "table=252,priority=1 actions="MIXED
          "table=253,priority=100,in_port=3 "
          "actions=set_field:0x10003/0x1ffff->reg2,resubmit(,252)\n" },
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
#undef BUNDLE
#undef BUNDLES
#undef BY_SOURCE
#undef BUCKET
#undef TWO_BUCKETS
#undef SIXTEEN_BUCKETS
#undef BUCKETS
#undef NOT_AWAY
#undef NETWORK_DROP
#undef NETWORK_NORMAL
#undef NORMAL
#undef SPREAD
#undef MIXED
#undef BUNDLE_MEMBERS
#undef BOND

    vlan_set_add(&flood_vlans, 7);
    vlan_set_add_range(&flood_vlans, 98, 99);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct ds s = DS_EMPTY_INITIALIZER;
        struct slice slice;

        slice_init(&slice);
        compile_bridge(&cases[i].ctx, "br0", &slice);
        slice_format_text(&s, &slice, pipeline_cookie(COOKIE_BRIDGE, "br0"));
        assert_string_equal(ds_cstr(&s), cases[i].slice);
        slice_uninit(&slice);
        ds_destroy(&s);
    }
    vlan_set_uninit(&flood_vlans);
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
        slice_format_text(&s, &slice, pipeline_cookie(COOKIE_FLOOD, origin));
        assert_string_equal(ds_cstr(&s), expected);
        slice_uninit(&slice);
        ds_destroy(&s);
        free(expected);
        free(origin);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bridge),
        cmocka_unit_test(test_flood),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
