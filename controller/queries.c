/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/queries.h"

#include <stdlib.h>
#include <string.h>

#include "controller/commit.h"
#include "controller/export.h"
#include "controller/mbridge.h"
#include "controller/ofctrl.h"
#include "controller/reconcile.h"
#include "controller/switch-read.h"
#include "lib/explain.h"
#include "lib/flow-dump.h"
#include "lib/oflow.h"
#include "lib/plan.h"
#include "lib/printable.h"
#include "lib/state.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "openvswitch/list.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/shash.h"
#include "openvswitch/vlog.h"
#include "svec.h"
#include "timeval.h"
#include "unixctl.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(queries);

/* For how long a repair may take: in milliseconds. */
#define REPAIR_TIMEOUT 10000

/* QUERY(ENUM, COMMAND, USAGE, MIN, MAX): without options. */
#define QUERIES                                                         \
    QUERY(EXPORT, "export", "[--stats] [BRIDGE]", 0, 1)                 \
    QUERY(SHOW, "show", "", 0, 0)                                       \
    QUERY(GRAPH, "graph", "", 0, 0)                                     \
    QUERY(METRICS, "metrics", "", 0, 0)                                 \
    QUERY(DUMP, "dump-flows", "[--format=json] BRIDGE [PORT]", 1, 2)    \
    QUERY(VERIFY, "verify", "[--repair] [--format=json] [BRIDGE]", 0, 1) \
    QUERY(WAIT, "wait-ports", "[--timeout=SECONDS] PORT...", 1, 1000)

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

/* A bridge that a query is about. */
struct subject {
    char *bridge;
    struct switch_read *read;
};

struct query {
    struct ovs_list list_node;  /* In queries' 'list'. */
    enum query_type type;
    struct unixctl_conn *conn;  /* Null once it has its reply. */
    struct svec args;
    bool json, stats, repair;
    bool status;                /* First line is the exit status. */
    bool repairing;
    struct ds text;             /* What is to be replied after repairing. */
    long long int deadline;     /* In time_msec() terms, or LLONG_MAX. */
    struct subject *subjects;
    size_t n_subjects;
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
    for (size_t i = 0; i < q->n_subjects; i++) {
        switch_read_destroy(q->subjects[i].read);
        free(q->subjects[i].bridge);
    }
    free(q->subjects);
    svec_destroy(&q->args);
    ds_destroy(&q->text);
    free(q);
}

/* Replies to 'q' with 'text' and the exit status 'status', and ends it. */
static void
query_reply(struct query *q, int status, const char *text)
{
    if (q->conn) {
        struct ds s = DS_EMPTY_INITIALIZER;

        if (q->status) {
            ds_put_format(&s, "%d\n", status);
        }
        ds_put_cstr(&s, text);
        unixctl_command_reply(q->conn, ds_cstr(&s));
        ds_destroy(&s);
    }
    query_destroy(q);
}

static void
query_fail(struct query *q, const char *text)
{
    if (q->conn) {
        unixctl_command_reply_error(q->conn, text);
    }
    query_destroy(q);
}

/* Frees 'queries', which may be null.  Nobody gets a reply any longer. */
void
queries_destroy(struct queries *queries)
{
    struct query *q;

    if (queries) {
        LIST_FOR_EACH_SAFE (q, list_node, &queries->list) {
            q->conn = NULL;
            query_destroy(q);
        }
        free(queries);
    }
}

/* Takes option 'arg'.  Returns false if it is not one. */
static bool
parse_option(struct query *q, const char *arg)
{
    int seconds;

    if (!strcmp(arg, "--format=json")) {
        q->json = true;
    } else if (!strcmp(arg, "--stats")) {
        q->stats = true;
    } else if (!strcmp(arg, "--repair")) {
        q->repair = true;
    } else if (!strcmp(arg, "--status")) {
        q->status = true;
    } else if (!strncmp(arg, "--timeout=", 10)
               && str_to_int(arg + 10, 10, &seconds) && seconds >= 0) {
        q->deadline = time_msec() + seconds * 1000LL;
    } else {
        return false;
    }
    return true;
}

