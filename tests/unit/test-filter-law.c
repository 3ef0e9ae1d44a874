/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/ip-prefix.h"
#include "lib/model/filter-list.h"
#include "lib/model/filter-rules.h"
#include "lib/model/port-filter.h"
#include "lib/xml/nwfilter.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "random.h"
#include "tests/unit/filter-set.h"
#include "util.h"

/* Random filters, and an interpreter of their rules. */

/* How it would be without lists: what chain 'name' says of 'frame', +1 to
 * accept, -1 to drop, 0 nothing. */
static int
interpret_chain(const struct filter_rules *rules, unsigned int direction,
                enum filter_layer layer, const char *name, int from, int below,
                const struct filter_fields *frame, bool *returned)
{
    for (size_t i = 0; i < rules->n && !*returned; i++) {
        const struct filter_rule *rule = &rules->rules[i];

        if (rule->layer != layer || !rule->has[direction]
            || (name && strcmp(rule->chain, name))
            || rule->priority < from || rule->priority >= below
            || !filter_match_has(&rule->match[direction], frame)) {
            continue;
        }
        switch (rule->action) {
        case NWFILTER_ACCEPT:
            return 1;
        case NWFILTER_DROP:
        case NWFILTER_REJECT:
            return -1;
        case NWFILTER_RETURN:
            *returned = true;
            break;
        case NWFILTER_CONTINUE:
            break;
        }
    }
    return 0;
}

/* Returns the last rule of chain 'name', whose priority of the chain it is. */
static const struct filter_rule *
last_of_chain(const struct filter_rules *rules, unsigned int direction,
              const char *name)
{
    for (size_t i = rules->n; i-- > 0;) {
        const struct filter_rule *r = &rules->rules[i];

        if (r->layer == FILTER_ETHERNET && r->has[direction]
            && !strcmp(r->chain, name)) {
            return r;
        }
    }
    return NULL;
}

/* Returns the next chain behind the one with 'priority' and 'name'. */
static const struct filter_rule *
next_chain(const struct filter_rules *rules, unsigned int direction,
           int priority, const char *name)
{
    const struct filter_rule *next = NULL;

    for (size_t i = 0; i < rules->n; i++) {
        const struct filter_rule *r = &rules->rules[i];

        if (r->layer == FILTER_ETHERNET && strcmp(r->chain, "root")
            && r == last_of_chain(rules, direction, r->chain)
            && (r->chain_priority > priority
                || (r->chain_priority == priority
                    && strcmp(r->chain, name) > 0))
            && (!next || r->chain_priority < next->chain_priority
                || (r->chain_priority == next->chain_priority
                    && strcmp(r->chain, next->chain) < 0))) {
            next = r;
        }
    }
    return next;
}

static bool
interpret(const struct filter_rules *rules, unsigned int direction,
          const struct filter_fields *frame)
{
    const struct filter_rule *chain;
    int priority = -10000, verdict = 0;
    const char *name = "";
    bool returned = false;

    while (!verdict && !returned
           && (chain = next_chain(rules, direction, priority, name))) {
        struct filter_cube condition;

        verdict = interpret_chain(rules, direction, FILTER_ETHERNET, "root",
                                  priority, chain->chain_priority, frame,
                                  &returned);
        priority = chain->chain_priority;
        name = chain->chain;
        filter_chain_condition(name, &condition);
        if (!verdict && !returned && filter_cube_has(&condition, frame)) {
            bool inside = false;

            verdict = interpret_chain(rules, direction, FILTER_ETHERNET, name,
                                      -10000, 10000, frame, &inside);
            if (!verdict && !inside) {
                verdict = 1;        /* The policy of each chain. */
            }
        }
    }
    if (!verdict && !returned) {
        verdict = interpret_chain(rules, direction, FILTER_ETHERNET, "root",
                                  priority, 10000, frame, &returned);
    }
    if (verdict >= 0) {
        returned = false;
        verdict = interpret_chain(rules, direction, FILTER_IP, NULL, -10000,
                                  10000, frame, &returned);
    }
    return verdict >= 0;
}

