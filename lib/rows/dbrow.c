/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/rows/dbrow.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ovs-compat.h"
#include "lib/base/rfc7047.h"
#include "lib/host/port-stp.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "smap.h"
#include "sset.h"
#include "util.h"

static void
mutate_bridges(struct json *params, const char *mutator, struct json *bridge)
{
    rfc7047_mutate(params, "Open_vSwitch", json_array_create_empty(),
                   json_array_create_1(
                       rfc7047_clause("bridges", mutator, bridge)));
}

/* Returns the request that inserts bridge 'name' with its LOCAL port, marked
 * as made for 'network'.  An empty 'datapath_type' means the system's default.
 * The caller must destroy it. */
struct json *
dbrow_create_bridge(const char *name, const char *datapath_type,
                    const char *network)
{
    struct json *params = rfc7047_params();
    struct json *row;

    row = json_object_create();
    json_object_put_string(row, "name", name);
    json_object_put_string(row, "type", "internal");
    rfc7047_insert(params, "Interface", "interface", row);

    row = json_object_create();
    json_object_put_string(row, "name", name);
    json_object_put(row, "interfaces", rfc7047_named_uuid("interface"));
    rfc7047_insert(params, "Port", "port", row);

    row = json_object_create();
    json_object_put_string(row, "name", name);
    json_object_put_string(row, "datapath_type", datapath_type);
    json_object_put(row, "ports", rfc7047_named_uuid("port"));
    json_object_put(row, "external_ids",
                    rfc7047_map_1("virtnet-owner", network));
    rfc7047_insert(params, "Bridge", "bridge", row);
    mutate_bridges(params, "insert", rfc7047_named_uuid("bridge"));
    return params;
}

/* Returns the request that removes 'bridge' if it has no port but
 * 'local_port'.  The caller must destroy it. */
struct json *
dbrow_delete_bridge(const struct uuid *bridge, const struct uuid *local_port)
{
    struct json *params = rfc7047_params();

    rfc7047_wait(params, "Bridge",
                 rfc7047_where("_uuid", rfc7047_uuid(bridge)), "ports",
                 json_array_create_1(
                     rfc7047_row_1("ports", rfc7047_uuid(local_port))));
    mutate_bridges(params, "delete", rfc7047_uuid(bridge));
    return params;
}

/* Returns the request that changes external_ids of the database's only row:
 * the keys in 'deleted' go, and then the pairs of 'inserted' come.  The caller
 * must destroy it. */
