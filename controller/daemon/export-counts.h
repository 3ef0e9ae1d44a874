/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_COUNTS_H
#define EXPORT_COUNTS_H 1

/* What there is to count of a bridge, as JSON: export.h. */

struct flow_dump;
struct json_t;
struct mbridge;
struct netdef;
struct ofctrl;

void export_port_stats(struct json_t *ports, const struct mbridge *,
                       const struct flow_dump *);
void export_drops(struct json_t *bridge, const struct flow_dump *);
struct json_t *export_counts(const struct mbridge *, const struct ofctrl *);
struct json_t *export_meters(const struct mbridge *, const struct netdef *,
                             const struct flow_dump *);

#endif /* controller/daemon/export-counts.h */
