/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ROW_CHANGE_H
#define ROW_CHANGE_H 1

/* Changes of the Open_vSwitch database as values, for people and programs to
 * look at, and for want.h to say what is to be changed.  dbrow.h has the
 * requests that carry them out. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/bandwidth.h"
#include "lib/base/port-vlan.h"
#include "lib/host/tunnel-row.h"
#include "lib/host/vif.h"
#include "lib/model/bridge-settings.h"
#include "uuid.h"

struct json;
struct json_t;

/* ROW_TYPE(ENUM, WHOSE, NAME): of a port, of a bridge itself, or of the host,
 * which says by itself which tunnels it has to others. */
#define ROW_TYPES                                       \
    /* Bridge 'bridge', for 'network'. */               \
    ROW_TYPE(NEW_BRIDGE, BRIDGE, "new bridge")           \
    /* Bridge 'bridge', whose row is 'uuid', goes. */   \
    ROW_TYPE(OLD_BRIDGE, BRIDGE, "old bridge")           \
    /* 'settings' of Bridge 'bridge'. */                \
    ROW_TYPE(BRIDGE_SETTINGS, BRIDGE, "settings")        \
    /* VLANs of Port 'port'. */                         \
    ROW_TYPE(PORT_VLAN, PORT, "VLANs")                  \
    /* Limit on what goes to 'vif'... */                \
    ROW_TYPE(PORT_QOS, PORT, "QoS")                     \
    /* ...and on what comes from it. */                 \
    ROW_TYPE(POLICING, PORT, "policing")                \
    /* Column protected of Port 'port'. */              \
    ROW_TYPE(PORT_PROTECTED, PORT, "protected")         \
    /* Does the port of 'vif' leave the spanning tree? */ \
    ROW_TYPE(PORT_STP, PORT, "spanning tree")    \
    /* 'tunnel' is made, or, if 'is_kept', set right... */ \
    ROW_TYPE(TUNNEL, HOST, "tunnel")                    \
    /* ...or goes; the row of its port is 'uuid'. */    \
    ROW_TYPE(OLD_TUNNEL, HOST, "old tunnel")

enum row_whose { ROWS_OF_BRIDGE, ROWS_OF_PORT, ROWS_OF_HOST };

enum row_type {
#define ROW_TYPE(ENUM, WHOSE, NAME) ROW_##ENUM,
    ROW_TYPES
#undef ROW_TYPE
    ROW_N_TYPES
};

enum row_whose row_type_whose(enum row_type);

struct row_change {
    enum row_type type;
    char *bridge;
    char *network;              /* Or null. */
    char *interface;            /* Or null. */
    char *port;                 /* Or null. */
    struct port_vlan old, new;  /* Of 'port'. */
    bool is_kept;               /* Had libvirt lost 'new'?  Or, is there a
                                 * tunnel already? */
    bool protected;             /* Likewise. */
    bool leaves_stp;            /* Likewise. */
    struct vif vif;             /* As it was. */
    struct bandwidth_rate rate; /* No average: no limit. */
    struct bridge_settings *settings;   /* Or null. */
    struct uuid uuid, local_port;   /* Zero if not known. */
    struct tunnel_row tunnel;
};

struct row_changes {
    struct row_change *changes;
    size_t n, allocated;
};

#define ROW_CHANGES_INITIALIZER { NULL, 0, 0 }

void row_changes_uninit(struct row_changes *);
void row_changes_add_bridge(struct row_changes *, const char *bridge,
                            const char *network);
void row_changes_add_old_bridge(struct row_changes *, const char *bridge,
                                const struct uuid *uuid,
                                const struct uuid *local_port);
void row_changes_add_vlan(struct row_changes *, const char *bridge,
                          const struct vif *, const struct port_vlan *new);
void row_changes_add_protected(struct row_changes *, const char *bridge,
                               const struct vif *, bool protected);
void row_changes_add_stp(struct row_changes *, const char *bridge,
                         const struct vif *, bool leave);
void row_changes_add_limit(struct row_changes *, enum row_type,
                           const char *bridge, const struct vif *,
                           const struct bandwidth_rate *);
void row_changes_add_settings(struct row_changes *, const char *bridge,
                              const struct bridge_settings *);

void row_changes_add_tunnel(struct row_changes *, const struct tunnel_row *,
                            bool is_there);
void row_changes_add_old_tunnel(struct row_changes *, const char *bridge,
                                const char *name, const struct uuid *port);

const struct row_change *row_changes_find(const struct row_changes *,
                                          enum row_type, const char *bridge,
                                          const char *interface);

char *row_object(enum row_type, const char *bridge, const char *interface);
void row_change_format(struct ds *, const struct row_change *);
void row_changes_format_vsctl(struct ds *, const struct row_changes *);
struct json *row_change_to_transact(const struct row_change *,
                                    const char *datapath_type);
struct json *row_changes_to_transact(const struct row_changes *);
struct json_t *row_changes_to_json(const struct row_changes *);

#endif /* lib/rows/row-change.h */
