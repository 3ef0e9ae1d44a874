/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/rows/write-queue.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/ovs-compat.h"
#include "lib/base/rfc7047.h"
#include "lib/rows/dbrow.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "util.h"

struct wanted {
    struct json *params;
    long long int next;         /* When to send it. */
    long long int backoff;      /* 0 if it was not refused the last time. */
    char *error;                /* Why it was refused, or null. */
    bool alone;                 /* Not together with others: one of them was
                                 * refused. */
    bool declined;              /* One of its conditions does not hold. */
};

/* What a batch, which has been sent, does for one object. */
struct sent {
    char *object;
    struct json *params;
    size_t end;                 /* Number of the operation behind its last. */
};

struct write_queue {
    struct shash wanted;        /* By object, "struct wanted"s. */
    struct sent *sent;          /* In the order of their operations. */
    size_t n_sent, allocated_sent;
};

/* Creates and returns a queue that wants nothing. */
struct write_queue *
write_queue_create(void)
{
    struct write_queue *q = xzalloc(sizeof *q);

    shash_init(&q->wanted);
    return q;
}

static void
wanted_destroy(struct wanted *wanted)
{
    json_destroy(wanted->params);
    free(wanted->error);
    free(wanted);
}

/* Frees 'q', which may be null. */
void
write_queue_destroy(struct write_queue *q)
{
    struct shash_node *node;

    if (!q) {
        return;
    }
    SHASH_FOR_EACH_SAFE (node, &q->wanted) {
        wanted_destroy(node->data);
        shash_delete(&q->wanted, node);
    }
    shash_destroy(&q->wanted);
    write_queue_forget_batch(q);
    free(q->sent);
    free(q);
}

/* States that 'params', which is taken over, would make 'object' what it
 * should be. */
void
write_queue_want(struct write_queue *q, const char *object,
                 struct json *params, long long int now)
{
    struct wanted *wanted = shash_find_data(&q->wanted, object);

    if (!wanted) {
        wanted = xzalloc(sizeof *wanted);
        shash_add(&q->wanted, object, wanted);
    } else if (json_equal(wanted->params, params)) {
        json_destroy(params);
        return;
    } else {
        json_destroy(wanted->params);
    }
    wanted->params = params;
    wanted->next = now;
    wanted->backoff = 0;
    wanted->alone = false;
    wanted->declined = false;
}

/* States that 'object' is what it should be. */
void
write_queue_unwant(struct write_queue *q, const char *object)
{
    struct wanted *wanted = shash_find_and_delete(&q->wanted, object);

    if (wanted) {
        wanted_destroy(wanted);
    }
}

static void
retry(struct write_queue *q, bool declined_only, long long int now)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, &q->wanted) {
        struct wanted *wanted = node->data;

        if (wanted->declined || !declined_only) {
            wanted->next = now;
            wanted->backoff = 0;
        }
    }
}

/* Makes all that is still wanted due at once, even if it has been refused. */
void
write_queue_retry(struct write_queue *q, long long int now)
{
    retry(q, false, now);
}

/* The same for what was declined: something has changed that its conditions
 * may depend on. */
void
write_queue_retry_declined(struct write_queue *q, long long int now)
{
    retry(q, true, now);
}

/* Is everything what it should be? */
bool
write_queue_is_empty(const struct write_queue *q)
{
    return shash_is_empty(&q->wanted);
}

/* Is there something still to be done about 'object'? */
bool
write_queue_is_pending(const struct write_queue *q, const char *object)
{
    const struct wanted *wanted = shash_find_data(&q->wanted, object);

    return wanted && !wanted->declined;
}

/* Returns about how many objects there is something still to be done. */
size_t
write_queue_count_pending(const struct write_queue *q)
{
    const struct shash_node *node;
    size_t n = 0;

    SHASH_FOR_EACH (node, &q->wanted) {
        const struct wanted *wanted = node->data;

        n += !wanted->declined;
    }
    return n;
}

/* Returns what is to be sent first, or null if nothing is wanted.  Of what is
 * due at the same time, that is the first by name. */
static const struct shash_node *
find_next(const struct write_queue *q)
{
    const struct shash_node *node, *next = NULL;

    SHASH_FOR_EACH (node, &q->wanted) {
        const struct wanted *a = node->data;
        const struct wanted *b = next ? next->data : NULL;

        if (!b || a->next < b->next
            || (a->next == b->next && strcmp(node->name, next->name) < 0)) {
            next = node;
        }
    }
    return next;
}

/* Returns when a batch will be due, LLONG_MAX if nothing is wanted. */
long long int
write_queue_next_time(const struct write_queue *q)
{
    const struct shash_node *next = find_next(q);

    return next ? ((const struct wanted *) next->data)->next : LLONG_MAX;
}

/* Appends the operations of 'node', a "struct wanted", to 'batch'. */
static void
add_to_batch(struct write_queue *q, const struct shash_node *node,
             struct json *batch)
{
    const struct wanted *wanted = node->data;

    if (q->n_sent >= q->allocated_sent) {
        q->sent = x2nrealloc(q->sent, &q->allocated_sent, sizeof *q->sent);
    }
    dbrow_append(batch, wanted->params, q->n_sent);
    q->sent[q->n_sent++] = (struct sent) {
        .object = xstrdup(node->name),
        .params = json_clone(wanted->params),
        /* The first element is the name of the database. */
        .end = json_array_size(batch) - 1,
    };
}

/* Returns the parameters of a "transact" request with all that is due and can
 * be sent together, or null if nothing is due.  The caller must destroy it,
 * and then call write_queue_reply() or write_queue_forget_batch() before this
 * is called again. */
