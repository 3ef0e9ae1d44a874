/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/fleet/fleet-member-private.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "controller/fleet/fleet-kept.h"
#include "controller/fleet/fleet-snapshot.h"
#include "lib/fleet/fleet-claims.h"
#include "lib/fleet/fleet-publish.h"
#include "lib/fleet/fleet-remote.h"
#include "lib/fleet/fleet-seen.h"
#include "openvswitch/json.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/shash.h"
#include "openvswitch/vlog.h"
#include "ovsdb/fleet-db.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(fleet_member);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);

/* How far apart transactions begin, in milliseconds: a guest that comes and
 * goes cannot have the database busy. */
#define SPACING_MSEC 10

/* How often what is kept says that it is current, in milliseconds. */
#define TOUCH_MSEC 30000

/* When what could not be kept is tried again, in milliseconds. */
#define RETRY_MSEC 5000

/* When a refused transaction is tried again, in milliseconds: at first, and at
 * most. */
#define MIN_BACKOFF_MSEC 1000
#define MAX_BACKOFF_MSEC 60000

/* Says in the log if the clock of 'host', which was 'before' seconds ahead of
 * ours, is far from it now: certificates, and what virtnetctl says of when it
 * was seen, depend on it. */
static void
check_clock(const struct fleet_member *member, const struct fleet_host *host,
            int64_t before)
{
    int64_t clock = fleet_seen_clock(fleet_remote_seen(member->others),
                                     host->name);

    if (llabs(clock) > FLEET_CLOCK_SECONDS
        && llabs(before) <= FLEET_CLOCK_SECONDS) {
        VLOG_WARN_RL(&rl, "fleet: the clock of host %s is %lld s %s this "
                     "one's", host->name, (long long int) llabs(clock),
                     clock < 0 ? "behind" : "ahead of");
    }
}

static void
tell_others(struct fleet_member *member, enum fleet_table table,
            const void *old, const void *new)
{
    fleet_remote_row_changed(member->others, table, old, new, time_msec(),
                             time_wall());
}

/* As tell_others(), of what was kept over a restart of this program: hosts
 * were seen as it was seen then. */
static void
on_kept_changed(enum fleet_table table, const void *old, const void *new,
                void *member_)
{
    struct fleet_member *member = member_;

    fleet_remote_row_changed(member->others, table, old, new, time_msec(),
                             fleet_snapshot_time(member->snapshot));
}

/* Do 'a' and 'b' say the same, but for when the host was seen? */
static bool
host_equals(const struct fleet_host *a, const struct fleet_host *b)
{
    struct fleet_host copy = *a;

    copy.last_seen = b->last_seen;
    return fleet_row_equals(FLEET_TABLE_HOST, &copy, b);
}

static void
on_host_changed(struct fleet_member *member, const struct fleet_host *old,
                const struct fleet_host *new)
{
    const struct fleet_seen *seen = fleet_remote_seen(member->others);
    int64_t before = old ? fleet_seen_clock(seen, old->name) : 0;
    bool matters = !old || !new || !host_equals(old, new);

    fleet_kept_row_changed(member->kept, FLEET_TABLE_HOST, old, new, matters);
    member->hosts_changed |= matters;
    tell_others(member, FLEET_TABLE_HOST, old, new);
    if (new) {
        check_clock(member, new, before);
    }
}

static void
on_definition_changed(struct fleet_member *member,
                      const struct fleet_definition *old,
                      const struct fleet_definition *new)
{
    if (member->is_known && new) {
        fleet_snapshot_set(member->snapshot, new);
    } else if (member->is_known) {
        fleet_snapshot_remove(member->snapshot, old->name);
    }
}

static void
on_row_changed(enum fleet_table table, const void *old, const void *new,
               void *member_)
{
    struct fleet_member *member = member_;

    fleet_publish_row_changed(member->publish, table, old, new);
    if (table == FLEET_TABLE_HOST) {
        on_host_changed(member, old, new);
    } else if (table == FLEET_TABLE_PORT) {
        fleet_kept_row_changed(member->kept, table, old, new, true);
        tell_others(member, table, old, new);
    } else if (table == FLEET_TABLE_DEFINITION) {
        on_definition_changed(member, old, new);
    }
}

/* Creates and returns a member, called 'host', of the fleet whose database is
 * at 'remote', as in ovsdb(7).  What is known of that is kept in
 * 'directory'. */
struct fleet_member *
fleet_member_create(const char *remote, const char *host,
                    const char *directory)
{
    struct fleet_member *member = xzalloc(sizeof *member);

    member->remote = xstrdup(remote);
    member->host = xstrdup(host);
    member->db = fleet_db_create(remote, false, on_row_changed, member);
    member->snapshot = fleet_snapshot_open(directory);
    member->others = fleet_remote_create(host);
    member->publish = fleet_publish_create(
        host, fleet_remote_index(member->others));
    member->kept = fleet_kept_create(member->snapshot, on_kept_changed,
                                     member);
    member->next = LLONG_MIN;
    member->touch = LLONG_MIN;
    member->known_at = LLONG_MIN;
    return member;
}

