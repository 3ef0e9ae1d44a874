/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/trace.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/guards.h"
#include "lib/base/jvalue.h"
#include "lib/base/ovs-compat.h"
#include "lib/base/printable.h"
#include "lib/openflow/guard.h"
#include "lib/openflow/pipeline.h"
#include "lib/tell/state.h"
#include "openvswitch/dynamic-string.h"
#include "svec.h"
#include "util.h"

/* Returns the name of the port with number 'ofport' in 'ports', or null. */
const char *
trace_find_port(const struct json_t *ports, unsigned int ofport)
{
    const char **names = jvalue_names(ports);
    const char *found = NULL;

    for (const char **name = names; *name && !found; name++) {
        if (jvalue_get_integer(jvalue_get(ports, *name), "ofport") == ofport) {
            found = *name;
        }
    }
    free(names);
    return found;
}

/* A bridge that a trace is in. */
struct trace_bridge {
    char *name;
    const struct json_t *state; /* As state.h has it; null if not known. */
    size_t indent;              /* Of its heading. */
    bool closed;                /* Has it ended where a line has as much? */
};

/* How many bridges a frame can be in at once, each behind a patch port of the
 * one before; ovs-vswitchd gives up after 64 (MAX_DEPTH in
 * ofproto/ofproto-dpif-xlate.c). */
#define MAX_BRIDGES 65

struct tracer {
    const struct json_t *bridges;
    struct trace_bridge in[MAX_BRIDGES];
    size_t n;
    size_t action_indent;       /* Of the last line that was an action. */
    struct svec to;             /* Receivers, in order. */
    struct ds stages;
    struct trace *trace;        /* Outputs are added to it. */
    const char *last_table;     /* Our name of it, or null... */
    const char *last_purpose;   /* ...and what it is for, as a number... */
    int last_table_id;
    char *last_match;           /* ...the flow that was hit there... */
    const struct json_t *last_ports;    /* ...and the ports of its bridge. */
    unsigned int filter_priority;   /* Of the last flow that was hit in table
                                     * FILTER. */
};

static const struct trace_bridge *
tracer_bridge(const struct tracer *t)
{
    return &t->in[t->n - 1];
}

static void
tracer_leave(struct tracer *t)
{
    free(t->in[--t->n].name);
}

/* Leaves those bridges that a line with 'indent' is no longer in.
 *
 * What a bridge does is indented more than its heading.  Where the patch port
 * was the last thing that its own bridge did, it is not, but then the heading
 * itself is indented less than the output to the port, and nothing follows
 * (oftrace_node_print_details() in ofproto/ofproto-dpif-trace.c). */
static void
tracer_leave_bridges(struct tracer *t, size_t indent)
{
    while (t->n > 1
           && (indent < tracer_bridge(t)->indent
               || (indent == tracer_bridge(t)->indent
                   && tracer_bridge(t)->closed))) {
        tracer_leave(t);
    }
}

/* Goes on in the bridge of 'heading', as 'bridge("br0")'. */
static void
tracer_enter(struct tracer *t, const char *heading, size_t indent)
{
    const char *name = heading + strlen("bridge(\"");
    size_t length = strcspn(name, "\"");

    if (t->n < MAX_BRIDGES) {
        struct trace_bridge *b = &t->in[t->n++];

        b->name = xmemdup0(name, length);
        b->state = jvalue_get(t->bridges, b->name);
        b->indent = indent;
        b->closed = indent == t->action_indent;
    }
}

/* Takes note that the first bridge sends to 'ofport', by 'flow' unless that is
 * null. */
void
trace_add_output(struct trace *trace, unsigned int ofport, const char *flow)
{
    if (trace->n_outputs >= trace->allocated_outputs) {
        trace->outputs = x2nrealloc(trace->outputs, &trace->allocated_outputs,
                                    sizeof *trace->outputs);
    }
    trace->outputs[trace->n_outputs++] = (struct trace_output) {
        .ofport = ofport, .flow = nullable_xstrdup(flow),
    };
}

