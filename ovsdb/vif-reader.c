/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "ovsdb/vif-reader.h"

#include <stdlib.h>
#include <string.h>

#include "dirs.h"
#include "flow.h"
#include "hash.h"
#include "lib/vif.h"
#include "openvswitch/hmap.h"
#include "openvswitch/list.h"
#include "ovsdb-idl.h"
#include "packets.h"
#include "smap.h"
#include "util.h"
#include "uuid.h"
#include "vswitch-idl.h"

/* What is known of one row of table Interface. */
struct record {
    struct hmap_node uuid_node;     /* In 'by_uuid', by 'uuid'. */
    struct hmap_node ofport_node;   /* In 'by_ofport', by vif.ofport. */
    struct hmap_node name_node;     /* In 'by_name', by vif.name. */
    struct ovs_list dirty_node;     /* In 'dirty', or empty. */
    struct uuid uuid;               /* Of the Interface row. */
    struct uuid port_uuid;          /* Of the Port row, or zero. */
    bool has_vif;                   /* Is 'vif' told to the client? */
    struct vif vif;
};

struct vif_reader {
    struct ovsdb_idl *idl;
    vif_overlay_cb *overlay;
    vif_changed_cb *changed;
    void *aux;
    struct hmap by_uuid;
    struct hmap by_ofport;          /* Only records with 'has_vif'. */
    struct hmap by_name;            /* Only records with 'has_vif'. */
    struct ovs_list dirty;
};

/* Creates and returns a reader of 'idl', which must outlive it, that calls
 * 'overlay' and 'changed' with 'aux' from vif_reader_run(). */
struct vif_reader *
vif_reader_create(struct ovsdb_idl *idl, vif_overlay_cb *overlay,
                  vif_changed_cb *changed, void *aux)
{
    struct vif_reader *reader = xmalloc(sizeof *reader);

    reader->idl = idl;
    reader->overlay = overlay;
    reader->changed = changed;
    reader->aux = aux;
    hmap_init(&reader->by_uuid);
    hmap_init(&reader->by_ofport);
    hmap_init(&reader->by_name);
    ovs_list_init(&reader->dirty);
    return reader;
}

static uint32_t
hash_ofport(ofp_port_t ofport)
{
    return hash_int(ofp_to_u16(ofport), 0);
}

static void
record_drop_vif(struct vif_reader *reader, struct record *record, bool tell)
{
    if (record->has_vif) {
        hmap_remove(&reader->by_ofport, &record->ofport_node);
        hmap_remove(&reader->by_name, &record->name_node);
        record->has_vif = false;
        if (tell) {
            reader->changed(&record->vif, NULL, reader->aux);
        }
        vif_uninit(&record->vif);
    }
}

/* Makes 'vif', which is taken over, the vif of 'record', and tells the client
 * if that is a change. */
static void
record_set_vif(struct vif_reader *reader, struct record *record,
               struct vif *vif)
{
    if (record->has_vif && vif_equals(&record->vif, vif)) {
        vif_uninit(vif);
        return;
    }

    struct vif old = record->vif;
    bool had_vif = record->has_vif;
    if (had_vif) {
        hmap_remove(&reader->by_ofport, &record->ofport_node);
        hmap_remove(&reader->by_name, &record->name_node);
    }
    record->vif = *vif;
    record->has_vif = true;
    hmap_insert(&reader->by_ofport, &record->ofport_node,
                hash_ofport(vif->ofport));
    hmap_insert(&reader->by_name, &record->name_node,
                hash_string(vif->name, 0));

    reader->changed(had_vif ? &old : NULL, &record->vif, reader->aux);
    if (had_vif) {
        vif_uninit(&old);
    }
}

static void
record_destroy(struct vif_reader *reader, struct record *record)
{
    hmap_remove(&reader->by_uuid, &record->uuid_node);
    ovs_list_remove(&record->dirty_node);
    record_drop_vif(reader, record, false);
    free(record);
}

/* Frees 'reader', which may be null, without another call to its client. */
void
vif_reader_destroy(struct vif_reader *reader)
{
    struct record *record;

    if (!reader) {
        return;
    }
    HMAP_FOR_EACH_SAFE (record, uuid_node, &reader->by_uuid) {
        record_destroy(reader, record);
    }
    hmap_destroy(&reader->by_uuid);
    hmap_destroy(&reader->by_ofport);
    hmap_destroy(&reader->by_name);
    free(reader);
}

/* Returns the record of Interface row 'uuid', a new one if need be, marked to
 * be looked at. */
