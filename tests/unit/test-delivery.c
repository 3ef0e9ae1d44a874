/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "lib/model/receivers.h"
#include "lib/model/vport.h"
#include "lib/base/guards.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/plan.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "random.h"
#include "tests/unit/pipeline-eval.h"
#include "tests/unit/port-spec.h"
#include "util.h"

/* Who receives what: the flows of random bridges, run on random frames, do
 * what is said here in plain words and without the help of anything in
 * lib/. */

/* Is 'spec' a member of 'vlan'?  The rules are those of bundle_set() and
 * xbundle_includes_vlan() in Open vSwitch. */
static bool
carries(const struct port_spec *spec, int vlan)
{
    const struct port_vlan *pv = &spec->vlan;
    bool trunked = !pv->trunks.n || vlan_set_contains(&pv->trunks, vlan);

    switch (pv->mode) {
    case PORT_VLAN_MODE_NATIVE_TAGGED:
    case PORT_VLAN_MODE_NATIVE_UNTAGGED:
        return pv->tag > 0 ? vlan == pv->tag || (vlan && trunked) : trunked;
    case PORT_VLAN_MODE_TRUNK:
        return trunked;
    case PORT_VLAN_MODE_DEFAULT:
        if (pv->tag < 0) {
            return trunked;
        }
        /* Fall through. */
    case PORT_VLAN_MODE_ACCESS:
    default:
        return vlan == MAX(0, pv->tag);
    }
}

static bool
is_access(const struct port_spec *spec)
{
    return spec->vlan.mode == PORT_VLAN_MODE_ACCESS
           || (spec->vlan.mode == PORT_VLAN_MODE_DEFAULT
               && spec->vlan.tag >= 0);
}

static bool
is_native(const struct port_spec *spec)
{
    return spec->vlan.mode == PORT_VLAN_MODE_NATIVE_TAGGED
           || spec->vlan.mode == PORT_VLAN_MODE_NATIVE_UNTAGGED;
}

/* The VLAN of a frame that 'spec' sends with tag 'tci', or -1 if it must not
 * send it: input_vid_is_valid() and xvlan_input_translate(). */
static int
vlan_in(const struct port_spec *spec, ovs_be16 tci)
{
    int vid = vlan_tci_to_vid(tci);

    if (!vid && (is_access(spec) || is_native(spec))) {
        return MAX(0, spec->vlan.tag);
    }
    return !is_access(spec) && carries(spec, vid) ? vid : -1;
}

/* The tag of a frame with tag 'tci' in 'vlan' that 'spec' gets:
 * xvlan_output_translate(), output_normal() and xvlan_put(). */
static ovs_be16
tci_out(const struct port_spec *spec, int vlan, ovs_be16 tci)
{
    bool untagged = (is_access(spec)
                     || (spec->vlan.mode == PORT_VLAN_MODE_NATIVE_UNTAGGED
                         && vlan == MAX(0, spec->vlan.tag)));
    bool plain = untagged && spec->priority_tag == PORT_PRIORITY_TAG_NEVER;
    ovs_be16 out = (htons(untagged ? 0 : vlan)
                    | (plain ? 0 : tci & htons(VLAN_PCP_MASK)));

    /* What came with a tag that says nothing. */
    if (!untagged && !vlan && tci == htons(VLAN_CFI)
        && spec->priority_tag == PORT_PRIORITY_TAG_ALWAYS) {
        return tci;
    }
    return out ? out | htons(VLAN_CFI) : out;
}

static const struct port_spec *
find_port(const struct port_specs *specs, ofp_port_t ofport)
{
    for (size_t i = 0; i < specs->n; i++) {
        if (specs->ports[i].ofport == ofport) {
            return &specs->ports[i];
        }
    }
    return NULL;
}

/* How good is the claim of 'spec' to 'mac'?  The lower the better: the host's
 * own, one by configuration, one that a guest has announced. */
