/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/host/ports-json.h"

#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "lib/base/ovs-compat.h"
#include "lib/base/rfc7047.h"
#include "lib/host/bridge-row.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "packets.h"
#include "smap.h"
#include "util.h"

/* Rows of the Open_vSwitch database, as RFC 7047 writes them in JSON, to
 * values.  What has a type that the schema does not allow counts as empty. */

static const struct json *
get_column(const struct json *row, const char *column)
{
    return (row && row->type == JSON_OBJECT
            ? shash_find_data(json_object(row), column) : NULL);
}

/* The elements of 'value' if it is a pair whose first element is 'tag', for
 * example "set". */
static const struct json *
get_tagged(const struct json *value, const char *tag)
{
    return (value && value->type == JSON_ARRAY && json_array_size(value) == 2
            && json_array_at(value, 0)->type == JSON_STRING
            && !strcmp(json_string(json_array_at(value, 0)), tag)
            ? json_array_at(value, 1) : NULL);
}

/* A set of one element may be written as that element itself. */
static bool
is_tagged_set(const struct json *value)
{
    const struct json *set = get_tagged(value, "set");

    return set && set->type == JSON_ARRAY;
}

/* Returns the number of elements of 'value', a set, or 0 if it is null. */
static size_t
set_size(const struct json *value)
{
    return (is_tagged_set(value) ? json_array_size(get_tagged(value, "set"))
            : value != NULL);
}

/* Returns element 'i' of 'value', which has more than 'i' of them. */
static const struct json *
set_at(const struct json *value, size_t i)
{
    return (is_tagged_set(value) ? json_array_at(get_tagged(value, "set"), i)
            : value);
}

static const struct json *
get_one(const struct json *row, const char *column, enum json_type type)
{
    const struct json *set = get_column(row, column);
    const struct json *one = set_size(set) == 1 ? set_at(set, 0) : NULL;

    return one && one->type == type ? one : NULL;
}

static const char *
get_string(const struct json *row, const char *column)
{
    const struct json *json = get_one(row, column, JSON_STRING);
    return json ? json_string(json) : NULL;
}

static const char *
get_map(const struct json *row, const char *column, const char *key)
{
    const struct json *map = get_tagged(get_column(row, column), "map");

    size_t n = map && map->type == JSON_ARRAY ? json_array_size(map) : 0;

    for (size_t i = 0; i < n; i++) {
        const struct json *pair = json_array_at(map, i);

        if (pair->type == JSON_ARRAY && json_array_size(pair) == 2
            && json_array_at(pair, 0)->type == JSON_STRING
            && json_array_at(pair, 1)->type == JSON_STRING
            && !strcmp(json_string(json_array_at(pair, 0)), key)) {
            return json_string(json_array_at(pair, 1));
        }
    }
    return NULL;
}

/* Returns the number in 'column', 0 if there is none or it is negative. */
static uint64_t
get_number(const struct json *row, const char *column)
{
    const struct json *json = get_one(row, column, JSON_INTEGER);
    return json && json_integer(json) > 0 ? json_integer(json) : 0;
}

static char *
get_id(const struct json *row, const char *key)
{
    return nullable_xstrdup(get_map(row, "external_ids", key));
}

static void
read_interface(struct vif *vif, const struct json *row)
{
    const struct json *ofport = get_one(row, "ofport", JSON_INTEGER);
    const char *mac = get_string(row, "mac_in_use");
    const char *type = get_string(row, "type");

    vif->type = nullable_xstrdup(get_string(row, "type"));
    vif->error = nullable_xstrdup(get_string(row, "error"));
    if (ofport && json_integer(ofport) < 0) {
        if (!vif->error) {
            vif->error = xstrdup("could not be added to the bridge "
                                 "(ofport is -1)");
        }
    } else if (ofport && !vif->error) {
        vif->ofport = u16_to_ofp(json_integer(ofport));
    }
    vif->mtu = get_number(row, "mtu");
    vif->mtu_request = get_number(row, "mtu_request");
    if (mac) {
        eth_addr_from_string(mac, &vif->mac_in_use);
    }
    vif->attached_mac = get_id(row, "attached-mac");
    vif->iface_id = get_id(row, "iface-id");
    vif->vm_id = get_id(row, "vm-id");
    vif->iface_status = get_id(row, "iface-status");
    vif->portgroup = get_id(row, "virtnet-portgroup");
    vif->profile = get_id(row, "port-profile");
    vif->role = get_id(row, "virtnet-role");
    vif->isolated = get_id(row, "virtnet-isolated");
    vif->macs = get_id(row, "virtnet-macs");
    vif->qos.policing_rate = get_number(row, "ingress_policing_rate");
    vif->qos.policing_burst = get_number(row, "ingress_policing_burst");
    vif->qos.policing_mark = get_id(row, "virtnet-policing");
    vif->is_tunnel = type && vif_type_is_tunnel(type);
    vif->lacp_current = get_one(row, "lacp_current", JSON_TRUE) != NULL;
}

