/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETPORT_SOURCE_H
#define NETPORT_SOURCE_H 1

/* What libvirt knows of guests' ports in networks, from
 * /run/libvirt/network/NETWORK/ports/UUID.xml. */

struct diag_list;
struct vif;
struct vif_reader;

struct netport_source *netport_source_create(const char *libvirt_run,
                                             struct vif_reader *);
void netport_source_destroy(struct netport_source *);

void netport_source_run(struct netport_source *);
void netport_source_wait(struct netport_source *);
void netport_source_reload(struct netport_source *);

void netport_source_overlay(const struct netport_source *, struct vif *);
void netport_source_get_diags(const struct netport_source *,
                              struct diag_list *);

#endif /* controller/sources/netport-source.h */
