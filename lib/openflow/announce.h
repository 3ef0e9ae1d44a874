/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ANNOUNCE_H
#define ANNOUNCE_H 1

/* Saying on behalf of guests where they are.
 *
 * When another member of a bond becomes the active one, or one of a
 * balance-slb bond fails, the physical switch goes on sending to the one of
 * before whatever is for a guest that says nothing itself.  vswitchd tells it
 * better by RARP, but for addresses only that NORMAL has learned, and of
 * guests it learns none; see bond_send_learning_packets() in Open vSwitch's
 * ofproto-dpif.
 *
 * A guest that changes its address and is guarded announces the new one in
 * vain: until it is known that it may have it, nobody is to hear of it.
 *
 * Where a bond is one of several ports, so it is with who is behind the
 * others: the switch has learned that by flows of ours, and is asked which
 * these are.  With LACP, the other end knows by itself. */

#include <stdbool.h>
#include <stddef.h>
#include "openvswitch/types.h"

struct mac_table;
struct network_bonds;
struct ofp_header;
struct ofpbuf;
struct ovs_list;

/* An address that a port has in more VLANs than this is announced in the
 * lowest of them alone, untagged if it has it there. */
#define ANNOUNCE_MAX_VLANS 16

size_t announce_encode(const struct mac_table *, struct ovs_list *msgs);
void announce_encode_mac(const struct mac_table *, struct eth_addr,
                         struct ovs_list *msgs);

bool announce_needs_places(const struct network_bonds *);
struct ofpbuf *announce_ask_places(void);
size_t announce_places(const struct ofp_header *,
                       const struct network_bonds *, struct ovs_list *msgs);

#endif /* lib/openflow/announce.h */
