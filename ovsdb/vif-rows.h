/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIF_ROWS_H
#define VIF_ROWS_H 1

/* An interface, from rows of the Open_vSwitch database to a value. */

#include <stdbool.h>

struct ovsdb_idl;
struct ovsrec_interface;
struct ovsrec_mirror;
struct ovsrec_port;
struct vif;

void vif_from_rows(struct vif *, const struct ovsdb_idl *,
                   const struct ovsrec_interface *, const struct ovsrec_port *,
                   const struct vif *old);

bool mirror_selects(const struct ovsrec_mirror *);

#endif /* ovsdb/vif-rows.h */
