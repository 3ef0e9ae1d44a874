/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUARD_H
#define GUARD_H 1

/* What the guards of a port (lib/base/guards.h) make of what it sends.
 *
 * They stand between ADMIT and SOURCE, so that whatever a guest sends passes
 * them, also what it announces while it is held back or in conflict, and
 * nothing that it is shown or offered for leads past them.  Frames of ports
 * without guards never get here. */

#include <stdbool.h>
#include "lib/openflow/pipeline.h"

struct slice;
struct vport;

enum pipeline_table guard_entry(const struct vport *);
void guard_compile(const struct vport *, bool pending, ovs_be64 cookie,
                   struct slice *);

#endif /* lib/openflow/guard.h */
