/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/export.h"

#include <stdlib.h>
#include <string.h>

#include "controller/daemon/export-counts.h"
#include "controller/daemon/export-guards.h"
#include "controller/daemon/mbridge.h"
#include "controller/switch/ofctrl.h"
#include "flow.h"
#include "lib/base/jvalue.h"
#include "lib/model/mac-table.h"
#include "lib/model/model.h"
#include "lib/model/shortfall.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "lib/tell/state.h"
#include "lib/tell/translation-format.h"
#include "lib/xml/netdef.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

static void
put_vlans(struct json_t *json, const char *name, const struct vlan_set *vlans)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    vlan_set_format(&s, vlans);
    jvalue_put_string(json, name, ds_cstr(&s));
    ds_destroy(&s);
}

/* The state of a port that is in the plan, with the reason if it is not as it
 * should be. */
static void
put_vport_state(struct json_t *json, const struct mbridge *mb,
                const struct vport *vport)
{
    const struct mac_table *mac_table = plan_mac_table(mbridge_plan(mb));
    const struct mac_entry *entry = mac_table_find(mac_table, vport->mac);
    const struct mac_claim *claim
        = entry ? mac_entry_find_claim(entry, vport->name) : NULL;
    const struct mac_claim none = {
        .port = vport->name, .active = true, .vlans = vport->vlan.members,
    };
    const char *state = mbridge_claim_state(mb, claim ? claim : &none);

    if (vport_awaits_address(vport) && strcmp(state, "kernel")) {
        jvalue_put_string(json, "state", "pending");
        jvalue_put_string(json, "reason",
                          "its address is not known until its first frame");
        return;
    }
    if (!claim && !strcmp(state, "conflict")) {
        state = mbridge_flows_state(mb, vport->name);
    }
    jvalue_put_string(json, "state", state);
    if (!strcmp(state, "quarantined")) {
        char *why = ofctrl_why_left_out(mbridge_ofctrl(mb),
                                        pipeline_cookie(COOKIE_PORT,
                                                        vport->name));

        jvalue_put_string(json, "reason", why);
        free(why);
    } else if (claim && !strcmp(state, "conflict")) {
        const char *holder = mac_entry_find_holder(entry, claim);

        jvalue_put_format(json, "reason", "%s has the address",
                          holder ? holder : "another port");
    } else if (claim && claim->waits) {
        const char *holder = mac_entry_find_holder(entry, claim);

        jvalue_put_format(json, "reason", claim->take == TAKE_ANNOUNCED
                          ? "port %s, with which it is shared, has the "
                            "address, until this one announces it"
                          : "port %s of the same guest has the address, until "
                            "this one sends",
                          holder ? holder : "another");
    } else if (!strcmp(state, "pending")) {
        jvalue_put_string(json, "reason", "the guest is elsewhere");
    }
}

/* The addresses of 'vport' besides the first, by how it has come by them. */
static void
put_others(struct json_t *json, const struct vport *vport)
{
    struct json_t *others = vport->n_others ? jvalue_object() : NULL;

    for (size_t i = 0; i < vport->n_others; i++) {
        char *mac = xasprintf(ETH_ADDR_FMT,
                              ETH_ADDR_ARGS(vport->others[i].mac));

        jvalue_put_string(others, mac,
                          claim_kind_to_string(vport->others[i].kind));
        free(mac);
    }
    if (others) {
        jvalue_put(json, "other-macs", others);
    }
}

/* What libvirt knows of the guest, if it knows it. */
static void
put_guest(struct json_t *json, const struct vif_guest *guest)
{
    if (guest->name) {
        jvalue_put_string(json, "guest", guest->name);
        jvalue_put_string(json, "guest-state",
                          domain_state_to_string(guest->state));
        jvalue_put_string(json, "network", guest->network);
        jvalue_put_string(json, "guest-portgroup", guest->portgroup);
        if (guest->link_down) {
            jvalue_put_bool(json, "link-down", true);
        }
    }
}

/* Returns why 'vport', the port of 'vif', has its role; null of a guest that
 * is one by its address or its kind, which are told as such. */
