/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/base/origin-hash.h"
#include "lib/model/mac-table.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "tests/unit/mac-claims.h"
#include "util.h"

static const struct vlan_block everywhere = { .vid = 0, .level = 12 };

/* Of the ports of one guest, that has an address which is used. */
static void
test_turns(void **state OVS_UNUSED)
{
    struct mac_table table;

    mac_table_init(&table);
    claim(&table, "a", "10-20", true);
    claim(&table, "b", "10-20", true);
    claim(&table, "c", "10-20", true);
    mac_table_set_guest(&table, mac, "a", "guest1");
    mac_table_set_guest(&table, mac, "b", "guest1");
    mac_table_set_guest(&table, mac, "c", "guest2");
    check_run(&table, "ab", "a:10-20");
    check_free(&table, "a", "");
    check_free(&table, "b", "10-20");
    check_free(&table, "c", "");
    /* That is no conflict. */
    check_contests(&table, "c<a ");

    /* Nobody takes what is another guest's, or his already. */
    assert_false(mac_table_take(&table, mac, NULL, "c"));
    assert_false(mac_table_take(&table, mac, NULL, "a"));
    assert_false(mac_table_take(&table, mac, NULL, "d"));
    check_run(&table, "", "a:10-20");

    assert_true(mac_table_take(&table, mac, NULL, "b"));
    check_run(&table, "ab", "b:10-20");
    check_free(&table, "a", "10-20");
    check_free(&table, "b", "");
    /* What is looked at again for other reasons stays so. */
    mac_table_set_guest(&table, mac, "c", NULL);
    check_run(&table, "", "b:10-20");
    assert_true(mac_table_take(&table, mac, NULL, "a"));
    assert_true(mac_table_take(&table, mac, NULL, "b"));
    check_run(&table, "ab", "b:10-20");
    check_contests(&table, "");

    /* One without carrier has nothing, and cannot have sent anything. */
    claim_as(&table, "b", CLAIM_DOWN, "10-20", true);
    check_run(&table, "ab", "a:10-20");
    check_free(&table, "b", "");
    assert_false(mac_table_take(&table, mac, NULL, "b"));
    check_contests(&table, "");
    /* With carrier, it must send; but would have it if the other were gone. */
    claim(&table, "b", "10-20", true);
    check_run(&table, "ab", "a:10-20");
    check_free(&table, "b", "10-20");
    /* Nor has one that is held back. */
    claim(&table, "b", "10-20", false);
    check_run(&table, "ab", "a:10-20");
    assert_false(mac_table_take(&table, mac, NULL, "b"));

    /* Where both are. */
    claim(&table, "b", "15-25", true);
    check_run(&table, "ab", "a:10-20 b:21-25");
    assert_true(mac_table_take(&table, mac, NULL, "b"));
    check_run(&table, "ab", "a:10-14 b:15-25");

    /* One whose guest nobody knows is nobody's. */
    mac_table_set_guest(&table, mac, "a", NULL);
    mac_table_set_guest(&table, mac, "b", NULL);
    check_run(&table, "ab", "a:10-14 b:15-25");
    assert_false(mac_table_take(&table, mac, NULL, "a"));
    mac_table_uninit(&table);
}

/* An address that several guests list is with the one that announced it
 * last. */
