/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/base/guards.h"

#include <stdlib.h>
#include <string.h>

#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

const char *
guard_to_string(enum guard guard)
{
    switch (guard) {
#define GUARD(ENUM, NAME, WHAT) case GUARD_##ENUM: return NAME;
    GUARDS
#undef GUARD
    case N_GUARDS:
        break;
    }
    OVS_NOT_REACHED();
}

static bool
add_guard(const char *name, unsigned int *guards)
{
    for (int guard = 0; guard < N_GUARDS; guard++) {
        if (!strcmp(name, guard_to_string(guard))) {
            *guards |= GUARD_BIT(guard);
            return true;
        }
    }
    return false;
}

/* Adds 'type' to 'types'.  Returns false if there are as many as can be. */
bool
guard_types_add(struct guard_types *types, uint16_t type)
{
    uint16_t *t = types->types;
    size_t i = 0;

    while (i < GUARD_MAX_TYPES && t[i] && t[i] < type) {
        i++;
    }
    if (i < GUARD_MAX_TYPES && t[i] == type) {
        return true;
    } else if (t[GUARD_MAX_TYPES - 1]) {
        return false;
    }
    memmove(&t[i + 1], &t[i], (GUARD_MAX_TYPES - 1 - i) * sizeof *t);
    t[i] = type;
    return true;
}

/* Takes those out of 'types' that are not in 'others'. */
void
guard_types_intersect(struct guard_types *types,
                      const struct guard_types *others)
{
    struct guard_types both = { .types = { 0 } };

    for (size_t i = 0; i < GUARD_MAX_TYPES; i++) {
        for (size_t j = 0; j < GUARD_MAX_TYPES; j++) {
            if (types->types[i] && types->types[i] == others->types[j]) {
                guard_types_add(&both, types->types[i]);
            }
        }
    }
    *types = both;
}

bool
guard_types_equals(const struct guard_types *a, const struct guard_types *b)
{
    return !memcmp(a->types, b->types, sizeof a->types);
}

/* Adds the type of frames that 'name', as "0x8863", is to 'types'.  Returns
 * null, or why it is none that can be let pass, for the caller to free.  Those
 * that pass guard "other" in any case are not added: what there are guards for
 * is to be looked at. */
static char *
add_type(const char *name, struct guard_types *types)
{
    unsigned int type;

    if (strlen(name) != 6 || strspn(name + 2, "0123456789abcdefABCDEF") != 4
        || !str_to_uint(name, 16, &type)) {
        return xasprintf("'%s' is no type of frames, which has 4 digits, as "
                         "0x8863", name);
    } else if (type < ETH_TYPE_MIN || type == ETH_TYPE_VLAN_8021Q
               || type == ETH_TYPE_VLAN_8021AD) {
        return xasprintf("%s is no type of what can be in a frame", name);
    } else if (type != ETH_TYPE_IP && type != ETH_TYPE_IPV6
               && type != ETH_TYPE_ARP && type != ETH_TYPE_RARP
               && !guard_types_add(types, type)) {
        return xasprintf("more than %d types of frames", GUARD_MAX_TYPES);
    }
    return NULL;
}

/* Stores the guards that 's' lists in '*guards', and which types of frames
 * guard "other" lets pass in '*types', and returns null.  Returns why it
 * cannot be understood, for the caller to free, and leaves '*guards' and
 * '*types' alone, if there is a name in it that no guard has. */
char *
guards_from_string(const char *s, unsigned int *guards,
                   struct guard_types *types)
{
    struct guard_types found_types = { .types = { 0 } };
    char *list = xstrdup(s);
    unsigned int found = 0;
    char *save_ptr = NULL;
    char *error = NULL;

    for (char *name = strtok_r(list, ", \t\n", &save_ptr); name && !error;
         name = strtok_r(NULL, ", \t\n", &save_ptr)) {
        if (!strcmp(name, "secure")) {
            found |= GUARDS_SECURE;
        } else if (!strncmp(name, "0x", 2)) {
            error = add_type(name, &found_types);
        } else if (strcmp(name, "none") && !add_guard(name, &found)) {
            struct ds known = DS_EMPTY_INITIALIZER;

            guards_format(&known, GUARDS_ALL, NULL);
            error = xasprintf("there is no guard '%s', only: %s", name,
                              ds_cstr(&known));
            ds_destroy(&known);
        }
    }
    free(list);
    if (!error) {
        *guards = found;
        *types = found_types;
    }
    return error;
}

/* Appends the names of 'guards' to 's', with blanks between them, or "none" if
 * there are none, and then 'types', unless that is null. */
void
guards_format(struct ds *s, unsigned int guards,
              const struct guard_types *types)
{
    size_t start = s->length;

    for (int guard = 0; guard < N_GUARDS; guard++) {
        if (guards & GUARD_BIT(guard)) {
            ds_put_format(s, "%s%s", s->length > start ? " " : "",
                          guard_to_string(guard));
        }
    }
    if (s->length == start) {
        ds_put_cstr(s, "none");
    }
    for (size_t i = 0; types && i < GUARD_MAX_TYPES && types->types[i]; i++) {
        ds_put_format(s, " 0x%04x", types->types[i]);
    }
}
