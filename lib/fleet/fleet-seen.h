/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_SEEN_H
#define FLEET_SEEN_H 1

/* Which hosts of a fleet are there.
 *
 * A host is seen if what it says of when it was there has changed lately, by
 * the clock of whoever looks: hosts' own may be wrong.  Of one that has said
 * nothing yet since it was first told of, its own time has to do.  While
 * nothing can be heard, that somebody is not heard means nothing.
 *
 * All of this is pure: 'now' is a number of milliseconds that only grows, and
 * 'wall' is in seconds since 1970. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fleet_host;
struct fleet_seen;

/* Called when 'host' is not seen any more, or is again. */
typedef void fleet_seen_cb(const char *host, void *aux);

struct fleet_seen *fleet_seen_create(const char *own_host, fleet_seen_cb *,
                                     void *aux);
void fleet_seen_destroy(struct fleet_seen *);

void fleet_seen_row_changed(struct fleet_seen *, const struct fleet_host *old,
                            const struct fleet_host *new, long long int now,
                            int64_t wall);
void fleet_seen_run(struct fleet_seen *, long long int now, bool hears);
long long int fleet_seen_wake_time(const struct fleet_seen *);

const struct fleet_host **fleet_seen_hosts(const struct fleet_seen *,
                                           size_t *n);
bool fleet_seen_is_seen(const struct fleet_seen *, const char *host);
int64_t fleet_seen_clock(const struct fleet_seen *, const char *host);

#endif /* lib/fleet/fleet-seen.h */
