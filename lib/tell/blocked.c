/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/blocked.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sset.h"
#include "util.h"

/* Is 'state' one in which a port neither takes frames in nor sends any?  Those
 * of STP are in small letters. */
static bool
is_blocking(const char *state)
{
    return (!strcasecmp(state, "listening") || !strcasecmp(state, "learning")
            || !strcasecmp(state, "blocking")
            || !strcasecmp(state, "discarding"));
}

/* Adds to 'ports' those of 'bridge' that are blocked by 'show', which has all
 * bridges, each behind a line "---- NAME ----", and a line "PORT ROLE STATE
 * ..." for each port. */
void
blocked_find(const char *show, const char *bridge, struct sset *ports)
{
    char *copy = xstrdup(show), *save = NULL;
    bool is_it = false;

    for (char *line = strtok_r(copy, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        char *word_save = NULL;
        const char *name = strtok_r(line, " \t", &word_save);
        const char *role = name ? strtok_r(NULL, " \t", &word_save) : NULL;
        const char *state = role ? strtok_r(NULL, " \t", &word_save) : NULL;

        if (!state) {
            continue;
        } else if (!strcmp(name, "----") && !strcmp(state, "----")) {
            is_it = !strcmp(role, bridge);
        } else if (is_it && is_blocking(state)) {
            sset_add(ports, name);
        }
    }
    free(copy);
}
