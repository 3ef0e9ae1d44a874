/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/ometer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/bandwidth.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-meter.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

/* The least burst, in kilobits: a meter lets a frame pass only if its bucket
 * holds as much, and the largest that the kernel hands over in one piece has
 * 64 KiB. */
#define MIN_BURST DIV_ROUND_UP(65536 * 8, 1000)

bool
ometer_id_is_ours(uint32_t meter_id)
{
    return (meter_id & OMETER_MASK) == OMETER_MAGIC;
}

static uint16_t
flags(const struct ometer *meter)
{
    return (meter->packets ? OFPMF13_PKTPS : OFPMF13_KBPS) | OFPMF13_BURST;
}

static uint32_t
clamp(uint64_t value)
{
    return MIN(value, UINT32_MAX);
}

/* Initializes 'meter' to number 'meter_id' for 'rate', whose average must not
 * be 0, for a switch whose meters can have 'max_bands' bands.
 *
 * Without a burst, as much may go at once as in a second: that is what libvirt
 * sets for a policer (virNetDevBandwidthSet()), and Open vSwitch for a
 * meter. */
void
ometer_from_rate(struct ometer *meter, uint32_t meter_id,
                 const struct bandwidth_rate *rate, size_t max_bands)
{
    uint64_t average = rate->average * 8;
    uint64_t burst = (rate->burst ? DIV_ROUND_UP(rate->burst * 8192, 1000)
                      : average);
    uint64_t peak = rate->peak * 8;

    *meter = (struct ometer) { .meter_id = meter_id };
    meter->bands[meter->n_bands++] = (struct ometer_band) {
        .rate = clamp(average),
        .burst = clamp(MAX(burst, MIN_BURST)),
    };
    if (peak > average && max_bands > 1) {
        /* What goes at peak rate within 10 ms. */
        meter->bands[meter->n_bands++] = (struct ometer_band) {
            .rate = clamp(peak),
            .burst = clamp(MAX(peak / 100, MIN_BURST)),
        };
    }
}

/* Initializes 'meter' to number 'meter_id' for 'storm', which is a limit
 * (lib/base/storm.h).  As much may go at once as in a second. */
void
ometer_from_storm(struct ometer *meter, uint32_t meter_id, int storm)
{
    uint32_t rate = abs(storm);

    *meter = (struct ometer) { .meter_id = meter_id, .packets = storm > 0 };
    meter->bands[meter->n_bands++] = (struct ometer_band) {
        .rate = rate,
        .burst = storm > 0 ? rate : MAX(rate, MIN_BURST),
    };
}

/* Initializes 'meter' to 'config'.  If that is none that ometer_from_rate() or
 * ometer_from_storm() could make, then to one that equals none of these. */
void
ometer_from_config(struct ometer *meter,
                   const struct ofputil_meter_config *config)
{
    *meter = (struct ometer) {
        .meter_id = config->meter_id,
        .packets = (config->flags & OFPMF13_PKTPS) != 0,
    };
    if (config->flags != flags(meter) || config->n_bands > OMETER_MAX_BANDS) {
        return;
    }
    for (size_t i = 0; i < config->n_bands; i++) {
        if (config->bands[i].type != OFPMBT13_DROP) {
            meter->n_bands = 0;
            return;
        }
        meter->bands[meter->n_bands++] = (struct ometer_band) {
            .rate = config->bands[i].rate,
            .burst = config->bands[i].burst_size,
        };
    }
}

bool
ometer_equals(const struct ometer *a, const struct ometer *b)
{
    return (a->meter_id == b->meter_id
            && a->packets == b->packets
            && a->n_bands == b->n_bands
            && !memcmp(a->bands, b->bands, a->n_bands * sizeof *a->bands));
}

/* Stores 'meter' in '*mod' and 'bands'. */
static void
to_mod(const struct ometer *meter, int command, struct ofputil_meter_mod *mod,
       struct ofputil_meter_band bands[OMETER_MAX_BANDS])
{
    for (size_t i = 0; i < meter->n_bands; i++) {
        bands[i] = (struct ofputil_meter_band) {
            .type = OFPMBT13_DROP,
            .rate = meter->bands[i].rate,
            .burst_size = meter->bands[i].burst,
        };
    }
    *mod = (struct ofputil_meter_mod) {
        .command = command,
        .meter = {
            .meter_id = meter->meter_id,
            .flags = flags(meter),
            .n_bands = meter->n_bands,
            .bands = bands,
        },
    };
}

/* Returns the message that does 'command', an OFPMC13_*, with 'meter'.  The
 * caller must free it. */
struct ofpbuf *
ometer_to_meter_mod(const struct ometer *meter, int command)
{
    struct ofputil_meter_band bands[OMETER_MAX_BANDS];
    struct ofputil_meter_mod mod;

    to_mod(meter, command, &mod, bands);
    return ofputil_encode_meter_mod(OFP15_VERSION, &mod);
}

