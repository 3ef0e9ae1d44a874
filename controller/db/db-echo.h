/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DB_ECHO_H
#define DB_ECHO_H 1

/* Whether the database's server answers, over a connection of its own.
 *
 * A server that hangs keeps its connections, and the replica that everything
 * here goes by is then as old as that, which it does not know. */

#include <stdbool.h>

struct db_echo *db_echo_create(const char *remote);
void db_echo_destroy(struct db_echo *);

void db_echo_run(struct db_echo *);
void db_echo_wait(struct db_echo *);

bool db_echo_is_over(const struct db_echo *);
bool db_echo_is_late(const struct db_echo *);

#endif /* controller/db/db-echo.h */
