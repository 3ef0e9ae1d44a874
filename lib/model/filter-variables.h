/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILTER_VARIABLES_H
#define FILTER_VARIABLES_H 1

/* The values of variables in a filter's rule.
 *
 * An attribute that is "$IP" has each value of variable IP in turn, and there
 * is a rule for each.  "$IP[@1]" names an iterator, 0 if none is named:
 * variables of the same one have their values in step, those of others in all
 * combinations.  "$IP[2]" is the third value. */

#include <stdbool.h>
#include <stddef.h>

struct nwfilter_attribute;
struct nwfilter_entry;
struct nwfilter_params;

#define FILTER_MAX_ITERATORS 16

struct filter_iterator {
    unsigned int id;
    size_t n;                   /* Values of each of its variables. */
    size_t at;
};

struct filter_variable;

struct filter_variables {
    struct nwfilter_attribute *attributes;  /* Of the rule, with values. */
    size_t n_attributes;
    struct filter_variable *vars;           /* Of each attribute. */
    struct filter_iterator iterators[FILTER_MAX_ITERATORS];
    size_t n_iterators;
};

char *filter_variables_init(struct filter_variables *,
                            const struct nwfilter_entry *,
                            const struct nwfilter_params *);
bool filter_variables_next(struct filter_variables *);
void filter_variables_uninit(struct filter_variables *);

#endif /* lib/model/filter-variables.h */
