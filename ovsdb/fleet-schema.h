/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_SCHEMA_H
#define FLEET_SCHEMA_H 1

/* The schema that a server has of the fleet's database, which may be of
 * another version than this program's. */

#include <stdbool.h>

struct json;

/* All zeros before anything is known. */
struct fleet_schema {
    char *version;              /* Null until it is known. */
    char *problem;              /* What the server lacks, or null. */
};

void fleet_schema_uninit(struct fleet_schema *);
struct json *fleet_schema_read(struct fleet_schema *,
                               const struct json *schema,
                               bool for_administrator);

#endif /* ovsdb/fleet-schema.h */
