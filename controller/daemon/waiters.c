/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/waiters.h"

#include <stdlib.h>

#include "controller/daemon/mbridge.h"
#include "controller/daemon/reconcile.h"
#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/list.h"
#include "openvswitch/poll-loop.h"
#include "svec.h"
#include "timeval.h"
#include "unixctl.h"
#include "util.h"

struct waiter {
    struct ovs_list list_node;  /* In struct waiters. */
    struct unixctl_conn *conn;
    struct svec names;          /* What for; if there are none, everything. */
    long long int deadline;     /* In time_msec() terms. */
    struct waiter_options options;
};

struct waiters {
    struct reconcile *reconcile;
    struct ovs_list list;       /* Contains "struct waiter"s. */
    bool added;                 /* Some have not been looked at yet. */
};

/* Creates and returns an empty set of waiters for ports of 'reconcile', which
 * must outlive it. */
struct waiters *
waiters_create(struct reconcile *reconcile)
{
    struct waiters *waiters = xzalloc(sizeof *waiters);

    waiters->reconcile = reconcile;
    ovs_list_init(&waiters->list);
    return waiters;
}

static void
waiter_destroy(struct waiter *waiter)
{
    ovs_list_remove(&waiter->list_node);
    svec_destroy(&waiter->names);
    free(waiter);
}

/* Sends 'text' to 'waiter', as a success if 'ok', and frees it. */
static void
waiter_answer(struct waiter *waiter, bool ok, const char *text)
{
    if (waiter->options.status) {
        char *reply = xasprintf("%d\n%s", !ok, text);

        unixctl_command_reply(waiter->conn, reply);
        free(reply);
    } else if (ok) {
        unixctl_command_reply(waiter->conn, text);
    } else {
        unixctl_command_reply_error(waiter->conn, text);
    }
    waiter_destroy(waiter);
}

/* Frees 'waiters'.  Those who still wait are told that it is in vain.  Must be
 * called before the control server is destroyed. */
void
waiters_destroy(struct waiters *waiters)
{
    struct waiter *waiter;

    LIST_FOR_EACH_SAFE (waiter, list_node, &waiters->list) {
        unixctl_command_reply_error(waiter->conn, "exiting");
        waiter_destroy(waiter);
    }
    free(waiters);
}

/* Has 'conn' answered when the ports that the 'n' names in 'names' mean, which
 * are copied, are in the switch, or all ports of all bridges if 'n' is 0; or
 * after the time that 'options' says.  As they come and go, a name may mean
 * others. */
void
waiters_add(struct waiters *waiters, struct unixctl_conn *conn,
            const char *const names[], size_t n,
            const struct waiter_options *options)
{
    struct waiter *waiter = xzalloc(sizeof *waiter);

    waiter->conn = conn;
    waiter->options = *options;
    for (size_t i = 0; i < n; i++) {
        svec_add(&waiter->names, names[i]);
    }
    waiter->deadline = time_msec() + options->timeout * 1000LL;
    ovs_list_push_back(&waiters->list, &waiter->list_node);
    waiters->added = true;
    reconcile_ask(waiters->reconcile);
}

/* Adds what keeps 'port', or everything if it is null, to 'array' or, if that
 * is null, to 's'. */
static void
put_reason(struct ds *s, struct json_t *array, const char *port,
           const char *reason)
{
    if (array) {
        struct json_t *json = jvalue_object();

        if (port) {
            jvalue_put_string(json, "port", port);
        }
        jvalue_put_string(json, "reason", reason);
        jvalue_add(array, json);
    } else {
        if (port) {
            ds_put_cstr(s, "port ");
            printable_put(s, port);
            ds_put_cstr(s, ": ");
        }
        printable_put(s, reason);
        ds_put_char(s, '\n');
    }
}

struct unready {
    struct ds *s;
    struct json_t *array;
    enum port_state state;      /* The worst so far. */
};

static void
put_unready(const char *port, const char *reason, bool final, void *unready_)
{
    struct unready *unready = unready_;

    unready->state = MAX(unready->state,
                         final ? PORT_FAILED : PORT_WAITING);
    put_reason(unready->s, unready->array, port, reason);
}

/* Returns what is to be said of what 'waiter' waits for as a whole: the worst
 * of all.  Adds the reason of each port that is not installed to 'array' or,
 * if that is null, to 's'. */
static enum port_state
waiter_state(const struct waiters *waiters, const struct waiter *waiter,
             struct ds *s, struct json_t *array)
{
    enum port_state worst = PORT_INSTALLED;
    struct svec ports = SVEC_EMPTY_INITIALIZER;
    const char *name;
    size_t i;

    if (!waiter->names.n) {
        struct unready unready = { s, array, PORT_INSTALLED };

        reconcile_find_unready(waiters->reconcile, put_unready, &unready);
        return unready.state;
    }
    SVEC_FOR_EACH (i, name, &waiter->names) {
        reconcile_find_ports(waiters->reconcile, name, &ports);
    }
    SVEC_FOR_EACH (i, name, &ports) {
        struct ds why = DS_EMPTY_INITIALIZER;
        enum port_state state
            = reconcile_port_state(waiters->reconcile, name, &why);

        worst = MAX(worst, state);
        if (state != PORT_INSTALLED) {
            put_reason(s, array, name, ds_cstr(&why));
        }
        ds_destroy(&why);
    }
    svec_destroy(&ports);
    return worst;
}

/* Is it too early to look at what 'waiter' waits for?  To look at all ports is
 * work, and there are many turns until a switch is done with a bundle. */
static bool
is_early(const struct waiters *waiters, const struct waiter *waiter)
{
    return (reconcile_is_awaiting(waiters->reconcile)
            || (!waiter->names.n && reconcile_is_busy(waiters->reconcile)
                && time_msec() < waiter->deadline));
}

static void
waiter_run(struct waiters *waiters, struct waiter *waiter)
{
    if (is_early(waiters, waiter)) {
        return;
    }

    struct json_t *array
        = waiter->options.json ? jvalue_array() : NULL;
    struct ds s = DS_EMPTY_INITIALIZER;
    enum port_state state = waiter_state(waiters, waiter, &s, array);

    if (state != PORT_WAITING || time_msec() >= waiter->deadline) {
        if (array) {
            jvalue_format(&s, array);
        }
        waiter_answer(waiter, state == PORT_INSTALLED, ds_cstr(&s));
    }
    jvalue_unref(array);
    ds_destroy(&s);
}

/* Answers those whose ports are ready.  Must be called after each
 * reconcile_run() and before requests are taken in, so that a request is
 * answered only after one more reconcile_run(). */
void
waiters_run(struct waiters *waiters)
{
    struct waiter *waiter;

    waiters->added = false;
    LIST_FOR_EACH_SAFE (waiter, list_node, &waiters->list) {
        waiter_run(waiters, waiter);
    }
}

/* Arranges for poll_block() to wake up when waiters_run() has something to do
 * of which the reason is not in reconcile_wait(). */
void
waiters_wait(struct waiters *waiters)
{
    const struct waiter *waiter;

    if (waiters->added) {
        poll_immediate_wake();
    }
    LIST_FOR_EACH (waiter, list_node, &waiters->list) {
        poll_timer_wait_until(waiter->deadline);
    }
}