static unsigned int
pick(unsigned int n)
{
    return random_range(n);
}

static const char *const macs[] = {
    "52:54:00:00:00:01", "52:54:00:00:00:02", "ff:ff:ff:ff:ff:ff",
    "01:80:c2:00:00:00",
};
static const char *const ips[] = {
    "10.0.0.1", "10.0.0.2", "0.0.0.0", "224.0.0.1",
};
static const char *const ip6s[] = { "fe80::1", "fe80::2", "::", "ff02::1" };

static struct eth_addr
random_mac(void)
{
    struct eth_addr mac;

    eth_addr_from_string(macs[pick(ARRAY_SIZE(macs))], &mac);
    return mac;
}

static ovs_be32
random_ip(void)
{
    ovs_be32 ip;

    ip_parse(ips[pick(ARRAY_SIZE(ips))], &ip);
    return ip;
}

static struct in6_addr
random_ip6(void)
{
    struct in6_addr ip;

    ipv6_parse(ip6s[pick(ARRAY_SIZE(ip6s))], &ip);
    return ip;
}

/* Fills in what is behind the IP header. */
static void
random_transport(struct filter_fields *f)
{
    static const uint8_t protos[] = {
        IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_SCTP,
        47,
    };

    f->proto = protos[pick(ARRAY_SIZE(protos))];
    f->tos = pick(3) << 2;
    f->later = !pick(8);
    if (f->proto != 47 && !f->later) {
        f->tp_src = htons(pick(12));
        f->tp_dst = htons(pick(12));
        f->tcp_flags = f->proto == IPPROTO_TCP ? htons(pick(64)) : 0;
    }
}

static struct filter_fields
random_frame(void)
{
    static const uint16_t types[] = {
        ETH_TYPE_IP, ETH_TYPE_IP, ETH_TYPE_IPV6, ETH_TYPE_ARP, ETH_TYPE_RARP,
        0x88b5, 0x835, ETH_TYPE_VLAN_8021Q,
    };
    struct filter_fields f;

    memset(&f, 0, sizeof f);
    f.dl_src = random_mac();
    f.dl_dst = random_mac();
    f.dl_type = htons(types[pick(ARRAY_SIZE(types))]);
    f.tagged = !pick(5);
    f.vid = f.tagged ? htons(1 + pick(3)) : 0;
    switch (ntohs(f.dl_type)) {
    case ETH_TYPE_IP:
        f.ip_src = random_ip();
        f.ip_dst = random_ip();
        random_transport(&f);
        break;
    case ETH_TYPE_IPV6:
        f.ipv6_src = random_ip6();
        f.ipv6_dst = random_ip6();
        random_transport(&f);
        break;
    case ETH_TYPE_ARP:
    case ETH_TYPE_RARP:
        f.proto = pick(5);
        if (f.proto) {
            f.ip_src = random_ip();
            f.ip_dst = random_ip();
            f.arp_sha = random_mac();
            f.arp_tha = random_mac();
        }
        break;
    }
    return f;
}

/* Appends attributes for MAC addresses. */
static void
put_macs(struct ds *s, const char *prefix)
{
    if (!pick(3)) {
        ds_put_format(s, " %ssrcmacaddr='%s'", prefix,
                      pick(4) ? macs[pick(ARRAY_SIZE(macs))] : "$MAC");
    }
    if (!pick(4)) {
        ds_put_format(s, " %sdstmacaddr='%s'", prefix,
                      macs[pick(ARRAY_SIZE(macs))]);
        if (!*prefix && pick(2)) {
            ds_put_cstr(s, " dstmacmask='01:00:00:00:00:00'");
        }
    }
}

