/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PIPELINE_H
#define PIPELINE_H 1

/* The pipeline of a bridge in libvirt mode: its tables, registers, priorities,
 * cookies and group numbers.  What the tables hold is in compile-*.c.
 *
 *      in_port
 *         |
 *      ADMIT ----------> SOURCE ----> ANNOUNCE
 *         |   (guests,    |   guests     |
 *         |   by filters, |   that may   |
 *   bonds |   guards:     |   change     |
 *         v   guard.h)    v              |
 *      REFLECT -------> FORWARD <--------'
 *                      |     | multicast, broadcast
 *       known (VLAN,   |     v
 *       MAC): output   |   MULTICAST: reserved groups are dropped
 *       (by SHARED)    |     v
 *                      |   FLOOD: guests and host in the VLAN
 *                unknown     |      (some by COMMUNITY, EGRESS)
 *                      v     v
 *                      UNKNOWN: the network side (spread.h: PLACES, AWAY,
 *                               SPREAD; compile-bond.h: AWAY, MEMBERS,
 *                               BUCKETS)
 *
 * Inside the pipeline every frame carries the tag of the VLAN that it belongs
 * to; a frame without a tag belongs to VLAN 0.  A port that sends or gets
 * frames untagged has the tag put on in ADMIT and taken off before output,
 * which costs the datapath nothing where one follows the other. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/community.h"
#include "lib/base/vlan-set.h"
#include "openvswitch/types.h"

struct match;
struct mf_subfield;
struct ofpact;
struct ofpbuf;

/* PIPELINE_TABLE(ENUM, NUMBER, WHAT).
 *
 * Other programs' flows for the same bridge lead to tables with low numbers:
 * OpenNebula's to 10 and 20, CloudStack's to 1 to 5, Neutron's to 2 to 94.
 * All tables but the first are out of their way, lest what is resubmitted
 * within ours, or theirs, meet the other's flows. */
#define PIPELINE_BASE 200
#define PIPELINE_TABLES                                                 \
    PIPELINE_TABLE(ADMIT, 0, "may this port use this VLAN?")            \
    PIPELINE_TABLE(FILTER, 202, "filter: what may this guest send?")    \
    PIPELINE_TABLE(LEARN, 203, "who is behind which network port")      \
    PIPELINE_TABLE(GUARD, 204, "guard: may this guest send from there?") \
    PIPELINE_TABLE(REFLECT, 205, "what a bond sends back of what it got")  \
    PIPELINE_TABLE(PROTOCOL, 206, "guards dhcp, ra and other: by protocol") \
    PIPELINE_TABLE(ADDRESS, 207, "guard ip: IP addresses, and ARP")     \
    PIPELINE_TABLE(NEIGHBOR, 208, "guard ip: targets of neighbor discovery") \
    PIPELINE_TABLE(LINK, 209, "guard ip: addresses in neighbor discovery") \
    PIPELINE_TABLE(SOURCE, 210, "source policy")              \
    PIPELINE_TABLE(STOPPED, 212, "what a guard has stopped")            \
    PIPELINE_TABLE(ANNOUNCE, 215, "guests that say who they are")       \
    PIPELINE_TABLE(FORWARD, 230, "exact (VLAN, MAC) of guests and host")  \
    PIPELINE_TABLE(SHARED, 232, "of those who share it, who is there")  \
    PIPELINE_TABLE(MULTICAST, 235, "groups that are reserved, and others") \
    PIPELINE_TABLE(FLOOD, 240, "broadcast and multicast, by VLAN")      \
    PIPELINE_TABLE(COMMUNITY, 244, "of a flood, what this community gets") \
    PIPELINE_TABLE(EGRESS, 245, "what some ports want of the tag below")  \
    PIPELINE_TABLE(TO_GUEST, 246, "filter: what may this guest be sent?") \
    PIPELINE_TABLE(MEMBERS, 248, "by this member of a bond beside others") \
    PIPELINE_TABLE(BUCKETS, 249, "by which member of a bond, by who sends") \
    PIPELINE_TABLE(UNKNOWN, 250, "nobody's here: to the network side")  \
    PIPELINE_TABLE(PLACES, 251, "learned: behind which network port?")  \
    PIPELINE_TABLE(AWAY, 252, "to that network port, or all of them")   \
    PIPELINE_TABLE(SPREAD, 253, "to this network port, if it is in the VLAN")

