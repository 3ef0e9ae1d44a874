/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/plan.h"

#include "lib/openflow/plan-private.h"
#include "lib/openflow/storm-limit.h"

/* The meters of a plan: those of the bridge's networks, and those of its
 * ports. */

/* States which meters the bridge's networks need.  They are copied. */
void
plan_set_meters(struct plan *plan, const struct ometers *meters)
{
    if (!ometers_equals(&plan->network_meters, meters)) {
        ometers_uninit(&plan->network_meters);
        ometers_clone(&plan->network_meters, meters);
        plan->meters_changed = true;
    }
}

/* Makes the meters follow from 'old' becoming 'new', of which one may be
 * null. */
void
plan_update_meter(struct plan *plan, const struct vport *old,
                  const struct vport *new)
{
    bool had = old && storm_limit_needs_meter(&plan->ctx, old);
    bool has = new && storm_limit_needs_meter(&plan->ctx, new);

    if (had && !(has && old->ofport == new->ofport)) {
        /* Another port may have its number by now, and so its meter. */
        plan->meters_changed = true;
    } else if (has && !plan->meters_changed) {
        storm_limit_put_meter(&plan->ctx, new, &plan->meters);
    }
}

/* Gathers the meters of networks and ports, if they must be gathered anew. */
void
plan_run_meters(struct plan *plan)
{
    const struct plan_port *port;
    struct ometers new;

    if (!plan->meters_changed) {
        return;
    }
    ometers_clone(&new, &plan->network_meters);
    HMAP_FOR_EACH (port, hmap_node, &plan->ports) {
        storm_limit_put_meter(&plan->ctx, &port->vport, &new);
    }
    if (ometers_equals(&plan->meters, &new)) {
        ometers_uninit(&new);
    } else {
        ometers_uninit(&plan->meters);
        plan->meters = new;
    }
    plan->meters_changed = false;
}
