/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/base/grace.h"

#include <limits.h>

/* The file is not there at 'now'.  Returns true if it has been gone long
 * enough to be forgotten. */
bool
grace_is_over(struct grace *grace, long long int now)
{
    if (!grace->gone) {
        grace->gone = true;
        grace->until = now + GRACE_MSEC;
    }
    return now >= grace->until;
}

/* The file is there. */
void
grace_is_back(struct grace *grace)
{
    grace->gone = false;
}

/* Returns when to look whether the file is back, LLONG_MAX for never.  Until
 * then, one that is back may be about to be written. */
long long int
grace_wake_time(const struct grace *grace)
{
    return grace->gone ? grace->until : LLONG_MAX;
}
