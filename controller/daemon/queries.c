/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/queries.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "controller/daemon/export.h"
#include "controller/daemon/mbridge.h"
#include "controller/daemon/proposal.h"
#include "controller/daemon/reading.h"
#include "controller/daemon/reconcile.h"
#include "controller/daemon/report.h"
#include "controller/db/db-read.h"
#include "controller/switch/ofctrl.h"
#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "lib/tell/state.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/list.h"
#include "openvswitch/poll-loop.h"
#include "svec.h"
#include "timeval.h"
#include "unixctl.h"
#include "util.h"

/* For how long a repair may take, and what was on its way when it was read: in
 * milliseconds. */
#define REPAIR_TIMEOUT 10000
#define SETTLE_TIMEOUT 500

/* How often to read again because what differs may have changed meanwhile. */
#define MAX_AGAIN 3

/* A client that waits for news is told after this time that there are none, in
 * case that it has gone away, which is not noticed otherwise; and while there
 * are many news it gets some this often: in milliseconds. */
#define NEWS_TIMEOUT 10000
#define NEWS_INTERVAL 100

/* How many files one "diff" may be about. */
#define MAX_PROPOSED 1024

/* QUERY(ENUM, COMMAND, USAGE, MIN, MAX): without options. */
#define QUERIES                                                         \
    QUERY(EXPORT, "export",                                             \
          "[--stats] [--rules] [--unlike=DIGEST] [BRIDGE]", 0, 1)       \
    QUERY(STATUS, "status", "", 0, 0)                                   \
    QUERY(SHOW, "show", "", 0, 0)                                       \
    QUERY(FDB, "fdb", "[--stats] [BRIDGE]", 0, 1)                       \
    QUERY(GRAPH, "graph", "", 0, 0)                                     \
    QUERY(METRICS, "metrics", "", 0, 0)                                 \
    QUERY(DUMP, "dump-flows", "[--format=json] BRIDGE [PORT]", 1, 2)    \
    QUERY(VERIFY, "verify", "[--repair] [--format=json] [BRIDGE]", 0, 1) \
    QUERY(DIFF, "diff", "[--format=json] FILE TEXT...", 2, 2 * MAX_PROPOSED)

enum query_type {
#define QUERY(ENUM, COMMAND, USAGE, MIN, MAX) Q_##ENUM,
    QUERIES
#undef QUERY
};

static const struct {
    const char *command, *usage;
    int min, max;
} classes[] = {
#define QUERY(ENUM, COMMAND, USAGE, MIN, MAX) { COMMAND, USAGE, MIN, MAX },
    QUERIES
#undef QUERY
};

struct query {
    struct ovs_list list_node;  /* In queries' 'list'. */
    enum query_type type;
    struct unixctl_conn *conn;
    struct svec args;
    bool json, stats, rules, repair;
    bool status;                /* First line is the exit status. */
    struct reading reading;

    /* Of "verify" and "dump-flows". */
    bool settling;              /* To be read when that is over. */
    int n_again;                /* How often that was, but for a repair. */
    struct report *found;       /* What was to be repaired, or null. */

    /* Of "export --unlike". */
    bool unlike;                /* Wait until there is something new? */
    uint32_t digest;            /* Of what is not new. */
    long long int next_look;    /* In time_msec() terms. */
    bool look_again;            /* Has something happened since the last? */

    long long int deadline;     /* In time_msec() terms. */
};

struct queries {
    struct reconcile *reconcile;
    struct ovs_list list;       /* Contains "struct query"s. */
};

static unixctl_cb_func start_query;

/* What a command needs to know. */
struct query_command {
    struct queries *queries;
    enum query_type type;
};

/* Creates and returns the queries about 'reconcile', which must outlive them,
 * and registers their commands. */
struct queries *
queries_create(struct reconcile *reconcile)
{
    static struct query_command commands[ARRAY_SIZE(classes)];
    struct queries *queries = xzalloc(sizeof *queries);

    queries->reconcile = reconcile;
    ovs_list_init(&queries->list);
    for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
        commands[i] = (struct query_command) { queries, i };
        /* Options count as arguments there. */
        unixctl_command_register(classes[i].command, classes[i].usage,
                                 classes[i].min, classes[i].max + 4,
                                 start_query, &commands[i]);
    }
    return queries;
}

static void
query_destroy(struct query *q)
{
    ovs_list_remove(&q->list_node);
    reading_uninit(&q->reading);
    svec_destroy(&q->args);
    if (q->found) {
        report_uninit(q->found);
        free(q->found);
    }
    free(q);
}

/* Replies to 'q' with 'text' and the exit status 'status', and ends it. */
static void
query_reply(struct query *q, int status, const char *text)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    if (q->status) {
        ds_put_format(&s, "%d\n", status);
    }
    ds_put_cstr(&s, text);
    unixctl_command_reply(q->conn, ds_cstr(&s));
    ds_destroy(&s);
    query_destroy(q);
}

static void
query_fail(struct query *q, const char *text)
{
    unixctl_command_reply_error(q->conn, text);
    query_destroy(q);
}