enum pipeline_table {
#define PIPELINE_TABLE(ENUM, NUMBER, WHAT) TABLE_##ENUM = NUMBER,
    PIPELINE_TABLES
#undef PIPELINE_TABLE
};

const char *pipeline_table_to_string(uint8_t table_id);
const char *pipeline_table_purpose(uint8_t table_id);
uint8_t pipeline_table_today(uint8_t table_id);

/* Bits of register 0.  Zero, for a frame from a guest or the host, costs no
 * action. */
#define REG0_FROM_NETWORK_BIT 0     /* In by a port of the network side. */
#define REG0_PENDING_BIT 1          /* From a guest without its address. */
#define REG0_ISOLATED_BIT 2         /* From a guest that is isolated. */
#define REG0_NULL_TAG_BIT 3         /* Came with a tag that said nothing. */
#define REG0_NO_VLAN_BIT 4          /* From a guest, in no VLAN by itself... */
#define REG0_SECOND_TAG_BIT 5       /* ...but with another tag inside. */
#define REG0_UNTAGGED_BIT 6         /* Came without the tag that it has. */
#define REG0_REMOTE_BIT 7           /* In by a tunnel to another host. */
#define REG0_GUARDS_BIT 8           /* First of those of "enum guard". */
#define REG0_STOP_BIT 16            /* First of a number: why it is stopped. */
#define REG0_STOP_MASK 7u
#define REG0_OFFENCE_BIT 20         /* Is shown because it is stopped. */
#define REG0_APART_BIT 21           /* From a network port kept apart. */
#define REG0_PUSHED_BIT 22          /* From a dot1q-tunnel port. */

/* Of a frame on its way to a port that keeps priorities, and is a dot1q-tunnel
 * or has a filter: the one of the tag that is taken off, whether the VLAN of
 * the customer is still to be looked at, and whether the tag is off. */
#define PIPELINE_PRIORITY_REG 1
#define PIPELINE_CHOOSE_BIT 3
#define PIPELINE_POPPED_BIT 4

/* How much is shown of a frame that a guard stops. */
#define PIPELINE_OFFENCE_LEN 96

/* Where a flow of PLACES says which network port an address is behind, and one
 * of FORWARD by which of several ports that share it a guest is there.  On the
 * way to BUCKETS, the bucket. */
#define PIPELINE_PLACE_REG 2

/* In that register: is it for the bond as for each network port? */
#define PIPELINE_EACH_BIT 16

/* A bit of a register that nobody ever sets.  All flows of ADMIT match on it:
 * table 0 is where other programs have flows as well, and none of theirs does,
 * so that none can have the match of one of ours and be replaced by it.  The
 * datapath knows no registers, and its flows are no narrower. */
#define PIPELINE_OURS_REG 15
#define PIPELINE_OURS_BIT 0

/* Where a frame from a guest of a community has that: registers 4 to 7. */
#define PIPELINE_COMMUNITY_XXREG 1

/* Ways in which a guest announces itself: see pipeline_match_announcement().
 * The first few say it to others, so that a guest that is waiting for its
 * address may send them; the rest says it to who listens for it. */
#define PIPELINE_N_CALLS 3
#define PIPELINE_N_ANNOUNCEMENTS 11

/* Ways in which it answers who asks: see pipeline_match_answer(). */
#define PIPELINE_N_ANSWERS 2

/* Priorities in each table.  In ADMIT, vswitchd itself keeps a NORMAL flow of
 * priority 0 if the fail mode is standalone, so the least here is 1.  What is
 * about a port is above 100, which OpenNebula's flows for each network card
 * have: these lead to NORMAL, by which a guest reaches no other guest. */
enum {
    PRIORITY_ADMIT_DROP = 1,
    PRIORITY_ADMIT_DROP_PORT = 101,
    PRIORITY_ADMIT_TAGGED = 105,
    PRIORITY_ADMIT_UNTAGGED = 110,
    PRIORITY_ADMIT_PRIORITY_TAG = 115,
    PRIORITY_ADMIT_NULL_TAG = 120,
    PRIORITY_ADMIT_MULTICAST = 130,

    PRIORITY_ADMIT_MULTICAST_SOURCE = 210,

    PRIORITY_LEARN = 1,
    PRIORITY_LEARN_MULTICAST = 100,
    PRIORITY_LEARN_ZERO = 110,

