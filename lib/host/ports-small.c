/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/host/ports-json.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "lib/base/jvalue.h"
#include "packets.h"
#include "util.h"

/* The small format:
 *
 *     {"bridges": {
 *        "br0": {"ports": {
 *           "tap0": {"ofport": 1, "attached-mac": "52:54:00:00:00:01",
 *                    "tag": 10, "vm-id": "..."},
 *           "eth0": {"ofport": 2}}}}}
 *
 * A member that it does not have is an error, since it was meant to say
 * something. */

/* Takes what belongs to member 'name' of an object.  Returns null if
 * successful, otherwise a message that the caller must free. */
typedef char *take_cb(const char *name, const struct json_t *, void *aux);

/* Has 'take' take each member of 'json', sorted by name, until one is wrong.
 * Returns null if none is, otherwise a message that the caller must free,
 * which begins with where it is wrong: "ports.tap0.tag: expected ..." */
static char *
for_each_member(const struct json_t *json, take_cb *take, void *aux)
{
    if (jvalue_type(json) != JVALUE_OBJECT) {
        return xstrdup("expected an object");
    }

    const char **names = jvalue_names(json);
    char *error = NULL;
    for (size_t i = 0; names[i] && !error; i++) {
        char *why = take(names[i], jvalue_get(json, names[i]), aux);

        if (why) {
            error = xasprintf("%s%s%s", names[i],
                              strstr(why, ": ") ? "." : ": ", why);
            free(why);
        }
    }
    free(names);
    return error;
}

/* What a member of an object is and where it goes. */
struct member {
    const char *name;
    char *(*take)(const struct json_t *, void *aux);
};

/* The members that an object may have. */
struct members {
    const struct member *members;
    size_t n;
    void *aux;
};

static char *
take_member(const char *name, const struct json_t *json, void *members_)
{
    const struct members *m = members_;

    for (size_t i = 0; i < m->n; i++) {
        if (!strcmp(m->members[i].name, name)) {
            return m->members[i].take(json, m->aux);
        }
    }
    return xstrdup("unknown member");
}

static char *
take_members(const struct json_t *json, const struct member *members, size_t n,
             void *aux)
{
    struct members m = { .members = members, .n = n, .aux = aux };

    return for_each_member(json, take_member, &m);
}

static char *
take_string(const struct json_t *json, char **value)
{
    if (jvalue_type(json) != JVALUE_STRING) {
        return xstrdup("expected a string");
    }
    free(*value);
    *value = xstrdup(jvalue_text(json));
    return NULL;
}

#define STRING_MEMBER(FUNCTION, TYPE, FIELD)            \
    static char *                                       \
    FUNCTION(const struct json_t *json, void *object_)    \
    {                                                   \
        TYPE *object = object_;                         \
        return take_string(json, &object->FIELD);       \
    }

STRING_MEMBER(vif_error, struct vif, error)
STRING_MEMBER(vif_attached_mac, struct vif, attached_mac)
STRING_MEMBER(vif_iface_id, struct vif, iface_id)
STRING_MEMBER(vif_vm_id, struct vif, vm_id)
STRING_MEMBER(vif_iface_status, struct vif, iface_status)
STRING_MEMBER(vif_portgroup, struct vif, portgroup)
STRING_MEMBER(vif_profile, struct vif, profile)
STRING_MEMBER(vif_role, struct vif, role)
STRING_MEMBER(vif_isolated, struct vif, isolated)
STRING_MEMBER(vif_community, struct vif, community)
STRING_MEMBER(vif_fleet_host, struct vif, fleet_host)
STRING_MEMBER(vif_stp, struct vif, stp.stp)
STRING_MEMBER(vif_rstp, struct vif, stp.rstp)
STRING_MEMBER(vif_stp_mark, struct vif, stp.mark)
STRING_MEMBER(vif_filter, struct vif, filter)
STRING_MEMBER(vif_guards, struct vif, guards)
STRING_MEMBER(vif_shared, struct vif, shared)
STRING_MEMBER(vif_storm, struct vif, storm)
STRING_MEMBER(vif_ips, struct vif, ips)
STRING_MEMBER(vif_macs, struct vif, macs)
STRING_MEMBER(vif_port, struct vif, port)
STRING_MEMBER(vif_peer, struct vif, peer)
STRING_MEMBER(bridge_hwaddr, struct ports_bridge, row.hwaddr)
STRING_MEMBER(bridge_datapath_type, struct ports_bridge, row.datapath_type)
STRING_MEMBER(bridge_mode, struct ports_bridge, row.mac_table_manager)
STRING_MEMBER(bridge_owner, struct ports_bridge, row.owner)
STRING_MEMBER(bridge_protocols, struct ports_bridge, row.protocols)

