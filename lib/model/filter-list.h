/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILTER_LIST_H
#define FILTER_LIST_H 1

/* A filter as flows need it: for each direction a list of sets of frames, of
 * which the first that a frame is in says what becomes of it.
 *
 * Chains, "return", "continue" and negation are gone.  The last set is that of
 * all frames. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/model/filter-cube.h"

struct filter_rules;

/* The longest list, which is a flow for each set, that a port can have. */
#define FILTER_MAX_SETS 1024

struct filter_verdict {
    struct filter_cube cube;
    bool accept;
    char *rule;                 /* The one that drops it, as
                                 * "no-ip-spoofing.xml:5"; null if none
                                 * does. */
};

/* Immutable once it is made. */
struct filter_list {
    struct filter_verdict *verdicts;
    size_t n, allocated;
};

bool filter_list_init(struct filter_list *, const struct filter_rules *,
                      unsigned int direction);
void filter_list_add(struct filter_list *, const struct filter_cube *,
                     char *rule);
void filter_list_uninit(struct filter_list *);
bool filter_list_accepts_all(const struct filter_list *);
bool filter_list_verdict(const struct filter_list *,
                         const struct filter_fields *);

#endif /* lib/model/filter-list.h */
