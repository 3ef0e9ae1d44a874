/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_SWITCH_H
#define MODEL_SWITCH_H 1

/* A switch that takes bundles, for tests: it decodes OpenFlow messages as a
 * switch does and refuses what a switch refuses. */

#include <stddef.h>
#include <stdint.h>
#include "lib/openflow/oflow-table.h"
#include "openvswitch/dynamic-string.h"

struct obundle;
struct ofp_header;
struct ofpbuf;
struct ofputil_flow_mod;
struct oflow;

struct model_switch {
    struct oflow_table table;
    uint32_t groups[16];        /* All groups, also those without buckets. */
    size_t n_groups;
    struct ds log;              /* A line for each message. */
};

void model_switch_init(struct model_switch *, const struct oflow_table *);
void model_switch_uninit(struct model_switch *);
const char *model_switch_execute(struct model_switch *,
                                 const struct ofp_header *);
const char *model_switch_commit(struct model_switch *,
                                const struct obundle *);

struct oflow *oflow_from_flow_mod(const struct ofp_header *,
                                  struct ofputil_flow_mod *);

#endif /* tests/unit/model-switch.h */
