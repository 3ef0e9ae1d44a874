/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINK_SOURCE_H
#define LINK_SOURCE_H 1

/* What the kernel knows of the devices of interfaces, by rtnetlink.
 *
 * Sees the devices of this process's network namespace, which should be
 * vswitchd's.  Of a veth whose peer is in another one, a container's say, the
 * kernel tells the peer's address without anybody's entering that, if this
 * process has CAP_NET_ADMIN, and that it has changed if it has
 * CAP_NET_BROADCAST, too.  Otherwise the address is not known, or what it was
 * when the veth itself last changed.
 *
 * Likewise of a device of the host's that has been moved into another one.  A
 * program that is started then does not know of it: it has no name here.
 *
 * When a bond or a team of the kernel's fails over, the kernel tells that, too
 * (IFLA_EVENT), for all who are behind it to announce themselves.
 *
 * Of the devices that vswitchd has made for the host, LOCAL and others of type
 * internal, the kernel tells which addresses they take frames for beside their
 * own: those of macvlans, macvtaps and VLANs on them, in whatever namespace,
 * and what "bridge fdb add ... self" has added.  It tells nobody that these
 * have changed.  So they are asked for whenever something has happened that
 * may have changed them, and once a second.
 *
 * Where there is no rtnetlink nothing is known, which is no error. */

#include <stdbool.h>

struct link_table;
struct vif;
struct vif_reader;

struct link_source *link_source_create(struct vif_reader *);
void link_source_destroy(struct link_source *);

bool link_source_run(struct link_source *);
void link_source_wait(struct link_source *);

void link_source_overlay(struct link_source *, struct vif *);
const struct link_table *link_source_table(const struct link_source *);

#endif /* controller/sources/link-source.h */