struct json *
dbrow_set_root_ids(const struct sset *deleted, const struct smap *inserted)
{
    struct json *params = rfc7047_params();
    const char **keys = sset_array(deleted);
    struct json *mutations = json_array_create_2(
        rfc7047_clause("external_ids", "delete",
                       rfc7047_keys(keys, sset_count(deleted))),
        rfc7047_clause("external_ids", "insert", rfc7047_map(inserted)));

    rfc7047_mutate(params, "Open_vSwitch", json_array_create_empty(),
                   mutations);
    free(keys);
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

/* Appends to 'params' that the row of 'table' that satisfies 'where' gets
 * 'row' and, in external_ids, the mark 'key' with value 'mark', or loses the
 * mark if that is null. */
void
dbrow_update_marked(struct json *params, const char *table, struct json *where,
                    struct json *row, const char *key, const char *mark)
{
    struct json *mutations = json_array_create_1(
        rfc7047_clause("external_ids", "delete", rfc7047_keys(&key, 1)));

    if (mark) {
        json_array_add(mutations, rfc7047_clause("external_ids", "insert",
                                                 rfc7047_map_1(key, mark)));
    }
    /* The mark goes first: the conditions may not hold once the row is
     * changed. */
    rfc7047_mutate(params, table, json_clone(where), mutations);
    rfc7047_update(params, table, where, row);
}

/* Returns the request that changes the VLANs of port 'port' from 'observed' to
 * 'desired' and marks them as ours by 'mark', or takes that mark off if
 * 'desired' is the default.  If the row does not hold 'observed' any longer,
 * it does nothing.  The caller must destroy it. */
struct json *
dbrow_set_port_vlan(const char *port, const struct port_vlan *observed,
                    const struct port_vlan *desired, const char *mark)
{
    struct json *where = rfc7047_where_name(port);
    struct json *params = rfc7047_params();
    struct json *row = json_object_create();

    json_array_add(where, rfc7047_clause("tag", "==", tag_to_json(observed)));
    json_array_add(where, rfc7047_clause("trunks", "==",
                                         trunks_to_json(observed)));
    json_array_add(where, rfc7047_clause("vlan_mode", "==",
                                         vlan_mode_to_json(observed)));

    json_object_put(row, "tag", tag_to_json(desired));
    json_object_put(row, "trunks", trunks_to_json(desired));
    json_object_put(row, "vlan_mode", vlan_mode_to_json(desired));
    dbrow_update_marked(params, "Port", where, row, "virtnet-vlan",
                        port_vlan_is_default(desired) ? NULL : mark);
    return params;
}

/* Returns the request that sets column protected of port 'port' to 'protected'
 * and marks that as ours, or takes the mark off if it is false.  If the port
 * is protected already, or the mark not there, it does nothing.
 *
 * If 'protected', the request also counts in next_cfg, by which vswitchd tells
 * when it has carried out a change.  The caller must destroy it. */
struct json *
dbrow_set_port_protected(const char *port, bool protected)
{
    const char *key = "virtnet-protected";
    struct json *where = rfc7047_where_name(port);
    struct json *row = rfc7047_row_1("protected",
                                     json_boolean_create(protected));
    struct json *params = rfc7047_params();

    if (protected) {
        json_array_add(where, rfc7047_clause("protected", "==",
                                             json_boolean_create(false)));
        dbrow_update_marked(params, "Port", where, row, key, "true");
        rfc7047_mutate(params, "Open_vSwitch", json_array_create_empty(),
                       json_array_create_1(
                           rfc7047_clause("next_cfg", "+=",
                                          json_integer_create(1))));
    } else {
        /* Here it is the mark that the condition depends on. */
        json_array_add(where, rfc7047_clause("external_ids", "includes",
                                             rfc7047_map_1(key, "true")));
        rfc7047_update(params, "Port", json_clone(where), row);
        rfc7047_mutate(params, "Port", where,
                       json_array_create_1(
                           rfc7047_clause("external_ids", "delete",
                                          rfc7047_keys(&key, 1))));
    }
    return params;
}

/* Returns the condition that a row is that of port 'port' and has none of the
 * pairs of 'keys' yet in column other_config. */
static struct json *
where_without(const char *port, const struct smap *keys)
{
    struct json *where = rfc7047_where_name(port);
    const struct smap_node *node;

    SMAP_FOR_EACH (node, keys) {
        json_array_add(where, rfc7047_clause("other_config", "excludes",
                                             rfc7047_map_1(node->key,
                                                           node->value)));
    }
    return where;
}

/* Returns the request that has port 'port', whose row says 'observed', leave
 * the spanning tree and marks that as ours, or takes both back.  Does not
 * change what somebody else has set, nor take it for ours.  The caller must
 * destroy it. */
struct json *
dbrow_set_port_stp(const char *port, const struct port_stp *observed,
                   bool leave)
{
    const char *mark_key = "virtnet-stp";
    struct json *params = rfc7047_params();
    struct json *mutations = json_array_create_empty();
    struct smap keys;

    port_stp_get_change(observed, leave, &keys);
    json_array_add(mutations, rfc7047_clause("other_config",
                                             leave ? "insert" : "delete",
                                             rfc7047_map(&keys)));
    if (leave) {
        char *mark = port_stp_mark(&keys);

        json_array_add(mutations,
                       rfc7047_clause("external_ids", "insert",
                                      rfc7047_map_1(mark_key, mark)));
        free(mark);
        rfc7047_mutate(params, "Port", where_without(port, &keys), mutations);
    } else {
        json_array_add(mutations, rfc7047_clause("external_ids", "delete",
                                                 rfc7047_keys(&mark_key, 1)));
        rfc7047_mutate(params, "Port", rfc7047_where_name(port), mutations);
    }
    smap_destroy(&keys);
    return params;
}

/* Makes the names of new rows in 'json' unique by appending 'n' to them: those
 * in "uuid-name" members and in ["named-uuid", NAME].  Returns a copy. */
static struct json *
rename_rows(const struct json *json, size_t n)
{
    if (json->type == JSON_ARRAY) {
        struct json *copy = json_array_create_empty();
        bool is_name = (json_array_size(json) == 2
                        && json_array_at(json, 0)->type == JSON_STRING
                        && json_array_at(json, 1)->type == JSON_STRING
                        && !strcmp(json_string(json_array_at(json, 0)),
                                   "named-uuid"));

        for (size_t i = 0; i < json_array_size(json); i++) {
            const struct json *elem = json_array_at(json, i);

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
    for (size_t i = 1; i < json_array_size(renamed); i++) {
        json_array_add(all, json_clone(json_array_at(renamed, i)));
    }
    json_destroy(renamed);
}
