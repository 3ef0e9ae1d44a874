/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/host/link-table.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "packets.h"
#include "sset.h"
#include "util.h"

struct link_node {
    struct hmap_node node;      /* In 'by_ifindex'. */
    struct hmap_node lower_node;    /* In 'by_lower'. */
    struct link link;
    struct eth_addr peer_mac;   /* Of 'link.lower', if that is elsewhere. */
    struct link_macs macs;      /* That 'link' takes frames for, too. */
    unsigned int n_moves;       /* How often it has moved. */
    bool marked;                /* Not told of since link_table_mark()? */
};

void
link_table_init(struct link_table *table)
{
    hmap_init(&table->by_ifindex);
    hmap_init(&table->by_lower);
    shash_init(&table->by_name);
}

static struct link_node *
find_ifindex(const struct link_table *table, int ifindex)
{
    struct link_node *node;

    HMAP_FOR_EACH_WITH_HASH (node, node, hash_int(ifindex, 0),
                             &table->by_ifindex) {
        if (node->link.ifindex == ifindex) {
            return node;
        }
    }
    return NULL;
}

/* Is 'link' on device 'ifindex' of namespace 'netnsid'? */
static bool
is_on(const struct link *link, int ifindex, int netnsid)
{
    return link->lower == ifindex && link->netnsid == netnsid;
}

static uint32_t
hash_lower(int ifindex, int netnsid)
{
    return hash_2words(ifindex, netnsid);
}

static void
add_name(const struct link *link, void *changed)
{
    sset_add(changed, link->name);
}

/* Adds to 'changed' the devices that are on 'link', and if that is a bridge
 * its ports, and those whose peer may be one. */
static void
add_dependents(const struct link_table *table, const struct link *link,
               struct sset *changed)
{
    const struct link_node *node;

    link_table_for_each_on(table, link->ifindex, LINK_HERE, add_name,
                           changed);
    if (strcmp(link->kind, "bridge")) {
        return;
    }
    HMAP_FOR_EACH (node, node, &table->by_ifindex) {
        if (node->link.master == link->ifindex) {
            sset_add(changed, node->link.name);
            link_table_for_each_on(table, node->link.ifindex, LINK_HERE,
                                   add_name, changed);
        }
    }
}

static void
destroy_node(struct link_table *table, struct link_node *node)
{
    struct shash_node *named = shash_find(&table->by_name, node->link.name);

    if (named && named->data == node) {
        shash_delete(&table->by_name, named);
    }
    hmap_remove(&table->by_ifindex, &node->node);
    hmap_remove(&table->by_lower, &node->lower_node);
    link_uninit(&node->link);
    link_macs_uninit(&node->macs);
    free(node);
}

/* Frees what 'table' holds, but not 'table' itself. */
void
link_table_uninit(struct link_table *table)
{
    struct link_node *node;

    HMAP_FOR_EACH_SAFE (node, node, &table->by_ifindex) {
        destroy_node(table, node);
    }
    hmap_destroy(&table->by_ifindex);
    hmap_destroy(&table->by_lower);
    shash_destroy(&table->by_name);
}

/* 'link', whose link is down, is what 'node' was.  A veth whose link has been
 * up while its peer was here is no container's to be. */
static bool
was_in_use(const struct link_node *node, const struct link *link)
{
    return (is_on(&node->link, link->lower, link->netnsid)
            && !strcmp(node->link.kind, link->kind) && !node->link.idle);
}

/* Takes over 'link', a device that is there.  Adds to 'changed' the names of
 * those that look different now. */
void
link_table_set(struct link_table *table, struct link *link,
               struct sset *changed)
{
    struct link_node *node = find_ifindex(table, link->ifindex);
    struct eth_addr peer_mac = eth_addr_zero;
    struct link_macs macs = { .n = 0 };
    unsigned int n_moves = node ? node->n_moves + link->moved : 0;

    link->idle &= !node || !was_in_use(node, link);
    if (node && link_equals(&node->link, link)) {
        node->marked = false;
        if (link->moved) {
            node->n_moves = n_moves;
            sset_add(changed, link->name);
        }
        link_uninit(link);
        return;
    }
    if (node) {
        if (is_on(link, node->link.lower, node->link.netnsid)) {
            peer_mac = node->peer_mac;
        }
        macs = node->macs;
        node->macs = (struct link_macs) { .n = 0 };
        sset_add(changed, node->link.name);
        destroy_node(table, node);
    }
    node = xmalloc(sizeof *node);
    *node = (struct link_node) {
        .link = *link, .peer_mac = peer_mac, .macs = macs, .n_moves = n_moves
    };
    hmap_insert(&table->by_ifindex, &node->node, hash_int(link->ifindex, 0));
    hmap_insert(&table->by_lower, &node->lower_node,
                hash_lower(link->lower, link->netnsid));
    shash_replace(&table->by_name, link->name, node);
    sset_add(changed, link->name);
    add_dependents(table, &node->link, changed);
}

