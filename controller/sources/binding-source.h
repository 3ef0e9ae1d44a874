/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BINDING_SOURCE_H
#define BINDING_SOURCE_H 1

/* The filters that libvirt has bound to network devices, from
 * /run/libvirt/nwfilter-binding/DEVICE.xml. */

struct diag_list;
struct vif;
struct vif_reader;

struct binding_source *binding_source_create(const char *libvirt_run,
                                             struct vif_reader *);
void binding_source_destroy(struct binding_source *);

void binding_source_run(struct binding_source *);
void binding_source_wait(struct binding_source *);
void binding_source_reload(struct binding_source *);

void binding_source_overlay(const struct binding_source *, struct vif *);
void binding_source_get_diags(const struct binding_source *,
                              struct diag_list *);

#endif /* controller/sources/binding-source.h */
