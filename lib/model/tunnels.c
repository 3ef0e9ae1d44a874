/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/tunnels.h"

#include "lib/base/diag.h"
#include "lib/host/vif.h"
#include "util.h"

enum tunnel_kind
tunnel_get_kind(const struct vif *vif)
{
    if (vif_leads_to_host(vif)) {
        return TUNNEL_TO_HOST;
    } else if (vif->is_tunnel && vif_get_role(vif) == VIF_NETWORK) {
        return TUNNEL;
    }
    return (vif->is_protected && !vif->protected_is_ours
            ? TUNNEL_PROTECTED_OTHER : TUNNEL_NOT);
}

/* Are there tunnels to be kept apart, on a bridge that has an exact MAC table
 * if 'exact' is true? */
static bool
are_several(const struct tunnels *tunnels, bool exact)
{
    return exact && tunnels->n[TUNNEL] > 1;
}

/* Should the tunnels of a bridge be protected, which has an exact MAC table if
 * 'exact' is true? */
bool
tunnels_are_apart(const struct tunnels *tunnels, bool exact)
{
    return (are_several(tunnels, exact)
            && !tunnels->n[TUNNEL_PROTECTED_OTHER]);
}

/* Appends to 'diags' what is in the way on bridge 'bridge', which has a
 * network side if 'has_network' is true. */
void
tunnels_get_diags(const struct tunnels *tunnels, bool exact, bool has_network,
                  const char *bridge, struct diag_list *diags)
{
    struct origin origin = { .element = CONST_CAST(char *, bridge) };

    if (exact && has_network && tunnels->n[TUNNEL_TO_HOST]) {
        diag_add(diags, DIAG_WARNING, &origin,
                 "has tunnels to other hosts of the fleet and a network side "
                 "as well; if hosts reach each other by both, broadcasts come "
                 "twice, and network sides learn wrong");
    }
    if (are_several(tunnels, exact) && !tunnels_are_apart(tunnels, exact)) {
        diag_add(diags, DIAG_WARNING, &origin,
                 "has several tunnels, which are not kept apart, because "
                 "column protected of another port is set and that port would "
                 "not reach them any longer");
    }
}
