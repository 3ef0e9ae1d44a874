/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/port-life-private.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/guards.h"
#include "lib/base/storm.h"
#include "lib/host/vif.h"
#include "lib/model/mac-table.h"
#include "lib/model/vport.h"
#include "packets.h"
#include "util.h"
#include "uuid.h"

/* Initializes 'life' to that of a port that has come to a switch that is
 * known already, if 'is_new', or else was there before. */
void
port_life_init(struct port_life *life, bool is_new)
{
    *life = (struct port_life) {
        .stage = is_new ? PORT_NEW : PORT_ACTIVE,
        .carrier_due = LLONG_MAX,
    };
    follow_init(&life->follow);
}

/* Frees what 'life' holds, but not 'life' itself. */
void
port_life_uninit(struct port_life *life)
{
    follow_uninit(&life->follow);
}

static bool
is_held_back(const struct port_life *life)
{
    return life->stage != PORT_ACTIVE && life->stage != PORT_ARRIVED;
}

/* As long as networks are not known, makes 'vport', a guest by all that is
 * known, what it was found to be. */
static void
keep_found(struct port_life *life, bool networks_known, struct vport *vport)
{
    if (networks_known) {
        life->found = (struct port_found) {
            .served = life->found.served, .guards = life->found.guards,
            .types = life->found.types,
            .filtered = life->found.filtered,
        };
    } else if (vport->role != VIF_GUEST) {
        /* Its own keys say what it is. */
    } else if (life->found.network) {
        vport_make_network(vport);
    } else {
        if (life->found.isolated && !vport->isolated) {
            vport->isolated = true;
            vport->community = life->found.community;
        }
        if (vport->sticky) {
            vport->follow_limit = NETDEF_MAX_RX_FILTERS;
            vport->listens = life->found.listens || !life->follow.n;
        } else if (life->found.listens) {
            vport->follow_limit = NETDEF_MAX_RX_FILTERS;
            vport->listens = true;
        }
    }
}

/* As long as not all definitions are known, 'vport' keeps the guards that it
 * was found to have, unless its own key says which it has. */
static void
keep_guards(struct port_life *life, const struct port_facts *facts,
            struct vport *vport)
{
    if (!facts->model->incomplete) {
        life->found.guards = 0;
    } else if (vport->role == VIF_GUEST && !facts->vif->guards) {
        unsigned int missing = life->found.guards & ~vport->guards;

        vport->guards |= missing;
        if (missing & GUARD_BIT(GUARD_OTHER)) {
            vport->types = life->found.types;
        }
        if (missing & GUARD_BIT(GUARD_STORM) && !vport->storm) {
            vport->storm = STORM_DEFAULT;
        }
        if (missing & GUARD_BIT(GUARD_IP) && facts->vif->ips) {
            free(ip_prefixes_add(&vport->ips, facts->vif->ips));
        }
    }
}

/* Is nothing to become of 'vport', which was found to have a filter, as long
 * as not all definitions are known and thus not which?  Its own key would
 * say. */
static bool
lacks_filter(struct port_life *life, const struct port_facts *facts,
             const struct vport *vport, struct diag_list *diags)
{
    struct origin origin = { .element = vport->name };

    life->found.filtered = (life->found.filtered && facts->model->incomplete);
    if (!life->found.filtered || vport->role != VIF_GUEST || vport->filter
        || facts->vif->filter) {
        return false;
    }
    diag_add(diags, DIAG_ERROR, &origin,
             "had a filter, and not all definitions can be read; cut off");
    return true;
}

/* As long as not all definitions are known, 'vport', which was found to be
 * served, stays in the VLANs of its row though its portgroup is not known.
 * That of a new port may be in all VLANs for no moment; but a definition that
 * cannot be read when this program starts takes nobody off the network. */
static void
keep_served(struct port_life *life, const struct port_facts *facts,
            struct vport *vport)
{
    const struct vif *vif = facts->vif;

    life->found.served = life->found.served && facts->model->incomplete;
    if (life->found.served && model_is_nowhere(facts->model, vif)) {
        port_vlan_effect_uninit(&vport->vlan);
        port_vlan_effect_init(&vport->vlan, &vif->vlan, &vif->qinq);
    }
}

/* Returns what becomes, at 'now', of 'life', of which somebody says whether it
 * is 'elsewhere'.  Where libvirt's state can be read, a new port of a guest
 * that is 'unknown' there is one that cannot have started or one that is still
 * at the other end of a migration; or it is not libvirt's, in which case its
 * first frame makes it active, or else the time. */
