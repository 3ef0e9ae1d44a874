/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/ip-prefix.h"
#include "lib/xml/netdef.h"
#include "lib/xml/sax-xml.h"
#include "util.h"

/* What golden cases show is not repeated here: see tests/golden/check. */

static struct netdef *
parse(const char *xml, struct diag_list *diags)
{
    return netdef_from_xml(xml, strlen(xml), "net.xml", diags);
}

/* Parses 'xml', in which there must be nothing to complain about. */
static struct netdef *
parse_clean(const char *xml)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct netdef *netdef = parse(xml, &diags);
    struct ds s = DS_EMPTY_INITIALIZER;

    diag_list_format(&s, &diags);
    assert_string_equal(ds_cstr(&s), "");
    assert_non_null(netdef);
    ds_destroy(&s);
    diag_list_uninit(&diags);
    return netdef;
}

/* Checks that the 'size' bytes at 'xml' are refused with one error in 'line'
 * whose text contains 'text'. */
static void
assert_refused(const char *xml, size_t size, unsigned int line,
               const char *text)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;

    assert_null(netdef_from_xml(xml, size, "net.xml", &diags));
    assert_int_equal(diags.n, 1);
    assert_int_equal(diags.diags[0].severity, DIAG_ERROR);
    assert_int_equal(diags.diags[0].origin.line, line);
    if (!strstr(diags.diags[0].text, text)) {
        fail_msg("\"%s\" is not about \"%s\"", diags.diags[0].text, text);
    }
    diag_list_uninit(&diags);
}

static void
test_introductory_example(void **state OVS_UNUSED)
{
    struct netdef *netdef = parse_clean(
        "<network><name>test</name>"
        "<bridge name='br0' macTableManager='libvirt'/></network>");

    assert_string_equal(netdef->name, "test");
    assert_null(netdef->uuid);
    assert_string_equal(netdef->bridge, "br0");
    assert_int_equal(netdef_mode(netdef), MAC_TABLE_LIBVIRT);
    assert_int_equal(netdef->forward, NETDEF_FORWARD_NONE);
    assert_int_equal(netdef->virtualport, NETDEF_VIRTUALPORT_NONE);
    assert_false(netdef->has_vlan);
    assert_true(port_vlan_is_default(&netdef->vlan));
    assert_int_equal(netdef->n_portgroups, 0);
    assert_true(netdef_is_ours(netdef));
    netdef_destroy(netdef);
}

/* Lines are those in which tags begin. */
static void
test_origins(void **state OVS_UNUSED)
{
    struct netdef *netdef = parse_clean("\n"
                                        "<network>\n"
                                        "  <name>test</name>\n"
                                        "  <bridge\n"
                                        "      name='br0'\n"
                                        "  />\n"
                                        "  <portgroup\n"
                                        "      name='pg'/>\n"
                                        "</network>\n");
    struct origin bridge;

    origin_init(&bridge, "net.xml", 4, "bridge");
    assert_true(origin_equals(&netdef->bridge_origin, &bridge));
    origin_uninit(&bridge);
    assert_int_equal(netdef->origin.line, 2);
    assert_string_equal(netdef->origin.element, "network");
    assert_int_equal(netdef->name_origin.line, 3);
    assert_int_equal(netdef->portgroups[0].origin.line, 7);
    netdef_destroy(netdef);
}

static void
test_portgroups(void **state OVS_UNUSED)
{
    struct netdef *netdef = parse_clean(
        "<network><name>n</name><bridge name='b'/>"
        "<portgroup name='z'/>"
        "<portgroup name='a' default='yes'/>"
        "<portgroup name='m' default='no'><vlan><tag id='5'/></vlan>"
        "</portgroup></network>");

    assert_int_equal(netdef->n_portgroups, 3);
    assert_string_equal(netdef->portgroups[0].name, "z");
    assert_ptr_equal(netdef_default_portgroup(netdef),
                     &netdef->portgroups[1]);
    assert_ptr_equal(netdef_find_portgroup(netdef, "m"),
                     &netdef->portgroups[2]);
    assert_null(netdef_find_portgroup(netdef, "M"));
    assert_false(netdef->portgroups[1].has_vlan);
    assert_int_equal(netdef->portgroups[2].vlan.tag, 5);
    assert_false(netdef->has_vlan);
    netdef_destroy(netdef);
}

