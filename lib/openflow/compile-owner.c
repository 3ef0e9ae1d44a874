/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/compile-owner.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>

#include "flow.h"
#include "lib/base/guards.h"
#include "lib/base/ip-prefix.h"
#include "lib/base/vlan-set.h"
#include "lib/openflow/compile-port-private.h"
#include "lib/openflow/guard.h"
#include "lib/openflow/ip-owners.h"
#include "openvswitch/match.h"
#include "packets.h"
#include "util.h"

/* Initializes '*match' to ARP requests, or neighbor solicitations, for the
 * address at hand.
 *
 * They are for broadcast or groups of IPv6, which have the bit of locally
 * administered addresses.  No group that is reserved has it, so that one bit
 * is enough, and the datapath's flows need not tell groups apart. */
static void
match_request(const struct compilation *c, struct match *match)
{
    static const struct eth_addr local_bit = ETH_ADDR_C(02,00,00,00,00,00);

    match_init_catchall(match);
    match_set_dl_dst_masked(match, local_bit, local_bit);
    if (ip_prefix_is_v4(&c->ip.ip)) {
        ovs_be32 mask;

        match_set_dl_type(match, htons(ETH_TYPE_ARP));
        match_set_nw_proto(match, ARP_OP_REQUEST);
        match_set_nw_dst(match, ip_prefix_get_v4(&c->ip.ip, &mask));
    } else {
        pipeline_match_nd(match, ND_NEIGHBOR_SOLICIT);
        match_set_nd_target(match, &c->ip.ip.addr);
    }
}

static void
add_flood(struct compilation *c, const struct match *match)
{
    pipeline_put_goto(c->ofpacts, TABLE_FLOOD);
    compilation_add(c, TABLE_MULTICAST, PRIORITY_MULTICAST_ASKED, match);
}

/* MULTICAST: who asks in a VLAN of 'block' for the address at hand asks its
 * owner.  c->ofpacts has what sends a frame there:
 *
 *     priority=300,arp,dl_vlan=10,dl_dst=02:00:00:00:00:00/02:00:00:00:00:00,
 *         arp_tpa=10.0.0.5,arp_op=1 actions=pop_vlan,output:7
 *
 * Who only says that he has the address says it to all:
 *
 *     priority=320,arp,dl_vlan=10,arp_spa=10.0.0.5,arp_tpa=10.0.0.5,arp_op=1
 *         actions=goto_table:FLOOD
 *
 * What comes from guests that the owner is kept apart from is flooded as it
 * would be otherwise; one of its community reaches it:
 *
 *     priority=300,arp,reg0=0/0x4,...
 *     priority=310,arp,reg0=0x4/0x4,xxreg1=0x7765...,...
 *
 * Where NORMAL serves several network ports it must see all that comes in by
 * them, to learn from, so that this is flooded as well.  So is what comes by a
 * tunnel from another host for a guest behind one:
 *
 *     priority=300,arp,reg0=0/0x80,...  */
static void
add_owner(struct compilation *c, const struct vlan_block *block)
{
    bool several = c->ctx->network == NETWORK_SEVERAL;
    uint32_t remote = c->vport->is_remote ? 1u << REG0_REMOTE_BIT : 0;
    uint32_t mask = ((several ? 1u << REG0_FROM_NETWORK_BIT : 0) | remote
                     | (c->ip.isolated ? 1u << REG0_ISOLATED_BIT : 0));
    struct match match;

    match_request(c, &match);
    pipeline_match_block(&match, block);
    if (community_is_set(&c->ip.community)) {
        struct match own = match;

        pipeline_match_community(&own, &c->ip.community);
        match_set_reg_masked(&own, 0, 1u << REG0_ISOLATED_BIT,
                             1u << REG0_ISOLATED_BIT | remote);
        compilation_add_keeping(c, TABLE_MULTICAST, PRIORITY_MULTICAST_OWN,
                                &own);
    }
    match_set_reg_masked(&match, 0, 0, mask);
    compilation_add(c, TABLE_MULTICAST, PRIORITY_MULTICAST_OWNER, &match);

    if (ip_prefix_is_v4(&c->ip.ip)) {
        match_request(c, &match);
        pipeline_match_block(&match, block);
        match_set_nw_src(&match, match.flow.nw_dst);
        add_flood(c, &match);
    }
}

