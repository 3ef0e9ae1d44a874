/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BANDWIDTH_H
#define BANDWIDTH_H 1

/* Limits on traffic, as libvirt's <bandwidth> has them.
 *
 * Directions are the guests': inbound is what they receive, outbound is what
 * they send (https://libvirt.org/formatnetwork.html#quality-of-service). */

#include <stdbool.h>
#include <stdint.h>

/* The largest value that a rate or burst may have, so that it can be told in
 * bits. */
#define BANDWIDTH_MAX (UINT64_MAX / 8192)

/* <inbound> or <outbound>.  A member is 0 if its attribute is not there; if
 * there is such an element, 'average' or 'floor' is. */
struct bandwidth_rate {
    uint64_t average;           /* Kilobytes (1000 bytes) per second. */
    uint64_t peak;              /* Likewise. */
    uint64_t floor;             /* Likewise; guaranteed, <inbound> only. */
    uint64_t burst;             /* Kibibytes (1024 bytes). */
};

/* <bandwidth>.  All zero if there is none. */
struct bandwidth {
    struct bandwidth_rate in;
    struct bandwidth_rate out;
    unsigned int line;          /* Of <bandwidth> in its file, or 0. */
};

bool bandwidth_rate_is_set(const struct bandwidth_rate *);
bool bandwidth_is_set(const struct bandwidth *);
bool bandwidth_equals(const struct bandwidth *, const struct bandwidth *);

#endif /* lib/base/bandwidth.h */
