/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/mbridge-private.h"

#include <limits.h>

#include "controller/switch/normal-guard.h"
#include "lib/base/guards.h"
#include "lib/model/mac-table.h"
#include "lib/model/port-life.h"
#include "lib/model/vport.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "openvswitch/match.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "packets.h"
#include "sset.h"
#include "timeval.h"

VLOG_DEFINE_THIS_MODULE(mbridge_life);

/* Are the networks of 'mb' known?  Some of them may be in a file that cannot
 * be read. */
bool
mbridge_knows_networks(const struct mbridge *mb)
{
    return !mb->model.incomplete || mb->model.n_networks > 0;
}

/* Returns what 'port', which may be null, is in the plan, or null. */
const struct vport *
mbridge_get_vport(const struct mbridge *mb, const struct mport *port)
{
    return (port && port->in_plan ? plan_find_port(mb->plan, port->name)
            : NULL);
}

/* Returns the port of the plan that 'ofport' is, or null. */
const struct vport *
mbridge_find_vport(const struct mbridge *mb, ofp_port_t ofport)
{
    return mbridge_get_vport(mb, mbridge_find_mport(mb, ofport));
}

/* The guest of 'vport' has become 'mac', too.  Guards "mac" and "ip" have
 * dropped what it has announced that by. */
static void
note_unheard(struct mbridge *mb, const struct vport *vport,
             struct eth_addr mac)
{
    if (vport->guards & (GUARD_BIT(GUARD_MAC) | GUARD_BIT(GUARD_IP))) {
        mb->unheard = xrealloc(mb->unheard,
                               (mb->n_unheard + 1) * sizeof *mb->unheard);
        mb->unheard[mb->n_unheard++] = mac;
    }
}

/* Has 'changes', the PORT_LIFE_*s that the guest of 'port' has made, by
 * 'frame' if that is known, carried out. */
static void
apply_changes(struct mbridge *mb, struct mport *port, unsigned int changes,
              const struct life_frame *frame)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(10, 20);
    const struct vlan_block vlan = { .vid = frame->vid };
    const struct vlan_block *block = frame->vid ? &vlan : NULL;
    struct eth_addr src = frame->src;

    if (changes & PORT_LIFE_ARRIVED) {
        VLOG_INFO("%s: guest of %s has arrived", mb->row.name, port->name);
    }
    if (changes & PORT_LIFE_DEAF) {
        VLOG_WARN_RL(&rl, "%s: %s announces too many addresses, or too often, "
                     "so it is not listened to for a while", mb->row.name,
                     port->name);
    }
    if (changes & PORT_LIFE_TAKES) {
        VLOG_INFO_RL(&rl, "%s: guest uses %s now, not another port of its",
                     mb->row.name, port->name);
        plan_take_mac(mb->plan, port->name,
                      plan_find_port(mb->plan, port->name)->mac, block);
    }
    if (changes & PORT_LIFE_SHARES) {
        VLOG_INFO_RL(&rl, "%s: "ETH_ADDR_FMT" moves to %s, which has "
                     "announced it", mb->row.name, ETH_ADDR_ARGS(src),
                     port->name);
        plan_take_mac(mb->plan, port->name, src, block);
    }
    if (changes & (PORT_LIFE_YIELDS | PORT_LIFE_LOST)) {
        VLOG_INFO_RL(&rl, "%s: "ETH_ADDR_FMT" moves from %s to the network "
                     "side, which has announced it", mb->row.name,
                     ETH_ADDR_ARGS(src), port->name);
    }
    if (changes & PORT_LIFE_YIELDS) {
        plan_take_mac(mb->plan, MAC_OUTSIDE, src, block);
    }
    if (changes & PORT_LIFE_FOLLOWS) {
        VLOG_INFO_RL(&rl, "%s: guest of %s has become "ETH_ADDR_FMT,
                     mb->row.name, port->name, ETH_ADDR_ARGS(src));
    }
    mb->n_moves += (changes & (PORT_LIFE_TAKES | PORT_LIFE_SHARES
                               | PORT_LIFE_YIELDS | PORT_LIFE_LOST)) != 0;
    if (changes & PORT_LIFE_REFUSED) {
        mbridge_on_refused(mb, port, src);
    }
    if (changes) {
        mbridge_update_mport(mb, port);
    }
    if (changes & PORT_LIFE_FOLLOWS && port->in_plan) {
        const struct vport *vport = plan_find_port(mb->plan, port->name);

        note_unheard(mb, vport, src);
        mb->n_moves += mbridge_unfollow(mb, vport, src);
    }
}

