/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/plan.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/origin-hash.h"
#include "lib/model/mac-table.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile-bond.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/ometer.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan-private.h"
#include "util.h"

const struct bridge_ctx *
plan_get_ctx(const struct plan *plan)
{
    return &plan->ctx;
}

/* Returns the meters that the switch should hold, as of the last
 * plan_run(). */
const struct ometers *
plan_meters(const struct plan *plan)
{
    return &plan->meters;
}

/* Returns what the switch should hold, as of the last plan_run(). */
const struct oflow_table *
plan_desired(const struct plan *plan)
{
    return &plan->desired;
}

/* Returns a superset of the keys that have changed in plan_desired() since
 * plan_clear_dirty(), of which only the keys mean anything.  Returns null if
 * anything may have changed, as in a plan that is new. */
const struct oflow_table *
plan_dirty(const struct plan *plan)
{
    return plan->all_dirty ? NULL : &plan->dirty;
}

void
plan_clear_dirty(struct plan *plan)
{
    plan->all_dirty = false;
    oflow_table_clear(&plan->dirty);
}

const struct mac_table *
plan_mac_table(const struct plan *plan)
{
    return &plan->mac_table;
}

/* Returns the claim of 'vport', one of the ports of 'plan', to its first
 * address, or null if it has none. */
const struct mac_claim *
plan_find_claim(const struct plan *plan, const struct vport *vport)
{
    const struct mac_entry *entry = mac_table_find(&plan->mac_table,
                                                   vport->mac);

    return entry ? mac_entry_find_claim(entry, vport->name) : NULL;
}

/* Returns the port called 'name', or null. */
const struct vport *
plan_find_port(const struct plan *plan, const char *name)
{
    const struct plan_port *port = plan_port_find(plan, name);
    return port ? &port->vport : NULL;
}

/* Returns the port with OpenFlow port 'ofport' and a storm limit, or null if
 * there is none.  While a number is on its way from one port to another, it is
 * the first by name. */
const struct vport *
plan_find_storm(const struct plan *plan, ofp_port_t ofport)
{
    const struct plan_port *port;
    const struct vport *found = NULL;

    HMAP_FOR_EACH (port, hmap_node, &plan->ports) {
        const struct vport *vport = &port->vport;

        if (vport->storm && vport->ofport == ofport
            && (!found || strcmp(vport->name, found->name) < 0)) {
            found = vport;
        }
    }
    return found;
}

static int
compare_vports(const void *a_, const void *b_)
{
    const struct vport *const *a = a_;
    const struct vport *const *b = b_;
    return strcmp((*a)->name, (*b)->name);
}

/* Returns the ports by name, with a null pointer behind the last.  The caller
 * must free the array, but not what it points to. */
const struct vport **
plan_sort_ports(const struct plan *plan)
{
    const struct vport **vports = xmalloc((hmap_count(&plan->ports) + 1)
                                          * sizeof *vports);
    const struct plan_port *port;
    size_t n = 0;

    HMAP_FOR_EACH (port, hmap_node, &plan->ports) {
        vports[n++] = &port->vport;
    }
    qsort(vports, n, sizeof *vports, compare_vports);
    vports[n] = NULL;
    return vports;
}

/* Returns the port that 'cookie' is for, or that it was learned by, or null if
 * it is not a port's or the plan has no such port. */
const struct vport *
plan_find_cookie(const struct plan *plan, ovs_be64 cookie)
{
    if (pipeline_cookie_kind(cookie) == COOKIE_PORT
        || pipeline_cookie_kind(cookie) == COOKIE_LEARNED) {
        const struct plan_port *port;

        /* The cookie's hash is that of the port's name. */
        HMAP_FOR_EACH_WITH_HASH (port, hmap_node,
                                 pipeline_cookie_hash(cookie),
                                 &plan->ports) {
            return &port->vport;
        }
    }
    return NULL;
}

/* Is 'cookie' that of the flows for what the network side has of what it
 * shares with guests? */
bool
plan_cookie_is_outside(ovs_be64 cookie)
{
    return (pipeline_cookie_kind(cookie) == COOKIE_PORT
            && pipeline_cookie_hash(cookie) == origin_hash(MAC_OUTSIDE));
}

/* Returns the name of that port, or null. */
const char *
plan_cookie_origin(const struct plan *plan, ovs_be64 cookie)
{
    const struct vport *vport = plan_find_cookie(plan, cookie);
    return vport ? vport->name : NULL;
}

/* Returns the network side, as of the ports stated. */
const struct network_side *
plan_network_side(const struct plan *plan)
{
    return &plan->network_side;
}

/* Returns how frames get to the network side, as of the ports stated, be they
 * compiled yet or not; 'needs_normal' is as for network_side_kind(). */
enum network_kind
plan_network_kind(const struct plan *plan, bool needs_normal)
{
    return network_side_kind(&plan->network_side, needs_normal);
}

/* Returns the bond that flows of 'plan' send by in buckets (BUCKETS), or null
 * if they send by none so. */
const struct network_bond *
plan_bond_by_source(const struct plan *plan)
{
    return bond_by_source(&plan->ctx);
}

/* May anything have changed in plan_desired() since plan_clear_dirty()? */
bool
plan_is_dirty(const struct plan *plan)
{
    return (plan->all_dirty || !hmap_is_empty(&plan->dirty.flows)
            || !hmap_is_empty(&plan->dirty.groups));
}

/* Must the flows be there that guarded ports share? */
bool
plan_is_guarded(const struct plan *plan)
{
    return plan->ctx.exact && plan->n_guarded > 0;
}
