/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/fleet/fleet-index.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "lib/fleet/fleet-row.h"
#include "util.h"

void
fleet_index_init(struct fleet_index *index)
{
    hmap_init(&index->entries);
}

/* Frees what 'index' holds, but no port. */
void
fleet_index_uninit(struct fleet_index *index)
{
    struct fleet_index_entry *entry;

    HMAP_FOR_EACH_POP (entry, node, &index->entries) {
        free(entry);
    }
    hmap_destroy(&index->entries);
}

/* Adds 'port', which must stay what it is until it is removed. */
void
fleet_index_add(struct fleet_index *index, const struct fleet_port *port)
{
    for (size_t i = 0; i < port->addresses.n; i++) {
        struct fleet_index_entry *entry = xmalloc(sizeof *entry);

        entry->address = port->addresses.names[i];
        entry->port = port;
        hmap_insert(&index->entries, &entry->node,
                    hash_string(entry->address, 0));
    }
}

/* Removes 'port', which was added, as it is. */
void
fleet_index_remove(struct fleet_index *index, const struct fleet_port *port)
{
    for (size_t i = 0; i < port->addresses.n; i++) {
        const char *address = port->addresses.names[i];
        struct fleet_index_entry *entry;

        HMAP_FOR_EACH_WITH_HASH (entry, node, hash_string(address, 0),
                                 &index->entries) {
            if (entry->port == port && entry->address == address) {
                hmap_remove(&index->entries, &entry->node);
                free(entry);
                break;
            }
        }
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
