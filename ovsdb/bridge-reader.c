/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "ovsdb/bridge-reader.h"

#include <stdlib.h>

#include "lib/host/bridge-row.h"
#include "lib/model/model.h"
#include "openvswitch/dynamic-string.h"
#include "ovsdb-idl.h"
#include "smap.h"
#include "util.h"
#include "vswitch-idl.h"

bool
bridge_reader_changed(const struct ovsdb_idl *idl)
{
    return ovsrec_bridge_track_get_first(idl) != NULL;
}

static char *
join_protocols(const struct ovsrec_bridge *row)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < row->n_protocols; i++) {
        ds_put_format(&s, "%s%s", i ? "," : "", row->protocols[i]);
    }
    return ds_steal_cstr(&s);
}

static char *
get_string(const struct smap *smap, const char *key)
{
    return nullable_xstrdup(smap_get(smap, key));
}

/* Calls 'cb' with 'aux' for each bridge in 'idl', in no particular order. */
void
bridge_reader_for_each(const struct ovsdb_idl *idl, bridge_reader_cb *cb,
                       void *aux)
{
    const struct ovsrec_bridge *b;

    OVSREC_BRIDGE_FOR_EACH (b, idl) {
        const char *mac_table_manager
            = smap_get(&b->external_ids, "virtnet-mac-table-manager");
        const char *owner = smap_get(&b->external_ids, "virtnet-owner");
        struct bridge_row row = {
            .name = xstrdup(b->name),
            .mac_table_manager = nullable_xstrdup(mac_table_manager),
            .owner = nullable_xstrdup(owner),
            .protocols = join_protocols(b),
            .datapath_type = xstrdup(b->datapath_type),
            .forward_bpdu = smap_get_bool(&b->other_config, "forward-bpdu",
                                          false),
            .stp_enable = b->stp_enable,
            .hwaddr = get_string(&b->other_config, "hwaddr"),
            .stp_delay = get_string(&b->other_config, "stp-forward-delay"),
            .settings_mark = get_string(&b->external_ids, "virtnet-settings"),
        };

        cb(&row, &b->header_.uuid, aux);
        bridge_row_uninit(&row);
    }
}
