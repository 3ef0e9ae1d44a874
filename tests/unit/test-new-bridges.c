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
#include "lib/host/vif.h"
#include "lib/rows/new-bridges.h"
#include "lib/rows/row-change.h"
#include "lib/xml/netdef.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "sset.h"
#include "util.h"

#define ISOLATED ""
#define BRIDGED "<forward mode='bridge'/>"
#define METADATA(WORDS)                                                 \
    "<metadata><vn:network xmlns:vn='urn:ovs-virtnet:1' " WORDS "/></metadata>"

static struct netdef *
network(const char *name, const char *bridge, const char *rest)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    char *xml = xasprintf("<network><name>%s</name><bridge name='%s'/>%s"
                          "<virtualport type='openvswitch'/></network>",
                          name, bridge, rest);
    struct netdef *netdef = netdef_from_xml(xml, strlen(xml), "net.xml",
                                            &diags);

    assert_non_null(netdef);
    diag_list_uninit(&diags);
    free(xml);
    return netdef;
}

/* A host: its bridges, its definitions and external_ids of its database. */
struct host {
    struct new_bridges nb;
    struct new_bridges_host host;
    struct sset bridges;
    struct smap ids;
};

static bool
has_bridge(const char *name, const void *bridges)
{
    return sset_contains(bridges, name);
}

/* There is a port "port". */
static const struct vif *
find_vif(const char *name, const void *bridges OVS_UNUSED)
{
    static struct vif port;

    vif_init(&port);
    return !strcmp(name, "port") ? &port : NULL;
}

static void
host_init(struct host *h, enum new_bridges_policy policy)
{
    new_bridges_init(&h->nb, policy);
    sset_init(&h->bridges);
    smap_init(&h->ids);
    sset_add(&h->bridges, "there");
    h->host = (struct new_bridges_host) {
        .complete = true,
        .has_bridge = has_bridge,
        .find_vif = find_vif,
        .aux = &h->bridges,
    };
}

static void
host_uninit(struct host *h)
{
    new_bridges_uninit(&h->nb);
    sset_destroy(&h->bridges);
    smap_destroy(&h->ids);
}

/* The definitions become the 'n' in 'defs'. */
static void
define(struct host *h, struct netdef **defs, size_t n)
{
    h->host.defs = (const struct netdef *const *) defs;
    h->host.n_defs = n;
}

/* Takes everything in, and has the database know what it is to know. */
static void
settle(struct host *h)
{
    struct json *params;
    const struct smap_node *node;

    new_bridges_update(&h->nb, &h->host);
    params = new_bridges_write(&h->nb);
    if (params) {
        json_destroy(params);
        smap_clear(&h->ids);
        SMAP_FOR_EACH (node, &h->nb.had) {
            smap_add_nocopy(&h->ids, xasprintf("virtnet-had-bridge-%s",
                                               node->key),
                            xstrdup(node->value));
        }
        assert_false(new_bridges_read(&h->nb, &h->ids));
    }
    assert_null(new_bridges_write(&h->nb));
}

/* The daemon ends and another one begins. */
static void
restart(struct host *h)
{
    enum new_bridges_policy policy = h->nb.policy;

    new_bridges_uninit(&h->nb);
    new_bridges_init(&h->nb, policy);
    assert_false(new_bridges_read(&h->nb, &h->ids));
}

/* Checks that the bridges that are to be made are 'expected', as "BRIDGE for
 * NETWORK" lines. */
static void
check(struct host *h, const char *expected)
{
    struct row_changes changes = ROW_CHANGES_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    settle(h);
    new_bridges_want(&h->nb, &h->host, &changes);
    for (size_t i = 0; i < changes.n; i++) {
        assert_int_equal(changes.changes[i].type, ROW_NEW_BRIDGE);
        ds_put_format(&s, "%s for %s\n", changes.changes[i].bridge,
                      changes.changes[i].network);
    }
    assert_string_equal(ds_cstr(&s), expected);
    row_changes_uninit(&changes);
    ds_destroy(&s);
}

static void
add(struct host *h, const char *bridge)
{
    sset_add(&h->bridges, bridge);
    settle(h);
}

static void
del(struct host *h, const char *bridge)
{
    sset_find_and_delete(&h->bridges, bridge);
    settle(h);
}

