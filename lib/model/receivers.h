/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECEIVERS_H
#define RECEIVERS_H 1

/* Who is to receive a frame on a bridge in libvirt mode.
 *
 * This is the promise in plain words, made of what ports are and whose
 * addresses are, and of nothing that flows are made of: it is what the switch
 * is held against when it is asked what it does with a frame.
 *
 * The law is for frames that announce nothing, and whose destination is none
 * of the reserved ones; not for VLANs of a bridge's flood_vlans. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/community.h"
#include "lib/base/vlan-set.h"
#include "lib/host/vif.h"
#include "openvswitch/types.h"

struct receivers_port {
    enum vif_role role;
    struct vlan_set vlans;      /* That it is in; empty if it is cut off. */
    struct eth_addr mac;        /* Its own, zero if it has none. */
    bool isolated;              /* Apart from others like it... */
    struct community community; /* ...but for those of this? */
    bool is_remote;             /* Does it lead to a host of the fleet? */
    bool uncertain;             /* Are flows of it left out, is it in a bond,
                                 * or has it rules beyond this law? */
};

/* An address in force: where it is that of the port with index 'port'. */
struct receivers_owner {
    struct eth_addr mac;
    struct vlan_set vlans;
    size_t port;
};

/* A bridge.  The arrays are the caller's. */
struct receivers_bridge {
    const struct receivers_port *ports;
    size_t n_ports;
    const struct receivers_owner *owners;
    size_t n_owners;
};

/* A frame that comes in by port 'in' in VLAN 'vid'.  Whether the port takes it
 * depends on whether it has that VLAN's tag, or none. */
struct receivers_frame {
    size_t in;
    uint16_t vid;
    bool taken;
    struct eth_addr src, dst;
};

enum receipt {
    RECEIPT_NEVER,
    RECEIPT_MAY,                /* As NORMAL has it, for the network side. */
    RECEIPT_MUST
};

bool receivers_are_apart(const struct receivers_port *,
                         const struct receivers_port *);
enum receipt receivers_expect(const struct receivers_bridge *,
                              const struct receivers_frame *, size_t port);

#endif /* lib/model/receivers.h */
