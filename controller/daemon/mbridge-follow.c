/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/mbridge-private.h"

#include <string.h>

#include "lib/model/follow.h"
#include "lib/model/mac-table.h"
#include "lib/model/vport.h"
#include "lib/openflow/plan.h"
#include "openvswitch/list.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "packets.h"
#include "timeval.h"

VLOG_DEFINE_THIS_MODULE(mbridge_follow);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(10, 20);

static const struct vport *
find_vport(const struct mbridge *mb, const struct mport *port)
{
    return port->in_plan ? plan_find_port(mb->plan, port->name) : NULL;
}

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

/* Is 'mac' an address that a guest could have, and that in the VLANs of
 * 'vport' no other port claims, be it held back or not? */
static bool
is_free(const struct mbridge *mb, struct eth_addr mac,
        const struct vport *vport)
{
    const struct mac_entry *entry = mac_table_find(plan_mac_table(mb->plan),
                                                   mac);

    for (size_t i = 0; entry && i < entry->n_claims; i++) {
        if (is_rival(&entry->claims[i], vport)) {
            return false;
        }
    }
    return !eth_addr_is_multicast(mac) && !eth_addr_is_zero(mac);
}

/* A guest has announced itself by 'mac', which flows show only if it is none
 * of its addresses. */
static void
on_announcement(struct mbridge *mb, struct mport *port,
                const struct vport *vport, struct eth_addr mac)
{
    bool changed = false;

    if (vport_has_mac(vport, mac) || port->follow.deaf) {
        return;                 /* On its way before the flows were changed. */
    }
    if (follow_hear(&port->follow, time_msec())) {
        VLOG_WARN_RL(&rl, "%s: %s announces too many addresses, so it is not "
                     "listened to for a while", mb->row.name, port->name);
        ovs_list_push_back(&mb->deaf_ports, &port->deaf_node);
        changed = true;
    }
    if (is_free(mb, mac, vport)
        && follow_add(&port->follow, mac, vport->follow_limit)) {
        VLOG_INFO_RL(&rl, "%s: guest of %s has become "ETH_ADDR_FMT,
                     mb->row.name, port->name, ETH_ADDR_ARGS(mac));
        changed = true;
    }
    if (changed) {
        mbridge_update_mport(mb, port);
    }
}

/* The guest of 'port', which was held back, has sent a frame. */
static void
on_arrival(struct mbridge *mb, struct mport *port)
{
    VLOG_INFO("%s: guest of %s has arrived", mb->row.name, port->name);
    port->arrived = true;
    mbridge_update_mport(mb, port);
}

/* The switch has put in what was offered to the guest of 'ofport', so that it
 * must have sent a frame.  This may be known before the frame is shown. */
void
mbridge_on_taken(ofp_port_t ofport, void *mb_)
{
    struct mbridge *mb = mb_;
    struct mport *port = mbridge_find_mport(mb, ofport);
    const struct vport *vport = port ? find_vport(mb, port) : NULL;

    if (vport && vport->role == VIF_GUEST && !vport->active) {
        on_arrival(mb, port);
    }
}

/* Flows show a frame from 'src' that has come in by 'ofport'. */
void
mbridge_on_frame(ofp_port_t ofport, struct eth_addr src, void *mb_)
{
    struct mbridge *mb = mb_;
    struct mport *port = mbridge_find_mport(mb, ofport);
    const struct vport *vport = port ? find_vport(mb, port) : NULL;

    mb->n_frames++;
    if (!vport || vport->role != VIF_GUEST) {
        /* It was one when the frame was sent. */
    } else if (!vport->active) {
        on_arrival(mb, port);
    } else if (vport->follow_limit) {
        on_announcement(mb, port, vport, src);
    }
}

/* Makes 'vport', which is to be the port of 'port' in the plan, claim what its
 * guest has changed to.  Another guest than before has changed to nothing.
 *
 * 'current_mac' is what libvirt says that the guest uses now, zero if nothing.
 * It counts when it changes: libvirt may be behind what the guest
 * announces. */
void
mbridge_follow(const struct mbridge *mb, struct mport *port,
               struct eth_addr current_mac, struct vport *vport)
{
    const struct vport *old = find_vport(mb, port);