static void
test_policies(void **state OVS_UNUSED)
{
    static const struct {
        const char *rest;
        bool is_libvirts;
        const char *made;       /* By which policies, in their order. */
    } cases[] = {
        { ISOLATED, false, "yyn" },
        { BRIDGED, false, "nyn" },
        { BRIDGED METADATA("createBridge='yes'"), false, "yyy" },
        { ISOLATED METADATA("createBridge='yes'"), false, "yyy" },
        { ISOLATED METADATA("createBridge='no'"), false, "nnn" },
        { "<forward mode='nat'/>", false, "nnn" },
        /* To libvirt, the bridge of a network of its own is there. */
        { ISOLATED, true, "nnn" },
        { BRIDGED, true, "nnn" },
        { BRIDGED METADATA("createBridge='yes'"), true, "yyy" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct netdef *defs[] = {
            network("net", "br0", cases[i].rest),
            network("other", "there", cases[i].rest),
        };

        defs[0]->is_libvirts = cases[i].is_libvirts;
        for (int policy = NEW_BRIDGES_LIBVIRT; policy <= NEW_BRIDGES_NONE;
             policy++) {
            struct host h;

            host_init(&h, policy);
            define(&h, defs, 2);
            check(&h, cases[i].made[policy] == 'y' ? "br0 for net\n" : "");
            host_uninit(&h);
        }
        netdef_destroy(defs[0]);
        netdef_destroy(defs[1]);
    }
}

static void
test_policy_names(void **state OVS_UNUSED)
{
    enum new_bridges_policy policy = NEW_BRIDGES_LIBVIRT;

    assert_false(new_bridges_policy_from_string("All", &policy));
    assert_false(new_bridges_policy_from_string("", &policy));
    assert_int_equal(policy, NEW_BRIDGES_LIBVIRT);
    assert_true(new_bridges_policy_from_string("none", &policy));
    assert_int_equal(policy, NEW_BRIDGES_NONE);
    assert_true(new_bridges_policy_from_string("all", &policy));
    assert_int_equal(policy, NEW_BRIDGES_ALL);
    assert_true(new_bridges_policy_from_string("libvirt", &policy));
    assert_int_equal(policy, NEW_BRIDGES_LIBVIRT);
}

/* Each bridge is made once, for the first network by name that asks for it. */
static void
test_first(void **state OVS_UNUSED)
{
    struct netdef *defs[] = {
        network("z", "br0", ISOLATED),
        network("a", "br0", BRIDGED),
        network("b", "br0", ISOLATED),
        network("c", "br1", ISOLATED),
    };
    struct host h;

    host_init(&h, NEW_BRIDGES_LIBVIRT);
    define(&h, defs, 4);
    check(&h, "br0 for b\nbr1 for c\n");
    define(&h, defs, 0);
    check(&h, "");
    host_uninit(&h);
    for (size_t i = 0; i < ARRAY_SIZE(defs); i++) {
        netdef_destroy(defs[i]);
    }
}

/* A bridge that was deleted is made again for a definition that is new or
 * changed, or if that is asked for, whatever happens to the daemon. */
static void
test_deleted(void **state OVS_UNUSED)
{
    struct netdef *a = network("a", "br0", ISOLATED);
    struct netdef *again = network("a", "br0", ISOLATED);
    struct netdef *changed = network("a", "br0", "<mtu size='9000'/>");
    struct netdef *b = network("b", "br0", ISOLATED);
    struct netdef *bridged = network("c", "br0", BRIDGED);
    struct netdef *defs[3] = { a, bridged };
    struct host h;

    host_init(&h, NEW_BRIDGES_LIBVIRT);
    define(&h, defs, 2);
    check(&h, "br0 for a\n");
    add(&h, "br0");
    del(&h, "br0");
    check(&h, "");
    restart(&h);
    check(&h, "");

    /* Read again, in another order. */
    defs[0] = bridged;
    defs[1] = again;
    check(&h, "");

    /* Another network asks for it, and another one goes. */
    defs[2] = b;
    define(&h, defs, 3);
    check(&h, "br0 for a\n");
    add(&h, "br0");
    del(&h, "br0");
    check(&h, "");
    define(&h, defs, 2);
    check(&h, "");
    restart(&h);
    check(&h, "");

    defs[1] = changed;
    check(&h, "br0 for a\n");
    restart(&h);
    check(&h, "br0 for a\n");
    add(&h, "br0");
    defs[1] = again;            /* While the bridge is there. */
    settle(&h);
    del(&h, "br0");
    check(&h, "");

    /* Gone, and back; but not if it may be in a file that nobody can read. */
    define(&h, defs, 0);
    h.host.complete = false;
    settle(&h);
    define(&h, defs, 2);
    check(&h, "");
    define(&h, defs, 0);
    h.host.complete = true;
    settle(&h);
    assert_true(smap_is_empty(&h.ids));
    define(&h, defs, 2);
    check(&h, "br0 for a\n");

    add(&h, "br0");
    new_bridges_try_again(&h.nb, &h.host);
    del(&h, "br0");
    check(&h, "");
    new_bridges_try_again(&h.nb, &h.host);
    check(&h, "br0 for a\n");

    host_uninit(&h);
    netdef_destroy(a);
    netdef_destroy(again);
    netdef_destroy(changed);
    netdef_destroy(b);
    netdef_destroy(bridged);
}

/* A database that is begun anew gets its bridges anew. */
static void
test_new_database(void **state OVS_UNUSED)
{
    struct netdef *defs[] = { network("a", "br0", ISOLATED) };
    struct host h;

    host_init(&h, NEW_BRIDGES_LIBVIRT);
    define(&h, defs, 1);
    add(&h, "br0");
    sset_clear(&h.bridges);
    smap_clear(&h.ids);
    smap_add(&h.ids, "system-id", "x");
    assert_true(new_bridges_read(&h.nb, &h.ids));
    check(&h, "br0 for a\n");
    host_uninit(&h);
    netdef_destroy(defs[0]);
}

/* What is written leaves other keys alone. */
static void
test_write(void **state OVS_UNUSED)
{
    struct netdef *defs[] = { network("a", "br0", ISOLATED) };
    struct host h;
    char *hash, *expected, *s;

    host_init(&h, NEW_BRIDGES_LIBVIRT);
    define(&h, defs, 1);
    smap_add(&h.ids, "virtnet-had-bridge-br9", "1 2");
    new_bridges_read(&h.nb, &h.ids);
    sset_add(&h.bridges, "br0");
    new_bridges_update(&h.nb, &h.host);
    hash = xstrdup(smap_get(&h.nb.had, "br0"));
    expected = xasprintf(
        "[\"Open_vSwitch\",{\"mutations\":[[\"external_ids\",\"delete\","
        "[\"set\",[\"virtnet-had-bridge-br9\"]]],[\"external_ids\",\"insert\","
        "[\"map\",[[\"virtnet-had-bridge-br0\",\"%s\"]]]]],"
        "\"op\":\"mutate\",\"table\":\"Open_vSwitch\",\"where\":[]}]",
        hash);
    struct json *params = new_bridges_write(&h.nb);
    s = json_to_string(params, JSSF_SORT);
    assert_string_equal(s, expected);
    json_destroy(params);
    free(hash);
    free(expected);
    free(s);
    host_uninit(&h);
    netdef_destroy(defs[0]);
}

/* A bridge that is not there and will not be made is named. */
static void
test_report(void **state OVS_UNUSED)
{
    struct netdef *defs[] = {
        network("a", "br0", BRIDGED),
        network("b", "br1", ISOLATED),
        network("c", "there", BRIDGED),
        network("d", "br2", ISOLATED),
        network("e", "br3", BRIDGED),
        network("f", "port", ISOLATED),
    };
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct host h;

    defs[4]->is_libvirts = true;
    host_init(&h, NEW_BRIDGES_LIBVIRT);
    define(&h, defs, ARRAY_SIZE(defs));
    add(&h, "br2");
    del(&h, "br2");
    new_bridges_report(&h.nb, &h.host, &diags);
    assert_int_equal(diags.n, 3);
    assert_non_null(strstr(diags.diags[2].text,
                           "'port' is a port of another bridge"));
    check(&h, "br1 for b\n");
    assert_non_null(strstr(diags.diags[0].text, "bridge 'br0' does not exist; "
                           "network 'a' does not have it made"));
    assert_non_null(strstr(diags.diags[1].text, "bridge 'br2' does not exist; "
                           "it has been deleted"));
    diag_list_uninit(&diags);
    host_uninit(&h);
    for (size_t i = 0; i < ARRAY_SIZE(defs); i++) {
        netdef_destroy(defs[i]);
    }
}

/* What Linux has a bridge of that name of is not made, and said, until that is
 * gone. */
static void
test_taken(void **state OVS_UNUSED)
{
    struct netdef *defs[] = {
        network("a", "br0", BRIDGED),
        network("b", "br1", ISOLATED),
    };
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct sset taken = SSET_INITIALIZER(&taken);
    struct host h;

    host_init(&h, NEW_BRIDGES_LIBVIRT);
    define(&h, defs, ARRAY_SIZE(defs));
    sset_add(&taken, "br0");
    sset_add(&taken, "br1");
    assert_true(new_bridges_set_taken(&h.nb, &taken));
    assert_false(new_bridges_set_taken(&h.nb, &taken));
    check(&h, "");
    new_bridges_report(&h.nb, &h.host, &diags);
    assert_int_equal(diags.n, 2);
    assert_non_null(strstr(diags.diags[0].text, "'br0' is a bridge of "
                           "Linux's"));
    assert_non_null(strstr(diags.diags[1].text, "'br1' is a bridge of "
                           "Linux's"));

    sset_clear(&taken);
    assert_true(new_bridges_set_taken(&h.nb, &taken));
    check(&h, "br1 for b\n");
    diag_list_uninit(&diags);
    sset_destroy(&taken);
    host_uninit(&h);
    for (size_t i = 0; i < ARRAY_SIZE(defs); i++) {
        netdef_destroy(defs[i]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_policies),
        cmocka_unit_test(test_policy_names),
        cmocka_unit_test(test_first),
        cmocka_unit_test(test_deleted),
        cmocka_unit_test(test_new_database),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_report),
        cmocka_unit_test(test_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
