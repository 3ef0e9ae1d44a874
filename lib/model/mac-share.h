/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAC_SHARE_H
#define MAC_SHARE_H 1

/* Who has an address, of those that claim it: what mac-table.h says of that,
 * for one address at a time. */

#include "lib/model/mac-table.h"

struct mac_seed *mac_entry_find_seed(const struct mac_entry *,
                                     uint32_t port_hash);
void mac_entry_share_out(struct mac_entry *, long long int now,
                         mac_table_changed_cb *, void *aux);
void mac_entry_update_outside(struct mac_table *, struct mac_entry *,
                              mac_table_changed_cb *, void *aux);
void mac_entry_update_may_move(struct mac_entry *);
bool mac_claim_shares(const struct mac_claim *, const struct mac_claim *);
enum claim_take mac_claim_take_from(const struct mac_claim *,
                                    const struct mac_claim *holder);
bool mac_entry_take(struct mac_entry *, struct mac_claim *,
                    const struct vlan_block *);

#endif /* lib/model/mac-share.h */
