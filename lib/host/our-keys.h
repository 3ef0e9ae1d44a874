/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUR_KEYS_H
#define OUR_KEYS_H 1

/* The keys of external_ids that are ours, by the table that they are in.  All
 * begin with "virtnet-".  One that does and is none of these is mistyped, and
 * whatever it was to bring about does not come. */

#include <stdbool.h>

struct diag_list;
struct origin;
struct smap;

/* Of Interface and of Port: what people and programs say, which
 * ovs-virtnet-network(5) has... */
#define OUR_PORT_KEYS                           \
    OUR_KEY("virtnet-community")                \
    OUR_KEY("virtnet-filter")                   \
    OUR_KEY("virtnet-fleet-host")               \
    OUR_KEY("virtnet-guards")                   \
    OUR_KEY("virtnet-ips")                      \
    OUR_KEY("virtnet-isolated")                 \
    OUR_KEY("virtnet-macs")                     \
    OUR_KEY("virtnet-portgroup")                \
    OUR_KEY("virtnet-role")                     \
    OUR_KEY("virtnet-shared")                   \
    OUR_KEY("virtnet-storm")
/* ...and how we know what we have written ourselves. */
#define OUR_PORT_MARKS                          \
    OUR_KEY("virtnet-policing")                 \
    OUR_KEY("virtnet-protected")                \
    OUR_KEY("virtnet-qos")                      \
    OUR_KEY("virtnet-stp")                      \
    OUR_KEY("virtnet-tunnel")                   \
    OUR_KEY("virtnet-vlan")

/* Of Bridge, likewise. */
#define OUR_BRIDGE_KEYS                         \
    OUR_KEY("virtnet-mac-table-manager")
#define OUR_BRIDGE_MARKS                        \
    OUR_KEY("virtnet-owner")                    \
    OUR_KEY("virtnet-settings")

bool our_keys_get_boolean(const char *key, const char *value, bool mistaken,
                          const struct origin *, struct diag_list *);

const char *our_keys_find_unknown_port(const struct smap *external_ids);
const char *our_keys_find_unknown_bridge(const struct smap *external_ids);

/* A sentence that ends with the keys that there are. */
const char *our_keys_of_ports(void);
const char *our_keys_of_bridges(void);

#endif /* lib/host/our-keys.h */
