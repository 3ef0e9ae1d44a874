/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/diag.h"
#include "lib/model/filter-list.h"
#include "lib/model/filter-rules.h"
#include "lib/model/port-filter.h"
#include "lib/xml/nwfilter.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "tests/unit/filter-set.h"
#include "util.h"

/* Filters: what they say, and what becomes of it. */

/* All of libvirt's filters are carried out, in few flows. */
static void
test_shipped(void **state OVS_UNUSED)
{
    static const struct {
        const char *reference;
        size_t n_out, n_in;
    } cases[] = {
        { "clean-traffic IP=10.0.0.5", 6, 4 },
        { "clean-traffic IP=10.0.0.5 IP=10.0.0.6", 8, 4 },
        { "clean-traffic-gateway IP=10.0.0.5 GATEWAY_MAC=52:54:00:00:00:09",
          8, 4 },
        { "no-mac-spoofing", 2, 1 },
        { "no-ip-spoofing IP=10.0.0.5", 4, 1 },
        { "no-ipv6-spoofing IPV6=fe80::1", 4, 1 },
        { "no-arp-spoofing IP=10.0.0.5", 3, 1 },
        { "no-ip-multicast", 3, 1 },
        { "allow-dhcp", 1, 1 },
        { "allow-dhcp-server DHCPSERVER=10.0.0.1", 1, 1 },
        { "qemu-announce-self", 3, 3 },
    };
    struct filter_set library = { .n = 0 };

    filter_set_add_shipped(&library);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char *error;
        struct port_filter *filter = filter_set_make(&library,
                                                     cases[i].reference,
                                                     &error);

        assert_null(error);
        if (filter->out.n != cases[i].n_out || filter->in.n != cases[i].n_in) {
            fail_msg("%s: %"PRIuSIZE" out, %"PRIuSIZE" in",
                     cases[i].reference, filter->out.n, filter->in.n);
        }
        port_filter_unref(filter);
    }
    for (size_t i = 0; i < library.n; i++) {
        char *error;
        char *text = xasprintf("%s IP=10.0.0.5 IPV6=fe80::1 DHCPSERVER=1.2.3.4"
                               " GATEWAY_MAC=52:54:00:00:00:09",
                               library.filters[i]->name);

        port_filter_unref(filter_set_make(&library, text, &error));
        assert_null(error);
        free(text);
    }
    filter_set_uninit(&library);
}

#define RULE(INSIDE) \
    "<filter name='f'><rule action='drop' direction='out'>" INSIDE \
    "</rule></filter>"

