/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/fdb-flush.h"

#include <stdlib.h>
#include <string.h>

#include "controller/switch/vswitchd-ctl.h"
#include "openvswitch/vlog.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(fdb_flush);

/* What is asked for, in this order.  A bridge without multicast snooping has
 * no table for the second, and says so. */
static const char *const commands[] = { "fdb/flush", "mdb/flush" };
#define NO_SNOOPING "multicast snooping is disabled"

struct fdb_flush {
    char *bridge;
    struct vswitchd_ctl *ctl;
    size_t n_answers;           /* To 'commands'. */
    char *error;                /* Of the last time, or null. */
};

/* Creates and returns what can flush bridge 'bridge'. */
struct fdb_flush *
fdb_flush_create(const char *bridge)
{
    struct fdb_flush *flush = xzalloc(sizeof *flush);

    flush->bridge = xstrdup(bridge);
    flush->ctl = vswitchd_ctl_create();
    return flush;
}

/* Frees 'flush', which may be null. */
void
fdb_flush_destroy(struct fdb_flush *flush)
{
    if (flush) {
        vswitchd_ctl_destroy(flush->ctl);
        free(flush->error);
        free(flush->bridge);
        free(flush);
    }
}

static void
send_next(struct fdb_flush *flush)
{
    vswitchd_ctl_send(flush->ctl, commands[flush->n_answers], flush->bridge);
}

/* Starts to have all learned addresses forgotten, also if that is under way
 * already. */
void
fdb_flush_start(struct fdb_flush *flush)
{
    flush->n_answers = 0;
    send_next(flush);
}

/* Ends with 'error', which is taken over and may be null. */
static void
finish(struct fdb_flush *flush, char *error)
{
    free(flush->error);
    flush->error = error;
    if (error) {
        VLOG_WARN("%s: learned addresses could not be flushed: %s",
                  flush->bridge, error);
    }
}

/* A command has been carried out. */
static void
go_on(struct fdb_flush *flush)
{
    flush->n_answers++;
    if (flush->n_answers < ARRAY_SIZE(commands)) {
        send_next(flush);
    } else {
        finish(flush, NULL);
    }
}

/* Takes in the answer that there may be. */
void
fdb_flush_run(struct fdb_flush *flush)
{
    char *text;

    switch (vswitchd_ctl_run(flush->ctl, &text)) {
    case CTL_NOTHING:
        return;

    case CTL_ANSWER:
        free(text);
        go_on(flush);
        return;

    case CTL_REFUSED:
        if (strstr(text, NO_SNOOPING)) {
            free(text);
            go_on(flush);
            return;
        }
        /* Fall through. */

    case CTL_FAILED:
        finish(flush, text);
        return;

    case CTL_ENDED:
        VLOG_INFO("%s: ovs-vswitchd has ended, and has forgotten all "
                  "addresses", flush->bridge);
        finish(flush, NULL);
        return;
    }
}

/* Arranges for poll_block() to wake up when fdb_flush_run() has something to
 * do. */
void
fdb_flush_wait(struct fdb_flush *flush)
{
    vswitchd_ctl_wait(flush->ctl);
}

/* Is nothing under way? */
bool
fdb_flush_is_done(const struct fdb_flush *flush)
{
    return !vswitchd_ctl_is_busy(flush->ctl);
}

/* Returns why the last flush failed, or null if it did not. */
const char *
fdb_flush_get_error(const struct fdb_flush *flush)
{
    return flush->error;
}
