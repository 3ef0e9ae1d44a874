/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/trace.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "lib/openflow/pipeline.h"
#include "lib/tell/state.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

/* What a trace does not tell of addresses that may move: whose they are, and
 * what the daemon does when it is shown that somebody announces one. */

/* Stores in '*mac' the address that 'text' has behind 'word', as in the line
 * "Flow: arp,in_port=2,...,dl_src=52:54:00:00:00:01,...".  Returns false if
 * there is none. */
static bool
find_address(const char *text, const char *word, struct eth_addr *mac)
{
    const char *flow = strstr(text, "Flow: ");
    const char *end = flow ? flow + strcspn(flow, "\n") : NULL;
    const char *p = flow ? strstr(flow, word) : NULL;

    return (p && p < end
            && ovs_scan(p + strlen(word), ETH_ADDR_SCAN_FMT,
                        ETH_ADDR_SCAN_ARGS(*mac)));
}

static bool
is_entry_of(const struct json_t *e, struct eth_addr mac)
{
    struct eth_addr of;

    return (eth_addr_from_string(jvalue_get_string(e, "mac"), &of)
            && eth_addr_equals(of, mac));
}

/* Appends entry 'e' of a MAC table: that its port has the address or may. */
static void
put_entry(struct ds *s, const struct json_t *e)
{
    const char *vlan = jvalue_get_string(e, "vlan");

    printable_put(s, jvalue_get_string(e, "port"));
    ds_put_cstr(s, jvalue_get_bool(e, "shared") ? " may have it" : " has it");
    if (strcmp(vlan, "0-4095")) {
        ds_put_cstr(s, strspn(vlan, "0123456789") == strlen(vlan)
                    ? " in VLAN " : " in VLANs ");
        printable_put(s, vlan);
    }
    if (jvalue_get(e, "since")) {
        ds_put_char(s, ' ');
        state_put_since(s, e);
    }
}

/* Appends a line that says whose 'mac' is by 'fdb', if several may have it, or
 * a guest has announced it. */
static void
put_owners(struct ds *s, const struct json_t *fdb, struct eth_addr mac)
{
    const char *sep = " is shared: ";

    for (size_t i = 0; i < jvalue_count(fdb); i++) {
        const struct json_t *e = jvalue_at(fdb, i);

        if (!is_entry_of(e, mac)) {
            continue;
        } else if (!strcmp(jvalue_get_string(e, "source"), "announced")) {
            ds_put_format(s, ETH_ADDR_FMT" was announced: ",
                          ETH_ADDR_ARGS(mac));
            put_entry(s, e);
            ds_put_char(s, '\n');
        } else if (jvalue_get_bool(e, "shared") || jvalue_get(e, "since")) {
            if (*sep == ' ') {
                ds_put_format(s, ETH_ADDR_FMT, ETH_ADDR_ARGS(mac));
            }
            ds_put_cstr(s, sep);
            put_entry(s, e);
            sep = "; ";
        }
    }
    ds_put_cstr(s, *sep == ';' ? "\n" : "");
}

/* Appends a line that says what becomes of it that the frame of 'trace', which
 * is from 'mac', is shown to the daemon. */
static void
put_shown(struct ds *s, const struct trace *trace, struct eth_addr mac)
{
    bool by_network = ((trace->shown_in == TABLE_MULTICAST
                        && trace->shown_by == PRIORITY_MULTICAST_SHARED)
                       || (trace->shown_in == TABLE_FORWARD
                           && trace->shown_by == PRIORITY_FORWARD_SHARED));
    const char *what = NULL;

    if (trace->shown_in == TABLE_ANNOUNCE) {
        what = (trace->shown_by == PRIORITY_ANNOUNCE_FORGED
                ? "its sender cannot have it: that is counted, and moves "
                  "nothing"
                : trace->shown_by == PRIORITY_ANNOUNCE_KNOWN
                  || trace->shown_by == PRIORITY_ANNOUNCE_TAKE
                ? "its sender has it from then on"
                : "its sender has it from then on, unless a port is "
                  "configured with it or lists it");
    } else if (trace->shown_in == TABLE_SOURCE) {
        what = "its sender, which is another port of the same guest, has it "
               "from then on";
    } else if (by_network) {
        what = "the network side has it from then on";
    }
    if (what) {
        ds_put_format(s, "the frame announces "ETH_ADDR_FMT": %s\n",
                      ETH_ADDR_ARGS(mac), what);
    }
}

/* Adds to 'trace', which is of 'text', what there is to say of addresses that
 * may move by 'bridge', where the frame came in, as state.h has it. */
void
trace_find_notes(struct trace *trace, const char *text,
                 const struct json_t *bridge)
{
    const struct json_t *fdb = jvalue_get(bridge, "fdb");
    struct ds s = DS_EMPTY_INITIALIZER;
    struct eth_addr src, dst;
    bool has_src = find_address(text, "dl_src=", &src);

    if (find_address(text, "dl_dst=", &dst)) {
        put_owners(&s, fdb, dst);
    }
    if (has_src && !(find_address(text, "dl_dst=", &dst)
                     && eth_addr_equals(src, dst))) {
        put_owners(&s, fdb, src);
    }
    if (has_src) {
        put_shown(&s, trace, src);
    }
    free(trace->notes);
    trace->notes = ds_steal_cstr(&s);
}
