/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAC_TABLE_H
#define MAC_TABLE_H 1

/* Which port a MAC address belongs to, VLAN by VLAN.
 *
 * This is where the ports of a bridge meet: everything else about a port
 * depends on that port alone.  A port claims a MAC in a set of VLANs.  Where
 * several ports claim one MAC in one VLAN, one of them wins it:
 *
 *   - an active port; one that is held back, because its guest is still
 *     elsewhere, wins nothing;
 *   - then the host by its own address, and of its ports with one and the
 *     same, as a bridge and its fake bridges have it, the one that is in that
 *     VLAN alone, then ports that are configured with
 *     it, then one whose guest has taken it, a container among them, or the
 *     host by that of a device that somebody has put on its port;
 *   - then a port whose guest is running, then one that has carrier;
 *   - then the port that had it there, or else had it in another VLAN;
 *   - then the port with the lower name.
 *
 * An address that several guests list (external_ids:virtnet-macs) is shared:
 * it belongs to the one that announced it last, mac_table_take(), as the
 * address of a virtual router does.  In each VLAN that is another router, and
 * those that share their load have some each.  Where one of the guests says
 * so, the address is shared with the network side as well, which then claims
 * it by the name of MAC_OUTSIDE where they do.  An address that a guest is
 * configured with is nobody else's, unless they are ports of one guest.
 *
 * Ports of one guest take turns.  A fully virtualized guest of Xen has two for
 * each of its network cards, one emulated, for its firmware, and one for its
 * driver.  Whichever of them sends has the address, and so it is with an
 * address that one of them lists, as the ports of a bond in the guest have it.
 *
 * Such addresses, and those that a guest has only announced, may be another's
 * at any time, and are marked as such.
 *
 * Claims change nothing until mac_table_run(), so that the outcome does not
 * depend on the order in which the claims of one turn are made.
 *
 * "The port that had it" must outlive the process, or else a restart would
 * move the address of a duplicate.  mac_table_seed() tells an empty table what
 * a switch was found to do; see plan.c. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/vlan-set.h"
#include "openvswitch/hmap.h"
#include "openvswitch/list.h"
#include "openvswitch/types.h"

/* Which port claims what is shared with the network side.  No port has that
 * name: that of a network device has no blanks. */
#define MAC_OUTSIDE "network side"

/* Why a port claims an address.
 *
 * CLAIM_KIND(ENUM, RANK, NAME): the lowest rank wins. */
#define CLAIM_KINDS                                                         \
    CLAIM_KIND(HOST_VLAN, 0, "host")        /* Its own in one VLAN alone. */ \
    CLAIM_KIND(HOST, 1, "host")             /* The bridge's own. */         \
    CLAIM_KIND(ATTACHED, 2, "attached-mac") /* external_ids:attached-mac. */\
    CLAIM_KIND(LISTED, 2, "virtnet-macs")   /* external_ids:virtnet-macs... */\
    CLAIM_KIND(HOSTS, 2, "virtnet-macs")    /* ...of a guest, or the host. */\
    CLAIM_KIND(OUTSIDE, 2, "shared")        /* By the network side. */      \
    CLAIM_KIND(STATIC, 3, "fdb/add")        /* Somebody has said so. */     \
    CLAIM_KIND(BEHIND, 3, "behind it")      /* Of a device on the host's. */\
    CLAIM_KIND(PEER, 3, "the peer")         /* Of a container's veth. */    \
    CLAIM_KIND(ANNOUNCED, 3, "announced")   /* By a guest that may. */     \
    CLAIM_KIND(FIRST, 3, "announced")       /* Its first, for lack of any. */\
    CLAIM_KIND(PAUSED, 4, "paused guest")   /* Either, but nobody is in. */ \
    CLAIM_KIND(DOWN, 5, "no carrier")       /* Or nobody is listening. */   \
    CLAIM_KIND(LISTED_PAUSED, 4, "paused guest")    /* As LISTED, but... */ \
    CLAIM_KIND(LISTED_DOWN, 5, "no carrier")        /* ...likewise. */

enum claim_kind {
#define CLAIM_KIND(ENUM, RANK, NAME) CLAIM_##ENUM,
    CLAIM_KINDS
#undef CLAIM_KIND
};

const char *claim_kind_to_string(enum claim_kind);
bool claim_kind_is_listed(enum claim_kind);

/* Why it is this port, of those that claim an address, that has it. */
#define MAC_WHYS                                                        \
    MAC_WHY(ANNOUNCED, "announced it")                                  \
    MAC_WHY(USED, "sent by it")                                         \
    MAC_WHY(FOUND, "had it when the daemon started")                    \
    MAC_WHY(DOWN, "the one before has no carrier")                      \
    MAC_WHY(PAUSED, "the guest before is paused")                       \
    MAC_WHY(BEFORE, "comes before the others")                          \
    MAC_WHY(ALONE, "no other had it")

enum mac_why {
#define MAC_WHY(ENUM, NAME) WHY_##ENUM,
    MAC_WHYS
#undef MAC_WHY
};