    PRIORITY_FILTER = 1000,             /* More by one for each entry. */

    PRIORITY_GUARD_PASS = 1,
    PRIORITY_GUARD_DROP = 2,
    PRIORITY_GUARD_SHOW = 50,
    PRIORITY_GUARD_IGNORE = 60,
    PRIORITY_GUARD_OWN = 100,

    PRIORITY_PROTOCOL_PASS = 1,
    PRIORITY_PROTOCOL_OTHER = 20,
    PRIORITY_PROTOCOL_LISTED = 30,
    PRIORITY_PROTOCOL_KNOWN = 50,
    PRIORITY_PROTOCOL_STOP = 150,
    PRIORITY_PROTOCOL_OPAQUE = 200,

    PRIORITY_ADDRESS_PASS = 1,
    PRIORITY_ADDRESS_STOP = 10,
    PRIORITY_ADDRESS_ARP = 20,
    PRIORITY_ADDRESS_OWN = 100,
    PRIORITY_ADDRESS_PROBE = 110,
    PRIORITY_ADDRESS_NONE = 120,
    PRIORITY_ADDRESS_NO_DAD = 130,
    PRIORITY_ADDRESS_DAD = 140,

    PRIORITY_NEIGHBOR_PASS = 1,
    PRIORITY_NEIGHBOR_STOP = 50,
    PRIORITY_NEIGHBOR_OWN = 100,

    PRIORITY_LINK_STOP = 1,
    PRIORITY_LINK_NONE = 50,
    PRIORITY_LINK_OWN = 100,

    PRIORITY_STOPPED = 1,
    PRIORITY_STOPPED_PORT = 100,

    PRIORITY_REFLECT_PASS = 1,
    PRIORITY_REFLECT_MAC = 100,

    PRIORITY_SOURCE_PASS = 1,
    PRIORITY_SOURCE_ZERO = 2,
    PRIORITY_SOURCE_OTHERS = 40,        /* Less by one for each. */
    PRIORITY_SOURCE_FORGE = 45,
    PRIORITY_SOURCE_FOLLOW = 50,
    PRIORITY_SOURCE_USE = 60,
    PRIORITY_SOURCE_REMOTE = 70,
    PRIORITY_SOURCE_PENDING = 100,
    PRIORITY_SOURCE_ANNOUNCEMENT = 110,
    PRIORITY_SOURCE_ZERO_ANNOUNCEMENT = 115,
    PRIORITY_SOURCE_SECOND_TAG = 120,

    PRIORITY_ANNOUNCE_OTHERS = 1,
    PRIORITY_ANNOUNCE_PASS = 40,
    PRIORITY_ANNOUNCE_FORGED = 45,
    PRIORITY_ANNOUNCE_MAY = 48,
    PRIORITY_ANNOUNCE_SHOW = 50,
    PRIORITY_ANNOUNCE_IGNORE = 60,
    PRIORITY_ANNOUNCE_KNOWN = 100,
    PRIORITY_ANNOUNCE_TAKE = 105,
    PRIORITY_ANNOUNCE_ZERO = 110,

    PRIORITY_FORWARD_UNKNOWN = 1,
    PRIORITY_FORWARD_FOLLOWED = 90,
    PRIORITY_FORWARD_MAC = 100,
    PRIORITY_FORWARD_BACKED = 105,
    PRIORITY_FORWARD_ISOLATED = 110,
    PRIORITY_FORWARD_COMMUNITY = 112,
    PRIORITY_FORWARD_FLOOD = 115,
    PRIORITY_FORWARD_RESERVED = 120,
    PRIORITY_FORWARD_MULTICAST = 150,
    PRIORITY_FORWARD_SHARED = 152,
    PRIORITY_FORWARD_STORM = 155,
    PRIORITY_FORWARD_BPDU = 160,

    PRIORITY_SHARED = 100,

    PRIORITY_MULTICAST_PASS = 1,
    PRIORITY_MULTICAST_RESERVED = 50,
    PRIORITY_MULTICAST_BPDU = 60,
    PRIORITY_MULTICAST_OTHERS = 200,    /* Less by one for each. */
    PRIORITY_MULTICAST_OWNER = 300,
    PRIORITY_MULTICAST_OWN = 310,
    PRIORITY_MULTICAST_ASKED = 320,
    PRIORITY_MULTICAST_SHARED = 400,

