/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_PUBLISH_H
#define FLEET_PUBLISH_H 1

/* What one host has to say in the fleet's database, of itself and of its
 * guests' ports, and what of that is still to be said.
 *
 * The client tells what there is to be, as it changes, and of each row of the
 * replica that comes, changes or goes.  Only what differs goes into a
 * transaction, of which one is on its way at a time: between
 * fleet_publish_next() and fleet_publish_done().  What a change costs does not
 * depend on how many ports there are.
 *
 * A row of ours that is not to be there goes only once the client has said
 * that it knows all ports, so that a daemon that is just starting takes
 * nothing back.  Until then, which may be long, goes that of a port that the
 * client has told of and takes back, or of an interface that is not there.
 *
 * Two hosts with one name would undo each other's work for ever.  A row of our
 * name that says another hostname, and was written lately, is the other's:
 * nothing is written as long as that is so.
 *
 * All of this is pure.  Times are in seconds since 1970, by this host's clock.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/fleet/fleet-row.h"

/* How often a host says that it is there. */
#define FLEET_SEEN_INTERVAL 5

/* A row of our name that another host has written so lately is in use. */
#define FLEET_TWIN_SECONDS 180

struct fleet_index;
struct fleet_publish;
struct json;

struct fleet_publish *fleet_publish_create(const char *host,
                                           const struct fleet_index *);
void fleet_publish_destroy(struct fleet_publish *);

/* What there is to be. */
void fleet_publish_set_host(struct fleet_publish *, const struct fleet_host *);
void fleet_publish_set_port(struct fleet_publish *, const char *interface,
                            struct fleet_port *);
void fleet_publish_set_complete(struct fleet_publish *);
bool fleet_publish_is_complete(const struct fleet_publish *);

/* Is there an interface called 'name', of whatever kind? */
typedef bool fleet_publish_exists_cb(const char *name, void *aux);
void fleet_publish_withdraw(struct fleet_publish *, fleet_publish_exists_cb *,
                            void *aux);

/* What there is. */
void fleet_publish_row_changed(struct fleet_publish *, enum fleet_table,
                               const void *old, const void *new);

/* What is to be done about the difference. */
struct json *fleet_publish_next(struct fleet_publish *, int64_t now);
void fleet_publish_done(struct fleet_publish *);
bool fleet_publish_is_due(const struct fleet_publish *, int64_t now);
int64_t fleet_publish_due_time(const struct fleet_publish *, int64_t now);
size_t fleet_publish_count_pending(const struct fleet_publish *);
const struct fleet_host *fleet_publish_find_twin(const struct fleet_publish *,
                                                 int64_t now);
size_t fleet_publish_count_ports(const struct fleet_publish *);

#endif /* lib/fleet/fleet-publish.h */
