/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/mbridge.h"

#include <stdlib.h>
#include <string.h>

#include "controller/dbsync.h"
#include "controller/normal-guard.h"
#include "controller/ofctrl.h"
#include "flow.h"
#include "hash.h"
#include "lib/compile.h"
#include "lib/dbrow.h"
#include "lib/mac-table.h"
#include "lib/model.h"
#include "lib/oflow-table.h"
#include "lib/pipeline.h"
#include "lib/plan-format.h"
#include "lib/plan.h"
#include "lib/vif.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-port.h"
#include "openvswitch/vlog.h"
#include "ovsdb/vif-reader.h"
#include "packets.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(mbridge);

/* A port of the switch. */
struct mport {
    struct hmap_node hmap_node; /* In mbridge's 'ports', by 'ofport'. */
    ofp_port_t ofport;
    char of_name[OFP_MAX_PORT_NAME_LEN];    /* Perhaps cut off. */
    struct eth_addr hw_addr;
    unsigned long long int connection;  /* Over which it was told. */
    unsigned long long int put; /* Number of the put that takes it in. */

    /* From the database, once known. */
    char *name;                 /* Of the interface, or null. */
    bool arrived;               /* Held back, but it has sent a frame. */
    bool in_plan;
    bool unsupported;           /* Keeps the bridge in kernel mode. */
    struct diag_list diags;
};

struct mbridge {
    const struct mbridge_env *env;
    struct bridge_row row;
    struct uuid uuid;
    struct ofctrl *ofctrl;
    unsigned int ofctrl_seqno;
    struct normal_guard *guard;
    struct plan *plan;
    struct hmap ports;          /* Contains "struct mport"s. */
    size_t n_unsupported;       /* Of them. */

    struct bridge_model model;
    bool complete;              /* Are all definitions known? */
    struct diag_list model_diags;
    struct diag_list mode_diags;    /* Why the mode is not what it should. */

    bool has_mode;              /* Is 'exact' known yet? */
    bool exact;                 /* Mode in force. */
    bool asked_exact;           /* Mode last asked for without contradiction. */
    bool decide;                /* Decide on the mode again... */
    enum network_kind network;  /* ...also if one of these changes. */
    size_t n_unsupported_ports;
    bool found_exact;           /* Was this the mode that was found? */
};

static ofctrl_port_cb on_of_port;
static ofctrl_frame_cb on_frame;

/* Creates and returns the bridge of 'row', whose UUID is 'uuid'.  'env' must
 * outlive it.  Until mbridge_set_networks() is called it does nothing. */
struct mbridge *
mbridge_create(const struct bridge_row *row, const struct uuid *uuid,
               const struct mbridge_env *env)
{
    struct mbridge *mb = xzalloc(sizeof *mb);

    mb->env = env;
    bridge_row_clone(&mb->row, row);
    mb->uuid = *uuid;
    mb->ofctrl = ofctrl_create(row->name, on_of_port, on_frame, mb);
    ofctrl_set_allowed(mb->ofctrl, bridge_row_allows_openflow15(row));
    mb->guard = normal_guard_create(row->name);
    mb->plan = plan_create(row->name);
    hmap_init(&mb->ports);
    diag_list_init(&mb->model_diags);
    diag_list_init(&mb->mode_diags);
    bridge_model_init(&mb->model, row, NULL, 0, &mb->model_diags);
    return mb;
}

/* What is wanted of the database is known by the bridge's name too: a port that
 * moves to another bridge has left the one and come to the other in any
 * order. */
static char *
vlan_object(const struct mbridge *mb, const char *name)
{
    return xasprintf("bridge %s, port %s", mb->row.name, name);
}

static char *
existence_object(const struct mbridge *mb)
{
    return xasprintf("bridge %s", mb->row.name);
}

static void
unwant_vlan(struct mbridge *mb, const char *name)
{
    char *object = vlan_object(mb, name);

    dbsync_unwant(mb->env->dbsync, object);
    free(object);
}

