/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMPILE_PORT_PRIVATE_H
#define COMPILE_PORT_PRIVATE_H 1

/* What the files of compile_port() share. */

#include <stdbool.h>
#include <stdint.h>
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/pipeline.h"
#include "openvswitch/ofpbuf.h"

struct match;

/* The compilation of a port. */
struct compilation {
    const struct bridge_ctx *ctx;
    const struct vport *vport;
    struct slice *slice;
    ovs_be64 cookie;
    bool pending;               /* Has it an address, but not won it? */
    bool takes;                 /* Or wins it by whatever it sends? */
    const struct compile_take *take;    /* By what it wins each of the others;
                                         * or null for nothing. */
    struct vport_mac m;         /* Of its addresses the one at hand. */
    uint32_t egress_meter;      /* Of what is sent to the port, or 0. */
    struct vport_ip ip;         /* Of its IP addresses the one at hand. */
    bool learns;                /* Do flows of ours learn from the next? */
    bool offering;              /* Offer flows, rather than add them? */
    struct ofpbuf offers;       /* Actions by which flows are offered. */
    struct ofpbuf *ofpacts;     /* Of the next flow or bucket. */
};

void compilation_add(struct compilation *, enum pipeline_table,
                     uint16_t priority, const struct match *);
void compilation_add_keeping(struct compilation *, enum pipeline_table,
                             uint16_t priority, const struct match *);
void compilation_add_drop(struct compilation *, enum pipeline_table,
                          uint16_t priority);
void compilation_put_meter(struct compilation *, uint32_t meter_id);

typedef void egress_cb(struct compilation *, const struct vlan_block *);
void compilation_for_each_egress(struct compilation *,
                                 const struct vlan_set *, egress_cb *);

void compile_admit(struct compilation *);
void compile_announce(struct compilation *);
void compile_use(struct compilation *);
void compile_shared(struct compilation *, const struct vlan_set *const won[]);
void compile_ignored(struct compilation *);
void compile_spread(struct compilation *);
void compile_bond(struct compilation *);
void spread_put_apart(struct compilation *);

/* Guests that are kept apart from others, in compile-apart.c. */
bool apart_is_alone(const struct vport *);
void apart_compile_mac(struct compilation *, const struct vlan_block *);
void apart_put_bucket(struct compilation *, const struct vlan_block *);

/* Tunnels to other hosts, in compile-remote.c. */
void remote_put_marks(struct ofpbuf *ofpacts);
void remote_put_forward(struct compilation *);
void remote_put_bucket(struct compilation *, const struct vlan_block *);
void remote_compile_sources(struct compilation *);

#endif /* lib/openflow/compile-port-private.h */
