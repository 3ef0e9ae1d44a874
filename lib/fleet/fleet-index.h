/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_INDEX_H
#define FLEET_INDEX_H 1

/* Ports of a fleet by their addresses, so that who else claims an address of
 * one port is found without a look at all ports. */

#include "openvswitch/hmap.h"

struct fleet_port;

struct fleet_index {
    struct hmap entries;        /* Contains "struct fleet_index_entry"s. */
};

/* That 'port' has 'address', which is a string of its row.  The client has one
 * for each of its addresses. */
struct fleet_index_entry {
    struct hmap_node node;      /* In 'entries', by 'address'. */
    const char *address;
    const struct fleet_port *port;
};

void fleet_index_init(struct fleet_index *);
void fleet_index_uninit(struct fleet_index *);

void fleet_index_add(struct fleet_index *, const struct fleet_port *,
                     struct fleet_index_entry *);
void fleet_index_remove(struct fleet_index *, const struct fleet_port *,
                        struct fleet_index_entry *);

/* Called for each port that has an address. */
typedef void fleet_index_cb(const struct fleet_port *, void *aux);
void fleet_index_find(const struct fleet_index *, const char *address,
                      fleet_index_cb *, void *aux);

#endif /* lib/fleet/fleet-index.h */