/* <vlan> and the columns of table Port that libvirt writes for it. */
static void
test_vlan(void **state OVS_UNUSED)
{
    static const struct {
        const char *xml;
        const char *columns;
    } cases[] = {
        { "<vlan><tag id='42'/></vlan>", "tag=42" },
        { "<vlan><tag id='0'/></vlan>", "tag=0" },
        { "<vlan><tag id='0042'/></vlan>", "tag=42" },
        { "<vlan><tag id='4094'/></vlan>", "tag=4094" },
        { "<vlan trunk='no'><tag id='42'/></vlan>", "tag=42" },
        { "<vlan trunk='yes'><tag id='42'/></vlan>", "trunks=42" },
        { "<vlan><tag id='47'/><tag id='42'/></vlan>", "trunks=42,47" },
        { "<vlan><tag id='42' nativeMode='tagged'/></vlan>",
          "vlan_mode=native-tagged tag=42" },
        { "<vlan><tag id='42' nativeMode='untagged'/></vlan>",
          "vlan_mode=native-untagged tag=42" },
        { "<vlan trunk='yes'><tag id='42' nativeMode='untagged'/></vlan>",
          "vlan_mode=native-untagged tag=42 trunks=42" },
        { "<vlan trunk='yes'><tag id='1'/>"
          "<tag id='42' nativeMode='untagged'/></vlan>",
          "vlan_mode=native-untagged tag=42 trunks=1,42" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char *xml = xasprintf("<network><name>n</name><bridge name='b'/>%s"
                              "<portgroup name='p'>%s</portgroup></network>",
                              cases[i].xml, cases[i].xml);
        struct netdef *netdef = parse_clean(xml);
        struct ds s = DS_EMPTY_INITIALIZER;

        port_vlan_format(&s, &netdef->vlan);
        assert_string_equal(ds_cstr(&s), cases[i].columns);
        assert_true(netdef->has_vlan);
        assert_true(netdef->portgroups[0].has_vlan);
        assert_true(port_vlan_equals(&netdef->vlan,
                                     &netdef->portgroups[0].vlan));
        ds_destroy(&s);
        netdef_destroy(netdef);
        free(xml);
    }
}

static void
test_uuid(void **state OVS_UNUSED)
{
    static const char canonical[] = "81ff0d90-c91e-6742-64da-4a736edb9a8f";
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        { "81ff0d90-c91e-6742-64da-4a736edb9a8f", true },
        { "81FF0D90C91E674264DA4A736EDB9A8F", true },
        { "\n 81-ff0d-90-c91e-6742-64da-4a736edb9a8f\t", true },
        { "81ff0d90-c91e-6742-64da-4a736edb9a8", false },
        { "81ff0d90-c91e-6742-64da-4a736edb9a8f0", false },
        { "81ff0d90-c91e-6742-64da-4a736edb9a8g", false },
        { "8-1ff0d90-c91e-6742-64da-4a736edb9a8f", false },
        { "", false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        char *xml = xasprintf("<network><name>n</name><uuid>%s</uuid>"
                              "<bridge name='b'/></network>", cases[i].text);
        struct netdef *netdef = parse(xml, &diags);

        assert_int_equal(diags.n, !cases[i].good);
        if (cases[i].good) {
            assert_string_equal(netdef->uuid, canonical);
        } else {
            assert_null(netdef);
        }
        netdef_destroy(netdef);
        diag_list_uninit(&diags);
        free(xml);
    }
}

/* Modes and types decide whose a network is; somebody else's is a note, even
 * where it is wrong inside. */
static void
test_whose(void **state OVS_UNUSED)
{
    static const struct {
        const char *xml;
        bool foreign;
        bool ours;
        size_t n_notes;
    } cases[] = {
        { "<bridge name='b'/>", false, true, 0 },
        { "<forward mode='bridge'/><bridge name='b'/>", false, true, 0 },
        { "<forward mode='none'/><bridge name='b'/>", false, true, 0 },
        { "<virtualport type='openvswitch'/><bridge name='b'/>", false, true,
          0 },
        { "<forward mode='bridge'/>", false, false, 1 },
        { "", false, false, 1 },
        { "<forward/><bridge name='b'/>", true, false, 1 },
        { "<forward mode='nat'/><bridge name='b'/>", true, false, 1 },
        { "<forward mode='route'/><bridge name='b'/>", true, false, 1 },
        { "<forward mode='open'/><bridge name='b'/>", true, false, 1 },
        { "<forward mode='private'/>", true, false, 1 },
        { "<forward mode='vepa'/>", true, false, 1 },
        { "<forward mode='passthrough'/>", true, false, 1 },
        { "<forward mode='hostdev'/>", true, false, 1 },
        { "<forward mode='bridge'/><virtualport type='802.1Qbh'/>", true,
          false, 1 },
        { "<virtualport type='midonet'/><bridge name='b'/>", true, false, 1 },
        { "<bridge name='no such name' macTableManager='x'/><uuid>x</uuid>"
          "<vlan><tag id='5000' nativeMode='tagged'/></vlan><foo/><dns/>"
          "<portgroup/><portgroup/><forward mode='nat'/>", true, false, 1 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        char *xml = xasprintf("<network><name>n</name>%s</network>",
                              cases[i].xml);
        struct netdef *netdef = parse(xml, &diags);

        assert_non_null(netdef);
        assert_int_equal(netdef_is_foreign(netdef), cases[i].foreign);
        assert_int_equal(netdef_is_ours(netdef), cases[i].ours);
        assert_int_equal(diags.n, cases[i].n_notes);
        assert_int_equal(diag_list_count(&diags, DIAG_NOTE),
                         cases[i].n_notes);
        netdef_destroy(netdef);
        diag_list_uninit(&diags);
        free(xml);
    }
}

static void
test_bridge_names(void **state OVS_UNUSED)
{
    static const struct {
        const char *name;
        bool good;
    } cases[] = {
        { "b", true }, { "ovsbr0", true }, { "fifteen-bytes-0", true },
        { "...", true }, { "br.100", true },
        { "", false }, { "sixteen-bytes-00", false }, { ".", false },
        { "..", false }, { "a/b", false }, { "a\\b", false }, { "a b", false },
        { "a:b", false }, { "virbr%d", false }, { "all", false },
        { "default", false }, { "ovs-system", false }, { "a&#10;", false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        char *xml = xasprintf("<network><name>n</name>\n<bridge name='%s'/>"
                              "</network>", cases[i].name);
        struct netdef *netdef = parse(xml, &diags);

        assert_int_equal(netdef != NULL, cases[i].good);
        assert_int_equal(diags.n, !cases[i].good);
        if (!cases[i].good) {
            assert_int_equal(diags.diags[0].origin.line, 2);
            assert_string_equal(diags.diags[0].origin.element, "bridge@name");
        }
        netdef_destroy(netdef);
        diag_list_uninit(&diags);
        free(xml);
    }
}

static void
test_not_xml(void **state OVS_UNUSED)
{
    static const struct {
        const char *xml;
        unsigned int line;
        const char *text;
    } cases[] = {
        { "", 1, "empty" },
        { "\n \n", 3, "Start tag expected" },
        { "<network>\n<name>n</nam>\n</network>", 2, "mismatch" },
        { "<network>\n<name>n</name>\n", 3, "Premature end" },
        { "<network/>\n<network/>", 2, "Extra content" },
        { "<network>\n\n&foo;</network>", 3, "Entity 'foo' not defined" },
        { "<network>\n\xff</network>", 2, "not proper UTF-8" },
        { "<?xml version='1.0' encoding='ISO-8859-1'?>\n<network>\xe4"
          "</network>", 2, "not proper UTF-8" },
        { "<!DOCTYPE network>\n<network/>", 1, "document type declaration" },
        { "\n<!DOCTYPE network SYSTEM 'file:///dev/null'>\n<network/>", 2,
          "document type declaration" },
        { "\n<domain/>", 2, "<domain>, expected <network>" },
        { "<network xmlns='urn:x'/>", 1, "expected <network>" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_refused(cases[i].xml, strlen(cases[i].xml), cases[i].line,
                       cases[i].text);
    }
    assert_refused("<network>\n\n\0</network>", 22, 3, "NUL");
}

/* Repeats 'unit' until there are 'size' bytes. */
static char *
repeat(const char *head, const char *unit, size_t size)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    ds_put_cstr(&s, head);
    while (s.length < size) {
        ds_put_cstr(&s, unit);
    }
    return ds_steal_cstr(&s);
}

/* Each of these takes a parser without limits a long time or much memory. */
static void
test_limits(void **state OVS_UNUSED)
{
    static const struct {
        const char *head;
        const char *unit;
        size_t size;
        const char *text;
    } cases[] = {
        { "<network>", " ", SAX_MAX_SIZE + 1, "larger than 4 MB" },
        { "<network>", "<a>", 30000, "nested too deeply" },
        { "<network", " a=''", SAX_MAX_SIZE - 20, "too many attributes" },
        { "<network", " xmlns:a=''", SAX_MAX_SIZE - 20,
          "too many attributes" },
        { "<!DOCTYPE lolz [<!ENTITY lol \"lol\">", "<!ENTITY l1 \"&lol;&lol;"
          "&lol;\">", 100000, "document type declaration" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char *xml = repeat(cases[i].head, cases[i].unit, cases[i].size);

        assert_refused(xml, strlen(xml), 1, cases[i].text);
        free(xml);
    }

    struct ds s = DS_EMPTY_INITIALIZER;

    ds_put_cstr(&s, "<network>");
    for (unsigned int i = 0; i < 100000; i++) {
        ds_put_format(&s, "<a%x/>", i);
    }
    assert_refused(s.string, s.length, 1, "too many different names");
    ds_destroy(&s);
}

/* A definition may be wrong in a million places. */
static void
test_many_diagnostics(void **state OVS_UNUSED)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    char *xml = repeat("<network>", "<a/><ip/>", SAX_MAX_SIZE - 1000);
    char *whole = xasprintf("%s<bridge name='b' macTableManager='x'/>"
                            "</network>", xml);

    assert_null(parse(whole, &diags));
    assert_true(diags.n < 110);
    assert_int_equal(diag_list_count(&diags, DIAG_ERROR), 2);
    free(whole);
    free(xml);
    diag_list_uninit(&diags);
}

/* What is no element of libvirt's is named, once and without its content;
 * what other programs keep in <metadata> is not. */
static void
test_unknown(void **state OVS_UNUSED)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct netdef *netdef = parse(
        "<network foo='1'><name>n</name>\n"
        "<bridge name='b'/>\n"
        "<foo a='1'><bar/><bridge name='c'/></foo>\n"
        "<network><name>m</name></network>\n"
        "<x:ip xmlns:x='urn:x'/>\n"
        "<metadata>text<foo/><x:y xmlns:x='urn:x' z='1'><name/></x:y>"
        "</metadata>\n"
        "</network>", &diags);
    struct ds s = DS_EMPTY_INITIALIZER;

    assert_non_null(netdef);
    assert_string_equal(netdef->name, "n");
    assert_string_equal(netdef->bridge, "b");
    diag_list_sort(&diags);
    diag_list_format(&s, &diags);
    assert_string_equal(
        ds_cstr(&s),
        "net.xml:1: warning: network@foo: unknown attribute, ignored\n"
        "net.xml:3: warning: foo: unknown element, ignored\n"
        "net.xml:4: warning: network: unknown element, ignored\n"
        "net.xml:5: warning: {urn:x}ip: unknown element, ignored\n");
    ds_destroy(&s);
    diag_list_uninit(&diags);
    netdef_destroy(netdef);
}

static void
test_validate(void **state OVS_UNUSED)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct netdef *netdef = parse_clean(
        "<network><name>n</name><bridge name='b'/></network>");

    /* Definitions need not come from XML. */
    assert_true(netdef_validate(netdef, &diags));
    assert_int_equal(diags.n, 0);
    netdef->vlan.tag = 4095;
    assert_false(netdef_validate(netdef, &diags));
    assert_int_equal(diags.n, 1);
    netdef_destroy(netdef);
    diag_list_uninit(&diags);
    netdef_destroy(NULL);
}

/* A guest's addresses are found wherever in the file they are, and stay in
 * order. */
static void
test_hosts(void **state OVS_UNUSED)
{
    static const struct eth_addr one = ETH_ADDR_C(52,54,00,00,00,01);
    static const struct eth_addr two = ETH_ADDR_C(52,54,00,00,00,02);
    static const struct eth_addr four = ETH_ADDR_C(52,54,00,00,00,04);
    struct netdef *netdef = parse_clean(
        "<network><name>n</name><bridge name='b'/><metadata>"
        "<vn:network xmlns:vn='urn:ovs-virtnet:1'>"
        "<vn:host mac='52:54:00:00:00:02' ip='10.0.0.9'/>"
        "<vn:host mac='52:54:00:00:00:03' ip='10.0.0.3'/>"
        "<vn:host mac='52:54:00:00:00:01' ip='10.0.0.1'/>"
        "<vn:host mac='52:54:00:00:00:02' ip='10.0.0.8'/>"
        "</vn:network></metadata></network>");
    const struct netdef_host *hosts;
    size_t n;

    hosts = netdef_find_hosts(netdef, two, &n);
    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++) {
        struct ds s = DS_EMPTY_INITIALIZER;

        ip_prefix_format(&s, &hosts[i].ip);
        assert_string_equal(ds_cstr(&s), i ? "10.0.0.8" : "10.0.0.9");
        ds_destroy(&s);
    }
    assert_non_null(netdef_find_hosts(netdef, one, &n));
    assert_int_equal(n, 1);
    assert_null(netdef_find_hosts(netdef, four, &n));
    assert_int_equal(n, 0);
    netdef_destroy(netdef);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_introductory_example),
        cmocka_unit_test(test_origins),
        cmocka_unit_test(test_portgroups),
        cmocka_unit_test(test_vlan),
        cmocka_unit_test(test_uuid),
        cmocka_unit_test(test_whose),
        cmocka_unit_test(test_bridge_names),
        cmocka_unit_test(test_not_xml),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_many_diagnostics),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_validate),
        cmocka_unit_test(test_hosts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
