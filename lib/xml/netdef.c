/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef.h"

#include <stdlib.h>
#include <string.h>

#include "packets.h"
#include "util.h"

/* Returns the name of 'forward' as forward@mode has it, "" if there is no
 * <forward>. */
const char *
netdef_forward_to_string(enum netdef_forward forward)
{
    switch (forward) {
#define NETDEF_FORWARD(ENUM, NAME) case NETDEF_FORWARD_##ENUM: return NAME;
    NETDEF_FORWARDS
#undef NETDEF_FORWARD
    }
    OVS_NOT_REACHED();
}

/* Stores the forward mode that 'name', a value of forward@mode, stands for in
 * '*forward' and returns true.  As in libvirt, "none" is the same as no
 * <forward> at all.  Returns false, with '*forward' untouched, if there is no
 * such mode. */
bool
netdef_forward_from_string(const char *name, enum netdef_forward *forward)
{
    if (!strcmp(name, "none")) {
        *forward = NETDEF_FORWARD_NONE;
        return true;
    }
#define NETDEF_FORWARD(ENUM, NAME)              \
    if (NAME[0] && !strcmp(name, NAME)) {       \
        *forward = NETDEF_FORWARD_##ENUM;       \
        return true;                            \
    }
    NETDEF_FORWARDS
#undef NETDEF_FORWARD
    return false;
}

/* Returns "kernel" or "libvirt". */
const char *
mac_table_manager_to_string(enum mac_table_manager manager)
{
    switch (manager) {
    case MAC_TABLE_KERNEL: return "kernel";
    case MAC_TABLE_LIBVIRT: return "libvirt";
    }
    OVS_NOT_REACHED();
}

/* Stores the manager that is called 'name' in '*manager' and returns true.
 * Returns false, with '*manager' untouched, if there is no such manager. */
bool
mac_table_manager_from_string(const char *name,
                              enum mac_table_manager *manager)
{
    if (!strcmp(name, "kernel")) {
        *manager = MAC_TABLE_KERNEL;
    } else if (!strcmp(name, "libvirt")) {
        *manager = MAC_TABLE_LIBVIRT;
    } else {
        return false;
    }
    return true;
}

/* Returns the name of 'type' as virtualport@type has it, "" if there is no
 * <virtualport> or it has no type. */
const char *
netdef_virtualport_to_string(enum netdef_virtualport type)
{
    switch (type) {
#define NETDEF_VIRTUALPORT(ENUM, NAME) \
    case NETDEF_VIRTUALPORT_##ENUM: return NAME;
    NETDEF_VIRTUALPORTS
#undef NETDEF_VIRTUALPORT
    }
    OVS_NOT_REACHED();
}

/* Stores the type that is called 'name' in '*type' and returns true.  Returns
 * false, with '*type' untouched, if there is no such type. */
bool
netdef_virtualport_from_string(const char *name,
                               enum netdef_virtualport *type)
{
#define NETDEF_VIRTUALPORT(ENUM, NAME)          \
    if (NAME[0] && !strcmp(name, NAME)) {       \
        *type = NETDEF_VIRTUALPORT_##ENUM;      \
        return true;                            \
    }
    NETDEF_VIRTUALPORTS
#undef NETDEF_VIRTUALPORT
    return false;
}

/* Removes the portgroups and the VLAN configuration of 'netdef'. */
void
netdef_clear_ports(struct netdef *netdef)
{
    for (size_t i = 0; i < netdef->n_portgroups; i++) {
        struct portgroup *pg = &netdef->portgroups[i];

        free(pg->name);
        free(pg->filter);
        port_vlan_uninit(&pg->vlan);
        origin_uninit(&pg->origin);
    }
    free(netdef->portgroups);
    netdef->portgroups = NULL;
    netdef->n_portgroups = 0;
    netdef->has_vlan = false;
    port_vlan_uninit(&netdef->vlan);
}

/* Frees 'netdef', which may be null. */
void
netdef_destroy(struct netdef *netdef)
{
    if (netdef) {
        netdef_clear_ports(netdef);
        free(netdef->name);
        free(netdef->uuid);
        free(netdef->bridge);
        free(netdef->filter);
        free(netdef->hosts);
        origin_uninit(&netdef->origin);
        origin_uninit(&netdef->name_origin);
        origin_uninit(&netdef->bridge_origin);
        free(netdef);
    }
}

static void
portgroup_clone(struct portgroup *dst, const struct portgroup *src)
{
    *dst = *src;
    dst->name = xstrdup(src->name);
    dst->filter = nullable_xstrdup(src->filter);
    port_vlan_clone(&dst->vlan, &src->vlan);
    origin_clone(&dst->origin, &src->origin);
}

