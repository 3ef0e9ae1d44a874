/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "bench.h"

#include "openvswitch/poll-loop.h"
#include "ovsdb-idl.h"
#include "ovsdb/ovs-idl.h"

/* idl DATABASE [once]: keeps a replica of what the controller monitors, and
 * nothing else, until it is killed.  Prints how long it took until the replica
 * was complete.  With another argument, it ends then. */
void
cmd_idl(int argc, char *argv[])
{
    struct ovsdb_idl *idl = ovs_idl_connect(argv[0]);
    long long int start = now_usec();
    bool told = false;

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
