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
#include "lib/base/ovs-compat.h"
#include "lib/host/tunnel-row.h"
#include "lib/host/vif.h"
#include "lib/model/remote-policy.h"
#include "lib/model/vport.h"
#include "lib/rows/overlay.h"
#include "lib/rows/row-change.h"
#include "lib/xml/netdef.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "packets.h"
#include "svec.h"
#include "util.h"

/* A host, with the tunnels that it has. */
struct world {
    struct overlay o;
    struct netdef *defs[4];
    struct vif *vifs;
    size_t n_vifs;
};

static bool
has_bridge(const char *name, const void *aux OVS_UNUSED)
{
    return strcmp(name, "none");
}

static void
for_each_vif(void (*cb)(const struct vif *, void *), void *cb_aux,
             const void *w_)
{
    const struct world *w = w_;

    for (size_t i = 0; i < w->n_vifs; i++) {
        cb(&w->vifs[i], cb_aux);
    }
}

static const struct vif *
find_vif(const char *name, const void *w_)
{
    const struct world *w = w_;

    for (size_t i = 0; i < w->n_vifs; i++) {
        if (!strcmp(w->vifs[i].name, name)) {
            return &w->vifs[i];
        }
    }
    return NULL;
}

static const struct uuid *
find_port(const char *name OVS_UNUSED, const void *aux OVS_UNUSED)
{
    static const struct uuid port = { .parts = { 1, 2, 3, 4 } };

    return &port;
}

static void
define(struct world *w, const char *name, const char *attributes,
       const char *bridge)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    char *xml = xasprintf("<network><name>%s</name><metadata><vn:network "
                          "xmlns:vn='urn:ovs-virtnet:1' %s/></metadata>"
                          "<bridge name='%s' macTableManager='libvirt'/>"
                          "</network>", name, attributes, bridge);

    w->defs[w->o.n_defs] = netdef_from_xml(xml, strlen(xml), "x", &diags);
    assert_non_null(w->defs[w->o.n_defs]);
    assert_int_equal(diags.n, 0);
    w->o.n_defs++;
    w->o.defs = (const struct netdef *const *) w->defs;
    diag_list_uninit(&diags);
    free(xml);
}

/* Checks that overlay_want() asks for the changes that 'expected' has. */
static void
check_want(const struct world *w, const char *expected)
{
    struct row_changes changes = ROW_CHANGES_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    overlay_want(&w->o, &changes);
    for (size_t i = 0; i < changes.n; i++) {
        struct json *request;

        row_change_format(&s, &changes.changes[i]);
        ds_put_char(&s, '\n');
        request = row_change_to_transact(&changes.changes[i], "");
        assert_true(json_array_size(request) > 1);
        json_destroy(request);
    }
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
    row_changes_uninit(&changes);
}

static void
check_report(const struct world *w, const char *expected)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    overlay_report(&w->o, &diags);
    diag_list_format(&s, &diags);
    if (!strstr(ds_cstr(&s), expected) || !expected[0] != !s.length) {
        assert_string_equal(ds_cstr(&s), expected);
    }
    ds_destroy(&s);
    diag_list_uninit(&diags);
}

static void
add_vif(struct world *w, const char *name, const char *mark,
        const char *settings)
{
    w->vifs = xrealloc(w->vifs, (w->n_vifs + 1) * sizeof *w->vifs);
    vif_init(&w->vifs[w->n_vifs]);
    w->vifs[w->n_vifs].name = xstrdup(name);
    w->vifs[w->n_vifs].tunnel_mark = nullable_xstrdup(mark);
    w->vifs[w->n_vifs].tunnel = nullable_xstrdup(settings);
    w->n_vifs++;
}

static void
world_init(struct world *w, const struct svec *own)
{
    *w = (struct world) {
        .o = {
            .own = "h1",
            .addresses = own,
            .complete = true,
            .has_bridge = has_bridge,
            .for_each_vif = for_each_vif,
            .find_vif = find_vif,
            .find_port = find_port,
            .aux = w,
        },
    };
}

static void
world_uninit(struct world *w)
{
    for (size_t i = 0; i < w->o.n_defs; i++) {
        netdef_destroy(w->defs[i]);
    }
    for (size_t i = 0; i < w->n_vifs; i++) {
        vif_uninit(&w->vifs[i]);
    }
    free(w->vifs);
}