/* Device 'ifindex' is gone, be it to another namespace. */
void
link_table_remove(struct link_table *table, int ifindex, struct sset *changed)
{
    struct link_node *node = find_ifindex(table, ifindex);

    if (node) {
        sset_add(changed, node->link.name);
        add_dependents(table, &node->link, changed);
        destroy_node(table, node);
    }
}

/* Begins to tell of all devices that there are, by link_table_set(), to be
 * followed by link_table_sweep() if that has succeeded. */
void
link_table_mark(struct link_table *table)
{
    struct link_node *node;

    HMAP_FOR_EACH (node, node, &table->by_ifindex) {
        node->marked = true;
    }
}

/* All devices have been told of: those that have not been since
 * link_table_mark() are gone.  One may have left its name to another. */
void
link_table_sweep(struct link_table *table, struct sset *changed)
{
    struct link_node *node;

    HMAP_FOR_EACH_SAFE (node, node, &table->by_ifindex) {
        if (node->marked) {
            link_table_remove(table, node->link.ifindex, changed);
        }
    }
}

/* Device 'ifindex' of another namespace, which is 'netnsid' here, has address
 * 'mac', zero if that cannot be told. */
void
link_table_set_peer(struct link_table *table, int netnsid, int ifindex,
                    struct eth_addr mac, struct sset *changed)
{
    struct link_node *node;

    HMAP_FOR_EACH_WITH_HASH (node, lower_node, hash_lower(ifindex, netnsid),
                             &table->by_lower) {
        if (is_on(&node->link, ifindex, netnsid)
            && !eth_addr_equals(node->peer_mac, mac)) {
            node->peer_mac = mac;
            sset_add(changed, node->link.name);
        }
    }
}

/* Device 'ifindex' takes frames for 'macs', which is taken over, beside those
 * for its own address. */
void
link_table_set_macs(struct link_table *table, int ifindex,
                    struct link_macs *macs, struct sset *changed)
{
    struct link_node *node = find_ifindex(table, ifindex);

    if (node && !link_macs_equal(&node->macs, macs)) {
        struct link_macs old = node->macs;

        node->macs = *macs;
        *macs = old;
        sset_add(changed, node->link.name);
    }
    link_macs_uninit(macs);
}

/* Returns the device that is called 'name', or null. */
const struct link *
link_table_find(const struct link_table *table, const char *name)
{
    const struct link_node *node = shash_find_data(&table->by_name, name);

    return node ? &node->link : NULL;
}

/* Returns the name of the Linux bridge that 'link' is a port of, or null. */
static const char *
find_bridge(const struct link_table *table, const struct link *link)
{
    const struct link_node *master = find_ifindex(table, link->master);

    return (master && !strcmp(master->link.kind, "bridge")
            ? master->link.name : NULL);
}

/* Initializes 'view' to what is known of the device that is called 'name'.
 * The caller must link_view_uninit() it. */
void
link_table_view(const struct link_table *table, const char *name,
                struct link_view *view)
{
    const struct link_node *node = shash_find_data(&table->by_name, name);

    *view = (struct link_view) { .kind = NULL };
    if (!node) {
        return;
    }
    view->kind = xstrdup(node->link.kind);
    view->idle = node->link.idle;
    view->n_moves = node->n_moves;
    view->bridge = nullable_xstrdup(find_bridge(table, &node->link));
    link_macs_clone(&view->macs, &node->macs);
    if (strcmp(view->kind, "veth") || !node->link.lower) {
        return;
    } else if (node->link.netnsid != LINK_HERE) {
        view->peer_is_elsewhere = true;
        view->peer_mac = node->peer_mac;
        return;
    }

    const struct link_node *peer = find_ifindex(table, node->link.lower);
    if (peer) {
        view->peer_bridge = nullable_xstrdup(find_bridge(table, &peer->link));
    }
}

/* Calls 'cb' with 'aux' for each device that is on device 'ifindex' of
 * 'netnsid', as a macvlan or a VLAN is on one of this namespace, which is
 * LINK_HERE, and a veth on its peer. */
void
link_table_for_each_on(const struct link_table *table, int ifindex,
                       int netnsid, link_cb *cb, void *aux)
{
    const struct link_node *node;

    HMAP_FOR_EACH_WITH_HASH (node, lower_node, hash_lower(ifindex, netnsid),
                             &table->by_lower) {
        if (is_on(&node->link, ifindex, netnsid)) {
            cb(&node->link, aux);
        }
    }
}
