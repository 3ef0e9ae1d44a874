/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/model/mac-table.h"
#include "lib/model/network-side.h"
#include "lib/openflow/announce.h"
#include "lib/openflow/pipeline.h"
#include "openvswitch/list.h"
#include "openvswitch/match.h"
#include "openvswitch/meta-flow.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-packet.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"
#include "util.h"

static const struct eth_addr one = ETH_ADDR_C(52,54,00,00,00,01);
static const struct eth_addr two = ETH_ADDR_C(52,54,00,00,00,02);

static void
ignore_change(const char *port OVS_UNUSED, void *aux OVS_UNUSED)
{
}

/* Has 'port' claim 'mac' in VLANs 'first' to 'last'. */
static void
claim(struct mac_table *table, struct eth_addr mac, const char *port,
      uint16_t first, uint16_t last, bool active)
{
    struct vlan_set vlans;

    vlan_set_init(&vlans);
    vlan_set_add_range(&vlans, first, last);
    mac_table_claim(table, mac, port, CLAIM_ATTACHED, &vlans, active);
    vlan_set_uninit(&vlans);
}

/* Checks that the first of 'msgs' announces 'mac' in VLAN 'vid', 0 for
 * untagged, by 'table', asked about 'port', and frees it. */
static void
check_message_to(struct ovs_list *msgs, struct eth_addr mac, uint16_t vid,
                 enum pipeline_table table, ofp_port_t port)
{
    struct ofputil_packet_out po;
    struct ofpbuf ofpacts, *msg;
    const struct eth_header *eth;
    size_t header = ETH_HEADER_LEN + (vid ? VLAN_HEADER_LEN : 0);

    assert_false(ovs_list_is_empty(msgs));
    msg = ofpbuf_from_list(ovs_list_pop_front(msgs));
    ofpbuf_init(&ofpacts, 0);
    assert_int_equal(ofputil_decode_packet_out(&po, msg->data, NULL,
                                               &ofpacts), 0);
    assert_int_equal(po.flow_metadata.flow.in_port.ofp_port, OFPP_NONE);
    assert_int_equal(po.packet_len, header + ARP_ETH_HEADER_LEN);

    eth = po.packet;
    assert_true(eth_addr_equals(eth->eth_src, mac));
    assert_true(eth_addr_is_broadcast(eth->eth_dst));
    if (vid) {
        const struct vlan_eth_header *veth = po.packet;

        assert_int_equal(ntohs(veth->veth_type), ETH_TYPE_VLAN);
        assert_int_equal(ntohs(veth->veth_tci), vid);
        assert_int_equal(ntohs(veth->veth_next_type), ETH_TYPE_RARP);
    } else {
        assert_int_equal(ntohs(eth->eth_type), ETH_TYPE_RARP);
    }

    assert_int_equal(po.ofpacts->type, OFPACT_RESUBMIT);
    assert_int_equal(ofpact_get_RESUBMIT(po.ofpacts)->table_id, table);
    assert_int_equal(ofpact_get_RESUBMIT(po.ofpacts)->in_port, port);
    ofpbuf_uninit(&ofpacts);
    ofpbuf_delete(msg);
}

static void
check_message(struct ovs_list *msgs, struct eth_addr mac, uint16_t vid)
{
    check_message_to(msgs, mac, vid, TABLE_UNKNOWN, OFPP_IN_PORT);
}

/* Each address is announced in the VLANs in which it has been won, and by
 * nobody who has not won it. */
static void
test_winners(void **state OVS_UNUSED)
{
    struct mac_table table;
    struct ovs_list msgs;

    mac_table_init(&table);
    claim(&table, two, "a", 10, 11, true);
    claim(&table, one, "b", 0, 0, true);
    claim(&table, one, "c", 0, 0, true);
    claim(&table, one, "d", 20, 20, false);
    mac_table_run(&table, ignore_change, NULL);

    assert_int_equal(announce_encode(&table, &msgs), 3);
    check_message(&msgs, one, 0);
    check_message(&msgs, two, 10);
    check_message(&msgs, two, 11);
    assert_true(ovs_list_is_empty(&msgs));
    mac_table_uninit(&table);
}

