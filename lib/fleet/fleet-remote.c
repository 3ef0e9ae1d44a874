/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/fleet/fleet-remote.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "hmapx.h"
#include "lib/base/community.h"
#include "lib/base/ip-prefix.h"
#include "lib/base/ovs-compat.h"
#include "lib/base/sets.h"
#include "lib/fleet/fleet-claims.h"
#include "lib/fleet/fleet-index.h"
#include "lib/fleet/fleet-seen.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/hmap.h"
#include "openvswitch/shash.h"
#include "packets.h"
#include "sset.h"
#include "svec.h"
#include "util.h"

/* A port of a host. */
struct remote_port {
    struct hmap_node row_node;  /* In 'rows', by its row. */
    const struct fleet_port *port;
    struct svec *said;          /* What there is to say of its addresses, null
                                 * if that is these and no more... */
    bool is_current;            /* ...if that is still so. */
    unsigned int position;      /* In 'ports' of its host. */
    struct fleet_index_entry entries[]; /* In 'index'. */
};

/* The ports of a host. */
struct remote_host {
    struct remote_port **ports; /* In no order. */
    size_t n, allocated;
};

struct fleet_remote {
    char *own_host;
    struct shash hosts;         /* By name, "struct remote_host"s. */
    struct hmap rows;           /* Contains "struct remote_port"s. */
    struct fleet_index index;   /* Of all ports, also our own. */
    struct fleet_seen *seen;
    struct sset changed;        /* Names of hosts. */
};

static struct remote_port *
find_port(const struct fleet_remote *r, const struct fleet_port *row)
{
    struct remote_port *rp;

    HMAP_FOR_EACH_WITH_HASH (rp, row_node, hash_pointer(row, 0), &r->rows) {
        if (rp->port == row) {
            return rp;
        }
    }
    return NULL;
}

/* Returns the ports of the host called 'name'. */
static const struct remote_host *
find_host(const struct fleet_remote *r, const char *name)
{
    static const struct remote_host none = { .n = 0 };
    const struct remote_host *rh = shash_find_data(&r->hosts, name);

    return rh ? rh : &none;
}

/* Adds 'rp' to the ports of its host. */
static void
add_to_host(struct fleet_remote *r, struct remote_port *rp)
{
    struct remote_host *rh = shash_find_data(&r->hosts, rp->port->host);

    if (!rh) {
        rh = xzalloc(sizeof *rh);
        shash_add(&r->hosts, rp->port->host, rh);
    }
    if (rh->n >= rh->allocated) {
        rh->ports = x2nrealloc(rh->ports, &rh->allocated, sizeof *rh->ports);
    }
    rp->position = rh->n;
    rh->ports[rh->n++] = rp;
}

/* Removes 'rp' from the ports of its host. */
static void
remove_from_host(struct fleet_remote *r, const struct remote_port *rp)
{
    struct shash_node *node = shash_find(&r->hosts, rp->port->host);
    struct remote_host *rh = node->data;

    rh->ports[rp->position] = rh->ports[--rh->n];
    rh->ports[rp->position]->position = rp->position;
    if (!rh->n) {
        free(rh->ports);
        free(rh);
        shash_delete(&r->hosts, node);
    }
}

/* Takes note that 'port' may have other addresses than before. */
static void
note_port(const struct fleet_port *port, void *r_)
{
    struct fleet_remote *r = r_;
    struct remote_port *rp = find_port(r, port);

    if (rp) {
        rp->is_current = false;
    }
    if (strcmp(port->host, r->own_host)) {
        sset_add(&r->changed, port->host);
    }
}

/* Likewise of all ports that have an address of 'port'. */
static void
note_rivals(struct fleet_remote *r, const struct fleet_port *port)
{
    note_port(port, r);
    for (size_t i = 0; i < port->addresses.n; i++) {
        fleet_index_find(&r->index, port->addresses.names[i], note_port, r);
    }
}

/* A fleet_seen_cb: who has what the guests of 'host' claim may be another than
 * before. */
static void
note_guests(const char *host, void *r_)
{
    struct fleet_remote *r = r_;
    const struct remote_host *rh = find_host(r, host);

    for (size_t i = 0; i < rh->n; i++) {
        note_rivals(r, rh->ports[i]->port);
    }
}

/* Creates and returns what the host called 'own_host' knows of others: nothing
 * yet. */
struct fleet_remote *
fleet_remote_create(const char *own_host)
{
    struct fleet_remote *r = xzalloc(sizeof *r);

    r->own_host = xstrdup(own_host);
    shash_init(&r->hosts);
    hmap_init(&r->rows);
    fleet_index_init(&r->index);
    r->seen = fleet_seen_create(own_host, note_guests, r);
    sset_init(&r->changed);
    return r;
}

