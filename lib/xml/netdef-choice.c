/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef-choice.h"

#include <stdlib.h>

#include "lib/base/diag.h"
#include "lib/xml/netdef.h"
#include "openvswitch/shash.h"
#include "util.h"

/* Adds 'candidate' to the definitions that count or, if there is one of its
 * name already, takes over what is ours.  'names' has those that count. */
static void
add(struct netdef_choice *choice, const struct netdef_candidate *candidate,
    struct shash *names, struct diag_list *diags)
{
    const struct netdef *netdef = candidate->netdef;
    const struct netdef **chosen = shash_find_data(names, netdef->name);

    if (!chosen) {
        chosen = &choice->netdefs[choice->n++];
        *chosen = netdef;
        choice->n_own += candidate->place == NETDEF_PLACE_OWN;
        choice->n_fleet += candidate->place == NETDEF_PLACE_FLEET;
        shash_add(names, netdef->name, chosen);
    } else if (candidate->place == NETDEF_PLACE_FLEET
               && chosen < &choice->netdefs[choice->n_own]) {
        diag_add(diags, DIAG_NOTE, &netdef->origin,
                 "the fleet's definition of network '%s' does not count, "
                 "since this host has its own, %s", netdef->name,
                 (*chosen)->origin.file);
    } else if (candidate->place <= NETDEF_PLACE_FLEET) {
        diag_add(diags, DIAG_ERROR, &netdef->origin,
                 "network '%s' is defined in %s already",
                 netdef->name, (*chosen)->origin.file);
    } else if (!(*chosen)->is_libvirts && netdef_has_metadata(netdef)) {
        diag_add(diags, DIAG_ERROR, &netdef->origin,
                 "what the <metadata> of network '%s' asks for here does not "
                 "count, since %s is of the same name: delete one of the two",
                 netdef->name, (*chosen)->origin.file);
    } else if (candidate->place == NETDEF_PLACE_PERSISTENT
               && (*chosen)->is_libvirts && netdef_has_metadata(netdef)) {
        *chosen = choice->merged[choice->n_merged++]
            = netdef_adopt_metadata(*chosen, netdef);
    }
}

/* Adds those of the 'n' 'candidates' that are in 'place'. */
static void
add_place(struct netdef_choice *choice, enum netdef_place place,
          const struct netdef_candidate *candidates, size_t n,
          struct shash *names, struct diag_list *diags)
{
    for (size_t i = 0; i < n; i++) {
        if (candidates[i].place == place && !candidates[i].gone) {
            add(choice, &candidates[i], names, diags);
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (candidates[i].place == place && candidates[i].gone
            && !shash_find(names, candidates[i].netdef->name)) {
            add(choice, &candidates[i], names, diags);
        }
    }
}

/* Initializes 'choice' to those of the 'n' 'candidates' that count, which are
 * by file name within each place and must outlive it.  Adds to 'diags' what is
 * wrong with them together. */
void
netdef_choice_init(struct netdef_choice *choice,
                   const struct netdef_candidate *candidates, size_t n,
                   struct diag_list *diags)
{
    struct shash names = SHASH_INITIALIZER(&names);

    *choice = (struct netdef_choice) {
        .netdefs = xmalloc(MAX(1, n) * sizeof *choice->netdefs),
        .merged = xmalloc(MAX(1, n) * sizeof *choice->merged),
    };
    for (int place = 0; place < NETDEF_N_PLACES; place++) {
        add_place(choice, place, candidates, n, &names, diags);
    }
    shash_destroy(&names);
}

/* Frees what 'choice' holds, but not 'choice' itself. */
void
netdef_choice_uninit(struct netdef_choice *choice)
{
    for (size_t i = 0; i < choice->n_merged; i++) {
        netdef_destroy(choice->merged[i]);
    }
    free(choice->merged);
    free(choice->netdefs);
}