static bool
is_true(const char *value)
{
    return value && !strcmp(value, "true");
}

static void
read_vlans(struct vlan_set *vlans, const struct json *row, const char *column)
{
    const struct json *set = get_column(row, column);

    for (size_t i = 0; i < set_size(set); i++) {
        const struct json *vid = set_at(set, i);

        if (vid->type == JSON_INTEGER && json_integer(vid) >= 0
            && json_integer(vid) <= VLAN_ID_MAX) {
            vlan_set_add(vlans, json_integer(vid));
        }
    }
}

static void
read_port(struct vif *vif, const struct json *row)
{
    const struct json *tag = get_one(row, "tag", JSON_INTEGER);
    const char *mode = get_string(row, "vlan_mode");
    const char *qinq = get_map(row, "other_config", "qinq-ethtype");
    const char *mark = get_map(row, "external_ids", "virtnet-vlan");

    vif->port = nullable_xstrdup(get_string(row, "name"));
    if (mode) {
        port_vlan_mode_from_string(mode, &vif->vlan.mode);
    }
    if (tag && json_integer(tag) >= 0 && json_integer(tag) <= VLAN_ID_MAX) {
        vif->vlan.tag = json_integer(tag);
    }
    read_vlans(&vif->vlan.trunks, row, "trunks");
    read_vlans(&vif->qinq.cvlans, row, "cvlans");
    vif->qinq.is_8021q = qinq && !strcmp(qinq, "802.1q");
    vif->vlan_is_ours = mark != NULL;
    vif->vlan_is_kept = mark && !strcmp(mark, "kept");
    vif->is_protected = get_one(row, "protected", JSON_TRUE) != NULL;
    vif->protected_is_ours = is_true(get_map(row, "external_ids",
                                             "virtnet-protected"));
}

/* Reads what makes a bond of the Port row 'row' into 'vif', one of its
 * 'n_interfaces' interfaces. */
static void
read_bond(struct vif *vif, const struct json *row, size_t n_interfaces)
{
    const char *mode = get_string(row, "bond_mode");
    const char *lacp = get_string(row, "lacp");
    const char *active = get_string(row, "bond_active_slave");
    struct vif_bond *bond = &vif->bond;
    struct eth_addr mac;

    bond->is_member = n_interfaces > 1;
    if (!bond->is_member) {
        return;
    }
    if (mode) {
        vif_bond_mode_from_string(mode, &bond->mode);
    }
    bond->lacp = lacp && strcmp(lacp, "off");
    bond->lacp_fallback_ab = is_true(get_map(row, "other_config",
                                             "lacp-fallback-ab"));
    bond->all_members_active = is_true(get_map(row, "other_config",
                                               "all-members-active"));
    bond->is_active = (active && eth_addr_from_string(active, &mac)
                       && eth_addr_equals(mac, vif->mac_in_use));
}

/* Returns the row of table 'table' that 'ref', as ["uuid", "..."], names. */
static const struct json *
find_row(const struct shash *tables, const char *table,
         const struct json *ref)
{
    const struct json *rows = shash_find_data(tables, table);
    const struct json *uuid = get_tagged(ref, "uuid");

    return (rows && uuid && uuid->type == JSON_STRING
            ? shash_find_data(json_object(rows), json_string(uuid)) : NULL);
}

