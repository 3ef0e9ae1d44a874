/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/fdb-watch.h"

#include <stdlib.h>
#include <string.h>

#include "controller/switch/vswitchd-ctl.h"
#include "lib/base/fdb-statics.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(fdb_watch);

/* How long after an answer the next question is, in milliseconds: a bridge to
 * which nothing happens costs next to nothing. */
#define PERIOD_MSEC 60000

enum fdb_question {
    ASK_NOTHING,
    ASK_HOW_MANY,               /* "fdb/stats-show". */
    ASK_WHICH                   /* "fdb/show". */
};

struct fdb_watch {
    char *bridge;
    bool enabled;
    bool known;                 /* Has it been asked since? */
    struct vswitchd_ctl *ctl;
    enum fdb_question question; /* What is under way. */
    long long int next;         /* When to ask again, in time_msec() terms. */
    struct fdb_statics statics;
};

/* Creates and returns what watches bridge 'bridge', once it is enabled. */
struct fdb_watch *
fdb_watch_create(const char *bridge)
{
    struct fdb_watch *watch = xzalloc(sizeof *watch);

    watch->bridge = xstrdup(bridge);
    watch->ctl = vswitchd_ctl_create();
    return watch;
}

/* Frees 'watch', which may be null. */
void
fdb_watch_destroy(struct fdb_watch *watch)
{
    if (watch) {
        vswitchd_ctl_destroy(watch->ctl);
        fdb_statics_uninit(&watch->statics);
        free(watch->bridge);
        free(watch);
    }
}

/* Says whether anybody wants to know.  If not, nothing is asked. */
void
fdb_watch_enable(struct fdb_watch *watch, bool enable)
{
    if (enable && !watch->enabled) {
        watch->next = time_msec();
    }
    watch->enabled = enable;
}

/* Has vswitchd asked at once. */
void
fdb_watch_look(struct fdb_watch *watch)
{
    watch->next = time_msec();
}

static void
ask(struct fdb_watch *watch, enum fdb_question question)
{
    watch->question = question;
    vswitchd_ctl_send(watch->ctl, (question == ASK_WHICH
                                   ? "fdb/show" : "fdb/stats-show"),
                      watch->bridge);
}

/* Ends the question with 'statics', which is taken over.  Returns true if the
 * entries are others than before. */
static bool
finish(struct fdb_watch *watch, struct fdb_statics *statics)
{
    bool changed = !fdb_statics_equal(&watch->statics, statics);

    fdb_statics_uninit(&watch->statics);
    watch->statics = *statics;
    watch->question = ASK_NOTHING;
    watch->known = true;
    watch->next = time_msec() + PERIOD_MSEC;
    return changed;
}

/* Takes in answer 'text'.  Returns as finish(). */
static bool
take_answer(struct fdb_watch *watch, const char *text)
{
    struct fdb_statics statics = { .n = 0 };

    if (watch->question == ASK_HOW_MANY && fdb_stats_have_static(text)) {
        ask(watch, ASK_WHICH);
        return false;
    } else if (watch->question == ASK_WHICH) {
        fdb_statics_parse(&statics, text);
    }
    return finish(watch, &statics);
}

/* Asks, and takes in answers.  Returns true if the entries are others than
 * before. */
bool
fdb_watch_run(struct fdb_watch *watch)
{
    struct fdb_statics none = { .n = 0 };
    bool changed = false;
    char *text;

    if (watch->question == ASK_NOTHING) {
        if (!watch->enabled) {
            changed = finish(watch, &none);
            watch->known = false;
            return changed;
        } else if (time_msec() < watch->next) {
            return false;
        }
        ask(watch, ASK_HOW_MANY);
    }
    switch (vswitchd_ctl_run(watch->ctl, &text)) {
    case CTL_NOTHING:
        break;

    case CTL_ANSWER:
        changed = take_answer(watch, text);
        break;

    case CTL_ENDED:
        changed = finish(watch, &none);
        break;

    case CTL_REFUSED:
    case CTL_FAILED:
        VLOG_DBG("%s: which static entries fdb/add has made is not known: %s",
                 watch->bridge, text);
        changed = finish(watch, &none);
        break;
    }
    free(text);
    return changed;
}

/* Arranges for poll_block() to wake up when fdb_watch_run() has something to
 * do. */
void
fdb_watch_wait(struct fdb_watch *watch)
{
    if (watch->question != ASK_NOTHING) {
        vswitchd_ctl_wait(watch->ctl);
    } else if (watch->enabled) {
        poll_timer_wait_until(watch->next);
    }
}

/* Has vswitchd been asked, so that fdb_watch_get() says what it said? */
bool
fdb_watch_is_known(const struct fdb_watch *watch)
{
    return watch->known;
}

/* Returns the entries that there are as far as is known. */
const struct fdb_statics *
fdb_watch_get(const struct fdb_watch *watch)
{
    return &watch->statics;
}
