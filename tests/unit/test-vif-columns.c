/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "lib/host/our-keys.h"
#include "lib/host/vif-columns.h"
#include "lib/host/vif.h"
#include "smap.h"
#include "util.h"

#define MAC1 "52:54:00:00:00:01"
#define MAC2 "52:54:00:00:00:02"

/* What is in external_ids of both rows, and what becomes of it. */
struct ids {
    const char *mac, *vm_id, *vm_uuid;
};

static void
ids_to_smap(const struct ids *ids, struct smap *smap)
{
    smap_init(smap);
    if (ids->mac) {
        smap_add(smap, "attached-mac", ids->mac);
    }
    if (ids->vm_id) {
        smap_add(smap, "vm-id", ids->vm_id);
    }
    if (ids->vm_uuid) {
        smap_add(smap, "vm-uuid", ids->vm_uuid);
    }
}

static void
assert_same(const char *a, const char *b)
{
    assert_int_equal(!a, !b);
    if (a) {
        assert_string_equal(a, b);
    }
}

/* The keys of an interface go before those of its port, and those of a bond
 * are nobody's. */
static void
test_ids(void **state OVS_UNUSED)
{
    static const struct {
        struct ids interface, port;
        size_t n_interfaces;
        const char *mac, *vm_id;
    } cases[] = {
        { { MAC1, "a", NULL }, { NULL, NULL, NULL }, 1, MAC1, "a" },
        { { NULL, NULL, NULL }, { MAC2, "b", NULL }, 1, MAC2, "b" },
        { { MAC1, NULL, NULL }, { MAC2, "b", NULL }, 1, MAC1, "b" },
        { { "", NULL, NULL }, { MAC2, NULL, NULL }, 1, "", NULL },
        { { NULL, NULL, "c" }, { NULL, NULL, NULL }, 1, NULL, "c" },
        { { NULL, "a", "c" }, { NULL, NULL, NULL }, 1, NULL, "a" },
        { { NULL, NULL, "c" }, { NULL, "b", NULL }, 1, NULL, "b" },
        { { NULL, NULL, NULL }, { NULL, NULL, "d" }, 1, NULL, "d" },
        { { NULL, NULL, NULL }, { MAC2, "b", "d" }, 2, NULL, NULL },
        { { MAC1, NULL, NULL }, { NULL, NULL, NULL }, 2, MAC1, NULL },
        { { NULL, NULL, NULL }, { NULL, NULL, NULL }, 1, NULL, NULL },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct smap interface, port;
        struct vif_rows rows = {
            .interface = { .name = "p", .external_ids = &interface },
            .port = { .name = "p", .external_ids = &port },
            .n_interfaces = cases[i].n_interfaces,
        };
        struct vif vif;

        ids_to_smap(&cases[i].interface, &interface);
        ids_to_smap(&cases[i].port, &port);
        vif_from_columns(&vif, &rows, NULL);
        assert_same(vif.attached_mac, cases[i].mac);
        assert_same(vif.vm_id, cases[i].vm_id);
        vif_uninit(&vif);
        smap_destroy(&interface);
        smap_destroy(&port);
    }
}

/* A key that is to be ours and that there is not is found, whichever row it is
 * in; everybody else's keys are his. */
static void
test_unknown_key(void **state OVS_UNUSED)
{
    static const struct {
        const char *interface, *port, *unknown;
    } cases[] = {
        { "virtnet-role", "virtnet-vlan", NULL },
        { "virtnet-roel", "virtnet-vlan", "virtnet-roel" },
        { "virtnet-isolated", "virtnet-", "virtnet-" },
        { "virtnet-b", "virtnet-a", "virtnet-b" },
        { "isolated", "virtnet", NULL },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct smap interface = SMAP_INITIALIZER(&interface);
        struct smap port = SMAP_INITIALIZER(&port);
        struct vif_rows rows = {
            .interface = { .name = "p", .external_ids = &interface },
            .port = { .name = "p", .external_ids = &port },
            .n_interfaces = 1,
        };
        struct vif vif;

        smap_add(&interface, cases[i].interface, "true");
        smap_add(&port, cases[i].port, "true");
        vif_from_columns(&vif, &rows, NULL);
        assert_same(vif.unknown_key, cases[i].unknown);
        vif_uninit(&vif);
        smap_destroy(&interface);
        smap_destroy(&port);
    }
    assert_null(our_keys_find_unknown_bridge(NULL));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_unknown_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