/* Returns how many times an address was refused to the guest of 'ofport'. */
unsigned long long int
mbridge_count_refused(const struct mbridge *mb, ofp_port_t ofport)
{
    const struct mport *port = mbridge_find_mport(mb, ofport);

    return port ? port->n_refused : 0;
}

/* The switch has put in what was offered to the guest of 'ofport'. */
void
mbridge_on_taken(ofp_port_t ofport, void *mb_)
{
    struct mbridge *mb = mb_;
    struct mport *port = mbridge_find_mport(mb, ofport);
    const struct vport *vport = mbridge_get_vport(mb, port);

    if (vport) {
        const struct life_frame unknown = { .vid = 0 };

        apply_changes(mb, port,
                      port_life_taken(&port->life, vport,
                                      plan_mac_table(mb->plan), time_msec()),
                      &unknown);
    }
}

/* Flows show 'frame', from an address that some guest has, which has come in
 * from the network side. */
static void
on_outside(struct mbridge *mb, const struct life_frame *frame)
{
    const struct mac_table *macs = plan_mac_table(mb->plan);
    struct sset names = SSET_INITIALIZER(&names);
    const char *name;

    port_life_find_holders(macs, frame->src, &names);
    SSET_FOR_EACH (name, &names) {
        const struct vport *vport = plan_find_port(mb->plan, name);
        struct mport *port = (vport ? mbridge_find_mport(mb, vport->ofport)
                              : NULL);

        if (port) {
            apply_changes(mb, port,
                          port_life_outside(&port->life, vport, frame, macs,
                                            time_msec()),
                          frame);
        }
    }
    sset_destroy(&names);
}

/* Flows show 'frame'. */
void
mbridge_on_frame(const struct ofctrl_frame *frame, void *mb_)
{
    struct mbridge *mb = mb_;
    struct mport *port = mbridge_find_mport(mb, frame->port);
    const struct vport *vport = mbridge_get_vport(mb, port);
    const struct life_frame shown = { .src = frame->src, .vid = frame->vid };

    mb->n_frames++;
    if (vport && frame->is_offence) {
        mbridge_on_offence(mb, port, frame);
    } else if (vport && vport->role == VIF_NETWORK) {
        on_outside(mb, &shown);
    } else if (vport) {
        apply_changes(mb, port,
                      port_life_frame(&port->life, vport, &shown,
                                      plan_mac_table(mb->plan), time_msec()),
                      &shown);
    }
}

/* Finds the guests that had their address in 'installed'. */
static void
find_active(struct mbridge *mb, const struct oflow_table *installed)
{
    struct sset addressed = SSET_INITIALIZER(&addressed);
    struct mport *port;

    plan_find_addressed(mb->plan, installed, &addressed);
    HMAP_FOR_EACH (port, hmap_node, &mb->ports) {
        const struct vport *vport = mbridge_get_vport(mb, port);

        if (vport && !vport->active && sset_contains(&addressed, port->name)
            && port_life_found_active(&port->life)) {
            mbridge_update_mport(mb, port);
        }
    }
    sset_destroy(&addressed);
}

/* 'flow', which the switch holds, tells what port 'name' was. */
static void
found_policy(const char *name, const struct oflow *flow, void *mb_)
{
    const struct mbridge *mb = mb_;
    const struct vport *vport = plan_find_port(mb->plan, name);
    struct mport *port = mbridge_find_mport(mb, vport->ofport);
    struct port_found found = { .network = false };

    if (flow->table_id == TABLE_ADMIT) {
        uint32_t marks = pipeline_get_marks(flow->ofpacts, flow->ofpacts_len);

        found.network = (marks & 1 << REG0_FROM_NETWORK_BIT) != 0;
        found.isolated = (marks & 1 << REG0_ISOLATED_BIT) != 0;
        found.community = pipeline_get_community(flow->ofpacts,
                                                 flow->ofpacts_len);
        found.served = flow->ofpacts_len > 0;
        found.guards = marks / pipeline_guard_mark(0) & GUARDS_ALL;
    }
    found.filtered = (flow->table_id == TABLE_FILTER
                      || flow->table_id == TABLE_TO_GUEST);
    found.listens = (pipeline_table_today(flow->table_id) == TABLE_ANNOUNCE
                     && flow->priority == PRIORITY_ANNOUNCE_SHOW);
    if (flow->table_id == TABLE_FORWARD
        && flow->priority == PRIORITY_FORWARD_STORM) {
        found.guards |= GUARD_BIT(GUARD_STORM);
    }
    if (flow->table_id == TABLE_PROTOCOL) {
        struct match match;

        minimatch_expand(&flow->match, &match);
        guard_types_add(&found.types, ntohs(match.flow.dl_type));
    }
    if (flow->table_id == TABLE_GUARD) {
        if (flow->priority == PRIORITY_GUARD_DROP) {
            found.guards |= GUARD_BIT(GUARD_MAC);
        }
        found.listens = flow->priority == PRIORITY_GUARD_SHOW;
    }
    if (port) {
        port_life_found(&port->life, &found);
    }
}