static int
rank(const struct port_spec *spec, struct eth_addr mac)
{
    if (eth_addr_equals(spec->mac, mac)) {
        return spec->role == VIF_HOST ? 0 : 1;
    }
    for (size_t i = spec->n_others - spec->n_announced; i < spec->n_others;
         i++) {
        if (eth_addr_equals(spec->others[i], mac)) {
            return 2;
        }
    }
    return 1;
}

/* Does 'a' win what 'b' wants as well? */
static bool
precedes(const struct port_spec *a, const struct port_spec *b,
         struct eth_addr mac)
{
    return (rank(a, mac) != rank(b, mac) ? rank(a, mac) < rank(b, mac)
            : strcmp(a->name, b->name) < 0);
}

/* The port that 'mac' belongs to in 'vlan', on a bridge without a past.  It is
 * never a port that is held back. */
static const struct port_spec *
find_owner(const struct port_specs *specs, struct eth_addr mac, int vlan)
{
    const struct port_spec *best = NULL;

    for (size_t i = 0; i < specs->n; i++) {
        const struct port_spec *p = &specs->ports[i];

        if (port_spec_has_mac(p, mac) && p->active && carries(p, vlan)
            && (!best || precedes(p, best, mac))) {
            best = p;
        }
    }
    return best;
}

/* Is 'spec' a guest that its address belongs to in no VLAN at all? */
static bool
is_pending(const struct port_specs *specs, const struct port_spec *spec)
{
    for (int vlan = 0; vlan <= VLAN_ID_MAX; vlan++) {
        if (carries(spec, vlan)
            && find_owner(specs, spec->mac, vlan) == spec) {
            return false;
        }
    }
    return spec->role == VIF_GUEST;
}

/* Does 'frame' do no more than to say that its sender is there?  QEMU sends
 * RARP, and guests send gratuitous ARP and unsolicited neighbor
 * advertisements, which go to all nodes (RFC 4861, section 7.2.6). */
static bool
is_announcement(const struct frame *frame)
{
    switch (ntohs(frame->dl_type)) {
    case ETH_TYPE_RARP:
        return true;
    case ETH_TYPE_ARP:
        return eth_addr_is_multicast(frame->dst);
    case ETH_TYPE_IPV6:
        return (eth_addr_is_multicast(frame->dst)
                && frame->nw_proto == IPPROTO_ICMPV6
                && frame->icmp_type == ND_NEIGHBOR_ADVERT);
    default:
        return false;
    }
}

/* Is 'frame' something else that a host sends first, when it says to others what
 * it has, or asks for it? */
static bool
comes_first(const struct frame *frame)
{
    static const uint8_t icmp_types[] = {
        ND_ROUTER_SOLICIT, ND_NEIGHBOR_SOLICIT, 131, 143,   /* MLD reports. */
    };
    bool ipv6 = frame->dl_type == htons(ETH_TYPE_IPV6);

    if (is_announcement(frame)) {
        return true;
    } else if (!eth_addr_is_multicast(frame->dst)) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_SIZE(icmp_types); i++) {
        if (ipv6 && frame->nw_proto == IPPROTO_ICMPV6
            && frame->icmp_type == icmp_types[i]) {
            return true;
        }
    }
    return ((frame->dl_type == htons(ETH_TYPE_IP)
             && (!frame->nw_src || frame->nw_proto == 112))     /* VRRP. */
            || (ipv6 && frame->nw_proto == 112)
            || (ipv6 && frame->nw_proto == IPPROTO_UDP
                && frame->icmp_type == 546 && frame->tp_dst == 547));
}

/* Is 'frame' one by which a router says that it has an address? */
static bool
is_routers(const struct frame *frame)
{
    return (eth_addr_is_multicast(frame->dst) && frame->nw_proto == 112
            && (frame->dl_type == htons(ETH_TYPE_IP)
                || frame->dl_type == htons(ETH_TYPE_IPV6)));
}

/* May 'mac' be another port's in 'vlan' as soon as that announces it?  Either
 * several guests list it, or one has announced it. */
