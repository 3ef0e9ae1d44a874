/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/base/ovs-compat.h"
#include "lib/rows/row-change.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "smap.h"
#include "util.h"

/* One of each kind, with names that are not fit to be printed. */
static void
add_all(struct row_changes *changes)
{
    struct port_vlan old, new;
    struct bridge_settings settings;
    struct bandwidth_rate rate = { .average = 1000, .burst = 1024 };
    struct bandwidth_rate none = { .average = 0 };
    struct vif vif, tap, quoted;
    struct uuid uuid = { .parts = { 1 } };

    port_vlan_init(&old);
    port_vlan_init(&new);
    new.tag = 20;
    vif_init(&vif);
    vif.name = xstrdup("tap\033[1m");
    vif.port = xstrdup("tap\033[1m");
    vif_init(&tap);
    tap.name = xstrdup("tap1");
    tap.port = xstrdup("tap1");
    vif_init(&quoted);
    quoted.name = xstrdup("tap'1");
    quoted.port = xstrdup("tap'1");
    port_vlan_clone(&quoted.vlan, &new);
    tap.stp.stp = xstrdup("false");
    tap.stp.mark = xstrdup("stp-enable");
    smap_init(&settings.changes);
    smap_init(&settings.desired);
    smap_add(&settings.changes, "stp", "true");
    smap_add(&settings.desired, "stp", "true");

    row_changes_add_bridge(changes, "br\n", "net\a");
    row_changes_add_old_bridge(changes, "br1", &uuid, &uuid);
    row_changes_add_old_bridge(changes, "br2", &UUID_ZERO, &UUID_ZERO);
    row_changes_add_vlan(changes, "br0", &tap, &new);
    row_changes_add_vlan(changes, "br0", &quoted, &old);
    row_changes_add_protected(changes, "br0", &tap, true);
    row_changes_add_protected(changes, "br0", &tap, false);
    row_changes_add_stp(changes, "br0", &quoted, true);
    row_changes_add_stp(changes, "br0", &tap, false);
    row_changes_add_limit(changes, ROW_PORT_QOS, "br0", &vif, &rate);
    row_changes_add_limit(changes, ROW_POLICING, "br0", &vif, &rate);
    row_changes_add_limit(changes, ROW_POLICING, "br0", &vif, &none);
    row_changes_add_settings(changes, "br0", &settings);

    /* All of it was copied. */
    smap_destroy(&settings.changes);
    smap_destroy(&settings.desired);
    vif_uninit(&quoted);
    vif_uninit(&tap);
    vif_uninit(&vif);
    port_vlan_uninit(&old);
    port_vlan_uninit(&new);
}

static const char *const lines[] = {
    "new bridge br? for network net?",
    "bridge br1: removed",
    "bridge br2: removed",
    "port tap1: no VLAN settings -> tag=20",
    "port tap'1: tag=20 -> no VLAN settings",
    "port tap1: protected",
    "port tap1: not protected",
    "port tap'1: not in the spanning tree",
    "port tap1: in the spanning tree again",
    "port tap?[1m: QoS none -> linux-htb burst=8388608 max-rate=8000000 "
    "min-rate=8000000",
    "port tap?[1m: policing none -> rate=8000 burst=8192",
    "port tap?[1m: policing none -> none",
    "bridge br0: stp=true",
};

static void
test_format(void **state OVS_UNUSED)
{
    struct row_changes changes = ROW_CHANGES_INITIALIZER;

    add_all(&changes);
    assert_int_equal(changes.n, ARRAY_SIZE(lines));
    for (size_t i = 0; i < changes.n; i++) {
        struct ds s = DS_EMPTY_INITIALIZER;

        row_change_format(&s, &changes.changes[i]);
        assert_string_equal(ds_cstr(&s), lines[i]);
        ds_destroy(&s);
    }
    row_changes_uninit(&changes);
    assert_int_equal(changes.n, 0);
    row_changes_uninit(&changes);
}

