/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "dbrow.h"

#include <stdlib.h>
#include <string.h>

#include "bridge-settings.h"
#include "openvswitch/json.h"
#include "rfc7047.h"
#include "util.h"

static const char *const config_keys[] = { "hwaddr", "stp-forward-delay" };

/* Adds to 'mutations' what changes keys of 'column': those in 'keys' go, and the
 * pairs of 'map' come. */
static void
add_mutations(struct json *mutations, const char *column,
              const char *const keys[], size_t n, const struct smap *map)
{
    json_array_add(mutations, rfc7047_clause(column, "delete",
                                             rfc7047_keys(keys, n)));
    if (!smap_is_empty(map)) {
        json_array_add(mutations, rfc7047_clause(column, "insert",
                                                 rfc7047_map(map)));
    }
}

static struct json *
mutate_bridge(const char *name, const struct bridge_settings *s)
{
    static const char *const mark_key[] = { "virtnet-settings" };
    struct smap map = SMAP_INITIALIZER(&map);
    struct json *mutations = json_array_create_empty();
    struct json *op = rfc7047_op("mutate", "Bridge");

    for (size_t i = 0; i < ARRAY_SIZE(config_keys); i++) {
        const char *value = smap_get(&s->changes, config_keys[i]);

        if (value) {
            if (value[0]) {
                smap_add(&map, config_keys[i], value);
            }
            add_mutations(mutations, "other_config", &config_keys[i], 1, &map);
            smap_clear(&map);
        }
    }
    if (!smap_is_empty(&s->desired)) {
        smap_add_nocopy(&map, xstrdup(mark_key[0]),
                        bridge_settings_format(&s->desired));
    }
    add_mutations(mutations, "external_ids", mark_key, 1, &map);
    smap_destroy(&map);

    json_object_put(op, "where", json_array_create_1(
                        rfc7047_clause("name", "==",
                                       json_string_create(name))));
    json_object_put(op, "mutations", mutations);
    return op;
}

static struct json *
update_row(const char *table, const char *name, const char *column,
           struct json *value)
{
    struct json *op = rfc7047_op("update", table);
    struct json *row = json_object_create();

    json_object_put(row, column, value);
    json_object_put(op, "where", json_array_create_1(
                        rfc7047_clause("name", "==",
                                       json_string_create(name))));
    json_object_put(op, "row", row);
    return op;
}

/* Returns the request that makes the changes in 's' to bridge 'name', and marks
 * what it has then.  The caller must destroy it. */
struct json *
dbrow_set_bridge(const char *name, const struct bridge_settings *s)
{
    const char *stp = smap_get(&s->changes, "stp");
    const char *mtu = smap_get(&s->changes, "mtu");
    struct json *params = rfc7047_params();

    json_array_add(params, mutate_bridge(name, s));
    if (stp) {
        json_array_add(params, update_row("Bridge", name, "stp_enable",
                                          json_boolean_create(
                                              !strcmp(stp, "true"))));
    }
    if (mtu) {
        json_array_add(params, update_row("Interface", name, "mtu_request",
                                          (mtu[0]
                                           ? json_integer_create(atoi(mtu))
                                           : rfc7047_empty_set())));
    }
    return params;
}
