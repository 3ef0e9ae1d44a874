/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/mbridge-private.h"

#include "lib/model/network-side.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/plan.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(mbridge_balance);

/* The load of a balance-slb bond that flows send by.  At the bond's own
 * interval the switch is asked how much each bucket has sent, and some are
 * moved from one member to another: lib/model/bond-buckets.h. */

/* Returns the bond whose buckets are to be moved by their load, or null. */
static const struct network_bond *
find_bond(const struct mbridge *mb)
{
    const struct network_bond *bond = plan_bond_by_source(mb->plan);

    return (bond && bond->rebalance_msec && ofctrl_is_ready(mb->ofctrl)
            ? bond : NULL);
}

/* Makes 'mb->loads' what 'total', the bytes of each bucket as of now, say is
 * sent these days.  What was sent in one interval counts half as much as what
 * is sent in the next. */
static void
note_loads(struct mbridge *mb, const struct bond_loads *total)
{
    for (size_t i = 0; i < BOND_BUCKETS; i++) {
        uint64_t last = mb->bytes.bytes[i];
        uint64_t now = total->bytes[i];

        mb->loads.bytes[i] /= 2;
        mb->loads.bytes[i] += now >= last ? now - last : now;
    }
    mb->bytes = *total;
}

static void
balance(struct mbridge *mb, const struct network_bond *bond)
{
    struct bond_buckets buckets = plan_get_ctx(mb->plan)->buckets;
    bool up[NETWORK_BOND_MAX];

    for (size_t i = 0; i < bond->n; i++) {
        const struct mport *port
            = mbridge_find_mport(mb, bond->members[i].ofport);

        up[i] = port && !port->is_dead;
    }

    size_t n = bond_buckets_balance(&buckets, bond, up, &mb->loads);
    if (n) {
        VLOG_DBG("%s: %"PRIuSIZE" of %d buckets of the bond move to other "
                 "members", mb->row.name, n, BOND_BUCKETS);
        plan_set_buckets(mb->plan, &buckets);
    }
}

/* Looks at the load, if it is time for that, and states to the plan what has
 * moved. */
void
mbridge_balance_run(struct mbridge *mb)
{
    const struct network_bond *bond = find_bond(mb);
    struct bond_loads total;

    if (!bond) {
        mb->balance_msec = 0;
        return;
    }
    if (mb->balance_msec != bond->rebalance_msec) {
        /* What the flows have counted until now is no load of now. */
        ofctrl_take_buckets(mb->ofctrl, &total);
        mb->knows_bytes = false;
        mb->balance_msec = bond->rebalance_msec;
        mb->next_balance = time_msec();
    }
    if (ofctrl_take_buckets(mb->ofctrl, &total)) {
        if (mb->knows_bytes) {
            note_loads(mb, &total);
            balance(mb, bond);
        } else {
            mb->bytes = total;
            mb->loads = (struct bond_loads) { .bytes[0] = 0 };
            mb->knows_bytes = true;
        }
    }
    if (time_msec() >= mb->next_balance) {
        ofctrl_ask_buckets(mb->ofctrl);
        mb->next_balance = time_msec() + bond->rebalance_msec;
    }
}

/* Arranges for poll_block() to wake up when mbridge_balance_run() has
 * something to do. */
void
mbridge_balance_wait(const struct mbridge *mb)
{
    if (find_bond(mb)) {
        poll_timer_wait_until(mb->next_balance);
    }
}
