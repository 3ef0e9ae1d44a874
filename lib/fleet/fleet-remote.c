/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/fleet/fleet-remote.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "lib/base/community.h"
#include "lib/fleet/fleet-claims.h"
#include "lib/fleet/fleet-index.h"
#include "openvswitch/hmap.h"
#include "openvswitch/shash.h"
#include "packets.h"
#include "sset.h"
#include "util.h"

/* A port of another host, in 'ports', by its host. */
struct remote_port {
    struct hmap_node node;
    const struct fleet_port *port;
};

struct fleet_remote {
    char *own_host;
    struct hmap ports;          /* Contains "struct remote_port"s. */
    struct fleet_index index;   /* Of all ports, also our own. */
    struct shash hosts;         /* By name, "const struct fleet_host"s. */
    struct sset changed;        /* Names of hosts. */
};

/* Creates and returns what the host called 'own_host' knows of others: nothing
 * yet. */
struct fleet_remote *
fleet_remote_create(const char *own_host)
{
    struct fleet_remote *r = xzalloc(sizeof *r);

    r->own_host = xstrdup(own_host);
    hmap_init(&r->ports);
    fleet_index_init(&r->index);
    shash_init(&r->hosts);
    sset_init(&r->changed);
    return r;
}

/* Frees 'r', which may be null. */
void
fleet_remote_destroy(struct fleet_remote *r)
{
    struct remote_port *rp;

    if (!r) {
        return;
    }
    HMAP_FOR_EACH_POP (rp, node, &r->ports) {
        free(rp);
    }
    hmap_destroy(&r->ports);
    fleet_index_uninit(&r->index);
    shash_destroy(&r->hosts);
    sset_destroy(&r->changed);
    free(r->own_host);
    free(r);
}

static void
note_host(const struct fleet_port *port, void *r_)
{
    struct fleet_remote *r = r_;

    if (strcmp(port->host, r->own_host)) {
        sset_add(&r->changed, port->host);
    }
}

/* Takes note of all hosts that have an address of 'port'. */
static void
note_rivals(struct fleet_remote *r, const struct fleet_port *port)
{
    note_host(port, r);
    for (size_t i = 0; i < port->addresses.n; i++) {
        fleet_index_find(&r->index, port->addresses.names[i], note_host, r);
    }
}

static void
add_port(struct fleet_remote *r, const struct fleet_port *port)
{
    struct remote_port *rp = xmalloc(sizeof *rp);

    rp->port = port;
    hmap_insert(&r->ports, &rp->node, hash_string(port->host, 0));
    fleet_index_add(&r->index, port);
    note_rivals(r, port);
}

static void
remove_port(struct fleet_remote *r, const struct fleet_port *port)
{
    struct remote_port *rp;

    note_rivals(r, port);
    fleet_index_remove(&r->index, port);
    HMAP_FOR_EACH_WITH_HASH (rp, node, hash_string(port->host, 0),
                             &r->ports) {
        if (rp->port == port) {
            hmap_remove(&r->ports, &rp->node);
            free(rp);
            break;
        }
    }
}

/* A row of 'table' was 'old' and is 'new', either of which may be null.  'new'
 * must stay what it is until the next that is told of it. */
void
fleet_remote_row_changed(struct fleet_remote *r, enum fleet_table table,
                         const void *old, const void *new)
{
    if (table == FLEET_TABLE_PORT) {
        if (old) {
            remove_port(r, old);
        }
        if (new) {
            add_port(r, new);
        }
    } else if (table == FLEET_TABLE_HOST) {
        const struct fleet_host *o = old, *n = new;

        if (n) {
            shash_replace(&r->hosts, n->name, n);
        } else if (shash_find_data(&r->hosts, o->name) == o) {
            shash_find_and_delete(&r->hosts, o->name);
        }
    }
}

const struct shash *
fleet_remote_hosts(const struct fleet_remote *r)
{
    return &r->hosts;
}

/* Moves to 'hosts' the names of those of which something may have changed
 * since the last call. */
void
fleet_remote_take_changed(struct fleet_remote *r, struct sset *hosts)
{
    const char *name;

    SSET_FOR_EACH (name, &r->changed) {
        sset_add(hosts, name);
    }
    sset_clear(&r->changed);
}

