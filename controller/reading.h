/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READING_H
#define READING_H 1

/* One bridge, or all, whose switches are read afresh, to be held against their
 * plans.  Bridges may come, change and go meanwhile: they are looked up by name
 * when the reading is over. */

#include <stdbool.h>
#include <stddef.h>

struct ds;
struct json;
struct reconcile;

/* A bridge that is read. */
struct subject {
    char *bridge;
    struct switch_read *read;   /* Null if it was not connected. */
};

struct reading {
    const struct reconcile *reconcile;
    struct subject *subjects;
    size_t n;
};

void reading_init(struct reading *, const struct reconcile *,
                  const char *bridge, bool read);
void reading_uninit(struct reading *);

void reading_run(struct reading *);
void reading_wait(const struct reading *);
bool reading_is_done(const struct reading *);

/* What the reading came to. */
const struct mbridge *subject_find_bridge(const struct subject *,
                                          const struct reconcile *);
const struct flow_dump *subject_dump(const struct subject *);
const char *subject_error(const struct subject *, const struct mbridge *);
bool subject_explain(const struct subject *, const struct mbridge *,
                     const char *port, bool only_differences,
                     struct ds *, struct json *array);

#endif /* controller/reading.h */
