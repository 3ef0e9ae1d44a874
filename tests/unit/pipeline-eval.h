/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PIPELINE_EVAL_H
#define PIPELINE_EVAL_H 1

/* A switch in miniature, for tests: what a table of flows and groups does to
 * one frame.
 *
 * It knows exactly the matches and actions that the pipeline is made of.
 * Whatever it does not know, and whatever OpenFlow leaves undefined, fails the
 * test: an action of another kind, a goto that goes back, a group that is not
 * there, two flows of one priority that both match. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "openvswitch/types.h"

struct ds;
struct oflow_table;

struct frame {
    ofp_port_t in_port;
    ovs_be16 tci;               /* 802.1Q tag with VLAN_CFI, 0 if untagged. */
    struct eth_addr dst, src;
    ovs_be16 dl_type;
    uint8_t nw_proto;           /* Of IPv4 and IPv6. */
    uint16_t icmp_type;         /* Of ICMP and ICMPv6, or the source port. */
    uint16_t tp_dst;
    ovs_be32 nw_src;            /* Of IPv4. */
};

/* Where a frame came out, and with which tag. */
struct delivery {
    ofp_port_t port;
    ovs_be16 tci;
};

/* In the order of delivery_add() until deliveries_format(). */
struct deliveries {
    struct delivery d[256];
    size_t n;
    bool shown;                 /* To us, by its header. */

    /* What NORMAL gets is a delivery to OFPP_NORMAL, in by 'normal_in'.  Apart
     * from that, a copy that has its source as its destination as well is
     * there to be learned from. */
    ofp_port_t normal_in;
    ofp_port_t learned_in;      /* Or else 0. */
    ovs_be16 learned_tci;

    /* A copy that has its destination as its source is there to be learned
     * from, too, as if it had come in by a port. */
    struct delivery placed[16];
    size_t n_placed;
};

void delivery_add(struct deliveries *, ofp_port_t, ovs_be16 tci);
void deliveries_format(struct ds *, struct deliveries *);
void frame_format(struct ds *, const struct frame *);

void pipeline_eval(const struct oflow_table *, const struct frame *,
                   struct deliveries *);

#endif /* tests/unit/pipeline-eval.h */
