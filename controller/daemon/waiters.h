/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WAITERS_H
#define WAITERS_H 1

/* Clients of the control socket that wait for ports.
 *
 * A waiter is answered as soon as all that it waits for is in the switch, that
 * is, when the barrier behind the bundle has come back; or when it is clear
 * that it will not get there; or when its time is over.  A port need not exist
 * yet.
 *
 * Whatever reached the program before the request is taken in before the
 * answer: a client that has changed a file or the database, and then waits,
 * waits for the outcome of that change as far as the change has got here. */

#include <stdbool.h>
#include <stddef.h>

struct reconcile;
struct unixctl_conn;
struct waiters;

struct waiters *waiters_create(struct reconcile *);
void waiters_destroy(struct waiters *);

/* How a client wants to be answered. */
struct waiter_options {
    unsigned int timeout;       /* In seconds. */
    bool status;                /* First line is the exit status; no errors. */
    bool json;
};

void waiters_add(struct waiters *, struct unixctl_conn *,
                 const char *const names[], size_t n,
                 const struct waiter_options *);
void waiters_run(struct waiters *);
void waiters_wait(struct waiters *);

#endif /* controller/daemon/waiters.h */