/* Has 'said', which is taken over, be what there is to say of 'rp'. */
static void
set_said(struct remote_port *rp, struct svec *said)
{
    if (rp->said) {
        svec_destroy(rp->said);
        free(rp->said);
    }
    rp->said = said;
}

static const struct svec *
get_said(const struct remote_port *rp)
{
    return rp->said ? rp->said : &rp->port->addresses;
}

static void
remote_port_destroy(struct fleet_remote *r, struct remote_port *rp)
{
    remove_from_host(r, rp);
    hmap_remove(&r->rows, &rp->row_node);
    set_said(rp, NULL);
    free(rp);
}

/* Frees 'r', which may be null. */
void
fleet_remote_destroy(struct fleet_remote *r)
{
    struct remote_port *rp;

    if (!r) {
        return;
    }
    HMAP_FOR_EACH_SAFE (rp, row_node, &r->rows) {
        remote_port_destroy(r, rp);
    }
    shash_destroy(&r->hosts);
    hmap_destroy(&r->rows);
    fleet_index_uninit(&r->index);
    fleet_seen_destroy(r->seen);
    sset_destroy(&r->changed);
    free(r->own_host);
    free(r);
}

static void
add_port(struct fleet_remote *r, const struct fleet_port *port)
{
    struct remote_port *rp = xzalloc(
        sizeof *rp + port->addresses.n * sizeof rp->entries[0]);

    rp->port = port;
    add_to_host(r, rp);
    hmap_insert(&r->rows, &rp->row_node, hash_pointer(port, 0));
    fleet_index_add(&r->index, port, rp->entries);
    note_rivals(r, port);
}

static void
remove_port(struct fleet_remote *r, const struct fleet_port *port)
{
    struct remote_port *rp = find_port(r, port);

    if (rp) {
        note_rivals(r, port);
        fleet_index_remove(&r->index, port, rp->entries);
        remote_port_destroy(r, rp);
    }
}

/* A row of 'table' was 'old' and is 'new', either of which may be null.  'new'
 * must stay what it is until the next that is told of it. */
void
fleet_remote_row_changed(struct fleet_remote *r, enum fleet_table table,
                         const void *old, const void *new, long long int now,
                         int64_t wall)
{
    if (table == FLEET_TABLE_PORT) {
        if (old) {
            remove_port(r, old);
        }
        if (new) {
            add_port(r, new);
        }
    } else if (table == FLEET_TABLE_HOST) {
        fleet_seen_row_changed(r->seen, old, new, now, wall);
    }
}

/* Returns which hosts of the fleet are there. */
struct fleet_seen *
fleet_remote_seen(const struct fleet_remote *r)
{
    return r->seen;
}