    if (old && !eth_addr_equals(old->mac, vport->mac)) {
        follow_clear(&port->follow);
    }
    if (!vport->follow_limit) {
        port->current_mac = eth_addr_zero;
    } else if (!eth_addr_equals(current_mac, port->current_mac)) {
        port->current_mac = current_mac;
        if (!vport_has_mac(vport, current_mac)
            && is_free(mb, current_mac, vport)) {
            follow_add(&port->follow, current_mac, vport->follow_limit);
        }
    }
    follow_trim(&port->follow, vport->follow_limit);
    for (size_t i = port->follow.n; i-- > 0; ) {
        if (vport_has_mac(vport, port->follow.macs[i])) {
            follow_remove(&port->follow, port->follow.macs[i]);
        }
    }
    for (size_t i = 0; i < port->follow.n; i++) {
        vport_add_mac(vport, port->follow.macs[i], CLAIM_ANNOUNCED);
    }
    vport->listens = vport->listens && !port->follow.deaf;
}

/* Takes 'mac', which 'owner' is configured with, from guests that have changed
 * to it. */
static void
take_from_followers(struct mbridge *mb, struct eth_addr mac,
                    const struct vport *owner)
{
    const struct mac_entry *entry = mac_table_find(plan_mac_table(mb->plan),
                                                   mac);
    size_t i = 0;

    while (entry && i < entry->n_claims) {
        const struct mac_claim *claim = &entry->claims[i];
        const struct vport *vport = plan_find_port(mb->plan, claim->port);
        struct mport *port = (claim->kind == CLAIM_ANNOUNCED && vport
                              ? mbridge_find_mport(mb, vport->ofport) : NULL);

        if (port && is_rival(claim, owner)
            && follow_remove(&port->follow, mac)) {
            VLOG_INFO_RL(&rl, "%s: "ETH_ADDR_FMT" is no longer the guest's of "
                         "%s, but that of %s", mb->row.name,
                         ETH_ADDR_ARGS(mac), claim->port, owner->name);
            mbridge_update_mport(mb, port);
            i = 0;              /* The claims have changed. */
        } else {
            i++;
        }
    }
}

/* Takes from guests that have changed to it what 'port', in the plan, is
 * configured with. */
void
mbridge_unfollow_others(struct mbridge *mb, const struct mport *port)
{
    const struct vport *vport = find_vport(mb, port);

    ovs_assert(vport);
    for (size_t i = 0; vport->role != VIF_NETWORK && i < vport_n_macs(vport);
         i++) {
        struct vport_mac m = vport_get_mac(vport, i);

        if (m.kind != CLAIM_ANNOUNCED) {
            take_from_followers(mb, m.mac, vport);
        }
    }
}

/* Before this program was restarted, the guest of port 'name' had changed to
 * 'mac'. */
void
mbridge_found_followed(struct mbridge *mb, const char *name,
                       struct eth_addr mac)
{
    const struct vport *vport = plan_find_port(mb->plan, name);
    struct mport *port = mbridge_find_mport(mb, vport->ofport);

    if (vport->follow_limit && port && !vport_has_mac(vport, mac)
        && is_free(mb, mac, vport)
        && follow_add(&port->follow, mac, vport->follow_limit)) {
        mbridge_update_mport(mb, port);
    }
}

/* Listens again to guests that were not listened to for long enough. */
void
mbridge_follow_run(struct mbridge *mb)
{
    struct mport *port;

    LIST_FOR_EACH_SAFE (port, deaf_node, &mb->deaf_ports) {
        if (follow_run(&port->follow, time_msec())) {
            ovs_list_remove(&port->deaf_node);
            ovs_list_init(&port->deaf_node);
            mbridge_update_mport(mb, port);
        }
    }
}

/* Arranges for poll_block() to wake up when mbridge_follow_run() has something
 * to do. */
void
mbridge_follow_wait(const struct mbridge *mb)
{
    const struct mport *port;

    LIST_FOR_EACH (port, deaf_node, &mb->deaf_ports) {
        poll_timer_wait_until(follow_wake_time(&port->follow));
    }
}
