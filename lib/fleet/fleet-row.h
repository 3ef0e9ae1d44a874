/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_ROW_H
#define FLEET_ROW_H 1

/* Rows of database Virtnet_Fleet (ovsdb/virtnet-fleet.ovsschema), which the
 * hosts of a fleet share, as plain values.
 *
 * Each table's columns are told once, by the macros below: what is monitored,
 * read, compared, written and printed comes from these.  What a server has
 * beside them, because its schema is newer, is not looked at; what it lacks,
 * or has in another type, counts as empty.  Nothing here trusts a row: other
 * hosts have written it. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "openvswitch/hmap.h"
#include "openvswitch/uuid.h"
#include "smap.h"
#include "svec.h"

struct json;
struct json_t;

#define FLEET_DATABASE "Virtnet_Fleet"

/* The version of the schema that this program writes.  A server with another
 * first number may mean other things by the same columns. */
#define FLEET_SCHEMA_VERSION "1.0.0"

enum fleet_type {
    FLEET_STRING,               /* char *, never null. */
    FLEET_NAME,                 /* const char *, one that many rows have. */
    FLEET_INTEGER,              /* int64_t. */
    FLEET_BOOL,                 /* bool. */
    FLEET_SET,                  /* struct svec of strings, sorted. */
    FLEET_MAP,                  /* struct smap. */
};

#define FLEET_C_STRING char *
#define FLEET_C_NAME const char *
#define FLEET_C_INTEGER int64_t
#define FLEET_C_BOOL bool
#define FLEET_C_SET struct svec
#define FLEET_C_MAP struct smap

/* A network of all hosts. */
#define FLEET_DEFINITION_COLUMNS(COLUMN)                                    \
    COLUMN(name, STRING)        /* The network's. */                        \
    COLUMN(uuid, STRING)        /* The network's, or "". */                 \
    COLUMN(xml, STRING)         /* As somebody wrote it. */                 \
    COLUMN(digest, STRING)      /* SHA-1 of 'xml', in hexadecimal. */       \
    COLUMN(revision, INTEGER)   /* From 1, by 1 with each change. */        \
    COLUMN(changed, INTEGER)    /* When: seconds since 1970. */

/* A host, which alone may write its row. */
#define FLEET_HOST_COLUMNS(COLUMN)                                          \
    COLUMN(name, STRING)        /* Open_vSwitch external_ids:system-id. */  \
    COLUMN(hostname, STRING)                                                \
    COLUMN(version, STRING)     /* Of ovs-virtnet. */                       \
    COLUMN(tunnel_addresses, SET)   /* Where it takes tunnels. */           \
    COLUMN(physical_networks, MAP)  /* Name to bridge. */                   \
    COLUMN(mtu, INTEGER)        /* Of the underlay; 0 if not known. */      \
    COLUMN(last_seen, INTEGER)  /* By its clock: seconds since 1970. */     \
    COLUMN(in_force, MAP)       /* Definition to digest. */                 \
    COLUMN(problems, MAP)       /* Definition to why it is not. */

/* A guest's port, which its host alone may write. */
#define FLEET_PORT_COLUMNS(COLUMN)                                          \
    COLUMN(host, NAME)                                                      \
    COLUMN(interface, STRING)   /* Name of the Interface row. */            \
    COLUMN(iface_id, STRING)    /* external_ids:iface-id, or "". */         \
    COLUMN(vm, STRING)          /* The guest's name or UUID, or "". */      \
    COLUMN(network, NAME)                                                   \
    COLUMN(portgroup, NAME)                                                 \
    COLUMN(bridge, NAME)                                                    \
    COLUMN(addresses, SET)      /* MAC addresses, its own. */               \
    COLUMN(ips, SET)            /* That guards let it use. */               \
    COLUMN(vlans, NAME)         /* "10" or "10,20-29", or "" for all. */    \
    COLUMN(state, NAME)         /* See fleet-claims.h. */                   \
    COLUMN(isolated, BOOL)      /* From all that are kept apart. */         \
    COLUMN(community, NAME)     /* From those that are not of it, or "". */ \
    COLUMN(since, INTEGER)      /* See fleet-claims.h. */

