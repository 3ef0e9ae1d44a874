/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/base/fdb-statics.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "lib/base/vlan-set.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-port.h"
#include "packets.h"
#include "util.h"

/* May there be static entries, by 'stats', an answer to "fdb/stats-show"?
 *
 *     Current static MAC entries in the table : 2
 *
 * Open vSwitch counts entries there that have gone with their port.  If there
 * is no such line, nobody knows. */
bool
fdb_stats_have_static(const char *stats)
{
    static const char what[] = "static MAC entries";
    const char *line = strstr(stats, what);
    const char *colon = line ? strchr(line, ':') : NULL;

    return !colon || strtoul(colon + 1, NULL, 10) > 0;
}

static int
compare_statics(const void *a_, const void *b_)
{
    const struct fdb_static *a = a_;
    const struct fdb_static *b = b_;
    uint16_t a_port = ofp_to_u16(a->ofport);
    uint16_t b_port = ofp_to_u16(b->ofport);

    return (a_port != b_port ? (a_port < b_port ? -1 : 1)
            : a->vid != b->vid ? (a->vid < b->vid ? -1 : 1)
            : eth_addr_compare_3way(a->mac, b->mac));
}

/* Takes apart 'line', which has 'len' bytes, of an answer to "fdb/show":
 *
 *     LOCAL    10  52:54:00:0a:00:03  static
 *
 * Returns false if it is no static entry, or one of a group, which NORMAL
 * never looks for. */
static bool
parse_line(const char *line, size_t len, struct fdb_static *entry)
{
    char copy[128], port[32], mac[32], age[16];
    int vid;

    ovs_strlcpy(copy, line, MIN(len + 1, sizeof copy));
    return (sscanf(copy, "%31s %d %31s %15s", port, &vid, mac, age) == 4
            && !strcmp(age, "static")
            && vid >= 0 && vid <= VLAN_ID_MAX
            && ofputil_port_from_string(port, NULL, &entry->ofport)
            && eth_addr_from_string(mac, &entry->mac)
            && !eth_addr_is_multicast(entry->mac)
            && !eth_addr_is_zero(entry->mac)
            && ((entry->vid = vid), true));
}

/* Initializes 'all' to the static entries in 'show', an answer to
 * "fdb/show". */
void
fdb_statics_parse(struct fdb_statics *all, const char *show)
{
    size_t allocated = 0;

    *all = (struct fdb_statics) { .n = 0 };
    while (*show && all->n < FDB_MAX_STATICS) {
        size_t len = strcspn(show, "\n");
        struct fdb_static entry;

        if (parse_line(show, len, &entry)) {
            if (all->n >= allocated) {
                all->entries = x2nrealloc(all->entries, &allocated,
                                          sizeof *all->entries);
            }
            all->entries[all->n++] = entry;
        }
        show += len + (show[len] == '\n');
    }
    if (all->n) {
        qsort(all->entries, all->n, sizeof *all->entries, compare_statics);
    }
}

/* Frees what 'all' holds, and leaves it without any. */
void
fdb_statics_uninit(struct fdb_statics *all)
{
    free(all->entries);
    *all = (struct fdb_statics) { .n = 0 };
}

bool
fdb_statics_equal(const struct fdb_statics *a, const struct fdb_statics *b)
{
    bool equal = a->n == b->n;

    for (size_t i = 0; i < a->n && equal; i++) {
        equal = !compare_statics(&a->entries[i], &b->entries[i]);
    }
    return equal;
}

/* Appends to 's' the entries of 'ofport', as fdb_static_next() reads them:
 *
 *     10 52:54:00:0a:00:03,20 52:54:00:0a:00:04 */
void
fdb_statics_format(struct ds *s, const struct fdb_statics *all,
                   ofp_port_t ofport)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct fdb_static *entry = &all->entries[i];

        if (entry->ofport == ofport) {
            ds_put_format(s, "%s%"PRIu16" "ETH_ADDR_FMT, s->length ? "," : "",
                          entry->vid, ETH_ADDR_ARGS(entry->mac));
        }
    }
}

/* Takes the next entry from '*text', by fdb_statics_format(), which may be
 * null, and makes that point behind it.  Does not set 'entry->ofport'.
 * Returns false if there is none. */
bool
fdb_static_next(const char **text, struct fdb_static *entry)
{
    int n = 0;

    if (!*text || !ovs_scan(*text, "%"SCNu16" "ETH_ADDR_SCAN_FMT"%n",
                            &entry->vid, ETH_ADDR_SCAN_ARGS(entry->mac),
                            &n)) {
        return false;
    }
    *text += n;
    *text += **text == ',';
    return true;
}
