/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/switch-sync.h"

#include <limits.h>

#include "lib/openflow/oflow.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-errors.h"
#include "openvswitch/ofp-msgs.h"
#include "util.h"

/* Initializes 'ss' for a switch of which nothing is known. */
void
switch_sync_init(struct switch_sync *ss)
{
    *ss = (struct switch_sync) { .compare_all = true };
    oflow_table_init(&ss->installed);
    foreign_init(&ss->foreign);
    meter_sync_init(&ss->meters);
    switch_commit_init(&ss->commit);
}

/* Frees what 'ss' holds, but not 'ss' itself. */
void
switch_sync_uninit(struct switch_sync *ss)
{
    switch_commit_uninit(&ss->commit);
    meter_sync_uninit(&ss->meters);
    foreign_uninit(&ss->foreign);
    oflow_table_uninit(&ss->installed);
}

/* Forgets what the switch holds, which is to be read afresh because a step was
 * refused.  Who is in quarantine stays there, and how long the last wait was
 * is remembered. */
void
switch_sync_forget(struct switch_sync *ss)
{
    oflow_table_clear(&ss->installed);
    foreign_clear(&ss->foreign);
    meter_sync_reset(&ss->meters);
    ss->compare_all = true;
    ss->must_reread = false;
}

/* Forgets all but the statistics: the switch may be another one, or was
 * changed by somebody else, or somebody asks for another try. */
void
switch_sync_reset(struct switch_sync *ss)
{
    switch_commit_reset(&ss->commit);
    switch_sync_forget(ss);
}

/* A flow of others' has come or gone in ss->foreign, which may have been in
 * somebody's place. */
void
switch_sync_foreign_changed(struct switch_sync *ss)
{
    if (quarantine_has_displaced(&ss->commit.quarantine)) {
        quarantine_clear(&ss->commit.quarantine);
        ss->compare_all = true;
    }
}

/* Puts those into quarantine who have a flow in 'changes' that would replace
 * one of others'. */
static void
quarantine_displaced(struct switch_sync *ss, const struct ochanges *changes)
{
    for (size_t i = 0; foreign_count(&ss->foreign) && i < changes->n; i++) {
        const struct oflow *new = changes->changes[i].new;
        const struct oflow *other
            = new ? oflow_table_find(&ss->foreign.flows, new) : NULL;

        if (other) {
            struct ds s = DS_EMPTY_INITIALIZER;

            oflow_format(&s, other, NULL);
            quarantine_add_displaced(&ss->commit.quarantine, new->cookie,
                                     ds_cstr(&s));
            ds_destroy(&s);
        }
    }
}

/* Appends to 'changes' what must change in the switch, as far as 'goal' is
 * dirty or, if need be, altogether. */
static void
find_changes(struct switch_sync *ss, const struct switch_goal *goal,
             struct ochanges *changes)
{
    if (ss->compare_all || !goal->dirty) {
        oflow_table_diff(goal->desired, &ss->installed, changes);
    } else {
        oflow_table_diff_keys(goal->dirty, goal->desired, &ss->installed,
                              changes);
    }
    quarantine_displaced(ss, changes);
    quarantine_filter(&ss->commit.quarantine, changes);
}

/* Appends to 'msgs' the next step by which the switch gets to 'goal', if it is
 * time for one.  Returns true if all that was dirty has been looked at, so
 * that it need not be any more; otherwise, it stays to be done. */
bool
switch_sync_put(struct switch_sync *ss, const struct switch_goal *goal,
                long long int now, struct ovs_list *msgs)
{
    struct ochanges changes = OCHANGES_INITIALIZER;

    if (ss->must_reread || switch_sync_is_busy(ss)
        || !switch_commit_may_start(&ss->commit, now)) {
        return false;
    }

    if (now >= ss->next_trial
        && quarantine_try_one(&ss->commit.quarantine)) {
        ss->compare_all = true;
    }

    bool meters_come = meter_sync_add(&ss->meters, goal->meters, msgs);

    if (quarantine_release(&ss->commit.quarantine, goal->dirty)) {
        ss->compare_all = true;
    }
    find_changes(ss, goal, &changes);
    if (meters_come && !changes.n) {
        ochanges_uninit(&changes);
        meter_sync_push_barrier(&ss->meters, msgs);
        return false;
    }

    ss->compare_all = false;
    ss->put++;
    if (changes.n) {
        switch_commit_start(&ss->commit, &changes, &ss->installed, now, msgs);
        meter_sync_await(&ss->meters, ss->commit.barrier_xid);
    } else {
        ochanges_uninit(&changes);
        ss->put_done = ss->put;
        meter_sync_delete(&ss->meters, goal->meters, msgs);
    }
    return true;
}

/* Takes in 'oh', an OpenFlow error, and returns what it is about. */
enum switch_commit_blame
switch_sync_handle_error(struct switch_sync *ss, const struct ofp_header *oh)
{
    if (meter_sync_handle_error(&ss->meters, oh)) {
        switch_commit_excuse(&ss->commit, !ss->meters.stale);
        return ss->meters.stale ? BLAME_BELIEF : BLAME_METER;
    }
    return switch_commit_handle_error(&ss->commit, oh);
}

/* Takes in 'oh', the reply to a barrier. */
void
switch_sync_handle_barrier(struct switch_sync *ss,
                           const struct ofp_header *oh, long long int now)
{
    bool meters_over = meter_sync_handle_barrier(&ss->meters, oh);

    if (switch_commit_is_over(&ss->commit, oh->xid)) {
        switch (switch_commit_finish(&ss->commit, &ss->installed, now)) {
        case COMMIT_DONE:
            ss->put_done = ss->put;
            if (quarantine_pass(&ss->commit.quarantine)) {
                ss->next_trial = now;
                ss->compare_all = true;
            }
            break;

        case COMMIT_REREAD:
            ss->must_reread = true;
            /* Fall through. */
        case COMMIT_AGAIN:
            ss->compare_all = true;
            ss->next_trial = now + SWITCH_SYNC_TRIAL_MSEC;
            break;
        }
    }
    if (meters_over && ss->meters.stale && !ss->must_reread) {
        switch_commit_back_off(&ss->commit, now);
        ss->must_reread = true;
    }
}

/* Is a step in flight? */
bool
switch_sync_is_busy(const struct switch_sync *ss)
{
    return ss->commit.in_flight || meter_sync_is_busy(&ss->meters);
}

/* Does the switch hold what was put last, but for those in quarantine, and the
 * meters in 'meters', as far as is known? */
bool
switch_sync_is_at(const struct switch_sync *ss, const struct ometers *meters)
{
    return (!switch_sync_is_busy(ss) && !ss->compare_all && !ss->must_reread
            && meter_sync_is_at(&ss->meters, meters));
}

/* Returns when the switch is to be read afresh because a step was refused, or
 * LLONG_MAX if it need not be. */
long long int
switch_sync_when_to_reread(const struct switch_sync *ss)
{
    return ss->must_reread ? ss->commit.next_try : LLONG_MAX;
}

/* Returns when there will be something to do that comes neither from the
 * switch nor from what is desired, or LLONG_MAX if never. */
long long int
switch_sync_when(const struct switch_sync *ss)
{
    if (switch_sync_is_busy(ss)) {
        return LLONG_MAX;
    } else if (ss->compare_all || ss->must_reread) {
        return ss->commit.next_try;
    } else if (quarantine_lacks_room(&ss->commit.quarantine)) {
        return MAX(ss->next_trial, ss->commit.next_try);
    } else {
        return LLONG_MAX;
    }
}
