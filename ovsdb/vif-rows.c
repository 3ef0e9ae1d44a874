/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "ovsdb/vif-rows.h"

#include <string.h>

#include "dirs.h"
#include "flow.h"
#include "lib/host/vif.h"
#include "ovsdb-idl.h"
#include "packets.h"
#include "smap.h"
#include "util.h"
#include "vswitch-idl.h"

static char *
get_id(const struct smap *external_ids, const char *key)
{
    return nullable_xstrdup(smap_get(external_ids, key));
}

/* Returns the socket of vhost-user port 'row', for the caller to free, null if
 * it is none.  Where Open vSwitch is the server, the socket has the port's
 * name, in a directory that is vswitchd's to know (vhost_sock_dir in its
 * lib/dpdk.c). */
static char *
read_socket(const struct ovsdb_idl *idl, const struct ovsrec_interface *row)
{
    const char *path = smap_get(&row->options, "vhost-server-path");

    if (path) {
        return xstrdup(path);
    } else if (!strcmp(row->type, "dpdkvhostuser")) {
        const struct ovsrec_open_vswitch *ovs
            = ovsrec_open_vswitch_first(idl);
        const char *dir = ovs ? smap_get(&ovs->other_config,
                                         "vhost-sock-dir") : NULL;

        return xasprintf("%s%s%s/%s", ovs_rundir(), dir ? "/" : "",
                         dir ? dir : "", row->name);
    }
    return NULL;
}

static void
read_interface(struct vif *vif, const struct ovsrec_interface *row)
{
    const struct smap *ids = &row->external_ids;

    vif->name = xstrdup(row->name);
    vif->type = xstrdup(row->type);
    if (row->error) {
        vif->error = xstrdup(row->error);
    } else if (row->n_ofport && row->ofport[0] < 0) {
        /* vswitch.xml: "OVS sets this column to -1 if it was unable to add
         * the interface." */
        vif->error = xstrdup("could not be added to the bridge "
                             "(ofport is -1)");
    } else if (row->n_ofport) {
        vif->ofport = u16_to_ofp(row->ofport[0]);
    }
    vif->mtu_request = row->n_mtu_request ? row->mtu_request[0] : 0;
    vif->attached_mac = get_id(ids, "attached-mac");
    vif->iface_id = get_id(ids, "iface-id");
    vif->vm_id = get_id(ids, "vm-id");
    vif->iface_status = get_id(ids, "iface-status");
    vif->portgroup = get_id(ids, "virtnet-portgroup");
    vif->profile = get_id(ids, "port-profile");
    vif->role = get_id(ids, "virtnet-role");
    vif->isolated = get_id(ids, "virtnet-isolated");
    vif->macs = get_id(ids, "virtnet-macs");
    vif->qos.policing_rate = row->ingress_policing_rate;
    vif->qos.policing_burst = row->ingress_policing_burst;
    vif->qos.policing_mark = get_id(ids, "virtnet-policing");
    vif->is_tunnel = vif_type_is_tunnel(row->type);
}

/* Reads the state of the device, which the server does not store: after its
 * restart these columns are empty until vswitchd has told them again.  So what
 * is not told is what it was in 'old', if that is nonnull. */
static void
read_state(struct vif *vif, const struct ovsrec_interface *row,
           const struct vif *old)
{
    if (old) {
        vif->mtu = old->mtu;
        vif->mac_in_use = old->mac_in_use;
        vif->no_carrier = old->no_carrier;
        vif->lacp_current = old->lacp_current;
    }
    if (row->n_mtu) {
        vif->mtu = row->mtu[0];
    }
    if (row->mac_in_use) {
        eth_addr_from_string(row->mac_in_use, &vif->mac_in_use);
    }
    if (row->link_state) {
        vif->no_carrier = !strcmp(row->link_state, "down");
    }
    if (row->n_lacp_current) {
        vif->lacp_current = row->lacp_current[0];
    }
}

/* Has LACP a partner on some member of 'row'?  As long as one has not told,
 * the answer may be that of 'old'. */
static bool
read_lacp_negotiated(const struct ovsrec_port *row, const struct vif *old)
{
    bool negotiated = false;

    for (size_t i = 0; i < row->n_interfaces; i++) {
        const struct ovsrec_interface *member = row->interfaces[i];

        negotiated |= (member->n_lacp_current ? member->lacp_current[0]
                       : old && old->bond.lacp_negotiated);
    }
    return negotiated;
}