/* Frees 'queries', which may be null.  Nobody gets a reply any longer. */
void
queries_destroy(struct queries *queries)
{
    struct query *q;

    if (queries) {
        LIST_FOR_EACH_SAFE (q, list_node, &queries->list) {
            query_destroy(q);
        }
        free(queries);
    }
}

/* Takes option 'arg'.  Returns false if it is not one. */
static bool
parse_option(struct query *q, const char *arg)
{
    unsigned int digest;

    if (!strcmp(arg, "--format=json")) {
        q->json = true;
    } else if (!strcmp(arg, "--stats")) {
        q->stats = true;
    } else if (!strcmp(arg, "--rules")) {
        q->rules = true;
    } else if (!strcmp(arg, "--repair")) {
        q->repair = true;
    } else if (!strcmp(arg, "--status")) {
        q->status = true;
    } else if (!strncmp(arg, "--unlike=", 9)
               && str_to_uint(arg + 9, 10, &digest)) {
        q->unlike = true;
        q->digest = digest;
        q->deadline = time_msec() + NEWS_TIMEOUT;
    } else {
        return false;
    }
    return true;
}

/* Reads, or reads again, what 'q' is about.  If there is no such bridge, 'q'
 * ends with that. */
static void
start_reading(const struct queries *queries, struct query *q)
{
    reading_init(&q->reading, queries->reconcile,
                 q->args.n && q->type != Q_DIFF ? q->args.names[0] : NULL,
                 (q->type == Q_DUMP || q->type == Q_VERIFY
                  || q->type == Q_METRICS || q->stats));
    if (q->type == Q_VERIFY || q->type == Q_DIFF) {
        reading_add_database(&q->reading,
                             reconcile_database(queries->reconcile));
    }
    if (q->args.n && q->type != Q_DIFF && !q->reading.n) {
        char *error = xasprintf("no bridge named %s", q->args.names[0]);

        query_fail(q, error);
        free(error);
    }
}

static void
start_query(struct unixctl_conn *conn, int argc, const char *argv[],
            void *command_)
{
    const struct query_command *command = command_;
    struct query *q = xzalloc(sizeof *q);

    q->type = command->type;
    q->conn = conn;
    svec_init(&q->args);
    ovs_list_push_back(&command->queries->list, &q->list_node);
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2)) {
            svec_add(&q->args, argv[i]);
        } else if (!parse_option(q, argv[i])) {
            query_fail(q, "unknown option");
            return;
        }
    }
    if (q->args.n < classes[q->type].min || q->args.n > classes[q->type].max) {
        query_fail(q, "wrong number of arguments");
        return;
    }
    reconcile_ask(command->queries->reconcile);
    start_reading(command->queries, q);
}

/* Has everything read again for 'q' as soon as nothing is on its way, or in
 * 'timeout' milliseconds. */
static void
settle(struct query *q, int timeout)
{
    q->settling = true;
    q->deadline = time_msec() + timeout;
    poll_immediate_wake();      /* It may be so already. */
}

/* Has everything put right that 'found', the report on 'q', tells of.  What
 * there is to say of it is kept until that is done. */
static void
start_repair(struct queries *queries, struct query *q,
             const struct report *found)
{
    for (size_t i = 0; i < q->reading.n; i++) {
        reconcile_repair(queries->reconcile, q->reading.subjects[i].bridge);
    }
    reconcile_rewrite(queries->reconcile);
    settle(q, REPAIR_TIMEOUT);
    q->n_again = 0;
    q->found = xmemdup(found, sizeof *found);
}

/* All has been read for 'q', a "verify" or "dump-flows". */
static void
finish_explain(struct queries *queries, struct query *q)
{
    const char *bridge = q->args.n ? q->args.names[0] : NULL;
    const char *port = q->args.n > 1 ? q->args.names[1] : NULL;
    struct report report;

    report_init(&report, q->json);
    report_compare(&report, &q->reading, bridge, port);
    bool holds = report_holds(&report);

    /* Who takes the exit status is told what can be said. */
    if (report.errors.n && (!q->status || !report.n_told)) {
        query_fail(q, report.errors.names[0]);
    } else if (!holds && q->n_again < MAX_AGAIN
               && reading_is_outdated(&q->reading)) {
        q->n_again++;
        settle(q, SETTLE_TIMEOUT);
    } else if (q->repair && !q->found && !holds) {
        start_repair(queries, q, &report);
        return;
    } else {
        struct ds s = DS_EMPTY_INITIALIZER;

        report_format(&s, &report, q->found);
        query_reply(q, (report.errors.n ? 2 : q->type == Q_VERIFY && !holds),
                    ds_cstr_ro(&s));
        ds_destroy(&s);
    }
    report_uninit(&report);
}

