/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORM_LIMIT_H
#define STORM_LIMIT_H 1

/* Storm limits (lib/base/storm.h) as flows and meters.
 *
 * A guest that has a limit has one meter, and one flow in FORWARD that has its
 * frames for groups pass through it, once its guards have let them pass.
 *
 * To an address that nobody here has, a frame goes to the network side alone:
 * no guest is ever flooded with it, and flows cannot tell one for a router
 * there from one for nobody.  So that is not limited. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "openvswitch/types.h"

struct bridge_ctx;
struct diag_list;
struct ometers;
struct plan;
struct slice;
struct vport;

ofp_port_t storm_limit_ofport(uint32_t meter_id);
const struct vport *storm_limit_find_port(const struct plan *,
                                          uint32_t meter_id);
bool storm_limit_needs_meter(const struct bridge_ctx *, const struct vport *);
void storm_limit_put_meter(const struct bridge_ctx *, const struct vport *,
                           struct ometers *);
void storm_limit_compile(const struct bridge_ctx *, const struct vport *,
                         ovs_be64 cookie, struct slice *);
void storm_limit_report(const struct plan *, const char *bridge,
                        const char *error, struct diag_list *);

#endif /* lib/openflow/storm-limit.h */