static const char *
role_from(const struct vport *vport, const struct vif *vif)
{
    return (vif->role ? "virtnet-role"
            : vport->role == VIF_NETWORK && vif_get_role(vif) == VIF_GUEST
            ? "its portgroup" : vif_role_reason(vif, vport->role));
}

/* The definition that 'vif', a guest, is counted to, if that can be told. */
static void
put_definition(struct json_t *json, const struct mbridge *mb,
               const struct vif *vif)
{
    const struct netdef *network = model_find_network(mbridge_model(mb), vif);

    if (network) {
        jvalue_put_string(json, "member-of", network->name);
    }
}

struct export {
    const struct mbridge *mb;
    struct json_t *ports;
    bool rules;
};

static void
export_port(const char *name, ofp_port_t ofport, const struct vif *vif,
            const struct diag_list *diags, void *export_)
{
    const struct export *export = export_;
    const struct vport *vport = plan_find_port(mbridge_plan(export->mb),
                                               name);
    struct json_t *json = jvalue_object();

    jvalue_put_integer(json, "ofport", ofp_to_u16(ofport));
    if (vport) {
        jvalue_put_string(json, "role", vif_role_to_string(vport->role));
        if (vif) {
            jvalue_put_string(json, "role-from", role_from(vport, vif));
        }
        put_vlans(json, "vlan", &vport->vlan.members);
        if (vport->vlan.untagged_in >= 0) {
            jvalue_put_integer(json, "untagged-vlan",
                               vport->vlan.untagged_in);
        }
        if (vport->in_bond) {
            jvalue_put_string(json, "bond", vport_port(vport));
        }
        if (!eth_addr_is_zero(vport->mac)) {
            jvalue_put_format(json, "mac", ETH_ADDR_FMT,
                              ETH_ADDR_ARGS(vport->mac));
        }
        put_others(json, vport);
        if (vport->follow_limit && !vport->sticky) {
            jvalue_put_integer(json, "follow-limit", vport->follow_limit);
        }
        if (vport->sticky) {
            jvalue_put_string(json, "mac-from", "its first frame");
        } else if (vif && vport->role == VIF_GUEST) {
            jvalue_put_string(json, "mac-from", (vif->attached_mac
                                                 ? vif->mac_from
                                                 : "the peer"));
        }
        if (!vport->sticky
            && (vport->deaf || (vport->follow_limit && !vport->listens))) {
            jvalue_put_bool(json, "deaf", true);
        }
        if (vif && vif->no_carrier) {
            jvalue_put_bool(json, "no-carrier", true);
        }
        if (mbridge_count_refused(export->mb, ofport)) {
            jvalue_put_integer(json, "moves_refused",
                               mbridge_count_refused(export->mb, ofport));
        }
        export_guards(json, mbridge_model(export->mb),
                      plan_get_ctx(mbridge_plan(export->mb))->exact, vport,
                      vif);
        if (export->rules) {
            export_filter_rules(json, vport);
        }
        put_vport_state(json, export->mb, vport);
    } else {
        jvalue_put_string(json, "state", "not wired");
        jvalue_put_string(json, "reason",
                          diags->n ? diags->diags[0].text
                          : STATE_NOT_YET);
    }
    if (vif) {
        struct ds s = DS_EMPTY_INITIALIZER;

        port_vlan_format(&s, &vif->vlan);
        jvalue_put_string(json, "vlan-config", ds_cstr(&s));
        ds_destroy(&s);
        put_guest(json, &vif->guest);
        if (vif->is_mirror_output && vif_get_role(vif) != VIF_GUEST) {
            jvalue_put_bool(json, "mirror-output", true);
        }
        if (vport && vport->role == VIF_GUEST) {
            put_definition(json, export->mb, vif);
        }
        if (vif->is_tunnel) {
            jvalue_put_bool(json, "tunnel", true);
            jvalue_put_string(json, "bfd", vif->bfd);
            if (vif_leads_to_host(vif)) {
                jvalue_put_string(json, "fleet-host", vif->fleet_host);
            }
        }
        if (vport && vport->role == VIF_GUEST
            && (!vif->attached_mac || vif->mac_from)) {
            jvalue_put_string(json, "kind",
                              vif_kind_to_string(vif_get_kind(vif)));
        }
        jvalue_put_string(json, "vm-id", vif->vm_id);
        jvalue_put_string(json, "iface-id", vif->iface_id);
        jvalue_put_string(json, "portgroup", vif->portgroup);
    }
    jvalue_put(export->ports, name, json);
}

