/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/host/bridge-row.h"
#include "lib/model/model.h"
#include "tests/unit/model-text.h"
#include "util.h"

/* Which mode a bridge is in, and what keeps it from that. */

#define CC(STRING) CONST_CAST(char *, STRING)

#define DEF(NAME, REST) "<network>\n<name>"NAME"</name>"REST"</network>"
#define BRIDGE(NAME) "\n<bridge name='"NAME"'/>"
#define EXACT(NAME) "\n<bridge name='"NAME"' macTableManager='libvirt'/>"
static const struct {
    const char *row;        /* What the row asks for. */
    const char *xml[3];
    size_t n_networks;
    bool wanted, conflict;
    enum mac_table_manager mode;
    const char *diags;
} mode_cases[] = {
    { NULL, { NULL }, 0, false, false, MAC_TABLE_KERNEL, "" },
    { NULL, { DEF("a", BRIDGE("br0")) }, 1, true, false,
      MAC_TABLE_KERNEL, "" },
    { NULL, { DEF("a", EXACT("br0")) }, 1, true, false,
      MAC_TABLE_LIBVIRT, "" },
    /* Somebody else's bridge, or network. */
    { NULL, { DEF("a", EXACT("br1")) }, 0, false, false,
      MAC_TABLE_KERNEL, "" },
    { NULL, { DEF("a", "<forward mode='nat'/>"EXACT("br0")) }, 0, false,
      false, MAC_TABLE_KERNEL, "" },
    /* A network goes before the row. */
    { "libvirt", { NULL }, 0, true, false, MAC_TABLE_LIBVIRT, "" },
    { "kernel", { NULL }, 0, true, false, MAC_TABLE_KERNEL, "" },
    { "kernel", { DEF("a", BRIDGE("br0")) }, 1, true, false,
      MAC_TABLE_KERNEL, "" },
    { "libvirt", { DEF("a", BRIDGE("br0")) }, 1, true, false,
      MAC_TABLE_KERNEL,
      "warning: br0: external_ids:virtnet-mac-table-manager is 'libvirt', "
      "but network 'a' (f0.xml:3) decides: kernel\n" },
    { "zzz", { DEF("a", EXACT("br0")) }, 1, true, false,
      MAC_TABLE_LIBVIRT,
      "warning: br0: external_ids:virtnet-mac-table-manager is 'zzz', but "
      "network 'a' (f0.xml:3) decides: libvirt\n" },
    { "zzz", { NULL }, 0, true, true, MAC_TABLE_KERNEL,
      "error: br0: external_ids:virtnet-mac-table-manager is 'zzz', "
      "expected 'kernel' or 'libvirt'; the bridge stays as it was\n" },
    /* Two that agree, and those that do not, by name. */
    { NULL, { DEF("b", EXACT("br0")), DEF("a", EXACT("br0")) }, 2, true,
      false, MAC_TABLE_LIBVIRT, "" },
    { NULL, { DEF("b", EXACT("br0")), DEF("a", "\n"BRIDGE("br0")) }, 2,
      true, true, MAC_TABLE_KERNEL,
      "f0.xml:3: error: bridge: network 'b' asks for macTableManager "
      "'libvirt' on bridge 'br0', but network 'a' (f1.xml:4) asks for "
      "'kernel'; the bridge stays as it was\n" },
    { NULL, { DEF("b", EXACT("br0")), DEF("a", EXACT("br0")),
              DEF("c", BRIDGE("br0")) }, 3, true, true,
      MAC_TABLE_LIBVIRT,
      "f2.xml:3: error: bridge: network 'c' asks for macTableManager "
      "'kernel' on bridge 'br0', but network 'a' (f1.xml:3) asks for "
      "'libvirt'; the bridge stays as it was\n" },
};
#undef DEF
#undef BRIDGE
#undef EXACT

/* Which mode a bridge gets from the definitions and the row. */
static void
test_mode(void **state OVS_UNUSED)
{
    for (size_t i = 0; i < ARRAY_SIZE(mode_cases); i++) {
        const struct bridge_row row = {
            .name = CC("br0"),
            .mac_table_manager = CC(mode_cases[i].row),
        };
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        struct netdef *defs[3];
        struct bridge_model model;
        size_t n = 0;

        for (; n < ARRAY_SIZE(defs) && mode_cases[i].xml[n]; n++) {
            char file[] = "f0.xml";

            file[1] += n;
            defs[n] = network_from_text(file, mode_cases[i].xml[n]);
        }
        bridge_model_init(&model, &row, (const struct netdef *const *) defs,
                          n, &diags);
        assert_int_equal(model.n_networks, mode_cases[i].n_networks);
        assert_int_equal(model.wanted, mode_cases[i].wanted);
        assert_int_equal(model.conflict, mode_cases[i].conflict);
        assert_int_equal(model.mode, mode_cases[i].mode);
        check_diags(&diags, mode_cases[i].diags);

        bridge_model_uninit(&model);
        diag_list_uninit(&diags);
        while (n > 0) {
            netdef_destroy(defs[--n]);
        }
    }
}

