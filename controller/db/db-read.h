/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DB_READ_H
#define DB_READ_H 1

/* The database, read afresh over a connection of its own: not what the replica
 * has that everything else here goes by, but what there is. */

#include <stdbool.h>

struct ports;

struct db_read *db_read_create(const char *remote);
void db_read_destroy(struct db_read *);

void db_read_run(struct db_read *);
void db_read_wait(struct db_read *);
void db_read_give_up(struct db_read *);

bool db_read_is_done(const struct db_read *);
const char *db_read_error(const struct db_read *);
struct ports *db_read_ports(struct db_read *);

#endif /* controller/db/db-read.h */
