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
#include "lib/xml/domstatus.h"
#include "lib/xml/sax-xml.h"
#include "packets.h"
#include "util.h"

/* What libvirt 9.0.0 writes, but for what is of no interest. */
static const char guest[] =
"<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE.\n-->\n"
"<domstatus state='%s' reason='%s' pid='184'>\n"
"  <taint flag='high-privileges'/>\n"
"  %s\n"
"  <devices><device alias='net0'/></devices>\n"
"  <domain type='qemu' id='1'>\n"
"    <name>g1</name>\n"
"    <uuid>11111111-2222-3333-4444-000000000001</uuid>\n"
"    <metadata>\n"
"      <vn:domain xmlns:vn='urn:ovs-virtnet:1'>\n"
"        <vn:interface mac='52:54:00:00:00:05' isolated='yes' macs='*'/>\n"
"        <vn:interface mac='52:54:00:00:00:02' role='network'/>\n"
"        <vn:interface mac='52:54:00:00:00:99' isolated='yes'/>\n"
"      </vn:domain>\n"
"      <other:interface mac='52:54:00:00:00:01' isolated='yes'\n"
"                       xmlns:other='urn:other'/>\n"
"    </metadata>\n"
"    <os><name>not this</name></os>\n"
"    <devices>\n"
"      <interface type='network'>\n"
"        <mac address='52:54:00:00:00:01'/>\n"
"        <source network='net' portid='5ecbcace-736b-4efe-8756-ed3fbaa809ae'/>\n"
"        <actual type='bridge' trustGuestRxFilters='yes'>\n"
"          <source bridge='ovsbr0'/>\n"
"          <virtualport type='openvswitch'/>\n"
"        </actual>\n"
"        <target dev='vnet0'/>\n"
"        <vlan><tag id='7'/></vlan>\n"
"        <address type='pci' domain='0x0000'/>\n"
"      </interface>\n"
"      <interface type='network' trustGuestRxFilters='no'>\n"
"        <mac address='52:54:00:00:00:02' currentAddress='52:54:00:00:aa:aa'/>\n"
"        <source network='net' portgroup='trunk'/>\n"
"        <actual type='bridge'>\n"
"          <source bridge='ovsbr0'/>\n"
"          <vlan trunk='yes'>\n"
"            <tag id='42' nativeMode='untagged'/>\n"
"            <tag id='47'/>\n"
"          </vlan>\n"
"          <bandwidth><inbound average='7000' burst='64'/></bandwidth>\n"
"        </actual>\n"
"        <bandwidth><inbound average='1000' burst='64'/></bandwidth>\n"
"        <target dev='vnet1'/>\n"
"        <link state='up'/>\n"
"      </interface>\n"
"      <interface type='bridge' trustGuestRxFilters='yes'>\n"
"        <mac address='52:54:00:00:00:05'/>\n"
"        <source bridge='ovsbr0'/>\n"
"        <vlan><tag id='42'/></vlan>\n"
"        <port isolated='yes'/>\n"
"        <target dev='mytap5'/>\n"
"        <link state='down'/>\n"
"      </interface>\n"
"      <interface type='vhostuser'>\n"
"        <mac address='52:54:00:00:00:06'/>\n"
"        <source type='unix' path='/run/g1.sock' mode='server'/>\n"
"        <newer><mac address='52:54:00:00:00:07'/></newer>\n"
"      </interface>\n"
"      <interface type='user'/>\n"
"    </devices>\n"
"  </domain>\n"
"</domstatus>\n";

static struct domstatus *
read_guest(const char *state, const char *reason, const char *job)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    char *xml = xasprintf(guest, state, reason, job);
    struct domstatus *status = domstatus_from_xml(xml, strlen(xml), "g1.xml",
                                                  &diags);

    assert_non_null(status);
    assert_int_equal(diags.n, 1);
    assert_int_equal(diags.diags[0].origin.line, 15);
    assert_string_equal(diags.diags[0].text, "no interface of the guest has "
                        "<mac address='52:54:00:00:00:99'/>, so that nothing "
                        "comes of it");
    diag_list_uninit(&diags);
    free(xml);
    return status;
}

static void
assert_mac(const struct eth_addr mac, const char *expected)
{
    char *s = xasprintf(ETH_ADDR_FMT, ETH_ADDR_ARGS(mac));

    assert_string_equal(s, expected);
    free(s);
}

static void
assert_vlan(const struct domif *domif, const char *expected)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    port_vlan_format(&s, &domif->vlan);
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
}

