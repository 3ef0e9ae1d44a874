/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/model/mac-table.h"
#include "lib/openflow/announce.h"
#include "lib/openflow/pipeline.h"
#include "openvswitch/list.h"
#include "openvswitch/match.h"
#include "openvswitch/ofp-actions.h"
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
 * untagged, and frees it. */
static void
check_message(struct ovs_list *msgs, struct eth_addr mac, uint16_t vid)
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
    assert_int_equal(ofpact_get_RESUBMIT(po.ofpacts)->table_id,
                     TABLE_UNKNOWN);
    ofpbuf_uninit(&ofpacts);
    ofpbuf_delete(msg);
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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_winners),
        cmocka_unit_test(test_many_vlans),
        cmocka_unit_test(test_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
