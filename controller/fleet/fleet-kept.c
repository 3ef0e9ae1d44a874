/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/fleet/fleet-kept.h"

#include <limits.h>
#include <stdlib.h>

#include "controller/fleet/fleet-rowfile.h"
#include "controller/fleet/fleet-snapshot.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/shash.h"
#include "timeval.h"
#include "util.h"

/* How long what is kept may be out of date if all that changes is when hosts
 * were seen, and when to write all of it again if a write has failed: in
 * milliseconds. */
#define SEEN_MSEC 30000
#define RETRY_MSEC 1000

/* What is kept of one table. */
struct kept_table {
    enum fleet_table table;
    struct fleet_rowfile *file;
    long long int due;          /* When to write all of it, in time_msec()
                                 * terms; LLONG_MAX for never. */
    void **rows;                /* What it had, until that is forgotten. */
    size_t n;
};

struct fleet_kept {
    struct fleet_snapshot *snapshot;
    fleet_db_changed_cb *changed;
    void *aux;
    bool follows;               /* Has the replica come? */
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

        t->file = fleet_rowfile_create(fleet_snapshot_directory(snapshot),
                                       t->table);
        t->rows = fleet_rowfile_read(t->file, &t->n);
        for (size_t j = 0; j < t->n; j++) {
            changed(t->table, NULL, t->rows[j], aux);
        }
    }
    return kept;
}

static void
free_rows(struct kept_table *t)
{
    for (size_t j = 0; j < t->n; j++) {
        fleet_row_destroy(t->table, t->rows[j]);
    }
    free(t->rows);
    t->rows = NULL;
    t->n = 0;
}

/* Frees 'kept', which may be null.  The snapshot stays as it is. */
void
fleet_kept_destroy(struct fleet_kept *kept)
{
    if (kept) {
        for (size_t i = 0; i < ARRAY_SIZE(kept->tables); i++) {
            free_rows(&kept->tables[i]);
            fleet_rowfile_destroy(kept->tables[i].file);
        }
        free(kept);
    }
}

/* A row of 'table' was 'old' in the replica and is 'new', of which one may be
 * null; these differ by more than when its host was seen if it 'matters'. */
void
fleet_kept_row_changed(struct fleet_kept *kept, enum fleet_table table,
                       const void *old, const void *new, bool matters)
{
    for (size_t i = 0; kept->follows && i < ARRAY_SIZE(kept->tables); i++) {
        struct kept_table *t = &kept->tables[i];

        if (t->table != table) {
            continue;
        } else if (matters) {
            fleet_rowfile_change(t->file, old, new);
        } else {
            t->due = MIN(t->due, time_msec() + SEEN_MSEC);
        }
    }
}

/* Has the file of 't' hold the 'n' rows, of which it has most. */
static void
catch_up(struct kept_table *t, const void *const *rows, size_t n)
{
    struct shash had = SHASH_INITIALIZER(&had);
    struct shash_node *node;

    for (size_t i = 0; i < t->n; i++) {
        char *key = fleet_rowfile_key(t->file, t->rows[i]);

        shash_add_nocopy(&had, key, t->rows[i]);
    }
    for (size_t i = 0; i < n; i++) {
        char *key = fleet_rowfile_key(t->file, rows[i]);
        const void *old = shash_find_and_delete(&had, key);

        if (!old || !fleet_row_equals(t->table, old, rows[i])) {
            fleet_rowfile_change(t->file, old, rows[i]);
        }
        free(key);
    }
    SHASH_FOR_EACH (node, &had) {
        fleet_rowfile_change(t->file, node->data, NULL);
    }
    shash_destroy(&had);
}

/* The replica, 'db', has come: what was kept for until then goes, and the
 * snapshot becomes what 'db' has. */
void
fleet_kept_follow(struct fleet_kept *kept, const struct fleet_db *db)
{
    kept->follows = true;
    for (size_t i = 0; i < ARRAY_SIZE(kept->tables); i++) {
        struct kept_table *t = &kept->tables[i];
        size_t n;
        const void **rows = fleet_db_rows(db, t->table, &n);

        catch_up(t, rows, n);
        free(rows);
        for (size_t j = 0; j < t->n; j++) {
            kept->changed(t->table, t->rows[j], NULL, kept->aux);
        }
        free_rows(t);
    }
}

/* Has the file of 't' hold what 'db' has. */
static int
write_all(struct kept_table *t, const struct fleet_db *db)
{
    size_t n;
    const void **rows = fleet_db_rows(db, t->table, &n);
    int error = fleet_rowfile_write(t->file, rows, n);

    free(rows);
    return error;
}

/* Has the snapshot hold what 'db' has, of which that is known to be all: what
 * has changed at once, and when hosts were seen where it is time, or 'now'. */
void
fleet_kept_run(struct fleet_kept *kept, const struct fleet_db *db, bool now)
{
    for (size_t i = 0; kept->follows && i < ARRAY_SIZE(kept->tables); i++) {
        struct kept_table *t = &kept->tables[i];
        bool all = (t->due != LLONG_MAX
                    ? now || time_msec() >= t->due
                    : fleet_rowfile_is_long(t->file));
        int error = (all ? write_all(t, db) : fleet_rowfile_flush(t->file));

        if (all) {
            t->due = LLONG_MAX;
        }
        if (error) {
            t->due = time_msec() + RETRY_MSEC;
        }
        if (all || error) {
            fleet_snapshot_set_error(kept->snapshot,
                                     fleet_rowfile_path(t->file), error);
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
