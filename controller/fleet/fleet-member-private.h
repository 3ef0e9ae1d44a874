/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_MEMBER_PRIVATE_H
#define FLEET_MEMBER_PRIVATE_H 1

/* A member as the files know it that it is made of: fleet-member.c, which says
 * and hears, and fleet-member-state.c, which tells how it is. */

#include <stdbool.h>

#include "controller/fleet/fleet-member.h"

struct fleet_member {
    char *remote;
    char *host;                 /* Its system-id. */
    struct fleet_db *db;
    struct fleet_publish *publish;
    struct fleet_remote *others;
    struct fleet_snapshot *snapshot;
    struct fleet_kept *kept;
    bool is_known;              /* Has all been received since the start? */
    long long int touch;        /* When 'snapshot' is to say again that it is
                                 * current, in time_msec() terms. */
    bool in_flight;
    long long int next;         /* When the next transaction may begin, in
                                 * time_msec() terms. */
    long long int backoff;      /* After the last refusal, in milliseconds. */
    char *refused;              /* Why the last one was, or null. */
    bool hosts_changed;         /* Since they were taken. */
    bool has_twin;              /* Is there another host of our name? */
    long long int known_at;     /* When the replica was last known to be what
                                 * the server has, in time_msec() terms. */
};

#endif /* controller/fleet/fleet-member-private.h */
