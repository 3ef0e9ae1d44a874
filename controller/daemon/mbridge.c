/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/mbridge-private.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "controller/db/dbsync.h"
#include "controller/switch/fdb-watch.h"
#include "controller/switch/normal-guard.h"
#include "controller/switch/ofctrl.h"
#include "lib/host/bridge-row.h"
#include "lib/model/bridge-settings.h"
#include "lib/model/mac-table.h"
#include "lib/model/model.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/plan.h"
#include "lib/rows/want.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "ovsdb/ovs-idl.h"
#include "ovsdb/vif-reader.h"
#include "timeval.h"
#include "packets.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(mbridge);

/* How much of a diagnostic is logged, in bytes: tenants may be who wrote what
 * it quotes. */
#define MAX_LOGGED 500

/* Creates and returns bridge 'name'.  'env' must outlive it.  The client must
 * call mbridge_set_row() and mbridge_set_networks() before mbridge_run(). */
struct mbridge *
mbridge_create(const char *name, const struct mbridge_env *env)
{
    struct mbridge *mb = xzalloc(sizeof *mb);

    mb->env = env;
    mb->row.name = xstrdup(name);
    mb->ofctrl = ofctrl_create(name, mbridge_on_of_port, mbridge_on_frame,
                               mbridge_on_taken, mb);
    ofctrl_set_watch(mb->ofctrl, env->watch);
    mb->guard = normal_guard_create(name);
    mb->fdb = fdb_watch_create(name);
    shash_init(&mb->statics);
    mb->plan = plan_create(name);
    hmap_init(&mb->ports);
    shash_init(&mb->fresh_ports);
    heap_init(&mb->wakes);
    diag_list_init(&mb->model_diags);
    diag_list_init(&mb->mode_diags);
    diag_list_init(&mb->settings_diags);
    bridge_model_init(&mb->model, &mb->row, NULL, 0, &mb->model_diags);
    mb->model.incomplete = true;
    return mb;
}

/* Returns what is meant by the bridge, and where it is on the way there. */
struct rows_bridge
mbridge_rows(const struct mbridge *mb)
{
    return (struct rows_bridge) {
        .row = &mb->row,
        .model = &mb->model,
        .phase = {
            .complete = !mb->model.incomplete,
            .exact = mb->decided_exact,
            .isolating = mb->isolating,
            .apart = mb->apart,
        },
    };
}

/* Frees 'mb', which may be null.  The switch keeps what it has. */
void
mbridge_destroy(struct mbridge *mb)
{
    struct mport *port;

    if (!mb) {
        return;
    }

    struct row_changes none = ROW_CHANGES_INITIALIZER;
    dbsync_set_rows(mb->env->dbsync, mb->row.name, NULL, &none, NULL);
    HMAP_FOR_EACH_SAFE (port, hmap_node, &mb->ports) {
        mbridge_destroy_mport(mb, port);
    }
    hmap_destroy(&mb->ports);
    shash_destroy(&mb->fresh_ports);
    heap_destroy(&mb->wakes);
    ofctrl_destroy(mb->ofctrl);
    normal_guard_destroy(mb->guard);
    fdb_watch_destroy(mb->fdb);
    shash_destroy_free_data(&mb->statics);
    plan_destroy(mb->plan);
    bridge_model_uninit(&mb->model);
    diag_list_uninit(&mb->model_diags);
    diag_list_uninit(&mb->mode_diags);
    diag_list_uninit(&mb->settings_diags);
    bridge_row_uninit(&mb->row);
    free(mb->unheard);
    free(mb);
}

void
mbridge_log_new_diags(const struct mbridge *mb, const struct diag_list *old,
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
            VLOG_INFO_RL(&rl, "%s: %.*s", mb->row.name, MAX_LOGGED,
                         ds_cstr(&s));
        } else {
            VLOG_WARN_RL(&rl, "%s: %.*s", mb->row.name, MAX_LOGGED,
                         ds_cstr(&s));
        }
        ds_destroy(&s);
    }
}