static void
put_ips(struct ds *s, const char *prefix, bool v6)
{
    const char *const *pool = v6 ? ip6s : ips;

    if (!pick(2)) {
        ds_put_format(s, " %ssrcipaddr='%s'", prefix,
                      pick(3) || v6 ? pool[pick(4)] : pick(2) ? "$IP"
                      : "$IP[1]");
        if (pick(2)) {
            ds_put_format(s, " %ssrcipmask='%u'", prefix, pick(33));
        }
    }
    if (!pick(3)) {
        ds_put_format(s, " %sdstipaddr='%s'", prefix,
                      pick(4) || v6 ? pool[pick(4)] : "$IP[@1]");
    }
}

static void
put_ports(struct ds *s)
{
    if (!pick(2)) {
        unsigned int first = pick(10);

        ds_put_format(s, " srcportstart='%u' srcportend='%u'", first,
                      first + pick(6));
    }
    if (!pick(3)) {
        ds_put_format(s, " dstportstart='%u'", pick(12));
    }
}

/* Appends a protocol's element. */
static void
put_protocol(struct ds *s)
{
    static const char *const names[] = {
        "mac", "vlan", "stp", "arp", "rarp", "ip", "ipv6", "tcp", "udp",
        "all", "icmp", "udp-ipv6", "all-ipv6",
    };
    size_t i = pick(ARRAY_SIZE(names));
    bool negated = !pick(3);

    ds_put_format(s, "<%s match='%s'", names[i], negated ? "no" : "yes");
    if (i != 2 && i < 7) {
        put_macs(s, "");
    }
    if (i == 0 && pick(2)) {
        ds_put_format(s, " protocolid='%s'",
                      (const char *[]) { "ipv4", "arp", "vlan", "0x835",
                                         "ipv6" }[pick(5)]);
    } else if (i == 1) {
        ds_put_format(s, " vlanid='%u'", 1 + pick(3));
    } else if (i == 3 || i == 4) {
        put_macs(s, "arp");
        put_ips(s, "arp", false);
        if (pick(2)) {
            ds_put_format(s, " opcode='%u'", 1 + pick(4));
        } else if (!pick(3)) {
            ds_put_cstr(s, " hwtype='1'");
        }
    } else if (i == 5 || i == 6) {
        put_ips(s, "", i == 6);
        if (!negated && pick(2)) {
            ds_put_cstr(s, " protocol='udp'");
            put_ports(s);
        } else if (pick(2)) {
            ds_put_format(s, " protocol='%u'", pick(2) ? 6 : 47);
        } else {
            ds_put_format(s, " dscp='%u'", pick(3));
        }
    } else if (i == 7 || i == 8 || i == 11) {
        put_ports(s);
        if (i == 7 && pick(2)) {
            ds_put_cstr(s, " flags='SYN,ACK/SYN'");
        }
    } else if (i == 9 || i == 12) {
        put_ips(s, "", i == 12);
        if (i == 9 && !pick(3)) {
            ds_put_cstr(s, " srcipfrom='10.0.0.1' srcipto='10.0.0.6'");
        }
    } else if (i == 10) {
        ds_put_format(s, " type='%u'", pick(12));
    }
    ds_put_cstr(s, "/>");
}

