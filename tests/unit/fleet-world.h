/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_WORLD_H
#define FLEET_WORLD_H 1

/* A host of a fleet and its replica of the database, for tests. */

#include <stdint.h>
#include "lib/fleet/fleet-row.h"
#include "openvswitch/shash.h"

struct ds;
struct json;

/* A database of which a "struct fleet_publish" has a replica: rows of tables
 * Host and Port, by "HOST" and "HOST/INTERFACE". */
struct fleet_world {
    struct fleet_publish *publish;
    struct fleet_remote *remote;    /* Has the index of its ports. */
    struct shash rows[FLEET_N_TABLES];
};

void fleet_world_init(struct fleet_world *, const char *host,
                      const char *hostname);
void fleet_world_uninit(struct fleet_world *);
void fleet_world_set(struct fleet_world *, enum fleet_table, const char *key,
                     void *row);
void fleet_world_want(struct fleet_world *, const char *interface,
                      const char *state, const char *address);
void fleet_world_carry_out(struct fleet_world *, const struct json *op,
                           struct ds *);
void fleet_world_check(struct fleet_world *, int64_t now,
                       const char *expected);

#endif /* tests/unit/fleet-world.h */
