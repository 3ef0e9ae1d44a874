/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/pipeline.h"

#include <string.h>

#include <netinet/icmp6.h>
#include <netinet/in.h>

#include "byte-order.h"
#include "flow.h"
#include "openvswitch/match.h"
#include "openvswitch/meta-flow.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"
#include "util.h"

/* What neither <netinet/in.h> nor packets.h has: RFC 3810, RFC 8415, RFC
 * 9568. */
#define MLD2_LISTENER_REPORT 143
#define DHCPV6_CLIENT_PORT 546
#define DHCPV6_SERVER_PORT 547
#define PROTO_VRRP 112

/* Appends goto_table to 'ofpacts'. */
void
pipeline_put_goto(struct ofpbuf *ofpacts, enum pipeline_table table)
{
    ofpact_put_GOTO_TABLE(ofpacts)->table_id = table;
}

/* Appends what has meter 'meter_id' decide whether a frame goes on. */
void
pipeline_put_meter(struct ofpbuf *ofpacts, uint32_t meter_id)
{
    ofpact_put_METER(ofpacts)->meter_id = meter_id;
}

/* Appends output to 'port' to 'ofpacts'. */
void
pipeline_put_output(struct ofpbuf *ofpacts, ofp_port_t port)
{
    ofpact_put_OUTPUT(ofpacts)->port = port;
}

/* Appends group 'group_id' to 'ofpacts'. */
void
pipeline_put_group(struct ofpbuf *ofpacts, uint32_t group_id)
{
    ofpact_put_GROUP(ofpacts)->group_id = group_id;
}

static void
put_vlan_tci(struct ofpbuf *ofpacts, uint16_t tci, uint16_t tci_mask)
{
    union mf_value value = { .be16 = htons(tci) };
    union mf_value mask = { .be16 = htons(tci_mask) };

    ofpact_put_set_field(ofpacts, mf_from_id(MFF_VLAN_TCI), &value, &mask);
}

/* Appends to 'ofpacts' what turns an untagged frame, or one with a tag for
 * VLAN 0, into a frame with a tag for VLAN 'vid', in one action:
 *
 *     set_field:0x100a/0x1fff->vlan_tci
 *
 * puts on a tag for VLAN 10, or changes the VLAN in the tag and leaves its
 * priority. */
void
pipeline_put_vlan(struct ofpbuf *ofpacts, uint16_t vid)
{
    put_vlan_tci(ofpacts, VLAN_CFI | vid, VLAN_CFI | VLAN_VID_MASK);
}

/* Appends to 'ofpacts' what puts another tag on a frame, of type 'tpid' and
 * for VLAN 'vid', with priority 0:
 *
 *     push_vlan:0x88a8,set_field:0x1007/0x1fff->vlan_tci */
void
pipeline_put_push(struct ofpbuf *ofpacts, uint16_t tpid, uint16_t vid)
{
    ofpact_put_PUSH_VLAN(ofpacts)->ethertype = htons(tpid);
    pipeline_put_vlan(ofpacts, vid);
}

void
pipeline_put_move(struct ofpbuf *ofpacts, struct mf_subfield src,
         struct mf_subfield dst)
{
    struct ofpact_reg_move *move = ofpact_put_REG_MOVE(ofpacts);

    move->src = src;
    move->dst = dst;
}

/* Appends to 'ofpacts' what gives a frame with a tag another one in its place,
 * of type 0x8100, for VLAN 'vid' and with the same priority:
 *
 *     move:NXM_OF_VLAN_TCI[13..15]->NXM_NX_REG1[0..2],pop_vlan,
 *     move:NXM_OF_VLAN_TCI[12]->NXM_NX_REG0[5],
 *     set_field:0x100a/0x1fff->vlan_tci,
 *     move:NXM_NX_REG1[0..2]->NXM_OF_VLAN_TCI[13..15]
 *
 * and marks it if there is one more behind that.  Of which type the tag is
 * that it has, nothing in OpenFlow tells. */
void
pipeline_put_retag(struct ofpbuf *ofpacts, uint16_t vid)
{
    const struct mf_subfield pcp = { mf_from_id(MFF_VLAN_TCI), 13, 3 };
    const struct mf_subfield tag = { mf_from_id(MFF_VLAN_TCI), 12, 1 };
    const struct mf_subfield reg = { mf_from_id(MFF_REG1), 0, 3 };
    const struct mf_subfield mark = {
        mf_from_id(MFF_REG0), REG0_SECOND_TAG_BIT, 1
    };

    pipeline_put_move(ofpacts, pcp, reg);
    ofpact_put_STRIP_VLAN(ofpacts);
    pipeline_put_move(ofpacts, tag, mark);
    pipeline_put_vlan(ofpacts, vid);
    pipeline_put_move(ofpacts, reg, pcp);
}

/* Appends to 'ofpacts' a lookup in 'table' as if the frame had come in by
 * 'port', OFPP_IN_PORT for where it did. */
