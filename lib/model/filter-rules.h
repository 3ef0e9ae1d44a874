/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILTER_RULES_H
#define FILTER_RULES_H 1

/* The rules of a port's filter, and of all filters that it refers to, with the
 * values of their variables: what libvirt would give to ebtables and
 * iptables, in that order.
 *
 * A filter's rules are in its chain.  What a guest sends or gets goes through
 * chain "root" by priority.  There the other chains are called, by their own
 * priorities and for the protocol that they are named after.  "accept",
 * "drop" and "reject" are the end of it, and "return" is that of the chain.
 * What matches no rule of a chain is accepted, not only in "root": that is
 * ebtables' policy of a chain for which nobody says another, and what
 * tests/filter-oracle has seen. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/model/filter-match.h"
#include "lib/xml/nwfilter.h"

/* How many rules one port can have, and how deep references can go. */
#define FILTER_MAX_RULES 4096
#define FILTER_MAX_DEPTH 32

struct filter_rule {
    enum nwfilter_action action;
    enum filter_layer layer;
    const char *chain;          /* Borrowed from the filter... */
    const char *file;           /* ...as is where it is written, or else its
                                 * name... */
    unsigned int line;          /* ...and there. */
    int chain_priority;
    int priority;
    size_t seq;                 /* In the order in which they are written. */
    bool has[2];                /* By direction: is it there... */
    struct filter_match match[2];   /* ...and for what? */
};

struct filter_rules {
    struct filter_rule *rules;  /* Those of a chain together, by priority. */
    size_t n, allocated;
};

/* Returns the filter that is called 'name', or null. */
typedef const struct nwfilter *filter_lookup_cb(const char *name,
                                                const void *aux);

struct filter_library {
    filter_lookup_cb *find;     /* Null if there are none. */
    const void *aux;
};

struct filter_request {
    struct filter_library library;
    const struct nwfilter_ref *ref;     /* Which, with which parameters... */
    const struct nwfilter_params *known;    /* ...and what is known beside. */
};

char *filter_rules_init(struct filter_rules *, const struct filter_request *);
void filter_rules_uninit(struct filter_rules *);
bool filter_chain_condition(const char *chain, struct filter_cube *);

#endif /* lib/model/filter-rules.h */
