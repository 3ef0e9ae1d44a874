/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/db/dbsync.h"

#include <stdlib.h>
#include <string.h>

#include "jsonrpc.h"
#include "lib/base/ovs-compat.h"
#include "lib/base/rfc7047.h"
#include "lib/rows/dbrow.h"
#include "openvswitch/json.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/shash.h"
#include "openvswitch/vlog.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(dbsync);

/* Tenants may cause changes as fast as they like. */
static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(30, 100);

/* How long until a transaction that is still wanted is sent again: in
 * milliseconds after it succeeded, and at first and at most after it was
 * refused. */
#define SETTLE_MSEC 2000
#define RETRY_MIN_MSEC 1000
#define RETRY_MAX_MSEC 60000

/* How long to stay connected when nothing is wanted, in milliseconds.  Opening
 * a connection is logged. */
#define IDLE_MSEC 60000

struct wanted {
    char *object;
    struct json *params;
    long long int next;         /* When to send it, in time_msec() terms. */
    int backoff;                /* In milliseconds, 0 if never refused. */
    char *error;                /* Why it was refused, or null. */
    bool alone;                 /* Not together with others: one of them was
                                 * refused. */
};

struct dbsync {
    char *remote;
    struct shash wanted;        /* By object, "struct wanted"s. */
    struct jsonrpc_session *session;    /* Null while there is no need. */
    unsigned int session_seqno;
    long long int idle_end;     /* When to close it if nothing is wanted. */
    struct json *request_id;    /* Of the request in flight, or null. */
    struct shash request;       /* What it is for: "struct json" parameters by
                                 * object. */
};

/* Creates and returns a writer to the database at 'remote'. */
struct dbsync *
dbsync_create(const char *remote)
{
    struct dbsync *dbsync = xzalloc(sizeof *dbsync);

    dbsync->remote = xstrdup(remote);
    shash_init(&dbsync->wanted);
    shash_init(&dbsync->request);
    return dbsync;
}

static void
forget_request(struct dbsync *dbsync)
{
    struct shash_node *node;

    json_destroy(dbsync->request_id);
    dbsync->request_id = NULL;
    SHASH_FOR_EACH_SAFE (node, &dbsync->request) {
        json_destroy(node->data);
        shash_delete(&dbsync->request, node);
    }
}

static void
wanted_destroy(struct wanted *wanted)
{
    free(wanted->object);
    json_destroy(wanted->params);
    free(wanted->error);
    free(wanted);
}

/* Frees 'dbsync', which may be null.  What is in flight may or may not be
 * carried out. */
void
dbsync_destroy(struct dbsync *dbsync)
{
    struct shash_node *node;

    if (!dbsync) {
        return;
    }
    SHASH_FOR_EACH_SAFE (node, &dbsync->wanted) {
        wanted_destroy(node->data);
        shash_delete(&dbsync->wanted, node);
    }
    shash_destroy(&dbsync->wanted);
    forget_request(dbsync);
    shash_destroy(&dbsync->request);
    jsonrpc_session_close(dbsync->session);
    free(dbsync->remote);
    free(dbsync);
}

/* States that 'params', the parameters of a "transact" request, would make
 * 'object' what it should be.  Takes ownership of 'params'. */
void
dbsync_want(struct dbsync *dbsync, const char *object, struct json *params)
{
    struct wanted *wanted = shash_find_data(&dbsync->wanted, object);

    if (!wanted) {
        wanted = xzalloc(sizeof *wanted);
        wanted->object = xstrdup(object);
        shash_add(&dbsync->wanted, object, wanted);
    } else if (json_equal(wanted->params, params)) {
        json_destroy(params);
        return;
    } else {
        json_destroy(wanted->params);
    }
    wanted->params = params;
    wanted->next = time_msec();
    wanted->backoff = 0;
    wanted->alone = false;
}

/* States that 'object' is what it should be. */
void
dbsync_unwant(struct dbsync *dbsync, const char *object)
{
    struct wanted *wanted = shash_find_and_delete(&dbsync->wanted, object);

    if (wanted) {
        wanted_destroy(wanted);
    }
}

/* Has all that is still wanted sent at once, even if it has been refused. */
void
dbsync_retry(struct dbsync *dbsync)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, &dbsync->wanted) {
        struct wanted *wanted = node->data;

        wanted->next = time_msec();
        wanted->backoff = 0;
    }
}

/* Returns what is wrong with the reply to a transaction, for the caller to
 * free, or null if nothing is. */
