/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/guard.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>

#include "flow.h"
#include "lib/base/guards.h"
#include "lib/base/ip-prefix.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile-filter.h"
#include "lib/openflow/slice.h"
#include "openvswitch/match.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"
#include "util.h"

struct compilation {
    const struct vport *vport;
    struct slice *slice;
    ovs_be64 cookie;
    struct ofpbuf *ofpacts;     /* Of the next flow. */
};

/* Returns the marks in reg0 of frames from 'vport', a guest. */
uint32_t
guard_marks(const struct vport *vport)
{
    static const unsigned int apart
        = (GUARD_BIT(GUARD_MAC) | GUARD_BIT(GUARD_STORM)
           | GUARD_BIT(GUARD_OWNER) | GUARD_BIT(GUARD_LOG));
    uint32_t marks = 0;

    for (int guard = 0; guard < N_GUARDS; guard++) {
        if (vport->guards & ~apart & GUARD_BIT(guard)) {
            marks |= pipeline_guard_mark(guard);
        }
    }
    return marks;
}

/* Has 'vport' guards that need the flows of guard_compile_shared(), or a
 * filter that needs to be shown the ports of first fragments, as these do? */
bool
guard_needs_shared(const struct vport *vport)
{
    return (vport->role == VIF_GUEST
            && (guard_marks(vport) || vport->filter));
}

static enum pipeline_table
behind_mac(const struct vport *vport)
{
    return guard_marks(vport) ? TABLE_PROTOCOL : TABLE_SOURCE;
}

/* Is what 'vport', a guest, announces by addresses that it does not have shown
 * in GUARD, for its guards keep that from getting further?  Guard "ip" stops
 * ARP and neighbor discovery about such an address. */
bool
guard_listens(const struct vport *vport)
{
    return (vport->listens
            && vport->guards & (GUARD_BIT(GUARD_MAC) | GUARD_BIT(GUARD_IP)));
}

/* Returns the table that ADMIT passes frames of 'vport', a guest, on to. */
enum pipeline_table
guard_entry(const struct vport *vport)
{
    return (vport->guards & GUARD_BIT(GUARD_MAC) || guard_listens(vport)
            ? TABLE_GUARD : behind_mac(vport));
}

static void
start_match(const struct compilation *c, struct match *match)
{
    match_init_catchall(match);
    match_set_in_port(match, c->vport->ofport);
}

/* Likewise, for frames of type 'dl_type'.  Since it has the packet type, too,
 * oflow_create() need not make a copy to add that. */
static void
start_type(const struct compilation *c, struct match *match, uint16_t dl_type)
{
    start_match(c, match);
    match_set_default_packet_type(match);
    match_set_dl_type(match, htons(dl_type));
}

static void
start_nd(const struct compilation *c, struct match *match, uint8_t type)
{
    start_type(c, match, ETH_TYPE_IPV6);
    pipeline_match_nd(match, type);
}

static void
add(struct compilation *c, enum pipeline_table table, uint16_t priority,
    const struct match *match)
{
    slice_add_flow(c->slice, table, priority, match, c->cookie, c->ofpacts);
}

static void
add_pass(struct compilation *c, enum pipeline_table table, uint16_t priority,
         const struct match *match, enum pipeline_table next)
{
    pipeline_put_goto(c->ofpacts, next);
    add(c, table, priority, match);
}

/* Has the drop of 'stops', bits 1 << STOP_*, of STOP_NONE for guard "mac",
 * that is about to be made show what it drops, if that is to be said in the
 * log and is not being done:
 *
 *     actions=set_field:0x100000/0x100000->reg0,
 *         controller(max_len=96,id=22247)  */
static void
put_drop(struct compilation *c, unsigned int stops)
{
    if (c->vport->guards & GUARD_BIT(GUARD_LOG)
        && !(c->vport->quiet_stops & stops)) {
        pipeline_put_marks(c->ofpacts, 1u << REG0_OFFENCE_BIT);
        pipeline_put_show_part(c->ofpacts, PIPELINE_OFFENCE_LEN);
    }
}

/* Has frames of the port that are not from its own addresses go on, unless
 * guard "mac" keeps them from that. */
static void
put_other_source(struct compilation *c)
{
    if (!(c->vport->guards & GUARD_BIT(GUARD_MAC))) {
        pipeline_put_goto(c->ofpacts, behind_mac(c->vport));
    }
}

