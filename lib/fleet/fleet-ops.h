/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_OPS_H
#define FLEET_OPS_H 1

/* Transactions on the fleet's database, as the "params" of an RFC 7047
 * "transact" request.
 *
 * Who may write what is in the database itself, in tables RBAC_Role and
 * RBAC_Permission, which the server goes by: connections whose Connection row
 * names a role may write no more than that allows, whoever is there.  Whose a
 * row is, it takes from the common name of the peer's certificate. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/fleet/fleet-row.h"

struct json;
struct svec;

/* May write its own Host row and Port rows, by system-id. */
#define FLEET_ROLE_HOST "virtnet-host"
/* May write definitions, and delete hosts and ports. */
#define FLEET_ROLE_ADMIN "virtnet-admin"

/* What a role may do with a table. */
struct fleet_rule {
    const char *role;
    enum fleet_table table;
    const char *owner;          /* Column with whose row it is, or "". */
    bool insert_delete;
    const char *fixed[2];       /* Columns that cannot be updated, or all of
                                 * them if the first is "*". */
};

extern const struct fleet_rule fleet_rules[];
extern const size_t fleet_n_rules;

void fleet_rule_to_permission(const struct fleet_rule *,
                              struct fleet_permission *);

struct json *fleet_ops_create(void);
bool fleet_ops_is_empty(const struct json *params);
void fleet_ops_init(struct json *params, const char *name,
                    const struct svec *targets);
void fleet_ops_replace(struct json *params, enum fleet_table,
                       const void *old, const void *new);
void fleet_ops_forget_host(struct json *params, const char *host);

#endif /* lib/fleet/fleet-ops.h */
