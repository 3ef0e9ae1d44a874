/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PORT_LIMITS_H
#define PORT_LIMITS_H 1

/* What is to be done in the database about the <bandwidth> of a port. */

#include <stdbool.h>
#include "lib/base/bandwidth.h"

struct bridge_model;
struct diag_list;
struct vif;

struct port_limits {
    struct bandwidth_rate in, out;  /* What there should be, as far as the
                                     * datapath can; average 0: nothing. */
    bool write_in, write_out;       /* Is it to be written? */
};

void port_limits_init(struct port_limits *, const struct bridge_model *,
                      const struct vif *, struct diag_list *);

#endif /* lib/model/port-limits.h */
