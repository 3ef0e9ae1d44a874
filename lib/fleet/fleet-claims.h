/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_CLAIMS_H
#define FLEET_CLAIMS_H 1

/* Which host has an address, of several whose guests claim it.
 *
 * Two ports claim the same if they are in the same network, have a VLAN in
 * common and an address.  Of these, as on one host:
 *
 *     - A port that is not active has nothing: its guest is elsewhere
 *       ("arriving"), is not to send ("held") or has ended ("gone").
 *
 *     - A host that has not been seen lately has nothing that another one
 *       claims: it is dead, or it is cut off.
 *
 *     - The one that had it keeps it.  Clocks differ, so column 'since' is no
 *       time but a time at least: whoever becomes active writes a number
 *       greater than those of all others that he sees claim the same, and
 *       not less than the time.
 *
 *       A guest that comes from another host, where it is known to be on its
 *       way ("arriving", of the same VM), takes its own place there, by a
 *       number that is less by one.
 *
 *     - If that does not decide, because two began without seeing each other,
 *       the first by names of host and interface does.
 *
 * Each host, and each administrator, computes the same from the same rows. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/fleet/fleet-row.h"
#include "openvswitch/types.h"

/* A host that has not said for so many seconds that it is there is not seen.
 * It says so four times as often (FLEET_SEEN_INTERVAL in fleet-publish.h). */
#define FLEET_SEEN_SECONDS 20

/* How far apart the clocks of two hosts may be, in seconds, where nothing else
 * tells when a host was seen than what it has written by its own. */
#define FLEET_CLOCK_SECONDS 40

#define FLEET_PORT_STATES                       \
    FLEET_PORT_STATE(ACTIVE, "active")          \
    FLEET_PORT_STATE(ARRIVING, "arriving")      \
    FLEET_PORT_STATE(HELD, "held")              \
    FLEET_PORT_STATE(GONE, "gone")

enum fleet_port_state {
#define FLEET_PORT_STATE(ENUM, NAME) FLEET_PORT_##ENUM,
    FLEET_PORT_STATES
#undef FLEET_PORT_STATE
};

const char *fleet_port_state_to_string(enum fleet_port_state);

struct fleet_claims;
struct vlan_set;

/* Has the host called 'name' been seen lately? */
typedef bool fleet_is_seen_cb(const char *name, void *aux);

struct fleet_claims *fleet_claims_create(const struct fleet_port *const *,
                                         size_t n, fleet_is_seen_cb *,
                                         void *aux);
void fleet_claims_destroy(struct fleet_claims *);

/* An address that a port claims. */
struct fleet_claim {
    const struct fleet_port *port;
    struct eth_addr mac;
    const struct fleet_port *winner;    /* Who has it, or null. */
    bool is_contested;          /* Is there another active port for it? */
};

const struct fleet_claim *fleet_claims_get(const struct fleet_claims *,
                                           size_t *n);

void fleet_port_add_vlans(const struct fleet_port *, struct vlan_set *);
char *fleet_port_check(const struct fleet_port *);

#endif /* lib/fleet/fleet-claims.h */
