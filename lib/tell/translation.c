/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/translation.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "lib/host/bridge-row.h"
#include "lib/host/ports-json.h"
#include "lib/host/vif.h"
#include "lib/model/bridge-settings.h"
#include "lib/model/tunnels.h"
#include "lib/model/vport.h"
#include "lib/openflow/bridge-meters.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/ometer.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "lib/rows/new-bridges.h"
#include "lib/rows/want.h"
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

/* Puts 'vif' into the plan of 'bridge', with the VLANs that it will have once
 * what is asked of it has been written.  Returns true unless libvirt mode
 * cannot be because of it. */
static bool
add_vif(struct translation_bridge *bridge, const struct vif *vif)
{
    struct vif after = *vif;    /* Borrows all but 'vlan'. */
    struct port_vlan vlan;
    struct vport vport;

    bool has_new_vlan = model_port_vlan(&bridge->model, vif, &vlan);
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

/* Adds to 't->rows' what is to be written for 'bridge', whose row is 'row',
 * and its ports.  It is to have an exact MAC table if 'exact', unless
 * 'undecided'. */
static void
add_rows(struct translation *t, struct translation_bridge *bridge,
         const struct bridge_row *row, bool exact, bool undecided)
{
    static const struct vif new_local;
    const struct ports_bridge *ports = bridge->ports;
    size_t n = ports ? ports->n_vifs : 0;
    struct tunnels tunnels = { .n = { 0 } };
    struct rows_bridge_ports all = {
        .local = (ports ? translation_find_vif(bridge, bridge->name)
                  : &new_local),
        .is_used = n > 1,
        .bridge = ports ? ports->uuid : UUID_ZERO,
        .local_port = ports ? ports->local_port : UUID_ZERO,
    };

    for (size_t i = 0; i < n; i++) {
        tunnels.n[tunnel_get_kind(&ports->vifs[i])]++;
    }

    struct rows_bridge rb = {
        .row = row,
        .model = &bridge->model,
        .phase = rows_phase_at_rest(exact, tunnels_are_apart(&tunnels, exact)),
    };
    rb.phase.undecided = undecided;
    for (size_t i = 0; i < n; i++) {
        const struct vif *vif = &ports->vifs[i];

        rows_want_port(&t->rows, &rb, vif,
                       plan_find_port(bridge->plan, vif->name));
    }
    rows_want_bridge(&t->rows, &rb, &all);
    tunnels_get_diags(&tunnels, exact,
                      plan_network_kind(bridge->plan, false) != NETWORK_NONE,
                      bridge->name, &bridge->diags);
    bridge_settings_report(&bridge->model, row, all.local, &bridge->diags);
}

/* Makes the plan of 'bridge', whose row is 'row'. */
static void
run_bridge(struct translation *t, struct translation_bridge *bridge,
           const struct bridge_row *row)
{
    enum ports_mode mode = (bridge->ports ? bridge->ports->mode
                            : PORTS_MODE_KERNEL);
    size_t n_unsupported = 0;

    bridge_model_init(&bridge->model, row, t->defs, t->n_defs,
                      &bridge->diags);
    bridge->model.filters = t->filters;
    for (size_t i = 0; bridge->ports && i < bridge->ports->n_vifs; i++) {
        n_unsupported += !add_vif(bridge, &bridge->ports->vifs[i]);
    }

    /* A meter of the kernel's datapath has one band: DP_MAX_BANDS in Linux's
     * net/openvswitch/meter.h. */
    struct bridge_ctx ctx = {
        .forward_bpdu = row->forward_bpdu,
        .flood_vlans = &row->flood_vlans,
        .blurs_tags = bridge->model.blurs_tags,
        .spans = bridge_row_spans(row),
        .needs_normal = bridge_row_needs_normal(row),
        .mac_aging_time = row->mac_aging_time,
        .mac_table_size = row->mac_table_size,
        .meter_bands = (bridge->model.datapath == DATAPATH_SYSTEM
                        ? 1 : OMETER_MAX_BANDS),
    };
    if (bridge->model.conflict ? mode == PORTS_MODE_LIBVIRT
        : bridge->model.mode == MAC_TABLE_LIBVIRT) {
        ctx.exact = model_can_be_exact(row,
                                       plan_network_kind(bridge->plan,
                                                         ctx.needs_normal),
                                       n_unsupported, &bridge->diags);
    }
    add_rows(t, bridge, row, ctx.exact,
             bridge->model.conflict && mode == PORTS_MODE_UNKNOWN);
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

static const struct vif *
find_any_vif(const char *name, const void *t_)
{
    const struct translation *t = t_;
    const struct vif *vif = NULL;

    for (size_t i = 0; i < t->n_bridges && !vif; i++) {
        vif = translation_find_vif(&t->bridges[i], name);
    }
    return vif;
}

static bool
has_bridge(const char *name, const void *t)
{
    const struct vif *vif = find_any_vif(name, t);

    return (translation_find_bridge(t, name) != NULL
            || (vif && vif_is_fake_bridge(vif)));
}

/* Adds the bridges that are to be made, by 'nb'. */
static void
add_new_bridges(struct translation *t, const struct new_bridges *nb)
{
    struct row_changes new = ROW_CHANGES_INITIALIZER;
    const struct new_bridges_host host = {
        .defs = t->defs,
        .n_defs = t->n_defs,
        .complete = true,
        .has_bridge = has_bridge,
        .find_vif = find_any_vif,
        .aux = t,
    };

    new_bridges_want(nb, &host, &new);
    new_bridges_report(nb, &host, &t->diags);
    for (size_t i = 0; i < new.n; i++) {
        const struct row_change *c = &new.changes[i];
        struct bridge_row row = {
            .name = c->bridge,
            .owner = c->network,
            .protocols = CONST_CAST(char *, ""),
        };

        row_changes_add_bridge(&t->rows, c->bridge, c->network);
        run_bridge(t, add_bridge(t, c->bridge, NULL), &row);
    }
    row_changes_uninit(&new);
}

/* Translates the 'n_defs' definitions in 'defs' for a host that has 'ports'.
 * All of them must outlive the result, which the caller must destroy.  Bridges
 * are made as 'nb' has it, or by default if that is null.  Ports can have the
 * filters in 'filters', which may be null, too. */
struct translation *
translation_create(const struct netdef *const *defs, size_t n_defs,
                   const struct ports *ports, const struct new_bridges *nb,
                   const struct filter_library *filters)
{
    struct translation *t = xzalloc(sizeof *t);
    struct new_bridges as_libvirt;

    t->defs = defs;
    t->n_defs = n_defs;
    if (filters) {
        t->filters = *filters;
    }
    for (size_t i = 0; i < ports->n; i++) {
        const struct ports_bridge *b = &ports->bridges[i];

        run_bridge(t, add_bridge(t, b->row.name, b), &b->row);
    }
    new_bridges_init(&as_libvirt, NEW_BRIDGES_LIBVIRT);
    add_new_bridges(t, nb ? nb : &as_libvirt);
    new_bridges_uninit(&as_libvirt);
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
        diag_list_uninit(&t->diags);
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

/* Appends what there is to say of all bridges to 'diags', also of those that
 * are missing. */
void
translation_get_diags(const struct translation *t, struct diag_list *diags)
{
    diag_list_append(diags, &t->diags);
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
    return (plan_cookie_is_outside(cookie)
            || plan_cookie_origin(bridge->plan, cookie));
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
    } else if (plan_cookie_is_outside(cookie)) {
        ds_put_cstr(s, "the "MAC_OUTSIDE
                    ", which has what guests may have as well");
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
struct json_t *
translation_origin_to_json(const struct translation_bridge *bridge,
                           ovs_be64 cookie)
{
    struct json_t *json = jvalue_object();
    struct owner owner;

    find_owner(bridge, cookie, &owner);
    jvalue_put_string(json, "kind",
                      owner.vport ? "port"
                      : pipeline_cookie_kind(cookie) == COOKIE_FLOOD
                      ? "flood" : "bridge");
    if (owner.vport) {
        jvalue_put_string(json, "port", owner.vport->name);
        jvalue_put_string(json, "role", vif_role_to_string(owner.vport->role));
    }
    if (owner.vif && owner.vif->vm_id) {
        jvalue_put_string(json, "vm-id", owner.vif->vm_id);
    }
    if (owner.origin) {
        jvalue_put_string(json, "network", owner.network->name);
    }
    if (owner.origin && owner.origin->file) {
        jvalue_put_string(json, "file", owner.origin->file);
        jvalue_put_integer(json, "line", owner.origin->line);
    }
    return json;
}