static void
test_overlay(void **state OVS_UNUSED)
{
    struct svec a1, a2, a3, bad, none = SVEC_EMPTY_INITIALIZER;
    struct overlay_host hosts[] = {
        { "h3", &a3 }, { "h1", &a1 }, { "h2", &a2 }, { "h4", &a2 },
        { "h5", &bad }, { "h6", &none }, { "a/b", &a3 },
    };
    struct world w;

    svec_init(&a1);
    svec_init(&a2);
    svec_init(&a3);
    svec_init(&bad);
    svec_add(&a1, "10.0.0.1");
    svec_add(&a1, "fd00::1");
    svec_add(&a2, "nonsense");
    svec_add(&a2, "10.0.0.2");
    svec_add(&a3, "fd00::3");
    svec_add(&bad, "0.0.0.0");
    svec_add(&bad, "ff02::1");
    svec_add(&bad, "255.255.255.255");

    world_init(&w, &a1);
    define(&w, "net", "overlay='vxlan' overlayKey='7'", "br0");
    define(&w, "plain", "", "br1");
    w.o.hosts = hosts;
    w.o.n_hosts = ARRAY_SIZE(hosts);
    check_want(&w,
               "bridge br0: new tunnel vt8488fe82aac2: vxlan remote_ip=fd00::3"
               " key=7 bfd=true to h3/net\n"
               "bridge br0: new tunnel vta85ee6112908: vxlan "
               "remote_ip=10.0.0.2 key=7 bfd=true to h2/net\n");
    check_report(&w, "h4: is a host of the fleet that takes tunnels at");

    /* What is there, what is not as it should be, and what is not asked for;
     * what is not ours stays. */
    add_vif(&w, "vta85ee6112908", "br0",
            "vxlan remote_ip=10.0.0.2 key=7 bfd=true to h2/net");
    add_vif(&w, "vt8488fe82aac2", "br0",
            "vxlan remote_ip=fd00::3 key=8 bfd=true to h3/net");
    add_vif(&w, "vt000000000000", "br9",
            "vxlan remote_ip=10.0.0.2 key=7 bfd=true to h9/net");
    add_vif(&w, "tap0", NULL, NULL);
    check_want(&w,
               "bridge br0: tunnel vt8488fe82aac2: vxlan remote_ip=fd00::3"
               " key=7 bfd=true to h3/net\n"
               "bridge br9: tunnel vt000000000000: removed\n");
    w.o.complete = false;
    check_want(&w,
               "bridge br0: tunnel vt8488fe82aac2: vxlan remote_ip=fd00::3"
               " key=7 bfd=true to h3/net\n");

    /* A port of somebody else's that has the name is left alone. */
    free(w.vifs[0].tunnel_mark);
    w.vifs[0].tunnel_mark = NULL;
    w.o.n_hosts = 3;
    check_want(&w,
               "bridge br0: tunnel vt8488fe82aac2: vxlan remote_ip=fd00::3"
               " key=7 bfd=true to h3/net\n");

    /* Without an address, or a fleet, there are none. */
    w.o.complete = true;
    w.o.addresses = &none;
    check_want(&w, "bridge br0: tunnel vt8488fe82aac2: removed\n"
               "bridge br9: tunnel vt000000000000: removed\n");
    check_report(&w, "this host has no address for tunnels");
    w.o.own = NULL;
    w.o.n_hosts = 0;
    check_want(&w, "bridge br0: tunnel vt8488fe82aac2: removed\n"
               "bridge br9: tunnel vt000000000000: removed\n");
    check_report(&w, "this host is in no fleet");
    world_uninit(&w);
    svec_destroy(&a1);
    svec_destroy(&a2);
    svec_destroy(&a3);
    svec_destroy(&bad);
}

/* Both ends of a tunnel are of the same kind, whatever else the hosts have and
 * in whatever order. */
