/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERIES_H
#define QUERIES_H 1

/* Control commands that take time: those that read switches and those that wait
 * for something to happen. */

struct queries;
struct reconcile;

struct queries *queries_create(struct reconcile *);
void queries_destroy(struct queries *);

void queries_run(struct queries *);
void queries_wait(struct queries *);

#endif /* controller/queries.h */
