/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/rows/overlay.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/diag.h"
#include "lib/host/tunnel-row.h"
#include "lib/host/vif.h"
#include "lib/rows/row-change.h"
#include "lib/xml/netdef-overlay.h"
#include "lib/xml/netdef.h"
#include "openvswitch/shash.h"
#include "packets.h"
#include "sset.h"
#include "svec.h"
#include "util.h"

/* Is 'text', which somebody else has written, an address that a tunnel can
 * lead to? */
static bool
is_address(const char *text)
{
    struct in6_addr ip6;
    ovs_be32 ip;

    if (ip_parse(text, &ip)) {
        return (ip && ip != htonl(UINT32_MAX) && !ip_is_multicast(ip));
    }
    return (ipv6_parse(text, &ip6) && ipv6_addr_is_set(&ip6)
            && !ipv6_addr_is_multicast(&ip6));
}

/* Returns the first of 'addresses' of IPv6, or of IPv4, that a tunnel can lead
 * to, or null. */
static const char *
find_address(const struct svec *addresses, bool ipv6)
{
    for (size_t i = 0; i < addresses->n; i++) {
        const char *address = addresses->names[i];

        if (is_address(address) && (strchr(address, ':') != NULL) == ipv6) {
            return address;
        }
    }
    return NULL;
}

/* Returns which of 'addresses', another host's, a tunnel from a host with
 * addresses 'own' leads to, or null if there is none: the first of IPv4, if
 * both hosts have one, or else of IPv6.  So the tunnel from there comes to an
 * address of the same kind. */
const char *
overlay_address(const struct svec *addresses, const struct svec *own)
{
    for (int ipv6 = 0; ipv6 < 2; ipv6++) {
        const char *address = find_address(addresses, ipv6);

        if (address && find_address(own, ipv6)) {
            return address;
        }
    }
    return NULL;
}

static int
compare_hosts(const void *a_, const void *b_)
{
    const struct overlay_host *a = a_;
    const struct overlay_host *b = b_;
    return strcmp(a->name, b->name);
}

/* Returns the hosts of 'o' that tunnels lead to, by name, and stores their
 * number in '*n'.  Of two with one address it is the first, and a name that
 * cannot be part of a key is none.  The caller must free the array. */
static struct overlay_host *
get_peers(const struct overlay *o, size_t *n)
{
    struct overlay_host *all = xmemdup(o->hosts, o->n_hosts * sizeof *all);
    struct sset addresses = SSET_INITIALIZER(&addresses);

    qsort(all, o->n_hosts, sizeof *all, compare_hosts);
    *n = 0;
    for (size_t i = 0; i < o->n_hosts; i++) {
        const char *address = overlay_address(all[i].addresses, o->addresses);

        if (address && strcmp(all[i].name, o->own) && all[i].name[0]
            && !strchr(all[i].name, '/')
            && !svec_contains(o->addresses, address)
            && sset_add(&addresses, address)) {
            all[(*n)++] = all[i];
        }
    }
    sset_destroy(&addresses);
    return all;
}

/* Returns the definitions of 'o' that have overlays, by name, and stores their
 * number in '*n'.  The caller must free the array. */
static const struct netdef **
get_overlays(const struct overlay *o, size_t *n)
{
    const struct netdef **defs = xmalloc(o->n_defs * sizeof *defs + 1);

    *n = 0;
    for (size_t i = 0; i < o->n_defs; i++) {
        if (netdef_is_overlay(o->defs[i])) {
            defs[(*n)++] = o->defs[i];
        }
    }
    qsort(defs, *n, sizeof *defs, netdef_compare_names);
    return defs;
}

/* Can the tunnels of 'a' and 'b', which have overlays, not be beside each
 * other?  With the same key the tunnels could not be told apart, and with the
 * same bridge the frames. */
bool
overlay_are_rivals(const struct netdef *a, const struct netdef *b)
{
    return (!strcmp(a->bridge, b->bridge)
            || (a->overlay.value == b->overlay.value
                && netdef_overlay_key(a) == netdef_overlay_key(b)));
}

/* Returns the first of the 'i' definitions before 'defs[i]' that its tunnels
 * cannot be beside, or null. */
static const struct netdef *
find_rival(const struct netdef *const *defs, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (overlay_are_rivals(defs[j], defs[i])) {
            return defs[j];
        }
    }
    return NULL;
}

