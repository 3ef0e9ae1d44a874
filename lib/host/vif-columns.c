/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/host/vif-columns.h"

#include <string.h>

#include "dirs.h"
#include "flow.h"
#include "lib/host/our-keys.h"
#include "lib/host/tunnel-row.h"
#include "lib/host/vif.h"
#include "packets.h"
#include "smap.h"
#include "util.h"

static const char *
get(const struct smap *map, const char *key)
{
    return map ? smap_get(map, key) : NULL;
}

static bool
get_bool(const struct smap *map, const char *key)
{
    return map && smap_get_bool(map, key, false);
}

static char *
get_id(const struct smap *external_ids, const char *key)
{
    return nullable_xstrdup(get(external_ids, key));
}

/* As get_id(), of the interface of 'rows', or else of its Port row: there are
 * programs that can only write that.  What is said of a bond is said of none
 * of its members. */
static char *
get_vif_id(const struct vif_rows *rows, const char *key)
{
    const char *value = get(rows->interface.external_ids, key);

    if (!value && rows->n_interfaces <= 1) {
        value = get(rows->port.external_ids, key);
    }
    return nullable_xstrdup(value);
}

/* As get_vif_id(), for the first of 'keys', of which the last is null, that is
 * there. */
static char *
get_first_id(const struct vif_rows *rows, const char *const keys[])
{
    char *value = NULL;

    for (size_t i = 0; keys[i] && !value; i++) {
        value = get_vif_id(rows, keys[i]);
    }
    return value;
}

/* Reads what programs and people write of an interface.  nova's os-vif says
 * "vm-uuid" where libvirt says "vm-id", for the same, and programs for Xen
 * have names of their own.  The last of these is of a network card, which is
 * as good for telling which ports belong together. */
static void
read_ids(struct vif *vif, const struct vif_rows *rows)
{
    static const char *const vm_ids[] = { "vm-id", "vm-uuid", NULL };
    static const char *const xen_ids[] = {
        "xs-vm-uuid", "xen-vm-uuid", "xs-vif-uuid", NULL
    };

    vif->attached_mac = get_vif_id(rows, "attached-mac");
    if (vif->attached_mac
        && !get(rows->interface.external_ids, "attached-mac")) {
        vif->mac_from = "its Port row";
    }
    vif->iface_id = get_vif_id(rows, "iface-id");
    vif->vm_id = get_first_id(rows, vm_ids);
    if (!vif->vm_id) {
        vif->vm_id = get_first_id(rows, xen_ids);
        vif->is_xens = vif->vm_id != NULL;
    }
    vif->iface_status = get_vif_id(rows, "iface-status");
    vif->portgroup = get_vif_id(rows, "virtnet-portgroup");
    vif->profile = get_vif_id(rows, "port-profile");
    vif->role = get_vif_id(rows, "virtnet-role");
    vif->isolated = get_vif_id(rows, "virtnet-isolated");
    vif->community = get_vif_id(rows, "virtnet-community");
    vif->macs = get_vif_id(rows, "virtnet-macs");
    vif->fleet_host = get_vif_id(rows, "virtnet-fleet-host");
    vif->guards = get_vif_id(rows, "virtnet-guards");
    vif->shared = get_vif_id(rows, "virtnet-shared");
    vif->storm = get_vif_id(rows, "virtnet-storm");
    vif->filter = get_vif_id(rows, "virtnet-filter");
    vif->ips = get_vif_id(rows, "virtnet-ips");

    const char *unknown
        = our_keys_find_unknown_port(rows->interface.external_ids);
    if (!unknown) {
        unknown = our_keys_find_unknown_port(rows->port.external_ids);
    }
    vif->unknown_key = nullable_xstrdup(unknown);
}

/* Reads what there is to know of a tunnel to a host of the fleet. */
static void
read_tunnel(struct vif *vif, const struct interface_columns *row)
{
    if (vif_leads_to_host(vif)) {
        vif->tunnel_mark = get_id(row->external_ids, TUNNEL_ROW_MARK);
        vif->bfd = get_id(row->bfd_status, "state");
    }
    if (vif->tunnel_mark) {
        vif->tunnel = tunnel_row_read_settings(row);
    }
}

