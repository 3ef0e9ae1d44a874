/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAC_SETS_H
#define MAC_SETS_H 1

/* Telling a few addresses from all others by few bits.
 *
 * A switch that looks a frame up in flows for some exact addresses must look
 * at all 48 bits, whatever comes of it, so that the datapath gets a flow for
 * each address that it sees.  If flows of higher priority match all addresses
 * that differ from those few in one bit, or in how two bits relate, then the
 * lookup ends at the first of them, and the datapath's flow has only the bits
 * that were looked at until then.  Of random addresses half are through at
 * each step, so that they make as many flows in the datapath as there are
 * steps, however many they are. */

#include <stddef.h>
#include "openvswitch/types.h"

/* The addresses that are 'addr' where 'mask' has bits. */
struct mac_set {
    struct eth_addr addr, mask;
};

#define MAC_SETS_MAX 96

size_t mac_sets_outside(const struct mac_set *inside, size_t n,
                        struct eth_addr known,
                        struct mac_set outside[MAC_SETS_MAX]);

#endif /* lib/openflow/mac-sets.h */
