/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/mbridge-private.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

#include "controller/switch/normal-guard.h"
#include "controller/switch/ofctrl.h"
#include "lib/model/hidden-flows.h"
#include "lib/model/mac-table.h"
#include "lib/model/shortfall.h"
#include "lib/model/vport.h"
#include "lib/openflow/foreign.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/plan.h"
#include "lib/tell/state.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(mbridge_shortfalls);

/* How many flows of others, or ports, are told one by one. */
#define MAX_TOLD 8

/* Is libvirt mode asked of 'mb'?  Before the switch has been read, what the
 * definitions say must do. */
static bool
is_asked(const struct mbridge *mb)
{
    return (mb->has_mode ? mb->asked_exact
            : mb->model.wanted && mb->model.mode == MAC_TABLE_LIBVIRT);
}

/* Adds flow 'flow' of others', which can win over ours. */
static void
add_foreign_flow(const struct mbridge *mb, const struct oflow *flow,
                 struct shortfalls *shortfalls)
{
    struct ds text = DS_EMPTY_INITIALIZER;
    struct ds remedy = DS_EMPTY_INITIALIZER;
    struct ds match = DS_EMPTY_INITIALIZER;

    oflow_format(&text, flow, NULL);
    minimatch_format(&flow->match, NULL, NULL, &match, flow->priority);
    ds_put_format(&remedy, "unless its owner needs it, delete it by ovs-ofctl "
                  "--strict del-flows %s 'table=%"PRIu8"%s%s'", mb->row.name,
                  flow->table_id, match.length ? "," : "", ds_cstr(&match));
    shortfalls_add(shortfalls, SHORTFALL_FOREIGN_FLOW, ds_cstr(&remedy),
                   "somebody else's flow can win over ours: %s",
                   ds_cstr(&text));
    ds_destroy(&match);
    ds_destroy(&remedy);
    ds_destroy(&text);
}

/* Initializes 'chosen' as those of others' flows of which 'is' says so.  There
 * may be many others, which are not worth putting in order. */
static void
choose_foreign(const struct mbridge *mb,
               bool (*is)(const struct oflow *, const struct oflow_table *),
               struct oflow_table *chosen)
{
    const struct foreign *foreign = ofctrl_get_foreign(mb->ofctrl);
    const struct oflow_node *node;

    oflow_table_init(chosen);
    HMAP_FOR_EACH (node, hmap_node, &foreign->flows.flows) {
        if (is(node->flow, plan_desired(mb->plan))) {
            oflow_table_put(chosen, node->flow);
        }
    }
}

/* Adds those of others' flows that can win over ours, by table, priority and
 * match. */
static void
add_foreign(const struct mbridge *mb, struct shortfalls *shortfalls)
{
    bool more = ofctrl_get_foreign(mb->ofctrl)->more;
    struct oflow_table winners;
    size_t n;

    choose_foreign(mb, foreign_can_win, &winners);
    n = oflow_table_count_flows(&winners);
    if (n) {
        const struct oflow **flows = oflow_table_sort_flows(&winners);

        for (size_t i = 0; i < MIN(n, MAX_TOLD); i++) {
            add_foreign_flow(mb, flows[i], shortfalls);
        }
        free(flows);
    }
    oflow_table_uninit(&winners);
    if (n > MAX_TOLD || (n && more)) {
        shortfalls_add(shortfalls, SHORTFALL_FOREIGN_FLOW, NULL,
                       "%s%"PRIuSIZE" more flows of somebody else's can win "
                       "over ours", more ? "at least " : "",
                       n - MIN(n, MAX_TOLD));
    } else if (more) {
        shortfalls_add(shortfalls, SHORTFALL_FOREIGN_FLOW, NULL,
                       "somebody else has more than %d flows for single ports "
                       "in table 0; whether one of those that are not known "
                       "can win over ours is not known either",
                       FOREIGN_MAX_PORTS);
    }
}