static struct json_t *
export_fdb(const struct mbridge *mb)
{
    const struct mac_entry **entries
        = mac_table_sort(plan_mac_table(mbridge_plan(mb)));
    struct json_t *array = jvalue_array();

    for (const struct mac_entry **e = entries; *e; e++) {
        for (size_t i = 0; i < (*e)->n_claims; i++) {
            const struct mac_claim *claim = &(*e)->claims[i];
            bool lost = vlan_set_is_empty(&claim->won);
            struct json_t *json = jvalue_object();

            jvalue_put_format(json, "mac", ETH_ADDR_FMT,
                              ETH_ADDR_ARGS((*e)->mac));
            put_vlans(json, "vlan", lost ? &claim->vlans : &claim->won);
            jvalue_put_string(json, "port", claim->port);
            jvalue_put_string(json, "source",
                              claim_kind_to_string(claim->kind));
            jvalue_put_string(json, "state", mbridge_claim_state(mb, claim));
            if (lost) {
                jvalue_put_string(json, "holder",
                                  mac_entry_find_holder(*e, claim));
            }
            if (lost && claim->waits) {
                jvalue_put_bool(json, "shared", true);
            } else if (!lost && claim->since && mac_entry_is_shared(*e)) {
                jvalue_put_integer(json, "since", claim->since);
                jvalue_put_string(json, "why", mac_why_to_string(claim->why));
            }
            jvalue_add(array, json);
        }
    }
    free(entries);
    return array;
}

/* Returns what there is to say of 'netdef', whichever bridge it is on.  The
 * caller must destroy it. */
struct json_t *
export_network(const struct netdef *netdef)
{
    struct json_t *json = jvalue_object();

    jvalue_put_string(json, "name", netdef->name);
    jvalue_put_string(json, "file", netdef->bridge_origin.file);
    jvalue_put_integer(json, "line", netdef->bridge_origin.line);
    jvalue_put_string(json, "macTableManager",
                      mac_table_manager_to_string(netdef_mode(netdef)));
    if (netdef->is_libvirts) {
        jvalue_put_bool(json, "active", netdef->is_active);
    }
    return json;
}

static struct json_t *
export_networks(const struct mbridge *mb, const struct flow_dump *dump)
{
    const struct bridge_model *model = mbridge_model(mb);
    struct json_t *array = jvalue_array();

    for (size_t i = 0; i < model->n_networks; i++) {
        const struct netdef *netdef = model->networks[i];
        struct json_t *json = export_network(netdef);

        if (model->vlans[i] != PORT_VLAN_NO_TAG) {
            jvalue_put_string(json, "fake_bridge", netdef->bridge);
            jvalue_put_integer(json, "vlan", model->vlans[i]);
        }
        jvalue_put(json, "meters", export_meters(mb, netdef, dump));
        jvalue_add(array, json);
    }
    return array;
}

/* Whether libvirt mode is in force, if it is asked for, and why not. */
static void
put_shortfalls(struct json_t *json, const struct mbridge *mb)
{
    struct shortfalls shortfalls = SHORTFALLS_INITIALIZER;

    if (mbridge_get_shortfalls(mb, &shortfalls)) {
        struct json_t *array = jvalue_array();

        for (size_t i = 0; i < shortfalls.n; i++) {
            const struct shortfall *s = &shortfalls.shortfalls[i];
            struct json_t *shortfall = jvalue_object();

            jvalue_put_string(shortfall, "kind",
                              shortfall_kind_to_string(s->kind));
            jvalue_put_string(shortfall, "text", s->text);
            jvalue_put_string(shortfall, "remedy", s->remedy);
            jvalue_add(array, shortfall);
        }
        jvalue_put_bool(json, "in_force", !shortfalls.n);
        jvalue_put(json, "shortfalls", array);
    }
    shortfalls_uninit(&shortfalls);
}

