/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/sources/guest-source.h"

#include <stdlib.h>
#include <string.h>

#include "controller/sources/dir-source.h"
#include "controller/sources/netport-source.h"
#include "hash.h"
#include "lib/base/diag.h"
#include "lib/host/vif.h"
#include "lib/xml/domstatus.h"
#include "lib/xml/sax-xml.h"
#include "openvswitch/shash.h"
#include "ovsdb/vif-reader.h"
#include "util.h"

/* An interface of a guest.  Both are borrowed. */
struct guest_if {
    const struct domstatus *status;
    const struct domif *domif;
};

struct guest_source {
    struct vif_reader *vifs;
    struct dir_source *guests[2];       /* Of QEMU and LXC. */
    size_t n_guests;
    struct netport_source *netports;

    /* "struct guest_if"s, by target and by socket.  There can be several to a
     * name: of guests that have left their state behind. */
    struct shash by_target;
    struct shash by_socket;
    struct shash by_uuid;       /* "struct domstatus"es, likewise. */
};

static void
destroy_status(void *status)
{
    domstatus_destroy(status);
}

static const char *
status_name(const void *status_)
{
    const struct domstatus *status = status_;

    return status->name;
}

static void *
parse_status(const char *text, size_t size, const char *path,
             struct diag_list *diags)
{
    return domstatus_from_xml(text, size, path, diags);
}

static bool
has_socket(const struct vif *vif, const void *socket)
{
    return vif->socket && !strcmp(vif->socket, socket);
}

/* Returns where 'domif' is known by '*name', null if nowhere. */
static struct shash *
find_index(struct guest_source *source, const struct domif *domif,
           const char **name)
{
    *name = domif->socket ? domif->socket : domif->target;
    return (domif->socket ? &source->by_socket
            : domif->target ? &source->by_target : NULL);
}

static void
touch(struct guest_source *source, const struct domif *domif)
{
    if (domif->socket) {
        vif_reader_touch_where(source->vifs, has_socket, domif->socket);
    } else {
        vif_reader_touch(source->vifs, domif->target);
    }
}

static void
add_interfaces(struct guest_source *source, const struct domstatus *status)
{
    for (size_t i = 0; i < status->n_interfaces; i++) {
        const struct domif *domif = &status->interfaces[i];
        const char *name;
        struct shash *index = find_index(source, domif, &name);

        if (index) {
            struct guest_if *guest_if = xmalloc(sizeof *guest_if);

            *guest_if = (struct guest_if) { status, domif };
            shash_add(index, name, guest_if);
            touch(source, domif);
        }
    }
}

static void
remove_interfaces(struct guest_source *source, const struct domstatus *status)
{
    for (size_t i = 0; i < status->n_interfaces; i++) {
        const struct domif *domif = &status->interfaces[i];
        const char *name;
        struct shash *index = find_index(source, domif, &name);
        struct shash_node *node;

        if (!index) {
            continue;
        }
        HMAP_FOR_EACH_WITH_HASH (node, node, hash_string(name, 0),
                                 &index->map) {
            struct guest_if *guest_if = node->data;

            if (guest_if->domif == domif) {
                free(guest_if);
                shash_delete(index, node);
                break;
            }
        }
        touch(source, domif);
    }
}

static void
add_uuid(struct guest_source *source, const struct domstatus *status)
{
    if (status->uuid) {
        shash_add(&source->by_uuid, status->uuid, status);
    }
}

static void
remove_uuid(struct guest_source *source, const struct domstatus *status)
{
    struct shash_node *node;

    if (!status->uuid) {
        return;
    }
    HMAP_FOR_EACH_WITH_HASH (node, node, hash_string(status->uuid, 0),
                             &source->by_uuid.map) {
        if (node->data == status) {
            shash_delete(&source->by_uuid, node);
            break;
        }
    }
}

static void
replace_status(void *old, void *new, const char *path OVS_UNUSED,
               void *source_)
{
    struct guest_source *source = source_;

    if (old) {
        remove_uuid(source, old);
        remove_interfaces(source, old);
        source->n_guests--;
    }
    if (new) {
        add_uuid(source, new);
        add_interfaces(source, new);
        source->n_guests++;
    }
}

