/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/reconcile-private.h"

#include "controller/daemon/mbridge.h"
#include "controller/sources/netdef-source.h"
#include "lib/host/ports-json.h"
#include "lib/rows/want.h"
#include "lib/tell/translation.h"
#include "util.h"

/* What definitions come to on this host, as it is now. */

/* Adds to 'bridge' what its row and those of its ports do not say. */
static void
translate_overlay(const struct reconcile *r, struct ports_bridge *bridge)
{
    const struct mbridge *mb = reconcile_find_bridge(r, bridge->row.name);

    if (mb) {
        bridge->mode = mbridge_asked_mode(mb);
    }
    for (size_t i = 0; i < bridge->n_vifs; i++) {
        reconcile_overlay(&bridge->vifs[i],
                          CONST_CAST(struct reconcile *, r));
    }
}

/* Adds to 'ports', which were read from the database, what else is known of
 * them here, for reconcile_translate(). */
void
reconcile_know_ports(const struct reconcile *r, struct ports *ports)
{
    for (size_t i = 0; i < ports->n; i++) {
        translate_overlay(r, &ports->bridges[i]);
    }
}

/* Returns the definitions that count, and stores their number in '*n', or
 * returns null if there are some that cannot be read. */
const struct netdef *const *
reconcile_definitions(const struct reconcile *r, size_t *n)
{
    return (netdef_source_is_complete(r->source)
            ? netdef_source_get(r->source, n) : NULL);
}

/* Returns a full compile of the 'n_defs' definitions in 'defs' for a host that
 * has 'ports', of which reconcile_know_ports() knows.  The caller must destroy
 * it before any of these, and before the next reconcile_run(). */
struct translation *
reconcile_translate(const struct reconcile *r,
                    const struct netdef *const *defs, size_t n_defs,
                    const struct ports *ports)
{
    struct translation *t = translation_create(defs, n_defs, ports,
                                               &r->new_bridges,
                                               &r->env.filters);

    reconcile_translate_tunnels(r, defs, n_defs, ports, &t->rows, &t->diags);
    return t;
}
