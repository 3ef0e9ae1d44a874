/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/origin-hash.h"
#include "lib/model/mac-table.h"
#include "lib/openflow/pipeline.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "random.h"
#include "tests/unit/mac-claims.h"
#include "util.h"

static const struct eth_addr other_mac = ETH_ADDR_C(52,54,00,00,00,02);

static void
test_claiming_order(void **state OVS_UNUSED)
{
    struct mac_table table;

    mac_table_init(&table);
    assert_null(mac_table_find(&table, mac));

    /* Of two that come at once, the one with the lower name. */
    claim(&table, "c", "10", true);
    claim(&table, "b", "10", true);
    check_run(&table, "b", "b:10");
    /* The one that has it keeps it. */
    claim(&table, "a", "10", true);
    check_run(&table, "", "b:10");
    /* But not while it is held back... */
    claim(&table, "b", "10", false);
    check_run(&table, "ab", "a:10");
    /* ...nor when it is back. */
    claim(&table, "b", "10", true);
    check_run(&table, "", "a:10");
    /* One that is held back wins nothing, even where nobody else claims it. */
    claim(&table, "a", "10", false);
    claim(&table, "b", "10", false);
    claim(&table, "c", "10", false);
    check_run(&table, "a", "");
    assert_null(mac_entry_winner(mac_table_find(&table, mac), 10));
    mac_table_unclaim(&table, mac, "a");
    check_run(&table, "", "");
    claim(&table, "c", "10", true);
    check_run(&table, "c", "c:10");
    /* Having had it once is no claim to it: c was there in between. */
    claim(&table, "b", "10", true);
    check_run(&table, "", "c:10");

    /* What is said again changes nothing. */
    claim(&table, "c", "10", true);
    check_run(&table, "", "c:10");
    mac_table_unclaim(&table, mac, "a");
    mac_table_unclaim(&table, other_mac, "c");
    check_run(&table, "", "c:10");

    mac_table_unclaim(&table, mac, "b");
    mac_table_unclaim(&table, mac, "c");
    check_run(&table, "", "");
    assert_null(mac_table_find(&table, mac));
    assert_true(hmap_is_empty(&table.entries));
    mac_table_uninit(&table);
}

/* VLAN by VLAN. */
static void
test_partial(void **state OVS_UNUSED)
{
    struct mac_table table;

    mac_table_init(&table);
    claim(&table, "b", "10", true);
    check_run(&table, "b", "b:10");
    claim(&table, "a", "10,20", true);
    check_run(&table, "a", "a:20 b:10");
    assert_null(mac_entry_winner(mac_table_find(&table, mac), 30));

    /* Both had it, each elsewhere, so both keep what they had. */
    claim(&table, "c", "10,20,30", true);
    check_run(&table, "c", "a:20 b:10 c:30");
    claim(&table, "c", "10,20,30-31", true);
    check_run(&table, "c", "a:20 b:10 c:30-31");

    /* Who had something comes before who had nothing... */
    claim(&table, "b", "20,40", true);
    claim(&table, "a", "10,20,40", true);
    check_run(&table, "ab", "a:10,20,40 c:30-31");
    /* ...and one that is held back lets go of all, and leaves what nobody else
     * claims to nobody. */
    claim(&table, "a", "10-40", false);
    check_run(&table, "abc", "b:40 c:10,20,30-31");
    assert_null(mac_entry_winner(mac_table_find(&table, mac), 11));
    check_free(&table, "a", "11-19,21-29,32-39");
    check_free(&table, "b", "");
    mac_table_unclaim(&table, mac, "c");
    check_run(&table, "ab", "b:20,40");
    check_free(&table, "a", "10-19,21-39");
    /* Only the rest is left for it when it is back. */
    claim(&table, "a", "10-40", true);
    check_run(&table, "a", "a:10-19,21-39 b:20,40");
    check_free(&table, "a", "");
    mac_table_uninit(&table);
}

static void
test_seed(void **state OVS_UNUSED)
{
    const struct vlan_block ten = { .vid = 10 }, twenty = { .vid = 20 };
    struct mac_table table;

    mac_table_init(&table);
    mac_table_seed(&table, mac, &ten, origin_hash("b"), 0);
    mac_table_seed(&table, mac, &twenty, origin_hash("c"), 0);
    /* A seed is no claim, and waits for one. */
    check_run(&table, "", "");
    assert_null(mac_table_find(&table, mac));

    claim(&table, "a", "10,20,30", true);
    claim(&table, "b", "10,20", true);
    claim(&table, "c", "10,20", true);
    check_run(&table, "abc", "a:30 b:10 c:20");

    /* It counts once: now b has lost it for good. */
    mac_table_unclaim(&table, mac, "b");
    check_run(&table, "a", "a:10,30 c:20");
    claim(&table, "b", "10", true);
    check_run(&table, "", "a:10,30 c:20");
    mac_table_uninit(&table);

    /* Active goes before seeded. */
    mac_table_init(&table);
    mac_table_seed(&table, mac, &ten, origin_hash("a"), 0);
    claim(&table, "a", "10", false);
    claim(&table, "b", "10", true);
    check_run(&table, "b", "b:10");
    mac_table_uninit(&table);

    /* Held back, it had nothing when it comes to say so. */
    mac_table_init(&table);
    mac_table_seed(&table, mac, &ten, origin_hash("b"), 0);
    claim(&table, "b", "10", false);
    check_run(&table, "b", "");
    check_free(&table, "b", "10");
    claim(&table, "a", "10", false);
    check_run(&table, "b", "");
    check_free(&table, "a", "");
    check_free(&table, "b", "");
    claim(&table, "a", "10", true);
    claim(&table, "b", "10", true);
    check_run(&table, "a", "a:10");
    mac_table_uninit(&table);

    /* A block of VLANs. */
    const struct vlan_block all = { .vid = 0, .level = 12 };
    mac_table_init(&table);
    mac_table_seed(&table, mac, &all, origin_hash("b"), 0);
    claim(&table, "a", "0-4095", true);
    claim(&table, "b", "0,7,4095", true);
    check_run(&table, "ab", "a:1-6,8-4094 b:0,7,4095");
    mac_table_uninit(&table);
}

