/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "byte-order.h"
#include "host-text.h"
#include "lib/base/jvalue.h"
#include "lib/openflow/flow-dump.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "lib/tell/explain.h"
#include "lib/tell/translation.h"
#include "oflow-text.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

#define NETWORK                                                         \
    "<network><name>net</name><forward mode='bridge'/>"                 \
    "<bridge name='br0' macTableManager='libvirt'/>"                    \
    "<virtualport type='openvswitch'/>"                                 \
    "<bandwidth><inbound average='1000'/><outbound average='500'/>"     \
    "</bandwidth></network>"
#define PORTS                                                           \
    "{\"bridges\": {\"br0\": {\"ports\": {"                             \
    "\"tap1\": {\"ofport\": 1, \"attached-mac\": \"52:54:00:00:00:01\"," \
    "           \"tag\": 10, \"vm-id\": \"web1\"},"                     \
    "\"tap2\": {\"ofport\": 2, \"attached-mac\": \"52:54:00:00:00:02\"," \
    "           \"tag\": 10}}}}}"

static const struct translation_bridge *
bridge_of(const struct host *host)
{
    return translation_find_bridge(host->t, "br0");
}

/* Initializes 'dump' to all that the plan of 'host' has, with room for two
 * flows and one group more. */
static void
dump_plan(const struct host *host, struct flow_dump *dump)
{
    const struct oflow_table *desired = plan_desired(bridge_of(host)->plan);
    const struct oflow **flows = oflow_table_sort_flows(desired);
    const struct ogroup **groups = oflow_table_sort_groups(desired);
    size_t n_flows = oflow_table_count_flows(desired);
    size_t n_groups = oflow_table_count_groups(desired);

    *dump = (struct flow_dump) {
        .flows = xcalloc(n_flows + 2, sizeof *dump->flows),
        .groups = xcalloc(n_groups + 1, sizeof *dump->groups),
        .has_flows = true, .has_groups = true, .has_meters = true,
    };
    for (size_t i = 0; i < n_flows; i++) {
        dump->flows[dump->n_flows++] = (struct dump_flow) {
            .flow = oflow_ref(flows[i]), .has_stats = true,
            .n_packets = 1234567, .n_bytes = 100,
        };
    }
    for (size_t i = 0; i < n_groups; i++) {
        size_t n = hmap_count(&groups[i]->buckets);
        const struct obucket **buckets = ogroup_sort_buckets(groups[i]);
        struct dump_group *dg = &dump->groups[dump->n_groups++];

        dg->group_id = groups[i]->group_id;
        dg->buckets = xcalloc(n, sizeof *dg->buckets);
        for (size_t j = 0; j < n; j++) {
            dg->buckets[dg->n_buckets++] = obucket_ref(buckets[j]);
        }
        free(buckets);
    }
    ometers_clone(&dump->meters, plan_meters(bridge_of(host)->plan));
    free(flows);
    free(groups);
}

/* Counts in the order of the verdicts. */
static void
check_counts(const struct host *host, const struct flow_dump *dump,
             bool complete, const size_t expected[EXPLAIN_N_VERDICTS])
{
    struct explanation e;

    explanation_init(&e, bridge_of(host), dump, complete);
    for (size_t i = 0; i < EXPLAIN_N_VERDICTS; i++) {
        assert_int_equal(e.n[i], expected[i]);
    }

    struct json_t *json = explanation_to_json(&e);
    const struct json_t *counts = jvalue_get(json, "counts");
    for (size_t i = 0; i < EXPLAIN_N_VERDICTS; i++) {
        assert_int_equal(jvalue_get_integer(counts,
                                            explain_verdict_to_string(i)),
                         expected[i]);
    }
    jvalue_unref(json);
    explanation_uninit(&e);
}

static void
check_text(const struct host *host, const struct flow_dump *dump,
           bool only_differences, const char *expected)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct explanation e;

    explanation_init(&e, bridge_of(host), dump, true);
    explanation_format(&s, &e, only_differences);
    assert_string_equal(ds_cstr(&s), expected);
    explanation_uninit(&e);
    ds_destroy(&s);
}

#define COUNTS(...) ((const size_t[EXPLAIN_N_VERDICTS]) { __VA_ARGS__ })