/* Takes note of the port that 'line', an action, sends to, if it does. */
static void
take_output(struct tracer *t, const char *line)
{
    const struct trace_bridge *bridge = tracer_bridge(t);
    const struct json_t *ports = jvalue_get(bridge->state, "ports");
    struct ds to = DS_EMPTY_INITIALIZER;
    unsigned int ofport;
    const char *name;

    if (!strcmp(line, "LOCAL") || !strcmp(line, "output:LOCAL")) {
        ofport = 65534;
    } else if (!ovs_scan(line, "output:%u", &ofport)) {
        return;
    }
    if (t->n == 1) {
        trace_add_output(t->trace, ofport, t->trace->last_flow);
    }
    name = trace_find_port(ports, ofport);
    if (name) {
        printable_put(&to, name);
    } else {
        ds_put_format(&to, "port %u", ofport);
    }
    if (t->n > 1) {
        ds_put_cstr(&to, " of ");
        printable_put(&to, bridge->name);
    }
    if (name) {
        const struct json_t *port = jvalue_get(ports, name);

        ds_put_format(&to, " (%s", jvalue_get_string(port, "role"));
        if (state_get_guest(port)[0]) {
            ds_put_char(&to, ' ');
            printable_put(&to, state_get_guest(port));
        }
        ds_put_char(&to, ')');
    }
    svec_add_nocopy(&t->to, ds_steal_cstr(&to));
}

/* Returns the priority in 'match', as "dl_vlan=10, priority 100, ...". */
static unsigned int
get_priority(const char *match)
{
    const char *p = strstr(match, "priority ");
    unsigned int priority = 0;

    ovs_ignore(p && ovs_scan(p, "priority %u", &priority));
    return priority;
}

/* Takes 'line', as "230. dl_vlan=10,..., priority 100, cookie 0x...", and
 * replaces the table's number by its name. */
static void
take_stage(struct tracer *t, const char *line, int table_id)
{
    const struct trace_bridge *bridge = tracer_bridge(t);
    bool ours = t->n == 1 || bridge->state;
    const char *name = ours ? pipeline_table_to_string(table_id) : NULL;

    t->last_table = name;
    t->last_purpose = name ? pipeline_table_purpose(table_id) : NULL;
    t->last_table_id = table_id;
    free(t->last_match);
    t->last_match = xstrdup(strchr(line, '.') + 1);
    t->last_ports = jvalue_get(bridge->state, "ports");
    if (name && table_id == TABLE_FILTER) {
        t->filter_priority = get_priority(line);
    }
    if (t->n > 1) {
        printable_put(&t->stages, bridge->name);
        ds_put_char(&t->stages, ' ');
    }
    if (name) {
        ds_put_format(&t->stages, "%s:", name);
    } else {
        ds_put_format(&t->stages, "table %d:", table_id);
    }
    printable_put(&t->stages, strchr(line, '.') + 1);
    ds_put_char(&t->stages, '\n');
    if (t->n == 1) {
        free(t->trace->last_flow);
        t->trace->last_flow = xasprintf("table=%d%s", table_id,
                                        strchr(line, '.') + 1);
    }
}

/* Forgets the last output: it was none after all. */
static void
drop_output(struct tracer *t)
{
    struct trace *trace = t->trace;

    free(t->to.names[--t->to.n]);
    if (t->n == 1 && trace->n_outputs) {
        free(trace->outputs[--trace->n_outputs].flow);
    }
}

