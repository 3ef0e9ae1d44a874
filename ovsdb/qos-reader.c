/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "ovsdb/qos-reader.h"

#include <stdlib.h>

#include "hmapx.h"
#include "ovsdb-idl.h"
#include "smap.h"
#include "util.h"
#include "vswitch-idl.h"

/* Frees what 'leftovers' holds, but not 'leftovers' itself. */
void
qos_leftovers_uninit(struct qos_leftovers *leftovers)
{
    free(leftovers->qos);
    free(leftovers->queues);
    *leftovers = (struct qos_leftovers) { .qos = NULL };
}

/* May there be other leftovers than there were when the IDL's tracked changes
 * were cleared? */
bool
qos_reader_changed(const struct ovsdb_idl *idl)
{
    const struct ovsrec_port *port;

    if (ovsrec_qos_track_get_first(idl) || ovsrec_queue_track_get_first(idl)) {
        return true;
    }
    OVSREC_PORT_FOR_EACH_TRACKED (port, idl) {
        if (ovsrec_port_is_deleted(port)
            || ovsrec_port_is_updated(port, OVSREC_PORT_COL_QOS)) {
            return true;
        }
    }
    return false;
}

/* Returns the rows of table QoS with our mark that no port has. */
static void
find_qos(const struct ovsdb_idl *idl, struct hmapx *found)
{
    const struct ovsrec_port *port;
    const struct ovsrec_qos *qos;

    OVSREC_QOS_FOR_EACH (qos, idl) {
        if (smap_get(&qos->external_ids, "virtnet-qos")) {
            hmapx_add(found, CONST_CAST(struct ovsrec_qos *, qos));
        }
    }
    if (hmapx_is_empty(found)) {
        return;
    }
    OVSREC_PORT_FOR_EACH (port, idl) {
        if (port->qos) {
            hmapx_find_and_delete(found, port->qos);
        }
    }
}

/* Returns the rows of table Queue with our mark that are only in 'gone', rows
 * of table QoS. */
static void
find_queues(const struct ovsdb_idl *idl, const struct hmapx *gone,
            struct hmapx *found)
{
    const struct ovsrec_queue *queue;
    const struct ovsrec_qos *qos;

    OVSREC_QUEUE_FOR_EACH (queue, idl) {
        if (smap_get(&queue->external_ids, "virtnet-qos")) {
            hmapx_add(found, CONST_CAST(struct ovsrec_queue *, queue));
        }
    }
    if (hmapx_is_empty(found)) {
        return;
    }
    OVSREC_QOS_FOR_EACH (qos, idl) {
        for (size_t i = 0; i < qos->n_queues; i++) {
            if (!hmapx_contains(gone, qos)) {
                hmapx_find_and_delete(found, qos->value_queues[i]);
            }
        }
    }
}

static int
compare_uuids(const void *a, const void *b)
{
    return uuid_compare_3way(a, b);
}

/* Initializes 'leftovers' to those in 'idl', sorted. */
void
qos_reader_find_leftovers(const struct ovsdb_idl *idl,
                          struct qos_leftovers *leftovers)
{
    struct hmapx qos = HMAPX_INITIALIZER(&qos);
    struct hmapx queues = HMAPX_INITIALIZER(&queues);
    struct hmapx_node *node;

    find_qos(idl, &qos);
    find_queues(idl, &qos, &queues);
    *leftovers = (struct qos_leftovers) {
        .qos = xmalloc(MAX(1, hmapx_count(&qos)) * sizeof *leftovers->qos),
        .queues = xmalloc(MAX(1, hmapx_count(&queues))
                          * sizeof *leftovers->queues),
    };
    HMAPX_FOR_EACH (node, &qos) {
        const struct ovsrec_qos *row = node->data;
        leftovers->qos[leftovers->n_qos++] = row->header_.uuid;
    }
    HMAPX_FOR_EACH (node, &queues) {
        const struct ovsrec_queue *row = node->data;
        leftovers->queues[leftovers->n_queues++] = row->header_.uuid;
    }
    qsort(leftovers->qos, leftovers->n_qos, sizeof *leftovers->qos,
          compare_uuids);
    qsort(leftovers->queues, leftovers->n_queues, sizeof *leftovers->queues,
          compare_uuids);
    hmapx_destroy(&qos);
    hmapx_destroy(&queues);
}