/* Has this host an address for tunnels? */
static bool
has_address(const struct overlay *o)
{
    return overlay_address(o->addresses, o->addresses) != NULL;
}

static void
add_tunnels(const struct overlay *o, const struct netdef *netdef,
            const struct overlay_host *peers, size_t n_peers,
            struct shash *tunnels)
{
    for (size_t i = 0; i < n_peers; i++) {
        struct tunnel_row *tunnel = xmalloc(sizeof *tunnel);

        tunnel_row_init(tunnel, netdef->bridge, netdef->name, peers[i].name);
        tunnel->remote_ip = xstrdup(overlay_address(peers[i].addresses,
                                                    o->addresses));
        tunnel->type = netdef_overlay_to_string(netdef->overlay.value);
        tunnel->key = netdef_overlay_key(netdef);
        shash_add(tunnels, tunnel->name, tunnel);
    }
}

/* Adds to 'tunnels' those that there are to be, by name. */
static void
get_tunnels(const struct overlay *o, struct shash *tunnels)
{
    struct overlay_host *peers;
    const struct netdef **defs;
    size_t n_peers, n;

    if (!o->own || !has_address(o)) {
        return;
    }
    peers = get_peers(o, &n_peers);
    defs = get_overlays(o, &n);
    for (size_t i = 0; i < n; i++) {
        if (!find_rival(defs, i) && o->has_bridge(defs[i]->bridge, o->aux)) {
            add_tunnels(o, defs[i], peers, n_peers, tunnels);
        }
    }
    free(defs);
    free(peers);
}

struct comparison {
    const struct overlay *o;
    struct shash tunnels;       /* That are not there yet. */
    struct row_changes *changes;
};

/* Adds what is to become of 'vif', if it is ours, to the changes. */
static void
compare_vif(const struct vif *vif, void *c_)
{
    struct comparison *c = c_;
    struct tunnel_row *tunnel;

    if (!vif->tunnel_mark) {
        return;
    }
    tunnel = shash_find_and_delete(&c->tunnels, vif->name);
    if (tunnel) {
        char *settings = tunnel_row_settings(tunnel);

        if (strcmp(settings, vif->tunnel)
            || strcmp(tunnel->bridge, vif->tunnel_mark)) {
            row_changes_add_tunnel(c->changes, tunnel, true);
        }
        free(settings);
        tunnel_row_uninit(tunnel);
        free(tunnel);
    } else if (c->o->complete) {
        const struct uuid *port = c->o->find_port(vif->name, c->o->aux);

        row_changes_add_old_tunnel(c->changes, vif->tunnel_mark, vif->name,
                                   port ? port : &UUID_ZERO);
    }
}

/* Adds to 'changes' what of the rows of tunnels is not as it is to be. */
void
overlay_want(const struct overlay *o, struct row_changes *changes)
{
    struct comparison c = {
        .o = o,
        .tunnels = SHASH_INITIALIZER(&c.tunnels),
        .changes = changes,
    };
    const struct shash_node **nodes;
    size_t n;

    get_tunnels(o, &c.tunnels);
    o->for_each_vif(compare_vif, &c, o->aux);

    n = shash_count(&c.tunnels);
    nodes = shash_sort(&c.tunnels);
    for (size_t i = 0; i < n; i++) {
        struct tunnel_row *tunnel = nodes[i]->data;

        if (!o->find_vif(tunnel->name, o->aux)) {
            row_changes_add_tunnel(changes, tunnel, false);
        }
        tunnel_row_uninit(tunnel);
        free(tunnel);
    }
    free(nodes);
    shash_destroy(&c.tunnels);
}

/* Returns how much of what tunnels go by is theirs, in bytes: with the most of
 * the tunnels that there are or, as long as there are none, may be. */
static int
get_overhead(const struct overlay *o)
{
    size_t n;
    struct overlay_host *peers = get_peers(o, &n);
    bool ipv6 = !n && !find_address(o->addresses, false);

    for (size_t i = 0; i < n && !ipv6; i++) {
        ipv6 = strchr(overlay_address(peers[i].addresses, o->addresses), ':');
    }
    free(peers);
    return ipv6 ? NETDEF_OVERLAY_OVERHEAD_IPV6 : NETDEF_OVERLAY_OVERHEAD_IPV4;
}

/* Adds to 'diags' that guests of 'netdef' may send what no tunnel of this host
 * carries.  Where <mtu> does not say it, they may have one of their own. */