/* Is there something to write into the database for port 'name'? */
static bool
is_vlan_wanted(const struct mbridge *mb, const char *name)
{
    char *object = vlan_object(mb, name);
    bool wanted = dbsync_is_wanted(mb->env->dbsync, object);

    free(object);
    return wanted;
}

/* Forgets what the database said of 'port'. */
static void
mport_detach(struct mbridge *mb, struct mport *port)
{
    if (port->in_plan) {
        plan_remove_port(mb->plan, port->name);
        port->in_plan = false;
    }
    if (port->unsupported) {
        mb->n_unsupported--;
        port->unsupported = false;
    }
    if (port->name) {
        unwant_vlan(mb, port->name);
        free(port->name);
        port->name = NULL;
    }
    diag_list_clear(&port->diags);
}

static void
mport_destroy(struct mbridge *mb, struct mport *port)
{
    mport_detach(mb, port);
    normal_guard_remove_port(mb->guard, port->ofport);
    diag_list_uninit(&port->diags);
    hmap_remove(&mb->ports, &port->hmap_node);
    free(port);
}

/* Frees 'mb', which may be null.  The switch keeps what it has. */
void
mbridge_destroy(struct mbridge *mb)
{
    struct mport *port;

    if (!mb) {
        return;
    }

    char *object = existence_object(mb);
    dbsync_unwant(mb->env->dbsync, object);
    free(object);

    HMAP_FOR_EACH_SAFE (port, hmap_node, &mb->ports) {
        mport_destroy(mb, port);
    }
    hmap_destroy(&mb->ports);
    ofctrl_destroy(mb->ofctrl);
    normal_guard_destroy(mb->guard);
    plan_destroy(mb->plan);
    bridge_model_uninit(&mb->model);
    diag_list_uninit(&mb->model_diags);
    diag_list_uninit(&mb->mode_diags);
    bridge_row_uninit(&mb->row);
    free(mb);
}

static uint32_t
hash_ofport(ofp_port_t ofport)
{
    return hash_int(ofp_to_u16(ofport), 0);
}

static struct mport *
find_mport(const struct mbridge *mb, ofp_port_t ofport)
{
    struct mport *port;

    HMAP_FOR_EACH_WITH_HASH (port, hmap_node, hash_ofport(ofport),
                             &mb->ports) {
        if (port->ofport == ofport) {
            return port;
        }
    }
    return NULL;
}

static void
log_new_diags(const struct mbridge *mb, const struct diag_list *old,
              const struct diag_list *new)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(30, 100);

    if (diag_list_equals(old, new)) {
        return;
    }
    for (size_t i = 0; i < new->n; i++) {
        struct ds s = DS_EMPTY_INITIALIZER;

        diag_format(&s, &new->diags[i]);
        ds_chomp(&s, '\n');
        if (new->diags[i].severity == DIAG_NOTE) {
            VLOG_INFO_RL(&rl, "%s: %s", mb->row.name, ds_cstr(&s));
        } else {
            VLOG_WARN_RL(&rl, "%s: %s", mb->row.name, ds_cstr(&s));
        }
        ds_destroy(&s);
    }
}

/* Has the VLANs of 'vif' written into the database, where that is for us to
 * do. */
static void
update_vlan(struct mbridge *mb, const struct vif *vif)
{
    struct port_vlan vlan;

    if (vif->portgroup && !mb->complete
        && !model_find_portgroup(&mb->model, vif, NULL)) {
        /* It may be in the file that could not be read. */
        unwant_vlan(mb, vif->name);
    } else if (model_port_vlan(&mb->model, vif, &vlan)) {
        char *object = vlan_object(mb, vif->name);

        dbsync_want(mb->env->dbsync, object,
                    dbrow_set_port_vlan(vif->port, &vif->vlan, &vlan));
        free(object);
        port_vlan_uninit(&vlan);
    } else {
        unwant_vlan(mb, vif->name);
    }
}

