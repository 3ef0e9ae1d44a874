/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "tests/unit/compile-text.h"
#include "util.h"

static const struct bridge_ctx off = {
    .exact = false, .network = NETWORK_DIRECT,
};

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
    enum bond_way way;
} network_cases[] = {
    /* A bond: nothing is learned, and nothing goes from it to itself, so
     * NORMAL sees none of its frames. */
    { NETWORK_BOND,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, -1, { 0 },
        NULL_TAG "actions=set_field:0->vlan_tci,set_field:0x8/0x8->reg0,"
        "set_field:0x1/0x1->reg0,goto_table:210\n"
        "table=0,priority=105,reg15=0/0x1,in_port=7 "
        "actions=set_field:0x1/0x1->reg0,goto_table:210\n" },
      ADMISSION_ALL, false,
      BOND_WAY_NORMAL },
    { NETWORK_BOND,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, 10, { 0 },
        UNTAGGED "actions=set_field:0x100a/0x1fff->vlan_tci,"
        "set_field:0x1/0x1->reg0,goto_table:210\n"
        CUT_OFF_PORT },
      ADMISSION_ALL, false,
      BOND_WAY_NORMAL },
    /* Members that nothing, or no multicast, is let in from. */
    { NETWORK_BOND,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, -1, { 0 }, CUT_OFF_PORT },
      ADMISSION_NONE, false,
      BOND_WAY_NORMAL },
    { NETWORK_BOND,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, -1, { 10, 11 },
        MULTICAST "actions=drop\n"
        "table=0,priority=105,reg15=0/0x1,in_port=7,vlan_tci=0x100a/0x1ffe "
        "actions=set_field:0x1/0x1->reg0,goto_table:205\n"
        CUT_OFF_PORT },
      ADMISSION_UNICAST, true,
      BOND_WAY_NORMAL },
    /* Where frames may come back, they are looked at in REFLECT. */
    { NETWORK_BOND,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, 10, { 0 },
        UNTAGGED "actions=set_field:0x100a/0x1fff->vlan_tci,"
        "set_field:0x1/0x1->reg0,goto_table:205\n"
        CUT_OFF_PORT },
      ADMISSION_ALL, true,
      BOND_WAY_NORMAL },

    /* What is for groups leaves by the member that is chosen, as its VLANs
     * have it. */
    { NETWORK_BOND,
      { VIF_NETWORK, PORT_VLAN_MODE_NATIVE_UNTAGGED, 10, { 10, 11 },
        CUT_OFF_PORT
        "table=252,priority=100,reg2=0x7/0xffff,dl_vlan=10 "
        "actions=pop_vlan,output:7\n"
        "table=252,priority=100,reg2=0x7/0xffff,dl_vlan=11 "
        "actions=output:7\n" },
      ADMISSION_NONE, false, BOND_WAY_ACTIVE },

    /* Several ports: a frame is learned from as it came, before its tag is
     * touched. */
    { NETWORK_SEVERAL,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, -1, { 0 },
        NULL_TAG "actions="LEARN"set_field:0->vlan_tci,"
        "set_field:0x8/0x8->reg0,set_field:0x1/0x1->reg0,goto_table:210\n"
        "table=0,priority=105,reg15=0/0x1,in_port=7 "
        "actions="LEARN"set_field:0x1/0x1->reg0,goto_table:210\n" },
      ADMISSION_ALL, false,
      BOND_WAY_NORMAL },
    /* What came untagged and is nobody's here goes to NORMAL as it came, but
     * for an empty tag. */
    { NETWORK_SEVERAL,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, 10, { 0 },
        UNTAGGED "actions="LEARN"set_field:0x100a/0x1fff->vlan_tci,"
        "set_field:0x1/0x1->reg0,goto_table:210\n"
        CUT_OFF_PORT
        "table=250,priority=210,in_port=7,dl_vlan=10 "
        "actions=set_field:0x1000/0x1fff->vlan_tci,NORMAL\n" },
      ADMISSION_ALL, false,
      BOND_WAY_NORMAL },
    { NETWORK_SEVERAL,
      { VIF_NETWORK, PORT_VLAN_MODE_NATIVE_UNTAGGED, 10, { 10, 11 },
        UNTAGGED "actions="LEARN"set_field:0x100a/0x1fff->vlan_tci,"
        "set_field:0x1/0x1->reg0,goto_table:210\n"
        "table=0,priority=105,reg15=0/0x1,in_port=7,vlan_tci=0x100a/0x1ffe "
        "actions="LEARN"set_field:0x1/0x1->reg0,goto_table:210\n"
        CUT_OFF_PORT
        "table=250,priority=210,in_port=7,dl_vlan=10 "
        "actions=set_field:0x1000/0x1fff->vlan_tci,NORMAL\n" },
      ADMISSION_ALL, false,
      BOND_WAY_NORMAL },
    { NETWORK_SEVERAL,
      { VIF_NETWORK, PORT_VLAN_MODE_NATIVE_TAGGED, 10, { 10, 11 },
        UNTAGGED "actions="LEARN"set_field:0x100a/0x1fff->vlan_tci,"
        "set_field:0x1/0x1->reg0,goto_table:210\n"
        "table=0,priority=105,reg15=0/0x1,in_port=7,vlan_tci=0x100a/0x1ffe "
        "actions="LEARN"set_field:0x1/0x1->reg0,goto_table:210\n"
        CUT_OFF_PORT
        "table=250,priority=210,in_port=7,dl_vlan=10 "
        "actions=set_field:0x1000/0x1fff->vlan_tci,NORMAL\n" },
      ADMISSION_ALL, false,
      BOND_WAY_NORMAL },
    /* Frames of VLAN 0 have no tag that would have to go. */
    { NETWORK_SEVERAL,
      { VIF_NETWORK, PORT_VLAN_MODE_ACCESS, -1, { 0 },
        NULL_TAG "actions="LEARN"set_field:0->vlan_tci,"
        "set_field:0x8/0x8->reg0,set_field:0x1/0x1->reg0,goto_table:210\n"
        UNTAGGED "actions="LEARN"set_field:0x1/0x1->reg0,"
        "goto_table:210\n"
        CUT_OFF_PORT },
      ADMISSION_ALL, false,
      BOND_WAY_NORMAL },
    /* A bond beside another port.  Nothing is learned of what is not let in:
     * NORMAL would not either. */
    { NETWORK_SEVERAL,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, -1, { 0 }, CUT_OFF_PORT },
      ADMISSION_NONE, false,
      BOND_WAY_NORMAL },
    { NETWORK_SEVERAL,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, -1, { 10, 11 },
        MULTICAST "actions=drop\n"
        "table=0,priority=105,reg15=0/0x1,in_port=7,vlan_tci=0x100a/0x1ffe "
        "actions="LEARN"set_field:0x1/0x1->reg0,goto_table:205\n"
        CUT_OFF_PORT },
      ADMISSION_UNICAST, true,
      BOND_WAY_NORMAL },

    /* Several plain ports: a frame is learned from as it travels. */
    { NETWORK_SPREAD,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, -1, { 0 },
        NULL_TAG "actions=set_field:0->vlan_tci,"
        "set_field:0x8/0x8->reg0,"LEARN"set_field:0x1/0x1->reg0,"
        "goto_table:210\n"
        "table=0,priority=105,reg15=0/0x1,in_port=7 "
        "actions="LEARN"set_field:0x1/0x1->reg0,goto_table:210\n"
        PLACES
        "table=252,priority=100,reg2=0x7/0xffff actions=output:7\n"
        "table=253,priority=100,in_port=7 actions=output:7\n" },
      ADMISSION_ALL, false,
      BOND_WAY_NORMAL },
    { NETWORK_SPREAD,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, 10, { 0 },
        UNTAGGED "actions=set_field:0x100a/0x1fff->vlan_tci,"
        LEARN"set_field:0x1/0x1->reg0,goto_table:210\n"
        CUT_OFF_PORT PLACES
        "table=252,priority=100,reg2=0x7/0xffff,dl_vlan=10 "
        "actions=pop_vlan,output:7\n"
        "table=253,priority=100,in_port=7,dl_vlan=10 "
        "actions=pop_vlan,output:7\n" },
      ADMISSION_ALL, false,
      BOND_WAY_NORMAL },
    /* Nothing is learned by what is not let in. */
    { NETWORK_SPREAD,
      { VIF_NETWORK, PORT_VLAN_MODE_DEFAULT, 10, { 0 },
        CUT_OFF_PORT
        "table=252,priority=100,reg2=0x7/0xffff,dl_vlan=10 "
        "actions=pop_vlan,output:7\n"
        "table=253,priority=100,in_port=7,dl_vlan=10 "
        "actions=pop_vlan,output:7\n" },
      ADMISSION_NONE, false,
      BOND_WAY_NORMAL },
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
        vport.way = c->way;
        check_port(&ctx, &vport, &none, c->port.slice);
        check_port(&off, &vport, &none, "");
        vport_uninit(&vport);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_network_ports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
