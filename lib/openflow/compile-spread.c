/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/spread.h"

#include <string.h>

#include "flow.h"
#include "lib/openflow/compile-port-private.h"
#include "lib/openflow/egress.h"
#include "lib/openflow/slice.h"
#include "openvswitch/match.h"
#include "openvswitch/meta-flow.h"
#include "openvswitch/ofp-actions.h"
#include "util.h"

static void
match_apart(struct match *match)
{
    match_set_reg_masked(match, 0, 1u << REG0_APART_BIT, 1u << REG0_APART_BIT);
}

/* Appends what marks a frame as one from a network port that is kept apart
 * from others, if the port is such a one. */
void
spread_put_apart(struct compilation *c)
{
    if (network_kind_spreads(c->ctx->network)
        && network_ports_is_apart(&c->ctx->ports, c->vport->ofport)) {
        pipeline_put_marks(c->ofpacts, 1u << REG0_APART_BIT);
    }
}

/* Appends what sends a frame to each network port in its VLAN:
 *
 *     clone(resubmit(1,SPREAD)),clone(resubmit(2,SPREAD))
 *
 * What one does to the frame is nothing to the next.  Open vSwitch sends
 * nothing out by the port that it has come in by.  If 'apart', it comes from a
 * port that is kept apart from others.  A bond is one port. */
static void
put_all(struct ofpbuf *ofpacts, const struct network_ports *ports, bool apart)
{
    for (size_t i = 0; i < ports->n; i++) {
        size_t start = ofpacts->size;
        struct ofpact_nest *clone;

        if (ports->ports[i].place != ports->ports[i].ofport
            || (apart && ports->ports[i].apart)) {
            continue;
        }
        ofpact_put_CLONE(ofpacts);
        pipeline_put_lookup(ofpacts, ports->ports[i].ofport, TABLE_SPREAD);
        clone = ofpbuf_at_assert(ofpacts, start, sizeof *clone);
        ofpacts->header = clone;
        ofpact_finish_CLONE(ofpacts, &clone);
    }
}

static ofp_port_t
get_place(const struct compilation *c)
{
    return network_ports_place(&c->ctx->ports, c->vport->ofport);
}

static bool
are_any_apart(const struct network_ports *ports)
{
    for (size_t i = 0; i < ports->n; i++) {
        if (network_ports_is_apart(ports, ports->ports[i].ofport)) {
            return true;
        }
    }
    return false;
}

/* Adds to 'slice' with 'cookie' what the bridge of 'ctx' has whichever its
 * network ports are:
 *
 *     UNKNOWN: priority=100 actions=clone(resubmit(1,SPREAD)),...
 *     UNKNOWN: priority=120,dl_dst=00:00:00:00:00:00/01:00:00:00:00:00
 *         actions=resubmit(,PLACES),goto_table:AWAY
 *     AWAY: priority=1 actions=clone(resubmit(1,SPREAD)),...
 *
 * and, if any are kept apart from each other, for what comes from those:
 *
 *     UNKNOWN: priority=105,reg0=0x200000/0x200000
 *         actions=clone(resubmit(1,SPREAD))
 *     AWAY: priority=2,reg0=0x200000/0x200000
 *         actions=clone(resubmit(1,SPREAD)) */
void
spread_compile(const struct bridge_ctx *ctx, ovs_be64 cookie,
               struct slice *slice)
{
    struct match all = MATCH_CATCHALL_INITIALIZER;
    struct match unicast = MATCH_CATCHALL_INITIALIZER;
    uint64_t stub[512 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);

    put_all(&ofpacts, &ctx->ports, false);
    slice_add_flow(slice, TABLE_UNKNOWN, PRIORITY_UNKNOWN_OUTPUT, &all,
                   cookie, &ofpacts);
    put_all(&ofpacts, &ctx->ports, false);
    slice_add_flow(slice, TABLE_AWAY, PRIORITY_AWAY_ALL, &all, cookie,
                   &ofpacts);
    if (are_any_apart(&ctx->ports)) {
        struct match apart = MATCH_CATCHALL_INITIALIZER;

        match_apart(&apart);
        put_all(&ofpacts, &ctx->ports, true);
        slice_add_flow(slice, TABLE_UNKNOWN, PRIORITY_UNKNOWN_APART, &apart,
                       cookie, &ofpacts);
        put_all(&ofpacts, &ctx->ports, true);
        slice_add_flow(slice, TABLE_AWAY, PRIORITY_AWAY_APART, &apart, cookie,
                       &ofpacts);
    }

