/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/host/port-stp.h"

#include <stdlib.h>
#include <string.h>

#include "openvswitch/dynamic-string.h"
#include "smap.h"
#include "util.h"

#define STP_KEY "stp-enable"
#define RSTP_KEY "rstp-enable"

/* Is anything to be written, for the port to leave the spanning tree if
 * 'leave', or else to be in it again unless somebody else has had it leave? */
bool
port_stp_must_change(const struct port_stp *ps, bool leave)
{
    return leave ? !ps->mark && (!ps->stp || !ps->rstp) : ps->mark != NULL;
}

/* Does the mark of 'ps' name 'key'? */
static bool
is_marked(const struct port_stp *ps, const char *key)
{
    char *copy = xstrdup(ps->mark ? ps->mark : "");
    char *save_ptr = NULL;
    bool found = false;

    for (char *word = strtok_r(copy, " ", &save_ptr); word && !found;
         word = strtok_r(NULL, " ", &save_ptr)) {
        found = !strcmp(word, key);
    }
    free(copy);
    return found;
}

/* Initializes 'keys' to the pairs of column other_config that the port of 'ps'
 * gets if 'leave', or else loses if it has them. */
void
port_stp_get_change(const struct port_stp *ps, bool leave, struct smap *keys)
{
    smap_init(keys);
    if (leave ? !ps->stp : is_marked(ps, STP_KEY)) {
        smap_add(keys, STP_KEY, "false");
    }
    if (leave ? !ps->rstp : is_marked(ps, RSTP_KEY)) {
        smap_add(keys, RSTP_KEY, "false");
    }
}

/* Returns the mark of a port that has got 'keys', which the caller must
 * free. */
char *
port_stp_mark(const struct smap *keys)
{
    const struct smap_node **nodes = smap_sort(keys);
    struct ds s = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < smap_count(keys); i++) {
        ds_put_format(&s, "%s%s", i ? " " : "", nodes[i]->key);
    }
    free(nodes);
    return ds_steal_cstr(&s);
}

/* Returns the key by which somebody else has the port of 'ps' take part in a
 * spanning tree, RSTP if 'rstp' or else STP, and it does so; or null. */
const char *
port_stp_insists(const struct port_stp *ps, bool rstp)
{
    const char *key = rstp ? RSTP_KEY : STP_KEY;
    const char *value = rstp ? ps->rstp : ps->stp;

    return (value ? strcasecmp(value, "false") : is_marked(ps, key)) ? key
           : NULL;
}