/* GUARD: what a guest that may change its address announces by another one is
 * shown to us, and with guard "mac" goes no further until it is the guest's:
 *
 *     priority=50,rarp,in_port=7 actions=controller(max_len=14,id=22247)
 *
 * An address that it cannot have is not looked at for a while:
 *
 *     priority=60,in_port=7,dl_src=52:54:00:00:00:09 actions=drop  */
static void
add_shows(struct compilation *c)
{
    for (size_t i = 0; i < PIPELINE_N_ANNOUNCEMENTS; i++) {
        struct match match;

        start_match(c, &match);
        pipeline_match_announcement(&match, i);
        pipeline_put_show(c->ofpacts);
        put_other_source(c);
        add(c, TABLE_GUARD, PRIORITY_GUARD_SHOW, &match);
    }
    for (size_t i = 0; i < c->vport->n_ignored; i++) {
        struct match match;

        start_match(c, &match);
        match_set_dl_src(&match, c->vport->ignored[i]);
        put_other_source(c);
        add(c, TABLE_GUARD, PRIORITY_GUARD_IGNORE, &match);
    }
}

/* GUARD, for guard "mac": the guest's addresses, be they won or not, and the
 * drop that counts all others:
 *
 *     priority=100,in_port=7,dl_src=52:54:00:00:00:01
 *         actions=goto_table:SOURCE
 *     priority=2,in_port=7 actions=drop
 *
 * Without it, for guard_listens(), all others go on:
 *
 *     priority=1,in_port=7 actions=goto_table:PROTOCOL  */
static void
compile_sources(struct compilation *c, bool pending)
{
    struct match match;

    for (size_t i = 0; i < vport_n_macs(c->vport); i++) {
        struct eth_addr mac = vport_get_mac(c->vport, i).mac;

        if (!eth_addr_is_zero(mac)) {
            start_match(c, &match);
            match_set_dl_src(&match, mac);
            add_pass(c, TABLE_GUARD, PRIORITY_GUARD_OWN, &match,
                     behind_mac(c->vport));
        }
    }
    if (c->vport->listens && !pending) {
        add_shows(c);
    }
    start_match(c, &match);
    if (c->vport->guards & GUARD_BIT(GUARD_MAC)) {
        put_drop(c, 1u << STOP_NONE);
        add(c, TABLE_GUARD, PRIORITY_GUARD_DROP, &match);
    } else {
        put_other_source(c);
        add(c, TABLE_GUARD, PRIORITY_GUARD_PASS, &match);
    }
}

/* ADDRESS: one of the guest's IPv4 addresses or prefixes, as the source:
 *
 *     ip,in_port=7,nw_src=10.0.0.5 actions=goto_table:SOURCE  */
static void
add_ipv4(struct compilation *c, const struct ip_prefix *prefix)
{
    struct match match;
    ovs_be32 mask, ip = ip_prefix_get_v4(prefix, &mask);

    start_type(c, &match, ETH_TYPE_IP);
    match_set_nw_src_masked(&match, ip, mask);
    add_pass(c, TABLE_ADDRESS, PRIORITY_ADDRESS_OWN, &match, TABLE_SOURCE);
}

/* ADDRESS: ARP in which the guest, as 'mac', says that it has 'prefix', or
 * probes it (RFC 5227), which only who is to have it may, for a probe keeps
 * others from taking the address:
 *
 *     arp,in_port=7,arp_spa=10.0.0.5,arp_sha=52:54:00:00:00:01
 *         actions=goto_table:SOURCE
 *     arp,in_port=7,arp_spa=0.0.0.0,arp_tpa=10.0.0.5,arp_sha=...
 *         actions=goto_table:SOURCE  */
static void
add_arp(struct compilation *c, const struct ip_prefix *prefix,
        struct eth_addr mac)
{
    struct match match;
    ovs_be32 mask, ip = ip_prefix_get_v4(prefix, &mask);

    start_type(c, &match, ETH_TYPE_ARP);
    match_set_arp_sha(&match, mac);
    match_set_nw_src_masked(&match, ip, mask);
    add_pass(c, TABLE_ADDRESS, PRIORITY_ADDRESS_OWN, &match, TABLE_SOURCE);

