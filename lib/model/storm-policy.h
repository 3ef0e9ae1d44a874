/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORM_POLICY_H
#define STORM_POLICY_H 1

/* Which storm limit (lib/base/storm.h) a guest has. */

#include <stdbool.h>

struct bridge_model;
struct diag_list;
struct vif;
struct vport;

/* What definitions ask of a port. */
struct storm_request {
    bool is_set;                /* Do they say anything? */
    int storm;
};

void storm_policy_apply(const struct bridge_model *, const struct vif *,
                        const struct storm_request *, struct vport *,
                        struct diag_list *);

#endif /* lib/model/storm-policy.h */