/* Takes over what the Bridge row says now. */
void
mbridge_set_row(struct mbridge *mb, const struct bridge_row *row,
                const struct uuid *uuid)
{
    bool had_controller = (!mb->row.controllers.n
                           || mb->row.controllers.n_connected);

    if (!mb->has_row) {
        mb->has_row = true;
        mb->lost_at = LLONG_MIN;
    } else if (had_controller) {
        mb->lost_at = time_msec();
    }
    bridge_row_uninit(&mb->row);
    bridge_row_clone(&mb->row, row);
    mb->uuid = *uuid;
    mb->decide = true;
    ofctrl_set_allowed(mb->ofctrl, bridge_row_allows_openflow15(row));
    normal_guard_set_allowed(mb->guard, bridge_row_allows_openflow10(row));
}

/* Makes the model what 'mb->defs' ask for, or nothing if the bridge has been
 * given back. */
static void
init_model(struct mbridge *mb, struct diag_list *diags)
{
    bridge_model_init(&mb->model, &mb->row, mb->defs, mb->n_defs, diags);
    mb->given_back = (mb->released && mb->model.wanted
                      && mb->model.mode == MAC_TABLE_LIBVIRT);
    if (mb->released) {
        char *manager = mb->row.mac_table_manager;

        mb->row.mac_table_manager = NULL;
        bridge_model_uninit(&mb->model);
        diag_list_uninit(diags);
        diag_list_init(diags);
        bridge_model_init(&mb->model, &mb->row, NULL, 0, diags);
        mb->row.mac_table_manager = manager;
    }
}

/* Takes over the 'n_defs' definitions in 'defs', of which those that name this
 * bridge count.  They must remain valid until the next call.  'complete' says
 * whether there may be others that are not known.  If 'released' is true, then
 * nothing is asked of the bridge, whatever its row and definitions say.  Must
 * be called again after mbridge_set_row(). */
void
mbridge_set_networks(struct mbridge *mb, const struct netdef *const *defs,
                     size_t n_defs, bool complete, bool released)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct mport *port;

    mb->defs = defs;
    mb->n_defs = n_defs;
    mb->released = released;
    fake_bridges_uninit(&mb->row.fakes);
    mbridge_find_fakes(mb, &mb->row.fakes);
    bridge_model_uninit(&mb->model);
    init_model(mb, &diags);
    mb->model.incomplete = !complete && !released;
    mb->model.filters = mb->env->filters;
    mbridge_log_new_diags(mb, &mb->model_diags, &diags);
    diag_list_uninit(&mb->model_diags);
    mb->model_diags = diags;
    mb->decide = true;
    mb->check_rows = true;

    HMAP_FOR_EACH (port, hmap_node, &mb->ports) {
        mbridge_update_mport(mb, port);
    }
    mb->check_fakes = false;
}

/* Takes over the definitions again if other fake bridges have come or gone, so
 * that others of them count. */
static void
update_fakes(struct mbridge *mb)
{
    struct fake_bridges fakes;

    mb->check_fakes = false;
    mbridge_find_fakes(mb, &fakes);
    if (!fake_bridges_equals(&fakes, &mb->row.fakes)) {
        mbridge_set_networks(mb, mb->defs, mb->n_defs, !mb->model.incomplete,
                             mb->released);
    }
    fake_bridges_uninit(&fakes);
}

/* The bridge's management socket has been made anew. */
void
mbridge_socket_appeared(struct mbridge *mb)
{
    ofctrl_socket_appeared(mb->ofctrl);
    normal_guard_socket_appeared(mb->guard);
}

/* The switch has been read back. */
static void
on_readback(struct mbridge *mb)
{
    unsigned int n_connects = ofctrl_count_connects(mb->ofctrl);

    if (mb->has_mode) {
        normal_guard_switch_is_read(mb->guard, n_connects != mb->n_connects);
    }
    if (n_connects != mb->n_connects) {
        mbridge_fdb_look(mb);   /* A switch that was restarted has none. */
    }
    mb->n_connects = n_connects;

    unsigned int readback = ofctrl_count_readbacks(mb->ofctrl);
    struct mport *port;

    HMAP_FOR_EACH_SAFE (port, hmap_node, &mb->ports) {
        if (port->readback != readback) {
            mbridge_destroy_mport(mb, port);
        }
    }
    if (!mb->has_mode) {
        const struct oflow_table *installed
            = ofctrl_get_installed(mb->ofctrl);

        mb->has_mode = true;
        mb->exact = oflow_table_count_flows(installed) > 0;
        mb->decided_exact = mb->exact;
        mb->asked_exact = mb->exact;
        mb->found_exact = mb->exact;
        mb->decide = true;
        plan_seed(mb->plan, installed);
        mbridge_find(mb, installed);
    }
}

