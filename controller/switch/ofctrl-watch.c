/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/ofctrl-watch.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/openflow/foreign.h"
#include "lib/openflow/offer.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofp-group.h"
#include "openvswitch/ofp-monitor.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/vlog.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(ofctrl_watch);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);

/* How much of what somebody else has changed is logged at a time, in bytes. */
#define MAX_CHANGED 400

/* Initializes 'watch' as not enabled.  'taken_cb' will be called with 'aux'
 * from ofctrl_watch_decode(). */
void
ofctrl_watch_init(struct ofctrl_watch *watch, ofctrl_taken_cb *taken_cb,
                  void *aux)
{
    watch->enabled = watch->interfered = watch->learned = false;
    watch->foreign_changed = false;
    watch->sent_is_in = false;
    ovs_list_init(&watch->replaced);
    watch->taken_cb = taken_cb;
    watch->aux = aux;
    ds_init(&watch->changed);
}

static void
destroy_replaced(struct ofctrl_replaced *replaced)
{
    ovs_list_remove(&replaced->node);
    oflow_unref(replaced->flow);
    free(replaced);
}

/* Frees what 'watch' holds, but not 'watch' itself. */
void
ofctrl_watch_uninit(struct ofctrl_watch *watch)
{
    struct ofctrl_replaced *replaced;

    LIST_FOR_EACH_SAFE (replaced, node, &watch->replaced) {
        destroy_replaced(replaced);
    }
    ds_destroy(&watch->changed);
}

/* Returns a message that has the switch tell what becomes of the flows in
 * table 'table_id'. */
static struct ofpbuf *
encode_request(uint8_t table_id)
{
    struct ofputil_flow_monitor_request request = {
        .id = table_id,
        .command = OFPFMC_ADD,
        .flags = (OFPFMF_ADD | OFPFMF_REMOVED | OFPFMF_MODIFY
                  | OFPFMF_INSTRUCTIONS),
        .out_port = OFPP_ANY,
        .out_group = OFPG_ANY,
        .table_id = table_id,
        .match = MATCH_CATCHALL_INITIALIZER,
    };
    struct ofpbuf *msg = ofpbuf_new(0);

    ofputil_append_flow_monitor_request(&request, msg, OFPUTIL_P_OF15_OXM);
    ofpmsg_update_length(msg);
    return msg;
}

/* Initializes 'msgs' as a list of "struct ofpbuf"s, which the caller must send
 * or free: messages that have the switch tell from now on what becomes of the
 * flows in our tables.  To be sent once on a connection.
 *
 * Of all tables, it would tell of its own as well: where a balance-tcp bond
 * is, it has hundreds of flows there, and changes each whenever a port is
 * plugged.  Those messages fill the connection, so that it pauses, and then
 * tells of our own flows as if others had put them in. */
