/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/base/guards.h"

#include <stdlib.h>
#include <string.h>

#include "openvswitch/dynamic-string.h"
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

/* Stores the guards that 's' lists in '*guards' and returns null.  Returns why
 * it cannot be understood, for the caller to free, and leaves '*guards' alone,
 * if there is a name in it that no guard has. */
char *
guards_from_string(const char *s, unsigned int *guards)
{
    char *list = xstrdup(s);
    unsigned int found = 0;
    char *save_ptr = NULL;
    char *error = NULL;

    for (char *name = strtok_r(list, ", \t\n", &save_ptr); name && !error;
         name = strtok_r(NULL, ", \t\n", &save_ptr)) {
        if (!strcmp(name, "secure")) {
            found |= GUARDS_SECURE;
        } else if (strcmp(name, "none") && !add_guard(name, &found)) {
            struct ds known = DS_EMPTY_INITIALIZER;

            guards_format(&known, GUARDS_ALL);
            error = xasprintf("there is no guard '%s', only: %s", name,
                              ds_cstr(&known));
            ds_destroy(&known);
        }
    }
    free(list);
    if (!error) {
        *guards = found;
    }
    return error;
}

/* Appends the names of 'guards' to 's', with blanks between them, or "none" if
 * there are none. */
void
guards_format(struct ds *s, unsigned int guards)
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
}