/* A random claim of one of three ports, or the end of one. */
struct step {
    const char *port;
    const char *vlans;          /* Null to unclaim. */
    bool active;
};

static void
execute_step(struct mac_table *table, const struct step *step)
{
    if (step->vlans) {
        claim(table, step->port, step->vlans, step->active);
    } else {
        mac_table_unclaim(table, mac, step->port);
    }
}

static void
format_winners(struct ds *s, const struct mac_table *table)
{
    const struct mac_entry *entry = mac_table_find(table, mac);

    for (uint16_t vid = 10; entry && vid < 14; vid++) {
        const struct mac_claim *c = mac_entry_winner(entry, vid);
        ds_put_format(s, "%u:%s ", vid, c ? c->port : "-");
    }
}

static void
no_record(const char *port OVS_UNUSED, void *aux OVS_UNUSED)
{
    /* Nothing to do. */
}

/* The claims of one turn may be made in any order, one for each port, and what
 * is said for less than a turn does not count. */
static void
test_order_within_turn(void **state OVS_UNUSED)
{
    static const char *const vlans[] = {
        NULL, "10", "11", "10-11", "10-13", "11-12", "12"
    };
    static const char *const ports[] = { "a", "b", "c" };
    struct mac_table forward, backward;

    random_set_seed(1);
    mac_table_init(&forward);
    mac_table_init(&backward);
    for (int i = 0; i < 5000; i++) {
        struct ds f = DS_EMPTY_INITIALIZER, b = DS_EMPTY_INITIALIZER;
        struct step steps[ARRAY_SIZE(ports)];
        size_t n = random_range(ARRAY_SIZE(ports) + 1);

        for (size_t j = 0; j < n; j++) {
            steps[j] = (struct step) {
                ports[j], vlans[random_range(ARRAY_SIZE(vlans))],
                random_range(3) != 0,
            };
        }
        for (size_t j = 0; j < n; j++) {
            struct step transient = {
                "d", vlans[1 + random_range(ARRAY_SIZE(vlans) - 1)], true
            };

            execute_step(&forward, &steps[j]);
            execute_step(&backward, &transient);
            execute_step(&backward, &steps[n - 1 - j]);
            mac_table_unclaim(&backward, mac, "d");
        }
        mac_table_run(&forward, no_record, NULL);
        mac_table_run(&backward, no_record, NULL);
        format_winners(&f, &forward);
        format_winners(&b, &backward);
        assert_string_equal(ds_cstr(&f), ds_cstr(&b));
        ds_destroy(&f);
        ds_destroy(&b);
    }
    mac_table_uninit(&forward);
    mac_table_uninit(&backward);
}

/* A random history against a plain statement of the claiming order. */
static void
test_random(void **state OVS_UNUSED)
{
    enum { N = 3 };
    static const char *const vlans[] = { "10", "11", "10-11", "10-13", "12" };
    static const char *const ports[N] = { "a", "b", "c" };
    bool claims[N][14] = { { false } }, active[N] = { false };
    int owner[14];
    struct mac_table table;

    for (int v = 0; v < 14; v++) {
        owner[v] = -1;
    }
    random_set_seed(1);
    mac_table_init(&table);
    for (int i = 0; i < 5000; i++) {
        for (int n = random_range(3); n >= 0; n--) {
            int p = random_range(N);
            struct vlan_set set = VLAN_SET_INITIALIZER;

            if (random_range(4)) {
                const char *s = vlans[random_range(ARRAY_SIZE(vlans))];

                active[p] = random_range(3) != 0;
                claim(&table, ports[p], s, active[p]);
                set_from_string(&set, s);
            } else {
                /* Then it is as if it had never been there. */
                mac_table_unclaim(&table, mac, ports[p]);
                for (int v = 10; v < 14; v++) {
                    owner[v] = owner[v] == p ? -1 : owner[v];
                }
            }
            for (int v = 10; v < 14; v++) {
                claims[p][v] = vlan_set_contains(&set, v);
            }
            vlan_set_uninit(&set);
        }

        bool had_some[N] = { false };
        for (int v = 10; v < 14; v++) {
            if (owner[v] >= 0) {
                had_some[owner[v]] = true;
            }
        }
        mac_table_run(&table, no_record, NULL);
        for (int v = 10; v < 14; v++) {
            int best = -1, best_rank = -1;

            for (int p = 0; p < N; p++) {
                int rank = (owner[v] == p ? 2 : 0) + (had_some[p] ? 1 : 0);

                if (claims[p][v] && active[p] && rank > best_rank) {
                    best = p;
                    best_rank = rank;
                }
            }
            owner[v] = best;

            const struct mac_entry *e = mac_table_find(&table, mac);
            const struct mac_claim *c = e ? mac_entry_winner(e, v) : NULL;
            assert_string_equal(c ? c->port : "", best < 0 ? ""
                                                  : ports[best]);
        }
    }
    mac_table_uninit(&table);
}

