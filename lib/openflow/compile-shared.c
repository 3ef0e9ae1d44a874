/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/compile-port-private.h"

#include <stdlib.h>

#include "lib/base/guards.h"
#include "lib/openflow/mac-sets.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/slice.h"
#include "openvswitch/match.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

/* Is address 'm' of the port one that the network side may have as well, and
 * is the guest listened to, so that it can have it back? */
static bool
is_shared(const struct compilation *c, struct vport_mac m)
{
    return (m.kind == CLAIM_ANNOUNCED ? c->vport->listens
            : claim_kind_is_listed(m.kind) && c->vport->takes_shared);
}

/* To which groups somebody sends who takes over the address of a virtual
 * router: gratuitous ARP and RARP, and in IPv6 and IPv4 advertisements of
 * routers and neighbors.  None is reserved. */
static const struct mac_set shared_groups[] = {
    { ETH_ADDR_C(ff,ff,ff,ff,ff,ff), ETH_ADDR_C(ff,ff,ff,ff,ff,ff) },
    { ETH_ADDR_C(33,33,00,00,00,00), ETH_ADDR_C(ff,ff,00,00,00,00) },
    { ETH_ADDR_C(01,00,5e,00,00,00), ETH_ADDR_C(ff,ff,ff,80,00,00) },
};

/* MULTICAST: what the network side sends to all, or to groups of IP, by an
 * address that it may have as well as the guest, which has it now, is shown to
 * us:
 *
 *     priority=400,reg0=0x1/0x1,dl_vlan=10,dl_src=00:00:5e:00:01:07,
 *         dl_dst=ff:ff:ff:ff:ff:ff
 *         actions=controller(max_len=18,id=22247),goto_table:FLOOD
 *
 * So only the datapath's flows for what the network side sends to groups tell
 * sources apart.  Where reserved addresses are passed on, no group is looked
 * for in MULTICAST, and these are flows of FORWARD; then all flows for what
 * the network side sends do. */
static void
add_shared(struct compilation *c, struct eth_addr mac,
           const struct vlan_block *block)
{
    for (size_t i = 0; i < ARRAY_SIZE(shared_groups); i++) {
        struct match match = MATCH_CATCHALL_INITIALIZER;

        pipeline_match_from_network(&match);
        pipeline_match_block(&match, block);
        match_set_dl_src(&match, mac);
        match_set_dl_dst_masked(&match, shared_groups[i].addr,
                                shared_groups[i].mask);
        pipeline_put_show_tagged(c->ofpacts);
        pipeline_put_goto(c->ofpacts, TABLE_FLOOD);
        if (c->ctx->forward_bpdu) {
            compilation_add(c, TABLE_FORWARD, PRIORITY_FORWARD_SHARED, &match);
        } else {
            compilation_add(c, TABLE_MULTICAST, PRIORITY_MULTICAST_SHARED,
                            &match);
        }
    }
}

/* Adds these flows for each address that the port of 'c' has won, in the VLANs
 * of 'won'. */
void
compile_shared(struct compilation *c, const struct vlan_set *const won[])
{
    for (size_t i = 1; i < vport_n_macs(c->vport); i++) {
        struct vport_mac m = vport_get_mac(c->vport, i);
        struct vlan_block *blocks;
        size_t n = is_shared(c, m) ? vlan_set_blocks(won[i], &blocks) : 0;

        for (size_t j = 0; j < n; j++) {
            add_shared(c, m.mac, &blocks[j]);
        }
        if (n) {
            free(blocks);
        }
    }
}

/* ANNOUNCE: what the guest says by an address that it cannot have is not shown
 * to us for a while:
 *
 *     priority=60,in_port=7,dl_src=52:54:00:00:00:09
 *         actions=goto_table:FORWARD
 *
 * With guard "mac" it does not get there. */
void
compile_ignored(struct compilation *c)
{
    bool guarded = (c->vport->guards & GUARD_BIT(GUARD_MAC)) != 0;

    for (size_t i = 0; i < c->vport->n_ignored && !guarded; i++) {
        struct match match = MATCH_CATCHALL_INITIALIZER;

        match_set_in_port(&match, c->vport->ofport);
        match_set_dl_src(&match, c->vport->ignored[i]);
        pipeline_put_goto(c->ofpacts, TABLE_FORWARD);
        compilation_add(c, TABLE_ANNOUNCE, PRIORITY_ANNOUNCE_IGNORE, &match);
    }
}

/* FORWARD: dl_vlan=10,dl_dst=00:00:5e:00:01:07 actions=goto_table:UNKNOWN */
static void
add_outside(const struct mac_entry *entry, const struct mac_claim *claim,
            struct slice *slice)
{
    ovs_be64 cookie = pipeline_cookie(COOKIE_PORT, MAC_OUTSIDE);
    struct vlan_block *blocks;
    size_t n = vlan_set_blocks(&claim->won, &blocks);

    for (size_t i = 0; i < n; i++) {
        struct match match = MATCH_CATCHALL_INITIALIZER;
        uint64_t stub[64 / 8];
        struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);

        pipeline_match_block(&match, &blocks[i]);
        match_set_dl_dst(&match, entry->mac);
        pipeline_put_goto(&ofpacts, TABLE_UNKNOWN);
        slice_add_flow(slice, TABLE_FORWARD, PRIORITY_FORWARD_MAC, &match,
                       cookie, &ofpacts);
        ofpbuf_uninit(&ofpacts);
    }
    free(blocks);
}

/* Adds to 'slice' a flow for each address of 'macs' that guests share with the
 * network side, and which that has now.  Without it the frames would go the
 * same way; it tells after a restart of the daemon who had the address. */
void
compile_outside(const struct bridge_ctx *ctx, const struct mac_table *macs,
                struct slice *slice)
{
    const struct mac_entry *entry;

    if (!ctx->exact) {
        return;
    }
    HMAP_FOR_EACH (entry, hmap_node, &macs->entries) {
        const struct mac_claim *claim
            = mac_entry_find_claim(entry, MAC_OUTSIDE);

        if (claim && !vlan_set_is_empty(&claim->won)) {
            add_outside(entry, claim, slice);
        }
    }
}
