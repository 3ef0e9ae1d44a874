/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/appctl.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "controller/mbridge.h"
#include "controller/reconcile.h"
#include "controller/waiters.h"
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

static void
appctl_status(struct unixctl_conn *conn, int argc OVS_UNUSED,
              const char *argv[] OVS_UNUSED, void *reconcile)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    reconcile_format_status(&s, reconcile);
    unixctl_command_reply(conn, ds_cstr(&s));
    ds_destroy(&s);
}

typedef void format_cb(struct ds *, const struct mbridge *);

/* Replies on 'conn' with what 'format' says of the bridge that is named in
 * 'argv' or, if none is, of each. */
static void
reply_bridges(struct unixctl_conn *conn, int argc, const char *argv[],
              const struct reconcile *reconcile, format_cb *format)
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
        format(&s, mb);
    } else {
        const struct mbridge **bridges = reconcile_sort_bridges(reconcile);

        for (const struct mbridge **mb = bridges; *mb; mb++) {
            ds_put_format(&s, "# bridge %s\n", mbridge_name(*mb));
            format(&s, *mb);
        }
        free(bridges);
    }
    unixctl_command_reply(conn, ds_cstr(&s));
    ds_destroy(&s);
}

static void
appctl_fdb(struct unixctl_conn *conn, int argc, const char *argv[],
           void *reconcile)
{
    reply_bridges(conn, argc, argv, reconcile, mbridge_format_fdb);
}

static void
appctl_plan(struct unixctl_conn *conn, int argc, const char *argv[],
            void *reconcile)
{
    reply_bridges(conn, argc, argv, reconcile, mbridge_format_plan);
}

/* How long clients wait if they do not say: in seconds. */
#define WAIT_TIMEOUT 60

/* wait [--timeout=SECONDS] [PORT]... */
static void
appctl_wait(struct unixctl_conn *conn, int argc, const char *argv[],
            void *waiters)
{
    static const char option[] = "--timeout=";
    unsigned int timeout = WAIT_TIMEOUT;
    int i = 1;

    if (i < argc && !strncmp(argv[i], option, strlen(option))) {
        if (!str_to_uint(argv[i] + strlen(option), 10, &timeout)) {
            unixctl_command_reply_error(conn, "--timeout expects a number of "
                                        "seconds");
            return;
        }
        i++;
    }
    waiters_add(waiters, conn, &argv[i], argc - i, timeout * 1000LL);
}

/* Registers the control commands for 'reconcile' and 'waiters'.  "exit" sets
 * '*exiting' to true.  All must remain valid until the control server is
 * gone. */
void
appctl_register(struct reconcile *reconcile, struct waiters *waiters,
                bool *exiting)
{
    unixctl_command_register("exit", "", 0, 0, appctl_exit, exiting);
    unixctl_command_register("fdb", "[BRIDGE]", 0, 1, appctl_fdb, reconcile);
    unixctl_command_register("plan", "[BRIDGE]", 0, 1, appctl_plan,
                             reconcile);
    unixctl_command_register("reload", "", 0, 0, appctl_reload, reconcile);
    unixctl_command_register("status", "", 0, 0, appctl_status, reconcile);
    unixctl_command_register("wait", "[--timeout=SECONDS] [PORT]...", 0,
                             INT_MAX, appctl_wait, waiters);
}
