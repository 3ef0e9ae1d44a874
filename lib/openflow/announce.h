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
 * ofproto-dpif. */

#include <stddef.h>

struct mac_table;
struct ovs_list;

/* An address that a port has in more VLANs than this is announced in the
 * lowest of them alone, untagged if it has it there. */
#define ANNOUNCE_MAX_VLANS 16

size_t announce_encode(const struct mac_table *, struct ovs_list *msgs);

#endif /* lib/openflow/announce.h */