/* Frees 'member', which may be null.  The fleet's database keeps what it
 * has. */
void
fleet_member_destroy(struct fleet_member *member)
{
    if (member) {
        fleet_kept_run(member->kept, member->db, true);
        fleet_kept_destroy(member->kept);
        fleet_publish_destroy(member->publish);
        fleet_remote_destroy(member->others);
        fleet_db_destroy(member->db);
        fleet_snapshot_close(member->snapshot);
        free(member->refused);
        free(member->remote);
        free(member->host);
        free(member);
    }
}

static void
set_refused(struct fleet_member *member, char *error)
{
    if (error && (!member->refused || strcmp(error, member->refused))) {
        VLOG_WARN_RL(&rl, "fleet: the database refuses what this host has to "
                     "say: %s", error);
    }
    free(member->refused);
    member->refused = error;
}

/* Takes note of what has become of the transaction that is on its way. */
static void
take_outcome(struct fleet_member *member)
{
    char *error;

    switch (fleet_db_outcome(member->db, &error)) {
    case FLEET_DB_BUSY:
        return;

    case FLEET_DB_REFUSED:
        member->backoff = MIN(MAX_BACKOFF_MSEC,
                              MAX(MIN_BACKOFF_MSEC, 2 * member->backoff));
        member->next = time_msec() + member->backoff;
        set_refused(member, error);
        break;

    case FLEET_DB_DONE:
        member->backoff = 0;
        set_refused(member, NULL);
        break;

    case FLEET_DB_IDLE:
    case FLEET_DB_LOST:
    default:
        break;
    }
    member->in_flight = false;
    fleet_publish_done(member->publish);
}

/* Says in the log if another host has our name. */
static void
check_twin(struct fleet_member *member)
{
    const struct fleet_host *twin
        = fleet_publish_find_twin(member->publish, time_wall());

    if (twin && !member->has_twin) {
        VLOG_WARN("fleet: host %s has the system-id of this host, %s: nothing "
                  "of this host is said as long as that is so",
                  twin->hostname, member->host);
    }
    member->has_twin = twin != NULL;
}

/* Has the snapshot hold the definitions that the replica has. */
static void
keep_definitions(struct fleet_member *member)
{
    size_t n;
    const struct fleet_definition **definitions
        = fleet_member_definitions(member, &n);

    fleet_snapshot_retain(member->snapshot, definitions, n);
    free(definitions);
}

/* Has the snapshot be what the replica is, which has just been found to be
 * current. */
static void
keep(struct fleet_member *member)
{
    if (!member->is_known) {
        keep_definitions(member);
        fleet_kept_follow(member->kept, member->db);
        member->hosts_changed = true;
        member->is_known = true;
    }
    if (time_msec() >= member->touch) {
        if (fleet_snapshot_error(member->snapshot)) {
            keep_definitions(member);
        }
        fleet_snapshot_touch(member->snapshot);
        member->touch = time_msec() + TOUCH_MSEC;
    }
    if (fleet_snapshot_error(member->snapshot)) {
        member->touch = MIN(member->touch, time_msec() + RETRY_MSEC);
    }
}

/* Sends and receives what can be without waiting. */
void
fleet_member_run(struct fleet_member *member)
{
    struct json *params;

    fleet_db_run(member->db);
    if (fleet_db_is_connected(member->db)) {
        member->known_at = time_msec();
        keep(member);
    }
    fleet_kept_run(member->kept, member->db, false);
    fleet_seen_run(fleet_remote_seen(member->others), time_msec(),
                     fleet_db_is_connected(member->db));
    check_twin(member);
    if (member->in_flight) {
        take_outcome(member);
    }
    if (member->in_flight || !fleet_db_may_transact(member->db)
        || time_msec() < member->next) {
        return;
    }
    params = fleet_publish_next(member->publish, time_wall());
    if (params) {
        member->next = time_msec() + SPACING_MSEC;
        member->in_flight = true;
        fleet_db_transact(member->db, params);
    }
}

/* Arranges for poll_block() to wake up when fleet_member_run() has something
 * to do. */
void
fleet_member_wait(struct fleet_member *member)
{
    int64_t due;

    fleet_db_wait(member->db);
    fleet_kept_wait(member->kept);
    poll_timer_wait_until(
        fleet_seen_wake_time(fleet_remote_seen(member->others)));
    if (member->in_flight || !fleet_db_may_transact(member->db)) {
        return;
    }
    due = fleet_publish_due_time(member->publish, time_wall());
    if (due <= time_wall()) {
        poll_timer_wait_until(member->next);
    } else if (due < INT64_MAX / 1000) {
        poll_timer_wait_until(time_msec() + due * 1000 - time_wall_msec());
    }
}

