/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "lib/base/origin-hash.h"

#include <string.h>

#include "crc32c.h"

/* Returns what stands for 'origin' in cookies: its CRC-32C.  The hash
 * functions of Open vSwitch will not do, for they give other values when they
 * are compiled for another processor, and a new build is to find the flows of
 * the old one equal. */
uint32_t
origin_hash(const char *origin)
{
    /* It comes in the host's byte order, whatever its type says. */
    return (OVS_FORCE uint32_t) crc32c((const uint8_t *) origin,
                                       strlen(origin));
}