/* Makes 'library' filters that nobody would write. */
static void
random_library(struct filter_set *library)
{
    static const char *const chains[] = {
        "root", "mac", "ipv4", "ipv4-x", "ipv6", "arp", "rarp", "vlan", "stp",
    };
    static const char *const actions[] = {
        "accept", "drop", "return", "reject", "continue",
    };
    size_t n = 1 + pick(4);

    *library = (struct filter_set) { .n = 0 };
    for (size_t i = 0; i < n; i++) {
        struct ds s = DS_EMPTY_INITIALIZER;

        ds_put_format(&s, "<filter name='f%"PRIuSIZE"' chain='%s'", i,
                      chains[pick(ARRAY_SIZE(chains))]);
        if (pick(2)) {
            ds_put_format(&s, " priority='%d'", 100 * ((int) pick(5) - 2));
        }
        ds_put_cstr(&s, ">");
        for (size_t j = pick(5); j > 0; j--) {
            size_t action = pick(ARRAY_SIZE(actions) - !pick(2));

            ds_put_format(&s, "<rule action='%s' direction='%s' "
                          "statematch='false' priority='%d'>",
                          actions[action],
                          (const char *[]) { "in", "out", "inout" }[pick(3)],
                          100 * ((int) pick(5) - 2));
            if (pick(8)) {
                put_protocol(&s);
            }
            ds_put_cstr(&s, "</rule>");
        }
        if (i + 1 < n) {
            ds_put_format(&s, "<filterref filter='f%"PRIuSIZE"'/>", i + 1);
        }
        ds_put_cstr(&s, "</filter>");
        filter_set_add(library, ds_cstr(&s));
        ds_destroy(&s);
    }
}

/* May flows be shown of 'f' that it has no ports, for it ends in front of
 * them, or no tag, for another has been taken off? */
static bool
is_hidden(const struct filter_fields *f)
{
    bool v6 = f->dl_type == htons(ETH_TYPE_IPV6);

    if (f->dl_type == htons(ETH_TYPE_VLAN_8021Q)) {
        return !f->tagged;
    }
    if ((!v6 && f->dl_type != htons(ETH_TYPE_IP))
        || f->later || f->tp_src || f->tp_dst) {
        return false;
    }
    return (f->proto == IPPROTO_TCP || f->proto == IPPROTO_UDP
            || f->proto == IPPROTO_SCTP
            || (v6 && f->proto == IPPROTO_ICMPV6));
}

/* Holds the lists of 'rules' against the interpreter with 'n' frames. */
static void
check_law(const struct filter_rules *rules, size_t n)
{
    for (unsigned int d = NWFILTER_IN; d <= NWFILTER_OUT; d++) {
        struct filter_list list;

        if (!filter_list_init(&list, rules, d)) {
            continue;
        }
        for (size_t i = 0; i < list.n; i++) {
            assert_int_equal(list.verdicts[i].accept, !list.verdicts[i].rule);
        }
        for (size_t i = 0; i < n; i++) {
            struct filter_fields frame = random_frame();

            bool verdict = filter_list_verdict(&list, &frame);

            if (verdict || !is_hidden(&frame)) {
                assert_int_equal(verdict, interpret(rules, d, &frame));
            }
        }
        filter_list_uninit(&list);
    }
}

/* Law 10: a compiled filter does to any frame what an interpreter of its rules
 * does. */
static void
test_law(void **state OVS_UNUSED)
{
    size_t n_rules = 0, n_refused = 0;

    random_set_seed(19);
    for (size_t i = 0; i < 1500; i++) {
        struct filter_set library;
        struct filter_rules rules;
        struct nwfilter_params known;
        struct ip_prefixes none = { .n = 0 };
        struct nwfilter_ref ref;
        char *error;

        random_library(&library);
        port_filter_known(&known,
                      (struct eth_addr) ETH_ADDR_C(52,54,00,00,00,01), &none);
        assert_null(nwfilter_ref_from_string(
                        &ref, "f0 IP=10.0.0.1 IP=10.0.0.2"));

        struct filter_request request = {
            .library = { filter_set_find, &library }, .ref = &ref, .known = &known,
        };
        error = filter_rules_init(&rules, &request);
        n_refused += error != NULL;
        n_rules += rules.n;
        check_law(&rules, 100);
        free(error);
        filter_rules_uninit(&rules);
        nwfilter_ref_uninit(&ref);
        nwfilter_params_uninit(&known);
        filter_set_uninit(&library);
    }
    /* It is not about nothing. */
    assert_true(n_rules > 3000);
    assert_true(n_refused < 750);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_law),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
