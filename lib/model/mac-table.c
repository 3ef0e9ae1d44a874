/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/mac-table.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "lib/base/origin-hash.h"
#include "packets.h"
#include "util.h"

const char *
claim_kind_to_string(enum claim_kind kind)
{
    static const char *const names[] = {
#define CLAIM_KIND(ENUM, RANK, NAME) NAME,
        CLAIM_KINDS
#undef CLAIM_KIND
    };

    return names[kind];
}

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

/* Initializes 'table' without claims. */
void
mac_table_init(struct mac_table *table)
{
    hmap_init(&table->entries);
    table->dirty = NULL;
    ovs_list_init(&table->contests);
}

static void
mac_claim_uninit(struct mac_claim *claim)
{
    free(claim->port);
    vlan_set_uninit(&claim->vlans);
    vlan_set_uninit(&claim->won);
    vlan_set_uninit(&claim->free);
}

static void
clear_seeds(struct mac_entry *entry)
{
    for (size_t i = 0; i < entry->n_seeds; i++) {
        vlan_set_uninit(&entry->seeds[i].vlans);
    }
    free(entry->seeds);
    entry->seeds = NULL;
    entry->n_seeds = 0;
}

static void
mac_entry_destroy(struct mac_table *table, struct mac_entry *entry)
{
    for (size_t i = 0; i < entry->n_claims; i++) {
        mac_claim_uninit(&entry->claims[i]);
    }
    free(entry->claims);
    clear_seeds(entry);
    hmap_remove(&table->entries, &entry->hmap_node);
    free(entry);
}

/* Frees what 'table' holds, but not 'table' itself. */
void
mac_table_uninit(struct mac_table *table)
{
    struct mac_contest *contest;
    struct mac_entry *entry;

    HMAP_FOR_EACH_SAFE (entry, hmap_node, &table->entries) {
        mac_entry_destroy(table, entry);
    }
    hmap_destroy(&table->entries);
    while ((contest = mac_table_take_contest(table)) != NULL) {
        mac_contest_destroy(contest);
    }
}

static uint32_t
hash_address(struct eth_addr mac)
{
    return hash_bytes(&mac, sizeof mac, 0);
}

static struct mac_entry *
find_entry(const struct mac_table *table, struct eth_addr mac)
{
    struct mac_entry *entry;

    HMAP_FOR_EACH_WITH_HASH (entry, hmap_node, hash_address(mac),
                             &table->entries) {
        if (eth_addr_equals(entry->mac, mac)) {
            return entry;
        }
    }
    return NULL;
}

static struct mac_entry *
find_or_create_entry(struct mac_table *table, struct eth_addr mac)
{
    struct mac_entry *entry = find_entry(table, mac);

    if (!entry) {
        entry = xzalloc(sizeof *entry);
        entry->mac = mac;
        hmap_insert(&table->entries, &entry->hmap_node, hash_address(mac));
    }
    return entry;
}

static struct mac_claim *
find_claim(const struct mac_entry *entry, const char *port)
{
    for (size_t i = 0; entry && i < entry->n_claims; i++) {
        if (!strcmp(entry->claims[i].port, port)) {
            return &entry->claims[i];
        }
    }
    return NULL;
}

static void
mark_dirty(struct mac_table *table, struct mac_entry *entry)
{
    if (!entry->dirty) {
        entry->dirty = true;
        entry->next_dirty = table->dirty;
        table->dirty = entry;
    }
}

static struct mac_seed *
find_seed(const struct mac_entry *entry, uint32_t port_hash)
{
    for (size_t i = 0; i < entry->n_seeds; i++) {
        if (entry->seeds[i].port_hash == port_hash) {
            return &entry->seeds[i];
        }
    }
    return NULL;
}

/* Tells 'table' that the port whose name has the hash 'port_hash' (see
 * pipeline_cookie_hash()) had 'mac' in the VLANs of 'block' before the table
 * was made. */
void
mac_table_seed(struct mac_table *table, struct eth_addr mac,
               const struct vlan_block *block, uint32_t port_hash)
{
    struct mac_entry *entry = find_or_create_entry(table, mac);
    struct mac_seed *seed = find_seed(entry, port_hash);

    if (!seed) {
        entry->seeds = xrealloc(entry->seeds, (entry->n_seeds + 1)
                                              * sizeof *entry->seeds);
        seed = &entry->seeds[entry->n_seeds++];
        seed->port_hash = port_hash;
        vlan_set_init(&seed->vlans);
    }
    vlan_set_add_range(&seed->vlans, block->vid,
                       block->vid + (1 << block->level) - 1);
    mark_dirty(table, entry);
}