static bool
may_move(const struct port_specs *specs, struct eth_addr mac, int vlan)
{
    size_t n_listing = 0;
    bool listed = false;

    for (size_t i = 0; i < specs->n; i++) {
        const struct port_spec *p = &specs->ports[i];

        if (p->role == VIF_GUEST && port_spec_has_mac(p, mac)
            && !eth_addr_equals(p->mac, mac)) {
            if (rank(p, mac) == 2) {
                if (carries(p, vlan)) {
                    return true;
                }
            } else {
                n_listing++;
                listed |= carries(p, vlan);
            }
        }
    }
    return listed && n_listing > 1;
}

static bool
is_same_port(const struct port_spec *a, const struct port_spec *b)
{
    return a == b || (a->bond && b->bond && !strcmp(a->bond, b->bond));
}

/* Returns by which of its members the bond of 'member' sends to groups, or null
 * if NORMAL alone knows. */
static const struct port_spec *
find_member(const struct port_specs *specs, const struct port_spec *member)
{
    const struct port_spec *best = NULL;

    for (size_t i = 0; i < specs->n; i++) {
        const struct port_spec *p = &specs->ports[i];
        bool active = p->admission == ADMISSION_ALL;

        if (p->role != VIF_NETWORK || !is_same_port(p, member)) {
            continue;
        } else if (p->way == BOND_WAY_NORMAL
                   || (best && best->way != p->way)) {
            return NULL;
        } else if (!best) {
            best = p;
        } else if (p->way == BOND_WAY_ACTIVE
                   && active != (best->admission == ADMISSION_ALL)) {
            best = active ? p : best;
        } else if (ofp_to_u16(p->ofport) < ofp_to_u16(best->ofport)) {
            best = p;
        }
    }
    return best;
}

/* The kind of the network side among 'specs', and whether it may reflect. */
static enum network_kind
find_network_kind(const struct port_specs *specs, bool *reflections)
{
    const struct port_spec *first = NULL;
    bool several = false, bond = false, slb = false, lacp = false;

    *reflections = false;
    for (size_t i = 0; i < specs->n; i++) {
        const struct port_spec *p = &specs->ports[i];

        if (p->role == VIF_NETWORK) {
            several |= first && !is_same_port(p, first);
            bond |= p->bond != NULL;
            slb |= p->bond && !find_member(specs, p);
            lacp |= p->bond && p->way == BOND_WAY_ANY;
            *reflections |= p->reflects;
            first = p;
        }
    }
    return (several ? (slb ? NETWORK_SEVERAL
                       : lacp ? NETWORK_BALANCED
                       : bond ? NETWORK_MIXED : NETWORK_SPREAD)
            : bond ? NETWORK_BOND
            : first ? NETWORK_DIRECT : NETWORK_NONE);
}

/* A bridge, as it should be and as its plan makes it. */
struct bridge {
    struct port_specs specs;
    enum network_kind kind;
    bool reflections;
    bool pending[ARRAY_SIZE(((struct port_specs *) NULL)->ports)];
    bool forward_bpdu;
    struct vlan_set flood_vlans;
    struct plan *plan;
};

/* Makes all else in 'bridge' follow from 'bridge->specs'. */
static void
bridge_init(struct bridge *bridge, bool forward_bpdu)
{
    const struct port_specs *specs = &bridge->specs;

    for (size_t i = 0; i < specs->n; i++) {
        bridge->pending[i] = is_pending(specs, &specs->ports[i]);
    }
    bridge->kind = find_network_kind(specs, &bridge->reflections);
    bridge->forward_bpdu = forward_bpdu;
    bridge->plan = port_specs_to_plan(specs, forward_bpdu,
                                      &bridge->flood_vlans);
}

/* Is 'frame', which comes in by 'in', let in?  Nobody may send from a multicast
 * address. */
static bool
is_admitted(const struct port_spec *in, const struct frame *frame)
{
    if (eth_addr_is_multicast(frame->src)) {
        return false;
    }
    return (in->role != VIF_NETWORK
            || in->admission == ADMISSION_ALL
            || (in->admission == ADMISSION_UNICAST
                && !eth_addr_is_multicast(frame->dst)));
}

