/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/remote-policy.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/diag.h"
#include "lib/base/guards.h"
#include "lib/base/ip-prefix.h"
#include "lib/base/vlan-set.h"
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

/* Adds '*ip' to 'vport', with the addresses in 'list', which have ';' between
 * them, and returns how many. */
static size_t
add_ips(struct vport *vport, const struct vport_ip *ip, char *list)
{
    char *save_ptr = NULL;
    size_t n = 0;

    for (char *s = strtok_r(list, ";", &save_ptr); s;
         s = strtok_r(NULL, ";", &save_ptr)) {
        struct ip_prefixes one = { .n = 0 };

        free(ip_prefixes_add(&one, s));
        if (one.n) {
            struct vport_ip *new;

            vport->remote_ips = xrealloc(vport->remote_ips,
                                         (vport->n_remote_ips + 1)
                                         * sizeof *vport->remote_ips);
            new = &vport->remote_ips[vport->n_remote_ips++];
            *new = *ip;
            new->ip = one.elems[0];
            vlan_set_clone(&new->vlans, &ip->vlans);
            n++;
        }
        ip_prefixes_uninit(&one);
    }
    return n;
}

/* Adds to 'vport' what 'list', "VLANS;IP;IP...", says of the guest that has
 * the last of its MAC addresses and is in 'community', isolated if that is
 * empty and in none if it is null.  Returns how many pairs of an address and a
 * block of VLANs these are. */
static size_t
add_asked(struct vport *vport, char *list, const char *community)
{
    struct vport_ip ip = {
        .mac = vport->n_others,
        .isolated = community != NULL,
        .vlans = VLAN_SET_INITIALIZER,
    };
    char *ips = strchr(list, ';');
    size_t n = 0;

    if (ips) {
        *ips++ = '\0';
        if (community) {
            free(community_from_string(community, &ip.community));
        }
        if (vlan_set_add_string(&ip.vlans, list)) {
            n = add_ips(vport, &ip, ips) * vlan_set_count_blocks(&ip.vlans);
        }
        vlan_set_uninit(&ip.vlans);
    }
    return n;
}

/* Takes from 'vport' all IP addresses that its guests are asked for. */
static void
remove_asked(struct vport *vport)
{
    for (size_t i = 0; i < vport->n_remote_ips; i++) {
        vlan_set_uninit(&vport->remote_ips[i].vlans);
    }
    free(vport->remote_ips);
    vport->remote_ips = NULL;
    vport->n_remote_ips = 0;
}

/* Makes 'vport' claim 'mac'.  Returns false if it does so already.  They come
 * in order, so that one that is greater than '*last' is none of those that
 * were there before. */
static bool
add_mac(struct vport *vport, struct eth_addr mac, struct eth_addr *last)
{
    if (memcmp(&mac, last, sizeof mac) <= 0) {
        return vport_add_mac(vport, mac, CLAIM_BEHIND);
    }
    vport_add_new_mac(vport, mac, CLAIM_BEHIND);
    *last = mac;
    return true;
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
    struct eth_addr last = eth_addr_zero;
    size_t n = 0, n_pairs = 0;

    vport->is_remote = true;
    for (char *s = strtok_r(list, " ", &save_ptr); s;
         s = strtok_r(NULL, " ", &save_ptr)) {
        char *ips = strchr(s, ';');
        struct eth_addr mac;
        char *community;
        const char *why;

        if (ips) {
            *ips++ = '\0';
        }
        community = strchr(s, '/');
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
        } else if (!add_mac(vport, mac, &last)) {
            remove_source(vport, mac);
            continue;
        }
        if (!community || community[0]) {
            add_source(vport, mac, community);
        }
        if (ips && n_pairs <= REMOTE_POLICY_MAX_PAIRS) {
            n_pairs += add_asked(vport, ips, community);
        }
    }
    if (n_pairs > REMOTE_POLICY_MAX_PAIRS) {
        diag_add(diags, DIAG_WARNING, &origin,
                 "host %s has more than %d pairs of a guest's IP address and "
                 "a block of VLANs: requests go to everybody", vif->fleet_host,
                 REMOTE_POLICY_MAX_PAIRS);
        remove_asked(vport);
    }
    free(list);
}

/* Has 'vport', a guest in 'network', which may be null, send from nobody
 * else's address if other hosts go by that, and be asked alone for addresses
 * by which nobody else sends, as other hosts ask its host alone. */
void
remote_policy_guard(const struct netdef *network, struct vport *vport)
{
    if (network && netdef_is_overlay(network)) {
        if (vport->isolated) {
            vport->guards |= GUARD_BIT(GUARD_MAC);
        }
        if (vport->guards & GUARD_BIT(GUARD_IP)) {
            vport->guards |= GUARD_BIT(GUARD_OWNER);
        }
    }
}