/* Appends to 'diags' those of others' flows that do nothing any longer, which
 * may have been there to keep somebody from something. */
void
mbridge_get_void_flows(const struct mbridge *mb, struct diag_list *diags)
{
    struct oflow_table flows;
    size_t n;

    if (!mb->exact) {
        return;
    }
    choose_foreign(mb, foreign_is_void, &flows);
    n = oflow_table_count_flows(&flows);
    if (n) {
        const struct oflow **sorted = oflow_table_sort_flows(&flows);
        struct origin origin = { .element = mb->row.name };
        struct ds first = DS_EMPTY_INITIALIZER;

        oflow_format(&first, sorted[0], NULL);
        diag_add(diags, DIAG_WARNING, &origin, "flows of somebody else's for "
                 "single ports do nothing, since ours for these ports come "
                 "before them; if guests are to be kept from something, give "
                 "them guards or a filter: %s%s", ds_cstr(&first),
                 n > 1 ? ", and others" : "");
        ds_destroy(&first);
        free(sorted);
    }
    oflow_table_uninit(&flows);
}

/* Returns the VLANs that mirrors of 'mb' send copies into. */
const struct vlan_set *
mbridge_mirror_vlans(const struct mbridge *mb)
{
    return &mb->row.mirror_vlans;
}

/* Adds the guests that are sent what mirrors put into their VLANs, other than
 * those of column flood_vlans, where a guest is to see it. */
static void
add_mirrored(const struct mbridge *mb, struct shortfalls *shortfalls)
{
    struct ds names = DS_EMPTY_INITIALIZER;
    struct ds text = DS_EMPTY_INITIALIZER;
    const struct mport *port;
    struct vlan_set vlans;
    size_t n = 0;

    vlan_set_clone(&vlans, &mb->row.mirror_vlans);
    vlan_set_subtract(&vlans, &mb->row.flood_vlans);
    if (!vlan_set_is_empty(&vlans)) {
        HMAP_FOR_EACH (port, hmap_node, &mb->ports) {
            const struct vport *vport = mbridge_get_vport(mb, port);

            if (vport && vport->role == VIF_GUEST
                && vlan_set_intersects(&vport->vlan.members, &vlans)
                && n++ < MAX_TOLD) {
                ds_put_format(&names, " %s", port->name);
            }
        }
    }
    if (n) {
        vlan_set_format(&text, &vlans);
        shortfalls_add(shortfalls, SHORTFALL_MIRROR, "give these guests VLANs "
                       "without that one, or name it in column flood_vlans if "
                       "they are to see the copies",
                       "a mirror sends copies into VLAN %s, where %"PRIuSIZE
                       " guests are:%s%s", ds_cstr(&text), n,
                       ds_cstr(&names), n > MAX_TOLD ? " ..." : "");
    }
    vlan_set_uninit(&vlans);
    ds_destroy(&names);
    ds_destroy(&text);
}

/* Adds the guests that are the output of a mirror.  One whose owner has called
 * it one of the network side is there to be sent what is for others. */
static void
add_mirror_outputs(const struct mbridge *mb, struct shortfalls *shortfalls)
{
    struct ds names = DS_EMPTY_INITIALIZER;
    const struct mport *port;
    size_t n = 0;

    if (!mb->n_mirrored_to) {
        return;
    }
    HMAP_FOR_EACH (port, hmap_node, &mb->ports) {
        if (port->is_mirrored_to && n++ < MAX_TOLD) {
            ds_put_format(&names, " %s", port->name);
        }
    }
    shortfalls_add(shortfalls, SHORTFALL_MIRROR, "if that is meant, set "
                   "external_ids:virtnet-role=network in the Interface row",
                   "a mirror sends copies of others' frames to %s:%s%s",
                   n > 1 ? "guests" : "a guest", ds_cstr(&names),
                   n > MAX_TOLD ? " ..." : "");
    ds_destroy(&names);
}

