/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "lib/tell/probe.h"
#include "lib/tell/state.h"
#include "lib/tell/trace.h"
#include "openvswitch/dynamic-string.h"
#include "svec.h"
#include "timeval.h"
#include "util.h"

/* The part of "verify" that asks the switch itself: what becomes of frames.
 *
 * The daemon knows what is to be and ovs-vswitchd what is, so that what
 * changes between the two questions looks like a fault.  What is found counts
 * only if the state is the same afterwards. */

/* How often to ask anew because something has changed. */
#define MAX_ATTEMPTS 3

struct frames {
    struct json_t *state;
    char *dpif_show;
    char *spanning_trees;
    int seconds;                /* That --timeout gave... */
    long long int deadline;     /* ...and when they are over, in time_msec()
                                 * terms. */
    size_t n_traced, n_bridges;
    size_t n_differences;
    struct ds text;
    struct json_t *differences; /* Null if for people. */
};

static char *
ask_vswitchd(struct frames *f, const char *command, const char *arg1,
             const char *arg2)
{
    long long int left = f->deadline - time_msec();
    struct svec args = SVEC_EMPTY_INITIALIZER;

    if (left <= 0) {
        virtnetctl_fatal("not all frames could be traced within %d seconds, "
                         "but %"PRIuSIZE" were: give more by --timeout",
                         f->seconds, f->n_traced);
    }
    options.timeout = DIV_ROUND_UP(left, 1000);
    if (arg1) {
        svec_add(&args, arg1);
        svec_add(&args, arg2);
    }
    char *reply = virtnetctl_ask("ovs-vswitchd", command, &args);

    svec_destroy(&args);
    return reply;
}

/* Forgets what is asked of ovs-vswitchd once for all frames. */
static void
forget_switch(struct frames *f)
{
    free(f->dpif_show);
    free(f->spanning_trees);
    f->dpif_show = f->spanning_trees = NULL;
}

/* Is 'bridge' one that is held to anything now? */
static bool
is_exact(const struct json_t *bridge)
{
    return (!strcmp(jvalue_get_string(bridge, "macTableManager"), "libvirt")
            && !strcmp(jvalue_get_string(bridge, "state"), "installed"));
}

static void
trace_bridge(struct frames *f, const char *name, const struct json_t *bridge)
{
    struct probes probes;

    probes_init(&probes, bridge, options.all);
    probes_set_blocked(&probes, name, f->spanning_trees);
    for (size_t i = 0; i < probes.n; i++) {
        const struct probe *probe = &probes.probes[i];
        char *reply = ask_vswitchd(f, "ofproto/trace", name, probe->flow);
        struct trace trace;

        trace_init(&trace, reply, jvalue_get(f->state, "bridges"));
        trace_add_datapath_outputs(&trace, f->dpif_show, name);
        f->n_differences += probe_compare(&probes, probe, &trace, name,
                                          &f->text, f->differences);
        f->n_traced++;
        trace_uninit(&trace);
        free(reply);
    }
    f->n_bridges++;
    probes_uninit(&probes);
}

/* Asks about all bridges that are held to anything, or only 'wanted'. */
static void
trace_bridges(struct frames *f, const char *wanted)
{
    const struct json_t *bridges = jvalue_get(f->state, "bridges");
    const char **names = jvalue_names(bridges);

    f->n_traced = f->n_bridges = f->n_differences = 0;
    ds_clear(&f->text);
    if (f->differences) {
        jvalue_unref(f->differences);
        f->differences = jvalue_array();
    }
    for (const char **name = names; *name; name++) {
        const struct json_t *bridge = jvalue_get(bridges, *name);

        if ((!wanted || !strcmp(*name, wanted)) && is_exact(bridge)) {
            if (!f->dpif_show) {
                char *stp = ask_vswitchd(f, "stp/show", NULL, NULL);
                char *rstp = ask_vswitchd(f, "rstp/show", NULL, NULL);

                f->dpif_show = ask_vswitchd(f, "dpif/show", NULL, NULL);
                f->spanning_trees = xasprintf("%s\n%s", stp, rstp);
                free(stp);
                free(rstp);
            }
            trace_bridge(f, *name, bridge);
        }
    }
    free(names);
}

/* Tells the daemon that nothing is wrong with the bridges that were asked
 * about, all or only 'wanted'. */
static void
tell_verified(const struct frames *f, const char *wanted)
{
    const struct json_t *bridges = jvalue_get(f->state, "bridges");
    const char **names = jvalue_names(bridges);
    struct svec args = SVEC_EMPTY_INITIALIZER;

    for (const char **name = names; *name; name++) {
        if ((!wanted || !strcmp(*name, wanted))
            && is_exact(jvalue_get(bridges, *name))) {
            svec_add(&args, *name);
        }
    }
    if (args.n) {
        free(virtnetctl_ask(options.target, "verified", &args));
    }
    svec_destroy(&args);
    free(names);
}

