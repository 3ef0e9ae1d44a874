/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/vport.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/guards.h"
#include "lib/base/storm.h"
#include "lib/model/port-filter.h"
#include "lib/base/printable.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

static struct vport_ip *
clone_remote_ips(const struct vport *vport)
{
    struct vport_ip *ips = NULL;

    if (vport->n_remote_ips) {
        ips = xmemdup(vport->remote_ips, vport->n_remote_ips * sizeof *ips);
        for (size_t i = 0; i < vport->n_remote_ips; i++) {
            vlan_set_clone(&ips[i].vlans, &vport->remote_ips[i].vlans);
        }
    }
    return ips;
}

/* Initializes 'dst' to a copy of 'src'. */
void
vport_clone(struct vport *dst, const struct vport *src)
{
    *dst = *src;
    dst->name = xstrdup(src->name);
    dst->port = nullable_xstrdup(src->port);
    dst->guest = nullable_xstrdup(src->guest);
    dst->others = (src->n_others
                   ? xmemdup(src->others, src->n_others * sizeof *src->others)
                   : NULL);
    dst->sources = (src->n_sources
                    ? xmemdup(src->sources,
                              src->n_sources * sizeof *src->sources)
                    : NULL);
    dst->statics = (src->n_statics
                    ? xmemdup(src->statics,
                              src->n_statics * sizeof *src->statics)
                    : NULL);
    dst->remote_ips = clone_remote_ips(src);
    ip_prefixes_clone(&dst->ips, &src->ips);
    dst->filter = port_filter_ref(src->filter);
    port_vlan_effect_clone(&dst->vlan, &src->vlan);
}

/* Frees what 'vport' holds, but not 'vport' itself. */
void
vport_uninit(struct vport *vport)
{
    free(vport->name);
    free(vport->port);
    free(vport->guest);
    free(vport->others);
    free(vport->sources);
    for (size_t i = 0; i < vport->n_remote_ips; i++) {
        vlan_set_uninit(&vport->remote_ips[i].vlans);
    }
    free(vport->remote_ips);
    free(vport->statics);
    ip_prefixes_uninit(&vport->ips);
    port_filter_unref(vport->filter);
    port_vlan_effect_uninit(&vport->vlan);
}

static bool
others_equal(const struct vport *a, const struct vport *b)
{
    if (a->n_others != b->n_others) {
        return false;
    }
    for (size_t i = 0; i < a->n_others; i++) {
        if (!eth_addr_equals(a->others[i].mac, b->others[i].mac)
            || a->others[i].kind != b->others[i].kind) {
            return false;
        }
    }
    return true;
}

static bool
sources_equal(const struct vport *a, const struct vport *b)
{
    if (a->n_sources != b->n_sources) {
        return false;
    }
    for (size_t i = 0; i < a->n_sources; i++) {
        if (!eth_addr_equals(a->sources[i].mac, b->sources[i].mac)
            || !community_equals(&a->sources[i].community,
                                 &b->sources[i].community)) {
            return false;
        }
    }
    return true;
}

/* Do 'a' and 'b' say the same of the same address? */
static bool
remote_ip_equals(const struct vport_ip *a, const struct vport_ip *b)
{
    return (ip_prefix_equals(&a->ip, &b->ip)
            && a->mac == b->mac
            && vlan_set_equals(&a->vlans, &b->vlans)
            && a->isolated == b->isolated
            && community_equals(&a->community, &b->community));
}

static bool
remote_ips_equal(const struct vport *a, const struct vport *b)
{
    if (a->n_remote_ips != b->n_remote_ips) {
        return false;
    }
    for (size_t i = 0; i < a->n_remote_ips; i++) {
        if (!remote_ip_equals(&a->remote_ips[i], &b->remote_ips[i])) {
            return false;
        }
    }
    return true;
}

static bool
statics_equal(const struct vport *a, const struct vport *b)
{
    if (a->n_statics != b->n_statics) {
        return false;
    }
    for (size_t i = 0; i < a->n_statics; i++) {
        if (!eth_addr_equals(a->statics[i].mac, b->statics[i].mac)
            || a->statics[i].vid != b->statics[i].vid) {
            return false;
        }
    }
    return true;
}