static void
test_guest(void **state OVS_UNUSED)
{
    struct domstatus *status = read_guest("running", "booted", "");

    assert_string_equal(status->name, "g1");
    assert_string_equal(status->uuid, "11111111-2222-3333-4444-000000000001");
    assert_int_equal(status->state, DOMAIN_RUNNING);
    assert_int_equal(status->n_interfaces, 5);

    /* What is in <actual> counts, and no <vlan> is in it. */
    const struct domif *domif = &status->interfaces[0];
    assert_mac(domif->mac, "52:54:00:00:00:01");
    assert_true(eth_addr_is_zero(domif->current_mac));
    assert_string_equal(domif->target, "vnet0");
    assert_string_equal(domif->network, "net");
    assert_null(domif->portgroup);
    assert_null(domif->socket);
    assert_null(domif->trust);
    assert_false(domif->has_vlan);
    assert_false(domif->link_down);
    assert_null(domif->settings.isolated);

    domif = &status->interfaces[1];
    assert_mac(domif->current_mac, "52:54:00:00:aa:aa");
    assert_string_equal(domif->portgroup, "trunk");
    assert_string_equal(domif->trust, "no");
    assert_true(domif->has_vlan);
    assert_vlan(domif, "vlan_mode=native-untagged tag=42 trunks=42,47");
    assert_int_equal(domif->bandwidth.in.average, 1000);
    assert_int_equal(domif->bandwidth.in.burst, 64);
    assert_false(domif->link_down);
    assert_string_equal(domif->settings.role, "network");
    assert_null(domif->settings.isolated);

    domif = &status->interfaces[2];
    assert_string_equal(domif->target, "mytap5");
    assert_string_equal(domif->trust, "yes");
    assert_null(domif->network);
    assert_vlan(domif, "tag=42");
    assert_true(domif->isolated);
    assert_true(domif->link_down);
    assert_string_equal(domif->settings.isolated, "yes");
    assert_string_equal(domif->settings.macs, "*");

    domif = &status->interfaces[3];
    assert_mac(domif->mac, "52:54:00:00:00:06");
    assert_string_equal(domif->socket, "/run/g1.sock");
    assert_null(domif->target);

    assert_true(eth_addr_is_zero(status->interfaces[4].mac));
    domstatus_destroy(status);
}

static void
test_state(void **state OVS_UNUSED)
{
    static const struct {
        const char *state, *reason, *job;
        enum domain_state expected;
    } cases[] = {
        { "running", "booted", "", DOMAIN_RUNNING },
        { "running", "migrated", "<job type='none' async='migration out'/>",
          DOMAIN_RUNNING },
        { "paused", "user", "", DOMAIN_PAUSED },
        { "paused", "starting up", "<job type='none' async='start'/>",
          DOMAIN_PAUSED },
        { "paused", "starting up", "<job type='none' async='migration in'/>",
          DOMAIN_MIGRATING },
        { "paused", "migration", "<job type='none' async='migration in'/>",
          DOMAIN_MIGRATING },
        { "paused", "migration", "", DOMAIN_MIGRATING },
        { "paused", "migration", "<job type='none' async='migration out'/>",
          DOMAIN_MIGRATING },
        { "paused", "user", "<job type='none' async='migration out'/>",
          DOMAIN_PAUSED },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct domstatus *status = read_guest(cases[i].state, cases[i].reason,
                                              cases[i].job);

        assert_int_equal(status->state, cases[i].expected);
        domstatus_destroy(status);
    }
    assert_string_equal(domain_state_to_string(DOMAIN_MIGRATING), "migrating");
}

/* What the administrator writes, or "virsh dumpxml" prints. */
static void
test_guest_file(void **state OVS_UNUSED)
{
    static const char xml[] =
        "<domain><name>web1</name><devices>\n"
        "  <interface type='ethernet'>\n"
        "    <mac address='52:54:00:00:00:01'/><target dev='tap0'/>\n"
        "  </interface>\n"
        "</devices>\n"
        "<metadata><vn:domain xmlns:vn='urn:ovs-virtnet:1'>"
        "<vn:interface mac='52:54:00:00:00:01' portgroup='web'/>"
        "</vn:domain></metadata></domain>";
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct domstatus *status = domstatus_from_xml(xml, strlen(xml), "w.xml",
                                                  &diags);

    assert_int_equal(diags.n, 0);
    assert_non_null(status);
    assert_string_equal(status->name, "web1");
    assert_string_equal(status->from, "a guest file");
    assert_false(status->is_libvirts);
    assert_int_equal(status->state, DOMAIN_RUNNING);
    assert_int_equal(status->n_interfaces, 1);
    assert_string_equal(status->interfaces[0].target, "tap0");
    assert_int_equal(status->interfaces[0].mac.ea[5], 1);
    assert_string_equal(status->interfaces[0].settings.portgroup, "web");
    domstatus_destroy(status);
}

