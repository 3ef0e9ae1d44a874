/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DBROW_H
#define DBROW_H 1

/* Changes of the Open_vSwitch database, as data: the "params" of an RFC 7047
 * "transact" request.
 *
 * Each request stands alone and holds what it relies on as conditions, so that
 * one that comes too late, after somebody else's change, does nothing. */

#include <stddef.h>
#include "lib/base/port-vlan.h"

struct bandwidth_rate;
struct bridge_settings;
struct json;
struct port_stp;
struct smap;
struct sset;
struct tunnel_row;
struct uuid;
struct vif;

struct json *dbrow_create_bridge(const char *name, const char *datapath_type,
                                 const char *network);
struct json *dbrow_delete_bridge(const struct uuid *bridge,
                                 const struct uuid *local_port);
struct json *dbrow_set_root_ids(const struct sset *deleted,
                                const struct smap *inserted);
struct json *dbrow_set_port_protected(const char *port, bool protected);
struct json *dbrow_set_port_stp(const char *port, const struct port_stp *,
                                bool leave);
struct json *dbrow_set_port_vlan(const char *port,
                                 const struct port_vlan *observed,
                                 const struct port_vlan *desired,
                                 const char *mark);

void dbrow_put_qos_ids(struct smap *, const struct vif *);
struct json *dbrow_set_port_qos(const struct vif *,
                                const struct bandwidth_rate *);
struct json *dbrow_set_policing(const struct vif *,
                                const struct bandwidth_rate *);
struct json *dbrow_delete_qos(const struct uuid *qos, size_t n_qos,
                              const struct uuid *queues, size_t n_queues);

struct json *dbrow_set_bridge(const char *name,
                              const struct bridge_settings *);

struct json *dbrow_create_tunnel(const struct tunnel_row *);
struct json *dbrow_set_tunnel(const struct tunnel_row *);
struct json *dbrow_delete_tunnel(const struct uuid *port);

/* For the files of this module. */
void dbrow_update_marked(struct json *params, const char *table,
                         struct json *where, struct json *row,
                         const char *key, const char *mark);

void dbrow_append(struct json *all, const struct json *params, size_t n);

#endif /* lib/rows/dbrow.h */
