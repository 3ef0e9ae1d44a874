/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "ovsdb/vif-rows.h"

#include "flow.h"
#include "lib/host/vif-columns.h"
#include "lib/host/vif.h"
#include "ovsdb-idl.h"
#include "ovsdb/row-columns.h"
#include "util.h"
#include "vswitch-idl.h"

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
find_qos(struct vif_rows *rows, const struct ovsrec_qos *qos)
{
    rows->has_qos = true;
    rows->qos = qos_columns_from_row(qos);
    rows->qos_uuid = qos->header_.uuid;
    rows->n_queues = qos->n_queues;
    for (size_t i = 0; i < qos->n_queues; i++) {
        if (!qos->key_queues[i]) {
            rows->has_queue = true;
            rows->queue = queue_columns_from_row(qos->value_queues[i]);
            rows->queue_uuid = qos->value_queues[i]->header_.uuid;
        }
    }
}

/* Does 'mirror' select any frames?  That its ports are none is usual for one
 * that is prepared, or whose guests have gone. */
bool
mirror_selects(const struct ovsrec_mirror *mirror)
{
    return (mirror->select_all || mirror->n_select_src_port
            || mirror->n_select_dst_port);
}

/* Stores in 'rows' what 'port' is to mirrors.  There are few of these. */
static void
find_mirrors(struct vif_rows *rows, const struct ovsdb_idl *idl,
             const struct ovsrec_port *port)
{
    const struct ovsrec_mirror *mirror;

    OVSREC_MIRROR_FOR_EACH (mirror, idl) {
        if (mirror->output_port == port) {
            rows->is_mirror_output = true;
            rows->is_mirrored_to |= mirror_selects(mirror);
        }
    }
}

/* Initializes 'vif' to what the rows 'interface' and 'port', and those in
 * 'idl' that have to do with them, say.  'old' is what they said before, null
 * if that is not known.  The caller must vif_uninit() 'vif'. */
void
vif_from_rows(struct vif *vif, const struct ovsdb_idl *idl,
              const struct ovsrec_interface *interface,
              const struct ovsrec_port *port, const struct vif *old)
{
    const struct ovsrec_open_vswitch *ovs = ovsrec_open_vswitch_first(idl);
    struct vif_rows rows = {
        .interface = interface_columns_from_row(interface),
        .port = port_columns_from_row(port),
        .n_interfaces = port->n_interfaces,
        .ovs_other_config = ovs ? &ovs->other_config : NULL,
    };

    find_mirrors(&rows, idl, port);
    if (port->qos) {
        find_qos(&rows, port->qos);
    }
    vif_from_columns(vif, &rows, old);
    vif->row = interface->header_.uuid;
    if (vif->bond.is_member) {
        bool closed = old && (vif->ofport == OFPP_NONE
                              || vif->ofport != old->ofport);

        vif->bond.lacp_negotiated
            = read_lacp_negotiated(port, closed ? NULL : old);
    }
}
