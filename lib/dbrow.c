/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "dbrow.h"

#include <string.h>

#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "rfc7047.h"
#include "util.h"

/* Returns the request that inserts bridge 'name' with its LOCAL port, marked
 * as made for 'network'.  An empty 'datapath_type' means the system's default.
 * The caller must destroy it. */
struct json *
dbrow_create_bridge(const char *name, const char *datapath_type,
                    const char *network)
{
    struct json *params = rfc7047_params();
    struct json *op, *row;

    row = json_object_create();
    json_object_put_string(row, "name", name);
    json_object_put_string(row, "type", "internal");
    op = rfc7047_op("insert", "Interface");
    json_object_put(op, "row", row);
    json_object_put_string(op, "uuid-name", "interface");
    json_array_add(params, op);

    row = json_object_create();
    json_object_put_string(row, "name", name);
    json_object_put(row, "interfaces", rfc7047_named_uuid("interface"));
    op = rfc7047_op("insert", "Port");
    json_object_put(op, "row", row);
    json_object_put_string(op, "uuid-name", "port");
    json_array_add(params, op);

    row = json_object_create();
    json_object_put_string(row, "name", name);
    json_object_put_string(row, "datapath_type", datapath_type);
    json_object_put(row, "ports", rfc7047_named_uuid("port"));
    json_object_put(row, "external_ids",
                    rfc7047_map_1("virtnet-owner", network));
    op = rfc7047_op("insert", "Bridge");
    json_object_put(op, "row", row);
    json_object_put_string(op, "uuid-name", "bridge");
    json_array_add(params, op);

    op = rfc7047_op("mutate", "Open_vSwitch");
    json_object_put(op, "where", json_array_create_empty());
    json_object_put(op, "mutations", json_array_create_1(
                        rfc7047_clause("bridges", "insert",
                                      rfc7047_named_uuid("bridge"))));
    json_array_add(params, op);
    return params;
}

/* Returns the request that removes 'bridge' if it has no port but
 * 'local_port'.  The caller must destroy it. */
struct json *
dbrow_delete_bridge(const struct uuid *bridge, const struct uuid *local_port)
{
    struct json *params = rfc7047_params();
    struct json *op, *row;

    row = json_object_create();
    json_object_put(row, "ports", rfc7047_uuid(local_port));
    op = rfc7047_op("wait", "Bridge");
    json_object_put(op, "timeout", json_integer_create(0));
    json_object_put(op, "where", json_array_create_1(
                        rfc7047_clause("_uuid", "==", rfc7047_uuid(bridge))));
    json_object_put(op, "columns",
                    json_array_create_1(json_string_create("ports")));
    json_object_put_string(op, "until", "==");
    json_object_put(op, "rows", json_array_create_1(row));
    json_array_add(params, op);

    op = rfc7047_op("mutate", "Open_vSwitch");
    json_object_put(op, "where", json_array_create_empty());
    json_object_put(op, "mutations", json_array_create_1(
                        rfc7047_clause("bridges", "delete",
                                      rfc7047_uuid(bridge))));
    json_array_add(params, op);
    return params;
}

static struct json *
vlan_mode_to_json(const struct port_vlan *vlan)
{
    return (vlan->mode == PORT_VLAN_MODE_DEFAULT
            ? rfc7047_empty_set()
            : json_string_create(port_vlan_mode_to_string(vlan->mode)));
}

