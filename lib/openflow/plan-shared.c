/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/plan-private.h"

#include <stdlib.h>

#include "lib/openflow/pipeline.h"
#include "openvswitch/match.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

/* Addresses that may move: what of the flows about them is no port's own. */

struct compilation {
    const struct plan *plan;
    struct slice *slice;
    ovs_be64 cookie;
};

static void
add(struct compilation *c, enum pipeline_table table, uint16_t priority,
    const struct match *match, bool shows, enum pipeline_table next)
{
    uint64_t stub[64 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);

    if (shows) {
        pipeline_put_show(&ofpacts);
    }
    pipeline_put_goto(&ofpacts, next);
    slice_add_flow(c->slice, table, priority, match, c->cookie, &ofpacts);
    ofpbuf_uninit(&ofpacts);
}

/* SOURCE: by what somebody makes hosts and switches believe that an address is
 * where he is, unless a flow of his port's own has it already:
 *
 *     priority=45,reg0=0/0x81,rarp actions=goto_table:ANNOUNCE
 *
 * All else that guests send is as it was, DHCP and solicitations too: these
 * tell nobody but who listens for a guest that is trusted.  ANNOUNCE passes
 * what nobody asks for. */
static void
add_announcements(struct compilation *c)
{
    static const size_t forged[] = {
        0, 1, 2,                /* RARP, ARP, neighbor advertisements... */
        PIPELINE_N_ANNOUNCEMENTS - 2,   /* ...VRRP and CARP. */
        PIPELINE_N_ANNOUNCEMENTS - 1,
    };
    struct match match = MATCH_CATCHALL_INITIALIZER;

    add(c, TABLE_ANNOUNCE, PRIORITY_ANNOUNCE_OTHERS, &match, false,
        TABLE_FORWARD);
    for (size_t i = 0; i < ARRAY_SIZE(forged); i++) {
        match_init_catchall(&match);
        match_set_reg_masked(&match, 0, 0, (1u << REG0_FROM_NETWORK_BIT
                                            | 1u << REG0_REMOTE_BIT));
        pipeline_match_announcement(&match, forged[i]);
        add(c, TABLE_SOURCE, PRIORITY_SOURCE_FORGE, &match, false,
            TABLE_ANNOUNCE);
    }
}

/* ANNOUNCE: what passes unseen, of any address, or of 'mac' if that is not
 * null:
 *
 *     priority=48,in_port=7,dl_src=00:00:5e:00:01:07
 *         actions=goto_table:FORWARD  */
static void
add_may(struct compilation *c, const struct vport *vport,
        const struct eth_addr *mac)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;

    match_set_in_port(&match, vport->ofport);
    if (mac) {
        match_set_dl_src(&match, *mac);
    }
    add(c, TABLE_ANNOUNCE, PRIORITY_ANNOUNCE_MAY, &match, false,
        TABLE_FORWARD);
}

/* Need announcements by the port not be looked at, whatever the address?  That
 * is the host, and a guest which has announced too many. */
static bool
passes_unseen(const struct vport *vport)
{
    return (vport->role == VIF_HOST
            || (vport->role == VIF_GUEST && vport->deaf));
}

/* ANNOUNCE: who announces the address of 'entry' and may not have it is shown
 * to us, to be counted:
 *
 *     priority=45,dl_vlan=10,dl_src=00:00:5e:00:01:07
 *         actions=controller(max_len=14,id=22247),goto_table:FORWARD  */
static void
add_forged(struct compilation *c, const struct mac_entry *entry)
{
    struct vlan_set vlans = VLAN_SET_INITIALIZER;
    struct vlan_block *blocks;

    for (size_t i = 0; i < entry->n_claims; i++) {
        const struct mac_claim *claim = &entry->claims[i];
        const struct plan_port *port = plan_port_find(c->plan, claim->port);

        if (claim->may_move) {
            vlan_set_union(&vlans, &claim->vlans);
        }
        if (port && !passes_unseen(&port->vport)) {
            add_may(c, &port->vport, &entry->mac);
        }
    }

    size_t n = vlan_set_blocks(&vlans, &blocks);
    for (size_t i = 0; i < n; i++) {
        struct match match = MATCH_CATCHALL_INITIALIZER;

        pipeline_match_block(&match, &blocks[i]);
        match_set_dl_src(&match, entry->mac);
        add(c, TABLE_ANNOUNCE, PRIORITY_ANNOUNCE_FORGED, &match, true,
            TABLE_FORWARD);
    }
    free(blocks);
    vlan_set_uninit(&vlans);
}

/* Adds to 'slice' by what it is noticed who announces an address of 'plan'
 * that is others' to share.  None if there is no such address. */
static void
compile_forged(const struct plan *plan, struct slice *slice)
{
    struct compilation c = {
        .plan = plan,
        .slice = slice,
        .cookie = pipeline_cookie(COOKIE_BRIDGE, plan->bridge),
    };
    const struct mac_entry *entry;
    const struct plan_port *port;
    bool any = false;

    HMAP_FOR_EACH (entry, hmap_node, &plan->mac_table.entries) {
        if (entry->may_move) {
            add_forged(&c, entry);
            any = true;
        }
    }
    if (!any) {
        return;
    }
    add_announcements(&c);
    HMAP_FOR_EACH (port, hmap_node, &plan->ports) {
        if (passes_unseen(&port->vport)) {
            add_may(&c, &port->vport, NULL);
        }
    }
}

/* Does what plan_run_shared() makes depend on the difference between 'old' and
 * 'new', the same port, of which one may be null? */
bool
plan_shared_depends(const struct vport *old, const struct vport *new)
{
    return ((old && passes_unseen(old)) != (new && passes_unseen(new))
            || (old && new && old->ofport != new->ofport));
}

/* Compiles what is about addresses that may move, if that may be something
 * else than before. */
void
plan_run_shared(struct plan *plan)
{
    if (plan->outside_changed) {
        struct slice new;

        slice_init(&new);
        compile_outside(&plan->ctx, &plan->mac_table, &new);
        if (plan->ctx.exact) {
            compile_forged(plan, &new);
        }
        plan_replace_slice(plan, &plan->outside_slice, &new);
        plan->outside_changed = false;
    }
}
