/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/pipeline.h"

#include <string.h>

#include "byte-order.h"
#include "flow.h"
#include "lib/base/origin-hash.h"
#include "openvswitch/match.h"
#include "openvswitch/ofp-flow.h"
#include "packets.h"
#include "util.h"

/* Returns the name of table 'table_id', as "FORWARD", or null if it is not one
 * of ours. */
const char *
pipeline_table_to_string(uint8_t table_id)
{
    switch (table_id) {
#define PIPELINE_TABLE(ENUM, NUMBER, WHAT) case NUMBER: return #ENUM;
        PIPELINE_TABLES
#undef PIPELINE_TABLE
    default:
        return NULL;
    }
}

/* Returns what table 'table_id' is for, or null if it is none of ours. */
const char *
pipeline_table_purpose(uint8_t table_id)
{
    switch (table_id) {
#define PIPELINE_TABLE(ENUM, NUMBER, WHAT) case NUMBER: return WHAT;
        PIPELINE_TABLES
#undef PIPELINE_TABLE
    default:
        return NULL;
    }
}

/* Returns the number that table 'table_id', in which a flow of ours was found,
 * has today: in version 0.1 all but the first were lower by PIPELINE_BASE.
 * What such a flow tells of the past is still true. */
uint8_t
pipeline_table_today(uint8_t table_id)
{
    return (table_id && table_id < PIPELINE_BASE
            ? table_id + PIPELINE_BASE : table_id);
}

/* Returns the cookie of what 'origin' (a port's name, say) of the given kind
 * causes.  It depends on nothing else. */
ovs_be64
pipeline_cookie(enum cookie_kind kind, const char *origin)
{
    return htonll(COOKIE_MAGIC << 48
                  | (uint64_t) kind << COOKIE_KIND_SHIFT
                  | origin_hash(origin));
}

bool
pipeline_cookie_is_ours(ovs_be64 cookie)
{
    return (ntohll(cookie) & COOKIE_MASK) == COOKIE_MAGIC << 48;
}

enum cookie_kind
pipeline_cookie_kind(ovs_be64 cookie)
{
    return (ntohll(cookie) >> COOKIE_KIND_SHIFT) & 0xff;
}

/* Returns the part of 'cookie' that tells origins of one kind apart. */
uint32_t
pipeline_cookie_hash(ovs_be64 cookie)
{
    return ntohll(cookie);
}

/* Is the flow of table 'table_id' with 'cookie' one that the switch has
 * learned of the network side?  No plan has these: they come and go by
 * themselves. */
bool
pipeline_is_learned(uint8_t table_id, ovs_be64 cookie)
{
    return (table_id == TABLE_PLACES && pipeline_cookie_is_ours(cookie)
            && pipeline_cookie_kind(cookie) == COOKIE_LEARNED);
}

/* Returns the OpenFlow 1.5 message that asks the switch for all flows in table
 * 'table_id', which may be OFPTT_ALL, or if 'ours', for those with a cookie of
 * ours. */
struct ofpbuf *
pipeline_ask_flows(uint8_t table_id, bool ours)
{
    const struct ofputil_flow_stats_request fsr = {
        .match = MATCH_CATCHALL_INITIALIZER,
        .cookie = ours ? htonll(COOKIE_MAGIC << 48) : 0,
        .cookie_mask = ours ? htonll(COOKIE_MASK) : 0,
        .out_port = OFPP_ANY,
        .out_group = OFPG_ANY,
        .table_id = table_id,
    };

    return ofputil_encode_flow_stats_request(&fsr, OFPUTIL_P_OF15_OXM);
}

/* Returns the FLOOD group that has the bucket of 'port', which may be
 * 'isolated', for 'block'. */
uint32_t
pipeline_flood_group(const struct vlan_block *block, ofp_port_t port,
                     bool isolated)
{
    BUILD_ASSERT_DECL((OFPP_MAX - 1) / PIPELINE_SHARD_PORTS
                      < PIPELINE_SHARDS);
    BUILD_ASSERT_DECL(2 * (VLAN_ID_MAX + 1) * PIPELINE_SHARDS
                      <= GROUP_ISOLATED);

    /* LOCAL, the only port above OFPP_MAX here, goes with the first. */
    unsigned int shard = (ofp_to_u16(port) < OFPP_MAX
                          ? ofp_to_u16(port) / PIPELINE_SHARD_PORTS : 0);
    return (GROUP_MAGIC | (isolated ? GROUP_ISOLATED : 0)
            | vlan_block_to_index(block) * PIPELINE_SHARDS | shard);
}

bool
pipeline_group_is_ours(uint32_t group_id)
{
    return (group_id & GROUP_MASK) == GROUP_MAGIC;
}

/* Does 'group_id', a group of ours, serve a block of VLANs?  No block has the
 * index 0. */
bool
pipeline_group_is_sound(uint32_t group_id)
{
    return (group_id & ~GROUP_MASK & ~GROUP_ISOLATED) >= PIPELINE_SHARDS;
}

/* Returns the block of VLANs that 'group_id', a group of ours, serves. */
struct vlan_block
pipeline_group_block(uint32_t group_id)
{
    return vlan_block_from_index((group_id & ~GROUP_MASK & ~GROUP_ISOLATED)
                                 / PIPELINE_SHARDS);
}

/* Returns which of its block's groups 'group_id', a group of ours, is. */
unsigned int
pipeline_group_shard(uint32_t group_id)
{
    return group_id % PIPELINE_SHARDS;
}

/* Are the receivers in 'group_id', a group of ours, isolated guests? */
bool
pipeline_group_is_isolated(uint32_t group_id)
{
    return (group_id & GROUP_ISOLATED) != 0;
}

/* Makes 'match' match on the VLANs in 'block'.
 *
 * A block with VLAN 0 in it matches both frames without a tag and those with a
 * tag for VLAN 0.  In other blocks the tag itself is matched on as well, since
 * that is how OpenFlow writes a VLAN. */
void
pipeline_match_block(struct match *match, const struct vlan_block *block)
{
    uint16_t mask = vlan_block_mask(block);

    if (block->vid) {
        match_set_dl_tci_masked(match, htons(VLAN_CFI | block->vid),
                                htons(VLAN_CFI | mask));
    } else if (mask) {
        match_set_dl_tci_masked(match, htons(0), htons(mask));
    }
}

/* Stores in '*block' the block of VLANs that 'match' matches on and returns
 * true, or returns false if pipeline_match_block() makes no such match. */
bool
pipeline_match_get_block(const struct match *match, struct vlan_block *block)
{
    uint16_t mask = ntohs(match->wc.masks.vlans[0].tci) & VLAN_VID_MASK;
    struct match expected = MATCH_CATCHALL_INITIALIZER;
    struct vlan_block b = {
        .vid = ntohs(match->flow.vlans[0].tci) & mask,
        .level = VLAN_BLOCK_LEVELS - 1 - count_1bits(mask),
    };

    pipeline_match_block(&expected, &b);
    if (match->flow.vlans[0].tci != expected.flow.vlans[0].tci
        || match->wc.masks.vlans[0].tci != expected.wc.masks.vlans[0].tci) {
        return false;
    }
    *block = b;
    return true;
}
