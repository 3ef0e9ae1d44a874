/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/plan-private.h"

#include <stdlib.h>

#include "flow.h"
#include "lib/openflow/egress.h"
#include "lib/openflow/pipeline.h"
#include "openvswitch/match.h"
#include "openvswitch/meta-flow.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

/* Who gets what is for an address that several ports share, from the moment on
 * in which the one that has it is unplugged or its link goes down.  The switch
 * sees that before anybody is told. */

/* Calls plan_mark_dirty() for all ports that share an address with 'vport',
 * one of 'plan' that was 'old'.  Only guests are each other's backups. */
void
plan_mark_partners(struct plan *plan, const struct vport *old,
                   const struct vport *vport)
{
    if (old->role != VIF_GUEST && vport->role != VIF_GUEST) {
        return;
    }
    for (size_t i = 0; i < vport_n_macs(vport); i++) {
        const struct mac_entry *entry
            = mac_table_find(&plan->mac_table, vport_get_mac(vport, i).mac);

        for (size_t j = 0; entry && entry->n_claims > 1 && j < entry->n_claims;
             j++) {
            struct plan_port *port = plan_port_find(plan,
                                                    entry->claims[j].port);

            if (port) {
                plan_mark_dirty(plan, port);
            }
        }
    }
}

/* Returns the port of 'plan' that has what 'claim', of 'vport', has won once
 * that is gone, if it is that of 'other'; otherwise null.  Two guests of which
 * one alone is kept apart, or each in another community, are no backup of each
 * other: flows of FORWARD say to whom that does not talk which has it. */
static const struct vport *
find_backup(const struct plan *plan, const struct vport *vport,
            const struct mac_claim *claim, const struct mac_claim *other)
{
    const struct plan_port *port = (mac_claim_is_backed(claim, other)
                                    ? plan_port_find(plan, other->port)
                                    : NULL);
    struct vlan_set rest;
    bool everywhere;

    if (!port || port->vport.role != VIF_GUEST
        || port->vport.isolated != vport->isolated
        || !community_equals(&port->vport.community, &vport->community)) {
        return NULL;
    }
    vlan_set_clone(&rest, &claim->won);
    vlan_set_subtract(&rest, &other->vlans);
    everywhere = vlan_set_is_empty(&rest);
    vlan_set_uninit(&rest);
    return everywhere ? &port->vport : NULL;
}

/* Initializes 'ofpacts' to what sends to 'vport', or else to the first that is
 * there of those that have its address, that of 'entry', after it.  Returns
 * false if there is none. */
static bool
put_members(const struct plan *plan, const struct vport *vport,
            const struct mac_entry *entry, const struct mac_claim *claim,
            struct ofpbuf *ofpacts)
{
    struct ofpact_bundle *bundle = ofpact_put_BUNDLE(ofpacts);
    unsigned int n = 1;

    bundle->algorithm = NX_BD_ALG_ACTIVE_BACKUP;
    bundle->fields = NX_HASH_FIELDS_ETH_SRC;
    bundle->dst = (struct mf_subfield) {
        mf_from_id(MFF_REG0 + PIPELINE_PLACE_REG), 0, 16
    };
    ofpbuf_put(ofpacts, &vport->ofport, sizeof vport->ofport);
    for (size_t i = 0; i < entry->n_claims; i++) {
        const struct vport *backup = find_backup(plan, vport, claim,
                                                 &entry->claims[i]);

        if (backup) {
            ofpbuf_put(ofpacts, &backup->ofport, sizeof backup->ofport);
            n++;
        }
    }
    bundle = ofpacts->header;
    bundle->n_members = n;
    ofpact_finish_BUNDLE(ofpacts, &bundle);
    pipeline_put_goto(ofpacts, TABLE_SHARED);
    return n > 1;
}

