/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/follow.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "packets.h"
#include "util.h"

/* Initializes 'follow' to a guest that has not changed its address. */
void
follow_init(struct follow *follow)
{
    *follow = (struct follow) { .debt_until = LLONG_MIN };
}

/* Frees what 'follow' holds, but not 'follow' itself. */
void
follow_uninit(struct follow *follow)
{
    free(follow->macs);
}

/* Forgets all addresses, but not how often the guest was heard. */
void
follow_clear(struct follow *follow)
{
    follow_trim(follow, 0);
}

/* Forgets the oldest addresses until there are no more than 'limit'. */
void
follow_trim(struct follow *follow, size_t limit)
{
    if (follow->n > limit) {
        size_t n_gone = follow->n - limit;

        memmove(follow->macs, follow->macs + n_gone,
                limit * sizeof *follow->macs);
        follow->n = limit;
    }
}

static size_t
find(const struct follow *follow, struct eth_addr mac)
{
    size_t i = 0;

    while (i < follow->n && !eth_addr_equals(follow->macs[i], mac)) {
        i++;
    }
    return i;
}

/* Adds 'mac', in the place of the oldest if there are 'limit' addresses
 * already.  Returns false if it is there, or 'limit' is 0. */
bool
follow_add(struct follow *follow, struct eth_addr mac, size_t limit)
{
    if (!limit || find(follow, mac) < follow->n) {
        return false;
    }
    follow_trim(follow, limit - 1);
    follow->macs = xrealloc(follow->macs,
                            (follow->n + 1) * sizeof *follow->macs);
    follow->macs[follow->n++] = mac;
    return true;
}

/* Takes 'mac' out.  Returns false if it is not there. */
bool
follow_remove(struct follow *follow, struct eth_addr mac)
{
    size_t i = find(follow, mac);

    if (i >= follow->n) {
        return false;
    }
    memmove(follow->macs + i, follow->macs + i + 1,
            (follow->n - i - 1) * sizeof *follow->macs);
    follow->n--;
    return true;
}

/* Takes note at 'now' that the guest has announced an address that is not its.
 * Returns true if that was once too often. */
bool
follow_hear(struct follow *follow, long long int now)
{
    bool was_deaf = follow->deaf;

    follow->debt_until = MAX(follow->debt_until, now) + FOLLOW_INTERVAL;
    if (follow->debt_until - now >= FOLLOW_BURST * FOLLOW_INTERVAL) {
        follow->deaf = true;
    }
    return follow->deaf && !was_deaf;
}

/* Returns true if 'follow' has become one to be listened to again by 'now'. */
bool
follow_run(struct follow *follow, long long int now)
{
    if (now >= follow_wake_time(follow)) {
        follow->deaf = false;
        return true;
    }
    return false;
}

/* Returns when follow_run() is to be called, LLONG_MAX for never. */
long long int
follow_wake_time(const struct follow *follow)
{
    return (follow->deaf
            ? follow->debt_until - FOLLOW_BURST / 2 * FOLLOW_INTERVAL
            : LLONG_MAX);
}
