/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/trace.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "openvswitch/dynamic-string.h"
#include "util.h"

/* What a frame does in the datapath.
 *
 * This is what becomes of it in the end, whatever made it: flows of ours, of
 * others, hidden ones, NORMAL, a mirror.  The datapath has numbers of its own
 * for ports, of which "dpif/show" tells. */

/* Returns the OpenFlow number of the port of 'bridge' that has the number
 * 'odp' in the datapath, by 'show', what "dpif/show" prints; or -1.
 *
 *     netdev@ovs-netdev: hit:0 missed:0
 *       br0:
 *         br0 65534/1: (dummy-internal)
 */
static int
find_ofport(const char *show, const char *bridge, unsigned int odp)
{
    char *heading = xasprintf("\n  %s:\n", bridge);
    const char *line = strstr(show, heading);
    int found = -1;

    line = line ? line + strlen(heading) : "";
    while (found < 0 && !strncmp(line, "    ", 4)) {
        unsigned int ofport, number;
        const char *space = strchr(line + 4, ' ');

        if (space && ovs_scan(space, " %u/%u:", &ofport, &number)
            && number == odp) {
            found = ofport;
        }
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    free(heading);
    return found;
}

/* Is the 'length' bytes at 'word', before a parenthesis, the name of an action
 * that has actions in it? */
static bool
has_actions(const char *word, size_t length)
{
    static const char *const names[] = { "clone", "actions", "gt", "le" };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (strlen(names[i]) == length && !strncmp(word, names[i], length)) {
            return true;
        }
    }
    return false;
}

/* Returns where the parenthesis at 'p' ends. */
static const char *
skip_parenthesis(const char *p)
{
    int depth = 0;

    do {
        depth += *p == '(';
        depth -= *p == ')';
    } while (*p && (p++, depth));
    return p;
}

/* Is the port with number 'ofport' among the outputs of 'trace'? */
static bool
has_output(const struct trace *trace, unsigned int ofport)
{
    for (size_t i = 0; i < trace->n_outputs; i++) {
        if (trace->outputs[i].ofport == ofport) {
            return true;
        }
    }
    return false;
}

/* Adds to the outputs of 'trace', whose first bridge is 'bridge', those that
 * only the datapath tells of.  'dpif_show' is what "dpif/show" printed. */
void
trace_add_datapath_outputs(struct trace *trace, const char *dpif_show,
                           const char *bridge)
{
    const char *p = trace->actions;

    while (*p) {
        size_t length = strcspn(p, "(),=");

        if (p[length] == '(' && has_actions(p, length)) {
            p += length + 1;
        } else if (p[length] == '(') {
            p = skip_parenthesis(p + length);
        } else {
            unsigned int odp;
            int n = 0;

            if (isdigit((unsigned char) *p)
                && ovs_scan(p, "%u%n", &odp, &n) && n == length) {
                int ofport = find_ofport(dpif_show, bridge, odp);

                if (ofport >= 0 && !has_output(trace, ofport)) {
                    trace_add_output(trace, ofport, NULL);
                }
            }
            p += length + (p[length] != '\0');
        }
    }
}
