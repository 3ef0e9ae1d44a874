/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/db/db-echo.h"

#include <stdlib.h>

#include "jsonrpc.h"
#include "openvswitch/json.h"
#include "openvswitch/poll-loop.h"
#include "timeval.h"
#include "util.h"

/* How long an answer may take: in milliseconds.  As that of a switch, in
 * ofctrl-echo.c. */
#define ANSWER_MSEC 3000

struct db_echo {
    struct jsonrpc_session *session;    /* Null once it is over. */
    struct json *request_id;            /* Null until it is sent. */
    long long int deadline;             /* In time_msec() terms. */
    bool late;
};

/* Asks the server at 'remote' for a sign of life.  The caller must call
 * db_echo_run() until it is over, however late that is, and then destroy
 * it. */
struct db_echo *
db_echo_create(const char *remote)
{
    struct db_echo *echo = xzalloc(sizeof *echo);

    echo->session = jsonrpc_session_open(remote, false);
    echo->deadline = time_msec() + ANSWER_MSEC;
    return echo;
}

/* Frees 'echo', which may be null. */
void
db_echo_destroy(struct db_echo *echo)
{
    if (echo) {
        jsonrpc_session_close(echo->session);
        json_destroy(echo->request_id);
        free(echo);
    }
}

/* Is 'msg' what 'echo' waits for? */
static bool
is_answer(const struct db_echo *echo, const struct jsonrpc_msg *msg)
{
    return (msg->id && echo->request_id
            && json_equal(echo->request_id, msg->id)
            && (msg->type == JSONRPC_REPLY || msg->type == JSONRPC_ERROR));
}

/* Sends and receives what can be without waiting. */
void
db_echo_run(struct db_echo *echo)
{
    struct jsonrpc_msg *msg;
    bool answered = false;

    if (!echo->session) {
        return;
    }
    jsonrpc_session_run(echo->session);
    if (!echo->request_id && jsonrpc_session_is_connected(echo->session)) {
        jsonrpc_session_send(echo->session,
                             jsonrpc_create_request("echo",
                                                    json_array_create_empty(),
                                                    &echo->request_id));
    }
    while ((msg = jsonrpc_session_recv(echo->session)) != NULL) {
        answered |= is_answer(echo, msg);
        jsonrpc_msg_destroy(msg);
    }
    if (answered || !jsonrpc_session_is_alive(echo->session)) {
        /* Whether there is a server at all, the replica knows. */
        jsonrpc_session_close(echo->session);
        echo->session = NULL;
    } else {
        echo->late |= time_msec() >= echo->deadline;
    }
}

/* Arranges for poll_block() to wake up when db_echo_run() has something to
 * do. */
void
db_echo_wait(struct db_echo *echo)
{
    if (echo->session) {
        jsonrpc_session_wait(echo->session);
        jsonrpc_session_recv_wait(echo->session);
        if (!echo->late) {
            poll_timer_wait_until(echo->deadline);
        }
    } else {
        poll_immediate_wake();
    }
}

/* Has the server answered, or gone? */
bool
db_echo_is_over(const struct db_echo *echo)
{
    return !echo->session;
}

/* Has it not answered in time? */
bool
db_echo_is_late(const struct db_echo *echo)
{
    return echo->session && echo->late;
}
