/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/announce.h"

#include <stdlib.h>

#include "dp-packet.h"
#include "lib/base/vlan-set.h"
#include "lib/model/mac-table.h"
#include "lib/openflow/pipeline.h"
#include "openvswitch/list.h"
#include "openvswitch/match.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofp-packet.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"

/* Returns the OpenFlow 1.5 message by which 'mac' is announced in VLAN 'vid',
 * 0 for untagged: to the network side, as if a guest had sent it. */
static struct ofpbuf *
encode(struct eth_addr mac, uint16_t vid)
{
    struct ofpact_resubmit *resubmit;
    struct dp_packet packet;
    struct ofpbuf ofpacts;

    dp_packet_init(&packet, 0);
    compose_rarp(&packet, mac);
    if (vid) {
        eth_push_vlan(&packet, htons(ETH_TYPE_VLAN), htons(vid));
    }

    ofpbuf_init(&ofpacts, 0);
    resubmit = ofpact_put_RESUBMIT(&ofpacts);
    resubmit->in_port = OFPP_IN_PORT;
    resubmit->table_id = TABLE_UNKNOWN;

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

static size_t
announce_claim(struct eth_addr mac, const struct mac_claim *claim,
               struct ovs_list *msgs)
{
    size_t left = vlan_set_count(&claim->won);
    size_t n = 0;

    left = left <= ANNOUNCE_MAX_VLANS ? left : 1;
    for (uint16_t vid = 0; n < left; vid++) {
        if (vlan_set_contains(&claim->won, vid)) {
            ovs_list_push_back(msgs, &encode(mac, vid)->list_node);
            n++;
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
        for (size_t j = 0; j < entries[i]->n_claims; j++) {
            if (entries[i]->claims[j].kind != CLAIM_OUTSIDE) {
                n += announce_claim(entries[i]->mac, &entries[i]->claims[j],
                                    msgs);
            }
        }
    }
    free(entries);
    return n;
}
