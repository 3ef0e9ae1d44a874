/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/ofctrl-switch.h"

#include <errno.h>

#include "byte-order.h"
#include "lib/openflow/foreign.h"
#include "lib/openflow/meter-sync.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "openvswitch/ofp-connection.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofp-group.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-packet.h"
#include "openvswitch/ofp-port.h"
#include "openvswitch/ofp-util.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/vlog.h"
#include "packets.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(ofctrl_switch);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);

static void
push(struct ovs_list *msgs, struct ofpbuf *msg)
{
    ovs_list_push_back(msgs, &msg->list_node);
}

/* Returns the message that makes the connection the one that our flows show
 * frames to. */
static struct ofpbuf *
encode_set_controller_id(void)
{
    struct ofpbuf *msg = ofpraw_alloc(OFPRAW_NXT_SET_CONTROLLER_ID,
                                      OFP15_VERSION, 0);
    struct nx_controller_id *nci = ofpbuf_put_zeros(msg, sizeof *nci);

    nci->controller_id = htons(PIPELINE_CONTROLLER_ID);
    return msg;
}

/* Initializes 'msgs' to what is to be sent first on a new connection: an order
 * to tell us of ports and of what others do to groups, show us the frames that
 * our flows are about, and nothing else. */
void
ofctrl_switch_hello(struct ovs_list *msgs)
{
    struct ofputil_async_cfg async = OFPUTIL_ASYNC_CFG_INIT;

    async.primary[OAM_PORT_STATUS] = (1u << OFPPR_ADD | 1u << OFPPR_DELETE
                                      | 1u << OFPPR_MODIFY);
    async.primary[OAM_PACKET_IN] = 1u << OFPR_ACTION;
    async.primary[OAM_REQUESTFORWARD] = 1u << OFPRFR_GROUP_MOD;
    ovs_list_init(msgs);
    push(msgs, encode_set_controller_id());
    push(msgs, ofputil_encode_set_async_config(&async, (1u << OAM_N_TYPES) - 1,
                                               OFP15_VERSION));
}

/* Appends to 'msgs' requests for flows: those with our cookies, wherever they
 * are, and those of all cookies in our tables.  In others, somebody else may
 * have very many that are no business of ours. */
static void
push_flow_requests(struct ovs_list *msgs)
{
    static const uint8_t tables[] = {
#define PIPELINE_TABLE(ENUM, NUMBER, WHAT) NUMBER,
        PIPELINE_TABLES
#undef PIPELINE_TABLE
    };

    push(msgs, pipeline_ask_flows(OFPTT_ALL, true));
    for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
        push(msgs, pipeline_ask_flows(tables[i], false));
    }
}

/* Initializes 'msgs' to what is to be sent once the switch tells us of ports:
 * requests for all ports, for flows, for groups and meters, and a barrier
 * last. */
void
ofctrl_switch_readback(struct ovs_list *msgs)
{
    ovs_list_init(msgs);
    push(msgs, ofputil_encode_port_desc_stats_request(OFP15_VERSION,
                                                      OFPP_ANY));
    push_flow_requests(msgs);
    push(msgs, ofputil_encode_group_desc_request(OFP15_VERSION, OFPG_ALL));
    meter_sync_readback(msgs);
    push(msgs, ofputil_encode_barrier_request(OFP15_VERSION));
}

/* Calls 'cb' with 'aux' for each port in 'oh', a port description reply or a
 * port status message. */
void
ofctrl_switch_decode_ports(const struct ofp_header *oh, ofctrl_port_cb *cb,
                           void *aux)
{
    struct ofpbuf b = ofpbuf_const_initializer(oh, ntohs(oh->length));
    enum ofpraw raw = ofpraw_pull_assert(&b);

    if (raw == OFPRAW_OFPT14_PORT_STATUS) {
        struct ofputil_port_status ps;
        enum ofperr error = ofputil_decode_port_status(oh, &ps);

        if (!error) {
            cb(&ps.desc, ps.reason == OFPPR_DELETE, aux);
        } else {
            VLOG_WARN_RL(&rl, "bad port status: %s", ofperr_to_string(error));
        }
    } else {
        struct ofputil_phy_port port;

        while (!ofputil_pull_phy_port(oh->version, &b, &port)) {
            cb(&port, false, aux);
        }
    }
}

/* Returns the VLAN of a frame of 'size' bytes, which begins with 'data', 0 if
 * it is in none, or if that is not seen. */
