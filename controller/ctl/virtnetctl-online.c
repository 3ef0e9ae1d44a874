/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"
#include "dirs.h"
#include "jsonrpc.h"
#include "lib/base/jvalue.h"
#include "lib/base/ovs-compat.h"
#include "lib/base/printable.h"
#include "lib/tell/state.h"
#include "openvswitch/dynamic-string.h"
#include "svec.h"
#include "unixctl.h"
#include "util.h"

/* Commands that ask the daemon, over its control socket. */

/* Asks 'target', as ovs-appctl(8) does, for 'command' with the arguments in
 * 'args'.  Ends the program if it does not reply or replies with an error.
 * Returns the reply, which the caller must free. */
char *
virtnetctl_ask(const char *target, const char *command,
               const struct svec *args)
{
    OVS_UNIXCTL_REPLY *result, *reason;
    struct jsonrpc *client;
    char *socket;

    if (target[0] == '/') {
        socket = xstrdup(target);
    } else {
        char *pidfile = xasprintf("%s/%s.pid", ovs_rundir(), target);
        pid_t pid = read_pidfile(pidfile);

        if (pid < 0) {
            virtnetctl_fatal("%s does not run: %s: %s", target, pidfile,
                             ovs_strerror(-pid));
        }
        socket = xasprintf("%s/%s.%ld.ctl", ovs_rundir(), target,
                           (long int) pid);
        free(pidfile);
    }

    int errnum = unixctl_client_create(socket, &client);
    if (errnum) {
        virtnetctl_fatal("%s: %s", socket, ovs_strerror(errnum));
    }
    errnum = unixctl_client_transact(client, command, args->n, args->names,
                                     &result, &reason);
    if (errnum) {
        virtnetctl_fatal("%s: %s", socket, ovs_retval_to_string(errnum));
    } else if (reason) {
        char *error = ovs_unixctl_reply_steal(reason);

        error[strcspn(error, "\n")] = '\0';
        virtnetctl_fatal("%s", error);
    }
    jsonrpc_close(client);
    free(socket);
    return ovs_unixctl_reply_steal(result);
}

/* Returns what the daemon says of itself, asked with 'option' if that is
 * nonnull.  Stores the reply's digest in '*digest' if that is nonnull.  The
 * caller must destroy the state. */
static struct json_t *
get_state(const char *option, uint32_t *digest)
{
    struct svec args = SVEC_EMPTY_INITIALIZER;

    if (option) {
        svec_add(&args, option);
    }
    char *reply = virtnetctl_ask(options.target, "export", &args);
    struct json_t *state = jvalue_parse(reply);

    if (!jvalue_is_object(state)) {
        virtnetctl_fatal("%s: not a reply to \"export\"", options.target);
    }
    if (digest) {
        *digest = state_digest(reply);
    }
    free(reply);
    svec_destroy(&args);
    return state;
}

/* Returns what the daemon says of itself, with counters if 'stats'.  The
 * caller must destroy it. */
struct json_t *
virtnetctl_get_state(bool stats)
{
    return get_state(stats ? "--stats" : NULL, NULL);
}

/* Waits until the daemon has something to say whose digest is not '*digest',
 * for a few seconds.  Returns it, as virtnetctl_get_state() does, and updates
 * '*digest'. */
struct json_t *
virtnetctl_await_state(uint32_t *digest)
{
    char *option = xasprintf("--unlike=%"PRIu32, *digest);
    struct json_t *state = get_state(option, digest);

    free(option);
    return state;
}

/* Ends the program unless 'name' is a member of 'object', where 'what's
 * are. */
void
virtnetctl_check_name(const struct json_t *object, const char *what,
                      const char *name)
{
    if (!jvalue_get(object, name)) {
        const char **names = jvalue_names(object);

        virtnetctl_fatal("there is no %s %s%s", what, name,
                         virtnetctl_nearest(name, names,
                                            jvalue_count(object)));
    }
}

/* Appends 'reply', of several lines, with nothing in it that is not fit to be
 * printed, whatever the daemon says. */
static void
put_reply(struct ds *s, const char *reply)
{
    while (*reply) {
        size_t len = strcspn(reply, "\n");
        char *line = xmemdup0(reply, len);

        printable_put(s, line);
        free(line);
        reply += len;
        if (*reply) {
            ds_put_char(s, *reply++);
        }
    }
}

/* Has the daemon carry out the command in 'ctx' with 'options_' before its
 * arguments, prints the reply, and takes over the exit status. */