static void
test_shared(void **state OVS_UNUSED)
{
    struct mac_table table;

    mac_table_init(&table);
    claim_as(&table, "a", CLAIM_LISTED, "10-20", true);
    claim_as(&table, "b", CLAIM_LISTED, "10-20", true);
    mac_table_set_guest(&table, mac, "a", "guest1");
    mac_table_set_guest(&table, mac, "b", "guest2");
    check_run(&table, "ab", "a:10-20");
    check_free(&table, "b", "10-20");
    check_contests(&table, "");

    const struct mac_entry *entry = mac_table_find(&table, mac);
    const struct mac_claim *b = mac_entry_find_claim(entry, "b");
    assert_int_equal(mac_entry_find_claim(entry, "a")->take, TAKE_NEVER);
    assert_int_equal(b->take, TAKE_ANNOUNCED);
    assert_true(b->waits);
    assert_true(mac_claim_can_take(b, 10));
    assert_true(mac_table_take(&table, mac, &everywhere, "b"));
    /* Once is enough. */
    assert_false(mac_claim_can_take(b, 10));
    check_run(&table, "ab", "b:10-20");
    assert_int_equal(mac_entry_find_claim(entry, "a")->take, TAKE_ANNOUNCED);
    assert_int_equal(mac_entry_find_claim(entry, "b")->take, TAKE_NEVER);

    /* One without carrier has nothing, and that is no conflict. */
    claim_as(&table, "b", CLAIM_LISTED_DOWN, "10-20", true);
    check_run(&table, "ab", "a:10-20");
    assert_false(mac_table_take(&table, mac, &everywhere, "b"));
    check_contests(&table, "");
    claim_as(&table, "b", CLAIM_LISTED, "10-20", true);
    check_run(&table, "ab", "a:10-20");
    assert_true(mac_claim_is_backed(mac_entry_find_claim(entry, "a"),
                                    mac_entry_find_claim(entry, "b")));

    /* Two ports of one guest need not announce it. */
    mac_table_set_guest(&table, mac, "b", "guest1");
    check_run(&table, "b", "a:10-20");
    assert_int_equal(mac_entry_find_claim(entry, "b")->take, TAKE_ANY);

    /* Nobody else takes it: not the host, nor who has it for other reasons. */
    claim_as(&table, "c", CLAIM_HOSTS, "10-20", true);
    check_run(&table, "", "a:10-20");
    assert_false(mac_table_take(&table, mac, &everywhere, "c"));
    claim_as(&table, "c", CLAIM_ATTACHED, "10-20", true);
    assert_false(mac_table_take(&table, mac, &everywhere, "c"));
    claim_as(&table, "c", CLAIM_ANNOUNCED, "10-20", true);
    assert_false(mac_table_take(&table, mac, &everywhere, "c"));
    mac_table_uninit(&table);
}

static void
run_at(struct mac_table *table, long long int now)
{
    struct ds told = DS_EMPTY_INITIALIZER;

    mac_table_set_now(table, now);
    mac_table_run(table, record_change, &told);
    ds_destroy(&told);
}

/* In each VLAN such an address is with the one that announced it there. */
static void
test_shared_vlans(void **state OVS_UNUSED)
{
    const struct vlan_block vlan15 = { .vid = 15 };
    const struct vlan_block vlan16 = { .vid = 16 };
    struct mac_table table;

    mac_table_init(&table);
    claim_as(&table, "a", CLAIM_LISTED, "0-20", true);
    claim_as(&table, "b", CLAIM_LISTED, "0-20", true);
    claim_as(&table, "c", CLAIM_LISTED, "10-30", true);
    check_run(&table, "abc", "a:0-20 c:21-30");
    assert_true(mac_table_take(&table, mac, &vlan15, "b"));
    check_run(&table, "ab", "a:0-14,16-20 b:15 c:21-30");
    check_free(&table, "a", "15");
    check_free(&table, "b", "0-14,16-20");
    check_contests(&table, "");

    const struct mac_entry *entry = mac_table_find(&table, mac);
    const struct mac_claim *b = mac_entry_find_claim(entry, "b");
    assert_false(mac_claim_can_take(b, 15));
    assert_true(mac_claim_can_take(b, 16));
    assert_false(mac_claim_can_take(b, 30));
    assert_false(mac_table_take(&table, mac, &vlan15, "b"));

    /* Nor is it elsewhere for one that says it without a tag. */
    assert_true(mac_table_take(&table, mac, NULL, "b"));
    check_run(&table, "ab", "a:1-14,16-20 b:0,15 c:21-30");
    assert_true(mac_table_take(&table, mac, &vlan16, "c"));
    check_run(&table, "ac", "a:1-14,17-20 b:0,15 c:16,21-30");

    /* What another has in a VLAN of his own is none of that. */
    mac_table_unclaim(&table, mac, "c");
    claim_as(&table, "c", CLAIM_LISTED, "16", true);
    run_at(&table, 1);
    assert_true(mac_table_take(&table, mac, &vlan16, "c"));
    check_run(&table, "ac", "a:1-14,17-20 b:0,15 c:16");
    assert_false(mac_table_take(&table, mac, NULL, "b"));

    /* As long as it is all of one's, it is. */
    mac_table_unclaim(&table, mac, "c");
    mac_table_unclaim(&table, mac, "b");
    claim_as(&table, "b", CLAIM_LISTED, "0-20", true);
    check_run(&table, "ab", "a:0-20");
    assert_true(mac_table_take(&table, mac, NULL, "b"));
    check_run(&table, "ab", "b:0-20");

    /* Without carrier it is nowhere. */
    assert_true(mac_table_take(&table, mac, &vlan15, "a"));
    claim_as(&table, "b", CLAIM_LISTED_DOWN, "0-20", true);
    check_run(&table, "ab", "a:0-20");
    mac_table_uninit(&table);
}

