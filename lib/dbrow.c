/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "dbrow.h"

#include "openvswitch/json.h"
#include "util.h"
#include "uuid.h"

static struct json *
create_params(void)
{
    return json_array_create_1(json_string_create("Open_vSwitch"));
}

static struct json *
create_op(const char *op, const char *table)
{
    struct json *json = json_object_create();

    json_object_put_string(json, "op", op);
    json_object_put_string(json, "table", table);
    return json;
}

static struct json *
create_uuid(const struct uuid *uuid)
{
    return json_array_create_2(json_string_create("uuid"),
                               json_string_create_nocopy(
                                   xasprintf(UUID_FMT, UUID_ARGS(uuid))));
}

static struct json *
create_named_uuid(const char *name)
{
    return json_array_create_2(json_string_create("named-uuid"),
                               json_string_create(name));
}

/* An RFC 7047 <set> or <map>, by 'type', of 'elements'. */
static struct json *
create_collection(const char *type, struct json *elements)
{
    return json_array_create_2(json_string_create(type), elements);
}

static struct json *
create_map_1(const char *key, const char *value)
{
    struct json *pair = json_array_create_2(json_string_create(key),
                                            json_string_create(value));
    return create_collection("map", json_array_create_1(pair));
}

/* An RFC 7047 <condition>, or a <mutation>. */
static struct json *
create_clause(const char *column, const char *function, struct json *value)
{
    return json_array_create_3(json_string_create(column),
                               json_string_create(function), value);
}

/* Returns the request that inserts bridge 'name' with its LOCAL port, marked
 * as made for 'network'.  An empty 'datapath_type' means the system's default.
 * The caller must destroy it. */
struct json *
dbrow_create_bridge(const char *name, const char *datapath_type,
                    const char *network)
{
    struct json *params = create_params();
    struct json *op, *row;

    row = json_object_create();
    json_object_put_string(row, "name", name);
    json_object_put_string(row, "type", "internal");
    op = create_op("insert", "Interface");
    json_object_put(op, "row", row);
    json_object_put_string(op, "uuid-name", "interface");
    json_array_add(params, op);

    row = json_object_create();
    json_object_put_string(row, "name", name);
    json_object_put(row, "interfaces", create_named_uuid("interface"));
    op = create_op("insert", "Port");
    json_object_put(op, "row", row);
    json_object_put_string(op, "uuid-name", "port");
    json_array_add(params, op);

    row = json_object_create();
    json_object_put_string(row, "name", name);
    json_object_put_string(row, "datapath_type", datapath_type);
    json_object_put(row, "ports", create_named_uuid("port"));
    json_object_put(row, "external_ids",
                    create_map_1("virtnet-owner", network));
    op = create_op("insert", "Bridge");
    json_object_put(op, "row", row);
    json_object_put_string(op, "uuid-name", "bridge");
    json_array_add(params, op);

    op = create_op("mutate", "Open_vSwitch");
    json_object_put(op, "where", json_array_create_empty());
    json_object_put(op, "mutations", json_array_create_1(
                        create_clause("bridges", "insert",
                                      create_named_uuid("bridge"))));
    json_array_add(params, op);
    return params;
}

/* Returns the request that removes 'bridge' if it has no port but
 * 'local_port'.  The caller must destroy it. */
struct json *
dbrow_delete_bridge(const struct uuid *bridge, const struct uuid *local_port)
{
    struct json *params = create_params();
    struct json *op, *row;

    row = json_object_create();
    json_object_put(row, "ports", create_uuid(local_port));
    op = create_op("wait", "Bridge");
    json_object_put(op, "timeout", json_integer_create(0));
    json_object_put(op, "where", json_array_create_1(
                        create_clause("_uuid", "==", create_uuid(bridge))));
    json_object_put(op, "columns",
                    json_array_create_1(json_string_create("ports")));
    json_object_put_string(op, "until", "==");
    json_object_put(op, "rows", json_array_create_1(row));
    json_array_add(params, op);

    op = create_op("mutate", "Open_vSwitch");
    json_object_put(op, "where", json_array_create_empty());
    json_object_put(op, "mutations", json_array_create_1(
                        create_clause("bridges", "delete",
                                      create_uuid(bridge))));
    json_array_add(params, op);
    return params;
}

