/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/mac-share.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "lib/base/origin-hash.h"
#include "util.h"

static int
claim_rank(const struct mac_claim *claim)
{
    static const int ranks[] = {
#define CLAIM_KIND(ENUM, RANK, NAME) RANK,
        CLAIM_KINDS
#undef CLAIM_KIND
    };

    return ranks[claim->kind];
}

/* Returns where the port whose name has the hash 'port_hash' is known to have
 * had the address of 'entry', or null. */
struct mac_seed *
mac_entry_find_seed(const struct mac_entry *entry, uint32_t port_hash)
{
    for (size_t i = 0; i < entry->n_seeds; i++) {
        if (entry->seeds[i].port_hash == port_hash) {
            return &entry->seeds[i];
        }
    }
    return NULL;
}

/* Returns where 'claim' had the address of 'entry' so far. */
static const struct vlan_set *
had_it(const struct mac_entry *entry, const struct mac_claim *claim)
{
    const struct mac_seed *seed
        = (entry->n_seeds
           ? mac_entry_find_seed(entry, origin_hash(claim->port)) : NULL);

    return seed ? &seed->vlans : &claim->won;
}

/* Does 'a' come before 'b' in the claims to 'entry'? */
static bool
claim_precedes(const struct mac_entry *entry,
               const struct mac_claim *a, const struct mac_claim *b)
{
    if (a->active != b->active) {
        return a->active;
    } else if (claim_rank(a) != claim_rank(b)) {
        return claim_rank(a) < claim_rank(b);
    }

    /* Unless something says otherwise, what is shared with the network side is
     * here. */
    bool a_had = !vlan_set_is_empty(had_it(entry, a));
    bool b_had = !vlan_set_is_empty(had_it(entry, b));
    if (a_had != b_had) {
        return a_had;
    } else if ((a->kind == CLAIM_OUTSIDE) != (b->kind == CLAIM_OUTSIDE)) {
        return b->kind == CLAIM_OUTSIDE;
    }
    return strcmp(a->port, b->port) < 0;
}

static void
sort_claims(struct mac_entry *entry)
{
    /* Insertion sort: there is hardly ever more than one claim. */
    for (size_t i = 1; i < entry->n_claims; i++) {
        struct mac_claim claim = entry->claims[i];
        size_t j = i;

        while (j && claim_precedes(entry, &claim, &entry->claims[j - 1])) {
            entry->claims[j] = entry->claims[j - 1];
            j--;
        }
        entry->claims[j] = claim;
    }
}

/* Gives to the claims to 'entry' from 'first' to just before 'end', which have
 * one rank, what they had and then, by precedence, what they claim, apart from
 * what is in 'taken', where that is added. */
static void
share_out_rank(const struct mac_entry *entry, size_t first, size_t end,
               struct vlan_set *taken, struct vlan_set *won)
{
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = first; i < end; i++) {
            const struct mac_claim *claim = &entry->claims[i];
            struct vlan_set vlans;

            vlan_set_clone(&vlans, &claim->vlans);
            if (!pass) {
                vlan_set_intersect(&vlans, had_it(entry, claim));
            }
            vlan_set_subtract(&vlans, taken);
            vlan_set_union(taken, &vlans);
            vlan_set_union(&won[i], &vlans);
            vlan_set_uninit(&vlans);
        }
    }
}

/* Gives to each active claim to 'entry', rank by rank, what it wins.  'won'
 * has a set for each claim.  The claims are sorted. */
static void
share_out(const struct mac_entry *entry, struct vlan_set *won)
{
    struct vlan_set taken = VLAN_SET_INITIALIZER;
    size_t first = 0;

    while (first < entry->n_claims && entry->claims[first].active) {
        int rank = claim_rank(&entry->claims[first]);
        size_t end = first + 1;

        while (end < entry->n_claims && entry->claims[end].active
               && claim_rank(&entry->claims[end]) == rank) {
            end++;
        }
        share_out_rank(entry, first, end, &taken, won);
        first = end;
    }
    vlan_set_uninit(&taken);
}

/* Makes '*set', which is taken over, that of '*old'.  Returns true if that is
 * another one. */
static bool
replace_set(struct vlan_set *old, struct vlan_set *set)
{
    bool changed = !vlan_set_equals(old, set);

    vlan_set_uninit(old);
    *old = *set;
    return changed;
}

static bool
is_listed(const struct mac_claim *claim)
{
    return claim_kind_is_listed(claim->kind) || claim->kind == CLAIM_OUTSIDE;
}

/* Is the address shared by the ports of 'a' and 'b', be they ports of one
 * guest, of several that list it, or one of these and the network side?  If
 * so, that only one has it is no conflict. */
bool
mac_claim_shares(const struct mac_claim *a, const struct mac_claim *b)
{
    return ((a->guest && nullable_string_is_equal(a->guest, b->guest))
            || (is_listed(a) && is_listed(b)));
}

/* May the address of 'claim', one to 'entry', be another's as soon as that
 * announces it: a guest's that lists it as well, or the network side's, or
 * that of any guest that is trusted? */
