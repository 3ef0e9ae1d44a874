/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/bond-buckets.h"

#include <string.h>

#include "lib/model/network-side.h"
#include "openflow/openflow.h"
#include "util.h"

/* What makes it worth while to move buckets, as for Open vSwitch: a member
 * sends this much more than another, in bytes... */
#define MIN_OVERLOAD 100000
#define OVERLOAD_SHIFT 5        /* ...and 1/32 more... */
#define MIN_GAIN 10             /* ...and a tenth of that is gained. */

/* Initializes 'buckets' to go round the members. */
void
bond_buckets_init(struct bond_buckets *buckets)
{
    for (size_t i = 0; i < BOND_BUCKETS; i++) {
        buckets->members[i] = OFPP_NONE;
    }
}

bool
bond_buckets_equal(const struct bond_buckets *a, const struct bond_buckets *b)
{
    return !memcmp(a->members, b->members, sizeof a->members);
}

/* Returns the index of the member of 'bond' that 'bucket' of 'buckets' is
 * for. */
static size_t
get_member(const struct bond_buckets *buckets,
           const struct network_bond *bond, size_t bucket)
{
    for (size_t i = 0; i < bond->n; i++) {
        if (bond->members[i].ofport == buckets->members[bucket]) {
            return i;
        }
    }
    return bucket % bond->n;
}

/* Returns the index of the member of 'bond' that is number 'i' in the order
 * for 'bucket', whose own is 'member'.  Who takes the place of one that is
 * down differs from bucket to bucket, so that no member takes all of them. */
static size_t
get_nth(const struct network_bond *bond, size_t bucket, size_t member,
        size_t i)
{
    size_t others = bond->n - 1;

    return (!i ? member
            : (member + 1 + (bucket / bond->n + i - 1) % others) % bond->n);
}

/* Stores into 'order' the numbers of all of the members of 'bond', that first
 * by which 'bucket' of 'buckets' leaves, and then those that take its place in
 * turn. */
void
bond_buckets_order(const struct bond_buckets *buckets,
                   const struct network_bond *bond, size_t bucket,
                   ofp_port_t order[])
{
    size_t member = get_member(buckets, bond, bucket);

    for (size_t i = 0; i < bond->n; i++) {
        order[i] = bond->members[get_nth(bond, bucket, member, i)].ofport;
    }
}

/* What the members of a bond send, by their indexes. */
struct balance {
    const struct network_bond *bond;
    bool up[NETWORK_BOND_MAX];
    const struct bond_loads *loads;
    size_t at[BOND_BUCKETS];    /* By which member a bucket leaves. */
    uint64_t sent[NETWORK_BOND_MAX];
};

/* Stores into 'b' by which members the buckets leave while some may be down.
 * Returns false if all are. */
static bool
get_balance(struct balance *b, const struct bond_buckets *buckets)
{
    memset(b->sent, 0, sizeof b->sent);
    for (size_t i = 0; i < BOND_BUCKETS; i++) {
        size_t member = get_member(buckets, b->bond, i);
        size_t n = 0;

        while (!b->up[get_nth(b->bond, i, member, n)]) {
            if (++n >= b->bond->n) {
                return false;
            }
        }
        b->at[i] = get_nth(b->bond, i, member, n);
        b->sent[b->at[i]] += b->loads->bytes[i];
    }
    return true;
}

/* Returns the member that sends least, or, if 'most', most. */
static size_t
find_extreme(const struct balance *b, bool most)
{
    size_t found = SIZE_MAX;

    for (size_t i = 0; i < b->bond->n; i++) {
        if (b->up[i]
            && (found == SIZE_MAX || (most ? b->sent[i] > b->sent[found]
                                      : b->sent[i] < b->sent[found]))) {
            found = i;
        }
    }
    return found;
}

/* Returns the bucket of member 'from' that sends most of those that send no
 * more than 'limit' and are not 'chosen', or SIZE_MAX. */
static size_t
find_bucket(const struct balance *b, size_t from, uint64_t limit,
            const bool chosen[])
{
    size_t found = SIZE_MAX;

    for (size_t i = 0; i < BOND_BUCKETS; i++) {
        uint64_t bytes = b->loads->bytes[i];

        if (b->at[i] == from && !chosen[i] && bytes && bytes <= limit
            && (found == SIZE_MAX || bytes > b->loads->bytes[found])) {
            found = i;
        }
    }
    return found;
}

/* Returns the bucket of member 'from' that sends least, or SIZE_MAX. */
static size_t
find_least(const struct balance *b, size_t from)
{
    size_t found = SIZE_MAX;

    for (size_t i = 0; i < BOND_BUCKETS; i++) {
        uint64_t bytes = b->loads->bytes[i];

        if (b->at[i] == from && bytes
            && (found == SIZE_MAX || bytes < b->loads->bytes[found])) {
            found = i;
        }
    }
    return found;
}

/* Chooses buckets that member 'from' had better not send by 'over' bytes more
 * than another: the greatest that fit into half of that, or else the least.
 * Returns false if moving them is not worth while. */
static bool
choose_buckets(const struct balance *b, size_t from, uint64_t over,
               bool chosen[])
{
    uint64_t moved = 0, left;
    size_t i;

    memset(chosen, false, BOND_BUCKETS * sizeof chosen[0]);
    while ((i = find_bucket(b, from, over / 2 - moved, chosen)) != SIZE_MAX) {
        chosen[i] = true;
        moved += b->loads->bytes[i];
    }
    if (!moved && (i = find_least(b, from)) != SIZE_MAX) {
        chosen[i] = true;
        moved = b->loads->bytes[i];
    }
    left = 2 * moved > over ? 2 * moved - over : over - 2 * moved;
    return moved && left < over - over / MIN_GAIN;
}

/* Moves buckets of 'buckets' from members of 'bond' that send much to others
 * that send less, by 'loads'; 'up' says of each member whether it is there.
 * Returns how many have been moved, none if that would not help.
 *
 * As bond_rebalance() does: from the member that sends most to that which
 * sends least, and whoever cannot be relieved is left as he is. */
size_t
bond_buckets_balance(struct bond_buckets *buckets,
                     const struct network_bond *bond, const bool up[],
                     const struct bond_loads *loads)
{
    struct balance b = { .bond = bond, .loads = loads };
    bool chosen[BOND_BUCKETS];
    size_t n = 0;

    memcpy(b.up, up, bond->n * sizeof up[0]);
    if (!get_balance(&b, buckets)) {
        return 0;
    }
    for (;;) {
        size_t from = find_extreme(&b, true);
        size_t to = find_extreme(&b, false);
        uint64_t over = b.sent[from] - b.sent[to];

        if (over < MIN_OVERLOAD || over < b.sent[to] >> OVERLOAD_SHIFT) {
            return n;
        } else if (!choose_buckets(&b, from, over, chosen)) {
            b.up[from] = false;
            continue;
        }
        for (size_t i = 0; i < BOND_BUCKETS; i++) {
            if (chosen[i]) {
                b.at[i] = to;
                b.sent[from] -= loads->bytes[i];
                b.sent[to] += loads->bytes[i];
                buckets->members[i] = bond->members[to].ofport;
                n++;
            }
        }
    }
}