static bool
is_integer(const struct json_t *json, int min, int max)
{
    return (jvalue_type(json) == JVALUE_INTEGER
            && jvalue_number(json) >= min && jvalue_number(json) <= max);
}

static char *
vif_ofport(const struct json_t *json, void *vif_)
{
    struct vif *vif = vif_;

    if (!is_integer(json, 1, 0xfeff) && !is_integer(json, 0xfffe, 0xfffe)) {
        return xstrdup("expected an integer from 1 to 65279, or 65534");
    }
    vif->ofport = u16_to_ofp(jvalue_number(json));
    return NULL;
}

static char *
vif_mac_in_use(const struct json_t *json, void *vif_)
{
    struct vif *vif = vif_;

    if (jvalue_type(json) != JVALUE_STRING
        || !eth_addr_from_string(jvalue_text(json), &vif->mac_in_use)) {
        return xstrdup("expected a MAC address");
    }
    return NULL;
}

static char *
vif_mtu(const struct json_t *json, void *vif_)
{
    struct vif *vif = vif_;

    if (!is_integer(json, 68, 65535)) {
        return xstrdup("expected an integer from 68 to 65535");
    }
    vif->mtu = jvalue_number(json);
    return NULL;
}

static char *
vif_bond_delay(const struct json_t *json, void *vif_)
{
    struct vif *vif = vif_;

    if (!is_integer(json, 0, INT_MAX)) {
        return xstrdup("expected an integer from 0 on");
    }
    vif->bond.delays |= jvalue_number(json) > 0;
    return NULL;
}

static char *
vif_tag(const struct json_t *json, void *vif_)
{
    struct vif *vif = vif_;

    if (!is_integer(json, 0, 4095)) {
        return xstrdup("expected an integer from 0 to 4095");
    }
    vif->vlan.tag = jvalue_number(json);
    return NULL;
}

static char *
take_vlans(const struct json_t *json, struct vlan_set *vlans)
{
    if (jvalue_type(json) != JVALUE_ARRAY) {
        return xstrdup("expected an array");
    }
    for (size_t i = 0; i < jvalue_count(json); i++) {
        if (!is_integer(jvalue_at(json, i), 0, 4095)) {
            return xstrdup("expected integers from 0 to 4095");
        }
        vlan_set_add(vlans, jvalue_number(jvalue_at(json, i)));
    }
    return NULL;
}

static char *
vif_trunks(const struct json_t *json, void *vif_)
{
    struct vif *vif = vif_;

    return take_vlans(json, &vif->vlan.trunks);
}

static char *
vif_cvlans(const struct json_t *json, void *vif_)
{
    struct vif *vif = vif_;

    return take_vlans(json, &vif->qinq.cvlans);
}

static char *
bridge_flood_vlans(const struct json_t *json, void *bridge_)
{
    struct ports_bridge *bridge = bridge_;

    return take_vlans(json, &bridge->row.flood_vlans);
}