static const struct dir_source_class guest_class = {
    .noun = "guest",
    .max_size = SAX_MAX_SIZE,
    .parse = parse_status,
    .replace = replace_status,
    .destroy = destroy_status,
    .name = status_name,
};

/* Creates and returns a source of what is known in 'libvirt_run', which is
 * /run/libvirt by default.  Of each interface of which there is something new,
 * 'vifs', which must outlive it, is told. */
struct guest_source *
guest_source_create(const char *libvirt_run, struct vif_reader *vifs)
{
    static const char *const drivers[] = { "qemu", "lxc" };
    struct guest_source *source = xzalloc(sizeof *source);

    source->vifs = vifs;
    shash_init(&source->by_target);
    shash_init(&source->by_socket);
    shash_init(&source->by_uuid);
    for (size_t i = 0; i < ARRAY_SIZE(source->guests); i++) {
        char *path = xasprintf("%s/%s", libvirt_run, drivers[i]);

        source->guests[i] = dir_source_create(path, &guest_class, false,
                                              source);
        free(path);
    }
    source->netports = netport_source_create(libvirt_run, vifs);
    return source;
}

/* Frees 'source', which may be null. */
void
guest_source_destroy(struct guest_source *source)
{
    if (source) {
        for (size_t i = 0; i < ARRAY_SIZE(source->guests); i++) {
            dir_source_destroy(source->guests[i]);
        }
        netport_source_destroy(source->netports);
        shash_destroy(&source->by_target);
        shash_destroy(&source->by_socket);
        shash_destroy(&source->by_uuid);
        free(source);
    }
}

/* Takes in what has changed. */
void
guest_source_run(struct guest_source *source)
{
    for (size_t i = 0; i < ARRAY_SIZE(source->guests); i++) {
        dir_source_run(source->guests[i]);
    }
    netport_source_run(source->netports);
}

/* Arranges for poll_block() to wake up when guest_source_run() has something
 * to do. */
void
guest_source_wait(struct guest_source *source)
{
    for (size_t i = 0; i < ARRAY_SIZE(source->guests); i++) {
        dir_source_wait(source->guests[i]);
    }
    netport_source_wait(source->netports);
}

/* Has all files read afresh by the next guest_source_run(). */
void
guest_source_reload(struct guest_source *source)
{
    for (size_t i = 0; i < ARRAY_SIZE(source->guests); i++) {
        dir_source_reload(source->guests[i]);
    }
    netport_source_reload(source->netports);
}

/* Adds to 'vif' what is known of it. */
void
guest_source_overlay(const struct guest_source *source, struct vif *vif)
{
    const struct shash *index = (vif->socket ? &source->by_socket
                                 : &source->by_target);
    const char *name = vif->socket ? vif->socket : vif->name;
    const struct shash_node *node;

    HMAP_FOR_EACH_WITH_HASH (node, node, hash_string(name, 0), &index->map) {
        const struct guest_if *guest_if = node->data;

        if (vif_is_of_guest(vif, guest_if->status, guest_if->domif)) {
            vif_set_guest(vif, guest_if->status, guest_if->domif);
            break;
        }
    }
    vif->guest.unknown = (vif->vm_id
                          && dir_source_is_readable(source->guests[0])
                          && !shash_find(&source->by_uuid, vif->vm_id));
    netport_source_overlay(source->netports, vif);
}

/* Returns the number of guests that something is known of. */
size_t
guest_source_count(const struct guest_source *source)
{
    return source->n_guests;
}

/* Appends all that there is to say of the files to 'diags'. */
void
guest_source_get_diags(const struct guest_source *source,
                       struct diag_list *diags)
{
    for (size_t i = 0; i < ARRAY_SIZE(source->guests); i++) {
        dir_source_get_diags(source->guests[i], diags);
    }
    netport_source_get_diags(source->netports, diags);
}