static struct record *
touch_record(struct vif_reader *reader, const struct uuid *uuid)
{
    struct record *record;

    HMAP_FOR_EACH_WITH_HASH (record, uuid_node, uuid_hash(uuid),
                             &reader->by_uuid) {
        if (uuid_equals(&record->uuid, uuid)) {
            goto found;
        }
    }
    record = xzalloc(sizeof *record);
    record->uuid = *uuid;
    ovs_list_init(&record->dirty_node);
    hmap_insert(&reader->by_uuid, &record->uuid_node, uuid_hash(uuid));

found:
    if (ovs_list_is_empty(&record->dirty_node)) {
        ovs_list_push_back(&reader->dirty, &record->dirty_node);
    }
    return record;
}

/* Marks the records of all interfaces of 'port' to be looked at. */
static void
touch_port(struct vif_reader *reader, const struct ovsrec_port *port)
{
    for (size_t i = 0; i < port->n_interfaces; i++) {
        const struct uuid *uuid = &port->interfaces[i]->header_.uuid;

        touch_record(reader, uuid)->port_uuid = port->header_.uuid;
    }
}

static char *
get_id(const struct smap *external_ids, const char *key)
{
    return nullable_xstrdup(smap_get(external_ids, key));
}

/* Returns the socket of vhost-user port 'row', for the caller to free, null if it
 * is none.  Where Open vSwitch is the server, the socket has the port's name, in
 * a directory that is vswitchd's to know (vhost_sock_dir in its lib/dpdk.c). */
static char *
read_socket(const struct vif_reader *reader,
            const struct ovsrec_interface *row)
{
    const char *path = smap_get(&row->options, "vhost-server-path");

    if (path) {
        return xstrdup(path);
    } else if (!strcmp(row->type, "dpdkvhostuser")) {
        const struct ovsrec_open_vswitch *ovs
            = ovsrec_open_vswitch_first(reader->idl);
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
    vif->mtu = row->n_mtu ? row->mtu[0] : 0;
    vif->mtu_request = row->n_mtu_request ? row->mtu_request[0] : 0;
    if (row->mac_in_use) {
        eth_addr_from_string(row->mac_in_use, &vif->mac_in_use);
    }
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
    vif->no_carrier = row->link_state && !strcmp(row->link_state, "down");
    vif->lacp_current = row->n_lacp_current && row->lacp_current[0];
    vif->is_tunnel = vif_type_is_tunnel(row->type);
}

static void
read_bond(struct vif *vif, const struct ovsrec_port *row)
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
    for (size_t i = 0; i < row->n_interfaces; i++) {
        const struct ovsrec_interface *member = row->interfaces[i];

        if (member->n_lacp_current && member->lacp_current[0]) {
            bond->lacp_negotiated = true;
        }
    }
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
read_port(struct vif *vif, const struct ovsrec_port *row)
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
    read_bond(vif, row);
}

/* Is 'port' the output of a mirror?  There are few mirrors. */
static bool
is_mirror_output(const struct vif_reader *reader,
                 const struct ovsrec_port *port)
{
    const struct ovsrec_mirror *mirror;

    OVSREC_MIRROR_FOR_EACH (mirror, reader->idl) {
        if (mirror->output_port == port) {
            return true;
        }
    }
    return false;
}

/* Reads the rows of 'record' afresh. */
static void
run_record(struct vif_reader *reader, struct record *record)
{
    const struct ovsrec_interface *interface
        = ovsrec_interface_get_for_uuid(reader->idl, &record->uuid);
    const struct ovsrec_port *port
        = ovsrec_port_get_for_uuid(reader->idl, &record->port_uuid);

    if (interface && port) {
        struct vif vif;

        vif_init(&vif);
        read_interface(&vif, interface);
        vif.socket = read_socket(reader, interface);
        read_port(&vif, port);
        vif.is_mirror_output = is_mirror_output(reader, port);
        reader->overlay(&vif, reader->aux);
        record_set_vif(reader, record, &vif);
    } else {
        record_drop_vif(reader, record, true);
        if (!interface) {
            record_destroy(reader, record);
        }
    }
}

static const struct record *
find_record(const struct vif_reader *reader, const char *name)
{
    const struct record *record;

    HMAP_FOR_EACH_WITH_HASH (record, name_node, hash_string(name, 0),
                             &reader->by_name) {
        if (!strcmp(record->vif.name, name)) {
            return record;
        }
    }
    return NULL;
}

/* Takes note of all that has changed in the database since the last call, and
 * also of what is gone if the IDL has begun 'anew' since.  The caller must run
 * the IDL before and clear its tracked changes after it. */
