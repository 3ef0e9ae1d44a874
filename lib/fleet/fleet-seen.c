/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/fleet/fleet-seen.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fleet/fleet-claims.h"
#include "lib/fleet/fleet-row.h"
#include "openvswitch/shash.h"
#include "util.h"

/* A host, in 'hosts', also this one. */
struct seen_host {
    const struct fleet_host *row;
    bool seen;
    long long int heard;        /* When, if 'seen'. */
    int64_t clock;              /* Its clock, less ours, in seconds. */
};

struct fleet_seen {
    char *own_host;
    struct shash hosts;         /* By name, "struct seen_host"s. */
    bool hears;                 /* Can hosts be heard? */
    long long int check;        /* When somebody is perhaps not seen any
                                 * more. */
    fleet_seen_cb *cb;
    void *aux;
};

/* Creates and returns what the host called 'own_host' knows of who is there:
 * nothing yet.  'cb' will be called with 'aux'. */
struct fleet_seen *
fleet_seen_create(const char *own_host, fleet_seen_cb *cb, void *aux)
{
    struct fleet_seen *s = xzalloc(sizeof *s);

    s->own_host = xstrdup(own_host);
    shash_init(&s->hosts);
    s->check = LLONG_MAX;
    s->cb = cb;
    s->aux = aux;
    return s;
}

/* Frees 's', which may be null. */
void
fleet_seen_destroy(struct fleet_seen *s)
{
    if (s) {
        shash_destroy_free_data(&s->hosts);
        free(s->own_host);
        free(s);
    }
}

static void
set_seen(struct fleet_seen *s, const char *name, struct seen_host *host,
         bool seen)
{
    if (host->seen != seen) {
        host->seen = seen;
        s->cb(name, s->aux);
    }
}

/* Is 'row', which nobody has seen change, of a host that is there, by what it
 * says? */
static bool
was_seen(const struct fleet_host *row, int64_t wall)
{
    const int64_t limit = FLEET_SEEN_SECONDS + FLEET_CLOCK_SECONDS;

    /* Whoever writes the column may write any number. */
    return row->last_seen > 0 && row->last_seen > wall - limit;
}

/* A row of table Host was 'old' and is 'new', either of which may be null.
 * 'new' must stay what it is until the next that is told of it. */
void
fleet_seen_row_changed(struct fleet_seen *s, const struct fleet_host *old,
                       const struct fleet_host *new, long long int now,
                       int64_t wall)
{
    const char *name = new ? new->name : old->name;
    struct seen_host *host = shash_find_data(&s->hosts, name);

    if (!new) {
        if (host && host->row == old) {
            set_seen(s, name, host, false);
            shash_find_and_delete(&s->hosts, name);
            free(host);
        }
        return;
    }
    if (!host) {
        host = xzalloc(sizeof *host);
        shash_add(&s->hosts, name, host);
    }
    host->row = new;
    if (!old || old->last_seen != new->last_seen) {
        host->clock = old ? new->last_seen - wall : 0;
        host->heard = now;
        s->check = MIN(s->check, now + FLEET_SEEN_SECONDS * 1000LL);
        set_seen(s, name, host, old || was_seen(new, wall));
    }
}

/* Finds the hosts that are not seen any more at 'now'.  'hears' says whether
 * the fleet's database can be heard. */
void
fleet_seen_run(struct fleet_seen *s, long long int now, bool hears)
{
    struct shash_node *node;
    bool again = hears && !s->hears;

    s->hears = hears;
    if (!hears || (!again && now < s->check)) {
        return;
    }
    s->check = LLONG_MAX;
    SHASH_FOR_EACH (node, &s->hosts) {
        struct seen_host *host = node->data;

        if (again) {
            host->heard = now;
        }
        if (host->seen && strcmp(node->name, s->own_host)) {
            long long int end = host->heard + FLEET_SEEN_SECONDS * 1000LL;

            if (now >= end) {
                set_seen(s, node->name, host, false);
            } else {
                s->check = MIN(s->check, end);
            }
        }
    }
}

/* Returns when fleet_seen_run() has something to do, LLONG_MAX for never. */
long long int
fleet_seen_wake_time(const struct fleet_seen *s)
{
    return s->hears ? s->check : LLONG_MAX;
}

/* Returns the hosts of the fleet, this one among them, as far as they are
 * known, in no particular order, and stores their number in '*n'.  The caller
 * must free the array. */
const struct fleet_host **
fleet_seen_hosts(const struct fleet_seen *s, size_t *n)
{
    const struct fleet_host **array
        = xmalloc(shash_count(&s->hosts) * sizeof *array + 1);
    const struct shash_node *node;

    *n = 0;
    SHASH_FOR_EACH (node, &s->hosts) {
        const struct seen_host *host = node->data;
        array[(*n)++] = host->row;
    }
    return array;
}

/* Has the host called 'name' been seen lately?  This one is there. */
bool
fleet_seen_is_seen(const struct fleet_seen *s, const char *name)
{
    const struct seen_host *host = shash_find_data(&s->hosts, name);

    return !strcmp(name, s->own_host) || (host && host->seen);
}

/* Returns how many seconds the clock of the host called 'name' is ahead of
 * ours, as far as is known. */
int64_t
fleet_seen_clock(const struct fleet_seen *s, const char *name)
{
    const struct seen_host *host = shash_find_data(&s->hosts, name);

    return host ? host->clock : 0;
}
