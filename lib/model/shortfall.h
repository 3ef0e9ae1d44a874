/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SHORTFALL_H
#define SHORTFALL_H 1

/* Why libvirt mode is not in force on a bridge that it is asked of.
 *
 * Exact delivery is a promise.  Whatever keeps a bridge from holding it is a
 * shortfall, with a sentence that says what it is and another that says what
 * to do about it.  A bridge without any is in force.
 *
 * What concerns a single port, which is held back or cut off, is none: nobody
 * else gets a frame by that. */

#include <stdbool.h>
#include <stddef.h>
#include "openvswitch/compiler.h"

/* SHORTFALL(ENUM, NAME, LOGGED): some pass by themselves, and of some the log
 * tells where they are found out. */
#define SHORTFALL_KINDS                                                  \
    /* The switch is on its way to what it should hold. */               \
    SHORTFALL(STATE, "state", false)                                     \
    /* The switch has not answered when it was asked. */                 \
    SHORTFALL(SILENCE, "no answer", false)                               \
    /* The bridge cannot have libvirt mode. */                           \
    SHORTFALL(MODE, "mode", false)                                       \
    /* Flows of some ports are left out. */                              \
    SHORTFALL(QUARANTINE, "quarantine", false)                           \
    /* Somebody else's flow can win over ours. */                        \
    SHORTFALL(FOREIGN_FLOW, "foreign flow", true)                        \
    /* vswitchd has flows above ours that it does not show. */           \
    SHORTFALL(HIDDEN_FLOW, "hidden flow", true)                          \
    /* Guests are sent copies of what is for others. */                  \
    SHORTFALL(MIRROR, "mirror", true)

enum shortfall_kind {
#define SHORTFALL(ENUM, NAME, LOGGED) SHORTFALL_##ENUM,
    SHORTFALL_KINDS
#undef SHORTFALL
};

const char *shortfall_kind_to_string(enum shortfall_kind);
bool shortfall_kind_is_logged(enum shortfall_kind);

struct shortfall {
    enum shortfall_kind kind;
    char *text;                 /* One sentence fragment, no newline. */
    char *remedy;               /* Another one; null if there is none. */
};

struct shortfalls {
    struct shortfall *shortfalls;
    size_t n, allocated;
};

#define SHORTFALLS_INITIALIZER { NULL, 0, 0 }

void shortfalls_uninit(struct shortfalls *);
void shortfalls_add(struct shortfalls *, enum shortfall_kind,
                    const char *remedy, const char *format, ...)
    OVS_PRINTF_FORMAT(4, 5);
const struct shortfall *shortfalls_first_logged(const struct shortfalls *);

#endif /* lib/model/shortfall.h */