/* What NORMAL is given of 'frame', which is in 'vlan' and is nobody's here or
 * everybody's: what comes from a guest or the host as if by no port, and what
 * comes from one of several network ports in a form in which that port may
 * send it. */
static void
expect_normal(const struct bridge *bridge, const struct port_spec *in,
              int vlan, const struct frame *frame, struct deliveries *out)
{
    ovs_be16 pcp = frame->tci & htons(VLAN_PCP_MASK);

    if (in->role != VIF_NETWORK) {
        ovs_be16 tci = htons(vlan) | pcp;

        out->normal_in = OFPP_NONE;
        delivery_add(out, OFPP_NORMAL, tci ? tci | htons(VLAN_CFI) : tci);
    } else if (bridge->kind == NETWORK_SEVERAL) {
        bool untagged = vlan && (is_access(in) || (is_native(in)
                                                   && vlan == in->vlan.tag));
        ovs_be16 tci = (untagged ? 0 : htons(vlan)) | pcp;

        out->normal_in = in->ofport;
        tci = tci || untagged ? tci | htons(VLAN_CFI) : tci;
        assert_int_equal(vlan_in(in, tci), vlan);
        delivery_add(out, OFPP_NORMAL, tci);
    }
}

/* What NORMAL is shown so that it knows 'frame' to be for somebody behind the
 * bond: one by each member, in a form in which that may send it. */
static void
expect_placed(const struct port_specs *specs, int vlan,
              const struct frame *frame, struct deliveries *out)
{
    const struct port_spec *first = NULL, *last = NULL;

    do {
        const struct port_spec *next = NULL;

        for (size_t i = 0; i < specs->n; i++) {
            const struct port_spec *p = &specs->ports[i];

            if (p->role == VIF_NETWORK
                && (!last || ofp_to_u16(p->ofport) > ofp_to_u16(last->ofport))
                && (!next || (ofp_to_u16(p->ofport)
                              < ofp_to_u16(next->ofport)))) {
                next = p;
            }
        }
        last = next;
        first = first ? first : next;
        if (next && out->n_placed < NETWORK_BOND_MAX) {
            bool untagged = (vlan && (is_access(first) || is_native(first))
                             && vlan == first->vlan.tag);
            ovs_be16 tci = ((untagged ? 0 : htons(vlan))
                            | (frame->tci & htons(VLAN_PCP_MASK)));

            out->placed[out->n_placed++] = (struct delivery) {
                next->ofport,
                tci || untagged ? tci | htons(VLAN_CFI) : tci,
            };
        }
    } while (last);
}

/* Returns by which of its members the bond of 'specs', which is all of the
 * network side, sends to groups, or null if NORMAL alone knows. */
static const struct port_spec *
find_only_member(const struct port_specs *specs)
{
    for (size_t i = 0; i < specs->n; i++) {
        if (specs->ports[i].role == VIF_NETWORK) {
            return find_member(specs, &specs->ports[i]);
        }
    }
    return NULL;
}

/* Is 'p' sent what is for each network port, of what comes in by 'in'?  A bond
 * sends by one member, and nothing goes back to it. */
static bool
gets_each(const struct port_specs *specs, const struct port_spec *p,
          const struct port_spec *in)
{
    return !p->bond || (!is_same_port(p, in) && p == find_member(specs, p));
}

/* What becomes of 'frame', which comes in by 'in', is in 'vlan' and for nobody
 * here or everybody, where NORMAL serves the network side. */
static void
expect_network(const struct bridge *bridge, const struct port_spec *in,
               int vlan, const struct frame *frame, struct deliveries *out)
{
    bool to_bond = bridge->kind == NETWORK_BOND && in->role != VIF_NETWORK;
    const struct port_spec *member = (to_bond ? find_only_member(&bridge->specs)
                                      : NULL);

    bool all = (eth_addr_is_multicast(frame->dst)
                || vlan_set_contains(&bridge->flood_vlans, vlan));

    if (!all || !member) {
        expect_normal(bridge, in, vlan, frame, out);
    } else if (carries(member, vlan)) {
        delivery_add(out, member->ofport, tci_out(member, vlan, frame->tci));
    }
    if (to_bond && !all) {
        expect_placed(&bridge->specs, vlan, frame, out);
    }
}