/* Stores the strings in 'column' in 'smap', which it initializes. */
static void
get_smap(const struct json *row, const char *column, struct smap *smap)
{
    const struct json *map = get_tagged(get_column(row, column), "map");
    size_t n = map && map->type == JSON_ARRAY ? json_array_size(map) : 0;

    smap_init(smap);
    for (size_t i = 0; i < n; i++) {
        const struct json *pair = json_array_at(map, i);

        if (pair->type == JSON_ARRAY && json_array_size(pair) == 2
            && json_array_at(pair, 0)->type == JSON_STRING
            && json_array_at(pair, 1)->type == JSON_STRING) {
            smap_replace(smap, json_string(json_array_at(pair, 0)),
                         json_string(json_array_at(pair, 1)));
        }
    }
}

static void
get_uuid(const struct json *ref, struct uuid *uuid)
{
    const struct json *text = get_tagged(ref, "uuid");

    if (!text || text->type != JSON_STRING
        || !uuid_from_string(uuid, json_string(text))) {
        *uuid = UUID_ZERO;
    }
}

/* Returns what 'queues', a map from integers to references, has for 0, or
 * null. */
static const struct json *
find_queue_0(const struct json *queues)
{
    for (size_t i = 0; i < json_array_size(queues); i++) {
        const struct json *pair = json_array_at(queues, i);

        if (pair->type == JSON_ARRAY && json_array_size(pair) == 2
            && json_array_at(pair, 0)->type == JSON_INTEGER
            && !json_integer(json_array_at(pair, 0))) {
            return json_array_at(pair, 1);
        }
    }
    return NULL;
}

/* Reads the row of table QoS that 'port' has. */
static void
read_qos(const struct shash *tables, const struct json *port,
         struct port_qos *qos)
{
    const struct json *ref = get_column(port, "qos");
    const struct json *row = find_row(tables, "QoS", ref);
    const struct json *queues = get_tagged(get_column(row, "queues"), "map");
    const char *type = get_string(row, "type");
    const struct json *queue = NULL;
    struct smap config, queue_config;
    size_t n = 0;

    if (!row) {
        return;
    }
    if (queues && queues->type == JSON_ARRAY) {
        n = json_array_size(queues);
        queue = find_queue_0(queues);
    }
    get_uuid(ref, &qos->qos);
    get_uuid(queue, &qos->queue);
    get_smap(row, "other_config", &config);
    get_smap(find_row(tables, "Queue", queue), "other_config", &queue_config);
    qos->settings = port_qos_settings(type ? type : "", &config, n,
                                      queue ? &queue_config : NULL);
    qos->mark = get_id(row, "virtnet-qos");
    smap_destroy(&queue_config);
    smap_destroy(&config);
}

/* Is the Port row that 'ref' names the output of a mirror? */
static bool
is_mirror_output(const struct shash *tables, const struct json *ref)
{
    const struct json *mirrors = shash_find_data(tables, "Mirror");
    const struct shash_node *node;

    if (mirrors) {
        SHASH_FOR_EACH (node, json_object(mirrors)) {
            const struct json *output = get_column(node->data, "output_port");

            if (output && json_equal(output, ref)) {
                return true;
            }
        }
    }
    return false;
}

static void
read_ports(const struct shash *tables, const struct json *bridge_row,
           struct ports_bridge *bridge)
{
    const struct json *ports = get_column(bridge_row, "ports");

    for (size_t i = 0; i < set_size(ports); i++) {
        const struct json *port = find_row(tables, "Port", set_at(ports, i));
        const struct json *interfaces = get_column(port, "interfaces");
        size_t n = set_size(interfaces);

        for (size_t j = 0; j < n; j++) {
            const struct json *row = find_row(tables, "Interface",
                                              set_at(interfaces, j));
            const char *name = get_string(row, "name");

            if (name) {
                struct vif *vif = ports_bridge_add_vif(bridge, name);

                if (!strcmp(name, bridge->row.name)) {
                    get_uuid(ports[i], &bridge->local_port);
                }
                read_interface(vif, row);
                read_port(vif, port);
                read_bond(vif, port, n);
                read_qos(tables, port, &vif->qos);
                vif->is_mirror_output = is_mirror_output(tables,
                                                         set_at(ports, i));
            }
        }
    }
}

static char *
join_protocols(const struct json *row)
{
    const struct json *set = get_column(row, "protocols");
    struct ds s = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < set_size(set); i++) {
        const struct json *protocol = set_at(set, i);

        if (protocol->type == JSON_STRING) {
            ds_put_format(&s, "%s%s", i ? "," : "", json_string(protocol));
        }
    }
    return ds_steal_cstr(&s);
}