/* Adds to what can be taken from 'table' that the claim of 'port' to 'mac' is
 * contested by 'holder' or, if that is null, no longer. */
static void
add_contest(struct mac_table *table, struct eth_addr mac, const char *port,
            const char *holder)
{
    struct mac_contest *contest = xmalloc(sizeof *contest);

    *contest = (struct mac_contest) {
        .mac = mac,
        .port = xstrdup(port),
        .holder = nullable_xstrdup(holder),
    };
    ovs_list_push_back(&table->contests, &contest->list_node);
}

/* Returns what has happened first of what nobody has taken yet, or null.  The
 * caller must destroy it. */
struct mac_contest *
mac_table_take_contest(struct mac_table *table)
{
    return (ovs_list_is_empty(&table->contests) ? NULL
            : CONTAINER_OF(ovs_list_pop_front(&table->contests),
                           struct mac_contest, list_node));
}

void
mac_contest_destroy(struct mac_contest *contest)
{
    free(contest->port);
    free(contest->holder);
    free(contest);
}

/* Makes 'port' claim 'mac' in 'vlans' because of 'kind', or changes the claim
 * that it has. */
void
mac_table_claim(struct mac_table *table, struct eth_addr mac,
                const char *port, enum claim_kind kind,
                const struct vlan_set *vlans, bool active)
{
    struct mac_entry *entry = find_or_create_entry(table, mac);
    struct mac_claim *claim = find_claim(entry, port);

    if (!claim) {
        entry->claims = xrealloc(entry->claims, (entry->n_claims + 1)
                                                * sizeof *entry->claims);
        claim = &entry->claims[entry->n_claims++];
        claim->port = xstrdup(port);
        claim->contested = false;
        vlan_set_init(&claim->won);
        vlan_set_init(&claim->free);
    } else if (claim->active == active && claim->kind == kind
               && vlan_set_equals(&claim->vlans, vlans)) {
        return;
    } else {
        vlan_set_uninit(&claim->vlans);
    }
    vlan_set_clone(&claim->vlans, vlans);
    claim->active = active;
    claim->kind = kind;
    mark_dirty(table, entry);
}

/* Takes back the claim of 'port' to 'mac', if it has one. */
void
mac_table_unclaim(struct mac_table *table, struct eth_addr mac,
                  const char *port)
{
    struct mac_entry *entry = find_entry(table, mac);
    struct mac_claim *claim = find_claim(entry, port);

    if (claim) {
        size_t i = claim - entry->claims;

        if (claim->contested) {
            add_contest(table, mac, port, NULL);
        }
        mac_claim_uninit(claim);
        memmove(claim, claim + 1,
                (entry->n_claims - i - 1) * sizeof *claim);
        entry->n_claims--;
        mark_dirty(table, entry);
    }
}