/* Checks that 'port' has 'mac' since 'since' because of 'why', and that others
 * may have it if 'shared'. */
static void
check_since(const struct mac_table *table, const char *port,
            long long int since, enum mac_why why, bool shared)
{
    const struct mac_entry *entry = mac_table_find(table, mac);
    const struct mac_claim *c = mac_entry_find_claim(entry, port);

    assert_false(vlan_set_is_empty(&c->won));
    assert_int_equal(c->since, since);
    assert_string_equal(mac_why_to_string(c->why), mac_why_to_string(why));
    assert_int_equal(mac_entry_is_shared(entry), shared);
}

/* Of each address it is known since when its port has it, and why. */
static void
test_since(void **state OVS_UNUSED)
{
    const struct vlan_block all = { .vid = 0, .level = 12 };
    struct mac_table table;

    mac_table_init(&table);
    claim_as(&table, "a", CLAIM_LISTED, "10-20", true);
    run_at(&table, 1);
    check_since(&table, "a", 1, WHY_ALONE, false);
    claim_as(&table, "b", CLAIM_LISTED, "10-20", true);
    run_at(&table, 2);
    check_since(&table, "a", 1, WHY_ALONE, true);
    mac_table_take(&table, mac, &everywhere, "b");
    run_at(&table, 3);
    check_since(&table, "b", 3, WHY_ANNOUNCED, true);

    /* In a VLAN more or less it is no other. */
    claim_as(&table, "b", CLAIM_LISTED, "10-30", true);
    run_at(&table, 4);
    check_since(&table, "b", 3, WHY_ANNOUNCED, true);

    claim_as(&table, "b", CLAIM_LISTED_DOWN, "10-20", true);
    run_at(&table, 5);
    check_since(&table, "a", 5, WHY_DOWN, true);
    claim_as(&table, "b", CLAIM_LISTED, "10-20", true);
    claim_as(&table, "a", CLAIM_LISTED_PAUSED, "10-20", true);
    run_at(&table, 6);
    check_since(&table, "b", 6, WHY_PAUSED, true);

    claim_as(&table, "a", CLAIM_LISTED, "10-20", true);
    mac_table_set_guest(&table, mac, "a", "guest1");
    mac_table_set_guest(&table, mac, "b", "guest1");
    run_at(&table, 7);
    mac_table_take(&table, mac, &everywhere, "a");
    run_at(&table, 8);
    check_since(&table, "a", 8, WHY_USED, true);
    mac_table_unclaim(&table, mac, "a");
    run_at(&table, 9);
    check_since(&table, "b", 9, WHY_ALONE, false);
    mac_table_uninit(&table);

    /* Who goes before, takes it; and who was found to have it. */
    mac_table_init(&table);
    mac_table_seed(&table, mac, &all, origin_hash("b"), 6);
    mac_table_seed(&table, mac, &all, origin_hash("b"), 8);
    claim_as(&table, "a", CLAIM_LISTED, "10-20", true);
    claim_as(&table, "b", CLAIM_LISTED, "10-20", true);
    run_at(&table, 9);
    check_since(&table, "b", 6, WHY_FOUND, true);
    claim_as(&table, "c", CLAIM_HOST, "10-20", true);
    run_at(&table, 10);
    check_since(&table, "c", 10, WHY_BEFORE, false);
    mac_table_uninit(&table);
}

static const struct mac_claim *
find_outside(const struct mac_table *table)
{
    return mac_entry_find_claim(mac_table_find(table, mac), MAC_OUTSIDE);
}

/* Checks where the network side has the address. */
static void
check_outside(const struct mac_table *table, const char *expected)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    vlan_set_format(&s, &find_outside(table)->won);
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
}

/* What a guest lists and shares with the network side is with who announced it
 * last, be he outside. */
