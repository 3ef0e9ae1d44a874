/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FDB_WATCH_H
#define FDB_WATCH_H 1

/* Which static entries a bridge's table of learned addresses has.
 *
 * "ovs-appctl fdb/add" tells nobody of them, and Open vSwitch keeps them
 * nowhere but in ovs-vswitchd.  So that is asked once a minute, and when a
 * client says so, how many there are, by its control socket, and, if there are
 * any, which.  If it cannot be asked there are none. */

#include <stdbool.h>

struct fdb_statics;

struct fdb_watch *fdb_watch_create(const char *bridge);
void fdb_watch_destroy(struct fdb_watch *);

void fdb_watch_enable(struct fdb_watch *, bool enable);
void fdb_watch_look(struct fdb_watch *);
bool fdb_watch_run(struct fdb_watch *);
void fdb_watch_wait(struct fdb_watch *);

bool fdb_watch_is_known(const struct fdb_watch *);
const struct fdb_statics *fdb_watch_get(const struct fdb_watch *);

#endif /* controller/switch/fdb-watch.h */
