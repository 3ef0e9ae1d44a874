/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/model.h"

#include <stdlib.h>
#include <string.h>

#include "lib/host/our-keys.h"
#include "lib/host/vif.h"
#include "lib/model/apart-policy.h"
#include "lib/model/bridge-settings.h"
#include "lib/model/filter-policy.h"
#include "lib/model/network-meters.h"
#include "lib/model/port-limits.h"
#include "lib/model/port-policy.h"
#include "lib/model/static-macs.h"
#include "lib/model/vport.h"
#include "packets.h"
#include "util.h"

/* Returns true, and reports it, if 'vif', which has the role of the network
 * side, was meant to be a guest.  To take it for a part of the network would
 * flood it with everybody's frames. */
static bool
report_no_guest(const struct bridge_model *model, const struct vif *vif,
                const struct origin *origin, struct diag_list *diags)
{
    struct eth_addr mac;
    const char *why;

    if (model_port_mode(model, vif) != model->mode
        || (vif->role && !strcmp(vif->role, "network"))
        || vif_parse_attached_mac(vif, &mac, &why)) {
        return false;
    } else if (vif->socket) {
        diag_add(diags, DIAG_ERROR, origin,
                 "is a vhost-user port, but libvirt knows no guest at its "
                 "socket '%s', and there is no external_ids:attached-mac; not "
                 "wired, as unknownPorts is 'network'", vif->socket);
        return true;
    } else if (why) {
        diag_add(diags, DIAG_ERROR, origin,
                 "external_ids:attached-mac '%s' %s; not wired",
                 vif->attached_mac, why);
        return true;
    } else if (vif->role) {
        diag_add(diags, DIAG_ERROR, origin,
                 "external_ids:virtnet-role is '%s', but there is no "
                 "external_ids:attached-mac; not wired", vif->role);
        return true;
    } else if (!vif->bond.is_member && vif_guest_sign(vif)) {
        diag_add(diags, DIAG_WARNING, origin,
                 "is a guest's, by external_ids:%s, but there is no "
                 "external_ids:attached-mac; not wired until there is",
                 vif_guest_sign(vif));
        return true;
    }
    return false;
}

/* Reports 'vif', a port of the network side, if it may be a guest's. */
static void
report_unknown(const struct bridge_model *model, const struct vif *vif,
               const struct origin *origin, struct diag_list *diags)
{
    const char *bridge = (vif->link.bridge ? vif->link.bridge
                          : vif->link.peer_bridge);
    enum vif_kind kind = vif_get_kind(vif);

    if (model_port_mode(model, vif) != MAC_TABLE_LIBVIRT || vif->role
        || vif->attached_mac) {
        return;
    } else if (kind != VIF_KIND_ANY) {
        diag_add(diags, DIAG_NOTE, origin,
                 "is %s without external_ids:attached-mac; taken for a part "
                 "of the network side, as unknownPorts is 'network'",
                 vif_kind_to_string(kind));
    } else if (bridge) {
        diag_add(diags, DIAG_NOTE, origin,
                 "leads to Linux bridge '%s'; taken for a part of the network "
                 "side, unless external_ids:attached-mac or virtnet-role says "
                 "that a guest is behind it", bridge);
    }
}

/* Decides what becomes of 'vif', which is a guest by its kind alone.  Its
 * address is that of a veth's peer, stored in '*mac', or else the one that it
 * will send by first: then '*mac' stays zero.  Returns false if it is cut
 * off. */
static bool
take_unknown(const struct bridge_model *model, const struct vif *vif,
             struct eth_addr *mac, const struct origin *origin,
             struct diag_list *diags)
{
    struct eth_addr peer = vif->link.peer_mac;

    if (!eth_addr_is_zero(peer) && !eth_addr_is_multicast(peer)) {
        *mac = peer;
        return true;
    } else if (port_policy_unknown(model, vif) == UNKNOWN_PORTS_DROP) {
        diag_add(diags, DIAG_WARNING, origin,
                 "is %s without external_ids:attached-mac; not wired, as "
                 "unknownPorts is 'drop'", vif_describe(vif));
        return false;
    }
    return true;
}

/* Reports that 'what', which the port of 'origin' needs, is not carried out.
 * In kernel mode nothing has to be. */
static void
report_unsupported(const struct bridge_model *model,
                   const struct origin *origin, const char *what,
                   struct diag_list *diags)
{
    if (model->mode == MAC_TABLE_LIBVIRT) {
        diag_add(diags, DIAG_ERROR, origin, "%s is not carried out", what);
    }
}

/* Takes 'vport' out of all VLANs if these take more flows than a port may
 * cost. */
