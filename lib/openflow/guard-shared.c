/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/guard.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>

#include "flow.h"
#include "lib/base/guards.h"
#include "lib/openflow/slice.h"
#include "openvswitch/match.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"
#include "util.h"

/* The flows of guards that are the same for all ports. */

struct compilation {
    struct slice *slice;
    ovs_be64 cookie;
    struct ofpbuf *ofpacts;     /* Of the next flow. */
};

/* Initializes '*match' to frames of 'dl_type', if that is not 0, of ports that
 * have 'guard'; of all ports that get here if that is N_GUARDS. */
static void
start_match(struct match *match, enum guard guard, uint16_t dl_type)
{
    match_init_catchall(match);
    if (guard != N_GUARDS) {
        uint32_t mark = pipeline_guard_mark(guard);

        match_set_reg_masked(match, 0, mark, mark);
    }
    if (dl_type) {
        match_set_dl_type(match, htons(dl_type));
    }
}

static void
start_proto(struct match *match, enum guard guard, uint16_t dl_type,
            uint8_t nw_proto)
{
    start_match(match, guard, dl_type);
    match_set_nw_proto(match, nw_proto);
}

static void
add_pass(struct compilation *c, enum pipeline_table table, uint16_t priority,
         const struct match *match, enum pipeline_table next)
{
    pipeline_put_goto(c->ofpacts, next);
    slice_add_flow(c->slice, table, priority, match, c->cookie, c->ofpacts);
}

/* Has what matches 'match' be counted as 'stop' and dropped. */
static void
add_stop(struct compilation *c, enum pipeline_table table, uint16_t priority,
         const struct match *match, enum guard_stop stop)
{
    pipeline_put_stop(c->ofpacts, stop);
    add_pass(c, table, priority, match, TABLE_STOPPED);
}

/* PROTOCOL, for guard "dhcp": what DHCP clients listen to.
 *
 * Clients look at the port that an answer is for, and not at the one that it
 * is from, and so do we.  Answers in fragments are none to miss as long as the
 * switch shows the ports of first fragments (OFPC_FRAG_NX_MATCH).  With IPv6,
 * a first fragment can be filled by extension headers, so that the ports are
 * in a later one: then they are shown as 0, which nobody uses.  So they are of
 * a packet that is too short to have any; the kernel's datapath may see some
 * in what fills the frame, and would let pass whatever else has these. */
static void
add_dhcp(struct compilation *c)
{
    static const struct {
        uint16_t dl_type, port;
    } answers[] = {
        { ETH_TYPE_IP, 68 },        /* RFC 2131. */
        { ETH_TYPE_IP, 0 },
        { ETH_TYPE_IPV6, 546 },     /* RFC 8415. */
        { ETH_TYPE_IPV6, 0 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
        struct match match;

        start_proto(&match, GUARD_DHCP, answers[i].dl_type, IPPROTO_UDP);
        match_set_tp_dst(&match, htons(answers[i].port));
        /* Nor has what is in later fragments of IPv4.  Those of IPv6 have
         * another protocol to flows. */
        match_set_nw_frag_masked(&match, 0, FLOW_NW_FRAG_LATER);
        add_stop(c, TABLE_PROTOCOL, PRIORITY_PROTOCOL_STOP, &match,
                 STOP_DHCP);
    }
}

/* PROTOCOL, for guard "ra": what only routers have to say.
 *
 * ICMPv6 type 0, which is reserved (RFC 4443), is what is shown of a first
 * fragment that extension headers fill (RFC 7113), be it a router
 * advertisement or not.  Open vSwitch has no match for the type of IGMP, but
 * queries that mean anything to anybody's election are for all systems
 * (RFC 3376), to which hosts report nothing. */
static void
add_routers(struct compilation *c)
{
    static const uint8_t types[] = {
        0, ND_ROUTER_ADVERT, ND_REDIRECT, MLD_LISTENER_QUERY,
    };
    struct match match;

    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        start_proto(&match, GUARD_RA, ETH_TYPE_IPV6, IPPROTO_ICMPV6);
        match_set_icmp_type(&match, types[i]);
        add_stop(c, TABLE_PROTOCOL, PRIORITY_PROTOCOL_STOP, &match, STOP_RA);
    }

    start_proto(&match, GUARD_RA, ETH_TYPE_IP, IPPROTO_ICMP);
    match_set_icmp_type(&match, 5);     /* Redirect: RFC 792. */
    add_stop(c, TABLE_PROTOCOL, PRIORITY_PROTOCOL_STOP, &match, STOP_RA);
    match_set_icmp_type(&match, 9);     /* Router advertisement: RFC 1256. */
    add_stop(c, TABLE_PROTOCOL, PRIORITY_PROTOCOL_STOP, &match, STOP_RA);

    start_proto(&match, GUARD_RA, ETH_TYPE_IP, IPPROTO_IGMP);
    match_set_nw_dst(&match, htonl(INADDR_ALLHOSTS_GROUP));
    add_stop(c, TABLE_PROTOCOL, PRIORITY_PROTOCOL_STOP, &match, STOP_RA);
}