/* Column protocols of the bridge. */
static void
test_protocols(void **state OVS_UNUSED)
{
    static const struct {
        const char *protocols;
        bool allows;
    } cases[] = {
        { NULL, true },
        { "", true },
        { "OpenFlow10,OpenFlow15", true },
        { "OpenFlow10,OpenFlow13", false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct bridge_row row = {
            .name = CC("br0"),
            .mac_table_manager = CC("libvirt"),
            .protocols = CC(cases[i].protocols),
        };
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        struct bridge_model model;

        assert_int_equal(bridge_row_allows_openflow15(&row),
                         cases[i].allows);
        bridge_model_init(&model, &row, NULL, 0, &diags);
        check_diags(&diags, cases[i].allows ? ""
                    : "error: br0: column protocols (OpenFlow10,OpenFlow13) "
                      "forbids OpenFlow 1.5, which libvirt mode needs; add "
                      "OpenFlow15 to it\n");
        bridge_model_uninit(&model);
        diag_list_uninit(&diags);
    }
}

/* Whether a bridge can have an exact MAC table, and what keeps it from one. */
static void
test_can_be_exact(void **state OVS_UNUSED)
{
#define NO_10(PROTOCOLS)                                                \
    "error: br0: column protocols ("PROTOCOLS") forbids OpenFlow 1.0, " \
    "which alone can keep NORMAL from flooding to guests; add "         \
    "OpenFlow10 to it; until then the bridge stays in kernel mode\n"
#define NOTE_10(PROTOCOLS)                                              \
    "note: br0: column protocols ("PROTOCOLS") forbids OpenFlow 1.0, "  \
    "which alone can keep NORMAL in flows of others from flooding to "  \
    "guests\n"
#define UNSUPPORTED                                                     \
    "error: br0: has ports that libvirt mode is not carried out for"    \
    ", so the bridge stays in kernel mode\n"
    static const struct {
        const char *protocols;
        enum network_kind network;
        size_t n_unsupported;
        bool exact;
        const char *diags;
    } cases[] = {
        /* Empty is the default, which has both. */
        { "", NETWORK_NONE, 0, true, "" },
        { "", NETWORK_DIRECT, 0, true, "" },
        { "", NETWORK_BOND, 0, true, "" },
        { "", NETWORK_SEVERAL, 0, true, "" },

        /* Only where NORMAL is used it does not do without OpenFlow 1.0. */
        { "OpenFlow15", NETWORK_NONE, 0, true, NOTE_10("OpenFlow15") },
        { "OpenFlow15", NETWORK_DIRECT, 0, true, NOTE_10("OpenFlow15") },
        { "OpenFlow15", NETWORK_SPREAD, 0, true, NOTE_10("OpenFlow15") },
        { "OpenFlow15", NETWORK_BOND, 0, false, NO_10("OpenFlow15") },
        { "OpenFlow15", NETWORK_SEVERAL, 0, false, NO_10("OpenFlow15") },
        { "OpenFlow13,OpenFlow15", NETWORK_BOND, 0, false,
          NO_10("OpenFlow13,OpenFlow15") },
        { "OpenFlow10,OpenFlow15", NETWORK_BOND, 0, true, "" },
        { "OpenFlow15,OpenFlow10", NETWORK_SEVERAL, 0, true, "" },

        /* Without OpenFlow 1.5 nothing comes of it: test_protocols(). */
        { "OpenFlow10", NETWORK_NONE, 0, true, "" },
        { "OpenFlow10,OpenFlow14", NETWORK_BOND, 0, true,
          "" },
        { "OpenFlow13", NETWORK_SEVERAL, 0, false,
          NO_10("OpenFlow13") },

        { "", NETWORK_NONE, 1, false, UNSUPPORTED },
        { "OpenFlow15", NETWORK_BOND, 2, false, UNSUPPORTED },
        { "OpenFlow10", NETWORK_DIRECT, 2, false,
          UNSUPPORTED },
    };
#undef NO_10
#undef UNSUPPORTED

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct bridge_row row = {
            .name = CC("br0"), .protocols = CC(cases[i].protocols),
        };
        struct diag_list diags = DIAG_LIST_INITIALIZER;

        assert_int_equal(model_can_be_exact(&row, cases[i].network,
                                            cases[i].n_unsupported, &diags),
                         cases[i].exact);
        check_diags(&diags, cases[i].diags);
        diag_list_uninit(&diags);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mode),
        cmocka_unit_test(test_protocols),
        cmocka_unit_test(test_can_be_exact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
