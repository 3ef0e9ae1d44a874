/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RFC7047_H
#define RFC7047_H 1

/* The notation of RFC 7047, sections 4.1.3 and 5, for requests to the
 * Open_vSwitch database.  Callers own what is returned; what is passed in as
 * JSON is taken over. */

#include <stddef.h>

struct json;
struct smap;
struct uuid;

struct json *rfc7047_params(void);

void rfc7047_insert(struct json *params, const char *table,
                    const char *uuid_name, struct json *row);
void rfc7047_update(struct json *params, const char *table, struct json *where,
                    struct json *row);
void rfc7047_mutate(struct json *params, const char *table, struct json *where,
                    struct json *mutations);
void rfc7047_delete(struct json *params, const char *table,
                    struct json *where);
void rfc7047_select(struct json *params, const char *table);
void rfc7047_wait(struct json *params, const char *table, struct json *where,
                  const char *column, struct json *rows);

struct json *rfc7047_uuid(const struct uuid *);
struct json *rfc7047_named_uuid(const char *name);
struct json *rfc7047_set(struct json *elements);
struct json *rfc7047_empty_set(void);
struct json *rfc7047_map(const struct smap *);
struct json *rfc7047_map_1(const char *key, const char *value);
struct json *rfc7047_keys(const char *const keys[], size_t n);

struct json *rfc7047_row_1(const char *column, struct json *value);
struct json *rfc7047_where(const char *column, struct json *value);
struct json *rfc7047_where_name(const char *name);
struct json *rfc7047_clause(const char *column, const char *function,
                            struct json *value);

#endif /* lib/base/rfc7047.h */