static bool
is_string(const char *column, const char *s)
{
    return column && !strcmp(column, s);
}

static int64_t
positive(int64_t number)
{
    return MAX(number, 0);
}

/* Returns the socket of the vhost-user port of 'rows', for the caller to free,
 * null if it is none.  Where Open vSwitch is the server, the socket has the
 * port's name, in a directory that is vswitchd's to know (vhost_sock_dir in
 * its lib/dpdk.c). */
static char *
read_socket(const struct vif_rows *rows)
{
    const char *path = get(rows->interface.options, "vhost-server-path");

    if (path) {
        return xstrdup(path);
    } else if (is_string(rows->interface.type, "dpdkvhostuser")) {
        const char *dir = get(rows->ovs_other_config, "vhost-sock-dir");

        return xasprintf("%s%s%s/%s", ovs_rundir(), dir ? "/" : "",
                         dir ? dir : "", rows->interface.name);
    }
    return NULL;
}

static void
read_interface(struct vif *vif, const struct interface_columns *row)
{
    vif->name = xstrdup(row->name);
    vif->type = xstrdup(row->type ? row->type : "");
    if (row->error) {
        vif->error = xstrdup(row->error);
    } else if (row->ofport.set && row->ofport.value < 0) {
        /* vswitch.xml: "OVS sets this column to -1 if it was unable to add
         * the interface." */
        vif->error = xstrdup("could not be added to the bridge "
                             "(ofport is -1)");
    } else if (row->ofport.set) {
        vif->ofport = u16_to_ofp(row->ofport.value);
    }
    vif->mtu_request = positive(row->mtu_request.value);
    vif->qos.policing_rate = positive(row->ingress_policing_rate);
    vif->qos.policing_burst = positive(row->ingress_policing_burst);
    vif->qos.policing_mark = get_id(row->external_ids,
                                     "virtnet-policing");
    vif->is_tunnel = vif_type_is_tunnel(vif->type);
}

/* Reads the state of the device, which the server does not store: after its
 * restart these columns are empty until vswitchd has told them again.  So what
 * is not told is what it was in 'old', if that is nonnull. */
static void
read_state(struct vif *vif, const struct interface_columns *row,
           const struct vif *old)
{
    if (old) {
        vif->mtu = old->mtu;
        vif->mac_in_use = old->mac_in_use;
        vif->no_carrier = old->no_carrier;
        vif->lacp_current = old->lacp_current;
        vif->driver = nullable_xstrdup(old->driver);
    }
    if (get(row->status, "driver_name")) {
        free(vif->driver);
        vif->driver = get_id(row->status, "driver_name");
    }
    if (row->mtu.set) {
        vif->mtu = positive(row->mtu.value);
    }
    if (row->mac_in_use) {
        eth_addr_from_string(row->mac_in_use, &vif->mac_in_use);
    }
    if (row->link_state) {
        vif->no_carrier = is_string(row->link_state, "down");
    }
    if (row->lacp_current.set) {
        vif->lacp_current = row->lacp_current.value;
    }
}

static void
read_vlans(struct vlan_set *vlans, const struct integers *column)
{
    for (size_t i = 0; i < column->n; i++) {
        if (column->elems[i] >= 0 && column->elems[i] <= VLAN_ID_MAX) {
            vlan_set_add(vlans, column->elems[i]);
        }
    }
}

/* Returns other_config:bond-rebalance-interval, in milliseconds, as vswitchd
 * takes it: port_configure_bond() in vswitchd/bridge.c of Open vSwitch. */
static int
get_rebalance_interval(const struct smap *other_config)
{
    int interval = (other_config
                    ? smap_get_int(other_config, "bond-rebalance-interval",
                                   10000)
                    : 10000);

    return interval ? MAX(interval, 1000) : 0;
}