static enum port_stage
next_stage(struct port_life *life, bool elsewhere, bool unknown,
           long long int now)
{
    switch (life->stage) {
    case PORT_NEW:
        if (!elsewhere && unknown) {
            life->await_until = now + PORT_AWAIT_MSEC;
            return PORT_AWAITED;
        }
        return elsewhere ? PORT_NEW : PORT_ACTIVE;

    case PORT_AWAITED:
        return (elsewhere ? PORT_NEW
                : unknown && now < life->await_until ? PORT_AWAITED
                : PORT_ACTIVE);

    case PORT_ARRIVED:
        /* A guest that is held back no longer may be held back again. */
        return elsewhere ? PORT_ARRIVED : PORT_ACTIVE;

    case PORT_HELD_BACK:
    case PORT_ACTIVE:
        return elsewhere ? PORT_HELD_BACK : PORT_ACTIVE;
    }
    OVS_NOT_REACHED();
}

/* Begins 'life' anew if the port has become that of another Interface row than
 * it was, 'row', which is zero if nobody knows. */
static void
begin_anew(struct port_life *life, const struct uuid *row)
{
    if (uuid_is_zero(row) || uuid_equals(&life->row, row)) {
        return;
    } else if (!uuid_is_zero(&life->row)) {
        port_life_uninit(life);
        port_life_init(life, true);
    }
    life->row = *row;
}

/* Forgets what another guest than that of 'mac' has done, which had the port
 * before. */
static void
forget_others(struct port_life *life, struct eth_addr mac)
{
    if (!eth_addr_equals(life->mac, mac)) {
        follow_clear(&life->follow);
        life->offences = (struct offences) { .kinds = { { .since = 0 } } };
        if (life->stage == PORT_ARRIVED && !eth_addr_is_zero(life->mac)) {
            life->stage = PORT_HELD_BACK;
        }
    }
    life->mac = mac;
}

/* A listed address by which the guest of 'vport' has sent first is its in any
 * case, and one more than it may have otherwise.  It goes with the list if
 * there are others. */
static void
keep_listed(struct port_life *life, struct vport *vport)
{
    if (!vport->sticky || !life->follow.n) {
        life->first_is_listed = false;
    } else if (vport_has_mac(vport, life->follow.macs[0])) {
        life->first_is_listed = true;
        vport->follow_limit++;
    } else if (life->first_is_listed) {
        life->first_is_listed = false;
        if (life->follow.n > 1) {
            follow_remove(&life->follow, life->follow.macs[0]);
        }
    }
}

/* Makes 'vport' claim what its guest has changed to.
 *
 * 'current_mac' is what libvirt says that the guest uses now, zero if nothing.
 * It counts when it changes: libvirt may be behind what the guest
 * announces. */
static void
apply_follow(struct port_life *life, struct eth_addr current_mac,
             const struct mac_table *macs, struct vport *vport)
{
    if (vport->role != VIF_GUEST) {
        /* It may become the guest's again, which has its addresses then. */
        life->unclaimed = true;
        return;
    } else if (life->unclaimed) {
        port_life_drop_taken(life, vport, macs);
        life->unclaimed = false;
    }
    if (!vport->follow_limit) {
        life->current_mac = eth_addr_zero;
    } else if (!eth_addr_equals(current_mac, life->current_mac)) {
        life->current_mac = current_mac;
        port_life_follow(life, vport, current_mac, macs, false);
    }
    keep_listed(life, vport);
    if (vport->sticky) {
        follow_keep_first(&life->follow, vport->follow_limit);
    } else {
        follow_trim(&life->follow, vport->follow_limit);
    }
    for (size_t i = life->follow.n; i-- > vport->sticky; ) {
        if (vport_has_mac(vport, life->follow.macs[i])) {
            follow_remove(&life->follow, life->follow.macs[i]);
        }
    }
    if (vport->sticky && life->follow.n) {
        vport_set_mac(vport, life->follow.macs[0]);
    }
    for (size_t i = 0; i < life->follow.n; i++) {
        vport_add_mac(vport, life->follow.macs[i],
                      vport->sticky ? CLAIM_FIRST : CLAIM_ANNOUNCED);
    }
    vport->listens = (vport->listens && !life->follow.deaf
                      && !port_life_is_stuck(life, vport));
    vport->deaf = life->follow.deaf;
    for (size_t i = 0; i < life->follow.n_refused && !vport->deaf; i++) {
        const struct follow_refused *refused = &life->follow.refused[i];

        if (refused->rests && !vport_has_mac(vport, refused->mac)) {
            vport->ignored[vport->n_ignored++] = refused->mac;
        }
    }
    vport->takes_turns = vport->takes_turns && !life->follow.deaf;
    vport->takes_shared = vport->takes_shared && !life->follow.deaf;
}

