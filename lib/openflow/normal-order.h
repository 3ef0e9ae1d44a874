/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NORMAL_ORDER_H
#define NORMAL_ORDER_H 1

/* In which order NORMAL is kept away from guests.  Where it serves the network
 * side, it must not flood to them (noflood-ports.h), and it must not know any
 * address behind them.
 *
 *   1. no-flood is set,
 *   2. the flows that use NORMAL are installed, so that nothing more is
 *      learned from guests,
 *   3. what has been learned is forgotten,
 *
 * and, when NORMAL is not used any more, the other way round.
 *
 * What has been learned is forgotten also when a port is no longer of the
 * network side, when another joins a bond, behind which our flows have said
 * that everybody is, and when the switch may have been started anew: it has
 * then run without our flows for a while.  It is not when a switch that went
 * on running is merely read again, since all that is learned of the network
 * would be flooded until it is learned anew.
 *
 * Where our flows do without NORMAL, those of others may still use it.  So
 * guests have no-flood there as well, but nothing waits for that: it is set a
 * moment later, for all that have come meanwhile together.  The host is
 * spared, which others' flows may have to reach. */

#include <stdbool.h>

/* What NORMAL is to the desired flows. */
enum normal_use {
    NORMAL_FREE,                /* Kernel mode: it serves everybody. */
    NORMAL_BARRED,              /* It serves nobody. */
    NORMAL_USED,                /* It serves the network side. */
    NORMAL_TAUGHT,              /* So it does, knowing what our flows say. */
};

bool normal_use_serves(enum normal_use);

struct normal_order {
    enum normal_use use;
    bool must_flush;            /* As soon as the flows are installed. */
};

/* How long no-flood may wait where nothing waits for it, in milliseconds.  To
 * the switch it is as much work as a new port, all of which it looks at again,
 * so that it must not come between the plugs of many guests. */
#define NORMAL_ORDER_DELAY 250

#define NORMAL_ORDER_INITIALIZER { NORMAL_FREE, false }

enum normal_noflood {
    NOFLOOD_SET,
    NOFLOOD_LEAVE,              /* As it is. */
    NOFLOOD_TAKE_BACK,
};

void normal_order_want(struct normal_order *, enum normal_use, bool found);
void normal_order_network_shrinks(struct normal_order *);
void normal_order_read(struct normal_order *, bool new_switch);
void normal_order_flushed(struct normal_order *);

enum normal_noflood normal_order_noflood(const struct normal_order *,
                                         bool installed);
int normal_order_delay(const struct normal_order *);
bool normal_order_spares_host(const struct normal_order *, bool installed);
bool normal_order_may_install(const struct normal_order *, bool noflood_done);
bool normal_order_may_flush(const struct normal_order *, bool noflood_done,
                            bool installed);

#endif /* lib/openflow/normal-order.h */
