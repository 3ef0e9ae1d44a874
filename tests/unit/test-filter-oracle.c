/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dp-packet.h"
#include "flow.h"
#include "lib/base/diag.h"
#include "lib/base/ip-prefix.h"
#include "lib/model/port-filter.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile-filter.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/slice.h"
#include "lib/xml/nwfilter.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/match.h"
#include "packets.h"
#include "util.h"

/* What libvirt's own filters have let pass, by tests/filter-oracle, our flows
 * for the same filters let pass, and nothing else. */

#define OFPORT 7
#define MAX_FRAMES 256

/* Where we differ, and mean to; whatever the filter is without a reference. */
static const struct {
    const char *reference;
    size_t frame;
} differences[] = {
    /* ARP of another kind of network than Ethernet: flows see no addresses in
     * it (Documentation/guards.rst), and so it is dropped. */
    { "no-arp-ip-spoofing IP=10.0.0.5", 12 },
    { "arp-return IP=10.0.0.5", 12 },
    /* libvirt has ebtables compare dscp='46' with the whole byte that DSCP is
     * in (--ip-tos 0x2E). */
    { "ip-dscp", 65 },
    /* It gives a type of frames in decimal (--vlan-encap 2048) where ebtables
     * reads hexadecimal, so that encap-protocol matches nothing. */
    { "vlans", 130 }, { "vlans", 131 }, { "vlans", 133 }, { "vlans", 134 },
    /* So it is with ARP about other addresses than IPv4's, with an opcode
     * above 255, or cut short. */
    { "no-arp-mac-spoofing", 194 }, { "no-arp-mac-spoofing", 200 },
    { "arp-fields", 193 }, { "arp-fields", 194 }, { "arp-fields", 199 },
    { "arp-fields", 200 },
    /* Of a frame with a length, whose SNAP header says that it is IP or ARP,
     * flows see that, and what is in it. */
    { NULL, 147 }, { NULL, 160 }, { NULL, 192 }, { NULL, 201 },
    /* Ports are not shown of TCP that ends behind them, of a first fragment
     * that extension headers fill, nor of UDP that ends in its header, which
     * nobody takes (lib/model/filter-hidden.h). */
    { "ip-ports", 163 }, { "tcp-range", 163 }, { "tcp-flags", 163 },
    { "tcp-accept", 163 }, { "lists IP=10.0.0.5 IP=10.0.0.6 PORTS=53 PORTS=22",
                             163 },
    { "ipv6-layer", 176 }, { "ipv6-layer", 188 }, { NULL, 164 }, { NULL, 165 },
    /* iptables takes for ports what is in the place of these in a fragment
     * that is not the first. */
    { "tcp-range", 144 }, { "tcp-range", 145 }, { "tcp-range", 157 },
    { "tcp-range", 158 }, { "tcp-accept", 157 }, { "tcp-accept", 158 },
};
#define N_DIFFERENCES 80        /* Some of them in both directions. */

struct frame {
    uint8_t data[256];
    size_t size;
};

struct oracle {
    struct frame frames[MAX_FRAMES];
    char *unfiltered;           /* '0' for those that Linux drops itself, as
                                 * for their length: what is to become of
                                 * these nobody says. */
    size_t n;
    size_t n_asked, n_differences;
    struct ds wrong;
};

static FILE *
open_file(const char *name)
{
    const char *srcdir = getenv("srcdir");
    char *path = xasprintf("%s/tests/%s", srcdir ? srcdir : ".", name);
    FILE *file = fopen(path, "r");

    free(path);
    return file;
}

/* Filters are read as they are asked for, and stay. */
static const struct nwfilter *
lookup(const char *name, const void *aux OVS_UNUSED)
{
    static struct nwfilter *known[64];
    static size_t n;
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    char *path, text[8192];
    FILE *file = NULL;
    size_t size;

    for (size_t i = 0; i < n; i++) {
        if (!strcmp(known[i]->name, name)) {
            return known[i];
        }
    }
    for (size_t i = 0; i < 2 && !file; i++) {
        path = xasprintf("%s/%s.xml", i ? "oracle/filters" : "nwfilter",
                         name);
        file = open_file(path);
        free(path);
    }
    if (!file) {
        fail_msg("%s: %s", name, ovs_strerror(errno));
    }
    size = fread(text, 1, sizeof text, file);
    fclose(file);
    assert_true(n < ARRAY_SIZE(known));
    known[n] = nwfilter_from_xml(text, size, name, &diags);
    if (!known[n]) {
        fail_msg("%s: %s", name, diags.diags[0].text);
    }
    diag_list_uninit(&diags);
    return known[n++];
}

/* Makes 'vport' a guest with the filter of 'reference', or none for "none". */
static void
guest_init(struct vport *vport, const char *reference)
{
    static const struct port_qinq qinq = {
        .priority_tag = PORT_PRIORITY_TAG_NEVER,
    };
    struct port_vlan vlan;
    struct eth_addr mac = ETH_ADDR_C(52,54,00,00,00,01);
    struct ip_prefixes ips = { .n = 0 };
    struct nwfilter_params known;
    struct nwfilter_ref ref;

    *vport = (struct vport) {
        .name = xstrdup("tap"), .ofport = u16_to_ofp(OFPORT),
        .role = VIF_GUEST, .mac = mac, .active = true,
    };
    port_vlan_init(&vlan);
    assert_true(port_vlan_effect_init(&vport->vlan, &vlan, &qinq));
    port_vlan_uninit(&vlan);
    if (!strcmp(reference, "none")) {
        return;
    }
    port_filter_known(&known, mac, &ips);
    assert_null(nwfilter_ref_from_string(&ref, reference));

    struct filter_request request = {
        .library = { lookup, NULL }, .ref = &ref, .known = &known,
    };
    char *error = port_filter_create(&request, &vport->filter);

    if (error) {
        fail_msg("%s: %s", reference, error);
    }
    nwfilter_ref_uninit(&ref);
    nwfilter_params_uninit(&known);
}