/* FORWARD: priority=105,dl_vlan=10,dl_dst=00:00:5e:00:01:07
 *     actions=bundle_load(eth_src,0,active_backup,ofport,
 *                         NXM_NX_REG2[0..15],members:1,2),
 *             goto_table:SHARED  */
static void
add_backed(const struct plan *plan, const struct vport *vport,
           const struct mac_entry *entry, const struct mac_claim *claim,
           struct slice *slice)
{
    ovs_be64 cookie = pipeline_cookie(COOKIE_PORT, vport->name);
    uint64_t stub[256 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct vlan_block *blocks;
    size_t n = (put_members(plan, vport, entry, claim, &ofpacts)
                ? vlan_set_blocks(&claim->won, &blocks) : 0);

    for (size_t i = 0; i < n; i++) {
        struct match match = MATCH_CATCHALL_INITIALIZER;
        struct ofpbuf *copy = ofpbuf_clone(&ofpacts);

        pipeline_match_block(&match, &blocks[i]);
        match_set_dl_dst(&match, entry->mac);
        slice_add_flow(slice, TABLE_FORWARD, PRIORITY_FORWARD_BACKED, &match,
                       cookie, copy);
        ofpbuf_delete(copy);
    }
    if (n) {
        free(blocks);
    }
    ofpbuf_uninit(&ofpacts);
}

/* SHARED: reg2=0x1/0xffff,dl_vlan=10 actions=pop_vlan,output:1 */
static void
add_member(const struct plan *plan, const struct vport *vport,
           const struct vlan_block *block, struct slice *slice)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;
    uint64_t stub[128 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);

    pipeline_match_block(&match, block);
    match_set_reg_masked(&match, PIPELINE_PLACE_REG,
                         ofp_to_u16(vport->ofport), UINT16_MAX);
    if (vport->meter_in && plan->ctx.meter_bands) {
        pipeline_put_meter(&ofpacts, vport->meter_in);
    }
    egress_put_output(&ofpacts, vport, block);
    slice_add_flow(slice, TABLE_SHARED, PRIORITY_SHARED, &match,
                   pipeline_cookie(COOKIE_PORT, vport->name), &ofpacts);
    ofpbuf_uninit(&ofpacts);
}

static void
add_members(const struct plan *plan, const struct vport *vport,
            struct slice *slice)
{
    int untagged = vport->vlan.untagged_out;
    struct vlan_set tagged;
    struct vlan_block *blocks;

    vlan_set_clone(&tagged, &vport->vlan.members);
    if (untagged >= 0 && vlan_set_contains(&tagged, untagged)) {
        struct vlan_block block = { .vid = untagged };

        vlan_set_remove(&tagged, untagged);
        add_member(plan, vport, &block, slice);
    }

    size_t n = vlan_set_blocks(&tagged, &blocks);
    for (size_t i = 0; i < n; i++) {
        add_member(plan, vport, &blocks[i], slice);
    }
    free(blocks);
    vlan_set_uninit(&tagged);
}

/* Adds to 'slice' what 'vport', a port of 'plan', needs beside what it has
 * alone, if it shares addresses with others: who has them when it is gone, and
 * how what is for these reaches it when another is. */
void
plan_compile_backups(const struct plan *plan, const struct vport *vport,
                     struct slice *slice)
{
    bool shares = false;

    if (!plan->ctx.exact || vport->role != VIF_GUEST || !vport->active) {
        return;
    }
    for (size_t i = 0; i < vport_n_macs(vport); i++) {
        const struct mac_entry *entry
            = mac_table_find(&plan->mac_table, vport_get_mac(vport, i).mac);
        const struct mac_claim *claim
            = entry ? mac_entry_find_claim(entry, vport->name) : NULL;

        if (claim && claim->backups) {
            shares = true;
            if (!vlan_set_is_empty(&claim->won)) {
                add_backed(plan, vport, entry, claim, slice);
            }
        }
    }
    if (shares) {
        add_members(plan, vport, slice);
    }
}
