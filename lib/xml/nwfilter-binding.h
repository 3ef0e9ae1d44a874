/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NWFILTER_BINDING_H
#define NWFILTER_BINDING_H 1

/* libvirt's word that a network device has a filter: <filterbinding>
 * (virNWFilterBindingDef in libvirt's src/conf/virnwfilterbindingdef.h).
 *
 * libvirt makes one for an <interface> with a <filterref>, and "virsh
 * nwfilter-binding-create" for any device.  It outlives the guest, so that it
 * counts only where the device is of the guest, and has the address, that it
 * names. */

#include <stddef.h>
#include "openvswitch/types.h"

struct diag_list;

struct nwfilter_binding {
    char *port;                 /* portdev@name. */
    char *owner_uuid;
    struct eth_addr mac;
    char *filter;               /* As in nwfilter.h; "" if not understood. */
};

struct nwfilter_binding *nwfilter_binding_from_xml(const char *text,
                                                   size_t size,
                                                   const char *file,
                                                   struct diag_list *);
void nwfilter_binding_destroy(struct nwfilter_binding *);

#endif /* lib/xml/nwfilter-binding.h */
