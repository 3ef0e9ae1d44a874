/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/switch-read.h"

#include <errno.h>
#include <stdlib.h>

#include "byte-order.h"
#include "dirs.h"
#include "lib/openflow/flow-dump.h"
#include "lib/openflow/oflow.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofp-group.h"
#include "openvswitch/ofp-meter.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-switch.h"
#include "openvswitch/ofp-util.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vconn.h"
#include "socket-util.h"
#include "timeval.h"
#include "util.h"

/* For how long a switch may say nothing: in milliseconds. */
#define PATIENCE 10000

/* Messages that one call takes in at most. */
#define MAX_RECV 500

struct switch_read {
    struct vconn *vconn;        /* Null once it is over. */
    bool connected;
    struct ovs_list to_send;    /* Contains "struct ofpbuf"s. */
    ovs_be32 barrier_xid;
    long long int give_up;      /* In time_msec() terms. */
    char *error;
    struct flow_dump dump;
    struct ofputil_switch_config config;
};

static void
finish(struct switch_read *sr, const char *error)
{
    vconn_close(sr->vconn);
    sr->vconn = NULL;
    sr->error = nullable_xstrdup(error);
}

/* Starts to read bridge 'bridge'.  The caller must call switch_read_run()
 * until it is over, and then destroy it. */
struct switch_read *
switch_read_create(const char *bridge)
{
    struct switch_read *sr = xzalloc(sizeof *sr);
    char *target = xasprintf("unix:%s/%s.mgmt", ovs_rundir(), bridge);
    struct ofputil_flow_stats_request fsr = {
        .match = MATCH_CATCHALL_INITIALIZER,
        .out_port = OFPP_ANY,
        .out_group = OFPG_ANY,
        .table_id = OFPTT_ALL,
    };
    struct ofpbuf *msgs[] = {
        ofputil_encode_flow_stats_request(&fsr, OFPUTIL_P_OF15_OXM),
        ofputil_encode_group_desc_request(OFP15_VERSION, OFPG_ALL),
        ofputil_encode_meter_request(OFP15_VERSION, OFPUTIL_METER_CONFIG,
                                     OFPM13_ALL),
        ofputil_encode_meter_request(OFP15_VERSION, OFPUTIL_METER_STATS,
                                     OFPM13_ALL),
        ofpraw_alloc(OFPRAW_OFPT_GET_CONFIG_REQUEST, OFP15_VERSION, 0),
        ofputil_encode_barrier_request(OFP15_VERSION),
    };
    int error = vconn_open(target, 1u << OFP15_VERSION, DSCP_DEFAULT,
                           &sr->vconn);

    ovs_list_init(&sr->to_send);
    for (size_t i = 0; i < ARRAY_SIZE(msgs); i++) {
        sr->barrier_xid = ((const struct ofp_header *) msgs[i]->data)->xid;
        ovs_list_push_back(&sr->to_send, &msgs[i]->list_node);
    }
    sr->dump.has_flows = sr->dump.has_groups = true;
    sr->dump.has_meters = true;
    sr->give_up = time_msec() + PATIENCE;
    if (error) {
        sr->vconn = NULL;
        finish(sr, ovs_strerror(error));
    }
    free(target);
    return sr;
}

/* Frees 'sr', which may be null. */
void
switch_read_destroy(struct switch_read *sr)
{
    if (sr) {
        vconn_close(sr->vconn);
        ofpbuf_list_delete(&sr->to_send);
        flow_dump_uninit(&sr->dump);
        free(sr->error);
        free(sr);
    }
}

static void
take_flows(struct switch_read *sr, const struct ofp_header *oh)
{
    struct ofpbuf b = ofpbuf_const_initializer(oh, ntohs(oh->length));
    struct flow_dump *dump = &sr->dump;
    struct ofputil_flow_stats fs;
    struct ofpbuf ofpacts;

    ofpbuf_init(&ofpacts, 0);
    while (!ofputil_decode_flow_stats_reply(&fs, &b, true, &ofpacts)) {
        struct ofpbuf a = ofpbuf_const_initializer(fs.ofpacts,
                                                   fs.ofpacts_len);

        if (dump->n_flows >= dump->allocated_flows) {
            dump->flows = x2nrealloc(dump->flows, &dump->allocated_flows,
                                     sizeof *dump->flows);
        }
        dump->flows[dump->n_flows++] = (struct dump_flow) {
            .flow = oflow_create(fs.table_id, fs.priority, &fs.match,
                                 fs.cookie, &a),
            .has_stats = fs.packet_count != UINT64_MAX,
            .n_packets = fs.packet_count,
            .n_bytes = fs.byte_count,
        };
    }
    ofpbuf_uninit(&ofpacts);
}

static void
take_groups(struct switch_read *sr, const struct ofp_header *oh)
{
    struct ofpbuf b = ofpbuf_const_initializer(oh, ntohs(oh->length));
    struct flow_dump *dump = &sr->dump;
    struct ofputil_group_desc gd;

    while (!ofputil_decode_group_desc_reply(&gd, &b, oh->version)) {
        const struct ofputil_bucket *bucket;
        struct dump_group *dg;

        if (dump->n_groups >= dump->allocated_groups) {
            dump->groups = x2nrealloc(dump->groups, &dump->allocated_groups,
                                      sizeof *dump->groups);
        }
        dg = &dump->groups[dump->n_groups++];
        *dg = (struct dump_group) {
            .group_id = gd.group_id,
            .alien = !obuckets_are_plain(gd.type, &gd.buckets),
            .buckets = xcalloc(MAX(1, ovs_list_size(&gd.buckets)),
                               sizeof *dg->buckets),
        };
        LIST_FOR_EACH (bucket, list_node, &gd.buckets) {
            struct ofpbuf a = ofpbuf_const_initializer(bucket->ofpacts,
                                                       bucket->ofpacts_len);

            dg->buckets[dg->n_buckets++] = obucket_create(
                gd.group_id, bucket->bucket_id, htonll(0), &a);
        }
        ofputil_uninit_group_desc(&gd);
    }
}

