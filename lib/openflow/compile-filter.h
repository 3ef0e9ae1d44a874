/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMPILE_FILTER_H
#define COMPILE_FILTER_H 1

/* The flows of a port's filter (lib/model/port-filter.h).
 *
 * What a guest sends passes table FILTER on its way from ADMIT to its guards.
 * What it is sent passes TO_GUEST at the end, where in_port stands for the
 * port that it leaves by and the frame has the tag that the guest sees, but
 * for one of a priority alone, which EGRESS puts on after that:
 *
 *     ADMIT --> FILTER --> guards, SOURCE ... FORWARD, FLOOD --> TO_GUEST
 *
 * A list of the filter that lets everything pass has no flows. */

#include <stdbool.h>
#include "lib/openflow/pipeline.h"

struct filter_list;
struct ofpbuf;
struct slice;
struct vport;

enum pipeline_table filter_entry(const struct vport *,
                                 enum pipeline_table next);
unsigned int filter_priority(const struct filter_list *, size_t i);
bool filter_looks_at_tags(const struct vport *);
bool filter_is_to_guest(const struct vport *);
void filter_put_output(struct ofpbuf *ofpacts, const struct vport *);
void filter_compile(const struct vport *, enum pipeline_table next,
                    ovs_be64 cookie, struct slice *);

#endif /* lib/openflow/compile-filter.h */
