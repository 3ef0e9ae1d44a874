/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/compile.h"

#include <stdlib.h>

#include "lib/openflow/compile-bond.h"
#include "lib/openflow/mac-sets.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/slice.h"
#include "lib/openflow/spread.h"
#include "openvswitch/match.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"
#include "util.h"

/* Returns the VLANs in which all that is sent goes to everybody. */
const struct vlan_set *
bridge_ctx_flood_vlans(const struct bridge_ctx *ctx)
{
    static const struct vlan_set none = VLAN_SET_INITIALIZER;

    return ctx->flood_vlans ? ctx->flood_vlans : &none;
}

/* Are 'a' and 'b' the same to all slices?  Which members a bond has concerns
 * the bridge's slice alone. */
bool
bridge_ctx_equals(const struct bridge_ctx *a, const struct bridge_ctx *b)
{
    return (a->exact == b->exact
            && vlan_set_equals(bridge_ctx_flood_vlans(a),
                               bridge_ctx_flood_vlans(b))
            && a->forward_bpdu == b->forward_bpdu
            && a->blurs_tags == b->blurs_tags
            && a->spans == b->spans
            && a->needs_normal == b->needs_normal
            && a->mac_aging_time == b->mac_aging_time
            && a->mac_table_size == b->mac_table_size
            && a->network == b->network
            && network_ports_equal(&a->ports, &b->ports)
            && a->reflections == b->reflections
            && a->meter_bands == b->meter_bands);
}

#define MAC(A, B, C, D, E, F) ETH_ADDR_C(A, B, C, D, E, F)

/* The destinations that NORMAL does not forward unless the bridge's
 * other_config:forward-bpdu is true: eth_addr_is_reserved() of Open vSwitch,
 * in the fewest masked addresses. */
static const struct mac_set reserved_groups[] = {
    /* STP, pause frames, LACP, LLDP and others: IEEE 802.1D and 802.1Q. */
    { MAC(01,80,c2,00,00,00), MAC(ff,ff,ff,ff,ff,f0) },
    /* Cisco ISL; CDP, VTP and others; PVST+; Uplink Fast; CFM. */
    { MAC(01,00,0c,00,00,00), MAC(ff,ff,ff,ff,ff,ff) },
    { MAC(01,00,0c,cc,cc,cc), MAC(ff,ff,ff,ff,ff,fe) },
    { MAC(01,00,0c,cd,cd,cd), MAC(ff,ff,ff,ff,ff,ff) },
    { MAC(01,00,0c,cc,cc,c0), MAC(ff,ff,ff,ff,ff,f8) },
};
/* Extreme EDP and EAPS, which are not even groups. */
static const struct mac_set reserved_others[] = {
    { MAC(00,e0,2b,00,00,00), MAC(ff,ff,ff,ff,ff,ff) },
    { MAC(00,e0,2b,00,00,04), MAC(ff,ff,ff,ff,ff,fd) },
};
#undef MAC

struct compilation {
    struct slice *slice;
    ovs_be64 cookie;
    struct ofpbuf *ofpacts;     /* Of the next flow. */
};

static void
add(struct compilation *c, enum pipeline_table table, uint16_t priority,
    const struct match *match)
{
    slice_add_flow(c->slice, table, priority, match, c->cookie, c->ofpacts);
}

static void
add_goto(struct compilation *c, enum pipeline_table table, uint16_t priority,
         const struct match *match, enum pipeline_table next)
{
    pipeline_put_goto(c->ofpacts, next);
    add(c, table, priority, match);
}

static void
match_dst(struct match *match, const struct mac_set *set)
{
    match_init_catchall(match);
    match_set_dl_dst_masked(match, set->addr, set->mask);
}

/* FORWARD and MULTICAST: reserved destinations, which are dropped.
 *
 * Whether a frame is for a group is looked at before anything else about its
 * destination, and then whether that is reserved in as few bits as will do.
 * Otherwise each of the groups that a guest sends to, in IPv6 many, would be a
 * flow in the datapath with an output for each other guest. */
static void
add_reserved(struct compilation *c)
{
    struct match all = MATCH_CATCHALL_INITIALIZER;
    struct mac_set others[MAC_SETS_MAX];
    struct match match;

    for (size_t i = 0; i < ARRAY_SIZE(reserved_others); i++) {
        match_dst(&match, &reserved_others[i]);
        add(c, TABLE_FORWARD, PRIORITY_FORWARD_RESERVED, &match);
    }

    size_t n = mac_sets_outside(reserved_groups, ARRAY_SIZE(reserved_groups),
                                pipeline_multicast_bit, others);
    for (size_t i = 0; i < n; i++) {
        match_dst(&match, &others[i]);
        add_goto(c, TABLE_MULTICAST, PRIORITY_MULTICAST_OTHERS - i, &match,
                 TABLE_FLOOD);
    }
    for (size_t i = 0; i < ARRAY_SIZE(reserved_groups); i++) {
        match_dst(&match, &reserved_groups[i]);
        add(c, TABLE_MULTICAST, PRIORITY_MULTICAST_RESERVED, &match);
    }
    add_goto(c, TABLE_MULTICAST, PRIORITY_MULTICAST_PASS, &all, TABLE_FLOOD);
}