    match_set_nw_src(&match, htonl(0));
    match_set_nw_dst_masked(&match, ip, mask);
    add_pass(c, TABLE_ADDRESS, PRIORITY_ADDRESS_PROBE, &match, TABLE_SOURCE);
}

/* ADDRESS and NEIGHBOR: one of the guest's IPv6 addresses or prefixes, as the
 * source, as what it looks whether anybody has it (RFC 4862, section 5.4), and
 * as what it says that it has:
 *
 *     ADDRESS: ipv6,in_port=7,ipv6_src=fe80::1 actions=goto_table:NEIGHBOR
 *     ADDRESS: icmp6,in_port=7,ipv6_src=::,icmp_type=135,icmp_code=0,
 *             nd_target=fe80::1 actions=goto_table:SOURCE
 *     NEIGHBOR: icmp6,in_port=7,icmp_type=136,icmp_code=0,nd_target=fe80::1
 *         actions=goto_table:LINK  */
static void
add_ipv6(struct compilation *c, const struct ip_prefix *prefix)
{
    static const struct in6_addr unspecified = IN6ADDR_ANY_INIT;
    struct in6_addr mask, ip = ip_prefix_get_v6(prefix, &mask);
    struct match match;

    start_type(c, &match, ETH_TYPE_IPV6);
    match_set_ipv6_src_masked(&match, &ip, &mask);
    add_pass(c, TABLE_ADDRESS, PRIORITY_ADDRESS_OWN, &match, TABLE_NEIGHBOR);

    start_nd(c, &match, ND_NEIGHBOR_SOLICIT);
    match_set_ipv6_src(&match, &unspecified);
    match_set_nd_target_masked(&match, &ip, &mask);
    add_pass(c, TABLE_ADDRESS, PRIORITY_ADDRESS_DAD, &match, TABLE_SOURCE);

    start_nd(c, &match, ND_NEIGHBOR_ADVERT);
    match_set_nd_target_masked(&match, &ip, &mask);
    add_pass(c, TABLE_NEIGHBOR, PRIORITY_NEIGHBOR_OWN, &match, TABLE_LINK);
}

/* LINK: neighbor discovery that says that the guest is at 'mac'.  Open vSwitch
 * shows an option that is there twice, or malformed, as if it were not there,
 * and so what has none does not pass; guard_compile_shared() has the one
 * exception:
 *
 *     icmp6,in_port=7,icmp_type=135,icmp_code=0,nd_sll=52:54:00:00:00:01
 *         actions=goto_table:SOURCE
 *     icmp6,in_port=7,icmp_type=136,icmp_code=0,nd_tll=52:54:00:00:00:01
 *         actions=goto_table:SOURCE  */
static void
add_link_layer(struct compilation *c, struct eth_addr mac)
{
    struct match match;

    start_nd(c, &match, ND_NEIGHBOR_SOLICIT);
    match_set_arp_sha(&match, mac);
    add_pass(c, TABLE_LINK, PRIORITY_LINK_OWN, &match, TABLE_SOURCE);

    start_nd(c, &match, ND_NEIGHBOR_ADVERT);
    match_set_arp_tha(&match, mac);
    add_pass(c, TABLE_LINK, PRIORITY_LINK_OWN, &match, TABLE_SOURCE);
}

/* Initializes 'ips' to the addresses of 'vport': if it has any of IPv6, also
 * those that a host cannot do without there. */
void
guard_own_addresses(const struct vport *vport, struct ip_prefixes *ips)
{
    ip_prefixes_clone(ips, &vport->ips);
    for (size_t i = 0; ip_prefixes_have_v6(ips) && i < vport_n_macs(vport);
         i++) {
        struct eth_addr mac = vport_get_mac(vport, i).mac;

        if (!eth_addr_is_zero(mac)) {
            ip_prefixes_add_link_local(ips, mac);
        }
    }
}

static void
compile_ip_guard(struct compilation *c)
{
    struct ip_prefixes ips;

    guard_own_addresses(c->vport, &ips);
    for (size_t i = 0; i < ips.n; i++) {
        if (ip_prefix_is_v4(&ips.elems[i])) {
            add_ipv4(c, &ips.elems[i]);
        } else {
            add_ipv6(c, &ips.elems[i]);
        }
    }
    for (size_t i = 0; i < vport_n_macs(c->vport); i++) {
        struct eth_addr mac = vport_get_mac(c->vport, i).mac;

        if (eth_addr_is_zero(mac)) {
            continue;
        }
        for (size_t j = 0; j < ips.n; j++) {
            if (ip_prefix_is_v4(&ips.elems[j])) {
                add_arp(c, &ips.elems[j], mac);
            }
        }
        if (ip_prefixes_have_v6(&ips)) {
            add_link_layer(c, mac);
        }
    }
    ip_prefixes_uninit(&ips);
}

