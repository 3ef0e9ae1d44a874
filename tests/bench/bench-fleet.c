/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "bench.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "jsonrpc.h"
#include "lib/base/ovs-compat.h"
#include "lib/openflow/pipeline.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "openvswitch/match.h"
#include "openvswitch/ofp-errors.h"
#include "openvswitch/ofp-monitor.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-util.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vconn.h"
#include "packets.h"
#include "timeval.h"

/* A fleet: hosts that are nothing but rows and replicas, and how long it takes
 * from a plug on one host to the flow on another. */

/* How often a host says that it is there. */
#define SEEN_MSEC 5000

/* A host that does nothing but to hold a replica, and to say that it is
 * there. */
struct replay {
    struct jsonrpc *rpc;
    char *name;
    long long int next;
};

static struct json *
transact(struct jsonrpc *rpc, const struct ds *ops)
{
    char *s = xasprintf("[\"Virtnet_Fleet\",%s]", ds_cstr_ro(ops));
    struct json *params = json_from_string(s);
    struct json *id, *reply;
    bool error;

    if (params->type == JSON_STRING) {
        ovs_fatal(0, "%s: %s", s, json_string(params));
    }
    free(s);
    id = rpc_send(rpc, "transact", params);
    reply = rpc_recv(rpc, id, &error);
    json_destroy(id);
    for (size_t i = 0; !error && i < json_array_size(reply); i++) {
        const struct json *one = json_array_at(reply, i);

        error = (one->type == JSON_OBJECT
                 && shash_find(json_object(one), "error"));
    }
    if (error) {
        ovs_fatal(0, "the fleet's database: %s", json_to_string(reply, 0));
    }
    return reply;
}

static void
put_port(struct ds *ops, const char *host, unsigned int n)
{
    struct eth_addr mac = guest_mac(n);

    ds_put_format(ops, ",{\"op\":\"insert\",\"table\":\"Port\",\"row\":{"
                  "\"host\":\"%s\",\"interface\":\"g%u\","
                  "\"iface_id\":\"%08x-0000-4000-8000-000000000000\","
                  "\"vm\":\"%08x-0000-4000-8000-000000000001\","
                  "\"network\":\"net0\",\"bridge\":\"br0\","
                  "\"addresses\":\""ETH_ADDR_FMT"\",\"vlans\":\"%d\","
                  "\"state\":\"active\",\"since\":%lld}}",
                  host, n, n, n, ETH_ADDR_ARGS(mac), GUEST_VLAN,
                  (long long int) time(NULL));
}

/* Writes rows of 'replay', the host with 'index', and 'n' guests. */
static void
fill(struct replay *replay, unsigned int index, unsigned int n)
{
    struct ds ops = DS_EMPTY_INITIALIZER;

    ds_put_format(&ops, "{\"op\":\"insert\",\"table\":\"Host\",\"row\":{"
                  "\"name\":\"%s\",\"hostname\":\"%s\",\"version\":\"bench\","
                  "\"tunnel_addresses\":\"10.0.0.%u\",\"last_seen\":%lld}}",
                  replay->name, replay->name, index,
                  (long long int) time(NULL));
    for (unsigned int i = 0; i < n; i++) {
        put_port(&ops, replay->name, (index << 16) + i);
    }
    json_destroy(transact(replay->rpc, &ops));
    ds_destroy(&ops);
}

/* Has the server tell 'replay' of what a member is told of. */
static void
monitor(struct replay *replay)
{
    struct json *params = json_from_string(
        "[\"Virtnet_Fleet\",null,{\"Host\":{},\"Port\":{},"
        "\"Definition\":{}}]");
    struct json *id = rpc_send(replay->rpc, "monitor", params);
    bool error;

    json_destroy(rpc_recv(replay->rpc, id, &error));
    json_destroy(id);
}

static void
say_seen(struct replay *replay)
{
    char *s = xasprintf("[\"Virtnet_Fleet\",{\"op\":\"update\","
                        "\"table\":\"Host\",\"where\":[[\"name\",\"==\","
                        "\"%s\"]],\"row\":{\"last_seen\":%lld}}]",
                        replay->name, (long long int) time(NULL));

    jsonrpc_send(replay->rpc, jsonrpc_create_request(
        "transact", json_from_string(s), NULL));
    free(s);
}

static void
run_replay(struct replay *replay)
{
    struct jsonrpc_msg *msg;

    if (time_msec() >= replay->next) {
        replay->next += SEEN_MSEC;
        say_seen(replay);
    }
    jsonrpc_run(replay->rpc);
    while (!jsonrpc_recv(replay->rpc, &msg)) {
        if (msg->type == JSONRPC_REQUEST) {
            jsonrpc_send(replay->rpc,
                         jsonrpc_create_reply(json_clone(msg->params),
                                              msg->id));
        }
        jsonrpc_msg_destroy(msg);
    }
    if (jsonrpc_get_status(replay->rpc)) {
        ovs_fatal(jsonrpc_get_status(replay->rpc), "the fleet's database");
    }
    jsonrpc_wait(replay->rpc);
    jsonrpc_recv_wait(replay->rpc);
    poll_timer_wait_until(replay->next);
}

/* replay SOCKET FIRST HOSTS GUESTS: is so many hosts of a fleet, from h<FIRST>
 * on, with so many guests each, until it is killed. */