static void
forward(struct ovs_cmdl_context *ctx, const struct svec *more)
{
    struct svec args = SVEC_EMPTY_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    svec_add(&args, "--status");
    if (options.json) {
        svec_add(&args, "--format=json");
    }
    svec_append(&args, more);
    for (int i = 1; i < ctx->argc; i++) {
        svec_add(&args, ctx->argv[i]);
    }

    char *reply = virtnetctl_ask(options.target,
                                 ctx->argv[0], &args);
    char *eol = strchr(reply, '\n');
    if (eol) {
        *eol = '\0';
    }
    if (!eol || !str_to_int(reply, 10, &virtnetctl_status)) {
        virtnetctl_fatal("%s: not a reply to \"%s\"", options.target,
                         ctx->argv[0]);
    }
    put_reply(&s, eol + 1);
    free(reply);
    options.color = options.color && !options.json;
    virtnetctl_print(&s);
    svec_destroy(&args);
}

void
virtnetctl_status_command(struct ovs_cmdl_context *ctx OVS_UNUSED)
{
    struct svec none = SVEC_EMPTY_INITIALIZER;

    if (options.json) {
        virtnetctl_print_json(virtnetctl_get_state(false));
    } else {
        struct ds s = DS_EMPTY_INITIALIZER;
        char *reply = virtnetctl_ask(options.target, "status", &none);

        put_reply(&s, reply);
        free(reply);
        virtnetctl_print(&s);
    }
}

/* Prints what 'format' makes of the daemon's state, asked for with counters if
 * 'stats', or the state itself if the output is to be JSON. */
static void
print_state(bool stats, void (*format)(struct ds *, const struct json_t *))
{
    struct json_t *state = virtnetctl_get_state(stats);
    struct ds s = DS_EMPTY_INITIALIZER;

    if (options.json) {
        virtnetctl_print_json(state);
    } else {
        format(&s, state);
        virtnetctl_print(&s);
        jvalue_unref(state);
    }
}

void
virtnetctl_show(struct ovs_cmdl_context *ctx OVS_UNUSED)
{
    print_state(false, state_format_show);
}

void
virtnetctl_graph(struct ovs_cmdl_context *ctx OVS_UNUSED)
{
    options.color = false;
    print_state(false, state_format_graph);
}

void
virtnetctl_metrics(struct ovs_cmdl_context *ctx OVS_UNUSED)
{
    options.color = false;
    print_state(true, state_format_metrics);
}

static struct json_t *
fdb_to_json(const struct json_t *state, const char *wanted)
{
    const struct json_t *bridges = jvalue_get(state, "bridges");
    struct json_t *json = jvalue_object();
    const char **names = jvalue_names(bridges);

    for (const char **b = names; *b; b++) {
        if (!wanted || !strcmp(wanted, *b)) {
            const struct json_t *fdb = jvalue_get(jvalue_get(bridges, *b),
                                                  "fdb");

            jvalue_put(json, *b, jvalue_ref(fdb));
        }
    }
    free(names);
    return json;
}

void
virtnetctl_fdb(struct ovs_cmdl_context *ctx)
{
    struct json_t *state = virtnetctl_get_state(true);
    const struct json_t *bridges = jvalue_get(state, "bridges");
    const char *wanted = ctx->argc > 1 ? ctx->argv[1] : NULL;
    struct ds s = DS_EMPTY_INITIALIZER;

    if (wanted) {
        virtnetctl_check_name(bridges, "bridge", wanted);
    }
    if (options.json) {
        virtnetctl_print_json(fdb_to_json(state, wanted));
        jvalue_unref(state);
        return;
    }

    state_format_fdb(&s, state, wanted);
    virtnetctl_print(&s);
    jvalue_unref(state);
}

void
virtnetctl_dump_flows(struct ovs_cmdl_context *ctx)
{
    struct json_t *state = virtnetctl_get_state(false);
    const struct json_t *bridges = jvalue_get(state, "bridges");
    struct svec none = SVEC_EMPTY_INITIALIZER;

    virtnetctl_check_name(bridges, "bridge", ctx->argv[1]);
    if (ctx->argc > 2) {
        virtnetctl_check_name(jvalue_get(jvalue_get(bridges, ctx->argv[1]),
                                         "ports"), "port", ctx->argv[2]);
    }
    jvalue_unref(state);
    forward(ctx, &none);
}

void
virtnetctl_verify(struct ovs_cmdl_context *ctx)
{
    struct svec args = SVEC_EMPTY_INITIALIZER;

    if (options.repair) {
        svec_add(&args, "--repair");
    }
    if (ctx->argc > 1) {
        struct json_t *state = virtnetctl_get_state(false);

        virtnetctl_check_name(jvalue_get(state, "bridges"), "bridge",
                              ctx->argv[1]);
        jvalue_unref(state);
    }
    forward(ctx, &args);
    svec_destroy(&args);
}

void
virtnetctl_wait(struct ovs_cmdl_context *ctx)
{
    struct svec args = SVEC_EMPTY_INITIALIZER;

    if (options.timeout >= 0) {
        svec_add_nocopy(&args, xasprintf("--timeout=%d", options.timeout));
    }
    forward(ctx, &args);
    svec_destroy(&args);
}