/* A trunk of all VLANs is not announced 4,096 times. */
static void
test_many_vlans(void **state OVS_UNUSED)
{
    struct mac_table table;
    struct ovs_list msgs;

    mac_table_init(&table);
    claim(&table, one, "a", 0, VLAN_ID_MAX, true);
    claim(&table, two, "b", 100, 100 + ANNOUNCE_MAX_VLANS - 1, true);
    mac_table_run(&table, ignore_change, NULL);

    assert_int_equal(announce_encode(&table, &msgs), 1 + ANNOUNCE_MAX_VLANS);
    check_message(&msgs, one, 0);
    for (uint16_t vid = 100; vid < 100 + ANNOUNCE_MAX_VLANS; vid++) {
        check_message(&msgs, two, vid);
    }
    assert_true(ovs_list_is_empty(&msgs));
    mac_table_uninit(&table);
}

static void
test_nobody(void **state OVS_UNUSED)
{
    struct mac_table table;
    struct ovs_list msgs;

    mac_table_init(&table);
    assert_int_equal(announce_encode(&table, &msgs), 0);
    assert_true(ovs_list_is_empty(&msgs));
    mac_table_uninit(&table);
}

/* Appends to 'replies' a flow by which 'mac' is behind 'place' in VLAN 'vid'. */
static void
reply_place(struct ovs_list *replies, struct eth_addr mac, uint16_t vid,
            uint16_t place)
{
    const union mf_value mask = { .be32 = htonl(UINT16_MAX) };
    const union mf_value value = { .be32 = htonl(place) };
    struct match match = MATCH_CATCHALL_INITIALIZER;
    struct ofputil_flow_stats fs = { .table_id = TABLE_PLACES };
    struct ofpbuf ofpacts;

    ofpbuf_init(&ofpacts, 0);
    ofpact_put_set_field(&ofpacts, mf_from_id(MFF_REG0 + PIPELINE_PLACE_REG),
                         &value, &mask);
    match_set_dl_dst(&match, mac);
    match_set_dl_tci_masked(&match, htons(vid), htons(VLAN_VID_MASK));
    fs.match = match;
    fs.ofpacts = ofpacts.data;
    fs.ofpacts_len = ofpacts.size;
    ofputil_append_flow_stats_reply(&fs, replies, NULL);
    ofpbuf_uninit(&ofpacts);
}

/* A bond is told who is behind other ports, and only one that is not told by
 * LACP. */
static void
test_places(void **state OVS_UNUSED)
{
    struct network_bonds bonds = {
        .bonds = {
            { .members = { { .ofport = OFP_PORT_C(3) } }, .n = 1,
              .way = BOND_WAY_ACTIVE },
            { .members = { { .ofport = OFP_PORT_C(5) } }, .n = 1,
              .way = BOND_WAY_ANY },
        },
        .n = 2,
    };
    struct ovs_list replies, msgs = OVS_LIST_INITIALIZER(&msgs);
    struct ofpbuf *request = announce_ask_places();
    struct ofpbuf *reply;

    ofpmp_init(&replies, request->data);
    reply_place(&replies, one, 0, 3);
    reply_place(&replies, one, 7, 4);
    reply_place(&replies, two, 0, 5);
    reply = ofpbuf_from_list(ovs_list_front(&replies));
    ofpmsg_update_length(reply);

    assert_true(announce_needs_places(&bonds));
    assert_int_equal(announce_places(reply->data, &bonds, &msgs), 2);
    check_message_to(&msgs, one, 7, TABLE_SPREAD, OFP_PORT_C(3));
    check_message_to(&msgs, two, 0, TABLE_SPREAD, OFP_PORT_C(3));
    assert_true(ovs_list_is_empty(&msgs));

    bonds.bonds[0].way = BOND_WAY_ANY;
    assert_false(announce_needs_places(&bonds));
    assert_int_equal(announce_places(reply->data, &bonds, &msgs), 0);
    ofpbuf_list_delete(&replies);
    ofpbuf_delete(request);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_winners),
        cmocka_unit_test(test_many_vlans),
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