/* Returns where 'claim' had the address of 'entry' so far. */
static const struct vlan_set *
had_it(const struct mac_entry *entry, const struct mac_claim *claim)
{
    const struct mac_seed *seed = (entry->n_seeds
                                   ? find_seed(entry, origin_hash(
                                                   claim->port))
                                   : NULL);
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

    bool a_had = !vlan_set_is_empty(had_it(entry, a));
    bool b_had = !vlan_set_is_empty(had_it(entry, b));
    return a_had != b_had ? a_had : strcmp(a->port, b->port) < 0;
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

/* Finds out where nobody but 'claim' claims the address of 'entry', if 'claim'
 * is held back.  Returns true if that has changed. */
static bool
update_free(const struct mac_entry *entry, struct mac_claim *claim)
{
    struct vlan_set free = VLAN_SET_INITIALIZER;

    if (!claim->active) {
        vlan_set_union(&free, &claim->vlans);
        for (size_t i = 0; i < entry->n_claims; i++) {
            if (&entry->claims[i] != claim) {
                vlan_set_subtract(&free, &entry->claims[i].vlans);
            }
        }
    }
    return replace_set(&claim->free, &free);
}

/* Takes note of the claims to the address of 'entry' that have become
 * contested, or are no longer. */
static void
update_contests(struct mac_table *table, struct mac_entry *entry)
{
    for (size_t i = 0; i < entry->n_claims; i++) {
        struct mac_claim *claim = &entry->claims[i];
        const char *holder = (claim->active && entry->n_claims > 1
                              ? mac_entry_find_holder(entry, claim)
                              : NULL);

        if (claim->contested != (holder != NULL)) {
            claim->contested = holder != NULL;
            add_contest(table, entry->mac, claim->port, holder);
        }
    }
}

static void
run_entry(struct mac_table *table, struct mac_entry *entry,
          mac_table_changed_cb *changed, void *aux)
{
    struct vlan_set *won = xcalloc(MAX(1, entry->n_claims), sizeof *won);

    sort_claims(entry);
    share_out(entry, won);
    for (size_t i = 0; i < entry->n_claims; i++) {
        struct mac_claim *claim = &entry->claims[i];
        bool free_changed = update_free(entry, claim);

        if (replace_set(&claim->won, &won[i]) || free_changed) {
            changed(claim->port, aux);
        }
    }
    free(won);
    update_contests(table, entry);

    if (entry->n_claims) {
        /* From now on the claims themselves tell who had it. */
        clear_seeds(entry);
    }
}

/* Decides anew about each address whose claims have changed since the last
 * call, and calls 'changed' with 'aux' for each port that has won or lost
 * something by it, or that has more or less to win. */
void
mac_table_run(struct mac_table *table, mac_table_changed_cb *changed,
              void *aux)
{
    while (table->dirty) {
        struct mac_entry *entry = table->dirty;

        table->dirty = entry->next_dirty;
        entry->dirty = false;
        run_entry(table, entry, changed, aux);
        if (!entry->n_claims && !entry->n_seeds) {
            mac_entry_destroy(table, entry);
        }
    }
}

/* Returns the claims to 'mac', or null if there are none. */
const struct mac_entry *
mac_table_find(const struct mac_table *table, struct eth_addr mac)
{
    const struct mac_entry *entry = find_entry(table, mac);
    return entry && entry->n_claims ? entry : NULL;
}

/* Returns the claim of 'port' to the address of 'entry', or null. */
const struct mac_claim *
mac_entry_find_claim(const struct mac_entry *entry, const char *port)
{
    return find_claim(entry, port);
}

/* Returns the claim that has won the address of 'entry' in VLAN 'vid', or
 * null if nobody has: nobody claims it there, or only ports that are held
 * back. */
const struct mac_claim *
mac_entry_winner(const struct mac_entry *entry, uint16_t vid)
{
    for (size_t i = 0; i < entry->n_claims; i++) {
        if (vlan_set_contains(&entry->claims[i].won, vid)) {
            return &entry->claims[i];
        }
    }
    return NULL;
}

/* Returns the port that has what 'claim', to the address of 'entry', has not
 * won, or null if it has won all, or nobody has the rest. */
const char *
mac_entry_find_holder(const struct mac_entry *entry,
                      const struct mac_claim *claim)
{
    const struct mac_claim *winner = NULL;
    struct vlan_set lost;

    vlan_set_clone(&lost, &claim->vlans);
    vlan_set_subtract(&lost, &claim->won);
    for (size_t i = 0; i < lost.n && !winner; i++) {
        winner = mac_entry_winner(entry, lost.ranges[i].first);
    }
    vlan_set_uninit(&lost);
    return winner ? winner->port : NULL;
}

static int
compare_entries(const void *a_, const void *b_)
{
    const struct mac_entry *const *a = a_;
    const struct mac_entry *const *b = b_;
    return eth_addr_compare_3way((*a)->mac, (*b)->mac);
}

/* Returns the entries of 'table' by ascending address, with a null pointer
 * behind the last.  The caller must free the array, but not what it points
 * to. */
const struct mac_entry **
mac_table_sort(const struct mac_table *table)
{
    const struct mac_entry **entries = xmalloc((hmap_count(&table->entries)
                                                + 1) * sizeof *entries);
    const struct mac_entry *entry;
    size_t n = 0;

    HMAP_FOR_EACH (entry, hmap_node, &table->entries) {
        if (entry->n_claims) {
            entries[n++] = entry;
        }
    }
    qsort(entries, n, sizeof *entries, compare_entries);
    entries[n] = NULL;
    return entries;
}
