/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef-overlay.h"

#include <string.h>

#include "lib/xml/netdef.h"
#include "packets.h"
#include "sha1.h"
#include "util.h"

const char *
netdef_overlay_to_string(enum netdef_overlay overlay)
{
    switch (overlay) {
#define NETDEF_OVERLAY(ENUM, NAME) case NETDEF_OVERLAY_##ENUM: return NAME;
        NETDEF_OVERLAYS
#undef NETDEF_OVERLAY
    default:
        OVS_NOT_REACHED();
    }
}

/* Stores the overlay that is called 'name' in '*overlay' and returns true.
 * Returns false, with '*overlay' untouched, if there is none. */
bool
netdef_overlay_from_string(const char *name, enum netdef_overlay *overlay)
{
#define NETDEF_OVERLAY(ENUM, NAME)              \
    if (!strcmp(name, NAME)) {                  \
        *overlay = NETDEF_OVERLAY_##ENUM;       \
        return true;                            \
    }
    NETDEF_OVERLAYS
#undef NETDEF_OVERLAY
    return false;
}

/* Is 'netdef' to reach other hosts by tunnels?  Only a bridge in libvirt mode
 * sends frames to the right one. */
bool
netdef_is_overlay(const struct netdef *netdef)
{
    return (netdef_setting_is_set(&netdef->overlay)
            && netdef_is_ours(netdef)
            && netdef_mode(netdef) == MAC_TABLE_LIBVIRT);
}

/* Returns the key of the tunnels of 'netdef', from 1 to
 * NETDEF_MAX_OVERLAY_KEY. */
uint32_t
netdef_overlay_key(const struct netdef *netdef)
{
    uint8_t digest[SHA1_DIGEST_SIZE];
    uint32_t key;

    if (netdef_setting_is_set(&netdef->overlay_key)) {
        return netdef->overlay_key.value;
    }
    sha1_bytes(netdef->name, strlen(netdef->name), digest);
    key = digest[0] << 16 | digest[1] << 8 | digest[2];
    return MAX(key, 1);
}

/* Returns the MTU that guests of 'netdef' have, by <mtu> or else as libvirt
 * leaves it. */
int
netdef_overlay_mtu(const struct netdef *netdef)
{
    return (netdef_setting_is_set(&netdef->mtu)
            ? netdef->mtu.value : ETH_PAYLOAD_MAX);
}
