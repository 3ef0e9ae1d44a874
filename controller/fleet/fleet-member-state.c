/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/fleet/fleet-member-private.h"

#include <limits.h>
#include <stdlib.h>

#include "controller/fleet/fleet-snapshot.h"
#include "lib/base/jvalue.h"
#include "lib/fleet/fleet-publish.h"
#include "lib/fleet/fleet-remote.h"
#include "lib/fleet/fleet-seen.h"
#include "ovsdb/fleet-db.h"
#include "svec.h"
#include "timeval.h"
#include "util.h"

/* Returns how old what is known is, in seconds, or -1 if nothing is. */
static long long int
get_age(const struct fleet_member *member)
{
    long long int then = fleet_snapshot_time(member->snapshot);

    return (member->known_at != LLONG_MIN
            ? (time_msec() - member->known_at) / 1000
            : then >= 0 ? MAX(0, time_wall() - then) : -1);
}

static size_t
count_rows(const struct fleet_member *member, enum fleet_table table)
{
    size_t n;

    free(fleet_db_rows(member->db, table, &n));
    return n;
}

/* Returns the names of the hosts that are not seen. */
static struct json_t *
export_unseen(const struct fleet_member *member)
{
    const struct fleet_seen *seen = fleet_remote_seen(member->others);
    struct svec names = SVEC_EMPTY_INITIALIZER;
    const struct fleet_host **hosts;
    struct json_t *array;
    size_t n;

    hosts = fleet_seen_hosts(seen, &n);
    for (size_t i = 0; i < n; i++) {
        if (!fleet_seen_is_seen(seen, hosts[i]->name)) {
            svec_add(&names, hosts[i]->name);
        }
    }
    svec_sort(&names);
    array = jvalue_strings(&names);
    svec_destroy(&names);
    free(hosts);
    return array;
}

/* Returns the hosts' names for people, by their names. */
static struct json_t *
export_hostnames(const struct fleet_member *member)
{
    struct json_t *names = jvalue_object();
    const struct fleet_host **hosts;
    size_t n;

    hosts = fleet_member_hosts(member, &n);
    for (size_t i = 0; i < n; i++) {
        jvalue_put_string(names, hosts[i]->name, hosts[i]->hostname);
    }
    free(hosts);
    return names;
}

/* Returns how the member is, as an object that the caller must destroy. */
struct json_t *
fleet_member_export(const struct fleet_member *member)
{
    const struct fleet_host *twin
        = fleet_publish_find_twin(member->publish, time_wall());
    struct json_t *json = jvalue_object();

    jvalue_put_string(json, "remote", member->remote);
    jvalue_put_string(json, "host", member->host);
    jvalue_put_bool(json, "connected", fleet_db_is_connected(member->db));
    if (get_age(member) >= 0) {
        jvalue_put_integer(json, "age", get_age(member));
    }
    jvalue_put_integer(json, "hosts", count_rows(member, FLEET_TABLE_HOST));
    jvalue_put(json, "unseen", export_unseen(member));
    jvalue_put(json, "hostnames", export_hostnames(member));
    jvalue_put_integer(json, "ports", count_rows(member, FLEET_TABLE_PORT));
    jvalue_put_integer(json, "own_ports",
                       fleet_publish_count_ports(member->publish));
    jvalue_put_integer(json, "pending",
                       fleet_publish_count_pending(member->publish));
    if (twin) {
        jvalue_put_format(json, "problem", "host %s has the same system-id",
                          twin->hostname);
    } else if (member->refused) {
        jvalue_put_format(json, "problem", "refused: %s", member->refused);
    } else if (fleet_db_problem(member->db)) {
        jvalue_put_string(json, "problem", fleet_db_problem(member->db));
    } else if (fleet_snapshot_error(member->snapshot)) {
        jvalue_put_string(json, "problem",
                          fleet_snapshot_error(member->snapshot));
    }
    return json;
}