/* Do the flows of 'table_id' in 'slice' let 'frame' pass? */
static bool
passes(const struct slice *slice, uint8_t table_id, const struct frame *frame)
{
    const struct oflow *best = NULL;
    struct dp_packet packet;
    struct flow flow;

    dp_packet_use_const(&packet, frame->data, frame->size);
    flow_extract(&packet, &flow);
    flow.in_port.ofp_port = u16_to_ofp(OFPORT);
    for (size_t i = 0; i < slice->n_flows; i++) {
        const struct oflow *f = slice->flows[i];

        if (f->table_id == table_id
            && (!best || f->priority > best->priority)
            && minimatch_matches_flow(&f->match, &flow)) {
            best = f;
        }
    }
    if (!best) {
        return true;            /* A list that lets all pass has no flows. */
    } else if (table_id == TABLE_TO_GUEST) {
        return best->ofpacts_len > 0;
    }

    const struct ofpact_goto_table *last = NULL;
    const struct ofpact *a;

    OFPACT_FOR_EACH (a, best->ofpacts, best->ofpacts_len) {
        if (a->type == OFPACT_GOTO_TABLE) {
            last = ofpact_get_GOTO_TABLE(a);
        }
    }
    return last && last->table_id == TABLE_SOURCE;
}

static bool
is_difference(const char *reference, size_t frame)
{
    for (size_t i = 0; i < ARRAY_SIZE(differences); i++) {
        if (differences[i].frame == frame
            && (!differences[i].reference
                || !strcmp(differences[i].reference, reference))) {
            return true;
        }
    }
    return false;
}

/* Holds what the flows of 'reference' do against 'answers', a character for
 * each frame, in the direction of 'table_id'. */
static void
check(struct oracle *o, const char *reference, enum pipeline_table table_id,
      const char *answers)
{
    struct slice slice;
    struct vport vport;

    guest_init(&vport, reference);
    slice_init(&slice);
    filter_compile(&vport, TABLE_SOURCE, htonll(0), &slice);
    assert_int_equal(strspn(answers, "01"), o->n);
    if (!o->unfiltered) {
        o->unfiltered = xstrdup(answers);
    }
    for (size_t i = 0; i < o->n; i++) {
        if (o->unfiltered[i] == '0') {
            continue;
        }

        bool passed = passes(&slice, table_id, &o->frames[i]);

        if (passed == (answers[i] == '1')) {
            /* As it should be. */
        } else if (is_difference(reference, i)) {
            o->n_differences++;
        } else {
            ds_put_format(&o->wrong, "%s: frame %"PRIuSIZE" %s the guest "
                          "%s\n", reference, i,
                          table_id == TABLE_FILTER ? "from" : "to",
                          passed ? "passes" : "is dropped");
        }
        o->n_asked++;
    }
    slice_uninit(&slice);
    vport_uninit(&vport);
}

static void
read_frames(struct oracle *o)
{
    FILE *file = open_file("oracle/frames");
    struct ds line = DS_EMPTY_INITIALIZER;

    assert_non_null(file);
    while (!ds_get_line(&line, file)) {
        struct frame *frame = &o->frames[o->n++];
        const char *hex = strchr(ds_cstr(&line), ' ');
        bool ok = true;

        assert_true(o->n < MAX_FRAMES && hex);
        hex++;
        frame->size = strlen(hex) / 2;
        assert_true(frame->size <= sizeof frame->data);
        for (size_t i = 0; i < frame->size && ok; i++) {
            frame->data[i] = hexits_value(&hex[2 * i], 2, &ok);
        }
        assert_true(ok);
    }
    fclose(file);
    ds_destroy(&line);
}

static void
test_answers(void **state OVS_UNUSED)
{
    static struct oracle o = { .wrong = DS_EMPTY_INITIALIZER };
    FILE *file = open_file("oracle/answers");
    struct ds line = DS_EMPTY_INITIALIZER;
    char *reference = NULL;

    assert_non_null(file);
    read_frames(&o);
    while (!ds_get_line(&line, file)) {
        const char *text = ds_cstr(&line);

        if (!strncmp(text, "out ", 4)) {
            check(&o, reference, TABLE_FILTER, text + 4);
        } else if (!strncmp(text, "in ", 3)) {
            check(&o, reference, TABLE_TO_GUEST, text + 3);
        } else if (*text != '#') {
            free(reference);
            reference = xstrdup(text);
        }
    }
    fclose(file);
    free(reference);
    free(o.unfiltered);
    ds_destroy(&line);
    print_message("%"PRIuSIZE" frames\n", o.n_asked);
    assert_true(o.n_asked > 0);
    if (o.wrong.length) {
        fail_msg("otherwise than libvirt:\n%s", ds_cstr(&o.wrong));
    }
    ds_destroy(&o.wrong);
    assert_int_equal(o.n_differences, N_DIFFERENCES);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
    };

    return cmocka_run_group_tests_name("filter-oracle", tests, NULL, NULL);
}