static void
read_bond(struct vif *vif, const struct ovsrec_port *row,
          const struct vif *old)
{
    struct vif_bond *bond = &vif->bond;
    struct eth_addr active;

    bond->is_member = row->n_interfaces > 1;
    if (!bond->is_member) {
        return;
    }
    if (row->bond_mode) {
        vif_bond_mode_from_string(row->bond_mode, &bond->mode);
    }
    bond->lacp = row->lacp && strcmp(row->lacp, "off");
    bond->lacp_fallback_ab = smap_get_bool(&row->other_config,
                                           "lacp-fallback-ab", false);
    bond->all_members_active = smap_get_bool(&row->other_config,
                                             "all-members-active", false);
    bond->lacp_negotiated = read_lacp_negotiated(row, old);
    bond->is_active = (row->bond_active_slave
                       && eth_addr_from_string(row->bond_active_slave,
                                               &active)
                       && eth_addr_equals(active, vif->mac_in_use));
}

static void
read_qos(struct port_qos *qos, const struct ovsrec_qos *row)
{
    const struct ovsrec_queue *queue = NULL;

    for (size_t i = 0; i < row->n_queues; i++) {
        if (!row->key_queues[i]) {
            queue = row->value_queues[i];
        }
    }
    qos->settings = port_qos_settings(row->type, &row->other_config,
                                      row->n_queues,
                                      queue ? &queue->other_config : NULL);
    qos->mark = get_id(&row->external_ids, "virtnet-qos");
    qos->qos = row->header_.uuid;
    if (queue) {
        qos->queue = queue->header_.uuid;
    }
}

static void
read_port(struct vif *vif, const struct ovsrec_port *row,
          const struct vif *old)
{
    const char *mark;

    vif->port = xstrdup(row->name);
    if (row->vlan_mode) {
        port_vlan_mode_from_string(row->vlan_mode, &vif->vlan.mode);
    }
    if (row->n_tag) {
        vif->vlan.tag = row->tag[0];
    }
    for (size_t i = 0; i < row->n_trunks; i++) {
        vlan_set_add(&vif->vlan.trunks, row->trunks[i]);
    }
    for (size_t i = 0; i < row->n_cvlans; i++) {
        vlan_set_add(&vif->qinq.cvlans, row->cvlans[i]);
    }
    vif->qinq.is_8021q = !strcmp(smap_get_def(&row->other_config,
                                              "qinq-ethtype", ""), "802.1q");
    mark = smap_get(&row->external_ids, "virtnet-vlan");
    vif->vlan_is_ours = mark != NULL;
    vif->vlan_is_kept = mark && !strcmp(mark, "kept");
    vif->is_protected = row->protected_;
    vif->protected_is_ours = smap_get_bool(&row->external_ids,
                                           "virtnet-protected", false);
    if (row->qos) {
        read_qos(&vif->qos, row->qos);
    }
    read_bond(vif, row, old);
}

/* Is 'port' the output of a mirror?  There are few mirrors. */
static bool
is_mirror_output(const struct ovsdb_idl *idl, const struct ovsrec_port *port)
{
    const struct ovsrec_mirror *mirror;

    OVSREC_MIRROR_FOR_EACH (mirror, idl) {
        if (mirror->output_port == port) {
            return true;
        }
    }
    return false;
}

/* Initializes 'vif' to what the rows 'interface' and 'port', and those in
 * 'idl' that have to do with them, say.  'old' is what they said before, null
 * if that is not known.  The caller must vif_uninit() 'vif'. */
void
vif_from_rows(struct vif *vif, const struct ovsdb_idl *idl,
              const struct ovsrec_interface *interface,
              const struct ovsrec_port *port, const struct vif *old)
{
    vif_init(vif);
    read_interface(vif, interface);
    if (old && (vif->ofport == OFPP_NONE || vif->ofport != old->ofport)) {
        old = NULL;             /* Of a device that has been closed. */
    }
    read_state(vif, interface, old);
    vif->socket = read_socket(idl, interface);
    read_port(vif, port, old);
    vif->is_mirror_output = is_mirror_output(idl, port);
}
