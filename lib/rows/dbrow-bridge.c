/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/rows/dbrow.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/rfc7047.h"
#include "lib/model/bridge-settings.h"
#include "openvswitch/json.h"
#include "util.h"

static const char *const config_keys[] = {
    "hwaddr", "stp-forward-delay", "stp-max-age"
};

/* Adds to 'mutations' what changes keys of 'column': those in 'keys' go, and
 * the pairs of 'map' come. */
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

static void
mutate_bridge(struct json *params, const char *name,
              const struct bridge_settings *s)
{
    static const char *const mark_key[] = { "virtnet-settings" };
    struct smap map = SMAP_INITIALIZER(&map);
    struct json *mutations = json_array_create_empty();

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

    rfc7047_mutate(params, "Bridge", rfc7047_where_name(name), mutations);
}

static void
update_column(struct json *params, const char *table, const char *name,
              const char *column, struct json *value)
{
    rfc7047_update(params, table, rfc7047_where_name(name),
                   rfc7047_row_1(column, value));
}

/* Returns the request that makes the changes in 's' to bridge 'name', and
 * marks what it has then.  The caller must destroy it. */
struct json *
dbrow_set_bridge(const char *name, const struct bridge_settings *s)
{
    const char *stp = smap_get(&s->changes, "stp");
    const char *mtu = smap_get(&s->changes, "mtu");
    struct json *params = rfc7047_params();

    mutate_bridge(params, name, s);
    if (stp) {
        update_column(params, "Bridge", name, "stp_enable",
                      json_boolean_create(!strcmp(stp, "true")));
    }
    if (mtu) {
        update_column(params, "Interface", name, "mtu_request",
                      (mtu[0] ? json_integer_create(atoi(mtu))
                       : rfc7047_empty_set()));
    }
    return params;
}
