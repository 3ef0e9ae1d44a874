/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/base/bandwidth.h"

static bool
rate_equals(const struct bandwidth_rate *a, const struct bandwidth_rate *b)
{
    return a->average == b->average && a->peak == b->peak
           && a->floor == b->floor && a->burst == b->burst;
}

/* Returns true if 'rate' limits or guarantees anything. */
bool
bandwidth_rate_is_set(const struct bandwidth_rate *rate)
{
    return rate->average || rate->floor;
}

/* Returns true if 'bandwidth' limits or guarantees anything, in either
 * direction. */
bool
bandwidth_is_set(const struct bandwidth *bandwidth)
{
    return bandwidth_rate_is_set(&bandwidth->in)
           || bandwidth_rate_is_set(&bandwidth->out);
}

/* Returns true if 'a' and 'b' say the same, wherever they say it. */
bool
bandwidth_equals(const struct bandwidth *a, const struct bandwidth *b)
{
    return rate_equals(&a->in, &b->in) && rate_equals(&a->out, &b->out);
}
