/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_GUARDS_H
#define EXPORT_GUARDS_H 1

/* What a port is kept from, as JSON: export.h. */

#include <stdbool.h>

struct bridge_model;
struct json_t;
struct vif;
struct vport;

void export_guards(struct json_t *port, const struct bridge_model *,
                   bool exact, const struct vport *, const struct vif *);
void export_filter_rules(struct json_t *port, const struct vport *);

#endif /* controller/daemon/export-guards.h */
