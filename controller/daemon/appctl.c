/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/appctl.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "controller/daemon/mbridge.h"
#include "controller/daemon/reconcile.h"
#include "controller/daemon/waiters.h"
#include "lib/tell/plan-format.h"
#include "openvswitch/dynamic-string.h"
#include "unixctl.h"
#include "util.h"

static void
appctl_exit(struct unixctl_conn *conn, int argc OVS_UNUSED,
            const char *argv[] OVS_UNUSED, void *exiting_)
{
    bool *exiting = exiting_;

    *exiting = true;
    unixctl_command_reply(conn, NULL);
}

static void
appctl_reload(struct unixctl_conn *conn, int argc OVS_UNUSED,
              const char *argv[] OVS_UNUSED, void *reconcile)
{
    reconcile_reload(reconcile);
    unixctl_command_reply(conn, NULL);
}

/* Replies on 'conn' with the plan of the bridge that is named in 'argv' or, if
 * none is, of each. */
static void
appctl_plan(struct unixctl_conn *conn, int argc, const char *argv[],
            void *reconcile)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    if (argc > 1) {
        const struct mbridge *mb = reconcile_find_bridge(reconcile, argv[1]);

        if (!mb) {
            ds_put_format(&s, "no bridge named %s", argv[1]);
            unixctl_command_reply_error(conn, ds_cstr(&s));
            ds_destroy(&s);
            return;
        }
        plan_format(&s, mbridge_plan(mb));
    } else {
        const struct mbridge **bridges = reconcile_sort_bridges(reconcile);

        for (const struct mbridge **mb = bridges; *mb; mb++) {
            ds_put_format(&s, "# bridge %s\n", mbridge_name(*mb));
            plan_format(&s, mbridge_plan(*mb));
        }
        free(bridges);
    }
    unixctl_command_reply(conn, ds_cstr(&s));
    ds_destroy(&s);
}

/* How long clients wait if they do not say: in seconds.  Not for ever, because
 * it is not noticed when a client that waits goes away. */
#define WAIT_TIMEOUT 60

/* Takes option 'arg' of "wait".  Returns false if it is not one. */
static bool
parse_wait_option(const char *arg, struct waiter_options *options)
{
    static const char timeout[] = "--timeout=";

    if (!strcmp(arg, "--status")) {
        options->status = true;
    } else if (!strcmp(arg, "--format=json")) {
        options->json = true;
    } else {
        return (!strncmp(arg, timeout, strlen(timeout))
                && str_to_uint(arg + strlen(timeout), 10, &options->timeout));
    }
    return true;
}

static void
appctl_wait(struct unixctl_conn *conn, int argc, const char *argv[],
            void *waiters)
{
    struct waiter_options options = { .timeout = WAIT_TIMEOUT };
    int i;

    for (i = 1; i < argc && !strncmp(argv[i], "--", 2); i++) {
        if (!parse_wait_option(argv[i], &options)) {
            unixctl_command_reply_error(conn, "expected --timeout=SECONDS or "
                                        "--format=json");
            return;
        }
    }
    waiters_add(waiters, conn, &argv[i], argc - i, &options);
}

/* Gives back the bridge that is named in 'argv' or, if none is, each. */
static void
appctl_release(struct unixctl_conn *conn, int argc, const char *argv[],
               void *reconcile)
{
    if (reconcile_release(reconcile, argc > 1 ? argv[1] : NULL)) {
        unixctl_command_reply(conn, NULL);
    } else {
        char *error = xasprintf("no bridge named %s", argv[1]);

        unixctl_command_reply_error(conn, error);
        free(error);
    }
}

/* "verify" asks the switch itself from another process, which tells here what
 * bridges nothing was wrong with. */
static void
appctl_verified(struct unixctl_conn *conn, int argc, const char *argv[],
                void *reconcile)
{
    for (int i = 1; i < argc; i++) {
        reconcile_set_verified(reconcile, argv[i]);
    }
    unixctl_command_reply(conn, NULL);
}

/* Registers the control commands for 'reconcile' and 'waiters'.  "exit" sets
 * '*exiting' to true.  All must remain valid until the control server is
 * gone. */
void
appctl_register(struct reconcile *reconcile, struct waiters *waiters,
                bool *exiting)
{
    unixctl_command_register("exit", "", 0, 0, appctl_exit, exiting);
    unixctl_command_register("plan", "[BRIDGE]", 0, 1, appctl_plan,
                             reconcile);
    unixctl_command_register("release", "[BRIDGE]", 0, 1, appctl_release,
                             reconcile);
    unixctl_command_register("reload", "", 0, 0, appctl_reload, reconcile);
    unixctl_command_register("verified", "BRIDGE...", 1, INT_MAX,
                             appctl_verified, reconcile);
    unixctl_command_register("wait", "[--timeout=SECONDS] [PORT]...", 0,
                             INT_MAX, appctl_wait, waiters);
}