/* Says that a guest is held back whose address nobody knows. */
static void
report_sticky(const struct port_life *life, const struct vif *vif,
              struct diag_list *diags)
{
    const struct origin origin = { .element = vif->name };

    diag_add(diags, life->follow.deaf ? DIAG_WARNING : DIAG_NOTE, &origin,
             "is %s without external_ids:attached-mac; held back %s",
             vif_describe(vif),
             life->follow.deaf ? "for a while, since all addresses that it "
             "sends by are others'"
             : "until its first frame, whose address it then has");
}

/* Gives 'vport', the host's, its address.  The database has it too, but not
 * after a restart of its server.  Of a device that has been moved into another
 * network namespace the kernel alone knows, for those whom it tells. */
static void
set_host_mac(const struct port_facts *facts, struct vport *vport,
             struct diag_list *diags)
{
    const struct link_view *link = &facts->vif->link;
    const struct origin origin = { .element = facts->vif->name };
    static const char remedy[]
        = "external_ids:attached-mac has it, or virtnet-role=network has it "
          "learned";

    if (vport->is_remote) {
        return;
    } else if (link->is_elsewhere && !eth_addr_is_zero(link->elsewhere_mac)) {
        vport_set_mac(vport, link->elsewhere_mac);
        diag_add(diags, DIAG_WARNING, &origin,
                 "its device is in another network namespace, where a program "
                 "that is started anew does not know its address, which is "
                 ETH_ADDR_FMT", unless %s", ETH_ADDR_ARGS(vport->mac), remedy);
        return;
    } else if (!eth_addr_is_zero(facts->hw_addr)) {
        vport_set_mac(vport, facts->hw_addr);
    }
    if (eth_addr_is_zero(vport->mac)) {
        diag_add(diags, DIAG_WARNING, &origin,
                 "is the host's, but Open vSwitch does not know its address, "
                 "so that it gets broadcast and multicast only, until %s",
                 remedy);
    } else if (link->is_elsewhere) {
        diag_add(diags, DIAG_WARNING, &origin,
                 "its device is in another network namespace, and nobody "
                 "tells whether its address is "ETH_ADDR_FMT" there as it was "
                 "here, unless %s", ETH_ADDR_ARGS(vport->mac), remedy);
    }
}

/* Says that the port of a guest has no carrier, once it has been so for a
 * while. */
static void
report_carrier(struct port_life *life, const struct vif *vif,
               long long int now, struct diag_list *diags)
{
    const struct origin origin = { .element = vif->name };

    if (!vif->no_carrier || !vif->guest.name) {
        life->carrier_due = LLONG_MAX;
        life->carrier_lost = false;
    } else if (life->carrier_lost) {
        diag_add(diags, DIAG_NOTE, &origin,
                 "has no carrier; if guest '%s' has ended without libvirt, "
                 "the port is left behind until libvirt is back",
                 vif->guest.name);
    } else if (life->carrier_due == LLONG_MAX) {
        life->carrier_due = now + PORT_CARRIER_MSEC;
    }
}

/* Has nothing let in by 'vport', a member of a bond with LACP, while the
 * switch makes no use of it.  For three seconds after its link has come up the
 * database has it as current, until LACP has given up on a partner. */
static void
shut_dead_member(const struct port_facts *facts, struct vport *vport)
{
    if (facts->is_dead && vport->in_bond && vport->way == BOND_WAY_ANY) {
        vport->admission = ADMISSION_NONE;
    }
}

/* Decides what the port of 'life' is at 'now', given 'facts', and adds to
 * 'diags' what there is to say of it.
 *
 * As with model_port(), the caller must uninitialize '*vport' unless
 * MODEL_SKIPPED is returned. */
enum model_verdict
port_life_update(struct port_life *life, const struct port_facts *facts,
                 long long int now, struct vport *vport,
                 struct diag_list *diags)
{
    const struct vif_guest *guest = &facts->vif->guest;

    begin_anew(life, &facts->vif->row);

    enum model_verdict verdict = model_port(facts->model, facts->vif, vport,
                                            diags);