/* Adds to 'shortfalls' what others do that keeps 'mb' from being in force.  Of
 * all shortfalls these are the ones that are logged. */
static void
add_others(const struct mbridge *mb, struct shortfalls *shortfalls)
{
    if (mb->exact) {
        add_foreign(mb, shortfalls);
        hidden_flows_find(&mb->row, mb->lost_at, time_msec(), shortfalls);
        add_mirrored(mb, shortfalls);
        add_mirror_outputs(mb, shortfalls);
    }
}

/* Adds to 'shortfalls' why 'mb' is not in force.  Returns false, without
 * adding anything, if libvirt mode is not asked of it. */
bool
mbridge_get_shortfalls(const struct mbridge *mb, struct shortfalls *shortfalls)
{
    if (mb->given_back) {
        shortfalls_add(shortfalls, SHORTFALL_MODE, "have it taken again by "
                       "ovs-appctl -t virtnet-controller reload, or by a "
                       "restart", "the bridge was given back by "
                       "\"virtnetctl release\"");
        return true;
    }
    if (!is_asked(mb)) {
        return false;
    }

    size_t n_left_out = ofctrl_count_left_out(mb->ofctrl);
    if (ofctrl_is_silent(mb->ofctrl)) {
        shortfalls_add(shortfalls, SHORTFALL_SILENCE, "look at ovs-vswitchd's "
                       "process and log", MBRIDGE_SILENT);
    }
    if (mb->has_mode && !mb->decided_exact) {
        const struct diag *error = diag_list_first_error(&mb->mode_diags);
        const char *why = error ? error->text : NULL;

        shortfalls_add(shortfalls, SHORTFALL_MODE, NULL, "the bridge %s%s%s",
                       mb->exact ? "is leaving libvirt mode"
                       : "is in kernel mode", why ? ": it " : "",
                       why ? why : "");
    } else if (!mbridge_is_installed(mb)
               || !normal_guard_is_done(mb->guard)) {
        struct ds state = DS_EMPTY_INITIALIZER;

        mbridge_format_state(&state, mb);
        shortfalls_add(shortfalls, SHORTFALL_STATE, NULL,
                       "the switch does not hold the plan: %s",
                       ds_cstr(&state));
        ds_destroy(&state);
    }
    if (n_left_out) {
        shortfalls_add(shortfalls, SHORTFALL_QUARANTINE, NULL,
                       "flows of %"PRIuSIZE" ports are left out", n_left_out);
    }
    add_others(mb, shortfalls);
    return true;
}

/* Is the guest of 'port' waited for, or does another port of the same guest
 * have its address, so that nobody is to blame for its not being wired? */
static bool
is_held_back(const struct mbridge *mb, const struct mport *port)
{
    const struct vport *vport = mbridge_get_vport(mb, port);

    if (vport) {
        const struct mac_claim *claim = plan_find_claim(mb->plan, vport);

        return !vport->active || (claim && claim->waits);
    }
    return port->diags.n && !diag_list_has_errors(&port->diags);
}

/* Is 'port' in no plan because of an error of its own? */
static bool
is_refused(const struct mport *port)
{
    return !port->in_plan && diag_list_has_errors(&port->diags);
}

static void
find_unready_port(const struct mbridge *mb, const struct mport *port,
                  mbridge_unready_cb *cb, void *aux)
{
    struct ds why = DS_EMPTY_INITIALIZER;
    struct vif early;
    const struct vif *vif = mbridge_find_vif(mb, port, &early);

    if (!vif || !port->name) {
        cb(port->of_name, STATE_NOT_YET, false, aux);
    } else if (!is_held_back(mb, port)
               && mbridge_port_state(mb, vif, &why) != PORT_INSTALLED) {
        cb(port->name, ds_cstr(&why), is_refused(port), aux);
    } else if (diag_list_has_errors(&port->diags)) {
        for (size_t i = 0; i < port->diags.n; i++) {
            if (port->diags.diags[i].severity == DIAG_ERROR) {
                cb(port->name, port->diags.diags[i].text, false, aux);
            }
        }
    }
    ds_destroy(&why);
}

