/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUARANTINE_H
#define QUARANTINE_H 1

/* Whose flows a switch has refused, or has no place for because a flow of
 * somebody else's, which ours would replace, is there.
 *
 * A port, or the bridge itself, is known by the cookie of its flows.  As long
 * as it is in quarantine none of its flows are put into the switch, so that
 * all others can be.
 *
 * Whoever was refused for want of room is tried again now and then, one after
 * the other: who is on trial remains in quarantine, but its flows may be put
 * in, until the switch has taken or refused them. */

#include <stdbool.h>
#include <stddef.h>
#include "openvswitch/hmap.h"
#include "openvswitch/types.h"

struct ochanges;
struct oflow_table;

struct quarantine {
    struct hmap patients;       /* Contains "struct patient"s. */
};

void quarantine_init(struct quarantine *);
void quarantine_uninit(struct quarantine *);
void quarantine_clear(struct quarantine *);

bool quarantine_add(struct quarantine *, ovs_be64 cookie, const char *reason,
                    bool for_room);
void quarantine_add_displaced(struct quarantine *, ovs_be64 cookie,
                              const char *other);
bool quarantine_lacks_room(const struct quarantine *);
bool quarantine_try_one(struct quarantine *);
bool quarantine_pass(struct quarantine *);
bool quarantine_release(struct quarantine *, const struct oflow_table *keys);
void quarantine_filter(const struct quarantine *, struct ochanges *);

char *quarantine_explain(const struct quarantine *, ovs_be64 cookie);
bool quarantine_has_displaced(const struct quarantine *);
bool quarantine_keeps_out(const struct quarantine *, ovs_be64 cookie);
const char *quarantine_find(const struct quarantine *, ovs_be64 cookie);
size_t quarantine_count(const struct quarantine *);

#endif /* lib/openflow/quarantine.h */