    pipeline_match_unicast(&unicast);
    pipeline_put_lookup(&ofpacts, OFPP_IN_PORT, TABLE_PLACES);
    pipeline_put_goto(&ofpacts, TABLE_AWAY);
    slice_add_flow(slice, TABLE_UNKNOWN, PRIORITY_UNKNOWN_UNICAST, &unicast,
                   cookie, &ofpacts);
    ofpbuf_uninit(&ofpacts);
}

/* Appends to the learn action that 'ofpacts' ends in that 'n_bits' of the
 * frame's field 'src' are matched on, or loaded, as 'dst'. */
static void
put_spec(struct ofpbuf *ofpacts, enum mf_field_id src, uint16_t dst_type,
         enum mf_field_id dst, unsigned int n_bits)
{
    struct ofpact_learn_spec *spec = ofpbuf_put_zeros(ofpacts, sizeof *spec);

    spec->src_type = NX_LEARN_SRC_FIELD;
    spec->src = (struct mf_subfield) { mf_from_id(src), 0, n_bits };
    spec->dst_type = dst_type;
    spec->dst = (struct mf_subfield) { mf_from_id(dst), 0, n_bits };
    spec->n_bits = n_bits;
}

/* Appends to the learn action that 'ofpacts' ends in that 'value' is loaded
 * into the lower 16 bits of 'dst'. */
static void
put_load(struct ofpbuf *ofpacts, uint16_t value, enum mf_field_id dst)
{
    struct ofpact_learn_spec *spec = ofpbuf_put_zeros(ofpacts, sizeof *spec);
    ovs_be16 be = htons(value);

    spec->src_type = NX_LEARN_SRC_IMMEDIATE;
    spec->dst_type = NX_LEARN_DST_LOAD;
    spec->dst = (struct mf_subfield) { mf_from_id(dst), 0, 16 };
    spec->n_bits = 16;
    memcpy(ofpbuf_put_zeros(ofpacts, OFPACT_ALIGN(sizeof be)), &be, sizeof be);
}

/* LEARN: in_port=1 actions=learn(table=PLACES,hard_timeout=300,priority=100,
 *     delete_learned,cookie=...,limit=4096,NXM_OF_VLAN_TCI[0..11],
 *     NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],
 *     load:NXM_OF_IN_PORT[]->NXM_NX_REG2[0..15])
 *
 * Each frame starts the time anew.  Behind whichever member of a bond a frame
 * has come from, the flow is the same:
 *
 *     load:0x3->NXM_NX_REG2[0..15]  */
static void
add_learn(struct compilation *c)
{
    const struct bridge_ctx *ctx = c->ctx;
    int aging = ctx->mac_aging_time ? ctx->mac_aging_time : SPREAD_AGING_TIME;
    struct match match = MATCH_CATCHALL_INITIALIZER;
    struct ofpact_learn *learn = ofpact_put_LEARN(c->ofpacts);

    /* The bounds are those of Open vSwitch's mac-learning.c. */
    learn->hard_timeout = MIN(MAX(aging, 15), 3600);
    learn->limit = (ctx->mac_table_size
                    ? MIN(MAX(ctx->mac_table_size, 10), SPREAD_MAX_PLACES)
                    : SPREAD_MAX_PLACES);
    learn->table_id = TABLE_PLACES;
    learn->priority = PRIORITY_PLACES;
    learn->flags = NX_LEARN_F_DELETE_LEARNED;
    learn->cookie = pipeline_cookie(COOKIE_LEARNED,
                                    (c->vport->in_bond ? vport_port(c->vport)
                                     : c->vport->name));
    put_spec(c->ofpacts, MFF_VLAN_TCI, NX_LEARN_DST_MATCH, MFF_VLAN_TCI, 12);
    put_spec(c->ofpacts, MFF_ETH_SRC, NX_LEARN_DST_MATCH, MFF_ETH_DST, 48);
    if (c->vport->in_bond) {
        put_load(c->ofpacts, ofp_to_u16(get_place(c)),
                 MFF_REG0 + PIPELINE_PLACE_REG);
    } else {
        put_spec(c->ofpacts, MFF_IN_PORT, NX_LEARN_DST_LOAD,
                 MFF_REG0 + PIPELINE_PLACE_REG, 16);
    }
    learn = c->ofpacts->header;
    ofpact_finish_LEARN(c->ofpacts, &learn);

    match_set_in_port(&match, c->vport->ofport);
    compilation_add(c, TABLE_LEARN, PRIORITY_LEARN, &match);
}

