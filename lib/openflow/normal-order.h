/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NORMAL_ORDER_H
#define NORMAL_ORDER_H 1

/* In which order NORMAL is kept away from guests, where it serves the network
 * side: it must not flood to them (noflood-ports.h), and it must not know any
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
 * network side, and when the switch may have been started anew: it has then
 * run without our flows for a while.  It is not when a switch that went on
 * running is merely read again, since all that is learned of the network would
 * be flooded until it is learned anew. */

#include <stdbool.h>

struct normal_order {
    bool wanted;                /* Do the desired flows use NORMAL? */
    bool must_flush;            /* As soon as the flows are installed. */
};

#define NORMAL_ORDER_INITIALIZER { false, false }

enum normal_noflood {
    NOFLOOD_SET,
    NOFLOOD_LEAVE,              /* As it is. */
    NOFLOOD_TAKE_BACK,
};

void normal_order_want(struct normal_order *, bool wanted, bool found);
void normal_order_network_shrinks(struct normal_order *);
void normal_order_read(struct normal_order *, bool new_switch);
void normal_order_flushed(struct normal_order *);

enum normal_noflood normal_order_noflood(const struct normal_order *,
                                         bool installed);
bool normal_order_may_install(const struct normal_order *, bool noflood_done);
bool normal_order_may_flush(const struct normal_order *, bool noflood_done,
                            bool installed);

#endif /* lib/openflow/normal-order.h */