/* The ports that claim one address. */
struct rivals {
    const struct fleet_port **ports;
    size_t n;
};

static void
add_rival(const struct fleet_port *port, void *rivals_)
{
    struct rivals *rivals = rivals_;

    rivals->ports = xrealloc(rivals->ports,
                             (rivals->n + 1) * sizeof *rivals->ports);
    rivals->ports[rivals->n++] = port;
}

/* When, as seen from 'now', a host must have been seen to be there. */
struct seen {
    const struct fleet_remote *r;
    int64_t now;
};

static bool
is_seen(const char *name, void *seen_)
{
    const struct seen *seen = seen_;
    const struct fleet_host *host = shash_find_data(&seen->r->hosts, name);

    return (host && host->last_seen > INT64_MIN + FLEET_SEEN_SECONDS
            && host->last_seen > seen->now - FLEET_SEEN_SECONDS);
}

/* Has 'port' its address number 'i', of all that claim it? */
static bool
has_address(const struct fleet_remote *r, const struct fleet_port *port,
            size_t i, int64_t now)
{
    struct rivals rivals = { .ports = NULL };
    struct seen seen = { r, now };
    bool has = false;

    fleet_index_find(&r->index, port->addresses.names[i], add_rival, &rivals);
    if (rivals.n > 1) {
        struct fleet_claims *claims = fleet_claims_create(rivals.ports,
                                                          rivals.n, is_seen,
                                                          &seen);
        struct eth_addr mac = eth_addr_zero;
        size_t n;
        const struct fleet_claim *c = fleet_claims_get(claims, &n);

        ignore(eth_addr_from_string(port->addresses.names[i], &mac));
        for (size_t j = 0; j < n; j++) {
            has |= (c[j].port == port && c[j].winner == port
                    && eth_addr_equals(c[j].mac, mac));
        }
        fleet_claims_destroy(claims);
    } else {
        has = true;
    }
    free(rivals.ports);
    return has;
}

/* Adds 'mac', an address of 'port', to 'addresses', with a word on who is kept
 * apart from it: a community that cannot be understood is nobody's. */
static void
add_address(const struct fleet_port *port, const char *mac,
            struct sset *addresses)
{
    struct community community = { .name = "" };
    bool apart = port->isolated || port->community[0];

    if (apart && !port->isolated) {
        free(community_from_string(port->community, &community));
    }
    sset_add_and_free(addresses, xasprintf("%s%s%s", mac, apart ? "/" : "",
                                           community.name));
}

/* Adds to 'addresses' those that ports of 'host' have at 'now', in networks
 * that 'has_network' knows, which is called with 'aux': as "MAC", or as "MAC/"
 * if the guest is isolated, or as "MAC/COMMUNITY". */
void
fleet_remote_addresses(const struct fleet_remote *r, const char *host,
                       int64_t now, fleet_remote_network_cb *has_network,
                       void *aux, struct sset *addresses)
{
    const struct remote_port *rp;

    HMAP_FOR_EACH_WITH_HASH (rp, node, hash_string(host, 0), &r->ports) {
        const struct fleet_port *port = rp->port;
        char *error;

        if (strcmp(port->host, host) || strcmp(port->state, "active")
            || !has_network(port->network, aux)) {
            continue;
        }
        error = fleet_port_check(port);
        for (size_t i = 0; !error && i < port->addresses.n; i++) {
            if (has_address(r, port, i, now)) {
                add_address(port, port->addresses.names[i], addresses);
            }
        }
        free(error);
    }
}

/* Adds to 'vlans' those that guests of 'host' are in, in networks that
 * 'has_network' knows, which is called with 'aux'; also guests that are on
 * their way there or may not send.  None if there are no guests. */
void
fleet_remote_vlans(const struct fleet_remote *r, const char *host,
                   fleet_remote_network_cb *has_network, void *aux,
                   struct vlan_set *vlans)
{
    const struct remote_port *rp;

    HMAP_FOR_EACH_WITH_HASH (rp, node, hash_string(host, 0), &r->ports) {
        const struct fleet_port *port = rp->port;

        if (!strcmp(port->host, host) && strcmp(port->state, "gone")
            && has_network(port->network, aux)) {
            fleet_port_add_vlans(port, vlans);
        }
    }
}
