/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_SNAPSHOT_H
#define FLEET_SNAPSHOT_H 1

/* What the fleet's database was last known to say, in a directory of this
 * host: each definition in a file of its own, by which alone it comes into
 * force, as others' files do.  So a host that is started while no server of
 * the fleet can be reached has the last known networks.
 *
 * Two other files have hosts and ports (fleet-kept.h), so that what is sent to
 * guests of other hosts gets there meanwhile.
 *
 * Beside the definitions there is a file whose time says as of when they are
 * known.  Until it is there, nothing is known of the fleet's networks. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/fleet/fleet-row.h"

struct fleet_snapshot;

struct fleet_snapshot *fleet_snapshot_open(const char *directory);
void fleet_snapshot_close(struct fleet_snapshot *);

void fleet_snapshot_set(struct fleet_snapshot *,
                        const struct fleet_definition *);
void fleet_snapshot_remove(struct fleet_snapshot *, const char *name);
void fleet_snapshot_retain(struct fleet_snapshot *,
                           const struct fleet_definition *const *, size_t n);
void fleet_snapshot_touch(struct fleet_snapshot *);

char *fleet_snapshot_path(const struct fleet_snapshot *, const char *name);
long long int fleet_snapshot_time(const struct fleet_snapshot *);
const char *fleet_snapshot_directory(const struct fleet_snapshot *);
void fleet_snapshot_set_error(struct fleet_snapshot *, const char *path,
                              int error);
const char *fleet_snapshot_error(const struct fleet_snapshot *);
const char *fleet_snapshot_find_error(const struct fleet_snapshot *,
                                      const char *path);

#endif /* controller/fleet/fleet-snapshot.h */