    /* More by one for each halving of the block: longest prefix first. */
    PRIORITY_FLOOD_NONE = 1,
    PRIORITY_FLOOD_BLOCK = 100,
    PRIORITY_FLOOD_ISOLATED = 120,

    PRIORITY_COMMUNITY_OPEN = 100,
    PRIORITY_COMMUNITY_OWN = 110,

    PRIORITY_EGRESS = 100,
    PRIORITY_EGRESS_TAGGED = 105,
    PRIORITY_EGRESS_NULL_TAG = 110,
    PRIORITY_EGRESS_PUSHED = 120,
    PRIORITY_EGRESS_CHOOSE = 130,
    PRIORITY_EGRESS_CVLANS = 140,
    PRIORITY_EGRESS_POP = 150,

    PRIORITY_UNKNOWN_DROP = 1,
    PRIORITY_UNKNOWN_OUTPUT = 100,
    PRIORITY_UNKNOWN_APART = 105,
    PRIORITY_UNKNOWN_MULTICAST = 110,
    PRIORITY_UNKNOWN_UNICAST = 120,
    PRIORITY_UNKNOWN_UNICAST_BARE = 130,
    PRIORITY_UNKNOWN_FLOOD = 140,
    PRIORITY_UNKNOWN_FROM_NETWORK = 200,
    PRIORITY_UNKNOWN_UNTAGGED = 210,

    PRIORITY_PLACES = 100,
    PRIORITY_PLACES_STATIC = 110,
    PRIORITY_AWAY_ALL = 1,
    PRIORITY_AWAY_APART = 2,
    PRIORITY_AWAY_PORT = 100,
    PRIORITY_AWAY_BARE = 103,
    PRIORITY_AWAY_EACH = 105,
    PRIORITY_AWAY_PORT_APART = 110,
    PRIORITY_AWAY_BACK = 120,
    PRIORITY_SPREAD = 100,
    PRIORITY_SPREAD_MULTICAST = 110,

    PRIORITY_MEMBERS = 100,
    PRIORITY_BUCKETS = 100,
};

/* Cookies: magic 16 bits | kind 8 | reserved 8 | CRC-32C of the origin 32.
 *
 * A cookie has no generation in it, so that after a restart the flows that are
 * already there are found equal to those that should be. */
#define COOKIE_MAGIC UINT64_C(0x56e7)
#define COOKIE_MASK UINT64_C(0xffff000000000000)
#define COOKIE_KIND_SHIFT 40

#define COOKIE_KINDS                            \
    COOKIE_KIND(BRIDGE, "bridge")               \
    COOKIE_KIND(PORT, "port")                   \
    COOKIE_KIND(FLOOD, "flood")                 \
    COOKIE_KIND(LEARNED, "learned")

enum cookie_kind {
    COOKIE_NONE,
#define COOKIE_KIND(ENUM, NAME) COOKIE_##ENUM,
    COOKIE_KINDS
#undef COOKIE_KIND
};

/* Which of a switch's connections frames are shown to that are for us to see;
 * others have 0, or another number of their own choice. */
#define PIPELINE_CONTROLLER_ID 0x56e7

ovs_be64 pipeline_cookie(enum cookie_kind, const char *origin);
bool pipeline_cookie_is_ours(ovs_be64);
enum cookie_kind pipeline_cookie_kind(ovs_be64);
uint32_t pipeline_cookie_hash(ovs_be64);
bool pipeline_is_learned(uint8_t table_id, ovs_be64 cookie);
struct ofpbuf *pipeline_ask_flows(uint8_t table_id, bool ours);

/* Groups carry no cookie: ours are those in a range of numbers.  A FLOOD group
 * holds a bucket for each port that receives the broadcasts of one block of
 * VLANs, numbered by OpenFlow port.
 *
 * A group description over 64 kB cannot be read back, so the ports of a block
 * are spread over groups by port number, PIPELINE_SHARD_PORTS to each.  That
 * makes a port's group a function of the port alone: plugging one never moves
 * another.  Guests that are isolated are in groups of their own, which what
 * comes from one of them is not sent to. */