struct json *
write_queue_next_batch(struct write_queue *q, long long int now)
{
    const struct shash_node *first = find_next(q);
    const struct wanted *wanted = first ? first->data : NULL;
    struct json *batch;

    ovs_assert(!q->n_sent);
    if (!wanted || wanted->next > now) {
        return NULL;
    }
    batch = rfc7047_params();
    add_to_batch(q, first, batch);
    if (!wanted->alone) {
        const struct shash_node **nodes = shash_sort(&q->wanted);

        for (size_t i = 0; i < shash_count(&q->wanted); i++) {
            wanted = nodes[i]->data;
            if (nodes[i] != first && wanted->next <= now && !wanted->alone) {
                add_to_batch(q, nodes[i], batch);
            }
        }
        free(nodes);
    }
    return batch;
}

/* There will be no reply to the batch that was sent last, if any.  Whether it
 * was carried out, the replica will show. */
void
write_queue_forget_batch(struct write_queue *q)
{
    for (size_t i = 0; i < q->n_sent; i++) {
        free(q->sent[i].object);
        json_destroy(q->sent[i].params);
    }
    q->n_sent = 0;
}

/* What a reply says is wrong. */
struct refusal {
    char *error;                /* Null: nothing is. */
    bool declined;              /* Does a condition not hold? */
    size_t op;                  /* Number of the operation; SIZE_MAX if it is
                                 * not said. */
};

static const char *
get_string(const struct json *object, const char *name)
{
    const struct json *s = (object->type == JSON_OBJECT
                            ? shash_find_data(json_object(object), name)
                            : NULL);

    return s && s->type == JSON_STRING ? json_string(s) : NULL;
}

/* Initializes 'refusal' to what 'result' and 'error' say.  There is an element
 * in 'result' for each operation up to the one that was refused, and one
 * behind the last if all of them were good, but not together. */
static void
refusal_init(struct refusal *refusal, const struct json *result,
             const struct json *error)
{
    *refusal = (struct refusal) { .op = SIZE_MAX };
    if (!result || result->type != JSON_ARRAY) {
        refusal->error = (error ? json_to_string(error, JSSF_SORT)
                          : xstrdup("no result"));
        return;
    }
    for (size_t i = 0; i < json_array_size(result); i++) {
        const char *what = get_string(json_array_at(result, i), "error");
        const char *details = get_string(json_array_at(result, i), "details");

        if (what) {
            refusal->error = xasprintf("%s%s%s", what, details ? ": " : "",
                                       details ? details : "");
            /* RFC 7047's name for a condition, as an operation "wait", that
             * does not hold. */
            refusal->declined = !strcmp(what, "timed out");
            refusal->op = i;
            return;
        }
    }
}

/* 'sent' has been refused, as 'refusal' says, or carried out if that is
 * null. */
static void
finish(struct write_queue *q, const struct sent *sent,
       const struct refusal *refusal, long long int now,
       write_outcome_cb *cb, void *aux)
{
    struct wanted *wanted = shash_find_data(&q->wanted, sent->object);
    const char *error = refusal ? refusal->error : NULL;

    if (!(error && wanted
          && nullable_string_is_equal(wanted->error, error))) {
        /* It has not been said already. */
        cb(sent->object, (!refusal ? WRITE_DONE
                          : refusal->declined ? WRITE_DECLINED
                          : WRITE_REFUSED), error, aux);
    }

    /* If something else is wanted by now, this was not the answer to that. */
    if (wanted && json_equal(wanted->params, sent->params)) {
        free(wanted->error);
        wanted->error = nullable_xstrdup(error);
        wanted->declined = refusal && refusal->declined;
        wanted->backoff = (!refusal ? 0
                           : !wanted->backoff ? WRITE_RETRY_MIN_MSEC
                           : MIN(2 * wanted->backoff, WRITE_RETRY_MAX_MSEC));
        wanted->next = now + (refusal ? wanted->backoff : WRITE_SETTLE_MSEC);
    }
}

/* Returns what of the last batch 'refusal' is about, or null if that is not
 * known. */
static const struct sent *
find_culprit(const struct write_queue *q, const struct refusal *refusal)
{
    for (size_t i = 0; i < q->n_sent; i++) {
        if (q->n_sent == 1 || refusal->op < q->sent[i].end) {
            return &q->sent[i];
        }
    }
    return NULL;
}

/* The last batch has been replied to, with 'result', or with 'error' if that
 * is null.  Calls 'cb' with 'aux' for each object of which there is something
 * new to say.  Does nothing if there was no batch. */
void
write_queue_reply(struct write_queue *q, const struct json *result,
                  const struct json *error, long long int now,
                  write_outcome_cb *cb, void *aux)
{
    const struct sent *culprit;
    struct refusal refusal;

    refusal_init(&refusal, result, error);
    culprit = refusal.error ? find_culprit(q, &refusal) : NULL;
    if (culprit) {
        /* Nothing was carried out; the others are still due. */
        finish(q, culprit, &refusal, now, cb, aux);
    }
    for (size_t i = 0; i < q->n_sent; i++) {
        if (!refusal.error) {
            finish(q, &q->sent[i], NULL, now, cb, aux);
        } else if (!culprit) {
            struct wanted *wanted = shash_find_data(&q->wanted,
                                                    q->sent[i].object);

            if (wanted) {
                wanted->alone = true;
            }
        }
    }
    free(refusal.error);
    write_queue_forget_batch(q);
}