/* Appends 'meter' to 's', as "ovs-ofctl add-meter" takes it. */
void
ometer_format(struct ds *s, const struct ometer *meter)
{
    ds_put_format(s, "meter=%"PRIu32",%s,burst", meter->meter_id,
                  meter->packets ? "pktps" : "kbps");
    for (size_t i = 0; i < meter->n_bands; i++) {
        ds_put_format(s, ",band=type=drop,rate=%"PRIu32",burst_size=%"PRIu32,
                      meter->bands[i].rate, meter->bands[i].burst);
    }
}

/* Gives 'meters', in which 'meter_id' has changed, a version that no set has
 * had. */
static void
become_another(struct ometers *meters, uint32_t meter_id)
{
    static unsigned long long int last;
    size_t i = meters->n_changes++ % OMETERS_HISTORY;

    meters->history[i].meter_id = meter_id;
    meters->history[i].version = meters->version;
    meters->version = ++last;
}

/* Initializes 'dst' to a copy of 'src'. */
void
ometers_clone(struct ometers *dst, const struct ometers *src)
{
    *dst = (struct ometers) {
        .meters = xmemdup(src->meters, src->n * sizeof *src->meters),
        .n = src->n,
        .allocated = src->n,
        .version = src->version,
    };
}

/* Frees what 'meters' holds, but not 'meters' itself. */
void
ometers_uninit(struct ometers *meters)
{
    free(meters->meters);
}

void
ometers_clear(struct ometers *meters)
{
    meters->n = 0;
    meters->version = 0;
    meters->n_changes = 0;
}

bool
ometers_equals(const struct ometers *a, const struct ometers *b)
{
    if (a->version == b->version) {
        return true;
    } else if (a->n != b->n) {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        if (!ometer_equals(&a->meters[i], &b->meters[i])) {
            return false;
        }
    }
    return true;
}

/* Returns the index of the first of 'meters' whose number is 'meter_id' or
 * more. */
static size_t
find_index(const struct ometers *meters, uint32_t meter_id)
{
    size_t low = 0, high = meters->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (meters->meters[middle].meter_id < meter_id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Returns the meter with number 'meter_id', or null. */
const struct ometer *
ometers_find(const struct ometers *meters, uint32_t meter_id)
{
    size_t i = find_index(meters, meter_id);

    return (i < meters->n && meters->meters[i].meter_id == meter_id
            ? &meters->meters[i] : NULL);
}

/* Puts a copy of 'meter' into 'meters', in the place of any with its
 * number. */
void
ometers_put(struct ometers *meters, const struct ometer *meter)
{
    size_t i = find_index(meters, meter->meter_id);

    if (i >= meters->n || meters->meters[i].meter_id != meter->meter_id) {
        if (meters->n >= meters->allocated) {
            meters->meters = x2nrealloc(meters->meters, &meters->allocated,
                                        sizeof *meters->meters);
        }
        memmove(&meters->meters[i + 1], &meters->meters[i],
                (meters->n - i) * sizeof *meters->meters);
        meters->n++;
    } else if (ometer_equals(&meters->meters[i], meter)) {
        return;
    }
    meters->meters[i] = *meter;
    become_another(meters, meter->meter_id);
}

/* Removes the meter with number 'meter_id' from 'meters', if it is there. */
void
ometers_remove(struct ometers *meters, uint32_t meter_id)
{
    size_t i = find_index(meters, meter_id);

    if (ometers_find(meters, meter_id)) {
        meters->n--;
        memmove(&meters->meters[i], &meters->meters[i + 1],
                (meters->n - i) * sizeof *meters->meters);
        become_another(meters, meter_id);
    }
}

/* Stores in 'meter_ids' the numbers of those meters, each once, that have
 * changed since 'meters' was of 'version', how many in '*n', and returns true.
 * Returns false if that is not known. */
bool
ometers_changed_since(const struct ometers *meters,
                      unsigned long long int version,
                      uint32_t meter_ids[OMETERS_HISTORY], size_t *n)
{
    *n = 0;
    for (size_t i = 1; i <= MIN(meters->n_changes, OMETERS_HISTORY); i++) {
        size_t last = (meters->n_changes - i) % OMETERS_HISTORY;
        uint32_t meter_id = meters->history[last].meter_id;
        size_t j = 0;

        while (j < *n && meter_ids[j] != meter_id) {
            j++;
        }
        meter_ids[j] = meter_id;
        *n = MAX(*n, j + 1);
        if (meters->history[last].version == version) {
            return true;
        }
    }
    return false;
}

/* Puts the meters that are ours in 'oh', a reply to a request for the
 * configuration of meters, into 'meters'.  Returns an error if it is
 * malformed, otherwise 0. */
enum ofperr
ometers_put_reply(struct ometers *meters, const struct ofp_header *oh)
{
    struct ofpbuf b = ofpbuf_const_initializer(oh, ntohs(oh->length));
    struct ofputil_meter_config config;
    struct ofpbuf bands;
    int error;

    ofpbuf_init(&bands, 0);
    while (!(error = ofputil_decode_meter_config(&b, &config, &bands))) {
        if (ometer_id_is_ours(config.meter_id)) {
            struct ometer meter;

            ometer_from_config(&meter, &config);
            ometers_put(meters, &meter);
        }
    }
    ofpbuf_uninit(&bands);
    return error == EOF ? 0 : error;
}