/* Is what 'a' and 'b' say of ports and addresses the same? */
static bool
is_unchanged(const struct json_t *a, const struct json_t *b)
{
    const char **names = jvalue_names(jvalue_get(a, "bridges"));
    bool same = jvalue_count(jvalue_get(a, "bridges"))
                == jvalue_count(jvalue_get(b, "bridges"));

    for (const char **name = names; *name; name++) {
        const struct json_t *x = jvalue_get(jvalue_get(a, "bridges"), *name);
        const struct json_t *y = jvalue_get(jvalue_get(b, "bridges"), *name);

        same = (same
                && jvalue_equals(jvalue_get(x, "ports"),
                                 jvalue_get(y, "ports"))
                && jvalue_equals(jvalue_get(x, "fdb"), jvalue_get(y, "fdb"))
                && jvalue_equals(jvalue_get(x, "state"),
                                 jvalue_get(y, "state")));
    }
    free(names);
    return same;
}

/* Appends what came of it to 's', or adds it to 'json' if that is nonnull. */
static void
report(const struct frames *f, struct ds *s, struct json_t *json)
{
    if (json) {
        struct json_t *frames = jvalue_object();

        jvalue_put_integer(frames, "traced", f->n_traced);
        jvalue_put(frames, "differences", jvalue_ref(f->differences));
        jvalue_put(json, "frames", frames);
    } else {
        ds_put_cstr(s, ds_cstr_ro(&f->text));
        if (f->n_traced) {
            ds_put_format(s, "frames: %"PRIuSIZE" traced, ", f->n_traced);
            if (f->n_differences) {
                ds_put_format(s, "%"PRIuSIZE" times not as it is to be\n",
                              f->n_differences);
            } else {
                ds_put_cstr(s, "all go where they are to go\n");
            }
        }
    }
}

/* Appends to 's', or adds to 'json' if that is nonnull, which definitions are
 * in force nowhere. */
static void
report_nowhere(const struct json_t *state, struct ds *s, struct json_t *json)
{
    const struct json_t *nowhere = jvalue_get(jvalue_get(state, "definitions"),
                                              "nowhere");

    if (!jvalue_count(nowhere)) {
        return;
    }
    virtnetctl_status = MAX(virtnetctl_status, 1);
    if (json) {
        jvalue_put(json, "nowhere", jvalue_ref(nowhere));
        return;
    }
    for (size_t i = 0; i < jvalue_count(nowhere); i++) {
        const struct json_t *network = jvalue_at(nowhere, i);

        ds_put_format(s, "network %s (%s:%lld): not in force: there is no "
                      "bridge '%s'\n", jvalue_get_string(network, "name"),
                      jvalue_get_string(network, "file"),
                      jvalue_get_integer(network, "line"),
                      jvalue_get_string(network, "bridge"));
    }
}

/* Returns why 'bridge', or all if that is null, is not as it should be by what
 * the daemon says.  What passes by itself is given a moment. */
static struct json_t *
find_reasons(const char *bridge)
{
    struct state_filter filter = { .bridge = bridge, .vlan = -1 };

    for (int attempt = 1; ; attempt++) {
        struct json_t *state = virtnetctl_get_state(false);
        struct json_t *selected = state_select(state, &filter);
        struct json_t *reasons = state_find_reasons(selected);

        jvalue_unref(selected);
        jvalue_unref(state);
        if (!jvalue_count(reasons) || attempt >= MAX_ATTEMPTS) {
            return reasons;
        }
        jvalue_unref(reasons);
        xnanosleep(100 * 1000 * 1000);
    }
}

/* Appends to 's', or adds to 'json' if that is nonnull, what is wrong besides
 * what has been found: "verify" is never content where "health" is not. */
static void
report_reasons(const char *bridge, struct ds *s, struct json_t *json)
{
    struct json_t *reasons = find_reasons(bridge);

    if (jvalue_count(reasons)) {
        virtnetctl_status = 1;
        if (json) {
            jvalue_put(json, "reasons", jvalue_ref(reasons));
        }
    }
    for (size_t i = 0; s && i < jvalue_count(reasons); i++) {
        ds_put_cstr(s, "not ok: ");
        printable_put(s, jvalue_text(jvalue_at(reasons, i)));
        ds_put_char(s, '\n');
    }
    jvalue_unref(reasons);
}

/* Asks the switch what becomes of frames on 'bridge', or on all bridges if
 * that is null, and appends what is not as it is to be to 's' or adds it to
 * 'json'. */
void
virtnetctl_verify_frames(const char *bridge, struct ds *s,
                         struct json_t *json)
{
    struct frames f = {
        .state = virtnetctl_get_state(false),
        .seconds = options.timeout,
        .deadline = time_msec() + options.timeout * 1000LL,
        .text = DS_EMPTY_INITIALIZER,
        .differences = json ? jvalue_array() : NULL,
    };

    for (int attempt = 1; ; attempt++) {
        trace_bridges(&f, bridge);
        if (!f.n_differences || attempt >= MAX_ATTEMPTS) {
            break;
        }

        struct json_t *now = virtnetctl_get_state(false);
        bool same = is_unchanged(f.state, now);

        jvalue_unref(f.state);
        f.state = now;
        forget_switch(&f);
        if (same) {
            break;
        }
    }
    if (!bridge) {
        report_nowhere(f.state, s, json);
    }
    report(&f, s, json);
    if (f.n_differences) {
        virtnetctl_status = MAX(virtnetctl_status, 1);
    } else if (!virtnetctl_status) {
        report_reasons(bridge, s, json);
    }
    if (!virtnetctl_status) {
        tell_verified(&f, bridge);
    }
    jvalue_unref(f.state);
    jvalue_unref(f.differences);
    ds_destroy(&f.text);
    forget_switch(&f);
}
