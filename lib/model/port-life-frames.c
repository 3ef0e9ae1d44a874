/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/port-life-private.h"

#include <string.h>

#include "lib/host/vif.h"
#include "lib/model/mac-table.h"
#include "lib/model/vport.h"
#include "packets.h"
#include "sset.h"

/* Is 'claim' one of another port than 'vport', in a VLAN of its? */
static bool
is_rival(const struct mac_claim *claim, const struct vport *vport)
{
    struct vlan_set both;
    bool overlap;

    vlan_set_clone(&both, &claim->vlans);
    vlan_set_intersect(&both, &vport->vlan.members);
    overlap = !vlan_set_is_empty(&both);
    vlan_set_uninit(&both);
    return overlap && strcmp(claim->port, vport->name);
}

/* Does nothing but what its guest has announced give the port of 'claim' an
 * address, so that 'vport' may have it if it announces it later? */
static bool
can_move(const struct mac_claim *claim, const struct vport *vport)
{
    return claim->kind == CLAIM_ANNOUNCED && !vport->sticky;
}

/* Is 'mac' an address that a guest could have, and that in the VLANs of
 * 'vport' no other port claims in 'macs', be it held back or not?  If it
 * 'moves', a claim does not count whose guest has only announced it. */
static bool
is_free(const struct mac_table *macs, struct eth_addr mac,
        const struct vport *vport, bool moves)
{
    const struct mac_entry *entry = mac_table_find(macs, mac);

    for (size_t i = 0; entry && i < entry->n_claims; i++) {
        if (is_rival(&entry->claims[i], vport)
            && !(moves && can_move(&entry->claims[i], vport))) {
            return false;
        }
    }
    return !eth_addr_is_multicast(mac) && !eth_addr_is_zero(mac);
}

/* Has the guest of 'vport' 'mac', too, from now on, if it may.  That takes it
 * from who has announced it before, if it 'moves'.  The first address may be
 * one that is listed. */
bool
port_life_follow(struct port_life *life, const struct vport *vport,
                 struct eth_addr mac, const struct mac_table *macs, bool moves)
{
    return ((vport_awaits_address(vport) || !vport_has_mac(vport, mac))
            && is_free(macs, mac, vport, moves)
            && follow_add(&life->follow, mac, vport->follow_limit));
}

/* Takes from the guest what others have claimed by 'macs' while 'vport' did
 * not. */
void
port_life_drop_taken(struct port_life *life, const struct vport *vport,
                     const struct mac_table *macs)
{
    for (size_t i = life->follow.n; i-- > 0; ) {
        struct eth_addr mac = life->follow.macs[i];

        if (!is_free(macs, mac, vport, false)) {
            follow_remove(&life->follow, mac);
        }
    }
}

/* Has the guest of 'vport' all the addresses that it can ever have? */
bool
port_life_is_stuck(const struct port_life *life, const struct vport *vport)
{
    return vport->sticky && life->follow.n >= vport->follow_limit;
}

static unsigned int
arrive(struct port_life *life, const struct vport *vport)
{
    if (vport->role == VIF_GUEST && !vport->active) {
        life->stage = PORT_ARRIVED;
        return PORT_LIFE_ARRIVED;
    }
    return 0;
}

/* Is the address of 'vport' with another port of the same guest, until this
 * one sends? */
static bool
waits_for_turn(const struct vport *vport, const struct mac_table *macs)
{
    const struct mac_entry *entry = (vport->takes_turns && vport->active
                                     ? mac_table_find(macs, vport->mac)
                                     : NULL);
    const struct mac_claim *claim
        = entry ? mac_entry_find_claim(entry, vport->name) : NULL;

    return (claim && vlan_set_is_empty(&claim->won)
            && !vlan_set_is_empty(&claim->free));
}

/* The guest of 'vport' uses that, if it has not until 'now'.  Going to and fro
 * between its ports is as much work as changing addresses, and may be done as
 * often. */
static unsigned int
take_turn(struct port_life *life, const struct vport *vport,
          const struct mac_table *macs, long long int now)
{
    if (life->follow.deaf || !waits_for_turn(vport, macs)) {
        return 0;
    }
    return (PORT_LIFE_TAKES
            | (follow_hear(&life->follow, 1, now) ? PORT_LIFE_DEAF : 0));
}

/* The guest of 'vport' has announced by 'frame' an address which it has, or it
 * and others. */
static unsigned int
share(struct port_life *life, const struct vport *vport,
      const struct life_frame *frame, const struct mac_table *macs,
      long long int now)
{
    const struct mac_entry *entry = (vport->takes_shared && vport->active
                                     ? mac_table_find(macs, frame->src)
                                     : NULL);
    const struct mac_claim *claim
        = entry ? mac_entry_find_claim(entry, vport->name) : NULL;

    if (!claim || !mac_claim_can_take(claim, frame->vid)
        || life->follow.deaf) {
        return 0;
    }
    return (PORT_LIFE_SHARES
            | (follow_moved(&life->follow, frame->src, frame->vid, now)
               ? PORT_LIFE_DEAF : 0));
}

/* The guest has announced 'mac', which it cannot have.  Nothing has changed if
 * that is known, and flows are about to be there that do not show it. */
static unsigned int
refuse(struct port_life *life, struct eth_addr mac, long long int now)
{
    if (eth_addr_is_multicast(mac) || eth_addr_is_zero(mac)) {
        return follow_hear(&life->follow, 1, now) ? PORT_LIFE_DEAF : 0;
    }
    return (follow_rests(&life->follow, mac, now) ? 0
            : PORT_LIFE_REFUSED
              | (follow_refuse(&life->follow, mac, now) ? PORT_LIFE_DEAF : 0));
}

