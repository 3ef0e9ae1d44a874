/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/plan.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/origin-hash.h"
#include "lib/model/mac-table.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/flood-table.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/ometer.h"
#include "lib/openflow/compile-owner.h"
#include "lib/openflow/guard.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan-private.h"
#include "lib/openflow/slice.h"
#include "openvswitch/list.h"
#include "openvswitch/match.h"
#include "packets.h"
#include "util.h"

/* Creates and returns the plan of bridge 'bridge', for now in kernel mode and
 * without ports: an empty plan. */
struct plan *
plan_create(const char *bridge)
{
    struct plan *plan = xzalloc(sizeof *plan);

    plan->bridge = xstrdup(bridge);
    slice_init(&plan->bridge_slice);
    slice_init(&plan->guard_slice);
    slice_init(&plan->outside_slice);
    hmap_init(&plan->ports);
    ovs_list_init(&plan->dirty_ports);
    network_side_init(&plan->network_side);
    ip_owners_init(&plan->ip_owners);
    mac_table_init(&plan->mac_table);
    flood_table_init(&plan->flood_table);
    oflow_table_init(&plan->desired);
    bond_buckets_init(&plan->ctx.buckets);
    plan->all_dirty = true;
    oflow_table_init(&plan->dirty);
    return plan;
}

static void
plan_port_destroy(struct plan *plan, struct plan_port *port)
{
    hmap_remove(&plan->ports, &port->hmap_node);
    ovs_list_remove(&port->dirty_node);
    slice_uninit(&port->slice);
    vport_uninit(&port->vport);
    free(port);
}

/* Frees 'plan', which may be null. */
void
plan_destroy(struct plan *plan)
{
    struct plan_port *port;

    if (!plan) {
        return;
    }
    HMAP_FOR_EACH_SAFE (port, hmap_node, &plan->ports) {
        plan_port_destroy(plan, port);
    }
    hmap_destroy(&plan->ports);
    slice_uninit(&plan->bridge_slice);
    slice_uninit(&plan->guard_slice);
    slice_uninit(&plan->outside_slice);
    network_side_uninit(&plan->network_side);
    mac_table_uninit(&plan->mac_table);
    ip_owners_uninit(&plan->ip_owners);
    flood_table_uninit(&plan->flood_table);
    ometers_uninit(&plan->network_meters);
    ometers_uninit(&plan->meters);
    vlan_set_uninit(&plan->flood_vlans);
    oflow_table_uninit(&plan->desired);
    oflow_table_uninit(&plan->dirty);
    free(plan->bridge);
    free(plan);
}

/* Returns the port called 'name', or null. */
struct plan_port *
plan_port_find(const struct plan *plan, const char *name)
{
    struct plan_port *port;

    HMAP_FOR_EACH_WITH_HASH (port, hmap_node, origin_hash(name),
                             &plan->ports) {
        if (!strcmp(port->vport.name, name)) {
            return port;
        }
    }
    return NULL;
}

/* Has the slice of 'port' be compiled again. */
void
plan_mark_dirty(struct plan *plan, struct plan_port *port)
{
    if (ovs_list_is_empty(&port->dirty_node)) {
        ovs_list_push_back(&plan->dirty_ports, &port->dirty_node);
    }
}

static void
set_ctx(struct plan *plan, const struct bridge_ctx *ctx)
{
    if (!bridge_ctx_equals(&plan->ctx, ctx)) {
        plan->ctx_changed = true;
    } else if (!network_bonds_equal(&plan->ctx.bonds, &ctx->bonds)) {
        plan->bond_changed = true;
    } else {
        return;
    }
    plan->ctx = *ctx;
}

/* States that 'plan' is for 'ctx' from now on, but for what 'ctx' says of the
 * network side, which follows from the ports.  What it refers to is copied. */
void
plan_set_ctx(struct plan *plan, const struct bridge_ctx *ctx)
{
    struct bridge_ctx new = *ctx;
    struct vlan_set flood_vlans;

    new.network = plan->ctx.network;
    new.bonds = plan->ctx.bonds;
    new.ports = plan->ctx.ports;
    new.buckets = plan->ctx.buckets;
    new.reflections = plan->ctx.reflections;
    new.apart = plan->ctx.apart;
    set_ctx(plan, &new);

    vlan_set_clone(&flood_vlans, bridge_ctx_flood_vlans(ctx));
    vlan_set_uninit(&plan->flood_vlans);
    plan->flood_vlans = flood_vlans;
    plan->ctx.flood_vlans = &plan->flood_vlans;
}

/* States by which members of a bond the buckets of what it is sent leave. */
void
plan_set_buckets(struct plan *plan, const struct bond_buckets *buckets)
{
    if (!bond_buckets_equal(&plan->ctx.buckets, buckets)) {
        plan->ctx.buckets = *buckets;
        plan->bond_changed = true;
    }
}

