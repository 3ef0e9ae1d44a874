/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/mac-table.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "lib/base/shared-string.h"
#include "lib/model/mac-share.h"
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

/* Does a guest claim an address by 'kind' because it lists it? */
bool
claim_kind_is_listed(enum claim_kind kind)
{
    return (kind == CLAIM_LISTED || kind == CLAIM_LISTED_PAUSED
            || kind == CLAIM_LISTED_DOWN);
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
    shared_string_put(claim->port);
    free(claim->guest);
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

/* Tells 'table' that the port whose name has the hash 'port_hash' (see
 * pipeline_cookie_hash()) had 'mac' in the VLANs of 'block' before the table
 * was made, and 'since' when, which is 0 if nobody knows. */
void
mac_table_seed(struct mac_table *table, struct eth_addr mac,
               const struct vlan_block *block, uint32_t port_hash,
               long long int since)
{
    struct mac_entry *entry = find_or_create_entry(table, mac);
    struct mac_seed *seed = mac_entry_find_seed(entry, port_hash);

    if (!seed) {
        entry->seeds = xrealloc(entry->seeds, (entry->n_seeds + 1)
                                              * sizeof *entry->seeds);
        seed = &entry->seeds[entry->n_seeds++];
        seed->port_hash = port_hash;
        seed->since = since;
        vlan_set_init(&seed->vlans);
    }
    seed->since = MIN(seed->since, since);
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
        claim->port = shared_string_get(port);
        claim->guest = NULL;
        claim->outside = false;
        claim->take = claim->taken = TAKE_NEVER;
        claim->since = 0;
        claim->why = WHY_ALONE;
        claim->contested = claim->waits = claim->moved = false;
        claim->may_move = false;
        claim->backups = 0;
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

/* Says that 'port', which claims 'mac', is one of the ports of 'guest', null
 * if that is not known. */
void
mac_table_set_guest(struct mac_table *table, struct eth_addr mac,
                    const char *port, const char *guest)
{
    struct mac_entry *entry = find_entry(table, mac);
    struct mac_claim *claim = find_claim(entry, port);

    if (claim && !nullable_string_is_equal(claim->guest, guest)) {
        free(claim->guest);
        claim->guest = nullable_xstrdup(guest);
        mark_dirty(table, entry);
    }
}

/* Says whether 'mac' is shared with the network side where 'port' claims
 * it. */
void
mac_table_set_outside(struct mac_table *table, struct eth_addr mac,
                      const char *port, bool outside)
{
    struct mac_entry *entry = find_entry(table, mac);
    struct mac_claim *claim = find_claim(entry, port);

    if (claim && claim->outside != outside) {
        claim->outside = outside;
        mark_dirty(table, entry);
    }
}

/* Gives 'mac' to 'port', which claims it and has announced it in the VLANs of
 * 'block', where another port of the same guest has it, or in these, if it is
 * one with which it is shared.  Returns false if there is none.
 *
 * 'block' is null if it was announced without a tag, by one who most likely
 * knows of no VLANs at all: then it is so in all VLANs, unless they have been
 * divided among several already, and otherwise in VLAN 0. */
bool
mac_table_take(struct mac_table *table, struct eth_addr mac,
               const struct vlan_block *block, const char *port)
{
    struct mac_entry *entry = find_entry(table, mac);
    struct mac_claim *claim = find_claim(entry, port);

    if (!claim || !mac_entry_take(entry, claim, block)) {
        return false;
    }
    mark_dirty(table, entry);
    return true;
}

/* Tells 'table' that it is 'now', in any unit, whenever that is to be known of
 * what changes from then on. */
void
mac_table_set_now(struct mac_table *table, long long int now)
{
    table->now = now;
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

static bool
is_hosts(const struct mac_claim *claim)
{
    return claim->kind == CLAIM_HOST || claim->kind == CLAIM_HOST_VLAN;
}

/* Takes note of the claims to the address of 'entry' that have become
 * contested, or are no longer.  Ports of one guest take turns, what several
 * guests list is shared, and what the host has of another port of its is its
 * own. */
static void
update_contests(struct mac_table *table, struct mac_entry *entry)
{
    for (size_t i = 0; i < entry->n_claims; i++) {
        struct mac_claim *claim = &entry->claims[i];
        const char *holder = (claim->active && entry->n_claims > 1
                              ? mac_entry_find_holder(entry, claim)
                              : NULL);

        const struct mac_claim *other = (holder ? find_claim(entry, holder)
                                         : NULL);

        claim->waits = other && mac_claim_shares(claim, other);
        if (claim->waits || (other && is_hosts(claim) && is_hosts(other))) {
            holder = NULL;
        }

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
    bool might_move = entry->may_move;

    mac_entry_share_out(entry, table->now, changed, aux);
    mac_entry_update_may_move(entry);
    update_contests(table, entry);
    if (might_move || entry->may_move) {
        changed(MAC_OUTSIDE, aux);
    }

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
        mac_entry_update_outside(table, entry, changed, aux);
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

/* Is there more for 'claim' to take from another port, by what it announces in
 * VLAN 'vid'?  A guest may announce itself several times before
 * mac_table_run() is called, and needs to be heard once. */
bool
mac_claim_can_take(const struct mac_claim *claim, uint16_t vid)
{
    struct vlan_set rest;
    bool any;

    vlan_set_clone(&rest, &claim->free);
    vlan_set_subtract(&rest, &claim->won);
    any = (claim->take == TAKE_ANY ? !vlan_set_is_empty(&rest)
           : claim->take && vlan_set_contains(&rest, vid));
    vlan_set_uninit(&rest);
    return any;
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