/* AWAY: reg2=0x1/0xffff,dl_vlan=10 actions=pop_vlan,output:1
 * SPREAD: in_port=1,dl_vlan=10 actions=pop_vlan,output:1
 *
 * In SPREAD it is not what the frame has come in by that is matched on, but
 * which port is asked about. */
static void
add_outputs(struct compilation *c, const struct vlan_block *block)
{
    ofp_port_t ofport = c->vport->ofport;
    struct match match = MATCH_CATCHALL_INITIALIZER;

    pipeline_match_block(&match, block);
    match_set_reg_masked(&match, PIPELINE_PLACE_REG, ofp_to_u16(ofport),
                         UINT16_MAX);
    compilation_add_keeping(c, TABLE_AWAY, PRIORITY_AWAY_PORT, &match);

    match_init_catchall(&match);
    pipeline_match_block(&match, block);
    match_set_in_port(&match, ofport);
    compilation_add(c, TABLE_SPREAD, PRIORITY_SPREAD, &match);
    if (egress_put_group_output(c->ofpacts, c->vport)) {
        pipeline_match_multicast(&match);
        compilation_add(c, TABLE_SPREAD, PRIORITY_SPREAD_MULTICAST, &match);
    }
}

/* AWAY: priority=110,reg0=0x200000/0x200000,reg2=0x1/0xffff actions=drop
 *
 * From a port that is kept apart from others to another such. */
static void
add_apart(struct compilation *c)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;

    if (network_ports_is_apart(&c->ctx->ports, c->vport->ofport)
        && get_place(c) == c->vport->ofport) {
        match_apart(&match);
        match_set_reg_masked(&match, PIPELINE_PLACE_REG,
                             ofp_to_u16(c->vport->ofport), UINT16_MAX);
        compilation_add(c, TABLE_AWAY, PRIORITY_AWAY_PORT_APART, &match);
    }
}

/* PLACES: priority=110,dl_vlan=10,dl_dst=52:54:00:0a:00:02
 *     actions=set_field:0x1/0xffff->reg2
 *
 * The static entries behind the port. */
static void
add_statics(struct compilation *c)
{
    const struct vlan_set *flooded = bridge_ctx_flood_vlans(c->ctx);
    const union mf_value mask = { .be32 = htonl(UINT16_MAX) };
    const union mf_value port = {
        .be32 = htonl(ofp_to_u16(get_place(c))),
    };

    for (size_t i = 0; i < c->vport->n_statics; i++) {
        const struct vport_static *s = &c->vport->statics[i];
        const struct vlan_block block = { .vid = s->vid };
        struct match match = MATCH_CATCHALL_INITIALIZER;

        if (!vlan_set_contains(flooded, s->vid)) {
            pipeline_match_block(&match, &block);
            match_set_dl_dst(&match, s->mac);
            ofpact_put_set_field(c->ofpacts,
                                 mf_from_id(MFF_REG0 + PIPELINE_PLACE_REG),
                                 &port, &mask);
            compilation_add(c, TABLE_PLACES, PRIORITY_PLACES_STATIC, &match);
        }
    }
}

/* Adds what is the port's own, which is one of several. */
void
compile_spread(struct compilation *c)
{
    add_apart(c);
    add_statics(c);
    if (c->vport->admission != ADMISSION_NONE) {
        add_learn(c);
    }
    if (c->vport->in_bond) {
        compile_bond(c);
        return;
    }
    compilation_for_each_egress(c, &c->vport->vlan.members, add_outputs);
    egress_compile(c->vport, c->cookie, c->slice);
}
