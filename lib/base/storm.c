/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/base/storm.h"

#include <stdlib.h>
#include <string.h>

#include "openvswitch/dynamic-string.h"
#include "util.h"

/* Stores the limit that 's' says in '*storm' and returns null.  Returns why it
 * cannot be understood, for the caller to free, and leaves '*storm' alone, if
 * it says none. */
char *
storm_from_string(const char *s, int *storm)
{
    size_t n = strspn(s, "0123456789");
    const char *unit = s + n + strspn(s + n, " ");
    bool kbps = !strcmp(unit, "kbps");

    if (!strcmp(s, "none")) {
        *storm = 0;
        return NULL;
    } else if (!n || (!kbps && *unit && strcmp(unit, "pps"))) {
        return xasprintf("'%s' is no number of packets ('500') or kilobits "
                         "('500kbps') per second, nor 'none'", s);
    }

    long long int number = n < 10 ? atoll(s) : STORM_MAX + 1LL;
    if (number < 1 || number > STORM_MAX) {
        return xasprintf("'%s' is not from 1 to %d", s, STORM_MAX);
    }
    *storm = kbps ? -number : number;
    return NULL;
}

/* Appends 'storm' to 's' as storm_from_string() takes it. */
void
storm_format(struct ds *s, int storm)
{
    if (!storm) {
        ds_put_cstr(s, "none");
    } else {
        ds_put_format(s, "%d%s", abs(storm), storm < 0 ? "kbps" : "pps");
    }
}

/* Returns the stricter of 'a' and 'b'.  Of two of different kinds it is the
 * one in packets, for they are what a storm costs. */
int
storm_strictest(int a, int b)
{
    if (!a || !b) {
        return a ? a : b;
    } else if ((a < 0) != (b < 0)) {
        return MAX(a, b);
    }
    return abs(a) < abs(b) ? a : b;
}
