/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/mbridge-private.h"

#include "lib/base/ip-prefix.h"
#include "lib/fleet/fleet-claims.h"
#include "lib/fleet/fleet-row.h"
#include "lib/host/vif.h"
#include "lib/model/mac-table.h"
#include "lib/model/port-life.h"
#include "lib/model/vport.h"
#include "lib/openflow/plan.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "sset.h"
#include "svec.h"

/* A guest's port as the other hosts of a fleet are to know it. */

/* Takes note that something about port 'name' may have changed. */
void
mbridge_note_port(const struct mbridge *mb, const char *name)
{
    if (mb->env->changed_ports) {
        sset_add(mb->env->changed_ports, name);
    }
}

/* What is the guest of 'port', which is 'vport', doing?  One that has lost its
 * address to another port of this host may send nothing by it. */
static enum fleet_port_state
get_state(const struct mbridge *mb, const struct mport *port,
          const struct vport *vport)
{
    const struct mac_claim *claim = plan_find_claim(mb->plan, vport);

    switch (port->life.stage) {
    case PORT_NEW:
    case PORT_AWAITED:
        return FLEET_PORT_ARRIVING;

    case PORT_HELD_BACK:
        return FLEET_PORT_HELD;

    case PORT_ARRIVED:
    case PORT_ACTIVE:
        break;
    }
    return (claim && claim->contested && vlan_set_is_empty(&claim->won)
            ? FLEET_PORT_HELD : FLEET_PORT_ACTIVE);
}

/* Adds to 'addresses' those that 'vport' has or, if it has none of them, those
 * that it would have. */
static void
add_addresses(const struct mbridge *mb, const struct vport *vport,
              enum fleet_port_state state, struct svec *addresses)
{
    for (size_t i = 0; i < vport_n_macs(vport); i++) {
        struct eth_addr mac = vport_get_mac(vport, i).mac;
        const struct mac_entry *entry
            = mac_table_find(plan_mac_table(mb->plan), mac);
        const struct mac_claim *claim
            = entry ? mac_entry_find_claim(entry, vport->name) : NULL;

        if (!eth_addr_is_zero(mac)
            && (state != FLEET_PORT_ACTIVE || !claim || !claim->contested
                || !vlan_set_is_empty(&claim->won))) {
            svec_add_nocopy(addresses, xasprintf(ETH_ADDR_FMT,
                                                 ETH_ADDR_ARGS(mac)));
        }
    }
    svec_sort_unique(addresses);
}

static void
add_ips(const struct vport *vport, struct svec *ips)
{
    for (size_t i = 0; i < vport->ips.n; i++) {
        struct ds s = DS_EMPTY_INITIALIZER;

        ip_prefix_format(&s, &vport->ips.elems[i]);
        svec_add(ips, ds_cstr(&s));
        ds_destroy(&s);
    }
    svec_sort_unique(ips);
}

static void
set_vlans(const struct vport *vport, const char **vlans)
{
    if (vlan_set_count(&vport->vlan.members) <= VLAN_ID_MAX) {
        struct ds s = DS_EMPTY_INITIALIZER;

        vlan_set_format(&s, &vport->vlan.members);
        fleet_row_set_name(vlans, ds_cstr(&s));
        ds_destroy(&s);
    }
}

/* Returns what 'vif', which 'mb' has, is to the fleet, but for 'host' and
 * 'since', or null if it is no guest's.  One that is in no VLAN, as one that
 * waits for its own, is none yet: a row without VLANs is in all of them.  The
 * caller must destroy it. */
struct fleet_port *
mbridge_to_fleet(const struct mbridge *mb, const struct vif *vif)
{
    const struct mport *mport = mbridge_find_mport(mb, vif->ofport);
    const struct vport *vport = mbridge_get_vport(mb, mport);
    const struct portgroup *portgroup;
    const struct netdef *network;
    enum fleet_port_state state;
    struct fleet_port *port;

    if (!vport || vport->role != VIF_GUEST
        || vlan_set_is_empty(&vport->vlan.members)) {
        return NULL;
    }
    state = get_state(mb, mport, vport);
    network = model_find_network(&mb->model, vif);
    portgroup = model_find_portgroup(&mb->model, vif, NULL);
    port = fleet_row_create(FLEET_TABLE_PORT);
    fleet_row_set_string(&port->interface, vif->name);
    fleet_row_set_string(&port->iface_id, vif->iface_id);
    fleet_row_set_string(&port->vm, (vif->guest.name ? vif->guest.name
                                     : vif->vm_id));
    fleet_row_set_name(&port->network, network ? network->name : NULL);
    fleet_row_set_name(&port->portgroup,
                         portgroup ? portgroup->name : NULL);
    fleet_row_set_name(&port->bridge, mb->row.name);
    fleet_row_set_name(&port->state, fleet_port_state_to_string(state));
    set_vlans(vport, &port->vlans);
    add_addresses(mb, vport, state, &port->addresses);
    add_ips(vport, &port->ips);
    port->isolated = (vport->isolated
                      && !community_is_set(&vport->community));
    fleet_row_set_name(&port->community, vport->community.name);
    return port;
}