/* Are guests 'a' and 'b' kept from each other? */
static bool
are_apart(const struct port_spec *a, const struct port_spec *b)
{
    return (a->isolated && b->isolated
            && (!a->community.name[0]
                || strcmp(a->community.name, b->community.name)));
}

/* What must become of 'frame'. */
static void
expect(const struct bridge *bridge, const struct frame *frame,
       struct deliveries *out)
{
    const struct port_specs *specs = &bridge->specs;
    const struct port_spec *in = find_port(specs, frame->in_port);
    int vlan = in ? vlan_in(in, frame->tci) : -1;
    bool reserved = eth_addr_is_reserved(frame->dst);
    bool zero = eth_addr_is_zero(frame->src);
    bool flooded = vlan >= 0 && vlan_set_contains(&bridge->flood_vlans, vlan);

    *out = (struct deliveries) { .n = 0 };
    if (vlan < 0 || !is_admitted(in, frame)) {
        return;
    }

    /* One of several network ports is learned from as the frame came.  To
     * groups, it comes to NORMAL in any case. */
    if (in->role == VIF_NETWORK && bridge->kind == NETWORK_SEVERAL && !flooded
        && !zero && !eth_addr_is_multicast(frame->dst)) {
        out->learned_in = in->ofport;
        out->learned_tci = frame->tci;
    }

    /* What has a guest's address as its source has been sent by us. */
    if (in->reflects && !flooded && find_owner(specs, frame->src, vlan)) {
        return;
    }

    /* The first frame of a guest that is held back is the news that it is
     * here, whatever becomes of the frame. */
    out->shown = in->role == VIF_GUEST && !in->active;
    bool pending = bridge->pending[in - specs->ports];
    if (in->guards & GUARD_BIT(GUARD_MAC)
        && !port_spec_has_mac(in, frame->src)) {
        out->shown |= !pending && in->listens && comes_first(frame);
        return;
    }

    /* Nobody has that address. */
    if (zero) {
        return;
    }
    if (pending) {
        if (!is_announcement(frame)) {
            return;
        }
    } else if (in->listens && comes_first(frame)
               && !port_spec_has_mac(in, frame->src)) {
        out->shown = true;      /* It may be somebody else now. */
    } else if (in->role == VIF_GUEST && !port_spec_has_mac(in, frame->src)
               && (is_announcement(frame) || is_routers(frame))) {
        /* It would be if it might. */
        out->shown |= may_move(specs, frame->src, vlan);
    }
    if (reserved && !bridge->forward_bpdu) {
        return;
    }

    /* For everybody?  In a VLAN of flood_vlans nobody has an address. */
    bool all = flooded || eth_addr_is_multicast(frame->dst);
    const struct port_spec *owner = (all ? NULL
                                     : find_owner(specs, frame->dst, vlan));
    for (size_t i = 0; i < specs->n; i++) {
        const struct port_spec *p = &specs->ports[i];
        bool wants = (p->role != VIF_NETWORK ? all || p == owner
                      : !owner
                        && ((network_kind_spreads(bridge->kind)
                             && gets_each(specs, p, in))
                            || (in->role != VIF_NETWORK
                                && bridge->kind == NETWORK_DIRECT)));

        if (wants && p != in && !are_apart(in, p)
            && carries(p, vlan)) {
            delivery_add(out, p->ofport, tci_out(p, vlan, frame->tci));
        }
    }
    if (!owner && (bridge->kind == NETWORK_BOND
                   || bridge->kind == NETWORK_SEVERAL)) {
        expect_network(bridge, in, vlan, frame, out);
    }
}

