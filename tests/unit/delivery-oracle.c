/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "tests/unit/delivery-oracle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "flow.h"
#include "lib/base/guards.h"
#include "packets.h"
#include "tests/unit/frame-spec.h"
#include "tests/unit/pipeline-eval.h"
#include "util.h"

/* Is 'spec' a member of 'vlan'?  The rules are those of bundle_set() and
 * xbundle_includes_vlan() in Open vSwitch. */
bool
oracle_carries(const struct port_spec *spec, int vlan)
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
int
oracle_vlan_in(const struct port_spec *spec, ovs_be16 tci)
{
    int vid = vlan_tci_to_vid(tci);

    if (!vid && (is_access(spec) || is_native(spec))) {
        return MAX(0, spec->vlan.tag);
    }
    return !is_access(spec) && oracle_carries(spec, vid) ? vid : -1;
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

/* Returns the port with number 'ofport', or null. */
const struct port_spec *
oracle_find_port(const struct port_specs *specs, ofp_port_t ofport)
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
const struct port_spec *
oracle_find_owner(const struct port_specs *specs, struct eth_addr mac,
                  int vlan)
{
    const struct port_spec *best = NULL;

    for (size_t i = 0; i < specs->n; i++) {
        const struct port_spec *p = &specs->ports[i];

        if (port_spec_has_mac(p, mac) && p->active && oracle_carries(p, vlan)
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
        if (oracle_carries(spec, vlan)
            && oracle_find_owner(specs, spec->mac, vlan) == spec) {
            return false;
        }
    }
    return spec->role == VIF_GUEST;
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
                if (oracle_carries(p, vlan)) {
                    return true;
                }
            } else {
                n_listing++;
                listed |= oracle_carries(p, vlan);
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

/* Returns by which of its members the bond of 'member' sends to groups, or
 * null if NORMAL alone knows. */
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
            slb |= p->bond && (!find_member(specs, p)
                               || p->way == BOND_WAY_SOURCE);
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

/* Makes all else in 'bridge' follow from 'bridge->specs'. */
void
oracle_bridge_init(struct oracle_bridge *bridge, bool forward_bpdu)
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

/* Is 'frame', which comes in by 'in', let in?  Nobody may send from a
 * multicast address. */
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
expect_normal(const struct oracle_bridge *bridge, const struct port_spec *in,
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
        assert_int_equal(oracle_vlan_in(in, tci), vlan);
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
expect_network(const struct oracle_bridge *bridge, const struct port_spec *in,
               int vlan, const struct frame *frame, struct deliveries *out)
{
    bool to_bond = bridge->kind == NETWORK_BOND && in->role != VIF_NETWORK;
    const struct port_spec *member
        = to_bond ? find_only_member(&bridge->specs) : NULL;

    bool all = (eth_addr_is_multicast(frame->dst)
                || vlan_set_contains(&bridge->flood_vlans, vlan)
                || (member && member->way == BOND_WAY_SOURCE));

    if (!all || !member) {
        expect_normal(bridge, in, vlan, frame, out);
    } else if (oracle_carries(member, vlan)) {
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

/* What must become of 'frame' goes to 'out'. */
void
oracle_expect(const struct oracle_bridge *bridge, const struct frame *frame,
              struct deliveries *out)
{
    const struct port_specs *specs = &bridge->specs;
    const struct port_spec *in = oracle_find_port(specs, frame->in_port);
    int vlan = in ? oracle_vlan_in(in, frame->tci) : -1;
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
    if (in->reflects && !flooded
        && oracle_find_owner(specs, frame->src, vlan)) {
        return;
    }

    /* The first frame of a guest that is held back is the news that it is
     * here, whatever becomes of the frame. */
    out->shown = in->role == VIF_GUEST && !in->active;
    bool pending = bridge->pending[in - specs->ports];
    if (in->guards & GUARD_BIT(GUARD_MAC)
        && !port_spec_has_mac(in, frame->src)) {
        out->shown |= !pending && in->listens && frame_comes_first(frame);
        return;
    }

    /* Nobody has that address. */
    if (zero) {
        return;
    }
    if (pending) {
        if (!frame_is_announcement(frame)) {
            return;
        }
    } else if (in->listens && frame_comes_first(frame)
               && !port_spec_has_mac(in, frame->src)) {
        out->shown = true;      /* It may be somebody else now. */
    } else if (in->role == VIF_GUEST && !port_spec_has_mac(in, frame->src)
               && (frame_is_announcement(frame) || frame_is_routers(frame))) {
        /* It would be if it might. */
        out->shown |= may_move(specs, frame->src, vlan);
    }
    if (reserved && !bridge->forward_bpdu) {
        return;
    }

    /* For everybody?  In a VLAN of flood_vlans nobody has an address. */
    bool all = flooded || eth_addr_is_multicast(frame->dst);
    const struct port_spec *owner
        = all ? NULL : oracle_find_owner(specs, frame->dst, vlan);
    for (size_t i = 0; i < specs->n; i++) {
        const struct port_spec *p = &specs->ports[i];
        bool wants = (p->role != VIF_NETWORK ? all || p == owner
                      : !owner
                        && ((network_kind_spreads(bridge->kind)
                             && gets_each(specs, p, in))
                            || (in->role != VIF_NETWORK
                                && bridge->kind == NETWORK_DIRECT)));

        if (wants && p != in && !are_apart(in, p)
            && oracle_carries(p, vlan)) {
            delivery_add(out, p->ofport, tci_out(p, vlan, frame->tci));
        }
    }
    if (!owner && (bridge->kind == NETWORK_BOND
                   || bridge->kind == NETWORK_SEVERAL)) {
        expect_network(bridge, in, vlan, frame, out);
    }
}
