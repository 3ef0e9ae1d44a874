/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_MEMBER_H
#define FLEET_MEMBER_H 1

/* This host as a member of a fleet: the connection to the fleet's database,
 * over which it says which guests it has (lib/fleet/fleet-publish.h) and is
 * told what the others have.
 *
 * Nothing here is waited for: what is to be said is said when that can be, and
 * while the database cannot be reached, what was known last stays known.  Of
 * definitions that is so even if this program is started then: see
 * fleet-snapshot.h. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/fleet/fleet-row.h"

struct fleet_member;
struct json_t;
struct sset;
struct svec;
struct vlan_set;

struct fleet_member *fleet_member_create(const char *remote, const char *host,
                                         const char *directory);
void fleet_member_destroy(struct fleet_member *);

void fleet_member_run(struct fleet_member *);
void fleet_member_wait(struct fleet_member *);

void fleet_member_set_host(struct fleet_member *, const struct fleet_host *);
void fleet_member_set_port(struct fleet_member *, const char *interface,
                           struct fleet_port *);
void fleet_member_set_complete(struct fleet_member *);
bool fleet_member_is_complete(const struct fleet_member *);

/* Is there an interface called 'name' on this host, of whatever kind? */
typedef bool fleet_member_exists_cb(const char *name, void *aux);
void fleet_member_withdraw(struct fleet_member *, fleet_member_exists_cb *,
                           void *aux);

/* Other hosts' guests. */
void fleet_member_take_changed(struct fleet_member *, struct sset *hosts);
void fleet_member_addresses(const struct fleet_member *, const char *host,
                            const char *network, struct svec *addresses);

void fleet_member_vlans(const struct fleet_member *, const char *host,
                        const char *network, struct vlan_set *);
bool fleet_member_take_hosts_changed(struct fleet_member *);
const struct fleet_host **fleet_member_hosts(const struct fleet_member *,
                                             size_t *n);

bool fleet_member_is_connected(const struct fleet_member *);
const struct fleet_host *fleet_member_find_host(const struct fleet_member *);
bool fleet_member_is_known(const struct fleet_member *);
const struct fleet_definition **fleet_member_definitions(
    const struct fleet_member *, size_t *n);
char *fleet_member_path(const struct fleet_member *, const char *network);
const char *fleet_member_path_error(const struct fleet_member *,
                                    const char *path);
const char *fleet_member_remote(const struct fleet_member *);
const char *fleet_member_host(const struct fleet_member *);
struct json_t *fleet_member_export(const struct fleet_member *);

#endif /* controller/fleet/fleet-member.h */
