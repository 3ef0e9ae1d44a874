/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/normal-guard.h"

#include <stdlib.h>

#include "controller/switch/fdb-flush.h"
#include "controller/switch/noflood.h"
#include "flow.h"
#include "hash.h"
#include "lib/base/diag.h"
#include "lib/openflow/normal-order.h"
#include "openvswitch/hmap.h"
#include "openvswitch/poll-loop.h"
#include "util.h"

struct normal_guard {
    struct noflood *noflood;
    struct fdb_flush *flush;
    struct normal_order order;
    struct hmap hosts;          /* Contains "struct host_port"s. */
    bool spares_host;           /* May these be flooded to nevertheless? */
};

/* A port of the host's. */
struct host_port {
    struct hmap_node node;
    ofp_port_t ofport;
};

/* Creates and returns the guard of bridge 'bridge', for now not needed. */
struct normal_guard *
normal_guard_create(const char *bridge)
{
    struct normal_guard *guard = xzalloc(sizeof *guard);

    hmap_init(&guard->hosts);
    guard->noflood = noflood_create(bridge);
    guard->flush = fdb_flush_create(bridge);
    return guard;
}

static struct host_port *
find_host(const struct normal_guard *guard, ofp_port_t ofport)
{
    struct host_port *host;

    HMAP_FOR_EACH_WITH_HASH (host, node, hash_ofp_port(ofport),
                             &guard->hosts) {
        if (host->ofport == ofport) {
            return host;
        }
    }
    return NULL;
}

static void
set_host(struct normal_guard *guard, ofp_port_t ofport, bool is_host)
{
    struct host_port *host = find_host(guard, ofport);

    if (is_host && !host) {
        host = xmalloc(sizeof *host);
        host->ofport = ofport;
        hmap_insert(&guard->hosts, &host->node, hash_ofp_port(ofport));
    } else if (!is_host && host) {
        hmap_remove(&guard->hosts, &host->node);
        free(host);
    }
}

/* Frees 'guard', which may be null.  The switch stays as it is. */
void
normal_guard_destroy(struct normal_guard *guard)
{
    struct host_port *host;

    if (guard) {
        HMAP_FOR_EACH_POP (host, node, &guard->hosts) {
            free(host);
        }
        hmap_destroy(&guard->hosts);
        noflood_destroy(guard->noflood);
        fdb_flush_destroy(guard->flush);
        free(guard);
    }
}

/* As mgmt_conn_set_first_ports(). */
void
normal_guard_set_first_ports(struct normal_guard *guard, bool first_ports)
{
    noflood_set_first_ports(guard->noflood, first_ports);
}

/* Says whether the switch allows OpenFlow 1.0. */
void
normal_guard_set_allowed(struct normal_guard *guard, bool openflow10)
{
    noflood_set_allowed(guard->noflood, openflow10);
}

/* Says that the switch has a port 'ofport', which is 'kind'. */
void
normal_guard_set_port(struct normal_guard *guard, ofp_port_t ofport,
                      enum normal_port kind)
{
    bool host = kind == NORMAL_PORT_HOST;

    set_host(guard, ofport, host);
    if (noflood_set_port(guard->noflood, ofport,
                         kind == NORMAL_PORT_NETWORK
                         || (host && guard->spares_host))) {
        normal_order_network_shrinks(&guard->order);
    }
}

/* As noflood_ports_found(). */
void
normal_guard_found_port(struct normal_guard *guard, ofp_port_t ofport,
                        bool barred)
{
    noflood_found_port(guard->noflood, ofport, barred);
}

/* Says that the switch has no port 'ofport' any longer. */
void
normal_guard_remove_port(struct normal_guard *guard, ofp_port_t ofport)
{
    set_host(guard, ofport, false);
    noflood_remove_port(guard->noflood, ofport);
}

/* Is it yet to be found out where somebody else has set no-flood?  Then it is.
 * 'found' is as for normal_guard_run(). */
bool
normal_guard_must_be_told(struct normal_guard *guard, bool found)
{
    return noflood_must_be_told(guard->noflood, found);
}

