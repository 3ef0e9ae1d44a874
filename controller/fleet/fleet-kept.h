/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_KEPT_H
#define FLEET_KEPT_H 1

/* What other hosts of a fleet had when this program was ended, as
 * fleet-snapshot.h has it: it stands in for the replica until that has come,
 * and is then what the replica has.  What changes is written before the flows
 * that follow from it are sent, so that a daemon which is killed and started
 * anew while no server is there knows no less than the switch. */

#include <stdbool.h>
#include "ovsdb/fleet-db.h"

struct fleet_kept;
struct fleet_snapshot;

struct fleet_kept *fleet_kept_create(struct fleet_snapshot *,
                                     fleet_db_changed_cb *, void *aux);
void fleet_kept_destroy(struct fleet_kept *);

void fleet_kept_row_changed(struct fleet_kept *, enum fleet_table,
                            const void *old, const void *new, bool matters);
void fleet_kept_follow(struct fleet_kept *, const struct fleet_db *);
void fleet_kept_run(struct fleet_kept *, const struct fleet_db *, bool now);
void fleet_kept_wait(const struct fleet_kept *);

#endif /* controller/fleet/fleet-kept.h */
