/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRACE_H
#define GRACE_H 1

/* The grace that a file has to come back, once it is gone.
 *
 * Editors move the old file away before they write the new one, so what a file
 * said stays in force for a moment after it is gone.
 *
 * Times are in milliseconds, from any origin, and never go back. */

#include <stdbool.h>

#define GRACE_MSEC 200

struct grace {
    bool gone;                  /* Perhaps only for a moment... */
    long long int until;        /* ...which is over then. */
};

#define GRACE_INITIALIZER { .gone = false }

bool grace_is_over(struct grace *, long long int now);
void grace_is_back(struct grace *);
long long int grace_wake_time(const struct grace *);

#endif /* lib/base/grace.h */