const char *mac_why_to_string(enum mac_why);

/* By which frames of its port a claim takes the address from another's. */
enum claim_take {
    TAKE_NEVER,
    TAKE_ANNOUNCED,             /* By one that announces the address. */
    TAKE_ANY                    /* By any that comes from it. */
};

struct mac_claim {
    const char *port;           /* Who claims: a shared string. */
    enum claim_kind kind;
    enum claim_take take;       /* If it is active, by which frames it takes
                                 * what is 'free'. */
    struct vlan_set vlans;      /* Where. */
    struct vlan_set won;        /* Where it was won, a subset of 'vlans'... */
    long long int since;        /* ...since when, as mac_table_set_now()... */
    enum mac_why why;           /* ...and why. */
    enum claim_take taken;      /* By what mac_table_take() gave it, until
                                 * mac_table_run(). */
    struct vlan_set free;       /* Where the first frame of its port has it
                                 * win: if it is held back, where nobody else
                                 * claims it, and else where another port of
                                 * the same guest has it, or one with which
                                 * it is shared. */
    char *guest;                /* Whose port that is, or null. */
    uint32_t backups;           /* Hash of who mac_claim_is_backed() by, in
                                 * order. */
    bool outside;               /* Is it shared with the network side? */
    bool active;                /* False if it is held back. */
    bool contested;             /* Active, but another has some of it... */
    bool waits;                 /* ...or rather, one of the same guest, or
                                 * with which it is shared. */
    bool may_move;              /* May the address be another's at any
                                 * time? */
    bool moved;                 /* Is 'won' another since the last
                                 * mac_table_run()? */
};

/* That a claim has become contested, or is no longer. */
struct mac_contest {
    struct ovs_list list_node;  /* In 'contests' of the table. */
    struct eth_addr mac;
    char *port;                 /* Who claims... */
    char *holder;               /* ...and who has it; null if it is over. */
};

/* Where the port whose name has the hash 'port_hash' had an address. */
struct mac_seed {
    uint32_t port_hash;         /* See pipeline_cookie_hash(). */
    long long int since;        /* Since when it had it, or 0. */
    struct vlan_set vlans;
};

struct mac_entry {
    struct hmap_node hmap_node; /* In 'entries', by 'mac'. */
    struct eth_addr mac;
    bool may_move;              /* Is it so for any of 'claims'? */
    bool dirty;                 /* To be looked at by mac_table_run(). */
    struct mac_claim *claims;   /* By precedence, as of mac_table_run(). */
    struct mac_seed *seeds;     /* Until there are claims, who had it. */
    unsigned int n_claims, n_seeds;
    struct mac_entry *next_dirty;
};

struct mac_table {
    struct hmap entries;        /* Contains "struct mac_entry"s. */
    struct mac_entry *dirty;    /* List. */
    long long int now;          /* What time it is. */
    struct ovs_list contests;   /* Contains "struct mac_contest"s, in order,
                                 * that nobody has taken yet. */
};

/* Called for each port whose winnings have changed, or what is free for it, or
 * who would have the address if it were gone, and for MAC_OUTSIDE if anything
 * has changed of an address that may move; perhaps repeatedly. */
typedef void mac_table_changed_cb(const char *port, void *aux);

void mac_table_init(struct mac_table *);
void mac_table_uninit(struct mac_table *);

void mac_table_seed(struct mac_table *, struct eth_addr,
                    const struct vlan_block *, uint32_t port_hash,
                    long long int since);
void mac_table_claim(struct mac_table *, struct eth_addr, const char *port,
                     enum claim_kind, const struct vlan_set *, bool active);
void mac_table_set_guest(struct mac_table *, struct eth_addr,
                         const char *port, const char *guest);
void mac_table_set_outside(struct mac_table *, struct eth_addr,
                           const char *port, bool outside);
bool mac_table_take(struct mac_table *, struct eth_addr,
                    const struct vlan_block *, const char *port);
void mac_table_set_now(struct mac_table *, long long int now);
void mac_table_unclaim(struct mac_table *, struct eth_addr, const char *port);
void mac_table_run(struct mac_table *, mac_table_changed_cb *, void *aux);
struct mac_contest *mac_table_take_contest(struct mac_table *);
void mac_contest_destroy(struct mac_contest *);

const struct mac_entry *mac_table_find(const struct mac_table *,
                                       struct eth_addr);
const struct mac_claim *mac_entry_find_claim(const struct mac_entry *,
                                             const char *port);
bool mac_entry_is_shared(const struct mac_entry *);
bool mac_claim_can_take(const struct mac_claim *, uint16_t vid);
bool mac_claim_is_backed(const struct mac_claim *, const struct mac_claim *);
const struct mac_claim *mac_entry_winner(const struct mac_entry *,
                                         uint16_t vid);
const char *mac_entry_find_holder(const struct mac_entry *,
                                  const struct mac_claim *);
const struct mac_entry **mac_table_sort(const struct mac_table *);

#endif /* lib/model/mac-table.h */
