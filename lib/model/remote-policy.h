/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_POLICY_H
#define REMOTE_POLICY_H 1

/* Guests of other hosts of the fleet, and those that have to do with them.
 *
 * Who is kept apart from others is so on all hosts.  The host that a frame
 * gets to goes by the address that it is from, which the fleet's table has:
 * what is not from an address of a guest that is not isolated counts as from
 * one that is.  So a guest that is kept apart may send from its own addresses
 * only, where there are other hosts: it has guard "mac".
 *
 * Who asks for an IP address of a guest of another host asks that host alone
 * (compile-owner.c), where nobody else can send by it there.
 *
 * A vif's "remote_macs" has blanks between its parts, "MAC[/[COMMUNITY]]" or
 * "MAC[/[COMMUNITY]];[VLANS];IP;IP...", as fleet_remote_addresses() has
 * them. */

/* How many pairs of an IP address and a block of VLANs may be asked for at one
 * host; each is up to three flows. */
#define REMOTE_POLICY_MAX_PAIRS 8192

struct diag_list;
struct netdef;
struct vif;
struct vport;

void remote_policy_apply(const struct vif *, struct vport *,
                         struct diag_list *);
void remote_policy_guard(const struct netdef *, struct vport *);

#endif /* lib/model/remote-policy.h */
