/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMIT_H
#define COMMIT_H 1

/* How changes get into a switch: as one atomic bundle at a time, with a
 * barrier behind it.
 *
 *                    commit_start()
 *           idle ---------------------> in flight
 *            ^                              | barrier: commit_finish()
 *            '------------------------------'
 *
 * An error names the message that it is about, the message the flow, and the
 * flow's cookie the port.  That port is quarantined: its flows are left out of
 * the next bundle, and those of all others go in.  If nobody in particular is
 * to blame then the next bundle has to wait. */

#include <stdbool.h>
#include "controller/switch/quarantine.h"
#include "lib/openflow/oflow-bundle.h"
#include "lib/openflow/oflow-table.h"
#include "openvswitch/types.h"

struct mgmt_conn;
struct ofp_header;

/* Upper bounds, in milliseconds, of the time from a bundle to its barrier. */
#define COMMIT_LATENCIES { 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10000 }
#define COMMIT_N_LATENCIES 11

struct commit_stats {
    unsigned long long int n_bundles;
    unsigned long long int n_flow_mods;
    unsigned long long int n_group_mods;
    unsigned long long int n_errors;

    /* How many bundles took no longer than each bound, but longer than the
     * one before; and how many took longer than all. */
    unsigned long long int latency[COMMIT_N_LATENCIES + 1];
    unsigned long long int latency_sum; /* In milliseconds. */
};

struct commit {
    const char *bridge;         /* For the log.  Not owned. */
    struct quarantine quarantine;
    struct commit_stats stats;
    uint32_t next_bundle_id;
    bool singly;                /* Send buckets of different ports apart. */
    int backoff;                /* After a refusal, in milliseconds. */
    long long int next_try;     /* In time_msec() terms. */

    /* In flight. */
    bool in_flight;
    struct ochanges changes;
    struct obundle bundle;      /* Only to find a message by its ID. */
    ovs_be32 barrier_xid;
    long long int sent_at;      /* In time_msec() terms. */
    bool refused;               /* Has there been an error? */
    bool blamed;                /* And do we know whose fault it was? */
    ovs_be64 news;              /* Whose it was, as long as nobody knows. */
};

void commit_init(struct commit *, const char *bridge);
void commit_uninit(struct commit *);
void commit_reset(struct commit *);

bool commit_may_start(const struct commit *);
void commit_start(struct commit *, struct ochanges *,
                  const struct oflow_table *installed, struct mgmt_conn *);
void commit_handle_error(struct commit *, const struct ofp_header *);
ovs_be64 commit_take_news(struct commit *);
bool commit_is_over(const struct commit *, ovs_be32 barrier_xid);
bool commit_finish(struct commit *, struct oflow_table *installed);

#endif /* controller/switch/commit.h */
