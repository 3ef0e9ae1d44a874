/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERIES_H
#define QUERIES_H 1

/* Control commands that take time: those that read switches and those that wait
 * for something to happen.  And the look, every minute, whether each switch
 * still holds its plan, which somebody may have changed behind our back. */

struct queries;
struct reconcile;

struct queries *queries_create(struct reconcile *, int check_interval);
void queries_destroy(struct queries *);

void queries_run(struct queries *);
void queries_wait(struct queries *);

#endif /* controller/queries.h */
