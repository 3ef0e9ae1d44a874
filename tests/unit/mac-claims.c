/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/mac-claims.h"

#include <string.h>

#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

/* Fills 'set' from text like "10,20-30". */
void
set_from_string(struct vlan_set *set, const char *s)
{
    unsigned int first, last;
    int n;

    vlan_set_init(set);
    for (; *s; s += n + (s[n] == ',')) {
        if (!ovs_scan(s, "%u-%u%n", &first, &last, &n)) {
            assert_true(ovs_scan(s, "%u%n", &first, &n));
            last = first;
        }
        vlan_set_add_range(set, first, last);
    }
}

/* Has 'port' claim the address because of 'kind'... */
void
claim_as(struct mac_table *table, const char *port, enum claim_kind kind,
         const char *vlans, bool active)
{
    struct vlan_set set;

    set_from_string(&set, vlans);
    mac_table_claim(table, mac, port, kind, &set, active);
    vlan_set_uninit(&set);
}

/* ...or as the one that it is configured with. */
void
claim(struct mac_table *table, const char *port, const char *vlans,
      bool active)
{
    claim_as(table, port, CLAIM_ATTACHED, vlans, active);
}

/* Adds the name of 'port', which has changed, to dynamic string 's', unless it
 * is the network side. */
void
record_change(const char *port, void *s)
{
    if (strcmp(port, MAC_OUTSIDE)) {
        ds_put_format(s, "%s ", port);
    }
}

/* Runs 'table' and checks that what was won in 'mac' is 'won', as "a:10 b:20"
 * by port name, and that exactly the ports in 'changed' have been told so, in
 * any order. */
void
check_run(struct mac_table *table, const char *changed, const char *won)
{
    static const char *const ports[] = { "a", "b", "c" };
    struct ds told = DS_EMPTY_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    mac_table_run(table, record_change, &told);
    for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
        if (strstr(ds_cstr(&told), ports[i])) {
            ds_put_cstr(&s, ports[i]);
        }
    }
    assert_string_equal(ds_cstr(&s), changed);
    /* Nobody is told twice. */
    assert_int_equal(told.length, 2 * s.length);

    const struct mac_entry *entry = mac_table_find(table, mac);
    ds_clear(&s);
    for (size_t i = 0; entry && i < ARRAY_SIZE(ports); i++) {
        const struct mac_claim *c = mac_entry_find_claim(entry, ports[i]);

        if (c && !vlan_set_is_empty(&c->won)) {
            ds_put_format(&s, "%s%s:", s.length ? " " : "", ports[i]);
            vlan_set_format(&s, &c->won);
            assert_ptr_equal(mac_entry_winner(entry, c->won.ranges[0].first),
                             c);
        }
    }
    assert_string_equal(ds_cstr(&s), won);

    ds_clear(&told);
    mac_table_run(table, record_change, &told);
    assert_int_equal(told.length, 0);
    ds_destroy(&told);
    ds_destroy(&s);
}

/* Checks that what has happened to contested claims, in any order of ports, is
 * 'expected', as "a<b " for a claim of "a" that "b" has, and "a. " for the end
 * of that. */
void
check_contests(struct mac_table *table, const char *expected)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct mac_contest *contest;

    while ((contest = mac_table_take_contest(table)) != NULL) {
        assert_true(eth_addr_equals(contest->mac, mac));
        ds_put_format(&s, contest->holder ? "%s<%s " : "%s. ", contest->port,
                      contest->holder);
        mac_contest_destroy(contest);
    }
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
}

/* Checks what is free for 'port', which claims 'mac'. */
void
check_free(const struct mac_table *table, const char *port,
           const char *expected)
{
    const struct mac_claim *c
        = mac_entry_find_claim(mac_table_find(table, mac), port);
    struct ds s = DS_EMPTY_INITIALIZER;

    vlan_set_format(&s, &c->free);
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
}
