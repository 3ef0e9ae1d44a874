/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/reconcile-private.h"

#include <stdlib.h>
#include <string.h>

#include "controller/daemon/mbridge.h"
#include "controller/fleet/fleet-member.h"
#include "controller/sources/netdef-source.h"
#include "lib/base/diag.h"
#include "lib/fleet/fleet-row.h"
#include "lib/model/shortfall.h"
#include "lib/xml/netdef.h"
#include "openvswitch/dynamic-string.h"
#include "sha1.h"
#include "smap.h"
#include "util.h"

/* Which of the fleet's definitions are in force on this host, and why others
 * are not: what everybody in the fleet is to know. */

/* Returns the first error in 'diags' about the file at 'path', as text that
 * the caller must free, or null. */
static char *
find_error(const struct diag_list *diags, const char *path)
{
    for (size_t i = 0; i < diags->n; i++) {
        const struct diag *diag = &diags->diags[i];

        if (diag->severity == DIAG_ERROR && diag->origin.file
            && !strcmp(diag->origin.file, path)) {
            return (diag->origin.line
                    ? xasprintf("line %d: %s", (int) diag->origin.line,
                                diag->text)
                    : xstrdup(diag->text));
        }
    }
    return NULL;
}

/* Returns why 'netdef', which counts, is not in force on its bridge, or null.
 * The caller must free it. */
static char *
find_shortfall(const struct reconcile *r, const struct netdef *netdef)
{
    const struct mbridge *mb = (netdef->bridge
                                ? reconcile_find_carrier(r, netdef->bridge)
                                : NULL);
    struct shortfalls shortfalls = SHORTFALLS_INITIALIZER;
    char *why = NULL;

    if (!netdef->bridge) {
        return xstrdup("it has no bridge");
    } else if (!mb) {
        return xasprintf("bridge %s is not there", netdef->bridge);
    } else if (reconcile_is_released(r, mbridge_name(mb))) {
        return xasprintf("bridge %s was given back", mbridge_name(mb));
    }
    if (netdef_mode(netdef) == MAC_TABLE_LIBVIRT) {
        mbridge_get_shortfalls(mb, &shortfalls);
        if (shortfalls.n) {
            why = xasprintf("bridge %s: %s", mbridge_name(mb),
                            shortfalls.shortfalls[0].text);
        } else if (mbridge_asked_mode(mb) != PORTS_MODE_LIBVIRT) {
            why = xasprintf("bridge %s is in kernel mode", mbridge_name(mb));
        }
    }
    shortfalls_uninit(&shortfalls);
    return why;
}

/* Adds to 'host' whether 'definition' is in force.  'diags' has what there is
 * to say of files. */
static void
add_definition(const struct reconcile *r, struct fleet_host *host,
               const struct fleet_definition *definition,
               const struct diag_list *diags)
{
    char *path = fleet_member_path(r->fleet, definition->name);
    const char *unwritten = fleet_member_path_error(r->fleet, path);
    char *why = unwritten ? xstrdup(unwritten) : find_error(diags, path);
    const struct netdef *netdef, *counts;
    const uint8_t *digest;

    netdef = netdef_source_find_file(r->source, path, &digest, &counts);
    if (netdef && counts != netdef) {
        free(why);
        why = (counts ? xasprintf("%s of this host counts instead",
                                  counts->origin.file)
               : xstrdup("it has not been read yet"));
    } else if (netdef) {
        char *shortfall = why ? NULL : find_shortfall(r, netdef);

        if (!why && !shortfall) {
            shortfall = find_error(&r->overlay_diags, path);
        }
        if (!shortfall) {
            char hex[SHA1_HEX_DIGEST_LEN + 1];

            sha1_to_hex(digest, hex);
            smap_replace(&host->in_force, definition->name, hex);
        }
        why = why ? why : shortfall;
    } else if (!why) {
        why = xstrdup("it has not been read yet");
    }
    if (why) {
        smap_replace(&host->problems, definition->name, why);
    }
    free(why);
    free(path);
}

/* Adds to 'host', which is this one, what it makes of the definitions of the
 * fleet that it is a member of. */
void
reconcile_find_force(const struct reconcile *r, struct fleet_host *host)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    size_t n;
    const struct fleet_definition **definitions
        = fleet_member_definitions(r->fleet, &n);

    netdef_source_get_diags(r->source, &diags);
    for (size_t i = 0; i < n; i++) {
        add_definition(r, host, definitions[i], &diags);
    }
    diag_list_uninit(&diags);
    free(definitions);
}
