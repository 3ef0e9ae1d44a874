/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "bench.h"

#include "openvswitch/poll-loop.h"
#include "ovsdb-idl.h"
#include "vswitch-idl.h"

/* idl DATABASE [once]: keeps a replica of the columns that ovsdb/ovs-idl.c monitors,
 * and nothing else, until it is killed.  Prints how long it took until the
 * replica was complete.  With another argument, it ends then. */
void
cmd_idl(int argc, char *argv[])
{
    static const struct ovsdb_idl_column *const columns[] = {
        &ovsrec_open_vswitch_col_cur_cfg,
        &ovsrec_bridge_col_name,
        &ovsrec_bridge_col_external_ids,
        &ovsrec_bridge_col_other_config,
        &ovsrec_bridge_col_protocols,
        &ovsrec_port_col_external_ids,
        &ovsrec_port_col_interfaces,
        &ovsrec_port_col_name,
        &ovsrec_port_col_tag,
        &ovsrec_port_col_trunks,
        &ovsrec_port_col_vlan_mode,
        &ovsrec_interface_col_error,
        &ovsrec_interface_col_external_ids,
        &ovsrec_interface_col_mac_in_use,
        &ovsrec_interface_col_name,
        &ovsrec_interface_col_ofport,
    };
    struct ovsdb_idl *idl = ovsdb_idl_create(argv[0], &ovsrec_idl_class,
                                             false, true);
    long long int start = now_usec();
    bool told = false;

    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        ovsdb_idl_track_add_column(idl, columns[i]);
    }
    for (;;) {
        ovsdb_idl_run(idl);
        ovsdb_idl_track_clear(idl);
        if (!told && ovsdb_idl_has_ever_connected(idl)) {
            print_usec("idl", now_usec() - start);
            if (argc > 1) {
                return;
            }
            told = true;
        }
        ovsdb_idl_wait(idl);
        poll_block();
    }
}