static void
read_bond(struct vif *vif, const struct port_columns *row,
          size_t n_interfaces)
{
    struct vif_bond *bond = &vif->bond;
    struct eth_addr active;

    bond->is_member = n_interfaces > 1;
    if (!bond->is_member) {
        return;
    }
    if (row->bond_mode) {
        vif_bond_mode_from_string(row->bond_mode, &bond->mode);
    }
    bond->lacp = row->lacp && strcmp(row->lacp, "off");
    bond->lacp_fallback_ab = get_bool(row->other_config, "lacp-fallback-ab");
    bond->all_members_active = get_bool(row->other_config,
                                        "all-members-active");
    bond->delays = row->bond_updelay > 0 || row->bond_downdelay > 0;
    bond->rebalance_msec = get_rebalance_interval(row->other_config);
    bond->is_active = (row->bond_active_slave
                       && eth_addr_from_string(row->bond_active_slave,
                                               &active)
                       && eth_addr_equals(active, vif->mac_in_use));
}

static void
read_qos(struct port_qos *qos, const struct vif_rows *rows)
{
    const struct smap none = SMAP_INITIALIZER(&none);
    const struct smap *config = rows->qos.other_config;
    const struct smap *queue_config = rows->queue.other_config;

    qos->settings = port_qos_settings(rows->qos.type ? rows->qos.type : "",
                                      config ? config : &none,
                                      rows->n_queues,
                                      !rows->has_queue ? NULL
                                      : queue_config ? queue_config : &none);
    qos->mark = get_id(rows->qos.external_ids, "virtnet-qos");
    qos->qos = rows->qos_uuid;
    if (rows->has_queue) {
        qos->queue = rows->queue_uuid;
    }
}

static void
read_port(struct vif *vif, const struct port_columns *row)
{
    const char *mark = get(row->external_ids, "virtnet-vlan");
    const char *priority_tags = get(row->other_config, "priority-tags");

    vif->port = nullable_xstrdup(row->name);
    if (row->vlan_mode) {
        port_vlan_mode_from_string(row->vlan_mode, &vif->vlan.mode);
    }
    if (row->tag.set && row->tag.value >= 0
        && row->tag.value <= VLAN_ID_MAX) {
        vif->vlan.tag = row->tag.value;
    }
    read_vlans(&vif->vlan.trunks, &row->trunks);
    read_vlans(&vif->qinq.cvlans, &row->cvlans);
    vif->qinq.is_8021q = is_string(get(row->other_config, "qinq-ethtype"),
                                   "802.1q");
    if (priority_tags) {
        port_priority_tag_from_string(priority_tags, &vif->qinq.priority_tag);
    }
    vif->vlan_is_ours = mark != NULL;
    vif->vlan_is_kept = is_string(mark, "kept");
    vif->fake_bridge = row->fake_bridge;
    vif->is_protected = row->protected_;
    vif->protected_is_ours = get_bool(row->external_ids, "virtnet-protected");
    vif->stp = (struct port_stp) {
        .stp = get_id(row->other_config, "stp-enable"),
        .rstp = get_id(row->other_config, "rstp-enable"),
        .mark = get_id(row->external_ids, "virtnet-stp"),
    };
}

/* Initializes 'vif' to what 'rows' say, but for whether LACP has a partner on
 * the port, which is for all of its interfaces together to say.  'old' is what
 * they said before, null if that is not known.  The caller must vif_uninit()
 * 'vif'. */
void
vif_from_columns(struct vif *vif, const struct vif_rows *rows,
                 const struct vif *old)
{
    vif_init(vif);
    read_interface(vif, &rows->interface);
    read_ids(vif, rows);
    if (old && (vif->ofport == OFPP_NONE || vif->ofport != old->ofport)) {
        old = NULL;             /* Of a device that has been closed. */
    }
    read_state(vif, &rows->interface, old);
    vif->socket = read_socket(rows);
    read_tunnel(vif, &rows->interface);
    if (is_string(rows->interface.type, "patch")) {
        vif->peer = nullable_xstrdup(get(rows->interface.options, "peer"));
    }
    read_port(vif, &rows->port);
    if (rows->has_qos) {
        read_qos(&vif->qos, rows);
    }
    read_bond(vif, &rows->port, rows->n_interfaces);
    vif->is_mirror_output = rows->is_mirror_output;
    vif->is_mirrored_to = rows->is_mirrored_to;
}
