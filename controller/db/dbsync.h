/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DBSYNC_H
#define DBSYNC_H 1

/* Writes to the database.
 *
 * A client says, per object, which transaction would make that object what it
 * should be, for as long as it is not: dbsync_want() until the replica shows
 * that it is done, then dbsync_unwant().  What is wanted of several objects at
 * a time is sent as one transaction; if the database refuses that, then one by
 * one.  What it has carried out, or refused alone, is sent again only if it is
 * still wanted a while later.
 *
 * The connection is of its own, and open only while there is something to
 * say. */

#include <stdbool.h>
#include <stddef.h>

struct json;

struct dbsync *dbsync_create(const char *remote);
void dbsync_destroy(struct dbsync *);

void dbsync_want(struct dbsync *, const char *object, struct json *params);
void dbsync_unwant(struct dbsync *, const char *object);

void dbsync_retry(struct dbsync *);

void dbsync_run(struct dbsync *);
void dbsync_wait(struct dbsync *);

bool dbsync_is_wanted(const struct dbsync *, const char *object);
size_t dbsync_count_pending(const struct dbsync *);

#endif /* controller/db/dbsync.h */
