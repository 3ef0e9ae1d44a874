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
#include "lib/xml/netdef-choice.h"
#include "lib/xml/netdef.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* A file: its place, and a network's name and bridge. */
struct file {
    enum netdef_place place;
    const char *network;
    const char *bridge;
    bool gone;
    bool has_metadata;
};

static struct netdef *
define(const struct file *file, size_t number)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    char *name = xasprintf("%"PRIuSIZE".xml", number);
    char *xml = xasprintf("<network><name>%s</name><bridge name='%s'/>%s"
                          "</network>", file->network, file->bridge,
                          (file->has_metadata
                           ? "<metadata><vn:network macTableManager='libvirt' "
                             "xmlns:vn='urn:ovs-virtnet:1'/></metadata>"
                           : ""));
    struct netdef *netdef = netdef_from_xml(xml, strlen(xml), name, &diags);

    assert_non_null(netdef);
    if (file->place != NETDEF_PLACE_OWN
        && file->place != NETDEF_PLACE_FLEET) {
        netdef_set_libvirts(netdef, file->place == NETDEF_PLACE_LIVE);
    }
    diag_list_uninit(&diags);
    free(xml);
    free(name);
    return netdef;
}

/* Checks that of the 'n' 'files' those count that 'expected' names, as
 * "NETWORK@BRIDGE ", with "!" behind it if it is in libvirt mode; 'n_own' of
 * them are our own, and 'diags' is what there is to say. */
static void
check(const struct file *files, size_t n, const char *expected, size_t n_own,
      const char *expected_diags)
{
    struct netdef_candidate candidates[8];
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;
    struct ds d = DS_EMPTY_INITIALIZER;
    struct netdef *netdefs[8];
    struct netdef_choice choice;

    for (size_t i = 0; i < n; i++) {
        netdefs[i] = define(&files[i], i);
        candidates[i] = (struct netdef_candidate) {
            .place = files[i].place,
            .netdef = netdefs[i],
            .gone = files[i].gone,
        };
    }
    netdef_choice_init(&choice, candidates, n, &diags);
    for (size_t i = 0; i < choice.n; i++) {
        const struct netdef *netdef = choice.netdefs[i];

        ds_put_format(&s, "%s@%s%s ", netdef->name, netdef->bridge,
                      netdef_mode(netdef) == MAC_TABLE_LIBVIRT ? "!" : "");
    }
    diag_list_format(&d, &diags);
    assert_string_equal(ds_cstr(&s), expected);
    assert_string_equal(ds_cstr(&d), expected_diags);
    assert_int_equal(choice.n_own, n_own);

    netdef_choice_uninit(&choice);
    for (size_t i = 0; i < n; i++) {
        netdef_destroy(netdefs[i]);
    }
    diag_list_uninit(&diags);
    ds_destroy(&s);
    ds_destroy(&d);
}

#define CHECK(EXPECTED, N_OWN, DIAGS, ...)                          \
    do {                                                            \
        const struct file files[] = { __VA_ARGS__ };                \
        check(files, ARRAY_SIZE(files), EXPECTED, N_OWN, DIAGS);    \
    } while (0)
#define IN(PLACE, NETWORK, BRIDGE, ...)                             \
    { .place = NETDEF_PLACE_##PLACE, .network = NETWORK,            \
      .bridge = BRIDGE, __VA_ARGS__ }
#define OWN(...) IN(OWN, __VA_ARGS__, .gone = false)
#define FLEET(...) IN(FLEET, __VA_ARGS__, .gone = false)
#define OWN_GONE(...) IN(OWN, __VA_ARGS__, .gone = true)
#define LIVE(...) IN(LIVE, __VA_ARGS__, .gone = false)
#define PERSISTENT(...) IN(PERSISTENT, __VA_ARGS__, .gone = false)
#define WITH_METADATA(...) IN(PERSISTENT, __VA_ARGS__, .has_metadata = true)

/* Of several definitions of one network the first counts. */
static void
test_precedence(void **state OVS_UNUSED)
{
    check(NULL, 0, "", 0, "");
    CHECK("a@br0 b@br1 ", 2, "", OWN("a", "br0"), OWN("b", "br1"));
    CHECK("a@br0 ", 1, "1.xml:1: error: network: network 'a' is defined in "
          "0.xml already\n", OWN("a", "br0"), OWN("a", "br1"));
    CHECK("a@br2 ", 1, "", PERSISTENT("a", "br0"), LIVE("a", "br1"),
          OWN("a", "br2"));
    CHECK("a@br1 ", 0, "", PERSISTENT("a", "br0"), LIVE("a", "br1"));
    CHECK("a@br0 b@br1 c@br2 ", 1, "", OWN("a", "br0"), LIVE("b", "br1"),
          PERSISTENT("c", "br2"));
}

/* The fleet's come after the host's own and before libvirt's. */
static void
test_fleet(void **state OVS_UNUSED)
{
    CHECK("a@br0 b@br3 ", 1, "1.xml:1: note: network: the fleet's definition "
          "of network 'a' does not count, since this host has its own, "
          "0.xml\n",
          OWN("a", "br0"), FLEET("a", "br1"), LIVE("a", "br2"),
          FLEET("b", "br3"), PERSISTENT("b", "br4"));
    CHECK("a@br0 ", 0, "1.xml:1: error: network: network 'a' is defined in "
          "0.xml already\n", FLEET("a", "br0"), FLEET("a", "br1"));
}

/* What is ours in a configured network counts at once. */
static void
test_metadata(void **state OVS_UNUSED)
{
    CHECK("a@br0! ", 0, "", LIVE("a", "br0"),
          WITH_METADATA("a", "br1"));
    /* But not for the administrator's own. */
    CHECK("a@br2 ", 1,
          "1.xml:1: error: network: what the <metadata> of network 'a' asks "
          "for here does not count, since 2.xml is of the same name: delete "
          "one of the two\n",
          LIVE("a", "br0"), WITH_METADATA("a", "br1"), OWN("a", "br2"));
}

/* A file that is gone for a moment counts as before, unless it was renamed. */
static void
test_gone(void **state OVS_UNUSED)
{
    CHECK("a@br0 ", 1, "", OWN_GONE("a", "br0"));
    CHECK("b@br1 a@br0 ", 2, "", OWN_GONE("a", "br0"), OWN("b", "br1"));
    CHECK("a@br1 ", 1, "", OWN_GONE("a", "br0"), OWN("a", "br1"));
    CHECK("a@br0 ", 1, "", OWN("a", "br0"), OWN_GONE("a", "br1"));
    CHECK("a@br0 ", 1, "", OWN_GONE("a", "br0"), OWN_GONE("a", "br1"));
    /* In its place: it goes before others still. */
    CHECK("a@br0 ", 1, "", OWN_GONE("a", "br0"), LIVE("a", "br1"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_precedence),
        cmocka_unit_test(test_fleet),
        cmocka_unit_test(test_metadata),
        cmocka_unit_test(test_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
