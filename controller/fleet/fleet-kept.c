/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/fleet/fleet-kept.h"

#include <limits.h>
#include <stdlib.h>

#include "controller/fleet/fleet-snapshot.h"
#include "openvswitch/poll-loop.h"
#include "timeval.h"
#include "util.h"

/* How long what is kept may be out of date, not to be written with each row
 * that changes; and if all that changes is when hosts were seen.  In
 * milliseconds. */
#define DELAY_MSEC 1000
#define SEEN_MSEC 30000

/* What is kept of one table. */
struct kept_table {
    enum fleet_table table;
    long long int due;          /* When to write it, in time_msec() terms;
                                 * LLONG_MAX for never. */
    void **rows;                /* What it had, until that is forgotten. */
    size_t n;
};

struct fleet_kept {
    struct fleet_snapshot *snapshot;
    fleet_db_changed_cb *changed;
    void *aux;
    struct kept_table tables[2];
};

/* Creates and returns what 'snapshot' has of other hosts, and tells 'changed',
 * with 'aux', of each row of it. */
struct fleet_kept *
fleet_kept_create(struct fleet_snapshot *snapshot,
                  fleet_db_changed_cb *changed, void *aux)
{
    struct fleet_kept *kept = xmalloc(sizeof *kept);

    *kept = (struct fleet_kept) {
        .snapshot = snapshot,
        .changed = changed,
        .aux = aux,
        .tables = {
            { .table = FLEET_TABLE_HOST, .due = LLONG_MAX },
            { .table = FLEET_TABLE_PORT, .due = LLONG_MAX },
        },
    };
    for (size_t i = 0; i < ARRAY_SIZE(kept->tables); i++) {
        struct kept_table *t = &kept->tables[i];

        t->rows = fleet_snapshot_read_rows(snapshot, t->table, &t->n);
        for (size_t j = 0; j < t->n; j++) {
            changed(t->table, NULL, t->rows[j], aux);
        }
    }
    return kept;
}

/* Frees 'kept', which may be null.  The snapshot stays as it is. */
void
fleet_kept_destroy(struct fleet_kept *kept)
{
    if (kept) {
        fleet_kept_forget(kept);
        free(kept);
    }
}

/* A row of 'table' has changed in the replica, by more than when its host was
 * seen if it 'matters'. */
void
fleet_kept_row_changed(struct fleet_kept *kept, enum fleet_table table,
                       bool matters)
{
    for (size_t i = 0; i < ARRAY_SIZE(kept->tables); i++) {
        struct kept_table *t = &kept->tables[i];

        if (t->table == table) {
            t->due = MIN(t->due, (time_msec()
                                  + (matters ? DELAY_MSEC : SEEN_MSEC)));
        }
    }
}

/* The replica has come: what was kept for until then goes. */
void
fleet_kept_forget(struct fleet_kept *kept)
{
    for (size_t i = 0; i < ARRAY_SIZE(kept->tables); i++) {
        struct kept_table *t = &kept->tables[i];

        for (size_t j = 0; j < t->n; j++) {
            kept->changed(t->table, t->rows[j], NULL, kept->aux);
            fleet_row_destroy(t->table, t->rows[j]);
        }
        free(t->rows);
        t->rows = NULL;
        t->n = 0;
    }
}

/* Has the snapshot hold what 'db' has, of which that is known to be all, where
 * it is time, or 'now'. */
void
fleet_kept_run(struct fleet_kept *kept, const struct fleet_db *db, bool now)
{
    for (size_t i = 0; i < ARRAY_SIZE(kept->tables); i++) {
        struct kept_table *t = &kept->tables[i];

        if (t->due != LLONG_MAX && (now || time_msec() >= t->due)) {
            size_t n;
            const void **rows = fleet_db_rows(db, t->table, &n);

            fleet_snapshot_set_rows(kept->snapshot, t->table, rows, n);
            free(rows);
            t->due = LLONG_MAX;
        }
    }
}

/* Arranges for poll_block() to wake up when fleet_kept_run() has something to
 * do. */
void
fleet_kept_wait(const struct fleet_kept *kept)
{
    for (size_t i = 0; i < ARRAY_SIZE(kept->tables); i++) {
        poll_timer_wait_until(kept->tables[i].due);
    }
}
