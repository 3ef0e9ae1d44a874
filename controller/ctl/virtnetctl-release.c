/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "openvswitch/dynamic-string.h"
#include "svec.h"
#include "timeval.h"
#include "util.h"

/* "release": has bridges given back. */

/* How often to look whether it is done: in milliseconds. */
#define LOOK_INTERVAL 50

/* Has virtnet-controller, which does not run, give 'bridge' back, or all if it
 * is null. */
OVS_NO_RETURN static void
release_without_daemon(const char *bridge)
{
    char *option = xasprintf("--release%s%s", bridge ? "=" : "",
                             bridge ? bridge : "");

    execlp("virtnet-controller", "virtnet-controller", "-vconsole:off",
           option, (char *) NULL);
    virtnetctl_fatal("virtnet-controller %s: %s", option,
                     ovs_strerror(errno));
}

/* Appends why 'bridge' of 'state', or any if it is null, is not given back
 * yet. */
static void
put_unreleased(struct ds *s, const struct json_t *state, const char *bridge)
{
    const struct json_t *bridges = jvalue_get(state, "bridges");
    const char **names = jvalue_names(bridges);

    for (const char **name = names; *name; name++) {
        const struct json_t *b = jvalue_get(bridges, *name);
        const char *mode = jvalue_get_string(b, "macTableManager");
        const char *b_state = jvalue_get_string(b, "state");

        if ((!bridge || !strcmp(*name, bridge))
            && (strcmp(mode, "kernel")
                || (strcmp(b_state, "installed")
                    && strcmp(b_state, "left alone")))) {
            ds_put_cstr(s, "bridge ");
            printable_put(s, *name);
            ds_put_format(s, ": still in mode %s, ", mode);
            printable_put(s, b_state);
            ds_put_char(s, '\n');
        }
    }
    if (jvalue_get_integer(jvalue_get(state, "database"), "pending")) {
        ds_put_cstr(s, "changes of the database are pending\n");
    }
    free(names);
}

void
virtnetctl_release(struct ovs_cmdl_context *ctx)
{
    const char *bridge = ctx->argc > 1 ? ctx->argv[1] : NULL;
    struct svec args = SVEC_EMPTY_INITIALIZER;

    if (!virtnetctl_target_runs()) {
        release_without_daemon(bridge);
    }

    struct json_t *state = virtnetctl_get_state(false);
    if (bridge) {
        virtnetctl_check_name(jvalue_get(state, "bridges"), "bridge", bridge);
        svec_add(&args, bridge);
    }
    jvalue_unref(state);
    free(virtnetctl_ask(options.target, "release", &args));
    svec_destroy(&args);

    long long int deadline = time_msec() + options.timeout * 1000LL;
    for (;;) {
        struct ds s = DS_EMPTY_INITIALIZER;

        state = virtnetctl_get_state(false);
        put_unreleased(&s, state, bridge);
        jvalue_unref(state);
        if (!s.length) {
            ds_put_cstr(&s, "given back; virtnet-controller takes it again "
                        "with a restart, or with ovs-appctl -t "
                        "virtnet-controller reload\n");
            virtnetctl_print(&s);
            return;
        } else if (time_msec() >= deadline) {
            virtnetctl_status = 1;
            virtnetctl_print(&s);
            return;
        }
        ds_destroy(&s);
        xnanosleep(LOOK_INTERVAL * 1000LL * 1000);
    }
}
