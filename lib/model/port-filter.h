/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PORT_FILTER_H
#define PORT_FILTER_H 1

/* The filter of a port: what of the frames that its guest sends and gets is
 * let pass (lib/xml/nwfilter.h). */

#include <stdbool.h>
#include "lib/model/filter-list.h"
#include "lib/model/filter-rules.h"
#include "openvswitch/types.h"

struct ip_prefixes;

/* Immutable, and shared by those who have a reference to it. */
struct port_filter {
    char *text;                 /* Its name, and what it was given. */
    struct filter_list in;      /* What goes to the guest. */
    struct filter_list out;     /* What comes from it. */
    unsigned int refs;
};

char *port_filter_create(const struct filter_request *,
                         struct port_filter **);
struct port_filter *port_filter_ref(const struct port_filter *);
void port_filter_unref(struct port_filter *);
bool port_filter_equals(const struct port_filter *,
                        const struct port_filter *);
void port_filter_known(struct nwfilter_params *, struct eth_addr,
                       const struct ip_prefixes *);

#endif /* lib/model/port-filter.h */
