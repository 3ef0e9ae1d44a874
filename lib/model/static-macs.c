/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/static-macs.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/diag.h"
#include "lib/base/fdb-statics.h"
#include "lib/host/vif.h"
#include "lib/model/vport.h"
#include "packets.h"
#include "util.h"

/* Adds 'entry' to those of 'vport'. */
static void
add_static(struct vport *vport, const struct fdb_static *entry)
{
    vport->statics = xrealloc(vport->statics, (vport->n_statics + 1)
                                              * sizeof *vport->statics);
    vport->statics[vport->n_statics++] = (struct vport_static) {
        .mac = entry->mac, .vid = entry->vid,
    };
    if (vport->role != VIF_NETWORK) {
        vport_add_mac(vport, entry->mac, CLAIM_STATIC);
    }
}

/* Makes 'vport', whose VLANs are known, have the static entries behind 'vif'.
 * Adds to 'diags' of which nothing comes. */
void
static_macs_apply(const struct vif *vif, struct vport *vport,
                  struct diag_list *diags)
{
    struct origin origin = { .element = vif->name };
    const char *text = vport->is_remote ? NULL : vif->statics;
    struct fdb_static entry;

    while (fdb_static_next(&text, &entry)) {
        if (vport->n_statics >= VPORT_MAX_LISTED_MACS) {
            diag_add(diags, DIAG_ERROR, &origin,
                     "has more than %d static entries (fdb/add); the others "
                     "are left out", VPORT_MAX_LISTED_MACS);
            break;
        } else if (!vlan_set_contains(&vport->vlan.members, entry.vid)) {
            diag_add(diags, DIAG_WARNING, &origin,
                     "has a static entry (fdb/add) for "ETH_ADDR_FMT" in VLAN "
                     "%"PRIu16", which it is not in, so that nothing comes of "
                     "it", ETH_ADDR_ARGS(entry.mac), entry.vid);
        } else {
            add_static(vport, &entry);
        }
    }
}