static void
check_refused(const char *text, size_t size, const char *expected)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;

    assert_null(domstatus_from_xml(text, size, "g1.xml", &diags));
    assert_int_equal(diags.n, 1);
    assert_int_equal(diags.diags[0].severity, DIAG_ERROR);
    assert_string_equal(diags.diags[0].origin.file, "g1.xml");
    if (!strstr(diags.diags[0].text, expected)) {
        fail_msg("\"%s\" is not in \"%s\"", expected, diags.diags[0].text);
    }
    diag_list_uninit(&diags);
}

/* Whatever a document lacks or is too much, it is refused, with one reason. */
static void
test_refused(void **state OVS_UNUSED)
{
    static const char *const texts[][2] = {
        { "", "empty" },
        { "<network/>", "root element is <network>, expected <domain> or "
          "<domstatus>" },
        { "<domain><name>a</name>\n<devices><interface>\n<mac address='52'/>"
          "</interface></devices></domain>",
          "'52' is not the MAC address of an interface" },
        { "<domain><name>a</name><devices><interface>"
          "<mac address='01:00:5e:00:00:01'/></interface></devices></domain>",
          "'01:00:5e:00:00:01' is not the MAC address of an interface" },
        { "<domain><name>a</name><devices><interface><mac/></interface>"
          "</devices></domain>", "<mac> has no address" },
        { "<domain/>", "there is no <domain> with a <name>" },
        { "<domstatus/>", "there is no <domain> with a <name>" },
        { "<domstatus><domain><name>a</name></domain>", "Premature end" },
        { "<!DOCTYPE a><domstatus/>", "document type declarations" },
        { "<domstatus><domain><devices><interface><mac", "" },
        { "<domstatus><domain><devices><interface><actual><vlan>", "" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        check_refused(texts[i][0], strlen(texts[i][0]), texts[i][1]);
    }

    char *large = xzalloc(SAX_MAX_SIZE + 1);
    memset(large, ' ', SAX_MAX_SIZE + 1);
    check_refused(large, SAX_MAX_SIZE + 1, "larger than 4 MB");
    free(large);

    /* Half-written: every beginning of a good one. */
    char *xml = xasprintf(guest, "running", "booted", "");
    size_t end = strlen(xml) - strlen("</domstatus>\n");
    for (size_t i = 0; i < end; i++) {
        check_refused(xml, i, "");
    }
    free(xml);
}

/* What is meant for us and comes to nothing is said; the guest is taken. */
static void
test_mistakes(void **state OVS_UNUSED)
{
    static const struct {
        const char *metadata, *element, *expected;
    } cases[] = {
        { "<vn:domain xmlns:vn='urn:ovs-virtnet:1'>"
          "<vn:interface mac='52:54:00:00:00:01' isolatd='yes'/></vn:domain>",
          "metadata/vn:domain/vn:interface",
          "unknown attribute 'isolatd', expected mac, isolated, " },
        { "<vn:domain xmlns:vn='urn:ovs-virtnet:1'>"
          "<vn:interface isolated='yes'/></vn:domain>",
          "metadata/vn:domain/vn:interface", "attribute mac is missing" },
        { "<vn:domain xmlns:vn='urn:ovs-virtnet:1'><interface "
          "mac='52:54:00:00:00:01'/></vn:domain>",
          "metadata/vn:domain/interface",
          "unknown element, expected <vn:interface>" },
        { "<vn:domain xmlns:vn='urn:ovs-virtnet:1' isolated='yes'/>",
          "metadata/vn:domain", "unknown attribute 'isolated'" },
        { "<vn:interface xmlns:vn='urn:ovs-virtnet:1' isolated='yes' "
          "mac='52:54:00:00:00:01'/>",
          "metadata/vn:interface", "not where it belongs" },
        { "<vn:domain xmlns:vn='urn:ovs-virtnet:2'/>",
          "metadata/{urn:ovs-virtnet:2}domain", "not in our namespace" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        char *xml = xasprintf("<domstatus><domain><name>a</name><metadata>\n"
                              "%s</metadata><devices><interface>"
                              "<mac address='52:54:00:00:00:01'/></interface>"
                              "</devices></domain></domstatus>",
                              cases[i].metadata);
        struct domstatus *status = domstatus_from_xml(xml, strlen(xml),
                                                      "a.xml", &diags);

        assert_non_null(status);
        assert_int_equal(diags.n, 1);
        assert_int_equal(diags.diags[0].severity, DIAG_ERROR);
        assert_int_equal(diags.diags[0].origin.line, 2);
        assert_string_equal(diags.diags[0].origin.element, cases[i].element);
        assert_non_null(strstr(diags.diags[0].text, cases[i].expected));
        diag_list_uninit(&diags);
        domstatus_destroy(status);
        free(xml);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guest),
        cmocka_unit_test(test_state),
        cmocka_unit_test(test_guest_file),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_mistakes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
