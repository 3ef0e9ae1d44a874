/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILTER_CHECK_H
#define FILTER_CHECK_H 1

/* What there is to say of a filter as it stands, before any port has it. */

#include <stddef.h>

struct diag_list;
struct ds;
struct filter_library;
struct nwfilter;

/* How a filter looks with one value for each variable. */
struct filter_summary {
    size_t n_rules;
    size_t n_references;
    size_t n_out, n_in;         /* Flows for what guests send and get; 0 if it
                                 * is not known. */
};

void filter_check(const struct nwfilter *, const struct filter_library *,
                  struct filter_summary *, struct diag_list *);
void filter_format_variables(struct ds *, const struct nwfilter *);

#endif /* lib/model/filter-check.h */