static struct eth_addr
random_destination(void)
{
    static const struct eth_addr group = ETH_ADDR_C(01,00,5e,00,00,fb);
    static const struct eth_addr remote = ETH_ADDR_C(52,54,00,12,34,56);
    static const struct eth_addr all_nodes = ETH_ADDR_C(33,33,00,00,00,01);
    struct eth_addr reserved = ETH_ADDR_C(01,80,c2,00,00,00);

    switch (random_range(9)) {
    case 0:
        return eth_addr_broadcast;
    case 1:
        return group;
    case 2:
        return remote;
    case 3:
        reserved.ea[5] = random_range(0x30);
        return reserved;
    case 4:
        return all_nodes;
    default:
        return random_guest_mac();
    }
}

/* Makes 'frame' an announcement, or what differs from one in a single thing,
 * or something else. */
static void
random_payload(struct frame *frame)
{
    static const struct {
        uint16_t dl_type;
        uint8_t nw_proto;
        uint16_t icmp_type;     /* Or source port... */
        uint16_t tp_dst;
        uint8_t nw_src;         /* ...and the last byte of the source. */
    } payloads[] = {
        { ETH_TYPE_IP, IPPROTO_UDP, 68, 67, 0 },
        { ETH_TYPE_IP, IPPROTO_UDP, 68, 67, 1 },
        { ETH_TYPE_IP, IPPROTO_UDP, 546, 547, 1 },
        { ETH_TYPE_IP, 112, 0, 0, 1 },
        { ETH_TYPE_IPV6, 112, 0, 0, 0 },
        { ETH_TYPE_IPV6, IPPROTO_UDP, 546, 547, 0 },
        { ETH_TYPE_IPV6, IPPROTO_UDP, 547, 547, 0 },
        { ETH_TYPE_IPV6, IPPROTO_UDP, 546, 546, 0 },
        { ETH_TYPE_RARP, 0, 0, 0, 0 },
        { ETH_TYPE_ARP, 0, 0, 0, 0 },
        { ETH_TYPE_IPV6, IPPROTO_ICMPV6, ND_NEIGHBOR_ADVERT, 0, 0 },
        { ETH_TYPE_IPV6, IPPROTO_ICMPV6, ND_NEIGHBOR_SOLICIT, 0, 0 },
        { ETH_TYPE_IPV6, IPPROTO_ICMPV6, ND_ROUTER_SOLICIT, 0, 0 },
        { ETH_TYPE_IPV6, IPPROTO_ICMPV6, 128, 0, 0 },
        { ETH_TYPE_IPV6, IPPROTO_ICMPV6, 143, 0, 0 },
        { ETH_TYPE_IPV6, IPPROTO_ICMP, ND_NEIGHBOR_ADVERT, 0, 0 },
        { ETH_TYPE_IP, IPPROTO_ICMPV6, ND_NEIGHBOR_ADVERT, 0, 1 },
    };
    size_t i = random_range(ARRAY_SIZE(payloads));

    frame->dl_type = htons(payloads[i].dl_type);
    frame->nw_proto = payloads[i].nw_proto;
    frame->icmp_type = payloads[i].icmp_type;
    frame->tp_dst = payloads[i].tp_dst;
    frame->nw_src = htonl(payloads[i].nw_src);
}

static void
random_frame(struct frame *frame, const struct port_specs *specs)
{
    int pcp = random_range(3) ? 0 : random_range(8);

    *frame = (struct frame) {
        .in_port = (specs->n && random_range(20)
                    ? specs->ports[random_range(specs->n)].ofport
                    : u16_to_ofp(9)),
        .tci = (random_range(3)
                ? htons(VLAN_CFI | random_vid() | pcp << VLAN_PCP_SHIFT)
                : htons(0)),
        .dst = random_destination(),
        .src = (random_range(20) ? random_guest_mac()
                : random_range(2) ? eth_addr_broadcast : eth_addr_zero),
    };
    random_payload(frame);
}

/* Law 9: a guest never receives a unicast frame that is not for its MAC, but
 * in VLANs that are to be flooded. */