static char *
reply_error(const struct jsonrpc_msg *msg)
{
    const struct json *result = msg->result;

    if (msg->type == JSONRPC_ERROR) {
        return json_to_string(msg->error, 0);
    }
    size_t n = result->type == JSON_ARRAY ? json_array_size(result) : 0;
    for (size_t i = 0; i < n; i++) {
        const struct json *op = json_array_at(result, i);

        if (op->type == JSON_OBJECT) {
            const struct json *error = shash_find_data(json_object(op),
                                                       "error");
            const struct json *details = shash_find_data(json_object(op),
                                                         "details");

            if (error && error->type == JSON_STRING) {
                return xasprintf("%s%s%s", json_string(error),
                                 details ? ": " : "",
                                 details && details->type == JSON_STRING
                                 ? json_string(details) : "");
            }
        }
    }
    return NULL;
}

/* 'object' was the only one in a transaction that has been refused, because of
 * 'error', or carried out, if that is null. */
static void
finish_object(struct dbsync *dbsync, const char *object,
              const struct json *params, const char *error)
{
    struct wanted *wanted = shash_find_data(&dbsync->wanted, object);

    if (error && wanted && nullable_string_is_equal(wanted->error, error)) {
        /* It has been said already. */
    } else if (error && !strncmp(error, "timed out", 9)) {
        /* RFC 7047's name for a condition, as an operation "wait", that does
         * not hold: somebody else has a say in it. */
        VLOG_INFO_RL(&rl, "%s: not to be changed in the database for now",
                     object);
    } else if (error) {
        VLOG_WARN_RL(&rl, "%s: database refused the change: %s", object,
                     error);
    } else {
        VLOG_INFO_RL(&rl, "%s: changed in the database", object);
    }

    /* If something else is wanted by now, this was not the answer to that. */
    if (wanted && json_equal(wanted->params, params)) {
        free(wanted->error);
        wanted->error = nullable_xstrdup(error);
        wanted->backoff = (!error ? 0
                           : !wanted->backoff ? RETRY_MIN_MSEC
                           : MIN(2 * wanted->backoff, RETRY_MAX_MSEC));
        wanted->next = time_msec() + (error ? wanted->backoff : SETTLE_MSEC);
    }
}

static void
handle_reply(struct dbsync *dbsync, const struct jsonrpc_msg *msg)
{
    if (!dbsync->request_id || !json_equal(dbsync->request_id, msg->id)) {
        return;
    }

    char *error = reply_error(msg);
    struct shash_node *node;

    SHASH_FOR_EACH (node, &dbsync->request) {
        struct wanted *wanted = shash_find_data(&dbsync->wanted, node->name);

        if (!error || shash_count(&dbsync->request) == 1) {
            finish_object(dbsync, node->name, node->data, error);
        } else if (wanted) {
            /* Nothing was carried out, and it is not known whose fault that
             * is. */
            wanted->alone = true;
        }
    }
    free(error);
    forget_request(dbsync);
}

/* Returns what is to be sent first, or null if nothing is wanted. */
static struct wanted *
find_next(const struct dbsync *dbsync)
{
    struct wanted *next = NULL;
    struct shash_node *node;

    SHASH_FOR_EACH (node, &dbsync->wanted) {
        struct wanted *wanted = node->data;

        if (!next || wanted->next < next->next) {
            next = wanted;
        }
    }
    return next;
}

/* Appends the operations of 'wanted' to 'params'. */
static void
add_to_request(struct dbsync *dbsync, const struct wanted *wanted,
               struct json *params)
{
    dbrow_append(params, wanted->params, shash_count(&dbsync->request));
    shash_add(&dbsync->request, wanted->object, json_clone(wanted->params));
}

/* Sends all that is due, in one transaction: each of them makes vswitchd look
 * at every port. */
static void
send_next(struct dbsync *dbsync)
{
    struct wanted *first = find_next(dbsync);
    long long int now = time_msec();

    if (!first || first->next > now) {
        return;
    }

    struct json *params = rfc7047_params();
    struct shash_node *node;

    add_to_request(dbsync, first, params);
    SHASH_FOR_EACH (node, &dbsync->wanted) {
        const struct wanted *wanted = node->data;

        if (wanted != first && wanted->next <= now && !wanted->alone
            && !first->alone) {
            add_to_request(dbsync, wanted, params);
        }
    }
    jsonrpc_session_send(dbsync->session,
                         jsonrpc_create_request("transact", params,
                                                &dbsync->request_id));
}

static bool
is_idle(const struct dbsync *dbsync)
{
    return shash_is_empty(&dbsync->wanted) && !dbsync->request_id;
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
        const struct wanted *wanted = find_next(dbsync);

        if (wanted) {
            poll_timer_wait_until(wanted->next);
        }
    }
}

/* Returns how many objects are not what they should be. */
size_t
dbsync_count_pending(const struct dbsync *dbsync)
{
    return shash_count(&dbsync->wanted);
}

/* Is there something still to be done about 'object'? */
bool
dbsync_is_wanted(const struct dbsync *dbsync, const char *object)
{
    return shash_find(&dbsync->wanted, object) != NULL;
}
