/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DBSYNC_H
#define DBSYNC_H 1

/* Writes to the database.
 *
 * A client says, per object, which transaction would make that object what it
 * should be, for as long as it is not: dbsync_want() until the replica shows
 * that it is done, then dbsync_unwant().  What is sent when, and together with
 * what, is for lib/rows/write-queue.h to say; here is the connection, which is
 * of its own, and open only while there is something to say. */

#include <stdbool.h>
#include <stddef.h>

struct json;
struct row_changes;

struct dbsync *dbsync_create(const char *remote);
void dbsync_destroy(struct dbsync *);

void dbsync_want(struct dbsync *, const char *object, struct json *params);
void dbsync_unwant(struct dbsync *, const char *object);
void dbsync_set_rows(struct dbsync *, const char *bridge,
                     const char *interface, const struct row_changes *,
                     const char *datapath_type);

void dbsync_retry(struct dbsync *);
void dbsync_retry_declined(struct dbsync *);

void dbsync_run(struct dbsync *);
void dbsync_wait(struct dbsync *);

bool dbsync_wants_rows(const struct dbsync *, const char *bridge,
                       const char *interface);
size_t dbsync_count_pending(const struct dbsync *);

#endif /* controller/db/dbsync.h */
