/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/host/link-away.h"

#include <stdlib.h>
#include <string.h>

#include "lib/host/link.h"
#include "packets.h"
#include "sset.h"
#include "util.h"

void
link_aways_init(struct link_aways *aways)
{
    shash_init(&aways->by_name);
}

static void
destroy_node(struct link_aways *aways, struct shash_node *node)
{
    struct link_away *away = node->data;

    shash_delete(&aways->by_name, node);
    free(away->kind);
    free(away);
}

/* Frees what 'aways' holds, but not 'aways' itself. */
void
link_aways_uninit(struct link_aways *aways)
{
    struct shash_node *node;

    SHASH_FOR_EACH_SAFE (node, &aways->by_name) {
        destroy_node(aways, node);
    }
    shash_destroy(&aways->by_name);
}

/* The device 'gone', of this namespace, is no longer there.  Returns false if
 * it has not been moved. */
bool
link_aways_add(struct link_aways *aways, const struct link *gone,
               struct sset *changed)
{
    if (gone->new_netnsid == LINK_HERE) {
        return false;
    }
    link_aways_remove(aways, gone->name, changed);

    struct link_away *away = xmalloc(sizeof *away);
    *away = (struct link_away) {
        .netnsid = gone->new_netnsid,
        .ifindex = gone->new_ifindex,
        .kind = xstrdup(gone->kind),
        .mac = eth_addr_zero,
    };
    shash_add(&aways->by_name, gone->name, away);
    sset_add(changed, gone->name);
    return true;
}

/* Forgets the device that was called 'name', if there is one: it is back, or
 * nobody wants to know. */
void
link_aways_remove(struct link_aways *aways, const char *name,
                  struct sset *changed)
{
    struct shash_node *node = shash_find(&aways->by_name, name);

    if (node) {
        sset_add(changed, name);
        destroy_node(aways, node);
    }
}

/* Returns the device that is 'ifindex' in 'netnsid', or null. */
static struct shash_node *
find_node(const struct link_aways *aways, int netnsid, int ifindex)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, &aways->by_name) {
        const struct link_away *away = node->data;

        if (away->netnsid == netnsid && away->ifindex == ifindex) {
            return node;
        }
    }
    return NULL;
}

/* In namespace 'netnsid' there is 'link'. */
void
link_aways_set(struct link_aways *aways, int netnsid, const struct link *link,
               struct sset *changed)
{
    struct shash_node *node = find_node(aways, netnsid, link->ifindex);
    struct link_away *away = node ? node->data : NULL;

    /* Numbers are given anew. */
    if (away && !strcmp(away->kind, link->kind)
        && !eth_addr_equals(away->mac, link->address)) {
        away->mac = link->address;
        sset_add(changed, node->name);
    }
}

/* Device 'ifindex' is not in namespace 'netnsid' any longer.  If it has come
 * here, that is told for itself. */
void
link_aways_leave(struct link_aways *aways, int netnsid, int ifindex,
                 struct sset *changed)
{
    struct shash_node *node = find_node(aways, netnsid, ifindex);

    if (node) {
        struct link_away *away = node->data;

        away->netnsid = LINK_HERE;
        away->mac = eth_addr_zero;
        sset_add(changed, node->name);
    }
}

/* Returns the device that was called 'name' here, or null. */
const struct link_away *
link_aways_find(const struct link_aways *aways, const char *name)
{
    return shash_find_data(&aways->by_name, name);
}

/* Puts into 'view' what is known of the device that was called 'name' here, if
 * there is one. */
void
link_aways_view(const struct link_aways *aways, const char *name,
                struct link_view *view)
{
    const struct link_away *away = link_aways_find(aways, name);

    if (away) {
        view->is_elsewhere = true;
        view->elsewhere_mac = away->mac;
    }
}
