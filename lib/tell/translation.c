/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/translation.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/printable.h"
#include "lib/host/bridge-row.h"
#include "lib/host/ports-json.h"
#include "lib/model/port-limits.h"
#include "lib/model/port-policy.h"
#include "lib/model/tunnels.h"
#include "lib/model/vport.h"
#include "lib/openflow/bridge-meters.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/ometer.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "openvswitch/json.h"
#include "util.h"

static struct translation_bridge *
add_bridge(struct translation *t, const char *name,
           const struct ports_bridge *ports)
{
    if (t->n_bridges >= t->allocated_bridges) {
        t->bridges = x2nrealloc(t->bridges, &t->allocated_bridges,
                                sizeof *t->bridges);
    }

    struct translation_bridge *bridge = &t->bridges[t->n_bridges++];
    *bridge = (struct translation_bridge) {
        .name = xstrdup(name),
        .ports = ports,
        .plan = plan_create(name),
    };
    return bridge;
}

/* Adds to 't->rows' what is to be written for 'vif', which is on 'bridge'.
 * Returns true if it gets new VLANs, which it stores in '*vlan' for the caller
 * to uninitialize. */
static bool
add_vif_rows(struct translation *t, const struct translation_bridge *bridge,
             const struct vif *vif, struct port_vlan *vlan)
{
    bool has_new_vlan = model_port_vlan(&bridge->model, vif, vlan);
    struct port_limits limits;

    if (has_new_vlan) {
        row_changes_add_vlan(&t->rows, bridge->name, vif->port, &vif->vlan,
                             vlan);
    }
    port_limits_init(&limits, &bridge->model, vif, NULL);
    if (limits.write_in) {
        row_changes_add_limit(&t->rows, ROW_PORT_QOS, bridge->name, vif,
                              &limits.in);
    }
    if (limits.write_out) {
        row_changes_add_limit(&t->rows, ROW_POLICING, bridge->name, vif,
                              &limits.out);
    }
    return has_new_vlan;
}

/* Puts 'vif' into the plan of 'bridge', with the VLANs that it will have once
 * 't->rows' have been written.  Returns true unless libvirt mode cannot be
 * because of it. */
static bool
add_vif(struct translation *t, struct translation_bridge *bridge,
        const struct vif *vif)
{
    struct vif after = *vif;    /* Borrows all but 'vlan'. */
    struct port_vlan vlan;
    struct vport vport;

    /* What vswitchd could not add is no port. */
    bool has_new_vlan = (!vif->error
                         && add_vif_rows(t, bridge, vif, &vlan));
    if (has_new_vlan) {
        after.vlan = vlan;
        after.vlan_is_ours = !port_vlan_is_default(&vlan);
    }

    enum model_verdict verdict = model_port(&bridge->model, &after, &vport,
                                            &bridge->diags);
    if (has_new_vlan) {
        port_vlan_uninit(&vlan);
    }
    if (verdict != MODEL_SKIPPED) {
        plan_set_port(bridge->plan, &vport);
        vport_uninit(&vport);
    }
    return verdict != MODEL_UNSUPPORTED;
}

/* Keeps the tunnels of 'bridge' apart from each other, and isolated guests if
 * nothing else does. */
static void
protect_ports(struct translation *t, struct translation_bridge *bridge,
                bool exact)
{
    size_t n = bridge->ports ? bridge->ports->n_vifs : 0;
    struct tunnels tunnels = { .n = { 0 } };

    for (size_t i = 0; i < n; i++) {
        tunnels.n[tunnel_get_kind(&bridge->ports->vifs[i])]++;
    }

    bool apart = tunnels_are_apart(&tunnels, exact);
    for (size_t i = 0; i < n; i++) {
        const struct vif *vif = &bridge->ports->vifs[i];
        const struct vport *vport
            = exact ? NULL : plan_find_port(bridge->plan, vif->name);
        bool protected = port_policy_protected(vif, vport && vport->isolated,
                                               exact, apart);

        if (vif_must_change_protected(vif, protected)) {
            row_changes_add_protected(&t->rows, bridge->name, vif->port,
                                      protected);
        }
    }
    tunnels_get_diags(&tunnels, exact, bridge->name, &bridge->diags);
}

static void
set_meters(struct translation_bridge *bridge, const struct bridge_ctx *ctx)
{
    struct ometers meters;

    bridge_meters_get(&bridge->model, ctx->exact ? ctx->meter_bands : 0,
                      &meters);
    bridge_meters_report(&bridge->model, ctx->exact, ctx->meter_bands, NULL,
                         &bridge->diags);
    plan_set_meters(bridge->plan, &meters);
    ometers_uninit(&meters);
}