/* Has somebody else had NORMAL not flood to port 'ofport'? */
bool
normal_guard_is_others(const struct normal_guard *guard, ofp_port_t ofport)
{
    return noflood_is_others(guard->noflood, ofport);
}

/* Says that the switch has been read, over a new connection if 'new_switch',
 * so that it has perhaps been started anew. */
void
normal_guard_switch_is_read(struct normal_guard *guard, bool new_switch)
{
    normal_order_read(&guard->order, new_switch);
}

/* Says that the switch has made the bridge's socket anew. */
void
normal_guard_socket_appeared(struct normal_guard *guard)
{
    noflood_socket_appeared(guard->noflood);
}

/* Is it time to have what was learned forgotten? */
static bool
can_flush(const struct normal_guard *guard, bool installed)
{
    return normal_order_may_flush(&guard->order,
                                  noflood_is_done(guard->noflood), installed);
}

/* Has the host's ports be flooded to, or not, as the order is now. */
static void
update_host(struct normal_guard *guard, bool installed)
{
    bool spares = normal_order_spares_host(&guard->order, installed);

    if (guard->spares_host != spares) {
        const struct host_port *host;

        guard->spares_host = spares;
        HMAP_FOR_EACH (host, node, &guard->hosts) {
            noflood_set_port(guard->noflood, host->ofport, spares);
        }
    }
}

/* Does what is to be done.  'use' says what NORMAL is to the desired flows,
 * 'installed' whether the desired flows are those installed, and 'found'
 * whether the switch was found with flows of an earlier run of this program
 * to which it was the same. */
void
normal_guard_run(struct normal_guard *guard, enum normal_use use, bool found,
                 bool installed)
{
    normal_order_want(&guard->order, use, found);
    update_host(guard, installed);
    if (use == NORMAL_FREE && found) {
        noflood_adopt(guard->noflood);
    }
    switch (normal_order_noflood(&guard->order, installed)) {
    case NOFLOOD_SET:
        noflood_enable(guard->noflood, true, found);
        break;

    case NOFLOOD_TAKE_BACK:
        noflood_enable(guard->noflood, false, false);
        break;

    case NOFLOOD_LEAVE:
        break;
    }
    noflood_run(guard->noflood, normal_order_delay(&guard->order));

    if (can_flush(guard, installed)) {
        normal_order_flushed(&guard->order);
        fdb_flush_start(guard->flush);
    }
    fdb_flush_run(guard->flush);
}

/* Arranges for poll_block() to wake up when normal_guard_run() has something
 * to do.  'installed' is as for that function. */
void
normal_guard_wait(struct normal_guard *guard, bool installed)
{
    noflood_wait(guard->noflood);
    fdb_flush_wait(guard->flush);
    if (can_flush(guard, installed)) {
        poll_immediate_wake();
    }
}

/* May flows that use NORMAL be installed? */
bool
normal_guard_is_set(const struct normal_guard *guard)
{
    return normal_order_may_install(&guard->order,
                                    noflood_is_done(guard->noflood));
}

/* Is there nothing more to do that anything waits for? */
bool
normal_guard_is_done(const struct normal_guard *guard)
{
    return ((guard->order.use == NORMAL_BARRED
             || noflood_is_done(guard->noflood))
            && !guard->order.must_flush
            && fdb_flush_is_done(guard->flush));
}

/* Appends to 'diags' what is wrong on bridge 'bridge'. */
void
normal_guard_get_diags(const struct normal_guard *guard, const char *bridge,
                       struct diag_list *diags)
{
    struct origin origin = { .element = CONST_CAST(char *, bridge) };
    const char *error = noflood_get_error(guard->noflood);

    if (guard->order.use != NORMAL_FREE && error) {
        diag_add(diags, (normal_use_serves(guard->order.use)
                         ? DIAG_ERROR : DIAG_NOTE), &origin,
                 "no connection by OpenFlow 1.0, which alone can keep NORMAL "
                 "from flooding to guests: %s", error);
    }
    error = fdb_flush_get_error(guard->flush);
    if (normal_use_serves(guard->order.use) && error) {
        diag_add(diags, DIAG_WARNING, &origin,
                 "what was learned in kernel mode could not be flushed, so "
                 "that frames may reach guests by it until it has aged: %s",
                 error);
    }
}