static char *
vif_qinq_ethtype(const struct json_t *json, void *vif_)
{
    struct vif *vif = vif_;

    if (jvalue_type(json) != JVALUE_STRING
        || (strcmp(jvalue_text(json), "802.1q")
            && strcmp(jvalue_text(json), "802.1ad"))) {
        return xstrdup("expected \"802.1q\" or \"802.1ad\"");
    }
    vif->qinq.is_8021q = !strcmp(jvalue_text(json), "802.1q");
    return NULL;
}

static char *
vif_priority_tags(const struct json_t *json, void *vif_)
{
    struct vif *vif = vif_;

    if (jvalue_type(json) != JVALUE_STRING
        || !port_priority_tag_from_string(jvalue_text(json),
                                          &vif->qinq.priority_tag)) {
        return xstrdup("expected \"never\", \"if-nonzero\" or \"always\"");
    }
    return NULL;
}

static char *
vif_bond_mode(const struct json_t *json, void *vif_)
{
    struct vif *vif = vif_;

    if (jvalue_type(json) != JVALUE_STRING
        || !vif_bond_mode_from_string(jvalue_text(json), &vif->bond.mode)) {
        return xstrdup("expected \"active-backup\", \"balance-slb\" or "
                       "\"balance-tcp\"");
    }
    return NULL;
}

static char *
vif_vlan_mode(const struct json_t *json, void *vif_)
{
    struct vif *vif = vif_;

    if (jvalue_type(json) != JVALUE_STRING
        || !port_vlan_mode_from_string(jvalue_text(json), &vif->vlan.mode)) {
        return xstrdup("expected \"access\", \"trunk\", \"native-tagged\", "
                       "\"native-untagged\" or \"dot1q-tunnel\"");
    }
    return NULL;
}

static char *
vif_type(const struct json_t *json, void *vif_)
{
    struct vif *vif = vif_;
    char *error = take_string(json, &vif->type);

    vif->is_tunnel = !error && vif_type_is_tunnel(vif->type);
    return error;
}

static char *
take_boolean(const struct json_t *json, bool *value)
{
    if (jvalue_type(json) != JVALUE_BOOL) {
        return xstrdup("expected true or false");
    }
    *value = jvalue_is_true(json);
    return NULL;
}

#define BOOLEAN_MEMBER(FUNCTION, TYPE, FIELD)           \
    static char *                                       \
    FUNCTION(const struct json_t *json, void *object_)    \
    {                                                   \
        TYPE *object = object_;                         \
        return take_boolean(json, &object->FIELD);      \
    }

BOOLEAN_MEMBER(vif_fake_bridge, struct vif, fake_bridge)
BOOLEAN_MEMBER(vif_protected, struct vif, is_protected)
BOOLEAN_MEMBER(vif_protected_is_ours, struct vif, protected_is_ours)
BOOLEAN_MEMBER(vif_vlan_is_ours, struct vif, vlan_is_ours)
BOOLEAN_MEMBER(vif_lacp, struct vif, bond.lacp)
BOOLEAN_MEMBER(vif_lacp_current, struct vif, lacp_current)
BOOLEAN_MEMBER(vif_lacp_fallback_ab, struct vif, bond.lacp_fallback_ab)
BOOLEAN_MEMBER(vif_all_members_active, struct vif, bond.all_members_active)
BOOLEAN_MEMBER(vif_bond_active, struct vif, bond.is_active)
BOOLEAN_MEMBER(vif_is_mirror_output, struct vif, is_mirror_output)
BOOLEAN_MEMBER(bridge_forward_bpdu, struct ports_bridge, row.forward_bpdu)
BOOLEAN_MEMBER(bridge_stp_enable, struct ports_bridge, row.stp_enable)
BOOLEAN_MEMBER(bridge_rstp_enable, struct ports_bridge, row.rstp_enable)

