/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "ovsdb/vif-reader.h"

#include <stdlib.h>
#include <string.h>

#include "coverage.h"
#include "flow.h"
#include "hash.h"
#include "lib/host/vif.h"
#include "openvswitch/hmap.h"
#include "openvswitch/list.h"
#include "ovsdb-idl.h"
#include "ovsdb/vif-rows.h"
#include "util.h"
#include "uuid.h"
#include "vswitch-idl.h"

COVERAGE_DEFINE(vif_read);

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

/* Reads the rows of 'record' afresh. */
static void
run_record(struct vif_reader *reader, struct record *record)
{
    const struct ovsrec_interface *interface
        = ovsrec_interface_get_for_uuid(reader->idl, &record->uuid);
    const struct ovsrec_port *port
        = ovsrec_port_get_for_uuid(reader->idl, &record->port_uuid);

    COVERAGE_INC(vif_read);
    if (interface && port) {
        struct vif vif;

        vif_from_rows(&vif, reader->idl, interface, port,
                      record->has_vif ? &record->vif : NULL);
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

    /* A change of a row that a Port refers to, be it through another one, is
     * tracked as a change of the Port, too. */
    OVSREC_PORT_FOR_EACH_TRACKED (port, reader->idl) {
        if (!ovsrec_port_is_deleted(port)) {
            touch_port(reader, port);
        }
    }
    OVSREC_INTERFACE_FOR_EACH_TRACKED (interface, reader->idl) {
        touch_record(reader, &interface->header_.uuid);
    }

    if (anew) {
        struct record *record;

        HMAP_FOR_EACH (record, uuid_node, &reader->by_uuid) {
            touch_record(reader, &record->uuid);
        }
    }

    if (ovsrec_mirror_track_get_first(reader->idl)) {
        /* This happens rarely, so look at all ports. */
        OVSREC_PORT_FOR_EACH (port, reader->idl) {
            touch_port(reader, port);
        }
    }
}

/* Takes note that there may be something new to say of the vif called 'name',
 * if there is one, from elsewhere than the database. */
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
