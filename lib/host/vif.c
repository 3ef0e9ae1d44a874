/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/host/vif.h"

#include <stdlib.h>
#include <string.h>

#include "packets.h"
#include "util.h"
#include "uuid.h"

const char *
vif_role_to_string(enum vif_role role)
{
    switch (role) {
#define VIF_ROLE(ENUM, NAME) case VIF_##ENUM: return NAME;
        VIF_ROLES
#undef VIF_ROLE
    default:
        OVS_NOT_REACHED();
    }
}

/* Stores the mode that is called 'name' in '*mode' and returns true.  Returns
 * false, with '*mode' untouched, if there is no such mode. */
bool
vif_bond_mode_from_string(const char *name, enum vif_bond_mode *mode)
{
#define VIF_BOND_MODE(ENUM, NAME)               \
    if (!strcmp(name, NAME)) {                  \
        *mode = VIF_##ENUM;                     \
        return true;                            \
    }
    VIF_BOND_MODES
#undef VIF_BOND_MODE
    return false;
}

/* The members of "struct vif" that are strings. */
#define VIF_STRINGS                             \
    VIF_STRING(name)                            \
    VIF_STRING(type)                            \
    VIF_STRING(error)                           \
    VIF_STRING(attached_mac)                    \
    VIF_STRING(iface_id)                        \
    VIF_STRING(vm_id)                           \
    VIF_STRING(iface_status)                    \
    VIF_STRING(portgroup)                       \
    VIF_STRING(role)                            \
    VIF_STRING(isolated)                        \
    VIF_STRING(community)                       \
    VIF_STRING(fleet_host)                      \
    VIF_STRING(remote_macs)                     \
    VIF_STRING(tunnel_mark)                     \
    VIF_STRING(tunnel)                          \
    VIF_STRING(bfd)                             \
    VIF_STRING(macs)                            \
    VIF_STRING(guards)                          \
    VIF_STRING(shared)                          \
    VIF_STRING(storm)                           \
    VIF_STRING(filter)                          \
    VIF_STRING(ips)                             \
    VIF_STRING(unknown_key)                     \
    VIF_STRING(profile)                         \
    VIF_STRING(socket)                          \
    VIF_STRING(peer)                            \
    VIF_STRING(driver)                          \
    VIF_STRING(port)                            \
    VIF_STRING(stp.stp)                         \
    VIF_STRING(stp.rstp)                        \
    VIF_STRING(stp.mark)                        \
    VIF_STRING(guest.name)                      \
    VIF_STRING(guest.network)                   \
    VIF_STRING(guest.portgroup)                 \
    VIF_STRING(statics)

/* Initializes 'vif' to an interface without name, number or anything. */
void
vif_init(struct vif *vif)
{
    *vif = (struct vif) { .ofport = OFPP_NONE };
    port_vlan_init(&vif->vlan);
    vlan_set_init(&vif->qinq.cvlans);
    vlan_set_init(&vif->remote_vlans);
    port_vlan_init(&vif->guest.vlan);
}

/* Initializes 'dst' to a copy of 'src'. */
void
vif_clone(struct vif *dst, const struct vif *src)
{
    *dst = *src;
#define VIF_STRING(MEMBER) dst->MEMBER = nullable_xstrdup(src->MEMBER);
    VIF_STRINGS
#undef VIF_STRING
    port_vlan_clone(&dst->vlan, &src->vlan);
    port_qos_clone(&dst->qos, &src->qos);
    vlan_set_clone(&dst->qinq.cvlans, &src->qinq.cvlans);
    vlan_set_clone(&dst->remote_vlans, &src->remote_vlans);
    port_vlan_clone(&dst->guest.vlan, &src->guest.vlan);
    link_view_clone(&dst->link, &src->link);
}

/* Frees what 'vif' holds, but not 'vif' itself. */
void
vif_uninit(struct vif *vif)
{
#define VIF_STRING(MEMBER) free(vif->MEMBER);
    VIF_STRINGS
#undef VIF_STRING
    port_vlan_uninit(&vif->vlan);
    port_qos_uninit(&vif->qos);
    vlan_set_uninit(&vif->qinq.cvlans);
    vlan_set_uninit(&vif->remote_vlans);
    port_vlan_uninit(&vif->guest.vlan);
    link_view_uninit(&vif->link);
}

