/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/guard.h"

#include <string.h>

#include "lib/base/guards.h"
#include "lib/openflow/oflow.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/match.h"
#include "util.h"

/* What a guard has stopped, in words. */

/* Returns the name of kind 'stop' of offences, null if there is none such. */
const char *
guard_stop_name(unsigned int stop)
{
    static const char *const names[N_STOPS] = {
#define STOP(ENUM, NAME, GUARD) [STOP_##ENUM] = NAME,
        STOPS
#undef STOP
        [STOP_FILTER] = "filter",
    };

    return stop < N_STOPS ? names[stop] : NULL;
}

/* Does 'flow', one of ours, drop what it matches, though it may show it? */
bool
guard_flow_drops(const struct oflow *flow)
{
    return (!flow->ofpacts_len
            || (flow->table_id == TABLE_STOPPED
                && flow->priority == PRIORITY_STOPPED_PORT)
            || (flow->table_id == TABLE_GUARD
                && flow->priority == PRIORITY_GUARD_DROP));
}

/* Returns the name of the guard that stops 'stop', null if none does. */
static const char *
stop_guard(unsigned int stop)
{
    switch (stop) {
#define STOP(ENUM, NAME, GUARD) \
    case STOP_##ENUM: return guard_to_string(GUARD_##GUARD);
    STOPS
#undef STOP
    default:
        return NULL;
    }
}

/* Appends to 's' which of 'guards', those of a port, has stopped 'stop', not
 * STOP_FILTER, as "guard ip (arp)".  What cannot be looked into is stopped as
 * IP, be guard "ip" there or not: "guards (ip)". */
void
guard_format_stop(struct ds *s, unsigned int stop, unsigned int guards)
{
    const char *guard = stop_guard(stop);

    if (!guard) {
        ds_put_format(s, "guard %s", guard_to_string(GUARD_MAC));
    } else if (stop == STOP_IP && !(guards & GUARD_BIT(GUARD_IP))) {
        ds_put_format(s, "guards (%s)", guard_stop_name(stop));
    } else if (!strcmp(guard, guard_stop_name(stop))) {
        ds_put_format(s, "guard %s", guard);
    } else {
        ds_put_format(s, "guard %s (%s)", guard, guard_stop_name(stop));
    }
}

/* Returns the name of the kind of offence that a flow of ours in 'table_id',
 * with 'match', drops; null if it is no guard's. */
const char *
guard_stop_to_string(uint8_t table_id, const struct match *match)
{
    if (table_id == TABLE_TO_GUEST) {
        return guard_stop_name(STOP_FILTER);
    } else if (table_id == TABLE_GUARD) {
        return guard_to_string(GUARD_MAC);
    } else if (table_id == TABLE_STOPPED) {
        return guard_stop_name(pipeline_match_get_stop(match));
    }
    return NULL;
}
