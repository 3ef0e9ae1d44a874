/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETDEF_CHOICE_H
#define NETDEF_CHOICE_H 1

/* Which network definitions count, of all in all places.
 *
 * Of several definitions of one network, by its name, the first counts, by
 * place and file name, but for our own settings in the <metadata> of a
 * configured one, which count at once: see netdef-libvirt.c.  The definition
 * of a file that is gone, though not yet for good, yields to any other of its
 * place: the file has been renamed.
 *
 * What the administrator of a host has for that host comes before what the
 * fleet has for all; a note says where that is so. */

#include <stdbool.h>
#include <stddef.h>

struct diag_list;
struct netdef;

/* Where definitions come from, by precedence. */
enum netdef_place {
    NETDEF_PLACE_OWN,           /* The administrator's own directory. */
    NETDEF_PLACE_FLEET,         /* Of the fleet that this host is in. */
    NETDEF_PLACE_LIVE,          /* Of libvirt, those of active networks. */
    NETDEF_PLACE_PERSISTENT,    /* Of libvirt, those to start them by. */
    NETDEF_N_PLACES
};

struct netdef_candidate {
    enum netdef_place place;
    const struct netdef *netdef;
    bool gone;                  /* Perhaps only for a moment. */
};

struct netdef_choice {
    const struct netdef **netdefs;  /* The outcome. */
    size_t n;
    size_t n_own;               /* Of them, in NETDEF_PLACE_OWN... */
    size_t n_fleet;             /* ...and in NETDEF_PLACE_FLEET. */
    struct netdef **merged;     /* Of them, those that are no candidates. */
    size_t n_merged;
};

void netdef_choice_init(struct netdef_choice *,
                        const struct netdef_candidate *, size_t n,
                        struct diag_list *);
void netdef_choice_uninit(struct netdef_choice *);

#endif /* lib/xml/netdef-choice.h */
