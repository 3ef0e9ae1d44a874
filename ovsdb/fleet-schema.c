/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "ovsdb/fleet-schema.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ovs-compat.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "openvswitch/vlog.h"
#include "ovsdb/fleet-db.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(fleet_schema);

/* Frees what 'fs' holds, but not 'fs' itself. */
void
fleet_schema_uninit(struct fleet_schema *fs)
{
    free(fs->version);
    free(fs->problem);
}

/* Is 'table' for everybody?  The others say how the database may be used. */
static bool
is_common(enum fleet_table table)
{
    return (table == FLEET_TABLE_FLEET || table == FLEET_TABLE_DEFINITION
            || table == FLEET_TABLE_HOST || table == FLEET_TABLE_PORT);
}

/* Returns member 'name' of 'json', an object, or null if it is not there or is
 * no object itself. */
static const struct json *
get_object(const struct json *json, const char *name)
{
    const struct json *member
        = (json && json->type == JSON_OBJECT
           ? shash_find_data(json_object(json), name) : NULL);

    return member && member->type == JSON_OBJECT ? member : NULL;
}

/* Returns the columns that 'table' has by 'schema', or null if there is none
 * in that.  ovsdb_cs_parse_schema() would say so, too, but since 3.6 what it
 * gives is something else, which no compiler can tell. */
static const struct shash *
known_columns(const struct json *schema, enum fleet_table table)
{
    const struct json *columns
        = get_object(get_object(get_object(schema, "tables"),
                                fleet_table_name(table)), "columns");

    return columns ? json_object(columns) : NULL;
}

/* Returns the names of those of the columns of 'table' that are in 'known',
 * and adds the others to 'missing'. */
static struct json *
choose_columns(enum fleet_table table, const struct shash *known,
               struct ds *missing)
{
    struct json *columns = json_array_create_empty();
    size_t n;
    const char *const *names = fleet_table_columns(table, &n);

    for (size_t i = 0; i < n; i++) {
        if (shash_find(known, names[i])) {
            json_array_add(columns, json_string_create(names[i]));
        } else {
            ds_put_format(missing, "%s%s.%s", missing->length ? ", " : "",
                          fleet_table_name(table), names[i]);
        }
    }
    return columns;
}

/* Takes note of which version 'schema' is, and of what it lacks. */
static void
note(struct fleet_schema *fs, const struct json *schema,
     const struct ds *missing)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);
    const struct json *version = shash_find_data(json_object(schema),
                                                 "version");
    char *problem = NULL;

    free(fs->version);
    fs->version = xstrdup(version && version->type == JSON_STRING
                          ? json_string(version) : "unknown");
    if (missing->length) {
        problem = xasprintf("its schema %s lacks %s", fs->version,
                            missing->string);
    } else if (strncmp(fs->version, FLEET_SCHEMA_VERSION,
                       strcspn(FLEET_SCHEMA_VERSION, ".") + 1)) {
        problem = xasprintf("its schema is %s, and this program knows %s",
                            fs->version, FLEET_SCHEMA_VERSION);
    }
    if (problem && !nullable_string_is_equal(problem, fs->problem)) {
        VLOG_WARN_RL(&rl, "fleet: %s", problem);
    }
    free(fs->problem);
    fs->problem = problem;
}

/* Takes in 'schema', the server's, as in RFC 7047, section 3.2, and returns
 * the monitor requests, an object with an array for each table, for those of
 * our tables and columns that it has; those that say who may write only if
 * 'for_administrator'.  The caller must destroy it. */
struct json *
fleet_schema_read(struct fleet_schema *fs, const struct json *schema,
                  bool for_administrator)
{
    struct json *requests = json_object_create();
    struct ds missing = DS_EMPTY_INITIALIZER;

    for (int i = 0; i < FLEET_N_TABLES; i++) {
        const struct shash *known = known_columns(schema, i);

        if (!known) {
            ds_put_format(&missing, "%s%s", missing.length ? ", " : "",
                          fleet_table_name(i));
        } else if (for_administrator || is_common(i)) {
            struct json *request = json_object_create();

            json_object_put(request, "columns",
                            choose_columns(i, known, &missing));
            json_object_put(requests, fleet_table_name(i),
                            json_array_create_1(request));
        }
    }
    note(fs, schema, &missing);
    ds_destroy(&missing);
    return requests;
}
