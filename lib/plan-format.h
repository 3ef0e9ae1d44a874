/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLAN_FORMAT_H
#define PLAN_FORMAT_H 1

/* A plan as text that "ovs-ofctl -O OpenFlow15 bundle BRIDGE FILE" takes (see
 * ovs-ofctl(8)): groups first, then flows in pipeline order, with comments
 * that tell what each is for. */

struct ds;
struct plan;

void plan_format(struct ds *, const struct plan *);

#endif /* lib/plan-format.h */
