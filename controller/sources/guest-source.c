/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/sources/guest-source.h"

#include <stdlib.h>
#include <string.h>

#include "controller/sources/binding-source.h"
#include "controller/sources/dir-source.h"
#include "controller/sources/netport-source.h"
#include "hash.h"
#include "lib/base/diag.h"
#include "lib/host/vif.h"
#include "lib/xml/domstatus.h"
#include "lib/xml/pve-guest.h"
#include "lib/xml/sax-xml.h"
#include "openvswitch/shash.h"
#include "ovsdb/vif-reader.h"
#include "util.h"

/* Where there are files of guests, in the order in which they count. */
enum guest_place {
    GUESTS_QEMU,
    GUESTS_LXC,
    GUESTS_OWN,
    GUESTS_PVE_QEMU,
    GUESTS_PVE_LXC,
    N_GUEST_PLACES
};

/* The files of a place. */
struct guest_files {
    struct guest_source *source;
    struct dir_source *files;   /* Null if not looked at. */
};

/* An interface of a guest.  Both are borrowed. */
struct guest_if {
    const struct domstatus *status;
    const struct domif *domif;
    const struct guest_files *place;
};

struct guest_source {
    struct vif_reader *vifs;
    struct guest_files places[N_GUEST_PLACES];
    size_t n_guests;            /* Of libvirt's. */
    struct netport_source *netports;    /* Null if not looked at... */
    struct binding_source *bindings;    /* ...as are these. */

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

static void *
parse_pve(const char *text, size_t size, const char *path,
          struct diag_list *diags)
{
    return pve_guest_from_conf(text, size, path, diags);
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
add_interfaces(const struct guest_files *place,
               const struct domstatus *status)
{
    struct guest_source *source = place->source;

    for (size_t i = 0; i < status->n_interfaces; i++) {
        const struct domif *domif = &status->interfaces[i];
        const char *name;
        struct shash *index = find_index(source, domif, &name);

        if (index) {
            struct guest_if *guest_if = xmalloc(sizeof *guest_if);

            *guest_if = (struct guest_if) { status, domif, place };
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

static bool
is_libvirts(const struct guest_files *place)
{
    return place <= &place->source->places[GUESTS_LXC];
}

static void
replace_status(void *old, void *new, const char *path OVS_UNUSED,
               void *place_)
{
    const struct guest_files *place = place_;
    struct guest_source *source = place->source;

    if (old) {
        remove_uuid(source, old);
        remove_interfaces(source, old);
        source->n_guests -= is_libvirts(place);
    }
    if (new) {
        add_uuid(source, new);
        add_interfaces(place, new);
        source->n_guests += is_libvirts(place);
    }
}

static const struct dir_source_class guest_class = {
    .noun = "guest",
    .suffix = ".xml",
    .max_size = SAX_MAX_SIZE,
    .parse = parse_status,
    .replace = replace_status,
    .destroy = destroy_status,
    .name = status_name,
};

static const struct dir_source_class pve_class = {
    .noun = "guest",
    .suffix = ".conf",
    .max_size = SAX_MAX_SIZE,
    .parse = parse_pve,
    .replace = replace_status,
    .destroy = destroy_status,
    .name = status_name,
};

/* Has the files of 'place' looked at in 'subdirectory' of 'directory', unless
 * that is null. */
static void
add_place(struct guest_source *source, enum guest_place place,
          const struct dir_source_class *class, const char *directory,
          const char *subdirectory)
{
    struct guest_files *files = &source->places[place];

    files->source = source;
    if (directory) {
        char *path = xasprintf("%s%s", directory, subdirectory);

        files->files = dir_source_create(path, class, false, files);
        free(path);
    }
}

/* Creates and returns a source of what is known in 'dirs'.  Of each interface
 * of which there is something new, 'vifs', which must outlive it, is told. */
struct guest_source *
guest_source_create(const struct guest_dirs *dirs, struct vif_reader *vifs)
{
    struct guest_source *source = xzalloc(sizeof *source);

    source->vifs = vifs;
    shash_init(&source->by_target);
    shash_init(&source->by_socket);
    shash_init(&source->by_uuid);
    add_place(source, GUESTS_QEMU, &guest_class, dirs->libvirt_run, "/qemu");
    add_place(source, GUESTS_LXC, &guest_class, dirs->libvirt_run, "/lxc");
    add_place(source, GUESTS_OWN, &guest_class, dirs->guests, "");
    add_place(source, GUESTS_PVE_QEMU, &pve_class, dirs->proxmox,
              "/qemu-server");
    add_place(source, GUESTS_PVE_LXC, &pve_class, dirs->proxmox, "/lxc");
    if (dirs->libvirt_run) {
        source->netports = netport_source_create(dirs->libvirt_run, vifs);
        source->bindings = binding_source_create(dirs->libvirt_run, vifs);
    }
    return source;
}

/* Frees 'source', which may be null. */
void
guest_source_destroy(struct guest_source *source)
{
    if (source) {
        for (size_t i = 0; i < N_GUEST_PLACES; i++) {
            dir_source_destroy(source->places[i].files);
        }
        netport_source_destroy(source->netports);
        binding_source_destroy(source->bindings);
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
    for (size_t i = 0; i < N_GUEST_PLACES; i++) {
        if (source->places[i].files) {
            dir_source_run(source->places[i].files);
        }
    }
    if (source->netports) {
        netport_source_run(source->netports);
        binding_source_run(source->bindings);
    }
}

/* Arranges for poll_block() to wake up when guest_source_run() has something
 * to do. */
void
guest_source_wait(struct guest_source *source)
{
    for (size_t i = 0; i < N_GUEST_PLACES; i++) {
        if (source->places[i].files) {
            dir_source_wait(source->places[i].files);
        }
    }
    if (source->netports) {
        netport_source_wait(source->netports);
        binding_source_wait(source->bindings);
    }
}

/* Has all files read afresh by the next guest_source_run(). */
void
guest_source_reload(struct guest_source *source)
{
    for (size_t i = 0; i < N_GUEST_PLACES; i++) {
        if (source->places[i].files) {
            dir_source_reload(source->places[i].files);
        }
    }
    if (source->netports) {
        netport_source_reload(source->netports);
        binding_source_reload(source->bindings);
    }
}

/* Returns what is known of 'vif' where it counts first, or null. */
static const struct guest_if *
find_guest_if(const struct guest_source *source, const struct vif *vif)
{
    const struct shash *index = (vif->socket ? &source->by_socket
                                 : &source->by_target);
    const char *name = vif->socket ? vif->socket : vif->name;
    const struct guest_if *found = NULL;
    const struct shash_node *node;

    HMAP_FOR_EACH_WITH_HASH (node, node, hash_string(name, 0), &index->map) {
        const struct guest_if *guest_if = node->data;

        if ((!found || guest_if->place < found->place)
            && vif_is_of_guest(vif, guest_if->status, guest_if->domif)) {
            found = guest_if;
        }
    }
    return found;
}

/* Adds to 'vif' what is known of it. */
void
guest_source_overlay(const struct guest_source *source, struct vif *vif)
{
    const struct dir_source *libvirts = source->places[GUESTS_QEMU].files;
    const struct guest_if *guest_if = find_guest_if(source, vif);

    if (guest_if) {
        vif_set_guest(vif, guest_if->status, guest_if->domif);
    }
    vif->guest.unknown = (vif->vm_id && !vif->is_xens
                          && libvirts && dir_source_is_readable(libvirts)
                          && !shash_find(&source->by_uuid, vif->vm_id));
    if (source->netports) {
        netport_source_overlay(source->netports, vif);
        binding_source_overlay(source->bindings, vif);
    }
}

/* Returns the number of guests that libvirt says something of. */
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
    for (size_t i = 0; i < N_GUEST_PLACES; i++) {
        if (source->places[i].files) {
            dir_source_get_diags(source->places[i].files, diags);
        }
    }
    if (source->netports) {
        netport_source_get_diags(source->netports, diags);
        binding_source_get_diags(source->bindings, diags);
    }
}
