/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/port-vlan.h"
#include "util.h"

/* Columns of table Port, and what Open vSwitch makes of them. */
static const struct effect_case {
    const char *mode;
    int tag;
    const char *trunks;         /* As "1,20-30". */
    const char *members;
    int untagged_in;
    int untagged_out;
    bool tagged_in;
} cases[] = {
    /* vlan_mode empty: a tag makes an access port and trunks are ignored. */
    { "", -1, "", "0-4095", 0, -1, true },
    { "", 10, "", "10", 10, 10, false },
    { "", 10, "20,30", "10", 10, 10, false },
    { "", 0, "", "0", 0, 0, false },
    { "", -1, "10,20", "10,20", -1, -1, true },
    { "", -1, "0,10", "0,10", 0, -1, true },

    { "access", 10, "20", "10", 10, 10, false },
    { "access", 4095, "", "4095", 4095, 4095, false },
    { "access", -1, "", "0", 0, 0, false },

    /* A tag means nothing to a trunk. */
    { "trunk", 10, "", "0-4095", 0, -1, true },
    { "trunk", 10, "20", "20", -1, -1, true },
    { "trunk", -1, "0", "0", 0, -1, true },

    /* The native VLAN is always a trunk, VLAN 0 never. */
    { "native-tagged", 10, "", "1-4095", 10, -1, true },
    { "native-tagged", 10, "10,20", "10,20", 10, -1, true },
    { "native-tagged", 10, "20", "10,20", 10, -1, true },
    { "native-tagged", 10, "0,10,20", "10,20", 10, -1, true },
    { "native-untagged", 10, "", "1-4095", 10, 10, true },
    { "native-untagged", 10, "20", "10,20", 10, 10, true },
    { "native-untagged", 10, "0", "10", 10, 10, true },

    /* Native VLAN 0: trunks stay as they are. */
    { "native-tagged", -1, "", "0-4095", 0, -1, true },
    { "native-untagged", -1, "", "0-4095", 0, 0, true },
    { "native-untagged", 0, "20", "20", 0, 0, true },

    { "dot1q-tunnel", 10, "", "10", -1, 10, false },
    { "dot1q-tunnel", 10, "20", "10", -1, 10, false },

    /* Not carried out. */
    { "dot1q-tunnel", -1, "", "", -1, -1, false },
    { "dot1q-tunnel", 0, "", "", -1, -1, false },
};

static void
make_vlan(const struct effect_case *c, struct port_vlan *vlan)
{
    char *trunks = xstrdup(c->trunks);
    char *save = NULL;

    port_vlan_init(vlan);
    assert_true(port_vlan_mode_from_string(c->mode, &vlan->mode));
    vlan->tag = c->tag;
    for (char *word = strtok_r(trunks, ",", &save); word;
         word = strtok_r(NULL, ",", &save)) {
        vlan_set_add(&vlan->trunks, atoi(word));
    }
    free(trunks);
}

static void
test_effect(void **state OVS_UNUSED)
{
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct effect_case *c = &cases[i];
        struct port_vlan_effect effect;
        struct port_vlan vlan;
        struct ds s = DS_EMPTY_INITIALIZER;

        make_vlan(c, &vlan);
        assert_int_equal(port_vlan_effect_init(&effect, &vlan, NULL),
                         c->members[0] != '\0');
        vlan_set_format(&s, &effect.members);
        assert_string_equal(ds_cstr(&s), c->members);
        assert_int_equal(effect.untagged_in, c->untagged_in);
        assert_int_equal(effect.untagged_out, c->untagged_out);
        assert_int_equal(effect.tagged_in, c->tagged_in);
        assert_int_equal(effect.push != 0,
                         !strcmp(c->mode, "dot1q-tunnel") && c->tag > 0);
        assert_false(port_vlan_effect_chooses_cvlans(&effect));
        assert_int_equal(port_vlan_effect_admits_all(&effect),
                         effect.push || !strcmp(c->members, "0-4095"));
        ds_destroy(&s);
        port_vlan_effect_uninit(&effect);
        port_vlan_uninit(&vlan);
    }
}