/* Finds out from the database what 'port' is for, and has the plan follow. */
static void
update_mport(struct mbridge *mb, struct mport *port)
{
    const struct vif *vif = vif_reader_find(mb->env->vifs, port->ofport,
                                            port->of_name, port->hw_addr,
                                            port->name);
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    enum model_verdict verdict;
    struct vport vport;

    port->put = ofctrl_next_put(mb->ofctrl);
    if (!vif) {
        mport_detach(mb, port);
        normal_guard_set_port(mb->guard, port->ofport, false);
        return;
    }
    if (port->name && strcmp(port->name, vif->name)) {
        mport_detach(mb, port);
    }
    if (!port->name) {
        port->name = xstrdup(vif->name);
    }

    verdict = model_port(&mb->model, vif, &vport, &diags);
    normal_guard_set_port(mb->guard, port->ofport,
                          verdict != MODEL_SKIPPED
                          && vport.role == VIF_NETWORK);
    if (verdict != MODEL_SKIPPED) {
        if (vport.role == VIF_HOST) {
            /* The database has it too, but not after a restart of its
             * server. */
            vport.mac = port->hw_addr;
        }
        /* A guest that is held back no longer may be held back again. */
        port->arrived = port->arrived && !vport.active;
        vport.active = vport.active || port->arrived;
        plan_set_port(mb->plan, &vport);
        vport_uninit(&vport);
    } else if (port->in_plan) {
        plan_remove_port(mb->plan, port->name);
    }
    port->in_plan = verdict != MODEL_SKIPPED;
    mb->n_unsupported -= port->unsupported;
    port->unsupported = verdict == MODEL_UNSUPPORTED;
    mb->n_unsupported += port->unsupported;

    if (!mb->model.wanted) {
        diag_list_clear(&diags);
    }
    log_new_diags(mb, &port->diags, &diags);
    diag_list_uninit(&port->diags);
    port->diags = diags;
    update_vlan(mb, vif);
}

/* The switch tells of a port. */
static void
on_of_port(const struct ofputil_phy_port *phy, bool gone, void *mb_)
{
    struct mbridge *mb = mb_;
    struct mport *port = find_mport(mb, phy->port_no);

    if (gone) {
        if (port) {
            mport_destroy(mb, port);
        }
        return;
    }

    if (!port) {
        port = xzalloc(sizeof *port);
        port->ofport = phy->port_no;
        diag_list_init(&port->diags);
        hmap_insert(&mb->ports, &port->hmap_node, hash_ofport(port->ofport));
    }
    ovs_strlcpy(port->of_name, phy->name, sizeof port->of_name);
    port->hw_addr = phy->hw_addr;
    port->connection = ofctrl_get_stats(mb->ofctrl)->n_connects;
    update_mport(mb, port);
}

/* A guest that is held back has sent a frame: it has arrived. */
static void
on_frame(ofp_port_t ofport, void *mb_)
{
    struct mbridge *mb = mb_;
    struct mport *port = find_mport(mb, ofport);
    const struct vport *vport
        = port && port->in_plan ? plan_find_port(mb->plan, port->name) : NULL;

    if (vport && vport->role == VIF_GUEST && !vport->active) {
        VLOG_INFO("%s: guest of %s has arrived", mb->row.name, port->name);
        port->arrived = true;
        update_mport(mb, port);
    }
}

/* Takes over what the Bridge row says now. */
void
mbridge_set_row(struct mbridge *mb, const struct bridge_row *row,
                const struct uuid *uuid)
{
    bridge_row_uninit(&mb->row);
    bridge_row_clone(&mb->row, row);
    mb->uuid = *uuid;
    mb->decide = true;
    ofctrl_set_allowed(mb->ofctrl, bridge_row_allows_openflow15(row));
}

/* Takes over the 'n_defs' definitions in 'defs', of which those that name this
 * bridge count.  They must remain valid until the next call.  'complete' says
 * whether there may be others that are not known.  Must be called again after
 * mbridge_set_row(). */
void
mbridge_set_networks(struct mbridge *mb, const struct netdef *const *defs,
                     size_t n_defs, bool complete)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct mport *port;

    bridge_model_uninit(&mb->model);
    bridge_model_init(&mb->model, &mb->row, defs, n_defs, &diags);
    mb->complete = complete;
    log_new_diags(mb, &mb->model_diags, &diags);
    diag_list_uninit(&mb->model_diags);
    mb->model_diags = diags;
    mb->decide = true;

    HMAP_FOR_EACH (port, hmap_node, &mb->ports) {
        update_mport(mb, port);
    }
}

