/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "lib/host/bridge-row.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host/columns.h"
#include "lib/host/our-keys.h"
#include "openvswitch/dynamic-string.h"
#include "smap.h"
#include "util.h"

static char *
join(const struct strings *column)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < column->n; i++) {
        ds_put_format(&s, "%s%s", i ? "," : "", column->elems[i]);
    }
    return ds_steal_cstr(&s);
}

static char *
get(const struct smap *map, const char *key)
{
    return map ? nullable_xstrdup(smap_get(map, key)) : NULL;
}

/* Has somebody who is not us said what a bridge should be like?  What made it
 * does not matter to him then: it has become his. */
static bool
is_adopted(const struct bridge_columns *c)
{
    const struct smap_node *node;

    if (c->external_ids) {
        SMAP_FOR_EACH (node, c->external_ids) {
            if (strncmp(node->key, "virtnet", 7)) {
                return true;
            }
        }
    }
    return (c->fail_mode && c->fail_mode[0]) || c->protocols.n > 0;
}

/* Returns the number in 'key' of 'smap', or 0. */
static int
get_size(const struct smap *smap, const char *key)
{
    return smap ? MAX(0, smap_get_int(smap, key, 0)) : 0;
}

/* Initializes 'row' to what 'c' says. */
void
bridge_row_from_columns(struct bridge_row *row,
                        const struct bridge_columns *c)
{
    *row = (struct bridge_row) {
        .name = xstrdup(c->name),
        .mac_table_manager = get(c->external_ids,
                                 "virtnet-mac-table-manager"),
        .owner = get(c->external_ids, "virtnet-owner"),
        .is_adopted = is_adopted(c),
        .protocols = join(&c->protocols),
        .datapath_type = xstrdup(c->datapath_type ? c->datapath_type : ""),
        .forward_bpdu = (c->other_config
                         && smap_get_bool(c->other_config, "forward-bpdu",
                                          false)),
        .mcast_snooping = c->mcast_snooping_enable,
        .mac_aging_time = get_size(c->other_config, "mac-aging-time"),
        .mac_table_size = get_size(c->other_config, "mac-table-size"),
        .stp_enable = c->stp_enable,
        .rstp_enable = c->rstp_enable,
        .secure = c->fail_mode && !strcmp(c->fail_mode, "secure"),
        .disable_in_band = (c->other_config
                            && smap_get_bool(c->other_config,
                                             "disable-in-band", false)),
        .hwaddr = get(c->other_config, "hwaddr"),
        .stp_delay = get(c->other_config, "stp-forward-delay"),
        .stp_max_age = get(c->other_config, "stp-max-age"),
        .settings_mark = get(c->external_ids, "virtnet-settings"),
        .unknown_key = nullable_xstrdup(
            our_keys_find_unknown_bridge(c->external_ids)),
    };
    for (size_t i = 0; i < c->flood_vlans.n; i++) {
        int64_t vid = c->flood_vlans.elems[i];

        if (vid >= 0 && vid <= VLAN_ID_MAX) {
            vlan_set_add(&row->flood_vlans, vid);
        }
    }
}

/* Does vswitchd keep flows on the bridge of 'row' for a controller or manager
 * with 'target' and 'connection_mode'?  It does for one that it connects to by
 * IPv4.  What a name stands for is not known here. */
static bool
is_in_band(const struct bridge_row *row, const char *target,
           const char *connection_mode)
{
    return (!row->disable_in_band && target
            && (!strncmp(target, "tcp:", 4) || !strncmp(target, "ssl:", 4))
            && target[4] != '['
            && !(connection_mode && !strcmp(connection_mode, "out-of-band")));
}

/* Is what 'c' tells of a controller that has no part in the fail mode?  Where
 * column type is empty, it is one that vswitchd does not connect to. */
static bool
is_service(const struct controller_columns *c)
{
    if (c->type && c->type[0]) {
        return strcmp(c->type, "primary");
    }
    return !(c->target && (!strncmp(c->target, "tcp:", 4)
                           || !strncmp(c->target, "ssl:", 4)
                           || !strncmp(c->target, "unix:", 5)));
}