/* Takes 'line', which is one of a bridge's, without its indentation. */
static void
take_line(struct tracer *t, const char *line, size_t indent)
{
    int table_id, n = 0;

    if (strstr(line, "skipping output") && t->to.n) {
        /* To the port that the line before names, after all not. */
        drop_output(t);
    }
    if (*line == '-') {
        return;                 /* A detail, or below a heading. */
    }
    tracer_leave_bridges(t, indent);
    if (t->n == 1 && t->last_table
        && !strncasecmp(line, "controller", strlen("controller"))) {
        t->trace->shown_in = t->last_table_id;
        t->trace->shown_by = get_priority(t->last_match);
    }
    if (ovs_scan(line, "%d. %n", &table_id, &n) && n) {
        take_stage(t, line, table_id);
    } else {
        ds_put_cstr(&t->stages, "    ");
        printable_put(&t->stages, line);
        ds_put_char(&t->stages, '\n');
        take_output(t, line);
        t->action_indent = indent;
    }
}

/* Appends the filter of 'port', and which rule of it has made the last flow of
 * 't', if that is known, as "filter clean-traffic (rule no-ip.xml:5)". */
static void
put_filter(struct ds *s, const struct tracer *t, const struct json_t *port)
{
    bool in = t->last_table_id == TABLE_TO_GUEST;
    char *priority = xasprintf("%u", (in ? get_priority(t->last_match)
                                      : t->filter_priority));
    const char *rule = jvalue_get_string(
        jvalue_get(jvalue_get(port, "filter-rules"), in ? "in" : "out"),
        priority);

    ds_put_cstr(s, "filter ");
    printable_put(s, jvalue_get_string(port, "filter"));
    if (*rule) {
        ds_put_cstr(s, " (rule ");
        printable_put(s, rule);
        ds_put_char(s, ')');
    }
    free(priority);
}

/* Appends which of the guards of 'port' has stopped a frame as 'stop'. */
static void
put_guard(struct ds *s, const struct json_t *port, unsigned int stop)
{
    struct guard_types types;
    unsigned int guards = 0;

    free(guards_from_string(jvalue_get_string(port, "guards"), &guards,
                            &types));
    guard_format_stop(s, stop, guards);
}

/* If the last flow of 't' is one of a port's guards or its filter, returns by
 * what it drops a frame, as "guard ip (arp) of tap1 (guest web1), by
 * net.xml:14", for the caller to free; otherwise null. */
static char *
find_guard(const struct tracer *t)
{
    const char *in_port = t->last_table ? strstr(t->last_match, "in_port=")
                          : NULL;
    const char *reg0 = t->last_table ? strstr(t->last_match, "reg0=") : NULL;
    unsigned int ofport, marks, stop = STOP_NONE;
    const char *name;
    bool guard;

    if (t->last_table && t->last_table_id == TABLE_TO_GUEST) {
        stop = STOP_FILTER;
    } else if (t->last_table && t->last_table_id == TABLE_STOPPED && reg0
               && ovs_scan(reg0, "reg0=%x", &marks)) {
        stop = marks >> REG0_STOP_BIT & REG0_STOP_MASK;
    }
    guard = (t->last_table && t->last_table_id == TABLE_GUARD
             ? get_priority(t->last_match) != PRIORITY_GUARD_SHOW
             : stop != STOP_NONE && stop != STOP_FILTER);
    name = (in_port && ovs_scan(in_port, "in_port=%u", &ofport)
            ? trace_find_port(t->last_ports, ofport) : NULL);
    if (!name || (!guard && stop != STOP_FILTER)) {
        return NULL;
    }

    const struct json_t *port = jvalue_get(t->last_ports, name);
    struct ds s = DS_EMPTY_INITIALIZER;

    if (!guard) {
        put_filter(&s, t, port);
    } else {
        put_guard(&s, port, stop);
    }
    ds_put_cstr(&s, " of ");
    printable_put(&s, name);
    if (state_get_guest(port)[0]) {
        ds_put_cstr(&s, " (guest ");
        printable_put(&s, state_get_guest(port));
        ds_put_char(&s, ')');
    }
    const char *from = jvalue_get_string(port, (guard ? "guards-from"
                                                : "filter-from"));
    if (*from) {
        ds_put_cstr(&s, ", by ");
        printable_put(&s, from);
    }
    return ds_steal_cstr(&s);
}

