/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLAN_H
#define PLAN_H 1

/* The plan of one bridge: what its flow table should hold, and why.
 *
 * A plan is the union of slices: one for the bridge, one for each of its
 * ports, and one for each block of VLANs that a port receives broadcasts in.
 * compile.h makes them.  A client states facts with plan_set_*(), in any
 * order, and then calls plan_run(), which compiles the slices that these facts
 * touch and no others: the first compile of a bridge and a change of one port
 * differ only in how many slices that is.
 *
 * plan_desired() is the outcome.  plan_dirty() holds the keys of all flows and
 * buckets that may have changed in it since plan_clear_dirty(), so that a
 * switch can be brought up to date without looking at all of it; unless that
 * is all that there is. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/model/network-side.h"
#include "openvswitch/types.h"

struct bond_buckets;
struct bridge_ctx;
struct diag_list;
struct ds;
struct mac_table;
struct oflow;
struct oflow_table;
struct ometers;
struct ofputil_port_map;
struct plan;
struct sset;
struct vport;

struct plan *plan_create(const char *bridge);
void plan_destroy(struct plan *);

void plan_set_ctx(struct plan *, const struct bridge_ctx *);
void plan_set_buckets(struct plan *, const struct bond_buckets *);
void plan_set_meters(struct plan *, const struct ometers *);
void plan_set_port(struct plan *, const struct vport *);
void plan_remove_port(struct plan *, const char *name);
bool plan_find_bucket(const struct oflow *, struct bond_buckets *);
void plan_seed(struct plan *, const struct oflow_table *installed);
void plan_run(struct plan *);
bool plan_flow_delivers(const struct oflow *);
bool plan_flow_enters(const struct oflow *, ofp_port_t *, bool *network);
void plan_find_addressed(const struct plan *,
                         const struct oflow_table *installed,
                         struct sset *names);

/* Called for 'flow' of port 'port'. */
typedef void plan_found_cb(const char *port, const struct oflow *flow,
                           void *aux);
void plan_for_each_found(const struct plan *,
                         const struct oflow_table *installed,
                         plan_found_cb *, void *aux);

const struct bridge_ctx *plan_get_ctx(const struct plan *);
const struct ometers *plan_meters(const struct plan *);
const struct oflow_table *plan_desired(const struct plan *);
const struct oflow_table *plan_dirty(const struct plan *);
bool plan_is_dirty(const struct plan *);
void plan_clear_dirty(struct plan *);

const struct mac_table *plan_mac_table(const struct plan *);
void plan_take_mac(struct plan *, const char *name, struct eth_addr,
                   const struct vlan_block *);
const struct mac_claim *plan_find_claim(const struct plan *,
                                        const struct vport *);
void plan_set_now(struct plan *, long long int now);
struct mac_contest *plan_take_mac_contest(struct plan *);
const struct vport *plan_find_port(const struct plan *, const char *name);
const struct vport *plan_find_storm(const struct plan *, ofp_port_t);
const struct vport **plan_sort_ports(const struct plan *);
const struct vport *plan_find_cookie(const struct plan *, ovs_be64 cookie);
bool plan_cookie_is_outside(ovs_be64 cookie);
const char *plan_cookie_origin(const struct plan *, ovs_be64 cookie);
const struct network_side *plan_network_side(const struct plan *);
const struct network_bond *plan_bond_by_source(const struct plan *);
enum network_kind plan_network_kind(const struct plan *, bool needs_normal);
bool plan_is_guarded(const struct plan *);

#endif /* lib/openflow/plan.h */
