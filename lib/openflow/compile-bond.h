/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMPILE_BOND_H
#define COMPILE_BOND_H 1

/* How frames get to a bond.
 *
 *      UNKNOWN --------> NORMAL, which is taught first that the
 *         |    unicast   address is behind the bond
 *         | groups
 *         v
 *      AWAY -----------> the member by which the bond sends now
 *
 * NORMAL floods to whatever port there is, also to one that has just been
 * plugged and is not no-flood yet.  It does not flood what is for an address
 * that it knows; but no group is such an address.  So frames for groups go by
 * flows, where these can tell by which member: in a "bundle" action, the
 * members are those that the switch takes for up, by carrier, LACP, CFM and
 * BFD, so that nothing waits for the daemon when one fails.
 *
 * A balance-slb bond that is all of the network side is sent everything so.
 * By which member is for the frame's source to say (lib/model/bond-buckets.h):
 *
 *      UNKNOWN -> BUCKETS -> AWAY
 *
 * Where the bond is one of several ports, flows say what is for it (spread.h),
 * and NORMAL is left with what only it can spread over the members:
 *
 *      SPREAD -------------> AWAY, for the bond --> MEMBERS: by the one by
 *         for each port       |                     which it sends now
 *                             | to who is known
 *      PLACES -> AWAY --------+ there, with LACP
 *                             v
 *                            NORMAL, which is taught so
 *
 * What has come in by one member goes out by none. */

#include "openvswitch/types.h"

struct bridge_ctx;
struct network_bond;
struct slice;

const struct network_bond *bond_by_source(const struct bridge_ctx *);
void bond_compile(const struct bridge_ctx *, ovs_be64 cookie, struct slice *);

#endif /* lib/openflow/compile-bond.h */
