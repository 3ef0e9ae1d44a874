/* SPDX-License-Identifier: Apache-2.0 */
#ifndef METER_SYNC_H
#define METER_SYNC_H 1

/* Brings the meters of a switch, as far as they are ours, to what is desired.
 *
 * Open vSwitch takes no meter_mod in a bundle, refuses a flow whose meter is
 * not there, and deletes the flows of a meter that it deletes.  So meters come
 * and change before the flows do, and go after them:
 *
 *      meter_sync_add(), bundle of flows -> acknowledged, both of them
 *          -> meter_sync_delete()
 *
 * The bundle need not wait for the meters to be acknowledged, since a switch
 * carries out a connection's messages in order.
 *
 * If the switch refuses a meter, meter_sync_error() says so until the switch
 * is read afresh, and the client has to do without.  If it refuses one because
 * somebody else has made or deleted it, then 'stale' says that the switch must
 * be read afresh, and that is all. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/openflow/ometer.h"
#include "openvswitch/types.h"

struct ofp_header;
struct ovs_list;

struct meter_change {
    struct ometer meter;        /* Without bands, if it is deleted. */
    ovs_be32 xid;
};

struct meter_sync {
    struct ometers installed;
    size_t max_bands;           /* 0: the switch has no meters. */
    char *error;                /* Why it has refused one, or null. */
    bool stale;                 /* Is 'installed' not what there is? */
    unsigned long long int n_mods;

    /* Versions: if this is what is desired, 'installed' is no different as
     * long as it is this. */
    unsigned long long int same_desired, same_installed;

    /* In flight. */
    unsigned long long int aim; /* What 'installed' is no different from then,
                                 * or 0 if it will be. */
    struct meter_change *changes;
    size_t n_changes, allocated_changes;
    ovs_be32 barrier_xid;
};

void meter_sync_init(struct meter_sync *);
void meter_sync_uninit(struct meter_sync *);
void meter_sync_reset(struct meter_sync *);

void meter_sync_readback(struct ovs_list *msgs);
void meter_sync_decode_features(struct meter_sync *,
                                const struct ofp_header *);
enum ofperr meter_sync_decode_config(struct meter_sync *,
                                     const struct ofp_header *);

bool meter_sync_add(struct meter_sync *, const struct ometers *desired,
                    struct ovs_list *msgs);
void meter_sync_await(struct meter_sync *, ovs_be32 barrier_xid);
void meter_sync_push_barrier(struct meter_sync *, struct ovs_list *msgs);
void meter_sync_delete(struct meter_sync *, const struct ometers *desired,
                       struct ovs_list *msgs);
bool meter_sync_handle_error(struct meter_sync *, const struct ofp_header *);
bool meter_sync_handle_barrier(struct meter_sync *,
                               const struct ofp_header *);

bool meter_sync_is_at(const struct meter_sync *, const struct ometers *);
bool meter_sync_is_busy(const struct meter_sync *);
size_t meter_sync_bands(const struct meter_sync *);
const char *meter_sync_error(const struct meter_sync *);

#endif /* lib/openflow/meter-sync.h */
