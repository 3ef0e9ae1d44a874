/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/vswitchd-ctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon.h"
#include "dirs.h"
#include "jsonrpc.h"
#include "openvswitch/json.h"
#include "openvswitch/poll-loop.h"
#include "stream.h"
#include "timeval.h"
#include "util.h"

/* How long vswitchd may take to answer, in milliseconds.  It answers between
 * reconfigurations, which take seconds if there are thousands of ports. */
#define TIMEOUT_MSEC 10000

struct vswitchd_ctl {
    struct jsonrpc *rpc;        /* Null if nothing is under way. */
    long long int deadline;     /* In time_msec() terms. */
    enum vswitchd_ctl_event early;  /* What has come of it already... */
    char *early_text;           /* ...and why. */
};

/* Creates and returns what can send commands, one at a time. */
struct vswitchd_ctl *
vswitchd_ctl_create(void)
{
    return xzalloc(sizeof(struct vswitchd_ctl));
}

/* Gives up what is under way. */
static void
give_up(struct vswitchd_ctl *ctl)
{
    jsonrpc_close(ctl->rpc);
    ctl->rpc = NULL;
    free(ctl->early_text);
    ctl->early_text = NULL;
    ctl->early = CTL_NOTHING;
}

/* Frees 'ctl', which may be null. */
void
vswitchd_ctl_destroy(struct vswitchd_ctl *ctl)
{
    if (ctl) {
        give_up(ctl);
        free(ctl);
    }
}

/* Does 'error', of a connection to vswitchd's control socket, say that there
 * is no vswitchd any more?  What it knew is then gone with it. */
static bool
has_ended(int error)
{
    return (error == EOF || error == ECONNRESET || error == EPIPE
            || error == ECONNREFUSED);
}

/* Sends 'command' with 'arg', its only argument, in the place of what may be
 * under way. */
void
vswitchd_ctl_send(struct vswitchd_ctl *ctl, const char *command,
                  const char *arg)
{
    char *pidfile = xasprintf("%s/ovs-vswitchd.pid", ovs_rundir());
    /* read_pidfile() would warn of one that it may not open to write. */
    pid_t pid = (access(pidfile, R_OK | W_OK)
                 ? -errno : read_pidfile(pidfile));
    struct stream *stream = NULL;
    char *name = NULL;
    int error;

    give_up(ctl);
    if (pid <= 0) {
        error = pid < 0 ? -pid : ESRCH;
    } else {
        name = xasprintf("unix:%s/ovs-vswitchd.%ld.ctl", ovs_rundir(),
                         (long int) pid);
        error = stream_open(name, &stream, DSCP_DEFAULT);
    }

    if (!error) {
        struct json *args = json_array_create_1(json_string_create(arg));

        ctl->rpc = jsonrpc_open(stream);
        ctl->deadline = time_msec() + TIMEOUT_MSEC;
        jsonrpc_send(ctl->rpc, jsonrpc_create_request(command, args, NULL));
    } else if (has_ended(error)) {
        ctl->early = CTL_ENDED;
    } else {
        ctl->early = CTL_FAILED;
        ctl->early_text = xasprintf("%s: %s", name ? name : pidfile,
                                    ovs_strerror(error));
    }
    free(name);
    free(pidfile);
}

static char *
json_to_text(const struct json *json)
{
    return (json->type == JSON_STRING ? xstrdup(json_string(json))
            : json_to_string(json, 0));
}

static enum vswitchd_ctl_event
take_answer(struct jsonrpc_msg *msg, char **text)
{
    enum vswitchd_ctl_event event = CTL_FAILED;

    if (msg->type == JSONRPC_REPLY) {
        *text = json_to_text(msg->result);
        event = CTL_ANSWER;
    } else if (msg->error) {
        *text = json_to_text(msg->error);
        event = CTL_REFUSED;
    } else {
        *text = xstrdup("unexpected answer");
    }
    jsonrpc_msg_destroy(msg);
    return event;
}

/* Takes in what has come.  Returns what has become of the command; for
 * CTL_ANSWER, CTL_REFUSED and CTL_FAILED, '*text' is the answer or the reason,
 * which the caller must free, and otherwise null. */
enum vswitchd_ctl_event
vswitchd_ctl_run(struct vswitchd_ctl *ctl, char **text)
{
    enum vswitchd_ctl_event event = ctl->early;
    struct jsonrpc_msg *msg;
    int error;

    *text = ctl->early_text;
    ctl->early = CTL_NOTHING;
    ctl->early_text = NULL;
    if (event != CTL_NOTHING || !ctl->rpc) {
        return event;
    }

    jsonrpc_run(ctl->rpc);
    error = jsonrpc_recv(ctl->rpc, &msg);
    if (!error) {
        event = take_answer(msg, text);
    } else if (has_ended(error)) {
        event = CTL_ENDED;
    } else if (error != EAGAIN) {
        *text = xstrdup(ovs_retval_to_string(error));
        event = CTL_FAILED;
    } else if (time_msec() >= ctl->deadline) {
        *text = xstrdup("ovs-vswitchd does not answer");
        event = CTL_FAILED;
    }
    if (event != CTL_NOTHING) {
        give_up(ctl);
    }
    return event;
}

/* Arranges for poll_block() to wake up when vswitchd_ctl_run() has something
 * to do. */
void
vswitchd_ctl_wait(struct vswitchd_ctl *ctl)
{
    if (ctl->early != CTL_NOTHING) {
        poll_immediate_wake();
    } else if (ctl->rpc) {
        jsonrpc_wait(ctl->rpc);
        jsonrpc_recv_wait(ctl->rpc);
        poll_timer_wait_until(ctl->deadline);
    }
}

/* Is a command under way? */
bool
vswitchd_ctl_is_busy(const struct vswitchd_ctl *ctl)
{
    return ctl->rpc || ctl->early != CTL_NOTHING;
}