/* Returns the verdict on a frame that did what 't' has taken note of, with
 * 'sent' as the datapath's actions, for the caller to free. */
static char *
find_verdict(const struct tracer *t, const char *sent)
{
    /* A guard may show what it stops: lib/model/offences.h. */
    char *guard = t->to.n || !*sent ? NULL : find_guard(t);
    char *to, *verdict;

    if (guard) {
        verdict = xasprintf("dropped by %s", guard);
        free(guard);
        return verdict;
    } else if (!*sent) {
        return xstrdup("not traced");
    } else if (!strcmp(sent, "drop")) {
        return xasprintf("dropped in %s: %s",
                         t->last_table ? t->last_table : "no table of ours",
                         t->last_table ? t->last_purpose : "see below");
    } else if (!t->to.n) {
        return xasprintf("to datapath %s", sent);
    }
    to = svec_join(&t->to, ", ", "");
    verdict = xasprintf("to %s", to);
    free(to);
    return verdict;
}

/* Initializes 'trace' to what 'text', the output of "ofproto/trace", says,
 * with the names of the ports of 'bridges', as state.h has them. */
void
trace_init(struct trace *trace, const char *text,
           const struct json_t *bridges)
{
    struct tracer t = {
        .trace = trace, .bridges = bridges, .to = SVEC_EMPTY_INITIALIZER,
        .stages = DS_EMPTY_INITIALIZER,
    };
    struct ds actions = DS_EMPTY_INITIALIZER;
    char *copy = xstrdup(text);
    char *save_ptr = NULL;

    *trace = (struct trace) { .shown_in = -1 };
    for (char *line = strtok_r(copy, "\n", &save_ptr); line;
         line = strtok_r(NULL, "\n", &save_ptr)) {
        size_t indent = strspn(line, " ");
        const char *p = line + indent;

        if (!strncmp(p, "bridge(\"", 8)) {
            tracer_leave_bridges(&t, indent);
            tracer_enter(&t, p, indent);
        } else if (!strncmp(p, "Final flow:", 11)) {
            while (t.n) {
                tracer_leave(&t);
            }
        } else if (!strncmp(p, "Datapath actions: ", 18)) {
            printable_put(&actions, p + 18);
        } else if (t.n) {
            take_line(&t, p, indent);
        }
    }
    free(copy);
    trace->verdict = find_verdict(&t, ds_cstr(&actions));
    while (t.n) {
        tracer_leave(&t);
    }
    trace->stages = ds_steal_cstr(&t.stages);
    trace->actions = ds_steal_cstr(&actions);
    svec_destroy(&t.to);
    free(t.last_match);
}

void
trace_uninit(struct trace *trace)
{
    free(trace->verdict);
    free(trace->notes);
    free(trace->stages);
    free(trace->actions);
    free(trace->last_flow);
    for (size_t i = 0; i < trace->n_outputs; i++) {
        free(trace->outputs[i].flow);
    }
    free(trace->outputs);
}

void
trace_format(struct ds *s, const struct trace *trace)
{
    ds_put_format(s, "%s\n%s\n%s\ndatapath: %s\n", trace->verdict,
                  trace->notes ? trace->notes : "", trace->stages,
                  trace->actions);
}

/* Returns 'trace' as an object, which the caller must destroy. */
struct json_t *
trace_to_json(const struct trace *trace)
{
    struct json_t *json = jvalue_object();

    jvalue_put_string(json, "verdict", trace->verdict);
    if (trace->notes && *trace->notes) {
        jvalue_put_string(json, "notes", trace->notes);
    }
    jvalue_put_string(json, "stages", trace->stages);
    jvalue_put_string(json, "datapath", trace->actions);
    return json;
}
