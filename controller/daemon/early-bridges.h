/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EARLY_BRIDGES_H
#define EARLY_BRIDGES_H 1

/* Bridges whose sockets are there before the database has been read.
 *
 * To read the database takes a while, in which the database server and the
 * switch can both be at work: the switch is asked what it holds as soon as
 * this program starts.  Which bridges there are and what they are for is for
 * the database to tell, so nothing is changed until then.
 *
 * That a bridge does not allow OpenFlow 1.5 is for the database to tell, too:
 * to try to connect to such a bridge costs a line in the log. */

struct early_bridges;
struct mbridge;
struct mbridge_env;

struct early_bridges *early_bridges_create(const struct mbridge_env *);
void early_bridges_destroy(struct early_bridges *);

void early_bridges_run(struct early_bridges *);
void early_bridges_wait(struct early_bridges *);
struct mbridge *early_bridges_take(struct early_bridges *, const char *name);

#endif /* controller/daemon/early-bridges.h */
