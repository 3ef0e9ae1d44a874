/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/mbridge-private.h"

#include <string.h>

#include "lib/model/vport.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "openvswitch/match.h"

/* Are the networks of 'mb' known?  Some of them may be in a file that cannot
 * be read. */
bool
mbridge_knows_networks(const struct mbridge *mb)
{
    return mb->complete || mb->model.n_networks > 0;
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
            mbridge_update_mport(mb, port);
        }
    }
}

/* 'flow', which the switch holds, tells what port 'name' was. */
static void
found_policy(const char *name, const struct oflow *flow, void *mb_)
{
    const struct mbridge *mb = mb_;
    const struct vport *vport = plan_find_port(mb->plan, name);
    struct mport *port = mbridge_find_mport(mb, vport->ofport);

    if (port && flow->table_id == TABLE_ADMIT) {
        uint32_t marks = pipeline_get_marks(flow->ofpacts, flow->ofpacts_len);

        port->found.network |= (marks & 1 << REG0_FROM_NETWORK_BIT) != 0;
        port->found.isolated |= (marks & 1 << REG0_ISOLATED_BIT) != 0;
    } else if (port && flow->table_id == TABLE_ANNOUNCE) {
        port->found.listens = true;
    }
}

static void
found_address(const char *name, const struct oflow *flow, void *mb_)
{
    if (flow->table_id == TABLE_FORWARD
        && flow->priority == PRIORITY_FORWARD_FOLLOWED) {
        struct mbridge *mb = mb_;
        struct match match;

        minimatch_expand(&flow->match, &match);
        mbridge_found_followed(mb, name, match.flow.dl_dst);
    }
}

/* Takes from 'installed', what the switch was found to hold, what has happened
 * to ports before this program was restarted. */
void
mbridge_find(struct mbridge *mb, const struct oflow_table *installed)
{
    struct mport *port;

    find_arrived(mb, installed);
    if (!mbridge_knows_networks(mb)) {
        plan_for_each_found(mb->plan, installed, found_policy, mb);
        HMAP_FOR_EACH (port, hmap_node, &mb->ports) {
            mbridge_update_mport(mb, port);
        }
    }
    plan_for_each_found(mb->plan, installed, found_address, mb);
}

/* As long as the networks of 'mb' are not known, makes 'vport', a guest by all
 * that is known, what 'port' was found to be. */
void
mbridge_keep_found(const struct mbridge *mb, struct mport *port,
                   struct vport *vport)
{
    if (mbridge_knows_networks(mb)) {
        memset(&port->found, 0, sizeof port->found);
    } else if (vport->role != VIF_GUEST) {
        /* Its own keys say what it is. */
    } else if (port->found.network) {
        vport_make_network(vport);
    } else {
        vport->isolated |= port->found.isolated;
        if (port->found.listens) {
            vport->follow_limit = NETDEF_MAX_RX_FILTERS;
            vport->listens = true;
        }
    }
}
