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
 * remember them all, no more than FOREIGN_MAX of ADMIT are kept of each kind,
 * but FOREIGN_MAX_PORTS of those for one port, of which there may be several
 * for each guest.
 * Of our other tables, where nobody has any business, FOREIGN_MAX_PLACES are:
 * one that is not known might be in the place of one of ours, which would
 * replace it.  What rules the bridge counts as one of these. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/openflow/oflow-table.h"

struct oflow;

#define FOREIGN_MAX 1024
#define FOREIGN_MAX_PORTS 4096
#define FOREIGN_MAX_PLACES 16384

/* What flows of others are to ours, as far as they tell themselves. */
enum foreign_kind {
    FOREIGN_PLACE,              /* In our other tables, or rules. */
    FOREIGN_WINNER,             /* Can win over ours. */
    FOREIGN_PORT,               /* For one port, which ours may be above. */
    FOREIGN_HARMLESS,           /* Cannot win. */
    FOREIGN_N_KINDS
};

struct foreign {
    struct oflow_table flows;   /* Those that are kept... */
    size_t n[FOREIGN_N_KINDS];  /* ...so many of each kind. */
    bool more;                  /* Are there others that may win? */
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
bool foreign_is_void(const struct oflow *, const struct oflow_table *ours);

#endif /* lib/openflow/foreign.h */
