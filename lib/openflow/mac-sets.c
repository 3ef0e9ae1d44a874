/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/mac-sets.h"

#include <stdbool.h>
#include <stdint.h>

#include "packets.h"
#include "util.h"

#define MAC_BITS 48

struct search {
    const struct mac_set *inside;
    size_t n;
    uint64_t mask;              /* Bits that all masks in 'inside' have. */
    struct mac_set *outside;
    size_t n_outside;
};

static void
put(struct search *s, uint64_t addr, uint64_t mask)
{
    ovs_assert(s->n_outside < MAC_SETS_MAX);
    struct mac_set *set = &s->outside[s->n_outside++];

    eth_addr_from_uint64(addr, &set->addr);
    eth_addr_from_uint64(mask, &set->mask);
}

/* Returns the 's->n' bits, one for each set inside, of which bit 'bit' is in
 * their addresses. */
static uint32_t
find_column(const struct search *s, int bit)
{
    uint32_t column = 0;

    for (size_t i = 0; i < s->n; i++) {
        column |= (eth_addr_to_uint64(s->inside[i].addr) >> bit & 1) << i;
    }
    return column;
}

/* Adds to 's' the addresses whose bit 'bit' is another than in all sets
 * inside, or else, those in which it has another relation to an earlier bit
 * than in all sets inside, if there is such a bit. */
static void
run_bit(struct search *s, int bit)
{
    uint32_t all = (UINT32_C(1) << s->n) - 1;
    uint32_t column = find_column(s, bit);
    uint64_t this = UINT64_C(1) << bit;

    if (!column || column == all) {
        put(s, column ? 0 : this, this);
        return;
    }
    for (int i = MAC_BITS - 1; i > bit; i--) {
        uint64_t earlier = UINT64_C(1) << i;
        bool equal = find_column(s, i) == column;
        bool opposite = find_column(s, i) == (column ^ all);

        if (s->mask & earlier && (equal || opposite)) {
            put(s, equal ? this : this | earlier, this | earlier);
            put(s, equal ? earlier : 0, this | earlier);
            return;
        }
    }
}

/* Stores in 'outside' sets of addresses with which the 'n' sets in 'inside',
 * at least one and at most 31, have none in common, and returns how many there
 * are.  They are to be looked for in that order.  In the bits of 'known' all
 * addresses that will be looked up are known to be as those in 'inside'.
 *
 * Some addresses may be in none of them, nor inside: those whose bits relate
 * to each other as the bits of those inside do. */
size_t
mac_sets_outside(const struct mac_set *inside, size_t n,
                 struct eth_addr known, struct mac_set outside[MAC_SETS_MAX])
{
    struct search s = {
        .inside = inside, .n = n, .outside = outside,
        .mask = (UINT64_C(1) << MAC_BITS) - 1,
    };

    ovs_assert(n > 0 && n < 32);
    for (size_t i = 0; i < n; i++) {
        s.mask &= eth_addr_to_uint64(inside[i].mask);
    }
    s.mask &= ~eth_addr_to_uint64(known);
    for (int bit = MAC_BITS - 1; bit >= 0; bit--) {
        if (s.mask >> bit & 1) {
            run_bit(&s, bit);
        }
    }
    return s.n_outside;
}
