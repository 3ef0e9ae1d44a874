/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOND_BUCKETS_H
#define BOND_BUCKETS_H 1

/* By which member of a balance-slb bond leaves what an address sends.
 *
 * Sources are hashed into buckets.  Each bucket has a member by which it
 * leaves, and an order in which others take its place while that is down.
 * Without more ado the buckets go round the members; a client that knows how
 * much each has sent moves some of them from time to time, as Open vSwitch
 * does for bonds that NORMAL sends by: bond_rebalance() in ofproto/bond.c. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "openvswitch/types.h"

struct network_bond;

#define BOND_BUCKETS 64

/* The member of each bucket by its number.  If the bond has no such member, a
 * bucket has the one that it has without more ado. */
struct bond_buckets {
    ofp_port_t members[BOND_BUCKETS];
};

/* How much each bucket has sent lately, in bytes. */
struct bond_loads {
    uint64_t bytes[BOND_BUCKETS];
};

void bond_buckets_init(struct bond_buckets *);
bool bond_buckets_equal(const struct bond_buckets *,
                        const struct bond_buckets *);
void bond_buckets_order(const struct bond_buckets *,
                        const struct network_bond *, size_t bucket,
                        ofp_port_t order[]);
size_t bond_buckets_balance(struct bond_buckets *,
                            const struct network_bond *, const bool up[],
                            const struct bond_loads *);

#endif /* lib/model/bond-buckets.h */