/* Has what is asked of the bridge itself written into the database, where that
 * is for us to do, if anything that it depends on has changed. */
static void
update_rows(struct mbridge *mb)
{
    const struct uuid *local_port
        = vif_reader_port_uuid(mb->env->vifs, mb->row.name);
    struct rows_bridge_ports ports = {
        .local = vif_reader_find_name(mb->env->vifs, mb->row.name),
        .is_used = (hmap_count(&mb->ports) != 1
                    || !mbridge_find_mport(mb, OFPP_LOCAL)),
        .bridge = mb->uuid,
        .local_port = local_port ? *local_port : UUID_ZERO,
    };

    if (mb->check_rows || mb->is_used != ports.is_used) {
        struct row_changes changes = ROW_CHANGES_INITIALIZER;
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        struct rows_bridge rb = mbridge_rows(mb);

        mb->check_rows = false;
        mb->is_used = ports.is_used;
        rows_want_bridge(&changes, &rb, &ports);
        dbsync_set_rows(mb->env->dbsync, mb->row.name, NULL, &changes, NULL);
        row_changes_uninit(&changes);

        bridge_settings_report(&mb->model, &mb->row, ports.local, &diags);
        mbridge_log_new_diags(mb, &mb->settings_diags, &diags);
        diag_list_uninit(&mb->settings_diags);
        mb->settings_diags = diags;
    }
}

/* What is NORMAL to the plan? */
static enum normal_use
find_normal_use(const struct mbridge *mb)
{
    const struct bridge_ctx *ctx = plan_get_ctx(mb->plan);

    return (!ctx->exact ? NORMAL_FREE
            : ctx->network == NETWORK_BOND ? NORMAL_TAUGHT
            : network_kind_uses_normal(ctx->network) ? NORMAL_USED
            : NORMAL_BARRED);
}

/* Brings the switch to the plan. */
static void
update_switch(struct mbridge *mb)
{
    const struct bridge_ctx *ctx = plan_get_ctx(mb->plan);
    bool must_be_told = (network_kind_spreads(ctx->network)
                         && normal_guard_must_be_told(mb->guard,
                                                      mb->found_exact));

    normal_guard_run(mb->guard, find_normal_use(mb), mb->found_exact,
                     ofctrl_is_installed(mb->ofctrl, mb->plan));
    mb->may_put = (!must_be_told && normal_guard_is_set(mb->guard)
                   && mbridge_fdb_is_known(mb));
    if (must_be_told) {
        /* It may turn out to be another plan. */
        if (!normal_guard_must_be_told(mb->guard, mb->found_exact)) {
            poll_immediate_wake();
        }
    } else if (mb->may_put) {
        normal_guard_set_first_ports(mb->guard, plan_is_guarded(mb->plan));
        ofctrl_put(mb->ofctrl, mb->plan);
    }
    if (!ctx->exact) {
        mb->found_exact = false;
    }
    mbridge_announce_run(mb);
}

/* Goes on with reading the switch, and does nothing else: for a bridge that
 * the database may know nothing about. */
void
mbridge_read(struct mbridge *mb)
{
    ofctrl_run(mb->ofctrl);
}

/* Arranges for poll_block() to wake up when mbridge_read() has something to
 * do. */
void
mbridge_read_wait(struct mbridge *mb)
{
    ofctrl_wait(mb->ofctrl);
}

/* Must the switch be left alone?  What somebody saved of it before it was
 * restarted can be put back only as a whole, for which nothing of it may be
 * there already.  As long as the database cannot be asked, a switch that was
 * started meanwhile may be waiting for that. */
static enum ofctrl_hold
get_hold(const struct mbridge *mb)
{
    return (ovs_idl_restores_flows(mb->env->ovs) ? OFCTRL_HOLD
            : !ovs_idl_is_current(mb->env->ovs) ? OFCTRL_HOLD_NEW
            : OFCTRL_GO);
}

