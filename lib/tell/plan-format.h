/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLAN_FORMAT_H
#define PLAN_FORMAT_H 1

/* A plan as text for ovs-ofctl(8): sorted, groups first, then flows in
 * pipeline order, with comments that tell what each is for.
 *
 * With PLAN_KEYWORDS, each line begins with "group add" or "flow add", which
 * is what "ovs-ofctl -O OpenFlow15 bundle BRIDGE FILE" takes.  Without, groups
 * alone are for add-groups and flows alone for "--bundle add-flows". */

#include "openvswitch/types.h"

struct ds;
struct plan;

enum plan_parts {
    PLAN_GROUPS = 1 << 0,
    PLAN_FLOWS = 1 << 1,
    PLAN_KEYWORDS = 1 << 2
};

/* Appends to 's' whose the flows with 'cookie' are, on one line. */
typedef void plan_origin_cb(struct ds *s, ovs_be64 cookie, const void *aux);

void plan_format(struct ds *, const struct plan *);
void plan_format_parts(struct ds *, const struct plan *, enum plan_parts,
                       plan_origin_cb *, const void *aux);

#endif /* lib/tell/plan-format.h */
