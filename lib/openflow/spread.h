/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SPREAD_H
#define SPREAD_H 1

/* A network side of several ports, without NORMAL; a bond among them is one
 * port, and compile-bond.h has how it is sent to.
 *
 *      LEARN: each frame from a network port has the switch put in a flow that
 *             says which port its source is behind
 *
 *      UNKNOWN --------------------> SPREAD, for each network port
 *         |         groups             ^
 *         | others                     |  not known
 *         v                            |
 *      PLACES (what was learned) -> AWAY: known, to that port
 *
 * NORMAL floods to whatever port there is, also to one that has just been
 * plugged and is not no-flood yet.  These flows name the ports of the network
 * side, and a new port is none of them until the plan says so.
 *
 * Static entries behind a port, by fdb/add, are flows of the plan there, above
 * what was learned.
 *
 * What is learned is kept for as long as NORMAL would (other_config:
 * mac-aging-time), moves with the address as it would, and goes with its port,
 * by delete_learned, or when the definition does.  Who can send on the network
 * can have the switch learn SPREAD_MAX_PLACES addresses (or mac-table-size) by
 * each port and no more; what is for others then goes to all network ports. */

#include <stdint.h>
#include "openvswitch/types.h"

struct bridge_ctx;
struct slice;

#define SPREAD_AGING_TIME 300   /* Open vSwitch's MAC_ENTRY_DEFAULT_IDLE_TIME,
                                 * in seconds. */
#define SPREAD_MAX_PLACES 4096

void spread_compile(const struct bridge_ctx *, ovs_be64 cookie,
                    struct slice *);

#endif /* lib/openflow/spread.h */