/* Adds what is to be written for the bridge itself, whose row is 'row'. */
static void
set_settings(struct translation *t, struct translation_bridge *bridge,
             const struct bridge_row *row)
{
    static const struct vif new_local;
    const struct vif *local = (bridge->ports
                               ? translation_find_vif(bridge, bridge->name)
                               : &new_local);
    struct bridge_settings settings;

    if (bridge_settings_init(&settings, &bridge->model, row, local)) {
        row_changes_add_settings(&t->rows, bridge->name, &settings);
        bridge_settings_uninit(&settings);
    }
    bridge_settings_report(&bridge->model, row, local, &bridge->diags);
}

/* Makes the plan of 'bridge', whose row is 'row'. */
static void
run_bridge(struct translation *t, struct translation_bridge *bridge,
           const struct bridge_row *row)
{
    size_t n_unsupported = 0;

    bridge_model_init(&bridge->model, row, t->defs, t->n_defs,
                      &bridge->diags);
    for (size_t i = 0; bridge->ports && i < bridge->ports->n_vifs; i++) {
        n_unsupported += !add_vif(t, bridge, &bridge->ports->vifs[i]);
    }

    /* A meter of the kernel's datapath has one band: DP_MAX_BANDS in Linux's
     * net/openvswitch/meter.h. */
    struct bridge_ctx ctx = {
        .forward_bpdu = row->forward_bpdu,
        .meter_bands = (bridge->model.datapath == DATAPATH_SYSTEM
                        ? 1 : OMETER_MAX_BANDS),
    };
    if (bridge->model.mode == MAC_TABLE_LIBVIRT && !bridge->model.conflict) {
        ctx.exact = model_can_be_exact(row, plan_network_kind(bridge->plan),
                                       n_unsupported, &bridge->diags);
    }
    protect_ports(t, bridge, ctx.exact);
    set_settings(t, bridge, row);
    plan_set_ctx(bridge->plan, &ctx);
    set_meters(bridge, &ctx);
    plan_run(bridge->plan);
    if (!bridge->model.wanted) {
        /* Nobody has asked for anything here. */
        diag_list_clear(&bridge->diags);
    }
    diag_list_sort(&bridge->diags);
}

static int
compare_bridges(const void *a_, const void *b_)
{
    const struct translation_bridge *a = a_;
    const struct translation_bridge *b = b_;
    return strcmp(a->name, b->name);
}

static int
compare_defs(const void *a_, const void *b_)
{
    const struct netdef *const *a = a_;
    const struct netdef *const *b = b_;
    return strcmp((*a)->name, (*b)->name);
}

/* Adds the bridges that the definitions name and that do not exist.  libvirt's
 * own networks never name one for us to make. */
static void
add_new_bridges(struct translation *t)
{
    const struct netdef **defs = xmemdup(t->defs,
                                         t->n_defs * sizeof *defs);

    qsort(defs, t->n_defs, sizeof *defs, compare_defs);
    for (size_t i = 0; i < t->n_defs; i++) {
        if (netdef_is_ours(defs[i]) && !defs[i]->is_libvirts
            && !translation_find_bridge(t, defs[i]->bridge)) {
            struct bridge_row row = {
                .name = defs[i]->bridge,
                .owner = defs[i]->name,
                .protocols = CONST_CAST(char *, ""),
            };

            row_changes_add_bridge(&t->rows, defs[i]->bridge, defs[i]->name);
            run_bridge(t, add_bridge(t, defs[i]->bridge, NULL), &row);
        }
    }
    free(defs);
}

/* Translates the 'n_defs' definitions in 'defs' for a host that has 'ports'.
 * All of them must outlive the result, which the caller must destroy. */
struct translation *
translation_create(const struct netdef *const *defs, size_t n_defs,
                   const struct ports *ports)
{
    struct translation *t = xzalloc(sizeof *t);

    t->defs = defs;
    t->n_defs = n_defs;
    for (size_t i = 0; i < ports->n; i++) {
        const struct ports_bridge *b = &ports->bridges[i];

        run_bridge(t, add_bridge(t, b->row.name, b), &b->row);
    }
    add_new_bridges(t);
    if (t->n_bridges) {
        qsort(t->bridges, t->n_bridges, sizeof *t->bridges, compare_bridges);
    }
    return t;
}

/* Frees 't', which may be null. */
void
translation_destroy(struct translation *t)
{
    for (size_t i = 0; t && i < t->n_bridges; i++) {
        struct translation_bridge *bridge = &t->bridges[i];

        bridge_model_uninit(&bridge->model);
        diag_list_uninit(&bridge->diags);
        plan_destroy(bridge->plan);
        free(bridge->name);
    }
    if (t) {
        row_changes_uninit(&t->rows);
        free(t->bridges);
        free(t);
    }
}