/* Adds to 'row' a controller, which 'c' tells of. */
void
bridge_row_add_controller(struct bridge_row *row,
                          const struct controller_columns *c)
{
    struct bridge_controllers *all = &row->controllers;

    all->in_band |= is_in_band(row, c->target, c->connection_mode);
    if (is_service(c)) {
        all->n_services++;
        return;
    }

    /* As vswitchd has it: a value below a second is one of a second, and the
     * connection makes at least five of it. */
    int probe = (!c->inactivity_probe.set ? 5
                 : !c->inactivity_probe.value ? 0
                 : MAX(5, MIN(c->inactivity_probe.value / 1000, INT_MAX)));
    all->n++;
    all->n_connected += c->is_connected;
    all->max_probe = MAX(all->max_probe, probe);
}

/* Is 'target', of a manager that is connected to, on this host? */
static bool
is_loopback(const char *target)
{
    static const char *const hosts[] = { "127.0.0.1", "localhost" };

    for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
        size_t len = strlen(hosts[i]);

        if (!strncmp(target + 4, hosts[i], len)
            && (!target[4 + len] || target[4 + len] == ':')) {
            return true;
        }
    }
    return false;
}

/* Adds to 'row' a manager of the database, which 'c' tells of.  vswitchd keeps
 * it within reach by each bridge, if it is elsewhere.  (It does so for any
 * controller.) */
void
bridge_row_add_manager(struct bridge_row *row, const struct manager_columns *c)
{
    row->manager_in_band |= (is_in_band(row, c->target, c->connection_mode)
                             && !is_loopback(c->target));
}

/* Adds to 'row' a mirror without an output port, which 'c' tells of and which
 * selects frames of some ports.  Its copies go to all ports in its VLAN. */
void
bridge_row_add_mirror(struct bridge_row *row, const struct mirror_columns *c)
{
    if (c->output_vlan.set && c->output_vlan.value >= 0
        && c->output_vlan.value <= VLAN_ID_MAX) {
        vlan_set_add(&row->mirror_vlans, c->output_vlan.value);
    }
}

/* Returns the value of 'key' in 'ids', or that of the key for one of several
 * programs of OVN on the host, which has 'system_id' in its name.  Null if
 * there is neither. */
static const char *
get_ovn(const struct smap *ids, const char *key, const char *system_id)
{
    char *own_key = xasprintf("%s-%s", key, system_id ? system_id : "");
    const char *value = smap_get(ids, own_key);

    free(own_key);
    return value ? value : smap_get(ids, key);
}

/* Adds to 'row' what external_ids and other_config of the database's only row,
 * null for none, say of it.
 *
 * OVN's integration bridge is the one that ovn-bridge names, by default br-int
 * (ovn-controller(8)).  Where there is no ovn-remote, OVN is not set up. */
void
bridge_row_set_root(struct bridge_row *row,
                    const struct smap *root_external_ids,
                    const struct smap *root_other_config)
{
    const char *system_id, *name;

    /* 0 is as many as Open vSwitch can, which is 2 (bridge_run() in its
     * vswitchd/bridge.c, FLOW_MAX_VLAN_HEADERS). */
    row->sees_two_tags = (root_other_config
                          && smap_get_int(root_other_config, "vlan-limit",
                                          1) != 1);
    if (!root_external_ids) {
        return;
    }
    system_id = smap_get(root_external_ids, "system-id");
    name = get_ovn(root_external_ids, "ovn-bridge", system_id);
    if (!name && get_ovn(root_external_ids, "ovn-remote", system_id)) {
        name = "br-int";
    }
    row->is_ovns = name && !strcmp(name, row->name);
}

/* Initializes 'dst' to a copy of 'src'. */
void
bridge_row_clone(struct bridge_row *dst, const struct bridge_row *src)
{
    *dst = *src;
    dst->name = xstrdup(src->name);
    dst->mac_table_manager = nullable_xstrdup(src->mac_table_manager);
    dst->owner = nullable_xstrdup(src->owner);
    dst->protocols = nullable_xstrdup(src->protocols);
    dst->datapath_type = nullable_xstrdup(src->datapath_type);
    dst->hwaddr = nullable_xstrdup(src->hwaddr);
    dst->stp_delay = nullable_xstrdup(src->stp_delay);
    dst->stp_max_age = nullable_xstrdup(src->stp_max_age);
    dst->settings_mark = nullable_xstrdup(src->settings_mark);
    dst->unknown_key = nullable_xstrdup(src->unknown_key);
    vlan_set_clone(&dst->flood_vlans, &src->flood_vlans);
    vlan_set_clone(&dst->mirror_vlans, &src->mirror_vlans);
    fake_bridges_clone(&dst->fakes, &src->fakes);
}

