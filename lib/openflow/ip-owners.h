/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IP_OWNERS_H
#define IP_OWNERS_H 1

/* Which guests of a bridge have which IP addresses, be they here or on other
 * hosts of the fleet.
 *
 * That is of guests with guard "ip", since of others nobody knows, and of
 * single addresses, not of prefixes.  It is kept because a request for an
 * address goes to its owner alone (compile-owner.c) only as long as nobody
 * else has that address in a VLAN that both are in. */

#include <stdbool.h>
#include "openvswitch/hmap.h"

struct vport;
struct vport_ip;

struct ip_owners {
    struct hmap claims;         /* Contains "struct ip_claim"s. */
};

void ip_owners_init(struct ip_owners *);
void ip_owners_uninit(struct ip_owners *);

/* Called with the name of another port that has an address in common. */
typedef void ip_owners_cb(const char *port, void *aux);
void ip_owners_update(struct ip_owners *, const struct vport *old,
                      const struct vport *new, ip_owners_cb *, void *aux);
bool ip_owners_is_alone(const struct ip_owners *, const struct vport_ip *);

#endif /* lib/openflow/ip-owners.h */