/* Makes 'q' about 'bridge' and, if 'read', starts to read it. */
static void
add_subject(struct query *q, const struct mbridge *mb, bool read)
{
    q->subjects = xrealloc(q->subjects,
                           (q->n_subjects + 1) * sizeof *q->subjects);
    q->subjects[q->n_subjects++] = (struct subject) {
        .bridge = xstrdup(mbridge_name(mb)),
        .read = read ? switch_read_create(mbridge_name(mb)) : NULL,
    };
}

static void
add_subjects(struct queries *queries, struct query *q)
{
    const struct mbridge **bridges = reconcile_sort_bridges(queries->reconcile);
    bool read = (q->type == Q_DUMP || q->type == Q_VERIFY
                 || q->type == Q_METRICS || q->stats);

    for (const struct mbridge **mb = bridges; *mb; mb++) {
        if (q->type == Q_WAIT || !q->args.n
            || !strcmp(q->args.names[0], mbridge_name(*mb))) {
            add_subject(q, *mb, read && ofctrl_is_connected(
                            mbridge_ofctrl(*mb)));
        }
    }
    free(bridges);
}

static void
start_query(struct unixctl_conn *conn, int argc, const char *argv[],
            void *command_)
{
    const struct query_command *command = command_;
    struct query *q = xzalloc(sizeof *q);

    q->type = command->type;
    q->conn = conn;
    q->deadline = LLONG_MAX;
    svec_init(&q->args);
    ds_init(&q->text);
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
    add_subjects(command->queries, q);
    if (q->type != Q_WAIT && q->args.n && !q->n_subjects) {
        char *error = xasprintf("no bridge named %s", q->args.names[0]);

        query_fail(q, error);
        free(error);
    }
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

/* Compares what was read of 'subject' with its plan.  Appends it to 's', or
 * else to 'array' if that is nonnull.  Returns whether it holds. */
static bool
explain_subject(const struct query *q, const struct mbridge *mb,
                const struct subject *subject, struct ds *s,
                struct json *array)
{
    const struct flow_dump *dump = switch_read_dump(subject->read);
    bool of_port = q->type == Q_DUMP && q->args.n > 1;
    struct flow_dump filtered = { .flows = NULL };
    struct bridge_view view;
    struct explanation e;

    bridge_view_init(&view, mb);
    if (of_port) {
        filter_dump(dump, q->args.names[1], &view.bridge, &filtered);
    }
    explanation_init(&e, &view.bridge, of_port ? &filtered : dump, !of_port);

    bool holds = explanation_is_as_planned(&e);
    if (array) {
        json_array_add(array, explanation_to_json(&e));
    } else {
        explanation_format(s, &e, q->type == Q_VERIFY);
    }
    explanation_uninit(&e);
    flow_dump_uninit(&filtered);
    bridge_view_uninit(&view);
    return holds;
}

/* All switches have been read for 'q', a "verify" or "dump-flows". */
static void
finish_explain(struct queries *queries, struct query *q)
{
    struct json *array = q->json ? json_array_create_empty() : NULL;
    bool holds = true;

    for (size_t i = 0; i < q->n_subjects; i++) {
        const struct subject *subject = &q->subjects[i];
        const struct mbridge *mb = reconcile_find_bridge(queries->reconcile,
                                                         subject->bridge);
        const char *error = (!mb ? "is gone"
                             : !subject->read ? "is not connected"
                             : switch_read_error(subject->read));

        if (error) {
            char *text = xasprintf("bridge %s: %s", subject->bridge, error);

            json_destroy(array);
            query_fail(q, text);
            free(text);
            return;
        }
        if (!explain_subject(q, mb, subject, &q->text, array)) {
            holds = false;
            if (q->repair) {
                reconcile_repair(queries->reconcile, subject->bridge);
            }
        }
    }
    if (array) {
        printable_put_json(&q->text, array);
        json_destroy(array);
    }
    if (q->repair && !holds) {
        q->repairing = true;
        q->deadline = time_msec() + REPAIR_TIMEOUT;
    } else {
        query_reply(q, q->type == Q_VERIFY && !holds, ds_cstr(&q->text));
    }
}

/* Is the repair over? */
static void
run_repair(struct queries *queries, struct query *q)
{
    bool done = true;

    for (size_t i = 0; i < q->n_subjects; i++) {
        const struct mbridge *mb = reconcile_find_bridge(
            queries->reconcile, q->subjects[i].bridge);

        done = done && (!mb || ofctrl_is_installed(mbridge_ofctrl(mb),
                                                   mbridge_plan(mb)));
    }
    if (done) {
        ds_put_cstr(&q->text, q->json ? "" : "repaired\n");
        query_reply(q, 0, ds_cstr(&q->text));
    } else if (time_msec() >= q->deadline) {
        ds_put_cstr(&q->text, q->json ? "" : "not repaired in time\n");
        query_reply(q, 1, ds_cstr(&q->text));
    }
}

static struct json *
export_state(const struct queries *queries, const struct query *q)
{
    struct json *state = reconcile_export(queries->reconcile);
    struct json *bridges = json_object_create();

    for (size_t i = 0; i < q->n_subjects; i++) {
        const struct subject *subject = &q->subjects[i];
        const struct mbridge *mb = reconcile_find_bridge(queries->reconcile,
                                                         subject->bridge);
        bool read = subject->read && !switch_read_error(subject->read);

        if (mb) {
            json_object_put(bridges, subject->bridge,
                            export_bridge(mb, read
                                          ? switch_read_dump(subject->read)
                                          : NULL));
        }
    }
    json_object_put(state, "bridges", bridges);
    return state;
}

static void
finish_state(const struct queries *queries, struct query *q)
{
    struct json *state = export_state(queries, q);
    struct ds s = DS_EMPTY_INITIALIZER;

    switch ((int) q->type) {
    case Q_EXPORT:
        printable_put_json(&s, state);
        break;

    case Q_SHOW:
        state_format_show(&s, state);
        break;

    case Q_GRAPH:
        state_format_graph(&s, state);
        break;

    case Q_METRICS:
        state_format_metrics(&s, state);
        break;
    }
    query_reply(q, 0, ds_cstr(&s));
    json_destroy(state);
    ds_destroy(&s);
}

static void
run_wait(const struct queries *queries, struct query *q)
{
    struct json *state = export_state(queries, q);
    struct ds s = DS_EMPTY_INITIALIZER;
    bool waiting = false, failed = false;

    for (size_t i = 0; i < q->args.n; i++) {
        int judgement = state_judge_port(state, q->args.names[i], &s);

        waiting = waiting || judgement < 0;
        failed = failed || judgement > 0;
    }
    if (failed || (waiting && time_msec() >= q->deadline)) {
        query_reply(q, 1, ds_cstr(&s));
    } else if (!waiting) {
        query_reply(q, 0, "");
    }
    json_destroy(state);
    ds_destroy(&s);
}

static void
query_run(struct queries *queries, struct query *q)
{
    bool done = true;

    for (size_t i = 0; i < q->n_subjects; i++) {
        if (q->subjects[i].read) {
            switch_read_run(q->subjects[i].read);
            done = done && switch_read_is_done(q->subjects[i].read);
        }
    }
    if (q->repairing) {
        run_repair(queries, q);
    } else if (q->type == Q_WAIT) {
        run_wait(queries, q);
    } else if (!done) {
        return;
    } else if (q->type == Q_DUMP || q->type == Q_VERIFY) {
        finish_explain(queries, q);
    } else {
        finish_state(queries, q);
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
        for (size_t i = 0; i < q->n_subjects && !q->repairing; i++) {
            if (q->subjects[i].read) {
                switch_read_wait(q->subjects[i].read);
            }
        }
        if (q->deadline != LLONG_MAX) {
            poll_timer_wait_until(q->deadline);
        }
    }
}
