/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_DB_H
#define FLEET_DB_H 1

/* A replica of the fleet's database (lib/fleet/fleet-row.h), and a way to
 * write into it, by one connection.
 *
 * The server may be one of a raft cluster, of which 'remote' should name all.
 * Any of them will do for reading, as long as it is a part of the cluster that
 * has a leader: one that is cut off is left for another one.  While none can
 * be reached, the replica stays what it was last.
 *
 * One transaction is on its way at a time.  A connection that is lost takes
 * its answer along: it may or may not have been carried out, which the replica
 * will show. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/fleet/fleet-row.h"

struct fleet_db;
struct json;

/* Called when a row of 'table' has come ('old' is null), gone ('new' is null)
 * or changed. */
typedef void fleet_db_changed_cb(enum fleet_table, const void *old,
                                 const void *new, void *aux);

struct fleet_db *fleet_db_create(const char *remote, bool for_administrator,
                                 fleet_db_changed_cb *, void *aux);
void fleet_db_destroy(struct fleet_db *);

void fleet_db_run(struct fleet_db *);
void fleet_db_wait(struct fleet_db *);

bool fleet_db_is_connected(const struct fleet_db *);
bool fleet_db_is_alive(const struct fleet_db *);
int fleet_db_last_error(const struct fleet_db *);
const char *fleet_db_schema_version(const struct fleet_db *);
const char *fleet_db_problem(const struct fleet_db *);

const void **fleet_db_rows(const struct fleet_db *, enum fleet_table,
                           size_t *n);

/* What has become of a transaction. */
enum fleet_db_outcome {
    FLEET_DB_IDLE,              /* There is none. */
    FLEET_DB_BUSY,              /* It is on its way. */
    FLEET_DB_DONE,              /* All of it was carried out. */
    FLEET_DB_REFUSED,           /* Nothing of it was. */
    FLEET_DB_LOST               /* Nobody knows. */
};

bool fleet_db_may_transact(const struct fleet_db *);
void fleet_db_transact(struct fleet_db *, struct json *params);
enum fleet_db_outcome fleet_db_outcome(struct fleet_db *, char **error);

#endif /* ovsdb/fleet-db.h */
