/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/normal-order.h"

/* Says whether the desired flows use NORMAL, and whether the switch was found
 * with flows of an earlier run of this program that did: then nothing has been
 * learned from guests meanwhile. */
void
normal_order_want(struct normal_order *no, bool wanted, bool found)
{
    if (wanted != no->wanted) {
        no->wanted = wanted;
        no->must_flush = !(wanted && found);
    }
}

/* Says that a port is no longer of the network side, behind which NORMAL may
 * have learned something. */
void
normal_order_network_shrinks(struct normal_order *no)
{
    no->must_flush |= no->wanted;
}

/* Says that the switch has been read, over a new connection if 'new_switch',
 * so that it has perhaps been started anew. */
void
normal_order_read(struct normal_order *no, bool new_switch)
{
    if (new_switch) {
        no->must_flush = no->wanted;
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
    return (no->wanted ? NOFLOOD_SET
            : installed ? NOFLOOD_TAKE_BACK
            : NOFLOOD_LEAVE);
}

/* May the desired flows be installed?  'noflood_done' says whether all ports
 * have no-flood as they should. */
bool
normal_order_may_install(const struct normal_order *no, bool noflood_done)
{
    return !no->wanted || noflood_done;
}

/* Is it time to have what was learned forgotten? */
bool
normal_order_may_flush(const struct normal_order *no, bool noflood_done,
                       bool installed)
{
    return (no->must_flush && installed
            && normal_order_may_install(no, noflood_done));
}
