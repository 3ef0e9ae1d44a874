/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DIAG_H
#define DIAG_H 1

/* Diagnostics.
 *
 * Whatever a user wrote that cannot be carried out as written becomes a
 * diagnostic: a severity, where it stands (file, line, element) and one
 * sentence.  The functions in lib/ that find something put it on the list that
 * their caller passes in; they never log and never print.
 *
 * A list keeps its entries in the order in which they were added.
 * diag_list_sort() puts them in their canonical order, so that what is shown
 * depends neither on the order of files nor on that of rows. */

#include <stdbool.h>
#include <stddef.h>
#include "openvswitch/compiler.h"
#include "openvswitch/dynamic-string.h"

#define DIAG_SEVERITIES                                                  \
    /* The definition is refused, or the network's status is not OK. */  \
    DIAG_SEVERITY(ERROR, "error")                                        \
    /* Carried out, but probably not as the user expects. */             \
    DIAG_SEVERITY(WARNING, "warning")                                    \
    /* Understood, and somebody else's business or not carried out. */   \
    DIAG_SEVERITY(NOTE, "note")

enum diag_severity {
#define DIAG_SEVERITY(ENUM, NAME) DIAG_##ENUM,
    DIAG_SEVERITIES
#undef DIAG_SEVERITY
};

const char *diag_severity_to_string(enum diag_severity);

/* Where something was written.  'file' and 'element' may be null: what comes
 * from the database has neither file nor line.  'line' is 0 if unknown. */
struct origin {
    char *file;                 /* As the user knows it, or null. */
    unsigned int line;          /* From 1, or 0. */
    char *element;              /* As "bridge@macTableManager", or null. */
};

void origin_init(struct origin *, const char *file, unsigned int line,
                 const char *element);
void origin_clone(struct origin *, const struct origin *);
void origin_uninit(struct origin *);
bool origin_equals(const struct origin *, const struct origin *);

struct diag {
    enum diag_severity severity;
    struct origin origin;
    char *text;                 /* One sentence fragment, no newline. */
};

struct diag_list {
    struct diag *diags;
    size_t n;
    size_t allocated;
};

#define DIAG_LIST_INITIALIZER { NULL, 0, 0 }

void diag_list_init(struct diag_list *);
void diag_list_uninit(struct diag_list *);
void diag_list_clear(struct diag_list *);

void diag_add(struct diag_list *, enum diag_severity, const struct origin *,
              const char *format, ...) OVS_PRINTF_FORMAT(4, 5);
void diag_list_append(struct diag_list *, const struct diag_list *);
void diag_list_sort(struct diag_list *);

bool diag_list_has_errors(const struct diag_list *);
const struct diag *diag_list_first_error(const struct diag_list *);
size_t diag_list_count(const struct diag_list *, enum diag_severity);
bool diag_list_equals(const struct diag_list *, const struct diag_list *);

void diag_format(struct ds *, const struct diag *);
void diag_list_format(struct ds *, const struct diag_list *);

#endif /* lib/base/diag.h */
