/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FOLLOW_H
#define FOLLOW_H 1

/* The addresses that one guest has changed to.
 *
 * A guest that is trusted (trustGuestRxFilters='yes') may announce itself by
 * other addresses than it is configured with, and is then sent what is for
 * them.  It has no more than so many: the oldest goes for a new one.
 *
 * A hostile guest may announce a new address with each frame.  Each of these
 * frames must be looked at, so a guest is listened to only as long as it does
 * not do that too often: FOLLOW_BURST times in one go, and after that once in
 * FOLLOW_INTERVAL.  Beyond that it is not listened to until half of the burst
 * has been saved up again.  That is for each of the addresses that it may
 * have, since all of them may come at once.
 *
 * A router lists its addresses, and becomes the master for all of them at
 * once, in all of its VLANs.  So one of them that was not moved in the last
 * FOLLOW_INTERVAL is worth no more than FOLLOW_MOVE, and if several go to and
 * fro, each is worth its part, but no less than that.
 *
 * One announcement repeated is one address: keepalived says five times, and
 * again later, that it is the master now.  An address that the guest cannot
 * have is not looked at for FOLLOW_REST after it was refused, and if it is
 * announced again then, that is worth FOLLOW_REPEAT of the above.
 *
 * Times are in milliseconds, from any origin. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "openvswitch/types.h"

#define FOLLOW_BURST 8
#define FOLLOW_INTERVAL 10000
#define FOLLOW_REST 2000
#define FOLLOW_REPEAT 500
#define FOLLOW_MOVE 100
#define FOLLOW_MAX_MOVES 1024

/* An address that the guest has announced and was refused. */
struct follow_refused {
    struct eth_addr mac;
    long long int at;           /* When it was last. */
    bool rests;                 /* Is it not looked at for now? */
};

/* That a listed address was moved to the guest in a VLAN. */
struct follow_move {
    struct eth_addr mac;
    uint16_t vid;
    long long int at;           /* When it was last. */
};

struct follow {
    struct eth_addr *macs;      /* Oldest first. */
    size_t n;
    bool deaf;                  /* Is the guest not listened to for now? */
    long long int debt_until;   /* When all that it announced is forgotten. */
    struct follow_refused refused[FOLLOW_BURST];    /* Oldest first. */
    size_t n_refused;
    struct follow_move *moves;  /* Of the last FOLLOW_INTERVAL, no more than
                                 * FOLLOW_MAX_MOVES, in no order. */
    size_t n_moves;
};

void follow_init(struct follow *);
void follow_uninit(struct follow *);
void follow_clear(struct follow *);

bool follow_add(struct follow *, struct eth_addr, size_t limit);
bool follow_remove(struct follow *, struct eth_addr);
void follow_trim(struct follow *, size_t limit);
void follow_keep_first(struct follow *, size_t limit);

bool follow_hear(struct follow *, size_t limit, long long int now);
bool follow_moved(struct follow *, struct eth_addr, uint16_t vid,
                  long long int now);
bool follow_rests(const struct follow *, struct eth_addr, long long int now);
bool follow_refuse(struct follow *, struct eth_addr, long long int now);
bool follow_run(struct follow *, long long int now);
long long int follow_wake_time(const struct follow *);

#endif /* lib/model/follow.h */