static struct json *
vlan_mode_to_json(const struct port_vlan *vlan)
{
    return (vlan->mode == PORT_VLAN_MODE_DEFAULT
            ? create_collection("set", json_array_create_empty())
            : json_string_create(port_vlan_mode_to_string(vlan->mode)));
}

static struct json *
tag_to_json(const struct port_vlan *vlan)
{
    return (vlan->tag == PORT_VLAN_NO_TAG
            ? create_collection("set", json_array_create_empty())
            : json_integer_create(vlan->tag));
}

static struct json *
trunks_to_json(const struct port_vlan *vlan)
{
    struct json *vids = json_array_create_empty();

    for (size_t i = 0; i < vlan->trunks.n; i++) {
        const struct vlan_range *r = &vlan->trunks.ranges[i];

        for (int vid = r->first; vid <= r->last; vid++) {
            json_array_add(vids, json_integer_create(vid));
        }
    }
    return create_collection("set", vids);
}

/* Returns the request that changes the VLANs of port 'port' from 'observed' to
 * 'desired' and marks them as ours, or takes that mark off if 'desired' is the
 * default.  If the row does not hold 'observed' any longer, it does nothing.
 * The caller must destroy it. */
struct json *
dbrow_set_port_vlan(const char *port, const struct port_vlan *observed,
                    const struct port_vlan *desired)
{
    struct json *where[] = {
        create_clause("name", "==", json_string_create(port)),
        create_clause("tag", "==", tag_to_json(observed)),
        create_clause("trunks", "==", trunks_to_json(observed)),
        create_clause("vlan_mode", "==", vlan_mode_to_json(observed)),
    };
    struct json *conditions = json_array_create(xmemdup(where, sizeof where),
                                                ARRAY_SIZE(where));
    struct json *key = create_collection(
        "set", json_array_create_1(json_string_create("virtnet-vlan")));
    struct json *params = create_params();
    struct json *op, *row, *mutations;

    /* The mark goes first: the conditions do not hold once the row is
     * changed. */
    mutations = json_array_create_1(create_clause("external_ids", "delete",
                                                  key));
    if (!port_vlan_is_default(desired)) {
        json_array_add(mutations,
                       create_clause("external_ids", "insert",
                                     create_map_1("virtnet-vlan", "true")));
    }
    op = create_op("mutate", "Port");
    json_object_put(op, "where", json_clone(conditions));
    json_object_put(op, "mutations", mutations);
    json_array_add(params, op);

    row = json_object_create();
    json_object_put(row, "tag", tag_to_json(desired));
    json_object_put(row, "trunks", trunks_to_json(desired));
    json_object_put(row, "vlan_mode", vlan_mode_to_json(desired));
    op = create_op("update", "Port");
    json_object_put(op, "where", conditions);
    json_object_put(op, "row", row);
    json_array_add(params, op);
    return params;
}

/* Returns the request that sets column protected of port 'port' to 'protected'
 * and marks that as ours, or takes the mark off if it is false.  If the port is
 * protected already, or the mark not there, it does nothing.  The caller must
 * destroy it. */
struct json *
dbrow_set_port_protected(const char *port, bool protected)
{
    const char *key = "virtnet-protected";
    struct json *keys = json_array_create_1(json_string_create(key));
    struct json *map = create_map_1(key, "true");
    struct json *conditions = json_array_create_2(
        create_clause("name", "==", json_string_create(port)),
        (protected
         ? create_clause("protected", "==", json_boolean_create(false))
         : create_clause("external_ids", "includes", json_clone(map))));
    struct json *mutation
        = (protected
           ? create_clause("external_ids", "insert", json_clone(map))
           : create_clause("external_ids", "delete",
                           create_collection("set", json_clone(keys))));
    struct json *params = create_params();
    struct json *mutate, *update, *row;

    mutate = create_op("mutate", "Port");
    json_object_put(mutate, "where", json_clone(conditions));
    json_object_put(mutate, "mutations", json_array_create_1(mutation));

    row = json_object_create();
    json_object_put(row, "protected", json_boolean_create(protected));
    update = create_op("update", "Port");
    json_object_put(update, "where", conditions);
    json_object_put(update, "row", row);

    /* First what the conditions do not depend on. */
    json_array_add(params, protected ? mutate : update);
    json_array_add(params, protected ? update : mutate);
    json_destroy(keys);
    json_destroy(map);
    return params;
}
