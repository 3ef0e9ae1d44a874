/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/fleet/fleet-claims.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/ovs-compat.h"
#include "lib/base/vlan-set.h"
#include "packets.h"
#include "util.h"

static const char *const states[] = {
#define FLEET_PORT_STATE(ENUM, NAME) [FLEET_PORT_##ENUM] = NAME,
    FLEET_PORT_STATES
#undef FLEET_PORT_STATE
};

const char *
fleet_port_state_to_string(enum fleet_port_state state)
{
    return states[state];
}

/* Stores in '*state' the one called 's'.  Returns false if there is none. */
static bool
port_state_from_string(const char *s, enum fleet_port_state *state)
{
    for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
        if (!strcmp(states[i], s)) {
            *state = i;
            return true;
        }
    }
    return false;
}

/* Is 'text' an address of a guest, in the one way to write it by which those
 * that claim it find each other?  Stores it in '*mac' if so. */
static bool
parse_address(const char *text, struct eth_addr *mac)
{
    char canonical[ETH_ADDR_STRLEN + 1];

    if (!eth_addr_from_string(text, mac)
        || eth_addr_is_multicast(*mac) || eth_addr_is_zero(*mac)) {
        return false;
    }
    snprintf(canonical, sizeof canonical, ETH_ADDR_FMT, ETH_ADDR_ARGS(*mac));
    return !strcmp(text, canonical);
}

/* Adds to 'vlans' those that 'port' is in: none if it does not say it so that
 * it makes sense. */
void
fleet_port_add_vlans(const struct fleet_port *port, struct vlan_set *vlans)
{
    struct vlan_set more = VLAN_SET_INITIALIZER;

    if (vlan_set_add_string(&more, port->vlans)) {
        vlan_set_union(vlans, &more);
    }
    vlan_set_uninit(&more);
}

/* Returns what is wrong with 'port', which the caller must free, or null.
 * Whoever wrote it may have meant ill; a port of which something is returned
 * claims nothing. */
char *
fleet_port_check(const struct fleet_port *port)
{
    struct vlan_set vlans = VLAN_SET_INITIALIZER;
    enum fleet_port_state state;
    struct eth_addr mac;
    char *error = NULL;

    if (!port->host[0] || !port->interface[0]) {
        error = xstrdup("it has no host or no interface");
    } else if (!port_state_from_string(port->state, &state)) {
        error = xasprintf("there is no state %s", port->state);
    } else if (!vlan_set_add_string(&vlans, port->vlans)) {
        error = xasprintf("%s is no list of VLANs", port->vlans);
    }
    for (size_t i = 0; i < port->addresses.n && !error; i++) {
        if (!parse_address(port->addresses.names[i], &mac)) {
            error = xasprintf("%s is no address of a guest",
                              port->addresses.names[i]);
        }
    }
    vlan_set_uninit(&vlans);
    return error;
}

struct fleet_claims {
    struct fleet_claim *claims;
    struct vlan_set *vlans;     /* Of ports, as they were passed. */
    size_t n, n_ports;
};

/* What a claim is decided by. */
struct candidate {
    struct fleet_claim claim;
    const struct vlan_set *vlans;
    bool is_active;
    bool is_seen;
};

/* Orders claims that can collide next to each other, and those by who comes
 * first. */
static int
compare_candidates(const void *a_, const void *b_)
{
    const struct candidate *a = a_;
    const struct candidate *b = b_;
    const struct fleet_port *p = a->claim.port;
    const struct fleet_port *q = b->claim.port;
    int cmp = memcmp(&a->claim.mac, &b->claim.mac, sizeof a->claim.mac);

    cmp = cmp ? cmp : strcmp(p->network, q->network);
    cmp = cmp ? cmp : b->is_active - a->is_active;
    cmp = cmp ? cmp : b->is_seen - a->is_seen;
    if (!cmp && p->since != q->since) {
        cmp = p->since < q->since ? -1 : 1;
    }
    cmp = cmp ? cmp : strcmp(p->host, q->host);
    return cmp ? cmp : strcmp(p->interface, q->interface);
}

static bool
collide(const struct candidate *a, const struct candidate *b)
{
    struct vlan_set common;
    bool any;

    vlan_set_clone(&common, a->vlans);
    vlan_set_intersect(&common, b->vlans);
    any = !vlan_set_is_empty(&common);
    vlan_set_uninit(&common);
    return any;
}