/* Makes the context follow from the ports. */
static void
update_network_side(struct plan *plan)
{
    struct bridge_ctx new = plan->ctx;

    new.network = network_side_kind(&plan->network_side, new.needs_normal);
    network_side_get_bonds(&plan->network_side, new.network, &new.bonds);
    network_side_get_ports(&plan->network_side, &new.ports);
    new.reflections = network_side_reflects(&plan->network_side);
    set_ctx(plan, &new);
}

/* Likewise, for what only tunnels to other hosts ask for. */
static void
update_apart(struct plan *plan)
{
    bool apart = plan->n_apart > 0;
    struct plan_port *port;

    if (plan->ctx.apart != apart) {
        plan->ctx.apart = apart;
        HMAP_FOR_EACH (port, hmap_node, &plan->ports) {
            if (port->vport.is_remote) {
                plan_mark_dirty(plan, port);
            }
        }
    }
}

static void
standing_changed(const char *port_name, void *plan_)
{
    struct plan *plan = plan_;

    if (!strcmp(port_name, MAC_OUTSIDE)) {
        plan->outside_changed = true;
    } else if (!plan->ctx_changed) {
        struct plan_port *port = plan_port_find(plan, port_name);

        if (port) {
            plan_mark_dirty(plan, port);
        }
    }
}

/* Returns the index of 'mac' among the addresses that 'vport', which may be
 * null, claims, or SIZE_MAX.  It is looked for from '*hint' on, which becomes
 * the next: where there are many, most are where they were. */
static size_t
find_claimed(const struct vport *vport, struct eth_addr mac, size_t *hint)
{
    size_t i = SIZE_MAX;

    if (vport && vport->role != VIF_NETWORK && !eth_addr_is_zero(mac)) {
        i = vport_find_mac(vport, mac, *hint);
        if (i != SIZE_MAX) {
            *hint = i + 1;
        }
    }
    return i;
}

/* Do 'a' and 'b', neither of them null, claim what they both claim in the same
 * way? */
static bool
claim_alike(const struct vport *a, const struct vport *b)
{
    return (a->is_remote && b->is_remote && a->role == b->role
            && a->active == b->active && a->paused == b->paused
            && !a->n_statics && !b->n_statics
            && vlan_set_equals(&a->vlan.members, &b->vlan.members));
}

/* Makes the mac-table and the counts follow from 'old' becoming 'new', of
 * which one may be null. */
static void
update_claims(struct plan *plan, const struct vport *old,
              const struct vport *new)
{
    bool alike = old && new && claim_alike(old, new);
    size_t hint = 0;

    for (size_t i = 0; old && i < vport_n_macs(old); i++) {
        struct eth_addr mac = vport_get_mac(old, i).mac;

        if (find_claimed(new, mac, &hint) == SIZE_MAX) {
            mac_table_unclaim(&plan->mac_table, mac, old->name);
        }
    }
    hint = 0;
    for (size_t i = 0; new && i < vport_n_macs(new); i++) {
        struct vport_mac m = vport_get_mac(new, i);
        size_t self = i;

        if (find_claimed(new, m.mac, &self) != SIZE_MAX
            && !(alike && find_claimed(old, m.mac, &hint) != SIZE_MAX)) {
            struct vlan_set some;

            mac_table_claim(&plan->mac_table, m.mac, new->name, m.kind,
                            vport_get_mac_vlans(new, i, &some), new->active);
            vlan_set_uninit(&some);
            mac_table_set_guest(&plan->mac_table, m.mac, new->name,
                                new->guest);
            mac_table_set_outside(&plan->mac_table, m.mac, new->name,
                                  new->shared
                                  && claim_kind_is_listed(m.kind));
        }
    }
    ip_owners_update(&plan->ip_owners, old, new, standing_changed, plan);
    plan->outside_changed |= plan_shared_depends(old, new);
    plan_update_meter(plan, old, new);
    if (new) {
        network_side_add(&plan->network_side, new);
        plan->n_guarded += guard_needs_shared(new);
        plan->n_apart += new->isolated;
    }
    if (old) {
        network_side_remove(&plan->network_side, old);
        plan->n_guarded -= guard_needs_shared(old);
        plan->n_apart -= old->isolated;
    }
}

/* States that the bridge has 'vport', which is copied, in the place of any
 * port with the same name. */
void
plan_set_port(struct plan *plan, const struct vport *vport)
{
    struct plan_port *port = plan_port_find(plan, vport->name);

    if (!port) {
        port = xzalloc(sizeof *port);
        slice_init(&port->slice);
        ovs_list_init(&port->dirty_node);
        hmap_insert(&plan->ports, &port->hmap_node,
                    origin_hash(vport->name));
        update_claims(plan, NULL, vport);
    } else if (vport_equals(&port->vport, vport)) {
        return;
    } else {
        update_claims(plan, &port->vport, vport);
        plan_mark_partners(plan, &port->vport, vport);
        vport_uninit(&port->vport);
    }
    vport_clone(&port->vport, vport);
    plan_mark_dirty(plan, port);
}