/* Is enough known of the switch to decide on what it should be? */
static bool
can_decide(const struct mbridge *mb)
{
    return mb->has_mode && ofctrl_is_ready(mb->ofctrl);
}

/* Has the switch got another owner, so that it lets us neither read nor write
 * flows?  Then no-flood is all that there is to take back, and what keeps
 * isolated guests apart in kernel mode is to be written before. */
static bool
is_given_up(const struct mbridge *mb)
{
    return mb->has_mode && bridge_row_is_taken(&mb->row);
}

/* Logs which ports have lost an address of theirs to another port, or have it
 * back: such a guest is cut off. */
static void
log_mac_contests(struct mbridge *mb)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(20, 20);
    struct mac_contest *contest;

    while ((contest = plan_take_mac_contest(mb->plan)) != NULL) {
        mbridge_note_port(mb, contest->port);
        if (!mb->exact) {
            /* Nobody is cut off. */
        } else if (contest->holder) {
            VLOG_WARN_RL(&rl, "%s: port %s: MAC conflict: port %s has the "
                         "address "ETH_ADDR_FMT, mb->row.name, contest->port,
                         contest->holder, ETH_ADDR_ARGS(contest->mac));
        } else {
            VLOG_INFO_RL(&rl, "%s: port %s: end of the MAC conflict for "
                         ETH_ADDR_FMT, mb->row.name, contest->port,
                         ETH_ADDR_ARGS(contest->mac));
        }
        mac_contest_destroy(contest);
    }
}

/* Brings the bridge up to date with all that it has been told. */
void
mbridge_run(struct mbridge *mb)
{
    ofctrl_set_hold(mb->ofctrl, get_hold(mb));
    ofctrl_run(mb->ofctrl);
    if (ofctrl_is_ready(mb->ofctrl)
        && ofctrl_get_seqno(mb->ofctrl) != mb->ofctrl_seqno) {
        mb->ofctrl_seqno = ofctrl_get_seqno(mb->ofctrl);
        on_readback(mb);
    }
    if (mb->check_fakes) {
        update_fakes(mb);
    }
    if (can_decide(mb)) {
        mb->isolating = mb->exact && (mb->isolating
                                      || ofctrl_is_installed(mb->ofctrl,
                                                             mb->plan));
        mbridge_update_mode(mb);
        mbridge_protect_ports(mb);
        update_rows(mb);
        mbridge_lives_run(mb);
        mbridge_balance_run(mb);
        plan_set_now(mb->plan, time_wall());
        plan_run(mb->plan);
        log_mac_contests(mb);
        update_switch(mb);
        mbridge_log_shortfalls(mb);
    } else if (is_given_up(mb)) {
        mbridge_update_mode(mb);
        mbridge_protect_ports(mb);
        update_rows(mb);
        normal_guard_run(mb->guard, find_normal_use(mb), false, !mb->exact);
    }
}

/* Arranges for poll_block() to wake up when mbridge_run() has something to
 * do. */
void
mbridge_wait(struct mbridge *mb)
{
    ofctrl_wait(mb->ofctrl);
    if (can_decide(mb)) {
        mbridge_lives_wait(mb);
        mbridge_balance_wait(mb);
        mbridge_announce_wait(mb);
        mbridge_shortfalls_wait(mb);
        normal_guard_wait(mb->guard,
                          ofctrl_is_installed(mb->ofctrl, mb->plan));
        if (mb->may_put) {
            ofctrl_put_wait(mb->ofctrl);
        }
    } else if (is_given_up(mb)) {
        normal_guard_wait(mb->guard, !mb->exact);
    }
}

/* If 'file_name', in the directory of the switch's sockets, is the name of a
 * bridge's management socket, turns it into the name of the bridge and returns
 * true. */
bool
mbridge_name_from_socket(char *file_name)
{
    static const char suffix[] = ".mgmt";
    size_t suffix_len = sizeof suffix - 1;
    size_t len = strlen(file_name);
    bool is_socket = (len > suffix_len
                      && !strcmp(file_name + len - suffix_len, suffix));

    if (is_socket) {
        file_name[len - suffix_len] = '\0';
    }
    return is_socket;
}

/* Has the switch read afresh, and put right where it differs from the plan. */
void
mbridge_reread(struct mbridge *mb)
{
    ofctrl_reread(mb->ofctrl);
}