static void
test_outside(void **state OVS_UNUSED)
{
    struct mac_table table;

    mac_table_init(&table);
    claim_as(&table, "a", CLAIM_LISTED, "10-20", true);
    mac_table_set_outside(&table, mac, "a", true);
    run_at(&table, 1);
    check_run(&table, "", "a:10-20");
    check_outside(&table, "");
    assert_int_equal(find_outside(&table)->take, TAKE_ANNOUNCED);

    /* Taken by the network side, and back. */
    assert_true(mac_table_take(&table, mac, &everywhere, MAC_OUTSIDE));
    run_at(&table, 2);
    check_run(&table, "", "");
    check_outside(&table, "10-20");
    check_free(&table, "a", "10-20");
    check_contests(&table, "");
    assert_int_equal(find_outside(&table)->since, 2);
    assert_int_equal(find_outside(&table)->why, WHY_ANNOUNCED);
    assert_true(mac_table_take(&table, mac, &everywhere, "a"));
    run_at(&table, 3);
    check_run(&table, "", "a:10-20");
    check_outside(&table, "");

    /* A guest that lists it and says nothing of the network side loses it to
     * guests only. */
    claim_as(&table, "b", CLAIM_LISTED, "10-20", true);
    run_at(&table, 4);
    assert_true(mac_table_take(&table, mac, &everywhere, "b"));
    run_at(&table, 5);
    check_run(&table, "", "b:10-20");
    assert_false(mac_table_take(&table, mac, &everywhere, MAC_OUTSIDE));
    mac_table_unclaim(&table, mac, "b");
    run_at(&table, 6);
    check_run(&table, "", "a:10-20");

    /* Without carrier, the guest has nothing. */
    claim_as(&table, "a", CLAIM_LISTED_DOWN, "10-20", true);
    run_at(&table, 7);
    check_outside(&table, "10-20");
    assert_int_equal(find_outside(&table)->why, WHY_DOWN);

    /* In other VLANs of the guest, in those. */
    claim_as(&table, "a", CLAIM_LISTED, "30", true);
    run_at(&table, 8);
    check_run(&table, "", "");
    check_outside(&table, "30");

    /* What another is configured with is nobody's outside. */
    claim(&table, "c", "30", true);
    run_at(&table, 9);
    assert_null(find_outside(&table));
    mac_table_unclaim(&table, mac, "c");
    run_at(&table, 10);
    assert_non_null(find_outside(&table));

    /* No guest shares it any longer. */
    mac_table_set_outside(&table, mac, "a", false);
    run_at(&table, 11);
    check_run(&table, "", "a:30");
    assert_null(find_outside(&table));
    mac_table_set_outside(&table, mac, "a", true);
    run_at(&table, 12);
    mac_table_unclaim(&table, mac, "a");
    run_at(&table, 13);
    assert_null(mac_table_find(&table, mac));
    mac_table_uninit(&table);
}

/* Over a restart, it is with the network side if it was. */
static void
test_outside_found(void **state OVS_UNUSED)
{
    const struct vlan_block all = { .vid = 0, .level = 12 };
    struct mac_table table;

    mac_table_init(&table);
    mac_table_seed(&table, mac, &all, origin_hash(MAC_OUTSIDE), 0);
    claim_as(&table, "a", CLAIM_LISTED, "10-20", true);
    mac_table_set_outside(&table, mac, "a", true);
    run_at(&table, 1);
    check_outside(&table, "10-20");
    assert_int_equal(find_outside(&table)->why, WHY_FOUND);
    mac_table_uninit(&table);
}

static void
no_record(const char *port OVS_UNUSED, void *aux OVS_UNUSED)
{
    /* Nothing to do. */
}

/* Each conflict is told when it comes and when it ends, once. */
static void
test_contests(void **state OVS_UNUSED)
{
    struct mac_table table;

    mac_table_init(&table);
    claim(&table, "a", "1-20", true);
    check_run(&table, "a", "a:1-20");
    check_contests(&table, "");
    /* A part is enough. */
    claim(&table, "b", "20-30", true);
    check_run(&table, "b", "a:1-20 b:21-30");
    check_contests(&table, "b<a ");
    claim(&table, "b", "19-30", true);
    check_run(&table, "", "a:1-20 b:21-30");
    check_contests(&table, "");
    /* One that is held back has lost nothing. */
    claim(&table, "c", "5", false);
    check_run(&table, "", "a:1-20 b:21-30");
    check_contests(&table, "");
    claim(&table, "c", "5", true);
    check_run(&table, "", "a:1-20 b:21-30");
    check_contests(&table, "c<a ");
    /* Its end: it leaves, or the other does. */
    mac_table_unclaim(&table, mac, "c");
    check_contests(&table, "c. ");
    mac_table_unclaim(&table, mac, "a");
    check_run(&table, "b", "b:19-30");
    check_contests(&table, "b. ");
    claim(&table, "a", "19", true);
    mac_table_run(&table, no_record, NULL);
    mac_table_uninit(&table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turns),
        cmocka_unit_test(test_shared),
        cmocka_unit_test(test_shared_vlans),
        cmocka_unit_test(test_since),
        cmocka_unit_test(test_outside),
        cmocka_unit_test(test_outside_found),
        cmocka_unit_test(test_contests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