/* FORWARD: groups.  Where the bridge is set to forward what is for reserved
 * destinations, as NORMAL then does from any port, these are like others. */
static void
add_multicast(struct compilation *c, bool forward_bpdu)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;

    pipeline_match_multicast(&match);
    add_goto(c, TABLE_FORWARD, PRIORITY_FORWARD_MULTICAST, &match,
             forward_bpdu ? TABLE_FLOOD : TABLE_MULTICAST);
    if (!forward_bpdu) {
        add_reserved(c);
    }
}

/* FORWARD: priority=115,dl_vlan=99 actions=goto_table:FLOOD
 *
 * In a VLAN of column flood_vlans no address is anybody's, so that who listens
 * there, to what is mirrored into it, is sent all of it. */
static void
add_flood_vlans(struct compilation *c, const struct vlan_set *vlans)
{
    struct vlan_block *blocks;
    size_t n = vlan_set_blocks(vlans, &blocks);

    for (size_t i = 0; i < n; i++) {
        struct match match = MATCH_CATCHALL_INITIALIZER;

        pipeline_match_block(&match, &blocks[i]);
        add_goto(c, TABLE_FORWARD, PRIORITY_FORWARD_FLOOD, &match,
                 TABLE_FLOOD);
    }
    free(blocks);
}

/* SOURCE: a guest that does not have its address may say that it is there.  A
 * flow of its port drops the rest. */
static void
add_pending(struct compilation *c)
{
    for (size_t i = 0; i < PIPELINE_N_CALLS; i++) {
        struct match match = MATCH_CATCHALL_INITIALIZER;

        pipeline_match_pending(&match);
        pipeline_match_announcement(&match, i);
        add_goto(c, TABLE_SOURCE, PRIORITY_SOURCE_ANNOUNCEMENT, &match,
                 TABLE_FORWARD);
    }
}

/* SOURCE: reg0=0x10/0x10,dl_type=0x8100 actions=drop
 *
 * What a guest has sent in no VLAN has no other tag inside.  If Open vSwitch
 * does not look at that (other_config:vlan-limit), it is the type of the
 * frame, by which the datapath's flows tell frames apart in any case, or else
 * ADMIT has seen it.  0x9100 is what some switches take for a tag. */
static void
add_second_tags(struct compilation *c)
{
    static const uint16_t types[] = {
        ETH_TYPE_VLAN_8021Q, ETH_TYPE_VLAN_8021AD, 0x9100
    };

    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        struct match match = MATCH_CATCHALL_INITIALIZER;

        pipeline_match_no_vlan(&match);
        match_set_dl_type(&match, htons(types[i]));
        add(c, TABLE_SOURCE, PRIORITY_SOURCE_SECOND_TAG, &match);
    }

    struct match match = MATCH_CATCHALL_INITIALIZER;
    pipeline_match_second_tag(&match);
    add(c, TABLE_SOURCE, PRIORITY_SOURCE_SECOND_TAG, &match);
}

static void
add_zero_source(struct compilation *c, enum pipeline_table table,
                uint16_t priority, struct match *match)
{
    match_set_dl_src(match, eth_addr_zero);
    add(c, table, priority, match);
}

/* SOURCE: dl_src=00:00:00:00:00:00 actions=drop
 *
 * Nobody has that address.  To compare it would have the datapath look at all
 * 48 bits of every source, so whether there is a bit in its first half is
 * looked at first, one after another (mac-sets.h), and before all others at
 * the one that all addresses have that were not given to a card by its maker:
 *
 *     priority=40,dl_src=02:00:00:00:00:00/02:00:00:00:00:00
 *         actions=goto_table:FORWARD
 *
 * Where the source is looked at in full in any case, the comparison alone is
 * enough: in LEARN, ANNOUNCE and REFLECT. */
static void
add_zero_sources(struct compilation *c, const struct bridge_ctx *ctx)
{
    static const struct mac_set zero = {
        ETH_ADDR_C(00,00,00,00,00,00), ETH_ADDR_C(ff,ff,ff,00,00,00)
    };
    static const struct eth_addr local = ETH_ADDR_C(02,00,00,00,00,00);
    static const struct eth_addr known = ETH_ADDR_C(03,00,00,00,00,00);
    struct match none = MATCH_CATCHALL_INITIALIZER;
    struct match match = MATCH_CATCHALL_INITIALIZER;
    struct mac_set others[MAC_SETS_MAX];
    size_t n = mac_sets_outside(&zero, 1, known, others);

    match_set_dl_src_masked(&match, local, local);
    add_goto(c, TABLE_SOURCE, PRIORITY_SOURCE_OTHERS, &match, TABLE_FORWARD);
    for (size_t i = 0; i < n; i++) {
        match_init_catchall(&match);
        match_set_dl_src_masked(&match, others[i].addr, others[i].mask);
        add_goto(c, TABLE_SOURCE, PRIORITY_SOURCE_OTHERS - 1 - i, &match,
                 TABLE_FORWARD);
    }
    add_zero_source(c, TABLE_SOURCE, PRIORITY_SOURCE_ZERO, &none);
    add_zero_source(c, TABLE_ANNOUNCE, PRIORITY_ANNOUNCE_ZERO, &none);
    if (network_kind_learns(ctx->network)) {
        add_zero_source(c, TABLE_LEARN, PRIORITY_LEARN_ZERO, &none);
    }
    if (ctx->reflections) {
        add_zero_source(c, TABLE_REFLECT, PRIORITY_REFLECT_MAC, &none);
    }

    match_init_catchall(&match);
    pipeline_match_pending(&match);
    add_zero_source(c, TABLE_SOURCE, PRIORITY_SOURCE_ZERO_ANNOUNCEMENT,
                    &match);
}