static struct json *
tag_to_json(const struct port_vlan *vlan)
{
    return (vlan->tag == PORT_VLAN_NO_TAG
            ? rfc7047_empty_set()
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
    return rfc7047_set(vids);
}

/* Returns the request that changes the VLANs of port 'port' from 'observed' to
 * 'desired' and marks them as ours by 'mark', or takes that mark off if 'desired' is the
 * default.  If the row does not hold 'observed' any longer, it does nothing.
 * The caller must destroy it. */
struct json *
dbrow_set_port_vlan(const char *port, const struct port_vlan *observed,
                    const struct port_vlan *desired, const char *mark)
{
    struct json *where[] = {
        rfc7047_clause("name", "==", json_string_create(port)),
        rfc7047_clause("tag", "==", tag_to_json(observed)),
        rfc7047_clause("trunks", "==", trunks_to_json(observed)),
        rfc7047_clause("vlan_mode", "==", vlan_mode_to_json(observed)),
    };
    struct json *conditions = json_array_create(xmemdup(where, sizeof where),
                                                ARRAY_SIZE(where));
    static const char *const keys[] = { "virtnet-vlan" };
    struct json *params = rfc7047_params();
    struct json *op, *row, *mutations;

    /* The mark goes first: the conditions do not hold once the row is
     * changed. */
    mutations = json_array_create_1(
        rfc7047_clause("external_ids", "delete",
                       rfc7047_keys(keys, ARRAY_SIZE(keys))));
    if (!port_vlan_is_default(desired)) {
        json_array_add(mutations,
                       rfc7047_clause("external_ids", "insert",
                                     rfc7047_map_1(keys[0], mark)));
    }
    op = rfc7047_op("mutate", "Port");
    json_object_put(op, "where", json_clone(conditions));
    json_object_put(op, "mutations", mutations);
    json_array_add(params, op);

    row = json_object_create();
    json_object_put(row, "tag", tag_to_json(desired));
    json_object_put(row, "trunks", trunks_to_json(desired));
    json_object_put(row, "vlan_mode", vlan_mode_to_json(desired));
    op = rfc7047_op("update", "Port");
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
    struct json *map = rfc7047_map_1(key, "true");
    struct json *conditions = json_array_create_2(
        rfc7047_clause("name", "==", json_string_create(port)),
        (protected
         ? rfc7047_clause("protected", "==", json_boolean_create(false))
         : rfc7047_clause("external_ids", "includes", json_clone(map))));
    struct json *mutation
        = (protected
           ? rfc7047_clause("external_ids", "insert", json_clone(map))
           : rfc7047_clause("external_ids", "delete",
                           rfc7047_set(json_clone(keys))));
    struct json *params = rfc7047_params();
    struct json *mutate, *update, *row;

    mutate = rfc7047_op("mutate", "Port");
    json_object_put(mutate, "where", json_clone(conditions));
    json_object_put(mutate, "mutations", json_array_create_1(mutation));

    row = json_object_create();
    json_object_put(row, "protected", json_boolean_create(protected));
    update = rfc7047_op("update", "Port");
    json_object_put(update, "where", conditions);
    json_object_put(update, "row", row);

    /* First what the conditions do not depend on. */
    json_array_add(params, protected ? mutate : update);
    json_array_add(params, protected ? update : mutate);
    json_destroy(keys);
    json_destroy(map);
    return params;
}

/* Makes the names of new rows in 'json' unique by appending 'n' to them: those
 * in "uuid-name" members and in ["named-uuid", NAME].  Returns a copy. */
static struct json *
rename_rows(const struct json *json, size_t n)
{
    if (json->type == JSON_ARRAY) {
        struct json *copy = json_array_create_empty();
        bool is_name = (json->array.n == 2
                        && json->array.elems[0]->type == JSON_STRING
                        && json->array.elems[1]->type == JSON_STRING
                        && !strcmp(json_string(json->array.elems[0]),
                                   "named-uuid"));

        for (size_t i = 0; i < json->array.n; i++) {
            const struct json *elem = json->array.elems[i];

            json_array_add(copy, is_name && i == 1
                           ? json_string_create_nocopy(
                               xasprintf("%s%"PRIuSIZE, json_string(elem), n))
                           : rename_rows(elem, n));
        }
        return copy;
    } else if (json->type == JSON_OBJECT) {
        struct json *copy = json_object_create();
        const struct shash_node *node;

        SHASH_FOR_EACH (node, json_object(json)) {
            const struct json *value = node->data;

            if (!strcmp(node->name, "uuid-name")) {
                json_object_put_format(copy, node->name, "%s%"PRIuSIZE,
                                       json_string(value), n);
            } else {
                json_object_put(copy, node->name, rename_rows(value, n));
            }
        }
        return copy;
    }
    return json_deep_clone(json);
}

/* Appends the operations of request 'params' to those of 'all', as number 'n'
 * of the requests there, which all have different numbers. */
void
dbrow_append(struct json *all, const struct json *params, size_t n)
{
    struct json *renamed = rename_rows(params, n);

    /* The first element is the name of the database. */
    for (size_t i = 1; i < renamed->array.n; i++) {
        json_array_add(all, json_clone(renamed->array.elems[i]));
    }
    json_destroy(renamed);
}
