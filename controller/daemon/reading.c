/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/reading.h"

#include <stdlib.h>
#include <string.h>

#include "controller/daemon/export.h"
#include "controller/daemon/mbridge.h"
#include "controller/daemon/reconcile.h"
#include "controller/db/db-read.h"
#include "controller/switch/ofctrl.h"
#include "controller/switch/switch-read.h"
#include "lib/base/jvalue.h"
#include "lib/openflow/flow-dump.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/plan.h"
#include "lib/rows/row-change.h"
#include "lib/tell/explain.h"
#include "lib/tell/translation.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

static void
add_subject(struct reading *reading, const struct mbridge *mb, bool read)
{
    const char *name = mbridge_name(mb);

    reading->subjects = xrealloc(reading->subjects, ((reading->n + 1)
                                 * sizeof *reading->subjects));
    reading->subjects[reading->n++] = (struct subject) {
        .bridge = xstrdup(name),
        .read = (read && ofctrl_is_connected(mbridge_ofctrl(mb))
                 ? switch_read_create(name) : NULL),
        .changes = mbridge_count_changes(mb),
        .installed = mbridge_is_installed(mb),
    };
}

/* Initializes 'reading' to the bridge of 'reconcile' that is called 'bridge',
 * if there is one, or to all if it is null, and starts to read their switches
 * if 'read'. */
void
reading_init(struct reading *reading, const struct reconcile *reconcile,
             const char *bridge, bool read)
{
    const struct mbridge **bridges = reconcile_sort_bridges(reconcile);

    *reading = (struct reading) { .reconcile = reconcile };
    for (const struct mbridge **mb = bridges; *mb; mb++) {
        if (!bridge || !strcmp(bridge, mbridge_name(*mb))) {
            add_subject(reading, *mb, read);
        }
    }
    free(bridges);
}

/* Frees what 'reading' holds, whether it is over or not. */
void
reading_uninit(struct reading *reading)
{
    for (size_t i = 0; i < reading->n; i++) {
        switch_read_destroy(reading->subjects[i].read);
        free(reading->subjects[i].bridge);
    }
    free(reading->subjects);
    db_read_destroy(reading->db);
}

/* Has the database at 'remote' read as well. */
void
reading_add_database(struct reading *reading, const char *remote)
{
    reading->db = db_read_create(remote);
    reading->db_seqno = reconcile_database_seqno(reading->reconcile);
    reading->written = reconcile_is_written(reading->reconcile);
}

/* Is 'subject' a switch that has not answered, of which there is no use in
 * waiting for more? */
static bool
subject_is_silent(const struct subject *subject,
                  const struct reconcile *reconcile)
{
    const struct mbridge *mb = subject_find_bridge(subject, reconcile);

    return mb && ofctrl_is_silent(mbridge_ofctrl(mb));
}

static void
subject_run(struct subject *subject, const struct reconcile *reconcile)
{
    if (subject->read) {
        switch_read_run(subject->read);
        if (!switch_read_is_done(subject->read)
            && subject_is_silent(subject, reconcile)) {
            switch_read_destroy(subject->read);
            subject->read = NULL;
            subject->silent = true;
        }
    }
}

/* Does what can be done without waiting. */
void
reading_run(struct reading *reading)
{
    for (size_t i = 0; i < reading->n; i++) {
        subject_run(&reading->subjects[i], reading->reconcile);
    }
    if (reading->db) {
        db_read_run(reading->db);
        if (reconcile_is_database_silent(reading->reconcile)) {
            db_read_give_up(reading->db);
        }
    }
}

/* Arranges for poll_block() to wake up when reading_run() has something to
 * do: for nothing that is over while others are not. */
void
reading_wait(const struct reading *reading)
{
    for (size_t i = 0; i < reading->n; i++) {
        if (reading->subjects[i].read
            && !switch_read_is_done(reading->subjects[i].read)) {
            switch_read_wait(reading->subjects[i].read);
        }
    }
    if (reading->db && !db_read_is_done(reading->db)) {
        db_read_wait(reading->db);
    }
}

/* Is the reading over, of all? */
bool
reading_is_done(const struct reading *reading)
{
    for (size_t i = 0; i < reading->n; i++) {
        if (reading->subjects[i].read
            && !switch_read_is_done(reading->subjects[i].read)) {
            return false;
        }
    }
    return !reading->db || db_read_is_done(reading->db);
}

/* Is anything to be otherwise, or has it become so, since 'reading' began?
 * What was read of it may then be older than the plan, or newer. */
bool
reading_is_outdated(const struct reading *reading)
{
    const struct reconcile *r = reading->reconcile;

    for (size_t i = 0; i < reading->n; i++) {
        const struct subject *subject = &reading->subjects[i];
        const struct mbridge *mb = subject_find_bridge(subject, r);

        if (subject->read
            && (!mb || !subject->installed || !mbridge_is_installed(mb)
                || mbridge_count_changes(mb) != subject->changes)) {
            return true;
        }
    }
    return (reading->db
            && (!reading->written || !reconcile_is_written(r)
                || reconcile_database_seqno(r) != reading->db_seqno));
}

