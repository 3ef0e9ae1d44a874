/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLAN_PRIVATE_H
#define PLAN_PRIVATE_H 1

/* What a plan is made of, for the files of plan.h. */

#include <stdbool.h>
#include "lib/model/mac-table.h"
#include "lib/model/network-side.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/flood-table.h"
#include "lib/openflow/ip-owners.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/ometer.h"
#include "lib/openflow/slice.h"
#include "openvswitch/hmap.h"
#include "openvswitch/list.h"

/* A port and its slice. */
struct plan_port {
    struct hmap_node hmap_node; /* In plan's 'ports', by name. */
    struct ovs_list dirty_node; /* In plan's 'dirty_ports', or empty. */
    struct vport vport;
    struct slice slice;
};

struct plan {
    char *bridge;
    struct bridge_ctx ctx;
    struct vlan_set flood_vlans;    /* What 'ctx' refers to. */
    bool ctx_changed;           /* All slices must be compiled again... */
    bool bond_changed;          /* ...or the bridge's alone. */
    struct slice bridge_slice;
    struct slice guard_slice;   /* What guarded ports share... */
    size_t n_guarded;           /* ...which are so many. */
    struct slice outside_slice; /* What is about addresses that move, and no
                                 * port's own... */
    bool outside_changed;       /* ...if it must be compiled again. */
    size_t n_apart;             /* Guests that are kept apart. */
    struct hmap ports;          /* Contains "struct plan_port"s. */
    struct ovs_list dirty_ports;
    struct network_side network_side;
    struct mac_table mac_table;
    struct ip_owners ip_owners;
    struct flood_table flood_table;
    struct ometers network_meters;  /* Empty unless in libvirt mode. */
    struct ometers meters;      /* These, and those of ports... */
    bool meters_changed;        /* ...unless they must be gathered anew. */
    struct oflow_table desired;
    bool all_dirty;             /* Then 'dirty' is empty. */
    struct oflow_table dirty;   /* Used as a set of keys. */
};

struct plan_port *plan_port_find(const struct plan *, const char *name);
void plan_replace_slice(struct plan *, struct slice *, struct slice *new);
void plan_mark_dirty(struct plan *, struct plan_port *);

/* plan-backup.c. */
void plan_mark_partners(struct plan *, const struct vport *old,
                        const struct vport *);
void plan_compile_backups(const struct plan *, const struct vport *,
                          struct slice *);

/* plan-meters.c. */
void plan_update_meter(struct plan *, const struct vport *old,
                       const struct vport *new);
void plan_run_meters(struct plan *);

/* plan-shared.c. */
bool plan_shared_depends(const struct vport *old, const struct vport *new);
void plan_run_shared(struct plan *);

#endif /* lib/openflow/plan-private.h */