static void
update_mport_of_vif(struct mbridge *mb, const struct vif *vif)
{
    struct mport *port = vif ? find_mport(mb, vif->ofport) : NULL;

    if (port && !strncmp(port->of_name, vif->name,
                         OFP_MAX_PORT_NAME_LEN - 1)) {
        update_mport(mb, port);
    }
}

/* A vif has come, changed or gone, on this bridge or another. */
void
mbridge_vif_changed(struct mbridge *mb, const struct vif *old,
                    const struct vif *new)
{
    if (old && (!new || old->ofport != new->ofport)) {
        update_mport_of_vif(mb, old);
    }
    update_mport_of_vif(mb, new);
}

/* The bridge's management socket has been made anew. */
void
mbridge_socket_appeared(struct mbridge *mb)
{
    ofctrl_socket_appeared(mb->ofctrl);
    normal_guard_socket_appeared(mb->guard);
}

/* Finds the guests that are held back by the database, but have arrived before
 * this program was restarted: they had their address in 'installed'. */
static void
find_arrived(struct mbridge *mb, const struct oflow_table *installed)
{
    struct mport *port;

    HMAP_FOR_EACH (port, hmap_node, &mb->ports) {
        const struct vport *vport
            = port->in_plan ? plan_find_port(mb->plan, port->name) : NULL;

        if (vport && !vport->active
            && plan_had_address(installed, port->name)) {
            port->arrived = true;
            update_mport(mb, port);
        }
    }
}

/* The switch has been read back over a new connection. */
static void
on_readback(struct mbridge *mb)
{
    if (mb->has_mode) {
        normal_guard_switch_is_new(mb->guard);
    }

    unsigned long long int connection
        = ofctrl_get_stats(mb->ofctrl)->n_connects;
    struct mport *port;

    HMAP_FOR_EACH_SAFE (port, hmap_node, &mb->ports) {
        if (port->connection != connection) {
            mport_destroy(mb, port);
        }
    }
    if (!mb->has_mode) {
        const struct oflow_table *installed
            = ofctrl_get_installed(mb->ofctrl);

        mb->has_mode = true;
        mb->exact = oflow_table_count_flows(installed) > 0;
        mb->asked_exact = mb->exact;
        mb->found_exact = mb->exact;
        mb->decide = true;
        plan_seed(mb->plan, installed);
        find_arrived(mb, installed);
    }
}

/* Decides whether the bridge shall have an exact MAC table, if what that depends
 * on has changed. */
static void
update_mode(struct mbridge *mb)
{
    enum network_kind network = plan_network_kind(mb->plan);

    if (!mb->decide && mb->network == network
        && mb->n_unsupported_ports == mb->n_unsupported) {
        return;
    }
    mb->decide = false;
    mb->network = network;
    mb->n_unsupported_ports = mb->n_unsupported;

    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct bridge_ctx ctx = { .forward_bpdu = mb->row.forward_bpdu };

    if (!mb->model.conflict && (mb->model.wanted || mb->complete)) {
        mb->asked_exact = mb->model.mode == MAC_TABLE_LIBVIRT;
    }
    if (mb->asked_exact) {
        ctx.exact = model_can_be_exact(&mb->row, network, mb->n_unsupported,
                                       &diags);
    }
    if (ctx.exact != mb->exact) {
        VLOG_INFO("%s: %s mode", mb->row.name,
                  ctx.exact ? "libvirt" : "kernel");
    }
    mb->exact = ctx.exact;
    plan_set_ctx(mb->plan, &ctx);

    log_new_diags(mb, &mb->mode_diags, &diags);
    diag_list_uninit(&mb->mode_diags);
    mb->mode_diags = diags;
}

