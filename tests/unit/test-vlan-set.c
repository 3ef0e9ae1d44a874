/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "bitmap.h"
#include "lib/base/vlan-set.h"
#include "random.h"
#include "util.h"

#define N_VLANS (VLAN_ID_MAX + 1)

static void
assert_format(const struct vlan_set *set, const char *expected)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    vlan_set_format(&s, set);
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
}

/* Checks that 'set' holds what 'bitmap' does, in its canonical form. */
static void
assert_same(const struct vlan_set *set, const unsigned long *bitmap)
{
    for (unsigned int vid = 0; vid < N_VLANS; vid++) {
        if (vlan_set_contains(set, vid) != bitmap_is_set(bitmap, vid)) {
            fail_msg("VLAN %u", vid);
        }
    }
    assert_int_equal(vlan_set_count(set), bitmap_count1(bitmap, N_VLANS));
    for (size_t i = 0; i < set->n; i++) {
        assert_true(set->ranges[i].first <= set->ranges[i].last);
        assert_true(!i || set->ranges[i - 1].last + 1 < set->ranges[i].first);
    }
}

static void
test_ranges(void **state OVS_UNUSED)
{
    static const struct {
        uint16_t ranges[4][2];  /* Added in this order. */
        size_t n;
        const char *formatted;
    } cases[] = {
        { { { 0, 0 } }, 0, "" },
        { { { 0, 0 } }, 1, "0" },
        { { { 4095, 4095 } }, 1, "4095" },
        { { { 0, 4095 } }, 1, "0-4095" },
        { { { 20, 30 }, { 10, 10 } }, 2, "10,20-30" },
        { { { 10, 10 }, { 11, 11 } }, 2, "10-11" },
        { { { 11, 11 }, { 10, 10 } }, 2, "10-11" },
        { { { 10, 20 }, { 30, 40 }, { 21, 29 } }, 3, "10-40" },
        { { { 10, 20 }, { 30, 40 }, { 15, 15 } }, 3, "10-20,30-40" },
        { { { 1, 1 }, { 3, 3 }, { 5, 5 }, { 0, 6 } }, 4, "0-6" },
        { { { 1, 4094 }, { 0, 0 }, { 4095, 4095 } }, 3, "0-4095" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct vlan_set set = VLAN_SET_INITIALIZER;

        for (size_t j = 0; j < cases[i].n; j++) {
            vlan_set_add_range(&set, cases[i].ranges[j][0],
                               cases[i].ranges[j][1]);
        }
        assert_format(&set, cases[i].formatted);
        assert_int_equal(vlan_set_is_empty(&set), !cases[i].n);
        vlan_set_uninit(&set);
        assert_true(vlan_set_is_empty(&set));
    }
}

static void
test_remove(void **state OVS_UNUSED)
{
    struct vlan_set set = VLAN_SET_INITIALIZER;

    vlan_set_remove(&set, 7);
    assert_format(&set, "");
    vlan_set_add_range(&set, 0, 10);
    vlan_set_remove(&set, 5);
    vlan_set_remove(&set, 0);
    vlan_set_remove(&set, 10);
    vlan_set_remove(&set, 4095);
    assert_format(&set, "1-4,6-9");
    vlan_set_uninit(&set);
}

/* A set may be combined with itself. */
static void
test_self(void **state OVS_UNUSED)
{
    struct vlan_set set = VLAN_SET_INITIALIZER;

    vlan_set_add_range(&set, 5, 6);
    vlan_set_add(&set, 8);
    vlan_set_union(&set, &set);
    assert_format(&set, "5-6,8");
    vlan_set_intersect(&set, &set);
    assert_format(&set, "5-6,8");
    vlan_set_subtract(&set, &set);
    assert_format(&set, "");
    vlan_set_uninit(&set);
}

/* Copies share what they hold until one of them is changed, and no longer. */
static void
test_copies(void **state OVS_UNUSED)
{
    struct vlan_set set = VLAN_SET_INITIALIZER;
    struct vlan_set copy, other = VLAN_SET_INITIALIZER;

    vlan_set_add_range(&set, 5, 9);
    vlan_set_clone(&copy, &set);
    vlan_set_union(&other, &set);
    assert_ptr_equal(copy.ranges, set.ranges);
    assert_ptr_equal(other.ranges, set.ranges);
    vlan_set_add(&copy, 7);
    vlan_set_intersect(&copy, &set);
    vlan_set_remove(&copy, 30);
    assert_ptr_equal(copy.ranges, set.ranges);

    vlan_set_add(&copy, 10);
    assert_format(&copy, "5-10");
    vlan_set_remove(&other, 6);
    assert_format(&other, "5,7-9");
    assert_format(&set, "5-9");
    vlan_set_uninit(&set);
    assert_format(&copy, "5-10");
    vlan_set_add(&set, 1);
    vlan_set_uninit(&copy);
    vlan_set_uninit(&other);
    assert_format(&set, "1");
    vlan_set_uninit(&set);
}

static void
test_blocks(void **state OVS_UNUSED)
{
    static const struct {
        uint16_t first, last;
        size_t n;
    } cases[] = {
        { 0, 4095, 1 },
        { 0, 0, 1 },
        { 4095, 4095, 1 },
        { 8, 15, 1 },
        { 7, 16, 3 },
        { 1, 4094, 22 },        /* The worst range. */
        { 1, 4095, 12 },
        { 10, 11, 1 },
        { 11, 12, 2 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct vlan_set set = VLAN_SET_INITIALIZER;
        struct vlan_block *blocks;

        vlan_set_add_range(&set, cases[i].first, cases[i].last);
        assert_int_equal(vlan_set_blocks(&set, &blocks), cases[i].n);
        assert_int_equal(blocks[0].vid, cases[i].first);
        free(blocks);
        vlan_set_uninit(&set);
    }

    struct vlan_set empty = VLAN_SET_INITIALIZER;
    struct vlan_block *blocks;

    assert_int_equal(vlan_set_blocks(&empty, &blocks), 0);
    assert_null(blocks);
}

static void
test_format_short(void **state OVS_UNUSED)
{
    struct vlan_set set = VLAN_SET_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    for (unsigned int i = 0; i < 20; i++) {
        vlan_set_add(&set, 10 * i);
    }
    vlan_set_add(&set, 11);
    vlan_set_format_short(&s, &set);
    assert_string_equal(ds_cstr(&s), "0,10-11,20,30,40,50,60,70,80,90,100,110,"
                        "120,130,140,150,160,170,180,190");
    ds_clear(&s);
    vlan_set_add_range(&set, 1000, 2000);
    vlan_set_add(&set, 3000);
    vlan_set_format_short(&s, &set);
    assert_string_equal(ds_cstr(&s), "0,10-11,20,30,40,50,60,70,80,90,100,110,"
                        "120,130,140,150,160,170,180,190,... (2 more)");
    ds_destroy(&s);
    vlan_set_uninit(&set);
}

static void
test_block_index(void **state OVS_UNUSED)
{
    struct vlan_block all = { .vid = 0, .level = 12 };
    struct vlan_block single = { .vid = 100, .level = 0 };
    struct vlan_block half = { .vid = 2048, .level = 11 };

    assert_int_equal(vlan_block_to_index(&all), 1);
    assert_int_equal(vlan_block_to_index(&half), 3);
    assert_int_equal(vlan_block_to_index(&single), 4096 + 100);
    assert_int_equal(vlan_block_mask(&all), 0);
    assert_int_equal(vlan_block_mask(&half), 0x800);
    assert_int_equal(vlan_block_mask(&single), 0xfff);
    assert_true(vlan_block_contains(&all, &half));
    assert_true(vlan_block_contains(&half, &half));
    assert_false(vlan_block_contains(&half, &all));
    assert_false(vlan_block_contains(&half, &single));

    for (unsigned int index = 1; index < 2 * N_VLANS; index++) {
        struct vlan_block block = vlan_block_from_index(index);

        assert_int_equal(vlan_block_to_index(&block), index);
        if (index > 1) {
            struct vlan_block parent = vlan_block_from_index(index / 2);

            assert_true(vlan_block_contains(&parent, &block));
            assert_false(vlan_block_contains(&block, &parent));
        }
    }
}

/* Checks that the blocks of 'set' are sorted, disjoint, aligned, exactly the
 * set, and that no two of them could be one. */
static void
assert_blocks(const struct vlan_set *set)
{
    struct vlan_block *blocks;
    size_t n = vlan_set_blocks(set, &blocks);
    size_t count = 0;
    unsigned int next = 0;

    assert_int_equal(vlan_set_count_blocks(set), n);
    for (size_t i = 0; i < n; i++) {
        unsigned int size = 1u << blocks[i].level;

        assert_true(blocks[i].vid >= next);
        assert_int_equal(blocks[i].vid % size, 0);
        for (unsigned int j = 0; j < size; j++) {
            assert_true(vlan_set_contains(set, blocks[i].vid + j));
        }
        if (i) {
            assert_int_not_equal(vlan_block_to_index(&blocks[i - 1]) ^ 1,
                                 vlan_block_to_index(&blocks[i]));
        }
        next = blocks[i].vid + size;
        count += size;
    }
    assert_int_equal(count, vlan_set_count(set));
    free(blocks);
}

/* Does one random thing to 'set', with VLANs below 'span' or with 'other', and
 * the same to 'bitmap', with 'other_bitmap'. */
static void
change_randomly(struct vlan_set *set, unsigned long *bitmap,
                const struct vlan_set *other,
                const unsigned long *other_bitmap, unsigned int span)
{
    unsigned int first = random_range(span);
    unsigned int last = first + random_range(span - first);

    switch (random_range(16)) {
    case 0: case 1: case 2:
        vlan_set_add(set, first);
        bitmap_set1(bitmap, first);
        break;

    case 3: case 4: case 5:
        vlan_set_add_range(set, first, last);
        bitmap_set_multiple(bitmap, first, last - first + 1, true);
        break;

    case 6: case 7: case 8:
        vlan_set_remove(set, first);
        bitmap_set0(bitmap, first);
        break;

    case 9: case 10: case 11:
        vlan_set_union(set, other);
        bitmap_or(bitmap, other_bitmap, N_VLANS);
        break;

    case 12: case 13: case 14:
        vlan_set_subtract(set, other);
        for (unsigned int vid = 0; vid < N_VLANS; vid++) {
            if (bitmap_is_set(other_bitmap, vid)) {
                bitmap_set0(bitmap, vid);
            }
        }
        break;

    case 15:                    /* More often, and most sets were empty. */
        {
            bool intersects = vlan_set_intersects(set, other);

            vlan_set_intersect(set, other);
            assert_int_equal(intersects, !vlan_set_is_empty(set));
        }
        bitmap_and(bitmap, other_bitmap, N_VLANS);
        break;
    }
}

static void
test_random(void **state OVS_UNUSED)
{
    random_set_seed(1);
    for (int round = 0; round < 50; round++) {
        struct vlan_set sets[2] = {
            VLAN_SET_INITIALIZER, VLAN_SET_INITIALIZER
        };
        unsigned long *bitmaps[2] = {
            bitmap_allocate(N_VLANS), bitmap_allocate(N_VLANS)
        };
        unsigned int span = 1u << (1 + random_range(12));

        for (int step = 0; step < 40; step++) {
            int i = random_range(2);

            change_randomly(&sets[i], bitmaps[i], &sets[!i], bitmaps[!i],
                            span);
            assert_same(&sets[i], bitmaps[i]);
            assert_blocks(&sets[i]);
            assert_int_equal(vlan_set_equals(&sets[0], &sets[1]),
                             bitmap_equal(bitmaps[0], bitmaps[1], N_VLANS));
        }

        struct vlan_set copy;

        vlan_set_clone(&copy, &sets[0]);
        assert_true(vlan_set_equals(&copy, &sets[0]));
        vlan_set_uninit(&copy);
        for (int i = 0; i < 2; i++) {
            vlan_set_uninit(&sets[i]);
            bitmap_free(bitmaps[i]);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_remove),
        cmocka_unit_test(test_self),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_format_short),
        cmocka_unit_test(test_block_index),
        cmocka_unit_test(test_random),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
