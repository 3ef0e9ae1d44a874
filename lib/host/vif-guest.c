/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/host/vif.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xml/netport.h"
#include "lib/xml/nwfilter-binding.h"
#include "packets.h"
#include "util.h"

/* What is known of a guest elsewhere, by libvirt above all, laid over what the
 * database says of its interfaces.  Where both say something, the database is
 * right: it is what whoever operates the switch wrote. */

/* Is 'vif' interface 'domif' of the guest of 'status'?
 *
 * libvirt annotates the ports that it plugs with the guest's UUID and the
 * interface's address; there may be another port of that name, and an iface-id
 * may be that of all ports in a network.  A port of vhost-user is somebody
 * else's, without annotations; what it has in common with the guest is the
 * socket.  Of any other, as of an <interface type='ethernet'>, it is the name,
 * if nothing says that it is another guest's: neither a UUID nor an
 * address. */
bool
vif_is_of_guest(const struct vif *vif, const struct domstatus *status,
                const struct domif *domif)
{
    struct eth_addr mac;

    if (vif->socket) {
        return domif->socket && !strcmp(vif->socket, domif->socket);
    }
    if (!domif->target || strcmp(vif->name, domif->target)) {
        return false;
    } else if (!vif->attached_mac) {
        return (vif->ofport != OFPP_LOCAL && !vif->bond.is_member
                && (!vif->vm_id || !status->uuid
                    || !strcmp(vif->vm_id, status->uuid)));
    }
    return ((!vif->vm_id
             || nullable_string_is_equal(vif->vm_id, status->uuid))
            && vif_parse_attached_mac(vif, &mac, NULL)
            && eth_addr_equals(mac, domif->mac));
}

/* Makes '*dst' a copy of 'src', unless either 'src' is null or '*dst' is
 * set. */
static void
set_default(char **dst, const char *src)
{
    if (src && !*dst) {
        *dst = xstrdup(src);
    }
}

/* Does the same and, if so, stores 'who', a constant, in '*from'. */
static void
set_default_from(char **dst, const char **from, const char *src,
                 const char *who)
{
    if (src && !*dst) {
        *dst = xstrdup(src);
        *from = who;
    }
}

/* Returns what 'setting', an attribute that is "yes" or "no", would be as a
 * value of external_ids.  It may be null. */
static const char *
boolean_text(const char *setting)
{
    return (!setting ? NULL
            : !strcmp(setting, "yes") ? "true"
            : !strcmp(setting, "no") ? "false" : setting);
}

/* Returns what external_ids:virtnet-isolated would be for 'domif', null if
 * nothing. */
static const char *
isolated_text(const struct domif *domif)
{
    const char *setting = domif->settings.isolated;

    return (!setting && domif->isolated ? "true" : boolean_text(setting));
}

/* Returns what 'text', libvirt's "yes" or "no" or null, says of a guest. */
static enum vif_trust
trust_from_text(const char *text)
{
    return (!text ? VIF_TRUST_OPEN
            : !strcmp(text, "yes") ? VIF_TRUST_YES
            : !strcmp(text, "no") ? VIF_TRUST_NO
            : VIF_TRUST_OPEN);
}

/* Adds to 'vif', of which nothing of this kind is known yet, what is known of
 * it there: it is interface 'domif' of the guest of 'status'. */
void
vif_set_guest(struct vif *vif, const struct domstatus *status,
              const struct domif *domif)
{
    struct vif_guest *guest = &vif->guest;

    guest->name = xstrdup(status->name);
    guest->is_libvirts = status->is_libvirts;
    guest->network = nullable_xstrdup(domif->network);
    guest->portgroup = nullable_xstrdup(domif->portgroup);
    guest->state = status->state;
    guest->link_down = domif->link_down;
    guest->trust = trust_from_text(domif->trust);
    guest->current_mac = domif->current_mac;
    guest->has_vlan = domif->has_vlan;
    port_vlan_uninit(&guest->vlan);
    port_vlan_clone(&guest->vlan, &domif->vlan);

    vif->bandwidth = domif->bandwidth;
    set_default(&vif->vm_id, status->uuid);
    set_default(&vif->isolated, isolated_text(domif));
    set_default(&vif->community, domif->settings.community);
    set_default(&vif->macs, domif->settings.macs);
    set_default_from(&vif->guards, &vif->guards_from, domif->settings.guards,
                     "the guest's metadata");
    set_default(&vif->shared, boolean_text(domif->settings.shared));
    set_default(&vif->storm, domif->settings.storm);
    set_default_from(&vif->filter, &vif->filter_from, domif->settings.filter,
                     "the guest's metadata");
    set_default_from(&vif->filter, &vif->filter_from, domif->filter,
                     "<filterref> of the interface");
    set_default(&vif->ips, (domif->settings.ips ? domif->settings.ips
                            : domif->ips));
    set_default(&vif->portgroup, domif->settings.portgroup);
    set_default(&vif->role, domif->settings.role);
    if (!vif->attached_mac && !eth_addr_is_zero(domif->mac)) {
        vif->attached_mac = xasprintf(ETH_ADDR_FMT,
                                      ETH_ADDR_ARGS(domif->mac));
        vif->mac_from = status->from;
    }
}