/* Returns the ports that the client has told of, also this host's own. */
const struct fleet_index *
fleet_remote_index(const struct fleet_remote *r)
{
    return &r->index;
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
    sset_renew(&r->changed);
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

/* A fleet_is_seen_cb. */
static bool
is_seen(const char *name, void *seen)
{
    return fleet_seen_is_seen(seen, name);
}

/* Appends to 's' the IP addresses that 'port', which has 'mac', is asked for,
 * if its host has seen to it that nobody else sends by them there: its own
 * with the 'first' of its MAC addresses, and the one that follows from each.
 * Whoever wrote them may have meant ill. */
static void
format_ips(struct ds *s, const struct fleet_port *port, const char *mac,
           bool first)
{
    struct ip_prefixes all = { .n = 0 }, ips = { .n = 0 };
    struct eth_addr ea;

    for (size_t i = 0; i < port->ips.n; i++) {
        free(ip_prefixes_add(&all, port->ips.names[i]));
    }
    if (first) {
        ip_prefixes_clone(&ips, &all);
    }
    if (ip_prefixes_have_v6(&all) && eth_addr_from_string(mac, &ea)) {
        ip_prefixes_add_link_local(&ips, ea);
    }
    for (size_t i = 0; i < ips.n; i++) {
        if (ips.elems[i].plen == 128) {
            ds_put_char(s, ';');
            ip_prefix_format(s, &ips.elems[i]);
        }
    }
    ip_prefixes_uninit(&all);
    ip_prefixes_uninit(&ips);
}

/* Takes note for 'rp', which is sound, that it has 'mac', with a word on who
 * is kept apart from it: a community that cannot be understood is nobody's. */
static void
say_address(struct remote_port *rp, const char *mac)
{
    const struct fleet_port *port = rp->port;
    struct community community = { .name = "" };
    bool apart = port->isolated || port->community[0];
    struct ds s = DS_EMPTY_INITIALIZER;

    if (apart && !port->isolated) {
        free(community_from_string(port->community, &community));
    }
    ds_put_format(&s, "%s%s%s", mac, apart ? "/" : "", community.name);
    if (port->ips.n) {
        ds_put_format(&s, ";%s", port->vlans);
        format_ips(&s, port, mac, !rp->said->n);
    }
    svec_add_nocopy(rp->said, ds_steal_cstr(&s));
}

/* Returns the port of 'row' if it is one of 'host' of which is not known yet
 * what there is to say, and that can have an address, or null. */
static struct remote_port *
find_asked(const struct fleet_remote *r, const struct fleet_port *row,
           const char *host)
{
    struct remote_port *rp = NULL;

    if (!strcmp(row->host, host) && !strcmp(row->state, "active")) {
        rp = find_port(r, row);
    }
    return rp && !rp->is_current ? rp : NULL;
}

/* Takes note for those ports of 'host' that have 'address', of several that
 * claim it. */
static void
say_who_won(const struct fleet_remote *r, const char *host,
            const char *address, const struct rivals *rivals)
{
    struct eth_addr mac = eth_addr_zero;
    struct fleet_claims *claims;
    const struct fleet_claim *c;
    size_t n;

    claims = fleet_claims_create(rivals->ports, rivals->n, is_seen, r->seen);
    c = fleet_claims_get(claims, &n);
    ovs_ignore(eth_addr_from_string(address, &mac));
    for (size_t i = 0; i < n; i++) {
        if (c[i].winner == c[i].port && eth_addr_equals(c[i].mac, mac)) {
            struct remote_port *rp = find_asked(r, c[i].port, host);

            if (rp) {
                say_address(rp, address);
            }
        }
    }
    fleet_claims_destroy(claims);
}

/* Takes note for those ports of 'host' that have 'address'. */
static void
say_who_has(const struct fleet_remote *r, const char *host,
            const char *address)
{
    struct rivals rivals = { .ports = NULL };

    fleet_index_find(&r->index, address, add_rival, &rivals);
    if (rivals.n > 1) {
        say_who_won(r, host, address, &rivals);
    } else if (rivals.n) {
        struct remote_port *rp = find_asked(r, rivals.ports[0], host);
        char *error = rp ? fleet_port_check(rp->port) : NULL;

        if (rp && !error) {
            say_address(rp, address);
        }
        free(error);
    }
    free(rivals.ports);
}

/* Has all ports of 'host' know what there is to say of them.  Each address is
 * looked at once: somebody may have had thousands of ports claim it. */
static void
update_said(const struct fleet_remote *r, const char *host)
{
    struct sset done = SSET_INITIALIZER(&done);
    struct hmapx asked = HMAPX_INITIALIZER(&asked);
    const struct remote_host *rh = find_host(r, host);
    struct hmapx_node *node;
    struct remote_port *rp;

    for (size_t i = 0; i < rh->n; i++) {
        rp = rh->ports[i];
        if (!rp->is_current) {
            set_said(rp, xzalloc(sizeof *rp->said));
            hmapx_add(&asked, rp);
        }
    }
    HMAPX_FOR_EACH (node, &asked) {
        rp = node->data;
        const struct svec *claimed = &rp->port->addresses;

        for (size_t i = 0; find_asked(r, rp->port, host) && i < claimed->n;
             i++) {
            if (sset_add(&done, claimed->names[i])) {
                say_who_has(r, host, claimed->names[i]);
            }
        }
    }
    HMAPX_FOR_EACH (node, &asked) {
        rp = node->data;
        rp->is_current = true;
        if (svec_equal(rp->said, &rp->port->addresses)) {
            set_said(rp, NULL);     /* Most guests', so that it matters. */
        }
    }
    hmapx_destroy(&asked);
    sset_destroy(&done);
}

/* Adds to 'addresses' those that ports of 'host' have, in networks that
 * 'has_network' knows, which is called with 'aux': as "MAC", or as "MAC/" if
 * the guest is isolated, or as "MAC/COMMUNITY", and with ";VLANS;IP;IP..."
 * behind that, where these IP addresses are known to be nobody else's there.
 * They are in no order, and one may be there twice. */
void
fleet_remote_addresses(struct fleet_remote *r, const char *host,
                       fleet_remote_network_cb *has_network, void *aux,
                       struct svec *addresses)
{
    const struct remote_host *rh = find_host(r, host);

    update_said(r, host);
    for (size_t i = 0; i < rh->n; i++) {
        const struct svec *said = get_said(rh->ports[i]);

        if (said->n && has_network(rh->ports[i]->port->network, aux)) {
            for (size_t j = 0; j < said->n; j++) {
                svec_add(addresses, said->names[j]);
            }
        }
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
    const struct remote_host *rh = find_host(r, host);
    const char *last = NULL;    /* Most are in the same. */

    for (size_t i = 0; i < rh->n; i++) {
        const struct fleet_port *port = rh->ports[i]->port;

        if (strcmp(port->state, "gone")
            && has_network(port->network, aux)
            && (!last || strcmp(port->vlans, last))) {
            fleet_port_add_vlans(port, vlans);
            last = port->vlans;
        }
    }
}
