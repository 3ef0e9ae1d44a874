/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINK_MACS_H
#define LINK_MACS_H 1

/* Which addresses a device of the kernel's takes frames for beside its own, as
 * those of macvlans on it.  The kernel tells nobody when there is another; it
 * has to be asked. */

#include <stdbool.h>

struct link;
struct link_macs;

int link_macs_dump(struct link_macs *, const struct link *, bool strict);

#endif /* controller/sources/link-macs.h */