/* How many flows, groups and meters there should be. */
static size_t
count_plan(const struct host *host)
{
    const struct plan *plan = bridge_of(host)->plan;

    return (oflow_table_count_flows(plan_desired(plan))
            + oflow_table_count_groups(plan_desired(plan))
            + plan_meters(plan)->n);
}

static void
test_as_planned(void **state OVS_UNUSED)
{
    struct flow_dump dump;
    struct host host;

    host_init(&host, NETWORK, PORTS);
    dump_plan(&host, &dump);
    size_t n = count_plan(&host);
    char *text = xasprintf("bridge br0: %"PRIuSIZE" planned\n", n);

    check_counts(&host, &dump, true, COUNTS([EXPLAIN_PLANNED] = n));
    check_text(&host, &dump, true, text);

    /* A group of another type gives frames to other ports, whatever buckets it
     * has. */
    dump.groups[0].alien = true;
    check_counts(&host, &dump, true, COUNTS([EXPLAIN_PLANNED] = n - 1,
                                            [EXPLAIN_CHANGED] = 1));
    flow_dump_uninit(&dump);

    /* A dump that tells nothing of groups or meters does not say that they are
     * missing, nor does one of a bridge whose ports are not known. */
    struct flow_dump nothing = { .has_flows = true };
    check_counts(&host, &nothing, true, COUNTS(
        [EXPLAIN_MISSING] = oflow_table_count_flows(
            plan_desired(bridge_of(&host)->plan))));
    check_counts(&host, &nothing, false, COUNTS(0));
    nothing.has_groups = nothing.has_meters = true;
    check_counts(&host, &nothing, true, COUNTS([EXPLAIN_MISSING] = n));
    nothing = (struct flow_dump) { .has_flows = false };
    check_text(&host, &nothing, false, "bridge br0: nothing\n");
    free(text);
    host_uninit(&host);
}

/* Puts the flow that 'text' describes into the place of 'df'. */
static void
replace_flow(struct dump_flow *df, const char *text)
{
    oflow_unref(df->flow);
    df->flow = oflow_from_string(text);
}

/* Each kind of flow that is not as it should be, and whose it is. */
static void
test_flows(void **state OVS_UNUSED)
{
    struct flow_dump dump;
    struct host host;

    host_init(&host, NETWORK, PORTS);
    dump_plan(&host, &dump);
    size_t n = count_plan(&host);

    /* Those of FORWARD begin with the addresses of the guests. */
    size_t f = 0;
    while (dump.flows[f].flow->table_id != TABLE_FORWARD
           || dump.flows[f].flow->priority != PRIORITY_FORWARD_MAC) {
        f++;
    }
    char *other = xasprintf("cookie=%#"PRIx64",table=230,priority=100,"
                            "dl_vlan=10,dl_dst=52:54:00:00:00:01 "
                            "actions=drop",
                            ntohll(dump.flows[f].flow->cookie));
    replace_flow(&dump.flows[f], other);
    dump.flows[f].has_stats = false;
    dump.flows[f + 1].n_packets = 999;
    replace_flow(&dump.flows[f + 1], "cookie=0x56e7020000000001,table=230,"
                 "priority=7 actions=drop");
    dump.flows[dump.n_flows++].flow
        = oflow_from_string("cookie=5,table=77,priority=7 actions=drop");
    dump.flows[dump.n_flows++].flow
        = oflow_from_string("cookie=5,table=0 actions=NORMAL");
    check_counts(&host, &dump, true, COUNTS(
        [EXPLAIN_PLANNED] = n - 2, [EXPLAIN_CHANGED] = 1,
        [EXPLAIN_STRANGER] = 1, [EXPLAIN_FOREIGN] = 1,
        [EXPLAIN_IN_THE_WAY] = 1, [EXPLAIN_MISSING] = 1));
    /* Without all ports, a stranger may be one that is not known. */
    check_counts(&host, &dump, false, COUNTS(
        [EXPLAIN_PLANNED] = n - 4, [EXPLAIN_OURS] = 1, [EXPLAIN_CHANGED] = 1,
        [EXPLAIN_FOREIGN] = 1, [EXPLAIN_IN_THE_WAY] = 1));

    char *text = xasprintf(
        "ADMIT (table 0): may this port use this VLAN?\n"
        "  foreign, cookie 0x5\n"
        "       - pkts        -  in the way: priority=32768 actions=NORMAL\n"
        "\n"
        "FORWARD (table 230): exact (VLAN, MAC) of guests and host\n"
        "  guest tap1, vm web1, 52:54:00:00:00:01, VLAN 10, network net "
        "(net.xml:1)\n"
        "       - pkts        -  changed: priority=100,dl_vlan=10,"
        "dl_dst=52:54:00:00:00:01 actions=drop\n"
        "  guest tap2, 52:54:00:00:00:02, VLAN 10, network net (net.xml:1)\n"
        "       - pkts        -  missing: priority=100,dl_vlan=10,"
        "dl_dst=52:54:00:00:00:02 actions=meter:%"PRIu32",pop_vlan,output:2\n"
        "  a port that is not known, hash 0x00000001\n"
        "     999 pkts     100B  stranger: priority=7 actions=drop\n"
        "\n"
        "bridge br0: %"PRIuSIZE" planned, 1 changed, 1 stranger, 1 foreign, "
        "1 in the way, 1 missing\n",
        plan_meters(bridge_of(&host)->plan)->meters[0].meter_id, n - 2);
    check_text(&host, &dump, true, text);
    free(text);
    free(other);
    flow_dump_uninit(&dump);
    host_uninit(&host);
}