/* The only row of table Fleet. */
#define FLEET_FLEET_COLUMNS(COLUMN)                                         \
    COLUMN(name, STRING)                                                    \
    COLUMN(options, MAP)

#define FLEET_CONNECTION_COLUMNS(COLUMN)                                    \
    COLUMN(target, STRING)                                                  \
    COLUMN(role, STRING)

#define FLEET_ROLE_COLUMNS(COLUMN)                                          \
    COLUMN(name, STRING)                                                    \
    COLUMN(permissions, MAP)    /* Table to UUID, of a permission. */

#define FLEET_PERMISSION_COLUMNS(COLUMN)                                    \
    COLUMN(table, STRING)                                                   \
    COLUMN(authorization, SET)                                              \
    COLUMN(insert_delete, BOOL)                                             \
    COLUMN(update, SET)

#define FLEET_TABLES                                                        \
    FLEET_TABLE(FLEET, fleet, "Fleet")                                      \
    FLEET_TABLE(DEFINITION, definition, "Definition")                       \
    FLEET_TABLE(HOST, host, "Host")                                         \
    FLEET_TABLE(PORT, port, "Port")                                         \
    FLEET_TABLE(CONNECTION, connection, "Connection")                       \
    FLEET_TABLE(ROLE, role, "RBAC_Role")                                    \
    FLEET_TABLE(PERMISSION, permission, "RBAC_Permission")

enum fleet_table {
#define FLEET_TABLE(ENUM, STRUCT, NAME) FLEET_TABLE_##ENUM,
    FLEET_TABLES
#undef FLEET_TABLE
    FLEET_N_TABLES
};

/* Room at the start of each row for what somebody keeps many by, no part of
 * what a row says. */
struct fleet_row {
    struct hmap_node node;
    struct uuid uuid;
};

/* struct fleet_definition, struct fleet_host and so on. */
#define FLEET_MEMBER(NAME, TYPE) FLEET_C_##TYPE NAME;
struct fleet_fleet { struct fleet_row row; FLEET_FLEET_COLUMNS(FLEET_MEMBER) };
struct fleet_definition {
    struct fleet_row row;
    FLEET_DEFINITION_COLUMNS(FLEET_MEMBER)
};
struct fleet_host { struct fleet_row row; FLEET_HOST_COLUMNS(FLEET_MEMBER) };
struct fleet_port { struct fleet_row row; FLEET_PORT_COLUMNS(FLEET_MEMBER) };
struct fleet_connection {
    struct fleet_row row;
    FLEET_CONNECTION_COLUMNS(FLEET_MEMBER)
};
struct fleet_role { struct fleet_row row; FLEET_ROLE_COLUMNS(FLEET_MEMBER) };
struct fleet_permission {
    struct fleet_row row;
    FLEET_PERMISSION_COLUMNS(FLEET_MEMBER)
};
#undef FLEET_MEMBER

const char *fleet_table_name(enum fleet_table);
bool fleet_table_from_name(const char *, enum fleet_table *);
const char *const *fleet_table_columns(enum fleet_table, size_t *n);

void *fleet_row_create(enum fleet_table);
void *fleet_row_clone(enum fleet_table, const void *row);
void fleet_row_destroy(enum fleet_table, void *row);
bool fleet_row_equals(enum fleet_table, const void *, const void *);
void fleet_row_set_string(char **column, const char *);
void fleet_row_set_name(const char **column, const char *);

void *fleet_row_from_json(enum fleet_table, const struct json *row);
struct json *fleet_row_to_json(enum fleet_table, const void *row,
                               const void *old);
struct json_t *fleet_row_to_jvalue(enum fleet_table, const void *row);

#endif /* lib/fleet/fleet-row.h */
