/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EGRESS_H
#define EGRESS_H 1

/* How a frame leaves by a port, with what tag.
 *
 * Inside the pipeline a frame carries the tag of its VLAN.  Most ports are
 * sent it with that or without, which the actions of the flow or bucket that
 * sends it do.  For some that depends on what else is in the frame, which only
 * a flow can match on, so the frame goes through table EGRESS on its way.
 * There in_port stands for the port that it leaves by:
 *
 *   - a dot1q-tunnel port that has chosen customers' VLANs gets no broadcast
 *     of another: without its tag, the one inside can be matched;
 *
 *   - a port with other_config:priority-tags is sent the priority of a tag
 *     whose VLAN is taken off, or a tag that said nothing from the first;
 *
 *   - if such a port is a dot1q-tunnel, the priority is that of the customer's
 *     own tag from then on, or of a tag that is made for it.  Not if the other
 *     tag was put on by such a port here: then the frame is sent as it came.
 *
 * A guest's filter (lib/openflow/compile-filter.h) sees a frame before EGRESS
 * puts anything on it, and after EGRESS has taken a tag off: what it lets pass
 * is looked up here once more.
 */

#include <stdbool.h>
#include "openvswitch/types.h"

struct ofpbuf;
struct slice;
struct vlan_block;
struct vport;

void egress_put_output(struct ofpbuf *ofpacts, const struct vport *,
                       const struct vlan_block *);
bool egress_put_group_output(struct ofpbuf *ofpacts, const struct vport *);
void egress_compile(const struct vport *, ovs_be64 cookie, struct slice *);

#endif /* lib/openflow/egress.h */
