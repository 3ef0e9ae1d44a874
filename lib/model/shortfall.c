/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/shortfall.h"

#include <stdarg.h>
#include <stdlib.h>

#include "util.h"

static const struct {
    const char *name;
    bool logged;
} kinds[] = {
#define SHORTFALL(ENUM, NAME, LOGGED) { NAME, LOGGED },
    SHORTFALL_KINDS
#undef SHORTFALL
};

const char *
shortfall_kind_to_string(enum shortfall_kind kind)
{
    return kinds[kind].name;
}

/* Is a shortfall of 'kind' worth a word of its own in the log? */
bool
shortfall_kind_is_logged(enum shortfall_kind kind)
{
    return kinds[kind].logged;
}

/* Frees what 's' holds, but not 's' itself. */
void
shortfalls_uninit(struct shortfalls *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->shortfalls[i].text);
        free(s->shortfalls[i].remedy);
    }
    free(s->shortfalls);
}

/* Adds to 's' a shortfall of 'kind', which 'format' and what follows describe.
 * 'remedy' is copied, and may be null. */
void
shortfalls_add(struct shortfalls *s, enum shortfall_kind kind,
               const char *remedy, const char *format, ...)
{
    va_list args;

    if (s->n >= s->allocated) {
        s->shortfalls = x2nrealloc(s->shortfalls, &s->allocated,
                                   sizeof *s->shortfalls);
    }
    va_start(args, format);
    s->shortfalls[s->n++] = (struct shortfall) {
        .kind = kind,
        .text = xvasprintf(format, args),
        .remedy = nullable_xstrdup(remedy),
    };
    va_end(args);
}

/* Returns the first in 's' that is to be logged, or null. */
const struct shortfall *
shortfalls_first_logged(const struct shortfalls *s)
{
    for (size_t i = 0; i < s->n; i++) {
        if (shortfall_kind_is_logged(s->shortfalls[i].kind)) {
            return &s->shortfalls[i];
        }
    }
    return NULL;
}
