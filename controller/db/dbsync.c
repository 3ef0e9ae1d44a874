/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/db/dbsync.h"

#include <limits.h>
#include <stdlib.h>

#include "jsonrpc.h"
#include "lib/rows/row-change.h"
#include "lib/rows/write-queue.h"
#include "openvswitch/json.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(dbsync);

/* Tenants may cause changes as fast as they like. */
static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(30, 100);

/* How long to stay connected when nothing is wanted, in milliseconds.  Opening
 * a connection is logged. */
#define IDLE_MSEC 60000

struct dbsync {
    char *remote;
    struct write_queue *queue;
    struct jsonrpc_session *session;    /* Null while there is no need. */
    unsigned int session_seqno;
    long long int idle_end;     /* When to close it if nothing is wanted. */
    struct json *request_id;    /* Of the request in flight, or null. */
};

/* Creates and returns a writer to the database at 'remote'. */
struct dbsync *
dbsync_create(const char *remote)
{
    struct dbsync *dbsync = xzalloc(sizeof *dbsync);

    dbsync->remote = xstrdup(remote);
    dbsync->queue = write_queue_create();
    return dbsync;
}

static void
forget_request(struct dbsync *dbsync)
{
    json_destroy(dbsync->request_id);
    dbsync->request_id = NULL;
    write_queue_forget_batch(dbsync->queue);
}

/* Frees 'dbsync', which may be null.  What is in flight may or may not be
 * carried out. */
void
dbsync_destroy(struct dbsync *dbsync)
{
    if (dbsync) {
        forget_request(dbsync);
        write_queue_destroy(dbsync->queue);
        jsonrpc_session_close(dbsync->session);
        free(dbsync->remote);
        free(dbsync);
    }
}

/* States that 'params', which is taken over, would make 'object' what it
 * should be. */
void
dbsync_want(struct dbsync *dbsync, const char *object, struct json *params)
{
    write_queue_want(dbsync->queue, object, params, time_msec());
}

/* States that 'object' is what it should be. */
void
dbsync_unwant(struct dbsync *dbsync, const char *object)
{
    write_queue_unwant(dbsync->queue, object);
}

/* Has what is wanted of 'interface', on 'bridge', or if that is null of
 * 'bridge' itself, be what 'changes' says.  What is not in there is as it
 * should be.  New bridges are of 'datapath_type'. */
void
dbsync_set_rows(struct dbsync *dbsync, const char *bridge,
                const char *interface, const struct row_changes *changes,
                const char *datapath_type)
{
    if (!changes->n && write_queue_is_empty(dbsync->queue)) {
        return;                 /* As nearly always. */
    }
    for (enum row_type type = 0; type < ROW_N_TYPES; type++) {
        if (row_type_whose(type) == (interface ? ROWS_OF_PORT
                                     : ROWS_OF_BRIDGE)) {
            const struct row_change *c = row_changes_find(changes, type,
                                                          bridge, interface);
            char *object = row_object(type, bridge, interface);

            if (c) {
                dbsync_want(dbsync, object,
                            row_change_to_transact(c, datapath_type));
            } else {
                dbsync_unwant(dbsync, object);
            }
            free(object);
        }
    }
}

/* Is there something still to be done about 'interface', on 'bridge'? */
bool
dbsync_wants_rows(const struct dbsync *dbsync, const char *bridge,
                  const char *interface)
{
    bool wants = false;

    if (write_queue_is_empty(dbsync->queue)) {
        return false;           /* As nearly always. */
    }
    for (enum row_type type = 0; type < ROW_N_TYPES && !wants; type++) {
        char *object = row_object(type, bridge, interface);

        wants = (row_type_whose(type) == ROWS_OF_PORT
                 && write_queue_is_pending(dbsync->queue, object));
        free(object);
    }
    return wants;
}

/* Has what was declined sent at once: something has changed that its
 * conditions may depend on. */
void
dbsync_retry_declined(struct dbsync *dbsync)
{
    write_queue_retry_declined(dbsync->queue, time_msec());
}

