/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/ip-owners.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "lib/base/guards.h"
#include "lib/base/ip-prefix.h"
#include "lib/base/vlan-set.h"
#include "lib/model/vport.h"
#include "lib/openflow/guard.h"
#include "util.h"

/* One address of one port. */
struct ip_claim {
    struct hmap_node hmap_node; /* In ip_owners' 'claims', by address. */
    struct in6_addr addr;
    char *port;
    struct vlan_set vlans;      /* That the port is in. */
};

void
ip_owners_init(struct ip_owners *owners)
{
    hmap_init(&owners->claims);
}

static void
remove_claim(struct ip_owners *owners, struct ip_claim *claim)
{
    hmap_remove(&owners->claims, &claim->hmap_node);
    vlan_set_uninit(&claim->vlans);
    free(claim->port);
    free(claim);
}

/* Frees what 'owners' holds, but not 'owners' itself. */
void
ip_owners_uninit(struct ip_owners *owners)
{
    struct ip_claim *claim;

    HMAP_FOR_EACH_SAFE (claim, hmap_node, &owners->claims) {
        remove_claim(owners, claim);
    }
    hmap_destroy(&owners->claims);
}

static uint32_t
hash_addr(const struct in6_addr *addr)
{
    return hash_bytes(addr, sizeof *addr, 0);
}

static bool
is_single(const struct ip_prefix *ip)
{
    return ip->plen == 128;
}

/* Initializes 'ips' to the addresses that 'vport', which may be null, has. */
static void
get_addresses(const struct vport *vport, struct ip_prefixes *ips)
{
    *ips = (struct ip_prefixes) { .n = 0 };
    if (vport && vport->role == VIF_GUEST
        && vport->guards & GUARD_BIT(GUARD_IP)) {
        guard_own_addresses(vport, ips);
    }
}

/* Calls 'cb' for each port but 'port' that has 'addr'. */
static void
tell_others(struct ip_owners *owners, const struct in6_addr *addr,
            const char *port, ip_owners_cb *cb, void *aux)
{
    struct ip_claim *claim;

    HMAP_FOR_EACH_WITH_HASH (claim, hmap_node, hash_addr(addr),
                             &owners->claims) {
        if (!memcmp(&claim->addr, addr, sizeof *addr)
            && strcmp(claim->port, port)) {
            cb(claim->port, aux);
        }
    }
}

static void
unclaim(struct ip_owners *owners, const struct in6_addr *addr,
        const char *port)
{
    struct ip_claim *claim;

    HMAP_FOR_EACH_WITH_HASH (claim, hmap_node, hash_addr(addr),
                             &owners->claims) {
        if (!memcmp(&claim->addr, addr, sizeof *addr)
            && !strcmp(claim->port, port)) {
            remove_claim(owners, claim);
            break;
        }
    }
}

/* States that 'old' has become 'new', of which one may be null, and calls 'cb'
 * with 'aux' for each other port with one of their addresses, if these or the
 * VLANs have changed. */
void
ip_owners_update(struct ip_owners *owners, const struct vport *old,
                 const struct vport *new, ip_owners_cb *cb, void *aux)
{
    struct ip_prefixes before, after;

    get_addresses(old, &before);
    get_addresses(new, &after);
    if (!old || !new || !ip_prefixes_equal(&before, &after)
        || !vlan_set_equals(&old->vlan.members, &new->vlan.members)) {
        for (size_t i = 0; i < before.n; i++) {
            if (is_single(&before.elems[i])) {
                unclaim(owners, &before.elems[i].addr, old->name);
                tell_others(owners, &before.elems[i].addr, old->name, cb,
                            aux);
            }
        }
        for (size_t i = 0; i < after.n; i++) {
            if (is_single(&after.elems[i])) {
                struct ip_claim *claim = xzalloc(sizeof *claim);

                claim->addr = after.elems[i].addr;
                claim->port = xstrdup(new->name);
                vlan_set_clone(&claim->vlans, &new->vlan.members);
                hmap_insert(&owners->claims, &claim->hmap_node,
                            hash_addr(&claim->addr));
                tell_others(owners, &claim->addr, new->name, cb, aux);
            }
        }
    }
    ip_prefixes_uninit(&before);
    ip_prefixes_uninit(&after);
}

static bool
have_common(const struct vlan_set *a, const struct vlan_set *b)
{
    struct vlan_set both;
    bool common;

    vlan_set_clone(&both, a);
    vlan_set_intersect(&both, b);
    common = !vlan_set_is_empty(&both);
    vlan_set_uninit(&both);
    return common;
}

/* Is 'ip', of 'vport', a single address that no other port has in any of its
 * VLANs? */
bool
ip_owners_is_alone(const struct ip_owners *owners, const struct vport *vport,
                   const struct ip_prefix *ip)
{
    const struct ip_claim *claim;

    if (!is_single(ip)) {
        return false;
    }
    HMAP_FOR_EACH_WITH_HASH (claim, hmap_node, hash_addr(&ip->addr),
                             &owners->claims) {
        if (!memcmp(&claim->addr, &ip->addr, sizeof ip->addr)
            && strcmp(claim->port, vport->name)
            && have_common(&claim->vlans, &vport->vlan.members)) {
            return false;
        }
    }
    return true;
}