/* Frees what 'row' holds, but not 'row' itself. */
void
bridge_row_uninit(struct bridge_row *row)
{
    free(row->name);
    free(row->mac_table_manager);
    free(row->owner);
    free(row->protocols);
    free(row->datapath_type);
    free(row->hwaddr);
    free(row->stp_delay);
    free(row->stp_max_age);
    free(row->settings_mark);
    free(row->unknown_key);
    vlan_set_uninit(&row->flood_vlans);
    vlan_set_uninit(&row->mirror_vlans);
    fake_bridges_uninit(&row->fakes);
}

bool
bridge_row_equals(const struct bridge_row *a, const struct bridge_row *b)
{
    return (!strcmp(a->name, b->name)
            && nullable_string_is_equal(a->mac_table_manager,
                                        b->mac_table_manager)
            && nullable_string_is_equal(a->owner, b->owner)
            && a->is_ovns == b->is_ovns
            && a->sees_two_tags == b->sees_two_tags
            && a->is_adopted == b->is_adopted
            && nullable_string_is_equal(a->protocols, b->protocols)
            && nullable_string_is_equal(a->datapath_type, b->datapath_type)
            && a->mcast_snooping == b->mcast_snooping
            && a->mac_aging_time == b->mac_aging_time
            && a->mac_table_size == b->mac_table_size
            && a->stp_enable == b->stp_enable
            && a->rstp_enable == b->rstp_enable
            && a->secure == b->secure
            && a->disable_in_band == b->disable_in_band
            && a->controllers.n == b->controllers.n
            && a->controllers.n_connected == b->controllers.n_connected
            && a->controllers.n_services == b->controllers.n_services
            && a->controllers.in_band == b->controllers.in_band
            && a->controllers.max_probe == b->controllers.max_probe
            && a->manager_in_band == b->manager_in_band
            && nullable_string_is_equal(a->hwaddr, b->hwaddr)
            && nullable_string_is_equal(a->stp_delay, b->stp_delay)
            && nullable_string_is_equal(a->stp_max_age, b->stp_max_age)
            && nullable_string_is_equal(a->settings_mark, b->settings_mark)
            && nullable_string_is_equal(a->unknown_key, b->unknown_key)
            && vlan_set_equals(&a->flood_vlans, &b->flood_vlans)
            && vlan_set_equals(&a->mirror_vlans, &b->mirror_vlans)
            && fake_bridges_equals(&a->fakes, &b->fakes)
            && a->forward_bpdu == b->forward_bpdu);
}

/* An empty column allows everything. */
static bool
allows_protocol(const struct bridge_row *row, const char *protocol)
{
    return (!row->protocols || !row->protocols[0]
            || strstr(row->protocols, protocol));
}

/* Returns true if column protocols of 'row' allows OpenFlow 1.0. */
bool
bridge_row_allows_openflow10(const struct bridge_row *row)
{
    return allows_protocol(row, "OpenFlow10");
}

/* Returns true if column protocols of 'row' allows OpenFlow 1.5. */
bool
bridge_row_allows_openflow15(const struct bridge_row *row)
{
    return allows_protocol(row, "OpenFlow15");
}

/* Returns how many controllers the bridge has, of any kind. */
size_t
bridge_row_count_controllers(const struct bridge_row *row)
{
    return row->controllers.n + row->controllers.n_services;
}

/* Does the bridge have a controller, and not allow OpenFlow 1.5?  Neutron's
 * agent does so before it has any port there.  Open vSwitch deletes all flows
 * when a bridge has its first controller, so that none of ours is left. */
bool
bridge_row_is_taken(const struct bridge_row *row)
{
    return row->controllers.n && !bridge_row_allows_openflow15(row);
}

/* Does the bridge take part in a spanning tree? */
bool
bridge_row_spans(const struct bridge_row *row)
{
    return row->stp_enable || row->rstp_enable;
}

/* Does 'row' ask for what NORMAL alone can do for several network ports? */
bool
bridge_row_needs_normal(const struct bridge_row *row)
{
    return bridge_row_spans(row) || row->mcast_snooping;
}