static void
check_law_9(const struct bridge *bridge, const struct frame *frame,
            const struct deliveries *out)
{
    const struct port_specs *specs = &bridge->specs;
    const struct port_spec *in = find_port(specs, frame->in_port);

    if (in && vlan_set_contains(&bridge->flood_vlans,
                                MAX(0, vlan_in(in, frame->tci)))) {
        return;
    }
    for (size_t i = 0; i < out->n; i++) {
        const struct port_spec *to = find_port(specs, out->d[i].port);

        assert_true(to || out->d[i].port == OFPP_NORMAL);
        assert_true(!to || to->role != VIF_GUEST
                    || eth_addr_is_multicast(frame->dst)
                    || port_spec_has_mac(to, frame->dst));
    }
}

/* Adds to 'b' the addresses of the port with index 'port' where they are its
 * own: in 'vlan' and, which is all that matters besides, in some other one. */
static void
add_owners(struct receivers_bridge *b, struct receivers_owner *owners,
           const struct bridge *bridge, size_t port, int vlan)
{
    const struct port_spec *spec = &bridge->specs.ports[port];

    for (size_t i = 0; spec->role != VIF_NETWORK && i <= spec->n_others; i++) {
        struct receivers_owner *owner = &owners[b->n_owners++];

        *owner = (struct receivers_owner) {
            .mac = i ? spec->others[i - 1] : spec->mac, .port = port,
        };
        if (find_owner(&bridge->specs, owner->mac, vlan) == spec) {
            vlan_set_add(&owner->vlans, vlan);
        }
        if (!i && !bridge->pending[port]) {
            vlan_set_add(&owner->vlans, vlan ? 0 : 1);
        }
    }
}

/* The law that a switch is held against says the same of 'frame', which did
 * 'out', as far as it says anything. */
static void
check_receivers(const struct bridge *bridge, const struct frame *frame,
                const struct deliveries *out)
{
    const struct port_specs *specs = &bridge->specs;
    const struct port_spec *in = find_port(specs, frame->in_port);
    int vlan = in ? vlan_in(in, frame->tci) : -1;
    struct receivers_port ports[ARRAY_SIZE(specs->ports)];
    struct receivers_owner owners[4 * ARRAY_SIZE(specs->ports)];
    struct receivers_bridge b = {
        .ports = ports, .n_ports = specs->n, .owners = owners,
    };

    if (vlan < 0 || vlan_set_contains(&bridge->flood_vlans, vlan)
        || eth_addr_is_reserved(frame->dst) || comes_first(frame)) {
        return;
    }
    for (size_t i = 0; i < specs->n; i++) {
        const struct port_spec *p = &specs->ports[i];

        ports[i] = (struct receivers_port) {
            .role = p->role, .mac = p->mac, .isolated = p->isolated,
            .community = p->community,
            .uncertain = p->bond || p->reflects || p->guards
                         || (p->role == VIF_NETWORK
                             && p->admission != ADMISSION_ALL),
        };
        vlan_set_add(&ports[i].vlans, vlan ? 0 : 1);
        if (carries(p, vlan)) {
            vlan_set_add(&ports[i].vlans, vlan);
        }
        add_owners(&b, owners, bridge, i, vlan);
    }
    for (size_t i = 0; i < specs->n; i++) {
        const struct receivers_frame f = {
            .in = in - specs->ports, .vid = vlan, .taken = true,
            .src = frame->src, .dst = frame->dst,
        };
        enum receipt receipt = receivers_expect(&b, &f, i);
        bool received = false;

        for (size_t j = 0; j < out->n; j++) {
            received |= out->d[j].port == specs->ports[i].ofport;
        }
        if (received ? receipt == RECEIPT_NEVER : receipt == RECEIPT_MUST) {
            struct ds s = DS_EMPTY_INITIALIZER;

            frame_format(&s, frame);
            fail_msg("%s, in VLAN %d by port %"PRIuSIZE": %sto port %"PRIuSIZE
                     ", receipt %d", ds_cstr(&s), vlan, f.in,
                     received ? "" : "not ", i, receipt);
        }
    }
    for (size_t i = 0; i < specs->n; i++) {
        vlan_set_uninit(&ports[i].vlans);
    }
    for (size_t i = 0; i < b.n_owners; i++) {
        vlan_set_uninit(&owners[i].vlans);
    }
}

