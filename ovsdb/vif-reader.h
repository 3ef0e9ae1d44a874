/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIF_READER_H
#define VIF_READER_H 1

/* Interfaces, from rows of the database to values.
 *
 * Keeps a "struct vif" for each row of table Interface that a row of table
 * Port refers to, with what its client knows of it from elsewhere, and tells
 * its client what changes.  A change of one row costs the same however many
 * rows there are. */

#include <stdbool.h>
#include "openvswitch/types.h"

struct ovsdb_idl;
struct uuid;
struct vif;

/* Called for a vif that is new ('old' is null), is gone ('new' is null), or
 * has changed.  Both are only good until the call returns. */
typedef void vif_changed_cb(const struct vif *old, const struct vif *new,
                            void *aux);

/* Called for what the database says of a vif, before anybody else sees it, to
 * add what is known from elsewhere. */
typedef void vif_overlay_cb(struct vif *, void *aux);

struct vif_reader *vif_reader_create(struct ovsdb_idl *, vif_overlay_cb *,
                                     vif_changed_cb *, void *aux);
void vif_reader_destroy(struct vif_reader *);
void vif_reader_track(struct vif_reader *, bool anew);
void vif_reader_touch(struct vif_reader *, const char *name);
typedef bool vif_reader_where_cb(const struct vif *, const void *aux);
void vif_reader_touch_where(struct vif_reader *, vif_reader_where_cb *,
                            const void *aux);
void vif_reader_run(struct vif_reader *);

const struct vif *vif_reader_find(const struct vif_reader *, ofp_port_t,
                                  const char *of_name,
                                  const struct eth_addr hw_addr,
                                  const char *known_as);
const struct vif *vif_reader_find_name(const struct vif_reader *,
                                       const char *name);
const struct uuid *vif_reader_port_uuid(const struct vif_reader *,
                                        const char *name);
typedef void vif_reader_each_cb(const struct vif *, void *aux);
void vif_reader_for_each(const struct vif_reader *, vif_reader_each_cb *,
                         void *aux);

#endif /* ovsdb/vif-reader.h */
