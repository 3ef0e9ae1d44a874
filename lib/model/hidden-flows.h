/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HIDDEN_FLOWS_H
#define HIDDEN_FLOWS_H 1

/* Flows that ovs-vswitchd puts above all others on a bridge, because of
 * OpenFlow controllers and the like, and that no OpenFlow request shows.
 *
 * If the fail mode is not "secure", and no controller has been connected for
 * three inactivity probes, everything goes by NORMAL until one is (Open
 * vSwitch's ofproto/fail-open.c).  For controllers that are reached in-band,
 * which is the default, some ARP, DHCP and TCP does so always, and for
 * managers of the database it does on every bridge (ofproto/in-band.c).
 *
 * Both are known from the database. */

#include <stdbool.h>

struct bridge_row;
struct shortfalls;

long long int hidden_flows_due(const struct bridge_row *,
                               long long int lost_at);
void hidden_flows_find(const struct bridge_row *, long long int lost_at,
                       long long int now, struct shortfalls *);

#endif /* lib/model/hidden-flows.h */