/* Has the host's row be what 'host' says, but for its name and for when it was
 * seen. */
void
fleet_member_set_host(struct fleet_member *member,
                      const struct fleet_host *host)
{
    fleet_publish_set_host(member->publish, host);
}

/* Has the row of 'interface' be what 'port', which is taken over, says; there
 * is to be none if it is null. */
void
fleet_member_set_port(struct fleet_member *member, const char *interface,
                      struct fleet_port *port)
{
    fleet_publish_set_port(member->publish, interface, port);
}

/* States that all ports have been told of. */
void
fleet_member_set_complete(struct fleet_member *member)
{
    fleet_publish_set_complete(member->publish);
}

/* Have all ports been told of? */
bool
fleet_member_is_complete(const struct fleet_member *member)
{
    return fleet_publish_is_complete(member->publish);
}

/* Has the rows go of interfaces that are not on this host, as 'exists', which
 * is called with 'aux', says. */
void
fleet_member_withdraw(struct fleet_member *member,
                      fleet_member_exists_cb *exists, void *aux)
{
    fleet_publish_withdraw(member->publish, exists, aux);
}

/* Moves to 'hosts' the names of those whose guests may have other addresses
 * than before. */
void
fleet_member_take_changed(struct fleet_member *member, struct sset *hosts)
{
    fleet_remote_take_changed(member->others, hosts);
}

/* Has something about hosts changed since the last call? */
bool
fleet_member_take_hosts_changed(struct fleet_member *member)
{
    bool changed = member->hosts_changed;

    member->hosts_changed = false;
    return changed;
}

/* Returns the hosts of the fleet, this one among them, as far as they are
 * known, and stores their number in '*n'.  They are good until the next
 * fleet_member_run(); the caller must free the array. */
const struct fleet_host **
fleet_member_hosts(const struct fleet_member *member, size_t *n)
{
    return fleet_seen_hosts(fleet_remote_seen(member->others), n);
}

static bool
is_network(const char *name, void *wanted)
{
    return !wanted || !strcmp(name, wanted);
}

/* Adds to 'addresses' those that guests at 'host' have, in 'network' or, if it
 * is null, in any. */
void
fleet_member_addresses(const struct fleet_member *member, const char *host,
                       const char *network, struct svec *addresses)
{
    fleet_remote_addresses(member->others, host, is_network,
                           CONST_CAST(char *, network), addresses);
}

/* Adds to 'vlans' those that these guests are in. */
void
fleet_member_vlans(const struct fleet_member *member, const char *host,
                   const char *network, struct vlan_set *vlans)
{
    fleet_remote_vlans(member->others, host, is_network,
                       CONST_CAST(char *, network), vlans);
}

/* Is what is known what the database has now? */
bool
fleet_member_is_connected(const struct fleet_member *member)
{
    return fleet_db_is_connected(member->db);
}

/* Returns this host's own row in the database, as far as is known, or null. */
const struct fleet_host *
fleet_member_find_host(const struct fleet_member *member)
{
    const struct fleet_host *found = NULL;
    size_t n;
    const void **rows = fleet_db_rows(member->db, FLEET_TABLE_HOST, &n);

    for (size_t i = 0; i < n; i++) {
        const struct fleet_host *host = rows[i];

        if (!strcmp(host->name, member->host)) {
            found = host;
        }
    }
    free(rows);
    return found;
}

/* Is it known which definitions the fleet has, or had last? */
bool
fleet_member_is_known(const struct fleet_member *member)
{
    return member->is_known || fleet_snapshot_time(member->snapshot) >= 0;
}

/* Returns the fleet's definitions as far as they were received since this
 * program was started, and stores their number in '*n'.  They are good until
 * the next fleet_member_run(); the caller must free the array. */
const struct fleet_definition **
fleet_member_definitions(const struct fleet_member *member, size_t *n)
{
    return (const struct fleet_definition **) fleet_db_rows(
        member->db, FLEET_TABLE_DEFINITION, n);
}

/* Returns the name of the file that the definition of 'network' is in.  The
 * caller must free it. */
char *
fleet_member_path(const struct fleet_member *member, const char *network)
{
    return fleet_snapshot_path(member->snapshot, network);
}

/* Returns why the file of that name could not be written, or null. */
const char *
fleet_member_path_error(const struct fleet_member *member, const char *path)
{
    return fleet_snapshot_find_error(member->snapshot, path);
}

const char *
fleet_member_remote(const struct fleet_member *member)
{
    return member->remote;
}

const char *
fleet_member_host(const struct fleet_member *member)
{
    return member->host;
}