static bool
claim_may_move(const struct mac_entry *entry, const struct mac_claim *claim)
{
    for (size_t i = 0; is_listed(claim) && i < entry->n_claims; i++) {
        const struct mac_claim *other = &entry->claims[i];

        if (other != claim && is_listed(other)
            && !(claim->guest
                 && nullable_string_is_equal(claim->guest, other->guest))) {
            return true;
        }
    }
    return claim->kind == CLAIM_ANNOUNCED;
}

/* Finds out which claims to 'entry' are to what may move. */
void
mac_entry_update_may_move(struct mac_entry *entry)
{
    entry->may_move = false;
    for (size_t i = 0; i < entry->n_claims; i++) {
        struct mac_claim *claim = &entry->claims[i];

        claim->may_move = claim_may_move(entry, claim);
        entry->may_move |= claim->may_move;
    }
}

/* Would the port of 'other' have what that of 'claim' has, if that were gone
 * or had no carrier, unless a third one comes before it? */
bool
mac_claim_is_backed(const struct mac_claim *claim,
                    const struct mac_claim *other)
{
    return (claim != other && claim->active && other->active
            && claim->kind != CLAIM_OUTSIDE && other->kind != CLAIM_OUTSIDE
            && claim_rank(claim) == claim_rank(other)
            && mac_claim_shares(claim, other));
}

/* Finds out who backs 'claim', one to 'entry' whose claims are in order.
 * Returns true if these are others than before, and it matters. */
static bool
update_backups(const struct mac_entry *entry, struct mac_claim *claim)
{
    uint32_t was = claim->backups;

    claim->backups = 0;
    for (size_t i = 0; i < entry->n_claims; i++) {
        if (mac_claim_is_backed(claim, &entry->claims[i])) {
            claim->backups = hash_string(entry->claims[i].port,
                                         claim->backups);
        }
    }
    return claim->backups != was;
}

/* Returns by which of its frames the port of 'claim' takes the address from
 * that of 'holder', with which it shares it if neither goes before the
 * other. */
enum claim_take
mac_claim_take_from(const struct mac_claim *claim,
                    const struct mac_claim *holder)
{
    if (claim == holder || !claim->active || !holder->active
        || claim_rank(claim) != claim_rank(holder)
        || (claim->kind == CLAIM_OUTSIDE && !holder->outside)
        || !mac_claim_shares(claim, holder)) {
        return TAKE_NEVER;
    }
    return (claim->guest
            && nullable_string_is_equal(claim->guest, holder->guest)
            ? TAKE_ANY : TAKE_ANNOUNCED);
}

/* Finds out which VLANs 'claim' has the address of 'entry' in, or will have,
 * from the first frame that its port sends, or the first that announces it.
 * Returns true if these are others. */
static bool
update_free(const struct mac_entry *entry, struct mac_claim *claim)
{
    struct vlan_set free = VLAN_SET_INITIALIZER;
    enum claim_take was = claim->take;

    claim->take = TAKE_NEVER;

    if (!claim->active) {
        vlan_set_union(&free, &claim->vlans);
    }
    for (size_t i = 0; i < entry->n_claims; i++) {
        const struct mac_claim *other = &entry->claims[i];

        enum claim_take take = mac_claim_take_from(claim, other);

        if (take && !vlan_set_is_empty(&other->won)) {
            claim->take = claim->take == TAKE_ANNOUNCED ? claim->take : take;
            vlan_set_union(&free, &other->won);
        } else if (!claim->active && other != claim) {
            vlan_set_subtract(&free, &other->vlans);
        }
    }
    vlan_set_intersect(&free, &claim->vlans);
    if (vlan_set_is_empty(&free)) {
        claim->take = TAKE_NEVER;
    }

    bool changed = replace_set(&claim->free, &free);
    return changed || claim->take != was;
}

/* Returns what 'why' means, as words that fit behind the name of a port. */
const char *
mac_why_to_string(enum mac_why why)
{
    switch (why) {
#define MAC_WHY(ENUM, NAME) case WHY_##ENUM: return NAME;
    MAC_WHYS
#undef MAC_WHY
    }
    OVS_NOT_REACHED();
}

/* Does some port wait for the address of 'entry', which another has that it is
 * shared with? */
bool
mac_entry_is_shared(const struct mac_entry *entry)
{
    for (size_t i = 0; i < entry->n_claims; i++) {
        if (entry->claims[i].waits) {
            return true;
        }
    }
    return false;
}

/* Returns the claim to 'entry' that has it now and is to have nothing of it by
 * 'won', which has a set for each claim, or null. */
static const struct mac_claim *
find_loser(const struct mac_entry *entry, const struct vlan_set *won)
{
    for (size_t i = 0; i < entry->n_claims; i++) {
        if (!vlan_set_is_empty(&entry->claims[i].won)
            && vlan_set_is_empty(&won[i])) {
            return &entry->claims[i];
        }
    }
    return NULL;
}

/* Returns why 'claim', which has had nothing of 'entry', is to have something
 * by 'won'. */