static void
report_mtu(const struct overlay *o, const struct netdef *netdef,
           struct diag_list *diags)
{
    bool is_set = netdef_setting_is_set(&netdef->mtu);
    int mtu = netdef_overlay_mtu(netdef);
    int most = o->mtu - get_overhead(o);
    struct origin at = {
        .file = netdef->origin.file,
        .line = is_set ? netdef->mtu.line : netdef->overlay.line,
        .element = CONST_CAST(char *, is_set ? netdef->mtu.element
                              : netdef->overlay.element),
    };

    if (!o->mtu || mtu <= most) {
        return;
    } else if (is_set) {
        diag_add(diags, DIAG_ERROR, &at, "guests of network '%s' may send "
                 "packets of %d bytes, but its tunnels carry no more than %d, "
                 "for what they go by has an MTU of %d; what is longer is "
                 "lost", netdef->name, mtu, most, o->mtu);
    } else {
        diag_add(diags, DIAG_WARNING, &at, "guests of network '%s' must have "
                 "an MTU of no more than %d, for what its tunnels go by has "
                 "one of %d; what is longer is lost", netdef->name, most,
                 o->mtu);
    }
}

static void
report_overlay(const struct overlay *o, const struct netdef *netdef,
               const struct netdef *rival, struct diag_list *diags)
{
    struct origin at = {
        .file = netdef->origin.file,
        .line = netdef->overlay.line,
        .element = CONST_CAST(char *, netdef->overlay.element),
    };

    if (rival && !strcmp(rival->bridge, netdef->bridge)) {
        diag_add(diags, DIAG_ERROR, &at, "bridge '%s' has the tunnels of "
                 "network '%s', so that there are none for network '%s': give "
                 "it another bridge", netdef->bridge, rival->name,
                 netdef->name);
    } else if (rival) {
        diag_add(diags, DIAG_ERROR, &at, "tunnels of network '%s' would have "
                 "the key %"PRIu32" as those of network '%s', so that there "
                 "are none; give one of them an overlayKey", netdef->name,
                 netdef_overlay_key(netdef), rival->name);
    } else if (!o->own) {
        diag_add(diags, DIAG_WARNING, &at, "this host is in no fleet, so that "
                 "network '%s' has no tunnels", netdef->name);
    } else if (!has_address(o)) {
        diag_add(diags, DIAG_ERROR, &at, "this host has no address for "
                 "tunnels of network '%s': \"ovs-vsctl set Open_vSwitch . "
                 "external_ids:virtnet-tunnel-ip=ADDRESS\"", netdef->name);
    } else {
        report_mtu(o, netdef, diags);
    }
}

/* Adds to 'diags' the hosts that say where they take tunnels and still have
 * none, because that is no address, another host's, or of a kind that this
 * host has none of. */
static void
report_hosts(const struct overlay *o, struct diag_list *diags)
{
    size_t n;
    struct overlay_host *peers = get_peers(o, &n);

    for (size_t i = 0; i < o->n_hosts; i++) {
        const struct overlay_host *host = &o->hosts[i];
        struct origin at = { .element = CONST_CAST(char *, host->name) };
        bool found = !strcmp(host->name, o->own) || !host->addresses->n;

        for (size_t j = 0; j < n && !found; j++) {
            found = !strcmp(peers[j].name, host->name);
        }
        if (!found && overlay_address(host->addresses, host->addresses)
            && !overlay_address(host->addresses, o->addresses)) {
            diag_add(diags, DIAG_WARNING, &at, "is a host of the fleet that "
                     "takes tunnels at '%s', and this host by %s only; there "
                     "are none to it", host->addresses->names[0],
                     find_address(o->addresses, true) ? "IPv6" : "IPv4");
        } else if (!found) {
            diag_add(diags, DIAG_WARNING, &at, "is a host of the fleet that "
                     "takes tunnels at '%s', which is no address or that of "
                     "another host; there are none to it",
                     host->addresses->names[0]);
        }
    }
    free(peers);
}

/* Adds to 'diags' what there is to say of the overlays of 'o'. */
void
overlay_report(const struct overlay *o, struct diag_list *diags)
{
    size_t n;
    const struct netdef **defs = get_overlays(o, &n);

    for (size_t i = 0; i < n; i++) {
        report_overlay(o, defs[i], find_rival(defs, i), diags);
    }
    if (n && o->own && has_address(o)) {
        report_hosts(o, diags);
    }
    diag_list_sort(diags);
    free(defs);
}
