/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/offences.h"

#include <limits.h>

#include "util.h"

/* A frame of 'kind' is shown at 'now'.  Returns for how long that has gone on,
 * 0 if it is the first, in milliseconds; less than 0 if nothing is to be said
 * of it, for it was on its way before the flows were changed. */
long long int
offences_hear(struct offences *o, unsigned int kind, long long int now)
{
    struct offence *k = &o->kinds[kind];

    if (k->quiet) {
        return -1;
    } else if (k->rest && now < k->until + k->rest) {
        k->rest = MIN(4 * k->rest, OFFENCE_MAX_REST);
    } else {
        k->since = now;
        k->rest = OFFENCE_REST;
    }
    k->until = now + k->rest;
    k->quiet = true;
    return now - k->since;
}

/* Returns the kinds of which nothing is shown for now, as bits. */
unsigned int
offences_quiet(const struct offences *o)
{
    unsigned int quiet = 0;

    for (int i = 0; i < OFFENCE_KINDS; i++) {
        quiet |= o->kinds[i].quiet ? 1u << i : 0;
    }
    return quiet;
}

/* Returns true if something is to be shown again by 'now'. */
bool
offences_run(struct offences *o, long long int now)
{
    bool changed = false;

    for (int i = 0; i < OFFENCE_KINDS; i++) {
        if (o->kinds[i].quiet && now >= o->kinds[i].until) {
            o->kinds[i].quiet = false;
            changed = true;
        }
    }
    return changed;
}

/* Returns when offences_run() is to be called, LLONG_MAX for never. */
long long int
offences_wake_time(const struct offences *o)
{
    long long int wake = LLONG_MAX;

    for (int i = 0; i < OFFENCE_KINDS; i++) {
        if (o->kinds[i].quiet) {
            wake = MIN(wake, o->kinds[i].until);
        }
    }
    return wake;
}
