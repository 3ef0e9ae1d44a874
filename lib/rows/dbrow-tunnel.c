/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/rows/dbrow.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/rfc7047.h"
#include "lib/host/tunnel-row.h"
#include "openvswitch/json.h"
#include "smap.h"
#include "util.h"
#include "uuid.h"

static void
get_maps(const struct tunnel_row *tunnel, struct smap *options,
         struct smap *ids)
{
    smap_init(options);
    smap_add(options, "remote_ip", tunnel->remote_ip);
    smap_add_format(options, "key", "%"PRIu32, tunnel->key);
    smap_init(ids);
    smap_add(ids, TUNNEL_ROW_MARK, tunnel->bridge);
    smap_add_nocopy(ids, xstrdup(TUNNEL_ROW_HOST),
                    tunnel_row_host_id(tunnel));
}

/* Returns the request that makes 'tunnel'.  The caller must destroy it. */
struct json *
dbrow_create_tunnel(const struct tunnel_row *tunnel)
{
    struct json *params = rfc7047_params();
    struct json *row = json_object_create();
    struct smap options, ids;

    get_maps(tunnel, &options, &ids);
    json_object_put_string(row, "name", tunnel->name);
    json_object_put_string(row, "type", tunnel->type);
    json_object_put(row, "options", rfc7047_map(&options));
    json_object_put(row, "bfd", rfc7047_map_1("enable", "true"));
    json_object_put(row, "external_ids", rfc7047_map(&ids));
    rfc7047_insert(params, "Interface", "interface", row);
    smap_destroy(&options);
    smap_destroy(&ids);

    row = json_object_create();
    json_object_put_string(row, "name", tunnel->name);
    json_object_put(row, "interfaces", rfc7047_named_uuid("interface"));
    rfc7047_insert(params, "Port", "port", row);
    rfc7047_mutate(params, "Bridge", rfc7047_where_name(tunnel->bridge),
                   json_array_create_1(
                       rfc7047_clause("ports", "insert",
                                      rfc7047_named_uuid("port"))));
    return params;
}

/* Adds to 'mutations' that keys of 'column' get the values of 'map'. */
static void
add_pairs(struct json *mutations, const char *column, const struct smap *map)
{
    const struct smap_node *node;

    SMAP_FOR_EACH (node, map) {
        const char *key = node->key;

        json_array_add(mutations, rfc7047_clause(column, "delete",
                                                 rfc7047_keys(&key, 1)));
    }
    json_array_add(mutations, rfc7047_clause(column, "insert",
                                             rfc7047_map(map)));
}

/* Returns the request that has the row of 'tunnel', which is there and ours,
 * be as it is to be.  The caller must destroy it. */
struct json *
dbrow_set_tunnel(const struct tunnel_row *tunnel)
{
    struct json *params = rfc7047_params();
    struct json *where = rfc7047_where_name(tunnel->name);
    struct json *mutations = json_array_create_empty();
    struct smap bfd = SMAP_CONST1(&bfd, "enable", "true");
    struct smap options, ids;

    get_maps(tunnel, &options, &ids);
    add_pairs(mutations, "options", &options);
    add_pairs(mutations, "bfd", &bfd);
    add_pairs(mutations, "external_ids", &ids);
    smap_destroy(&options);
    smap_destroy(&ids);
    rfc7047_mutate(params, "Interface", json_clone(where), mutations);
    rfc7047_update(params, "Interface", where,
                   rfc7047_row_1("type", json_string_create(tunnel->type)));
    return params;
}

/* Returns the request that removes the tunnel whose Port row is 'port' from
 * its bridge.  The caller must destroy it. */
struct json *
dbrow_delete_tunnel(const struct uuid *port)
{
    struct json *params = rfc7047_params();

    rfc7047_mutate(params, "Bridge",
                   json_array_create_1(
                       rfc7047_clause("ports", "includes",
                                      rfc7047_uuid(port))),
                   json_array_create_1(
                       rfc7047_clause("ports", "delete",
                                      rfc7047_uuid(port))));
    return params;
}
