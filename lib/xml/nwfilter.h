/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NWFILTER_H
#define NWFILTER_H 1

/* Filters in libvirt's own language (https://libvirt.org/formatnwfilter.html).
 *
 * A "struct nwfilter" is what one <filter> says, as it stands there: what its
 * variables are, which filters it refers to and what its attributes mean is
 * found out for each port that has it (lib/model/filter-rules.h).
 *
 * Which filter a port has, and what its variables are, is written as the
 * filter's name and NAME=VALUE for each parameter, with blanks between them,
 * as in "clean-traffic IP=10.0.0.5 IP=10.0.0.6".  That is what
 * external_ids:virtnet-filter has, and what <vn:filterref> in the metadata of
 * networks, portgroups and domains is kept as. */

#include <stdbool.h>
#include <stddef.h>

struct diag_list;
struct ds;

/* What one file may have.  The longest of libvirt's own has 6 entries. */
#define NWFILTER_MAX_ENTRIES 4096
#define NWFILTER_MAX_VALUES 256     /* Of one variable. */
#define NWFILTER_MAX_PARAMS 64      /* Of one reference. */
#define NWFILTER_MAX_PRIORITY 1000  /* And the least is its negative. */

#define NWFILTER_ACTIONS                        \
    NWFILTER_ACTION(DROP, "drop")               \
    NWFILTER_ACTION(ACCEPT, "accept")           \
    NWFILTER_ACTION(REJECT, "reject")           \
    NWFILTER_ACTION(RETURN, "return")           \
    NWFILTER_ACTION(CONTINUE, "continue")

enum nwfilter_action {
#define NWFILTER_ACTION(ENUM, NAME) NWFILTER_##ENUM,
    NWFILTER_ACTIONS
#undef NWFILTER_ACTION
};

/* Directions are the guest's: what is "out" comes from it. */
#define NWFILTER_DIRECTIONS                     \
    NWFILTER_DIRECTION(IN, "in")                \
    NWFILTER_DIRECTION(OUT, "out")              \
    NWFILTER_DIRECTION(INOUT, "inout")

enum nwfilter_direction {
#define NWFILTER_DIRECTION(ENUM, NAME) NWFILTER_##ENUM,
    NWFILTER_DIRECTIONS
#undef NWFILTER_DIRECTION
};

/* Variables and their values, each in the order of the text. */
struct nwfilter_param {
    char *name;
    char **values;
    size_t n_values;
};

struct nwfilter_params {
    struct nwfilter_param *elems;
    size_t n;
};

const struct nwfilter_param *nwfilter_params_find(
    const struct nwfilter_params *, const char *name);
bool nwfilter_params_add(struct nwfilter_params *, const char *name,
                         const char *value);
void nwfilter_params_clone(struct nwfilter_params *,
                           const struct nwfilter_params *);
void nwfilter_params_uninit(struct nwfilter_params *);

/* A reference to a filter. */
struct nwfilter_ref {
    char *filter;
    struct nwfilter_params params;
};

char *nwfilter_ref_from_string(struct nwfilter_ref *, const char *);
void nwfilter_ref_format(struct ds *, const struct nwfilter_ref *);
void nwfilter_ref_uninit(struct nwfilter_ref *);
char *nwfilter_ref_begin_text(const char *filter, char **error);
char *nwfilter_ref_add_text(char **text, const char *name, const char *value);

struct nwfilter_attribute {
    char *name;
    char *value;                /* May be a variable, as "$IP[@1]". */
};

/* An entry: a rule, or a reference if 'ref.filter' is not null. */
struct nwfilter_entry {
    unsigned int line;
    struct nwfilter_ref ref;

    enum nwfilter_action action;
    enum nwfilter_direction direction;
    int priority;
    bool stateless;             /* statematch='false'. */
    char *protocol;             /* Name of the element, or null. */
    bool negated;               /* match='no'. */
    struct nwfilter_attribute *attributes;
    size_t n_attributes;
};

struct nwfilter {
    char *name;
    char *chain;                /* "root" if none is said. */
    int priority;               /* Of the chain. */
    char *file;                 /* As the user knows it, or null. */
    struct nwfilter_entry *entries;
    size_t n_entries;
};

struct nwfilter *nwfilter_from_xml(const char *text, size_t size,
                                   const char *file, struct diag_list *);
bool nwfilter_is_root(const char *text, size_t size);
void nwfilter_destroy(struct nwfilter *);

#endif /* lib/xml/nwfilter.h */
