/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERIES_H
#define QUERIES_H 1

/* Control commands that take time: those that read switches, and "export
 * --unlike", which waits for news. */

struct queries;
struct reconcile;

struct queries *queries_create(struct reconcile *);
void queries_destroy(struct queries *);

void queries_run(struct queries *);
void queries_wait(struct queries *);

#endif /* controller/daemon/queries.h */
