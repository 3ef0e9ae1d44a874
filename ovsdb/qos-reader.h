/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QOS_READER_H
#define QOS_READER_H 1

/* Rows of tables QoS and Queue that have our mark and that nothing refers to
 * any longer, because their port is gone.  The database itself keeps them
 * forever. */

#include <stdbool.h>
#include <stddef.h>

struct ovsdb_idl;
struct uuid;

struct qos_leftovers {
    struct uuid *qos;
    size_t n_qos;
    struct uuid *queues;
    size_t n_queues;
};

void qos_leftovers_uninit(struct qos_leftovers *);

bool qos_reader_changed(const struct ovsdb_idl *);
void qos_reader_find_leftovers(const struct ovsdb_idl *,
                               struct qos_leftovers *);

#endif /* ovsdb/qos-reader.h */
