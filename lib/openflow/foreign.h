/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FOREIGN_H
#define FOREIGN_H 1

/* Flows of somebody else's in the tables of our pipeline.
 *
 * Whoever may talk to the switch may put flows beside ours, and where one of
 * these wins, frames go another way than the plan has it.  In tables that are
 * none of ours flows do no harm, because nothing of ours leads there.
 *
 * Another program may have any number of flows.  So that it cannot have us
 * remember them all, no more than FOREIGN_MAX are kept. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/openflow/oflow-table.h"

struct oflow;

#define FOREIGN_MAX 1024

struct foreign {
    struct oflow_table flows;   /* Those that are kept. */
    bool more;                  /* Are there others? */
};

void foreign_init(struct foreign *);
void foreign_uninit(struct foreign *);
void foreign_clear(struct foreign *);

void foreign_put(struct foreign *, const struct oflow *);
void foreign_remove(struct foreign *, const struct oflow *key);
size_t foreign_count(const struct foreign *);
bool foreign_may_know_more(const struct foreign *);

bool foreign_rules(const struct foreign *);
bool foreign_can_win(const struct oflow *, const struct oflow_table *ours);

#endif /* lib/openflow/foreign.h */
