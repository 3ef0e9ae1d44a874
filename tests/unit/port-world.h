/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PORT_WORLD_H
#define PORT_WORLD_H 1

/* For tests of port-life.h: a port and what it is decided by. */

#include <stdbool.h>
#include "lib/host/vif.h"
#include "lib/model/mac-table.h"
#include "lib/model/model.h"
#include "lib/model/port-life.h"
#include "lib/model/vport.h"

/* A port, its surroundings, and the time. */
struct world {
    struct netdef *netdef;
    struct bridge_model model;
    struct mac_table macs;
    bool networks_known;
    bool is_dead;
    long long int now;

    struct vif vif;
    struct port_life life;
    struct vport vport;         /* If 'wired'. */
    bool wired;
};

struct eth_addr world_address(int i);
void world_init(struct world *, bool is_new);
void world_uninit(struct world *);
void world_plug(struct world *, bool is_new);
void world_unplug(struct world *);
void world_update(struct world *, struct diag_list *);
void world_look(struct world *, const char *expected);
void world_frame(struct world *, int src, unsigned int expected);
void world_pass(struct world *, long long int msec, bool changes);
void world_rival(struct world *, const char *name, int mac, enum claim_kind,
                 int vid, bool active);
void world_ignore_change(const char *port, void *aux);
void world_set_status(struct world *, const char *status);
void world_make_unknown(struct world *);

#endif /* tests/unit/port-world.h */
