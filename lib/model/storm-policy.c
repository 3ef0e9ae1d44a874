/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/storm-policy.h"

#include <stdlib.h>

#include "lib/base/diag.h"
#include "lib/base/guards.h"
#include "lib/base/storm.h"
#include "lib/host/vif.h"
#include "lib/model/model.h"
#include "lib/model/vport.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* Returns the limit that the key of 'vif' says.  One that cannot be understood
 * is a limit nevertheless. */
static int
own_limit(const struct vif *vif, struct diag_list *diags)
{
    int storm = STORM_DEFAULT;
    char *error = storm_from_string(vif->storm, &storm);

    if (error) {
        struct origin origin = { .element = vif->name };

        diag_add(diags, DIAG_ERROR, &origin,
                 "external_ids:virtnet-storm: %s; taken for '%d'", error,
                 STORM_DEFAULT);
        free(error);
    }
    return storm;
}

/* Gives 'vport', a guest, the limit that its own key says, or else the one
 * that 'request' asks for, or else, if guard "storm" is among its guards, the
 * default.  That guard is among them afterwards if it has a limit.  Adds to
 * 'diags' what there is to say of it. */
void
storm_policy_apply(const struct bridge_model *model, const struct vif *vif,
                   const struct storm_request *request, struct vport *vport,
                   struct diag_list *diags)
{
    bool guarded = vport->guards != 0;

    vport->storm = (vif->storm ? own_limit(vif, diags)
                    : request->is_set ? request->storm
                    : vport->guards & GUARD_BIT(GUARD_STORM) ? STORM_DEFAULT
                    : 0);
    if (vif->storm && vif->guards && !vport->storm
        && vport->guards & GUARD_BIT(GUARD_STORM)
        && (vport->guards & GUARDS_SECURE) != GUARDS_SECURE) {
        struct origin origin = { .element = vif->name };

        diag_add(diags, DIAG_WARNING, &origin,
                 "lists guard storm, and has no limit, by storm 'none'");
    }
    vport->guards &= ~GUARD_BIT(GUARD_STORM);
    if (vport->storm) {
        vport->guards |= GUARD_BIT(GUARD_STORM);
        if (!guarded && model->mode != MAC_TABLE_LIBVIRT && !model->conflict) {
            struct origin origin = { .element = vif->name };

            diag_add(diags, DIAG_ERROR, &origin,
                     "has no storm limit, since the bridge is in kernel mode");
        }
    }
}
