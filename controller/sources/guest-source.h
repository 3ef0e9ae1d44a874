/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_SOURCE_H
#define GUEST_SOURCE_H 1

/* What libvirt knows of guests, from the files in which it keeps their state.
 *
 * These are /run/libvirt/qemu/GUEST.xml, the same in lxc/, and
 * /run/libvirt/network/NETWORK/ports/UUID.xml for guests' ports in networks.
 * The latter are lost when a network is restarted under its guests, until
 * libvirt itself is, so the former count first.
 *
 * They add to what the database says of interfaces: see vif_set_guest().  A
 * port that they say nothing of is what the database says. */

#include <stddef.h>

struct diag_list;
struct vif;
struct vif_reader;

struct guest_source *guest_source_create(const char *libvirt_run,
                                         struct vif_reader *);
void guest_source_destroy(struct guest_source *);

void guest_source_run(struct guest_source *);
void guest_source_wait(struct guest_source *);
void guest_source_reload(struct guest_source *);

void guest_source_overlay(const struct guest_source *, struct vif *);
size_t guest_source_count(const struct guest_source *);
void guest_source_get_diags(const struct guest_source *, struct diag_list *);

#endif /* controller/sources/guest-source.h */
