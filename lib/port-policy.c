/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "port-policy.h"

#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "diag.h"
#include "model.h"
#include "util.h"
#include "vif.h"

/* Is 'vif' to be kept apart from others of which the same is asked?  A port
 * whose key cannot be understood is, for that is what its owner had in mind,
 * and it is the safer mistake. */
static bool
is_isolated(const struct vif *vif, const struct origin *origin,
            struct diag_list *diags)
{
    if (!vif->isolated || !strcmp(vif->isolated, "false")) {
        return false;
    }
    if (strcmp(vif->isolated, "true")) {
        diag_add(diags, DIAG_ERROR, origin,
                 "external_ids:virtnet-isolated is '%s', expected 'true' or "
                 "'false'; taken for 'true'", vif->isolated);
    }
    return true;
}

/* Makes 'vport' claim the further addresses of 'vif', but for those that are
 * none. */
static void
add_listed_macs(const struct vif *vif, struct vport *vport,
                const struct origin *origin, struct diag_list *diags)
{
    char *list = xstrdup(vif->macs);
    char *save_ptr = NULL;

    for (char *s = strtok_r(list, ", \t\n", &save_ptr); s;
         s = strtok_r(NULL, ", \t\n", &save_ptr)) {
        struct eth_addr mac;
        const char *why;

        if (vif_parse_mac(s, &mac, &why)) {
            vport_add_mac(vport, mac, CLAIM_LISTED);
        } else {
            diag_add(diags, DIAG_ERROR, origin,
                     "external_ids:virtnet-macs has '%s', which %s; left out",
                     s, why);
        }
    }
    free(list);
}

/* Makes 'vport', the port of 'vif', which 'model' has found to be a guest, a
 * network port or the host, what is asked of it apart from that.  Adds to
 * 'diags' what there is to say of it. */
void
port_policy_apply(const struct bridge_model *model, const struct vif *vif,
                  struct vport *vport, struct diag_list *diags)
{
    struct origin origin = { .element = vif->name };
    bool isolated = is_isolated(vif, &origin, diags);

    if (vif->macs && vport->role != VIF_NETWORK) {
        add_listed_macs(vif, vport, &origin, diags);
    } else if (vif->macs) {
        diag_add(diags, DIAG_WARNING, &origin,
                 "is a network port, so external_ids:virtnet-macs says "
                 "nothing");
    }
    if (vport->role != VIF_GUEST) {
        if (isolated) {
            diag_add(diags, DIAG_WARNING, &origin,
                     "is not a guest, so it is not isolated");
        }
        return;
    }
    if (isolated && model->mode != MAC_TABLE_LIBVIRT) {
        diag_add(diags, DIAG_WARNING, &origin,
                 "is not isolated in kernel mode");
    }
    vport->isolated = isolated;
}