/* Has all that is still wanted sent at once, even if it has been refused. */
void
dbsync_retry(struct dbsync *dbsync)
{
    write_queue_retry(dbsync->queue, time_msec());
}

static void
log_outcome(const char *object, enum write_outcome outcome, const char *error,
            void *aux OVS_UNUSED)
{
    switch (outcome) {
    case WRITE_DONE:
        VLOG_INFO_RL(&rl, "%s: changed in the database", object);
        break;

    case WRITE_REFUSED:
        VLOG_WARN_RL(&rl, "%s: database refused the change: %s", object,
                     error);
        break;

    case WRITE_DECLINED:
        VLOG_INFO_RL(&rl, "%s: not to be changed in the database for now",
                     object);
        break;
    }
}

static void
handle_reply(struct dbsync *dbsync, const struct jsonrpc_msg *msg)
{
    if (dbsync->request_id && json_equal(dbsync->request_id, msg->id)) {
        write_queue_reply(dbsync->queue,
                          msg->type == JSONRPC_REPLY ? msg->result : NULL,
                          msg->error, time_msec(), log_outcome, NULL);
        forget_request(dbsync);
    }
}

/* Sends all that is due. */
static void
send_next(struct dbsync *dbsync)
{
    struct json *params = write_queue_next_batch(dbsync->queue, time_msec());

    if (params) {
        jsonrpc_session_send(dbsync->session,
                             jsonrpc_create_request("transact", params,
                                                    &dbsync->request_id));
    }
}

static bool
is_idle(const struct dbsync *dbsync)
{
    return write_queue_is_empty(dbsync->queue) && !dbsync->request_id;
}

/* Sends what is to be sent and takes in what has come back. */
void
dbsync_run(struct dbsync *dbsync)
{
    if (!is_idle(dbsync)) {
        dbsync->idle_end = time_msec() + IDLE_MSEC;
    } else if (!dbsync->session || time_msec() >= dbsync->idle_end
               || !jsonrpc_session_is_connected(dbsync->session)) {
        jsonrpc_session_close(dbsync->session);
        dbsync->session = NULL;
        return;
    }
    if (!dbsync->session) {
        dbsync->session = jsonrpc_session_open(dbsync->remote, true);
        dbsync->session_seqno = jsonrpc_session_get_seqno(dbsync->session);
    }

    jsonrpc_session_run(dbsync->session);
    unsigned int seqno = jsonrpc_session_get_seqno(dbsync->session);
    if (seqno != dbsync->session_seqno) {
        /* Whether it was carried out, the replica will show. */
        dbsync->session_seqno = seqno;
        forget_request(dbsync);
    }

    struct jsonrpc_msg *msg = jsonrpc_session_recv(dbsync->session);
    if (msg) {
        if (msg->type == JSONRPC_REPLY || msg->type == JSONRPC_ERROR) {
            handle_reply(dbsync, msg);
        }
        jsonrpc_msg_destroy(msg);
    }
    if (!dbsync->request_id
        && jsonrpc_session_is_connected(dbsync->session)) {
        send_next(dbsync);
    }
}

/* Arranges for poll_block() to wake up when dbsync_run() has something to
 * do. */
void
dbsync_wait(struct dbsync *dbsync)
{
    if (!dbsync->session) {
        if (!is_idle(dbsync)) {
            poll_immediate_wake();
        }
        return;
    } else if (is_idle(dbsync)) {
        poll_timer_wait_until(dbsync->idle_end);
    }

    jsonrpc_session_wait(dbsync->session);
    jsonrpc_session_recv_wait(dbsync->session);
    if (!dbsync->request_id
        && jsonrpc_session_is_connected(dbsync->session)) {
        long long int next = write_queue_next_time(dbsync->queue);

        if (next != LLONG_MAX) {
            poll_timer_wait_until(next);
        }
    }
}

/* Returns how many objects are not what they should be, but for those that
 * somebody else has a say in. */
size_t
dbsync_count_pending(const struct dbsync *dbsync)
{
    return write_queue_count_pending(dbsync->queue);
}
