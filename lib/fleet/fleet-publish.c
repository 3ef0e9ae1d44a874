/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/fleet/fleet-publish.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ovs-compat.h"
#include "lib/base/sets.h"
#include "lib/base/vlan-set.h"
#include "lib/fleet/fleet-claims.h"
#include "lib/fleet/fleet-index.h"
#include "lib/fleet/fleet-ops.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "sset.h"
#include "svec.h"
#include "util.h"

struct fleet_publish {
    char *name;                 /* Of the host. */
    struct fleet_host *host;    /* As it is to be, or null. */
    const struct fleet_host *known_host;    /* In the replica, or null. */
    struct shash wanted;        /* By interface, "struct fleet_port"s. */
    struct shash known;         /* Likewise, in the replica, and const. */
    struct sset dirty;          /* Interfaces to be looked at again. */
    struct sset sent;           /* Those that are on their way. */
    struct sset withdrawn;      /* Those that are known to be gone, as long as
                                 * not all ports are in 'wanted'. */
    const struct fleet_index *index;    /* All ports in the replica. */
    bool complete;              /* Are all ports in 'wanted'? */
};

/* Creates and returns what the host called 'name' has to say: nothing yet.
 * 'index', which must live as long, has all ports of the replica whenever
 * fleet_publish_next() is called. */
struct fleet_publish *
fleet_publish_create(const char *name, const struct fleet_index *index)
{
    struct fleet_publish *p = xzalloc(sizeof *p);

    p->name = xstrdup(name);
    shash_init(&p->wanted);
    shash_init(&p->known);
    sset_init(&p->dirty);
    sset_init(&p->sent);
    sset_init(&p->withdrawn);
    p->index = index;
    return p;
}

/* Frees 'p', which may be null. */
void
fleet_publish_destroy(struct fleet_publish *p)
{
    struct shash_node *node;

    if (!p) {
        return;
    }
    SHASH_FOR_EACH (node, &p->wanted) {
        fleet_row_destroy(FLEET_TABLE_PORT, node->data);
    }
    shash_destroy(&p->wanted);
    shash_destroy(&p->known);
    sset_destroy(&p->dirty);
    sset_destroy(&p->sent);
    sset_destroy(&p->withdrawn);
    fleet_row_destroy(FLEET_TABLE_HOST, p->host);
    free(p->name);
    free(p);
}

/* Has the host's row be what 'host' says, but for its name and for when it was
 * seen. */
void
fleet_publish_set_host(struct fleet_publish *p, const struct fleet_host *host)
{
    fleet_row_destroy(FLEET_TABLE_HOST, p->host);
    p->host = fleet_row_clone(FLEET_TABLE_HOST, host);
    fleet_row_set_string(&p->host->name, p->name);
}

/* Takes note that the row of 'interface' may go, whatever other ports are not
 * told of yet. */
static void
withdraw(struct fleet_publish *p, const char *interface)
{
    if (!p->complete) {
        sset_add(&p->withdrawn, interface);
    }
}

/* Has the row of 'interface' be what 'port', which is taken over, says, but
 * for 'host', 'interface' and 'since'.  There is to be none if it is null: one
 * that was told of goes at once, another one once all ports are known. */
void
fleet_publish_set_port(struct fleet_publish *p, const char *interface,
                       struct fleet_port *port)
{
    struct fleet_port *old;

    if (port) {
        fleet_row_set_name(&port->host, p->name);
        fleet_row_set_string(&port->interface, interface);
        old = shash_replace(&p->wanted, interface, port);
        sset_find_and_delete(&p->withdrawn, interface);
    } else {
        old = shash_find_and_delete(&p->wanted, interface);
        if (old) {
            withdraw(p, interface);
        }
    }
    fleet_row_destroy(FLEET_TABLE_PORT, old);
    sset_add(&p->dirty, interface);
}

/* Has the rows go of interfaces that are not there, as 'exists', which is
 * called with 'aux', says. */
void
fleet_publish_withdraw(struct fleet_publish *p,
                       fleet_publish_exists_cb *exists, void *aux)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, &p->known) {
        if (!shash_find(&p->wanted, node->name) && !exists(node->name, aux)) {
            withdraw(p, node->name);
            sset_add(&p->dirty, node->name);
        }
    }
}

/* Have all ports been told of? */
bool
fleet_publish_is_complete(const struct fleet_publish *p)
{
    return p->complete;
}

/* States that all ports have been told of, so that rows of others can go. */
void
fleet_publish_set_complete(struct fleet_publish *p)
{
    if (!p->complete) {
        struct shash_node *node;

        p->complete = true;
        sset_renew(&p->withdrawn);
        SHASH_FOR_EACH (node, &p->known) {
            sset_add(&p->dirty, node->name);
        }
    }
}

