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
    free(follow->moves);
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

/* Forgets the newest addresses likewise: for a guest whose first frame has
 * said which its address is. */
void
follow_keep_first(struct follow *follow, size_t limit)
{
    follow->n = MIN(follow->n, limit);
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

/* Takes note at 'now' of something done for the guest that is worth
 * 'msecs' of not listening.  Returns true if that was once too often. */
static bool
owe(struct follow *follow, long long int msecs, long long int now)
{
    bool was_deaf = follow->deaf;

    follow->debt_until = MAX(follow->debt_until, now) + msecs;
    if (follow->debt_until - now >= FOLLOW_BURST * FOLLOW_INTERVAL) {
        follow->deaf = true;
    }
    return follow->deaf && !was_deaf;
}

/* Takes note at 'now' that the guest has announced an address that is not its,
 * of which it may have 'limit'.  Returns true if that was once too often. */
bool
follow_hear(struct follow *follow, size_t limit, long long int now)
{
    return owe(follow, DIV_ROUND_UP(FOLLOW_INTERVAL, MAX(1, limit)), now);
}

/* Forgets which addresses were moved FOLLOW_INTERVAL ago, and that 'mac' was
 * in VLAN 'vid'.  Returns true if that was since then. */
static bool
forget_moves(struct follow *follow, struct eth_addr mac, uint16_t vid,
             long long int now)
{
    bool found = false;
    size_t n = 0;

    for (size_t i = 0; i < follow->n_moves; i++) {
        struct follow_move *move = &follow->moves[i];

        if (now >= move->at + FOLLOW_INTERVAL) {
            continue;
        } else if (eth_addr_equals(move->mac, mac) && move->vid == vid) {
            found = true;
        } else {
            follow->moves[n++] = *move;
        }
    }
    follow->n_moves = n;
    return found;
}

/* Takes note at 'now' that 'mac', which the guest lists, was moved to it, or
 * from it to the network side, in VLAN 'vid'.  Returns true if that was once
 * too often. */
bool
follow_moved(struct follow *follow, struct eth_addr mac, uint16_t vid,
             long long int now)
{
    bool again = forget_moves(follow, mac, vid, now);

    if (follow->n_moves < FOLLOW_MAX_MOVES) {
        size_t n = ++follow->n_moves;

        follow->moves = xrealloc(follow->moves, n * sizeof *follow->moves);
        follow->moves[n - 1] = (struct follow_move) {
            .mac = mac, .vid = vid, .at = now,
        };
    }
    return owe(follow,
               (again ? MAX(FOLLOW_MOVE, FOLLOW_INTERVAL
                                         / (long long int) follow->n_moves)
                : FOLLOW_MOVE),
               now);
}

static void
forget_refused(struct follow *follow, size_t i)
{
    memmove(&follow->refused[i], &follow->refused[i + 1],
            (follow->n_refused - i - 1) * sizeof *follow->refused);
    follow->n_refused--;
}

/* Was 'mac' refused so short a time before 'now' that it is not looked at? */
bool
follow_rests(const struct follow *follow, struct eth_addr mac,
             long long int now)
{
    for (size_t i = 0; i < follow->n_refused; i++) {
        if (eth_addr_equals(follow->refused[i].mac, mac)) {
            return now < follow->refused[i].at + FOLLOW_REST;
        }
    }
    return false;
}

/* Takes note at 'now' that the guest has announced 'mac', which it cannot
 * have.  'mac' is not looked at until FOLLOW_REST has passed.  Returns true if
 * that was once too often. */
bool
follow_refuse(struct follow *follow, struct eth_addr mac, long long int now)
{
    long long int worth = FOLLOW_INTERVAL;

    for (size_t i = 0; i < follow->n_refused; i++) {
        if (eth_addr_equals(follow->refused[i].mac, mac)) {
            if (now < follow->refused[i].at + FOLLOW_INTERVAL) {
                worth = FOLLOW_REPEAT;
            }
            forget_refused(follow, i);
            break;
        }
    }
    if (follow->n_refused >= FOLLOW_BURST) {
        forget_refused(follow, 0);
    }
    follow->refused[follow->n_refused++] = (struct follow_refused) {
        .mac = mac, .at = now, .rests = true,
    };
    return owe(follow, worth, now);
}

/* Returns true if 'follow' has become one to be listened to again by 'now', or
 * one whose address is to be looked at again. */
bool
follow_run(struct follow *follow, long long int now)
{
    bool changed = false;

    if (now < follow_wake_time(follow)) {
        return false;
    }
    for (size_t i = 0; i < follow->n_refused; i++) {
        struct follow_refused *refused = &follow->refused[i];

        if (refused->rests && now >= refused->at + FOLLOW_REST) {
            refused->rests = false;
            changed = true;
        }
    }
    if (follow->deaf && now >= follow->debt_until
                               - FOLLOW_BURST / 2 * FOLLOW_INTERVAL) {
        follow->deaf = false;
        changed = true;
    }
    return changed;
}

/* Returns when follow_run() is to be called, LLONG_MAX for never. */
long long int
follow_wake_time(const struct follow *follow)
{
    long long int wake = LLONG_MAX;

    if (follow->deaf) {
        wake = follow->debt_until - FOLLOW_BURST / 2 * FOLLOW_INTERVAL;
    }
    for (size_t i = 0; i < follow->n_refused; i++) {
        if (follow->refused[i].rests) {
            wake = MIN(wake, follow->refused[i].at + FOLLOW_REST);
        }
    }
    return wake;
}
