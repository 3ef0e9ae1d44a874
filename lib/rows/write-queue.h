/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_QUEUE_H
#define WRITE_QUEUE_H 1

/* What is to be written into the database, and when: the decisions of a writer
 * that has neither a connection nor a clock.
 *
 * A client says, per object, which transaction would make that object what it
 * should be, for as long as it is not.  What is due is sent as one
 * transaction, since each of them makes vswitchd look at every port:
 *
 *     write_queue_next_batch()  -->  the database  -->  write_queue_reply()
 *
 * The database carries out all of a transaction or nothing.  If it says which
 * operation it has refused, then the object of that one waits for a while, and
 * the others are due again at once.  If it does not say it (it may find out
 * only when all operations are through), then each of them is sent alone from
 * then on.
 *
 * What was carried out, or refused, is sent again only if it is still wanted a
 * while later: after a refusal later each time.
 *
 * A transaction may hold conditions.  One of which such a condition does not
 * hold is declined: somebody else has a say in it, and it is not pending any
 * longer, but tried again like what was refused.
 *
 * Times are in milliseconds.  'now' is for the client to say, and never less
 * than the time before. */

#include <stdbool.h>
#include <stddef.h>

struct json;
struct write_queue;

/* How long until something that is still wanted is sent again after it was
 * carried out, and at first and at most after it was refused. */
#define WRITE_SETTLE_MSEC 2000
#define WRITE_RETRY_MIN_MSEC 1000
#define WRITE_RETRY_MAX_MSEC 60000

struct write_queue *write_queue_create(void);
void write_queue_destroy(struct write_queue *);

void write_queue_want(struct write_queue *, const char *object,
                      struct json *params, long long int now);
void write_queue_unwant(struct write_queue *, const char *object);
void write_queue_retry(struct write_queue *, long long int now);
void write_queue_retry_declined(struct write_queue *, long long int now);

bool write_queue_is_empty(const struct write_queue *);
bool write_queue_is_pending(const struct write_queue *, const char *object);
size_t write_queue_count_pending(const struct write_queue *);

struct json *write_queue_next_batch(struct write_queue *, long long int now);
long long int write_queue_next_time(const struct write_queue *);
void write_queue_forget_batch(struct write_queue *);

enum write_outcome {
    WRITE_DONE,
    WRITE_REFUSED,              /* For the reason 'error'. */
    WRITE_DECLINED              /* A condition does not hold. */
};

/* Called for an object of which it is known what has become of it. */
typedef void write_outcome_cb(const char *object, enum write_outcome,
                              const char *error, void *aux);
void write_queue_reply(struct write_queue *, const struct json *result,
                       const struct json *error, long long int now,
                       write_outcome_cb *, void *aux);

#endif /* lib/rows/write-queue.h */
