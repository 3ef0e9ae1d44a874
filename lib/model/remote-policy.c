/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/remote-policy.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/diag.h"
#include "lib/base/guards.h"
#include "lib/host/vif.h"
#include "lib/model/vport.h"
#include "lib/xml/netdef-overlay.h"
#include "lib/xml/netdef.h"
#include "packets.h"
#include "util.h"

/* Adds to the sources of 'vport' the address 'mac', of a guest that is in
 * 'community', or in none if that is null.  One that two guests have, in
 * different VLANs, is that of an isolated one if they are not alike. */
static void
add_source(struct vport *vport, struct eth_addr mac, const char *community)
{
    struct vport_source source = { .mac = mac };

    if (community) {
        free(community_from_string(community, &source.community));
    }
    vport->sources = xrealloc(vport->sources, (vport->n_sources + 1)
                                              * sizeof *vport->sources);
    vport->sources[vport->n_sources++] = source;
}

static void
remove_source(struct vport *vport, struct eth_addr mac)
{
    for (size_t i = vport->n_sources; i-- > 0; ) {
        if (eth_addr_equals(vport->sources[i].mac, mac)) {
            vport->sources[i] = vport->sources[--vport->n_sources];
        }
    }
}

/* Makes 'vport' claim what guests have at the host that 'vif' leads to.  It is
 * as a device's on the host: a guest that is configured with it here comes
 * before that.  What has come in by one such tunnel is for nobody behind
 * another.  Adds to 'diags' what there is to say of it. */
void
remote_policy_apply(const struct vif *vif, struct vport *vport,
                    struct diag_list *diags)
{
    const struct origin origin = { .element = vif->name };
    char *list = xstrdup(vif->remote_macs ? vif->remote_macs : "");
    char *save_ptr = NULL;
    size_t n = 0;

    vport->is_remote = true;
    for (char *s = strtok_r(list, " ", &save_ptr); s;
         s = strtok_r(NULL, " ", &save_ptr)) {
        char *community = strchr(s, '/');
        struct eth_addr mac;
        const char *why;

        if (community) {
            *community++ = '\0';
        }
        if (n++ >= VPORT_MAX_LISTED_MACS) {
            diag_add(diags, DIAG_ERROR, &origin,
                     "host %s has more than %d addresses; the others are left "
                     "out", vif->fleet_host, VPORT_MAX_LISTED_MACS);
            break;
        } else if (!vif_parse_mac(s, &mac, &why)) {
            continue;
        } else if (!vport_add_mac(vport, mac, CLAIM_BEHIND)) {
            remove_source(vport, mac);
        } else if (!community || community[0]) {
            add_source(vport, mac, community);
        }
    }
    free(list);
}

/* Has 'vport', a guest in 'network', which may be null, send from nobody
 * else's address if other hosts go by that. */
void
remote_policy_guard(const struct netdef *network, struct vport *vport)
{
    if (vport->isolated && network && netdef_is_overlay(network)) {
        vport->guards |= GUARD_BIT(GUARD_MAC);
    }
}