void
ofctrl_watch_encode_requests(struct ovs_list *msgs)
{
    ovs_list_init(msgs);
#define PIPELINE_TABLE(ENUM, NUMBER, WHAT)                              \
    ovs_list_push_back(msgs, &encode_request(TABLE_##ENUM)->list_node);
    PIPELINE_TABLES
#undef PIPELINE_TABLE
}

/* Is the flow that 'update' is about ours, or in the place of one of ours? */
static bool
concerns_us(const struct ofputil_flow_update *update,
            const struct oflow *flow, const struct oflow_table *installed)
{
    return (pipeline_cookie_is_ours(update->cookie)
            || oflow_table_find(installed, flow));
}

/* May 'flow' have been offered by 'offer', a flow of ours? */
static bool
is_offered_by(const struct oflow *flow, const struct oflow *offer)
{
    return (offer->cookie == flow->cookie
            && offer_is_in(offer->ofpacts, offer->ofpacts_len));
}

/* Returns a flow of 'ours' that may be the one that offered 'flow', which has
 * been put into the switch, or null.  Sets '*sent' to whether that one has
 * been sent and not been acknowledged yet. */
static const struct oflow *
find_offer(const struct oflow *flow, const struct ofctrl_watch_ours *ours,
           bool *sent)
{
    const struct oflow_node *node;

    *sent = false;
    if (!pipeline_cookie_is_ours(flow->cookie)) {
        return NULL;
    }
    HMAP_FOR_EACH (node, hmap_node, &ours->installed->flows) {
        if (is_offered_by(flow, node->flow)) {
            return node->flow;
        }
    }
    for (size_t i = 0; ours->sent && i < ours->sent->n; i++) {
        const struct oflow *new = ours->sent->changes[i].new;

        if (new && is_offered_by(flow, new)) {
            *sent = true;
            return new;
        }
    }
    return NULL;
}

/* Takes in that 'flow' was added or changed or, if not 'added', taken away, as
 * far as it is or was somebody else's. */
static void
take_foreign(struct ofctrl_watch *watch, struct foreign *foreign,
             const struct oflow *flow, bool added)
{
    if (added && !pipeline_cookie_is_ours(flow->cookie)) {
        foreign_put(foreign, flow);
    } else if (oflow_table_find(&foreign->flows, flow)) {
        foreign_remove(foreign, flow);
        watch->foreign_changed = true;
    }
}

/* Is one of ours on its way into the place of 'flow', which is not ours? */
static bool
is_being_replaced(const struct oflow *flow,
                  const struct ofctrl_watch_ours *ours)
{
    for (size_t i = 0; ours->sent && i < ours->sent->n; i++) {
        const struct oflow *new = ours->sent->changes[i].new;

        if (new && oflow_same_key(new, flow)) {
            return true;
        }
    }
    return false;
}

/* Takes in that 'flow', which is not ours, is in the switch as 'update' says,
 * or not any longer, while some of ours are on their way. */
static void
take_replaced(struct ofctrl_watch *watch, struct oflow *flow,
              const struct ofputil_flow_update *update,
              const struct ofctrl_watch_ours *ours)
{
    struct ofctrl_replaced *replaced;

    LIST_FOR_EACH_SAFE (replaced, node, &watch->replaced) {
        if (oflow_same_key(replaced->flow, flow)) {
            destroy_replaced(replaced);
        }
    }
    if (update->event != OFPFME_REMOVED && !watch->sent_is_in
        && is_being_replaced(flow, ours)) {
        replaced = xmalloc(sizeof *replaced);
        *replaced = (struct ofctrl_replaced) {
            .flow = oflow_ref(flow),
            .idle_timeout = update->idle_timeout,
            .hard_timeout = update->hard_timeout,
        };
        ovs_list_push_back(&watch->replaced, &replaced->node);
    }
}

static void
put_back(const struct ofctrl_replaced *replaced, const char *bridge,
         struct ovs_list *msgs)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct ofputil_flow_mod fm;
    struct ofpbuf *msg;

    oflow_to_flow_mod(replaced->flow, OFPFC_ADD, &fm);
    fm.idle_timeout = replaced->idle_timeout;
    fm.hard_timeout = replaced->hard_timeout;
    msg = ofputil_encode_flow_mod(&fm, OFPUTIL_P_OF15_OXM);
    ovs_list_push_back(msgs, &msg->list_node);
    minimatch_destroy(&fm.match);

    oflow_format(&s, replaced->flow, NULL);
    VLOG_WARN_RL(&rl, "%s: somebody else's flow has come into the place of "
                 "one that was on its way, and is put back: %s", bridge,
                 ds_cstr(&s));
    ds_destroy(&s);
}

/* What was on its way to 'bridge' has been carried out, or not if not 'done'.
 * Appends to 'msgs' what puts back the flows of others' that it has replaced.
 * If there are any, the switch is to be read afresh, after which ours are left
 * out. */
void
ofctrl_watch_put_back(struct ofctrl_watch *watch, const char *bridge,
                      bool done, struct ovs_list *msgs)
{
    struct ofctrl_replaced *replaced;

    LIST_FOR_EACH_SAFE (replaced, node, &watch->replaced) {
        if (done) {
            put_back(replaced, bridge, msgs);
            watch->interfered = true;
        }
        destroy_replaced(replaced);
    }
    watch->sent_is_in = false;
}

/* Does 'update' say that a flow of ours, or one that the switch has learned by
 * one of ours, was changed into 'flow', which has a cookie that is not ours?
 */
static bool
has_lost_cookie(const struct ofputil_flow_update *update,
                const struct oflow *flow,
                const struct ofctrl_watch_ours *ours)
{
    return (update->event == OFPFME_MODIFIED
            && !pipeline_cookie_is_ours(flow->cookie)
            && (oflow_table_find(ours->installed, flow)
                || flow->table_id == TABLE_PLACES)
            && !oflow_table_find(&ours->foreign->flows, flow));
}

/* Takes in that 'update' was made, by somebody else or as it was offered.
 * Appends to 'msgs' what is to be sent for it.  Returns true if it interferes
 * with us and is to be logged. */
static bool
take_update(struct ofctrl_watch *watch,
            const struct ofputil_flow_update *update,
            const struct ofctrl_watch_ours *ours, struct ovs_list *msgs)
{
    struct ofpbuf ofpacts = ofpbuf_const_initializer(update->ofpacts,
                                                     update->ofpacts_len);
    struct oflow *flow = oflow_create(update->table_id, update->priority,
                                      &update->match, update->cookie,
                                      &ofpacts);
    bool added = update->event != OFPFME_REMOVED;
    bool sent = false, interferes = false;
    const struct oflow *offer = added ? find_offer(flow, ours, &sent) : NULL;

    if (has_lost_cookie(update, flow, ours)) {
        struct ofpbuf *msg = oflow_encode_flow_mod(flow, OFPFC_DELETE_STRICT);

        ovs_list_push_back(msgs, &msg->list_node);
    } else {
        take_foreign(watch, ours->foreign, flow, added);
    }
    if (!pipeline_cookie_is_ours(update->cookie)) {
        take_replaced(watch, flow, update, ours);
    }
    if (offer) {
        struct match match;

        minimatch_expand(&offer->match, &match);
        if (sent) {
            /* What was sent with the offer may undo this in 'installed', once
             * it is acknowledged. */
            watch->interfered = true;
        } else {
            oflow_table_put(ours->installed, flow);
            watch->learned = true;
        }
        watch->taken_cb(match.flow.in_port.ofp_port, watch->aux);
    } else if (concerns_us(update, flow, ours->installed)) {
        /* Before all has been read, there may be an offer that is not
         * known. */
        watch->interfered = true;
        interferes = !(added && ours->reading);
    } else if (foreign_may_know_more(ours->foreign)) {
        watch->interfered = true;
    }
    oflow_unref(flow);
    return interferes;
}

static void
format_update(struct ds *s, const struct ofputil_flow_update *update)
{
    ds_put_format(s, "%s flow table=%u,",
                  (update->event == OFPFME_REMOVED ? "deleted"
                   : update->event == OFPFME_ADDED ? "added"
                   : "changed"), update->table_id);
    match_format(&update->match, NULL, s, update->priority);
}

/* Do the updates in 'oh', from a flow monitor, say that others have changed a
 * flow of ours, or put one in the place of one?  If so, appends the first of
 * them to 'what', and to 'msgs' what is to be sent. */
static bool
decode_flows(struct ofctrl_watch *watch, const struct ofp_header *oh,
             const struct ofctrl_watch_ours *ours, struct ovs_list *msgs,
             struct ds *what)
{
    struct ofpbuf b = ofpbuf_const_initializer(oh, ntohs(oh->length));
    struct ofpbuf ofpacts;
    size_t n = 0;

    ofpbuf_init(&ofpacts, 0);
    for (;;) {
        struct ofputil_flow_update update;
        int error = ofputil_decode_flow_update(&update, &b, &ofpacts);

        if (error) {
            if (error != EOF) {
                VLOG_WARN_RL(&rl, "bad flow update: %s",
                             ofperr_to_string(error));
            }
            break;
        }
        watch->sent_is_in |= ours->sent && update.event == OFPFME_ABBREV;
        if ((update.event == OFPFME_ADDED || update.event == OFPFME_REMOVED
             || update.event == OFPFME_MODIFIED)
            && !pipeline_is_learned(update.table_id, update.cookie)
            && take_update(watch, &update, ours, msgs) && !n++) {
            format_update(what, &update);
        }
    }
    ofpbuf_uninit(&ofpacts);
    if (n > 1) {
        ds_put_format(what, " and %"PRIuSIZE" more", n - 1);
    }
    return n > 0;
}

/* Does 'oh', a forwarded request, change a group of ours?  If so, appends the
 * request to 'what'. */
static bool
decode_group(const struct ofp_header *oh, struct ds *what)
{
    struct ofputil_requestforward rf;
    enum ofperr error = ofputil_decode_requestforward(oh, &rf);

    if (error) {
        VLOG_WARN_RL(&rl, "bad forwarded request: %s",
                     ofperr_to_string(error));
        return false;
    }

    bool ours = false;
    if (rf.reason == OFPRFR_GROUP_MOD) {
        uint32_t group_id = rf.group_mod->group_id;

        ours = group_id == OFPG_ALL || pipeline_group_is_ours(group_id);
        if (ours && group_id == OFPG_ALL) {
            ds_put_cstr(what, "all groups");
        } else if (ours) {
            ds_put_format(what, "group %"PRIu32, group_id);
        }
    }
    ofputil_destroy_requestforward(&rf);
    return ours;
}

/* Takes in 'oh', a message that says that something has been changed by
 * another connection: a group, if 'group', or else a flow.  What the switch
 * has learned from an offer is added to ours->installed, and watch->learned
 * set.  Appends to 'msgs' what the caller must send. */
void
ofctrl_watch_decode(struct ofctrl_watch *watch, const struct ofp_header *oh,
                    bool group, const struct ofctrl_watch_ours *ours,
                    struct ovs_list *msgs)
{
    struct ds what = DS_EMPTY_INITIALIZER;

    if (watch->enabled
        && (group ? decode_group(oh, &what)
            : decode_flows(watch, oh, ours, msgs, &what))) {
        watch->interfered = true;
        if (watch->changed.length < MAX_CHANGED) {
            ds_put_format(&watch->changed, "%s%s",
                          watch->changed.length ? "; " : "", ds_cstr(&what));
        }
    }
    ds_destroy(&what);
}

/* Logs what has been changed on bridge 'bridge'.  What a switch does when it
 * ends looks like a change by others, so this is for the time when the switch
 * has been read again. */
void
ofctrl_watch_log(struct ofctrl_watch *watch, const char *bridge)
{
    if (watch->changed.length) {
        VLOG_WARN_RL(&rl, "%s: switch was changed by somebody else: %s",
                     bridge, ds_cstr(&watch->changed));
        ds_clear(&watch->changed);
    }
}
