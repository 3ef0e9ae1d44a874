/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILTER_SET_H
#define FILTER_SET_H 1

/* Filters that refer to each other, for tests. */

#include <stddef.h>

struct nwfilter;
struct port_filter;

#define MAX_FILTERS 32

struct filter_set {
    struct nwfilter *filters[MAX_FILTERS];
    size_t n;
};

const struct nwfilter *filter_set_find(const char *name, const void *set);
void filter_set_add(struct filter_set *, const char *text);
void filter_set_add_shipped(struct filter_set *);
struct port_filter *filter_set_make(const struct filter_set *,
                                    const char *reference, char **error);
void filter_set_uninit(struct filter_set *);

#endif /* tests/unit/filter-set.h */
