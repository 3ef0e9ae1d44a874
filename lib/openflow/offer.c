/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/offer.h"

#include <string.h>

#include "openvswitch/match.h"
#include "openvswitch/meta-flow.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

/* The fields that flows which are offered match on. */
static const enum mf_field_id match_fields[] = {
    MFF_REG0, MFF_XXREG1, MFF_VLAN_TCI, MFF_ETH_SRC, MFF_ETH_DST,
};

/* Appends a part of the learn action that 'ofpacts' ends in: 'dst', of type
 * 'dst_type', becomes what it is in 'flow'. */
static void
put_value(struct ofpbuf *ofpacts, uint16_t dst_type,
          const struct mf_subfield *dst, const struct flow *flow)
{
    size_t n_bytes = DIV_ROUND_UP(dst->n_bits, 8);
    struct ofpact_learn_spec *spec;
    union mf_subvalue value;

    spec = ofpbuf_put_zeros(ofpacts, sizeof *spec);
    spec->src_type = NX_LEARN_SRC_IMMEDIATE;
    spec->dst_type = dst_type;
    spec->dst = *dst;
    spec->n_bits = dst->n_bits;

    mf_read_subfield(dst, flow, &value);
    memcpy(ofpbuf_put_zeros(ofpacts, OFPACT_ALIGN(n_bytes)),
           &value.u8[sizeof value - n_bytes], n_bytes);
}

/* Appends a part that makes the flow match on what 'match' says of field 'mf',
 * if anything.  Its mask is one run of bits. */
static void
put_field(struct ofpbuf *ofpacts, const struct mf_field *mf,
          const struct match *match)
{
    union mf_value value, mask;

    mf_get(mf, match, &value, &mask);
    unsigned int ofs = bitwise_scan(&mask, mf->n_bytes, true, 0, mf->n_bits);
    unsigned int end = bitwise_scan(&mask, mf->n_bytes, false, ofs,
                                    mf->n_bits);
    struct mf_subfield dst = { mf, ofs, end - ofs };

    if (dst.n_bits) {
        ovs_assert(bitwise_scan(&mask, mf->n_bytes, true, end, mf->n_bits)
                   == mf->n_bits);
        put_value(ofpacts, NX_LEARN_DST_MATCH, &dst, &match->flow);
    }
}

/* Appends a part that makes the flow do what 'a' does. */
static void
put_action(struct ofpbuf *ofpacts, const struct ofpact *a)
{
    if (a->type == OFPACT_OUTPUT) {
        struct ofpact_learn_spec *spec = ofpbuf_put_zeros(ofpacts,
                                                          sizeof *spec);

        spec->src_type = NX_LEARN_SRC_FIELD;
        spec->dst_type = NX_LEARN_DST_OUTPUT;
        spec->src = (struct mf_subfield) { mf_from_id(MFF_IN_PORT), 0, 16 };
        spec->n_bits = spec->src.n_bits;
    } else if (a->type == OFPACT_STRIP_VLAN || a->type == OFPACT_SET_FIELD) {
        static const struct flow untagged;
        struct mf_subfield tci = { mf_from_id(MFF_VLAN_TCI), 0, 16 };

        put_value(ofpacts, NX_LEARN_DST_LOAD, &tci, &untagged);
    } else {
        /* A learned flow cannot have a meter. */
        ovs_assert(a->type == OFPACT_METER);
    }
}

/* Appends to 'ofpacts', the actions of a flow that matches on a port, what
 * offers a flow that does what is in 'offered', which is output to that port,
 * with the tag taken off or not, or nothing:
 *
 *     learn(table=230,priority=100,cookie=...,NXM_OF_VLAN_TCI[0..12]=0x100a,
 *           NXM_OF_ETH_DST[]=52:54:00:00:00:01,load:0->NXM_OF_VLAN_TCI[],
 *           output:NXM_OF_IN_PORT[])
 *
 * Meters are left out. */
void
offer_put(struct ofpbuf *ofpacts, enum pipeline_table table,
          uint16_t priority, const struct match *match, ovs_be64 cookie,
          const struct ofpbuf *offered)
{
    struct ofpact_learn *learn = ofpact_put_LEARN(ofpacts);
    const struct ofpact *a;

    learn->table_id = table;
    learn->priority = priority;
    learn->cookie = cookie;
    for (size_t i = 0; i < ARRAY_SIZE(match_fields); i++) {
        put_field(ofpacts, mf_from_id(match_fields[i]), match);
    }
    OFPACT_FOR_EACH (a, offered->data, offered->size) {
        put_action(ofpacts, a);
    }
    learn = ofpacts->header;
    ofpact_finish_LEARN(ofpacts, &learn);
}

/* Do the 'ofpacts_len' bytes of 'ofpacts' offer flows? */
bool
offer_is_in(const struct ofpact *ofpacts, size_t ofpacts_len)
{
    const struct ofpact *a;

    OFPACT_FOR_EACH (a, ofpacts, ofpacts_len) {
        if (a->type == OFPACT_LEARN) {
            return true;
        }
    }
    return false;
}
