/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/sources/netport-source.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "controller/sources/dir-source.h"
#include "controller/sources/dir-watch.h"
#include "hash.h"
#include "lib/base/diag.h"
#include "lib/host/vif.h"
#include "lib/xml/netport.h"
#include "lib/xml/sax-xml.h"
#include "openvswitch/hmap.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/shash.h"
#include "ovsdb/vif-reader.h"
#include "sset.h"
#include "util.h"

/* A port.  All is borrowed. */
struct port {
    struct hmap_node hmap_node; /* In 'ports', by the owner's UUID. */
    const struct netport *netport;
    const char *network;
};

struct network {
    struct netport_source *source;
    char *name;
    struct dir_source *files;
};

struct netport_source {
    struct vif_reader *vifs;
    char *directory;
    struct dir_watch *watch;    /* Of 'directory', for networks. */
    bool scan;                  /* Look for networks. */
    struct shash networks;      /* "struct network"s. */
    struct hmap ports;          /* "struct port"s. */
};

static void *
parse_netport(const char *text, size_t size, const char *path,
              struct diag_list *diags)
{
    struct diag_list all = DIAG_LIST_INITIALIZER;
    struct netport *netport = netport_from_xml(text, size, path, &all);

    /* What else there is to say is for libvirt. */
    for (size_t i = 0; i < all.n; i++) {
        if (all.diags[i].severity == DIAG_ERROR) {
            diag_add(diags, DIAG_ERROR, &all.diags[i].origin, "%s",
                     all.diags[i].text);
        }
    }
    diag_list_uninit(&all);
    return netport;
}

static void
destroy_netport(void *netport)
{
    netport_destroy(netport);
}

static const char *
netport_name(const void *netport_)
{
    const struct netport *netport = netport_;

    return netport->uuid ? netport->uuid : "";
}

static bool
is_of_netport(const struct vif *vif, const void *netport)
{
    return vif_is_of_netport(vif, netport);
}

static uint32_t
hash_owner(const char *uuid)
{
    return uuid ? hash_string(uuid, 0) : 0;
}

static void
replace_netport(void *old_, void *new_, const char *path OVS_UNUSED,
                void *network_)
{
    struct network *network = network_;
    struct netport_source *source = network->source;
    const struct netport *old = old_, *new = new_;
    struct port *port;

    if (old) {
        HMAP_FOR_EACH_WITH_HASH (port, hmap_node, hash_owner(old->owner_uuid),
                                 &source->ports) {
            if (port->netport == old) {
                hmap_remove(&source->ports, &port->hmap_node);
                free(port);
                break;
            }
        }
        vif_reader_touch_where(source->vifs, is_of_netport, old);
    }
    if (new) {
        port = xmalloc(sizeof *port);
        port->netport = new;
        port->network = network->name;
        hmap_insert(&source->ports, &port->hmap_node,
                    hash_owner(new->owner_uuid));
        vif_reader_touch_where(source->vifs, is_of_netport, new);
    }
}

static const struct dir_source_class netport_class = {
    .noun = "network port",
    .suffix = ".xml",
    .max_size = SAX_MAX_SIZE,
    .parse = parse_netport,
    .replace = replace_netport,
    .destroy = destroy_netport,
    .name = netport_name,
};

/* Creates and returns a source of the ports in 'libvirt_run', which is
 * /run/libvirt by default.  Of each interface of which there is something new,
 * 'vifs', which must outlive it, is told. */
struct netport_source *
netport_source_create(const char *libvirt_run, struct vif_reader *vifs)
{
    struct netport_source *source = xzalloc(sizeof *source);

    source->vifs = vifs;
    source->directory = xasprintf("%s/network", libvirt_run);
    source->watch = dir_watch_create(source->directory, false);
    shash_init(&source->networks);
    hmap_init(&source->ports);
    return source;
}

static void
remove_network(struct netport_source *source, struct shash_node *node)
{
    struct network *network = node->data;

    dir_source_destroy(network->files);
    free(network->name);
    free(network);
    shash_delete(&source->networks, node);
}

/* Frees 'source', which may be null. */
void
netport_source_destroy(struct netport_source *source)
{
    struct shash_node *node;

    if (!source) {
        return;
    }
    SHASH_FOR_EACH_SAFE (node, &source->networks) {
        remove_network(source, node);
    }
    shash_destroy(&source->networks);
    hmap_destroy(&source->ports);
    dir_watch_destroy(source->watch);
    free(source->directory);
    free(source);
}

static void
add_network(struct netport_source *source, const char *name)
{
    struct network *network = xmalloc(sizeof *network);
    char *path = xasprintf("%s/%s/ports", source->directory, name);

    network->source = source;
    network->name = xstrdup(name);
    network->files = dir_source_create(path, &netport_class, false, network);
    shash_add(&source->networks, name, network);
    free(path);
}

/* Makes the networks those that have a directory. */
static void
scan(struct netport_source *source)
{
    DIR *dir = opendir(source->directory);
    struct sset seen = SSET_INITIALIZER(&seen);
    struct shash_node *node;
    struct dirent *de;

    source->scan = false;
    if (!dir) {
        /* It takes nothing along. */
        return;
    }
    while ((de = readdir(dir))) {
        if (de->d_name[0] != '.' && de->d_type == DT_DIR) {
            sset_add(&seen, de->d_name);
            if (!shash_find(&source->networks, de->d_name)) {
                add_network(source, de->d_name);
            }
        }
    }
    closedir(dir);
    SHASH_FOR_EACH_SAFE (node, &source->networks) {
        if (!sset_contains(&seen, node->name)) {
            remove_network(source, node);
        }
    }
    sset_destroy(&seen);
}

static void
on_event(const char *name OVS_UNUSED, void *source_)
{
    struct netport_source *source = source_;

    source->scan = true;
}

/* Takes in what has changed. */
void
netport_source_run(struct netport_source *source)
{
    struct shash_node *node;

    dir_watch_run(source->watch, on_event, source);
    if (source->scan) {
        scan(source);
    }
    SHASH_FOR_EACH (node, &source->networks) {
        const struct network *network = node->data;

        dir_source_run(network->files);
    }
}

/* Arranges for poll_block() to wake up when netport_source_run() has something
 * to do. */
void
netport_source_wait(struct netport_source *source)
{
    struct shash_node *node;

    dir_watch_wait(source->watch);
    SHASH_FOR_EACH (node, &source->networks) {
        const struct network *network = node->data;

        dir_source_wait(network->files);
    }
}

/* Has all files read afresh by the next netport_source_run(). */
void
netport_source_reload(struct netport_source *source)
{
    struct shash_node *node;

    source->scan = true;
    SHASH_FOR_EACH (node, &source->networks) {
        const struct network *network = node->data;

        dir_source_reload(network->files);
    }
}

/* Adds to 'vif' what is known of its port in a network. */
void
netport_source_overlay(const struct netport_source *source, struct vif *vif)
{
    const struct port *port;

    HMAP_FOR_EACH_WITH_HASH (port, hmap_node, hash_owner(vif->vm_id),
                             &source->ports) {
        if (vif_is_of_netport(vif, port->netport)) {
            vif_set_netport(vif, port->netport, port->network);
            break;
        }
    }
}

/* Appends all that there is to say of the files to 'diags'. */
void
netport_source_get_diags(const struct netport_source *source,
                         struct diag_list *diags)
{
    const struct shash_node **nodes = shash_sort(&source->networks);

    for (size_t i = 0; i < shash_count(&source->networks); i++) {
        const struct network *network = nodes[i]->data;

        dir_source_get_diags(network->files, diags);
    }
    free(nodes);
}