/* States that the bridge has no port 'name' any longer. */
void
plan_remove_port(struct plan *plan, const char *name)
{
    struct plan_port *port = plan_port_find(plan, name);

    if (port) {
        struct slice none;

        slice_init(&none);
        plan_replace_slice(plan, &port->slice, &none);
        update_claims(plan, &port->vport, NULL);
        plan_port_destroy(plan, port);
    }
}

static void
run_bridge(struct plan *plan)
{
    struct slice new;

    slice_init(&new);
    compile_bridge(&plan->ctx, plan->bridge, &new);
    plan_replace_slice(plan, &plan->bridge_slice, &new);
}

static void
run_port(struct plan *plan, struct plan_port *port)
{
    static const struct vlan_set none = VLAN_SET_INITIALIZER;
    const struct vport *vport = &port->vport;
    const struct vlan_set **won = xmalloc(vport_n_macs(vport) * sizeof *won);
    struct compile_take *takes = xcalloc(vport_n_macs(vport), sizeof *takes);
    struct slice new;

    for (size_t i = 0; i < vport_n_macs(vport); i++) {
        const struct mac_entry *entry
            = mac_table_find(&plan->mac_table, vport_get_mac(vport, i).mac);
        const struct mac_claim *claim
            = entry ? mac_entry_find_claim(entry, vport->name) : NULL;

        won[i] = (!claim ? &none
                  : claim->active ? &claim->won : &claim->free);
        if (claim) {
            takes[i].by = claim->take;
            takes[i].vlans = (vlan_set_equals(&claim->free, &claim->vlans)
                              ? NULL : &claim->free);
        }
    }
    slice_init(&new);
    compile_port(&plan->ctx, vport, won, takes, &new);
    owner_compile(&plan->ctx, vport, won, &plan->ip_owners, &new);
    plan_compile_backups(plan, vport, &new);
    plan_replace_slice(plan, &port->slice, &new);
    free(won);
    free(takes);
}

static void
run_flood(const struct vlan_block *block, const uint32_t *group_ids,
          size_t n_groups, struct slice *slice, void *plan_)
{
    struct plan *plan = plan_;
    struct slice new;

    slice_init(&new);
    if (n_groups) {
        compile_flood(block, group_ids, n_groups, &new);
    }
    plan_replace_slice(plan, slice, &new);
}

/* Compiles what guarded ports share, if that is not there or is no longer
 * needed. */
static void
run_guards(struct plan *plan)
{
    if (plan_is_guarded(plan) != (plan->guard_slice.n_flows > 0)) {
        struct slice new;

        slice_init(&new);
        if (plan_is_guarded(plan)) {
            guard_compile_shared(pipeline_cookie(COOKIE_BRIDGE, plan->bridge),
                                 &new);
        }
        plan_replace_slice(plan, &plan->guard_slice, &new);
    }
}

/* Brings plan_desired() and plan_meters() up to date with all that was
 * stated. */
void
plan_run(struct plan *plan)
{
    struct plan_port *port;

    update_network_side(plan);
    update_apart(plan);
    if (plan->ctx_changed) {
        plan->all_dirty = true;
        plan->meters_changed = plan->outside_changed = true;
        oflow_table_clear(&plan->dirty);
        run_bridge(plan);
        HMAP_FOR_EACH (port, hmap_node, &plan->ports) {
            plan_mark_dirty(plan, port);
        }
    } else if (plan->bond_changed) {
        run_bridge(plan);
    }

    plan_run_meters(plan);
    run_guards(plan);
    mac_table_run(&plan->mac_table, standing_changed, plan);
    plan->ctx_changed = plan->bond_changed = false;
    plan_run_shared(plan);
    LIST_FOR_EACH_POP (port, dirty_node, &plan->dirty_ports) {
        ovs_list_init(&port->dirty_node);
        run_port(plan, port);
    }
    flood_table_run(&plan->flood_table, run_flood, plan);
}

/* Tells 'plan' what time it is 'now'; mac-table.h. */
void
plan_set_now(struct plan *plan, long long int now)
{
    mac_table_set_now(&plan->mac_table, now);
}

/* Returns what has happened first, of what nobody has taken yet, to a claim to
 * an address that several ports have, or null; mac-table.h.  The caller must
 * destroy it. */
struct mac_contest *
plan_take_mac_contest(struct plan *plan)
{
    return mac_table_take_contest(&plan->mac_table);
}

/* Gives 'mac' to port 'name', or to the network side if that is MAC_OUTSIDE,
 * where another port of the same guest has it, or one with which it is shared,
 * if it was announced in 'block', null for without a tag: mac_table_take(). */
void
plan_take_mac(struct plan *plan, const char *name, struct eth_addr mac,
              const struct vlan_block *block)
{
    mac_table_take(&plan->mac_table, mac, block, name);
}
