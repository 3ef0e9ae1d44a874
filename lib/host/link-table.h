/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINK_TABLE_H
#define LINK_TABLE_H 1

/* The network devices of a namespace, and of the devices in other namespaces
 * that these are tied to, the addresses; and of devices that a client has
 * asked for, the addresses that they take frames for beside their own.
 *
 * A client tells it what it hears, and is told the names of the devices for
 * which link_table_view() may now be another. */

#include <stdbool.h>
#include "lib/host/link.h"
#include "openvswitch/hmap.h"
#include "openvswitch/shash.h"

struct sset;

struct link_table {
    struct hmap by_ifindex;     /* Contains "struct link_node"s. */
    struct hmap by_lower;       /* The same, by what they are on. */
    struct shash by_name;       /* The same. */
};

void link_table_init(struct link_table *);
void link_table_uninit(struct link_table *);

void link_table_set(struct link_table *, struct link *, struct sset *changed);
void link_table_remove(struct link_table *, int ifindex,
                       struct sset *changed);
void link_table_mark(struct link_table *);
void link_table_sweep(struct link_table *, struct sset *changed);
void link_table_set_peer(struct link_table *, int netnsid, int ifindex,
                         struct eth_addr, struct sset *changed);
void link_table_set_macs(struct link_table *, int ifindex, struct link_macs *,
                         struct sset *changed);

const struct link *link_table_find(const struct link_table *,
                                   const char *name);
void link_table_view(const struct link_table *, const char *name,
                     struct link_view *);

typedef void link_cb(const struct link *, void *aux);
void link_table_for_each_on(const struct link_table *, int ifindex,
                            int netnsid, link_cb *, void *aux);

#endif /* lib/host/link-table.h */