static void
limit_vlans(struct vport *vport, const struct origin *origin,
            struct diag_list *diags)
{
    size_t n = MAX(vlan_set_count_blocks(&vport->vlan.members),
                   vlan_set_count_blocks(&vport->vlan.cvlans));

    if (n > VPORT_MAX_VLAN_BLOCKS) {
        diag_add(diags, DIAG_ERROR, origin,
                 "is in VLANs that are too scattered, so that they would take "
                 "%"PRIuSIZE" flows (maximum %d), and therefore in none", n,
                 VPORT_MAX_VLAN_BLOCKS);
        port_vlan_effect_uninit(&vport->vlan);
        port_vlan_effect_init_none(&vport->vlan);
    }
}

/* Takes 'vport', which leads to the host of the fleet that 'vif' says, out of
 * all VLANs that no guest of that host is in. */
static void
limit_remote(const struct vif *vif, struct vport *vport)
{
    struct port_vlan_effect *vlan = &vport->vlan;

    vlan_set_intersect(&vlan->members, &vif->remote_vlans);
    if (vlan_set_is_empty(&vlan->members)) {
        port_vlan_effect_uninit(vlan);
        port_vlan_effect_init_none(vlan);
    } else if (vlan->untagged_in >= 0
               && !vlan_set_contains(&vlan->members, vlan->untagged_in)) {
        vlan->untagged_in = -1;
    }
}

/* Decides which frames from a member of a bond are let in, as NORMAL would:
 * bond_check_admissibility() in Open vSwitch's ofproto/bond.c.
 *
 * There, a balance-slb bond also drops a frame whose source has last been seen
 * somewhere else, because it has probably been sent by one member and come
 * back by another.  Frames from guests are what is sent, so those with a
 * guest's address as the source are dropped here.
 *
 * An active-backup bond needs the same, because it is known here only a moment
 * after the switch has made another member active: in between, what is sent by
 * the new one would come back by the old one.
 *
 * What is to leave by the bond goes by the active member likewise, or with
 * LACP by any that the switch takes for up, which without a partner is none.
 * By which a balance-slb bond sends, flows choose for it (bond-buckets.h),
 * unless what a link does is to count only later, of which only NORMAL
 * knows. */
static void
admit_bond_member(const struct vif *vif, struct vport *vport)
{
    const struct vif_bond *bond = &vif->bond;
    bool fallback = bond->lacp && bond->lacp_fallback_ab;

    if (!bond->is_member) {
        return;
    }
    if (bond->lacp && bond->lacp_negotiated) {
        vport->admission = (vif->lacp_current
                            ? ADMISSION_ALL : ADMISSION_NONE);
        vport->way = BOND_WAY_ANY;
    } else if (bond->lacp && !fallback) {
        vport->admission = ADMISSION_NONE;
        vport->way = BOND_WAY_ANY;
    } else if (bond->mode == VIF_BALANCE_SLB) {
        vport->admission = (bond->is_active || bond->all_members_active
                            ? ADMISSION_ALL : ADMISSION_UNICAST);
        vport->reflects = true;
        vport->way = (!bond->lacp && !bond->delays
                      ? BOND_WAY_SOURCE : BOND_WAY_NORMAL);
        vport->rebalance_msec = bond->rebalance_msec;
    } else if (bond->mode == VIF_ACTIVE_BACKUP || fallback) {
        vport->admission = (bond->is_active
                            ? ADMISSION_ALL : ADMISSION_NONE);
        vport->reflects = true;
        vport->way = bond->lacp ? BOND_WAY_NORMAL : BOND_WAY_ACTIVE;
    } else {
        /* balance-tcp needs LACP. */
        vport->admission = ADMISSION_NONE;
    }
}

/* What is behind a port of a Linux bridge, that alone knows; such a port would
 * be one of the network side, but for LOCAL. */
static void
report_bridged(const struct bridge_model *model, const struct vif *vif,
               const struct origin *origin, struct diag_list *diags)
{
    if (model->mode == MAC_TABLE_LIBVIRT && vif->link.bridge) {
        diag_add(diags, DIAG_WARNING, origin,
                 "is a port of Linux bridge '%s', whose other ports get "
                 "broadcast and multicast only, but for addresses in "
                 "external_ids:virtnet-macs", vif->link.bridge);
    }
}

/* Decides what becomes of 'vif', an interface on the bridge of 'model', and
 * adds to 'diags' what there is to say of it.
 *
 * For MODEL_WIRED and MODEL_UNSUPPORTED, initializes '*vport', which the
 * caller must uninitialize.  For MODEL_SKIPPED leaves it alone. */
