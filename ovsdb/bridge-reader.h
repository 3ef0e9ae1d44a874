/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BRIDGE_READER_H
#define BRIDGE_READER_H 1

/* Bridges, from rows of the database to values: see model.h for those. */

#include <stdbool.h>

struct bridge_row;
struct ovsdb_idl;
struct uuid;

/* Did any Bridge or Controller row change since the IDL's tracked changes were
 * cleared? */
bool bridge_reader_changed(const struct ovsdb_idl *);

/* Called for each bridge.  'row' is only good until the call returns. */
typedef void bridge_reader_cb(const struct bridge_row *row,
                              const struct uuid *, void *aux);
void bridge_reader_for_each(const struct ovsdb_idl *, bridge_reader_cb *,
                            void *aux);

#endif /* ovsdb/bridge-reader.h */
