/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_H
#define REPORT_H 1

/* What "verify" and "dump-flows" have to say of switches, and the database,
 * that were read afresh. */

#include <stdbool.h>
#include "controller/daemon/reading.h"
#include "openvswitch/dynamic-string.h"
#include "svec.h"

struct json_t;

struct report {
    struct ds text;             /* For people... */
    struct json_t *bridges;       /* ...or, if nonnull, arrays of objects... */
    struct json_t *rows;          /* ...for programs. */
    bool has_rows;              /* Is the database reported on? */
    struct findings findings;
    struct svec errors;         /* Why of something nothing can be said. */
    size_t n_told;              /* Of how many bridges something can. */
};

void report_init(struct report *, bool json);
void report_uninit(struct report *);
void report_compare(struct report *, const struct reading *,
                    const char *bridge, const char *port);
bool report_holds(const struct report *);
void report_format(struct ds *, const struct report *,
                   const struct report *found);

#endif /* controller/daemon/report.h */