/* A bridge that we made goes with its network, unless somebody uses it. */
static void
update_existence(struct mbridge *mb)
{
    char *object = existence_object(mb);
    const struct uuid *local_port
        = vif_reader_port_uuid(mb->env->vifs, mb->row.name);

    if (mb->row.owner && !mb->model.wanted && mb->complete && local_port
        && hmap_count(&mb->ports) == 1 && find_mport(mb, OFPP_LOCAL)) {
        dbsync_want(mb->env->dbsync, object,
                    dbrow_delete_bridge(&mb->uuid, local_port));
    } else {
        dbsync_unwant(mb->env->dbsync, object);
    }
    free(object);
}

/* Brings the switch to the plan. */
static void
update_switch(struct mbridge *mb)
{
    const struct bridge_ctx *ctx = plan_get_ctx(mb->plan);
    bool uses_normal = ctx->exact && network_kind_uses_normal(ctx->network);

    normal_guard_run(mb->guard, uses_normal, mb->found_exact,
                     ofctrl_is_installed(mb->ofctrl, mb->plan));
    if (normal_guard_is_set(mb->guard)) {
        ofctrl_put(mb->ofctrl, mb->plan);
    }
    if (!ctx->exact) {
        mb->found_exact = false;
    }
}

/* Brings the bridge up to date with all that it has been told. */
void
mbridge_run(struct mbridge *mb)
{
    ofctrl_run(mb->ofctrl);
    if (ofctrl_get_seqno(mb->ofctrl) != mb->ofctrl_seqno) {
        mb->ofctrl_seqno = ofctrl_get_seqno(mb->ofctrl);
        on_readback(mb);
    }
    if (mb->has_mode && ofctrl_is_ready(mb->ofctrl)) {
        update_mode(mb);
        update_existence(mb);
        plan_run(mb->plan);
        update_switch(mb);
    }
}

/* Arranges for poll_block() to wake up when mbridge_run() has something to
 * do. */
void
mbridge_wait(struct mbridge *mb)
{
    ofctrl_wait(mb->ofctrl);
    normal_guard_wait(mb->guard, ofctrl_is_installed(mb->ofctrl, mb->plan));
    if (normal_guard_is_set(mb->guard)) {
        ofctrl_put_wait(mb->ofctrl);
    }
}

const char *
mbridge_name(const struct mbridge *mb)
{
    return mb->row.name;
}

const struct plan *
mbridge_plan(const struct mbridge *mb)
{
    return mb->plan;
}

const struct ofctrl *
mbridge_ofctrl(const struct mbridge *mb)
{
    return mb->ofctrl;
}

/* Appends how far the switch is from the plan to 's', in a few words. */
void
mbridge_format_state(struct ds *s, const struct mbridge *mb)
{
    if (ofctrl_is_ready(mb->ofctrl) && !normal_guard_is_set(mb->guard)) {
        ds_put_cstr(s, "setting no-flood");
    } else if (ofctrl_is_installed(mb->ofctrl, mb->plan)
               && !normal_guard_is_done(mb->guard)) {
        ds_put_cstr(s, "flushing");
    } else {
        ofctrl_format_state(s, mb->ofctrl, mb->plan);
    }
}

const struct bridge_model *
mbridge_model(const struct mbridge *mb)
{
    return &mb->model;
}

static void
report_quarantine(const struct mbridge *mb, const struct mport *port,
                  struct diag_list *diags)
{
    ovs_be64 cookie = pipeline_cookie(COOKIE_PORT, port->name);
    const char *reason = ofctrl_get_quarantine(mb->ofctrl, cookie);

    if (reason) {
        struct origin origin = { .element = port->name };

        diag_add(diags, DIAG_ERROR, &origin,
                 "the switch refused its flows (%s), so they are left out",
                 reason);
    }
}

/* Calls 'cb' with 'aux' for each port of the switch, in no particular order. */
void
mbridge_for_each_port(const struct mbridge *mb, mbridge_port_cb *cb,
                      void *aux)
{
    const struct mport *port;

    HMAP_FOR_EACH (port, hmap_node, &mb->ports) {
        const struct vif *vif = vif_reader_find(mb->env->vifs, port->ofport,
                                                port->of_name, port->hw_addr,
                                                port->name);

        cb(port->name ? port->name : port->of_name, port->ofport, vif,
           &port->diags, aux);
    }
}