static void
test_sort(void **state OVS_UNUSED)
{
    struct vlan_set set = VLAN_SET_INITIALIZER;
    struct mac_table table;

    random_set_seed(1);
    vlan_set_add(&set, 0);
    mac_table_init(&table);
    for (int i = 0; i < 100; i++) {
        struct eth_addr ea;

        eth_addr_random(&ea);
        mac_table_claim(&table, ea, "a", CLAIM_ATTACHED, &set, true);
    }
    mac_table_run(&table, no_record, NULL);

    const struct mac_entry **entries = mac_table_sort(&table);
    for (int i = 1; i < 100; i++) {
        assert_true(eth_addr_compare_3way(entries[i - 1]->mac,
                                          entries[i]->mac) < 0);
    }
    assert_null(entries[100]);
    free(entries);
    mac_table_uninit(&table);
    vlan_set_uninit(&set);
}

/* The host's own address is the host's, whoever had it; what is listed counts
 * as much as what is attached. */
static void
test_ranks(void **state OVS_UNUSED)
{
    struct mac_table table;

    mac_table_init(&table);
    claim(&table, "a", "10-20", true);
    claim_as(&table, "b", CLAIM_LISTED, "10-20", true);
    check_run(&table, "a", "a:10-20");
    mac_table_unclaim(&table, mac, "a");
    check_run(&table, "b", "b:10-20");
    claim(&table, "a", "10-20", true);
    check_run(&table, "", "b:10-20");

    claim_as(&table, "c", CLAIM_HOST, "0-10", true);
    check_run(&table, "bc", "b:11-20 c:0-10");
    claim_as(&table, "c", CLAIM_HOST, "0-4095", true);
    check_run(&table, "bc", "c:0-4095");
    /* It is the kind of claim that counts. */
    claim_as(&table, "c", CLAIM_HOSTS, "0-4095", true);
    check_run(&table, "", "c:0-4095");
    claim_as(&table, "b", CLAIM_HOST, "20", true);
    check_run(&table, "bc", "b:20 c:0-19,21-4095");
    /* But one that is held back wins nothing. */
    claim_as(&table, "b", CLAIM_HOST, "20", false);
    check_run(&table, "bc", "c:0-4095");
    mac_table_unclaim(&table, mac, "b");
    mac_table_unclaim(&table, mac, "c");
    mac_table_unclaim(&table, mac, "a");
    check_run(&table, "", "");

    /* What a guest has taken is not its against those configured with it. */
    claim_as(&table, "a", CLAIM_ANNOUNCED, "10-20", true);
    check_run(&table, "a", "a:10-20");
    claim_as(&table, "b", CLAIM_ANNOUNCED, "10-30", true);
    check_run(&table, "b", "a:10-20 b:21-30");
    claim_as(&table, "c", CLAIM_LISTED, "15-25", true);
    check_run(&table, "abc", "a:10-14 b:26-30 c:15-25");

    /* Nor is that of a device that somebody has put on the host's, which
     * takes nothing from who has it. */
    mac_table_unclaim(&table, mac, "a");
    check_run(&table, "b", "b:10-14,26-30 c:15-25");
    claim_as(&table, "a", CLAIM_BEHIND, "10-40", true);
    check_run(&table, "a", "a:31-40 b:10-14,26-30 c:15-25");

    /* A paused guest has what it had, but for who else wants it; and when it
     * goes on, it is too late. */
    mac_table_unclaim(&table, mac, "a");
    mac_table_unclaim(&table, mac, "b");
    claim_as(&table, "c", CLAIM_PAUSED, "10", true);
    check_run(&table, "c", "c:10");
    claim(&table, "a", "10", true);
    check_run(&table, "ac", "a:10");
    claim(&table, "c", "10", true);
    check_run(&table, "", "a:10");
    mac_table_uninit(&table);

    assert_string_equal(claim_kind_to_string(CLAIM_HOST), "host");
    assert_string_equal(claim_kind_to_string(CLAIM_LISTED), "virtnet-macs");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_claiming_order),
        cmocka_unit_test(test_partial),
        cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_seed),
        cmocka_unit_test(test_order_within_turn),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_sort),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
