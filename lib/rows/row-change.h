/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ROW_CHANGE_H
#define ROW_CHANGE_H 1

/* Changes of the Open_vSwitch database as values, for people and programs to
 * look at.  dbrow.h has the requests that carry them out. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/bandwidth.h"
#include "lib/base/port-vlan.h"
#include "lib/host/vif.h"
#include "lib/model/bridge-settings.h"

struct json;

enum row_change_type {
    ROW_NEW_BRIDGE,             /* Bridge 'bridge', for 'network'. */
    ROW_PORT_VLAN,              /* VLANs of Port 'port'. */
    ROW_PORT_PROTECTED,         /* Column protected of Port 'port'. */
    ROW_PORT_QOS,               /* Limit on what goes to 'vif'... */
    ROW_POLICING,               /* ...and on what comes from it. */
    ROW_BRIDGE_SETTINGS         /* 'settings' of Bridge 'bridge'. */
};

struct row_change {
    enum row_change_type type;
    char *bridge;
    char *network;              /* Or null. */
    char *port;                 /* Or null. */
    struct port_vlan old, new;  /* Of 'port'. */
    bool protected;             /* Likewise. */
    struct vif vif;             /* As it was. */
    struct bandwidth_rate rate; /* No average: no limit. */
    struct bridge_settings *settings;   /* Or null. */
};

struct row_changes {
    struct row_change *changes;
    size_t n, allocated;
};

#define ROW_CHANGES_INITIALIZER { NULL, 0, 0 }

void row_changes_uninit(struct row_changes *);
void row_changes_add_bridge(struct row_changes *, const char *bridge,
                            const char *network);
void row_changes_add_vlan(struct row_changes *, const char *bridge,
                          const char *port, const struct port_vlan *old,
                          const struct port_vlan *new);
void row_changes_add_protected(struct row_changes *, const char *bridge,
                               const char *port, bool protected);
void row_changes_add_limit(struct row_changes *, enum row_change_type,
                           const char *bridge, const struct vif *,
                           const struct bandwidth_rate *);
void row_changes_add_settings(struct row_changes *, const char *bridge,
                              const struct bridge_settings *);

void row_change_format(struct ds *, const struct row_change *);
void row_changes_format_vsctl(struct ds *, const struct row_changes *);
struct json *row_changes_to_transact(const struct row_changes *);
struct json *row_changes_to_json(const struct row_changes *);

#endif /* lib/rows/row-change.h */
