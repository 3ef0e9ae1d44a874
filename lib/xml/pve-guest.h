/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PVE_GUEST_H
#define PVE_GUEST_H 1

/* What Proxmox VE's configuration of a guest says of its network interfaces.
 *
 * It is /etc/pve/qemu-server/ID.conf, or /etc/pve/lxc/ID.conf for a container
 * (man pages qm.conf and pct.conf).  A line is "KEY: VALUE", and one that is
 * about an interface
 *
 *     net0: virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1,tag=10
 *     net0: name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:02,type=veth
 *
 * From the first "[SECTION]" on, the file is about snapshots and what is to
 * change.  All else is ignored without a word, as are keys to come.
 *
 * Proxmox writes nothing of that into the database, but plugs device tapIDiN
 * or, of a container, vethIDiN; or fwlnIDoN, if its firewall's Linux bridge is
 * in between. */

#include <stddef.h>

struct diag_list;
struct domstatus;

struct domstatus *pve_guest_from_conf(const char *text, size_t size,
                                      const char *file, struct diag_list *);

#endif /* lib/xml/pve-guest.h */