static void
check_frame(const struct bridge *bridge, const struct frame *frame)
{
    struct ds expected = DS_EMPTY_INITIALIZER;
    struct ds actual = DS_EMPTY_INITIALIZER;
    struct deliveries out;

    frame_format(&expected, frame);
    ds_put_cstr(&expected, ": ");
    ds_put_buffer(&actual, expected.string, expected.length);

    expect(bridge, frame, &out);
    deliveries_format(&expected, &out);
    pipeline_eval(plan_desired(bridge->plan), frame, &out);
    deliveries_format(&actual, &out);
    assert_string_equal(ds_cstr(&actual), ds_cstr(&expected));
    check_law_9(bridge, frame, &out);
    check_receivers(bridge, frame, &out);

    ds_destroy(&expected);
    ds_destroy(&actual);
}

static void
test_random_frames(void **state OVS_UNUSED)
{
    random_set_seed(1);
    for (int i = 0; i < 400; i++) {
        struct bridge bridge;

        port_specs_random(&bridge.specs);
        if (random_range(2)) {
            port_specs_add_network(&bridge.specs);
        }
        vlan_set_init(&bridge.flood_vlans);
        for (int n = random_range(3) ? 0 : 3; n > 0; n--) {
            vlan_set_add(&bridge.flood_vlans, random_vid());
        }
        bridge_init(&bridge, random_range(2));
        for (int j = 0; j < 200; j++) {
            struct frame frame;

            random_frame(&frame, &bridge.specs);
            check_frame(&bridge, &frame);
        }
        plan_destroy(bridge.plan);
        vlan_set_uninit(&bridge.flood_vlans);
        port_specs_uninit(&bridge.specs);
    }
}

/* Each reserved address and the addresses next to it, from a guest, from the
 * host and from the network. */
static void
test_reserved(void **state OVS_UNUSED)
{
    static const struct eth_addr reserved[] = {
        ETH_ADDR_C(01,80,c2,00,00,00), ETH_ADDR_C(00,e0,2b,00,00,00),
        ETH_ADDR_C(01,00,0c,00,00,00), ETH_ADDR_C(01,00,0c,cc,cc,c0),
        ETH_ADDR_C(01,00,0c,cd,cd,c0),
    };
    struct bridge bridge = { .specs = { .n = 4 } };
    struct port_specs *specs = &bridge.specs;
    static const enum vif_role roles[] = {
        VIF_GUEST, VIF_GUEST, VIF_HOST, VIF_NETWORK
    };

    random_set_seed(1);
    for (size_t i = 0; i < specs->n; i++) {
        port_spec_random(&specs->ports[i], i, roles[i]);
        port_vlan_uninit(&specs->ports[i].vlan);
        specs->ports[i].mac.ea[5] = i;
        specs->ports[i].active = true;
    }
    for (int forward_bpdu = 0; forward_bpdu < 2; forward_bpdu++) {
        bridge_init(&bridge, forward_bpdu);
        for (size_t i = 0; i < ARRAY_SIZE(reserved); i++) {
            for (int octet = 0; octet < 0x30; octet++) {
                struct frame frame = {
                    .src = ETH_ADDR_C(00,00,5e,00,00,01),
                    .dst = reserved[i], .dl_type = htons(ETH_TYPE_IP),
                };

                frame.dst.ea[5] += octet;
                for (size_t j = 0; j < specs->n; j++) {
                    frame.in_port = specs->ports[j].ofport;
                    check_frame(&bridge, &frame);
                }
            }
        }
        plan_destroy(bridge.plan);
    }
    port_specs_uninit(specs);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_frames),
        cmocka_unit_test(test_reserved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
