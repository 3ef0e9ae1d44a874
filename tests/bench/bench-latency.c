/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "bench.h"

#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "jsonrpc.h"
#include "lib/openflow/oflow-bundle.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/plan.h"
#include "openvswitch/json.h"
#include "openvswitch/ofp-bundle.h"
#include "openvswitch/ofp-errors.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-util.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/vconn.h"
#include "packets.h"
#include "socket-util.h"

/* From a port's number to its flows: the controller on one switch, and the
 * same flows, ready made, over an open connection to another; and how long
 * that other switch takes to answer at all at that moment. */

/* Returns messages that turn the flows of 'from' into those of 'to'. */
static void
encode(const struct plan *from, const struct plan *to,
       struct ovs_list *requests)
{
    struct ochanges changes = OCHANGES_INITIALIZER;
    struct obundle bundle;
    struct ofpbuf *msg;

    oflow_table_diff(plan_desired(to), plan_desired(from), &changes);
    obundle_encode(&bundle, &changes, plan_desired(from), 0, false);

    ovs_list_init(requests);
    LIST_FOR_EACH_POP (msg, list_node, &bundle.msgs) {
        struct ofputil_bundle_add_msg add;
        enum ofptype type;

        if (!ofptype_decode(&type, msg->data)
            && type == OFPTYPE_BUNDLE_ADD_MESSAGE
            && !ofputil_decode_bundle_add(msg->data, &add, NULL)) {
            struct ofpbuf *inner = ofpbuf_clone_data(add.msg,
                                                     ntohs(add.msg->length));

            ovs_list_push_back(requests, &inner->list_node);
        }
        ofpbuf_delete(msg);
    }
    obundle_uninit(&bundle);
    ochanges_uninit(&changes);
}

/* Connects to bridge br0 of the switch in 'rundir'. */
struct vconn *
switch_open(const char *rundir)
{
    char *name = xasprintf("unix:%s/"BRIDGE".mgmt", rundir);
    struct vconn *vconn;
    int error = vconn_open_block(name, 1u << OFP15_VERSION, DSCP_DEFAULT, -1,
                                 &vconn);

    if (error) {
        ovs_fatal(error, "%s", name);
    }
    free(name);
    return vconn;
}

/* Plugs guest 'n' and returns the time from its port number to the
 * controller's answer.  Prints the time from the transaction to there. */
static long long int
latency_ours(struct db *db, struct jsonrpc *ctl, unsigned int n)
{
    char *name = xasprintf("g%u", n);
    char *args[] = { name };
    struct json *id = ctl_send(ctl, "wait", 1, args);
    long long int asked, numbered, wired;

    asked = now_usec();
    db_plug(db, BRIDGE, n, 1, NULL);
    numbered = now_usec();
    free(ctl_recv(ctl, id));
    wired = now_usec();
    free(name);
    print_usec("whole", wired - asked);
    return wired - numbered;
}

/* Sends 'requests' as one bundle and returns the time that this takes. */
static long long int
send_bundle(struct vconn *vconn, struct ovs_list *requests)
{
    long long int start = now_usec();
    struct ovs_list errors;
    int error = vconn_bundle_transact(vconn, requests,
                                      OFPBF_ORDERED | OFPBF_ATOMIC, &errors);
    long long int end = now_usec();

    if (error || !ovs_list_is_empty(&errors)) {
        ovs_fatal(error, "the switch refused the reference bundle");
    }
    return end - start;
}

/* The switch with which the controller's is compared. */
struct reference {
    struct db *db;
    struct vconn *vconn;
    struct plan *without, *with;    /* Without and with the guest. */
};

/* Plugs guest 'n' and returns the time that a bundle of its flows takes. */
static long long int
latency_reference(struct reference *ref, unsigned int n)
{
    struct ovs_list requests;

    encode(ref->without, ref->with, &requests);
    db_plug(ref->db, BRIDGE, n, 1, NULL);
    return send_bundle(ref->vconn, &requests);
}