/* A port in the replica is 'new' instead of 'old'. */
static void
port_changed(struct fleet_publish *p, const struct fleet_port *old,
             const struct fleet_port *new)
{
    const struct fleet_port *port = new ? new : old;

    if (strcmp(port->host, p->name)) {
        return;
    }
    if (new) {
        shash_replace(&p->known, new->interface, new);
    } else if (shash_find_data(&p->known, old->interface) == old) {
        shash_find_and_delete(&p->known, old->interface);
        sset_find_and_delete(&p->withdrawn, old->interface);
    }
    sset_add(&p->dirty, port->interface);
}

/* A row of 'table' in the replica was 'old' and is 'new', either of which may
 * be null.  'new' must stay what it is until the next that is told of it. */
void
fleet_publish_row_changed(struct fleet_publish *p, enum fleet_table table,
                          const void *old, const void *new)
{
    if (table == FLEET_TABLE_PORT) {
        port_changed(p, old, new);
    } else if (table == FLEET_TABLE_HOST) {
        const struct fleet_host *o = old, *n = new;

        if (n && !strcmp(n->name, p->name)) {
            p->known_host = n;
        } else if (o && o == p->known_host) {
            p->known_host = NULL;
        }
    }
}

/* Is 'port' in one of 'vlans'? */
static bool
is_in_vlans(const struct fleet_port *port, const struct vlan_set *vlans)
{
    struct vlan_set its = VLAN_SET_INITIALIZER;
    bool any;

    fleet_port_add_vlans(port, &its);
    any = vlan_set_intersects(&its, vlans);
    vlan_set_uninit(&its);
    return any;
}

/* What is looked for among the ports that have an address. */
struct rivals {
    const struct fleet_port *port;
    const struct vlan_set *vlans;   /* In one of which they must be. */
    bool arrives;               /* Is its guest on its way here? */
    int64_t since;              /* The greatest of theirs, or -1. */
    int64_t replaced;           /* The smallest of those from where its guest
                                 * comes, or INT64_MAX. */
};

static void
look_at_rival(const struct fleet_port *other, void *rivals_)
{
    struct rivals *rivals = rivals_;

    if (!strcmp(other->host, rivals->port->host)
        || strcmp(other->network, rivals->port->network)
        || strcmp(other->state, "active")
        || !is_in_vlans(other, rivals->vlans)) {
        return;
    }
    if (rivals->arrives && !strcmp(other->vm, rivals->port->vm)) {
        rivals->replaced = MIN(rivals->replaced, other->since);
    }
    rivals->since = MAX(rivals->since, other->since);
}

/* Returns since when 'port', whose row is 'known', null for none, has its
 * addresses: see fleet-claims.h.  One that it had, it keeps; it has another,
 * or one in another VLAN, as the last of all that claim it there.  But a guest
 * that was on its way here, and is here now, takes the place that it has where
 * it comes from. */
static int64_t
choose_since(const struct fleet_publish *p, const struct fleet_port *port,
             const struct fleet_port *known, int64_t now)
{
    struct rivals rivals = {
        .port = port,
        .arrives = (known && port->vm[0] && !strcmp(known->vm, port->vm)
                    && !strcmp(known->state, "arriving")),
        .since = -1,
        .replaced = INT64_MAX,
    };
    bool had_any = (known && !strcmp(known->state, "active")
                    && !strcmp(known->network, port->network));
    struct vlan_set vlans = VLAN_SET_INITIALIZER;
    struct vlan_set gained;

    if (strcmp(port->state, "active")) {
        return known ? known->since : 0;
    }
    fleet_port_add_vlans(port, &vlans);
    vlan_set_clone(&gained, &vlans);
    if (had_any) {
        struct vlan_set had = VLAN_SET_INITIALIZER;

        fleet_port_add_vlans(known, &had);
        vlan_set_subtract(&gained, &had);
        vlan_set_uninit(&had);
    }
    for (size_t i = 0; i < port->addresses.n; i++) {
        const char *address = port->addresses.names[i];

        rivals.vlans = (had_any && svec_contains(&known->addresses, address)
                        ? &gained : &vlans);
        if (!vlan_set_is_empty(rivals.vlans)) {
            fleet_index_find(p->index, address, look_at_rival, &rivals);
        }
    }
    vlan_set_uninit(&gained);
    vlan_set_uninit(&vlans);
    if (rivals.replaced != INT64_MAX && rivals.replaced != INT64_MIN) {
        return rivals.replaced - 1;
    }
    if (rivals.since == INT64_MAX) {
        return INT64_MAX;       /* Somebody means ill. */
    }
    return (!had_any ? MAX(now, rivals.since + 1)
            : MAX(known->since, rivals.since + 1));
}

/* May a row of 'interface' go that is not in 'wanted'? */
static bool
may_go(const struct fleet_publish *p, const char *interface)
{
    return p->complete || sset_contains(&p->withdrawn, interface);
}

