/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_REMOTE_H
#define FLEET_REMOTE_H 1

/* Which addresses are to be found at which other host of a fleet, as far as a
 * host's own bridges need to know.
 *
 * The client tells of each row that comes, changes or goes, and is told of the
 * hosts for which something may be another thing now: those that have, or had,
 * an address of that row's port.  Of several hosts that claim an address, the
 * rule of fleet-claims.h says which has it.
 *
 * All of this is pure: 'now' is a number of milliseconds that only grows, and
 * 'wall' is in seconds since 1970. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/fleet/fleet-row.h"

struct fleet_index;
struct fleet_remote;
struct fleet_seen;
struct sset;
struct svec;
struct vlan_set;

struct fleet_remote *fleet_remote_create(const char *own_host);
void fleet_remote_destroy(struct fleet_remote *);

void fleet_remote_row_changed(struct fleet_remote *, enum fleet_table,
                              const void *old, const void *new,
                              long long int now, int64_t wall);
void fleet_remote_take_changed(struct fleet_remote *, struct sset *hosts);
struct fleet_seen *fleet_remote_seen(const struct fleet_remote *);
const struct fleet_index *fleet_remote_index(const struct fleet_remote *);

/* Is there a network of that name where the addresses are asked for? */
typedef bool fleet_remote_network_cb(const char *network, void *aux);

void fleet_remote_addresses(struct fleet_remote *, const char *host,
                            fleet_remote_network_cb *, void *aux,
                            struct svec *addresses);
void fleet_remote_vlans(const struct fleet_remote *, const char *host,
                        fleet_remote_network_cb *, void *aux,
                        struct vlan_set *);

#endif /* lib/fleet/fleet-remote.h */