bool
vport_equals(const struct vport *a, const struct vport *b)
{
    return (!strcmp(a->name, b->name)
            && a->ofport == b->ofport
            && a->role == b->role
            && port_vlan_effect_equals(&a->vlan, &b->vlan)
            && eth_addr_equals(a->mac, b->mac)
            && others_equal(a, b)
            && statics_equal(a, b)
            && a->active == b->active
            && a->paused == b->paused
            && a->no_carrier == b->no_carrier
            && a->is_remote == b->is_remote
            && sources_equal(a, b)
            && remote_ips_equal(a, b)
            && nullable_string_is_equal(a->guest, b->guest)
            && a->takes_turns == b->takes_turns
            && a->takes_shared == b->takes_shared
            && a->deaf == b->deaf
            && a->shared == b->shared
            && a->meter_in == b->meter_in
            && a->meter_out == b->meter_out
            && a->isolated == b->isolated
            && community_equals(&a->community, &b->community)
            && a->mac_is_peers == b->mac_is_peers
            && a->guards == b->guards
            && guard_types_equals(&a->types, &b->types)
            && a->quiet_stops == b->quiet_stops
            && a->storm == b->storm
            && ip_prefixes_equal(&a->ips, &b->ips)
            && port_filter_equals(a->filter, b->filter)
            && a->sticky == b->sticky
            && a->follow_limit == b->follow_limit
            && a->listens == b->listens
            && a->n_ignored == b->n_ignored
            && !memcmp(a->ignored, b->ignored,
                       a->n_ignored * sizeof *a->ignored)
            && !strcmp(vport_port(a), vport_port(b))
            && a->in_bond == b->in_bond
            && a->admission == b->admission
            && a->way == b->way
            && a->rebalance_msec == b->rebalance_msec
            && a->reflects == b->reflects
            && a->is_tunnel == b->is_tunnel
            && a->is_protected == b->is_protected
            && a->wants_protected == b->wants_protected);
}

/* Returns the name of the Port row that 'vport' belongs to. */
const char *
vport_port(const struct vport *vport)
{
    return vport->port ? vport->port : vport->name;
}

/* Makes 'mac' the first address of 'vport'. */
void
vport_set_mac(struct vport *vport, struct eth_addr mac)
{
    for (size_t i = 0; i < vport->n_others; i++) {
        if (eth_addr_equals(vport->others[i].mac, mac)) {
            memmove(&vport->others[i], &vport->others[i + 1],
                    (vport->n_others - i - 1) * sizeof *vport->others);
            vport->n_others--;
            break;
        }
    }
    vport->mac = mac;
}

/* Makes 'vport', a guest, a plain network port. */
void
vport_make_network(struct vport *vport)
{
    vport->role = VIF_NETWORK;
    vport->mac = eth_addr_zero;
    vport->n_others = 0;
    vport->shared = false;
    vport->isolated = false;
    vport->community = (struct community) { .name = "" };
    vport->mac_is_peers = false;
    vport->guards = 0;
    vport->types = (struct guard_types) { .types = { 0 } };
    vport->quiet_stops = 0;
    vport->storm = 0;
    port_filter_unref(vport->filter);
    vport->filter = NULL;
    vport->sticky = false;
    vport->follow_limit = 0;
    vport->listens = false;
    vport->n_ignored = 0;
    vport->takes_turns = vport->takes_shared = vport->deaf = false;
}

/* Makes 'vport' claim 'mac', too, because of 'kind'.  Returns false if it does
 * so already. */
bool
vport_add_mac(struct vport *vport, struct eth_addr mac, enum claim_kind kind)
{
    if (vport_has_mac(vport, mac)) {
        return false;
    }
    vport_add_new_mac(vport, mac, kind);
    return true;
}

/* Likewise, of 'mac' that is known to be none of its addresses. */
void
vport_add_new_mac(struct vport *vport, struct eth_addr mac,
                  enum claim_kind kind)
{
    vport->others = xrealloc(vport->others, (vport->n_others + 1)
                                            * sizeof *vport->others);
    vport->others[vport->n_others++] = (struct vport_mac) { mac, kind };
}

/* Returns how many addresses vport_get_mac() has. */
size_t
vport_n_macs(const struct vport *vport)
{
    return 1 + vport->n_others;
}

