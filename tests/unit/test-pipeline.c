/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "byte-order.h"
#include "flow.h"
#include "lib/base/origin-hash.h"
#include "lib/openflow/pipeline.h"
#include "openvswitch/match.h"
#include "packets.h"
#include "util.h"

static void
test_tables(void **state OVS_UNUSED)
{
    assert_string_equal(pipeline_table_to_string(TABLE_ADMIT), "ADMIT");
    assert_string_equal(pipeline_table_to_string(TABLE_UNKNOWN), "UNKNOWN");
    assert_null(pipeline_table_to_string(255));
    /* goto_table only leads to higher numbers. */
    assert_true(TABLE_ADMIT < TABLE_SOURCE && TABLE_SOURCE < TABLE_FORWARD
                && TABLE_FORWARD < TABLE_FLOOD && TABLE_FLOOD < TABLE_UNKNOWN);
}

/* Others' flows lead to tables with low numbers, and once ours were there. */
static void
test_table_numbers(void **state OVS_UNUSED)
{
    for (int i = 1; i < 256; i++) {
        if (pipeline_table_to_string(i)) {
            assert_true(i >= PIPELINE_BASE);
            assert_int_equal(pipeline_table_today(i), i);
            assert_int_equal(pipeline_table_today(i - PIPELINE_BASE), i);
        }
    }
    assert_int_equal(pipeline_table_today(TABLE_ADMIT), TABLE_ADMIT);
    assert_int_equal(pipeline_table_today(30), TABLE_FORWARD);
    assert_int_equal(pipeline_table_today(15), TABLE_ANNOUNCE);
}

static void
test_cookies(void **state OVS_UNUSED)
{
    const ovs_be64 cookie = pipeline_cookie(COOKIE_PORT, "vnet0");

    assert_true(pipeline_cookie_is_ours(cookie));
    assert_int_equal(pipeline_cookie_kind(cookie), COOKIE_PORT);
    assert_int_equal(pipeline_cookie_hash(cookie),
                     origin_hash("vnet0"));

    /* It is the same in every build.  The value is the check value of
     * CRC-32C. */
    assert_int_equal(origin_hash("123456789"), 0xe3069283);

    /* It depends on nothing but the kind and the origin. */
    assert_true(cookie == pipeline_cookie(COOKIE_PORT, "vnet0"));
    assert_true(cookie != pipeline_cookie(COOKIE_PORT, "vnet1"));
    assert_true(cookie != pipeline_cookie(COOKIE_FLOOD, "vnet0"));
    assert_int_equal(pipeline_cookie_kind(pipeline_cookie(COOKIE_FLOOD, "")),
                     COOKIE_FLOOD);

    /* The magic is 16 bits, and the reserved ones are zero. */
    assert_int_equal(ntohll(cookie) >> 48, COOKIE_MAGIC);
    assert_int_equal(ntohll(cookie) >> 32 & 0xff, 0);
    assert_true(pipeline_cookie_is_ours(htonll(COOKIE_MAGIC << 48)));
    assert_false(pipeline_cookie_is_ours(htonll(0)));
    assert_false(pipeline_cookie_is_ours(htonll(COOKIE_MAGIC)));
    assert_false(pipeline_cookie_is_ours(htonll((COOKIE_MAGIC + 1) << 48)));
    assert_false(pipeline_cookie_is_ours(
                     htonll(COOKIE_MAGIC << 48 | UINT64_C(1) << 63)));
}

