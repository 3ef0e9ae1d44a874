/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSLATION_H
#define TRANSLATION_H 1

/* The whole translation of a host at rest: network definitions and ports in,
 * plans and changes of the database out.
 *
 * This is what the daemon comes to when nothing happens any longer: it goes
 * the same way through model.h and plan.h, and takes for granted that the
 * database has what is to be written there. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/diag.h"
#include "lib/model/model.h"
#include "lib/rows/row-change.h"
#include "openvswitch/types.h"

struct flow_dump;
struct json_t;
struct new_bridges;
struct plan;
struct ports;
struct ports_bridge;
struct vif;

struct translation_bridge {
    char *name;
    const struct ports_bridge *ports;   /* Borrowed; null: is to be made. */
    struct bridge_model model;
    struct plan *plan;
    struct diag_list diags;     /* Of the bridge and its ports. */
};

struct translation {
    const struct netdef *const *defs;   /* Borrowed. */
    size_t n_defs;
    struct filter_library filters;
    struct translation_bridge *bridges; /* By name. */
    size_t n_bridges, allocated_bridges;
    struct row_changes rows;
    struct diag_list diags;     /* Of bridges that are not there. */
};

struct translation *translation_create(const struct netdef *const *defs,
                                       size_t n_defs, const struct ports *,
                                       const struct new_bridges *,
                                       const struct filter_library *);
void translation_recall(const struct translation_bridge *,
                        const struct flow_dump *);
void translation_destroy(struct translation *);

const struct translation_bridge *translation_find_bridge(
    const struct translation *, const char *name);
void translation_get_diags(const struct translation *, struct diag_list *);

/* Whose is what has 'cookie'?  Appends it in words: role, port, guest, network
 * and line of XML, as far as they are known. */
void translation_format_origin(struct ds *, const struct translation_bridge *,
                               ovs_be64 cookie);
bool translation_knows_cookie(const struct translation_bridge *,
                              ovs_be64 cookie);
struct json_t *translation_origin_to_json(const struct translation_bridge *,
                                        ovs_be64 cookie);
const struct vif *translation_find_vif(const struct translation_bridge *,
                                       const char *name);

#endif /* lib/tell/translation.h */