/* 'flow', which the switch holds, tells what the guest of port 'name' had
 * changed to.  It counts if that is 'listed', or not, for the guest. */
static void
take_found(struct mbridge *mb, const char *name, const struct oflow *flow,
           bool listed)
{
    const struct vport *vport = plan_find_port(mb->plan, name);
    struct mport *port = mbridge_find_mport(mb, vport->ofport);
    struct match match;

    if (!port || pipeline_table_today(flow->table_id) != TABLE_FORWARD
        || flow->priority != PRIORITY_FORWARD_FOLLOWED) {
        return;
    }
    minimatch_expand(&flow->match, &match);
    if (vport_has_mac(vport, match.flow.dl_dst) == listed
        && port_life_found_followed(&port->life, vport, match.flow.dl_dst,
                                 plan_mac_table(mb->plan))) {
        mbridge_update_mport(mb, port);
    }
}

/* A guest has sent by a listed address before all others if it has changed to
 * that. */
static void
found_listed(const char *name, const struct oflow *flow, void *mb)
{
    take_found(mb, name, flow, true);
}

static void
found_address(const char *name, const struct oflow *flow, void *mb)
{
    take_found(mb, name, flow, false);
}

/* Says which ports 'installed' took for such that must not be flooded to. */
static void
find_barred(struct mbridge *mb, const struct oflow_table *installed)
{
    const struct oflow_node *node;
    ofp_port_t ofport;
    bool network;

    HMAP_FOR_EACH (node, hmap_node, &installed->flows) {
        if (plan_flow_enters(node->flow, &ofport, &network) && !network) {
            normal_guard_found_port(mb->guard, ofport, true);
        }
    }
    /* Some flows of a network port do not say that it is one. */
    HMAP_FOR_EACH (node, hmap_node, &installed->flows) {
        if (plan_flow_enters(node->flow, &ofport, &network) && network) {
            normal_guard_found_port(mb->guard, ofport, false);
        }
    }
}

/* Takes from 'installed', what the switch was found to hold, what has happened
 * to ports before this program was restarted. */
void
mbridge_find(struct mbridge *mb, const struct oflow_table *installed)
{
    struct mport *port;

    find_barred(mb, installed);
    find_active(mb, installed);
    if (mb->model.incomplete) {
        static const struct port_found by_normal = { .served = true };

        plan_for_each_found(mb->plan, installed, found_policy, mb);
        HMAP_FOR_EACH (port, hmap_node, &mb->ports) {
            if (!mb->exact) {
                port_life_found(&port->life, &by_normal);
            }
            mbridge_update_mport(mb, port);
        }
    }
    plan_for_each_found(mb->plan, installed, found_listed, mb);
    plan_for_each_found(mb->plan, installed, found_address, mb);
}

/* Returns the port that is to be looked at again first, and when in '*when',
 * or null. */
static struct mport *
first_to_wake(const struct mbridge *mb, long long int *when)
{
    if (heap_is_empty(&mb->wakes)) {
        return NULL;
    }

    struct mport *port = CONTAINER_OF(heap_max(&mb->wakes), struct mport,
                                      wake_node);
    *when = LLONG_MAX - (long long int) port->wake_node.priority;
    return port;
}

/* Looks again at the ports that time has changed. */
void
mbridge_lives_run(struct mbridge *mb)
{
    long long int now = time_msec();
    struct mport *port;
    long long int when;

    while ((port = first_to_wake(mb, &when)) && when <= now) {
        port_life_run(&port->life, now);
        mbridge_update_mport(mb, port);
    }
}

/* Arranges for poll_block() to wake up when mbridge_lives_run() has something
 * to do. */
void
mbridge_lives_wait(const struct mbridge *mb)
{
    long long int when;

    if (first_to_wake(mb, &when)) {
        poll_timer_wait_until(when);
    }
}