bool
vif_equals(const struct vif *a, const struct vif *b)
{
#define VIF_STRING(MEMBER)                                          \
    if (!nullable_string_is_equal(a->MEMBER, b->MEMBER)) {          \
        return false;                                               \
    }
    VIF_STRINGS
#undef VIF_STRING
    return (uuid_equals(&a->row, &b->row)
            && a->ofport == b->ofport
            && nullable_string_is_equal(a->mac_from, b->mac_from)
            && nullable_string_is_equal(a->guards_from, b->guards_from)
            && nullable_string_is_equal(a->filter_from, b->filter_from)
            && a->mtu == b->mtu
            && a->mtu_request == b->mtu_request
            && eth_addr_equals(a->mac_in_use, b->mac_in_use)
            && port_vlan_equals(&a->vlan, &b->vlan)
            && vlan_set_equals(&a->qinq.cvlans, &b->qinq.cvlans)
            && vlan_set_equals(&a->remote_vlans, &b->remote_vlans)
            && a->qinq.is_8021q == b->qinq.is_8021q
            && a->qinq.priority_tag == b->qinq.priority_tag
            && a->vlan_is_ours == b->vlan_is_ours
            && a->fake_bridge == b->fake_bridge
            && a->is_protected == b->is_protected
            && a->protected_is_ours == b->protected_is_ours
            && port_qos_equals(&a->qos, &b->qos)
            && bandwidth_equals(&a->bandwidth, &b->bandwidth)
            && a->vlan_is_kept == b->vlan_is_kept
            && a->guest.unknown == b->guest.unknown
            && a->guest.is_libvirts == b->guest.is_libvirts
            && a->guest.state == b->guest.state
            && a->guest.link_down == b->guest.link_down
            && a->guest.trust == b->guest.trust
            && eth_addr_equals(a->guest.current_mac, b->guest.current_mac)
            && a->guest.has_vlan == b->guest.has_vlan
            && port_vlan_equals(&a->guest.vlan, &b->guest.vlan)
            && a->no_carrier == b->no_carrier
            && a->lacp_current == b->lacp_current
            && a->is_tunnel == b->is_tunnel
            && a->bond.is_member == b->bond.is_member
            && a->bond.mode == b->bond.mode
            && a->bond.lacp == b->bond.lacp
            && a->bond.lacp_negotiated == b->bond.lacp_negotiated
            && a->bond.lacp_fallback_ab == b->bond.lacp_fallback_ab
            && a->bond.delays == b->bond.delays
            && a->bond.rebalance_msec == b->bond.rebalance_msec
            && a->bond.all_members_active == b->bond.all_members_active
            && a->bond.is_active == b->bond.is_active
            && a->is_mirror_output == b->is_mirror_output
            && a->is_mirrored_to == b->is_mirrored_to
            && link_view_equals(&a->link, &b->link));
}

/* Is an interface of 'type', as in column type of table Interface, a tunnel?
 * These are the types of vswitch.xml under "Tunnel Options", and those of
 * before that have a name of their own. */
bool
vif_type_is_tunnel(const char *type)
{
    static const char *const types[] = {
        "bareudp", "erspan", "geneve", "gre", "gtpu", "ip6erspan", "ip6gre",
        "lisp", "srv6", "stt", "vxlan",
    };

    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        if (!strcmp(type, types[i])) {
            return true;
        }
    }
    return false;
}

/* Returns what 'vif' has in common with other ports of its guest, or of one of
 * the guest's network cards if no more is known; or null. */
const char *
vif_guest_id(const struct vif *vif)
{
    return vif->vm_id ? vif->vm_id : vif->iface_id;
}

/* Is 'vif' a device that vswitchd has made for the host?  So is LOCAL, by its
 * type. */
bool
vif_is_internal(const struct vif *vif)
{
    return vif->type && (!strcmp(vif->type, "internal")
                         || !strcmp(vif->type, "tap"));
}

/* Is 'vif' a device of the kernel's that somebody else has made, such as a tap
 * or a network card?  By its type alone; one that is not told has the default,
 * which is that. */
bool
vif_is_system(const struct vif *vif)
{
    return !vif->type || !vif->type[0] || !strcmp(vif->type, "system");
}

/* Is 'vif', which is not LOCAL, the host's nevertheless?  Nobody has said that
 * a guest uses it, nor is it a port of a Linux bridge, which has others. */
static bool
is_hosts(const struct vif *vif)
{
    return (vif_is_internal(vif) && !vif->attached_mac && !vif->role
            && !vif_guest_sign(vif) && !vif->link.bridge);
}

/* Is 'vif' a tunnel to one host of the fleet that this host is in?  Then it is
 * a part of no network side: which addresses are behind it, the fleet says. */
bool
vif_leads_to_host(const struct vif *vif)
{
    return vif->is_tunnel && vif->fleet_host && !vif->role;
}

