/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/mac-share.h"

/* What guests share with the network side. */

/* Adds to 'vlans' where the network side has the address of 'entry', too:
 * where a guest says so that lists it, unless one is configured with it or it
 * is the host's. */
static void
add_outside(const struct mac_entry *entry, struct vlan_set *vlans)
{
    for (size_t i = 0; i < entry->n_claims; i++) {
        if (entry->claims[i].outside) {
            vlan_set_union(vlans, &entry->claims[i].vlans);
        }
    }
    for (size_t i = 0; i < entry->n_claims; i++) {
        enum claim_kind kind = entry->claims[i].kind;

        if (kind == CLAIM_HOST_VLAN || kind == CLAIM_HOST
            || kind == CLAIM_ATTACHED || kind == CLAIM_HOSTS) {
            vlan_set_subtract(vlans, &entry->claims[i].vlans);
        }
    }
}

/* Has the network side claim the address of 'entry', one of 'table', or no
 * longer; then calls 'changed' with 'aux' for MAC_OUTSIDE. */
void
mac_entry_update_outside(struct mac_table *table, struct mac_entry *entry,
                         mac_table_changed_cb *changed, void *aux)
{
    struct vlan_set vlans = VLAN_SET_INITIALIZER;

    add_outside(entry, &vlans);
    if (vlan_set_is_empty(&vlans)) {
        if (mac_entry_find_claim(entry, MAC_OUTSIDE)) {
            mac_table_unclaim(table, entry->mac, MAC_OUTSIDE);
            changed(MAC_OUTSIDE, aux);
        }
    } else {
        mac_table_claim(table, entry->mac, MAC_OUTSIDE, CLAIM_OUTSIDE, &vlans,
                        true);
    }
    vlan_set_uninit(&vlans);
}
