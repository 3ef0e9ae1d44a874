/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/normal-order.h"

/* Does NORMAL serve the network side? */
bool
normal_use_serves(enum normal_use use)
{
    return use == NORMAL_USED || use == NORMAL_TAUGHT;
}

/* Says what NORMAL is to the desired flows, and whether the switch was found
 * with flows of an earlier run of this program to which it was that: then
 * nothing has been learned from guests meanwhile. */
void
normal_order_want(struct normal_order *no, enum normal_use use, bool found)
{
    bool was_used = normal_use_serves(no->use);
    bool was_taught = no->use == NORMAL_TAUGHT;

    no->use = use;
    if (was_used != normal_use_serves(use)) {
        no->must_flush = was_used || !found;
    } else if (was_taught && use == NORMAL_USED) {
        no->must_flush = true;
    }
}

/* Says that a port is no longer of the network side, behind which NORMAL may
 * have learned something. */
void
normal_order_network_shrinks(struct normal_order *no)
{
    no->must_flush |= normal_use_serves(no->use);
}

/* Says that the switch has been read, over a new connection if 'new_switch',
 * so that it has perhaps been started anew. */
void
normal_order_read(struct normal_order *no, bool new_switch)
{
    if (new_switch) {
        no->must_flush = normal_use_serves(no->use);
    }
}

/* Says that the switch has been asked to forget what it has learned. */
void
normal_order_flushed(struct normal_order *no)
{
    no->must_flush = false;
}

/* Returns what is to be done about no-flood.  'installed' says whether the
 * desired flows are those installed. */
enum normal_noflood
normal_order_noflood(const struct normal_order *no, bool installed)
{
    return (normal_use_serves(no->use) ? NOFLOOD_SET
            : !installed ? NOFLOOD_LEAVE
            : no->use == NORMAL_BARRED ? NOFLOOD_SET
            : NOFLOOD_TAKE_BACK);
}

/* Returns how long to wait, in milliseconds, for others whose no-flood is
 * wrong before it is put right. */
int
normal_order_delay(const struct normal_order *no)
{
    return no->use == NORMAL_BARRED ? NORMAL_ORDER_DELAY : 0;
}

/* Is the host spared no-flood, where guests are not? */
bool
normal_order_spares_host(const struct normal_order *no, bool installed)
{
    return no->use == NORMAL_BARRED && installed;
}

/* May the desired flows be installed?  'noflood_done' says whether all ports
 * have no-flood as they should. */
bool
normal_order_may_install(const struct normal_order *no, bool noflood_done)
{
    return !normal_use_serves(no->use) || noflood_done;
}

/* Is it time to have what was learned forgotten? */
bool
normal_order_may_flush(const struct normal_order *no, bool noflood_done,
                       bool installed)
{
    return (no->must_flush && installed
            && normal_order_may_install(no, noflood_done));
}