/* Is 'vif' one of the patch ports by which Neutron's agent joins its own
 * bridges?  On the integration bridge, "int-BRIDGE" has the peer "phy-BRIDGE"
 * on each bridge of a physical network, and "patch-tun" has "patch-int"
 * (neutron/plugins/ml2/drivers/openvswitch/agent/common/constants.py). */
bool
vif_is_neutrons(const struct vif *vif)
{
    static const char *const pairs[][2] = {
        { "int-", "phy-" },
        { "phy-", "int-" },
    };

    if (!vif->peer) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
        if (!strncmp(vif->name, pairs[i][0], 4)
            && !strncmp(vif->peer, pairs[i][1], 4)) {
            return !strcmp(vif->name + 4, vif->peer + 4);
        }
    }
    return ((!strcmp(vif->name, "patch-tun")
             && !strcmp(vif->peer, "patch-int"))
            || (!strcmp(vif->name, "patch-int")
                && !strcmp(vif->peer, "patch-tun")));
}

/* Returns the role of 'vif'.  A member of a bond is a network port, and an
 * external_ids:virtnet-role of "network" makes one of any port but LOCAL; one
 * of "guest" can say no more than a valid attached-mac says by itself. */
enum vif_role
vif_get_role(const struct vif *vif)
{
    struct eth_addr mac;

    if (vif->ofport == OFPP_LOCAL) {
        return VIF_HOST;
    } else if (vif->bond.is_member
               || (vif->role && !strcmp(vif->role, "network"))) {
        return VIF_NETWORK;
    }
    return (is_hosts(vif) || vif_leads_to_host(vif) ? VIF_HOST
            : vif_parse_attached_mac(vif, &mac, NULL) ? VIF_GUEST
            : VIF_NETWORK);
}

/* Is 'vif' a veth whose other end is here, and down?  ovs-docker, pipework and
 * others plug it first and give a container its other end later: nobody can
 * tell yet whose it is, and nothing goes by it.  link_state is of no use here:
 * it may be "up" for a moment after a device has been made. */
static bool
is_idle_veth(const struct vif *vif)
{
    return vif->link.idle && !vif->link.bridge && !vif->link.peer_bridge;
}

/* Does 'vif' lead to the Linux bridge that is the firewall of a guest of
 * Proxmox's?  That makes a bridge "fwbrIDiN" for each interface of a guest,
 * with two ports: the guest's device, and "fwlnIDoN" or its peer.  What is
 * behind any other Linux bridge nobody knows. */
static bool
is_proxmox_firewall(const struct vif *vif)
{
    const char *bridge = (vif->link.bridge ? vif->link.bridge
                          : vif->link.peer_bridge);
    unsigned int id, number;
    int n = 0;

    if (!bridge || !ovs_scan(vif->name, "fwln%uo%u%n", &id, &number, &n)
        || vif->name[n]) {
        return false;
    }

    char *expected = xasprintf("fwbr%ui%u", id, number);
    bool is = !strcmp(bridge, expected);

    free(expected);
    return is;
}

/* Returns what is known of the kind of 'vif', as the kernel tells it or else,
 * for a driver of that name, vswitchd.  Names say nothing, but for those that
 * Proxmox gives. */
enum vif_kind
vif_get_kind(const struct vif *vif)
{
    const char *kind = vif->link.kind ? vif->link.kind : "";
    const char *driver = vif->driver ? vif->driver : "";
    const char *type = vif->type ? vif->type : "";

    if (vif->ofport == OFPP_LOCAL || vif->bond.is_member || vif->is_tunnel
        || !strcmp(type, "patch")) {
        return VIF_KIND_ANY;
    } else if (is_proxmox_firewall(vif)) {
        return VIF_KIND_FIREWALL;
    } else if (vif_is_internal(vif)) {
        return VIF_KIND_ANY;
    } else if (vif->socket) {
        return VIF_KIND_VHOST_USER;
    } else if (!strcmp(kind, "tun") || !strcmp(driver, "tun")) {
        return VIF_KIND_TAP;
    } else if (!strcmp(driver, "vif")) {
        /* xen-netback; a network card has no other kind than that. */
        return VIF_KIND_XEN_VIF;
    }
    return (vif->link.peer_is_elsewhere ? VIF_KIND_CONTAINER_VETH
            : is_idle_veth(vif) ? VIF_KIND_IDLE_VETH : VIF_KIND_ANY);
}