static void
test_groups(void **state OVS_UNUSED)
{
    struct flow_dump dump;
    struct host host;

    host_init(&host, NETWORK, PORTS);
    dump_plan(&host, &dump);
    size_t n = count_plan(&host);

    /* A bucket less, one group that is somebody else's, and one of ours that
     * nobody needs. */
    assert_true(dump.n_groups > 0 && dump.groups[0].n_buckets > 0);
    obucket_unref(dump.groups[0].buckets[--dump.groups[0].n_buckets]);
    dump.groups[dump.n_groups++] = (struct dump_group) { .group_id = 5 };
    check_counts(&host, &dump, true, COUNTS(
        [EXPLAIN_PLANNED] = n - 1, [EXPLAIN_CHANGED] = 1,
        [EXPLAIN_FOREIGN] = 1));
    dump.groups[dump.n_groups - 1].group_id = GROUP_MAGIC | 3;
    check_counts(&host, &dump, true, COUNTS(
        [EXPLAIN_PLANNED] = n - 1, [EXPLAIN_CHANGED] = 1,
        [EXPLAIN_STRANGER] = 1));
    flow_dump_uninit(&dump);
    host_uninit(&host);
}

static void
test_meters(void **state OVS_UNUSED)
{
    struct flow_dump dump;
    struct host host;

    host_init(&host, NETWORK, PORTS);
    dump_plan(&host, &dump);
    size_t n = count_plan(&host);
    uint32_t in = dump.meters.meters[0].meter_id;
    struct ometer stranger = { .meter_id = OMETER_MAGIC | 2 };

    assert_int_equal(dump.meters.n, 2);
    dump.meters.meters[0].bands[0].rate = 7;
    ometers_remove(&dump.meters, in + 1);
    ometers_put(&dump.meters, &stranger);
    check_counts(&host, &dump, true, COUNTS(
        [EXPLAIN_PLANNED] = n - 2, [EXPLAIN_CHANGED] = 1,
        [EXPLAIN_STRANGER] = 1, [EXPLAIN_MISSING] = 1));

    char *text = xasprintf(
        "meters\n"
        "  of no network\n"
        "    stranger: meter=%"PRIu32", of another kind than ours\n"
        "  what guests get, network net\n"
        "    changed: meter=%"PRIu32",kbps,burst,band=type=drop,rate=7,"
        "burst_size=8000\n"
        "    there should be: meter=%"PRIu32",kbps,burst,band=type=drop,"
        "rate=8000,burst_size=8000\n"
        "  what guests send, network net\n"
        "    missing: meter=%"PRIu32",kbps,burst,band=type=drop,rate=4000,"
        "burst_size=4000\n"
        "\nbridge br0: %"PRIuSIZE" planned, 1 changed, 1 stranger, "
        "1 missing\n", stranger.meter_id, in, in, in + 1, n - 2);
    check_text(&host, &dump, true, text);
    free(text);
    flow_dump_uninit(&dump);
    host_uninit(&host);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_planned),
        cmocka_unit_test(test_flows),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_meters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
