/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/receivers.h"

#include "packets.h"

/* Returns the port that 'mac' belongs to in VLAN 'vid', or null. */
static const struct receivers_port *
find_owner(const struct receivers_bridge *b, struct eth_addr mac, uint16_t vid)
{
    for (size_t i = 0; i < b->n_owners; i++) {
        if (eth_addr_equals(b->owners[i].mac, mac)
            && vlan_set_contains(&b->owners[i].vlans, vid)) {
            return &b->ports[b->owners[i].port];
        }
    }
    return NULL;
}

/* Is port 'i' a guest that its own address belongs to in no VLAN?  What it
 * sends, other than an announcement, goes nowhere. */
static bool
is_held_back(const struct receivers_bridge *b, size_t i)
{
    if (b->ports[i].role != VIF_GUEST) {
        return false;
    }
    for (size_t j = 0; j < b->n_owners; j++) {
        if (b->owners[j].port == i
            && eth_addr_equals(b->owners[j].mac, b->ports[i].mac)
            && !vlan_set_is_empty(&b->owners[j].vlans)) {
            return false;
        }
    }
    return true;
}

static size_t
count_network_ports(const struct receivers_bridge *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->n_ports; i++) {
        n += (b->ports[i].role == VIF_NETWORK
              && !vlan_set_is_empty(&b->ports[i].vlans));
    }
    return n;
}

/* Is port 'out' one to which 'frame' is to go, apart from what ports have to
 * do with each other? */
static bool
is_addressed(const struct receivers_bridge *b,
             const struct receivers_frame *frame, size_t out)
{
    const struct receivers_port *to = &b->ports[out];

    if (eth_addr_is_multicast(frame->dst)) {
        return true;
    }

    /* What is nobody's here may be somebody's out there, and only there. */
    const struct receivers_port *owner = find_owner(b, frame->dst, frame->vid);
    return owner ? owner == to : to->role == VIF_NETWORK;
}

/* Are 'a' and 'b' kept from each other? */
bool
receivers_are_apart(const struct receivers_port *a,
                    const struct receivers_port *b)
{
    if (a->is_remote || b->is_remote) {
        return a->is_remote && b->is_remote;
    }
    return (a->isolated && b->isolated
            && !(community_is_set(&a->community)
                 && community_equals(&a->community, &b->community)));
}

/* Returns what is to become of 'frame' at port 'out' of 'b'. */
enum receipt
receivers_expect(const struct receivers_bridge *b,
                 const struct receivers_frame *frame, size_t out)
{
    const struct receivers_port *from = &b->ports[frame->in];
    const struct receivers_port *to = &b->ports[out];

    if (out == frame->in || receivers_are_apart(from, to)
        || !frame->taken
        || !vlan_set_contains(&to->vlans, frame->vid)
        || eth_addr_is_multicast(frame->src) || eth_addr_is_zero(frame->src)
        || is_held_back(b, frame->in)
        || !is_addressed(b, frame, out)) {
        return RECEIPT_NEVER;
    }

    /* Of several network ports, NORMAL chooses by what it has learned and what
     * is a bond: which one sends it on, and whether it comes back.  From
     * another host, it depends on the source whether somebody who is kept
     * apart receives it. */
    bool several = count_network_ports(b) > 1;
    return (from->uncertain || to->uncertain
            || (from->is_remote && to->isolated)
            || (several && (from->role == VIF_NETWORK
                            || to->role == VIF_NETWORK))
            ? RECEIPT_MAY : RECEIPT_MUST);
}