/* MULTICAST: the owner asks whether anybody else has its address:
 *
 *     priority=320,arp,in_port=7,arp_tpa=10.0.0.5,arp_op=1
 *         actions=goto_table:FLOOD  */
static void
add_asks(struct compilation *c)
{
    struct match match;

    match_request(c, &match);
    match_set_in_port(&match, c->vport->ofport);
    add_flood(c, &match);
}

static bool
is_owner(const struct bridge_ctx *ctx, const struct vport *vport)
{
    return (ctx->exact && !ctx->forward_bpdu && vport->role == VIF_GUEST
            && vport->guards & GUARD_BIT(GUARD_OWNER)
            && vport->guards & GUARD_BIT(GUARD_IP)
            && vport->active && !vport->paused && !vport->no_carrier
            && !vport_awaits_address(vport));
}

/* Is it asked for addresses of guests of another host? */
static bool
is_remote(const struct bridge_ctx *ctx, const struct vport *vport)
{
    return ctx->exact && !ctx->forward_bpdu && vport->is_remote;
}

/* Adds the flows for the address at hand, in those VLANs of 'won' in which
 * nobody else has it, by 'owners'. */
static void
compile_ip(struct compilation *c, const struct vlan_set *won,
           const struct ip_owners *owners)
{
    struct vlan_set vlans;

    vlan_set_clone(&vlans, won);
    vlan_set_intersect(&vlans, &c->ip.vlans);
    vlan_set_subtract(&vlans, bridge_ctx_flood_vlans(c->ctx));
    if (!vlan_set_is_empty(&vlans) && ip_owners_is_alone(owners, &c->ip)) {
        compilation_for_each_egress(c, &vlans, add_owner);
        if (!c->vport->is_remote) {
            add_asks(c);
        }
    }
    vlan_set_uninit(&vlans);
}

/* Adds to 'slice' the flows by which requests for an IP address of 'vport'
 * reach it alone, if it is so asked, in the VLANs of 'won[0]', in which its
 * MAC address is its own; only for those addresses that it alone has, by
 * 'owners'.  If 'vport' leads to a host of the fleet, those of guests there,
 * in the VLANs in which their MAC addresses are theirs.
 *
 * A guest that may be elsewhere, for it is held back, paused or without
 * carrier, has none of them. */
void
owner_compile(const struct bridge_ctx *ctx, const struct vport *vport,
              const struct vlan_set *const won[],
              const struct ip_owners *owners, struct slice *slice)
{
    uint64_t stub[64 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct compilation c = {
        .ctx = ctx,
        .vport = vport,
        .slice = slice,
        .cookie = pipeline_cookie(COOKIE_PORT, vport->name),
        .egress_meter = vport->meter_in,
        .ofpacts = &ofpacts,
    };

    if (is_owner(ctx, vport)) {
        struct ip_prefixes ips;

        guard_own_addresses(vport, &ips);
        for (size_t i = 0; i < ips.n; i++) {
            c.ip = (struct vport_ip) {
                .ip = ips.elems[i],
                .vlans = vport->vlan.members,
                .isolated = vport->isolated,
                .community = vport->community,
            };
            compile_ip(&c, won[0], owners);
        }
        ip_prefixes_uninit(&ips);
    } else if (is_remote(ctx, vport)) {
        for (size_t i = 0; i < vport->n_remote_ips; i++) {
            c.ip = vport->remote_ips[i];
            compile_ip(&c, won[c.ip.mac], owners);
        }
    }
    ofpbuf_uninit(&ofpacts);
}
