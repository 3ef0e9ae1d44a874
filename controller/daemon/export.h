/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_H
#define EXPORT_H 1

/* All that the daemon knows, as one JSON object, whose members
 * virtnetctl(8) documents; lib/tell/state.h makes text of it.  And a bridge in
 * the form in which lib/tell/explain.h wants it. */

#include <stdbool.h>
#include "lib/host/ports-json.h"
#include "lib/tell/translation.h"

struct flow_dump;
struct json_t;
struct mbridge;
struct netdef;

struct json_t *export_bridge(const struct mbridge *, const struct flow_dump *,
                             bool rules);
struct json_t *export_network(const struct netdef *);

/* A bridge's plan, compiled in full and afresh. */
struct bridge_view {
    struct translation_bridge bridge;
    struct ports_bridge ports;
};

void bridge_view_init(struct bridge_view *, const struct mbridge *);
void bridge_view_uninit(struct bridge_view *);

#endif /* controller/daemon/export.h */
