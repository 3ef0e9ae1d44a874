/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ROW_COLUMNS_H
#define ROW_COLUMNS_H 1

/* Columns (lib/host/columns.h) from rows of the replica. */

#include "lib/host/columns.h"
#include "vswitch-idl.h"

#define ROW_COLUMN_STRING(MEMBER) .MEMBER = row->MEMBER,
#define ROW_COLUMN_INTEGER(MEMBER) .MEMBER = row->MEMBER,
#define ROW_COLUMN_BOOLEAN(MEMBER) .MEMBER = row->MEMBER,
#define ROW_COLUMN_OPT_INTEGER(MEMBER)                                  \
    .MEMBER = { row->n_##MEMBER > 0, row->n_##MEMBER ? row->MEMBER[0] : 0 },
#define ROW_COLUMN_OPT_BOOLEAN(MEMBER) ROW_COLUMN_OPT_INTEGER(MEMBER)
#define ROW_COLUMN_INTEGERS(MEMBER) .MEMBER = { row->MEMBER, row->n_##MEMBER },
#define ROW_COLUMN_STRINGS(MEMBER) .MEMBER = { row->MEMBER, row->n_##MEMBER },
#define ROW_COLUMN_MAP(MEMBER) .MEMBER = &row->MEMBER,
#define ROW_COLUMN_LINK(MEMBER)
#define ROW_COLUMN(TABLE, MEMBER, NAME, TYPE) ROW_COLUMN_##TYPE(MEMBER)

#define ROW_COLUMNS(TABLE, COLUMNS)                             \
    static inline struct TABLE##_columns                        \
    TABLE##_columns_from_row(const struct ovsrec_##TABLE *row)  \
    {                                                           \
        return (struct TABLE##_columns) { COLUMNS(ROW_COLUMN) };   \
    }
ROW_COLUMNS(bridge, BRIDGE_COLUMNS)
ROW_COLUMNS(controller, CONTROLLER_COLUMNS)
ROW_COLUMNS(manager, MANAGER_COLUMNS)
ROW_COLUMNS(mirror, MIRROR_COLUMNS)
ROW_COLUMNS(port, PORT_COLUMNS)
ROW_COLUMNS(interface, INTERFACE_COLUMNS)
ROW_COLUMNS(qos, QOS_COLUMNS)
ROW_COLUMNS(queue, QUEUE_COLUMNS)

#endif /* ovsdb/row-columns.h */
