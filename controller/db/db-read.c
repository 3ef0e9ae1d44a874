/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/db/db-read.h"

#include <stdlib.h>

#include "jsonrpc.h"
#include "lib/host/ports-json.h"
#include "openvswitch/json.h"
#include "openvswitch/poll-loop.h"
#include "timeval.h"
#include "util.h"

/* For how long the database may say nothing: in milliseconds. */
#define PATIENCE 10000

struct db_read {
    struct jsonrpc_session *session;    /* Null once it is over. */
    struct json *request_id;            /* Null until it is sent. */
    long long int give_up;              /* In time_msec() terms. */
    char *error;
    struct ports ports;
};

/* Starts to read the database at 'remote'.  The caller must call db_read_run()
 * until it is over, and then destroy it. */
struct db_read *
db_read_create(const char *remote)
{
    struct db_read *dr = xzalloc(sizeof *dr);

    dr->session = jsonrpc_session_open(remote, false);
    dr->give_up = time_msec() + PATIENCE;
    return dr;
}

static void
finish(struct db_read *dr, char *error)
{
    jsonrpc_session_close(dr->session);
    dr->session = NULL;
    dr->error = error;
}

/* Frees 'dr', which may be null. */
void
db_read_destroy(struct db_read *dr)
{
    if (dr) {
        jsonrpc_session_close(dr->session);
        json_destroy(dr->request_id);
        ports_uninit(&dr->ports);
        free(dr->error);
        free(dr);
    }
}

static void
take_message(struct db_read *dr, const struct jsonrpc_msg *msg)
{
    if (!dr->request_id || !msg->id || !json_equal(dr->request_id, msg->id)) {
        return;
    } else if (msg->type == JSONRPC_REPLY) {
        finish(dr, ports_from_reply(msg->result, &dr->ports));
    } else if (msg->type == JSONRPC_ERROR) {
        finish(dr, json_to_string(msg->error, 0));
    }
}

/* Sends and receives what can be without waiting. */
void
db_read_run(struct db_read *dr)
{
    struct jsonrpc_msg *msg;

    if (!dr->session) {
        return;
    }
    jsonrpc_session_run(dr->session);
    if (!dr->request_id && jsonrpc_session_is_connected(dr->session)) {
        jsonrpc_session_send(dr->session,
                             jsonrpc_create_request("transact",
                                                    ports_request(),
                                                    &dr->request_id));
    }
    while (dr->session && (msg = jsonrpc_session_recv(dr->session)) != NULL) {
        take_message(dr, msg);
        jsonrpc_msg_destroy(msg);
    }
    if (dr->session && !jsonrpc_session_is_alive(dr->session)) {
        finish(dr, xstrdup("the database cannot be reached"));
    } else if (time_msec() >= dr->give_up) {
        db_read_give_up(dr);
    }
}

/* Does not wait for the database any longer. */
void
db_read_give_up(struct db_read *dr)
{
    if (dr->session) {
        finish(dr, xstrdup("the database does not answer"));
    }
}

/* Arranges for poll_block() to wake up when db_read_run() has something to
 * do. */
void
db_read_wait(struct db_read *dr)
{
    if (dr->session) {
        jsonrpc_session_wait(dr->session);
        jsonrpc_session_recv_wait(dr->session);
        poll_timer_wait_until(dr->give_up);
    } else {
        poll_immediate_wake();
    }
}

bool
db_read_is_done(const struct db_read *dr)
{
    return !dr->session;
}

/* Returns why the database could not be read, or null. */
const char *
db_read_error(const struct db_read *dr)
{
    return dr->error;
}

/* Returns the bridges and ports that were read, which remain those of 'dr'. */
struct ports *
db_read_ports(struct db_read *dr)
{
    return &dr->ports;
}