/* LEARN: NORMAL must know which network port a source is behind, also if the
 * frame goes to a guest.  Broadcast and multicast it gets in any case. */
static void
add_learn(struct compilation *c)
{
    struct match multicast = MATCH_CATCHALL_INITIALIZER;
    struct match all = MATCH_CATCHALL_INITIALIZER;

    pipeline_match_multicast(&multicast);
    add(c, TABLE_LEARN, PRIORITY_LEARN_MULTICAST, &multicast);
    pipeline_put_learn(c->ofpacts);
    add(c, TABLE_LEARN, PRIORITY_LEARN, &all);
}

/* UNKNOWN, but for the outputs to a single plain port, which are that port's.
 *
 * NORMAL must not learn that a guest, or the host, is on its port: it would
 * then send frames there.  It learns nothing of a frame whose in_port is
 * OFPP_NONE, as if a controller had sent it. */
static void
add_unknown(struct compilation *c, const struct bridge_ctx *ctx)
{
    struct match from_network = MATCH_CATCHALL_INITIALIZER;
    struct match all = MATCH_CATCHALL_INITIALIZER;

    pipeline_match_from_network(&from_network);
    if (ctx->network == NETWORK_SEVERAL) {
        add_learn(c);

        pipeline_put_output(c->ofpacts, OFPP_NORMAL);
        add(c, TABLE_UNKNOWN, PRIORITY_UNKNOWN_FROM_NETWORK, &from_network);
    } else if (network_kind_spreads(ctx->network)) {
        spread_compile(ctx, c->cookie, c->slice);
    } else {
        add(c, TABLE_UNKNOWN, PRIORITY_UNKNOWN_FROM_NETWORK, &from_network);
    }
    if (ctx->network == NETWORK_BOND || ctx->network == NETWORK_SEVERAL) {
        pipeline_put_normal(c->ofpacts);
        add(c, TABLE_UNKNOWN, PRIORITY_UNKNOWN_OUTPUT, &all);
    }
    bond_compile(ctx, c->cookie, c->slice);
    add(c, TABLE_UNKNOWN, PRIORITY_UNKNOWN_DROP, &all);
}

/* Adds to 'slice' the flows that bridge 'bridge' has whatever its ports are:
 * those that lead from table to table, and the drops.  None if 'ctx' does not
 * ask for an exact MAC table.
 *
 * Reserved addresses are dropped from every port, as NORMAL does, unless the
 * bridge is set to forward them: then they are ordinary groups. */
void
compile_bridge(const struct bridge_ctx *ctx, const char *bridge,
               struct slice *slice)
{
    if (!ctx->exact) {
        return;
    }

    struct match multicast_source = MATCH_CATCHALL_INITIALIZER;
    struct match all = MATCH_CATCHALL_INITIALIZER;
    uint64_t stub[64 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct compilation c = {
        .slice = slice,
        .cookie = pipeline_cookie(COOKIE_BRIDGE, bridge),
        .ofpacts = &ofpacts,
    };

    /* Nobody has such an address, and a Linux bridge drops it too. */
    pipeline_match_multicast_source(&multicast_source);
    add(&c, TABLE_ADMIT, PRIORITY_ADMIT_MULTICAST_SOURCE, &multicast_source);
    /* A port without flows is cut off. */
    add(&c, TABLE_ADMIT, PRIORITY_ADMIT_DROP, &all);
    add_goto(&c, TABLE_SOURCE, PRIORITY_SOURCE_PASS, &all, TABLE_FORWARD);
    add_pending(&c);
    add_second_tags(&c);
    add_zero_sources(&c, ctx);

    add_multicast(&c, ctx->forward_bpdu);
    add_goto(&c, TABLE_FORWARD, PRIORITY_FORWARD_UNKNOWN, &all,
             TABLE_UNKNOWN);

    add_flood_vlans(&c, bridge_ctx_flood_vlans(ctx));

    add_goto(&c, TABLE_FLOOD, PRIORITY_FLOOD_NONE, &all, TABLE_UNKNOWN);

    if (ctx->reflections) {
        add_goto(&c, TABLE_REFLECT, PRIORITY_REFLECT_PASS, &all,
                 TABLE_FORWARD);
    }
    add_unknown(&c, ctx);

    ofpbuf_uninit(&ofpacts);
}