static uint16_t
frame_vlan(const void *data, size_t size)
{
    const struct vlan_eth_header *eth = data;

    return (size >= VLAN_ETH_HEADER_LEN && eth_type_vlan(eth->veth_type)
            ? vlan_tci_to_vid(eth->veth_tci) : 0);
}

/* Calls 'cb' with 'aux' for the frame in 'oh', a packet-in message, unless it
 * is not for us. */
void
ofctrl_switch_decode_frame(const struct ofp_header *oh, ofctrl_frame_cb *cb,
                           void *aux)
{
    struct ofputil_packet_in pin;
    enum ofperr error = ofputil_decode_packet_in(oh, true, NULL, NULL, &pin,
                                                 NULL, NULL, NULL);

    if (error) {
        VLOG_WARN_RL(&rl, "bad packet-in: %s", ofperr_to_string(error));
    } else if (pipeline_cookie_is_ours(pin.cookie)
               && pin.packet_len >= ETH_HEADER_LEN) {
        const struct eth_header *eth = pin.packet;
        uint32_t marks = pin.flow_metadata.flow.regs[0];
        const struct ofctrl_frame frame = {
            .port = pin.flow_metadata.flow.in_port.ofp_port,
            .src = eth->eth_src,
            .vid = frame_vlan(pin.packet, pin.packet_len),
            .is_offence = (marks & 1u << REG0_OFFENCE_BIT) != 0,
            .stop = pipeline_match_get_stop(&pin.flow_metadata),
            .data = pin.packet,
            .size = pin.packet_len,
        };

        cb(&frame, aux);
    }
}

/* Adds the flows in 'oh', a flow statistics reply, to 'ours' and 'foreign'. */
void
ofctrl_switch_decode_flows(const struct ofp_header *oh,
                           struct oflow_table *ours, struct foreign *foreign)
{
    struct ofpbuf b = ofpbuf_const_initializer(oh, ntohs(oh->length));
    uint64_t stub[1024 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);

    for (;;) {
        struct ofputil_flow_stats fs;
        int error = ofputil_decode_flow_stats_reply(&fs, &b, true, &ofpacts);

        if (error) {
            if (error != EOF) {
                VLOG_WARN_RL(&rl, "bad flow statistics: %s",
                             ofperr_to_string(error));
            }
            break;
        }

        struct ofpbuf a = ofpbuf_const_initializer(fs.ofpacts, fs.ofpacts_len);
        struct oflow *flow = oflow_create(fs.table_id, fs.priority, &fs.match,
                                          fs.cookie, &a);

        flow->since = time_wall() - fs.duration_sec;
        if (pipeline_is_learned(fs.table_id, fs.cookie)) {
            /* Nobody's plan. */
        } else if (pipeline_cookie_is_ours(fs.cookie)) {
            oflow_table_put(ours, flow);
        } else {
            foreign_put(foreign, flow);
        }
        oflow_unref(flow);
    }
    ofpbuf_uninit(&ofpacts);
}

/* Adds the buckets of 'gd', a group with the number of one of ours, to
 * 'table'. */
static void
put_group(struct oflow_table *table, const struct ofputil_group_desc *gd)
{
    const struct ofputil_bucket *bucket;

    if (ovs_list_is_empty(&gd->buckets)
        || !obuckets_are_plain(gd->type, &gd->buckets)) {
        oflow_table_put_alien(table, gd->group_id);
        return;
    }
    LIST_FOR_EACH (bucket, list_node, &gd->buckets) {
        struct ofpbuf a = ofpbuf_const_initializer(bucket->ofpacts,
                                                   bucket->ofpacts_len);
        struct obucket *ob = obucket_create(gd->group_id, bucket->bucket_id,
                                            htonll(0), &a);

        oflow_table_put_bucket(table, ob);
        obucket_unref(ob);
    }
}

/* Adds the buckets of our groups in 'oh', a group description reply, to
 * 'table'. */
void
ofctrl_switch_decode_groups(const struct ofp_header *oh,
                            struct oflow_table *table)
{
    struct ofpbuf b = ofpbuf_const_initializer(oh, ntohs(oh->length));

    for (;;) {
        struct ofputil_group_desc gd;
        int error = ofputil_decode_group_desc_reply(&gd, &b, oh->version);

        if (error) {
            if (error != EOF) {
                VLOG_WARN_RL(&rl, "bad group description: %s",
                             ofperr_to_string(error));
            }
            break;
        }
        if (pipeline_group_is_ours(gd.group_id)) {
            put_group(table, &gd);
        }
        ofputil_uninit_group_desc(&gd);
    }
}
