/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "ovsdb/bridge-reader.h"

#include "lib/host/bridge-row.h"
#include "ovsdb-idl.h"
#include "ovsdb/row-columns.h"
#include "ovsdb/vif-rows.h"
#include "vswitch-idl.h"

bool
bridge_reader_changed(const struct ovsdb_idl *idl)
{
    return (ovsrec_bridge_track_get_first(idl)
            || ovsrec_controller_track_get_first(idl)
            || ovsrec_manager_track_get_first(idl)
            || ovsrec_mirror_track_get_first(idl));
}

/* Adds to 'row' what vswitchd reaches beyond the bridge itself: controllers of
 * 'bridge', and managers of the database, of which 'root', which may be null,
 * tells. */
static void
add_remotes(struct bridge_row *row, const struct ovsrec_bridge *bridge,
            const struct ovsrec_open_vswitch *root)
{
    for (size_t i = 0; i < bridge->n_controller; i++) {
        struct controller_columns controller
            = controller_columns_from_row(bridge->controller[i]);

        bridge_row_add_controller(row, &controller);
    }
    for (size_t i = 0; root && i < root->n_manager_options; i++) {
        struct manager_columns manager
            = manager_columns_from_row(root->manager_options[i]);

        bridge_row_add_manager(row, &manager);
    }
}

/* Adds to 'row' what mirrors of 'bridge' send into VLANs. */
static void
add_mirrors(struct bridge_row *row, const struct ovsrec_bridge *bridge)
{
    for (size_t i = 0; i < bridge->n_mirrors; i++) {
        const struct ovsrec_mirror *mirror = bridge->mirrors[i];

        if (!mirror->output_port && mirror_selects(mirror)) {
            struct mirror_columns columns = mirror_columns_from_row(mirror);

            bridge_row_add_mirror(row, &columns);
        }
    }
}

/* Calls 'cb' with 'aux' for each bridge in 'idl', in no particular order. */
void
bridge_reader_for_each(const struct ovsdb_idl *idl, bridge_reader_cb *cb,
                       void *aux)
{
    const struct ovsrec_open_vswitch *root = ovsrec_open_vswitch_first(idl);
    const struct ovsrec_bridge *b;

    OVSREC_BRIDGE_FOR_EACH (b, idl) {
        struct bridge_columns columns = bridge_columns_from_row(b);
        struct bridge_row row;

        bridge_row_from_columns(&row, &columns);
        bridge_row_set_root(&row, root ? &root->external_ids : NULL,
                            root ? &root->other_config : NULL);
        add_remotes(&row, b, root);
        add_mirrors(&row, b);
        cb(&row, &b->header_.uuid, aux);
        bridge_row_uninit(&row);
    }
}
