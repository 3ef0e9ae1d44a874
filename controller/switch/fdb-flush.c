/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/fdb-flush.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"
#include "dirs.h"
#include "jsonrpc.h"
#include "openvswitch/json.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "stream.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(fdb_flush);

/* How long vswitchd may take to answer, in milliseconds.  It answers between
 * reconfigurations, which take seconds if there are thousands of ports. */
#define TIMEOUT_MSEC 10000

/* What is asked for, in this order.  A bridge without multicast snooping has
 * no table for the second, and says so. */
static const char *const commands[] = { "fdb/flush", "mdb/flush" };
#define NO_SNOOPING "multicast snooping is disabled"

struct fdb_flush {
    char *bridge;
    struct jsonrpc *rpc;        /* Null if nothing is under way. */
    size_t n_answers;           /* To 'commands'. */
    long long int deadline;     /* In time_msec() terms. */
    char *error;                /* Of the last time, or null. */
};

/* Creates and returns what can flush bridge 'bridge'. */
struct fdb_flush *
fdb_flush_create(const char *bridge)
{
    struct fdb_flush *flush = xzalloc(sizeof *flush);

    flush->bridge = xstrdup(bridge);
    return flush;
}

/* Frees 'flush', which may be null. */
void
fdb_flush_destroy(struct fdb_flush *flush)
{
    if (flush) {
        jsonrpc_close(flush->rpc);
        free(flush->error);
        free(flush->bridge);
        free(flush);
    }
}

/* Ends what is under way, with 'error', which is taken over and may be
 * null. */
static void
finish(struct fdb_flush *flush, char *error)
{
    jsonrpc_close(flush->rpc);
    flush->rpc = NULL;
    free(flush->error);
    flush->error = error;
    if (error) {
        VLOG_WARN("%s: learned addresses could not be flushed: %s",
                  flush->bridge, error);
    }
}

/* Does 'error', of a connection to vswitchd's control socket, say that there
 * is no vswitchd any more?  What it had learned is then gone with it. */
static bool
has_ended(int error)
{
    return (error == EOF || error == ECONNRESET || error == EPIPE
            || error == ECONNREFUSED);
}

/* Ends what is under way, since vswitchd has ended. */
static void
finish_with_switch(struct fdb_flush *flush)
{
    VLOG_INFO("%s: ovs-vswitchd has ended, and has forgotten all addresses",
              flush->bridge);
    finish(flush, NULL);
}

/* Starts to have all learned addresses forgotten, also if that is under way
 * already. */
void
fdb_flush_start(struct fdb_flush *flush)
{
    char *pidfile = xasprintf("%s/ovs-vswitchd.pid", ovs_rundir());
    pid_t pid = read_pidfile(pidfile);
    struct stream *stream = NULL;
    char *name = NULL;
    int error;

    jsonrpc_close(flush->rpc);
    flush->rpc = NULL;
    if (pid <= 0) {
        error = pid < 0 ? -pid : ESRCH;
    } else {
        name = xasprintf("unix:%s/ovs-vswitchd.%ld.ctl", ovs_rundir(),
                         (long int) pid);
        error = stream_open(name, &stream, DSCP_DEFAULT);
    }

    if (!error) {
        flush->rpc = jsonrpc_open(stream);
        flush->n_answers = 0;
        flush->deadline = time_msec() + TIMEOUT_MSEC;
        for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
            struct json *args
                = json_array_create_1(json_string_create(flush->bridge));

            jsonrpc_send(flush->rpc,
                         jsonrpc_create_request(commands[i], args, NULL));
        }
    } else if (has_ended(error)) {
        finish_with_switch(flush);
    } else {
        finish(flush, xasprintf("%s: %s", name ? name : pidfile,
                                ovs_strerror(error)));
    }
    free(name);
    free(pidfile);
}

/* Takes in 'msg', the answer to a command, which is destroyed. */
static void
take_answer(struct fdb_flush *flush, struct jsonrpc_msg *msg)
{
    char *why = (msg->type == JSONRPC_REPLY ? NULL
                 : msg->error ? json_to_string(msg->error, 0)
                 : xstrdup("unexpected answer"));

    jsonrpc_msg_destroy(msg);
    if (why && strstr(why, NO_SNOOPING)) {
        free(why);
        why = NULL;
    }
    flush->n_answers++;
    if (why || flush->n_answers == ARRAY_SIZE(commands)) {
        finish(flush, why);
    }
}

/* Takes in the answers that there are. */
void
fdb_flush_run(struct fdb_flush *flush)
{
    struct jsonrpc_msg *msg;
    int error = 0;

    if (!flush->rpc) {
        return;
    }
    jsonrpc_run(flush->rpc);
    while (flush->rpc && !(error = jsonrpc_recv(flush->rpc, &msg))) {
        take_answer(flush, msg);
    }
    if (!flush->rpc) {
        return;
    } else if (has_ended(error)) {
        finish_with_switch(flush);
    } else if (error != EAGAIN) {
        finish(flush, xstrdup(ovs_retval_to_string(error)));
    } else if (time_msec() >= flush->deadline) {
        finish(flush, xstrdup("ovs-vswitchd does not answer"));
    }
}

/* Arranges for poll_block() to wake up when fdb_flush_run() has something to
 * do. */
void
fdb_flush_wait(struct fdb_flush *flush)
{
    if (flush->rpc) {
        jsonrpc_wait(flush->rpc);
        jsonrpc_recv_wait(flush->rpc);
        poll_timer_wait_until(flush->deadline);
    }
}

/* Is nothing under way? */
bool
fdb_flush_is_done(const struct fdb_flush *flush)
{
    return !flush->rpc;
}

/* Returns why the last flush failed, or null if it did not. */
const char *
fdb_flush_get_error(const struct fdb_flush *flush)
{
    return flush->error;
}