/* Finds out whether 'c' loses its address to one of 'winners', which come
 * before it.  Each that it collides with is contested. */
static void
meet_winners(struct candidate *c, struct candidate *const *winners,
             size_t n_winners)
{
    for (size_t i = 0; i < n_winners; i++) {
        struct candidate *winner = winners[i];

        if (collide(c, winner)) {
            winner->claim.is_contested |= c->is_active;
            c->claim.is_contested = true;
            if (!c->claim.winner) {
                c->claim.winner = winner->claim.port;
            }
        }
    }
}

/* Is there one among the 'n' from 'c' on that is active, has lost to another
 * and collides with 'candidate'? */
static bool
meets_loser(const struct candidate *candidate, const struct candidate *c,
            size_t n)
{
    for (size_t i = 0; i < n && c[i].is_active; i++) {
        if (&c[i] != candidate && c[i].claim.winner != c[i].claim.port
            && collide(candidate, &c[i])) {
            return true;
        }
    }
    return false;
}

/* Decides the 'n' claims from 'c' on, which have network and address in
 * common and are in order: those that can win come first.  Somebody may have
 * made thousands of them. */
static void
decide(struct candidate *c, size_t n)
{
    struct candidate **winners = xmalloc(n * sizeof *winners);
    size_t n_winners = 0;

    for (size_t i = 0; i < n; i++) {
        meet_winners(&c[i], winners, n_winners);
        if (!c[i].claim.winner && c[i].is_active) {
            c[i].claim.winner = c[i].claim.port;
            winners[n_winners++] = &c[i];
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (!c[i].claim.is_contested) {
            c[i].claim.is_contested = meets_loser(&c[i], c, n);
        }
    }
    free(winners);
}

/* Creates and returns who has what of the 'n' 'ports'.  'is_seen' is called
 * with 'aux' for their hosts.  The ports must stay.  The caller must destroy
 * it. */
struct fleet_claims *
fleet_claims_create(const struct fleet_port *const *ports, size_t n,
                    fleet_is_seen_cb *is_seen, void *aux)
{
    struct fleet_claims *claims = xzalloc(sizeof *claims);
    struct candidate *all;
    size_t n_addresses = 0;

    for (size_t i = 0; i < n; i++) {
        n_addresses += ports[i]->addresses.n;
    }
    all = xcalloc(n_addresses + 1, sizeof *all);
    claims->vlans = xcalloc(MAX(n, 1), sizeof *claims->vlans);
    claims->n_ports = n;
    for (size_t i = 0; i < n; i++) {
        const struct fleet_port *port = ports[i];
        char *error = fleet_port_check(port);

        if (error) {
            free(error);
            continue;
        }
        vlan_set_add_string(&claims->vlans[i], port->vlans);
        for (size_t j = 0; j < port->addresses.n; j++) {
            struct candidate c = {
                .claim.port = port,
                .vlans = &claims->vlans[i],
                .is_active = !strcmp(port->state, states[FLEET_PORT_ACTIVE]),
                .is_seen = is_seen(port->host, aux),
            };

            ovs_ignore(parse_address(port->addresses.names[j], &c.claim.mac));
            all[claims->n++] = c;
        }
    }
    qsort(all, claims->n, sizeof *all, compare_candidates);
    for (size_t i = 0, j; i < claims->n; i = j) {
        for (j = i + 1; j < claims->n
             && eth_addr_equals(all[i].claim.mac, all[j].claim.mac)
             && !strcmp(all[i].claim.port->network,
                        all[j].claim.port->network); j++) {
            continue;
        }
        decide(&all[i], j - i);
    }
    claims->claims = xcalloc(MAX(claims->n, 1), sizeof *claims->claims);
    for (size_t i = 0; i < claims->n; i++) {
        claims->claims[i] = all[i].claim;
    }
    free(all);
    return claims;
}

/* Frees 'claims', which may be null. */
void
fleet_claims_destroy(struct fleet_claims *claims)
{
    if (claims) {
        for (size_t i = 0; i < claims->n_ports; i++) {
            vlan_set_uninit(&claims->vlans[i]);
        }
        free(claims->vlans);
        free(claims->claims);
        free(claims);
    }
}

/* Returns all claims, by address, network and who comes first, and stores
 * their number in '*n'. */
const struct fleet_claim *
fleet_claims_get(const struct fleet_claims *claims, size_t *n)
{
    *n = claims->n;
    return claims->claims;
}
