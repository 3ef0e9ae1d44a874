/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SWITCH_COMMIT_H
#define SWITCH_COMMIT_H 1

/* How changes get into a switch: as one atomic bundle at a time, with a
 * barrier behind it.
 *
 *              switch_commit_start()
 *      idle ---------------------------> in flight
 *        ^                                   | barrier:
 *        '-----------------------------------' switch_commit_finish()
 *
 * This is the logic alone: messages come in and go out by lists, and 'now', in
 * milliseconds, is an argument.
 *
 * An error names the message that it is about, the message the flow, and the
 * flow's cookie the port.  That port is quarantined: its flows are left out of
 * the next bundle, and those of all others go in.
 *
 * If that cannot help, because nobody in particular is to blame or because
 * what was refused only takes away or names what the switch should hold, then
 * the switch is not as we believe.  The next bundle has to wait, longer each
 * time, and the switch has to be read afresh before it. */

#include <stdbool.h>
#include "lib/openflow/oflow-bundle.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/quarantine.h"
#include "openvswitch/types.h"

struct ofp_header;
struct ovs_list;

/* Upper bounds, in milliseconds, of the time from a bundle to its barrier. */
#define SWITCH_COMMIT_LATENCIES \
    { 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10000 }
#define SWITCH_COMMIT_N_LATENCIES 11

/* How long the first wait after a refusal is and, as they double, the longest,
 * in milliseconds. */
#define SWITCH_COMMIT_MIN_BACKOFF 1000
#define SWITCH_COMMIT_MAX_BACKOFF 60000

struct switch_commit_stats {
    unsigned long long int n_bundles;
    unsigned long long int n_flow_mods;
    unsigned long long int n_group_mods;
    unsigned long long int n_errors;

    /* How many bundles took no longer than each bound, but longer than the
     * one before; and how many took longer than all. */
    unsigned long long int latency[SWITCH_COMMIT_N_LATENCIES + 1];
    unsigned long long int latency_sum; /* In milliseconds. */
};

struct switch_commit {
    struct quarantine quarantine;
    struct switch_commit_stats stats;
    uint32_t next_bundle_id;
    bool singly;                /* Send buckets of different ports apart. */
    int backoff;                /* After a refusal, in milliseconds. */
    long long int next_try;

    /* In flight. */
    bool in_flight;
    struct ochanges changes;
    struct obundle bundle;      /* Only to find a message by its ID. */
    ovs_be32 barrier_xid;
    long long int sent_at;
    bool refused;               /* Has there been an error? */
    bool blamed;                /* Has a message been named? */
    bool cured;                 /* Will the next bundle be another? */
    ovs_be64 news;              /* Whose it was, as long as nobody knows. */
};

/* What an error is about. */
enum switch_commit_blame {
    BLAME_STRANGER,             /* Nothing that is in flight. */
    BLAME_SOMEBODY,             /* Flows of one that is now in quarantine. */
    BLAME_SEVERAL,              /* One of several, which will be sent apart. */
    BLAME_METER,                /* A meter, which we have to do without. */
    BLAME_BELIEF,               /* What we believe of the switch. */
    BLAME_BUNDLE,               /* The bundle, and nobody in particular. */
    BLAME_SAME,                 /* What an earlier error was about. */
};

/* How a bundle has ended. */
enum switch_commit_end {
    COMMIT_DONE,                /* Carried out. */
    COMMIT_AGAIN,               /* Refused; may be tried again at once. */
    COMMIT_REREAD,              /* Refused; the switch must be read afresh. */
};

void switch_commit_init(struct switch_commit *);
void switch_commit_uninit(struct switch_commit *);
void switch_commit_reset(struct switch_commit *);

bool switch_commit_may_start(const struct switch_commit *, long long int now);
void switch_commit_start(struct switch_commit *, struct ochanges *,
                         const struct oflow_table *installed,
                         long long int now, struct ovs_list *msgs);
enum switch_commit_blame switch_commit_handle_error(
    struct switch_commit *, const struct ofp_header *);
void switch_commit_excuse(struct switch_commit *, bool cured);
ovs_be64 switch_commit_take_news(struct switch_commit *);
bool switch_commit_is_over(const struct switch_commit *, ovs_be32 barrier_xid);
enum switch_commit_end switch_commit_finish(struct switch_commit *,
                                            struct oflow_table *installed,
                                            long long int now);
void switch_commit_back_off(struct switch_commit *, long long int now);

#endif /* lib/openflow/switch-commit.h */
