/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUARDS_H
#define GUARDS_H 1

/* Guards: what the switch sees to that a guest does not send.
 *
 * A set of guards is written as their names with blanks or commas between
 * them, in any order; "none" or nothing is the empty set, and "secure" is all
 * that stop anything.  A type of frames beside them, as "0x8863", is one that
 * guard "other" lets pass.  That is what attribute guards has in the metadata
 * of networks, portgroups and domains, and external_ids:virtnet-guards in the
 * database. */

#include <stdbool.h>
#include <stdint.h>

struct ds;

/* GUARD(ENUM, NAME, WHAT). */
#define GUARDS                                                              \
    GUARD(MAC, "mac", "frames with a source address that is not the guest's") \
    GUARD(IP, "ip", "IP, ARP and neighbor discovery with others' addresses") \
    GUARD(DHCP, "dhcp", "answers of DHCP servers")                          \
    GUARD(RA, "ra", "what only routers have to say")                        \
    GUARD(OTHER, "other", "protocols other than IPv4, IPv6 and ARP")       \
    GUARD(STORM, "storm", "more broadcast and multicast than its limit")    \
    GUARD(OWNER, "owner", "requests for its addresses, to all but itself") \
    GUARD(LOG, "log", "nothing, but has the log say what others stop")

enum guard {
#define GUARD(ENUM, NAME, WHAT) GUARD_##ENUM,
    GUARDS
#undef GUARD
    N_GUARDS
};

/* A set of guards has bit '1 << guard' for each. */
#define GUARD_BIT(GUARD) (1u << (GUARD))
#define GUARDS_ALL ((1u << N_GUARDS) - 1)

/* Guard "owner" changes who is asked and stops nothing, nor does "log". */
#define GUARDS_SECURE \
    (GUARDS_ALL & ~(GUARD_BIT(GUARD_OWNER) | GUARD_BIT(GUARD_LOG)))

/* Types of frames, in order, and 0 up to the end. */
#define GUARD_MAX_TYPES 8

struct guard_types {
    uint16_t types[GUARD_MAX_TYPES];
};

bool guard_types_add(struct guard_types *, uint16_t type);
void guard_types_intersect(struct guard_types *, const struct guard_types *);
bool guard_types_equals(const struct guard_types *,
                        const struct guard_types *);

const char *guard_to_string(enum guard);
char *guards_from_string(const char *, unsigned int *guards,
                         struct guard_types *);
void guards_format(struct ds *, unsigned int guards,
                   const struct guard_types *);

#endif /* lib/base/guards.h */
