/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_SOURCE_H
#define GUEST_SOURCE_H 1

/* What is known of guests from files.
 *
 * libvirt's, in which it keeps their state, are /run/libvirt/qemu/GUEST.xml,
 * the same in lxc/, and /run/libvirt/network/NETWORK/ports/UUID.xml for
 * guests' ports in networks.  The latter are lost when a network is restarted
 * under its guests, until libvirt itself is, so the former count first.  In
 * nwfilter-binding/DEVICE.xml is which filters libvirt has bound.  Then there
 * are the administrator's own, by default files *.xml in
 * /etc/ovs-virtnet/guests, and Proxmox's, /etc/pve/qemu-server/ID.conf and
 * /etc/pve/lxc/ID.conf.  Where several know an interface of one name, the
 * first of these counts.
 *
 * They add to what the database says of interfaces: see vif_set_guest().  A
 * port that they say nothing of is what the database says. */

#include <stddef.h>

struct diag_list;
struct vif;
struct vif_reader;

/* Directories, each of which may be null. */
struct guest_dirs {
    const char *libvirt_run;    /* /run/libvirt. */
    const char *guests;         /* /etc/ovs-virtnet/guests. */
    const char *proxmox;        /* /etc/pve. */
};

struct guest_source *guest_source_create(const struct guest_dirs *,
                                         struct vif_reader *);
void guest_source_destroy(struct guest_source *);

void guest_source_run(struct guest_source *);
void guest_source_wait(struct guest_source *);
void guest_source_reload(struct guest_source *);

void guest_source_overlay(const struct guest_source *, struct vif *);
size_t guest_source_count(const struct guest_source *);
void guest_source_get_diags(const struct guest_source *, struct diag_list *);

#endif /* controller/sources/guest-source.h */
