/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "lib/tell/state.h"
#include "openvswitch/dynamic-string.h"
#include "svec.h"
#include "util.h"

/* Commands that ask the daemon. */

/* How many seconds the daemon may take by its own: for "export --unlike",
 * which it answers after ten if there is nothing new, and for "wait", in
 * which it counts the time itself and says what is missing. */
#define EXPORT_PATIENCE 15
#define WAIT_PATIENCE 5

/* Returns what the daemon says of itself, asked with 'option' if that is
 * nonnull.  Stores the reply's digest in '*digest' if that is nonnull.  The
 * caller must destroy the state.  It may take 'own' seconds by its own. */
static struct json_t *
get_state(const char *option, uint32_t *digest, unsigned int own)
{
    struct svec args = SVEC_EMPTY_INITIALIZER;

    if (option) {
        svec_add(&args, option);
    }
    char *reply = virtnetctl_ask_for(options.target, "export", &args, own);
    struct json_t *state = jvalue_parse(reply);

    if (jvalue_type(state) != JVALUE_OBJECT) {
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
    return get_state(stats ? "--stats" : NULL, NULL, 0);
}

/* The same without counters, and with the rules of ports' filters. */
struct json_t *
virtnetctl_get_state_with_rules(void)
{
    return get_state("--rules", NULL, 0);
}

/* Waits until the daemon has something to say whose digest is not '*digest',
 * for a few seconds, or not at all if that is 0.  Returns it, as
 * virtnetctl_get_state() does, and updates '*digest'. */
struct json_t *
virtnetctl_await_state(uint32_t *digest)
{
    char *option = xasprintf("--unlike=%"PRIu32, *digest);
    struct json_t *state = get_state(option, digest,
                                     *digest ? EXPORT_PATIENCE : 0);

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

/* Has the daemon carry out 'command' with 'more' as arguments, which may take
 * 'own' seconds, takes over the exit status and returns the rest of the reply,
 * for the caller to free. */
static char *
ask_status(const char *command, const struct svec *more, unsigned int own)
{
    struct svec args = SVEC_EMPTY_INITIALIZER;

    svec_add(&args, "--status");
    if (options.json) {
        svec_add(&args, "--format=json");
    }
    svec_append(&args, more);

    char *reply = virtnetctl_ask_for(options.target, command, &args, own);
    char *eol = strchr(reply, '\n');
    if (eol) {
        *eol = '\0';
    }
    if (!eol || !str_to_int(reply, 10, &virtnetctl_status)) {
        virtnetctl_fatal("%s: not a reply to \"%s\"", options.target,
                         command);
    }
    char *text = xstrdup(eol + 1);
    free(reply);
    svec_destroy(&args);
    return text;
}

/* As ask_status(), and prints the reply. */
void
virtnetctl_forward(const char *command, const struct svec *more,
                   unsigned int own)
{
    char *reply = ask_status(command, more, own);
    struct ds s = DS_EMPTY_INITIALIZER;

    put_reply(&s, reply);
    free(reply);
    options.color = options.color && !options.json;
    virtnetctl_print(&s);
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

/* Adds to 'found' the ports in 'ports' that 'name' means: of itself or of its
 * guest.  Ends the program if there is none. */
static void
find_ports(const struct json_t *ports, const char *name, struct svec *found)
{
    state_find_ports(ports, name, found);
    if (!found->n) {
        virtnetctl_check_name(ports, "port", name);
    }
}

/* Returns the name of the port of 'bridge', one of 'bridges', that 'name'
 * means: of itself or of its guest.  Ends the program if there is none, or
 * several.  The caller must free it. */
char *
virtnetctl_find_port(const struct json_t *bridges, const char *bridge,
                     const char *name)
{
    struct svec found = SVEC_EMPTY_INITIALIZER;

    virtnetctl_check_name(bridges, "bridge", bridge);
    const struct json_t *ports = jvalue_get(jvalue_get(bridges, bridge),
                                            "ports");
    find_ports(ports, name, &found);
    if (found.n > 1) {
        virtnetctl_fatal("guest %s has %"PRIuSIZE" ports: %s", name, found.n,
                         svec_join(&found, " ", ""));
    }

    char *port = xstrdup(found.names[0]);
    svec_destroy(&found);
    return port;
}

/* Returns what is asked for in 'ctx', "[BRIDGE [PORT]]", and by options, of
 * the daemon's state, with counters if 'stats'.  Ends the program if there is
 * no such bridge or port.  The caller must destroy it. */
static struct json_t *
get_selected(const struct ovs_cmdl_context *ctx, bool stats)
{
    char *problem = (options.state ? state_check_port_state(options.state)
                     : NULL);

    if (problem) {
        virtnetctl_fatal("--state=%s: %s", options.state, problem);
    }

    struct json_t *state = virtnetctl_get_state(stats);
    const struct json_t *bridges = jvalue_get(state, "bridges");
    struct state_filter filter = {
        .bridge = ctx->argc > 1 ? ctx->argv[1] : NULL,
        .port = ctx->argc > 2 ? ctx->argv[2] : NULL,
        .state = options.state,
        .vlan = options.vlan,
    };

    if (filter.bridge) {
        virtnetctl_check_name(bridges, "bridge", filter.bridge);
    }
    if (filter.port) {
        struct svec found = SVEC_EMPTY_INITIALIZER;
        const struct json_t *ports = jvalue_get(jvalue_get(bridges,
                                                           filter.bridge),
                                                "ports");

        find_ports(ports, filter.port, &found);
        svec_destroy(&found);
    }

    struct json_t *selected = state_select(state, &filter);
    jvalue_unref(state);
    return selected;
}

/* Prints what 'format' makes of 'state', or 'state' itself if the output is to
 * be JSON, and destroys it. */
static void
print_state(struct json_t *state,
            void (*format)(struct ds *, const struct json_t *))
{
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
virtnetctl_show(struct ovs_cmdl_context *ctx)
{
    print_state(get_selected(ctx, false), state_format_show);
}

/* "health": one line, and exit status 1 if anything is not as it should be. */
void
virtnetctl_health(struct ovs_cmdl_context *ctx)
{
    struct json_t *state = get_selected(ctx, false);
    struct json_t *reasons = state_find_reasons(state);
    struct ds s = DS_EMPTY_INITIALIZER;

    virtnetctl_status = jvalue_count(reasons) > 0;
    if (options.json) {
        struct json_t *json = jvalue_object();

        jvalue_put_bool(json, "ok", !virtnetctl_status);
        jvalue_put(json, "reasons", jvalue_ref(reasons));
        virtnetctl_print_json(json);
    } else {
        state_format_health(&s, state, reasons);
        virtnetctl_print(&s);
    }
    jvalue_unref(reasons);
    jvalue_unref(state);
}

void
virtnetctl_networks(struct ovs_cmdl_context *ctx)
{
    struct json_t *state = get_selected(ctx, false);

    if (options.json) {
        virtnetctl_print_json(state_networks_to_json(state));
        jvalue_unref(state);
    } else {
        print_state(state, state_format_networks);
    }
}

void
virtnetctl_graph(struct ovs_cmdl_context *ctx OVS_UNUSED)
{
    options.color = false;
    print_state(virtnetctl_get_state(false), state_format_graph);
}

void
virtnetctl_metrics(struct ovs_cmdl_context *ctx OVS_UNUSED)
{
    options.color = false;
    print_state(virtnetctl_get_state(true), state_format_metrics);
}

void
virtnetctl_fdb(struct ovs_cmdl_context *ctx)
{
    struct json_t *state = get_selected(ctx, true);
    struct ds s = DS_EMPTY_INITIALIZER;

    if (options.json) {
        virtnetctl_print_json(state_fdb_to_json(state));
    } else {
        state_format_fdb(&s, state, ctx->argc > 1 ? ctx->argv[1] : NULL);
        virtnetctl_print(&s);
    }
    jvalue_unref(state);
}

void
virtnetctl_dump_flows(struct ovs_cmdl_context *ctx)
{
    struct json_t *state = virtnetctl_get_state(false);
    const struct json_t *bridges = jvalue_get(state, "bridges");
    struct svec args = SVEC_EMPTY_INITIALIZER;

    virtnetctl_check_name(bridges, "bridge", ctx->argv[1]);
    svec_add(&args, ctx->argv[1]);
    if (ctx->argc > 2) {
        svec_add_nocopy(&args, virtnetctl_find_port(bridges, ctx->argv[1],
                                                    ctx->argv[2]));
    }
    jvalue_unref(state);
    virtnetctl_forward("dump-flows", &args, 0);
    svec_destroy(&args);
}

/* "verify": what the daemon says of flows and rows, and then what the switch
 * does with frames. */
void
virtnetctl_verify(struct ovs_cmdl_context *ctx)
{
    const char *bridge = ctx->argc > 1 ? ctx->argv[1] : NULL;
    struct json_t *state = virtnetctl_get_state(false);
    struct svec args = SVEC_EMPTY_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    if (options.repair) {
        svec_add(&args, "--repair");
    }
    if (bridge) {
        virtnetctl_check_name(jvalue_get(state, "bridges"), "bridge", bridge);
        svec_add(&args, bridge);
    }
    jvalue_unref(state);

    char *reply = ask_status("verify", &args, 0);
    struct json_t *json = options.json ? jvalue_parse(reply) : NULL;
    if (json) {
        virtnetctl_verify_frames(bridge, NULL, json);
        virtnetctl_print_json(json);
        ds_destroy(&s);
    } else {
        put_reply(&s, reply);
        virtnetctl_verify_frames(bridge, &s, NULL);
        virtnetctl_print(&s);
    }
    free(reply);
    svec_destroy(&args);
}

void
virtnetctl_wait(struct ovs_cmdl_context *ctx)
{
    struct svec args = SVEC_EMPTY_INITIALIZER;

    /* Who does not answer this hangs, and need not be waited for longer. */
    jvalue_unref(virtnetctl_get_state(false));

    svec_add_nocopy(&args, xasprintf("--timeout=%d", options.timeout));
    for (int i = 1; i < ctx->argc; i++) {
        svec_add(&args, ctx->argv[i]);
    }
    virtnetctl_forward("wait", &args, WAIT_PATIENCE);
    svec_destroy(&args);
}