static void
test_families(void **state OVS_UNUSED)
{
    struct svec both, other, v4, v6;
    struct overlay_host hosts[] = { { "h2", &v6 } };
    struct world w;

    svec_init(&both);
    svec_init(&other);
    svec_init(&v4);
    svec_init(&v6);
    svec_add(&both, "192.0.2.1");
    svec_add(&both, "2001:db8::1");
    svec_add(&other, "2001:db8::2");
    svec_add(&other, "203.0.113.2");
    svec_add(&v4, "192.0.2.3");
    svec_add(&v6, "2001:db8::4");
    assert_string_equal(overlay_address(&both, &other), "192.0.2.1");
    assert_string_equal(overlay_address(&other, &both), "203.0.113.2");
    assert_string_equal(overlay_address(&both, &v6), "2001:db8::1");
    assert_string_equal(overlay_address(&v6, &both), "2001:db8::4");
    assert_null(overlay_address(&v4, &v6));

    world_init(&w, &v4);
    w.o.hosts = hosts;
    w.o.n_hosts = ARRAY_SIZE(hosts);
    define(&w, "a", "overlay='geneve'", "br1");
    check_want(&w, "");
    check_report(&w, "h2: is a host of the fleet that takes tunnels at "
                 "'2001:db8::4', and this host by IPv4 only");

    /* What tunnels take is what those that there are do. */
    w.o.addresses = &both;
    w.o.mtu = 1573;
    check_report(&w, "guests of network 'a' must have an MTU of no more than "
                 "1499");
    w.o.mtu = 1574;
    check_report(&w, "");
    world_uninit(&w);
    svec_destroy(&both);
    svec_destroy(&other);
    svec_destroy(&v4);
    svec_destroy(&v6);
}

/* What cannot be. */
static void
test_refused(void **state OVS_UNUSED)
{
    struct svec a1, a2;
    struct overlay_host hosts[] = { { "h2", &a2 } };
    struct world w;

    svec_init(&a1);
    svec_init(&a2);
    svec_add(&a1, "10.0.0.1");
    svec_add(&a2, "10.0.0.2");

    world_init(&w, &a1);
    w.o.hosts = hosts;
    w.o.n_hosts = ARRAY_SIZE(hosts);
    define(&w, "b", "overlay='vxlan' overlayKey='7'", "br0");
    define(&w, "a", "overlay='vxlan' overlayKey='7'", "br1");
    define(&w, "c", "overlay='geneve'", "br1");
    define(&w, "d", "overlay='geneve'", "none");
    check_want(&w, "bridge br1: new tunnel vt9e8b63d3ae11: vxlan "
               "remote_ip=10.0.0.2 key=7 bfd=true to h2/a\n");
    check_report(&w, "tunnels of network 'b' would have the key 7 as those "
                 "of network 'a'");
    check_report(&w, "bridge 'br1' has the tunnels of network 'a'");
    w.o.mtu = 1553;
    check_report(&w, "guests of network 'a' must have an MTU of no more than "
                 "1499");
    w.o.mtu = 1554;
    world_uninit(&w);

    world_init(&w, &a1);
    w.o.hosts = hosts;
    w.o.n_hosts = ARRAY_SIZE(hosts);
    define(&w, "a", "overlay='geneve'", "br1");
    w.o.mtu = 1554;
    check_report(&w, "");
    world_uninit(&w);
    svec_destroy(&a1);
    svec_destroy(&a2);
}

/* Guests of another host, of which those that are isolated are no sources. */
static void
test_sources(void **state OVS_UNUSED)
{
    const struct vif vif = {
        .name = (char[]) { "vt1" },
        .fleet_host = (char[]) { "h2/net" },
        .remote_macs = (char[]) {
            "52:54:00:00:00:01 52:54:00:00:00:02/ 52:54:00:00:00:03/web "
            "52:54:00:00:00:04 52:54:00:00:00:04/ nonsense 52:54:00:00:00:05"
        },
    };
    static const struct eth_addr first = ETH_ADDR_C(52,54,00,00,00,01);
    static const struct eth_addr third = ETH_ADDR_C(52,54,00,00,00,03);
    static const struct eth_addr fifth = ETH_ADDR_C(52,54,00,00,00,05);
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct vport vport = { .name = xstrdup("vt1") };

    remote_policy_apply(&vif, &vport, &diags);
    assert_true(vport.is_remote);
    assert_false(vport.isolated);
    assert_int_equal(vport.n_others, 5);
    assert_int_equal(vport.n_sources, 3);
    assert_true(eth_addr_equals(vport.sources[0].mac, first));
    assert_false(community_is_set(&vport.sources[0].community));
    assert_true(eth_addr_equals(vport.sources[1].mac, third));
    assert_string_equal(vport.sources[1].community.name, "web");
    assert_true(eth_addr_equals(vport.sources[2].mac, fifth));
    assert_int_equal(diags.n, 0);

    struct vport copy;
    vport_clone(&copy, &vport);
    assert_true(vport_equals(&copy, &vport));
    copy.sources[1].community.name[0] = 'x';
    assert_false(vport_equals(&copy, &vport));
    vport_uninit(&copy);
    vport_uninit(&vport);
    diag_list_uninit(&diags);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_overlay),
        cmocka_unit_test(test_families),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_sources),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
