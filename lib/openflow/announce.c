/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/announce.h"

#include <stdlib.h>

#include "byte-order.h"
#include "dp-packet.h"
#include "flow.h"
#include "lib/base/vlan-set.h"
#include "lib/model/mac-table.h"
#include "lib/model/network-side.h"
#include "lib/openflow/pipeline.h"
#include "openvswitch/list.h"
#include "openvswitch/match.h"
#include "openvswitch/meta-flow.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofp-packet.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"

/* Returns the OpenFlow 1.5 message by which 'mac' is announced in VLAN 'vid',
 * 0 for untagged: to whom 'table' leads, asked about 'port'. */
static struct ofpbuf *
encode(struct eth_addr mac, uint16_t vid, enum pipeline_table table,
       ofp_port_t port)
{
    struct dp_packet packet;
    struct ofpbuf ofpacts;

    dp_packet_init(&packet, 0);
    compose_rarp(&packet, mac);
    if (vid) {
        eth_push_vlan(&packet, htons(ETH_TYPE_VLAN), htons(vid));
    }

    ofpbuf_init(&ofpacts, 0);
    pipeline_put_lookup(&ofpacts, port, table);

    struct ofputil_packet_out po = {
        .packet = dp_packet_data(&packet),
        .packet_len = dp_packet_size(&packet),
        .buffer_id = UINT32_MAX,
        .ofpacts = ofpacts.data,
        .ofpacts_len = ofpacts.size,
    };
    match_init_catchall(&po.flow_metadata);
    match_set_in_port(&po.flow_metadata, OFPP_NONE);

    struct ofpbuf *msg = ofputil_encode_packet_out(&po, OFPUTIL_P_OF15_OXM);
    ofpbuf_uninit(&ofpacts);
    dp_packet_uninit(&packet);
    return msg;
}

static void
push(struct ovs_list *msgs, struct ofpbuf *msg)
{
    ovs_list_push_back(msgs, &msg->list_node);
}

static size_t
announce_claim(struct eth_addr mac, const struct mac_claim *claim,
               struct ovs_list *msgs)
{
    size_t left = vlan_set_count(&claim->won);
    size_t n = 0;

    left = left <= ANNOUNCE_MAX_VLANS ? left : 1;
    for (uint16_t vid = 0; n < left; vid++) {
        if (vlan_set_contains(&claim->won, vid)) {
            push(msgs, encode(mac, vid, TABLE_UNKNOWN, OFPP_IN_PORT));
            n++;
        }
    }
    return n;
}

/* Appends to 'msgs' those that announce the address of 'entry', and returns
 * how many these are. */
static size_t
announce_entry(const struct mac_entry *entry, struct ovs_list *msgs)
{
    size_t n = 0;

    for (size_t i = 0; i < entry->n_claims; i++) {
        if (entry->claims[i].kind != CLAIM_OUTSIDE) {
            n += announce_claim(entry->mac, &entry->claims[i], msgs);
        }
    }
    return n;
}

/* Initializes 'msgs' as a list of "struct ofpbuf"s, which the caller must send
 * or free: OpenFlow 1.5 messages that announce to the network side, by RARP,
 * all addresses that ports have won in 'table'.  Returns how many there
 * are. */
size_t
announce_encode(const struct mac_table *table, struct ovs_list *msgs)
{
    const struct mac_entry **entries = mac_table_sort(table);
    size_t n = 0;

    ovs_list_init(msgs);
    for (size_t i = 0; entries[i]; i++) {
        n += announce_entry(entries[i], msgs);
    }
    free(entries);
    return n;
}

/* The same for 'mac' alone, appended to 'msgs'. */
void
announce_encode_mac(const struct mac_table *table, struct eth_addr mac,
                    struct ovs_list *msgs)
{
    const struct mac_entry *entry = mac_table_find(table, mac);

    if (entry) {
        announce_entry(entry, msgs);
    }
}

/* Is any of 'bonds' one behind which the addresses of the rest of the network
 * side are to be announced? */
bool
announce_needs_places(const struct network_bonds *bonds)
{
    for (size_t i = 0; i < bonds->n; i++) {
        if (bonds->bonds[i].way == BOND_WAY_ACTIVE) {
            return true;
        }
    }
    return false;
}

/* Returns the OpenFlow 1.5 message that asks the switch for all that it has
 * learned of the network side. */
struct ofpbuf *
announce_ask_places(void)
{
    return pipeline_ask_flows(TABLE_PLACES, true);
}

/* Returns where 'fs', a flow of PLACES, says that an address is. */
static ofp_port_t
get_place(const struct ofputil_flow_stats *fs)
{
    const struct ofpact *a;

    OFPACT_FOR_EACH (a, fs->ofpacts, fs->ofpacts_len) {
        if (a->type == OFPACT_SET_FIELD) {
            const struct ofpact_set_field *sf = ofpact_get_SET_FIELD(a);

            if (sf->field->id == MFF_REG0 + PIPELINE_PLACE_REG) {
                return u16_to_ofp(ntohl(sf->value->be32) & UINT16_MAX);
            }
        }
    }
    return OFPP_NONE;
}

/* Adds to 'msgs' OpenFlow 1.5 messages that announce, by each of 'bonds' that
 * asks for it, the addresses that the flows in 'oh', a reply to
 * announce_ask_places(), say to be elsewhere.  Returns how many. */
size_t
announce_places(const struct ofp_header *oh, const struct network_bonds *bonds,
                struct ovs_list *msgs)
{
    struct ofpbuf b = ofpbuf_const_initializer(oh, ntohs(oh->length));
    uint64_t stub[256 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct ofputil_flow_stats fs;
    size_t n = 0;

    while (!ofputil_decode_flow_stats_reply(&fs, &b, false, &ofpacts)) {
        const struct flow *flow = &fs.match.flow;

        for (size_t i = 0; i < bonds->n; i++) {
            const struct network_bond *bond = &bonds->bonds[i];
            ofp_port_t place = bond->members[0].ofport;

            if (bond->way == BOND_WAY_ACTIVE && get_place(&fs) != place) {
                push(msgs, encode(flow->dl_dst,
                                  vlan_tci_to_vid(flow->vlans[0].tci),
                                  TABLE_SPREAD, place));
                n++;
            }
        }
    }
    ofpbuf_uninit(&ofpacts);
    return n;
}