static char *
take_port(const char *name, const struct json_t *json, void *bridge_)
{
    static const struct member members[] = {
        { "all-members-active", vif_all_members_active },
        { "attached-mac", vif_attached_mac },
        { "bond_active", vif_bond_active },
        { "bond_downdelay", vif_bond_delay },
        { "bond_mode", vif_bond_mode },
        { "bond_updelay", vif_bond_delay },
        { "cvlans", vif_cvlans },
        { "error", vif_error },
        { "iface-id", vif_iface_id },
        { "iface-status", vif_iface_status },
        { "lacp", vif_lacp },
        { "lacp-fallback-ab", vif_lacp_fallback_ab },
        { "lacp_current", vif_lacp_current },
        { "mac_in_use", vif_mac_in_use },
        { "mtu", vif_mtu },
        { "mirror-output", vif_is_mirror_output },
        { "ofport", vif_ofport },
        { "peer", vif_peer },
        { "port", vif_port },
        { "port-profile", vif_profile },
        { "priority-tags", vif_priority_tags },
        { "fake_bridge", vif_fake_bridge },
        { "protected", vif_protected },
        { "qinq-ethtype", vif_qinq_ethtype },
        { "rstp-enable", vif_rstp },
        { "stp-enable", vif_stp },
        { "tag", vif_tag },
        { "trunks", vif_trunks },
        { "type", vif_type },
        { "virtnet-community", vif_community },
        { "virtnet-filter", vif_filter },
        { "virtnet-fleet-host", vif_fleet_host },
        { "virtnet-guards", vif_guards },
        { "virtnet-ips", vif_ips },
        { "virtnet-isolated", vif_isolated },
        { "virtnet-macs", vif_macs },
        { "virtnet-portgroup", vif_portgroup },
        { "virtnet-protected", vif_protected_is_ours },
        { "virtnet-role", vif_role },
        { "virtnet-shared", vif_shared },
        { "virtnet-storm", vif_storm },
        { "virtnet-stp", vif_stp_mark },
        { "virtnet-vlan", vif_vlan_is_ours },
        { "vlan_mode", vif_vlan_mode },
        { "vm-id", vif_vm_id },
    };
    struct ports_bridge *bridge = bridge_;
    struct vif *vif = ports_bridge_add_vif(bridge, name);
    char *error;

    if (!strcmp(name, bridge->row.name)) {
        vif->ofport = OFPP_LOCAL;
    }
    error = take_members(json, members, ARRAY_SIZE(members), vif);
    return (error ? error
            : vif->ofport == OFPP_NONE && !vif->error
            ? xstrdup("ofport is missing") : NULL);
}

static char *
bridge_ports(const struct json_t *json, void *bridge)
{
    return for_each_member(json, take_port, bridge);
}

static char *
take_bridge(const char *name, const struct json_t *json, void *ports)
{
    static const struct member members[] = {
        { "datapath_type", bridge_datapath_type },
        { "flood_vlans", bridge_flood_vlans },
        { "forward-bpdu", bridge_forward_bpdu },
        { "hwaddr", bridge_hwaddr },
        { "ports", bridge_ports },
        { "protocols", bridge_protocols },
        { "rstp_enable", bridge_rstp_enable },
        { "stp_enable", bridge_stp_enable },
        { "virtnet-mac-table-manager", bridge_mode },
        { "virtnet-owner", bridge_owner },
    };

    return take_members(json, members, ARRAY_SIZE(members),
                        ports_add_bridge(ports, name));
}

static char *
take_bridges(const struct json_t *json, void *ports)
{
    return for_each_member(json, take_bridge, ports);
}

/* Reads 'json', a file in the small format, into 'ports'.  Returns null if
 * successful, otherwise a message that the caller must free. */
char *
ports_from_small_json(const struct json_t *json, struct ports *ports)
{
    static const struct member members[] = { { "bridges", take_bridges } };

    if (jvalue_type(json) == JVALUE_OBJECT && !jvalue_get(json, "bridges")) {
        return xstrdup("has no member \"bridges\", nor is it of "
                       "\"ovsdb-client dump --format=json\" or "
                       "\"ovsdb-client backup\"");
    }
    return take_members(json, members, ARRAY_SIZE(members), ports);
}