enum model_verdict
model_port(const struct bridge_model *model, const struct vif *vif,
           struct vport *vport, struct diag_list *diags)
{
    struct origin origin = { .element = vif->name };
    enum model_verdict verdict = MODEL_WIRED;
    enum vif_role role = port_policy_role(model, vif);
    struct eth_addr mac = eth_addr_zero;
    struct port_filter *filter = NULL;
    struct port_guards guards = { .guards = 0 };

    if (vif->error || vif->ofport == OFPP_NONE) {
        diag_add(diags, DIAG_ERROR, &origin, "%s",
                 vif->error ? vif->error : "has no OpenFlow port");
        return MODEL_SKIPPED;
    }
    if (vif->role && strcmp(vif->role, "guest")
        && strcmp(vif->role, "network")) {
        diag_add(diags, DIAG_ERROR, &origin,
                 "external_ids:virtnet-role is '%s', expected 'guest' or "
                 "'network'; not wired", vif->role);
        return MODEL_SKIPPED;
    }

    if (vif->unknown_key) {
        diag_add(diags, DIAG_ERROR, &origin, "external_ids:%s: there is no "
                 "such key, so that nothing comes of it, %s",
                 vif->unknown_key, our_keys_of_ports());
    }

    if (vif->is_mirror_output) {
        diag_add(diags, DIAG_NOTE, &origin,
                 "is the output of a mirror, so it is not a part of the "
                 "network");
        return MODEL_SKIPPED;
    }

    if (vif->guest.link_down) {
        diag_add(diags, DIAG_NOTE, &origin,
                 "guest '%s' has its link down, so nothing is delivered to it "
                 "or taken from it", vif->guest.name);
        return MODEL_SKIPPED;
    }

    switch (role) {
    case VIF_GUEST:
        if (!vif_parse_attached_mac(vif, &mac, NULL)
            && !take_unknown(model, vif, &mac, &origin, diags)) {
            return MODEL_SKIPPED;
        }
        if (!apart_policy_check(vif, diags)
            || !port_policy_guards(model, vif, &guards, diags)
            || !filter_policy_get(model, vif, mac, &filter, diags)) {
            ip_prefixes_uninit(&guards.ips);
            return MODEL_SKIPPED;
        }
        break;

    case VIF_HOST:
        if (!vif_leads_to_host(vif)) {
            mac = vif->mac_in_use;
        }
        report_bridged(model, vif, &origin, diags);
        break;

    case VIF_NETWORK:
        if (report_no_guest(model, vif, &origin, diags)
            || !filter_policy_check_network(model, vif, diags)) {
            return MODEL_SKIPPED;
        }
        report_unknown(model, vif, &origin, diags);
        break;
    }
    model_report_port(model, vif, &origin, diags);

    *vport = (struct vport) {
        .name = xstrdup(vif->name),
        .ofport = vif->ofport,
        .role = role,
        .mac = mac,
        .mac_is_peers = (role == VIF_GUEST && !vif->attached_mac
                         && !eth_addr_is_zero(mac)),
        .active = !(vif->iface_status
                    && !strcmp(vif->iface_status, "inactive"))
                  && vif->guest.state != DOMAIN_MIGRATING,
        .paused = vif->guest.state == DOMAIN_PAUSED,
        .guards = guards.guards,
        .types = guards.types,
        .filter = filter,
        .no_carrier = role == VIF_GUEST && vif->no_carrier,
        .guest = (role == VIF_GUEST
                  ? nullable_xstrdup(vif_guest_id(vif)) : NULL),
        .ips = guards.ips,
        .port = nullable_xstrdup(vif->port),
        .in_bond = vif->bond.is_member,
        .is_tunnel = vif->is_tunnel,
        .is_protected = vif->is_protected,
    };
    admit_bond_member(vif, vport);
    port_policy_apply(model, vif, vport, diags);

    network_meters_apply(model, vif, vport, diags);
    bridge_settings_check_mtu(model, vif, diags);

    struct port_limits limits;
    port_limits_init(&limits, model, vif, diags);
    if (vif_is_neutrons(vif)) {
        report_unsupported(model, &origin,
                           "is Neutron's, whose agent has flows of its own on "
                           "this bridge; libvirt mode beside them", diags);
        verdict = MODEL_UNSUPPORTED;
    }
    if (!model_port_vlan_effect(model, vif, &vport->vlan)) {
        report_unsupported(model, &origin,
                           "vlan_mode 'dot1q-tunnel' without a tag", diags);
        verdict = MODEL_UNSUPPORTED;
    }
    if (vport->is_remote) {
        limit_remote(vif, vport);
    }
    if (model->mode == MAC_TABLE_LIBVIRT) {
        limit_vlans(vport, &origin, diags);
        static_macs_apply(vif, vport, diags);
    }
    return verdict;
}
