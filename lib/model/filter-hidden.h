/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILTER_HIDDEN_H
#define FILTER_HIDDEN_H 1

/* What a filter looks at and a frame does not show.
 *
 * Who wants to evade a filter that drops by port sends fragments, the first of
 * which ends before all of TCP's header, or is filled by extension headers of
 * IPv6: Open vSwitch then shows ports 0.  Of IP of a length that cannot be it
 * shows neither protocol nor addresses, and of IPv6 whose extension headers do
 * not end in the frame no protocol.  Where a filter looks at any of that, such
 * frames are dropped, as iptables does. */

struct filter_list;

void filter_hidden_add(struct filter_list *);

#endif /* lib/model/filter-hidden.h */