/* Plugs guest 'n' and returns the time that the switch takes to answer a
 * barrier. */
static long long int
latency_barrier(struct reference *ref, unsigned int n)
{
    struct ofpbuf *request = ofputil_encode_barrier_request(OFP15_VERSION);
    struct ofpbuf *reply;
    long long int start;
    int error;

    db_plug(ref->db, BRIDGE, n, 1, NULL);
    start = now_usec();
    error = vconn_transact(ref->vconn, request, &reply);
    if (error) {
        ovs_fatal(error, "no reply to a barrier");
    }
    ofpbuf_delete(reply);
    return now_usec() - start;
}

static void
unplug_reference(struct reference *ref, unsigned int n)
{
    struct ovs_list requests;

    db_unplug(ref->db, BRIDGE, n, 1);
    encode(ref->with, ref->without, &requests);
    send_bundle(ref->vconn, &requests);
}

/* How much memory is written to to have everything else gone from a core's
 * caches, in bytes. */
#define CACHES_SIZE (64 * 1024 * 1024)

/* Empties the caches of all cores, as a busy switch does. */
static void
empty_caches(void)
{
    static char *memory;
    cpu_set_t all, one;

    if (!memory) {
        memory = xmalloc(CACHES_SIZE);
    }
    sched_getaffinity(0, sizeof all, &all);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &all)) {
            CPU_ZERO(&one);
            CPU_SET(cpu, &one);
            sched_setaffinity(0, sizeof one, &one);
            for (size_t i = 0; i < CACHES_SIZE; i += CACHE_LINE_SIZE) {
                memory[i]++;
            }
        }
    }
    sched_setaffinity(0, sizeof all, &all);
}

/* cold RUNDIR CTL N RUNS: on a bridge that has guests 1 to N, plugs one more
 * and unplugs it, RUNS times, each time with caches that hold nothing of what
 * it takes. */
void
cmd_cold(int argc OVS_UNUSED, char *argv[])
{
    struct db *db = db_open(argv[0]);
    struct jsonrpc *ctl = rpc_open(argv[1]);
    unsigned int n = parse_number(argv[2]) + 1;
    unsigned int n_runs = parse_number(argv[3]);

    for (unsigned int i = 0; i < n_runs; i++) {
        empty_caches();
        print_usec("ours", latency_ours(db, ctl, n));
        empty_caches();
        db_unplug(db, BRIDGE, n, 1);
        empty_caches();
    }
}

/* latency RUNDIR REFERENCE-RUNDIR CTL N RUNS: on bridges that have guests 1 to
 * N, plugs one more, on the two switches in turn, and what is measured in
 * turn, too. */
void
cmd_latency(int argc OVS_UNUSED, char *argv[])
{
    struct db *db = db_open(argv[0]);
    struct jsonrpc *ctl = rpc_open(argv[2]);
    unsigned int n = parse_number(argv[3]) + 1;
    unsigned int n_runs = parse_number(argv[4]);
    struct reference ref = {
        .db = db_open(argv[1]),
        .vconn = switch_open(argv[1]),
        .without = guest_plan(n - 1, 1),
        .with = guest_plan(n - 1, 2),
    };

    for (unsigned int i = 0; i < n_runs; i++) {
        for (unsigned int j = 0; j < 3; j++) {
            switch ((i + j) % 3) {
            case 0:
                /* That is through when the others are.  To ask for that would
                 * be work that grows with the number of guests. */
                print_usec("ours", latency_ours(db, ctl, n));
                db_unplug(db, BRIDGE, n, 1);
                break;

            case 1:
                print_usec("reference", latency_reference(&ref, n));
                unplug_reference(&ref, n);
                break;

            case 2:
                print_usec("barrier", latency_barrier(&ref, n));
                db_unplug(ref.db, BRIDGE, n, 1);
                break;
            }
        }
    }
}
