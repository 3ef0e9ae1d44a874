/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIF_COLUMNS_H
#define VIF_COLUMNS_H 1

/* An interface, from columns of the Open_vSwitch database, wherever they were
 * read, to a value. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/host/columns.h"
#include "uuid.h"

struct vif;

/* The rows that have to do with one interface. */
struct vif_rows {
    struct interface_columns interface;
    struct port_columns port;
    size_t n_interfaces;        /* Of the port. */
    const struct smap *ovs_other_config;    /* Of Open_vSwitch, or null. */
    bool is_mirror_output;      /* Is the port one... */
    bool is_mirrored_to;        /* ...and of a mirror that selects anything? */

    bool has_qos;               /* Has the port a row of table QoS... */
    struct qos_columns qos;
    struct uuid qos_uuid;
    size_t n_queues;
    bool has_queue;             /* ...and that, a queue 0? */
    struct queue_columns queue;
    struct uuid queue_uuid;
};

void vif_from_columns(struct vif *, const struct vif_rows *,
                      const struct vif *old);

#endif /* lib/host/vif-columns.h */