static void
take_meter_stats(struct switch_read *sr, const struct ofp_header *oh)
{
    struct ofpbuf b = ofpbuf_const_initializer(oh, ntohs(oh->length));
    struct flow_dump *dump = &sr->dump;
    struct ofputil_meter_stats ms;
    struct ofpbuf bands;

    ofpbuf_init(&bands, 0);
    while (!ofputil_decode_meter_stats(&b, &ms, &bands)) {
        uint64_t n_dropped = 0;

        for (size_t i = 0; i < ms.n_bands; i++) {
            n_dropped += ms.bands[i].packet_count;
        }
        if (!ometer_id_is_ours(ms.meter_id)) {
            continue;
        }
        if (dump->n_meter_stats >= dump->allocated_meter_stats) {
            dump->meter_stats = x2nrealloc(dump->meter_stats,
                                           &dump->allocated_meter_stats,
                                           sizeof *dump->meter_stats);
        }
        dump->meter_stats[dump->n_meter_stats++] = (struct meter_stats) {
            .meter_id = ms.meter_id,
            .n_dropped = n_dropped,
        };
    }
    ofpbuf_uninit(&bands);
}

static void
take_message(struct switch_read *sr, const struct ofpbuf *msg)
{
    const struct ofp_header *oh = msg->data;
    enum ofptype type;

    if (ofptype_decode(&type, oh)) {
        return;
    }
    switch ((int) type) {
    case OFPTYPE_FLOW_STATS_REPLY:
        take_flows(sr, oh);
        break;

    case OFPTYPE_GROUP_DESC_STATS_REPLY:
        take_groups(sr, oh);
        break;

    case OFPTYPE_METER_CONFIG_STATS_REPLY:
        ometers_put_reply(&sr->dump.meters, oh);
        break;

    case OFPTYPE_METER_STATS_REPLY:
        take_meter_stats(sr, oh);
        break;

    case OFPTYPE_GET_CONFIG_REPLY:
        ofputil_decode_get_config_reply(oh, &sr->config);
        break;

    case OFPTYPE_BARRIER_REPLY:
        if (oh->xid == sr->barrier_xid) {
            finish(sr, NULL);
        }
        break;

    case OFPTYPE_ERROR:
        finish(sr, ofperr_to_string(ofperr_decode_msg(oh, NULL)));
        break;

    default:
        break;
    }
}

/* Sends and receives what can be without waiting. */
void
switch_read_run(struct switch_read *sr)
{
    if (!sr->vconn) {
        return;
    }
    vconn_run(sr->vconn);
    if (!sr->connected) {
        int error = vconn_connect(sr->vconn);

        sr->connected = !error;
        if (error && error != EAGAIN) {
            finish(sr, ovs_strerror(error));
            return;
        }
    }
    while (sr->connected && !ovs_list_is_empty(&sr->to_send)) {
        struct ofpbuf *msg = ofpbuf_from_list(ovs_list_front(&sr->to_send));

        /* vconn_send() takes the message over if it succeeds. */
        ovs_list_remove(&msg->list_node);
        int error = vconn_send(sr->vconn, msg);
        if (error) {
            ovs_list_push_front(&sr->to_send, &msg->list_node);
            if (error != EAGAIN) {
                finish(sr, ovs_strerror(error));
            }
            break;
        }
    }
    for (int i = 0; i < MAX_RECV && sr->vconn && sr->connected; i++) {
        struct ofpbuf *msg;
        int error = vconn_recv(sr->vconn, &msg);

        if (error == EAGAIN) {
            break;
        } else if (error) {
            finish(sr, ovs_retval_to_string(error));
        } else {
            sr->give_up = time_msec() + PATIENCE;
            take_message(sr, msg);
            ofpbuf_delete(msg);
        }
    }
    if (sr->vconn && time_msec() >= sr->give_up) {
        finish(sr, "the switch does not answer");
    }
}

/* Arranges for poll_block() to wake up when switch_read_run() has something to
 * do. */
void
switch_read_wait(struct switch_read *sr)
{
    if (sr->vconn) {
        vconn_run_wait(sr->vconn);
        if (!sr->connected) {
            vconn_connect_wait(sr->vconn);
        } else {
            vconn_recv_wait(sr->vconn);
            if (!ovs_list_is_empty(&sr->to_send)) {
                vconn_send_wait(sr->vconn);
            }
        }
        poll_timer_wait_until(sr->give_up);
    } else {
        poll_immediate_wake();
    }
}

bool
switch_read_is_done(const struct switch_read *sr)
{
    return !sr->vconn;
}

/* Returns why the switch could not be read, or null. */
const char *
switch_read_error(const struct switch_read *sr)
{
    return sr->error;
}

/* Does the switch show flows the ports of a packet's first fragment, as guards
 * need it? */
bool
switch_read_first_ports(const struct switch_read *sr)
{
    return sr->config.frag == OFPUTIL_FRAG_NX_MATCH;
}

const struct flow_dump *
switch_read_dump(const struct switch_read *sr)
{
    return &sr->dump;
}