/* PROTOCOL: what cannot be looked into is stopped, for any guard: IPv6 whose
 * extension headers have no end in the frame, which is shown with protocol 0,
 * and what is behind more tags than the switch looks at.
 *
 * IPv4 of a length that cannot be is shown so, too, and without addresses, for
 * which guard "ip" stops it.  Hosts drop it, but a DHCP client has to take
 * frames as they are.  Guards that look at no protocol are spared, lest the
 * datapath's flows tell these apart. */
static void
add_opaque(struct compilation *c)
{
    static const uint16_t tags[] = {
        ETH_TYPE_VLAN_8021Q, ETH_TYPE_VLAN_8021AD,
    };
    static const enum guard guards[] = { GUARD_DHCP, GUARD_RA };
    struct match match;

    for (size_t i = 0; i < ARRAY_SIZE(guards); i++) {
        start_proto(&match, guards[i], ETH_TYPE_IP, 0);
        add_stop(c, TABLE_PROTOCOL, PRIORITY_PROTOCOL_OPAQUE, &match,
                 STOP_IP);
    }

    start_proto(&match, N_GUARDS, ETH_TYPE_IPV6, 0);
    add_stop(c, TABLE_PROTOCOL, PRIORITY_PROTOCOL_OPAQUE, &match, STOP_IP);
    for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
        start_match(&match, N_GUARDS, tags[i]);
        add_stop(c, TABLE_PROTOCOL, PRIORITY_PROTOCOL_OPAQUE, &match,
                 STOP_IP);
    }
}

/* PROTOCOL: what guard "other" lets pass, and the rest.  RARP is how QEMU
 * announces a guest that has moved. */
static void
add_protocols(struct compilation *c)
{
    static const uint16_t known[] = {
        ETH_TYPE_IP, ETH_TYPE_IPV6, ETH_TYPE_ARP,
    };
    struct match match;

    add_opaque(c);
    add_dhcp(c);
    add_routers(c);
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        start_match(&match, N_GUARDS, known[i]);
        add_pass(c, TABLE_PROTOCOL, PRIORITY_PROTOCOL_KNOWN, &match,
                 TABLE_ADDRESS);
    }
    start_match(&match, N_GUARDS, ETH_TYPE_RARP);
    add_pass(c, TABLE_PROTOCOL, PRIORITY_PROTOCOL_KNOWN, &match,
             TABLE_SOURCE);
    start_match(&match, GUARD_OTHER, 0);
    add_stop(c, TABLE_PROTOCOL, PRIORITY_PROTOCOL_OTHER, &match, STOP_OTHER);
    start_match(&match, N_GUARDS, 0);
    add_pass(c, TABLE_PROTOCOL, PRIORITY_PROTOCOL_PASS, &match, TABLE_SOURCE);
}

/* ADDRESS: what a guest without an address may send, and that for guard "ip"
 * nothing else passes but what the port's own flows are about.
 *
 * That is a request for one by DHCP, and ICMPv6 from the unspecified address,
 * such as router solicitations and reports of listeners, but for neighbor
 * solicitations: these are looks for somebody who has the guest's address.
 *
 * ICMPv6 that is too short for a type is shown with type 0, as are fragments
 * that extension headers fill.  The kernel's datapath may find neighbor
 * discovery behind it, and would let that pass from then on. */