/* Is 'vport' held back until it is known which address its guest has? */
bool
vport_awaits_address(const struct vport *vport)
{
    return vport->sticky && eth_addr_is_zero(vport->mac);
}

static enum claim_kind
host_kind(const struct vport *vport)
{
    return (vlan_set_count(&vport->vlan.members) == 1
            ? CLAIM_HOST_VLAN : CLAIM_HOST);
}

/* Returns address 'i' of 'vport', of which the first, for 0, is zero if it
 * claims none. */
struct vport_mac
vport_get_mac(const struct vport *vport, size_t i)
{
    struct vport_mac mac = {
        vport->mac, (vport->role == VIF_HOST ? host_kind(vport)
                     : vport->sticky ? CLAIM_FIRST
                     : vport->mac_is_peers ? CLAIM_PEER : CLAIM_ATTACHED)
    };

    if (i) {
        mac = vport->others[i - 1];
    }
    if (mac.kind == CLAIM_LISTED && vport->role == VIF_HOST) {
        mac.kind = CLAIM_HOSTS;
    } else if (mac.kind == CLAIM_LISTED && vport->no_carrier) {
        mac.kind = CLAIM_LISTED_DOWN;
    } else if (mac.kind == CLAIM_LISTED && vport->paused) {
        mac.kind = CLAIM_LISTED_PAUSED;
    } else if (mac.kind == CLAIM_ATTACHED && vport->no_carrier) {
        mac.kind = CLAIM_DOWN;
    } else if (vport->paused && mac.kind != CLAIM_HOSTS) {
        mac.kind = CLAIM_PAUSED;
    }
    return mac;
}

/* Returns where 'vport' claims address 'i'.  Initializes 'vlans', to which
 * that may refer and which the caller must uninitialize. */
const struct vlan_set *
vport_get_mac_vlans(const struct vport *vport, size_t i,
                    struct vlan_set *vlans)
{
    vlan_set_init(vlans);
    if (!i || vport->others[i - 1].kind != CLAIM_STATIC) {
        return &vport->vlan.members;
    }
    for (size_t j = 0; j < vport->n_statics; j++) {
        const struct vport_static *s = &vport->statics[j];

        if (eth_addr_equals(s->mac, vport->others[i - 1].mac)) {
            vlan_set_add(vlans, s->vid);
        }
    }
    return vlans;
}

/* Returns the index of 'mac' among the addresses of 'vport', as
 * vport_get_mac() numbers them, or SIZE_MAX if it is none of them.  It is
 * looked for from 'hint' on. */
size_t
vport_find_mac(const struct vport *vport, struct eth_addr mac, size_t hint)
{
    size_t n = vport_n_macs(vport);

    for (size_t k = 0; k < n; k++) {
        size_t i = (hint + k) % n;

        if (eth_addr_equals(i ? vport->others[i - 1].mac : vport->mac, mac)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* Is 'mac' one of the addresses of 'vport'? */
bool
vport_has_mac(const struct vport *vport, struct eth_addr mac)
{
    return vport_find_mac(vport, mac, 0) != SIZE_MAX;
}

/* Appends to 's' in words what 'vport' is apart from its name and role: its
 * addresses, whether it is isolated, its guards, limit, filter and VLANs. */
void
vport_format(struct ds *s, const struct vport *vport)
{
    if (!eth_addr_is_zero(vport->mac)) {
        printable_put_mac(s, vport->mac);
        if (vport->n_others) {
            ds_put_format(s, " and %"PRIuSIZE" more", vport->n_others);
        }
        ds_put_cstr(s, ", ");
    }
    if (community_is_set(&vport->community)) {
        ds_put_format(s, "community %s, ", vport->community.name);
    } else if (vport->isolated) {
        ds_put_cstr(s, "isolated, ");
    }
    if (vport->guards) {
        ds_put_cstr(s, "guarded (");
        guards_format(s, vport->guards, &vport->types);
        ds_put_cstr(s, "), ");
    }
    if (vport->storm) {
        ds_put_cstr(s, "storm limit ");
        storm_format(s, vport->storm);
        ds_put_cstr(s, ", ");
    }
    if (vport->filter) {
        ds_put_format(s, "filtered (%s), ", vport->filter->text);
    }
    ds_put_cstr(s, "VLAN ");
    vlan_set_format(s, &vport->vlan.members);
}
