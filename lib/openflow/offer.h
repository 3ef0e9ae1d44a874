/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OFFER_H
#define OFFER_H 1

/* Flows that the switch puts in by itself once a frame calls for them.
 *
 * A guest that is held back has its address from its first frame.  That frame
 * is shown to us, but on the way it announces the guest to the network, whose
 * answers may be here before our flows are.  So the flow that shows it also
 * offers the flows that we are about to put in, as learn actions.  They are in
 * before the frame leaves.
 *
 * What has been learned has the place and the cookie of what we would put in,
 * and no timeout, so that it is simply replaced, or found after a restart. */

#include <stddef.h>
#include <stdint.h>
#include "lib/openflow/pipeline.h"
#include "openvswitch/types.h"

struct match;
struct ofpact;
struct ofpbuf;

void offer_put(struct ofpbuf *ofpacts, enum pipeline_table, uint16_t priority,
               const struct match *, ovs_be64 cookie,
               const struct ofpbuf *offered);
bool offer_is_in(const struct ofpact *, size_t ofpacts_len);

#endif /* lib/openflow/offer.h */
