/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OFFENCES_H
#define OFFENCES_H 1

/* What is to be said of the offences of one guest: of what it sends and its
 * guards or its filter stop, kind by kind.
 *
 * A flow shows the first frame of a kind, and that is said.  For OFFENCE_REST
 * nothing of the kind is shown then, and if it goes on afterwards, for four
 * times as long after each time that this is said, up to OFFENCE_MAX_REST.  So
 * however much a hostile guest sends, there is one line of a kind in an hour
 * in the end, and a few frames are looked at for it.
 *
 * Times are in milliseconds, from any origin. */

#include <stdbool.h>

/* Kinds are numbers below this: "enum guard_stop" in lib/openflow/guard.h, of
 * which the first is guard "mac" here, and last that the guest announces an
 * address that it cannot have. */
#define OFFENCE_KINDS 9
#define OFFENCE_ANNOUNCED 8

#define OFFENCE_REST 60000
#define OFFENCE_MAX_REST 3600000

struct offences {
    struct offence {
        long long int since;    /* When the first was shown of those that
                                 * have gone on... */
        long long int until;    /* ...until when nothing is shown... */
        long long int rest;     /* ...for so long; 0 if none was ever. */
        bool quiet;             /* Is nothing shown for now? */
    } kinds[OFFENCE_KINDS];
};

long long int offences_hear(struct offences *, unsigned int kind,
                            long long int now);
unsigned int offences_quiet(const struct offences *);
bool offences_run(struct offences *, long long int now);
long long int offences_wake_time(const struct offences *);

#endif /* lib/model/offences.h */