/* PROTOCOL: what guard "other" lets pass beside what it always does:
 *
 *     priority=30,in_port=7,dl_type=0x8863 actions=goto_table:SOURCE  */
static void
compile_types(struct compilation *c)
{
    const struct guard_types *types = &c->vport->types;

    for (size_t i = 0; i < GUARD_MAX_TYPES && types->types[i]; i++) {
        struct match match;

        start_match(c, &match);
        match_set_dl_type(&match, htons(types->types[i]));
        add_pass(c, TABLE_PROTOCOL, PRIORITY_PROTOCOL_LISTED, &match,
                 TABLE_SOURCE);
    }
}

static void
add_stop(struct compilation *c, enum guard_stop stop)
{
    struct match match;

    start_match(c, &match);
    pipeline_match_stop(&match, stop);
    put_drop(c, 1u << stop);
    add(c, TABLE_STOPPED, PRIORITY_STOPPED_PORT, &match);
}

/* STOPPED: of a guest without an IPv6 address, neighbor discovery is as wrong
 * as all other IPv6, and counted together with it:
 *
 *     priority=100,in_port=7,reg0=0x10000/0x50000 actions=drop */
static void
add_stop_ip_and_nd(struct compilation *c)
{
    const uint32_t same = REG0_STOP_MASK & ~(STOP_IP ^ STOP_ND);
    struct match match;

    /* No other kind has the same bits. */
    BUILD_ASSERT_DECL(STOP_IP == 1 && STOP_ND == 3 && REG0_STOP_MASK == 7);
    start_match(c, &match);
    match_set_reg_masked(&match, 0, STOP_IP << REG0_STOP_BIT,
                         same << REG0_STOP_BIT);
    put_drop(c, 1u << STOP_IP | 1u << STOP_ND);
    add(c, TABLE_STOPPED, PRIORITY_STOPPED_PORT, &match);
}

/* STOPPED: what a port's guards and its filter have stopped, kind by kind:
 *
 *     priority=100,in_port=7,reg0=0x40000/0x70000 actions=drop
 *
 * What cannot be looked into is stopped as IP for any of them. */
static void
compile_stops(struct compilation *c)
{
    static const enum guard guards[STOP_FILTER] = {
#define STOP(ENUM, NAME, GUARD) [STOP_##ENUM] = GUARD_##GUARD,
        STOPS
#undef STOP
    };
    bool together = (c->vport->guards & GUARD_BIT(GUARD_IP)
                     && !ip_prefixes_have_v6(&c->vport->ips));

    for (int stop = STOP_NONE + 1; stop < STOP_FILTER; stop++) {
        if (together && stop == STOP_IP) {
            add_stop_ip_and_nd(c);
        } else if (c->vport->guards & GUARD_BIT(guards[stop])
                   ? !(together && stop == STOP_ND)
                   : stop == STOP_IP && guard_marks(c->vport)) {
            add_stop(c, stop);
        }
    }
    if (filter_entry(c->vport, 0) == TABLE_FILTER) {
        add_stop(c, STOP_FILTER);
    }
}

/* Adds to 'slice' the flows, with 'cookie', of the guards of 'vport', a guest.
 * If it is 'pending', for it is held back or its address is another's, it
 * cannot change to another address. */
void
guard_compile(const struct vport *vport, bool pending, ovs_be64 cookie,
              struct slice *slice)
{
    uint64_t stub[64 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct compilation c = {
        .vport = vport,
        .slice = slice,
        .cookie = cookie,
        .ofpacts = &ofpacts,
    };

    if (guard_entry(vport) == TABLE_GUARD) {
        compile_sources(&c, pending);
    }
    if (vport->guards & GUARD_BIT(GUARD_IP)) {
        compile_ip_guard(&c);
    }
    if (vport->guards & GUARD_BIT(GUARD_OTHER)) {
        compile_types(&c);
    }
    compile_stops(&c);
    ofpbuf_uninit(&ofpacts);
}
