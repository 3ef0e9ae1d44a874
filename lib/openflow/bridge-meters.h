/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BRIDGE_METERS_H
#define BRIDGE_METERS_H 1

/* The <bandwidth> of networks, as OpenFlow meters.
 *
 * A network has a meter for each direction that it limits, and all its guests
 * share it: what any of them sends goes through the one, whatever is addressed
 * to one of them through the other.  The meters are in flows that are there
 * anyway, once per frame and direction: ADMIT for what guests send, FORWARD
 * for what they get.
 *
 * Broadcast and multicast frames count where they are sent, not for each of
 * their receivers. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bridge_model;
struct diag_list;
struct netdef;
struct ometers;

void bridge_meters_get(const struct bridge_model *, size_t max_bands,
                       struct ometers *);
const struct netdef *bridge_meters_find(const struct bridge_model *,
                                        uint32_t meter_id, bool *out);
void bridge_meters_report(const struct bridge_model *, bool exact,
                          size_t max_bands, const char *error,
                          struct diag_list *);

#endif /* lib/openflow/bridge-meters.h */
