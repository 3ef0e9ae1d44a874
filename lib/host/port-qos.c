/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/host/port-qos.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/bandwidth.h"
#include "openvswitch/dynamic-string.h"
#include "smap.h"
#include "util.h"

/* Initializes 'dst' to a copy of 'src'. */
void
port_qos_clone(struct port_qos *dst, const struct port_qos *src)
{
    *dst = *src;
    dst->settings = nullable_xstrdup(src->settings);
    dst->mark = nullable_xstrdup(src->mark);
    dst->policing_mark = nullable_xstrdup(src->policing_mark);
}

/* Frees what 'qos' holds, but not 'qos' itself. */
void
port_qos_uninit(struct port_qos *qos)
{
    free(qos->settings);
    free(qos->mark);
    free(qos->policing_mark);
}

bool
port_qos_equals(const struct port_qos *a, const struct port_qos *b)
{
    return (nullable_string_is_equal(a->settings, b->settings)
            && nullable_string_is_equal(a->mark, b->mark)
            && uuid_equals(&a->qos, &b->qos)
            && uuid_equals(&a->queue, &b->queue)
            && a->policing_rate == b->policing_rate
            && a->policing_burst == b->policing_burst
            && nullable_string_is_equal(a->policing_mark, b->policing_mark));
}

/* Returns the settings of a row of table QoS as text: its 'type',
 * 'other_config', and whether its queues are anything but a queue 0 with the
 * same settings.  It has 'n_queues' queues, and 'queue_config' is null if
 * queue 0 is not among them.  The caller must free the result. */
char *
port_qos_settings(const char *type, const struct smap *other_config,
                  size_t n_queues, const struct smap *queue_config)
{
    const struct smap_node **nodes = smap_sort(other_config);
    struct ds s = DS_EMPTY_INITIALIZER;

    ds_put_cstr(&s, type);
    for (size_t i = 0; i < smap_count(other_config); i++) {
        ds_put_format(&s, " %s=%s", nodes[i]->key, nodes[i]->value);
    }
    free(nodes);
    if (n_queues != 1) {
        ds_put_format(&s, ", %"PRIuSIZE" queues", n_queues);
    } else if (!queue_config || !smap_equal(queue_config, other_config)) {
        ds_put_cstr(&s, ", a queue with other settings");
    }
    return ds_steal_cstr(&s);
}

/* Returns the policing in 'qos' as text, null if there is none.  The caller
 * must free it. */
char *
port_qos_policing(const struct port_qos *qos)
{
    return (qos->policing_rate || qos->policing_burst
            ? xasprintf("rate=%"PRIu64" burst=%"PRIu64,
                        qos->policing_rate, qos->policing_burst)
            : NULL);
}

static void
put_number(struct smap *smap, const char *key, uint64_t number)
{
    if (number) {
        smap_add_format(smap, key, "%"PRIu64, number);
    }
}

/* Adds to 'smap' what column other_config of tables QoS and Queue has for
 * 'rate': bits per second, and bits.
 *
 * What libvirt calls the average is what HTB is to assure.  It limits nothing:
 * without a "max-rate" a port may take all that its device claims to be
 * capable of, which for a veth device is 10 Gbit/s, and a tap device's 10
 * Mbit/s would cut an average above that.  libvirt leaves it out if there is
 * no peak.  Here the average is the limit then, as on a Linux bridge. */
void
port_qos_put_htb(struct smap *smap, const struct bandwidth_rate *rate)
{
    put_number(smap, "min-rate", rate->average * 8000);
    put_number(smap, "burst", rate->burst * 8192);
    put_number(smap, "max-rate",
               8000 * (rate->peak ? rate->peak : rate->average));
}

/* Returns what port_qos_settings() gives for 'rate', null if that limits
 * nothing.  The caller must free it. */
char *
port_qos_htb_settings(const struct bandwidth_rate *rate)
{
    struct smap smap = SMAP_INITIALIZER(&smap);
    char *settings = NULL;

    if (rate->average) {
        port_qos_put_htb(&smap, rate);
        settings = port_qos_settings("linux-htb", &smap, 1, &smap);
    }
    smap_destroy(&smap);
    return settings;
}

/* Sets the policing in 'qos' to 'rate'.  A policer has no peak rate. */
void
port_qos_set_policing(struct port_qos *qos, const struct bandwidth_rate *rate)
{
    qos->policing_rate = rate->average * 8;
    qos->policing_burst = rate->average ? rate->burst * 8 : 0;
}
