/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FDB_STATICS_H
#define FDB_STATICS_H 1

/* The static entries of a bridge's table of learned addresses, which somebody
 * has added by "ovs-appctl fdb/add", as "fdb/show" and "fdb/stats-show" tell
 * of them.  NORMAL sends what is for such an address in such a VLAN to that
 * port, wherever frames from that address come from. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "openvswitch/types.h"

struct ds;

/* Somebody may have added as many as he likes.  More than these of a bridge
 * are left out. */
#define FDB_MAX_STATICS 4096

struct fdb_static {
    ofp_port_t ofport;
    uint16_t vid;               /* 0 for no tag. */
    struct eth_addr mac;
};

/* By port, VLAN and address. */
struct fdb_statics {
    struct fdb_static *entries;
    size_t n;
};

bool fdb_stats_have_static(const char *stats);
void fdb_statics_parse(struct fdb_statics *, const char *show);
void fdb_statics_uninit(struct fdb_statics *);
bool fdb_statics_equal(const struct fdb_statics *, const struct fdb_statics *);
void fdb_statics_format(struct ds *, const struct fdb_statics *, ofp_port_t);
bool fdb_static_next(const char **text, struct fdb_static *);

#endif /* lib/base/fdb-statics.h */
