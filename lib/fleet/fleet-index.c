/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/fleet/fleet-index.h"

#include <string.h>

#include "hash.h"
#include "lib/fleet/fleet-row.h"

void
fleet_index_init(struct fleet_index *index)
{
    hmap_init(&index->entries);
}

/* Frees what 'index' holds, but no port and no entry. */
void
fleet_index_uninit(struct fleet_index *index)
{
    hmap_destroy(&index->entries);
}

/* Adds 'port', which must stay what it is until it is removed, by 'entries',
 * one for each of its addresses, which must live as long. */
void
fleet_index_add(struct fleet_index *index, const struct fleet_port *port,
                struct fleet_index_entry *entries)
{
    for (size_t i = 0; i < port->addresses.n; i++) {
        entries[i].address = port->addresses.names[i];
        entries[i].port = port;
        hmap_insert(&index->entries, &entries[i].node,
                    hash_string(entries[i].address, 0));
    }
}

/* Removes 'port', which was added by 'entries', as it is. */
void
fleet_index_remove(struct fleet_index *index, const struct fleet_port *port,
                   struct fleet_index_entry *entries)
{
    for (size_t i = 0; i < port->addresses.n; i++) {
        hmap_remove(&index->entries, &entries[i].node);
    }
}

/* Calls 'cb' with 'aux' for each port that has 'address', in no particular
 * order. */
void
fleet_index_find(const struct fleet_index *index, const char *address,
                 fleet_index_cb *cb, void *aux)
{
    const struct fleet_index_entry *entry;

    HMAP_FOR_EACH_WITH_HASH (entry, node, hash_string(address, 0),
                             &index->entries) {
        if (!strcmp(entry->address, address)) {
            cb(entry->port, aux);
        }
    }
}
