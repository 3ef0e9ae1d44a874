/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OVS_IDL_H
#define OVS_IDL_H 1

/* The connection to the Open_vSwitch database, for reading.
 *
 * Monitored are the columns that this program needs and no others.  Statistics
 * change every five seconds and are never among them.  Nor is column ports of
 * table Bridge: a replica parses a row as a whole when it changes, so with
 * that column the cost of one plugged port would grow with the number of ports
 * on the bridge.  Which ports a bridge has is known from its OpenFlow
 * connection instead. */

#include <stdbool.h>
#include <stdint.h>
#include "ovsdb/bridge-reader.h"
#include "ovsdb/qos-reader.h"
#include "ovsdb/vif-reader.h"

struct ovs_idl;
struct ovsdb_idl;
struct smap;

struct ovsdb_idl *ovs_idl_connect(const char *remote);

struct ovs_idl *ovs_idl_create(const char *remote, vif_overlay_cb *,
                               vif_changed_cb *, void *aux);
void ovs_idl_destroy(struct ovs_idl *);

bool ovs_idl_run(struct ovs_idl *);
void ovs_idl_wait(struct ovs_idl *);
void ovs_idl_hurry(struct ovs_idl *);

unsigned int ovs_idl_get_seqno(const struct ovs_idl *);
bool ovs_idl_is_connected(const struct ovs_idl *);
bool ovs_idl_has_ever_connected(const struct ovs_idl *);
bool ovs_idl_is_current(const struct ovs_idl *);
bool ovs_idl_restores_flows(const struct ovs_idl *);
const struct smap *ovs_idl_external_ids(const struct ovs_idl *);
bool ovs_idl_is_taken(const struct ovs_idl *);
int64_t ovs_idl_cur_cfg(const struct ovs_idl *);
bool ovs_idl_is_carried_out(const struct ovs_idl *);
struct vif_reader *ovs_idl_vifs(struct ovs_idl *);
const struct qos_leftovers *ovs_idl_qos_leftovers(const struct ovs_idl *);
void ovs_idl_for_each_bridge(const struct ovs_idl *, bridge_reader_cb *,
                             void *aux);

#endif /* ovsdb/ovs-idl.h */