/* What becomes of tags without a VLAN. */
static void
test_priority_tags(void **state OVS_UNUSED)
{
    const struct {
        const char *mode;
        int tag;
        const char *priority_tags;
        int untagged_out;
        bool keeps_priority, keeps_null_tags;
    } tag_cases[] = {
        { "", 10, "never", 10, false, false },
        { "", 10, "if-nonzero", 10, true, false },
        { "", 10, "always", 10, true, false },
        { "native-untagged", 10, "if-nonzero", 10, true, false },
        { "native-tagged", 10, "always", -1, false, false },
        /* In VLAN 0, that is not to take the tag off. */
        { "", 0, "never", 0, false, false },
        { "", 0, "if-nonzero", -1, false, false },
        { "", 0, "always", -1, false, false },
        { "native-untagged", 0, "always", -1, false, false },
        { "native-tagged", 0, "always", -1, false, true },
        { "", -1, "if-nonzero", -1, false, false },
        { "", -1, "always", -1, false, true },
        { "trunk", -1, "always", -1, false, true },
        /* The customers' own. */
        { "dot1q-tunnel", 10, "never", 10, false, false },
        { "dot1q-tunnel", 10, "if-nonzero", 10, true, false },
        { "dot1q-tunnel", 10, "always", 10, true, true },
    };
    enum port_priority_tag ignored;

    assert_false(port_priority_tag_from_string("sometimes", &ignored));
    for (size_t i = 0; i < ARRAY_SIZE(tag_cases); i++) {
        struct port_vlan vlan = { .tag = tag_cases[i].tag };
        struct port_qinq qinq = { .cvlans = VLAN_SET_INITIALIZER };
        struct port_vlan_effect effect;

        assert_true(port_vlan_mode_from_string(tag_cases[i].mode,
                                               &vlan.mode));
        assert_true(port_priority_tag_from_string(tag_cases[i].priority_tags,
                                                  &qinq.priority_tag));
        assert_true(port_vlan_effect_init(&effect, &vlan, &qinq));
        assert_int_equal(effect.untagged_out, tag_cases[i].untagged_out);
        assert_int_equal(effect.keeps_priority, tag_cases[i].keeps_priority);
        assert_int_equal(effect.keeps_null_tags,
                         tag_cases[i].keeps_null_tags);
        port_vlan_effect_uninit(&effect);
    }
}

/* A dot1q-tunnel port takes frames of all customers' VLANs, or of some. */
static void
test_cvlans(void **state OVS_UNUSED)
{
    struct port_vlan vlan = {
        .mode = PORT_VLAN_MODE_DOT1Q_TUNNEL, .tag = 10,
    };
    struct port_qinq qinq = { .cvlans = VLAN_SET_INITIALIZER };
    struct port_vlan_effect effect;

    vlan_set_add(&qinq.cvlans, 5);
    assert_true(port_vlan_effect_init(&effect, &vlan, &qinq));
    assert_true(port_vlan_effect_chooses_cvlans(&effect));
    assert_false(port_vlan_effect_admits_all(&effect));
    port_vlan_effect_uninit(&effect);

    vlan_set_add_range(&qinq.cvlans, 0, VLAN_ID_MAX);
    assert_true(port_vlan_effect_init(&effect, &vlan, &qinq));
    assert_false(port_vlan_effect_chooses_cvlans(&effect));
    assert_true(port_vlan_effect_admits_all(&effect));
    port_vlan_effect_uninit(&effect);
    vlan_set_uninit(&qinq.cvlans);
}

/* Different columns are different, even where the effect is the same. */
static void
test_equals(void **state OVS_UNUSED)
{
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct port_vlan a;

        make_vlan(&cases[i], &a);
        assert_int_equal(port_vlan_is_default(&a), i == 0);
        for (size_t j = 0; j < ARRAY_SIZE(cases); j++) {
            struct port_vlan b;

            make_vlan(&cases[j], &b);
            assert_int_equal(port_vlan_equals(&a, &b), i == j);
            port_vlan_uninit(&b);
        }

        struct port_vlan copy;

        port_vlan_clone(&copy, &a);
        assert_true(port_vlan_equals(&a, &copy));
        port_vlan_uninit(&copy);
        assert_true(port_vlan_is_default(&copy));
        port_vlan_uninit(&a);
    }
}

static void
test_format(void **state OVS_UNUSED)
{
    static const struct {
        struct effect_case columns;
        const char *formatted;
    } formats[] = {
        { { .mode = "", .tag = -1, .trunks = "" }, "" },
        { { .mode = "", .tag = 10, .trunks = "" }, "tag=10" },
        { { .mode = "", .tag = -1, .trunks = "1,2" }, "trunks=1-2" },
        { { .mode = "trunk", .tag = -1, .trunks = "" }, "vlan_mode=trunk" },
        { { .mode = "native-untagged", .tag = 0, .trunks = "5,7" },
          "vlan_mode=native-untagged tag=0 trunks=5,7" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
        struct ds s = DS_EMPTY_INITIALIZER;
        struct port_vlan vlan;

        make_vlan(&formats[i].columns, &vlan);
        port_vlan_format(&s, &vlan);
        assert_string_equal(ds_cstr(&s), formats[i].formatted);
        ds_destroy(&s);
        port_vlan_uninit(&vlan);
    }
}

static void
test_mode(void **state OVS_UNUSED)
{
    enum port_vlan_mode mode = PORT_VLAN_MODE_TRUNK;

    assert_false(port_vlan_mode_from_string("Access", &mode));
    assert_false(port_vlan_mode_from_string("native", &mode));
    assert_int_equal(mode, PORT_VLAN_MODE_TRUNK);
    for (mode = PORT_VLAN_MODE_DEFAULT; mode <= PORT_VLAN_MODE_DOT1Q_TUNNEL;
         mode++) {
        enum port_vlan_mode other;

        assert_true(port_vlan_mode_from_string(port_vlan_mode_to_string(mode),
                                               &other));
        assert_int_equal(mode, other);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_effect),
        cmocka_unit_test(test_priority_tags),
        cmocka_unit_test(test_cvlans),
        cmocka_unit_test(test_equals),
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_mode),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