/* Reads the bridges in 'tables', which holds JSON objects of rows by UUID,
 * into 'ports'.  Returns null if successful, otherwise a message that the
 * caller must free. */
char *
ports_from_tables(const struct shash *tables, struct ports *ports)
{
    const struct json *bridges = shash_find_data(tables, "Bridge");
    const struct shash_node *node;

    if (!bridges && !shash_find(tables, "Open_vSwitch")) {
        return xstrdup("is not the database Open_vSwitch: it has no table "
                       "Bridge");
    } else if (!bridges) {
        return NULL;            /* A backup leaves empty tables out. */
    }
    SHASH_FOR_EACH (node, json_object(bridges)) {
        const struct json *row = node->data;
        const char *name = get_string(row, "name");
        const char *bpdu = get_map(row, "other_config", "forward-bpdu");

        if (name) {
            struct ports_bridge *bridge = ports_add_bridge(ports, name);

            uuid_from_string(&bridge->uuid, node->name);
            bridge->row.mac_table_manager
                = get_id(row, "virtnet-mac-table-manager");
            bridge->row.owner = get_id(row, "virtnet-owner");
            const struct json *stp = get_one(row, "stp_enable", JSON_TRUE);

            bridge->row.stp_enable = stp != NULL;
            bridge->row.hwaddr = nullable_xstrdup(
                get_map(row, "other_config", "hwaddr"));
            bridge->row.stp_delay = nullable_xstrdup(
                get_map(row, "other_config", "stp-forward-delay"));
            bridge->row.settings_mark = get_id(row, "virtnet-settings");
            bridge->row.datapath_type
                = nullable_xstrdup(get_string(row, "datapath_type"));
            free(bridge->row.protocols);
            bridge->row.protocols = join_protocols(row);
            bridge->row.forward_bpdu = bpdu && !strcmp(bpdu, "true");
            read_ports(tables, row, bridge);
        }
    }
    return NULL;
}

/* All that ports_from_tables() looks into. */
static const char *const table_names[] = {
    "Bridge", "Port", "Interface", "Mirror", "QoS", "Queue",
};

/* Returns the parameters of the "transact" request whose result
 * ports_from_reply() takes.  The caller must destroy them. */
struct json *
ports_request(void)
{
    struct json *params = rfc7047_params();

    for (size_t i = 0; i < ARRAY_SIZE(table_names); i++) {
        rfc7047_select(params, table_names[i]);
    }
    return params;
}

/* Returns the rows in 'result', that of a "select" operation, by UUID, or null
 * if it is none.  They remain those of 'result'. */
static struct json *
index_rows(const struct json *result)
{
    const struct json *rows = get_column(result, "rows");
    struct json *table;

    if (!rows || rows->type != JSON_ARRAY) {
        return NULL;
    }
    table = json_object_create();
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const struct json *uuid
            = get_tagged(get_column(json_array_at(rows, i), "_uuid"), "uuid");

        if (uuid && uuid->type == JSON_STRING) {
            json_object_put(table, json_string(uuid),
                            json_clone(json_array_at(rows, i)));
        }
    }
    return table;
}

/* Reads 'result', that of ports_request(), into 'ports', which it initializes.
 * Returns null if successful, otherwise a message that the caller must
 * free. */
char *
ports_from_reply(const struct json *result, struct ports *ports)
{
    struct shash tables = SHASH_INITIALIZER(&tables);
    char *error = NULL;

    *ports = (struct ports) PORTS_INITIALIZER;
    for (size_t i = 0; i < ARRAY_SIZE(table_names) && !error; i++) {
        struct json *table = (result->type == JSON_ARRAY
                              && i < json_array_size(result)
                              ? index_rows(json_array_at(result, i)) : NULL);

        if (table) {
            shash_add(&tables, table_names[i], table);
        } else {
            error = xasprintf("the database does not tell table %s",
                              table_names[i]);
        }
    }
    if (!error) {
        error = ports_from_tables(&tables, ports);
        ports_finish(ports);
    }

    struct shash_node *node;
    SHASH_FOR_EACH (node, &tables) {
        json_destroy(node->data);
    }
    shash_destroy(&tables);
    return error;
}