/* Is 'vif' the interface that has 'netport'? */
bool
vif_is_of_netport(const struct vif *vif, const struct netport *netport)
{
    struct eth_addr mac;

    return (vif->vm_id && netport->owner_uuid
            && !strcmp(vif->vm_id, netport->owner_uuid)
            && vif_parse_attached_mac(vif, &mac, NULL)
            && eth_addr_equals(mac, netport->mac));
}

/* Returns whether the guest of 'netport' is trusted.  Portgroup and network
 * have had their say in that, as they were when the port was plugged.  That
 * counts for the interface's own word, since nothing tells the two apart where
 * the guest's definition cannot be read. */
static enum vif_trust
get_trust(const struct netport *netport)
{
    const struct netdef_setting *setting = &netport->policy.trust_rx_filters;

    return (!netdef_setting_is_set(setting) ? VIF_TRUST_OPEN
            : setting->value ? VIF_TRUST_YES : VIF_TRUST_NO);
}

/* Adds to 'vif' what libvirt knows of its 'netport' in 'network', where
 * vif_set_guest() has not said it. */
void
vif_set_netport(struct vif *vif, const struct netport *netport,
                const char *network)
{
    struct vif_guest *guest = &vif->guest;

    if (!guest->name) {
        guest->has_vlan = netport->has_vlan;
        port_vlan_uninit(&guest->vlan);
        port_vlan_clone(&guest->vlan, &netport->vlan);
        guest->trust = get_trust(netport);
    }
    set_default(&guest->name, (netport->owner_name ? netport->owner_name
                               : "unknown"));
    guest->is_libvirts = true;
    set_default(&guest->network, network);
    set_default(&guest->portgroup, netport->group);
    if (netport->policy.isolated.value) {
        set_default(&vif->isolated, "true");
    }
}

/* Adds to 'vif', of which guest_source_overlay() has said all that is known of
 * it elsewhere, the filter of 'binding', whose port is called as it is, if it
 * is the interface that has that.  A binding outlives its guest. */
void
vif_set_binding(struct vif *vif, const struct nwfilter_binding *binding)
{
    struct eth_addr mac;

    if (vif->vm_id && binding->owner_uuid
        && !strcmp(vif->vm_id, binding->owner_uuid)
        && vif_parse_attached_mac(vif, &mac, NULL)
        && eth_addr_equals(mac, binding->mac)) {
        set_default_from(&vif->filter, &vif->filter_from, binding->filter,
                         "libvirt's binding");
    }
}

/* Is 'vif' in all VLANs though libvirt has it in some, or was it, and are
 * those that were put back others than libvirt has it in now?
 *
 * "virsh update-device" on an interface in a portgroup clears the VLANs in
 * table Port: libvirt sets those of the interface's own definition, which has
 * none, instead of those in <actual> (qemuDomainChangeNet() in libvirt's
 * src/qemu/qemu_hotplug.c).  It does so before <actual> tells what they should
 * be. */
bool
vif_has_lost_vlan(const struct vif *vif)
{
    return (vif->guest.has_vlan && !port_vlan_is_default(&vif->guest.vlan)
            && !port_vlan_equals(&vif->guest.vlan, &vif->vlan)
            && (vif->vlan_is_kept
                || (port_vlan_is_default(&vif->vlan) && !vif->vlan_is_ours)));
}