/* Returns the bridge that 'subject' is, or null if it is gone. */
const struct mbridge *
subject_find_bridge(const struct subject *subject,
                    const struct reconcile *reconcile)
{
    return reconcile_find_bridge(reconcile, subject->bridge);
}

/* Returns what was read of 'subject', or null if that was not possible. */
const struct flow_dump *
subject_dump(const struct subject *subject)
{
    return (subject->read && !switch_read_error(subject->read)
            ? switch_read_dump(subject->read) : NULL);
}

/* Returns why nothing can be said of 'subject', which is 'mb' if that is
 * nonnull, or null if something can. */
const char *
subject_error(const struct subject *subject, const struct mbridge *mb)
{
    return (!mb ? "is gone"
            : subject->silent ? "does not answer"
            : subject->read ? switch_read_error(subject->read)
            : mbridge_is_left_alone(mb)
            ? "is left alone: it does not allow OpenFlow 1.5, and nobody asks "
              "anything of it"
            : "is not connected");
}

/* Leaves of 'dump', in 'filtered', what belongs to 'port'. */
static void
filter_dump(const struct flow_dump *dump, const char *port,
            const struct translation_bridge *bridge,
            struct flow_dump *filtered)
{
    *filtered = (struct flow_dump) {
        .flows = xcalloc(MAX(1, dump->n_flows), sizeof *filtered->flows),
        .has_flows = true,
    };
    for (size_t i = 0; i < dump->n_flows; i++) {
        const struct dump_flow *df = &dump->flows[i];
        const char *origin = plan_cookie_origin(bridge->plan,
                                                df->flow->cookie);

        if (origin && !strcmp(origin, port)) {
            struct dump_flow *copy = &filtered->flows[filtered->n_flows++];

            *copy = *df;
            copy->flow = oflow_ref(df->flow);
        }
    }
}

/* Compares what was read of 'subject' with the plan of 'mb', which it is; only
 * what belongs to 'port' if that is nonnull.  Appends it to 's', or else to
 * 'array' if that is nonnull, and adds to 'findings'.
 *
 * subject_error() must be null. */
void
subject_explain(const struct subject *subject, const struct mbridge *mb,
                const char *port, bool only_differences,
                struct ds *s, struct json_t *array, struct findings *findings)
{
    const struct flow_dump *dump = switch_read_dump(subject->read);
    struct flow_dump filtered = { .flows = NULL };
    struct bridge_view view;
    struct explanation e;

    bridge_view_init(&view, mb);
    if (port) {
        filter_dump(dump, port, &view.bridge, &filtered);
    }
    explanation_init(&e, &view.bridge, port ? &filtered : dump, !port);

    findings->missing += e.n[EXPLAIN_MISSING];
    findings->changed += e.n[EXPLAIN_CHANGED];
    findings->strangers += e.n[EXPLAIN_STRANGER];
    findings->in_the_way += e.n[EXPLAIN_IN_THE_WAY];
    if (array) {
        jvalue_add(array, explanation_to_json(&e));
    } else {
        explanation_format(s, &e, only_differences);
    }
    explanation_uninit(&e);
    flow_dump_uninit(&filtered);
    bridge_view_uninit(&view);
}

/* Compares the database, as it was read, with what a full compile has there,
 * and adds what differs to 'findings': of bridge 'bridge', or of all if that
 * is null.  Appends it to 's' or, if 'array' is nonnull, adds it to that, an
 * object for each row.
 *
 * Returns null, or why nothing can be said. */
const char *
reading_compare_rows(const struct reading *reading, const char *bridge,
                     struct ds *s, struct json_t *array,
                     struct findings *findings)
{
    const struct netdef *const *defs;
    struct translation *t;
    struct ports *ports;
    size_t n_defs;

    if (db_read_error(reading->db)) {
        return db_read_error(reading->db);
    }
    defs = reconcile_definitions(reading->reconcile, &n_defs);
    if (!defs) {
        findings->rows_unknown = true;
        return NULL;
    }
    ports = db_read_ports(reading->db);
    reconcile_know_ports(reading->reconcile, ports);
    t = reconcile_translate(reading->reconcile, defs, n_defs, ports);

    struct json_t *rows = row_changes_to_json(&t->rows);
    for (size_t i = 0; i < t->rows.n; i++) {
        const struct row_change *c = &t->rows.changes[i];

        if (bridge && strcmp(bridge, c->bridge)) {
            continue;
        }
        findings->rows++;
        if (array) {
            jvalue_add(array, jvalue_ref(jvalue_at(rows, i)));
        } else {
            ds_put_cstr(s, findings->rows == 1 ? "database\n  " : "  ");
            row_change_format(s, c);
            ds_put_char(s, '\n');
        }
    }
    jvalue_unref(rows);
    translation_destroy(t);
    return NULL;
}