void
pipeline_put_lookup(struct ofpbuf *ofpacts, ofp_port_t port,
                    enum pipeline_table table)
{
    struct ofpact_resubmit *resubmit = ofpact_put_RESUBMIT(ofpacts);

    resubmit->in_port = port;
    resubmit->table_id = table;
}

/* Appends to 'ofpacts' what takes the tag off a frame of VLAN 'vid'.  Those of
 * VLAN 0 may or may not have one, and only a frame that is known to have one
 * can be the object of pop_vlan. */
void
pipeline_put_untag(struct ofpbuf *ofpacts, uint16_t vid)
{
    if (vid) {
        ofpact_put_STRIP_VLAN(ofpacts);
    } else {
        put_vlan_tci(ofpacts, 0, UINT16_MAX);
    }
}

/* Appends to 'ofpacts' what gives an untagged frame a tag for VLAN 0 and with
 * priority 0. */
void
pipeline_put_null_tag(struct ofpbuf *ofpacts)
{
    put_vlan_tci(ofpacts, VLAN_CFI, UINT16_MAX);
}

/* Appends to 'ofpacts' what shows the first 'max_len' bytes of the frame to
 * us. */
void
pipeline_put_show_part(struct ofpbuf *ofpacts, uint16_t max_len)
{
    struct ofpact_controller *oc = ofpact_put_CONTROLLER(ofpacts);

    oc->max_len = max_len;
    oc->controller_id = PIPELINE_CONTROLLER_ID;
    oc->reason = OFPR_ACTION;
    oc->meter_id = NX_CTLR_NO_METER;
    ofpact_finish_CONTROLLER(ofpacts, &oc);
}

/* The same for the header. */
void
pipeline_put_show(struct ofpbuf *ofpacts)
{
    pipeline_put_show_part(ofpacts, ETH_HEADER_LEN);
}

/* The same for the header with the tag, so that we see which VLAN it is in. */
void
pipeline_put_show_tagged(struct ofpbuf *ofpacts)
{
    pipeline_put_show_part(ofpacts, VLAN_ETH_HEADER_LEN);
}

const struct eth_addr pipeline_multicast_bit
    = ETH_ADDR_C(01,00,00,00,00,00);

/* Makes 'match' one that no flow of somebody else's has. */
void
pipeline_match_ours(struct match *match)
{
    match_set_reg_masked(match, PIPELINE_OURS_REG, 0, 1u << PIPELINE_OURS_BIT);
}

/* Makes 'match' match on broadcast and multicast. */
void
pipeline_match_multicast(struct match *match)
{
    match_set_dl_dst_masked(match, pipeline_multicast_bit,
                            pipeline_multicast_bit);
}

/* Makes 'match' match on all else. */
void
pipeline_match_unicast(struct match *match)
{
    match_set_dl_dst_masked(match, eth_addr_zero, pipeline_multicast_bit);
}

static void
match_ip(struct match *match, uint16_t dl_type, uint8_t nw_proto)
{
    match_set_dl_type(match, htons(dl_type));
    match_set_nw_proto(match, nw_proto);
}

/* Makes 'match' match on frames by which a guest says that it is there, for
 * 'i' of 0 to PIPELINE_N_ANNOUNCEMENTS - 1:
 *
 *   - it calls: by RARP, as QEMU does for it, by broadcast ARP, or by an
 *     unsolicited neighbor advertisement (RFC 4861, section 7.2.6);
 *   - what IPv6 sends first: neighbor solicitations, be they to find out
 *     whether anybody has the address already, router solicitations, and
 *     reports of which groups it is in (MLD);
 *   - IPv4 from who has no address: DHCP;
 *   - IPv6's DHCP;
 *   - VRRP and CARP, by which one router of several says that it is the one.
 *
 * Which group they are for is not looked at.  The datapath would get a flow
 * for each group that a guest sends to in search of these frames.  For that
 * reason, too, DHCP is told by the source address, and IPv6's by the ports:
 * Open vSwitch looks at no more bits of these than tell them from others. */
void
pipeline_match_announcement(struct match *match, size_t i)
{
    static const uint8_t icmp6_types[] = {
        ND_NEIGHBOR_ADVERT, ND_NEIGHBOR_SOLICIT, ND_ROUTER_SOLICIT,
        MLD2_LISTENER_REPORT, MLD_LISTENER_REPORT,
    };
    size_t n_icmp6 = ARRAY_SIZE(icmp6_types);

    BUILD_ASSERT_DECL(PIPELINE_N_ANNOUNCEMENTS
                      == 6 + ARRAY_SIZE(icmp6_types));
    if (!i) {
        match_set_dl_type(match, htons(ETH_TYPE_RARP));
        return;
    }

    pipeline_match_multicast(match);
    if (i == 1) {
        match_set_dl_type(match, htons(ETH_TYPE_ARP));
    } else if (i < 2 + n_icmp6) {
        match_ip(match, ETH_TYPE_IPV6, IPPROTO_ICMPV6);
        match_set_icmp_type(match, icmp6_types[i - 2]);
    } else if (i == 2 + n_icmp6) {
        match_set_dl_type(match, htons(ETH_TYPE_IP));
        match_set_nw_src(match, htonl(0));
    } else if (i == 3 + n_icmp6) {
        match_ip(match, ETH_TYPE_IPV6, IPPROTO_UDP);
        match_set_tp_src(match, htons(DHCPV6_CLIENT_PORT));
        match_set_tp_dst(match, htons(DHCPV6_SERVER_PORT));
    } else {
        match_ip(match, i == 4 + n_icmp6 ? ETH_TYPE_IP : ETH_TYPE_IPV6,
                 PROTO_VRRP);
    }
}