    if (verdict == MODEL_SKIPPED) {
        life->unclaimed = true;
        return verdict;
    }
    report_carrier(life, facts->vif, now, diags);
    shut_dead_member(facts, vport);
    keep_found(life, facts->networks_known, vport);
    keep_guards(life, facts, vport);
    if (lacks_filter(life, facts, vport, diags)) {
        vport_uninit(vport);
        life->unclaimed = true;
        return MODEL_SKIPPED;
    }
    keep_served(life, facts, vport);
    if (vport->role == VIF_HOST) {
        set_host_mac(facts, vport, diags);
    }
    forget_others(life, vport->mac);
    life->stage = next_stage(life, !vport->active, guest->unknown, now);
    vport->active = !is_held_back(life);
    apply_follow(life, guest->current_mac, facts->macs, vport);
    if (vport->guards & GUARD_BIT(GUARD_LOG)) {
        vport->quiet_stops = offences_quiet(&life->offences);
    }
    if (vport_awaits_address(vport)) {
        report_sticky(life, facts->vif, diags);
        vport->active = false;
    }
    return verdict;
}

/* The port of 'life', whose interface is 'vif', becomes 'new', having been
 * 'old', null if nothing.  Returns whether this means that the outside is to
 * send by another way than before.  That is another member of a bond; with
 * LACP the members are one to the outside.  It is also a port of the network
 * side whose link comes back, for what is at its other end has forgotten who
 * is here, or is another switch; one that has been held back because it might
 * have been a guest's, as a veth whose link was down; and one whose device, a
 * bond or a team of the kernel's, has failed over.
 *
 * vswitchd has put a member out of use, if its bond_downdelay is 0, before it
 * writes that the link is down. */
bool
port_life_moves_guests(struct port_life *life, const struct vif *vif,
                       const struct vport *old, const struct vport *new)
{
    bool had_carrier = life->carrier;
    bool moved = life->n_moves != vif->link.n_moves;

    life->carrier = !vif->no_carrier;
    life->n_moves = vif->link.n_moves;
    if (!old || new->role != VIF_NETWORK
        || (old->role != VIF_NETWORK && !vport_awaits_address(old))) {
        return false;
    } else if (old->reflects && new->reflects) {
        return ((old->admission != ADMISSION_ALL
                 && new->admission == ADMISSION_ALL)
                || (had_carrier && !life->carrier));
    }
    return (life->carrier
            && (!had_carrier || moved || old->role != VIF_NETWORK)
            && !old->reflects && !new->reflects
            && new->admission == ADMISSION_ALL);
}

/* The switch sent to the port what was for its guest.  So if the guest is held
 * back it had arrived nevertheless; then returns true. */
bool
port_life_found_active(struct port_life *life)
{
    bool held_back = is_held_back(life);

    if (held_back) {
        life->stage = PORT_ARRIVED;
    }
    return held_back;
}

/* The switch took the port for something of 'found'.  This counts as long as
 * networks are not known, or not all. */
void
port_life_found(struct port_life *life, const struct port_found *found)
{
    life->found.network |= found->network;
    if (found->isolated) {
        life->found.isolated = true;
        life->found.community = found->community;
    }
    life->found.listens |= found->listens;
    life->found.guards |= found->guards;
    for (size_t i = 0; i < GUARD_MAX_TYPES && found->types.types[i]; i++) {
        guard_types_add(&life->found.types, found->types.types[i]);
    }
    life->found.filtered |= found->filtered;
    life->found.served |= found->served;
}

/* Returns when port_life_run() is to be called, LLONG_MAX for never. */
long long int
port_life_wake_time(const struct port_life *life)
{
    long long int wake = MIN(follow_wake_time(&life->follow),
                             life->carrier_due);

    wake = MIN(wake, offences_wake_time(&life->offences));
    return life->stage == PORT_AWAITED ? MIN(wake, life->await_until) : wake;
}

/* Has time pass until 'now'.  Returns true if that has changed something. */
bool
port_life_run(struct port_life *life, long long int now)
{
    bool changed = follow_run(&life->follow, now);

    changed |= offences_run(&life->offences, now);
    if (life->stage == PORT_AWAITED && now >= life->await_until) {
        life->stage = PORT_ACTIVE;
        changed = true;
    }
    if (now >= life->carrier_due) {
        life->carrier_due = LLONG_MAX;
        life->carrier_lost = changed = true;
    }
    return changed;
}