/* Group numbers tell block and shard, for all there are. */
static void
test_groups(void **state OVS_UNUSED)
{
    uint32_t last = 0;

    for (unsigned int i = 0; i < 4 * (VLAN_ID_MAX + 1); i++) {
        bool isolated = i >= 2 * (VLAN_ID_MAX + 1);
        unsigned int index = i % (2 * (VLAN_ID_MAX + 1));
        struct vlan_block block;

        if (!index) {
            continue;
        }
        block = vlan_block_from_index(index);

        for (unsigned int shard = 0;
             shard * PIPELINE_SHARD_PORTS < ofp_to_u16(OFPP_MAX); shard++) {
            uint16_t port = shard * PIPELINE_SHARD_PORTS;
            uint32_t group_id = pipeline_flood_group(&block, u16_to_ofp(port),
                                                     isolated);
            struct vlan_block b = pipeline_group_block(group_id);

            assert_true(pipeline_group_is_ours(group_id));
            assert_true(group_id > last);   /* So no two are the same. */
            assert_int_equal(b.vid, block.vid);
            assert_int_equal(b.level, block.level);
            assert_int_equal(pipeline_group_shard(group_id), shard);
            assert_int_equal(pipeline_group_is_isolated(group_id), isolated);
            assert_true(pipeline_group_is_sound(group_id));
            last = group_id;
        }
    }
    assert_true(last <= OFPG_MAX);
    assert_false(pipeline_group_is_sound(GROUP_MAGIC + PIPELINE_SHARDS - 1));
    assert_false(pipeline_group_is_sound(GROUP_MAGIC + GROUP_ISOLATED));
    assert_false(pipeline_group_is_ours(0));
    assert_false(pipeline_group_is_ours(GROUP_MAGIC - 1));
    assert_false(pipeline_group_is_ours(GROUP_MAGIC + ~GROUP_MASK + 1));
    assert_false(pipeline_group_is_ours(OFPG_MAX));
}

static void
test_shards(void **state OVS_UNUSED)
{
    static const struct {
        uint16_t port;
        unsigned int shard;
    } cases[] = {
        { 1, 0 }, { 511, 0 }, { 512, 1 }, { 1023, 1 }, { 1024, 2 },
        { 0xfeff, 127 }, { 0xfffe, 0 },
    };
    const struct vlan_block block = { .vid = 10 };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        uint32_t group_id
            = pipeline_flood_group(&block, u16_to_ofp(cases[i].port), false);

        assert_int_equal(pipeline_group_shard(group_id), cases[i].shard);
    }
}

/* A frame of every VLAN, and one without a tag, against the match of a
 * block. */
static void
check_block(unsigned int index)
{
    struct vlan_block block = vlan_block_from_index(index);
    struct match match = MATCH_CATCHALL_INITIALIZER;
    struct vlan_block back;
    struct minimatch mm;

    pipeline_match_block(&match, &block);
    assert_true(pipeline_match_get_block(&match, &back));
    assert_int_equal(vlan_block_to_index(&back), index);

    minimatch_init(&mm, &match);
    for (int vid = 0; vid <= VLAN_ID_MAX; vid++) {
        struct flow flow = { .vlans[0].tci = htons(VLAN_CFI | vid) };
        bool in = vid >= block.vid && vid < block.vid + (1 << block.level);

        assert_int_equal(minimatch_matches_flow(&mm, &flow), in);
        flow.vlans[0].tci |= htons(5 << VLAN_PCP_SHIFT);
        assert_int_equal(minimatch_matches_flow(&mm, &flow), in);
        if (!vid) {
            flow.vlans[0].tci = htons(0);
            assert_int_equal(minimatch_matches_flow(&mm, &flow), in);
        }
    }
    minimatch_destroy(&mm);
}

static void
test_match_block(void **state OVS_UNUSED)
{
    for (unsigned int index = 1; index < 1024; index++) {
        check_block(index);
    }
    for (unsigned int index = 1024; index < 8192; index += 127) {
        check_block(index);
    }
    check_block(4096);
    check_block(8191);
}

/* Matches on VLANs that are not those of a block. */
static void
test_match_get_block(void **state OVS_UNUSED)
{
    static const struct {
        uint16_t tci, mask;
    } cases[] = {
        { 0x0000, 0xffff },     /* Untagged only. */
        { 0x1000, 0x1fff },     /* VLAN 0, tagged only. */
        { 0x000a, 0x0fff },     /* Without the bit of the tag itself. */
        { 0x100a, 0x100f },     /* Low bits. */
        { 0x1008, 0x1ffa },     /* A hole in the mask. */
        { 0x300a, 0xffff },     /* Priority. */
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct match match = MATCH_CATCHALL_INITIALIZER;
        struct vlan_block block = { .vid = 17 };

        match_set_dl_tci_masked(&match, htons(cases[i].tci),
                                htons(cases[i].mask));
        assert_false(pipeline_match_get_block(&match, &block));
        assert_int_equal(block.vid, 17);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_table_numbers),
        cmocka_unit_test(test_cookies),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_shards),
        cmocka_unit_test(test_match_block),
        cmocka_unit_test(test_match_get_block),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
