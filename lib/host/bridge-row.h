/* SPDX-License-Identifier: Apache-2.0 */

#ifndef BRIDGE_ROW_H
#define BRIDGE_ROW_H 1

/* What a row of table Bridge says, as far as it matters here.  A value: it
 * owns its strings and knows nothing of the replica that it was read from. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/vlan-set.h"
#include "lib/host/fake-bridges.h"

/* The OpenFlow controllers of a bridge.  Those that serve it, as one that may
 * connect when it likes, have no part in its fail mode. */
struct bridge_controllers {
    size_t n, n_connected;      /* Of those that do not. */
    size_t n_services;          /* Of those that do. */
    bool in_band;               /* Does vswitchd keep flows for any? */
    int max_probe;              /* Longest inactivity probe, in seconds. */
};

/* What the Bridge row says. */
struct bridge_row {
    char *name;
    char *mac_table_manager;    /* external_ids:virtnet-mac-table-manager. */
    char *owner;                /* external_ids:virtnet-owner: made by us. */
    bool is_ovns;               /* Is it OVN's integration bridge? */
    bool sees_two_tags;         /* Is other_config:vlan-limit of the database's
                                 * only row more than 1? */
    bool is_adopted;            /* Has somebody else set anything of it? */
    char *protocols;            /* Column protocols, "" if empty. */
    char *datapath_type;        /* Column of that name; null is "". */
    bool forward_bpdu;          /* other_config:forward-bpdu. */
    bool mcast_snooping;        /* Column mcast_snooping_enable. */
    int mac_aging_time;         /* other_config:mac-aging-time, or 0. */
    int mac_table_size;         /* other_config:mac-table-size, or 0. */
    struct vlan_set flood_vlans;    /* Column of that name. */
    struct vlan_set mirror_vlans;   /* Into which mirrors send copies. */
    bool stp_enable;            /* Columns of these names. */
    bool rstp_enable;
    bool secure;                /* Column fail_mode. */
    bool disable_in_band;       /* other_config:disable-in-band. */
    struct bridge_controllers controllers;
    bool manager_in_band;       /* Are there flows for the database's? */
    char *hwaddr;               /* other_config:hwaddr, or null. */
    char *stp_delay;            /* other_config:stp-forward-delay, or null. */
    char *stp_max_age;          /* other_config:stp-max-age, or null. */
    char *settings_mark;        /* external_ids:virtnet-settings, or null. */
    char *unknown_key;          /* Of external_ids: see our-keys.h. */
    struct fake_bridges fakes;  /* Of its ports, as far as they are known. */
};

struct bridge_columns;
struct controller_columns;
struct manager_columns;
struct mirror_columns;
struct smap;

void bridge_row_from_columns(struct bridge_row *,
                             const struct bridge_columns *);
void bridge_row_add_controller(struct bridge_row *,
                               const struct controller_columns *);
void bridge_row_add_manager(struct bridge_row *,
                            const struct manager_columns *);
void bridge_row_add_mirror(struct bridge_row *, const struct mirror_columns *);
void bridge_row_set_root(struct bridge_row *,
                         const struct smap *root_external_ids,
                         const struct smap *root_other_config);
void bridge_row_clone(struct bridge_row *, const struct bridge_row *);
void bridge_row_uninit(struct bridge_row *);
bool bridge_row_equals(const struct bridge_row *, const struct bridge_row *);
bool bridge_row_allows_openflow10(const struct bridge_row *);
bool bridge_row_allows_openflow15(const struct bridge_row *);
size_t bridge_row_count_controllers(const struct bridge_row *);
bool bridge_row_is_taken(const struct bridge_row *);
bool bridge_row_spans(const struct bridge_row *);
bool bridge_row_needs_normal(const struct bridge_row *);

#endif /* lib/host/bridge-row.h */