static bool
host_is_due(const struct fleet_publish *p, int64_t now)
{
    const struct fleet_host *known = p->known_host;

    if (!p->host) {
        return false;
    } else if (!known
               || now >= known->last_seen + FLEET_SEEN_INTERVAL
               || now <= known->last_seen - FLEET_SEEN_INTERVAL) {
        return true;
    }

    int64_t last_seen = p->host->last_seen;
    p->host->last_seen = known->last_seen;
    bool equals = fleet_row_equals(FLEET_TABLE_HOST, p->host, known);
    p->host->last_seen = last_seen;
    return !equals;
}

/* Appends to 'params' what makes the row of 'interface' what it is to be. */
static void
put_port(struct fleet_publish *p, struct json *params, const char *interface,
         int64_t now)
{
    struct fleet_port *port = shash_find_data(&p->wanted, interface);
    const struct fleet_port *known = shash_find_data(&p->known, interface);

    if (port) {
        port->since = choose_since(p, port, known, now);
    }
    if (port || may_go(p, interface)) {
        fleet_ops_replace(params, FLEET_TABLE_PORT, known, port);
    }
}

/* Returns the next transaction, which the client owns and sends, or null if
 * there is nothing to be said.  It must call fleet_publish_done() once that is
 * over, and before the next call. */
struct json *
fleet_publish_next(struct fleet_publish *p, int64_t now)
{
    struct json *params;
    const char *name;

    if (!fleet_publish_is_due(p, now)) {
        return NULL;
    }
    params = fleet_ops_create();
    if (host_is_due(p, now)) {
        p->host->last_seen = now;
        fleet_ops_replace(params, FLEET_TABLE_HOST, p->known_host, p->host);
    }
    SSET_FOR_EACH_SAFE (name, &p->dirty) {
        size_t n = json_array_size(params);

        put_port(p, params, name, now);
        if (json_array_size(params) > n) {
            sset_add(&p->sent, name);
        }
        sset_find_and_delete(&p->dirty, name);
    }
    if (fleet_ops_is_empty(params)) {
        json_destroy(params);
        return NULL;
    }
    return params;
}

/* The transaction is over, whatever came of it: what of it the replica does
 * not show by now is to be said again. */
void
fleet_publish_done(struct fleet_publish *p)
{
    const char *name;

    SSET_FOR_EACH (name, &p->sent) {
        sset_add(&p->dirty, name);
    }
    sset_renew(&p->sent);
}

/* May there be something to be said, at 'now'? */
bool
fleet_publish_is_due(const struct fleet_publish *p, int64_t now)
{
    return (p->host && !fleet_publish_find_twin(p, now)
            && (!sset_is_empty(&p->dirty) || host_is_due(p, now)));
}

/* Returns when there may be something to be said, if nothing changes until
 * then: 'now', or later, or INT64_MAX for never. */
int64_t
fleet_publish_due_time(const struct fleet_publish *p, int64_t now)
{
    const struct fleet_host *twin = fleet_publish_find_twin(p, now);

    if (!p->host) {
        return INT64_MAX;
    } else if (twin) {
        return twin->last_seen + FLEET_TWIN_SECONDS;
    } else if (fleet_publish_is_due(p, now)) {
        return now;
    }
    return p->known_host->last_seen + FLEET_SEEN_INTERVAL;
}

/* Does the replica have of 'interface' what is to be? */
static bool
is_said(const struct fleet_publish *p, const char *interface)
{
    const struct fleet_port *port = shash_find_data(&p->wanted, interface);
    const struct fleet_port *known = shash_find_data(&p->known, interface);

    if (port && known) {
        struct fleet_port copy = *port;

        copy.since = known->since;
        return fleet_row_equals(FLEET_TABLE_PORT, &copy, known);
    }
    return !port && (!known || !may_go(p, interface));
}

/* Returns how many ports have not been published as they are, as far as is
 * known. */
size_t
fleet_publish_count_pending(const struct fleet_publish *p)
{
    const char *name;
    size_t n = 0;

    SSET_FOR_EACH (name, &p->dirty) {
        n += !is_said(p, name);
    }
    SSET_FOR_EACH (name, &p->sent) {
        n += !sset_contains(&p->dirty, name) && !is_said(p, name);
    }
    return n;
}

/* Returns how many ports there are to be published. */
size_t
fleet_publish_count_ports(const struct fleet_publish *p)
{
    return shash_count(&p->wanted);
}

/* Returns the row of another host that has our name, or null if there is
 * none. */
const struct fleet_host *
fleet_publish_find_twin(const struct fleet_publish *p, int64_t now)
{
    const struct fleet_host *known = p->known_host;

    return (known && p->host && known->hostname[0]
            && strcmp(known->hostname, p->host->hostname)
            && now < known->last_seen + FLEET_TWIN_SECONDS
            && now > known->last_seen - FLEET_TWIN_SECONDS ? known : NULL);
}
