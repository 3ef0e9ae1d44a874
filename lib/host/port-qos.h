/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PORT_QOS_H
#define PORT_QOS_H 1

/* Limits on a port's traffic, as the Open_vSwitch database holds them.
 *
 * What goes to a guest is shaped by a row of table QoS of type linux-htb, with
 * a single queue of the same settings, which column qos of table Port names.
 * What comes from it is policed by two columns of table Interface.  Units and
 * directions are those in which libvirt writes these rows (its
 * virNetDevOpenvswitchInterfaceSetQos()).
 *
 * Rows that were written here have a mark that repeats their settings.  So
 * what somebody else has changed since, as "virsh domiftune" does it in place,
 * is told from what is as it was written. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "uuid.h"

struct bandwidth_rate;
struct smap;

struct port_qos {
    /* Table QoS. */
    char *settings;             /* Type and settings; null: there is no row. */
    char *mark;                 /* external_ids:virtnet-qos, or null. */
    struct uuid qos, queue;     /* Of the rows.  Zero if there are none. */

    /* Table Interface. */
    uint64_t policing_rate;     /* Kilobits per second, 0: no limit. */
    uint64_t policing_burst;    /* Kilobits. */
    char *policing_mark;        /* external_ids:virtnet-policing, or null. */
};

#define PORT_QOS_INITIALIZER { .settings = NULL }

void port_qos_clone(struct port_qos *, const struct port_qos *);
void port_qos_uninit(struct port_qos *);
bool port_qos_equals(const struct port_qos *, const struct port_qos *);

char *port_qos_settings(const char *type, const struct smap *other_config,
                        size_t n_queues, const struct smap *queue_config);
char *port_qos_policing(const struct port_qos *);

/* From limits to settings. */
void port_qos_put_htb(struct smap *, const struct bandwidth_rate *);
char *port_qos_htb_settings(const struct bandwidth_rate *);
void port_qos_set_policing(struct port_qos *, const struct bandwidth_rate *);

#endif /* lib/host/port-qos.h */