/* Calls 'cb' with 'aux' for each error in 'diags', all of which are 'final' or
 * none. */
void
mbridge_find_errors(const struct diag_list *diags, bool final,
                    mbridge_unready_cb *cb, void *aux)
{
    for (size_t i = 0; i < diags->n; i++) {
        if (diags->diags[i].severity == DIAG_ERROR) {
            struct ds s = DS_EMPTY_INITIALIZER;

            diag_format(&s, &diags->diags[i]);
            ds_chomp(&s, '\n');
            cb(NULL, ds_cstr(&s), final, aux);
            ds_destroy(&s);
        }
    }
}

/* Calls 'cb' with 'aux' for whatever keeps 'mb' from being in force, or in
 * kernel mode if that is asked for, and in libvirt mode for each port that is
 * not wired.  A guest that is waited for is as it should be.
 *
 * What others do may end at any time, a conflict with the other guest.  A
 * bridge that was refused remains so until something else is asked for. */
void
mbridge_find_unready(const struct mbridge *mb, mbridge_unready_cb *cb,
                     void *aux)
{
    struct shortfalls shortfalls = SHORTFALLS_INITIALIZER;
    const struct mport *port;

    if (!mbridge_get_shortfalls(mb, &shortfalls)) {
        if (ofctrl_is_silent(mb->ofctrl)) {
            shortfalls_add(&shortfalls, SHORTFALL_SILENCE, NULL,
                           MBRIDGE_SILENT);
        } else if (!mbridge_is_installed(mb)) {
            shortfalls_add(&shortfalls, SHORTFALL_STATE, NULL,
                           "the switch does not hold the plan");
        }
    }
    for (size_t i = 0; i < shortfalls.n; i++) {
        const struct shortfall *s = &shortfalls.shortfalls[i];
        char *reason = xasprintf("bridge %s: %s", mb->row.name, s->text);

        cb(NULL, reason, (s->kind == SHORTFALL_MODE
                          && diag_list_has_errors(&mb->mode_diags)), aux);
        free(reason);
    }
    mbridge_find_errors(&mb->model_diags, true, cb, aux);
    if (mb->exact && !ofctrl_is_silent(mb->ofctrl)) {
        HMAP_FOR_EACH (port, hmap_node, &mb->ports) {
            find_unready_port(mb, port, cb, aux);
        }
    }
    shortfalls_uninit(&shortfalls);
}

/* Logs that others keep 'mb' from being in force, and that they no longer do:
 * once each. */
void
mbridge_log_shortfalls(struct mbridge *mb)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);
    struct shortfalls shortfalls = SHORTFALLS_INITIALIZER;

    /* This comes with each turn: nothing else is to be looked at. */
    if (is_asked(mb)) {
        add_others(mb, &shortfalls);
    }

    const struct shortfall *s = shortfalls_first_logged(&shortfalls);
    if (s && !mb->said_short) {
        VLOG_WARN_RL(&rl, "%s: not in force: %s%s%s", mb->row.name, s->text,
                     s->remedy ? "; " : "", s->remedy ? s->remedy : "");
    } else if (!s && mb->said_short) {
        VLOG_INFO_RL(&rl, "%s: in force again, as far as others are concerned",
                     mb->row.name);
    }
    mb->said_short = s != NULL;
    shortfalls_uninit(&shortfalls);
}

/* Arranges for poll_block() to wake up when time makes a shortfall. */
void
mbridge_shortfalls_wait(const struct mbridge *mb)
{
    long long int due = hidden_flows_due(&mb->row, mb->lost_at);

    if (due != LLONG_MAX && time_msec() < due) {
        poll_timer_wait_until(due);
    }
}
