/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PORT_LIFE_PRIVATE_H
#define PORT_LIFE_PRIVATE_H 1

/* What the files of port-life.h share: port-life.c, what a port is by what is
 * known of it, and port-life-frames.c, what becomes of it by what its guest
 * sends. */

#include "lib/model/port-life.h"

bool port_life_follow(struct port_life *, const struct vport *,
                      struct eth_addr, const struct mac_table *, bool moves);
void port_life_drop_taken(struct port_life *, const struct vport *,
                          const struct mac_table *);
bool port_life_is_stuck(const struct port_life *, const struct vport *);

#endif /* lib/model/port-life-private.h */
