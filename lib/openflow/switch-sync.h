/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SWITCH_SYNC_H
#define SWITCH_SYNC_H 1

/* What a switch holds of ours, and by which steps it gets to what it should.
 *
 *      meters come, bundle of flows and groups -> meters go
 *
 * Each step waits for the switch to be through with the one before; that
 * meters come and that flows that may use them do is one step.  The
 * client says what there is to be read and what the switch answers, and sends
 * what it is given:
 *
 *      switch_sync_put() -> messages -> switch_sync_handle_barrier() or
 *          switch_sync_handle_error() -> switch_sync_put() -> ...
 *
 * Whoever the switch has had no room for is tried again, a second later.
 *
 * A flow of ours is never put where somebody else has one, which it would
 * replace.  Whoever it belongs to is in quarantine until that is gone.
 *
 * 'now' is in milliseconds. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/openflow/foreign.h"
#include "lib/openflow/meter-sync.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/switch-commit.h"

struct ofp_header;
struct ovs_list;

/* How long such a trial is put off, in milliseconds. */
#define SWITCH_SYNC_TRIAL_MSEC 750

struct switch_sync {
    struct oflow_table installed;
    struct foreign foreign;     /* What others have beside it. */
    struct meter_sync meters;
    struct switch_commit commit;
    bool compare_all;           /* Or else only what is called dirty. */
    bool must_reread;           /* Is 'installed' not what there is? */
    long long int next_trial;   /* Of one that there was no room for. */
    unsigned long long int put; /* Of those begun, the last one... */
    unsigned long long int put_done;    /* ...and of those carried out. */
};

/* What a switch should hold. */
struct switch_goal {
    const struct oflow_table *desired;
    const struct oflow_table *dirty;    /* Keys that may have changed; null
                                         * for all. */
    const struct ometers *meters;
};

void switch_sync_init(struct switch_sync *);
void switch_sync_uninit(struct switch_sync *);
void switch_sync_reset(struct switch_sync *);
void switch_sync_forget(struct switch_sync *);

void switch_sync_foreign_changed(struct switch_sync *);

bool switch_sync_put(struct switch_sync *, const struct switch_goal *,
                     long long int now, struct ovs_list *msgs);
enum switch_commit_blame switch_sync_handle_error(
    struct switch_sync *, const struct ofp_header *);
void switch_sync_handle_barrier(struct switch_sync *,
                                const struct ofp_header *, long long int now);

bool switch_sync_is_busy(const struct switch_sync *);
bool switch_sync_is_at(const struct switch_sync *, const struct ometers *);
long long int switch_sync_when_to_reread(const struct switch_sync *);
long long int switch_sync_when(const struct switch_sync *);

#endif /* lib/openflow/switch-sync.h */