/* Returns a copy of 'src', which the caller must netdef_destroy(). */
struct netdef *
netdef_clone(const struct netdef *src)
{
    struct netdef *dst = xmemdup(src, sizeof *src);

    dst->name = xstrdup(src->name);
    dst->uuid = nullable_xstrdup(src->uuid);
    dst->bridge = nullable_xstrdup(src->bridge);
    dst->filter = nullable_xstrdup(src->filter);
    netdef_hosts_clone(dst, src);
    port_vlan_clone(&dst->vlan, &src->vlan);
    dst->portgroups = xmalloc(MAX(1, src->n_portgroups)
                              * sizeof *dst->portgroups);
    for (size_t i = 0; i < src->n_portgroups; i++) {
        portgroup_clone(&dst->portgroups[i], &src->portgroups[i]);
    }
    origin_clone(&dst->origin, &src->origin);
    origin_clone(&dst->name_origin, &src->name_origin);
    origin_clone(&dst->bridge_origin, &src->bridge_origin);
    dst->manager_line = src->manager_line;
    return dst;
}

static bool
portgroup_equals(const struct portgroup *a, const struct portgroup *b)
{
    return !strcmp(a->name, b->name)
           && a->is_default == b->is_default
           && a->virtualport == b->virtualport
           && !a->virtualport_line == !b->virtualport_line
           && a->has_vlan == b->has_vlan
           && port_vlan_equals(&a->vlan, &b->vlan)
           && netdef_policy_equals(&a->policy, &b->policy)
           && bandwidth_equals(&a->bandwidth, &b->bandwidth)
           && nullable_string_is_equal(a->filter, b->filter);
}

/* Returns true if 'a' and 'b' say the same.  Where they say it does not
 * matter: origins are not compared. */
bool
netdef_equals(const struct netdef *a, const struct netdef *b)
{
    if (strcmp(a->name, b->name)
        || !nullable_string_is_equal(a->uuid, b->uuid)
        || a->forward != b->forward
        || !nullable_string_is_equal(a->bridge, b->bridge)
        || !netdef_policy_equals(&a->policy, &b->policy)
        || a->virtualport != b->virtualport
        || a->has_vlan != b->has_vlan
        || !port_vlan_equals(&a->vlan, &b->vlan)
        || !bandwidth_equals(&a->bandwidth, &b->bandwidth)
        || !nullable_string_is_equal(a->filter, b->filter)
        || !netdef_hosts_equal(a, b)
        || !netdef_setting_equals(&a->create_bridge, &b->create_bridge)
        || !netdef_setting_equals(&a->overlay, &b->overlay)
        || !netdef_setting_equals(&a->overlay_key, &b->overlay_key)
        || !netdef_setting_equals(&a->mtu, &b->mtu)
        || !netdef_setting_equals(&a->stp, &b->stp)
        || !netdef_setting_equals(&a->stp_delay, &b->stp_delay)
        || !eth_addr_equals(a->mac, b->mac)
        || a->n_portgroups != b->n_portgroups) {
        return false;
    }
    for (size_t i = 0; i < a->n_portgroups; i++) {
        if (!portgroup_equals(&a->portgroups[i], &b->portgroups[i])) {
            return false;
        }
    }
    return true;
}

/* For qsort() of an array of pointers to networks: by name. */
int
netdef_compare_names(const void *a_, const void *b_)
{
    const struct netdef *const *a = a_;
    const struct netdef *const *b = b_;
    return strcmp((*a)->name, (*b)->name);
}

/* Returns who fills the MAC table of the bridge of 'netdef'. */
enum mac_table_manager
netdef_mode(const struct netdef *netdef)
{
    return netdef_port_policy(netdef, NULL).mac_table_manager.value;
}

/* Returns true if 'netdef' is of a kind that has no meaning on Open vSwitch,
 * by its forward mode or its virtualport's type. */
bool
netdef_is_foreign(const struct netdef *netdef)
{
    return (netdef->forward != NETDEF_FORWARD_NONE
            && netdef->forward != NETDEF_FORWARD_BRIDGE)
           || (netdef->virtualport != NETDEF_VIRTUALPORT_NONE
               && netdef->virtualport != NETDEF_VIRTUALPORT_OPENVSWITCH);
}

/* Returns true if 'netdef' can be carried out: it is not foreign and names a
 * bridge.  All others are left to libvirt.  (A definition from libvirt's own
 * directories has to meet more conditions, which depend on what bridges
 * exist; these are not known here.) */
bool
netdef_is_ours(const struct netdef *netdef)
{
    return !netdef_is_foreign(netdef) && netdef->bridge;
}

/* Returns the portgroup of 'netdef' that is called 'name', null if there is
 * none. */
const struct portgroup *
netdef_find_portgroup(const struct netdef *netdef, const char *name)
{
    for (size_t i = 0; i < netdef->n_portgroups; i++) {
        if (!strcmp(netdef->portgroups[i].name, name)) {
            return &netdef->portgroups[i];
        }
    }
    return NULL;
}

/* Returns the portgroup of ports that name none, null if there is none. */
const struct portgroup *
netdef_default_portgroup(const struct netdef *netdef)
{
    for (size_t i = 0; i < netdef->n_portgroups; i++) {
        if (netdef->portgroups[i].is_default) {
            return &netdef->portgroups[i];
        }
    }
    return NULL;
}

/* Returns the filter of ports of 'netdef' that are in 'pg', or in no portgroup
 * if that is null, as nwfilter.h has it; null if they have none. */
const char *
netdef_port_filter(const struct netdef *netdef, const struct portgroup *pg)
{
    return pg && pg->filter ? pg->filter : netdef->filter;
}
