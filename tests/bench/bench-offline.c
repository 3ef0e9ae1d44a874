/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

#include "flow.h"
#include "lib/plan-format.h"
#include "lib/plan.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/match.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"

/* A bridge has fewer than 65,280 port numbers, so there are several. */
#define PORTS_PER_BRIDGE 25000

static void
write_out(struct ds *s)
{
    FILE *stream = fopen("/dev/null", "w");

    fwrite(ds_cstr(s), 1, s->length, stream);
    fclose(stream);
    ds_clear(s);
}

/* Compiles and prints a bridge of 'n' guests.  A program that does this ends
 * thereafter, so the plan is left for the caller to free. */
static struct plan *
run_ours(unsigned int n)
{
    struct plan *plan = guest_plan(1, n);
    struct ds s = DS_EMPTY_INITIALIZER;

    plan_format(&s, plan);
    write_out(&s);
    ds_destroy(&s);
    return plan;
}

static void
put_load(struct ofpbuf *ofpacts, uint16_t tci)
{
    union mf_value value = { .be16 = htons(tci) };
    union mf_value mask = { .be16 = htons(0x1fff) };

    ofpact_put_set_field(ofpacts, mf_from_id(MFF_VLAN_TCI), &value, &mask);
}

static void
print_flow(struct ds *s, const struct match *match, int priority,
           struct ofpbuf *ofpacts)
{
    struct ofpact_format_params params = { .s = s };

    ds_put_cstr(s, "flow add ");
    match_format(match, NULL, s, priority);
    ds_put_cstr(s, ",actions=");
    ofpacts_format(ofpacts->data, ofpacts->size, &params);
    ds_put_char(s, '\n');
    ofpbuf_clear(ofpacts);
}

/* Builds and prints guest 'i' flows and its bucket, with libopenvswitch
 * alone. */
static void
reference_guest(struct ds *s, unsigned int i, struct ofpbuf *ofpacts)
{
    struct ofpact_format_params params = { .s = s };
    ofp_port_t ofport = u16_to_ofp(i);
    struct match match;

    match_init_catchall(&match);
    match_set_in_port(&match, ofport);
    match_set_dl_tci_masked(&match, htons(0), htons(VLAN_VID_MASK));
    put_load(ofpacts, VLAN_CFI | GUEST_VLAN);
    ofpact_put_GOTO_TABLE(ofpacts)->table_id = 10;
    print_flow(s, &match, 100, ofpacts);

    match_init_catchall(&match);
    match_set_dl_vlan(&match, htons(GUEST_VLAN), 0);
    match_set_dl_dst(&match, (struct eth_addr) {
        .ea = { 0x52, 0x54, 0, i >> 16, i >> 8, i }
    });
    ofpact_put_STRIP_VLAN(ofpacts);
    ofpact_put_OUTPUT(ofpacts)->port = ofport;
    print_flow(s, &match, 100, ofpacts);

    ofpact_put_STRIP_VLAN(ofpacts);
    ofpact_put_OUTPUT(ofpacts)->port = ofport;
    ds_put_format(s, "bucket=bucket_id:%u,actions=", i);
    ofpacts_format(ofpacts->data, ofpacts->size, &params);
    ds_put_char(s, '\n');
    ofpbuf_clear(ofpacts);
}

static struct plan *
run_reference(unsigned int n)
{
    uint64_t stub[256 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct ds s = DS_EMPTY_INITIALIZER;

    for (unsigned int i = 1; i <= n; i++) {
        reference_guest(&s, i, &ofpacts);
    }
    write_out(&s);
    ds_destroy(&s);
    ofpbuf_uninit(&ofpacts);
    return NULL;
}

static long long int
measure(struct plan *(*run)(unsigned int n), unsigned int n_ports)
{
    long long int usec = 0;

    while (n_ports) {
        unsigned int n = MIN(n_ports, PORTS_PER_BRIDGE);
        long long int start = now_usec();
        struct plan *plan = run(n);

        usec += now_usec() - start;
        plan_destroy(plan);
        n_ports -= n;
    }
    return usec;
}

/* offline PORTS RUNS */
void
cmd_offline(int argc OVS_UNUSED, char *argv[])
{
    unsigned int n_ports = parse_number(argv[0]);
    unsigned int n_runs = parse_number(argv[1]);

    for (unsigned int i = 0; i < n_runs; i++) {
        for (unsigned int j = 0; j < 2; j++) {
            if ((i + j) % 2) {
                print_usec("reference", measure(run_reference, n_ports));
            } else {
                print_usec("ours", measure(run_ours, n_ports));
            }
        }
    }
}