/* The VLANs in which all is for everybody, or what mirrors see, if there are
 * any. */
static void
put_common_vlans(struct json_t *json, const struct mbridge *mb)
{
    const struct vlan_set *flood
        = bridge_ctx_flood_vlans(plan_get_ctx(mbridge_plan(mb)));
    const struct vlan_set *mirrors = mbridge_mirror_vlans(mb);

    if (!vlan_set_is_empty(flood)) {
        put_vlans(json, "flood-vlans", flood);
    }
    if (!vlan_set_is_empty(mirrors)) {
        put_vlans(json, "mirror-vlans", mirrors);
    }
}

/* Returns 'mb' as an object, with counters if 'dump' is nonnull, and with the
 * rules of its ports' filters if 'rules'.  The caller must destroy it. */
struct json_t *
export_bridge(const struct mbridge *mb, const struct flow_dump *dump,
              bool rules)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct export export = {
        .mb = mb, .ports = jvalue_object(), .rules = rules,
    };
    struct json_t *json = jvalue_object();
    struct ds state = DS_EMPTY_INITIALIZER;

    mbridge_for_each_port(mb, export_port, &export);
    if (dump) {
        export_port_stats(export.ports, mb, dump);
        export_drops(json, dump);
    }
    mbridge_format_state(&state, mb);
    mbridge_get_diags(mb, &diags);
    jvalue_put_string(json, "macTableManager",
                      plan_get_ctx(mbridge_plan(mb))->exact
                      ? "libvirt" : "kernel");
    jvalue_put_string(json, "state", ds_cstr(&state));
    jvalue_put_bool(json, "ok", mbridge_is_ok(mb));
    put_shortfalls(json, mb);
    if (mbridge_verified_at(mb)) {
        jvalue_put_integer(json, "verified", mbridge_verified_at(mb));
    }
    put_common_vlans(json, mb);
    jvalue_put(json, "networks", export_networks(mb, dump));
    jvalue_put(json, "ports", export.ports);
    jvalue_put(json, "fdb", export_fdb(mb));
    jvalue_put(json, "counts", export_counts(mb, mbridge_ofctrl(mb)));
    jvalue_put(json, "diagnostics", diags_to_json(&diags));
    diag_list_uninit(&diags);
    ds_destroy(&state);
    return json;
}

static void
add_view_port(const char *name OVS_UNUSED, ofp_port_t ofport OVS_UNUSED,
              const struct vif *vif,
              const struct diag_list *diags OVS_UNUSED, void *ports)
{
    if (vif) {
        struct vif *copy = ports_bridge_add_vif(ports, vif->name);

        vif_uninit(copy);
        vif_clone(copy, vif);
    }
}

/* Initializes 'view' to 'mb', which must not be changed meanwhile. */
void
bridge_view_init(struct bridge_view *view, const struct mbridge *mb)
{
    const struct plan *plan = mbridge_plan(mb);
    const struct vport **vports = plan_sort_ports(plan);

    *view = (struct bridge_view) {
        .bridge = {
            .name = xstrdup(mbridge_name(mb)),
            .ports = &view->ports,
            .model = *mbridge_model(mb),
            .plan = plan_create(mbridge_name(mb)),
        },
    };
    mbridge_for_each_port(mb, add_view_port, &view->ports);
    ports_bridge_sort(&view->ports);

    plan_set_ctx(view->bridge.plan, plan_get_ctx(plan));
    for (const struct vport **p = vports; *p; p++) {
        plan_set_port(view->bridge.plan, *p);
    }
    free(vports);
    plan_set_meters(view->bridge.plan, plan_meters(plan));
    plan_seed(view->bridge.plan, plan_desired(plan));
    plan_run(view->bridge.plan);
}

/* Frees what 'view' holds. */
void
bridge_view_uninit(struct bridge_view *view)
{
    for (size_t i = 0; i < view->ports.n_vifs; i++) {
        vif_uninit(&view->ports.vifs[i]);
    }
    free(view->ports.vifs);
    plan_destroy(view->bridge.plan);
    free(view->bridge.name);
}
