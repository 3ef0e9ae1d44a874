/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OVERLAY_H
#define OVERLAY_H 1

/* Which tunnels a host has to the others of its fleet.
 *
 * For each network with an overlay (lib/xml/netdef-overlay.h) the bridge has
 * one to each host that says where it takes tunnels.  Who has none of the
 * network's guests is sent nothing by it: that is for flows.
 *
 * All that is made is marked (lib/host/tunnel-row.h), and what is marked and
 * not asked for goes.  As long as not all definitions or hosts are known, what
 * is there stays. */

#include <stdbool.h>
#include <stddef.h>

struct diag_list;
struct netdef;
struct row_changes;
struct svec;
struct uuid;
struct vif;

/* Another host. */
struct overlay_host {
    const char *name;
    const struct svec *addresses;   /* Where it takes tunnels: see
                                     * overlay_address(). */
};

struct overlay {
    const char *own;            /* Name of this host; null: in no fleet. */
    const struct svec *addresses;   /* Of this host. */
    int mtu;                    /* Of the network that tunnels go by, 0 if not
                                 * known. */
    const struct overlay_host *hosts;   /* Others, and perhaps this one. */
    size_t n_hosts;
    const struct netdef *const *defs;
    size_t n_defs;
    bool complete;              /* Are there no other hosts or definitions? */

    /* Is there a bridge 'name', and is anything to be asked of it? */
    bool (*has_bridge)(const char *name, const void *aux);
    /* Calls 'cb' with 'cb_aux' for all interfaces. */
    void (*for_each_vif)(void (*cb)(const struct vif *, void *cb_aux),
                         void *cb_aux, const void *aux);
    const struct vif *(*find_vif)(const char *name, const void *aux);
    /* Returns the Port row of an interface, or null if it is not known. */
    const struct uuid *(*find_port)(const char *name, const void *aux);
    const void *aux;
};

void overlay_want(const struct overlay *, struct row_changes *);
void overlay_report(const struct overlay *, struct diag_list *);

bool overlay_are_rivals(const struct netdef *, const struct netdef *);
const char *overlay_address(const struct svec *addresses,
                            const struct svec *own);

#endif /* lib/rows/overlay.h */
