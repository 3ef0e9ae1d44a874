/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTNETCTL_FLEET_H
#define VIRTNETCTL_FLEET_H 1

/* What the "fleet" commands of virtnetctl(8) share: the database's rows, read
 * once, in an order that does not depend on the server. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/fleet/fleet-claims.h"
#include "lib/fleet/fleet-row.h"

struct ds;
struct fleet_db;
struct json_t;

/* The schema's lines, up to a null pointer. */
extern const char *const fleet_schema[];

struct fleet_view {
    struct fleet_db *db;
    long long int now;          /* Seconds since 1970. */
    const struct fleet_fleet *fleet;    /* Null if the row is missing. */
    const struct fleet_definition **definitions;
    const struct fleet_host **hosts;
    const struct fleet_port **ports;
    size_t n_definitions, n_hosts, n_ports;
    struct fleet_claims *claims;
};

void fleet_view_init(struct fleet_view *);
void fleet_view_uninit(struct fleet_view *);
const struct fleet_host *fleet_view_find_host(const struct fleet_view *,
                                              const char *name);
long long int fleet_view_age(const struct fleet_view *,
                             const struct fleet_host *);

/* What is less than so many seconds old by its host's clock is taken for
 * recent. */
#define FLEET_VIEW_SEEN_SECONDS (FLEET_SEEN_SECONDS + FLEET_CLOCK_SECONDS)

bool fleet_view_is_seen(const char *host, void *view);
const struct fleet_definition *fleet_view_find_definition(
    const struct fleet_view *, const char *name);

const char *fleet_view_why_not(const struct fleet_host *,
                               const struct fleet_definition *);
const char *fleet_claim_state(const struct fleet_claim *);
void fleet_view_verify(const struct fleet_view *, struct json_t *array,
                       struct ds *);

void virtnetctl_fleet_digest(const char *text, size_t size, char digest[41]);

#endif /* controller/ctl/virtnetctl-fleet.h */