static void
test_json(void **state OVS_UNUSED)
{
    struct row_changes changes = ROW_CHANGES_INITIALIZER;
    static const char *const kinds[] = {
        "new bridge", "old bridge", "old bridge", "VLANs", "VLANs",
        "protected", "protected", "spanning tree", "spanning tree", "QoS", "policing", "policing", "settings",
    };

    struct json_t *json = row_changes_to_json(&changes);
    assert_int_equal(jvalue_count(json), 0);
    jvalue_unref(json);

    add_all(&changes);
    json = row_changes_to_json(&changes);
    assert_int_equal(jvalue_count(json), ARRAY_SIZE(kinds));
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        assert_string_equal(jvalue_get_string(jvalue_at(json, i), "change"),
                            kinds[i]);
        assert_true(jvalue_get_string(jvalue_at(json, i), "bridge")[0]);
    }
    assert_string_equal(jvalue_get_string(jvalue_at(json, 0), "network"),
                        "net\a");
    assert_string_equal(jvalue_get_string(jvalue_at(json, 3), "new"),
                        "tag=20");
    jvalue_unref(json);
    row_changes_uninit(&changes);
}

static const char *
get_string(const struct json *object, const char *name)
{
    const struct json *json = shash_find_data(json_object(object), name);

    return json && json->type == JSON_STRING ? json_string(json) : NULL;
}

/* One request, in which no two new rows have the same name. */
static void
test_transact(void **state OVS_UNUSED)
{
    struct row_changes changes = ROW_CHANGES_INITIALIZER;
    struct shash names = SHASH_INITIALIZER(&names);
    struct json *params = row_changes_to_transact(&changes);

    assert_int_equal(json_array_size(params), 1);
    assert_string_equal(json_string(json_array_at(params, 0)), "Open_vSwitch");
    json_destroy(params);

    add_all(&changes);
    add_all(&changes);
    params = row_changes_to_transact(&changes);
    assert_true(json_array_size(params) > changes.n);
    for (size_t i = 1; i < json_array_size(params); i++) {
        const char *name = get_string(json_array_at(params, i), "uuid-name");

        assert_non_null(get_string(json_array_at(params, i), "op"));
        assert_true(!name || shash_add_once(&names, name, params));
    }
    assert_true(shash_count(&names) > 2);
    shash_destroy(&names);
    json_destroy(params);
    row_changes_uninit(&changes);
}

/* One command, that no name breaks out of. */
static void
test_vsctl(void **state OVS_UNUSED)
{
    struct row_changes changes = ROW_CHANGES_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    row_changes_format_vsctl(&s, &changes);
    assert_null(strstr(ds_cstr(&s), "ovs-vsctl"));
    ds_clear(&s);

    add_all(&changes);
    row_changes_format_vsctl(&s, &changes);
    assert_int_equal(strncmp(ds_cstr(&s), "ovs-vsctl ", 10), 0);
    assert_null(strstr(ds_cstr(&s) + 1, "\novs-vsctl"));
    assert_non_null(strstr(ds_cstr(&s), "'tap'\\''1'"));
    assert_non_null(strstr(ds_cstr(&s), "-- del-br br1"));
    assert_non_null(strstr(ds_cstr(&s), "-- set Port 'tap'\\''1' "
                           "'other_config:rstp-enable=\"false\"' "
                           "'other_config:stp-enable=\"false\"' "
                           "'external_ids:virtnet-stp=\"rstp-enable "
                           "stp-enable\"'"));
    assert_non_null(strstr(ds_cstr(&s), "-- remove Port tap1 other_config "
                           "stp-enable=false \\\n"
                           "    -- remove Port tap1 external_ids "
                           "virtnet-stp"));
    assert_null(strchr(ds_cstr(&s), '\033'));
    ds_destroy(&s);
    row_changes_uninit(&changes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_transact),
        cmocka_unit_test(test_vsctl),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