static enum mac_why
why_claim_wins(const struct mac_entry *entry, const struct mac_claim *claim,
               const struct vlan_set *won)
{
    const struct mac_claim *loser = find_loser(entry, won);

    if (claim->taken) {
        return claim->taken == TAKE_ANY ? WHY_USED : WHY_ANNOUNCED;
    } else if (claim->kind == CLAIM_ANNOUNCED || claim->kind == CLAIM_FIRST) {
        return WHY_ANNOUNCED;
    } else if (!vlan_set_is_empty(had_it(entry, claim))) {
        return WHY_FOUND;
    } else if (!loser) {
        return WHY_ALONE;
    } else if (claim_rank(loser) == claim_rank(claim)) {
        return WHY_BEFORE;
    }
    return (loser->kind == CLAIM_DOWN || loser->kind == CLAIM_LISTED_DOWN
            ? WHY_DOWN
            : loser->kind == CLAIM_PAUSED || loser->kind == CLAIM_LISTED_PAUSED
            ? WHY_PAUSED : WHY_BEFORE);
}

/* Returns since when the port of 'claim' has the address of 'entry', which it
 * was found to have 'now'. */
static long long int
found_since(const struct mac_entry *entry, const struct mac_claim *claim,
            long long int now)
{
    const struct mac_seed *seed
        = mac_entry_find_seed(entry, origin_hash(claim->port));

    return seed && seed->since ? seed->since : now;
}

/* Writes down, of each claim to 'entry' that is to have something of it by
 * 'won' and has had nothing, or was given it, that it is so since 'now', and
 * why. */
static void
note_winners(struct mac_entry *entry, const struct vlan_set *won,
             long long int now)
{
    for (size_t i = 0; i < entry->n_claims; i++) {
        struct mac_claim *claim = &entry->claims[i];

        if (!vlan_set_is_empty(&won[i])
            && (claim->taken || vlan_set_is_empty(&claim->won))) {
            claim->why = why_claim_wins(entry, claim, won);
            claim->since = (claim->why == WHY_FOUND
                            ? found_since(entry, claim, now) : now);
        }
        claim->taken = TAKE_NEVER;
    }
}

/* Decides who of those that claim the address of 'entry' has it from 'now' on,
 * and calls 'changed' with 'aux' for each port for which that is not as it
 * was. */
void
mac_entry_share_out(struct mac_entry *entry, long long int now,
                    mac_table_changed_cb *changed, void *aux)
{
    struct vlan_set *won = xcalloc(MAX(1, entry->n_claims), sizeof *won);

    sort_claims(entry);
    share_out(entry, won);
    note_winners(entry, won, now);
    for (size_t i = 0; i < entry->n_claims; i++) {
        struct mac_claim *claim = &entry->claims[i];

        claim->moved |= replace_set(&claim->won, &won[i]);
    }
    for (size_t i = 0; i < entry->n_claims; i++) {
        struct mac_claim *claim = &entry->claims[i];
        bool moved = claim->moved;

        claim->moved = false;
        moved |= update_free(entry, claim);
        moved |= update_backups(entry, claim);
        if (moved) {
            changed(claim->port, aux);
        }
    }
    free(won);
}

/* Is the address all that 'holder' claims, without a tag as well as in all
 * VLANs, so that to take the one is to take the other? */
static bool
is_undivided(const struct mac_claim *holder)
{
    return (vlan_set_contains(&holder->won, 0)
            && vlan_set_equals(&holder->won, &holder->vlans));
}

/* Initializes '*vlans' to where 'claim' takes the address from 'holder', by
 * 'take', when it announces that in 'block': mac_table_take(). */
static void
find_taken(const struct mac_claim *claim, const struct mac_claim *holder,
           enum claim_take take, const struct vlan_block *block,
           struct vlan_set *vlans)
{
    vlan_set_clone(vlans, &holder->won);
    vlan_set_intersect(vlans, &claim->vlans);
    if (take == TAKE_ANNOUNCED && (block || !is_undivided(holder))) {
        static const struct vlan_block untagged = { .vid = 0 };
        const struct vlan_block *b = block ? block : &untagged;
        struct vlan_set announced = VLAN_SET_INITIALIZER;

        vlan_set_add_range(&announced, b->vid, b->vid + (1 << b->level) - 1);
        vlan_set_intersect(vlans, &announced);
        vlan_set_uninit(&announced);
    }
}

/* Has 'claim' have had the address of 'entry' where it was another port's of
 * the same guest, or of one with which it is shared, in 'block'.  Returns
 * false if there is no such port. */
bool
mac_entry_take(struct mac_entry *entry, struct mac_claim *claim,
               const struct vlan_block *block)
{
    bool moved = false;

    for (size_t i = 0; i < entry->n_claims; i++) {
        struct mac_claim *other = &entry->claims[i];
        enum claim_take take = mac_claim_take_from(claim, other);

        if (take) {
            struct vlan_set taken;

            find_taken(claim, other, take, block, &taken);
            if (!vlan_set_is_empty(&taken)) {
                vlan_set_subtract(&other->won, &taken);
                vlan_set_union(&claim->won, &taken);
                other->moved = claim->moved = moved = true;
                claim->taken = take;
            }
            vlan_set_uninit(&taken);
        }
    }
    return moved;
}