/* Is 'mac' one that 'vport' cannot have and other ports can, so that whoever
 * announces it would take it from them if he could? */
static bool
is_others(const struct mac_table *macs, struct eth_addr mac,
          const struct vport *vport)
{
    const struct mac_entry *entry = mac_table_find(macs, mac);

    return entry && entry->may_move && !is_free(macs, mac, vport, false);
}

/* Flows show 'frame' at 'now', which is the first of a guest that was held
 * back, or one by which it announces an address that it may follow, or else
 * that others share.  'macs' are the claims of all ports of the bridge. */
unsigned int
port_life_frame(struct port_life *life, const struct vport *vport,
                const struct life_frame *frame, const struct mac_table *macs,
                long long int now)
{
    struct eth_addr src = frame->src;
    bool awaits = vport_awaits_address(vport);
    bool has = vport_has_mac(vport, src);

    if (port_life_is_stuck(life, vport)) {
        return 0;
    }

    unsigned int changes = (awaits ? 0
                            : arrive(life, vport)
                              | take_turn(life, vport, macs, now));

    if (!changes && !awaits && has && !eth_addr_equals(src, vport->mac)) {
        return share(life, vport, frame, macs, now);
    } else if (changes || vport->role != VIF_GUEST || (!awaits && has)
               || life->follow.deaf) {
        /* Or on its way before the flows were changed. */
        return changes;
    } else if (!vport->follow_limit) {
        return is_others(macs, src, vport) ? refuse(life, src, now) : 0;
    }
    if (port_life_follow(life, vport, src, macs, true)) {
        changes |= PORT_LIFE_FOLLOWS | arrive(life, vport)
                   | (follow_hear(&life->follow, vport->follow_limit, now)
                      ? PORT_LIFE_DEAF : 0);
    } else if (awaits && has) {
        /* Of several that list an address, the one that has it may well send
         * by it once a second before it sends by its own. */
        changes |= (follow_refuse(&life->follow, src, now)
                    ? PORT_LIFE_DEAF : 0);
    } else if (awaits) {
        /* All that it sends is shown, by whichever address. */
        changes |= follow_hear(&life->follow, 1, now) ? PORT_LIFE_DEAF : 0;
    } else {
        changes |= refuse(life, src, now);
    }
    return changes;
}

/* The network side has announced at 'now', by 'frame', one of the addresses of
 * 'vport'.  If that is shared with it, it is not the guest's any longer, until
 * the guest announces it.  Going to and fro is limited as if the guest alone
 * had announced it. */
unsigned int
port_life_outside(struct port_life *life, const struct vport *vport,
                  const struct life_frame *frame, const struct mac_table *macs,
                  long long int now)
{
    const struct mac_entry *entry = mac_table_find(macs, frame->src);
    const struct mac_claim *claim
        = entry ? mac_entry_find_claim(entry, vport->name) : NULL;

    if (!vport->shared || !claim
        || !vlan_set_contains(&claim->won, frame->vid)
        || life->follow.deaf) {
        return 0;
    } else if (claim->kind == CLAIM_ANNOUNCED) {
        return ((follow_remove(&life->follow, frame->src)
                 ? PORT_LIFE_LOST : 0)
                | (follow_hear(&life->follow, vport->follow_limit, now)
                   ? PORT_LIFE_DEAF : 0));
    }
    return (!claim_kind_is_listed(claim->kind) ? 0
            : PORT_LIFE_YIELDS
              | (follow_moved(&life->follow, frame->src, frame->vid, now)
                 ? PORT_LIFE_DEAF : 0));
}

/* Adds to 'names' the ports that have 'mac' by 'macs' in any VLAN. */
void
port_life_find_holders(const struct mac_table *macs, struct eth_addr mac,
                       struct sset *names)
{
    const struct mac_entry *entry = mac_table_find(macs, mac);

    for (size_t i = 0; entry && i < entry->n_claims; i++) {
        if (!vlan_set_is_empty(&entry->claims[i].won)) {
            sset_add(names, entry->claims[i].port);
        }
    }
}

/* The switch has put in by 'now' what was offered to the guest, so that it
 * must have sent a frame.  This may be known before the frame is shown. */
unsigned int
port_life_taken(struct port_life *life, const struct vport *vport,
                const struct mac_table *macs, long long int now)
{
    return (vport_awaits_address(vport) ? 0
            : arrive(life, vport) | take_turn(life, vport, macs, now));
}

/* Takes 'mac' from the guest, since another port is configured with it.
 * Returns false if the guest had not changed to it. */
bool
port_life_lost(struct port_life *life, struct eth_addr mac)
{
    return follow_remove(&life->follow, mac);
}

/* The guest had changed to 'mac', which is none of its other addresses.
 * Returns true if it still has it. */
bool
port_life_found_followed(struct port_life *life, const struct vport *vport,
                         struct eth_addr mac, const struct mac_table *macs)
{
    return port_life_follow(life, vport, mac, macs, false);
}

/* Adds to 'names' the ports whose guests have changed to 'mac' by 'macs'.
 * 'owner' is configured with it, so that it is no longer theirs. */
void
port_life_find_followers(const struct mac_table *macs,
                         const struct vport *owner, struct eth_addr mac,
                         struct sset *names)
{
    const struct mac_entry *entry = mac_table_find(macs, mac);

    for (size_t i = 0; entry && i < entry->n_claims; i++) {
        if ((entry->claims[i].kind == CLAIM_ANNOUNCED
             || entry->claims[i].kind == CLAIM_FIRST)
            && is_rival(&entry->claims[i], owner)) {
            sset_add(names, entry->claims[i].port);
        }
    }
}
