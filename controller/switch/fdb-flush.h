/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FDB_FLUSH_H
#define FDB_FLUSH_H 1

/* Having vswitchd forget what a bridge has learned: addresses, and the groups
 * that multicast snooping has seen joined.
 *
 * A bridge that has been in kernel mode has learned addresses behind guests'
 * ports, perhaps forged ones, and NORMAL would still send frames there; and so
 * it would multicast, which guests would get twice.  Only vswitchd's control
 * socket has commands to forget them, "fdb/flush" and "mdb/flush".  They are
 * called without ever waiting for them. */

#include <stdbool.h>

struct fdb_flush;

struct fdb_flush *fdb_flush_create(const char *bridge);
void fdb_flush_destroy(struct fdb_flush *);

void fdb_flush_start(struct fdb_flush *);
void fdb_flush_run(struct fdb_flush *);
void fdb_flush_wait(struct fdb_flush *);

bool fdb_flush_is_done(const struct fdb_flush *);
const char *fdb_flush_get_error(const struct fdb_flush *);

#endif /* controller/switch/fdb-flush.h */
