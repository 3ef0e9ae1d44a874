/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READING_H
#define READING_H 1

/* One bridge, or all, whose switches are read afresh, and the database if need
 * be, to be held against their plans.  Bridges may come, change and go
 * meanwhile: they are looked up by name when the reading is over. */

#include <stdbool.h>
#include <stddef.h>

struct ds;
struct json_t;
struct reconcile;

/* A bridge that is read. */
struct subject {
    char *bridge;
    struct switch_read *read;   /* Null if it was not connected... */
    bool silent;                /* ...or, if this is set, did not answer. */
    unsigned long long int changes; /* Its mbridge_count_changes() then... */
    bool installed;             /* ...and whether it was at rest. */
};

struct reading {
    const struct reconcile *reconcile;
    struct subject *subjects;
    size_t n;
    struct db_read *db;         /* Null if it is not read. */
    unsigned int db_seqno;      /* Likewise of the database, if it is. */
    bool written;
};

/* How many things were found that... */
struct findings {
    size_t missing, changed, strangers;     /* ...the switches hold so. */
    size_t in_the_way;          /* Flows of others' that can win. */
    size_t rows;                /* ...the database has otherwise. */
    bool rows_unknown;          /* Not all definitions can be read. */
};

void reading_init(struct reading *, const struct reconcile *,
                  const char *bridge, bool read);
void reading_uninit(struct reading *);

void reading_run(struct reading *);
void reading_wait(const struct reading *);
bool reading_is_done(const struct reading *);
bool reading_is_outdated(const struct reading *);
void reading_add_database(struct reading *, const char *remote);

/* What the reading came to. */
const struct mbridge *subject_find_bridge(const struct subject *,
                                          const struct reconcile *);
const struct flow_dump *subject_dump(const struct subject *);
const char *subject_error(const struct subject *, const struct mbridge *);
void subject_explain(const struct subject *, const struct mbridge *,
                     const char *port, bool only_differences,
                     struct ds *, struct json_t *array, struct findings *);
const char *reading_compare_rows(const struct reading *, const char *bridge,
                                 struct ds *, struct json_t *array,
                                 struct findings *);

#endif /* controller/daemon/reading.h */
