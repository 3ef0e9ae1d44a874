/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/owner-policy.h"

#include <stdlib.h>

#include "lib/base/diag.h"
#include "lib/base/guards.h"
#include "lib/model/vport.h"

/* Takes guard "owner" from 'vport', a guest, if it has that and cannot, which
 * is added to 'diags'.  Then requests for its addresses are flooded. */
void
owner_policy_apply(struct vport *vport, struct diag_list *diags)
{
    struct origin origin = { .element = vport->name };
    struct vlan_block *blocks;
    size_t n_blocks;

    if (!(vport->guards & GUARD_BIT(GUARD_OWNER))) {
        return;
    }
    n_blocks = vlan_set_blocks(&vport->vlan.members, &blocks);
    free(blocks);
    if (!(vport->guards & GUARD_BIT(GUARD_IP))) {
        diag_add(diags, DIAG_WARNING, &origin,
                 "has guard owner but not guard ip, without which nobody "
                 "knows whose an address is: requests go to everybody");
    } else if (vport->ips.n * n_blocks > OWNER_POLICY_MAX_PAIRS) {
        diag_add(diags, DIAG_WARNING, &origin,
                 "has guard owner and more than %d addresses in blocks of "
                 "VLANs: requests go to everybody", OWNER_POLICY_MAX_PAIRS);
    } else {
        return;
    }
    vport->guards &= ~GUARD_BIT(GUARD_OWNER);
}
