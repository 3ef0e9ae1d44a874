/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

#include "byte-order.h"
#include "flow.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/match.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"

static void
put_load(struct ofpbuf *ofpacts, uint16_t tci)
{
    union mf_value value = { .be16 = htons(tci) };
    union mf_value mask = { .be16 = htons(0x1fff) };

    ofpact_put_set_field(ofpacts, mf_from_id(MFF_VLAN_TCI), &value, &mask);
}

static void
print_flow(struct ds *s, ovs_be64 cookie, int table_id,
           const struct match *match, int priority, struct ofpbuf *ofpacts)
{
    struct ofpact_format_params params = { .s = s };

    ds_put_format(s, "flow add cookie=0x%"PRIx64",table=%d,",
                  ntohll(cookie), table_id);
    match_format(match, NULL, s, priority);
    ds_put_cstr(s, " actions=");
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
    ovs_be64 cookie = htonll(0x56e7020000000000 | i);
    struct match match;

    match_init_catchall(&match);
    match_set_in_port(&match, ofport);
    match_set_dl_tci_masked(&match, htons(0), htons(VLAN_VID_MASK));
    put_load(ofpacts, VLAN_CFI | GUEST_VLAN);
    ofpact_put_GOTO_TABLE(ofpacts)->table_id = 210;
    print_flow(s, cookie, 0, &match, 110, ofpacts);

    match_init_catchall(&match);
    match_set_in_port(&match, ofport);
    print_flow(s, cookie, 0, &match, 2, ofpacts);

    match_init_catchall(&match);
    match_set_dl_vlan(&match, htons(GUEST_VLAN), 0);
    match_set_dl_dst(&match, (struct eth_addr) {
        .ea = { 0x52, 0x54, 0, i >> 16, i >> 8, i }
    });
    ofpact_put_STRIP_VLAN(ofpacts);
    ofpact_put_OUTPUT(ofpacts)->port = ofport;
    print_flow(s, cookie, 230, &match, 100, ofpacts);

    ofpact_put_STRIP_VLAN(ofpacts);
    ofpact_put_OUTPUT(ofpacts)->port = ofport;
    ds_put_format(s, "bucket=bucket_id:%u,actions=", i);
    ofpacts_format(ofpacts->data, ofpacts->size, &params);
    ds_put_char(s, '\n');
    ofpbuf_clear(ofpacts);
}

/* offline N: builds and prints as many flows and buckets as a plan of 'N'
 * guests has, one by one, without sorting or keeping them. */
void
cmd_offline(int argc OVS_UNUSED, char *argv[])
{
    unsigned int n = parse_number(argv[0]);
    uint64_t stub[256 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct ds s = DS_EMPTY_INITIALIZER;

    for (unsigned int i = 1; i <= n; i++) {
        reference_guest(&s, i, &ofpacts);
    }
    fwrite(ds_cstr(&s), 1, s.length, stdout);
    ds_destroy(&s);
    ofpbuf_uninit(&ofpacts);
}

/* ports N: prints 'N' guests as "virtnetctl compile" reads them. */
void
cmd_ports(int argc OVS_UNUSED, char *argv[])
{
    unsigned int n = parse_number(argv[0]);

    printf("{\"bridges\": {\""BRIDGE"\": {\"ports\": {");
    for (unsigned int i = 1; i <= n; i++) {
        printf("%s\n\"g%u\": {\"ofport\": %u, \"tag\": %d, "
               "\"attached-mac\": \""ETH_ADDR_FMT"\"}", i > 1 ? "," : "",
               i, i, GUEST_VLAN, ETH_ADDR_ARGS(guest_mac(i)));
    }
    printf("}}}}\n");
}