/* Has the switch read afresh, and put right where it differs from the plan. */
void
mbridge_reread(struct mbridge *mb)
{
    ofctrl_reread(mb->ofctrl);
}

/* Appends all that there is to say of the bridge to 'diags'. */
void
mbridge_get_diags(const struct mbridge *mb, struct diag_list *diags)
{
    const struct mport *port;

    diag_list_append(diags, &mb->model_diags);
    diag_list_append(diags, &mb->mode_diags);
    normal_guard_get_diags(mb->guard, mb->row.name, diags);
    HMAP_FOR_EACH (port, hmap_node, &mb->ports) {
        diag_list_append(diags, &port->diags);
        if (port->in_plan) {
            report_quarantine(mb, port, diags);
        }
    }
    diag_list_sort(diags);
}

/* Has the port that is called 'name' lost its address to others?  Then says so
 * in 'why'. */
static enum port_state
claim_state(const struct mbridge *mb, const char *name, struct ds *why)
{
    const struct vport *vport = plan_find_port(mb->plan, name);
    const struct mac_entry *entry
        = mac_table_find(plan_mac_table(mb->plan), vport->mac);
    const struct mac_claim *claim
        = entry ? mac_entry_find_claim(entry, name) : NULL;

    if (!claim || !vlan_set_is_empty(&claim->won)) {
        return PORT_INSTALLED;
    } else if (!claim->active) {
        ds_put_cstr(why, "its address is pending");
        return PORT_WAITING;
    }
    ds_put_format(why, "%s has its address", entry->claims[0].port);
    return PORT_FAILED;
}

/* Has the switch of 'mb' told of the port of 'vif'? */
bool
mbridge_has_port(const struct mbridge *mb, const struct vif *vif)
{
    const struct mport *port = find_mport(mb, vif->ofport);

    return port && port->name && !strcmp(port->name, vif->name);
}

/* Returns how far the port of 'vif', which 'mb' has, has got there.  Appends
 * the reason to 'why' unless it is installed. */
enum port_state
mbridge_port_state(const struct mbridge *mb, const struct vif *vif,
                   struct ds *why)
{
    const struct ofctrl_stats *stats = ofctrl_get_stats(mb->ofctrl);
    const struct mport *port = find_mport(mb, vif->ofport);
    const char *quarantine = ofctrl_get_quarantine(
        mb->ofctrl, pipeline_cookie(COOKIE_PORT, vif->name));

    if (port->connection != stats->n_connects) {
        ds_put_cstr(why, "the switch has not told of it yet");
        return PORT_WAITING;
    } else if (!port->in_plan) {
        ds_put_cstr(why, (port->diags.n ? port->diags.diags[0].text
                          : "not wired"));
        return PORT_FAILED;
    } else if (quarantine) {
        ds_put_format(why, "the switch has refused its flows: %s",
                      quarantine);
        return PORT_FAILED;
    } else if (!ofctrl_put_is_done(mb->ofctrl, port->put)
               || is_vlan_wanted(mb, port->name)) {
        ds_put_cstr(why, "not installed yet");
        return PORT_WAITING;
    }
    return mb->exact ? claim_state(mb, port->name, why) : PORT_INSTALLED;
}

/* Is everything in the switch that is asked for? */
bool
mbridge_is_installed(const struct mbridge *mb)
{
    return ofctrl_is_installed(mb->ofctrl, mb->plan);
}

/* Is everything in the switch that is asked for, and nothing wrong? */
bool
mbridge_is_ok(const struct mbridge *mb)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    bool ok;

    mbridge_get_diags(mb, &diags);
    ok = (ofctrl_is_installed(mb->ofctrl, mb->plan)
          && normal_guard_is_done(mb->guard)
          && !ofctrl_count_quarantined(mb->ofctrl)
          && !diag_list_has_errors(&diags));
    diag_list_uninit(&diags);
    return ok;
}
