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

/* What one port claims. */
struct claims {
    struct vport_ip *ips;       /* Of which others own the VLANs. */
    size_t n;
};

static void
add(struct claims *claims, const struct ip_prefix *ip,
    const struct vlan_set *vlans)
{
    if (is_single(ip)) {
        claims->ips[claims->n++] = (struct vport_ip) {
            .ip = *ip, .vlans = *vlans
        };
    }
}

/* Returns the addresses that 'vport', which may be null, has, or that guests
 * of the host have which it leads to. */
static struct claims
get_claims(const struct vport *vport)
{
    struct claims claims = { .n = 0 };

    if (vport && vport->is_remote) {
        claims.ips = xmalloc((vport->n_remote_ips + 1) * sizeof *claims.ips);
        for (size_t i = 0; i < vport->n_remote_ips; i++) {
            add(&claims, &vport->remote_ips[i].ip,
                &vport->remote_ips[i].vlans);
        }
    } else if (vport && vport->role == VIF_GUEST
               && vport->guards & GUARD_BIT(GUARD_IP)) {
        struct ip_prefixes ips;

        guard_own_addresses(vport, &ips);
        claims.ips = xmalloc((ips.n + 1) * sizeof *claims.ips);
        for (size_t i = 0; i < ips.n; i++) {
            add(&claims, &ips.elems[i], &vport->vlan.members);
        }
        ip_prefixes_uninit(&ips);
    }
    return claims;
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
claim(struct ip_owners *owners, const struct vport_ip *ip, const char *port,
      ip_owners_cb *cb, void *aux)
{
    struct ip_claim *claim = xzalloc(sizeof *claim);

    claim->addr = ip->ip.addr;
    claim->port = xstrdup(port);
    vlan_set_clone(&claim->vlans, &ip->vlans);
    hmap_insert(&owners->claims, &claim->hmap_node, hash_addr(&claim->addr));
    tell_others(owners, &claim->addr, port, cb, aux);
}

static void
unclaim(struct ip_owners *owners, const struct vport_ip *ip, const char *port,
        ip_owners_cb *cb, void *aux)
{
    struct ip_claim *claim;

    HMAP_FOR_EACH_WITH_HASH (claim, hmap_node, hash_addr(&ip->ip.addr),
                             &owners->claims) {
        if (!memcmp(&claim->addr, &ip->ip.addr, sizeof claim->addr)
            && !strcmp(claim->port, port)
            && vlan_set_equals(&claim->vlans, &ip->vlans)) {
            remove_claim(owners, claim);
            break;
        }
    }
    tell_others(owners, &ip->ip.addr, port, cb, aux);
}

static bool
equal(const struct vport_ip *a, const struct vport_ip *b)
{
    return (ip_prefix_equals(&a->ip, &b->ip)
            && vlan_set_equals(&a->vlans, &b->vlans));
}

/* States that 'old' has become 'new', of which one may be null, and calls 'cb'
 * with 'aux' for each other port with one of their addresses, if these or the
 * VLANs have changed.  Of a port that leads to a host with many guests little
 * changes at a time. */
void
ip_owners_update(struct ip_owners *owners, const struct vport *old,
                 const struct vport *new, ip_owners_cb *cb, void *aux)
{
    struct claims a = get_claims(old);
    struct claims b = get_claims(new);
    size_t first = 0, last = 0;

    while (first < a.n && first < b.n
           && equal(&a.ips[first], &b.ips[first])) {
        first++;
    }
    while (last < a.n - first && last < b.n - first
           && equal(&a.ips[a.n - 1 - last], &b.ips[b.n - 1 - last])) {
        last++;
    }
    for (size_t i = first; i < a.n - last; i++) {
        unclaim(owners, &a.ips[i], old->name, cb, aux);
    }
    for (size_t i = first; i < b.n - last; i++) {
        claim(owners, &b.ips[i], new->name, cb, aux);
    }
    free(a.ips);
    free(b.ips);
}

/* Is 'ip', which somebody has, a single address that nobody else has in any of
 * its VLANs? */
bool
ip_owners_is_alone(const struct ip_owners *owners, const struct vport_ip *ip)
{
    const struct ip_claim *claim;
    size_t n = 0;

    if (!is_single(&ip->ip)) {
        return false;
    }
    HMAP_FOR_EACH_WITH_HASH (claim, hmap_node, hash_addr(&ip->ip.addr),
                             &owners->claims) {
        n += (!memcmp(&claim->addr, &ip->ip.addr, sizeof claim->addr)
              && vlan_set_intersects(&claim->vlans, &ip->vlans));
    }
    return n <= 1;
}