/* What cannot be carried out is refused, by file and line. */
static void
test_refused(void **state OVS_UNUSED)
{
    static const struct {
        const char *xml, *reference, *why;
    } cases[] = {
        { RULE(""), "g", "there is no filter 'g'" },
        { RULE("<ip srcipaddr='$IP'/>"), "f",
          "f.xml:1: nobody says what variable IP is" },
        { RULE("<ip srcipaddr='$IP'/>"), "f IP=10.0.0.256",
          "f.xml:1: srcipaddr='10.0.0.256': not a value that flows can "
          "tell" },
        { RULE("<ip srcipaddr='$A[2]'/>"), "f A=10.0.0.1",
          "f.xml:1: variable A has 1 values, so there is no $A[2]" },
        { RULE("<ip srcipaddr='$A' dstipaddr='$B'/>"), "f A=1.1.1.1 B=1.1.1.1"
          " B=2.2.2.2",
          "f.xml:1: variables of iterator @0 have 1 and 2 values" },
        { RULE("<ip srcportstart='1'/>"), "f",
          "f.xml:1: srcportstart='1': ports are of tcp, udp or sctp, which "
          "the rule does not say" },
        { RULE("<gre/>"), "f", "f.xml:1: unknown protocol <gre>" },
        { RULE("<tcp state='NEW'/>"), "f",
          "f.xml:1: state: states of connections cannot be told by flows" },
        { RULE("<stp type='1'/>"), "f",
          "f.xml:1: <stp> has attribute 'type', which is not carried out" },
        { "<filter name='f'>\n<rule action='accept' direction='in'>"
          "<tcp/></rule></filter>", "f",
          "f.xml:2: <tcp> is to accept connections, and what flows can tell "
          "are frames: say statematch='false' or direction='inout'" },
        { "<filter name='f'><filterref filter='f'/></filter>", "f",
          "f.xml:1: filter 'f' refers to itself" },
        { "<filter name='f'><filterref filter='g'/></filter>", "f",
          "f.xml:1: there is no filter 'g'" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct filter_set library = { .n = 0 };
        char *error;

        filter_set_add(&library, cases[i].xml);
        assert_null(filter_set_make(&library, cases[i].reference, &error));
        assert_string_equal(error, cases[i].why);
        free(error);
        filter_set_uninit(&library);
    }
}

/* What is no filter is refused, by line. */
static void
test_no_filter(void **state OVS_UNUSED)
{
    static const struct {
        const char *xml, *why;
    } cases[] = {
        { "<network/>", "root element is <network>, expected <filter>" },
        { "<filter/>", "<filter> has no name" },
        { "<filter name='f' chain='foo'/>", "there can be no chain 'foo'" },
        { "<filter name='f' priority='1001'/>",
          "priority '1001' is not between -1000 and 1000" },
        { "<filter name='f'><rule/></filter>", "<rule> has no action" },
        { "<filter name='f'><rule action='pass' direction='in'/></filter>",
          "unknown action 'pass'" },
        { "<filter name='f'><rules/></filter>",
          "unknown element <rules>, expected <rule> or <filterref>" },
        { RULE("<ip/><ip/>"), "<ip> is more than there can be here" },
        { RULE("<ip match='maybe'/>"),
          "match is 'maybe', expected 'yes' or 'no'" },
        { "<filter name='f'><filterref/></filter>",
          "'' is not the name of a filter" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct diag_list diags = DIAG_LIST_INITIALIZER;

        assert_null(nwfilter_from_xml(cases[i].xml, strlen(cases[i].xml),
                                      "f.xml", &diags));
        assert_int_equal(diags.n, 1);
        assert_string_equal(diags.diags[0].text, cases[i].why);
        diag_list_uninit(&diags);
    }
}

/* Returns filter "f", which 'xml' is, for the caller to release. */
static struct port_filter *
make_filter(const char *xml)
{
    struct filter_set library = { .n = 0 };
    struct port_filter *filter;
    char *error;

    filter_set_add(&library, xml);
    filter = filter_set_make(&library, "f", &error);
    assert_null(error);
    filter_set_uninit(&library);
    return filter;
}

/* What has lost a tag and has one more is dropped where tags are looked at. */
static void
test_hidden_tags(void **state OVS_UNUSED)
{
    static const struct {
        const char *rule;
        bool passes;
    } cases[] = {
        { RULE("<vlan/>"), false },
        { RULE("<vlan vlanid='20'/>"), false },
        { RULE("<mac protocolid='vlan'/>"), false },
        { RULE("<vlan match='no' vlanid='20'/>"), false },
        { RULE("<tcp dstportstart='25'/>"), true },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct filter_fields frame = { .dl_type = htons(0x8100) };
        struct port_filter *filter = make_filter(cases[i].rule);

        assert_int_equal(filter_list_verdict(&filter->out, &frame),
                         cases[i].passes);
        frame.dl_type = htons(0x88a8);
        assert_int_equal(filter_list_verdict(&filter->out, &frame),
                         cases[i].passes);
        frame.dl_type = htons(0x88b5);
        assert_true(filter_list_verdict(&filter->out, &frame));
        port_filter_unref(filter);
    }
}

/* A fragment that is not the first has neither type nor flags, and is not taken
 * for one whose are 0. */
static void
test_later_fragments(void **state OVS_UNUSED)
{
    static const struct {
        const char *rule;
        uint8_t proto;
        bool first_passes;
    } cases[] = {
        { RULE("<icmp type='0'/>"), IPPROTO_ICMP, false },
        { RULE("<icmp type='8'/>"), IPPROTO_ICMP, true },
        { RULE("<icmp match='no' type='8'/>"), IPPROTO_ICMP, false },
        { RULE("<icmp type='0' code='0'/>"), IPPROTO_ICMP, false },
        { RULE("<tcp flags='SYN/NONE'/>"), IPPROTO_TCP, false },
        { RULE("<tcp match='no' flags='SYN/SYN'/>"), IPPROTO_TCP, false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct filter_fields frame = {
            .dl_type = htons(ETH_TYPE_IP), .proto = cases[i].proto,
        };
        struct port_filter *filter = make_filter(cases[i].rule);

        assert_int_equal(filter_list_verdict(&filter->out, &frame),
                         cases[i].first_passes);
        frame.later = 1;
        assert_true(filter_list_verdict(&filter->out, &frame));
        port_filter_unref(filter);
    }
}

/* libvirt makes no rule of one about a type of ICMP in both directions, and one
 * without a type is for both. */
static void
test_icmp_inout(void **state OVS_UNUSED)
{
#define INOUT(INSIDE) \
    "<filter name='f'><rule action='drop' direction='inout'>" INSIDE \
    "</rule></filter>"
    static const struct {
        const char *rule;
        bool passes;
    } cases[] = {
        { INOUT("<icmp type='8'/>"), true },
        { INOUT("<icmp type='8' code='0'/>"), true },
        { INOUT("<icmp/>"), false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct filter_fields frame = {
            .dl_type = htons(ETH_TYPE_IP), .proto = IPPROTO_ICMP,
            .tp_src = htons(8),
        };
        struct port_filter *filter = make_filter(cases[i].rule);

        assert_int_equal(filter_list_verdict(&filter->in, &frame),
                         cases[i].passes);
        assert_int_equal(filter_list_verdict(&filter->out, &frame),
                         cases[i].passes);
        port_filter_unref(filter);
    }
}

/* Filters that would cost too much. */
static void
test_limits(void **state OVS_UNUSED)
{
    struct filter_set library = { .n = 0 };
    struct ds s = DS_EMPTY_INITIALIZER;
    char *error;

    ds_put_cstr(&s, "<filter name='f'>");
    for (size_t i = 0; i < 300; i++) {
        ds_put_format(&s, "<rule action='%s' direction='out'>"
                      "<ip match='no' srcipaddr='10.0.0.%"PRIuSIZE"' "
                      "protocol='%"PRIuSIZE"'/></rule>",
                      i % 2 ? "continue" : "return", i % 250, i % 256);
    }
    ds_put_cstr(&s, "</filter>");
    filter_set_add(&library, ds_cstr(&s));
    ds_clear(&s);

    ds_put_cstr(&s, "<filter name='many'>");
    for (size_t i = 0; i < 1100; i++) {
        ds_put_format(&s, "<rule action='drop' direction='out'>"
                      "<tcp dstportstart='%"PRIuSIZE"'/></rule>", 7 * i);
    }
    ds_put_cstr(&s, "</filter>");
    filter_set_add(&library, ds_cstr(&s));
    ds_clear(&s);

    filter_set_add(&library,
        "<filter name='p'><rule action='drop' direction='out'>"
        "<all srcipaddr='$A' dstipaddr='$B[@1]'/></rule></filter>");
    ds_put_cstr(&s, "p");
    for (size_t i = 0; i < 200; i++) {
        ds_put_format(&s, " A=10.0.0.%"PRIuSIZE" B=10.0.0.%"PRIuSIZE, i, i);
    }

    assert_null(filter_set_make(&library, "many", &error));
    assert_string_equal(error, "it takes more than 1024 flows");
    free(error);
    assert_null(filter_set_make(&library, ds_cstr(&s), &error));
    assert_string_equal(error, "f.xml:1: more than 4096 rules");
    free(error);
    port_filter_unref(filter_set_make(&library, "f", &error));
    free(error);
    ds_destroy(&s);
    filter_set_uninit(&library);
}

/* References as text, there and back. */
static void
test_references(void **state OVS_UNUSED)
{
    static const struct {
        const char *text, *canonical;
    } cases[] = {
        { "clean-traffic", "clean-traffic" },
        { " f  IP=10.0.0.5\tMAC=a IP=10.0.0.6 ", "f IP=10.0.0.5 IP=10.0.0.6"
          " MAC=a" },
        { "f IP=", "f" },
        { "", NULL },
        { "IP=10.0.0.5", NULL },
        { "f 10.0.0.5", NULL },
        { "f =10.0.0.5", NULL },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct nwfilter_ref ref;
        char *error = nwfilter_ref_from_string(&ref, cases[i].text);
        struct ds s = DS_EMPTY_INITIALIZER;

        assert_int_equal(error != NULL, !cases[i].canonical);
        if (!error) {
            nwfilter_ref_format(&s, &ref);
            assert_string_equal(ds_cstr(&s), cases[i].canonical);
            nwfilter_ref_uninit(&ref);
        }
        ds_destroy(&s);
        free(error);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_no_filter),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_hidden_tags),
        cmocka_unit_test(test_later_fragments),
        cmocka_unit_test(test_icmp_inout),
        cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
