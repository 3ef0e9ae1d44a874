/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINK_MESSAGE_H
#define LINK_MESSAGE_H 1

/* Messages of the kernel about network devices, for tests. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/host/link.h"

struct ofpbuf;

/* What a message says; 0 and null are left out. */
struct link_message {
    int type, family, ifindex;
    const char *name, *kind;
    int address, master, lower;
    bool elsewhere;             /* Is 'lower' in namespace 'netnsid'? */
    int netnsid;
    int event;
    bool down;
    bool is_away;               /* Into 'new_netnsid', as 'new_ifindex'. */
    int new_netnsid, new_ifindex;
};

struct eth_addr link_address(int i);
void link_message_put(struct ofpbuf *, const struct link_message *);
enum link_event link_message_parse(const struct link_message *, size_t size,
                                   struct link *);

#endif /* tests/unit/link-message.h */