void
vif_reader_track(struct vif_reader *reader, bool anew)
{
    const struct ovsrec_interface *interface;
    const struct ovsrec_port *port;

    OVSREC_PORT_FOR_EACH_TRACKED (port, reader->idl) {
        if (!ovsrec_port_is_deleted(port)) {
            touch_port(reader, port);
        }
    }
    OVSREC_INTERFACE_FOR_EACH_TRACKED (interface, reader->idl) {
        struct record *record = touch_record(reader,
                                             &interface->header_.uuid);

        /* What is true of one member of a bond may depend on another. */
        if (record->has_vif && record->vif.bond.is_member) {
            port = ovsrec_port_get_for_uuid(reader->idl, &record->port_uuid);
            if (port) {
                touch_port(reader, port);
            }
        }
    }

    if (anew) {
        struct record *record;

        HMAP_FOR_EACH (record, uuid_node, &reader->by_uuid) {
            touch_record(reader, &record->uuid);
        }
    }

    bool mirrors = ovsrec_mirror_track_get_first(reader->idl) != NULL;
    bool qos = (ovsrec_qos_track_get_first(reader->idl)
                || ovsrec_queue_track_get_first(reader->idl));
    if (mirrors || qos) {
        /* This happens rarely, so look at all ports that it may concern. */
        OVSREC_PORT_FOR_EACH (port, reader->idl) {
            if (mirrors || port->qos) {
                touch_port(reader, port);
            }
        }
    }
}

/* Takes note that there may be something new to say of the vif called 'name', if
 * there is one, from elsewhere than the database. */
void
vif_reader_touch(struct vif_reader *reader, const char *name)
{
    const struct record *record = find_record(reader, name);

    if (record) {
        touch_record(reader, &record->uuid);
    }
}

/* As vif_reader_touch(), for the vifs for which 'cb' returns true, given
 * 'aux'. */
void
vif_reader_touch_where(struct vif_reader *reader, vif_reader_where_cb *cb,
                       const void *aux)
{
    const struct record *record;

    HMAP_FOR_EACH (record, name_node, &reader->by_name) {
        if (cb(&record->vif, aux)) {
            touch_record(reader, &record->uuid);
        }
    }
}

/* Reads afresh whatever was taken note of, and tells the client of it. */
void
vif_reader_run(struct vif_reader *reader)
{
    struct record *record;

    LIST_FOR_EACH_POP (record, dirty_node, &reader->dirty) {
        ovs_list_init(&record->dirty_node);
        run_record(reader, record);
    }
}

/* Returns the vif that a switch knows as port 'ofport' by the name 'of_name'
 * and with address 'hw_addr', or null if there is none, or none yet.
 *
 * Port numbers repeat from bridge to bridge, and OpenFlow 1.5 cuts names off
 * after 15 characters, which several interfaces with longer names may then
 * share.  Only in that case does the address count, and if the database does
 * not know it, having been restarted, the name 'known_as' that this function
 * has found for the port before, or null. */
const struct vif *
vif_reader_find(const struct vif_reader *reader, ofp_port_t ofport,
                const char *of_name, const struct eth_addr hw_addr,
                const char *known_as)
{
    bool whole = strlen(of_name) < OFP_MAX_PORT_NAME_LEN - 1;
    const struct vif *found = NULL;
    const struct record *record;

    HMAP_FOR_EACH_WITH_HASH (record, ofport_node, hash_ofport(ofport),
                             &reader->by_ofport) {
        const struct vif *vif = &record->vif;

        if (vif->ofport != ofport
            || strncmp(vif->name, of_name, OFP_MAX_PORT_NAME_LEN - 1)) {
            continue;
        } else if (whole || eth_addr_equals(vif->mac_in_use, hw_addr)) {
            return vif;
        } else if (known_as && !strcmp(vif->name, known_as)) {
            found = vif;
        } else if (!known_as && eth_addr_is_zero(vif->mac_in_use)) {
            found = vif;
        }
    }
    return found;
}

/* Returns the vif called 'name', or null if there is none. */
const struct vif *
vif_reader_find_name(const struct vif_reader *reader, const char *name)
{
    const struct record *record = find_record(reader, name);

    return record ? &record->vif : NULL;
}

/* Returns the UUID of the Port row of interface 'name', or null if there is no
 * such interface. */
const struct uuid *
vif_reader_port_uuid(const struct vif_reader *reader, const char *name)
{
    const struct record *record = find_record(reader, name);

    return record ? &record->port_uuid : NULL;
}

/* Calls 'cb' with 'aux' for each vif, in no particular order. */
void
vif_reader_for_each(const struct vif_reader *reader, vif_reader_each_cb *cb,
                    void *aux)
{
    const struct record *record;

    HMAP_FOR_EACH (record, name_node, &reader->by_name) {
        cb(&record->vif, aux);
    }
}
