/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINK_AWAY_H
#define LINK_AWAY_H 1

/* Devices of the host's that have been moved into other network namespaces, as
 * a container's.
 *
 * The switch goes on to send to such a device, and to take from it, whatever
 * it is called there, and which address it is given.  When it goes, the kernel
 * tells where to.  vswitchd does not follow it, so that the database is silent
 * about it from then on.
 *
 * A client tells what it hears, and is told the names, those that the devices
 * had here, of which something has changed. */

#include <stdbool.h>
#include "openvswitch/shash.h"
#include "openvswitch/types.h"

struct link;
struct link_view;
struct sset;

struct link_away {
    int netnsid;                /* LINK_HERE if it has gone on from there,
                                 * nobody knows to where. */
    int ifindex;                /* In there. */
    char *kind;
    struct eth_addr mac;        /* Zero if it cannot be told. */
};

struct link_aways {
    struct shash by_name;       /* Contains "struct link_away"s, by the names
                                 * that they had here. */
};

void link_aways_init(struct link_aways *);
void link_aways_uninit(struct link_aways *);

bool link_aways_add(struct link_aways *, const struct link *gone,
                    struct sset *changed);
void link_aways_remove(struct link_aways *, const char *name,
                       struct sset *changed);
void link_aways_set(struct link_aways *, int netnsid, const struct link *,
                    struct sset *changed);
void link_aways_leave(struct link_aways *, int netnsid, int ifindex,
                      struct sset *changed);

const struct link_away *link_aways_find(const struct link_aways *,
                                        const char *name);
void link_aways_view(const struct link_aways *, const char *name,
                     struct link_view *);

#endif /* lib/host/link-away.h */
