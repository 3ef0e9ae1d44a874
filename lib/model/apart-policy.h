/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APART_POLICY_H
#define APART_POLICY_H 1

/* Which guests are kept apart: those that are isolated, from each other, and
 * those of a community, from all of these but their own. */

#include <stdbool.h>
#include "lib/base/community.h"

struct bridge_model;
struct diag_list;
struct origin;
struct vif;
struct vport;

/* What definitions ask of a port.  At most one of the two is true. */
struct apart_request {
    bool isolated;
    struct community community;
};

struct apart_request apart_request_strictest(const struct apart_request *,
                                             const struct apart_request *);
bool apart_policy_check(const struct vif *, struct diag_list *);
void apart_policy_apply(const struct bridge_model *, const struct vif *,
                        const struct apart_request *, struct vport *,
                        struct diag_list *);

#endif /* lib/model/apart-policy.h */