void
cmd_replay(int argc OVS_UNUSED, char *argv[])
{
    unsigned int first = parse_number(argv[1]);
    unsigned int n = parse_number(argv[2]);
    unsigned int n_guests = parse_number(argv[3]);
    struct replay *replays = xcalloc(n, sizeof *replays);

    for (unsigned int i = 0; i < n; i++) {
        replays[i].rpc = rpc_open(argv[0]);
        replays[i].name = xasprintf("h%u", first + i);
        fill(&replays[i], first + i, n_guests);
        monitor(&replays[i]);
        replays[i].next = time_msec() + SEEN_MSEC * i / n;
    }
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        for (unsigned int i = 0; i < n; i++) {
            run_replay(&replays[i]);
        }
        poll_block();
    }
}

/* Flows that say where a guest is: ours are for 'mac', and OVN's, if 'key' is
 * nonzero, have that in register 15. */
struct sought {
    struct eth_addr mac;
    uint32_t key;
};

/* Connects to the switch in 'rundir', and has it tell of flows that come and
 * go in the tables where 'sought' may be. */
static struct vconn *
watch_flows(const char *rundir, const struct sought *sought)
{
    struct ofputil_flow_monitor_request request = {
        .id = 1,
        .command = OFPFMC_ADD,
        .flags = OFPFMF_ADD | OFPFMF_REMOVED,
        .out_port = OFPP_ANY,
        .out_group = OFPG_ANY,
        .table_id = sought->key ? OFPTT_ALL : TABLE_FORWARD,
        .match = MATCH_CATCHALL_INITIALIZER,
    };
    struct ofpbuf *msg = ofpbuf_new(0), *reply;
    struct vconn *vconn = switch_open(rundir);
    int error;

    ofputil_append_flow_monitor_request(&request, msg, OFPUTIL_P_OF15_OXM);
    ofpmsg_update_length(msg);
    error = vconn_transact(vconn, msg, &reply);
    if (error) {
        ovs_fatal(error, "no flow monitor");
    }
    ofpbuf_delete(reply);
    return vconn;
}

/* Does 'msg' say that 'event' has happened to a flow of 'sought'? */
static bool
is_about(struct ofpbuf *msg, const struct sought *sought,
         enum ofp_flow_update_event event)
{
    struct ofpbuf b = ofpbuf_const_initializer(msg->data, msg->size);
    struct ofputil_flow_update update;
    struct ofpbuf ofpacts;
    bool found = false;
    enum ofptype type;

    if (ofptype_decode(&type, msg->data)
        || type != OFPTYPE_FLOW_MONITOR_STATS_REPLY) {
        return false;
    }
    ofpbuf_init(&ofpacts, 0);
    while (!ofputil_decode_flow_update(&update, &b, &ofpacts)) {
        const struct flow *flow = &update.match.flow;

        found |= (update.event == event
                  && (sought->key ? flow->regs[15] == sought->key
                      : eth_addr_equals(flow->dl_dst, sought->mac)));
    }
    ofpbuf_uninit(&ofpacts);
    return found;
}

static void
wait_for_flow(struct vconn *vconn, const struct sought *sought,
              enum ofp_flow_update_event event)
{
    bool found = false;

    while (!found) {
        struct ofpbuf *msg;
        enum ofptype type;
        int error = vconn_recv_block(vconn, &msg);

        if (error) {
            ovs_fatal(error, "the other switch");
        }
        if (!ofptype_decode(&type, msg->data)
            && type == OFPTYPE_ECHO_REQUEST) {
            vconn_send_block(vconn, ofputil_encode_echo_reply(msg->data));
        }
        found = is_about(msg, sought, event);
        ofpbuf_delete(msg);
    }
}

/* How long a measurement may take, in seconds. */
#define LIMIT 600

/* across RUNDIR OTHER-RUNDIR N RUNS MSEC [KEY]: plugs guest N into one switch again
 * and again, MSEC apart, and measures how long it takes until another one has
 * a flow for it: since its port has a number, and since the transaction was
 * sent; and until it has none any more, since the port is gone.  KEY is OVN's
 * for the guest. */
void
cmd_across(int argc, char *argv[])
{
    unsigned int n = parse_number(argv[2]);
    const struct sought sought = {
        .mac = guest_mac(n),
        .key = argc > 5 ? parse_number(argv[5]) : 0,
    };
    struct db *db = db_open(argv[0]);
    struct vconn *other = watch_flows(argv[1], &sought);
    unsigned int n_runs = parse_number(argv[3]);
    unsigned int msec = parse_number(argv[4]);

    for (unsigned int i = 0; i < n_runs; i++) {
        long long int asked = now_usec(), start;

        alarm(LIMIT);
        db_plug(db, BRIDGE, n, 1, NULL);
        start = now_usec();
        wait_for_flow(other, &sought, OFPFME_ADDED);
        print_usec("ours", now_usec() - start);
        print_usec("transaction", now_usec() - asked);
        db_unplug(db, BRIDGE, n, 1);
        start = now_usec();
        wait_for_flow(other, &sought, OFPFME_REMOVED);
        print_usec("unplug", now_usec() - start);
        xnanosleep(msec * 1000000ULL);
    }
}
