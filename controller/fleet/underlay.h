/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNDERLAY_H
#define UNDERLAY_H 1

/* The network that tunnels between hosts go by, as the kernel knows it. */

struct svec;

int underlay_mtu(const struct svec *peers);

#endif /* controller/fleet/underlay.h */