/* Makes 'match' match on neighbor discovery of ICMPv6 'type', a solicitation
 * or an advertisement, by whose target or link-layer address it may match
 * then.  Code 0 is the only one that there is.  To the kernel's datapath, Open
 * vSwitch tells what was looked at of these only if type and code have been
 * looked at whole (odp_flow_key_from_flow__() in lib/odp-util.c): without it,
 * what follows the first one has any target. */
void
pipeline_match_nd(struct match *match, uint8_t type)
{
    match_ip(match, ETH_TYPE_IPV6, IPPROTO_ICMPV6);
    match_set_icmp_type(match, type);
    match_set_icmp_code(match, 0);
}

/* Makes 'match' match on frames by which a guest says to one who has asked
 * that it is there, for 'i' of 0 to PIPELINE_N_ANSWERS - 1: by ARP, and by
 * neighbor advertisements; and to groups as well. */
void
pipeline_match_answer(struct match *match, size_t i)
{
    if (!i) {
        match_set_dl_type(match, htons(ETH_TYPE_ARP));
    } else {
        match_ip(match, ETH_TYPE_IPV6, IPPROTO_ICMPV6);
        match_set_icmp_type(match, ND_NEIGHBOR_ADVERT);
    }
}

/* Makes 'match' match on a multicast address as the source, which no frame may
 * have. */
void
pipeline_match_multicast_source(struct match *match)
{
    match_set_dl_src_masked(match, pipeline_multicast_bit,
                            pipeline_multicast_bit);
}

static void
put_in_port(struct ofpbuf *ofpacts, ofp_port_t port)
{
    union mf_value value = { .be16 = htons(ofp_to_u16(port)) };
    union mf_value mask = { .be16 = OVS_BE16_MAX };

    ofpact_put_set_field(ofpacts, mf_from_id(MFF_IN_PORT), &value, &mask);
}

/* Appends to 'ofpacts' a move of address 'src' to address 'dst' and NORMAL,
 * which end a clone that begins at 'start'. */
static void
finish_learning(struct ofpbuf *ofpacts, size_t start, enum mf_field_id src,
                enum mf_field_id dst)
{
    struct ofpact_nest *clone;

    pipeline_put_move(ofpacts, (struct mf_subfield) { mf_from_id(src), 0, 48 },
             (struct mf_subfield) { mf_from_id(dst), 0, 48 });
    pipeline_put_output(ofpacts, OFPP_NORMAL);

    clone = ofpbuf_at_assert(ofpacts, start, sizeof *clone);
    ofpacts->header = clone;
    ofpact_finish_CLONE(ofpacts, &clone);
}

/* Appends to 'ofpacts' what makes NORMAL learn the source of a frame, and
 * nothing else:
 *
 *     clone(move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],NORMAL)
 *
 * The copy is for the address that has just been learned to be where the frame
 * has come from, so NORMAL drops it. */
void
pipeline_put_learn(struct ofpbuf *ofpacts)
{
    size_t start = ofpacts->size;

    ofpact_put_CLONE(ofpacts);
    finish_learning(ofpacts, start, MFF_ETH_SRC, MFF_ETH_DST);
}

/* Appends to 'ofpacts' what makes NORMAL learn that a frame's destination is
 * behind 'port', and nothing else:
 *
 *     clone(set_field:3->in_port,move:NXM_OF_ETH_DST[]->NXM_OF_ETH_SRC[],
 *           NORMAL)
 *
 * If 'bare_vid' is not 0, then it is the frame's VLAN, and the port takes such
 * frames without a tag, or without the one that it 'pushes'. */
void
pipeline_put_place(struct ofpbuf *ofpacts, ofp_port_t port, int bare_vid,
                   bool pushes)
{
    size_t start = ofpacts->size;

    ofpact_put_CLONE(ofpacts);
    put_in_port(ofpacts, port);
    if (bare_vid && pushes) {
        pipeline_put_untag(ofpacts, bare_vid);
    } else if (bare_vid) {
        pipeline_put_vlan(ofpacts, 0);
    }
    finish_learning(ofpacts, start, MFF_ETH_DST, MFF_ETH_SRC);
}

/* Appends to 'ofpacts' what has NORMAL send a frame as if by no port. */
void
pipeline_put_normal(struct ofpbuf *ofpacts)
{
    put_in_port(ofpacts, OFPP_NONE);
    pipeline_put_output(ofpacts, OFPP_NORMAL);
}