/* The database has been read for 'q', a "diff". */
static void
finish_diff(const struct queries *queries, struct query *q)
{
    const char *unread = db_read_error(q->reading.db);
    char *error = unread ? xasprintf("database: %s", unread) : NULL;
    char *text = NULL;
    bool differ;

    if (!error) {
        text = proposal_compare(queries->reconcile,
                                db_read_ports(q->reading.db), q->args.names,
                                q->args.n, q->json, &differ, &error);
    }
    if (error) {
        query_fail(q, error);
    } else {
        query_reply(q, differ, text);
    }
    free(error);
    free(text);
}

/* If nothing is on its way any longer, looks whether all is right. */
static void
run_settle(struct queries *queries, struct query *q)
{
    bool done = reconcile_is_written(queries->reconcile);

    for (size_t i = 0; i < q->reading.n; i++) {
        const struct subject *subject = &q->reading.subjects[i];
        const struct mbridge *mb = subject_find_bridge(subject,
                                                       queries->reconcile);

        done = done && (!mb || !subject->read
                        || ofctrl_is_installed(mbridge_ofctrl(mb),
                                               mbridge_plan(mb)));
    }
    if (done || time_msec() >= q->deadline) {
        q->settling = false;
        reading_uninit(&q->reading);
        start_reading(queries, q);
    }
}

/* Returns all that there is to say, with counters of those switches that have
 * been read. */
static struct json_t *
export_state(const struct queries *queries, const struct query *q)
{
    struct json_t *state = reconcile_export(queries->reconcile);
    struct json_t *bridges = jvalue_object();

    for (size_t i = 0; i < q->reading.n; i++) {
        const struct subject *subject = &q->reading.subjects[i];
        const struct mbridge *mb = subject_find_bridge(subject,
                                                       queries->reconcile);

        if (mb) {
            jvalue_put(bridges, subject->bridge,
                       export_bridge(mb, subject_dump(subject), q->rules));
        }
    }
    jvalue_put(state, "bridges", bridges);
    return state;
}

static void
finish_state(const struct queries *queries, struct query *q)
{
    struct json_t *state = export_state(queries, q);
    struct ds s = DS_EMPTY_INITIALIZER;

    switch ((int) q->type) {
    case Q_EXPORT:
        jvalue_format(&s, state);
        break;

    case Q_STATUS:
        state_format_status(&s, state);
        break;

    case Q_SHOW:
        state_format_show(&s, state);
        break;

    case Q_FDB:
        state_format_fdb(&s, state, q->args.n ? q->args.names[0] : NULL);
        break;

    case Q_GRAPH:
        state_format_graph(&s, state);
        break;

    case Q_METRICS:
        state_format_metrics(&s, state);
        break;
    }
    query_reply(q, 0, ds_cstr(&s));
    jvalue_unref(state);
    ds_destroy(&s);
}

/* Replies to 'q' if there is something new, in which bridges may be that were
 * not there before. */
static void
run_unlike(const struct queries *queries, struct query *q)
{
    long long int now = time_msec();

    q->look_again = now < q->next_look && now < q->deadline;
    if (q->look_again) {
        return;
    }
    q->next_look = now + NEWS_INTERVAL;
    reading_uninit(&q->reading);
    reading_init(&q->reading, queries->reconcile, NULL, false);

    struct json_t *state = export_state(queries, q);
    struct ds s = DS_EMPTY_INITIALIZER;

    jvalue_format(&s, state);
    if (now >= q->deadline
        || state_digest(ds_cstr(&s)) != q->digest) {
        query_reply(q, 0, ds_cstr(&s));
    }
    jvalue_unref(state);
    ds_destroy(&s);
}

static void
query_run(struct queries *queries, struct query *q)
{
    if (q->settling) {
        run_settle(queries, q);
        return;
    }
    reading_run(&q->reading);
    if (reconcile_is_awaiting(queries->reconcile)) {
        return;                 /* Until ANSWER_MSEC have passed, at most. */
    } else if (q->unlike) {
        run_unlike(queries, q);
    } else {
        if (!reading_is_done(&q->reading)) {
            return;
        } else if (q->type == Q_DUMP || q->type == Q_VERIFY) {
            finish_explain(queries, q);
        } else if (q->type == Q_DIFF) {
            finish_diff(queries, q);
        } else {
            finish_state(queries, q);
        }
    }
}

/* Does what can be done without waiting.  To be called after
 * reconcile_run(). */
void
queries_run(struct queries *queries)
{
    struct query *q;

    LIST_FOR_EACH_SAFE (q, list_node, &queries->list) {
        query_run(queries, q);
    }
}

/* Arranges for poll_block() to wake up when queries_run() has something to
 * do. */
void
queries_wait(struct queries *queries)
{
    const struct query *q;

    LIST_FOR_EACH (q, list_node, &queries->list) {
        if (q->unlike || q->settling) {
            /* Whatever happens wakes us up anyway. */
            poll_timer_wait_until(q->look_again ? q->next_look : q->deadline);
        } else if (!reading_is_done(&q->reading)) {
            reading_wait(&q->reading);
        } else if (!reconcile_is_awaiting(queries->reconcile)) {
            poll_immediate_wake();
        }
    }
}