#define GROUP_MAGIC UINT32_C(0x56e00000)
#define GROUP_MASK UINT32_C(0xffe00000)
#define GROUP_ISOLATED UINT32_C(0x00100000)
#define PIPELINE_SHARD_PORTS 512    /* 128 bytes for each bucket. */
#define PIPELINE_SHARDS 128         /* OFPP_MAX is 0xff00. */

uint32_t pipeline_flood_group(const struct vlan_block *, ofp_port_t,
                              bool isolated);
bool pipeline_group_is_ours(uint32_t group_id);
bool pipeline_group_is_sound(uint32_t group_id);
struct vlan_block pipeline_group_block(uint32_t group_id);
unsigned int pipeline_group_shard(uint32_t group_id);
bool pipeline_group_is_isolated(uint32_t group_id);

/* Pieces of matches and actions that several compile-*.c need. */
extern const struct eth_addr pipeline_multicast_bit;
void pipeline_match_block(struct match *, const struct vlan_block *);
bool pipeline_match_get_block(const struct match *, struct vlan_block *);
void pipeline_put_goto(struct ofpbuf *ofpacts, enum pipeline_table);
void pipeline_put_output(struct ofpbuf *ofpacts, ofp_port_t);
void pipeline_put_meter(struct ofpbuf *ofpacts, uint32_t meter_id);
void pipeline_put_move(struct ofpbuf *, struct mf_subfield src,
                       struct mf_subfield dst);
void pipeline_put_group(struct ofpbuf *ofpacts, uint32_t group_id);
void pipeline_put_vlan(struct ofpbuf *ofpacts, uint16_t vid);
void pipeline_put_push(struct ofpbuf *ofpacts, uint16_t tpid, uint16_t vid);
void pipeline_put_lookup(struct ofpbuf *ofpacts, ofp_port_t,
                         enum pipeline_table);
void pipeline_put_retag(struct ofpbuf *ofpacts, uint16_t vid);
void pipeline_put_untag(struct ofpbuf *ofpacts, uint16_t vid);
void pipeline_put_null_tag(struct ofpbuf *ofpacts);
void pipeline_put_had_null_tag(struct ofpbuf *ofpacts);
void pipeline_match_had_null_tag(struct match *);
void pipeline_put_from_network(struct ofpbuf *ofpacts);
void pipeline_put_pending(struct ofpbuf *ofpacts);
void pipeline_put_no_vlan(struct ofpbuf *ofpacts);
void pipeline_match_pending(struct match *);
void pipeline_match_no_vlan(struct match *);
void pipeline_match_second_tag(struct match *);
uint32_t pipeline_guard_mark(unsigned int guard);
void pipeline_put_marks(struct ofpbuf *ofpacts, uint32_t marks);
void pipeline_put_untagged(struct ofpbuf *ofpacts);
void pipeline_match_untagged(struct match *, bool untagged);
void pipeline_put_stop(struct ofpbuf *ofpacts, unsigned int stop);
void pipeline_match_stop(struct match *, unsigned int stop);
unsigned int pipeline_match_get_stop(const struct match *);
void pipeline_put_isolated(struct ofpbuf *ofpacts);
void pipeline_match_isolated(struct match *);
void pipeline_put_community(struct ofpbuf *, const struct community *);
void pipeline_match_community(struct match *, const struct community *);
struct community pipeline_get_community(const struct ofpact *,
                                        size_t ofpacts_len);
void pipeline_match_from_network(struct match *);
uint32_t pipeline_get_marks(const struct ofpact *, size_t ofpacts_len);
void pipeline_put_show(struct ofpbuf *ofpacts);
void pipeline_put_show_tagged(struct ofpbuf *ofpacts);
void pipeline_put_show_part(struct ofpbuf *ofpacts, uint16_t max_len);
void pipeline_match_announcement(struct match *, size_t i);
void pipeline_match_nd(struct match *, uint8_t type);
void pipeline_match_answer(struct match *, size_t i);
void pipeline_match_ours(struct match *);
void pipeline_match_multicast(struct match *);
void pipeline_match_unicast(struct match *match);
void pipeline_match_multicast_source(struct match *);
void pipeline_put_learn(struct ofpbuf *ofpacts);
void pipeline_put_place(struct ofpbuf *ofpacts, ofp_port_t, int bare_vid,
                        bool pushes);
void pipeline_put_normal(struct ofpbuf *ofpacts);

#endif /* lib/openflow/pipeline.h */
