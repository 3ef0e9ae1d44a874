/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SETS_H
#define SETS_H 1

/* Sets of names that are filled by thousands once, and by one or two in each
 * turn of a daemon after that. */

#include "sset.h"

/* Empties 'set'.  sset_clear() keeps as many buckets as the set has ever
 * needed, and goes through all of them each time, as SSET_FOR_EACH() does. */
static inline void
sset_renew(struct sset *set)
{
    sset_destroy(set);
    sset_init(set);
}

#endif /* lib/base/sets.h */