static void
add_addresses(struct compilation *c)
{
    static const struct in6_addr unspecified = IN6ADDR_ANY_INIT;
    struct match match;

    start_proto(&match, GUARD_IP, ETH_TYPE_IP, IPPROTO_UDP);
    match_set_nw_src(&match, htonl(0));
    match_set_nw_dst(&match, htonl(UINT32_MAX));
    match_set_tp_dst(&match, htons(67));
    add_pass(c, TABLE_ADDRESS, PRIORITY_ADDRESS_NONE, &match, TABLE_SOURCE);

    start_proto(&match, GUARD_IP, ETH_TYPE_IPV6, IPPROTO_ICMPV6);
    match_set_ipv6_src(&match, &unspecified);
    add_pass(c, TABLE_ADDRESS, PRIORITY_ADDRESS_NONE, &match,
             TABLE_NEIGHBOR);
    match_set_icmp_type(&match, ND_NEIGHBOR_SOLICIT);
    add_stop(c, TABLE_ADDRESS, PRIORITY_ADDRESS_NO_DAD, &match, STOP_ND);

    start_proto(&match, GUARD_IP, ETH_TYPE_IPV6, IPPROTO_ICMPV6);
    match_set_icmp_type(&match, 0);
    add_stop(c, TABLE_ADDRESS, PRIORITY_ADDRESS_NO_DAD, &match, STOP_ND);

    start_match(&match, GUARD_IP, ETH_TYPE_ARP);
    add_stop(c, TABLE_ADDRESS, PRIORITY_ADDRESS_ARP, &match, STOP_ARP);
    start_match(&match, GUARD_IP, 0);
    add_stop(c, TABLE_ADDRESS, PRIORITY_ADDRESS_STOP, &match, STOP_IP);
    start_match(&match, N_GUARDS, 0);
    add_pass(c, TABLE_ADDRESS, PRIORITY_ADDRESS_PASS, &match, TABLE_SOURCE);
}

/* NEIGHBOR and LINK: only neighbor discovery has more to look at.
 *
 * Hosts answer a neighbor that only asks whether they are still there without
 * saying where they are (RFC 4861, section 4.4), so an advertisement without a
 * link-layer address passes if it is for one neighbor.  It is for an address
 * of the guest's own in any case, and one with an option that is there twice
 * is shown without any target. */
static void
add_neighbors(struct compilation *c)
{
    struct match match;

    start_proto(&match, N_GUARDS, ETH_TYPE_IPV6, IPPROTO_ICMPV6);
    match_set_icmp_type(&match, ND_NEIGHBOR_SOLICIT);
    add_pass(c, TABLE_NEIGHBOR, PRIORITY_NEIGHBOR_STOP, &match, TABLE_LINK);
    match_set_icmp_type(&match, ND_NEIGHBOR_ADVERT);
    add_stop(c, TABLE_NEIGHBOR, PRIORITY_NEIGHBOR_STOP, &match, STOP_ND);

    start_match(&match, N_GUARDS, 0);
    pipeline_match_nd(&match, ND_NEIGHBOR_ADVERT);
    match_set_arp_tha(&match, eth_addr_zero);
    match_set_dl_dst_masked(&match, eth_addr_zero, pipeline_multicast_bit);
    add_pass(c, TABLE_LINK, PRIORITY_LINK_NONE, &match, TABLE_SOURCE);

    start_match(&match, N_GUARDS, 0);
    add_pass(c, TABLE_NEIGHBOR, PRIORITY_NEIGHBOR_PASS, &match,
             TABLE_SOURCE);
    add_stop(c, TABLE_LINK, PRIORITY_LINK_STOP, &match, STOP_ND);
}

/* Adds to 'slice' the flows, with 'cookie', that all ports with guards other
 * than "mac" share. */
void
guard_compile_shared(ovs_be64 cookie, struct slice *slice)
{
    struct match all = MATCH_CATCHALL_INITIALIZER;
    uint64_t stub[64 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct compilation c = {
        .slice = slice,
        .cookie = cookie,
        .ofpacts = &ofpacts,
    };

    add_protocols(&c);
    add_addresses(&c);
    add_neighbors(&c);
    slice_add_flow(slice, TABLE_STOPPED, PRIORITY_STOPPED, &all, cookie,
                   &ofpacts);
    ofpbuf_uninit(&ofpacts);
}