/* Returns bridge 'name', or null. */
const struct translation_bridge *
translation_find_bridge(const struct translation *t, const char *name)
{
    for (size_t i = 0; i < t->n_bridges; i++) {
        if (!strcmp(t->bridges[i].name, name)) {
            return &t->bridges[i];
        }
    }
    return NULL;
}

/* Appends what there is to say of all bridges to 'diags'. */
void
translation_get_diags(const struct translation *t, struct diag_list *diags)
{
    for (size_t i = 0; i < t->n_bridges; i++) {
        diag_list_append(diags, &t->bridges[i].diags);
    }
}

/* Returns the interface called 'name', or null. */
const struct vif *
translation_find_vif(const struct translation_bridge *bridge,
                     const char *name)
{
    return bridge->ports ? ports_bridge_find_vif(bridge->ports, name) : NULL;
}

/* The network that 'vif', which may be null, belongs to, and the line of XML:
 * that of its portgroup if it asks for one, else the only network's. */
static const struct origin *
find_network(const struct translation_bridge *bridge, const struct vif *vif,
             const struct netdef **network)
{
    const struct portgroup *portgroup
        = vif ? model_find_portgroup(&bridge->model, vif, network) : NULL;

    if (portgroup) {
        return &portgroup->origin;
    } else if (bridge->model.n_networks == 1) {
        *network = bridge->model.networks[0];
        return &(*network)->bridge_origin;
    }
    return NULL;
}

static void
put_network(struct ds *s, const struct netdef *network,
            const struct origin *origin)
{
    ds_put_cstr(s, "network ");
    printable_put(s, network->name);
    if (origin->file) {
        ds_put_cstr(s, " (");
        printable_put(s, origin->file);
        ds_put_format(s, ":%u)", origin->line);
    }
}

/* Is it known which port the flows and buckets with 'cookie', which is a
 * port's, belong to? */
bool
translation_knows_cookie(const struct translation_bridge *bridge,
                         ovs_be64 cookie)
{
    return plan_cookie_origin(bridge->plan, cookie) != NULL;
}

/* Whose something is, as far as it is known. */
struct owner {
    const struct vport *vport;  /* Null if it is not a port's... */
    const struct vif *vif;      /* ...or that is not in the database. */
    const struct netdef *network;
    const struct origin *origin;    /* In the network's definition. */
};

static void
find_owner(const struct translation_bridge *bridge, ovs_be64 cookie,
           struct owner *owner)
{
    const struct vport *vport = plan_find_cookie(bridge->plan, cookie);

    *owner = (struct owner) {
        .vport = vport,
        .vif = vport ? translation_find_vif(bridge, vport->name) : NULL,
    };
    owner->origin = find_network(bridge, owner->vif, &owner->network);
}

/* Appends whose the flows and buckets with 'cookie' are. */
void
translation_format_origin(struct ds *s,
                          const struct translation_bridge *bridge,
                          ovs_be64 cookie)
{
    struct owner owner;

    find_owner(bridge, cookie, &owner);
    if (owner.vport) {
        ds_put_cstr(s, vif_role_to_string(owner.vport->role));
        ds_put_char(s, ' ');
        printable_put(s, owner.vport->name);
        if (owner.vif && owner.vif->vm_id) {
            ds_put_cstr(s, ", vm ");
            printable_put(s, owner.vif->vm_id);
        }
        ds_put_cstr(s, ", ");
        vport_format(s, owner.vport);
    } else if (pipeline_cookie_kind(cookie) == COOKIE_FLOOD) {
        ds_put_cstr(s, "broadcast");
    } else {
        ds_put_cstr(s, "bridge ");
        printable_put(s, bridge->name);
    }
    if (owner.origin) {
        ds_put_cstr(s, ", ");
        put_network(s, owner.network, owner.origin);
    }
}

/* Returns the same as an object, which the caller must destroy. */
struct json *
translation_origin_to_json(const struct translation_bridge *bridge,
                           ovs_be64 cookie)
{
    struct json *json = json_object_create();
    struct owner owner;

    find_owner(bridge, cookie, &owner);
    json_object_put_string(json, "kind",
                           owner.vport ? "port"
                           : pipeline_cookie_kind(cookie) == COOKIE_FLOOD
                           ? "flood" : "bridge");
    if (owner.vport) {
        json_object_put_string(json, "port", owner.vport->name);
        json_object_put_string(json, "role",
                               vif_role_to_string(owner.vport->role));
    }
    if (owner.vif && owner.vif->vm_id) {
        json_object_put_string(json, "vm-id", owner.vif->vm_id);
    }
    if (owner.origin) {
        json_object_put_string(json, "network", owner.network->name);
    }
    if (owner.origin && owner.origin->file) {
        json_object_put_string(json, "file", owner.origin->file);
        json_object_put(json, "line",
                        json_integer_create(owner.origin->line));
    }
    return json;
}
