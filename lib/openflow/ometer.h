/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OMETER_H
#define OMETER_H 1

/* OpenFlow meters, as values.
 *
 * A meter drops what exceeds any of its bands.  Ours have one for the average
 * rate and, if there is a peak rate, one for that.  Rates are in kilobits per
 * second, or in packets.
 *
 * Meters carry no cookie: ours are those in a range of numbers. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "openvswitch/ofp-errors.h"

struct bandwidth_rate;
struct ds;
struct ofp_header;
struct ofpbuf;
struct ofputil_meter_config;

#define OMETER_MAGIC UINT32_C(0x56e00000)
#define OMETER_MASK UINT32_C(0xffe00000)
#define OMETER_PORTS UINT32_C(0x56f00000)   /* By OpenFlow port from here. */
#define OMETER_MAX_BANDS 2

struct ometer_band {
    uint32_t rate;              /* Kilobits per second, or packets. */
    uint32_t burst;             /* Kilobits, or packets. */
};

struct ometer {
    uint32_t meter_id;
    bool packets;               /* Are its rates in packets? */
    size_t n_bands;
    struct ometer_band bands[OMETER_MAX_BANDS];
};

bool ometer_id_is_ours(uint32_t meter_id);
void ometer_from_rate(struct ometer *, uint32_t meter_id,
                      const struct bandwidth_rate *, size_t max_bands);
void ometer_from_storm(struct ometer *, uint32_t meter_id, int storm);
void ometer_from_config(struct ometer *, const struct ofputil_meter_config *);
bool ometer_equals(const struct ometer *, const struct ometer *);
struct ofpbuf *ometer_to_meter_mod(const struct ometer *, int command);
void ometer_format(struct ds *, const struct ometer *);

/* The most changes of a set that are known one by one. */
#define OMETERS_HISTORY 32

/* A set of meters, by ascending number.
 *
 * Sets of the same version hold the same, so that it need not be looked
 * through again whether they do.  That of one in which there has been nothing
 * is 0.  What has changed lately is known, so that it need not be looked for
 * either. */
struct ometers {
    struct ometer *meters;
    size_t n, allocated;
    unsigned long long int version;

    size_t n_changes;           /* Of which these are the last: */
    struct {
        uint32_t meter_id;      /* This one changed... */
        unsigned long long int version; /* ...what was of this version. */
    } history[OMETERS_HISTORY];
};

#define OMETERS_INITIALIZER { .meters = NULL }

void ometers_clone(struct ometers *, const struct ometers *);
void ometers_uninit(struct ometers *);
void ometers_clear(struct ometers *);
bool ometers_equals(const struct ometers *, const struct ometers *);

const struct ometer *ometers_find(const struct ometers *, uint32_t meter_id);
void ometers_put(struct ometers *, const struct ometer *);
void ometers_remove(struct ometers *, uint32_t meter_id);
bool ometers_changed_since(const struct ometers *,
                           unsigned long long int version,
                           uint32_t meter_ids[OMETERS_HISTORY], size_t *n);
enum ofperr ometers_put_reply(struct ometers *, const struct ofp_header *);

#endif /* lib/openflow/ometer.h */