/* Returns 'kind' in words, or null for VIF_KIND_ANY. */
const char *
vif_kind_to_string(enum vif_kind kind)
{
    switch (kind) {
#define VIF_KIND(ENUM, TEXT) case VIF_KIND_##ENUM: return TEXT;
        VIF_KINDS
#undef VIF_KIND
    default:
        OVS_NOT_REACHED();
    }
}

/* Returns what 'vif', a guest's, is by its kind, in words. */
const char *
vif_describe(const struct vif *vif)
{
    const char *kind = vif_kind_to_string(vif_get_kind(vif));

    return kind ? kind : "a guest's port";
}

/* Returns why 'vif' has 'role', in words, if that is for what it is, or null.
 * A guest is one by its address, or by vif_get_kind(). */
const char *
vif_role_reason(const struct vif *vif, enum vif_role role)
{
    const char *kind = vif->link.kind ? vif->link.kind : "";

    if (role == VIF_HOST) {
        return (vif->ofport == OFPP_LOCAL ? "the bridge's own port"
                : vif->is_tunnel ? "a tunnel to a host of the fleet"
                : "a port of type internal");
    } else if (role != VIF_NETWORK || vif_get_kind(vif) != VIF_KIND_ANY) {
        return NULL;
    }
    return (vif->bond.is_member ? "a member of a bond"
            : vif->is_tunnel ? "a tunnel"
            : vif->type && !strcmp(vif->type, "patch") ? "a patch port"
            : vif->link.bridge ? "a port of a Linux bridge, too"
            : vif->link.peer_bridge ? "a veth into a Linux bridge"
            : !strcmp(kind, "veth") ? "a veth whose other end is here"
            : "no kind of device that guests have");
}

/* Returns which key says that somebody has plugged 'vif' for a guest, whatever
 * its address, or null if none does.  Only what is plugged for guests has one
 * of these. */
const char *
vif_guest_sign(const struct vif *vif)
{
    return (vif->iface_id ? "iface-id"
            : vif->vm_id ? "vm-id"
            : vif->iface_status ? "iface-status"
            : NULL);
}

/* Is 'vif' a fake bridge, as ovs-vsctl makes them (fake-bridges.h)? */
bool
vif_is_fake_bridge(const struct vif *vif)
{
    return (vif->fake_bridge && vif->vlan.tag != PORT_VLAN_NO_TAG
            && !vif->bond.is_member);
}

/* Is column protected of the Port row of 'vif', which should be true if
 * 'wanted', to be changed?  What somebody else has set stays. */
bool
vif_must_change_protected(const struct vif *vif, bool wanted)
{
    return wanted ? !vif->is_protected : vif->protected_is_ours;
}

/* Stores the address that 's' says in '*mac' and returns true, if it is six
 * octets of one or two hexadecimal digits.  eth_addr_from_string() takes
 * "152:-1: 0:0x0:0:0" for an address as well, and needs 40 times as long. */
static bool
parse_mac(const char *s, struct eth_addr *mac)
{
    for (int i = 0; i < ETH_ADDR_LEN; i++) {
        int octet = hexit_value(*s++);

        if (octet >= 0 && hexit_value(*s) >= 0) {
            octet = octet * 16 + hexit_value(*s++);
        }
        if (octet < 0 || *s++ != (i < ETH_ADDR_LEN - 1 ? ':' : '\0')) {
            return false;
        }
        mac->ea[i] = octet;
    }
    return true;
}

/* Stores the address that 's' says in '*mac' and returns true, if it is a
 * unicast address of six octets other than zero, all that a guest can be sent
 * frames by.
 *
 * Otherwise returns false and leaves '*mac' alone.  Then, if 'why' is nonnull,
 * stores in '*why' what is wrong with it, a constant string. */
bool
vif_parse_mac(const char *s, struct eth_addr *mac, const char **why)
{
    struct eth_addr ea;
    const char *reason;

    if (!parse_mac(s, &ea)) {
        reason = "is not a MAC address of six octets";
    } else if (eth_addr_is_multicast(ea)) {
        reason = "is a multicast address";
    } else if (eth_addr_is_zero(ea)) {
        reason = "is zero";
    } else {
        *mac = ea;
        return true;
    }

    if (why) {
        *why = reason;
    }
    return false;
}

/* As vif_parse_mac(), for the attached-mac of 'vif'.  If there is none, '*why'
 * becomes null. */
bool
vif_parse_attached_mac(const struct vif *vif, struct eth_addr *mac,
                       const char **why)
{
    if (vif->attached_mac) {
        return vif_parse_mac(vif->attached_mac, mac, why);
    }
    if (why) {
        *why = NULL;
    }
    return false;
}
