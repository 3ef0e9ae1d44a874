/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/explain.h"

#include "lib/base/printable.h"
#include "lib/base/vlan-set.h"
#include "lib/model/mac-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "lib/tell/translation.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/match.h"
#include "packets.h"
#include "util.h"

/* Of a flow about an address that may move: whose that is. */

/* Stores in '*mac' the address that 'flow', one of ours with 'match', is
 * about: where frames for it go, or who announces it.  Returns false if there
 * is none. */
static bool
find_address(const struct oflow *flow, const struct match *match,
             struct eth_addr *mac)
{
    bool by_destination = (flow->table_id == TABLE_FORWARD
                           && eth_addr_is_broadcast(match->wc.masks.dl_dst));

    *mac = by_destination ? match->flow.dl_dst : match->flow.dl_src;
    return (pipeline_cookie_is_ours(flow->cookie)
            && (by_destination
                || ((flow->table_id == TABLE_ANNOUNCE
                     || flow->table_id == TABLE_MULTICAST
                     || flow->table_id == TABLE_FORWARD)
                    && eth_addr_is_broadcast(match->wc.masks.dl_src))));
}

/* Does 'match' match in any of 'vlans'? */
static bool
matches_any(const struct match *match, const struct vlan_set *vlans)
{
    struct vlan_set both = VLAN_SET_INITIALIZER;
    struct vlan_block block;
    bool any;

    if (!pipeline_match_get_block(match, &block)) {
        return !vlan_set_is_empty(vlans);
    }
    vlan_set_add_range(&both, block.vid, block.vid + (1 << block.level) - 1);
    any = vlan_set_intersects(&both, vlans);
    vlan_set_uninit(&both);
    return any;
}

/* Appends to 's', if 'flow' is about an address that may move, who has it and
 * who else may, as "shared: tap1 has it, tap2 may have it"; or, if its guest
 * has come by it in no other way, "announced by tap1". */
void
explanation_format_shared(struct ds *s, const struct explanation *e,
                          const struct oflow *flow)
{
    const char *sep = "shared: ";
    const struct mac_entry *entry;
    struct eth_addr mac;
    struct match match;

    minimatch_expand(&flow->match, &match);
    entry = (find_address(flow, &match, &mac)
             ? mac_table_find(plan_mac_table(e->bridge->plan), mac) : NULL);
    for (size_t i = 0; entry && i < entry->n_claims; i++) {
        const struct mac_claim *claim = &entry->claims[i];

        if (!claim->may_move || !matches_any(&match, &claim->vlans)) {
            continue;
        } else if (claim->kind == CLAIM_ANNOUNCED) {
            ds_put_cstr(s, "announced by ");
            printable_put(s, claim->port);
            return;
        }
        ds_put_cstr(s, sep);
        printable_put(s, claim->port);
        ds_put_cstr(s, matches_any(&match, &claim->won) ? " has it"
                    : " may have it");
        sep = ", ";
    }
}
